"""Tell whether words are of the opposite of what a question names: of summer, not of winter.

Knows groups of English words of which only one can be meant. What is nearest to the answer
counts: its part of the sentence, then the sentence, then the headings above.
"""

import re
from functools import lru_cache

from qa.answer.signs.binding import part_around
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
_GROUPS += [
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
_LAST_NAME = re.compile(r"\blast names?\b", re.IGNORECASE)
_AT_LEAST = re.compile(r"\b(?:at least|no (?:less|fewer) than)\b", re.IGNORECASE)
_AT_MOST = re.compile(r"\b(?:at most|up to|(?:no|not) more than)\b", re.IGNORECASE)


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
    levels = [_said(part_around(text, answer.start)), _said(text), _said(above)]
    return any(_is_other(group, asked, levels) for group in groups)


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


def _said(text: str) -> set[str]:
    """Return a text's words, bounds among them: “at most” is a maximum."""
    return _stems(_AT_MOST.sub("maximum", _AT_LEAST.sub("minimum", text)))


def _stems(text: str) -> set[str]:
    plain = words(text)
    hyphened = [word.strip(".,;:()") for word in text.lower().split() if "-" in word]
    return {*map(stem, plain), *map(stem, hyphened), *(f"={word}" for word in plain)}
