"""Compute what no document says but a table's rows add up to: a sum, an average, a count.

Exact or not at all, as with the row that has the most. Does not know scores, or citations.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from qa.answer.outcome.change import change
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.question import ASKS_DIFFERENCE, question_names
from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.conditions import denies_or_compares
from qa.answer.signs.tables.explained import About, about_table
from qa.answer.signs.tables.meeting import rows_that_meet
from qa.answer.signs.tables.rows import (
    Number,
    Row,
    Tables,
    asked_columns,
    figure_columns,
    labels_of,
    named_columns,
    naming_column,
    number,
    rows_meant,
    year_columns,
)
from qa.schema import Operation, Passage, RowAnswer, Term
from qa.words import asked_stems, stem, words

_LESS = re.compile(r"\b(?:less|fewer|lower|smaller|shorter|lighter|cheaper)\b", re.IGNORECASE)
_ASKS: dict[Operation, re.Pattern[str]] = {
    "difference": ASKS_DIFFERENCE,
    "average": re.compile(r"\baverage\b|\bthe mean\b|\bmean (?:of|number|value)\b", re.IGNORECASE),
    "sum": re.compile(
        r"\b(?:together|altogether|in total|in all|combined|sum of|totals?|overall)\b",
        re.IGNORECASE,
    ),
    "count": re.compile(r"^\W*how many (?P<noun>[\w-]+)", re.IGNORECASE),
}
# What the operations are asked with; the rest of a question is of the table or of something else.
_OF_ASKING = frozenset(
    stem(word)
    for word in (
        "together altogether total combined sum overall average mean difference between many much "
        "all more less fewer higher lower larger smaller than number amount figure each every "
        "whole entire compute calculate add listed list table row rows entry entries there"
    ).split()
)
# Shares, prices and ranks don't add up; a mean of years or numbers of houses says nothing.
_NOT_ADDED = re.compile(
    r"%|\b(?:per|percent(?:age)?|shares?|rates?|ratio|price|average|mean|median|age|temperature|"
    r"density|speed|score|height|depth|degrees?)\b|°",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(
    r"\b(?:years?|ids?|no|nr|numbers?|codes?|phone|telephone|tel|zip|postcode|rank|position|"
    r"page|date|built|founded|since|version)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d.,]*")
_LEAST_ROWS = 2
# "How many tonnes did all plants *produce* together": a verb that stands nowhere in a table.
_UNEXPLAINED = 1
_HELPER = re.compile(r"\b(?:did|do|does|has|have|had|was|were)\b", re.IGNORECASE)
_MORE_DIGITS = 2


class Computed(NamedTuple):
    """What rows of one table come to.

    Attributes:
        operation: Which.
        value: The result, written as the table writes its figures, with their unit.
        column: What was computed.
        terms: What went into it, in the table's order.
        passage: The rows from the first to the last of them, as a passage of their own.
    """

    operation: Operation
    value: str
    column: str
    terms: tuple[Term, ...]
    passage: Passage


def asks_to_compute(question: str) -> list[Operation]:
    """Name what a question may want computed, the most likely first."""
    return [operation for operation, asks in _ASKS.items() if asks.search(question)]


def computed(
    question: str, candidates: Sequence[Candidate], text_of: Callable[[str], str]
) -> Computed | None:
    """Compute what a question asks of the rows that were read.

    Args:
        question: As asked.
        candidates: Every sentence that was read, the most promising first.
        text_of: Returns a document's text.

    Returns:
        None where nothing is to be computed, where it would not be exact, or where several
        tables would give different results.
    """
    operations = asks_to_compute(question)
    if not operations:
        return None
    tables, seen = Tables(text_of), set[tuple[str, int]]()
    results: list[Computed] = []
    for candidate in candidates:
        passage = candidate.passage
        if candidate.unmentioned or not cells(passage.slice(candidate.sentence)):
            continue
        rows = tables.around(passage.doc_id, candidate.sentence.start)
        if not rows or (passage.doc_id, rows[0].start) in seen:
            continue
        seen.add((passage.doc_id, rows[0].start))
        about = about_table(passage, rows, text_of(passage.doc_id))
        found = (_compute(operation, question, about, rows) for operation in operations)
        result = next((each for each in found if each is not None), None)
        if result is not None:
            results.append(_placed(result, passage, text_of(passage.doc_id)))
    same = len({(each.operation, each.value) for each in results}) == 1
    return results[0] if same else None


class _Result(NamedTuple):
    """What rows come to in a column; or one row, named as the column, in some of its own."""

    operation: Operation
    value: str
    column: str
    rows: list[Row]
    labels: tuple[str, ...] = ()


def _compute(operation: Operation, question: str, about: About, rows: list[Row]) -> _Result | None:
    if operation == "count":
        return _count(question, about, rows)
    changed = change(question, rows, about) if operation == "difference" else None
    if changed is not None:
        like = changed.row.value(changed.labels[0])
        said = _written(changed.size, changed.numbers, like)
        name = changed.row.value(naming_column(rows))
        return _Result(operation, said, name, [changed.row], changed.labels)
    meant = rows_meant(question, rows)
    column = _column(operation, question, meant)
    if (
        column is None
        or len(meant) < _LEAST_ROWS
        or not _explained(question, about.above, meant, column, _UNEXPLAINED)
    ):
        return None
    numbers = [found for row in meant if (found := number(row.value(column)))]
    if len({found.unit for found in numbers}) > 1:
        return None
    if operation == "difference":
        value = _difference(question, meant, numbers)
    else:
        value = sum((found.amount for found in numbers), Decimal(0))
        value = value / len(numbers) if operation == "average" else value
    if value is None:
        return None
    return _Result(operation, _written(value, numbers, meant[0].value(column)), column, meant)


def _column(operation: Operation, question: str, rows: Sequence[Row]) -> str | None:
    """Find the column that the question names, or the only one there is; amounts only."""
    numeric = figure_columns(rows)
    years = year_columns(rows, numeric)
    amounts = [
        label
        for label in numeric
        if label not in years
        and not _NO_AMOUNT.search(label)
        and (operation != "sum" or not _NOT_ADDED.search(f"{label} {rows[0].value(label)}"))
    ]
    named = asked_columns(question, numeric)
    choice = [label for label in named if label in amounts] if named else amounts
    return choice[0] if len(choice) == 1 else None


def _count(question: str, about: About, rows: list[Row]) -> _Result | None:
    """Count the different values of the column that is asked for, if all that is asked is there."""
    match = _ASKS["count"].search(question)
    which = f"Which {question[match.start('noun') :]}" if match else ""
    met = rows_that_meet(which, rows, about)
    if met is not None or denies_or_compares(question):
        return _count_of(met, rows) if met else None
    rows = rows_meant(question, rows)
    noun = stem(match["noun"].lower()) if match else ""
    counted = [
        label
        for label in labels_of(rows)
        if noun in {stem(word) for word in words(label)} and number(rows[0].value(label)) is None
    ]
    if len(counted) != 1 or not _explained(question, about.above, rows, counted[0], 0):
        return None
    return _different(rows, counted[0])


def _count_of(met: Sequence[RowAnswer], rows: Sequence[Row]) -> _Result | None:
    """Count what rows that meet the question's conditions have in the column that is asked for."""
    meeting = {one.row: one.answer for one in met}
    kept = [row for row in rows if row.span in meeting]
    first = kept[0]
    asked = meeting[first.span].shift(-first.start)
    column = next((label for label, c in first.cells.items() if c.value == asked), None)
    return None if column is None else _different(kept, column)  # a day that is a column


