"""Decide whether a table's first row is its header, from the cells' text alone.

Does not know bold type, or what a file says about its tables.
"""

import re
from collections.abc import Iterable, Sequence

from qa.months import MONTH_OR_SHORT

_NAME_CHARACTERS = 60
_DATE_CHARACTERS = 30
_TELLING_ROWS = 20
_ADDRESS = re.compile(r"://|\w@\w")
_MONTH = re.compile(rf"\b{MONTH_OR_SHORT}\b", re.IGNORECASE)
_PERIOD = re.compile(r"(?:(?:19|20)\d\d|2100)(?:[-/]\d\d(?:\d\d|-\d\d)?)?")


def looks_like_header(rows: Sequence[Sequence[str]], *, expected: bool = False) -> bool:
    """Tell whether the first row names the columns: with short words, each another.

    Years do so too if figures stand below them. Two columns of words may as well be names
    and what they stand for ("Name | Ada"): figures or dates below one of the words tell.

    Args:
        rows: Cells' texts, each in its column; the first rows of a table will do.
        expected: Whether two columns of words have headers: most exports do.
    """
    names = [cell for cell in rows[0] if cell] if rows else []
    below = rows[1 : _TELLING_ROWS + 1]
    if not below or len(names) < 2 or len(set(names)) < len(names):
        return False
    if any(len(name) > _NAME_CHARACTERS for name in names):
        return False
    if any(map(is_value, names)):
        return _are_periods(rows[0], below)
    width = max(sum(map(bool, row)) for row in rows[1:])
    if len(names) < width - 1:
        return False
    return expected or width > 2 or _values_stand_below(rows[0], below)


def is_figure(cell: str) -> bool:
    """Tell a number, with or without signs around it, or a date in digits."""
    return (
        len(cell) <= _NAME_CHARACTERS
        and any(map(str.isdigit, cell))
        and not any(map(str.isalpha, cell))
    )


def is_value(cell: str) -> bool:
    """Tell a figure or an address, neither of which names a column."""
    return is_figure(cell) or _ADDRESS.search(cell) is not None


def is_period(cell: str) -> bool:
    """Tell a year from 1900 to 2100, and what begins with one: 2018/19, 2018-03, 2018-03-01."""
    return _PERIOD.fullmatch(cell) is not None


def _is_date(cell: str) -> bool:
    """Tell a date in words: 1 March 2018."""
    return (
        len(cell) <= _DATE_CHARACTERS
        and any(map(str.isdigit, cell))
        and _MONTH.search(cell) is not None
    )


def _column(rows: Iterable[Sequence[str]], at: int) -> list[str]:
    return [row[at] for row in rows if at < len(row) and row[at]]


def _values_stand_below(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether in most rows a figure or a date stands in one and the same column of a word."""
    return any(
        2 * sum(is_figure(cell) or _is_date(cell) for cell in _column(below, at)) > len(below)
        for at, name in enumerate(names)
        if name and not _is_date(name)
    )


def _are_periods(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Figures that name columns all the same: years in a row, with other figures below."""
    columns = [at for at, name in enumerate(names) if is_value(name)]
    periods = [names[at] for at in columns]
    cells = [cell for at in columns for cell in _column(below, at)]
    return (
        0 not in columns
        and len(periods) > 1
        and all(map(is_period, periods))
        and periods in (sorted(periods), sorted(periods, reverse=True))
        and 2 * sum(map(is_figure, cells)) > len(cells)
        and 2 * sum(map(is_period, cells)) < len(cells)
    )
