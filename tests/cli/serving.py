"""A real `qa serve`, in a process of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


class Serving:
    """A `qa serve` that can be asked."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str]) -> None:
        self.process = process
        self.said = "".join(lines)
        found = re.search(r"http://\S+:\d+/", self.said)
        assert found
        self.address = found[0]

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for something, on a connection of its own."""
        return httpx.get(f"{self.address}{path}", headers=headers, timeout=60)

    def ask(self, question: str = "How many rivets?") -> httpx.Response:
        """Ask the documents, on a connection of its own."""
        return httpx.post(f"{self.address}v1/ask", json={"question": question}, timeout=60)

    def count(self, metric: str) -> float:
        """Read a metric; labels and all."""
        lines = self.get("v1/metrics").text.splitlines()
        return next(
            float(n) for name, n in map(str.split, filter(_is_plain, lines)) if name == metric
        )

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


def _is_plain(line: str) -> bool:
    return not line.startswith("#") and line.count(" ") == 1


def hears_interrupts() -> None:
    """Have a program that is started told of Ctrl-C: what runs in the background ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(*arguments: str | Path, port: int = 0) -> Iterator[Serving]:
    """Run `qa serve` until it says that it can be asked, and to the end of what is within."""
    command = [sys.executable, "-m", "qa", "serve", "--port", str(port), *map(str, arguments)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=hears_interrupts,
    ) as process:
        assert process.stdout
        lines: list[str] = []
        try:
            while not (lines and "Ctrl-C" in lines[-1]):
                line = process.stdout.readline()
                assert line, "it has ended"
                lines.append(line)
            yield Serving(process, lines)
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()
