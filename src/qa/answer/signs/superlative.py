"""Find the row of a table that has the most or the least of what a question asks for.

Exact or not at all: every row must be there and have a number with the same unit in the
column that is meant, and one row alone must be the extreme. Does not know scores.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from qa.answer.signs.rows import (
    Row,
    figure_columns,
    named_columns,
    number,
    rows_meant,
    year_columns,
)
from qa.schema import Span
from qa.words import stem, words

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
_MOST_OF = re.compile(
    r"\b(?:most|fewest|least|(?:largest|highest|greatest|biggest|smallest|lowest) "
    r"(?:number|amount|share|quantity) of)\s+"
    r"(?P<noun>[^\W\d_]{2,}(?<!ou)(?<!s)s|people|children|men|women)"
    r"(?=\W*$|\s+(?:in|of|at|on|from|for|to|by|per|last|this|each|every|during|since|over|and|or|"
    r"than|with)\b)",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:most|least|more|less|fewer|first|last|top|only|record|maximum|minimum|main|chief|leading|"
    r"majority|primary|peak|all|best|worst|than|\w{3,}est)\b",
    re.IGNORECASE,
)
_DEAREST = re.compile(r"\b(?:most expensive|dearest)\b", re.IGNORECASE)
_BY_YEAR = re.compile(r"\b(?:new|lat|young|old|earli)(?:est|er)\b", re.IGNORECASE)
_OF_PRICE = re.compile(
    r"\b(?:cheap(?:est|er)|(?:most|more) expensive|dearest|dearer)\b", re.IGNORECASE
)
_PRICE = re.compile(r"\b(?:price|cost|fee|fare|rate)s?\b", re.IGNORECASE)
_LEAST_ROWS = 2


class Extreme(NamedTuple):
    """The row that is asked for, and the answer in it, both in the document's offsets."""

    row: Span
    answer: Span


def asks_for_extreme(question: str) -> bool:
    """Whether a question asks which of several has the most or the least."""
    return any(asks.search(question) for asks in (_SUPERLATIVE, _DEAREST, _COMPARED))


def ranks_nothing(question: str, text: str, around: str) -> bool:
    """Whether the most of something is asked, and a sentence neither names that nor compares.

    Args:
        question: As asked.
        text: A sentence that is no row.
        around: The headings above it.
    """
    asked = _MOST_OF.search(question)
    if asked is None or _COMPARES.search(text):
        return False
    return stem(asked["noun"].lower()) not in {stem(word) for word in words(f"{text} {around}")}


def extreme(question: str, rows: Sequence[Row]) -> Extreme | None:
    """Find the row with the most or the least of what is asked; None if that is not exact."""
    rows = rows_meant(question, rows)
    column = _column(question, rows) if len(rows) >= _LEAST_ROWS else None
    if column is None:
        return None
    numbers = [found for row in rows if (found := number(row.value(column)))]
    if len({found.unit for found in numbers}) > 1:
        return None
    match = _SUPERLATIVE.search(question) or _COMPARED.search(question)
    least = match is not None and match["least"] is not None and not _DEAREST.search(question)
    amounts = [found.amount for found in numbers]
    wanted = min(amounts) if least else max(amounts)
    if amounts.count(wanted) > 1:
        return None
    row = rows[amounts.index(wanted)]
    first = next(iter(row.cells))
    cell = row.cells[first if _asks_which(question, first) else column]
    return Extreme(row.span, cell.value.shift(row.start))


def _column(question: str, rows: Sequence[Row]) -> str | None:
    """Find the column that is compared: the one the question names, or the only one."""
    numeric = figure_columns(rows)
    years = year_columns(rows, numeric)
    if _BY_YEAR.search(question):
        return years[0] if len(years) == 1 else None
    if _OF_PRICE.search(question):
        numeric = [label for label in numeric if _PRICE.search(label)]
    others = [label for label in numeric if label not in years]
    choice = named_columns(question, numeric) or others
    return choice[0] if len(choice) == 1 else None


def _asks_which(question: str, label: str) -> bool:
    """Whether the thing is asked for, which a table's first column names, not the figure."""
    first = re.escape(label)
    return re.search(rf"\b(?:which|who|whose|what (?:is|was) the name|(?:what|which) {first})\b",
                     question, re.IGNORECASE) is not None  # fmt: skip
