"""Run `qa index` in a process of its own, pass on what it tells and say what came of it.

Does not know what is done with that, nor which files came and went.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import msgspec

from qa.index.progress import BuildEvent, OnEvent
from qa.words import counted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        summary: What it did, in words; empty when it failed.
        error: Why it failed, or empty.
    """

    summary: str = ""
    error: str = ""


class IndexProcess:
    """One run of `qa index`. One thread follows it; any other may end it."""

    def __init__(self, process: subprocess.Popen[str], report: IO[bytes]) -> None:
        """Take charge of a process.

        Args:
            process: It tells its events on standard error, which is a pipe.
            report: The file that it writes its report to.
        """
        self._process = process
        self._report = report

    @classmethod
    @contextmanager
    def start(cls, corpus: Path, index_dir: Path, options: Sequence[str] = ()) -> Iterator[Self]:
        """Start a run; on leaving wait until it has ended.

        Args:
            corpus: The folder to read.
            index_dir: Where its index is or will be.
            options: Further options for `qa index`.

        Raises:
            OSError: It cannot be started.
        """
        command = [sys.executable, "-P", "-m", "qa", "index", "--events", "--json", "--allow-empty"]
        command += ["--corpus", str(corpus), "--index", str(index_dir), *options]
        # A report may be longer than a pipe holds, and is read last: it goes to a file.
        with (
            tempfile.TemporaryFile() as report,
            subprocess.Popen(  # noqa: S603 - our own module, paths as they are
                command,
                stdin=subprocess.DEVNULL,
                stdout=report,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            ) as process,
        ):
            yield cls(process, report)

    def follow(self, on_event: OnEvent) -> Outcome:
        """Pass on each event until the run has ended; say what came of it.

        The last line that is no event is why it failed.

        Raises:
            OSError: What it says cannot be read.
        """
        said = ""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if (event := _event(line)) is not None:
                on_event(event)
            else:
                said = line.strip() or said
        if self._process.wait() != 0:
            return Outcome(error=said.removeprefix("qa: ") or "it was stopped")
        self._report.seek(0)
        return Outcome(summary=_summary(self._report.read().decode("utf-8", "replace")))

    def terminate(self) -> None:
        """Ask the run to end; harmless when it has ended."""
        self._process.terminate()

    def kill(self) -> None:
        """End the run without asking; harmless when it has ended."""
        self._process.kill()


def _event(line: str) -> BuildEvent | None:
    """Read one line of `qa index --events`; None if it is no event."""
    try:
        return msgspec.json.decode(line, type=BuildEvent)
    except (ValueError, RecursionError):
        return None


def _summary(report: str) -> str:
    """Say in words what `qa index --json` reports."""
    try:
        counts = json.loads(report)
        kinds = ("added", "changed", "renamed", "removed")
        changes = [(kind, int(counts[kind])) for kind in kinds if counts[kind]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        changes = []
    if not changes:
        return "everything is up to date"
    (kind, count), *others = changes
    first = f"{counted(count, 'document')} {kind}"
    return ", ".join([first, *(f"{count:,} {kind}" for kind, count in others)])
