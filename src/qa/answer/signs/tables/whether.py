"""Say whether a cell holds what a question asks of it: a yes or a no, more or less than an amount.

Does not know rows.
"""

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import NamedTuple

from qa.answer.signs.tables.rows import number
from qa.words import stem

Test = Callable[[str], bool]
"""Whether a cell's value will do."""

YES = frozenset("yes y true available included ✓ ✔ x ● •".split())
NO = frozenset(
    "no|n|none|nil|false|unavailable|not available|not included|-|–|—|✗|✘".split("|")
) | {"out of stock", "sold out"}
_FIGURE = r"(?P<sign>[$£€]\s?)?(?P<figure>\d[\d.,]*)(?P<unit>\s?(?:%|[^\W\d_]+))?"
_AMOUNT = re.compile(_FIGURE, re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:(?P<less>(?:less|fewer|lower|smaller|shorter|cheaper|lighter|younger|quieter|colder|"
    r"cooler|slower|nearer|closer|narrower|thinner|weaker|shallower) than|under|below)|"
    r"(?P<more>(?:more|greater|higher|larger|longer|bigger|heavier|older|louder|warmer|hotter|"
    r"faster|farther|further|wider|thicker|stronger|taller|deeper|dearer) than|over|above)|"
    rf"(?P<between>between)\s+(?:[$£€]\s?)?(?P<low>\d[\d.,]*)(?P<low_unit>\s?[^\W\d_]+)?\s+and|"
    r"(?P<most>at most|up to|(?:no|not) more than|maximum of)|"
    rf"(?P<least>at least|(?:no|not) less than|no fewer than|minimum of))\s+{_FIGURE}",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:max(?:imum)?|min(?:imum)?|limit|capacity|longest|up to)\b", re.IGNORECASE
)
_LEAST_LIMIT = re.compile(r"\bmin(?:imum)?\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not)\s+$", re.IGNORECASE)
# Of each kind of unit the smallest, and how many of it the others are.
_SIZES: dict[str, dict[str, int]] = {
    "s": {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hr": 3600,
          "hour": 3600, "day": 86_400, "week": 604_800},
    "month": {"month": 1, "year": 12, "yr": 12},
    "mm": {"mm": 1, "cm": 10, "m": 1000, "metre": 1000, "meter": 1000, "km": 1_000_000},
    "mg": {"mg": 1, "g": 1000, "gram": 1000, "kg": 1_000_000, "kilo": 1_000_000},
    "£": {"gbp": 1, "pound": 1, "sterling": 1},
    "€": {"eur": 1, "euro": 1},
    "$": {"usd": 1, "dollar": 1},
    "ml": {"ml": 1, "cl": 10, "l": 1000, "litre": 1000, "liter": 1000},
}  # fmt: skip
_UNITS = {
    stem(unit): (size, smallest)
    for smallest, sizes in _SIZES.items()
    for unit, size in sizes.items()
}


class Amount(NamedTuple):
    """How much of which unit; empty where none is given."""

    size: Decimal
    unit: str


class Wanted(NamedTuple):
    """An amount of a question, and where it stands."""

    start: int
    end: int
    size: Decimal
    unit: str


class Comparison(NamedTuple):
    """A question's “less than £5”: where it stands, its amount, and what it makes of a cell."""

    start: int
    end: int
    unit: str
    holds: Test


def amount(value: str) -> Amount | None:
    """Return a cell's one amount, hours as so many seconds; None if it has none or several."""
    found = number(value)
    return None if found is None else _measured(found.amount, found.unit)


def comparisons(question: str, units: Collection[str] = ()) -> list[Comparison] | None:
    """List what a question compares; None if an amount may be read in two ways.

    Args:
        question: As asked.
        units: Those of a table, beside the common ones. Another word behind a figure is none.
    """
    known = {stem(unit.lower()) for unit in units} | _UNITS.keys()
    found = []
    for match in _COMPARED.finditer(question):
        figure = number(match["figure"].rstrip(".,"))
        if figure is None:
            return None
        unit = (match["sign"] or match["unit"] or "").strip()
        end = match.end()
        if unit and unit not in "$£€%" and stem(unit.lower()) not in known:
            unit, end = "", match.end("figure")
        wanted = _measured(figure.amount, unit)
        least = None
        if match["between"]:
            low = number(match["low"].rstrip(".,"))
            if low is None:
                return None
            from_ = _measured(low.amount, (match["low_unit"] or unit).strip())
            if from_.unit != wanted.unit:
                return None
            least = from_.size
        test = _comparing(match, wanted.size, least)
        found.append(Comparison(match.start(), end, wanted.unit, test))
    return found


def wanted_amounts(question: str) -> list[Wanted]:
    """List the amounts of a question that have a unit."""
    found = []
    for match in _AMOUNT.finditer(question):
        figure, unit = number(match["figure"].rstrip(".,")), match["sign"] or match["unit"] or ""
        if figure is not None and unit.strip():
            found.append(Wanted(*match.span(), *_measured(figure.amount, unit.strip())))
    return found


def is_limit(label: str) -> bool:
    """Whether a column says how much is allowed or fits."""
    return _LIMIT.search(label) is not None


def allowing(label: str, wanted: Decimal) -> Test:
    """Return a test of whether a limit allows an amount: of four hours one may stay for two."""
    least = _LEAST_LIMIT.search(label) is not None

    def holds(value: str) -> bool:
        found = amount(value)
        if found is None:
            return False
        return found.size <= wanted if least else found.size >= wanted

    return holds


def none_of(values: Collection[str]) -> Test:
    """Return a test of whether a cell says something, and none of some values."""
    return lambda value: bool(value) and value not in values


def is_no(value: str) -> bool:
    """Whether a cell says no, or how many with none."""
    found = number(value)
    return value.lower() in NO or (found is not None and found.amount == 0)


def is_yes(value: str) -> bool:
    """Whether a cell says yes, or how many with some."""
    return bool(value) and not is_no(value)


def say_whether(values: Collection[str]) -> bool:
    """Whether cells say yes and no, or how many with none somewhere."""
    plain = all(value.lower() in YES | NO or number(value) for value in values if value)
    return plain and any(map(is_no, values)) and not all(map(is_no, values))


def unit_said(unit: str) -> str:
    """Return the smallest unit of a unit's kind: seconds, of hours; £, of pounds and GBP."""
    return _measured(Decimal(1), unit).unit


def _measured(size: Decimal, unit: str) -> Amount:
    factor, smallest = _UNITS.get(stem(unit.lower()), (1, stem(unit.lower())))
    return Amount(size * factor, smallest)


def _comparing(match: re.Match[str], wanted: Decimal, least: Decimal | None) -> Test:
    denied = _DENIED.search(match.string, 0, match.start()) is not None  # "not over £5"

    def holds(value: str) -> bool:
        found = amount(value)
        if found is None:
            return False
        if least is not None:
            return least <= found.size <= wanted
        if match["less"]:
            return found.size >= wanted if denied else found.size < wanted
        if match["more"]:
            return found.size <= wanted if denied else found.size > wanted
        return found.size <= wanted if match["most"] else found.size >= wanted

    return holds
