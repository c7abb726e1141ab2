"""Find what a later mail of a thread puts in the place of what an earlier one says.

“We have put you down for Thursday instead” has few words of the question that the older mail
answers: that it is of the same thread, says that something changed, and has a value of the same
kind tells what it is about. Does not know versions.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from qa.answer.signs.candidate import Candidate
from qa.answer.signs.question import (
    asks_for_date,
    asks_for_name,
    asks_for_number,
    asks_for_quoted,
)
from qa.answer.signs.select import is_quoted
from qa.answer.signs.values.kinds import has_asked_type
from qa.months import MONTH_OR_SHORT
from qa.schema import Document
from qa.words import FUNCTION_WORDS, squeezed, stem, words

_MAIL = ".eml"
_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|antw|tr|rv)(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:instead|rather than|no longer|now|rescheduled|moved?|moves|changed?|changes|"
    r"postponed|put (?:off|back)|(?:brought|put) forward|becomes?|"
    r"new (?:date|day|time|place|venue|price|deadline|address|number|room))\b",
    re.IGNORECASE,
)
# Says that something changed only if it is said of the same thing, in a word of the first.
_MAY_CHANGE = re.compile(
    r"\b(?:new|after all|make (?:that|it)|correct(?:ion|ed)|revised|updated?|reduced|raised|"
    r"lowered|increased|replaces?|replaced|stands? in|deputy|takes? over|"
    r"(?:can['’]?t|cannot|can not|won['’]t|will not) (?:make|come|attend|do)|"
    r"in (?:his|her|their|its) (?:place|stead))\b",
    re.IGNORECASE,
)
_DATE_KINDS = {
    "day": re.compile(
        rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{MONTH_OR_SHORT}\b|"
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d[./-]\d\d?[./-]\d",
        re.IGNORECASE,
    ),
    "time": re.compile(
        r"\d[:.]\d\d\b|\d\s?[ap]\.?m\b|\b(?:noon|midnight|o['’]clock|"
        r"(?:half|quarter|ten|twenty) (?:past|to))\b",
        re.I,
    ),
    "year": re.compile(r"\b(?:19|20)\d\d\b"),
}
_COUNTED = re.compile(r"(?P<sign>[$€£¥])?\s?\d[\d.,]*(?:\s(?P<unit>[^\W\d_]+))?")
_UNIT_CHARACTERS = 20
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
        self._subject = "" if asks_for_quoted(question) else self._subject_of(first.passage.doc_id)

    def goes_on(self, doc_ids: Iterable[str]) -> bool:
        """Whether some of the documents are newer replies of the thread."""
        return any(self._is_later(doc_id) for doc_id in doc_ids)

    def replacement(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Find the sentence whose value takes the place of the first's, as sure as that is.

        Returns:
            None if no newer mail plainly changes that value: a sentence of the newest that does
            has a word of the first, or it is the only one, and the first the only one of its mail.
        """
        changes = [
            other
            for other in candidates
            if self._is_own_of_later(other)
            and (_CHANGES.search(other.said) or _MAY_CHANGE.search(other.said))
            and self._has_like_value(other)
        ]
        telling = _telling(self._first.said)
        alone = len({c.said for c in candidates if self._is_beside(c)}) == 1
        alone = alone and not asks_for_name(self._question)
        changes = [
            c for c in changes if (alone and _CHANGES.search(c.said)) or _telling(c.said) & telling
        ]
        newest = max((self._age(c.passage.doc_id) for c in changes), default=None)
        changes = [c for c in changes if self._age(c.passage.doc_id) == newest]
        if len(changes) != 1 or changes[0].said == self._first.said:
            return None
        other, features = changes[0], self._first.features
        lead = other.features.lead
        if self._is_quoted_first():
            features, lead = features._replace(other_thing=0.0), min(1.0, features.lead + lead)
        return other._replace(features=features._replace(lead=lead))

    def _subject_of(self, doc_id: str) -> str:
        """Return what a mail is about; empty if it is none."""
        return _subject(self._document(doc_id).title)[0] if doc_id.lower().endswith(_MAIL) else ""

    def _age(self, doc_id: str) -> tuple[str, int]:
        """Say when a mail was written, and how many replies it stands behind."""
        document = self._document(doc_id)
        return document.date, _subject(document.title)[1]

    def _is_later(self, doc_id: str) -> bool:
        """Whether a document is a newer reply of the thread, or quotes the first sentence."""
        if not self._subject or self._subject_of(doc_id) != self._subject:
            return False
        first = self._first.passage.doc_id
        if doc_id == first:
            return self._is_quoted_first()
        return self._age(doc_id)[1] > 0 and self._age(doc_id) > self._age(first)

    def _is_own_of_later(self, other: Candidate) -> bool:
        return not is_quoted(other.passage, other.sentence) and self._is_later(other.passage.doc_id)

    def _is_quoted_first(self) -> bool:
        return is_quoted(self._first.passage, self._first.sentence)

    def _has_like_value(self, candidate: Candidate) -> bool:
        """Whether a sentence has a value of the kind asked for and of the first's: a day, euros."""
        said = candidate.passage.slice(candidate.answer)
        if _HEADER.match(candidate.said) or not has_asked_type(self._question, said):
            return False
        if asks_for_date(self._question):
            return bool(_date_kinds(candidate) & _date_kinds(self._first))
        if asks_for_number(self._question):
            return _unit(candidate) == _unit(self._first)
        return asks_for_name(self._question)

    def _is_beside(self, candidate: Candidate) -> bool:
        """Whether a sentence of the first's mail has such a value, too; the first is one."""
        first = self._first
        quoted = is_quoted(candidate.passage, candidate.sentence)
        return (
            candidate.passage.doc_id == first.passage.doc_id
            and quoted == self._is_quoted_first()
            and self._has_like_value(candidate)
        )


def _date_kinds(candidate: Candidate) -> set[str]:
    said = candidate.passage.slice(candidate.answer)
    return {kind for kind, pattern in _DATE_KINDS.items() if pattern.search(said)}


def _unit(candidate: Candidate) -> str:
    """Return the word behind a figure, or the sign in front of it."""
    start, end = candidate.answer.shift(-candidate.passage.start)
    match = _COUNTED.search(candidate.passage.text[max(0, start - 2) : end + _UNIT_CHARACTERS])
    return stem((match["unit"] or match["sign"] or "").lower()) if match else ""


def _subject(title: str) -> tuple[str, int]:
    """Return a mail's subject without “Re: Fwd:”, and how many of those it had."""
    replies = 0
    while (match := _REPLY.match(title)) is not None:
        title, replies = title[match.end() :], replies + 1
    return squeezed(title).casefold(), replies


def _telling(text: str) -> set[str]:
    found = {word for word in words(text) if word not in FUNCTION_WORDS and not word[0].isdigit()}
    return {stem(word) for word in found}
