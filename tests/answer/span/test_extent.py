"""How much of a passage is the answer: a sentence, some, a whole list."""

from collections.abc import Sequence

import pytest

from qa.answer.span.extent import extent, lists_other_steps, whole_command
from qa.answer.span.items import is_intro
from qa.schema import Passage, Span


def passage(text: str, sentences: Sequence[str], start: int = 50) -> Passage:
    spans, low = [], 0
    for sentence in sentences:
        low = text.index(sentence, low)
        spans.append(Span(low, low + len(sentence)).shift(start))
        low += len(sentence)
    return Passage("id", "a.txt", start, start + len(text), text, "", tuple(spans))


BANNED_TEXT = "Never autoclave\n\nbleach\nsolvents\n\nThe log is blue."
BANNED = passage(BANNED_TEXT, ["bleach", "solvents", "The log is blue."])
NESTED_TEXT = "1. Start it.\nif a lamp blinks, wait\n2. Load it.\n\nThe lamp is red."
NESTED = passage(
    NESTED_TEXT, ["Start it.", "if a lamp blinks, wait", "Load it.", "The lamp is red."]
)
LIST = "To join you bring:\n\na photo\nthe form\n\nDoors open at nine."
BROUGHT = passage(LIST, ["To join you bring:", "a photo", "the form", "Doors open at nine."])
STEPS = "1. Lift the lid.\n2. Wait.\n3. Close it.\n\nThe lid is blue."
STEPPED = passage(STEPS, ["Lift the lid.", "Wait.", "Close it.", "The lid is blue."])
FILTER_TEXT = "1. Pull the plug. Let it cool.\n2. Open the flap.\n\nIt is small."
FILTER = passage(FILTER_TEXT, ["Pull the plug.", "Let it cool.", "Open the flap.", "It is small."])
HALL = "It built a hall for all the people of the three villages who had asked for one since 1990."
CARS = "It sent 12 cars."
BULLETS = passage(f"Aid\n\n- {HALL} {HALL}\n- {CARS} {HALL}", [HALL, HALL, CARS, HALL])
FIRE_TEXT = "In a fire:\n1. Stay calm. Warn others.\n2. Call 112.\n3. Leave."
FIRE = passage(FIRE_TEXT, ["In a fire:", "Stay calm.", "Warn others.", "Call 112.", "Leave."])
PROSE = "It closed in 1990. The roof leaked. Money ran out.\n\nIt stood in Kent."
CLOSED = passage(
    PROSE, ["It closed in 1990.", "The roof leaked.", "Money ran out.", "It stood in Kent."]
)


def said(question: str, read: Passage, number: int, evidence: Sequence[float]) -> str:
    return read.slice(extent(question, read, number, evidence))


@pytest.mark.parametrize(
    ("question", "read", "number", "words"),
    [
        ("What do I need to bring?", BROUGHT, 1, "To join you bring:\n\na photo\nthe form"),
        ("What do I need to bring?", BROUGHT, 0, "To join you bring:\n\na photo\nthe form"),
        ("What must never go into the autoclave?", BANNED, 1, "bleach\nsolvents"),
        ("May bleach go into the autoclave?", BANNED, 0, "bleach"),
        ("What is the second thing never to autoclave?", BANNED, 1, "solvents"),
        ("What is blue?", BANNED, 1, "solvents"),
        ("What things were given as aid?", BULLETS, 0, HALL),
        ("What must I do in a fire?", FIRE, 1, FIRE_TEXT),
        ("How do I clean it?", FILTER, 0, "Pull the plug. Let it cool.\n2. Open the flap."),
        ("How do I clean it?", FILTER, 1, "Pull the plug. Let it cool.\n2. Open the flap."),
        ("How do I start it?", NESTED, 1, "Start it.\nif a lamp blinks, wait\n2. Load it."),
        ("What do I do if a lamp blinks?", NESTED, 1, "if a lamp blinks, wait"),
        ("When do doors open?", BROUGHT, 3, "Doors open at nine."),
        ("Which form is it?", BROUGHT, 2, "the form"),
        ("How do I open it?", STEPPED, 1, "Lift the lid.\n2. Wait.\n3. Close it."),
        ("What is the second step?", STEPPED, 1, "Wait."),
        ("What colour is the lid?", STEPPED, 3, "The lid is blue."),
    ],
)
def test_a_list_is_answered_whole_where_all_of_it_is_asked_for(
    question: str, read: Passage, number: int, words: str
) -> None:
    assert said(question, read, number, [-5.0] * len(read.sentences)) == words


def test_reasons_take_in_the_neighbours_that_belong_to_the_answer() -> None:
    question = "Why did it close?"
    whole = "The roof leaked. Money ran out."
    assert said(question, CLOSED, 1, [-2, 3, 1, 2]) == whole, "not over a paragraph's end"
    assert said(question, CLOSED, 2, [-2, 3, 1, -2]) == whole
    assert said(question, CLOSED, 1, [-2, 3, -1, -2]) == "The roof leaked."
    assert said("When did it close?", CLOSED, 0, [5, 5, 5, 5]) == "It closed in 1990."


def test_what_ends_with_a_colon_only_announces() -> None:
    assert is_intro(BROUGHT, BROUGHT.sentences[0])
    assert not is_intro(BROUGHT, BROUGHT.sentences[1])


@pytest.mark.parametrize(
    ("sentence", "found", "whole"),
    [
        ("Run make check FAST=1 to test.", "make", "make check FAST=1"),
        (
            "Go back with ctl roll web --to=old --wait and say so.",
            "ctl",
            "ctl roll web --to=old --wait",
        ),
        ("Stop it using ctl stop, then wait.", "ctl", "ctl stop"),
        ("Stop it with systemctl stop web before you leave.", "stop", "systemctl stop web"),
        (
            "The line ctl purge queue --yes --now. empties it.",
            "ctl purge",
            "ctl purge queue --yes --now",
        ),
        ("ctl purge empties the queue - be careful.", "ctl purge", "ctl purge"),
        ("With the ctl tool you stop it.", "ctl", "ctl"),
        ("They live with poverty (53% of all) now.", "53% of all", "53% of all"),
        ("Call Ada Holm on 5 - 7 for help.", "Ada Holm", "Ada Holm"),
    ],
)
def test_a_command_is_answered_with_all_that_belongs_to_it(
    sentence: str, found: str, whole: str
) -> None:
    read = passage(sentence, [sentence])
    at = sentence.index(found) + read.start
    answer = Span(at, at + len(found))
    command = whole_command("Which command does it?", read, read.sentences[0], answer)
    assert read.slice(command) == whole
    assert whole_command("What does it?", read, read.sentences[0], answer) == answer


@pytest.mark.parametrize(
    ("question", "above", "expected"),
    [
        ("What steps must I follow to apply for a loan?", "Market What to bring", True),
        ("How do I apply for a loan?", "Market", True),
        ("How do I apply for a loan?", "Loans", False),
        ("What steps must I follow to join?", "Market", False),
        ("What must I bring for a loan?", "Market", False),
    ],
)
def test_steps_for_something_else_are_told_by_what_introduces_them(
    question: str, above: str, expected: bool
) -> None:
    first, last = BROUGHT.sentences[0], BROUGHT.sentences[2]
    assert lists_other_steps(question, BROUGHT, Span(first.start, last.end), above) is expected
    assert not lists_other_steps(question, BROUGHT, BROUGHT.sentences[3], above)
