"""Conversations on the disk: several tabs, threads and programs, other versions, and damage."""

import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import HistoryError
from qa.schema import Answer, Citation, Passage, RetrievedPassage, Span
from qa.ui.history.store import ConversationStore, Entry
from qa.ui.page_state import Conversation, Turn

SECONDS = 30.0  # for what takes none, unless it waits for a lock
ONE, TWO = "a" * 22, "b" * 22
CITATION = Citation(
    "a.pdf", "The A", 3, 10, 30, "Roses want sun. Éé ☃", (Span(10, 15),), "Part > One", "changed"
)
ANSWER = Answer(
    question="What do roses want?",
    answered=True,
    answer="sun",
    confidence=0.9,
    citations=(CITATION,),
    passages=(
        RetrievedPassage(4, Passage("p", "a.pdf", 0, 9, "Other.", "", (Span(0, 6),)), 1, 1, 1, 1),
    ),
    titles={"a.pdf": "The A"},
    timings_ms={"total": 12.5},
    n_documents=2,
)
TURN = Turn("What do roses want?", ANSWER, only=2, verdict="up", sent_as=7, at="2026-01-02T03:04")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "conversations.sqlite"


@pytest.fixture(params=["file", "memory"])
def kept(request: pytest.FixtureRequest, path: Path) -> ConversationStore:
    return ConversationStore(path if request.param == "file" else None)


