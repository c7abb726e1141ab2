"""Pick the words of a sentence that answer: a span the network scored, or a row's cell.

Of several spans the one of the kind that is asked for, of the part that the question names.
"""

import re
from collections.abc import Sequence

from qa.answer.signs.binding import amount_of, bound_part, part_around
from qa.answer.signs.contacts import contact
from qa.answer.signs.features import only_echoes, only_repeats, repeats_figure
from qa.answer.signs.opposites import of_opposite
from qa.answer.signs.question import (
    asks_for_date,
    asks_for_name,
    asks_for_number,
    asks_for_sentence,
    asks_for_total,
)
from qa.answer.signs.tables.cells import Cell, asked_cell, cell_of, fields, header_above, says_total
from qa.answer.signs.tables.columns import cell_of_kind
from qa.answer.signs.tables.superlative import extreme_label
from qa.answer.signs.values.differences import is_difference
from qa.answer.signs.values.kinds import has_asked_type, months
from qa.answer.signs.values.ranges import only_limits, outside_ranges
from qa.answer.signs.values.times import of_other_days
from qa.answer.span.extent import is_code, whole_command
from qa.answer.span.meant import meant_words, who_is_it
from qa.answer.span.narrowest import narrowest_part
from qa.answer.span.pieces import asked_piece
from qa.answer.span.snap import snap
from qa.models.span_network import SpanScore
from qa.schema import Passage, Span
from qa.words import asked_stems, stem, words

_NUMBERS = re.compile(r"\d[\d.,]*")
_WHICH = re.compile(r"\W*(?:(?:in|at|on|to|from|for|by|with|of) )?which [a-z]", re.IGNORECASE)
_DENIED_LABEL = re.compile(
    r"\W*(?:not|no(?!\.| of\b)|never|without|except|excluding|excluded|exclusions?)\b",
    re.IGNORECASE,
)
# “How much does each plan pay?”, but not what is paid each month.
_OF_EACH = re.compile(
    r"\b(?:each|every|all (?:the )?(?:two|three|four|five|six)) "
    r"(?!(?:of|day|night|week|month|year|hour|time|quarter)\b)[a-z]+",
    re.IGNORECASE,
)
_LEAST_CELLS = 2
_LEADING = frozenset("the a an of to for and or".split())
_FIGURE, _NAME = re.compile(r"\d"), re.compile(r"\b[A-Z]")
# Spans of one sentence whose margins differ by no more are left to the words around them.
_NEAR = 12.0


def best_answer(
    question: str, passage: Passage, whole: Span, sentence: Span, score: SpanScore
) -> tuple[Span, float, bool]:
    """Pick the best span that is of the kind asked for, else the best one.

    Returns:
        The answer, its margin, and whether it is of that kind.
    """
    text = passage.slice(sentence)
    row = fields(text, header_above(passage.text, sentence.start - passage.start))
    if row and not (_is_in_label(question, text, row) or _is_prose(question, text, row)):
        answer, margin, fits = _best_cell(question, sentence, text, row, score)
        figure = asks_for_number(question) or asks_for_date(question)
        if len(row) == 1 and not figure and _DENIED_LABEL.match(text):  # “Not included: lunches”
            return sentence, margin, fits
        held = who_is_it(question, text, answer.shift(-sentence.start))
        return held.shift(sentence.start), margin, fits
    if whole != sentence or asks_for_sentence(question) or is_code(question, passage, sentence):
        return whole, score.margin, has_asked_type(question, passage.slice(whole))
    piece = (
        contact(question, text)
        or asked_piece(question, text, score.span.shift(-sentence.start))
        or amount_of(question, text)
    )
    if piece is not None:
        return piece.shift(sentence.start), score.margin, True
    inside = sentence.shift(-passage.start)
    tried: list[Span] = []
    meant = _meant(question, sentence, text, score)
    whole_fits = has_asked_type(question, text)
    narrow = narrowest_part(question, text)
    for found in (*meant, score, *score.others):
        answer = snap(passage.text, found.span.shift(-passage.start), inside).shift(passage.start)
        answer = whole_command(question, passage, sentence, answer)
        answer = meant_words(question, text, answer.shift(-sentence.start)).shift(sentence.start)
        said = passage.slice(answer)
        # "Tickets cost 4 euros for children and 7 for adults": the unit is said once.
        elliptic = found in meant and whole_fits and _FIGURE.search(said) is not None
        again = (
            _only_leads(said)
            or only_echoes(question, said)
            or (asks_for_number(question) and only_repeats(question, said))
        )
        at = answer.shift(-sentence.start)
        part = part_around(text, at.start)
        other = (
            of_opposite(question, text, at)
            or of_other_days(question, part)
            or outside_ranges(question, part)
            or is_difference(question, text, at)
            or (narrow is not None and _is_outside(narrow, text, at))
        )
        fits = elliptic or has_asked_type(question, said)
        if answer not in tried and fits and not (again or other):
            return answer, found.margin, not repeats_figure(question, passage.slice(answer))
        tried.append(answer)
    if narrow is not None:
        return narrow.shift(sentence.start), score.margin, True
    if _only_leads(best := passage.slice(tried[0])) or only_echoes(question, best):
        return sentence, score.margin, whole_fits
    return tried[0], score.margin, False


