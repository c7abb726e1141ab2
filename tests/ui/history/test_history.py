"""Where conversations cannot be written the product goes on, and says so."""

from pathlib import Path

import pytest

from qa.errors import HistoryError
from qa.ui.history.history import History
from qa.ui.page_state import Turn
from qa.ui.views.conversation import conversation_html
from tests.ui.markup_page import Page

ONE = "a" * 22


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


def questions(history: History) -> list[str]:
    return [turn.question for turn in history.read(ONE).turns]


def test_what_is_kept_is_there_when_the_program_starts_again(path: Path) -> None:
    History(path).add(ONE, Turn("A", None))
    assert questions(History(path)) == ["A"]
    assert History(path).problem == ""


def test_without_a_file_nothing_is_written_or_listed(path: Path) -> None:
    history = History(None)
    history.add(ONE, Turn("A", None))
    assert questions(history) == ["A"]
    assert (history.is_kept, history.problem, history.entries()) == (False, "", [])
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("is_kept", [True, False])
def test_nothing_vanishes_at_the_fifty_first_question(path: Path, is_kept: bool) -> None:
    history = History(path if is_kept else None)
    asked = [f"Question {number}?" for number in range(120)]
    for question in asked:
        history.add(ONE, Turn(question, None, "There are no documents yet."))
    assert questions(history) == asked
    page = Page(conversation_html(history.read(ONE).turns))
    assert [text for text in page.texts if text.startswith("Question ")] == asked


def test_a_damaged_file_is_said_and_the_conversation_goes_on(path: Path) -> None:
    path.write_bytes(b"rubbish" * 1_000)
    history = History(path)
    assert "move the file away" in history.problem
    for question in "AB":
        talk = history.add(ONE, Turn(question, None))
        assert "move the file away" in talk.problem
    assert questions(history) == ["A", "B"]
    assert history.entries() == []
    changed = history.change(ONE, 0, lambda turn: Turn(turn.question, None, verdict="up"))
    assert changed.turns[0].verdict == "up"
    assert path.read_bytes() == b"rubbish" * 1_000


def test_a_file_that_breaks_midway_loses_no_turn_that_is_shown(path: Path) -> None:
    history = History(path)
    history.add(ONE, Turn("A", None))
    kept = path.read_bytes()
    path.unlink()
    path.mkdir()
    history.add(ONE, Turn("B", None))
    assert questions(history) == ["B"]
    assert "cannot be used" in history.read(ONE).problem
    path.rmdir()
    path.write_bytes(kept)
    assert "not kept" not in history.add("b" * 22, Turn("C", None)).problem
    assert (history.problem, questions(history)) == ("", ["B"])


def test_a_conversation_that_can_be_read_but_not_written_goes_on_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(path)
    history.add(ONE, Turn("A", None))

    def fail(*args: object, **options: object) -> None:
        raise HistoryError("the disk is full")

    monkeypatch.setattr(history._file, "add", fail)
    talk = history.add(ONE, Turn("B", None))
    assert [turn.question for turn in talk.turns] == ["A", "B"]
    assert talk.problem == "the disk is full"


def test_what_was_deleted_is_gone_for_good_when_the_program_starts_again(path: Path) -> None:
    history = History(path)
    history.add(ONE, Turn("A", None))
    history.delete(ONE)
    again = History(path)
    again.restore(ONE)
    assert again.entries() == []
