"""Take a table's rows together: which of them a question means, which column, and their numbers.

Exact or not at all: what is not plainly there is None, never guessed. Does not know scores.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from qa.answer.signs.tables.cells import Cell, cells, says_total
from qa.answer.signs.tables.naming import most_named
from qa.answer.signs.values.ranges import held_in_ranges
from qa.schema import Span
from qa.words import asked_stems, stem, words

_YEAR = re.compile(r"(?:1\d|20)\d\d")
_NUMBER = re.compile(r"[-−]?\d[\d,.  ]*")
_THOUSANDS = re.compile(r"(?<=\d)[,  ](?=\d{3}(?!\d))")
# 1.200 is twelve hundred or one and a fifth.
_EITHER = re.compile(r"[-−]?[1-9]\d{0,2}(?:\.\d{3})+")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_LASTS = re.compile(
    r"(?:(?P<hours>\d{1,4})\s?(?:h|hrs?|hours?)\b\.?,?(?:\s(?:and\s)?)?)?"
    r"(?:(?P<minutes>\d{1,4})\s?(?:min|mins|minutes?)\b\.?)?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]{0,4}[-./]?\d[\w./-]*")
_FIGURE = re.compile(r"\d[\d.,]*")
_NAMED_WITH_NUMBER = re.compile(r"[A-Z][\w'’-]{2,}(?: [\w'’-]+){0,3}")  # Kestrel 120
_TOTAL_WORDS = 4
_MOST_ROWS = 5_000
_GAP = " | "


class Row(NamedTuple):
    """A row of a table: its line's place in the document, and its cells by label.

    The cells' spans lie inside the line.
    """

    text: str
    start: int
    cells: Mapping[str, Cell]

    @property
    def span(self) -> Span:
        """The line, in the document's offsets."""
        return Span(self.start, self.start + len(self.text))

    def value(self, label: str) -> str:
        """Return what stands in a column; empty where nothing does."""
        return self.text[slice(*self.cells[label].value)] if label in self.cells else ""


class Number(NamedTuple):
    """A cell's one number as it is written, its amount, and what stands around it, its unit."""

    written: str
    amount: Decimal
    unit: str


class Tables:
    """The tables of documents, each read once. For one question; not for several threads."""

    def __init__(self, text_of: Callable[[str], str]) -> None:
        """Begin without any.

        Args:
            text_of: Returns a document's text.
        """
        self.text_of = text_of
        self._found: dict[str, list[tuple[Span, list[Row]]]] = {}
        self._counted: dict[str, list[tuple[Span, int]]] = {}

    def lines_around(self, doc_id: str, start: int) -> int:
        """Count the lines with cells around a row, without reading them; at most 5,001."""
        known = self._counted.setdefault(doc_id, [])
        for span, count in known:
            if span.start <= start < span.end:
                return count
        span, count = _stretch(self.text_of(doc_id), start)
        known.append((span, count))
        return count

    def around(self, doc_id: str, start: int) -> list[Row]:
        """Return all rows of the table that a row stands in, those of sums left out.

        Args:
            doc_id: The document.
            start: Where the row's line starts in it.

        Returns:
            None of them if there are more than 5,000.
        """
        known = self._found.setdefault(doc_id, [])
        for span, rows in known:
            if span.start <= start < span.end:
                return rows
        lines = _rows_around(self.text_of(doc_id), start)
        rows = [row for row in lines if not _is_total(row)]
        whole = Span(lines[0].start, lines[-1].span.end + 1) if lines else Span(start, start + 1)
        known.append((whole, rows))
        return rows


def rows_meant(question: str, rows: Sequence[Row]) -> list[Row]:
    """Keep the rows that have the question's years and the values that it names, if any has."""
    return _of_asked_keys(question, _of_asked_figures(question, rows))


def labels_of(rows: Iterable[Row]) -> list[str]:
    """List the columns of some rows, in order."""
    return list(dict.fromkeys(label for row in rows for label in row.cells))


def holds_codes(rows: Iterable[Row], label: str) -> bool:
    """Whether a column holds only numbers or codes."""
    return all(_CODE.fullmatch(value) for row in rows if (value := row.value(label)))


def naming_column(rows: Sequence[Row]) -> str:
    """Return the column that says what a row is of: the first that holds no numbers or codes."""
    labels = labels_of(rows)
    return next((label for label in labels if not holds_codes(rows, label)), labels[0])


def figure_columns(
    rows: Sequence[Row], figure: Callable[[str], "Number | None"] | None = None
) -> list[str]:
    """List the columns after the first in which every row has a number, those of years too.

    Args:
        rows: Of one table.
        figure: Finds a value's number; None for `number`.
    """
    found = figure or number
    return [
        label
        for label in labels_of(rows)[1:]
        if all(found(row.value(label)) is not None for row in rows)
    ]


def year_columns(rows: Sequence[Row], columns: Iterable[str]) -> list[str]:
    """Of some columns those in which there are only years."""
    return [label for label in columns if all(_YEAR.fullmatch(row.value(label)) for row in rows)]


