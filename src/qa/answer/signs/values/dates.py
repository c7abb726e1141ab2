"""Read dates as calendars write them, and how a question stands to one: before, after, by, between.

English months, ISO dates, and figures with dots or slashes, of which others tell whether the day or
the month comes first. A date may lack its year, or be a month or a year. Does not know tables.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from qa.answer.signs.values.times import YEAR
from qa.months import MONTH_OR_SHORT, MONTHS
from qa.schema import Span

_NONE, _ANY = 0, 99
_YEAR = rf"(?P<year>{YEAR.pattern})(?!\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{MONTH_OR_SHORT})\b\.?"
_FORMS = (
    rf"{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
    rf"{_MONTH} {_DAY}(?![\d:])(?:,? {_YEAR})?",
    rf"{_MONTH}(?:,? {_YEAR})?",
    rf"{_YEAR}-(?P<numbered>\d\d)(?:-(?P<day>\d\d))?(?!\d)",
    rf"(?P<one>\d{{1,2}})(?P<between>[./])(?P<other>\d{{1,2}})(?P=between){_YEAR}",
    _YEAR,
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_TIME = r"(?:,?(?: at)? \d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?)?"
_CELL = [re.compile(_WEEKDAY + form + _TIME, re.IGNORECASE) for form in _FORMS]
_SAID = [re.compile(rf"\b{_WEEKDAY}{form}", re.IGNORECASE) for form in _FORMS]
_BEFORE = re.compile(
    r"\b(?:(?P<not_after>by(?: the)? end of|on or before|no later than|not later than|by)|"
    r"(?P<before>before(?: the)?(?P<its_end> end of)?|earlier than|prior to)|"
    r"(?P<not_before>on or after|since|no earlier than|not earlier than)|"
    r"(?P<after>(?:after|later than)(?: the)?(?: end of)?)|"
    r"(?P<within>between|from))(?: the)? $",
    re.IGNORECASE,
)
_FROM_DAY = re.compile(
    rf"\b(?:between|from)(?: the)? {_DAY} (?:and|to|until)(?: the)? (?=\d)", re.IGNORECASE
)
_AND = re.compile(r" (?:and|to|until) (?:the )?", re.IGNORECASE)
_MONTH_NUMBER = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}

Key = tuple[int, int, int]


class Date(NamedTuple):
    """A day, month or year; what is not said is 0."""

    year: int
    month: int
    day: int

    @property
    def first(self) -> Key:
        """What it begins with, to compare."""
        return self.year, self.month, self.day

    @property
    def last(self) -> Key:
        """What it ends with, to compare."""
        return self.year, self.month or _ANY, self.day or _ANY


class Asked(NamedTuple):
    """A stretch of a question that dates are to be compared with.

    Attributes:
        span: From the word that compares to the last date.
        dates: One, or the two of “between”.
        holds: Whether a date is what is asked for, the dates given once more.
    """

    span: Span
    dates: tuple[Date, ...]
    holds: Callable[[Date, Sequence[Date]], bool]

    @property
    def may_be_amounts(self) -> bool:
        """Whether two bare years may be figures: “between 1500 and 2000 seats”."""
        return len(self.dates) > 1 and not any(date.month for date in self.dates)


def read_all(values: Sequence[str]) -> list[Date] | None:
    """Read a column of dates; None if one is no date, or nothing tells its day from its month."""
    found = [_read(value) for value in values]
    matches = [match for match in found if match]
    if not matches or len(matches) < len(values):
        return None
    pairs = [(int(m["one"]), int(m["other"])) for m in matches if "one" in m.groupdict()]
    dotted = all(m["between"] == "." for m in matches if "one" in m.groupdict())
    day_first = dotted or any(one > 12 for one, _ in pairs)
    if pairs and not day_first and not any(other > 12 for _, other in pairs):
        return None
    dates = [_date(match, day_first=day_first) for match in matches]
    whole = [date for date in dates if date]
    return whole if len(whole) == len(dates) else None


@lru_cache(maxsize=64)  # asked for every table
def asked_about(question: str) -> Asked | None:
    """Find how a question stands to a date, or to two; None if it names none so."""
    dates = _dates_in(question)
    if (day := _FROM_DAY.search(question)) and dates and dates[0].start() == day.end():
        last = _date(dates[0])  # “between 1 and 15 May”
        if last and last.day:
            span = Span(day.start(), dates[0].end())
            return Asked(span, (last._replace(day=int(day["day"])), last), _between)
    for match in dates:
        said = _BEFORE.search(question, 0, match.start())
        date = _date(match)
        if said is None or date is None:
            continue
        if said["within"] is None:
            holds = _comparison(said, date)
            return holds and Asked(Span(said.start(), match.end()), (date,), holds)
        joined = _AND.match(question, match.end())
        second = joined and next((m for m in dates if m.start() == joined.end()), None)
        until = second and _date(second)
        if second is None or until is None:
            return None
        if until.year and not date.year:  # “between 1 and 10 May 2026”
            date = date._replace(year=until.year)
        return Asked(Span(said.start(), second.end()), (date, until), _between)
    return None


def _comparison(said: re.Match[str], date: Date) -> Callable[[Date, Sequence[Date]], bool] | None:
    if said["before"]:
        if said["its_end"]:
            return lambda own, asked: own.last <= asked[0].last
        return lambda own, asked: own.last < asked[0].first
    if said["not_after"]:
        whole = "end" in said["not_after"].lower()
        if not date.day and not whole:
            return None  # “by April”: its first day, or its last
        return lambda own, asked: own.last <= asked[0].last
    if said["after"]:
        return lambda own, asked: own.first > asked[0].last
    return lambda own, asked: own.first >= asked[0].first


def _between(own: Date, asked: Sequence[Date]) -> bool:
    return own.first >= asked[0].first and own.last <= asked[1].last


def _dates_in(question: str) -> list[re.Match[str]]:
    """Return the dates of a question in order, the longest where they overlap."""
    found = [match for form in _SAID for match in form.finditer(question)]
    found.sort(key=lambda match: (match.start(), -match.end()))
    ends: list[re.Match[str]] = []
    for match in found:
        if not ends or match.start() >= ends[-1].end():
            ends.append(match)
    return ends


def _read(value: str) -> re.Match[str] | None:
    return next((match for form in _CELL if (match := form.fullmatch(value.strip()))), None)


def _date(match: re.Match[str], *, day_first: bool | None = None) -> Date | None:
    """Read a date; of one with slashes that may be two nothing, where nothing tells the order."""
    said = match.groupdict()
    year, day = int(said.get("year") or _NONE), int(said.get("day") or _NONE)
    if "one" in said:
        day, month = int(match["one"]), int(match["other"])
        if day_first is None and match["between"] == "/" and max(day, month) <= 12:
            return None
        day_first = day_first if day_first is not None else month <= 12
        if not day_first:
            day, month = month, day
    elif said.get("month"):
        month = _MONTH_NUMBER[match["month"][:3].lower()]
    else:
        month = int(said.get("numbered") or _NONE)
    return Date(year, month, day) if month <= 12 and day <= 31 else None
