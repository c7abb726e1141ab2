"""Fill in the page's templates, and put values into words for them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qa.answer.outcome.excerpt import excerpt
from qa.answer.present import (
    answer_in_words,
    computed_in_words,
    confidence_in_words,
    differing_in_words,
    language_in_words,
    location,
    quoted,
    read_as_in_words,
    reference,
    refusal_in_words,
    state_in_words,
    version_in_words,
)
from qa.converse.present import details_in_words, facts_of
from qa.schema import Answer, Citation, RetrievedPassage, Span
from qa.templates import Templates
from qa.words import counted

_MOST_RELATED = 3


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


def highlighted(citation: Citation) -> list[Piece]:
    """Cut a quote at the ends of the words worth a reader's eye."""
    return pieces(citation.quote, [mark.shift(-citation.start) for mark in citation.highlights])


def checksum(words: str) -> str:
    """Tell words from others by a few letters, for an address; empty for none."""
    data = words.encode("utf-8", "replace")
    return hashlib.sha256(data).hexdigest()[:12] if words else ""


def _milliseconds(answer: Answer) -> str:
    return f"{answer.timings_ms.get('total', 0.0):.0f}"


def related(answer: Answer) -> list[RetrievedPassage]:
    """List the best passages of what has no answer, but for what may be one and is shown so."""
    possible = answer.possible
    found = [one for one in answer.passages if not (possible and one.passage.holds(possible))]
    return found[:_MOST_RELATED]


def _header(citations: Sequence[Citation]) -> tuple[str, ...]:
    """Return what all columns are called that rows of one table have."""
    headers = (citation.table.header for citation in citations if citation.table)
    return max(headers, key=len, default=())


TEMPLATES = Templates(
    Path(__file__).parent.parent / "templates",
    filters={
        "check": checksum,
        "confidence_in_words": confidence_in_words,
        "computed_in_words": computed_in_words,
        "counted": counted,
        "excerpt": excerpt,
        "differing_in_words": differing_in_words,
        "details_in_words": details_in_words,
        "facts_of": facts_of,
        "header": _header,
        "highlighted": highlighted,
        "language_in_words": language_in_words,
        "location": location,
        "quoted": quoted,
        "reference": reference,
        "written": answer_in_words,
        "milliseconds": _milliseconds,
        "read_as_in_words": read_as_in_words,
        "refusal_in_words": refusal_in_words,
        "related": related,
        "sentence": sentence,
        "state_in_words": state_in_words,
        "thousands": "{:,}".format,
        "version_in_words": version_in_words,
    },
)
