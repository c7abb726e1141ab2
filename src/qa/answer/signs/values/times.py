"""Tell whether a text is of the years or days of the week that a question names, or of others.

A year stands for itself, "the 1990s" for ten, "from 1998 to 2003" for all in between, "since
2010" for all later ones, "until 2007" for all earlier ones; two years side by side are two. "Mon to
Fri" are five days, and so are weekdays. Knows English days. Does not know passages.
"""

import re

from qa.months import SHORT_MONTH
from qa.schema import Span

YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FIRST, _LAST = 0, 9999
_WORDS_BETWEEN = (
    r"\s*(?:\d{1,2}\s+)?(?:[^\W\d]+\.?,?\s+){0,2}(?:\d{1,2},?\s+)?"  # "3 May", "May 3,"
)
_RANGE = re.compile(
    rf"(?<!\d)(?P<low>{YEAR.pattern})"
    rf"(?:\s*[-–—/]\s*|,?\s+(?:to|until|till|through|and)\b{_WORDS_BETWEEN})"
    rf"(?P<high>{YEAR.pattern}|\d\d(?!\d))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\b", re.IGNORECASE)
_SPANNED = re.compile(rf"(?<!\d)(?P<year>{YEAR.pattern})(?P<many>['’]?s\b)?")
_LATER = re.compile(
    rf"\b(?:since|from|after|following|starting|beginning)\s+(?:[^\W\d]+\s+){{0,3}}(?:\d{{1,2}},?\s+)?{YEAR.pattern}|"
    r"\b(?:since|until now|to date|still)\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    rf"\b(?:until|till|before|prior to|by|up to)\s+(?:[^\W\d]+\s+){{0,2}}{YEAR.pattern}",
    re.IGNORECASE,
)
_ASKED_AROUND = re.compile(
    r"\b(?:(?P<later>since|after|following|from)|"
    r"(?P<earlier>until|till|before|prior to|by|up to))\s+"
    rf"(?:[^\W\d]+\s+){{0,2}}(?P<year>{YEAR.pattern})",
    re.IGNORECASE,
)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(
    r"\b(?:(?i:(?P<full>mon|tues|wednes|thurs|fri|satur|sun)days?)|"
    r"(?P<short>Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun))\b"
)
_TO = re.compile(r"\.?\s*(?:[-–—]|to|through|till|until)\s*", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\b(morning|afternoon|evening)s?\b", re.IGNORECASE)
_HOURS = re.compile(
    r"(?<![\d.:])(?P<from>\d{1,2})[:.](?P<past>\d\d)\s?(?:[-–—]|to)\s?(?P<to>\d{1,2})[:.](?P<over>\d\d)"
    r"(?![\d:]|\.\d|\s?[ap]\.?m)"
)
_NOON = 12
_OF_HOURS = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|may|will)\b|"
    r"\b(?:open|clos|until|till|from when|costs?|price|pay)",
    re.IGNORECASE,
)
_HOURS_OF_DAY = 24
# What is in them begins before the one hour and ends after the other.
_PARTS_OF_DAY = {"morning": (12, 0), "afternoon": (17, 13.5), "evening": (24, 18)}
_SEVERAL = re.compile(
    r"\b(?:(?P<week>weekdays?|working days?|workdays?)|(?P<end>weekends?)|daily|"
    r"(?:every|each|any|all) ?days?|all week|seven days|day and night|nights?|always|holidays?)\b",
    re.IGNORECASE,
)
# “Fri 4 Dec   Christmas fair”, “4 December: concert”: a line of a list of days.
_MONTH = rf"(?:{SHORT_MONTH}|May)(?:[a-z]{{1,6}})?\.?"
_DAY_FIRST = re.compile(
    r"\W{0,3}(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,? )?"
    rf"(?:\d{{1,2}}\.? {_MONTH}|{_MONTH} \d{{1,2}}(?!\d))(?!\w).{{0,9}}?(?:  |\t|:|,| [–-] )"
)


def begins_with_day(text: str) -> bool:
    """Whether a line tells of what is on a day, which it begins with."""
    return _DAY_FIRST.match(text) is not None


def of_other_days(question: str, text: str) -> bool:
    """Whether a text has days of the week, and none that the question has."""
    asked = days_of(question)
    said = days_of(text) if asked else set()
    return bool(said) and not asked & said


def of_other_part_of_day(question: str, text: str) -> bool:
    """Whether the morning is asked about, and a row has one stretch of hours, in the afternoon."""
    asked = {match.lower() for match in _PART_OF_DAY.findall(question)}
    if len(asked) != 1 or " | " not in text or _OF_HOURS.search(question):
        return False
    stretches = list(_HOURS.finditer(text))
    if len(stretches) != 1 or _PART_OF_DAY.search(text):
        return False
    start, end = (
        int(stretches[0][hour]) + int(stretches[0][minute]) / 60
        for hour, minute in (("from", "past"), ("to", "over"))
    )
    part = asked.pop()
    if not start < end <= _HOURS_OF_DAY or (end <= _NOON and part != "morning"):  # 2 to 4 p.m.
        return False
    latest, earliest = _PARTS_OF_DAY[part]
    return start >= latest or end <= earliest


def of_other_years(question: str, text: str) -> bool:
    """Whether a text has years, and none that the question could mean."""
    asked, said = _spans(question), _spans(text)
    if not asked or not said:
        return False
    for match in _ASKED_AROUND.finditer(question):
        year = int(match["year"])
        asked.append(Span(year, _LAST) if match["later"] else Span(_FIRST, year))
    if _LATER.search(_RANGE.sub("", text)):
        said.append(Span(min(span.start for span in said), _LAST))
    if _EARLIER.search(text):
        said.append(Span(_FIRST, max(span.end for span in said)))
    return not any(_meet(one, other) for one in asked for other in said)


def within_years(question: str, text: str) -> bool:
    """Whether a text has a span of years, and all years of the question lie inside of one."""
    asked = [int(year) for year in YEAR.findall(question)]
    said = [span for span in _spans(text) if span.start < span.end]
    return bool(asked) and all(any(s.start <= y <= s.end for s in said) for y in asked)


def days_of(text: str) -> set[int]:
    """Number the days of the week that a text names, Monday 0."""
    found: set[int] = set()
    last: re.Match[str] | None = None
    for match in _DAY.finditer(text):
        day = _day(match)
        found.add(day)
        if last is not None and _TO.fullmatch(text, last.end(), match.start()):
            found |= {(_day(last) + later) % 7 for later in range((day - _day(last)) % 7)}
        last = match
    for match in _SEVERAL.finditer(text):
        found |= set(range(5)) if match["week"] else {5, 6} if match["end"] else set(range(7))
    return found


def _day(match: re.Match[str]) -> int:
    return _DAYS.index((match["full"] or match["short"]).lower()[:3])


def _spans(text: str) -> list[Span]:
    """List the years of a text, each with the last that it stands for."""
    found = [
        Span(int(match["year"]), int(match["year"]) + _years_of(match["year"], match["many"]))
        for match in _SPANNED.finditer(text)
    ]
    for match in _RANGE.finditer(text):
        low, high = match["low"], match["high"]
        joined = " and " in match.group().lower()
        if not joined or _BETWEEN.search(text, 0, match.start()):
            last = int(low[: 4 - len(high)] + high)
            found.append(Span(int(low), last if last >= int(low) else last + 100))
    return found


def _years_of(year: str, many: str | None) -> int:
    """Return how many years more "1990s" and "1900s" stand for."""
    if not many or not year.endswith("0"):
        return 0
    return 99 if year.endswith("00") else 9


def _meet(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
