"""Passages in, readings out: which sentence answers the question, and how surely.

A reader is anything with `read(query, passages) -> list[Reading]`, best first. This
one picks sentences by meaning and shared words; it knows neither thresholds nor
citations.

What it cannot do: it compares a sentence with a question as a whole, so a sentence
about the right thing in the wrong year, place or person often scores like an answer.
It looks for figures that the passage lacks and names that no document mentions, which
catches some of those; the measured share is in docs/LOG.md.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa.embed import Vectors
from qa.lexicon import FUNCTION_WORDS, query_terms, words
from qa.schema import Passage, Reading, RetrievedPassage, Span

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_LATER_WORD = re.compile(r"(?<=\S )\w[\w-]*\w")
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


class Signs(NamedTuple):
    """What speaks for and against a sentence as the answer.

    Attributes:
        cosine: Between the question and the sentence in its context.
        wrong_type: The question asks for a number or date and the sentence has none.
        missing_figure: The question has a year or number that the passage has not.
        unmentioned_name: The question has a name that no document mentions.
    """

    cosine: float
    wrong_type: bool
    missing_figure: bool
    unmentioned_name: bool


@dataclass(frozen=True, slots=True)
class SentenceWeights:
    """Fitted weights of `SentenceReader`; how and on what: docs/LOG.md.

    The rank weights order sentences. The others are those of a logistic regression on
    `Signs` for "the best sentence answers the question", made by `train.confidence`.
    """

    rank_cosine: float = 7.1
    rank_shared: float = 3.2
    rank_wrong_type: float = -1.0
    cosine: float = 2.85
    wrong_type: float = -0.81
    missing_figure: float = -1.5
    unmentioned_name: float = -1.73
    bias: float = -1.75


class SentenceReader:
    """Picks whole sentences."""

    min_confidence = 0.25
    """Calibrated: below it, abstain (docs/LOG.md)."""

    def __init__(
        self,
        sentence_vectors: Callable[[int], Vectors],
        term_weight: Callable[[str], float],
        mentions: Callable[[str], bool],
        weights: SentenceWeights | None = None,
    ) -> None:
        """Make a reader for one index.

        Args:
            sentence_vectors: Gives, for a passage's row, unit vectors of its sentences,
                shape (n_sentences, dim).
            term_weight: Gives a word's inverse document frequency, above 0.
            mentions: Says whether any document has a word.
            weights: Fitted weights.
        """
        self._sentence_vectors = sentence_vectors
        self._term_weight = term_weight
        self._mentions = mentions
        self._weights = weights or SentenceWeights()

    def read(self, query: Query, passages: Sequence[RetrievedPassage]) -> list[Reading]:
        """Pick the best sentence of each passage.

        Returns:
            One reading a passage, the best of all first; ties keep the order of the
            passages.
        """
        unmentioned = self._unmentioned(query.text)
        return [
            Reading(
                passage=passage,
                sentence=span,
                answer=span,
                confidence=self._confidence(signs),
                highlights=key_words(query.text, passage, span),
                unmentioned=unmentioned,
            )
            for passage, span, signs in self.rank(query, passages)
        ]

    def rank(
        self, query: Query, passages: Sequence[RetrievedPassage]
    ) -> list[tuple[Passage, Span, Signs]]:
        """Find the best sentence of each passage and what speaks for it, best first."""
        terms = {term: self._term_weight(term) for term in query_terms(query.text)}
        unmentioned = bool(self._unmentioned(query.text))
        found = [self._best_sentence(query, terms, passage) for passage in passages]
        ranked = sorted(found, key=lambda entry: -entry[0])
        return [
            (
                passage,
                span,
                Signs(cosine, wrong_type, _lacks_figure(query.text, passage), unmentioned),
            )
            for _, passage, span, cosine, wrong_type in ranked
        ]

    def _best_sentence(
        self, query: Query, terms: dict[str, float], found: RetrievedPassage
    ) -> tuple[float, Passage, Span, float, bool]:
        """Give a passage's best sentence with its rank weight, cosine and type."""
        passage, weights = found.passage, self._weights
        cosines: list[float] = (self._sentence_vectors(found.row) @ query.vector).tolist()
        rated = []
        for span, cosine in zip(passage.sentences, cosines, strict=True):
            text = passage.slice(span)
            wrong_type = not _has_asked_type(query.text, text)
            rank = (
                weights.rank_cosine * cosine
                + weights.rank_shared * _shared_weight(terms, text)
                + weights.rank_wrong_type * wrong_type
            )
            rated.append((rank, passage, span, cosine, wrong_type))
        return max(rated, key=lambda entry: entry[0])

    def _confidence(self, signs: Signs) -> float:
        weights = self._weights
        odds = (
            weights.bias
            + weights.cosine * signs.cosine
            + weights.wrong_type * signs.wrong_type
            + weights.missing_figure * signs.missing_figure
            + weights.unmentioned_name * signs.unmentioned_name
        )
        return 1 / (1 + math.exp(-odds))

    def _unmentioned(self, question: str) -> tuple[str, ...]:
        """Find the names in a question that have a word no document has."""
        return tuple(
            name
            for name in question_names(question)
            if not all(self._mentions(word) for word in words(name))
        )


def question_names(question: str) -> list[str]:
    """Find what is capitalised in a question as names are, the first word aside.

    In a question all in capitals, Or Like This, names cannot be told from other words.
    """
    found = [word for word in _LATER_WORD.findall(question) if word[0].isupper()]
    function_words = [word for word in found if word.lower() in FUNCTION_WORDS]
    if question.isupper() or len(function_words) > 1:  # one may be of a name: The Hague
        return []
    return [word for word in dict.fromkeys(found) if word not in function_words]


def key_words(question: str, passage: Passage, sentence: Span) -> tuple[Span, ...]:
    """Find the words of a sentence a reader looks for: shared ones, and what was asked for.

    Returns:
        Spans in document offsets, in order, disjoint.
    """
    text = passage.slice(sentence)
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
    return tuple(span.shift(sentence.start) for span in merged)


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
    return not _figures(question) <= _figures(passage.text + " " + passage.context)


def _figures(text: str) -> set[str]:
    """Find the numbers of a text, without separators of thousands."""
    return set(_FIGURE.findall(_THOUSANDS.sub("", text)))


def _stem(word: str) -> str:
    """Strip an English ending, crudely: good enough to tell a shared word."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