@pytest.fixture
def other() -> Iterator[Executor]:
    """Another thread."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def questions(conversation: Conversation) -> list[str]:
    return [turn.question for turn in conversation.turns]


def judging(verdict: str) -> Callable[[Turn], Turn]:
    return lambda turn: turn if turn.verdict else replace(turn, verdict=verdict)


def slowly(verdict: str, meanwhile: Callable[[], object]) -> Callable[[Turn], Turn]:
    """Judge a turn, with something else happening on the way."""

    def make(turn: Turn) -> Turn:
        meanwhile()
        return replace(turn, verdict=verdict)

    return make


def said(kept: ConversationStore) -> list[tuple[str, str]]:
    return [(turn.question, turn.verdict) for turn in kept.read(ONE).turns]


# ---- what is kept


def test_a_turn_comes_back_as_it_was(path: Path) -> None:
    ConversationStore(path).add(ONE, TURN)
    assert ConversationStore(path).read(ONE).turns == (TURN,)


def test_a_conversation_is_called_like_its_first_question_until_it_is_named(
    kept: ConversationStore,
) -> None:
    kept.add(ONE, Turn("First?\n  And more", None))
    assert kept.add(ONE, Turn("Second?", None)).title == "First? And more"
    kept.rename(ONE, "  A name ")
    assert kept.read(ONE).title == "A name"
    kept.rename(ONE, " ")
    assert kept.read(ONE).title == "A name"


def test_two_conversations_are_kept_apart(kept: ConversationStore) -> None:
    kept.add(ONE, Turn("A", None))
    kept.add(TWO, Turn("B", None))
    assert (questions(kept.read(ONE)), questions(kept.read(TWO))) == (["A"], ["B"])
    assert kept.read("c" * 22) == Conversation(id="c" * 22)


def test_every_change_counts(kept: ConversationStore) -> None:
    versions = [kept.add(ONE, Turn(question, None)).version for question in "AB"]
    versions.append(kept.change(ONE, 0, judging("up")).version)
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("name", ["", "short", "a" * 65, "../../etc/passwd/aaaaaaaa", "é" * 22])
def test_what_is_no_name_begins_no_conversation(kept: ConversationStore, name: str) -> None:
    with pytest.raises(HistoryError, match="does not name a conversation"):
        kept.add(name, TURN)
    assert kept.read(name).turns == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_nobody_else_can_read_the_file(path: Path) -> None:
    kept = ConversationStore(path)
    kept.add(ONE, TURN)
    db = sqlite3.connect(path)  # holds the journal open
    db.execute("SELECT count(*) FROM turns").fetchone()
    kept.add(ONE, TURN)
    files = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    db.close()


# ---- list, search, delete


def test_the_conversation_asked_last_comes_first(kept: ConversationStore) -> None:
    kept.add(ONE, TURN)
    kept.add(TWO, Turn("B", None))
    kept.change(ONE, 0, judging("down"))
    kept.rename(ONE, "Renamed")
    assert [entry.id for entry in kept.entries()] == [TWO, ONE]
    kept.add(ONE, Turn("C", None))
    assert [(entry.id, entry.turns) for entry in kept.entries()] == [(ONE, 2), (TWO, 1)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2), ("ROSES sun", 1), ("éé", 1), ("ÉÉ", 1), ("the a", 1), ("roses moon", 0), ("%", 1),
        ("_", 0), ("100 %", 1), ("!", 0), ("'; DROP TABLE turns; --", 0), ("roses", 2),
    ],
)  # fmt: skip
def test_all_words_of_a_query_are_looked_for_in_all_that_was_said(
    kept: ConversationStore, query: str, found: int
) -> None:
    kept.add(ONE, TURN)
    kept.add(TWO, Turn("Is it 100 % clay?", None))
    kept.rename(TWO, "Not Roses")
    assert len(kept.entries(query)) == found


def test_what_is_deleted_can_be_put_back_until_the_next_is_deleted(kept: ConversationStore) -> None:
    kept.add(ONE, TURN)
    kept.add(TWO, Turn("B", None))
    kept.delete(ONE)
    assert (questions(kept.read(ONE)), [entry.id for entry in kept.entries()]) == ([], [TWO])
    kept.restore(ONE)
    assert kept.read(ONE).turns == (TURN,) or kept.read(ONE).turns[0].answer == ANSWER
    kept.delete(ONE)
    kept.delete(TWO)
    kept.restore(ONE)
    assert kept.entries() == []
    kept.restore(TWO)
    assert [entry.id for entry in kept.entries()] == [TWO]


def test_what_is_deleted_is_not_left_in_the_file(path: Path) -> None:
    kept = ConversationStore(path)
    kept.add(ONE, Turn("Who betrayed the unicorn?", None))
    kept.delete(ONE)
    kept.forget()
    assert b"unicorn" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert kept.entries() == []


def test_asking_in_a_conversation_that_another_tab_deleted_puts_it_back(
    kept: ConversationStore,
) -> None:
    kept.add(ONE, Turn("A", None))
    kept.delete(ONE)
    assert questions(kept.add(ONE, Turn("B", None))) == ["A", "B"]


def test_everybody_can_be_listed_only_what_they_began(kept: ConversationStore) -> None:
    kept.add(ONE, TURN, owner="ada")
    kept.add(TWO, TURN, owner="charles")
    kept.add(TWO, TURN, owner="ada")
    assert [entry.id for entry in kept.entries(owner="ada")] == [ONE]
    assert (kept.owner(TWO), kept.owner("c" * 22)) == ("charles", None)


# ---- several at once


def test_tabs_and_programs_that_ask_at_once_overwrite_nothing(path: Path) -> None:
    stores = [ConversationStore(path) for _ in range(4)]
    asked = [f"{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: stores[int(n) % 4].add(ONE, Turn(n, None)), asked))
    assert sorted(questions(stores[0].read(ONE))) == sorted(asked)


def test_an_answer_that_comes_while_a_turn_is_changed_does_not_wait(
    kept: ConversationStore, other: Executor
) -> None:
    for question in "AB":
        before = kept.add(ONE, Turn(question, None)).version

    def answer() -> None:
        talk = other.submit(kept.add, ONE, Turn("C", None)).result(SECONDS)
        assert talk.version == before + 1

    assert kept.change(ONE, 0, slowly("up", answer)).version == before + 2
    assert said(kept) == [("A", "up"), ("B", ""), ("C", "")]


def test_of_two_changes_to_a_turn_at_once_the_second_is_not_made(
    kept: ConversationStore, other: Executor
) -> None:
    made: list[str] = []
    kept.add(ONE, Turn("A", None))

    def second() -> None:
        talk = other.submit(kept.change, ONE, 0, slowly("down", lambda: made.append("x")))
        assert talk.result(SECONDS).turns[0].verdict == ""

    kept.change(ONE, 0, slowly("up", second))
    assert said(kept) == [("A", "up")]
    assert made == []


def test_changes_to_two_turns_at_once_are_both_kept(
    kept: ConversationStore, other: Executor
) -> None:
    for question in "AB":
        kept.add(ONE, Turn(question, None))

    def second() -> None:
        other.submit(kept.change, ONE, 1, judging("down")).result(SECONDS)

    kept.change(ONE, 0, slowly("up", second))
    assert said(kept) == [("A", "up"), ("B", "down")]


def test_after_a_change_that_failed_the_next_is_made(kept: ConversationStore) -> None:
    def fail(turn: Turn) -> Turn:
        raise OSError("the disk is full")

    kept.add(ONE, Turn("A", None))
    with pytest.raises(OSError, match="full"):
        kept.change(ONE, 0, fail)
    kept.change(ONE, 0, judging("up"))
    assert said(kept) == [("A", "up")]


def test_a_turn_is_changed_as_another_tab_has_left_it(path: Path) -> None:
    one, two = ConversationStore(path), ConversationStore(path)
    one.add(ONE, Turn("A", None))
    two.change(ONE, 0, judging("up"))
    assert one.change(ONE, 0, judging("down")).turns[0].verdict == "up"


@pytest.mark.parametrize("number", [-1, 2, 10**30])
def test_a_turn_that_is_not_there_is_left_alone(kept: ConversationStore, number: int) -> None:
    before = kept.add(ONE, Turn("A", None))
    assert kept.change(ONE, number, judging("up")) == before


# ---- other versions, and damage


def test_a_turn_of_another_version_is_shown_as_far_as_it_can_be(path: Path) -> None:
    kept = ConversationStore(path)
    kept.add(ONE, TURN)
    kept.add(ONE, Turn("B", None))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE turns SET turn = json_set(turn, '$.new', 1) WHERE number = 1")
        db.execute("UPDATE turns SET turn = '{\"question\": 3}' WHERE number = 0")
    first, second = kept.read(ONE).turns
    assert (first.question, first.answer) == (TURN.question, None)
    assert "cannot be shown" in first.error
    assert (second.question, second.error) == ("B", "")


@given(st.text())
def test_no_text_in_place_of_a_turn_breaks_the_reading(text: str) -> None:
    kept = ConversationStore(None)
    kept.add(ONE, TURN)
    with kept._open() as db:
        db.execute("UPDATE turns SET turn = ?", (text.encode("utf-8", "replace").decode(),))
    assert questions(kept.read(ONE)) == [TURN.question]


@pytest.mark.parametrize("content", [b"rubbish" * 1_000, b"SQLite format 3\0" + b"x" * 5_000])
def test_a_damaged_file_is_said_to_be_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    kept = ConversationStore(path)
    for call in (
        lambda: kept.add(ONE, TURN),
        lambda: kept.read(ONE),
        lambda: kept.entries("x"),
        lambda: kept.rename(ONE, "x"),
        lambda: kept.delete(ONE),
        kept.forget,
    ):
        with pytest.raises(HistoryError, match="move the file away"):
            call()
    assert path.read_bytes() == content


def test_a_file_of_a_later_version_is_not_written_to(path: Path) -> None:
    ConversationStore(path).add(ONE, TURN)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(HistoryError, match="format 99, this program reads 1"):
        ConversationStore(path).add(ONE, TURN)


def test_memory_is_not_for_ever() -> None:
    kept = ConversationStore(None)
    for number in range(210):
        kept.add(f"{number:022}", Turn("A", None))
    assert len(kept.entries()) == 200
    assert isinstance(kept.entries()[0], Entry)
