"""Take what is answered out of the citations that hold it: the words, and never others."""

from collections.abc import Sequence

from qa.answer.outcome.decide import Decision
from qa.schema import Citation, Reading, Version


def versions_said(decision: Decision, citations: Sequence[Citation]) -> tuple[Version, ...]:
    """Say what each of several versions answers; of copies of one file only the first counts."""
    if len(citations) < len(decision.differing):
        return ()
    return tuple(
        Version(answer_said(one.reading, citation), one.edition.said, citation)
        for one, citation in zip(decision.differing, citations, strict=False)
    )


def listed_said(reading: Reading, citations: Sequence[Citation]) -> tuple[str, ...]:
    """Say what each of several rows answers."""
    quotes = {citation.start: citation.quote for citation in citations}
    places = ((quotes[one.row.start], one.answer.shift(-one.row.start)) for one in reading.listed)
    return tuple(quote[slice(*answer)] for quote, answer in places)


def answer_said(reading: Reading, citation: Citation) -> str:
    """Say what a reading answers."""
    start = reading.answer.start - citation.start
    return citation.quote[start : start + reading.answer.end - reading.answer.start]
