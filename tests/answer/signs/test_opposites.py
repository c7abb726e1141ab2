"""Of summer, not of winter: the opposite of what is asked is told by what is nearest."""

import pytest

from qa.answer.signs.opposites import of_opposite, of_other_ordinal
from qa.schema import Span

BOATS = "In summer the last boat leaves at 9.30 p.m., in winter at 7.15 p.m."


@pytest.mark.parametrize(
    ("question", "text", "answer", "above", "other"),
    [
        ("When does the last boat leave in winter?", BOATS, "9.30", "", True),
        ("When does the last boat leave in winter?", BOATS, "7.15", "", False),
        ("When does the last boat leave in summer?", BOATS, "7.15", "", True),
        ("When does the last boat leave?", BOATS, "9.30", "", False),
        ("When must music stop inside?", "Music outdoors ends at 22:00", "22:00", "", True),
        ("When must music stop inside?", "Music indoors ends at 1:00", "1:00", "", False),
        ("What do children pay?", "The fee is 9 euros.", "9", "Adults", True),
        ("What do children pay?", "The fee is 9 euros.", "9", "Adults and children", False),
        ("What do children pay?", "For kids it is 9 euros.", "9", "Adults", False),
        ("Do summer and winter differ?", "In winter it is shut.", "shut", "", False),
        ("Is part-time work possible?", "Full-time staff get 30 days.", "30", "", True),
        ("What is the minimum?", "It is at least 300 and at most 900.", "300", "", False),
        ("What is the minimum?", "It is at least 300 and at most 900.", "900", "", True),
        ("Which is the smaller hall?", "Elm Hall is the larger of the two.", "Elm", "", True),
        ("Who is a small man?", "Bo is smaller than the larger Cy.", "Bo", "", False),
        ("How long will it last?", "It goes on for the next 3 weeks.", "3 weeks", "", False),
        ("What is the minimum?", "Heat must not exceed 35 °C.", "35 °C", "", True),
        ("What is the minimum?", "Heat must not exceed 35 °C.", "Heat", "", True),
        ("What is the maximum?", "Heat must not exceed 35 °C.", "35 °C", "", False),
        ("What is the maximum?", "Rooms of at least 20 m² hold two.", "two", "", False),
        ("Who sets the maximum?", "The board; it is at least 50.", "The board", "", False),
        ("What is the maximum?", "It must not be lower than 5 °C.", "5 °C", "", True),
        ("What is the maximum group?", "Groups of 20, at least a week ahead.", "20", "", False),
        ("Maximum length?", "Passwords have at least 14 characters.", "14 characters", "", True),
        ("Minimum height of a shed?", "Sheds may be up to 2.2 m high.", "2.2 m", "", True),
        ("Maximum height of a shed?", "Sheds may be up to 2.2 m high.", "2.2 m", "", False),
        ("Which is higher?", "B is lower than A.", "A", "", False),
        ("When is the next race?", "It was last held in 2019.", "2019", "", True),
        ("What is the last name of Ada?", "The next day Ada Lowe came.", "Lowe", "", False),
    ],
)
def test_the_opposite_is_told(
    question: str, text: str, answer: str, above: str, other: bool
) -> None:
    at = text.index(answer)
    assert of_opposite(question, text, Span(at, at + len(answer)), above) is other


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("What is the fee after the first reminder?", "After a second reminder it is £15.", True),
        ("What is the fee after the second reminder?", "After a second reminder it is £15.", False),
        ("What is the fee after a reminder?", "After a second reminder it is £15.", False),
        ("What is the first reminder?", "The first reminder is free, the second is not.", False),
        ("Who won the first prize?", "The second stage was won by Bo.", False),
        ("How long is the first delay?", "It has a 30 second delay.", False),
    ],
)
def test_the_second_is_not_the_first(question: str, text: str, other: bool) -> None:
    assert of_other_ordinal(question, text) is other
