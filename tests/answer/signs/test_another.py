"""Whether a sentence is about another thing than the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.another import names_another, things_named


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
    assert names_another(question, text, around, text, known) == 3.0 * another


OVENS = "The small oven reaches 300 degrees. It is lit daily. The stone oven is only for guests."


@pytest.mark.parametrize(
    ("question", "text", "beside", "another"),
    [
        ("How hot does the stone oven get?", "The small oven reaches 300 degrees.", OVENS, True),
        ("How hot does the small oven get?", "The small oven reaches 300 degrees.", OVENS, False),
        ("How hot does the stone oven get?", "It reaches 300 in the small oven.", OVENS, False),
        ("How hot does the stone oven get?", "The small oven gets hot.", "", False),
        ("How hot does the stone oven get?", "It is a small oven.", OVENS, False),
        ("What does red clay cost?", "A bag of white clay costs 9.", "Red clay is out.", True),
        ("What does red clay cost?", "White clay costs 9.", "Red clay is out.", True),
        ("What does red clay cost?", "A bag of clay costs 9.", "Red clay is out.", False),
        ("Who wrote the comic books?", "India Book House did.", "Comic books sell.", False),
    ],
)
def test_a_kind_that_stands_beside_a_sentence_is_another_than_its_own(
    question: str, text: str, beside: str, another: bool
) -> None:
    assert names_another(question, text, "", beside, known) == 4.0 * another


FEES = "Adults pay 260 euros a year, students 140 and pensioners 95."


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("visiting hours maternity ward", "On ward 4B visitors may come from 2 p.m.", True),
        ("visiting hours ward 4B", "On ward 4B visitors may come from 2 p.m.", False),
        ("When does ward 2A close?", "The doors of ward 4B close at 8.", True),
        ("Which oil does the Heron Z5 need?", "The Marlin 30 needs oil 4.", True),
        ("Which oil does the Marlin 30 need?", "The Marlin 30 needs oil 4.", False),
        ("Which oil does the Heron Z5 need?", "The Marlin 30 and the Heron need oil.", False),
        ("What sank in June 2019?", "Rovers 2019 needs a boat.", False),
        ("What is the fax number of the team?", "The pager of the team is 555.", True),
        ("What is the fax number of the team?", "The fax of the team is 555.", False),
        ("What is the phone number of the team?", "The telephone of the team is 555.", False),
        ("What is the total cost of the trip?", "The price of the trip is 9.", False),
        ("What is the price of the team?", "The pager of the team is 555.", False),
        ("What do families pay?", FEES, True),
        ("What do students pay?", FEES, False),
        ("What do adults pay?", FEES, False),
        ("What is the fee?", FEES, False),
        ("How was zone D voted on?", "Zone E was adopted by 19 votes.", True),
        ("How was zone D voted on?", "Zones D and E were adopted.", False),
        ("How was zone D voted on?", "It was adopted by 19 votes.", False),
        ("How much is zone C?", "Zones A to D cost 3 euros.", False),
        ("How much is zone C?", "In all zones but zone A it costs 3 euros.", False),
        ("Who is the deputy head this year?", "Head: Dr Marsh.", True),
        ("Who teaches the acting class?", "The class is taught by Ann Lee.", False),
        ("Which food has vitamin D?", "Vitamin C is in lemons.", True),
        ("Can I come in?", "Zone E is open.", False),
        ("Who is the deputy head?", "Head: Dr Marsh.", True),
        ("Who is the deputy head?", "Deputy heads: Mr Rees.", False),
        ("Who is the deputy school counsellor?", "School counsellor: Ms Bankole.", True),
        ("Who was the former owner?", "The owner until 1999 was Bo Ek.", False),
    ],
)
def test_another_number_property_or_group_is_another_thing(
    question: str, text: str, another: bool
) -> None:
    assert names_another(question, text, "", "", known) == 3.0 * another


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("May I bring a dog at the hotel?", "Dogs are not allowed in the hostel.", True),
        ("May I bring a dog in the hostel?", "Dogs are not allowed in the hostel.", False),
        ("May I bring a dog at the hotel?", "Dogs are welcome for 10 euros.", False),
        ("May I bring a dog at the campsite?", "Dogs are not allowed in the hostel.", False),
        ("Where are the toilets in the hotel?", "The toilets are in the basement.", False),
        ("May I bring a dog in the evening?", "Dogs are not allowed in the hostel.", False),
    ],
)
def test_another_place_that_is_told_of_nearby_is_another_thing(
    question: str, text: str, another: bool
) -> None:
    beside = "The hotel has 42 rooms. Dogs are welcome for 10 euros. The hostel is full."
    assert names_another(question, text, "", beside, known) == 3.0 * another


def test_a_thing_has_an_article_and_an_adjective() -> None:
    assert things_named("How much does the small edition hold?") == {("small", "edit")}
    assert things_named("On the Small Edition stands an old rule.") == {("old", "rul")}


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_are_taken(question: str, text: str) -> None:
    assert names_another(question, text, text, text, bool) in (0.0, 3.0, 4.0)
