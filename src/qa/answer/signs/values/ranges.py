"""Tell whether an amount that a question gives lies in a range that a text speaks of.

“How much should a child of 8 take?” is of “children aged 6 to 12 years”, not of those “over 12”.
Knows English; an amount and a range are compared only if they have the same unit, or both are ages.
"""

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from qa.answer.signs.values.figures import figures, one_way, plain_figures
from qa.words import FUNCTION_WORDS, stem

_FIGURE = r"(?<![\w.,])\d+(?:\.\d+)?(?![\d.,]*\d)"
_UNIT = r"(?:[\s-]{0,2}(?P<unit>[^\W\d_]+|%))?"
_LOW, _HIGH = rf"(?<![−-])(?P<low>{_FIGURE})", rf"(?P<high>{_FIGURE})"  # not from -10
_INNER_UNIT = r"(?:\s?(?:(?!to\b|and\b)[^\W\d_]{1,3}|years?|dollars?|euros?|pounds?))?"
_OLD = r"(?:\s(?:of age|old))?"
_RANGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LOW}{_INNER_UNIT}\s?(?:-|–|—|to|until|up to)\s?(?:under |below )?{_HIGH}{_UNIT}",
        rf"\bbetween {_LOW}{_INNER_UNIT} and {_HIGH}{_UNIT}",
        rf"{_LOW}{_UNIT}{_OLD},?\s(?:and|or)\s(?:over|above|older|more|heavier|longer|up)\b",
        rf"{_LOW}\s?\+{_UNIT}",
        rf"{_HIGH}{_UNIT}{_OLD},?\s(?:and|or)\s(?:under|below|younger|less|lighter|shorter)\b",
        r"(?:\b(?:from|at least|minimum)\s|≥\s?)(?:the age of )?" rf"{_LOW}{_UNIT}",
        r"(?:\b(?P<more>over|above|(?:more|older|heavier|longer) than|exceeding|beyond)[\s-]|"
        rf"(?P<sign>>)\s?)(?:the age of )?(?P<low>{_FIGURE}){_UNIT}",
        r"(?:\b(?:up to|at most|maximum|max\.?|until)\s|≤\s?)(?:and including )?(?:the age of )?"
        rf"{_HIGH}{_UNIT}",
        r"(?:\b(?P<less>under|below|less than|younger than|lighter than|shorter than)[\s-]|"
        rf"(?P<sign><)\s?)(?:the age of )?{_HIGH}{_UNIT}",
    )
)  # fmt: skip
_AFTER = re.compile(rf"\bafter {_LOW}[\s-]{{0,2}}(?P<unit>years?)\b", re.IGNORECASE)
_AMOUNT = re.compile(rf"(?P<figure>{_FIGURE}){_UNIT}", re.IGNORECASE)
_AGED = re.compile(
    r"\b(?:age[ds]?|aged?|child(?:ren)?|kids?|adults?|persons?|people|pupils?|boys?|girls?|youths?|"
    r"seniors?|bab(?:y|ies)|patients?|teenagers?|students?|members?|visitors?|drivers?|applicants?|"
    r"anyone|everyone|those|who (?:is|are)|i['’]?\s?a?m|turn(?:s|ed|ing)?|years?)\b[^\d.;|]{0,12}$",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"(?P<sign>[$€£])\s?(?P<figure>\d+(?:\.\d+)?)")
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "sterling"}  # a pound is a weight, too
# What is counted behind "for adults" and the like is no age.
_MEASURE = re.compile(
    r"(?:kg|kilo\w*|g|grams?|mg|tons?|tonnes?|lbs?|pounds?|k?m|cm|mm|kilomet\w+|met(?:er|re)s?|miles?|feet|"
    r"litres?|liters?|ml|percent|dollars?|euros?|sterling|crowns|minutes?|hours?|days?|weeks?|months?|"
    r"people|persons?|guests?|nights?|points?)",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|may|might|must|should|will|would|has|have)\b",
    re.IGNORECASE,
)
_AGE = "age"
_YEARS = ("year", "years", "yr", "yrs", "s")
_CALENDAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FURTHER = re.compile(r"\b(?:further|additional|extra)\b", re.IGNORECASE)
_HOW_OLD = re.compile(r"\b(?:how old|how young|(?:what|which) age)\b", re.IGNORECASE)
_HOW_LONG = re.compile(r"\b(?:how (?:long|soon|far ahead)|when)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow (?:many|much) (\w+)", re.IGNORECASE)
_OF_TIME = {stem(unit) for unit in "minute hour day week month year night".split()}
_OF_AGE = re.compile(r"[\s-](?:olds?|of age)\b", re.IGNORECASE)
_MOST_CHARACTERS = 600
_LONGEST_QUESTION = 300


