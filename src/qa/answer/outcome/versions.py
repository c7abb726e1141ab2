"""Find what documents, or dated sections of one, say differently of the same thing.

Which of them a question means ("under the 2021 policy", "at present"), and which is the newest.
Does not know citations.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answer.outcome.dates import (
    Edition,
    edition_of,
    first_said,
    in_force,
    since,
    without_editions,
    years,
)
from qa.answer.outcome.things import Things
from qa.answer.outcome.threads import Thread
from qa.answer.read import answer_words
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.select import is_quoted
from qa.formats.blocks import heading_paths
from qa.schema import Block, Document, Reading, Span

_SAME_COVERAGE = 0.95
_MOST_VERSIONS = 4
_BEGINNING = 800
_HEADING = 100
_SHORT_ANSWER = 8
_VALUE = re.compile(r"[$€£¥₹]?\d+(?:[.,:/]\d+)*%?")
_NEWEST = re.compile(
    r"\b(?:at present|present(?:ly)?|current(?:ly)?|now(?:adays)?|today|latest|newest|most recent|"
    r"in force|still|up[- ]to[- ]date)\b",
    re.IGNORECASE,
)
_PROPOSAL = re.compile(r"\b(?:drafts?|propos(?:als?|ed|es?)|consultation)\b", re.IGNORECASE)
_IS_PROPOSED = re.compile(r"\b(?:is|are) proposed that\b|\bproposal is\b", re.IGNORECASE)
_SIGNS = re.compile(r"[_.-]+")
_OLDEST = re.compile(r"\b(?:original(?:ly)?|oldest|earliest|at first)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:previous(?:ly)?|former(?:ly)?|earlier|prior|superseded|old|used to)\b", re.IGNORECASE
)


class Version(NamedTuple):
    """One of several sentences that answer differently, and how new it is."""

    candidate: Candidate
    edition: Edition


class Sources(NamedTuple):
    """What is asked of the documents.

    Attributes:
        document: Returns a document.
        blocks: Returns a document's structure.
    """

    document: Callable[[str], Document]
    blocks: Callable[[str], Sequence[Block]]


def versions(
    question: str,
    things: Things,
    candidates: Sequence[Candidate],
    sources: Sources,
) -> list[Version]:
    """Find the best sentence's other versions; with it, the newest first, drafts last.

    A version says another value of the same thing. It stands in another document, or under
    another date in the same one; or a later mail puts it in the place of what an earlier one says.

    Args:
        question: As asked.
        things: Tells what sentences speak of.
        candidates: The most promising first.
        sources: The documents.

    Returns:
        Two or more, no two with the same value, or one that takes the place of what is only
        quoted; nothing if nothing differs.
    """
    if not candidates:
        return []
    first = candidates[0]
    found = [Version(first, _edition(first, sources, alone=True))]
    for other in candidates[1:]:
        if not _may_differ(question, things, first, other):
            continue
        within = other.passage.doc_id == first.passage.doc_id
        if within and not _dated_apart(first, other, sources):
            continue
        if all(differ(other, known.candidate) for known in found):
            found.append(Version(other, _edition(other, sources, alone=not within)))
    if len(found) < 2:
        return _replaced(question, candidates, sources)
    if any(v.candidate.passage.doc_id == first.passage.doc_id for v in found[1:]):
        found[0] = Version(first, _edition(first, sources, alone=False))
    dated = sorted((v for v in found if v.edition), key=lambda v: v.edition, reverse=True)
    ordered = [*dated, *(v for v in found if not v.edition)]
    return sorted(ordered, key=lambda v: v.edition.proposed)[:_MOST_VERSIONS]


def _replaced(
    question: str,
    candidates: Sequence[Candidate],
    sources: Sources,
) -> list[Version]:
    """Return what a later mail says instead of the first, and the first, if it is not only quoted.

    Returns:
        Nothing if no later mail does.
    """
    first = candidates[0]
    later = Thread(question, first, sources.document).replacement(candidates)
    if later is None or not differ(first, later):
        return []
    shown = [later] if is_quoted(first.passage, first.sentence) else [later, first]
    return [Version(one, _edition(one, sources, alone=True)) for one in shown]


def meant(question: str, found: Sequence[Version]) -> list[Version]:
    """Keep the versions that a question means: of the year it names, the newest, the one before.

    A draft is none of these, but where the question asks for what is proposed.
    """
    wanted = _PROPOSAL.search(question) is not None
    found = [one for one in found if one.edition.proposed is wanted] or list(found)
    return _of_time(question, found)


def _of_time(question: str, found: Sequence[Version]) -> list[Version]:
    dated = [version for version in found if version.edition]
    named = years(question)
    if named:
        of_year = [v for v in dated if v.edition.date and v.edition.date[0] in named]
        return of_year or list(found)
    if len(dated) < 2:
        return list(found)
    if _OLDEST.search(question):
        return dated[-1:]
    if _BEFORE.search(question):
        return dated[1:2]
    return dated[:1] if _NEWEST.search(question) else list(found)


def _may_differ(question: str, things: Things, first: Candidate, other: Candidate) -> bool:
    """Whether a sentence answers the question as well as the first, and with another value."""
    mine, others = first.features, other.features
    named = years(question)
    return (
        others.wrong_type <= mine.wrong_type
        and others.other_thing <= mine.other_thing
        and (bool(named) or others.missing_figure <= mine.missing_figure)
        and (bool(named) or others.coverage >= _SAME_COVERAGE * mine.coverage)
        and differ(first, other)
        and _same_years(first, other)
        and things.same(first, other)
    )


def differ(one: Candidate | Reading, other: Candidate | Reading) -> bool:
    """Whether two answers give values that cannot both be meant."""
    mine, others = _said(one), _said(other)
    values, other_values = set(_VALUE.findall(mine)), set(_VALUE.findall(others))
    if values or other_values:
        return not (values <= other_values or other_values <= values)
    said = answer_words(one.passage, one.answer)
    said_there = answer_words(other.passage, other.answer)
    if max(len(said), len(said_there)) > _SHORT_ANSWER:
        return False
    return not (set(said) <= set(said_there) or set(said_there) <= set(said))


def _said(found: Candidate | Reading) -> str:
    return found.passage.slice(found.answer)


def _same_years(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences are not of different years, but for those since which they hold."""
    mine, others = _years_told(one), _years_told(other)
    return mine == others or not (mine or others)


