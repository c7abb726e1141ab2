"""Tell which of several values in a sentence belongs to what the question names.

"The speed limit is 50 for lorries and 80 for cars": of parts that each hold a value of the
kind asked for, the one with the question's own word. Works on words, by stem; does not know
the network.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from qa.schema import Span
from qa.words import FUNCTION_WORDS, query_terms, stem, words

_GAP = re.compile(
    r"[,;]\s+(?:(?:and|but|while|whereas|or)\s+)?|\s+(?:and|but|while|whereas|or)\s+", re.IGNORECASE
)
_AFTER_VALUE = re.compile(r"\d[\d.,]*\s+(?P<noun>[^\W\d]+)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*")


def bound_part(question: str, text: str, holds_value: Callable[[str], bool]) -> Span | None:
    """Find the one part of a sentence whose value the question is about.

    The first part is what is read anyway; a later one is meant if it alone has a word of the
    question, unless it counts something else than the question ("5 pilots and 3 nurses").

    Args:
        question: As asked.
        text: A sentence.
        holds_value: Whether a part holds a value of the kind asked for.

    Returns:
        A span in the sentence; None if there is no choice to make or no word decides.
    """
    parts = [span for span in _parts(text) if holds_value(text[slice(*span)])]
    if len(parts) < 2:
        return None
    wanted = {stem(term) for term in query_terms(question) if not term[0].isdigit()}
    held = [wanted & {stem(word) for word in words(text[slice(*span)])} for span in parts]
    counted = [_counted(text[slice(*span)]) for span in parts]
    own = [
        number
        for number in range(1, len(parts))
        if held[number] - set().union(*held[:number], *held[number + 1 :])
        and not (counted[0] in wanted and counted[number] not in {None, *wanted})
    ]
    return parts[own[0]] if len(own) == 1 else None


def _counted(part: str) -> str | None:
    """Return the stem of the word right behind a part's figure, if it is not a function word."""
    match = _AFTER_VALUE.search(part)
    noun = match["noun"].lower() if match else ""
    return stem(noun) if noun and noun not in FUNCTION_WORDS else None


def _parts(text: str) -> Sequence[Span]:
    starts, ends = [0], []
    for gap in _GAP.finditer(text):
        ends.append(gap.start())
        starts.append(gap.end())
    return [Span(*pair) for pair in zip(starts, [*ends, len(text)], strict=True)]


def names_another(question: str, text: str, around: str) -> bool:
    """Whether a sentence speaks of another thing by the question's noun: a red, not a pink tower.

    True if two words stand side by side in the question, the sentence has the second with
    another word in front, and neither it nor its surroundings have the first.

    Args:
        question: As asked.
        text: The sentence.
        around: The headings above it.
    """
    present = {stem(word) for word in words(f"{text} {around}")}
    before: dict[str, set[str]] = {}
    for first, second in _pairs(text):
        before.setdefault(stem(second), set()).add(first)
    return any(
        stem(first) not in present and any(_tells(other) for other in before.get(stem(second), ()))
        for first, second in _pairs(question)
        if _tells(first) and _tells(second)
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    found = [word.lower() for word in _WORD.findall(text)]
    return list(pairwise(found))


def _tells(word: str) -> bool:
    """Whether a word can tell one thing from another."""
    return word not in FUNCTION_WORDS and not word[0].isdigit()
