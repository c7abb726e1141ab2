"""A time is no length, a date no topic, an office nobody's name."""

import pytest

from qa.answer.signs.values.kinds import measures_otherwise, says_only_how_often


@pytest.mark.parametrize(
    ("question", "answer", "otherwise"),
    [
        ("How long is the line?", "every eight minutes", True),
        ("How fast are the trams?", "every eight minutes on weekdays", True),
        ("How long does it take?", "eight minutes", False),
        ("How long does it take?", "7:30 am", True),
        ("Which is cheaper, the Bright or the Ollivant screen?", "27-inch", True),
        ("Which is cheaper, the Bright or the Ollivant screen?", "the Ollivant", False),
        ("Which nine universities are partners?", "one of our nine", True),
        ("Which nine universities are partners?", "Torgen and eight more", False),
        ("What is the speed in metres per hour?", "full speed", False),
        ("Which alert fired?", "within five minutes", True),
        ("Which alert fired?", "checkout error rate", False),
        ("Which train do I take in the evening?", "18:40", False),
        ("At which time does it go?", "18:40", False),
        ("What is Sand and Fire about?", "1909", True),
        ("What is Sand and Fire about?", "Sand and Fire (1909)", True),
        ("What is Sand and Fire about?", "a history of glass", False),
        ("What is Mei Lin's task?", "30 November 2026", True),
        ("What is Mei Lin's task?", "fill the database", False),
        ("Who do I call if I lose my card, phone or keys?", "the front desk", False),
        ("How long is the pool open?", "until 21:00", False),
        ("How long do I take it?", "every day for three weeks", False),
        ("Which of the parents must sign?", "both", False),
        ("Which floor is it on?", "two", False),
        ("How many drops for a child of 10?", "6 to 14 years", True),
        ("How many drops for a child of 10?", "15 years and over", True),
        ("How many drops for a child of 10?", "3", False),
        ("How many nights may a guest stay?", "two nights", False),
        ("How many times may I renew it?", "a year", False),
        ("How many full working days off do I get?", "two days", False),
        ("What is the name of the receptionist?", "June", False),
        ("Which warranty do I get?", "two years", False),
        ("What does the pump cost?", "8.9 kg", True),
        ("How much does the room cost?", "3 hours", True),
        ("What does the pump cost?", "89.00", False),
        ("How much does the lamp weigh?", "8.9 kg", False),
        ("Who are our customers?", "small business customers", False),
        ("Who is the chair?", "the deputy chair", True),
        ("Who is the chair?", "Ada Lowe", False),
        ("Who is the deputy chair?", "Bo Chair", False),
    ],
)
def test_measures_of_another_kind_are_told(question: str, answer: str, otherwise: bool) -> None:
    assert measures_otherwise(question, answer) is otherwise


def test_how_often_says_nothing_of_how_long() -> None:
    assert says_only_how_often("How long is the line?", "Trams run every eight minutes.")
    assert not says_only_how_often("How long is the line?", "It has 6 km, trams every 8 minutes.")
    assert not says_only_how_often("How fast does it grow?", "It grows about a metre every day.")
    assert not says_only_how_often("How often do they run?", "Trams run every eight minutes.")
