"""Fill in the page's templates, and put values into words for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qa.answer.outcome.excerpt import excerpt
from qa.answer.present import (
    cited_place,
    confidence_in_words,
    differing_in_words,
    language_in_words,
    location,
    read_as_in_words,
    refusal_in_words,
    state_in_words,
    version_in_words,
)
from qa.converse.present import details_in_words, facts_of
from qa.schema import Answer, Citation, Span
from qa.templates import Templates
from qa.words import counted


class Piece(NamedTuple):
    """Part of a text that is marked, or not, as a whole."""

    text: str
    marked: bool


def pieces(text: str, marks: Sequence[Span]) -> list[Piece]:
    """Cut a text at the ends of its marks, which are in order and disjoint."""
    found, position = [], 0
    for mark in marks:
        found.append(Piece(text[position : mark.start], False))
        found.append(Piece(text[mark.start : mark.end], True))
        position = mark.end
    return [*found, Piece(text[position:], False)]


def sentence(words: str) -> str:
    """Begin with a capital."""
    return words[:1].upper() + words[1:]


def _highlighted(citation: Citation) -> list[Piece]:
    return pieces(citation.quote, [mark.shift(-citation.start) for mark in citation.highlights])


def _milliseconds(answer: Answer) -> str:
    return f"{answer.timings_ms.get('total', 0.0):.0f}"


TEMPLATES = Templates(
    Path(__file__).parent.parent / "templates",
    filters={
        "cited_place": cited_place,
        "confidence_in_words": confidence_in_words,
        "counted": counted,
        "excerpt": excerpt,
        "differing_in_words": differing_in_words,
        "details_in_words": details_in_words,
        "facts_of": facts_of,
        "highlighted": _highlighted,
        "language_in_words": language_in_words,
        "location": location,
        "milliseconds": _milliseconds,
        "read_as_in_words": read_as_in_words,
        "refusal_in_words": refusal_in_words,
        "sentence": sentence,
        "state_in_words": state_in_words,
        "thousands": "{:,}".format,
        "version_in_words": version_in_words,
    },
)
