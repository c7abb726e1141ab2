"""Read a mistyped word of a question as the word of the documents that is meant.

Only what neither a document nor the encoder's vocabulary has, and no number. A name is never read
as another: it may exist elsewhere, and "never mentioned" is then the answer; it is asked about.
Distance is Damerau's, edits and swaps of neighbours (Damerau 1964).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from qa.answer.signs.question import question_names
from qa.schema import Misspelling
from qa.words import FUNCTION_WORDS, stem

_WORD = re.compile(r"(?<![\w’'])[^\W\d_]+(?!\w)")
_ENDINGS = tuple("en ened ening ens able less ness ful fully ish ist ists".split())
_SHORTEST, _LONG = 4, 8
_LONGEST = 40
_MOST_TERMS = 40
_ANY = 1_000
_LEAST_SHARE = 0.35
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Vocabulary(Protocol):
    """What is asked of the documents' words."""

    def mentions(self, term: str) -> bool:
        """Whether any document has a word."""

    def stems(self, first: str) -> Sequence[tuple[str, int]]:
        """List the stems that begin with a letter, each with how many passages have it."""

    def forms(self, stem: str) -> Sequence[str]:
        """List words of some passages that have a stem."""


class Spelling(NamedTuple):
    """How a question is read.

    Attributes:
        question: To answer.
        read_as: The words that are read as others.
        suggestion: The question with names as the documents write them; empty if there are none.
    """

    question: str
    read_as: tuple[Misspelling, ...] = ()
    suggestion: str = ""


def spelling(question: str, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> Spelling:
    """Find the mistyped words of a question.

    Args:
        question: As asked.
        vocabulary: The documents' words.
        knows: Whether a word is in the encoder's vocabulary, so that it exists.
    """
    if question.isupper():
        return Spelling(question)
    names = {word for name in question_names(question) for word in _WORD.findall(name)}
    first = _WORD.search(question)
    names |= {first.group()} if first and first.group()[0].isupper() else set()
    read_as: list[Misspelling] = []
    suggested: list[Misspelling] = []
    for typed in dict.fromkeys(_WORD.findall(question)):
        if not _may_be_wrong(typed, vocabulary, knows):
            continue
        meant = _meant(typed, vocabulary)
        if meant is not None:
            (suggested if typed in names else read_as).append(Misspelling(typed, meant))
    corrected = _replaced(question, read_as)
    suggestion = _replaced(corrected, suggested) if suggested else ""
    return Spelling(corrected, tuple(read_as), suggestion)


def _may_be_wrong(typed: str, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> bool:
    word = typed.lower()
    return (
        _SHORTEST <= len(word) <= _LONGEST
        and word not in FUNCTION_WORDS
        and not _UNSPACED.search(word)
        and not vocabulary.mentions(word)
        and not any(map(knows, {word, stem(word), f"{stem(word)}e"}))
        and not any(word.endswith(end) and knows(word.removesuffix(end)) for end in _ENDINGS)
    )


def _meant(typed: str, vocabulary: Vocabulary) -> str | None:
    """Find the nearest word of the documents, of equally near ones the most frequent."""
    word = _plain(typed)
    found: list[tuple[int, int, str]] = []
    for term, count in _near_stems(word, vocabulary):
        for form in dict.fromkeys(vocabulary.forms(term)):
            distance = OSA.distance(word, _plain(form))
            most = 1 if stem(word) == stem(_plain(form)) else _slips(word)
            if 0 < distance <= most:
                found.append((distance, -count, form))
    return _as_typed(typed, min(found)[2]) if found else None


def _near_stems(word: str, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    """List the stems that a word may begin with, but for a slip, the nearest first."""
    counts: dict[str, int] = {}
    swapped = word[1] + word[0]
    counts |= vocabulary.stems(word[0])
    counts |= (entry for entry in vocabulary.stems(word[1]) if entry[0].startswith(swapped))
    near = []
    for size in range(max(2, round(_LEAST_SHARE * len(word))), len(word) + 2):
        terms = [term for term in counts if len(term) == size]
        most = 2 if size >= _LONG else 1
        # Of a word with one slip the stem ends a letter earlier or later.
        for cut in {size - 1, size, size + 1}:
            found = process.extract(
                word[:cut], terms, scorer=OSA.distance, score_cutoff=most, limit=_ANY
            )
            near += [(distance, -counts[term], term) for term, distance, _ in found]
    best = dict.fromkeys(term for _, _, term in sorted(near))
    return [(term, counts[term]) for term in list(best)[:_MOST_TERMS]]


def _slips(word: str) -> int:
    """Return how many letters may be wrong."""
    return 2 if len(word) >= _LONG else 1


def _replaced(question: str, words: Sequence[Misspelling]) -> str:
    for word in words:
        question = re.sub(rf"(?<!\w){re.escape(word.typed)}(?!\w)", word.read, question)
    return question


def _as_typed(typed: str, word: str) -> str:
    return word.capitalize() if typed[0].isupper() else word


def _plain(word: str) -> str:
    """Return a word in small letters without accents, as the index keeps it."""
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in apart if not unicodedata.category(c).startswith("M"))