def named_columns(question: str, columns: Iterable[str]) -> list[str]:
    """Of some columns those of whose name the question has a word."""
    asked = asked_stems(question)
    return [label for label in columns if asked & {stem(word) for word in words(label)}]


def asked_columns(question: str, columns: Iterable[str]) -> list[str]:
    """Of some columns keep those that the question names with most words: Tonnes, and 2019.

    Words that mean the same as a column's count too: people, of a headcount.
    """
    return most_named(columns, asked_stems(question) | set(_FIGURE.findall(question)))


def number(value: str) -> Number | None:
    """Find a value's number; None if it has none or several, or may be read in two ways."""
    found = _NUMBER.findall(value)
    if len(found) != 1 or _EITHER.fullmatch(found[0].strip()):
        return None
    written = found[0].strip()
    try:
        amount = Decimal(_THOUSANDS.sub("", written).replace("−", "-"))
    except InvalidOperation:
        return None
    return Number(written, amount, value.replace(found[0], "").strip())


def number_or_time(value: str) -> Number | None:
    """Find a value's number, or how long it lasts, 3:12, 1:03:12 or 2 h 35 min, as one amount."""
    lasts = _LASTS.fullmatch(value.strip())
    if lasts is not None and (lasts["hours"] or lasts["minutes"]):
        minutes = 60 * int(lasts["hours"] or 0) + int(lasts["minutes"] or 0)
        return Number(value.strip(), Decimal(minutes), "min")
    match = _CLOCK.fullmatch(value.strip())
    if match is None:
        return number(value)
    amount = 0
    for part in match.groups(default=None):
        amount = amount if part is None else amount * 60 + int(part)
    return Number(match.group(), Decimal(amount), ":" * match.group().count(":"))


def _stretch(text: str, start: int) -> tuple[Span, int]:
    """Find the lines with cells around a place: where they stand, and how many they are."""
    first = last = text.rfind("\n", 0, start) + 1
    count = 1
    while first > 0 and count <= _MOST_ROWS:
        before = text.rfind("\n", 0, first - 1) + 1
        if text.find(_GAP, before, first) < 0:
            break
        first, count = before, count + 1
    end = text.find("\n", last)
    while end >= 0 and count <= _MOST_ROWS:
        following = text.find("\n", end + 1)
        if text.find(_GAP, end, following if following >= 0 else len(text)) < 0:
            break
        end, count = following, count + 1
    return Span(first, end if end >= 0 else len(text)), count


def _rows_around(text: str, start: int) -> list[Row]:
    """Return the rows of the table that one stands in, sums too; none of more than 5,000."""
    first = _row_at(text, text.rfind("\n", 0, start) + 1)
    if first is None or len(first.cells) < 2:
        return []
    rows, labels, at = deque([first]), set(first.cells), first.start
    while at > 0 and len(rows) <= _MOST_ROWS:
        at = text.rfind("\n", 0, at - 1) + 1
        row = _row_at(text, at)
        if row is None or not labels & row.cells.keys():
            break
        labels |= row.cells.keys()
        rows.appendleft(row)
    at = first.span.end + 1
    while at < len(text) and len(rows) <= _MOST_ROWS:
        row = _row_at(text, at)
        if row is None or not labels & row.cells.keys():
            break
        labels |= row.cells.keys()
        rows.append(row)
        at = row.span.end + 1
    return list(rows) if len(rows) <= _MOST_ROWS else []


def _row_at(text: str, start: int) -> Row | None:
    """Take the line that starts there apart; None if a cell has no name or two have the same."""
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)]
    found = cells(line)
    named = {cell.label: cell for cell in found}
    return Row(line, start, named) if all(named) and len(named) == len(found) > 0 else None


def _is_total(row: Row) -> bool:
    """Whether a row is a sum of others: a short value says so that is no number."""
    values = [row.value(label) for label in row.cells]
    return any(says_total(value) and len(value.split()) <= _TOTAL_WORDS for value in values)


def _of_asked_figures(question: str, rows: Sequence[Row]) -> list[Row]:
    """Keep the rows that have the question's years, and that are for its amounts, where any is."""
    years = set(_YEAR.findall(question))
    having = [row for row in rows if years & set(_YEAR.findall(row.text))] or list(rows)
    return [row for row in having if held_in_ranges(question, row.text)] or having


def _of_asked_keys(question: str, rows: Sequence[Row]) -> list[Row]:
    """Of every column in which the question names values, keep the rows with one of them."""
    asked = asked_stems(question)
    kept = list(rows)
    for label in labels_of(rows):
        named = [row for row in kept if _is_named(row.value(label), asked)]
        kept = named or kept
    return kept


def _is_named(value: str, asked: set[str]) -> bool:
    said = {stem(word) for word in words(value)}
    told = number(value) is None or _NAMED_WITH_NUMBER.fullmatch(value) is not None
    return bool(said) and told and said <= asked
