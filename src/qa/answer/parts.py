"""One answer made of several: each part with a question of its own."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from qa.schema import Answer


def together(question: str, parts: Sequence[Answer], lead: Answer, confidence: float) -> Answer:
    """Make one answer of several.

    Args:
        question: That they answer together.
        parts: In the order in which they are read.
        lead: The one whose answer is the answer, and whose citations come first.
        confidence: That the answer is right.
    """
    given = [lead, *(part for part in parts if part is not lead)]
    places = [place for part in given if part.answered for place in part.citations]
    quotes = {place.quote for place in places}
    return replace(
        lead,
        question=question,
        confidence=confidence,
        citations=tuple(dict.fromkeys(places)),
        timings_ms=time_of(parts),
        possible=None,
        versions=(),
        choices=(),
        computed=None,
        unmentioned=(),
        suggestion="",
        parts=tuple(_as_part(part, quotes) for part in parts),
    )


def time_of(answers: Sequence[Answer]) -> dict[str, float]:
    """Add up the milliseconds that answers took, by stage."""
    stages = dict.fromkeys(stage for answer in answers for stage in answer.timings_ms)
    return {s: round(sum(a.timings_ms.get(s, 0.0) for a in answers), 3) for s in stages}


def unsure(answer: Answer) -> Answer:
    """Return an answer as one that is not sure; as it is, if it is none."""
    if not answer.answered:
        return answer
    return replace(
        answer,
        answered=False,
        answer=None,
        citations=(),
        versions=(),
        possible=answer.citations[0],
    )


def _as_part(part: Answer, quotes: Collection[str]) -> Answer:
    """Leave out what the whole shows, and as a possible answer what answers another part."""
    is_said = part.possible is not None and part.possible.quote in quotes
    return replace(part, passages=(), titles={}, possible=None if is_said else part.possible)
