"""The row that has the most or least: exact, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.rows import Row, Tables
from qa.answer.signs.tables.superlative import (
    asks_for_extreme,
    extreme,
    extreme_label,
    ranks_nothing,
    ranks_otherwise,
)

TABLE = (
    "Mill: Ash | Year: 2019 | Bags: 300 | Price: $4.50\n"
    "Mill: Bay | Year: 2019 | Bags: 1,200 | Price: $3.90\n"
    "Mill: Elm | Year: 2020 | Bags: 950 | Price: $5.10\n"
    "Mill: Total | Year: all | Bags: 2,450 | Price: –\n"
)
TEXT = f"Mills\n\n{TABLE}\nShip: Tern | Built: 1960\nShip: Hope | Built: 1931\n"


def table_around(text: str, start: int) -> list[Row]:
    return Tables(lambda doc_id: text).around("mills.md", start)


def answer(question: str, text: str = TEXT, at: str = "Mill: Ash") -> str | None:
    found = extreme(question, table_around(text, text.index(at)))
    return found and text[slice(*found.answer)]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which mill made the most bags?", "Bay"),
        ("Which mill made the fewest bags?", "Ash"),
        ("Which mill made the most bags in 2020?", None),
        ("Which mill made the fewest bags in 2019?", "Ash"),
        ("What is the highest number of bags?", "1,200"),
        ("Which is the cheapest mill?", "Bay"),
        ("Which mill is the most expensive?", "Elm"),
        ("Which mill is the largest?", None),
        ("Which mill made more bags, Ash or Bay?", "Bay"),
        ("Which mill made fewer bags, Elm or Bay?", "Elm"),
        ("Which is cheaper, Ash or Elm?", "Ash"),
    ],
)
def test_the_extreme_of_the_column_that_is_meant_is_found(question: str, said: str | None) -> None:
    assert asks_for_extreme(question)
    assert answer(question) == said


STATIONS = (
    "Station: Alm | Height (m): 1,240 | Rain (mm): 1,310 | Sunshine: 1,700 | Opened: 1931\n"
    "Station: Birch | Height (m): 310 | Rain (mm): 890 | Sunshine: 1,950 | Opened: 1988\n"
    "Station: Cove | Height (m): 4 | Rain (mm): 720 | Sunshine: 2,100 | Opened: 2003\n"
)
RACE = (
    "Boat: Hare | Crew: 4 | Time (h:min): 3:12\n"
    "Boat: Thistle | Crew: 3 | Time (h:min): 2:58\n"
    "Boat: Old Copper | Crew: 6 | Time (h:min): 12:05\n"
)
STAFF = (
    "Name: Ada | Age: 44 | Years of service: 12 | Way to work (km): 3.5\n"
    "Name: Ben | Age: 61 | Years of service: 33 | Way to work (km): 12\n"
    "Name: Cleo | Age: 29 | Years of service: 2 | Way to work (km): 0.8\n"
)


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Which station is the wettest?", STATIONS, "Alm"),
        ("Which station is the driest?", STATIONS, "Cove"),
        ("Which is the sunniest station?", STATIONS, "Cove"),
        ("Which station lies lowest?", STATIONS, "Cove"),
        ("Which station is the second highest?", STATIONS, "Birch"),
        ("Which station is the fourth highest?", STATIONS, None),
        ("Which are the two highest stations?", STATIONS, None),
        ("What is the oldest station?", STATIONS, "Alm"),
        ("Which station opened first?", STATIONS, "Alm"),
        ("Which station opened most recently?", STATIONS, "Cove"),
        ("How much rain does the wettest station get?", STATIONS, "1,310"),
        ("Which station is the loudest?", STATIONS, None),
        ("Which boat was the fastest?", RACE, "Thistle"),
        ("Which boat was the slowest?", RACE, "Old Copper"),
        ("Who is the oldest?", STAFF, "Ben"),
        ("Who is the youngest?", STAFF, "Cleo"),
        ("Who lives nearest to work?", STAFF, "Cleo"),
        ("Who has the longest service?", STAFF, "Ben"),
        ("Who is the tallest?", STAFF, None),
    ],
)
def test_a_column_is_told_by_what_it_measures(question: str, text: str, said: str | None) -> None:
    assert asks_for_extreme(question)
    assert answer(question, text, at=text[:8]) == said


def test_the_oldest_is_the_one_with_the_earliest_year() -> None:
    assert answer("Which is the oldest ship?", at="Ship: Hope") == "Hope"
    assert answer("Which ship is the newest?", at="Ship: Hope") == "Tern"


def test_the_thing_is_named_not_its_code_or_number() -> None:
    stock = (
        "Code: FT-1 | Item: Hex bolt | Price: 11.80\n"
        "Code: EL-2 | Item: LED panel | Price: 42.00\n"
        "Code: PL-3 | Item: Elbow | Price: 1.95\n"
    )
    for question, said in (
        ("Which is the cheapest item?", "Elbow"),
        ("Cheapest item on the list?", "Elbow"),
        ("What is the most expensive article?", "LED panel"),
        ("What is the highest price?", "42.00"),
        ("How much is the cheapest item?", "1.95"),
    ):
        assert answer(question, stock, at="Code: FT-1") == said


def test_ties_other_units_and_single_rows_have_no_extreme() -> None:
    tied = TABLE.replace("300", "1,200")
    assert answer("Which mill made the most bags?", tied) is None
    mixed = TABLE.replace("Bags: 300", "Bags: 300 t")
    assert answer("Which mill made the most bags?", mixed) is None
    assert answer("Which mill made the most bags?", TABLE.splitlines()[0]) is None


def test_an_ordinary_question_asks_for_no_extreme() -> None:
    assert not asks_for_extreme("How many bags did Ash make in 2019?")
    assert not asks_for_extreme("How many bags may one take at most?")


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_is_taken(text: str, question: str) -> None:
    table = table_around(text, len(text) // 2)
    found = extreme(question, table)
    assert found is None or 0 <= found.answer.start <= found.answer.end <= len(text)


def test_rows_are_those_of_the_values_that_the_question_names() -> None:
    text = (
        "Branch: Ferrow | Month: March | Guests: 310\nBranch: Ferrow | Month: May | Guests: 402\n"
        "Branch: Quill | Month: March | Guests: 88\nBranch: Quill | Month: May | Guests: 520\n"
    )
    rows = table_around(text, 0)
    found = extreme("Which branch had the most guests in March?", rows)
    assert found is not None
    assert text[slice(*found.row)].endswith("310")
    found = extreme("Which branch had the most guests in May?", rows)
    assert found is not None
    assert text[slice(*found.answer)] == "Quill"


def test_things_that_have_a_number_in_their_name_are_compared() -> None:
    text = (
        "Model: Wren 200 | Price (pounds): 890 | Weight (kg): 2.4\n"
        "Model: Wren 500 | Price (pounds): 1150 | Weight (kg): 2.6\n"
        "Model: Finch 9 | Price (pounds): 430 | Weight (kg): 0.9\n"
    )
    assert answer("Which is heavier, the Wren 200 or the Wren 500?", text, text[:6]) == "Wren 500"
    assert answer("Which is cheaper, the Wren 200 or the Wren 500?", text, text[:6]) == "Wren 200"
    assert answer("Which model is the lightest?", text, text[:6]) == "Finch 9"


def test_how_long_things_last_is_compared() -> None:
    text = (
        "Programme: Cotton | Load (kg): 7 | Duration: 2 h 35 min\n"
        "Programme: Wool | Load (kg): 2 | Duration: 48 min\n"
        "Programme: Eco | Load (kg): 7 | Duration: 3 h\n"
    )
    assert answer("Which programme is the shortest?", text, text[:6]) == "Wool"
    assert answer("What is the longest wash programme?", text, text[:6]) == "Eco"


def test_rows_are_those_that_are_for_the_question_s_amount() -> None:
    text = (
        "Patients: Chest pain | Dose: 120 mg\nPatients: Over 75 years | Dose: 40 mg\n"
        "Patients: Aged 60 to 90 years with fever | Dose: 30 mg\n"
    )
    found = extreme("What is the highest dose for a patient of 80?", table_around(text, 0))
    assert found is not None
    assert text[slice(*found.answer)] == "40 mg"


@pytest.mark.parametrize(
    ("question", "text", "around", "nothing"),
    [
        ("Which mill bakes the most loaves?", "The mill at Ash bakes for two inns.", "", True),
        ("Which mill bakes the most loaves?", "Ash bakes more than any.", "", False),
        ("Which mill bakes the most loaves?", "Ash bakes 900 loaves.", "", False),
        ("Which mill bakes the most loaves?", "Ash bakes for two inns.", "Loaves", False),
        ("Which mill is the most famous?", "The mill at Ash is well known.", "", False),
        ("Which mill bakes loaves?", "The mill at Ash bakes for two inns.", "", False),
    ],
)
def test_a_sentence_that_neither_names_nor_compares_ranks_nothing(
    question: str, text: str, around: str, nothing: bool
) -> None:
    assert ranks_nothing(question, text, around) is nothing


def test_who_is_third_is_not_said_by_who_is_first() -> None:
    question = "What is the third highest fall called?"
    assert ranks_otherwise(question, "The highest is the Leap, the Mare is the smallest.")
    assert ranks_otherwise(question, "The highest is the Leap, followed by the Mare.")
    second = "What is the second highest fall called?"
    assert not ranks_otherwise(second, "The highest is the Leap, followed by the Mare.")
    assert not ranks_otherwise(question, "The third is the Mare, the least of all.")
    assert not ranks_otherwise("What is the highest fall?", "The highest is the Leap.")


MODELS = "Data: Weight without water | DH 10: 9.4 kg | DH 16: 12.1 kg | DH 25 Pro: 16.8 kg"
ROW = "Tank | Aroma 300: 1.2 l | Aroma Plus: 1.8 l"


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Which model has the bigger tank?", ROW, "Aroma Plus"),
        ("Which model has the smallest tank?", ROW, "Aroma 300"),
        ("Which has the bigger engine?", ROW, None),
        ("How big is the tank?", ROW, None),
        ("Which model is heavier?", "Weight | Small: 4.1 kg | Large: 4.9 kg", "Large"),
        ("Which model weighs less?", "Weight | Small: 4.1 kg | Large: 4.9 kg", "Small"),
        ("Which has the longer cable?", "Cable | Small: 2 m | Large: 2 m", None),
        ("Which has the longer cable?", "Cable | Small: 2 m | Large: 90 cm", None),
        ("Which has the longer cable?", "Cable | Small: 2 m | Large: –", None),
        ("Which is heavier, the DH 10 or the DH 16?", MODELS, "DH 16"),
        ("Which is the heaviest?", MODELS, "DH 25 Pro"),
        ("Which is the second heaviest?", MODELS, None),
        ("Which year had more donations, 2022 or 2023?", "Donations | 2022: 48 | 2023: 33", "2022"),
        ("Which had more rooms, Ash or Bay?", "Rooms with a bath | Ash: 4 | Bay: 9", None),
        ("Which plan has the lowest excess?", "Excess per claim | Basic: £90 | Plus: £75", "Plus"),
        ("Which plan is the cheapest for a cat?", "Monthly price, cat from | A: £7 | B: £9", "A"),
        ("Which plan is the cheapest for a cat?", "Monthly price, dog from | A: £7 | B: £9", None),
        ("Which model is quieter when spinning?", "Noise when spinning | A: 74 dB | B: 72 dB", "B"),
        ("Which has the faster time?", "Time | Bus: 40 min | Train: 20 min", "Train"),
    ],
)
def test_of_two_columns_the_one_with_more_is_named(
    question: str, text: str, said: str | None
) -> None:
    found = extreme_label(question, text, cells(text))
    assert (None if found is None else text[slice(*found)]) == said
