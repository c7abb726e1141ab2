"""What a question asks for: a number, a date, a whole sentence; which names it has.

Knows English question words and word shapes. Does not know passages or the index.
"""

import re

from qa.words import FUNCTION_WORDS

_LATER_WORD = re.compile(r"(?<=\S )[\"“‘'(]?(\w[\w-]*\w)")
_COUNTED = re.compile(
    r"\b(?:how (?:many|much|big|large|long|far|old|tall|high|heavy|often)|percent(?:age)?|"
    r"number of|amount|what share|cost|price|total)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:money|cash|dollars?|euros?|usd|worth|value|cost|costs|price|budget|funds?|funding|"
    r"sp(?:end|ent|ends)|pa(?:y|ys|id)|fined?|donat\w+|financ\w+)\b|\$",
    re.IGNORECASE,
)
_OTHER_UNIT = re.compile(
    r"\bhow (?:many|big|large|long|far|old|tall|high|heavy|often)\b|\bpercent(?:age)?\b|"
    r"\bshare\b|\b(?:kilos?|kilograms?|kg|tons?|tonnes?|hectares?|acres?|people|land)\b",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(r"\bpercent(?:age)?\b|\bwhat share\b", re.IGNORECASE)
_NAMED = re.compile(r"^\W*(?:who|whom|whose|where)\b", re.IGNORECASE)
# Not "what happened when …", nor "to date".
_DATED = re.compile(
    r"^(?:(?!\b(?:what|which|who|whom|whose|where|why|how)\b).)*\bwhen\b|"
    r"\b(?:what|which) (?:year|month|date|day)\b|(?<!\bto )\bdate\b",
    re.IGNORECASE | re.DOTALL,
)
# A reason, a way, an explanation, a yes or no, or several things: no short span is enough.
_EXPLAINED = re.compile(
    r"^\W*(?:why|how come|list|name (?:all|the|some)|describe|explain|tell me|"
    r"is|are|was|were|did|do|does|has|have|had|can|could|will|would|should)\b|"
    r"\b(?:what|for what) (?:is|was|were|are) the (?:reasons?|purpose|cause)\b|"
    r"\bwhy\b|\bhow (?:did|do|does|is|are|was|were|can|has|have|will|would)\b|"
    r"\bwhat (?:kinds?|types?|sorts?|steps|measures) (?:of )?\b|"
    r"\b(?:what|which)\b.*\ball\b|\bwhat (?:do|does)\b.*\b(?:say|do)\b",
    re.IGNORECASE,
)
# Steps, parts, members: all of them are wanted, not one.
_ALL = re.compile(
    r"^\W*(?:list|name (?:all|the|some)|how (?:do|can|should|to|must)\b)|"
    r"\b(?:what|which)\b.*\b(?:needs?|needed|required?|requires|requirements|steps|necessary|"
    r"include[ds]?|contains?|consists?|made of|made up|bring|offered|available|allowed)\b|"
    r"\bwhat are\b|\ball (?:the|of)\b|"
    r"\b(?:which|what) (?:\w+ ){0,2}\w+s (?:are|were|do|did|can|have|must)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next|\d+(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\b(?:quot|earlier|previous|original|older|first (?:mail|message))", re.I)
_TOTAL = re.compile(
    r"\b(?:together|altogether|in total|in all|combined|sum of|(?:on|the) average|average of|"
    r"overall)\b",
    re.IGNORECASE,
)


def asks_for_number(question: str) -> bool:
    """Whether the answer must hold a number."""
    return _COUNTED.search(question) is not None


def asks_for_date(question: str) -> bool:
    """Whether the answer must hold a date, or part of one."""
    return _DATED.search(question) is not None


def asks_for_money(question: str) -> bool:
    """Whether the number asked for is an amount of money."""
    return _MONEY.search(question) is not None and _OTHER_UNIT.search(question) is None


def asks_for_other_unit(question: str) -> bool:
    """Whether the number asked for cannot be an amount of money."""
    return _OTHER_UNIT.search(question) is not None and _MONEY.search(question) is None


def asks_for_percentage(question: str) -> bool:
    """Whether the number asked for is a share."""
    return _PERCENTAGE.search(question) is not None


def asks_for_name(question: str) -> bool:
    """Whether the answer is a person or a place."""
    return _NAMED.search(question) is not None


def asks_for_sentence(question: str) -> bool:
    """Whether a whole sentence answers better than a clipped span."""
    return _EXPLAINED.search(question) is not None


def asks_for_all(question: str) -> bool:
    """Whether all steps, parts or members are wanted, not one of them."""
    return _ALL.search(question) is not None and _ORDINAL.search(question) is None


def asks_for_quoted(question: str) -> bool:
    """Whether an older message that a mail quotes is meant."""
    return _QUOTED.search(question) is not None


def asks_for_total(question: str) -> bool:
    """Whether the answer is a sum or an average, which one row of a table is not."""
    return _TOTAL.search(question) is not None


def question_names(question: str) -> list[str]:
    """Find what is capitalised in a question as names are, the first word aside.

    In a question all in capitals, Or Like This, names cannot be told from other words.
    """
    found = [word for word in _LATER_WORD.findall(" ".join(question.split())) if word[0].isupper()]
    function_words = [word for word in found if word.lower() in FUNCTION_WORDS]
    if question.isupper() or len(function_words) > 1:  # one may be of a name: The Hague
        return []
    return [word for word in dict.fromkeys(found) if word not in function_words]
