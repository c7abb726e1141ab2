"""Passages in, readings out: which sentence answers the question, and how surely.

A reader is anything with `read(query, passages) -> list[Reading]`, best first. This
one picks sentences by meaning and shared words; it knows neither thresholds nor
citations.

What it cannot do: it compares a sentence with a question as a whole, so a sentence
about the right thing in the wrong year, place or person often scores like an answer.
It looks for figures and names of the question that the passage lacks, which catches
some of those; the measured share is in docs/DESIGN.md.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa.embed import Vectors
from qa.lexicon import query_terms, words
from qa.schema import Passage, Reading, RetrievedPassage, Span

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=\S )[A-Z][\w-]*\w")
_COUNTED = re.compile(
    r"\b(?:how (?:many|much|big|large|long|far|old|tall|high|heavy|often)|percent(?:age)?|"
    r"number of|amount|what share|cost|price|total)\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:when|(?:what|which) (?:year|month|date|day)|date)\b", re.IGNORECASE)
_NUMBER_IN_SENTENCE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    r"hundreds?|thousands?|[mb]illions?)\b",
    re.IGNORECASE,
)
_DATE_IN_SENTENCE = re.compile(
    r"\b(?:1[0-9]|20)\d\d\b|\b(?:jan|febr)uary\b|\b(?:march|april|may|june|july|august)\b|"
    r"\b(?:sept|nov|dec)ember\b|\boctober\b|\bcentur(?:y|ies)\b",
    re.IGNORECASE,
)
_SUFFIXES = (
    "ations", "ation", "ments", "ment", "ings", "ing", "edly", "ions", "ion", "ies", "ied",
    "ers", "er", "ed", "es", "al", "ly", "s", "e",
)  # fmt: skip


class Query(NamedTuple):
    """A question and its unit vector, shape (dim,)."""

    text: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class SentenceWeights:
    """Fitted weights of `SentenceReader`; how and on what: docs/LOG.md.

    The rank weights order sentences. The others are those of a logistic regression for
    "the best sentence answers the question", whose signs were held to what makes sense.
    """

    rank_cosine: float = 7.1
    rank_shared: float = 3.2
    rank_wrong_type: float = -1.0
    cosine: float = 3.2
    wrong_type: float = -0.95
    missing_figure: float = -2.2
    missing_names: float = -1.26
    bias: float = -2.1


class SentenceReader:
    """Picks whole sentences."""

    min_confidence = 0.2
    """Calibrated: below it, abstain (docs/LOG.md)."""

    def __init__(
        self,
        sentence_vectors: Callable[[int], Vectors],
        term_weight: Callable[[str], float],
        weights: SentenceWeights | None = None,
    ) -> None:
        """Make a reader for one index.

        Args:
            sentence_vectors: Gives, for a passage's row, unit vectors of its sentences,
                shape (n_sentences, dim).
            term_weight: Gives a word's inverse document frequency, above 0.
            weights: Fitted weights.
        """
        self._sentence_vectors = sentence_vectors
        self._term_weight = term_weight
        self._weights = weights or SentenceWeights()

    def read(self, query: Query, passages: Sequence[RetrievedPassage]) -> list[Reading]:
        """Rate every sentence of the passages.

        Returns:
            The best sentence of each passage, the best of all first; ties keep the
            order of the passages.
        """
        terms = {term: self._term_weight(term) for term in query_terms(query.text)}
        ranked = sorted(
            (self._read_passage(query, terms, found) for found in passages),
            key=lambda entry: -entry[0],
        )
        return [reading for _, reading in ranked]

    def _read_passage(
        self, query: Query, terms: dict[str, float], found: RetrievedPassage
    ) -> tuple[float, Reading]:
        passage, weights = found.passage, self._weights
        cosines = self._sentence_vectors(found.row) @ query.vector
        best: tuple[float, Reading] | None = None
        for span, cosine in zip(passage.sentences, cosines.tolist(), strict=True):
            text = _slice(passage, span)
            wrong_type = not _has_asked_type(query.text, text)
            rank = (
                weights.rank_cosine * cosine
                + weights.rank_shared * _shared_weight(terms, text)
                + weights.rank_wrong_type * wrong_type
            )
            if best is None or rank > best[0]:
                best = (
                    rank,
                    Reading(
                        passage=passage,
                        sentence=span,
                        answer=span,
                        confidence=self._confidence(query, passage, cosine, wrong_type),
                        highlights=key_words(query.text, passage, span),
                    ),
                )
        assert best is not None, "a passage has at least one sentence"
        return best

    def _confidence(self, query: Query, passage: Passage, cosine: float, wrong_type: bool) -> float:
        weights = self._weights
        return _sigmoid(
            weights.bias
            + weights.cosine * cosine
            + weights.wrong_type * wrong_type
            + weights.missing_figure * _lacks_figure(query.text, passage)
            + weights.missing_names * _share_of_names_missing(query.text, passage)
        )


def key_words(question: str, passage: Passage, sentence: Span) -> tuple[Span, ...]:
    """Find the words of a sentence a reader looks for: shared ones, and what was asked for.

    Returns:
        Spans in document offsets, in order, disjoint.
    """
    text = _slice(passage, sentence)
    wanted = {_stem(term) for term in query_terms(question)}
    spans = {m.span() for m in re.finditer(r"\w+", text) if _stem(m.group().lower()) in wanted}
    if _COUNTED.search(question) or _DATED.search(question):
        spans |= {match.span() for match in _FIGURE.finditer(text)}
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return tuple(Span(s + sentence.start, e + sentence.start) for s, e in merged)


def _slice(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]


def _shared_weight(terms: dict[str, float], text: str) -> float:
    """The share, by weight, of the question's words that a text has, by stem."""
    present = {_stem(word) for word in words(text)}
    shared = sum(weight for term, weight in terms.items() if _stem(term) in present)
    return shared / max(sum(terms.values()), 1e-9)


def _has_asked_type(question: str, sentence: str) -> bool:
    """Whether a sentence holds a number or date if the question asks for one."""
    if _COUNTED.search(question):
        return _NUMBER_IN_SENTENCE.search(sentence) is not None
    if _DATED.search(question):
        return _DATE_IN_SENTENCE.search(sentence) is not None
    return True


def _lacks_figure(question: str, passage: Passage) -> bool:
    """Whether the question has a year or number that the passage has not."""
    present = set(_FIGURE.findall(passage.text + " " + passage.context))
    return any(figure not in present for figure in _FIGURE.findall(question))


def _share_of_names_missing(question: str, passage: Passage) -> float:
    """The share of the question's capitalised words, but the first, the passage lacks."""
    names = [name.lower() for name in _NAME.findall(question)]
    if not names:
        return 0.0
    present = {_stem(word) for word in words(passage.text + " " + passage.context)}
    missing = [n for n in names if not {_stem(word) for word in words(n)} <= present]
    return len(missing) / len(names)


def _stem(word: str) -> str:
    """Strip an English ending, crudely: good enough to tell a shared word."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
