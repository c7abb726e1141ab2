"""What speaks for and against a sentence as the answer to a question.

`Features` are the figures that calibrations weigh; the functions compute those that come from
words and figures alone, by stem. Does not know weights.
"""

import math
import re
from collections.abc import Callable, Collection, Sequence
from statistics import median
from typing import NamedTuple

from qa.answer.signs.binding import clauses, parts
from qa.answer.signs.programs import is_program
from qa.answer.signs.question import (
    asks_for_date,
    asks_for_number,
    asks_for_reason,
    question_names,
    without_guess,
)
from qa.answer.signs.tables.cells import cells
from qa.answer.signs.values.figures import figures, of_another_amount, one_way
from qa.answer.signs.values.ranges import held_as_other_measure, held_in_ranges, outside_ranges
from qa.answer.signs.values.times import YEAR, of_other_years, within_years
from qa.schema import Passage, Span
from qa.words import asked_stems, content_stems, query_terms, stem, words

_REASON = re.compile(
    r"\b(?:because|since|so|as|for|to|due|owing|thanks|therefore|hence|thus|cause[ds]?|reasons?|why|"
    r"leads?|led|result(?:s|ed)?|allow(?:s|ed)?|prevent(?:s|ed)?|avoid(?:s|ed)?|ensure[ds]?|mak(?:es?|ing)|"
    r"made|means?|if|when|until|otherwise|would|by|through|after|against|than)\b|[:;—–]|\w+ing\b",
    re.IGNORECASE,
)
_MUCH_SAID, _LITTLE_NEW = 3, 2
_ENOUGH = 10  # passages that say how far the rest is from a question
_USUAL_GAP = 0.22  # mean of the fifteen sources of the calibration
_LONGEST_QUESTION = 300  # characters, with what leads up to it
_CHOICE = re.compile(r"\b(?:or|between|either|neither)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_PATH_SIGNS = re.compile(r"[/._-]+")
_HEADING = re.compile(r"[^\W\d_]{2}")  # more than the marker of an item
_RANGE = re.compile(r"\b(?:between|from)\b", re.IGNORECASE)
# A sentence with one of these goes on about what the one before it names.
_POINTS_BACK = re.compile(
    r"^\W*(?:its|his|her|their|this|these|both)\b|\b(?:it|he|she|they)\b",
    re.IGNORECASE,
)


class Features(NamedTuple):
    """What speaks for and against a sentence as the answer; also, a weight for each.

    Attributes:
        answerable: The network's log-odds that the passage answers.
        margin: The logits of the sentence's best span, less those of "no answer".
        cosine: Between the question and the sentence in its context.
        retrieval: The passage's retrieval score.
        wrong_type: No good span of the sentence is of the kind asked for, a number and its
            unit, a date, a name: 1; nor has all of the sentence any such: 2.
        missing_figure: The question has a year or number that the passage has not: 1; that only
            another sentence has: 0.5; and the sentence tells of another year: 3.
        unmentioned_name: The question has a name that no document mentions.
        lead: The answer's share of the softmax over all sentences' rank scores, times the chance
            that their passage answers at all; sentences that give the same answer together. 1 if
            nothing else comes near, and the network has no doubt. Known after ranking, so without
            weight there.
        evidence: The network's log-odds that the sentence belongs to the answer.
        coverage: Share of the question's words, by how rare they are, that the sentence or
            the headings above it have, 0 to 1.
        other_thing: The sentence has the question's noun with another word in front, the red,
            not the pink tower, counts or ranks something else, or stands in an older mail that is
            only quoted: 3; the pink tower itself stands beside it: 4.
        alone: As `answerable`, of the sentence without the rest of its passage.
        claimed: The network's log-odds that the sentence says what its answer makes of the
            question (`claim.as_claim`). This and `alone` are known of the sentences that were
            looked at again, so without weight in ranking.
        stands_out: The passage's retrieval score above the usual one of those found
            (`stands_out`), little where all are as far from the question.
    """

    answerable: float
    margin: float
    cosine: float
    retrieval: float
    wrong_type: float
    missing_figure: float
    unmentioned_name: float
    lead: float
    evidence: float = 0.0
    coverage: float = 0.0
    other_thing: float = 0.0
    alone: float = 0.0
    claimed: float = 0.0
    stands_out: float = 0.0

    def dot(self, other: "Features") -> float:
        """Return the sum of products, of weights and features."""
        return sum(one * two for one, two in zip(self, other, strict=True))


def chance(odds: float) -> float:
    """Return the chance, 0 to 1, that log-odds stand for."""
    return 1 / (1 + math.exp(-odds))


def stands_out(score: float, scores: Sequence[float]) -> float:
    """Return how far a passage's score is above the median of those found with it.

    What a question is about stands out of the rest; where it is about nothing here, the nearest
    are about as near (query performance prediction; Shtok et al. 2012). Where few were found, the
    rest are taken to be as far off as they usually are.

    Args:
        score: Of the passage, 0 to 1.
        scores: Of all that were found, the best first, its own with them; none if they say
            nothing, as of an English encoder and a question in another language.
    """
    nearest = scores[:_ENOUGH]
    known = len(nearest) / _ENOUGH
    gap = score - median(nearest) if nearest else 0.0
    return known * gap + (1 - known) * _USUAL_GAP


def repeats_figure(question: str, answer: str) -> bool:
    """Whether an answer only gives a question its own number back, which nobody asked for."""
    own = {figure for figure in figures(question) if not YEAR.fullmatch(figure)}
    return bool(own & figures(answer, in_words=True)) and not asks_for_number(question)


def only_repeats(question: str, answer: str) -> bool:
    """Whether all figures of an answer are the question's own, years too."""
    said = figures(answer, in_words=True)
    return bool(said) and said <= figures(without_guess(question))


def only_echoes(question: str, answer: str) -> bool:
    """Whether an answer has no word but the question's, of which it leaves no choice."""
    plain = answer.replace("_", " ")
    said = content_stems(plain)
    return bool(said) and said <= asked_stems(question) and not _CHOICE.search(question)


def missing_figure(
    question: str, passage: Passage, sentence: Span, answer: Span, above: str
) -> float:
    """Say how far the years and numbers of a question are from a sentence.

    Args:
        question: As asked.
        passage: Where the sentence stands.
        sentence: In document offsets.
        answer: The words in it that would answer.
        above: What it stands under.

    Returns:
        0 if the sentence or its headings have them all, 0.5 if another sentence of the passage
        has, 1 if none has; 3 if the sentence has another amount in the same unit, or if it, the
        part of it with the answer or, where no year is in it, what it stands under tells of
        another year instead.
    """
    question = without_guess(question)
    wanted, text = figures(question), passage.slice(sentence)
    if not wanted:
        return 0.0
    if of_other_years(question, _label_of(text, answer.shift(-sentence.start))):
        return 3.0
    held = figures(f"{text} {above}", in_words=True)
    if within_years(question, text):
        held |= {figure for figure in wanted if YEAR.fullmatch(figure)}
    held -= held_as_other_measure(question, f"{text} {above}")
    held |= held_in_ranges(question, f"{text} {above}")
    if wanted <= held:
        part = _part_with(text, answer.shift(-sentence.start))
        return 3.0 if of_other_years(question, part) else 0.0
    if of_other_years(question, text) or _of_another_amount(question, text):
        return 3.0
    if outside_ranges(question, text):
        return 3.0
    if wanted <= figures(f"{passage.text} {above}", in_words=True):
        return 0.5
    return 3.0 if not YEAR.search(text) and of_other_years(question, above) else 1.0


def _of_another_amount(question: str, text: str) -> bool:
    """Whether a question gives an amount, not asks for one, and a text has another."""
    return not asks_for_number(question) and of_another_amount(question, text)


def _label_of(text: str, answer: Span) -> str:
    """Return what the column is called in which an answer stands; empty outside of a row."""
    row = cells(text) if " | " in text else []
    at = (cell.label for cell in row if cell.value.start <= answer.start < cell.value.end)
    return next(at, "")


def _part_with(text: str, answer: Span) -> str:
    """Return the part of a sentence that an answer lies in, if the parts each have their year."""
    apart = clauses(text) if _RANGE.search(text) else parts(text)
    dated = [span for span in apart if YEAR.search(text, *span)]
    inside = [s for s in dated if s.start <= answer.start and answer.end <= s.end]
    return text[slice(*inside[0])] if inside and len(dated) > 1 else ""


def asked_words(question: str, rarity: Callable[[str], float]) -> dict[str, float]:
    """Weigh the words of a question, by stem: the rarer, the more.

    Args:
        question: As asked.
        rarity: Weight of a word, above 0; higher if fewer passages have it.
    """
    weights: dict[str, float] = {}
    for term in query_terms(one_way(question)):
        root = stem(term)
        weights[root] = max(rarity(term), weights.get(root, 0.0))
    return weights


def gives_no_reason(question: str, text: str) -> bool:
    """Whether a reason is asked for, and a sentence says little but what the question says."""
    if not asks_for_reason(question) or _REASON.search(text):
        return False
    asked = asked_stems(question)
    said = content_stems(text)
    return len(said & asked) >= _MUCH_SAID and len(said - asked) <= _LITTLE_NEW


def points_back(text: str) -> bool:
    """Whether a sentence goes on about what the one before it names: "It received …"."""
    return _POINTS_BACK.search(text) is not None


def held_words(
    asked: Collection[str], passage: Passage, above: Sequence[str], beside: Sequence[str]
) -> list[frozenset[str]]:
    """Return, for each sentence of a passage, the asked words that it or its headings have.

    A sentence that points back ("It received …") has the words of the one before, too, and each
    those of the others about its subject, but not their figures.

    Args:
        asked: By stem.
        passage: Where the sentences stand.
        above: What each sentence stands under.
        beside: What others say of its subject.
    """
    wanted = set(asked)
    own = [_stems(passage.slice(sentence)) for sentence in passage.sentences]
    before = [set[str](), *map(_without_figures, own)]
    points = [points_back(passage.slice(sentence)) for sentence in passage.sentences]
    others = [_without_figures(_stems(text)) for text in beside]
    return [
        frozenset(wanted & (stems | _stems(heading) | (last if back else set()) | other))
        for stems, heading, last, back, other in zip(
            own, above, before[:-1], points, others, strict=True
        )
    ]


def _without_figures(stems: Collection[str]) -> set[str]:
    return {root for root in stems if not root[0].isdigit()}


def share(held: Collection[str], weights: dict[str, float]) -> float:
    """Return what share of the asked words, by weight, some of them are (Robertson 2004)."""
    total = sum(weights.values())
    return sum(weights[root] for root in held) / total if total else 0.0


def surroundings(passage: Passage) -> list[str]:
    """Return what each sentence stands under: title, headings, and the words of its file's path.

    A passage may begin with a heading or hold some; lines of a program stand under what announces
    them.
    """
    path = _PATH_SIGNS.sub(" ", passage.doc_id)
    found, at, inside, asked, announced = [], 0, "", "", ""
    for sentence in passage.sentences:
        start, end = sentence.shift(-passage.start)
        gap = passage.text[at:start]
        if _HEADING.search(gap):
            inside, asked, announced = gap, "", ""
        text = passage.slice(sentence)
        announced = announced if is_program(text) else ""
        is_question = asks_itself(passage, sentence)
        under = (passage.context, inside, "" if is_question else asked, announced, path)
        found.append(" ".join(filter(None, under)))
        asked = passage.text[passage.text.rfind("\n", 0, start) + 1 : end] if is_question else asked
        announced = text if text.rstrip().endswith(":") else announced
        at = end
    return found


def asks_itself(passage: Passage, sentence: Span) -> bool:
    """Whether a sentence is a question at the end of a short line, as in an interview or an FAQ."""
    start, end = sentence.shift(-passage.start)
    line = passage.text[passage.text.rfind("\n", 0, start) + 1 : end].rstrip()
    ends_line = passage.text[end:].lstrip(" ").startswith("\n")
    return ends_line and line.endswith("?") and len(line) <= _LONGEST_QUESTION


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(one_way(text))}


def unmentioned_names(question: str, mentions: Callable[[str], bool]) -> tuple[str, ...]:
    """Find the names in a question that have a word no document has.

    Args:
        question: As asked.
        mentions: Says whether any document has a word.
    """
    return tuple(
        name for name in question_names(question) if not all(mentions(word) for word in words(name))
    )


def key_words(question: str, passage: Passage, sentence: Span) -> tuple[Span, ...]:
    """Find the words of a sentence a reader looks for: shared ones, and what was asked for.

    Returns:
        Spans in document offsets, in order, disjoint.
    """
    text = passage.slice(sentence)
    wanted = asked_stems(question)
    spans = {m.span() for m in re.finditer(r"\w+", text) if stem(m.group().lower()) in wanted}
    if asks_for_number(question) or asks_for_date(question):
        spans |= {match.span() for match in _FIGURE.finditer(text)}
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return tuple(span.shift(sentence.start) for span in merged)
