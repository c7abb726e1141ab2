"""Find what a later mail of a thread puts in the place of what an earlier one says.

“We have put you down for Thursday instead” has few words of the question that the older mail
answers: that it is of the same thread, says that something changed, and has the only value of its
kind tells what it is about. Does not know versions.
"""

import re
from collections.abc import Callable, Sequence

from qa.answer.signs.features import has_asked_type
from qa.answer.signs.question import asks_for_date, asks_for_number, asks_for_quoted
from qa.answer.signs.select import Candidate, is_quoted
from qa.schema import Document
from qa.words import FUNCTION_WORDS, squeezed, stem, words

_MAIL = ".eml"
_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|antw|tr|rv)(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:instead|rather than|no longer|now|rescheduled|moved?|moves|changed?|changes|"
    r"postponed|put (?:off|back)|(?:brought|put) forward|becomes?)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?:From|To|Cc|Date|Sent|Subject):\s")


class Thread:
    """The mails of one subject that a sentence is from one of."""

    def __init__(
        self, question: str, first: Candidate, document: Callable[[str], Document]
    ) -> None:
        """Prepare.

        Args:
            question: As asked.
            first: The sentence that would answer.
            document: Returns a document.
        """
        self._question = question
        self._first = first
        self._document = document
        self._subject = self._subject_of(first)

    def goes_on(self, candidates: Sequence[Candidate]) -> bool:
        """Whether a date or a number is asked for, and another mail of the thread was found."""
        if not self._subject or asks_for_quoted(self._question):
            return False
        asks = asks_for_date(self._question) or asks_for_number(self._question)
        return asks and any(self._is_later(other) for other in candidates)

    def replacement(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Find the sentence whose value takes the place of the first's, as sure as that is.

        Returns:
            None if no newer mail plainly changes that value: the newest that changes one has
            several, or the older mail has several and the new sentence no word of the first.
        """
        if not self._has_value(self._first):
            return None
        changes = [
            other
            for other in candidates
            if self._is_later(other) and self._has_value(other) and _CHANGES.search(_said(other))
        ]
        newest = max(map(self._age, changes), default=None)
        changes = [other for other in changes if self._age(other) == newest]
        if len(changes) != 1 or _said(changes[0]) == _said(self._first):
            return None
        other = changes[0]
        alone = len({_said(c) for c in candidates if self._is_beside(c)}) == 1
        if not alone and not _telling(_said(other)) & _telling(_said(self._first)):
            return None
        features, lead = self._first.features, other.features.lead
        if is_quoted(self._first.passage, self._first.sentence):
            features, lead = features._replace(other_thing=0.0), min(1.0, features.lead + lead)
        return other._replace(features=features._replace(lead=lead))

    def _subject_of(self, candidate: Candidate) -> str:
        """Return what a mail is about; empty if it is none."""
        doc_id = candidate.passage.doc_id
        return _subject(self._document(doc_id).title)[0] if doc_id.lower().endswith(_MAIL) else ""

    def _age(self, candidate: Candidate) -> tuple[str, int]:
        """Say when a mail was written, and how many replies it stands behind."""
        document = self._document(candidate.passage.doc_id)
        return document.date, _subject(document.title)[1]

    def _is_later(self, other: Candidate) -> bool:
        """Whether a sentence stands in its sender's own words in a newer reply of the thread."""
        if is_quoted(other.passage, other.sentence) or self._subject_of(other) != self._subject:
            return False
        if other.passage.doc_id == self._first.passage.doc_id:
            return is_quoted(self._first.passage, self._first.sentence)
        return self._age(other)[1] > 0 and self._age(other) > self._age(self._first)

    def _has_value(self, candidate: Candidate) -> bool:
        """Whether a sentence has a value of the kind asked for, the lines above a mail aside."""
        said = candidate.passage.slice(candidate.answer)
        return not _HEADER.match(_said(candidate)) and has_asked_type(self._question, said)

    def _is_beside(self, candidate: Candidate) -> bool:
        """Whether a sentence of the first's mail has such a value, too; the first is one."""
        first = self._first
        return (
            candidate.passage.doc_id == first.passage.doc_id
            and is_quoted(candidate.passage, candidate.sentence)
            == is_quoted(first.passage, first.sentence)
            and self._has_value(candidate)
        )


def _subject(title: str) -> tuple[str, int]:
    """Return a mail's subject without “Re: Fwd:”, and how many of those it had."""
    replies = 0
    while (match := _REPLY.match(title)) is not None:
        title, replies = title[match.end() :], replies + 1
    return squeezed(title).casefold(), replies


def _said(candidate: Candidate) -> str:
    return candidate.passage.slice(candidate.sentence)


def _telling(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS}
