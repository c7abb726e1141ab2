"""Tell a figure from how much more or less it is: “£240 more than last year”. Knows English."""

import re

from qa.answer.signs.question import asks_for_number
from qa.schema import Span

_ER = (
    r"(?:higher|lower|longer|shorter|larger|bigger|smaller|older|younger|taller|cheaper|dearer|"
    r"heavier|lighter|deeper|wider|faster|slower|warmer|colder|richer|poorer)"
)
_MORE_THAN = re.compile(
    rf"\W{{0,2}}(?:\b[a-z]+\s+){{0,2}}?(?:{_ER}\b|(?:more|less|fewer)\s+(?:[a-z]+\s+){{0,3}}?than\b)",
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
_MORE = re.compile(rf"\s+(?:{_ER}|more|less|fewer)\b", re.IGNORECASE)
_BY = re.compile(
    r"\b(?:r[io]s\w+|rais\w+|gr[eo]w\w*|f[ae]ll\w*|dropp?\w*|up|down|"
    r"increas\w+|decreas\w+|reduc\w+|cut|lower\w*|exceed\w*|shr[aiu]nk\w*)\s+"
    r"(?:[a-z]+\s+){0,3}?by\s+(?:about\s+|around\s+|some\s+|nearly\s+|almost\s+)?\W{0,2}$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"\b(?:{_ER}|more|less|fewer|extra|additional\w*|than|by|up|down|increas\w*|decreas\w*|"
    r"r[io]s[ei]\w*|raised?(?= (?:by|the|its|their|our|his|her)\b)|gr[eo]w\w*|f[ae]ll\w*|drop\w*|"
    r"chang\w*|differ\w*|"
    r"gap|reduc\w*|cuts?|sav\w*|gain\w*|los[est]\w*|improv\w*|compar\w*|discount\w*|off|rebate\w*|"
    r"margin|lead|ahead|behind|shr[aiu]nk\w*|exceed\w*|better|worse|effect\w*|impact\w*)\b",
    re.IGNORECASE,
)


def is_of_other_time(question: str, text: str) -> bool:
    """Whether an amount of some time is asked for, which a text only compares another with."""
    asked = _TIME.search(question)
    if asked is None or not asks_for_number(question) or _ASKED.search(question):
        return False
    said = list(re.finditer(rf"\b{re.escape(asked['time'])}\b", text, re.IGNORECASE))
    return bool(said) and all(_THAN.search(text, 0, each.start()) for each in said)


def is_difference(question: str, text: str, answer: Span) -> bool:
    """Whether an amount is asked for, and an answer is how much more or less something is.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence.
    """
    if not asks_for_number(question) or _ASKED.search(question):
        return False
    more = _MORE.search(text, *answer)
    return _MORE_THAN.match(text, more.start() if more else answer.end) is not None or (
        _BY.search(text, 0, answer.start) is not None
    )
