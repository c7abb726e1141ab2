"""Find the row of a table that has the most or the least of what a question asks for.

Exact or not at all: every row must be there and have a number with the same unit in the
column that is meant, and one row alone must be the extreme. Does not know scores.
"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from qa.answer.signs.cells import Cell, cells, says_total
from qa.schema import Span
from qa.words import query_terms, stem, words

_MOST = (
    r"most|highest|largest|biggest|greatest|maximum|longest|tallest|heaviest|deepest|newest|latest|"
    r"youngest|busiest|widest|fastest|strongest|top|more than any"
)
_LEAST = (
    r"least|fewest|lowest|smallest|minimum|shortest|lightest|shallowest|oldest|earliest|cheapest|"
    r"narrowest|slowest|weakest|bottom|less than any"
)
_SUPERLATIVE = re.compile(rf"\b(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))\b", re.IGNORECASE)
# "Which made more bags, Ash or Bay?"
_COMPARED = re.compile(
    r"^(?=.*\b\w+ or (?:the )?\w+).*?\b(?:(?P<most>more|higher|larger|bigger|greater|longer|taller|"
    r"heavier|deeper|newer|later|younger|busier|wider|faster|stronger)|(?P<least>less|fewer|lower|"
    r"smaller|shorter|lighter|shallower|older|earlier|cheaper|narrower|slower|weaker))\b",
    re.IGNORECASE | re.DOTALL,
)
_DEAREST = re.compile(r"\b(?:most expensive|dearest)\b", re.IGNORECASE)
_BY_YEAR = re.compile(r"\b(?:new|lat|young|old|earli)(?:est|er)\b", re.IGNORECASE)
_OF_PRICE = re.compile(
    r"\b(?:cheap(?:est|er)|(?:most|more) expensive|dearest|dearer)\b", re.IGNORECASE
)
_PRICE = re.compile(r"\b(?:price|cost|fee|fare|rate)s?\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_NUMBER = re.compile(r"[-−]?\d[\d,.  ]*")
_THOUSANDS = re.compile(r"(?<=\d)[,  ](?=\d{3}(?!\d))")
_LEAST_ROWS = 2


class Row(NamedTuple):
    """A row of a table: its text's place, and its cells, with spans inside that text."""

    text: str
    start: int
    cells: list[Cell]


class Extreme(NamedTuple):
    """The row that is asked for, and the answer in it, both in the offsets of `Row.start`."""

    row: Span
    answer: Span


def asks_for_extreme(question: str) -> bool:
    """Whether a question asks which of several has the most or the least."""
    return any(asks.search(question) for asks in (_SUPERLATIVE, _DEAREST, _COMPARED))


def table_around(text: str, start: int) -> list[Row]:
    """Return all rows of the table that a row stands in, those of sums left out.

    Args:
        text: A document's text.
        start: Where the row's line starts in it.
    """
    first = text.rfind("\n", 0, start) + 1
    labels = _labels(_line(text, first))
    if not labels:
        return []
    while first > 0:
        before = text.rfind("\n", 0, first - 1) + 1
        if _labels(_line(text, before)) != labels:
            break
        first = before
    rows = []
    while _labels(line := _line(text, first)) == labels:
        if not says_total(line):
            rows.append(Row(line, first, cells(line)))
        first += len(line) + 1
    return rows


def extreme(question: str, rows: Sequence[Row]) -> Extreme | None:
    """Find the row with the most or the least of what is asked; None if that is not exact."""
    rows = _of_asked_keys(question, _of_asked_figures(question, rows))
    if len(rows) < _LEAST_ROWS:
        return None
    column = _column(question, rows)
    if column is None:
        return None
    numbers = [_number(_value(row, column)) for row in rows]
    if len({unit for _, unit in numbers}) > 1:
        return None
    match = _SUPERLATIVE.search(question)
    match = match or _COMPARED.search(question)
    least = match is not None and match["least"] is not None and not _DEAREST.search(question)
    amounts = [amount for amount, _ in numbers]
    found = min(amounts) if least else max(amounts)
    if amounts.count(found) > 1:
        return None
    row = rows[amounts.index(found)]
    cell = row.cells[0] if _asks_which(question, row) else row.cells[column]
    return Extreme(Span(row.start, row.start + len(row.text)), cell.value.shift(row.start))


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]


def _labels(line: str) -> list[str]:
    found = [cell.label for cell in cells(line)]
    return found if len(found) > 1 and all(found) else []


def _value(row: Row, column: int) -> str:
    return row.text[slice(*row.cells[column].value)]


def _of_asked_figures(question: str, rows: Sequence[Row]) -> list[Row]:
    """Keep the rows that have the question's years, where any has."""
    years = set(_YEAR.findall(question))
    having = [row for row in rows if years & set(_YEAR.findall(row.text))]
    return having if years and having else list(rows)


def _of_asked_keys(question: str, rows: Sequence[Row]) -> list[Row]:
    """Of every column in which the question names values, keep the rows with one of them."""
    asked = {stem(term) for term in query_terms(question)}
    kept = list(rows)
    for column in range(max((len(row.cells) for row in rows), default=0)):
        named = [
            row
            for row in kept
            if column < len(row.cells)
            and not _is_number(_value(row, column))
            and (value := {stem(word) for word in words(_value(row, column))})
            and value <= asked
        ]
        kept = named or kept
    return kept


def _column(question: str, rows: Sequence[Row]) -> int | None:
    """Find the column that is compared: the one the question names, or the only one."""
    numeric = [
        column
        for column in range(1, len(rows[0].cells))
        if all(len(row.cells) > column and _is_number(_value(row, column)) for row in rows)
    ]
    years = [c for c in numeric if all(_YEAR.fullmatch(_value(row, c)) for row in rows)]
    if _BY_YEAR.search(question):
        return years[0] if len(years) == 1 else None
    if _OF_PRICE.search(question):
        numeric = [c for c in numeric if _PRICE.search(rows[0].cells[c].label)]
    asked = {stem(term) for term in query_terms(question)}
    named = [
        column
        for column in numeric
        if asked & {stem(word) for word in words(rows[0].cells[column].label)}
    ]
    choice = named or [column for column in numeric if column not in years]
    return choice[0] if len(choice) == 1 else None


def _is_number(value: str) -> bool:
    try:
        _number(value)
    except (InvalidOperation, ValueError):
        return False
    return True


def _number(value: str) -> tuple[Decimal, str]:
    """Split a value into its one number and the rest, its unit."""
    found = _NUMBER.findall(value)
    if len(found) != 1:
        raise ValueError(value)
    amount = Decimal(_THOUSANDS.sub("", found[0].strip()).replace("−", "-"))
    return amount, value.replace(found[0], "").strip()


def _asks_which(question: str, row: Row) -> bool:
    """Whether the thing is asked for, not the figure."""
    first = re.escape(row.cells[0].label)
    return re.search(rf"\b(?:which|who|whose|what (?:is|was) the name|(?:what|which) {first})\b",
                     question, re.IGNORECASE) is not None  # fmt: skip