def _different(rows: Sequence[Row], label: str) -> _Result | None:
    different: dict[str, Row] = {}
    for row in rows:
        different.setdefault(row.value(label).casefold(), row)
    if "" in different:
        return None
    return _Result("count", f"{len(different):,}", label, list(different.values()))


def _explained(
    question: str, about: str, rows: Sequence[Row], column: str, unexplained: int
) -> bool:
    """Whether all that a question asks about, but for so many words, is in the rows or above."""
    labels = labels_of(rows)
    above = {stem(word) for word in words(" ".join((about, *labels)))}
    keys = [label for label in labels if label != column]
    of_all = set.intersection(*(_said(row, keys) for row in rows)) | above
    of_any = set.union(*(_said(row, keys) for row in rows)) | above
    figures = {figure.strip(".,") for figure in _FIGURE.findall(question)}
    names = {stem(word.lower()) for word in question_names(question)}
    if not figures <= of_all or not names <= of_any:
        return False
    rest = asked_stems(question) - _OF_ASKING - of_any
    if rest and not named_columns(question, [column]):
        helper = _HELPER.search(question)  # "the total price" asks for a price, whatever is there
        if helper is None or rest & asked_stems(question[: helper.start()]):
            return False
    return len(rest) <= unexplained


def _said(row: Row, labels: Sequence[str]) -> set[str]:
    return {stem(word) for label in labels for word in words(row.value(label))}


def _difference(question: str, rows: Sequence[Row], numbers: Sequence[Number]) -> Decimal | None:
    """Subtract the second of two rows that are named from the first; None if that is below 0."""
    if len(rows) != _LEAST_ROWS:
        return None
    asked = question.casefold()
    keys = [[row.value(label).casefold() for label in row.cells] for row in rows]
    own = [[key for key in keys[at] if key not in keys[1 - at]] for at in (0, 1)]
    at = [
        min((asked.find(key) for key in each if key and key in asked), default=-1) for each in own
    ]
    if min(at) < 0:
        return None
    first, second = (0, 1) if at[0] < at[1] else (1, 0)
    value = numbers[first].amount - numbers[second].amount
    if "difference" in asked:
        return abs(value)
    value = -value if _LESS.search(question) else value
    return value if value > 0 else None


def _written(value: Decimal, numbers: Sequence[Number], like: str) -> str:
    """Write a result as the table's figures are written; what is rounded is said to be."""
    most = max(-int(found.amount.as_tuple().exponent) for found in numbers)
    exact = value == round(value, max(most, 0))
    digits = max(most, 0) if exact else max(most, 0) + _MORE_DIGITS
    grouped = any("," in found.written for found in numbers) or abs(value) >= 10_000
    figure = f"{value:,.{digits}f}" if grouped else f"{value:.{digits}f}"
    about = "" if value == round(value, digits) else "about "
    return about + like.replace(numbers[0].written, figure)


def _placed(result: _Result, passage: Passage, text: str) -> Computed:
    """Make a passage of the rows, and name what of them went in."""
    rows, column = result.rows, result.column
    start, end = rows[0].start, rows[-1].span.end
    key = next((label for label in labels_of(rows) if label != column), column)
    places = [(label, rows[0], label) for label in result.labels] or [
        (_name(row, column, key), row, column) for row in rows
    ]
    terms = tuple(
        Term(name, row.value(label), row.cells[label].value.shift(row.start))
        for name, row, label in places
    )
    whole = Passage(
        passage.passage_id, passage.doc_id, start, end, text[start:end], passage.context,
        tuple(row.span for row in rows),
    )  # fmt: skip
    return Computed(result.operation, result.value, column, terms, whole)


def _name(row: Row, column: str, key: str) -> str:
    """Say which row it is: what stands in the columns of words, else in the first."""
    said = [row.value(label) for label in row.cells if label != column]
    worded = [value for value in said if number(value) is None]
    return " · ".join(worded[:2]) or row.value(key)
