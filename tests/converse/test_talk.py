"""Small talk is told from questions, and answered plainly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linked import load_linked
from qa.converse.talk import Talk, answer_to, small_talk
from qa.index.stores.stored import DocumentInfo
from tests.conftest import GOLD, PLAIN_GOLD, ROOT

ONE = [DocumentInfo("peru.txt", "peru", "", "", 10, 1, 0, 0)]
TWO = [*ONE, DocumentInfo("a/b.pdf", "The harbour", "", "", 10, 1, 2, 0)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", "greeting"), ("Hello!", "greeting"), ("good morning", "greeting"),
        ("Hey there 👋", "greeting"), ("hi, how are you?", "greeting"),
        ("Thanks", "thanks"), ("thank you so much!", "thanks"), ("ok, thanks", "thanks"),
        ("great, thanks a lot", "thanks"), ("Bye", "bye"), ("see you later", "bye"),
        ("who are you?", "who"), ("Are you a human?", "who"), ("what is your name", "who"),
        ("What can you do?", "can"), ("help", "can"), ("how do I use this?", "can"),
        ("What documents do you have?", "documents"), ("which files are there", "documents"),
        ("list the documents", "documents"), ("show me your files", "documents"),
        ("How many documents are there?", "count"), ("how many files do you have", "count"),
        ("you are stupid", "insult"), ("Are you really stupid?", "insult"),
        ("this is useless!", "insult"), ("wtf", "insult"),
        ("you stupid fucking machine, answer me", "insult"),
        ("Just answer the question!", "insult"),
        ("are you sure?", "sure"), ("Is that really true?", "sure"),
        ("where does it say that?", "where"), ("What's your source?", "where"),
        ("in German please", "language"), ("Translate that into French", "language"),
        ("ok", "chatter"), ("lol", "chatter"), ("???", "chatter"), ("hm", "chatter"),
        ("👍", "chatter"), ("interesting", "chatter"),
    ],
)  # fmt: skip
def test_small_talk_is_told_by_kind(text: str, kind: Talk) -> None:
    assert small_talk(text) == kind
    assert answer_to(kind, TWO)


@pytest.mark.parametrize(
    "text",
    [
        "hi, how many laboratories were destroyed?",
        "Thanks. And in 2017?",
        "Who are you going to call in an emergency?",
        "What can you do with expired medicine?",
        "How many documents were seized in 2018?",
        "What documents do I need for a permit?",
        "which files must be kept for ten years?",
        "help for farmers",
        "Why?",
        "and in 2017?",
        "What is INL?",
        "bye-laws of the club",
        "Is it good?",
        "How does this work?",
        "no smoking area",
        "Hello Kitty sales in 2019",
        "who made the cake?",
        "you useless parts must be returned to whom?",
        "what is the answer to the question of rent?",
        "",
    ],
)
def test_a_question_is_not_taken_for_small_talk(text: str) -> None:
    assert small_talk(text) is None


def test_no_gold_question_is_taken_for_small_talk() -> None:
    asked = [turn.question for entry in load_linked() for turn in entry.turns]
    files = [GOLD, PLAIN_GOLD, *sorted((ROOT / "tests" / "cases").glob("*/questions.jsonl"))]
    for path in files:
        asked += [json.loads(line)["question"] for line in path.read_text("utf-8").splitlines()]
    assert len(asked) > 300
    assert [question for question in asked if small_talk(question)] == []


def test_documents_are_named_and_counted() -> None:
    assert answer_to("documents", TWO) == "I search 2 documents: peru, The harbour (a/b.pdf)."
    assert answer_to("count", ONE) == "I search 1 document."
    assert answer_to("documents", []) == "There are no documents yet."
    assert answer_to("documents", ONE * 12).endswith("peru and 4 more.")


@given(st.text(max_size=200))
def test_any_text_is_small_talk_or_not(text: str) -> None:
    small_talk(text)
