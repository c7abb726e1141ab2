"""A conversation that several threads change at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from qa.ui.page_state import Choice, PageState, Turn

SECONDS = 10.0  # for what takes none, unless it waits for a lock


@pytest.fixture
def other() -> Iterator[Executor]:
    """Another thread."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def visit() -> PageState:
    visit = PageState()
    for question in "AB":
        visit.add(Turn(question, None))
    return visit


def judging(verdict: str) -> Callable[[Turn], Turn]:
    return lambda turn: turn if turn.verdict else replace(turn, verdict=verdict)


def slowly(verdict: str, meanwhile: Callable[[], object]) -> Callable[[Turn], Turn]:
    """Judge a turn, with something else happening on the way."""

    def make(turn: Turn) -> Turn:
        meanwhile()
        return replace(turn, verdict=verdict)

    return make


def said(visit: PageState) -> list[tuple[str, str]]:
    return [(turn.question, turn.verdict) for turn in visit.conversation.turns]


def test_an_answer_that_comes_while_a_turn_is_changed_does_not_wait(
    visit: PageState, other: Executor
) -> None:
    before = visit.conversation.version

    def answer() -> None:
        talk = other.submit(visit.add, Turn("C", None)).result(SECONDS)
        assert talk.version == before + 1

    assert visit.change(0, slowly("up", answer)).version == before + 2
    assert said(visit) == [("A", "up"), ("B", ""), ("C", "")]


def test_of_two_changes_to_a_turn_at_once_the_second_is_not_made(
    visit: PageState, other: Executor
) -> None:
    made: list[str] = []

    def second() -> None:
        talk = other.submit(visit.change, 0, slowly("down", lambda: made.append("x")))
        assert talk.result(SECONDS).turns[0].verdict == ""

    visit.change(0, slowly("up", second))
    assert said(visit) == [("A", "up"), ("B", "")]
    assert made == []


def test_changes_to_two_turns_at_once_are_both_kept(visit: PageState, other: Executor) -> None:
    def second() -> None:
        other.submit(visit.change, 1, judging("down")).result(SECONDS)

    visit.change(0, slowly("up", second))
    assert said(visit) == [("A", "up"), ("B", "down")]


def test_after_a_change_that_failed_the_next_is_made(visit: PageState) -> None:
    def fail(turn: Turn) -> Turn:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        visit.change(0, fail)
    visit.change(0, judging("up"))
    assert said(visit)[0] == ("A", "up")


def test_a_turn_that_is_forgotten_while_it_is_changed_changes_no_other(visit: PageState) -> None:
    def ask_much() -> None:
        for number in range(60):
            visit.add(Turn(f"{number}", None))

    visit.change(1, slowly("up", ask_much))
    assert len(visit.conversation.turns) == 50
    assert {turn.verdict for turn in visit.conversation.turns} == {""}


@pytest.mark.parametrize("number", [-1, 2, 10**30])
def test_a_turn_that_is_not_there_is_left_alone(visit: PageState, number: int) -> None:
    before = visit.conversation
    assert visit.change(number, judging("up")) == before


# ---- the documents that are asked


def test_at_first_all_documents_are_asked(visit: PageState) -> None:
    assert visit.chosen == ()
    assert visit.choose([], 1) == Choice((), 1)


@pytest.mark.parametrize("later", [["a.txt", "b.txt"], ["b.txt"], []])
def test_the_later_of_two_choices_counts_in_whatever_order_they_come(
    visit: PageState, later: list[str]
) -> None:
    other_way = PageState()
    assert visit.choose(["a.txt"], 1) == Choice(("a.txt",), 1)
    assert visit.choose(later, 2) == Choice(tuple(later), 2)
    assert other_way.choose(later, 2) == Choice(tuple(later), 2)
    assert other_way.choose(["a.txt"], 1) == Choice(tuple(later), 2)
    assert visit.chosen == other_way.chosen == tuple(later)


@pytest.mark.parametrize("number", [-(10**30), -1, 0, 3])
def test_a_choice_that_is_not_later_changes_nothing(visit: PageState, number: int) -> None:
    visit.choose(["a.txt"], 3)
    assert visit.choose(["b.txt"], number) == Choice(("a.txt",), 3)
    assert visit.chosen == ("a.txt",)
