"""Find the one cell that a question asks for by its row and its column.

"How many people work in IT?", "What shift does Joao have on Wednesday?" Exact or not at all: as in
`meeting` every word must be explained. Does not know scores.
"""

import re
from collections.abc import Sequence

from qa.answer.signs.question import ASKS_DIFFERENCE, asks_for_date, asks_for_name, asks_for_number
from qa.answer.signs.tables.beside import Beside
from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.columns import NAME
from qa.answer.signs.tables.explained import About, is_explained
from qa.answer.signs.tables.meeting import ASKS_OTHERWISE, asks_of_rows, rows_that_meet
from qa.answer.signs.tables.naming import most_named
from qa.answer.signs.tables.rows import Row, Tables
from qa.answer.signs.values.kinds import has_asked_type, has_number
from qa.schema import Passage, RowAnswer, Span
from qa.words import words

_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|on|in|at|from|for|to|by|with|of)\s+)?"
    r"(?:which|what|whom?|whose|when|where|how (?:much|many|long|high|old|big|large|far|heavy|tall|"
    r"deep|wide|fast))\b",
    re.IGNORECASE,
)
_HOW_LONG = re.compile(r"\bhow long\b", re.IGNORECASE)
_LASTS = re.compile(
    r"^(?!.*\bage\b).*\((?:[a-z]+ )?(?:days?|hours?|hrs?|h|minutes?|mins?|weeks?|months?|years?)\)|"
    r"\bduration\b|\bturnaround\b|\btime taken\b",
    re.IGNORECASE,
)
_FAR = re.compile(
    r"\b(?:length|distance|span|size|height|long|k?m|cm|mm|miles?|feet|ft|inch(?:es)?)\b",
    re.IGNORECASE,
)
_LEAST_ROWS = 2
_MOST_CELLS = 8_000  # of a table; reading more at each question takes too long
_MOST_WORDS = 64  # of a question


def is_too_long(tables: Tables, passage: Passage, row: Span) -> bool:
    """Whether a table has more cells than are read for a question: it is left to the network."""
    columns = len(cells(passage.slice(row)))
    return (
        columns * tables.lines_around(passage.doc_id, row.start) > _MOST_CELLS if columns else False
    )


def may_ask_of_cells(question: str) -> bool:
    """Whether a question may ask for cells of a table, so that reading its rows is worth it."""
    asks = asks_of_rows(question) or _asks_of_cell(question) is not None
    return asks and len(words(question)) <= _MOST_WORDS


def _asks_of_cell(question: str) -> re.Match[str] | None:
    asks = _ASKS.match(question)
    if asks is None or ASKS_OTHERWISE.search(question, asks.end()):
        return None
    return None if ASKS_DIFFERENCE.search(question) else asks


def cells_asked(question: str, rows: Sequence[Row], about: About) -> list[RowAnswer] | None:
    """Find the cells of all rows that meet what is asked, or the one of a row and a column.

    Returns:
        As `rows_that_meet`.
    """
    met = rows_that_meet(question, rows, about)
    if met is not None:
        return met
    cell = cell_asked(question, rows, about)
    return None if cell is None else [cell]


def cell_asked(question: str, rows: Sequence[Row], about: About) -> RowAnswer | None:
    """Find the cell of the row and the column that a question names.

    Args:
        question: As asked.
        rows: All of one table.
        about: What it is about.

    Returns:
        None where it is not plain which is meant, or the cell is of another kind than is asked.
    """
    asks = _asks_of_cell(question)
    if asks is None or len(rows) < _LEAST_ROWS:
        return None
    beside = Beside(question, asks.end(), rows)
    named: dict[str, set[str]] = {}
    for place, held in beside.named_values().items():
        labels = {label for label, _ in held}
        if len(labels) != 1:
            return None
        beside.take(place)
        named.setdefault(labels.pop(), set()).update(value for _, value in held)
    meant = [row for row in rows if all(row.value(label) in own for label, own in named.items())]
    column = _column(beside, named)
    if beside.key not in named or len(meant) != 1 or column is None:
        return None
    (row,) = meant
    value = row.value(column)
    if asks_for_number(question):
        fits = has_number(value)
    elif asks_for_name(question):
        fits = NAME.fullmatch(value) is not None
    elif asks_for_date(question):
        fits = has_asked_type(question, value)
    else:
        fits = has_asked_type(question, f"{value} {column}")
    if not (value and fits) or not is_explained(beside, about, {column, *named}):
        return None
    return RowAnswer(row.span, row.cells[column].value.shift(row.start))


def _column(beside: Beside, named: dict[str, set[str]]) -> str | None:
    """Return the column that is named in full, or that most of the open words name; else None."""
    others = [label for label in beside.labels if label not in named]
    full = [label for label in others if beside.has(label)]
    full += [label for label in others if beside.has_all(label)] if full else []
    longest = max((len(label) for label in full), default=0)
    if longest:
        return next(label for label in full if len(label) == longest)
    far = any(_FAR.search(label) for label in others)
    if _HOW_LONG.search(beside.question) and not far:  # “Turnaround (working days)”
        lasting = [label for label in others if _LASTS.search(label)]
        others = lasting if len(lasting) == 1 else others
        if lasting and not most_named(others, [token.root for token in beside.open]):
            return lasting[0] if len(lasting) == 1 else None
    best = most_named(others, [token.root for token in beside.open])
    return best[0] if len(best) == 1 else None
