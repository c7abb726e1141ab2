"""Turns that may mean several things: the documents decide, and nothing is said twice."""

from pathlib import Path

import pytest

from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.converse.conversation import Reply, exchanges_of, reply
from qa.converse.exchange import Exchange
from qa.index.build import build_index

DOCUMENTS = {
    "prices.csv": (
        "Membership,Price per month,Joining fee,Guest passes,Sauna\n"
        "Basic,£24,£20,none,not included\nPremium,£58,none,4 a month,included\n"
        "Family,£89,£30,2 a month,included\n"
    ),
    "purifiers.md": (
        "# AeroPure: questions and answers\n\n## AeroPure Mini\n\nThe AeroPure Mini is suitable "
        "for rooms of up to 18 square metres. It runs at 24 decibels in night mode.\n\n"
        "## AeroPure Max\n\nThe AeroPure Max is suitable for rooms of up to 65 square metres. "
        "The AeroPure Max runs at 29 decibels in night mode. It has no battery.\n"
    ),
    "leaflet.md": (
        "# Hay fever: information for patients\n\nAdults take one Lorazine tablet of 10 mg once a "
        "day. Children aged 6 to 12 take half a tablet once a day. The most common side effects "
        "of Lorazine are tiredness and headache.\n"
    ),
    "minutes.md": (
        "# Minutes of the residents' meeting\n\nThe summer party takes place on Saturday 13 July "
        "in the courtyard. The budget of the summer party was raised to £550.\n"
    ),
    "project.md": (
        "# Project Heron: status report\n\nThe budget is €840,000, of which €512,000 had been "
        "spent by the end of May. The board rejected an app for drivers, as this would have "
        "cost a further €95,000. At most 54 people can take part in the training.\n"
    ),
    "club.md": (
        "# Sailing club: minutes of the board\n\nThe sailing club buys a Yamari engine of 40 "
        "horsepower for the rescue boat. It costs £4,380. The old engine is to be sold.\n"
    ),
    "flat.md": (
        "# Tenancy agreement\n\nThe rent of the flat is £1,150 per month. A deposit of £1,325 is "
        "returned within ten days of the end of the tenancy.\n"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    place: Path = tmp_path_factory.mktemp("readings")
    for name, text in DOCUMENTS.items():
        (place / "corpus").mkdir(exist_ok=True)
        (place / "corpus" / name).write_text(text, "utf-8")
    build_index(place / "corpus", place / "index")
    return open_index(place / "index")


def said(answerer: Answerer, *turns: str) -> Reply:
    """Return what comes back for the last of some turns."""
    replies: list[Reply] = []
    for turn in turns:
        replies.append(reply(answerer, turn, exchanges_of(replies)))
    return replies[-1]


@pytest.mark.model
@pytest.mark.parametrize(
    ("turns", "answer"),
    [
        (("How much is the Premium membership?", "how many guest passes?"), "4 a month"),
        (("How much is the Premium membership?", "is there a joining fee"), "none"),
        (("How much is the Family membership?", "is there a joining fee"), "£30"),
        (("What room size is the AeroPure Mini good for?", "and the Max?"), "65 square metres"),
        (("How loud is the AeroPure Mini?", "and the Max?"), "29 decibels"),
        (("How many Lorazine tablets should an adult take?", "And for children?"), "half a tablet"),
        (("When is the summer party?", "what's the budget?"), "£550"),
        (("How much is the rent of the flat?", "and the deposit?"), "£1,325"),
        (("How much is the Premium membership?", "sorry, I meant the Family one"), "£89"),
        (("Which engine does the sailing club buy?", "what happens to the old one?"), "to be sold"),
    ],
)
def test_a_turn_is_about_what_was_talked_about(
    answerer: Answerer, turns: tuple[str, ...], answer: str
) -> None:
    found = said(answerer, *turns)
    assert found.answer is not None
    assert found.answer.answered
    assert answer in (found.answer.answer or "")


@pytest.mark.model
@pytest.mark.parametrize(
    "turns",
    [
        ("When is the deposit returned?", "and for the bicycle key?"),
        ("How many Lorazine tablets should an adult take?", "and for dogs?"),
        ("How much is the Premium membership?", "how long does it take to swim?"),
        ("When is the summer party?", "who will do that?"),
        ("How much is the Basic membership?", "when did the director join?"),
    ],
)
def test_what_was_said_is_not_said_again_for_something_else(
    answerer: Answerer, turns: tuple[str, ...]
) -> None:
    found = said(answerer, *turns)
    assert found.answer is not None
    assert not found.answer.answered


@pytest.mark.model
def test_a_new_question_leaves_the_topic(answerer: Answerer) -> None:
    found = said(answerer, "When is the summer party?", "What is the budget of Project Heron?")
    assert found.answer is not None
    assert found.answer.answer == "€840,000"
    assert not found.understood


@pytest.mark.model
def test_what_is_said_to_be_understood_shows_the_topic(answerer: Answerer) -> None:
    found = said(answerer, "How much is the Premium membership?", "how many guest passes?")
    assert found.understood == "How many guest passes (Premium)?"


@pytest.mark.model
def test_a_reading_that_is_too_long_is_not_asked(answerer: Answerer) -> None:
    long = "And " + "y" * 1990
    assert said(answerer, "How much is the Premium membership?", long).answer is not None
    cell = "x" * 2600
    exchange = Exchange("What is it?", "£5", f"Tool: {cell} | Price: £5", "prices.csv")
    assert reply(answerer, "what's the fee?", [exchange]).answer is not None
