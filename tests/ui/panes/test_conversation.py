"""Asking, judging and suggesting, with whatever a person types and with whatever index."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.pipeline import Answerer
from qa.errors import IndexDamagedError
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.ui.examples import Examples
from qa.ui.history.store import ConversationStore
from qa.ui.library_status import LibraryStatus
from qa.ui.page_state import Conversation, Turn
from tests.conftest import CORPUS, write_corpus
from tests.ui.markup_page import Page
from tests.ui.panes.opening import (
    HOSTILE_NAMES,
    ROSES,
    Panes,
    build,
    judged,
    library_panes,
    panes_of,
    shown,
)

# ---- asking


def test_a_question_is_answered_from_all_documents_or_from_those_chosen(panes: Panes) -> None:
    answer = panes.conversation.ask(ROSES, []).answer
    assert answer is not None
    assert answer.citations[0].doc_id == "garden.md"
    turn = panes.conversation.ask(ROSES, ["letters/ada.txt", "gone.txt"])
    assert turn.only == 2
    assert turn.answer is not None
    assert {found.passage.doc_id for found in turn.answer.passages} == {"letters/ada.txt"}


def test_chosen_documents_that_are_all_gone_are_not_taken_for_an_answer(panes: Panes) -> None:
    turn = panes.conversation.ask(ROSES, ["gone.txt"])
    assert turn.answer is None
    assert "no longer there" in turn.error


@pytest.mark.parametrize("question", ["", "  ", "\0", "\ud800", "x" * 100_000, "<b>", "☃" * 2_000])
def test_any_question_is_answered_or_told_why_not(panes: Panes, question: str) -> None:
    turn = panes.conversation.ask(question, [])
    assert bool(turn.answer or turn.said) != bool(turn.error)
    assert len(turn.question) <= 2_000
    turn.question.encode()
    panes.conversation.show(Conversation((turn,)))


@settings(max_examples=60)
@given(st.text(), st.lists(st.sampled_from([*HOSTILE_NAMES, *CORPUS])))
def test_no_question_and_no_choice_breaks_it(panes: Panes, question: str, only: list[str]) -> None:
    printable = [name.encode("utf-8", "replace").decode() for name in only]
    assert isinstance(panes.conversation.ask(question, printable), Turn)


# ---- no index, a damaged index, a new one


def test_without_an_index_everything_says_so(tmp_path: Path) -> None:
    for panes, said in (
        (panes_of(tmp_path / "index"), "There are no documents yet."),
        (library_panes(tmp_path)[0], "There are no documents yet: add some first."),
    ):
        assert panes.conversation.ask("Who?", []).error == said
        assert panes.conversation.ask("Who?", ["a.txt"]).error == said
        assert "no index" in shown(panes.documents.open("a.txt", None, "", None))
        assert Page(panes.documents.show(["a.txt"])).values("data-open") == []
        assert panes.documents.find("x", []) != ""
        now = panes.documents.status()
        assert (now["running"], now["generation"], now["news"]) == (False, "", "")
    assert "Add your documents" in library_panes(tmp_path)[0].conversation.show(Conversation())
    assert "Add your documents" not in panes_of(tmp_path / "index").conversation.show(
        Conversation()
    )


def test_while_the_first_documents_are_read_a_question_is_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panes, library = library_panes(tmp_path)
    monkeypatch.setattr(library, "_status", LibraryStatus(running=True, stage="looking"))
    assert "being read" in panes.conversation.ask("Who?", []).error
    assert panes.documents.status()["said"] == "Looking"
    assert panes.documents.status()["news"] == "The documents are being read."


def test_questions_are_suggested_after_documents_were_removed(own: Path) -> None:
    (own / "corpus" / "bridges.txt").unlink()
    build(own)
    html = panes_of(own / "index").conversation.show(Conversation())
    assert "Ask your 3 documents" in Page(html).texts


def test_an_index_that_cannot_suggest_anything_still_welcomes(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(examples: Examples, answerer: Answerer) -> None:
        raise IndexDamagedError("it is damaged")

    monkeypatch.setattr(Examples, "_look", fail)
    page = Page(panes_of(own / "index").conversation.show(Conversation()))
    assert "Ask your 4 documents" in page.texts
    assert page.values("data-ask") == []


def test_a_follow_up_is_understood_after_the_turns_before(panes: Panes) -> None:
    first = panes.conversation.ask("Who wrote to Charles about the engine?", [])
    turn = panes.conversation.ask("And about the garden?", [], [first])
    assert turn.understood == "Who wrote to Charles about the garden?"
    page = Page(panes.conversation.show(Conversation((first, turn))))
    assert turn.understood in page.values("data-edit")
    whole = panes.conversation.ask("And about the garden?", [], [first], is_whole=True)
    assert whole.understood == ""
    assert whole.answer is not None
    assert whole.answer.question == "And about the garden?"


def test_small_talk_and_overviews_have_no_verdict(panes: Panes) -> None:
    for question in ("hi", "summarise garden.md"):
        turn = panes.conversation.ask(question, [])
        assert turn.answer is None
        page = Page(panes.conversation.show(Conversation((turn,))))
        assert page.values("data-judge") == []
    assert "garden.md" in page.values("data-open")


def test_small_talk_is_answered_before_there_are_documents(tmp_path: Path) -> None:
    turn = panes_of(tmp_path / "index").conversation.ask("what documents do you have?", [])
    assert (turn.said, turn.error) == ("There are no documents yet.", "")


def test_a_new_generation_is_what_the_next_question_asks(own: Path) -> None:
    panes = panes_of(own / "index")
    before = panes.documents.status()["generation"]
    write_corpus(own / "corpus", {"new.txt": "Charles prunes the tomatoes twice a week."})
    build(own)
    answer = panes.conversation.ask("Who prunes the tomatoes twice a week?", []).answer
    assert answer is not None
    assert answer.citations[0].doc_id == "new.txt"
    assert panes.documents.status()["generation"] != before
    assert "new.txt" in Page(panes.documents.show([])).values("data-open")


# ---- what people think of answers


HOSTILE_WORDS = [
    "<script>alert(1)</script>",
    "a\0b",
    "\ud800",
    "'; DROP TABLE entries; --",
    "{{x}}",
]
NOT_ENTRIES = [None, True, 1.0, "1", [1], {"id": 1}, 0, -1, 2**63, 10**30, float("nan")]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_kept_and_thanked_for(judging: Panes, verdict: Verdict) -> None:
    turn = judged(judging, verdict.value)
    assert (turn.verdict, turn.error) == (verdict.value, "")
    assert "Thank you" in shown(judging.conversation.show(Conversation((turn,))))
    page = Page(judging.evaluation.feedback()["html"])
    assert page.values("data-verdict") == [verdict.value]
    assert ROSES in page.texts
    assert turn.answer is not None
    assert turn.answer.citations[0].quote in page.shown


def test_a_turn_is_judged_once(judging: Panes) -> None:
    turn = judged(judging, "up")
    assert judging.conversation.judge(turn, "down") == turn
    assert Page(judging.evaluation.feedback()["html"]).values("data-verdict") == ["up"]


def test_of_two_verdicts_on_a_turn_at_once_one_is_kept_and_no_answer_waits_for_it(
    place: Path, tmp_path: Path
) -> None:
    kept, name = ConversationStore(None), "a" * 22

    def judge(verdict: str) -> None:
        kept.change(name, 0, lambda turn: panes.conversation.judge(turn, verdict))

    def meanwhile() -> None:
        pool.submit(judge, "down").result(10)
        turn = panes.conversation.ask("Who wrote to Charles?", [])
        pool.submit(kept.add, name, turn).result(10)

    class SlowFeedback(Feedback):
        """Written to a disk so slow that other things happen meanwhile."""

        def add(self, *args: Any, **options: Any) -> int:
            entry = super().add(*args, **options)
            meanwhile()
            return entry

    feedback = SlowFeedback(tmp_path / FEEDBACK_FILE)
    panes = panes_of(place / "index", feedback=feedback)
    kept.add(name, panes.conversation.ask(ROSES, []))
    with ThreadPoolExecutor(1) as pool:
        judge("up")
    assert [entry.verdict for entry in feedback.entries()] == [Verdict.UP]
    assert [turn.verdict for turn in kept.read(name).turns] == ["up", ""]


@pytest.mark.parametrize("verdict", ["", "UP", "up ", "None", "<b>", "\ud800", "x" * 10_000])
def test_what_is_no_verdict_changes_nothing(judging: Panes, verdict: str) -> None:
    turn = judging.conversation.ask(ROSES, [])
    assert judging.conversation.judge(turn, verdict) == turn
    assert Page(judging.evaluation.feedback()["html"]).values("data-verdict") == []


def test_a_turn_without_an_answer_cannot_be_judged(judging: Panes) -> None:
    turn = Turn("Q?", None, "It broke.")
    assert judging.conversation.judge(turn, "up") == turn
    assert "None yet" in shown(judging.evaluation.feedback()["html"])


@pytest.mark.parametrize("words", [*HOSTILE_WORDS, "x" * 5_000])
def test_hostile_questions_are_kept_and_shown_as_text(judging: Panes, words: str) -> None:
    turn = judged(judging, "down", f"Do roses want {words}"[:2_000])
    html = judging.evaluation.feedback()["html"]
    assert turn.question in Page(html).texts
    assert "<script" not in html


def test_feedback_that_cannot_be_written_is_said_in_the_turn(place: Path, tmp_path: Path) -> None:
    for path in (tmp_path / FEEDBACK_FILE, tmp_path / "file" / FEEDBACK_FILE):
        (tmp_path / "file").write_text("not a folder")
        (tmp_path / FEEDBACK_FILE).mkdir(exist_ok=True)
        panes = panes_of(place / "index", feedback=Feedback(path))
        turn = judged(panes, "up")
        assert turn.answer is not None
        assert (turn.verdict, "cannot be used" in turn.error) == ("", True)
        page = Page(panes.conversation.show(Conversation((turn,))))
        assert turn.error in page.texts
        assert page.values("data-judge") == ["up", "down", "wrong_citation"], "to try again"


def test_after_a_failure_the_next_try_is_thanked_for(place: Path, tmp_path: Path) -> None:
    (tmp_path / FEEDBACK_FILE).mkdir()
    panes = panes_of(place / "index", feedback=Feedback(tmp_path / FEEDBACK_FILE))
    turn = judged(panes, "up")
    (tmp_path / FEEDBACK_FILE).rmdir()
    turn = panes.conversation.judge(turn, "up")
    assert (turn.verdict, turn.error) == ("up", "")


def test_feedback_that_cannot_be_read_is_not_taken_for_none(place: Path, tmp_path: Path) -> None:
    (tmp_path / FEEDBACK_FILE).write_bytes(b"rubbish" * 100)
    panes = panes_of(place / "index", feedback=Feedback(tmp_path / FEEDBACK_FILE))
    assert "cannot be used" in panes.evaluation.feedback()["problem"]
    assert "cannot be used" in panes.evaluation.export()["problem"]
    assert "cannot be used" in panes.evaluation.delete(1)["problem"]
