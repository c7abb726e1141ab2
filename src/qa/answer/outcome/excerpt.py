"""Choose what of a passage is shown where it is not the answer: around its best sentence.

Does not know terminals or HTML.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from qa.answer.signs.candidate import Candidate
from qa.answer.signs.features import key_words
from qa.schema import Passage, RetrievedPassage, Span
from qa.words import parted, query_terms, stem, words

SHOWN_CHARACTERS = 240
_BEFORE_MARK = 60
_ITEM_SIGNS = "•‣◦▪-*–— \t\r\n"
_BLANKS = re.compile(r"\s+")


class Part(NamedTuple):
    """Part of an excerpt that is marked, or not, as a whole."""

    text: str
    marked: bool


def with_best_sentence(
    question: str,
    passages: Sequence[RetrievedPassage],
    candidates: Sequence[Candidate],
    rarity: Callable[[str], float],
) -> list[RetrievedPassage]:
    """Note in each passage the sentence nearest to the question, and its words to mark.

    Args:
        question: As read.
        passages: Of which some were read.
        candidates: Every sentence that was read, the most promising first.
        rarity: Returns a word's weight.
    """
    read: dict[str, Span] = {}
    for candidate in candidates:
        read.setdefault(candidate.passage.passage_id, candidate.sentence)
    found = []
    for each in passages:
        passage = each.passage
        best = read.get(passage.passage_id) or _most_covered(question, passage, rarity)
        marks = _marks(question, passage, best) if best else ()
        found.append(replace(each, best=best, marks=marks))
    return found


def excerpt(found: RetrievedPassage) -> list[Part]:
    """Cut a passage down to what is shown: its best sentence, in the middle, with what is around.

    Blanks are as in the text; what is cut off at an end is an ellipsis.
    """
    text, start = found.passage.text, found.passage.start
    best = (found.best or Span(start, start)).shift(-start)
    marks = [mark.shift(-start) for mark in found.marks]
    window = _window(text, best, marks[0].start if marks else best.start)
    parts = [Part("… ", False)] if window.start else []
    at = window.start
    for mark in marks:
        if window.start <= mark.start and mark.end <= window.end:
            parts += [Part(text[at : mark.start], False), Part(text[slice(*mark)], True)]
            at = mark.end
    parts.append(Part(text[at : window.end], False))
    parts += [Part(" …", False)] if window.end < len(text.rstrip()) else []
    shown = [Part(_BLANKS.sub(" ", part.text), part.marked) for part in parts if part.text]
    first = shown[0].text.lstrip(_ITEM_SIGNS)
    return [part for part in (Part(first, shown[0].marked), *shown[1:]) if part.text]


def _window(text: str, best: Span, first_mark: int) -> Span:
    """Choose what is shown, whole words, with the best sentence as far in the middle as it can."""
    length = len(text)
    if length <= SHOWN_CHARACTERS:
        return Span(0, length)
    room = SHOWN_CHARACTERS - (best.end - best.start)
    start = best.start - room // 2 if room > 0 else max(best.start, first_mark - _BEFORE_MARK)
    start = max(0, min(start, length - SHOWN_CHARACTERS))
    end = start + SHOWN_CHARACTERS
    if start:
        blank = re.compile(r"\s").search(text, start, max(start, min(best.start or end, end)))
        start = blank.end() if blank else start
    if end < length and (cut := text.rfind(" ", start + 1, end)) > start:
        end = max(cut, min(best.end, end)) if best.end <= end else cut
    return Span(start, end)


def _most_covered(question: str, passage: Passage, rarity: Callable[[str], float]) -> Span | None:
    """Find the sentence with most of the question's words, by how rare they are."""
    weights = {stem(term): rarity(term) for term in query_terms(question)}
    shares = [
        sum(weights.get(root, 0.0) for root in {stem(word) for word in words(passage.slice(each))})
        for each in passage.sentences
    ]
    best = max(range(len(shares)), key=lambda number: (shares[number], -number), default=None)
    return None if best is None else passage.sentences[best]


def _marks(question: str, passage: Passage, sentence: Span) -> tuple[Span, ...]:
    """Find the question's words in a sentence, pairs of Chinese characters as well."""
    text = passage.slice(sentence)
    unspaced = [term for term in query_terms(question) if len(term) == 2 and " " in parted(term)]
    pairs = {
        Span(match.start(), match.end()).shift(sentence.start)
        for term in unspaced
        for match in re.finditer(re.escape(term), text, re.IGNORECASE)
    }
    merged: list[Span] = []
    for mark in sorted({*key_words(question, passage, sentence), *pairs}):
        if merged and mark.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, mark.end))
        else:
            merged.append(mark)
    return tuple(merged)
