"""Hold what was cited against the documents as they are now.

A conversation may be older than the index: a quote that no longer stands where it stood is cited
where it stands now, if that is one place, and is otherwise said to be gone.
"""

import threading
from dataclasses import replace

from qa.answer.pipeline import Answerer
from qa.schema import Answer, Citation
from qa.ui.page_state import Turn


class Rechecker:
    """Checks citations; remembers what it found until there is another generation."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._generation = ""
        self._found: dict[Citation, Citation] = {}

    def checked(self, turn: Turn, answerer: Answerer | None) -> Turn:
        """Return a turn whose citations say how things are now.

        Args:
            turn: As it was kept.
            answerer: Of the current index; None where there is none.
        """
        answer = turn.answer
        if answerer is None:
            return turn
        if answer is None:
            return self._checked_rest(turn, answerer)
        with self._lock:
            self._begin(answerer)
            written = turn.written and turn.written.with_citations(
                lambda place: self._checked(place, answerer)
            )
            return replace(turn, answer=self._checked_answer(answer, answerer), written=written)

    def _checked_answer(self, answer: Answer, answerer: Answerer) -> Answer:
        return replace(
            answer,
            citations=tuple(self._checked(place, answerer) for place in answer.citations),
            versions=tuple(
                replace(version, citation=self._checked(version.citation, answerer))
                for version in answer.versions
            ),
            possible=answer.possible and self._checked(answer.possible, answerer),
            computed=answer.computed
            and replace(
                answer.computed, citation=self._checked(answer.computed.citation, answerer)
            ),
            parts=tuple(self._checked_answer(part, answerer) for part in answer.parts),
        )

    def _checked_rest(self, turn: Turn, answerer: Answerer) -> Turn:
        """Check what is cited by a turn that has no answer."""
        with self._lock:
            self._begin(answerer)
            more = tuple(self._checked(place, answerer) for place in turn.more)
            overview = turn.overview and turn.overview.with_citations(
                lambda place: self._checked(place, answerer)
            )
        return replace(turn, more=more, overview=overview)

    def _begin(self, answerer: Answerer) -> None:
        if self._generation != answerer.index.generation:
            self._generation, self._found = answerer.index.generation, {}

    def _checked(self, citation: Citation, answerer: Answerer) -> Citation:
        if citation not in self._found:
            self._found[citation] = rechecked(citation, answerer)
        return self._found[citation]


def rechecked(citation: Citation, answerer: Answerer) -> Citation:
    """Return a citation as it is right now: at the same place, moved, or `outdated`."""
    view = answerer.open_source(citation.doc_id)
    if view is None:
        return replace(citation, state="missing")
    document = view.document
    start = _place(citation, document.text)
    if start is None:
        return replace(citation, state="outdated")
    by = start - citation.start
    return replace(
        citation,
        title=document.title,
        page=document.page_of(start),
        start=start,
        end=citation.end + by,
        highlights=tuple(mark.shift(by) for mark in citation.highlights),
        state=view.state,
    )


def _place(citation: Citation, text: str) -> int | None:
    """Find where the quote begins in a document: where it did, or else the one other place."""
    quote = citation.quote
    if text[citation.start : citation.end] == quote:
        return citation.start
    start = text.find(quote)
    return start if start >= 0 and text.find(quote, start + 1) < 0 else None
