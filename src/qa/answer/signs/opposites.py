"""Tell whether words are of the opposite of what a question names: of summer, not of winter.

Knows groups of English words of which only one can be meant. What is nearest to the answer
counts: its part of the sentence, then the sentence, then the headings above.
"""

import re
from functools import lru_cache

from qa.answer.signs.binding import part_around
from qa.answer.signs.values.kinds import has_number
from qa.schema import Span
from qa.words import stem, words

_GROUPS = [
    [frozenset(map(stem, one.split(","))) for one in group.split()]
    for group in (
        "summer winter spring autumn",
        "indoor,indoors,inside outdoor,outdoors,outside",
        "weekday,weekdays weekend,weekends",
        "adult,adults child,children,kids",
        "arrival,arrivals departure,departures",
        "morning,mornings afternoon,afternoons evening,evenings",
        "minimum maximum",
        "men,boys women,girls",
        "import,imports,imported export,exports,exported",
        "gross net",
        "inbound,incoming outbound,outgoing",
        "urban rural",
        "full-time part-time",
        "employer,employers employee,employees",
        "landlord,landlords tenant,tenants",
        "lender,lenders borrower,borrowers",
        "deposit,deposits withdrawal,withdrawals",
        "next last,previous",
    )
]
# Not by stem: the larger of two may be small.
_DEGREES = [
    [frozenset(f"={word}" for word in one.split(",")) for one in group.split()]
    for group in (
        "larger,bigger,greater smaller",
        "largest,biggest,greatest smallest",
        "higher,taller lower",
        "highest,tallest lowest",
        "longer shorter",
        "longest shortest",
        "older younger,newer",
        "oldest youngest,newest",
        "cheaper dearer,costlier",
    )
]
_GROUPS += _DEGREES
# “How long does it last?”
_LAST_NAME = re.compile(r"\blast names?\b|\blast\b(?=\W*$| for\b| until\b)", re.IGNORECASE)
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_MINIMUM = re.compile(r"\bminimum\b", re.IGNORECASE)
_MAXIMUM = re.compile(r"\bmaximum\b", re.IGNORECASE)
_BOUND_CHARACTERS = 24  # “must not be higher than ”
_LEAST_SAID = (
    r"\b(?:at least|(?:no|not)(?: be)? (?:less|fewer|lower|shorter|smaller|younger|earlier) than|"
    r"not (?:fall|drop|go|be) below)"
)
_MOST_SAID = (
    r"\b(?:at most|(?:no|not)(?: be)? (?:more|higher|greater|longer|larger|older|later) than|"
    r"(?:not|without) exceed(?:ing)?|not (?:rise|go|be) above|up to)"
)
_LAST, _AMOUNT = r" *\S{0,12}(?: [a-z]+)?$", r" *[$€£]?\d"
_AT_LEAST, _AT_MOST = (re.compile(said + _LAST, re.I) for said in (_LEAST_SAID, _MOST_SAID))
_LEAST, _MOST = (re.compile(said + _AMOUNT, re.I) for said in (_LEAST_SAID, _MOST_SAID))
_WHAT = re.compile(r"\W*(?:what|how|(?:the )?(?:minimum|maximum))\b", re.IGNORECASE)
_ORDINAL = re.compile(
    r"(?<!\d )(?<!\d)\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
    r"\s+([^\W\d_]+)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d.,]*")


def of_opposite(question: str, text: str, answer: Span, above: str = "") -> bool:
    """Whether an answer is said of the opposite of what a question names, and not of that, too.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence.
        above: The headings above it.
    """
    asked, groups = _asked(question)
    if not groups:
        return False
    if _is_other_bound(question, text, answer):
        return True
    levels = [_stems(part_around(text, answer.start)), _stems(text), _stems(above)]
    if _THAN.search(text):  # what is lower than another may be the higher's own sentence
        groups = [group for group in groups if group not in _DEGREES]
    return any(_is_other(group, asked, levels) for group in groups)


def of_other_ordinal(question: str, text: str) -> bool:
    """Whether a text is of the second of what a question asks for the first of, and not of that."""
    asked, said = _numbered(question), _numbered(text)
    return any(
        thing in said and said[thing].isdisjoint(numbers) for thing, numbers in asked.items()
    )


def _numbered(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, thing in _ORDINAL.findall(text):
        found.setdefault(stem(thing.lower()), set()).add(number.lower())
    return found


@lru_cache(maxsize=64)
def _asked(question: str) -> tuple[set[str], list[list[frozenset[str]]]]:
    """Return a question's words, and the groups that it has one of."""
    asked = _stems(_LAST_NAME.sub("surname", question))
    named = [group for group in _GROUPS if sum(not one.isdisjoint(asked) for one in group) == 1]
    return asked, named


def _is_other(group: list[frozenset[str]], asked: set[str], levels: list[set[str]]) -> bool:
    """Whether the first words that have any of a group have another than is asked."""
    for said in levels:
        found = [one for one in group if not one.isdisjoint(said)]
        if found:
            return all(one.isdisjoint(asked) for one in found)
    return False


def _is_other_bound(question: str, text: str, answer: Span) -> bool:
    """Whether the minimum is asked for, and an answer is said to be “at most” so much.

    Where a sentence has one figure, whatever else in it would answer is of that.
    """
    minimum = _MINIMUM.search(question) is not None
    if minimum is (_MAXIMUM.search(question) is not None):
        return False
    upto = text[max(0, answer.start - _BOUND_CHARACTERS) : answer.end]
    least, most = _AT_LEAST.search(upto) is not None, _AT_MOST.search(upto) is not None
    own = _MINIMUM if minimum else _MAXIMUM
    alone = len(_FIGURE.findall(text)) == 1 and not has_number(_FIGURE.sub("", text))
    if least is most and alone and not own.search(text) and _WHAT.match(question):
        least, most = _LEAST.search(text) is not None, _MOST.search(text) is not None
    return least is not most and most is minimum


def _stems(text: str) -> set[str]:
    plain = words(text)
    hyphened = [word.strip(".,;:()") for word in text.lower().split() if "-" in word]
    return {*map(stem, plain), *map(stem, hyphened), *(f"={word}" for word in plain)}
