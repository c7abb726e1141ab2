"""Tell which of several values in a sentence belongs to what the question names.

"The speed limit is 50 for lorries and 80 for cars": of parts that each hold a value of the
kind asked for, the one with the question's own word. Works on words, by stem; does not know
the network.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple

from qa.schema import Span
from qa.words import FUNCTION_WORDS, query_terms, stem, words

_GAP = re.compile(
    r"[,;]\s+(?:(?:and|but|while|whereas|or)\s+)?|\s+(?:and|but|while|whereas|or)\s+", re.IGNORECASE
)
_ASKED_NOUN = re.compile(
    r"\bhow (?:many|much) (?P<noun>[^\W\d_][\w-]*(?: [^\W\d_][\w-]*)?) "
    r"(?:was|were|is|are|did|do|does|has|have|had|can|could|will)\b",
    re.IGNORECASE,
)
_AFTER_VALUE = re.compile(r"\d[\d.,]*\s+(?P<noun>[^\W\d]+)")
_THING = re.compile(
    r"\b(?:the|an?|this|our|your|my|their|its|each|every|how\s+many|how\s+much)"
    r"(?=\s+(?P<first>[^\W\d_][\w-]*)\s+(?P<second>[^\W\d_][\w-]*)(?!['’])"
    r"(?:\s+(?P<next>[^\W\d_]\w*))?)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\W*(?P<first>[^\W\d_][\w-]*)\s+(?P<second>[^\W\d_][\w-]*)\b(?!['’])")
_WORD = re.compile(r"[^\W\d_][\w-]*|\d+")
_PARTICIPLE = re.compile(r"\w{2,}(?:ed|en|lt|nt|ld|ght|wn|ne|de|st|ng|nk|ut|et|id)")
_DO = re.compile(r"\b(?:do|does|did|can|could|will|would|should|must)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_COUNTS = re.compile(
    r"\d.*|two|three|four|five|six|seven|eight|nine|ten|first|last|next|same|only|"
    r"most|new|recent|current|present|own|main|whole|entire|other|good|big|large|small|great|\w+est"
)
_NEARLY = 0.76


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
    having = [span for span in parts(text) if holds_value(text[slice(*span)])]
    if len(having) < 2:
        return None
    wanted = {
        stem(term)
        for term in query_terms(question)
        if not term[0].isdigit() or _YEAR.fullmatch(term)
    }
    held = [wanted & {stem(word) for word in words(text[slice(*span)])} for span in having]
    counted = [_counted(text[slice(*span)]) for span in having]
    own = [
        number
        for number in range(1, len(having))
        if held[number] - set().union(*held[:number], *held[number + 1 :])
        and not (counted[0] in wanted and counted[number] not in {None, *wanted})
    ]
    if len(own) > 1 and (noun := _ASKED_NOUN.search(question)):
        # "55.6 MT seized, including 21.9 MT of marijuana": the noun decides, not the verb.
        nouns = {stem(word) for word in words(noun["noun"])}
        own = [number for number in own if nouns <= held[number]]
    return having[own[0]] if len(own) == 1 else None


def _counted(part: str) -> str | None:
    """Return the stem of the word right behind a part's figure, if it is not a function word."""
    match = _AFTER_VALUE.search(part)
    noun = match["noun"].lower() if match else ""
    return stem(noun) if noun and noun not in FUNCTION_WORDS else None


def parts(text: str) -> Sequence[Span]:
    """Cut a sentence at commas, semicolons and conjunctions."""
    starts, ends = [0], []
    for gap in _GAP.finditer(text):
        ends.append(gap.start())
        starts.append(gap.end())
    return [Span(*pair) for pair in zip(starts, [*ends, len(text)], strict=True)]


def names_another(question: str, text: str, around: str, mentions: Callable[[str], bool]) -> float:
    """Say how plainly a sentence speaks of another thing: of the red, not the pink tower.

    Args:
        question: As asked.
        text: The sentence.
        around: The headings above it.
        mentions: Says whether any document has a word.

    Returns:
        3 if the question names "the pink tower" and the sentence "the red tower", or, of "the red
        bridge", "the red tower" where bridges stand elsewhere; else 0.
    """
    present, asked = _stems(f"{text} {around}"), _stems(question)
    may_end_in_verb = _DO.search(question) is not None
    said = _things(text)
    if (opening := _OPENING.match(text)) is not None and opening["second"].endswith("s"):
        said += _pairs([opening["first"], opening["second"]])
    things = _things(question)
    if not any(word in FUNCTION_WORDS for word in words(question)):  # "cocaine seizures 2018"
        things = _pairs(_WORD.findall(question))
    for thing in things:
        first, second = stem(thing.first), stem(thing.second)
        for other in said:
            if second == stem(other.second):
                if _lacking(first, present) and stem(other.first) not in asked:
                    return 3.0
            elif (
                first == stem(other.first)
                and thing.ends is not may_end_in_verb
                and other.ends
                and _lacking(second, present)
                and stem(other.second) not in asked
                and mentions(thing.second)
            ):
                return 3.0
    return 0.0


def _stems(text: str) -> set[str]:
    return {stem(_folded(word)) for word in (*words(text), *_WORD.findall(text))}


def _folded(word: str) -> str:
    """Leave out accents and capitals."""
    parted = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in parted if not unicodedata.combining(c))


def _lacking(word: str, present: Collection[str]) -> bool:
    """Whether a word is not there, nor one that is spelt nearly as it."""
    return word not in present and not get_close_matches(word, present, 1, _NEARLY)


class _Thing(NamedTuple):
    """An article's two words, "the pink tower", and whether no further word of meaning follows."""

    first: str
    second: str
    ends: bool


def _pairs(found: Sequence[str]) -> list[_Thing]:
    """Take all words that stand side by side for things."""
    folded = [_folded(word) for word in found]
    return [
        _Thing(first, second, ends=False)
        for first, second in pairwise(folded)
        if _tells(first) and _tells(second)
    ]


def _things(text: str) -> list[_Thing]:
    found = [
        _Thing(_folded(match["first"]), _folded(match["second"]), _ends(match["next"]))
        for match in _THING.finditer(text)
    ]
    return [thing for thing in found if _tells(thing.first) and _tells(thing.second)]


def _ends(following: str | None) -> bool:
    """Whether what follows an article's two words is no noun that they go with."""
    return (
        following is None
        or not _tells(following.lower())
        or _PARTICIPLE.fullmatch(following.lower()) is not None
    )


def _tells(word: str) -> bool:
    """Whether a word can tell one thing from another."""
    return word not in FUNCTION_WORDS and not _COUNTS.fullmatch(word)
