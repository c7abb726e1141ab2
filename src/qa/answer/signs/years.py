"""Tell whether a text is of the years that a question names, or of others.

A year stands for itself, "the 1990s" for ten, "from 1998 to 2003" for all in between, "since
2010" for all later ones, "until 2007" for all earlier ones; two years side by side are two. Does
not know passages.
"""

import re

from qa.schema import Span

YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FIRST, _LAST = 0, 9999
_WORDS_BETWEEN = r"\s*(?:[^\W\d]+\.?,?\s+){0,2}(?:\d{1,2},?\s+)?"  # "May", "3 May", "May 3,"
_RANGE = re.compile(
    rf"(?<!\d)(?P<low>{YEAR.pattern})"
    rf"(?:\s*[-–—/]\s*|,?\s+(?:to|until|till|through|and)\b{_WORDS_BETWEEN})"
    rf"(?P<high>{YEAR.pattern}|\d\d(?!\d))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\b", re.IGNORECASE)
_SPANNED = re.compile(rf"(?<!\d)(?P<year>{YEAR.pattern})(?P<many>['’]?s\b)?")
_LATER = re.compile(r"\b(?:since|from|after|following|until now|to date)\b", re.IGNORECASE)
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


def of_other_years(question: str, text: str) -> bool:
    """Whether a text has years, and none that the question could mean."""
    asked, said = _spans(question), _spans(text)
    if not asked or not said:
        return False
    for match in _ASKED_AROUND.finditer(question):
        year = int(match["year"])
        asked.append(Span(year, _LAST) if match["later"] else Span(_FIRST, year))
    if _LATER.search(text):
        said.append(Span(min(span.start for span in said), _LAST))
    if _EARLIER.search(text):
        said.append(Span(_FIRST, max(span.end for span in said)))
    return not any(_meet(one, other) for one in asked for other in said)


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