def _is_of_each(question: str, row: Sequence[Cell]) -> bool:
    """Whether what all things have is asked for, and a row has things for columns: plans."""
    if row[0].label or len(row) <= _LEAST_CELLS or not _OF_EACH.search(question):
        return False
    asked = asked_stems(question)
    return not any(asked & {stem(word) for word in words(cell.label)} for cell in row[1:])


def _is_outside(part: Span, text: str, answer: Span) -> bool:
    """Whether an answer isn't in a part of its sentence, or is only where a range there ends."""
    inside = part.start <= answer.start < part.end
    said = text[slice(*answer)]
    return not inside or (
        _FIGURE.search(said) is not None and only_limits(said, text[slice(*part)])
    )


def _only_leads(said: str) -> bool:
    """Whether an answer is an article or a preposition alone."""
    return said.islower() and all(word in _LEADING for word in words(said))


def _is_in_label(question: str, text: str, row: Sequence[Cell]) -> bool:
    """Whether a form's line has what is asked for in front of its value: “Most in May: 82”."""
    value, label = text[slice(*row[0].value)], row[0].label
    dated = asks_for_date(question) and months(f" {label}") and not months(value)
    lacks = not has_asked_type(question, value) and has_asked_type(question, label)
    return len(row) == 1 and (bool(dated) or lacks)


def _meant(question: str, sentence: Span, text: str, score: SpanScore) -> list[SpanScore]:
    """Choose of a sentence's spans those of the part that the question names, if near."""
    spans = (score, *score.others)
    best = text[slice(*score.span.shift(-sentence.start))]
    value = _FIGURE if _FIGURE.search(best) or asks_for_number(question) else _NAME
    by_amount = _WHICH.match(question) is not None and _FIGURE.search(question) is not None
    if value is _NAME and not (asks_for_name(question) or by_amount):
        return []
    part = bound_part(question, text, lambda said: value.search(said) is not None)
    if part is None:
        return []
    low, high = part.shift(sentence.start)
    return [
        found
        for found in spans
        if low <= found.span.start
        and found.span.end <= high
        and found.margin >= score.margin - _NEAR
    ]


def _best_cell(
    question: str, sentence: Span, text: str, row: Sequence[Cell], score: SpanScore
) -> tuple[Span, float, bool]:
    """Pick the cell whose label the question names, else the best one of the kind asked for."""
    if asks_for_total(question) and not says_total(text):
        return row[0].value.shift(sentence.start), score.margin, False
    if (label := extreme_label(question, text, row)) is not None:
        return label.shift(sentence.start), max(score.margin, 0.0), True
    if _is_of_each(question, row):
        return sentence, score.margin, True
    named = asked_cell(question, text, row) or cell_of_kind(question, text, row)
    if named is not None:
        fits = has_asked_type(question, f"{text[slice(*named.value)]} {named.label}")
        return named.value.shift(sentence.start), score.margin, fits
    tried: list[Span] = []
    for found in (score, *score.others):
        cell = cell_of(found.span.shift(-sentence.start), row)
        if cell is None:
            continue
        answer = cell.value.shift(sentence.start)
        said = f"{text[slice(*cell.value)]} {cell.label}"
        if answer not in tried and has_asked_type(question, said):
            return answer, found.margin, True
        tried.append(answer)
    return tried[0], score.margin, False


def _is_prose(question: str, text: str, row: Sequence[Cell]) -> bool:
    """Whether a figure is asked for, and a form's line says several things behind its label."""
    value = text[slice(*row[0].value)]
    several = len(_NUMBERS.findall(value)) > 1 and ";" in value
    return len(row) == 1 and several and asks_for_number(question)


def wrong_type(question: str, passage: Passage, sentence: Span, answer: Span) -> float:
    """Say how far words are from the kind asked for: of a row no other cell than theirs counts."""
    text = passage.slice(answer if is_row(passage, sentence) else sentence)
    return 1.0 if has_asked_type(question, text) else 2.0


def is_row(passage: Passage, sentence: Span) -> bool:
    """Whether a sentence is a row of a table."""
    return " | " in passage.slice(sentence)
