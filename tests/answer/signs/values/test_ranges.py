"""An amount of a question is looked up in the ranges that a text speaks of."""

import pytest

from qa.answer.signs.values.ranges import (
    held_as_other_measure,
    held_in_ranges,
    in_its_range,
    of_wider_range,
    outside_ranges,
)


@pytest.mark.parametrize(
    ("question", "text", "inside"),
    [
        ("How much should a child of 8 take?", "Children aged 6 to 12 years: half a tablet.", True),
        ("How much should a child of 8 take?", "Adults and children over 12: one tablet.", False),
        ("What does a 3 kg parcel cost?", "Weight: 2–5 kg | Price: 6.20", True),
        ("Notice after three years?", "Service: 2 to 5 years | Notice: 6 weeks", True),
        ("Leave after six years of service?", "After five years it is 28 days.", True),
        ("What does a 3 kg parcel cost?", "Weight: up to 2 kg | Price: 4.50", False),
        ("What does a 2 kg parcel cost?", "Weight: up to 2 kg | Price: 4.50", True),
        ("What does a 2 kg parcel cost?", "Weight: over 2 kg | Price: 6.20", False),
        ("What does a 70-year-old pay?", "Seniors 65 and over pay 4 euros.", True),
        ("I am 17, what do I pay?", "Under 18s pay 5 euros.", True),
        ("I am 18, what do I pay?", "Under 18s pay 5 euros.", False),
        ("What is the fee for 120 guests?", "Between 100 and 150 guests: 900 euros", True),
        ("Which tax is due on $50,000?", "$40,000 to $60,000: 22%", True),
        ("What does a 15-year-old pay?", "It is 90 for members under 18 and 60 for others.", True),
    ],
)
def test_an_amount_is_in_a_range_of_its_unit_or_outside(
    question: str, text: str, inside: bool
) -> None:
    assert bool(held_in_ranges(question, text)) is inside
    assert outside_ranges(question, text) is not inside


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("What may an 80-year-old take?", "Chest pain | 40 mg | 80 mg", {"80"}),
        ("What may an 80-year-old take?", "Aged 80: 80 mg", set()),
        ("What may an 80-year-old take?", "Over 75 years | 40 mg", set()),
        ("How much is 80 mg?", "A dose of 80 mg", set()),
    ],
)
def test_an_age_is_no_other_measure(question: str, text: str, held: set[str]) -> None:
    assert held_as_other_measure(question, text) == held


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Can a 15-year-old join?", "Members must be over 18."),  # it says no
        ("What does a 3 kg parcel cost?", "Visitors over 14 pay 5 euros."),
        ("What happened in 1990?", "It lasted from 1985 to 1995."),
        ("How much do adults pay?", "Children under 6 go free."),
        ("What does a 3 kg parcel cost?", "x " * 400),
        ("How long will it take, ordered 10 days ago?", "Refunds take 5 to 7 days."),
        ("Who signs the passport of a child of 8?", "It is valid for up to 5 years."),
        ("Who do I call at 2 pm?", "The desk is open from 8 am to 10 pm."),
        ("Does it work at 5 degrees?", "It works at -10 to 40 degrees."),
        ("How many students were there in 2019?", "Students over 30 pay more."),
        ("What does a parcel of 3 kg cost?", "Up to 2 kg 4 euros, each further kg 1 euro."),
    ],
)
def test_nothing_is_outside_of_what_it_is_not_compared_with(question: str, text: str) -> None:
    assert not outside_ranges(question, text)


@pytest.mark.parametrize(
    ("question", "text", "asked"),
    [
        ("How much should a child of 8 take?", "Children aged 6 to 12 years take half.",
         "How much should a child of 6 to 12 years take?"),
        ("What does a parcel of 7 kg cost?", "Weight: 5 to 10 kg | Inland: 8.90",
         "What does a parcel of 5 to 10 kg cost?"),
        ("What does a 70-year-old pay?", "Visitors of 65 and over pay 4 euros",
         "What does a 65 and over pay?"),
        ("What do 2 to 3 nights cost?", "1 to 3 nights: 90 euros", "What do 2 to 3 nights cost?"),
        ("What does a parcel of 70 kg cost?", "Weight: 5 to 10 kg | Inland: 8.90",
         "What does a parcel of 70 kg cost?"),
    ],
)  # fmt: skip
def test_a_question_is_read_with_the_range_in_the_place_of_its_amount(
    question: str, text: str, asked: str
) -> None:
    assert in_its_range(question, text) == asked


@pytest.mark.parametrize(
    ("question", "text", "other", "wider"),
    [
        ("a swim for a 2-year-old", "£3.20 for under-16s", "Under-3s swim free.", True),
        ("a swim for a 9-year-old", "£3.20 for under-16s", "Under-3s swim free.", False),
        ("credit at 94 %", "below 99 % it is 25 %", "below 95 % it is the whole fee", True),
        ("credit at 98.5%", "below 99 % it is 25 %", "below 95 % it is the whole fee", False),
        ("credit at 94 %", "below 95 % it is the whole fee", "below 99 % it is 25 %", False),
        ("a swim for a 70 year old", "£3.20 for over-65s", "over-80s free", False),
    ],
)
def test_the_narrowest_range_that_holds_an_amount_is_meant(
    question: str, text: str, other: str, wider: bool
) -> None:
    assert of_wider_range(question, text, [other]) is wider
