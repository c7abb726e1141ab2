"""Decide between an answer, versions that differ, and asking which of several things is meant.

Sentences in, ranked; what is to be said of them out. Does not know citations.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from qa.answer.outcome.choices import choices
from qa.answer.outcome.dates import Edition
from qa.answer.outcome.things import Things
from qa.answer.outcome.threads import Thread
from qa.answer.outcome.versions import Sources, differ, meant, versions
from qa.answer.read import Query, Reader, answer_words
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.features import chance
from qa.schema import Reading

_LIKELY = 0.5
_SHORT = 8
_SUPPORTS = 3
# A sentence that supports says as much of what was asked as the first, but for a small word.
_LEAST_SUPPORT = 0.95
More = Callable[[], Sequence[Candidate]]
"""Reads more passages; returns every sentence of all that were read, the most promising first."""


class Differing(NamedTuple):
    """One of several readings that differ, and how new what it says is."""

    reading: Reading
    edition: Edition


class Decision(NamedTuple):
    """What is to be said.

    Attributes:
        readings: The best of each passage, the best first.
        supports: Those after the first that say the same of the same thing.
        differing: Two or more that say different things of the same thing, the newest first.
        choices: Ids of two or more documents, one of which the question means.
    """

    readings: list[Reading]
    supports: list[Reading]
    differing: list[Differing]
    choices: list[str]


def decide(
    query: Query,
    candidates: Sequence[Candidate],
    reader: Reader,
    sources: Sources,
    min_confidence: float,
    more: More = tuple,
    nearby: Collection[str] = (),
) -> Decision:
    """Decide what is said of sentences that may answer.

    What a question rules out, or what is only another version, takes nothing away from how sure
    the rest is: the shares of all versions are added up.

    Args:
        query: The question.
        candidates: Every sentence that was read, the most promising first.
        reader: Says how sure a sentence is.
        sources: The documents.
        min_confidence: Below it nothing is an answer.
        more: Reads more, where a thread of mails goes on, or it has to be told which documents
            may be meant.
        nearby: Ids of the documents that were found, read or not.
    """
    question = query.text
    things = Things(question, lambda doc_id: sources.document(doc_id).title)
    if candidates and candidates[0].listed:
        return _decided(query, things, candidates, reader, min_confidence, [])
    if candidates and Thread(question, candidates[0], sources.document).goes_on(nearby):
        candidates = more() or candidates
    found = versions(question, things, candidates, sources)
    kept = meant(question, found)
    lead = _lead_of(version.candidate for version in found)
    if len(kept) == 1:
        chosen = _with_lead(kept[0].candidate, lead)
        others = {id(version.candidate) for version in found}
        rest = [candidate for candidate in candidates if id(candidate) not in others]
        return _decided(query, things, [chosen, *rest], reader, min_confidence, [])
    differing = [
        Differing(_looked_at(query, _with_lead(version.candidate, lead), reader), version.edition)
        for version in kept
    ]
    differing = [one for one in differing if one.reading.confidence >= min_confidence]
    if len(differing) > 1:
        return Decision([one.reading for one in differing], [], differing, [])

    def is_sure(alone: Sequence[Candidate]) -> bool:
        return reader.confidence_alone(query, alone) >= max(min_confidence, _LIKELY)

    open_choices = choices(things, candidates, is_sure)
    if open_choices:
        open_choices = choices(things, more() or candidates, is_sure) or open_choices
    return _decided(query, things, candidates, reader, min_confidence, open_choices)


def beside(doubted: Decision, trusted: Decision, min_confidence: float) -> Decision:
    """Put what trusted documents say first, beside what one that is not trusted says otherwise.

    Args:
        doubted: Decided of all documents; its answer stands in one that is not trusted.
        trusted: Decided of the trusted ones alone.
        min_confidence: Below it nothing is an answer.

    Returns:
        The first as it is, where the second has no answer, or no word of the question; the second
        where both say the same.
    """
    if not doubted.readings or not trusted.readings:
        return doubted
    theirs, ours = doubted.readings[0], trusted.readings[0]
    if theirs.coverage and not ours.coverage:
        return doubted
    if ours.confidence < min_confidence:
        return doubted
    if ours.listed or theirs.listed or not (differ(ours, theirs) or _is_missing(ours, theirs)):
        return trusted
    both = [ours, theirs]
    return Decision(both, [], [Differing(reading, Edition()) for reading in both], [])


def _is_missing(ours: Reading, theirs: Reading) -> bool:
    """Whether a short answer's words are not all in a sentence that is to say the same."""
    words = set(answer_words(ours.passage, ours.answer))
    return len(words) <= _SHORT and not words <= set(answer_words(theirs.passage, theirs.sentence))


def _decided(
    query: Query,
    things: Things,
    candidates: Sequence[Candidate],
    reader: Reader,
    min_confidence: float,
    open_choices: list[str],
) -> Decision:
    """Read the best sentence of each passage, and find what says the same of the same thing."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.passage.passage_id, candidate)
    of_same = list(best.values())[:1]
    of_same += [c for c in best.values() if not things.may_be_other(of_same[0], c)]
    said = [answer_words(candidate.passage, candidate.answer) for candidate in best.values()]
    readings = [
        _looked_at(query, candidate, reader)
        if words == said[0]
        else reader.reading(query, candidate)
        for words, candidate in zip(said, best.values(), strict=True)
    ]
    same_places = {candidate.passage.passage_id for candidate in of_same}
    alike = [reading for reading in readings if reading.passage.passage_id in same_places]
    supports = supporting(alike, min_confidence) if alike else []
    return Decision(readings, supports, [], open_choices)


def supporting(readings: Sequence[Reading], min_confidence: float) -> list[Reading]:
    """Pick the readings after the first that say the same of the same thing, at most three.

    Two answers are the same if their words are, articles and case aside; they are about the
    same thing if the second's sentence has as much of the question's words as the first's.
    """
    first, *others = readings
    wanted = answer_words(first.passage, first.answer)
    same = [
        reading
        for reading in others
        if answer_words(reading.passage, reading.answer) == wanted
        and reading.coverage >= _LEAST_SUPPORT * first.coverage
    ]
    return [r for r in same if r.confidence >= min_confidence][:_SUPPORTS]


def _looked_at(query: Query, candidate: Candidate, reader: Reader) -> Reading:
    return reader.reading(query, reader.looked_again(query, candidate))


def _with_lead(candidate: Candidate, lead: float) -> Candidate:
    """Give a version the lead of all, as far as its own passage answers."""
    lead = min(lead, chance(candidate.features.answerable))
    return candidate._replace(features=candidate.features._replace(lead=lead))


def _lead_of(found: Iterable[Candidate]) -> float:
    """Add up the shares of the answers that some sentences give."""
    shares = {answer_words(c.passage, c.answer): c.features.lead for c in found}
    return min(1.0, sum(shares.values()))
