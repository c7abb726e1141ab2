"""Tell whether two sentences speak of the same thing: of the depot, or of Kent's and of Ely's.

Compares the titles and headings above them, the names in them and the words in front of what
the question asks about. Dates and versions do not tell things apart, nor does what a kind of
document is called. Does not know scores.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from qa.answer.outcome.dates import without_editions
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.question import question_names
from qa.words import asked_stems, content_stems, stem, words

_DOCUMENT_WORDS = frozenset(
    map(
        stem,
        """amended appendix approved archive archived article backup bulletin bylaws chapter
        circular code consultation copy current document draft edition english final fwd guide
        guideline guidelines handbook information instruction instructions leaflet letter
        manual memo memorandum minutes new newsletter note notes notice old page part plan
        policies policy previous procedure procedures proposal proposed re regulation
        regulations release replaced report revised revision rule rules section sheet
        statement summary superseded supplement terms text update updated version""".split(),
    )
)
_PATH_SIGNS = re.compile(r"[/._-]+")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}$", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][\w'’-]+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*")
_LEAST_SHARED = 0.5


class Things:
    """What the sentences that may answer a question speak of."""

    def __init__(self, question: str, title: Callable[[str], str]) -> None:
        """Prepare.

        Args:
            question: As asked.
            title: Returns a document's title.
        """
        self._title = title
        self._asked = asked_stems(question)
        self._named = {stem(word) for name in question_names(question) for word in words(name)}

    @property
    def asked_in_several_words(self) -> bool:
        """Whether a question has more than one word that says what it is about."""
        return len(self._asked) > 1

    def same(self, one: Candidate, other: Candidate) -> bool:
        """Whether two sentences say something of the same thing, in much the same words."""
        if self._apart(one, other) or self._apart(other, one) or self._files_apart(one, other):
            return False
        if _names(one) - self._said_with(other) or _names(other) - self._said_with(one):
            return False
        if self._modified(one, other):
            return False
        mine, others = _template(one), _template(other)
        return len(mine & others) >= _LEAST_SHARED * min(len(mine), len(others))

    def left_open(self, one: Candidate, other: Candidate) -> bool:
        """Whether two sentences plainly speak of different things, and the question names none."""
        return not self._named and self._plainly_apart(one, other)

    def may_be_other(self, one: Candidate, other: Candidate) -> bool:
        """Whether a sentence may be of another thing, so that it supports nothing."""
        both = content_stems(one.said) & content_stems(other.said)
        return not (self._named and self._named <= both) and self._plainly_apart(one, other)

    def _plainly_apart(self, one: Candidate, other: Candidate) -> bool:
        above = bool(self._apart(one, other) and self._apart(other, one))
        return above or self._files_apart(one, other) or self._modified(one, other)

    def _apart(self, one: Candidate, other: Candidate) -> set[str]:
        """Return the words of the title and headings above that stand nowhere with the other."""
        return _telling(self._above(one)) - self._said_with(other)

    def _files_apart(self, one: Candidate, other: Candidate) -> bool:
        """Whether both files' names have words that stand nowhere with the other."""
        mine = {w for w in _telling(_file_name(one)) if w.isalpha()} - self._said_with(other)
        others = {w for w in _telling(_file_name(other)) if w.isalpha()} - self._said_with(one)
        return bool(mine and others)

    def _modified(self, one: Candidate, other: Candidate) -> bool:
        """Whether a word of the question has other words in front: the Kent, the Ely depot."""
        mine, others = _modifiers(one, self._asked), _modifiers(other, self._asked)
        said, said_there = content_stems(one.said), content_stems(other.said)
        return any(
            bool(mine[noun] - said_there) and bool(others[noun] - said)
            for noun in mine.keys() & others
        )

    def _above(self, candidate: Candidate) -> str:
        return f"{self._title(candidate.passage.doc_id)} {candidate.passage.context}"

    def _said_with(self, candidate: Candidate) -> set[str]:
        around = f"{_file_name(candidate)} {self._above(candidate)} {candidate.passage.text}"
        return content_stems(around)


def _telling(text: str) -> set[str]:
    found = content_stems(without_editions(text))
    return {word for word in found if len(word) > 1} - _DOCUMENT_WORDS


def _file_name(candidate: Candidate) -> str:
    name = _EXTENSION.sub("", candidate.passage.doc_id)
    return _PATH_SIGNS.sub(" ", without_editions(name))


def _around_answer(candidate: Candidate) -> str:
    """Return the sentence without the answer, where that is only part of it."""
    start, end = candidate.answer.shift(-candidate.sentence.start)
    text = candidate.said
    return f"{text[: max(start, 0)]} {text[end:]}" if (start, end) != (0, len(text)) else text


def _names(candidate: Candidate) -> set[str]:
    """Return the names of a sentence, but for its first word and what answers."""
    return content_stems(" ".join(_NAME.findall(without_editions(_around_answer(candidate)))))


def _template(candidate: Candidate) -> set[str]:
    """Return the words of a sentence that stand around its values, if the answer is but a value."""
    said, around = candidate.said, _around_answer(candidate)
    found = content_stems(without_editions(around if 2 * len(around) > len(said) else said))
    return {word for word in found if not word[0].isdigit()}


def _modifiers(candidate: Candidate, nouns: set[str]) -> dict[str, set[str]]:
    """Return what stands right in front of some words in a sentence."""
    found: dict[str, set[str]] = {}
    tokens = [match.lower() for match in _WORD.findall(_around_answer(candidate))]
    for first, second in pairwise(tokens):
        if stem(second) in nouns and not first[0].isdigit():
            found.setdefault(stem(second), set()).update(content_stems(first))
    return found
