"""Tell a figure from how much more or less it is: “£240 more than last year”. Knows English."""

import re

from qa.answer.signs.question import asks_for_number
from qa.schema import Span

_ER = (
    r"(?:higher|lower|longer|shorter|larger|bigger|smaller|older|younger|taller|cheaper|dearer|"
    r"heavier|lighter|deeper|wider|faster|slower|warmer|colder|richer|poorer)"
)
# Right behind the figure, at most its unit between: not “57 km, longer than”, nor “18 or older”.
_UNIT = r"(?:\s(?!(?:or|and|at|in|on|by|for|to|is|are|was|a|an|the|against|of|with)\b)[a-z]{1,12})?"
_MORE = rf"\s(?:{_ER}(?=\s(?:than|with|without)\b|\W*$)|(?:more|less|fewer)\b)"
_MORE_THAN = re.compile(
    rf"{_UNIT}\s(?:{_ER}(?:\sthan\b(?!\s(?:the age of )?\d)|(?=\swith(?:out)?\b|\W*$))|"
    r"(?:more|less|fewer)\s(?:[a-z]+\s){0,2}?than\b)",
    re.IGNORECASE,
)
_FIGURE_AND_MORE = re.compile(rf"\W*\d[\d.,]*{_UNIT}(?P<more>{_MORE})", re.IGNORECASE)
_BY = re.compile(
    r"\b(?:r[io]s(?:e|es|en|ing)|gr[eo]w(?:s|n|ing)?|f[ae]ll(?:s|en|ing)?|drop(?:s|ped)?|"
    r"(?:go|goes|went|gone) (?:up|down)|increas\w+|decreas\w+|reduc\w+|exceed\w*|shr[aiu]nk\w*)\s"
    r"(?:[a-z]+\s){0,3}?by\s(?:about\s|around\s|some\s|nearly\s|almost\s)?\W{0,2}$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"\b(?:{_ER}|more|less|fewer|extra|additional\w*|than|by|up|down|increas\w*|decreas\w*|"
    r"r[io]s[ei]\w*|raised?(?= (?:by|the|its|their|our|his|her)\b)|gr[eo]w\w*|f[ae]ll\w*|drop\w*|"
    r"chang\w*|differ\w*|gap|reduc\w*|cuts?|sav\w*|gain\w*|los[est]\w*|improv\w*|compar\w*|"
    r"discount\w*|off|rebate\w*|margin|lead|ahead|behind|shr[aiu]nk\w*|exceed\w*|better|worse|"
    r"effect\w*|impact\w*|surcharge|supplement|penalt\w+|inflation|deflation|bonus|premium|mark-?up|"
    r"deduct\w+)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?P<time>(?:last|previous) (?:year|month|week|season|quarter|summer|winter|spring|autumn)|"
    r"(?:year|month|week) before|(?:19|20)\d\d|yesterday)\b",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|against) (?:(?:in|the|for|during) ){0,2}$", re.IGNORECASE
)
# “than last year’s £500”, “than in 2023, when it was 40”: its own figure follows.
_ITS_OWN = re.compile(
    r"['’]s\b|\s?[(–—]|,?\s(?:when|with|at|where|which)\b|\W+(?:\w+\s){0,2}[$€£]?\d", re.IGNORECASE
)


def is_difference(question: str, text: str, answer: Span) -> bool:
    """Whether an amount is asked for, and an answer is how much more or less something is.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence.
    """
    if not _asks_for_amount(question):
        return False
    inside = _FIGURE_AND_MORE.match(text, *answer)
    end = inside.start("more") if inside else answer.end
    return _MORE_THAN.match(text, end) is not None or (
        _BY.search(text, 0, answer.start) is not None
    )


def is_of_other_time(question: str, text: str) -> bool:
    """Whether an amount of some time is asked for, which a text only compares another with."""
    asked = _TIME.search(question)
    if asked is None or not _asks_for_amount(question):
        return False
    said = list(re.finditer(rf"\b{re.escape(asked['time'])}\b", text, re.IGNORECASE))
    return bool(said) and all(
        _THAN.search(text, max(0, each.start() - 40), each.start())
        and not _ITS_OWN.match(text, each.end())
        for each in said
    )


def _asks_for_amount(question: str) -> bool:
    """Whether an amount is asked for, and not how much more or less it is."""
    return asks_for_number(question) and _ASKED.search(question) is None
