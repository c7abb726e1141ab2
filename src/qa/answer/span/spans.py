"""Pick the words of a sentence that answer: a span the network scored, or a row's cell.

Of several spans the one of the kind that is asked for, of the part that the question names.
"""

import re
from collections.abc import Sequence

from qa.answer.signs.binding import amount_of, bound_part, cut_at, part_around
from qa.answer.signs.contacts import contact
from qa.answer.signs.features import only_echoes, only_repeats, repeats_figure
from qa.answer.signs.opposites import of_opposite
from qa.answer.signs.question import (
    asks_for_date,
    asks_for_name,
    asks_for_number,
    asks_for_sentence,
    asks_for_several,
    asks_for_total,
)
from qa.answer.signs.tables.cells import Cell, asked_cell, cell_of, fields, header_above, says_total
from qa.answer.signs.tables.columns import cell_of_kind
from qa.answer.signs.tables.superlative import extreme_label
from qa.answer.signs.values.kinds import has_asked_type, months
from qa.answer.signs.values.ranges import outside_ranges
from qa.answer.signs.values.times import begins_with_day, of_other_days
from qa.answer.span.extent import is_code, whole_command
from qa.answer.span.pieces import asked_piece
from qa.answer.span.snap import snap
from qa.models.span_network import SpanScore
from qa.schema import Passage, Span
from qa.words import asked_stems, content_stems, stem, words

_ONE = r"(?:the )?[A-Z][\w.'’-]*(?: (?:(?:of|the|and|de) )?[A-Z][\w'’-]*)*(?: \([^()]{1,40}\))?"
_LISTED = re.compile(rf"{_ONE}(?:, {_ONE})*,? (?:and|or) {_ONE}")
_NUMBERS = re.compile(r"\d[\d.,]*")
_WHICH = re.compile(r"\W*(?:(?:in|at|on|to|from|for|by|with|of) )?which [a-z]", re.IGNORECASE)
_WHERE = re.compile(r"\W*where\b", re.IGNORECASE)
_PLACE = re.compile(r",? (?:in|at|near) (?:the )?[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*")
# “Ann Lee (chair)”, behind what parts it from others.
_ROLED = re.compile(
    r"(?:^|[,;:] (?:and )?| and )(?P<name>[^,;:()]{2,60}) \((?P<role>[^()\d]{3,40})\)"
)
_NAMED = re.compile(r"(?:(?:[a-z]{1,3}|[^\W\d_a-z][\w.’'-]*) )*[^\W\d_a-z][\w.’'-]*[a-z][\w.’'-]*")
_ITEM_END = re.compile(r"[,;:]\s+(?:and\s+)?|\s+and\s+")
_LEAST_ITEMS = 3
_SMALL = {stem(word) for word in "the a an of in for to on at by and or is are was were".split()}
_SEMICOLON = re.compile(r";\s+")
_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
_TOGETHER = re.compile(r"\b(?:together|along|jointly) with (?:[a-z]\w* ){0,4}$")
_AND_WHERE = re.compile(r"\b(?:where|who|what|which|how|why)\b", re.IGNORECASE)
_DATE_FIRST = re.compile(
    r"(?P<date>(?:\d{1,2} [A-Z][a-z]+ |[A-Z][a-z]+ (?:\d{1,2},? )?)?(?:1[5-9]|20)\d\d)"
    r"(?! (?:to|until|till|and|or)\b),? [a-z]\w*(?: [^\W\d][\w’'-]*[,;]?){3,}(?!.*\d)"
)
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
        held = _who_is_it(question, text, answer.shift(-sentence.start))
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
    for found in (*meant, score, *score.others):
        answer = snap(passage.text, found.span.shift(-passage.start), inside).shift(passage.start)
        answer = whole_command(question, passage, sentence, answer)
        answer = _with_others(question, text, answer.shift(-sentence.start)).shift(sentence.start)
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
        )
        fits = elliptic or has_asked_type(question, said)
        if answer not in tried and fits and not (again or other):
            return answer, found.margin, not repeats_figure(question, passage.slice(answer))
        tried.append(answer)
    if _only_leads(best := passage.slice(tried[0])) or only_echoes(question, best):
        return sentence, score.margin, whole_fits
    return tried[0], score.margin, False


def _with_others(question: str, text: str, answer: Span) -> Span:
    """Widen a name to all that are listed, where several are asked for; to where its place is.

    Who did something together with a name is all of the sentence, and so is a line that begins with
    the day; a date is without what goes on, and of two clauses the one that is asked about is left.
    """
    answer = _of_one_clause(question, text, answer)
    if asks_for_date(question) and begins_with_day(text) and not months(text[slice(*answer)]):
        return Span(0, len(text))
    alone = not question.rstrip(" ?").endswith("with")
    if _WHO.match(question) and alone and _TOGETHER.search(text, 0, answer.start):
        return Span(0, len(text))
    only_when = asks_for_date(question) and not _AND_WHERE.search(question)
    if only_when and (date := _DATE_FIRST.match(text, *answer)):
        return Span(*date.span("date"))
    if asks_for_several(question):
        for listed in _LISTED.finditer(text):
            if listed.start() <= answer.start and answer.end <= listed.end():
                return Span(*listed.span())
        return _with_those_alike(question, text, answer)
    if _WHERE.match(question) and (place := _PLACE.match(text, answer.end)):
        return Span(answer.start, place.end())
    return _who_is_it(question, text, answer)


def _who_is_it(question: str, text: str, answer: Span) -> Span:
    """Cut a list of people to the one whose role is asked for: “Ann (chair), Bo (clerk)”."""
    roles = list(_ROLED.finditer(text[: answer.end], answer.start)) if _WHO.match(question) else []
    asked = asked_stems(question)
    held = [found for found in roles if (own := content_stems(found["role"])) and own <= asked]
    if not len(roles) > len(held) == 1 or not _NAMED.fullmatch(held[0]["name"]):
        return answer
    return Span(*held[0].span("name"))


def _with_those_alike(question: str, text: str, answer: Span) -> Span:
    """Widen an answer to all items of a list of which the same is said: “Ash against, Bay against”.

    Where others stand between them it is the whole sentence.
    """
    items = cut_at(_ITEM_END, text)
    at = next((n for n, item in enumerate(items) if item.start <= answer.start < item.end), None)
    if at is None or len(items) < _LEAST_ITEMS or answer.end > items[at].end:
        return answer
    said = [{stem(word) for word in words(text[slice(*item)])} for item in items]
    key = said[at] & {stem(word) for word in words(question)} - _SMALL
    alike = [n for n, own in enumerate(said) if key and key <= own]
    if not 1 < len(alike) < len(items):
        return answer
    if alike != list(range(alike[0], alike[-1] + 1)):
        return Span(0, len(text))
    return Span(items[alike[0]].start, items[alike[-1]].end)


def _of_one_clause(question: str, text: str, answer: Span) -> Span:
    """Cut an answer that reaches over a semicolon to the clause with more words of the question.

    One that begins with its clause is meant to go on: an explanation, a list.
    """
    cut = cut_at(_SEMICOLON, text)
    reached = [span for span in cut if span.start < answer.end and answer.start < span.end]
    if len(reached) < 2 or answer.start == reached[0].start or asks_for_several(question):
        return answer
    asked = asked_stems(question)
    shared = [len(asked & {stem(word) for word in words(text[slice(*span)])}) for span in reached]
    if shared.count(max(shared)) > 1:
        return answer
    low, high = reached[shared.index(max(shared))]
    return Span(max(answer.start, low), min(answer.end, high))


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
