"""Compute how much one row's figures of two years differ.

“By how much is the budget cut?” Exact or not at all. Does not know scores, or citations.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from qa.answer.signs.question import ASKS_DIFFERENCE
from qa.answer.signs.tables.beside import Beside
from qa.answer.signs.tables.conditions import WHOLE_YEAR, columns_by_year
from qa.answer.signs.tables.explained import About, is_explained
from qa.answer.signs.tables.rows import Number, Row, number, rows_meant

_PERCENT = re.compile(r"%|\bper ?cent", re.IGNORECASE)
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_ASKED_WITH = re.compile(
    r"\b(?:difference|increase|decrease|growth|change|rise|drop|than|between)\b", re.IGNORECASE
)
_UP = re.compile(
    r"\b(?:more|higher|increas\w*|rais\w*|rises?|rose|grow\w*|grew|up)\b", re.IGNORECASE
)
_DOWN = re.compile(
    r"\b(?:less|fewer|lower\w*|decreas\w*|cut|reduc\w*|drop\w*|fall\w*|fell|shr[iau]nk\w*|down)\b",
    re.IGNORECASE,
)


class Change(NamedTuple):
    """How much a row's figures differ: the row, its two columns, and their numbers."""

    size: Decimal
    row: Row
    labels: tuple[str, str]
    numbers: tuple[Number, Number]


def change(question: str, rows: Sequence[Row], about: About) -> Change | None:
    """Compute what a question asks of one row's figures of two years.

    Args:
        question: As asked.
        rows: All of one table.
        about: What it is about.

    Returns:
        None where that is not asked, not plain, or the figures went the other way.
    """
    asks = ASKS_DIFFERENCE.search(question)
    meant = rows_meant(question, rows) if asks else []
    if len(meant) != 1 or _PERCENT.search(question):
        return None
    (row,) = meant
    beside = Beside(question, 0, rows)
    years = list(dict.fromkeys(WHOLE_YEAR.findall(question)))
    pairs = [pair for pair in columns_by_year(beside) if set(years) <= pair.keys()]
    if len(pairs) != 1:
        return None
    order = sorted(pairs[0])
    if len(years) > 1 and _THAN.search(question):  # “in 2026 than in 2025”
        order = years[::-1]
    earlier, later = (pairs[0][year] for year in order)
    for place in beside.named_values():
        beside.take(place)
    for way in (_ASKED_WITH, _UP, _DOWN):
        for match in way.finditer(question):
            beside.take(beside.within(*match.span()))
    beside.take(token for token in beside.open if token.said in pairs[0])
    first, second = number(row.value(earlier)), number(row.value(later))
    explained = is_explained(beside, about, [earlier, later, beside.key])
    if first is None or second is None or first.unit != second.unit or not explained:
        return None
    size = second.amount - first.amount
    up, down = _UP.search(question) is not None, _DOWN.search(question) is not None
    if (up and size <= 0) or (down and size >= 0) or (up and down):
        return None
    return Change(abs(size), row, (earlier, later), (first, second))