class _Range(NamedTuple):
    """From a figure to another, of a unit by stem, and how a text says that."""

    low: float
    high: float
    unit: str
    said: str

    def holds(self, figure: float, unit: str) -> bool:
        return unit == self.unit and self.low <= figure <= self.high

    def is_within(self, other: "_Range") -> bool:
        """Whether this is a part of another range, with one end the same."""
        ends = (self.low == other.low, self.high == other.high)
        inside = other.low <= self.low and self.high <= other.high
        return self.unit == other.unit and inside and sum(ends) == 1


def held_in_ranges(question: str, text: str) -> set[str]:
    """Return the figures of a question that lie in a range of a text."""
    return {
        figure
        for figure, unit in _amounts(question)
        if any(one.holds(float(figure), unit) for one in _ranges(text, after=True))
    }


def held_as_other_measure(question: str, text: str) -> set[str]:
    """Return the ages of a question that a text has only as another measure: 80 mg, not aged 80."""
    ages = {figure for figure, unit in _amounts(question) if unit == _AGE}
    if not ages or len(text) > _MOST_CHARACTERS:
        return set()
    plain = _in_words(one_way(text))
    units: dict[str, set[bool]] = {}
    for match in _AMOUNT.finditer(plain):
        measure = _MEASURE.fullmatch((match["unit"] or "").lower()) is not None
        units.setdefault(match["figure"], set()).add(measure)
    return {figure for figure in ages if units.get(figure) == {True}}


def outside_ranges(question: str, text: str) -> bool:
    """Whether a text has ranges of a unit that a question gives an amount of, and none holds it.

    Of what asks for a yes or no such a range is an answer all the same.
    """
    if _YES_OR_NO.match(question) or _FURTHER.search(text):
        return False
    return any(
        any(one.unit == unit for one in _ranges(text))
        and not any(one.holds(float(figure), unit) for one in _ranges(text))
        for figure, unit in _amounts(question)
        if not _is_asked_for(question, unit)
    )


def of_wider_range(question: str, text: str, others: Iterable[str]) -> bool:
    """Whether an amount lies in a range of a text, and in a narrower one of another text.

    What “under 16s” pay is not what a child of 2 pays if “under 3s swim free”.
    """
    own = _holding(question, text)
    return bool(own) and any(
        all(narrower.is_within(wider) for wider in own)
        for other in others
        for narrower in _holding(question, other)
    )


def holds_amount(question: str, text: str) -> bool:
    """Whether an amount of a question lies in a range of a text."""
    return bool(_holding(question, text))


def only_limits(answer: str, text: str) -> bool:
    """Whether all figures of an answer are where a range of its text begins or ends."""
    rest = _in_words(one_way(text))
    for one in _ranges(text):
        rest = rest.replace(one.said, " ")
    return figures(answer).isdisjoint(figures(rest))


def _holding(question: str, text: str) -> list[_Range]:
    """List the ranges of a text that an amount of a question lies in."""
    amounts = _amounts(question)
    return [one for one in _ranges(text) if any(one.holds(float(f), u) for f, u in amounts)]


