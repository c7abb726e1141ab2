"""What speaks for and against a sentence as the answer to a question.

Pure functions on words and figures, by stem. Does not know the network's scores or
weights.
"""

import re
from collections.abc import Callable

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
from qa.words import query_terms, words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
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
_SUFFIXES = (
    "ations", "ation", "ments", "ment", "ings", "ing", "edly", "ions", "ion", "ies", "ied",
    "ers", "er", "ed", "es", "al", "ly", "s", "e",
)  # fmt: skip


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


def lacks_figure(question: str, passage: Passage) -> bool:
    """Whether a question has a year or number that a passage has not."""
    return not _figures(question) <= _figures(passage.text + " " + passage.context)


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
    wanted = {_stem(term) for term in query_terms(question)}
    spans = {m.span() for m in re.finditer(r"\w+", text) if _stem(m.group().lower()) in wanted}
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


def _stem(word: str) -> str:
    """Strip an English ending, crudely: good enough to tell a shared word."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
