"""Tell which column of a table a word names: its own word, one that means the same or begins alike.

Does not know rows.
"""

import re
from collections.abc import Collection, Iterable

from qa.words import FUNCTION_WORDS, stem, words

_BRACKETS = re.compile(r"\([^)]*\)")
_ALIKE = 4  # letters of a stem that “actual” and “actually” share
_ENDINGS = ("al", "ally", "er", "or", "ing", "ion", "ation", "ment", "ance")
THINGS = frozenset(
    map(
        stem,
        "things items ones articles products goods tasks actions points projects materials "
        "positions jobs".split(),
    )
)
"""What may be called whatever a row is of."""
PEOPLE = frozenset(map(stem, "people persons employees colleagues staff members".split()))
"""What those may be called whose names stand in a row."""
PLAIN_VERBS = frozenset(
    stem(verb)
    for verb in """come came work belong go have get got cost sell sold run take live stay offer
    contain include need allow charge provide supply own buy bought pay paid require support find
    found see spend spent do hold held happen occur""".split()
)
"""Verbs that say no more of a row than that something of it holds."""
# Words that name the same column.
_SAME = [
    frozenset(map(stem, names.split()))
    for names in (
        "employee employees staff people persons headcount heads",
        "price prices cost costs fee fees fare rate charge",
        "owner responsible person who assigned assignee",
        "due deadline until",
        "supplier supply supplies supplied",
        "weight weigh weighs weighed mass",
        "length long",
        "height high tall",
        "depth deep",
        "age old",
        "status state availability",
    )
]


def alike(root: str, others: Collection[str]) -> bool:
    """Whether one of some words names the same column as a word does; all by stem."""
    return root in others or any(root in same and not same.isdisjoint(others) for same in _SAME)


def names(label: str, root: str) -> bool:
    """Whether a word is one of a column's name, means the same, or begins alike."""
    own = telling(label)
    worded = {word for word in own if not word.isdigit()}
    return (
        root in own
        or (len(worded) == 1 and alike(root, worded))
        or any(_is_derived(root, word) or _is_derived(word, root) for word in worded)
    )


def most_named(labels: Iterable[str], roots: Collection[str]) -> list[str]:
    """Of some columns keep those that most of some words name; none if no word names one."""
    shares = {label: sum(names(label, root) for root in roots) for label in labels}
    most = max(shares.values(), default=0)
    return [label for label, share in shares.items() if most and share == most]


def _is_derived(long: str, short: str) -> bool:
    return len(short) >= _ALIKE and any(long == short + ending for ending in _ENDINGS)


def telling(label: str) -> set[str]:
    """Return the words of a column's name by stem, small ones if it has no other: “Off”."""
    roots = {stem(word) for word in words(_BRACKETS.sub(" ", label) or label)}
    return {root for root in roots if root not in FUNCTION_WORDS} or roots
