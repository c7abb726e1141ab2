"""Find the dates and version numbers by which a document or section says how new it is.

Knows English ways to write dates. Does not know documents.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from qa.months import MONTHS

_MONTH = rf"(?P<month>{'|'.join(name[:3] for name in MONTHS)})[a-z]{{0,6}}\.?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(rf"(?<![^\W_])(?<!\d[.,]){form}(?![^\W_])(?![.,]\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}[-_./](?P<month>0[1-9]|1[0-2])[-_./](?P<day>[0-3]\d)",
        rf"(?P<day>[0-3]?\d)\.\s?(?P<month>0?[1-9]|1[0-2])\.\s?{_YEAR}",
        rf"{_DAY}[\s_-]{{0,2}}(?:of )?{_MONTH}[\s,_-]{{0,3}}{_YEAR}",
        rf"{_MONTH}[\s_-]{{0,2}}{_DAY}[\s,_-]{{1,3}}{_YEAR}",
        rf"{_MONTH}[\s,_-]{{0,3}}{_YEAR}",
        rf"{_YEAR}[-_](?P<month>0[1-9]|1[0-2])",
        _YEAR,
    )
)
_NUMBER = re.compile(
    r"(?<![^\W_])(?:v|ver|version|rev|revision|edition|release|issue|draft)[\s._-]{0,2}"
    r"(?P<number>\d{1,4}(?:\.\d{1,4}){0,3})(?![^\W_])",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(
    r"\b(?:effective|in force|in effect|valid|applies|applicable|dated?|updated|revised|amended|"
    r"published|issued|adopted|approved|last (?:changed|modified|reviewed)|as (?:of|at))\b"
    r"(?P<after>[^\n]{0,40})",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:from|since|as of|as from|effective|with effect from|beginning|starting)\b"
    r"(?P<after>.{0,24})",
    re.IGNORECASE | re.DOTALL,
)


class Edition(NamedTuple):
    """How new something is; sorts from the oldest to the newest, what says nothing first.

    Attributes:
        date: Year, month and day, 0 for what is not said; empty if nothing is.
        number: Of the version, part by part; empty if it has none.
        proposed: Whether it is a draft or a proposal, which does not hold yet.
    """

    date: tuple[int, ...] = ()
    number: tuple[int, ...] = ()
    proposed: bool = False

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.date or self.number)

    @property
    def said(self) -> str:
        """The date as a person writes it, else the version, and whether it is a draft."""
        parts = ["draft" if self.proposed else "", self._when()]
        return ", ".join(filter(None, parts))

    def _when(self) -> str:
        if not self.date:
            return f"version {'.'.join(map(str, self.number))}" if self.number else ""
        year, month, day = self.date
        parts = [str(day) if day else "", MONTHS[month - 1] if month else "", str(year)]
        return " ".join(filter(None, parts))


def edition_of(text: str) -> Edition:
    """Read the latest date and the version number that a title, heading or name has."""
    dates = _dates(text)
    number = _NUMBER.search(text)
    found = tuple(map(int, number["number"].split("."))) if number else ()
    return Edition(max(dates, default=()), () if dates and len(found) == 1 else found)


def in_force(text: str) -> Edition:
    """Read since when the beginning of a document says that it holds."""
    stated = (_dates(match["after"])[:1] for match in _IN_FORCE.finditer(text))
    return Edition(next((dates[0] for dates in stated if dates), ()))


def since(sentence: str) -> Edition:
    """Read since when a sentence says that it holds: "from 1 May 2023"."""
    stated = (_dates(match["after"])[:1] for match in _FROM.finditer(sentence))
    return Edition(next((dates[0] for dates in stated if dates), ()))


def first_said(editions: Iterable[Edition]) -> Edition:
    """Return the first edition that says anything."""
    return next(filter(None, editions), Edition())


def years(text: str) -> set[int]:
    """Return the years that a text names."""
    return {date[0] for date in _dates(text)}


def without_editions(text: str) -> str:
    """Return a text without its dates and version numbers."""
    for form in (*_FORMS, _NUMBER):
        text = form.sub(" ", text)
    return text


def _dates(text: str) -> list[tuple[int, int, int]]:
    """Find dates in order; what is part of one is no date of its own."""
    found: dict[int, tuple[int, tuple[int, int, int]]] = {}
    for form in _FORMS:
        for match in form.finditer(text):
            parts = match.groupdict()
            first, last = match.span()
            if any(start < last and first < end for start, (end, _) in found.items()):
                continue
            date = (int(parts["year"]), _month(parts.get("month")), int(parts.get("day") or 0))
            found[first] = (last, date)
    return [found[start][1] for start in sorted(found)]


def _month(said: str | None) -> int:
    if not said:
        return 0
    if said.isdigit():
        return int(said)
    return next(
        number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(said.lower())
    )