def in_its_range(question: str, text: str) -> str:
    """Put the range that a text speaks of in the place of a question's amount that lies in it.

    “What does a parcel of 7 kg cost?” asks a text what “a parcel of 5 to 10 kg” costs.
    """
    if not _amounts(question) or _has_ranges(question):
        return question
    plain = _in_words(plain_figures(question))
    for match in _AMOUNT.finditer(plain):
        unit = _unit(plain, match)
        for one in _ranges(text):
            if unit and one.holds(float(match["figure"]), unit):
                behind = _OF_AGE.match(plain, match.end())
                end = behind.end() if behind else match.end()
                # Its unit is the next word where it has none of its own: “child of 9 take”.
                if match["unit"] and not _own(match["unit"]):
                    end = max(match.end("figure"), match.start("unit") - 1)
                return f"{plain[: match.start()]}{one.said.strip()}{plain[end:]}"
    return question


def _is_asked_for(question: str, unit: str) -> bool:
    """Whether a range of a unit would be the answer: “how long”, of days; “at what age”."""
    if unit == _AGE:
        return _HOW_OLD.search(question) is not None
    counted = {stem(word.lower()) for word in _HOW_MANY.findall(question)}
    return unit in counted or (unit in _OF_TIME and _HOW_LONG.search(question) is not None)


def _own(unit: str) -> bool:
    """Whether a word behind a figure is its unit, and not the next of the sentence."""
    return _MEASURE.fullmatch(unit) is not None or unit.lower() in _YEARS


@lru_cache(maxsize=64)
def _has_ranges(question: str) -> bool:
    return any(pattern.search(question) for pattern in _RANGES)


@lru_cache(maxsize=64)
def _amounts(question: str) -> frozenset[tuple[str, str]]:
    """List the figures of a question that have a unit, outside of its own ranges."""
    if len(question) > _LONGEST_QUESTION:
        return frozenset()
    text = _in_words(one_way(question))
    for pattern in _RANGES:
        text = pattern.sub(" ", text)
    found = set()
    for match in _AMOUNT.finditer(text):
        if not _CALENDAR.fullmatch(match["figure"]) and (unit := _unit(text, match)):
            found.add((match["figure"], unit))
    return frozenset(found)


@lru_cache(maxsize=1024)
def _ranges(text: str, *, after: bool = False) -> tuple[_Range, ...]:
    """List what a text speaks of from some figure on, up to one, or between two.

    Args:
        text: A sentence.
        after: Also what comes “after five years”.
    """
    if len(text) > _MOST_CHARACTERS:
        return ()
    text, found = _in_words(one_way(text)), []
    for pattern in (*_RANGES, _AFTER) if after else _RANGES:
        for match in pattern.finditer(text):
            ends = match.groupdict()
            low = float(ends["low"]) if ends.get("low") else -math.inf
            high = float(ends["high"]) if ends.get("high") else math.inf
            if ends.get("more") or (ends.get("sign") and low > -math.inf):
                low = math.nextafter(low, math.inf)
            if ends.get("less") or (ends.get("sign") and high < math.inf):
                high = math.nextafter(high, -math.inf)
            if low <= high and (unit := _unit(text, match)):
                found.append(_Range(low, high, unit, match.group()))
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return tuple(found)


def _unit(text: str, match: re.Match[str]) -> str:
    """Return a figure's unit by stem, of an age “age”; empty if there is none."""
    unit = (match["unit"] or "").lower()
    if unit in ("am", "pm", "a", "p"):
        return ""
    measured = _MEASURE.fullmatch(unit) is not None
    aged = _AGED.search(text, 0, match.start()) or _OF_AGE.match(text, match.end())
    if unit == "s" or (aged and not measured):  # “under 18s”
        return _AGE
    if unit == "%":
        return "percent"
    return stem(unit) if unit and unit not in FUNCTION_WORDS else ""


def _in_words(text: str) -> str:
    """Put the name of a currency behind a figure in place of its sign."""
    return _CURRENCY.sub(lambda match: f"{match['figure']} {_CURRENCIES[match['sign']]}", text)
