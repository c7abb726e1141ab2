"""Look at a passage before a network reads it: which words of a question its sentences have.

Does not know scores.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from qa.answer.signs.candidate import Candidate
from qa.answer.signs.features import held_words, points_back, share, surroundings
from qa.answer.signs.notes import annotated
from qa.answer.signs.subjects import said_beside, same_subject
from qa.answer.signs.values.figures import as_written
from qa.answer.signs.values.ranges import held_in_ranges, in_its_range
from qa.documents.load import title_from_name
from qa.index.passages.context import SEPARATOR
from qa.schema import Passage, RetrievedPassage, Span
from qa.words import asked_stems, content_stems

_SIGNS = re.compile(r"[\W_]+")
_COVERED = 0.3


class Asked(NamedTuple):
    """A question, its words with their weights, and its names that no document mentions."""

    text: str
    words: dict[str, float]
    unmentioned: tuple[str, ...]


class Seen(NamedTuple):
    """A passage read for a question.

    Attributes:
        found: The passage.
        above: What each of its sentences stands under.
        beside: What others say of each one's subject.
        held: Which asked words each has.
    """

    found: RetrievedPassage
    above: list[str]
    beside: list[str]
    held: list[frozenset[str]]


def seen(asked: Asked, found: RetrievedPassage, text_of: Callable[[str], str]) -> Seen:
    """Look at a passage that was retrieved.

    Args:
        asked: The question.
        found: The passage.
        text_of: Returns a document's text, for notes below a table or a page.
    """
    passage = found.passage
    notes = annotated(passage, text_of)
    above = [
        f"{heading} {referring}".rstrip()
        for heading, referring in zip(surroundings(passage), notes, strict=True)
    ]
    beside = said_beside(passage)
    held = [
        words | (held_in_ranges(asked.text, passage.slice(sentence)) & asked.words.keys())
        for sentence, words in zip(
            passage.sentences, held_words(asked.words, passage, above, beside), strict=True
        )
    ]
    return Seen(found, above, beside, held)


def asked_of(question: str, passage: Passage) -> str:
    """Put the first range that a passage has for an amount in the question's place of it.

    Where there is none, amounts are written as the passage writes them.
    """
    asked = (in_its_range(question, passage.slice(sentence)) for sentence in passage.sentences)
    ranged = next((own for own in asked if own != question), question)
    return as_written(question, passage.text) if ranged == question else ranged


def under_its_file(question: str, passage: Passage) -> Passage:
    """Put the name of its file above a passage if a question names it, for a network to read.

    A name of one word, “boat.txt”, is named only as a file.
    """
    name = _SIGNS.sub(" ", title_from_name(passage.doc_id))
    own = content_stems(name)
    named = len(own) > 1 or PurePosixPath(passage.doc_id).name.lower() in question.lower()
    if not (named and own <= asked_stems(question)) or own <= content_stems(passage.context):
        return passage
    return replace(passage, context=SEPARATOR.join(filter(None, (name, passage.context))))


def alone(candidate: Candidate) -> Passage:
    """Return a sentence as a passage of its own, with what goes on about its subject.

    If it points back, the one before comes with it. A list comes with the heading that stands on
    the line above it.
    """
    passage, sentence = candidate.passage, candidate.sentence
    start, end = (
        min(sentence.start, candidate.answer.start),
        max(sentence.end, candidate.answer.end),
    )
    before = [other for other in passage.sentences if other.end <= start]
    others = same_subject(passage)[passage.sentences.index(sentence)]
    if before and points_back(passage.slice(sentence)):
        others = [before[-1], *others]
    start = min([start, *(other.start for other in others)])
    end = max([end, *(other.end for other in others)])
    above = passage.text[: start - passage.start].rstrip()
    if above and "\n" in passage.slice(candidate.answer):
        start = passage.start + above.rfind("\n") + 1
    own = Span(start, end)
    return replace(passage, start=start, end=end, text=passage.slice(own), sentences=(own,))


def promise(asked: Asked, seen: Seen) -> float:
    """Say how worth reading a passage is: its score, and how much of the question a sentence has.

    Of ten the right one is then as often among the best three as if the network had ranked all
    ten (docs/LOG.md).
    """
    best = max((share(held, asked.words) for held in seen.held), default=0.0)
    return seen.found.score + _COVERED * best
