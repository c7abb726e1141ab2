"""Measure how far two answers agree, as SQuAD does.

Rajpurkar et al. 2016, with the official script's normalisation: lower case, without
punctuation, articles and extra white space. Does not know where answers come from.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLE = re.compile(r"\b(a|an|the)\b")


def normalise(text: str) -> list[str]:
    """Lower-case, drop punctuation and articles, split into words."""
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    return _ARTICLE.sub(" ", bare).split()


def exact_match(text: str, answers: Sequence[str]) -> float:
    """Return 1 if the text is one of the answers after normalising, else 0."""
    return float(any(normalise(text) == gold for gold in _golds(answers)))


def token_f1(text: str, answers: Sequence[str]) -> float:
    """Return the token F1 with the nearest answer, 0 to 1."""
    return max(_f1(normalise(text), gold) for gold in _golds(answers))


def _golds(answers: Sequence[str]) -> list[list[str]]:
    """Normalise the answers; one of which nothing is left counts only where all are such."""
    return [gold for gold in map(normalise, answers) if gold] or [[]]


def _f1(found: list[str], gold: list[str]) -> float:
    shared = sum((Counter(found) & Counter(gold)).values())
    return 2 * shared / (len(found) + len(gold)) if shared else float(found == gold)
