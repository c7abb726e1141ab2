"""`qa serve` that is told to end: what was asked is answered, and what is built is carried on."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cli.serving import Serving, serving
from tests.conftest import write_corpus

KINDS = {
    "page": ("--api",),
    "programs": ("--api-only",),
    "workers": ("--api-only", "--workers", "2"),
}
BODY = json.dumps({"question": "How many rivets?"}).encode()


@contextmanager
def half_asked(served: Serving) -> Iterator[socket.socket]:
    """A question whose last byte has not been sent yet."""
    where = urlsplit(served.address)
    with socket.create_connection((where.hostname, where.port), 60) as connection:
        head = f"POST /v1/ask HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json"
        head += f"\r\nContent-Length: {len(BODY)}\r\n\r\n"
        connection.sendall(head.encode() + BODY[:-1])
        assert served.ask().status_code == 200  # by then the other is inside
        yield connection


def until_it_refuses(served: Serving) -> httpx.Response:
    """Ask until nobody is let in any more."""
    for _ in range(600):
        reply = served.ask()
        if reply.status_code != 200:
            return reply
        time.sleep(0.01)
    raise AssertionError("it goes on")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_asked_is_answered_and_what_comes_after_refused(
    index_dir: Path, kind: str, number: signal.Signals
) -> None:
    with serving("--index", index_dir, *KINDS[kind]) as served:
        with half_asked(served) as connection:
            served.tell(number)
            refused = until_it_refuses(served)
            assert refused.status_code == 503
            assert "ending" in refused.json()["error"]
            assert int(refused.headers["retry-after"]) > 0
            assert refused.headers["x-content-type-options"] == "nosniff"
            connection.sendall(BODY[-1:])
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert served.process.wait(60) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_signal_ends_it_at_once(index_dir: Path, kind: str) -> None:
    with serving("--index", index_dir, *KINDS[kind]) as served, half_asked(served) as connection:
        served.tell(signal.SIGTERM)
        until_it_refuses(served)
        served.tell(signal.SIGTERM)
        assert served.process.wait(60) == -signal.SIGTERM
        assert connection.recv(100) == b"", "nobody is left who could answer"


def test_who_waits_too_long_is_told_to_ask_again(index_dir: Path) -> None:
    with (
        serving("--index", index_dir, "--api-only") as served,
        half_asked(served) as connection,
    ):
        served.tell(signal.SIGTERM)
        assert connection.recv(100).startswith(b"HTTP/1.1 503")
        assert served.process.wait(60) == 0


def test_a_build_is_stopped_with_it_and_carried_on_by_the_next(
    options: list[str], corpus: Path
) -> None:
    files = {f"{n}.txt": f"Sentence {n} about ferns. " * 400 for n in range(60)}
    write_corpus(corpus, files)
    with serving(*options, "--api") as served:
        assert builds_of(corpus), "it has begun"
        served.tell(signal.SIGTERM)
        assert served.process.wait(60) == 0
        assert not builds_of(corpus)
    with serving(*options, "--api") as served:
        for _ in range(6000):
            if served.get("v1/health").json()["documents"] == len(files) + 3:
                break
            time.sleep(0.01)
        else:
            raise AssertionError("it was not carried on")


def test_told_before_it_has_begun_to_serve_it_leaves_no_build_behind(
    options: list[str], corpus: Path
) -> None:
    write_corpus(corpus, {f"{n}.txt": f"Sentence {n} about ferns. " * 400 for n in range(60)})
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        while not builds_of(corpus):
            assert process.poll() is None
            time.sleep(0.01)
        process.terminate()
        process.wait(60)
        assert not builds_of(corpus)


def builds_of(corpus: Path) -> list[str]:
    """List the processes that build an index of a folder."""
    command = ["ps", "-ww", "-eo", "args"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(corpus) in line and " index " in line]
