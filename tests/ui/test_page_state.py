"""Which documents a tab asks, when several threads change it at once."""

import pytest

from qa.ui.page_state import Choice, PageState


@pytest.fixture
def visit() -> PageState:
    return PageState()


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
