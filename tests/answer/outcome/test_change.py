"""How much a row's figures of two years differ: exact, or none."""

import pytest

from qa.answer.outcome.change import change
from qa.answer.signs.question import lacks_difference
from qa.answer.signs.tables.explained import About
from qa.answer.signs.tables.rows import Tables

BUDGET = """Item: Staff | 2025 (kEUR): 410.5 | 2026 (kEUR): 428 | Posts 2026: 9
Item: Exhibitions | 2025 (kEUR): 120 | 2026 (kEUR): 95 | Posts 2026: 2"""


@pytest.mark.parametrize(
    ("question", "size"),
    [
        ("By how much is the exhibitions budget cut?", "25"),
        ("By how much does the staff budget increase in 2026?", "17.5"),
        ("How much more does staff get in 2026 than in 2025?", "17.5"),
        ("What is the difference between the staff budget in 2025 and 2026?", "17.5"),
        ("By how much is the staff budget cut?", None),  # it is not
        ("How much more do exhibitions get in 2026 than in 2025?", None),
        ("How much more does staff get in 2024 than in 2023?", None),
        ("By how much does the budget of Ely for staff increase?", None),
        ("How much does staff get in 2026?", None),
        ("By how much is the budget cut?", None),
    ],
)
def test_a_change_is_exact_or_none(question: str, size: str | None) -> None:
    rows = Tables(lambda _: BUDGET).around("a.md", 0)
    found = change(question, rows, About("Budget", ""))
    assert (found and str(found.size)) == size


TEAMS = """Team: IT | Revenue 2024: 100 | Costs 2024: 40 | Revenue 2025: 130 | Costs 2025: 90
Team: HR | Revenue 2024: 10 | Costs 2024: 50 | Revenue 2025: 13 | Costs 2025: 40"""


@pytest.mark.parametrize(
    ("question", "size"),
    [
        ("By how much did the costs of IT rise from 2024 to 2025?", "50"),
        ("By how much did the revenue of IT grow?", "30"),
        ("By how much did IT grow?", None),  # in what
        ("How much more did IT get in 2024 than in 2025?", None),
        ("By how many percent did the costs of IT rise?", None),
    ],
)
def test_a_change_is_of_the_columns_that_are_named(question: str, size: str | None) -> None:
    found = change(question, Tables(lambda _: TEAMS).around("a.md", 0), About("", ""))
    assert (found and str(found.size)) == size


@pytest.mark.parametrize(
    ("question", "size"),
    [
        ("How much more do exhibitions get in 2025 than in 2026?", "25"),
        ("How much less do exhibitions get in 2025 than in 2026?", None),
        ("By how much is 2026 higher than 2025 for staff?", "17.5"),
        ("By how much is 2025 higher than 2026 for staff?", None),
    ],
)
def test_a_change_goes_the_way_it_is_asked(question: str, size: str | None) -> None:
    found = change(question, Tables(lambda _: BUDGET).around("a.md", 0), About("", ""))
    assert (found and str(found.size)) == size


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("How much more does staff get in 2026 than in 2025?", "Staff: 410 | 428", True),
        ("By how much did sales grow?", "Sales were 12.7 million euros in 2024.", True),
        ("By how much did sales grow?", "Sales grew by 1.8 million euros.", False),
        ("What is the price difference between the two?", "One costs 9 euros, one 15.", True),
        ("What is the price difference between the two?", "One is 6 euros cheaper.", False),
        ("What is the difference between a lease and a licence?", "A lease binds.", False),
        ("How much does staff get?", "Staff: 410 | 428", False),
    ],
)
def test_two_figures_are_not_their_difference(question: str, text: str, *, lacks: bool) -> None:
    assert lacks_difference(question, text) is lacks