def _years_told(candidate: Candidate) -> set[int]:
    text = candidate.passage.slice(candidate.sentence)
    start = since(text)
    told = years(text) - years(_said(candidate))
    return told - {start.date[0]} if start.date else told


def _edition(candidate: Candidate, sources: Sources, *, alone: bool) -> Edition:
    """Say how new a sentence is, by itself, its headings, its title, its file and its beginning."""
    document = sources.document(candidate.passage.doc_id)
    sentence = candidate.passage.slice(candidate.sentence)
    inside = [since(sentence)]
    if not alone:
        inside += [edition_of(heading) for heading in reversed(_headings(candidate, sources))]
    whole = [edition_of(document.title), edition_of(document.doc_id)]
    beginning = in_force(document.text[:_BEGINNING])
    written = edition_of(document.date[:10])
    said = first_said([*inside, *whole, _heading(document), beginning, written])
    return said._replace(proposed=_is_proposed(document, sentence))


def _is_proposed(document: Document, sentence: str) -> bool:
    """Whether a document calls itself a draft or a proposal, or a sentence says it is one."""
    name = document.doc_id.rpartition("/")[2]
    first = document.text[:_BEGINNING].strip().partition("\n")[0][:_HEADING]
    calls_itself = any(
        _PROPOSAL.search(_SIGNS.sub(" ", part)) for part in (name, document.title, first)
    )
    return calls_itself or _IS_PROPOSED.search(sentence) is not None


def _heading(document: Document) -> Edition:
    """Read the first line, if it is a heading: short, and no sentence."""
    line = document.text[:_BEGINNING].strip().partition("\n")[0].rstrip()
    return edition_of(line) if len(line) <= _HEADING and line[-1:] not in ".!?:;," else Edition()


def _dated_apart(one: Candidate, other: Candidate, sources: Sources) -> bool:
    """Whether two sentences of a document stand under headings that differ by their dates alone."""
    pairs = [(since(c.passage.slice(c.sentence)), _headings(c, sources)) for c in (one, other)]
    (start, path), (other_start, other_path) = pairs
    if start and other_start:
        return start != other_start and path == other_path
    alike = [without_editions(part).split() for part in path] == [
        without_editions(part).split() for part in other_path
    ]
    editions = [first_said(map(edition_of, reversed(p))) for p in (path, other_path)]
    return alike and all(editions) and editions[0] != editions[1]


def _headings(candidate: Candidate, sources: Sources) -> tuple[str, ...]:
    """Return the headings above a sentence, outermost first, its document's title left out."""
    doc_id, sentence = candidate.passage.doc_id, candidate.sentence
    document, blocks = sources.document(doc_id), sources.blocks(doc_id)
    paths = heading_paths(document.text, blocks)
    return next(
        (
            tuple(part for part in path if part != document.title)
            for block, path in zip(blocks, paths, strict=True)
            if Span(block.start, block.end).start <= sentence.start < block.end
        ),
        (),
    )
