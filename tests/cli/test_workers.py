"""Several processes that answer programs from one index, at one address."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.cli.serving import Serving, serving

ANSWERED = 'qa_questions_total{state="answer",via="api"}'
ROUNDS = 20


@pytest.fixture
def served(options: list[str]) -> Iterator[Serving]:
    with serving(*options, "--api-only", "--workers", "2", "--max-risk", "1") as served:
        yield served


def until(is_true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if is_true():
            return
        time.sleep(0.01)
    raise AssertionError("it never happened")


def workers_of(served: Serving) -> list[int]:
    """List the ids of the processes that answer."""
    command = ["ps", "-ww", "-eo", "pid,ppid,args"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split(maxsplit=2) for line in lines[1:]]
    mine = [row for row in rows if int(row[1]) == served.process.pid]
    return [int(pid) for pid, _, args in mine if "spawn_main" in args]


def test_counts_are_of_all_workers_whoever_is_asked_for_them(served: Serving) -> None:
    states = [served.ask().json()["state"] for _ in range(ROUNDS)]
    assert set(states) == {"answer"}
    for _ in range(ROUNDS):
        assert served.count(ANSWERED) == ROUNDS
    assert served.count("qa_workers") == 2
    assert served.count("process_resident_memory_bytes") > 0


def test_a_worker_that_is_killed_is_replaced_and_what_it_counted_is_kept(served: Serving) -> None:
    for _ in range(ROUNDS):
        assert served.ask().status_code == 200
    first, second = workers_of(served)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(set(workers_of(served)) - {first}) == 2)
    for _ in range(ROUNDS):
        assert served.ask().status_code == 200
    assert second in workers_of(served)
    assert served.count(ANSWERED) == 2 * ROUNDS
    until(lambda: served.count("qa_workers") == 2)


def test_all_workers_answer_from_what_was_published_last(
    served: Serving, options: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(ROUNDS):
        assert served.ask("How many anchors?").status_code == 200
    (corpus / "anchors.txt").write_text("The engine of the Forth has 77 anchors.")
    code, _, err = run(capsys, "index", *options)
    assert code == 0, err
    health = [served.get("v1/health").json() for _ in range(ROUNDS)]
    assert {one["documents"] for one in health} == {4}
    assert len({one["generation"] for one in health}) == 1


def test_workers_end_with_whoever_looks_after_them(served: Serving) -> None:
    pids = workers_of(served)
    served.process.kill()
    served.process.wait()
    until(lambda: not any(_is_there(pid) for pid in pids))


def _is_there(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")
