"""A run of `qa index` in a process: what it tells on the way, how it ends, and by whom."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from qa.index.progress import BuildEvent
from qa.ui.index_process import IndexProcess, Outcome
from tests.conftest import tiny_settings, write_corpus

EVENT = BuildEvent("documents", 1, 2, "ferns.txt")


@pytest.fixture
def ferns(tmp_path: Path) -> Path:
    """A corpus of one file."""
    return write_corpus(tmp_path / "corpus", {"ferns.txt": "Water the ferns twice a week."})


def run(corpus: Path, index_dir: Path) -> tuple[Outcome, list[BuildEvent]]:
    names, events = tiny_settings(index_dir), list[BuildEvent]()
    options = [f"--encoder={names.encoder}", f"--reader={names.reader}"]
    with IndexProcess.start(corpus, index_dir, options) as process:
        return process.follow(events.append), events


@contextmanager
def child(*script: str) -> Iterator[IndexProcess]:
    """A process that is no `qa index`, and can be as odd as it likes."""
    command = [sys.executable, "-c", "\n".join(["import signal, sys, time", *script])]
    with (
        tempfile.TemporaryFile() as report,
        subprocess.Popen(
            command, stdout=report, stderr=subprocess.PIPE, encoding="utf-8"
        ) as process,
    ):
        yield IndexProcess(process, report)


def telling(line: str) -> str:
    return f"print({line!r}, file=sys.stderr, flush=True)"


def test_a_run_tells_of_each_document_and_says_what_it_did(ferns: Path, tmp_path: Path) -> None:
    outcome, events = run(ferns, tmp_path / "index")
    assert outcome == Outcome(summary="1 document added")
    (document,) = (event for event in events if event.doc_id)
    assert (document.doc_id, document.problem) == ("ferns.txt", "")
    assert (document.done, document.total) == (1, 1)
    outcome, events = run(ferns, tmp_path / "index")
    assert outcome == Outcome(summary="everything is up to date")
    assert not any(event.doc_id for event in events)


def test_why_a_run_failed_is_its_last_word(ferns: Path, tmp_path: Path) -> None:
    with IndexProcess.start(ferns, tmp_path / "index", ["--no-such-option"]) as process:
        outcome = process.follow(lambda event: None)
    assert "--no-such-option" in outcome.error
    assert not outcome.error.startswith("qa:")
    assert outcome.summary == ""


def test_a_run_that_is_ended_while_it_starts_was_stopped(ferns: Path, tmp_path: Path) -> None:
    with IndexProcess.start(ferns, tmp_path / "index") as process:
        process.terminate()
        outcome = process.follow(lambda event: None)
    assert outcome == Outcome(error="it was stopped")
    process.terminate()
    process.kill()


def test_a_run_that_does_not_end_when_it_is_asked_to_can_be_killed() -> None:
    told = telling(json.dumps(asdict(EVENT)))
    deaf = f"signal.signal(signal.SIGTERM, lambda *_: {told})"
    events: list[BuildEvent] = []
    with child(deaf, told, "time.sleep(600)") as process:
        ends = iter([process.terminate, process.kill])

        def end(event: BuildEvent) -> None:
            events.append(event)
            next(ends)()

        outcome = process.follow(end)
    assert events == [EVENT, EVENT], "it goes on when it is only asked"
    assert outcome == Outcome(error="it was stopped")


@pytest.mark.parametrize(
    "line", ["Warning: x", "5", "null", "[]", '{"stage": 1}', '{"stage": "x", "done": "y"}']
)
def test_what_is_not_an_event_is_left_for_the_error(line: str) -> None:
    events: list[BuildEvent] = []
    told = [telling(line), telling(json.dumps(asdict(EVENT))), telling("")]
    with child(*told, "sys.exit(2)") as process:
        outcome = process.follow(events.append)
    assert events == [EVENT]
    assert outcome == Outcome(error=line)
