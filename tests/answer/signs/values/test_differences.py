"""A figure and how much more or less it is."""

import pytest

from qa.answer.signs.values.differences import is_difference, is_of_other_time
from qa.schema import Span

_FAIR = "The autumn fair raised £1,312, £240 more than last year."


def _at(text: str, answer: str) -> Span:
    start = text.index(answer)
    return Span(start, start + len(answer))


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("how much did the fair raise?", _FAIR, "£240"),
        ("how much did the fair raise?", _FAIR, "£240 more"),
        (
            "How long did they sleep?",
            "They slept 31 minutes longer with the glasses.",
            "31 minutes",
        ),
        ("How much is the rent?", "The rent rises by £15 in April.", "£15"),
        ("How many members are there?", "There are 40 fewer members than in May.", "40"),
    ],
)
def test_how_much_more_is_not_how_much(question: str, text: str, answer: str) -> None:
    assert is_difference(question, text, _at(text, answer))


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("how much did the fair raise?", _FAIR, "£1,312"),
        ("how much more did it raise than last year?", _FAIR, "£240"),
        ("By how much did the rent go up?", "The rent rises by £15 in April.", "£15"),
        ("How much longer did they sleep?", "They slept 31 minutes longer.", "31 minutes"),
        ("How many people came?", "More than 40 people came.", "40"),
        ("When did it open?", "It opened two weeks later than planned.", "two weeks"),
    ],
)
def test_a_figure_or_a_difference_that_is_asked_for_stays(
    question: str, text: str, answer: str
) -> None:
    assert not is_difference(question, text, _at(text, answer))


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("how much did the autumn fair raise last year?", _FAIR, True),
        ("how much did the autumn fair raise this year?", _FAIR, False),
        ("How many came in 2023?", "In 2024, 80 came, 12 more than in 2023.", True),
        ("How many came in 2023?", "In 2023, 80 came, 12 more than in 2022.", False),
        ("How many more came than in 2023?", "In 2024, 80 came, 12 more than in 2023.", False),
    ],
)
def test_a_time_that_is_only_compared_with_is_not_told_of(
    question: str, text: str, other: bool
) -> None:
    assert is_of_other_time(question, text) is other
