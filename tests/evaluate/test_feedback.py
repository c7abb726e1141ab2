"""Feedback that was accepted is never lost, and comes out as gold questions."""

import multiprocessing
import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FeedbackError
from qa.evaluate.feedback import Feedback, Verdict
from qa.evaluate.gold import load_gold
from qa.files import json_lines
from qa.schema import Answer, Citation

SENTENCE = "The Iron Bridge was opened in 1781."


def given_answer(question: str = "When was it opened?", answered: bool = True) -> Answer:
    citation = Citation("bridges.txt", "bridges", None, 10, 10 + len(SENTENCE), SENTENCE)
    return Answer(question, answered, "1781" if answered else None, 0.8,
                  (citation,) if answered else (), ())  # fmt: skip


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / "feedback.sqlite")


def test_there_is_none_before_the_first_and_reading_creates_no_file(
    feedback: Feedback, tmp_path: Path
) -> None:
    assert (feedback.entries(), feedback.export(), feedback.pending()) == ([], [], [])
    assert not list(tmp_path.iterdir())


def test_what_goes_in_comes_out(feedback: Feedback) -> None:
    number = feedback.add(given_answer(), Verdict.WRONG_CITATION, generation="00003")
    (entry,) = feedback.entries()
    assert entry.id == number
    assert (entry.verdict, entry.generation) == (Verdict.WRONG_CITATION, "00003")
    assert (entry.question, entry.answer, entry.confidence) == ("When was it opened?", "1781", 0.8)
    (place,) = entry.citations
    assert (place.doc_id, place.start, place.quote) == ("bridges.txt", 10, SENTENCE)
    assert entry.at.endswith("+00:00")


def test_an_approved_answer_is_gold_with_the_cited_sentence_as_evidence(
    feedback: Feedback,
) -> None:
    number = feedback.add(given_answer(), Verdict.UP)
    assert feedback.export() == [
        {
            "id": f"feedback-{number}",
            "question": "When was it opened?",
            "answers": ["1781"],
            "evidence": [SENTENCE],
            "answerable": True,
        }
    ]


def test_an_approved_silence_is_an_unanswerable_question(feedback: Feedback) -> None:
    feedback.add(given_answer(answered=False), Verdict.UP)
    (gold,) = feedback.export()
    assert (gold["answerable"], gold["answers"], gold["evidence"]) == (False, [], [])


@pytest.mark.parametrize("verdict", [Verdict.DOWN, Verdict.WRONG_CITATION])
def test_what_was_wrong_is_gold_only_once_corrected(feedback: Feedback, verdict: Verdict) -> None:
    number = feedback.add(given_answer(), verdict)
    assert feedback.export() == []
    assert [entry.id for entry in feedback.pending()] == [number]
    feedback.correct(number, answers=["in 1781"], evidence=[SENTENCE])
    (gold,) = feedback.export()
    assert (gold["answers"], gold["evidence"]) == (["in 1781"], [SENTENCE])
    assert feedback.pending() == []
    feedback.correct(number)
    (gold,) = feedback.export()
    assert gold["answerable"] is False


def test_of_one_question_the_newest_verdict_counts(feedback: Feedback) -> None:
    feedback.add(given_answer("When was it  opened?"), Verdict.UP)
    newer = feedback.add(given_answer("when was it opened?"), Verdict.DOWN)
    assert feedback.export() == []
    assert [entry.id for entry in feedback.pending()] == [newer]


def test_a_correction_must_stand_in_its_evidence(feedback: Feedback) -> None:
    number = feedback.add(given_answer(), Verdict.DOWN)
    with pytest.raises(FeedbackError, match="does not stand in the evidence"):
        feedback.correct(number, answers=["1782"], evidence=[SENTENCE])
    with pytest.raises(FeedbackError, match="does not stand in the evidence"):
        feedback.correct(number, answers=["1782"])
    with pytest.raises(FeedbackError, match="blank"):
        feedback.correct(number, evidence=[" "])
    assert feedback.export() == []


def test_deleting_and_correcting_what_is_not_there_is_an_error(feedback: Feedback) -> None:
    with pytest.raises(FeedbackError, match="no feedback with the id 1"):
        feedback.delete(1)
    number = feedback.add(given_answer(), Verdict.UP)
    feedback.delete(number)
    with pytest.raises(FeedbackError, match=f"no feedback with the id {number}"):
        feedback.correct(number)
    assert feedback.add(given_answer(), Verdict.UP) > number, "an id is never used again"


def test_the_export_can_be_evaluated(feedback: Feedback, tmp_path: Path) -> None:
    feedback.add(given_answer(), Verdict.UP)
    feedback.add(given_answer("Who painted it?", answered=False), Verdict.UP)
    path = tmp_path / "gold.jsonl"
    path.write_text(json_lines(feedback.export()), "utf-8")
    assert [entry.answerable for entry in load_gold(path)] == [True, False]


@settings(max_examples=30)
@given(st.text(max_size=200))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    question = question.encode("utf-8", "replace").decode()  # as `ask` does
    feedback = Feedback(tmp_path_factory.mktemp("any") / "feedback.sqlite")
    feedback.add(given_answer(question), Verdict.UP)
    (entry,) = feedback.entries()
    assert entry.question == question


def test_a_file_of_a_version_that_kept_comments_is_read_and_written(
    feedback: Feedback, tmp_path: Path
) -> None:
    feedback.add(given_answer(), Verdict.DOWN)
    with closing(sqlite3.connect(tmp_path / "feedback.sqlite")) as db, db:
        db.execute("UPDATE entries SET comment = 'that is 2017'")
    feedback.add(given_answer("And when was it closed?"), Verdict.UP)
    assert [entry.question for entry in feedback.entries()] == [
        "When was it opened?",
        "And when was it closed?",
    ]


def write_many(path: Path, count: int) -> None:
    feedback = Feedback(path)
    for number in range(count):
        feedback.add(given_answer(f"{os.getpid()} {number}?"), Verdict.UP)


def test_two_processes_and_many_threads_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, 25)) for _ in range(2)]
    for writer in writers:
        writer.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: write_many(path, 5), range(4)))
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    entries = Feedback(path).entries()
    assert len(entries) == len({entry.id for entry in entries}) == 2 * 25 + 4 * 5


def write_until_killed(path: Path, accepted: "multiprocessing.Queue[int]") -> None:
    feedback = Feedback(path)
    while True:
        accepted.put(feedback.add(given_answer(), Verdict.UP))


def test_what_was_accepted_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    context = multiprocessing.get_context("spawn")
    accepted = context.Queue()
    writer = context.Process(target=write_until_killed, args=(path, accepted))
    writer.start()
    seen = [accepted.get(timeout=60) for _ in range(5)]
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    feedback = Feedback(path)
    assert set(seen) <= {entry.id for entry in feedback.entries()}
    assert feedback.add(given_answer(), Verdict.UP) > max(seen)


def test_another_file_or_a_later_format_is_an_error_that_names_it(
    feedback: Feedback, tmp_path: Path
) -> None:
    path = tmp_path / "feedback.sqlite"
    path.write_bytes(b"not a database" * 100)
    for use in (feedback.entries, lambda: feedback.add(given_answer(), Verdict.UP)):
        with pytest.raises(FeedbackError, match=r"feedback\.sqlite cannot be used"):
            use()
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=7")
    with pytest.raises(FeedbackError, match="format 7"):
        feedback.entries()
