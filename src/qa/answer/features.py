"""What speaks for and against a sentence as the answer to a question.

`Features` are the figures that calibrations weigh; the functions compute those that come from
words and figures alone, by stem. Does not know weights.
"""

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from qa.answer.question import (
    asks_for_date,
    asks_for_money,
    asks_for_name,
    asks_for_number,
    asks_for_other_unit,
    asks_for_percentage,
    question_names,
)
from qa.schema import Passage, Span
from qa.words import query_terms, stem, words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_PATH_SIGNS = re.compile(r"[/._-]+")
_SINCE = re.compile(r"\b(?:since|from|after|until now|to date)\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_NUMBER_IN_SENTENCE = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|"
    r"half|once|twice|dozens?|hundreds?|thousands?|[mb]illions?)\b",
    re.IGNORECASE,
)
_DATE_IN_SENTENCE = re.compile(
    r"\b(?:1[0-9]|20)\d\ds?\b|\d:\d\d|\d/\d\d?/\d\d|\bcentur(?:y|ies)\b|"
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"[$€£¥₹]\s?\d")
_MONEY_WORD = re.compile(
    r"[$€£¥₹]|\b(?:dollars?|euros?|pounds|soles|cents?|usd|eur|[mb]illion)\b", re.I
)
_SHARE_WORD = re.compile(
    r"%|\b(?:per ?cent|percentage points|halves|half|third|quarter|fifth|tenth|majority|all|none)"
    r"\b",
    re.IGNORECASE,
)
_FIGURE_FIRST = re.compile(r"\W*\d[\d.,]*(?!\w|-)")


class Features(NamedTuple):
    """What speaks for and against a sentence as the answer; also, a weight for each.

    Attributes:
        answerable: The network's log-odds that the passage answers.
        margin: The logits of the sentence's best span, less those of "no answer".
        cosine: Between the question and the sentence in its context.
        retrieval: The passage's retrieval score.
        wrong_type: No good span of the sentence is of the kind asked for: a number and its
            unit, a date, a name.
        missing_figure: The question has a year or number that the passage has not: 1; that only
            another sentence has: 0.5; and the sentence tells of another year: 2.
        unmentioned_name: The question has a name that no document mentions.
        lead: The answer's share of the softmax over all sentences' rank scores, sentences
            that give the same answer together: 1 if nothing else comes near. Known after
            ranking, so without weight there.
        evidence: The network's log-odds that the sentence belongs to the answer.
        coverage: Share of the question's words, by how rare they are, that the sentence or
            the headings above it have, 0 to 1.
        other_thing: The sentence has the question's noun with another word in front, a red, not
            a pink tower: 1; it stands in an older mail that is only quoted: 3.
    """

    answerable: float
    margin: float
    cosine: float
    retrieval: float
    wrong_type: float
    missing_figure: float
    unmentioned_name: float
    lead: float
    evidence: float = 0.0
    coverage: float = 0.0
    other_thing: float = 0.0

    def dot(self, other: "Features") -> float:
        """Return the sum of products, of weights and features."""
        return sum(one * two for one, two in zip(self, other, strict=True))


def has_asked_type(question: str, answer: str) -> bool:
    """Whether an answer is of the kind asked for: a number and its unit, a date, a name.

    Args:
        question: As asked.
        answer: The answer's words, or a whole sentence.
    """
    if asks_for_number(question):
        if asks_for_percentage(question):
            return _SHARE_WORD.search(answer) is not None
        if asks_for_money(question) and not _MONEY_WORD.search(answer):
            return False
        if asks_for_other_unit(question) and _CURRENCY.search(answer):
            return False
        return _NUMBER_IN_SENTENCE.search(answer) is not None
    if asks_for_date(question):
        return _DATE_IN_SENTENCE.search(answer) is not None
    return not (asks_for_name(question) and _FIGURE_FIRST.match(answer))


def missing_figure(question: str, passage: Passage, sentence: Span) -> float:
    """Say how far the years and numbers of a question are from a sentence.

    Returns:
        0 if the sentence or its headings have them all, 0.5 if another sentence of the passage
        has, 1 if none has; 2 if the sentence tells of another year instead.
    """
    wanted, text = _figures(question), passage.slice(sentence)
    if wanted <= _figures(f"{text} {surroundings(passage)}"):
        return 0.0
    if _tells_of_another_year(wanted, text):
        return 2.0
    return 0.5 if wanted <= _figures(f"{passage.text} {surroundings(passage)}") else 1.0


def _tells_of_another_year(wanted: set[str], text: str) -> bool:
    """Whether a text has years, and no span of them that could hold the year wanted."""
    asked = [int(figure) for figure in wanted if _YEAR.fullmatch(figure)]
    said = [int(year) for year in _YEAR.findall(text)]
    open_ended = _SINCE.search(text) is not None
    return bool(asked and said) and not any(
        min(said) <= year and (year <= max(said) or open_ended) for year in asked
    )


def coverage(
    question: str, passage: Passage, sentences: Collection[Span], rarity: Callable[[str], float]
) -> list[float]:
    """Return, for each sentence, what share of the question's words it or its headings have.

    Words are compared by stem, figures without separators of thousands, and weighed by rarity:
    an IDF-weighted overlap (Robertson 2004).

    Args:
        question: As asked.
        passage: Where the sentences stand.
        sentences: Spans in document offsets.
        rarity: Weight of a word, above 0; higher if fewer passages have it.
    """
    weights: dict[str, float] = {}
    for term in query_terms(_THOUSANDS.sub("", question)):
        root = stem(term)
        weights[root] = max(rarity(term), weights.get(root, 0.0))
    total = sum(weights.values())
    if not total:
        return [0.0] * len(sentences)
    above = _stems(surroundings(passage))
    found = (above | _stems(passage.slice(sentence)) for sentence in sentences)
    return [sum(w for root, w in weights.items() if root in stems) / total for stems in found]


def surroundings(passage: Passage) -> str:
    """Return what a passage stands under: title, headings, and the words of its file's path."""
    return f"{passage.context} {_PATH_SIGNS.sub(' ', passage.doc_id)}"


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(_THOUSANDS.sub("", text))}


def unmentioned_names(question: str, mentions: Callable[[str], bool]) -> tuple[str, ...]:
    """Find the names in a question that have a word no document has.

    Args:
        question: As asked.
        mentions: Says whether any document has a word.
    """
    return tuple(
        name for name in question_names(question) if not all(mentions(word) for word in words(name))
    )


def key_words(question: str, passage: Passage, sentence: Span) -> tuple[Span, ...]:
    """Find the words of a sentence a reader looks for: shared ones, and what was asked for.

    Returns:
        Spans in document offsets, in order, disjoint.
    """
    text = passage.slice(sentence)
    wanted = {stem(term) for term in query_terms(question)}
    spans = {m.span() for m in re.finditer(r"\w+", text) if stem(m.group().lower()) in wanted}
    if asks_for_number(question) or asks_for_date(question):
        spans |= {match.span() for match in _FIGURE.finditer(text)}
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return tuple(span.shift(sentence.start) for span in merged)


def _figures(text: str) -> set[str]:
    """Find the numbers of a text, without separators of thousands."""
    return set(_FIGURE.findall(_THOUSANDS.sub("", text)))
