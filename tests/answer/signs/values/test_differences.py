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
        ("How old must you be?", "You must be 18 or older to hire a boat.", "18"),
        ("How long must it be?", "Texts of 500 words or longer are judged.", "500 words"),
        ("How much did it raise?", "It raised £1,312, more than ever before.", "£1,312"),
        ("How long is the tunnel?", "The tunnel is 57 km, longer than any other.", "57 km"),
        ("How long does it cook?", "Cook it for 20 minutes at a lower heat.", "20 minutes"),
        ("How many seats are there?", "There are 200 seats in the larger hall.", "200 seats"),
        ("How many are over 65?", "There are 300 residents older than 65.", "300 residents"),
        ("How many islands are there?", "The group has 20 smaller islands.", "20"),
        ("How many volunteers helped?", "The tents were put up by 40 volunteers.", "40 volunteers"),
        ("How much is the surcharge at night?", "At night fares rise by 20%.", "20%"),
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
        ("How much last year?", "It raised £9, more than last year’s £7.", False),
        ("How many came last year?", "With 900 we had more than last year (750).", False),
        ("How many came in 2023?", "80 came, more than in 2023, when 68 did.", False),
        ("How many more came than in 2023?", "In 2024, 80 came, 12 more than in 2023.", False),
    ],
)
def test_a_time_that_is_only_compared_with_is_not_told_of(
    question: str, text: str, other: bool
) -> None:
    assert is_of_other_time(question, text) is other
