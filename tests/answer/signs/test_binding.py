"""Which of several values a question means, and whether a sentence is about another thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.binding import bound_part, names_another


def part(question: str, text: str) -> str | None:
    found = bound_part(question, text, lambda said: any(c.isdigit() for c in said))
    return None if found is None else text[slice(*found)]


@pytest.mark.parametrize(
    ("question", "text", "meant"),
    [
        ("How many eggs do the geese lay?", "The hens lay 5 eggs, the geese 2.", "the geese 2."),
        ("What is the toll for vans?", "The toll is 4 for cars and 9 for vans.", "9 for vans."),
        ("What is the toll for cars?", "The toll is 4 for cars and 9 for vans.", None),
        (
            "How many beds has the old house?",
            "The new house has 3 beds; the old house has 8.",
            "the old house has 8.",
        ),
        (
            "How many beds has the new house?",
            "The new house has 3 beds; the old house has 8.",
            None,
        ),
        (
            "How many nurses came to Kent?",
            "They sent 5 pilots and 3 nurses to Kent.",
            "3 nurses to Kent.",
        ),
        ("How many pilots came to Kent?", "They sent 5 pilots and 3 nurses to Kent.", None),
        ("How many pilots were there?", "They sent 5 pilots to Kent.", None),
        (
            "How much tin was mined in 2018?",
            "Firms beat the goal of 50 t in 2018, mining 55 t of ore, including 14 t of tin.",
            "including 14 t of tin.",
        ),
        (
            "How much copper ore was mined in 2018?",
            "They beat 50 t in 2018, mining 55 t of ores, with 14 t of tin ore, 9 t of copper ore.",
            "9 t of copper ore.",
        ),
        ("How many guests in 2014?", "We had 41 in 2012 and 39 in 2014.", "39 in 2014."),
    ],
)
def test_the_part_with_the_question_s_own_word_is_meant(
    question: str, text: str, meant: str | None
) -> None:
    assert part(question, text) == meant


def known(word: str) -> bool:
    return word in {"bridge", "mill", "tower"}


@pytest.mark.parametrize(
    ("question", "text", "around", "another"),
    [
        ("How old is the green mill?", "The white mill is 90 years old.", "", True),
        ("How old is the green mill?", "The green mill is 90 years old.", "", False),
        ("How old is the green mill?", "The white mill is 90 years old.", "The green mill", False),
        ("How old is the mill?", "The white mill is 90 years old.", "", False),
        ("How old is the green mill?", "The mill is 90 years old.", "", False),
        ("How old is the green mill?", "These two mills are 90 years old.", "", False),
        ("How high is the red bridge?", "The red tower is 71 m high.", "", True),
        ("How high is the red castle?", "The red tower is 71 m high.", "", False),
        ("When did the mill close?", "The mill burned down in 1911.", "", False),
        ("What did the day guard earn?", "The night guard earns 19 dollars.", "", True),
        ("When was the stone mill rebuilt?", "The stone pier was rebuilt in 1988.", "", True),
        ("cocaine seizures 2018", "Heroin seizures fell in 2018.", "", True),
        ("How many cocaine seizures were there?", "Heroin seizures fell to 3.", "", True),
        ("What does the first-aid kit hold?", "The first-aid kit holds gauze.", "", False),
        ("How much does the day guard earn?", "The night guard earns 19 dollars.", "", True),
        ("Which port got a new command post?", "The port got a Tactical Command Post.", "", False),
        ("Which mill made flour?", "The town made flour.", "", False),
        ("Which command restarts the relay service?", "sudo relayctl restart", "", False),
        ("Quand ferme le dépôt ?", "Le dépôt ferme à 17 heures.", "", False),
    ],
)
def test_another_word_in_front_of_the_noun_is_another_thing(
    question: str, text: str, around: str, another: bool
) -> None:
    assert names_another(question, text, around, known) == 3.0 * another


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_are_taken(question: str, text: str) -> None:
    found = bound_part(question, text, bool)
    assert found is None or 0 <= found.start <= found.end <= len(text)
    assert names_another(question, text, text, bool) in (0.0, 3.0)
