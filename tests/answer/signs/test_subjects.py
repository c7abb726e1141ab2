"""Sentences about one subject."""

import re

import pytest

from qa.answer.signs.subjects import of_another_person, of_namesake, same_subject, with_subject
from qa.schema import Passage, Span

STAFF = (
    "Dr Osei is in charge of Fern. She trained in Accra.\n"
    "Dr Thiel is in charge of Juniper. He trained in Graz. His ward is full."
)


def passage(text: str) -> Passage:
    """Read a text as a passage that begins at 100; sentences end with a full stop."""
    spans = tuple(Span(*found.span()).shift(100) for found in re.finditer(r"\S[^.]*\.", text))
    return Passage("id", "a.txt", 100, 100 + len(text), text, "", spans)


def groups(text: str) -> list[list[str]]:
    read = passage(text)
    return [[read.slice(other) for other in others] for others in same_subject(read)]


def test_a_pronoun_goes_on_about_the_one_before() -> None:
    assert groups(STAFF) == [
        ["She trained in Accra."],
        ["Dr Osei is in charge of Fern."],
        ["He trained in Graz.", "His ward is full."],
        ["Dr Thiel is in charge of Juniper.", "His ward is full."],
        ["Dr Thiel is in charge of Juniper.", "He trained in Graz."],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The list has 11 names. It was agreed to split the plots.",
        "The list has 11 names. It is not known who wrote it.",
        "The list has 11 names.\n\nIt was made in May.",
        "The list has 11 names. Plots are free.",
    ],
)
def test_what_goes_on_about_nothing_stands_alone(text: str) -> None:
    assert groups(text) == [[], []]


@pytest.mark.parametrize(
    ("asked", "quoted"),
    [
        ({"train", "grazz"}, "He trained in Graz."),
        ({"thiel", "train"}, "Dr Thiel is in charge of Juniper. He trained in Graz."),
        ({"ward", "train"}, "He trained in Graz. His ward is full."),
    ],
)
def test_what_only_others_say_is_quoted_with_a_sentence(asked: set[str], quoted: str) -> None:
    read = passage(STAFF)
    assert read.slice(with_subject(read, read.sentences[3], asked)) == quoted


def test_she_is_not_who_is_named_elsewhere() -> None:
    question = "Where did Marc Thiel train?"
    read = passage(STAFF.replace("Dr Thiel", "Marc Thiel"))
    other, own = read.sentences[1], read.sentences[3]
    assert of_another_person(question, read, other)
    assert not of_another_person(question, read, own)
    assert not of_another_person("Where did she train?", read, other)


def test_a_namesake_is_somebody_else() -> None:
    text = "Lidia Berg was born in 1908. Her brother Carlo left in 1923. Mr Berg is 40."
    spans = [Span(0, 28), Span(29, 63), Span(64, len(text))]
    passage = Passage("p", "a.md", 0, len(text), text, "", tuple(spans))
    assert of_namesake("When was Carlo Berg born?", passage, spans[0])
    assert not of_namesake("When was Lidia Berg born?", passage, spans[0])
    assert not of_namesake("When was Anna Berg born?", passage, spans[0])  # not told of at all
    assert not of_namesake("When did Carlo Berg leave?", passage, spans[1])
    assert not of_namesake("How old is Carlo Berg?", passage, spans[2])
    text = "Lidia wed. In 1931 he married Lidia Berg. Later Berg moved. Carlo Berg was 30."
    spans = [Span(0, 10), Span(11, 43), Span(44, 61), Span(62, len(text))]
    passage = Passage("p", "a.md", 0, len(text), text, "", tuple(spans))
    assert not of_namesake("Who did Carlo Berg marry?", passage, spans[1])
    assert not of_namesake("When did Carlo Berg move?", passage, spans[2])
