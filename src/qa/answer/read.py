"""Find which words of the passages answer a question, and how surely.

Every sentence competes, with the span network's best span in it. A fitted `Calibration`
weighs what speaks for and against each: one set of weights orders them, another says how
likely the best one answers. Does not know citations.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from qa.answer.another_thing import of_another_thing
from qa.answer.calibration import Calibration
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.claim import as_claim
from qa.answer.signs.features import (
    Features,
    asked_words,
    chance,
    key_words,
    missing_figure,
    share,
    stands_out,
    unmentioned_names,
)
from qa.answer.signs.notes import without_marks
from qa.answer.signs.question import (
    asks_for_quoted,
)
from qa.answer.signs.seen import Asked, Seen, alone, asked_of, promise, seen, under_its_file
from qa.answer.signs.select import attributes, selected
from qa.answer.signs.subjects import with_subject
from qa.answer.signs.tables.cells import (
    is_header,
)
from qa.answer.signs.tables.rows import Tables
from qa.answer.signs.tables.worth_reading import worth_reading
from qa.answer.signs.values.kinds import says_no_time
from qa.answer.span.extent import extent, only_announces
from qa.answer.span.items import items_apart
from qa.answer.span.spans import best_answer, wrong_type
from qa.languages import language_of
from qa.models.encoder import Vectors
from qa.models.span_network import ClaimScores, PassageScores, SpanNetwork, bounded
from qa.schema import Passage, Reading, RetrievedPassage, Span

_FOREIGN = 2.0  # log-odds
_READ_CHARACTERS = 1_200
"""Of short passages so much is read: not more than of a few long ones."""
_MORE_ROWS = 2
"""Passages read beside for a row that its table chooses."""
_ABOUT_QUESTIONS = re.compile(
    r"\b(?:questions?|ask(?:s|ed|ing)?|wants? to know|wonder\w*|author|poster)\b", re.IGNORECASE
)
_AROUND_WORDS = ".,;:!?()[]\"“”'‘’«»"


Look = tuple[float, ClaimScores | None]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question that is asked once.

    Attributes:
        text: The question.
        vector: Its unit vector, shape (dim,).
        scores: Of the passages that were read, by id.
        looks: What was said of texts that were read alone, by question, headings, text and claim:
            a sentence that several documents have is read once.
    """

    text: str
    vector: Vectors
    scores: dict[str, PassageScores] = field(default_factory=dict)
    looks: dict[tuple[str, str, str, str], Look] = field(default_factory=dict)


class Corpus(NamedTuple):
    """What a reader asks of the documents as a whole.

    Attributes:
        sentence_vectors: Returns, for a passage's row, unit vectors of its sentences, shape
            (n_sentences, dim).
        mentions: Says whether any document has a word.
        rarity: Returns a word's weight, above 0; higher if fewer passages have it.
        text: Returns a document's text.
    """

    sentence_vectors: Callable[[int], Vectors]
    mentions: Callable[[str], bool]
    rarity: Callable[[str], float]
    text: Callable[[str], str]


class Reader:
    """Reads passages. Safe to use from several threads."""

    def __init__(self, network: SpanNetwork, corpus: Corpus, calibration: Calibration) -> None:
        """Make a reader for one index.

        Args:
            network: Scores spans.
            corpus: What is asked of the index.
            calibration: Fitted weights.
        """
        self._network = network
        self._corpus = corpus
        self.calibration = calibration

    def read(self, query: Query, passages: Sequence[RetrievedPassage]) -> list[Reading]:
        """Find the best answer in each passage.

        Returns:
            One reading a passage, the best first; ties keep the order of the passages.
        """
        best: dict[str, Reading] = {}
        for candidate in self.candidates(query, passages):
            if candidate.passage.passage_id not in best:
                best[candidate.passage.passage_id] = self.reading(query, candidate)
        return list(best.values())

    def candidates(
        self, query: Query, passages: Sequence[RetrievedPassage], most: int | None = None
    ) -> list[Candidate]:
        """List every sentence of the passages, the most promising first.

        Args:
            query: The question.
            passages: Retrieved for it.
            most: So many are read, those worth it, and more where they are short; None for all.
        """
        asked = Asked(
            query.text,
            asked_words(query.text, self._corpus.rarity),
            unmentioned_names(query.text, self._corpus.mentions),
        )
        text_of = cache(self._corpus.text)
        tables = Tables(text_of)
        looked = [seen(asked, found, text_of) for found in passages]
        if most is not None:
            ranked = sorted(looked, key=lambda one: -promise(asked, one))
            most = _as_many(ranked, most)
            passages_of = [one.found.passage for one in ranked]
            rows = worth_reading(query.text, passages_of, most, tables)[:_MORE_ROWS]
            looked = ranked[:most] + [one for one in ranked if one.found.passage in rows]
        scores = self._scores(query, [one.found.passage for one in looked])
        found_scores = [] if language_of(query.text) else [one.score for one in passages]
        found = [
            candidate
            for one, score in zip(looked, scores, strict=True)
            for candidate in self._candidates(
                query, asked, one, score, stands_out(one.found.score, found_scores)
            )
        ]
        found = [
            candidate._replace(answer=without_marks(candidate.passage, candidate.answer))
            for candidate in selected(query.text, found, tables)
        ]
        ranks = [self.calibration.rank.dot(candidate.features) for candidate in found]
        leads = _leads(found, ranks)
        order = sorted(range(len(found)), key=lambda i: -ranks[i])
        return [
            found[i]._replace(features=found[i].features._replace(lead=leads[i])) for i in order
        ]

    def _scores(self, query: Query, passages: Sequence[Passage]) -> list[PassageScores]:
        """Have the network read those of some passages that it has not read."""
        unread = [passage for passage in passages if passage.passage_id not in query.scores]
        found = self._read(query.text, unread)
        query.scores.update(zip((p.passage_id for p in unread), found, strict=True))
        return [query.scores[passage.passage_id] for passage in passages]

    def _read(self, question: str, passages: Sequence[Passage]) -> list[PassageScores]:
        """Have the network read passages, those that speak of ranges with these in the question."""
        passages = [under_its_file(question, passage) for passage in passages]
        asked = [asked_of(question, passage) for passage in passages]
        plain = iter(
            self._network.score(
                question,
                [p for p, own in zip(passages, asked, strict=True) if own == question],
            )
        )
        return [
            next(plain) if own == question else self._network.score(own, [passage])[0]
            for passage, own in zip(passages, asked, strict=True)
        ]

    def _candidates(
        self,
        query: Query,
        asked: Asked,
        seen: Seen,
        scores: PassageScores,
        apart: float,
    ) -> list[Candidate]:
        found, above, beside, held = seen
        question, passage = query.text, found.passage
        answerable = bounded(scores.answerable)
        if language_of(question):  # of which the network knows little
            answerable = max(answerable, _FOREIGN)
        vectors = self._corpus.sentence_vectors(found.row)
        cosines: list[float] = (vectors @ query.vector).tolist()
        evidence = [score.evidence for score in scores.spans]
        candidates = []
        for number, (sentence, score) in enumerate(
            zip(passage.sentences, scores.spans, strict=True)
        ):
            whole = extent(question, passage, number, evidence)
            if whole == sentence and _only_announces(question, passage, number):
                continue
            answer, margin, fits = best_answer(question, passage, whole, sentence, score)
            if says_no_time(question, passage.slice(sentence)):
                answer = whole  # what it stands under may tell the time
            around = f"{above[number]} {beside[number]}".rstrip()
            features = Features(
                answerable=answerable,
                margin=bounded(margin),
                cosine=cosines[number],
                retrieval=found.score,
                wrong_type=0.0 if fits else wrong_type(question, passage, sentence, answer),
                missing_figure=missing_figure(question, passage, sentence, answer, above[number]),
                unmentioned_name=float(bool(asked.unmentioned)),
                lead=0.0,
                evidence=bounded(score.evidence),
                coverage=share(held[number], asked.words),
                other_thing=of_another_thing(
                    question, passage, sentence, answer, around, self._corpus.mentions
                ),
                stands_out=apart,
            )
            together = items_apart(question, passage, number) if whole == sentence else ()
            candidates.append(
                Candidate(
                    passage, sentence, answer, features, asked.unmentioned, held[number],
                    listed=together,
                )
            )  # fmt: skip
        return candidates

    def looked_again(
        self, query: Query, candidate: Candidate, *, always: bool = False
    ) -> Candidate:
        """Read a sentence without the rest of its passage, which may have what it lacks.

        Args:
            query: The question.
            candidate: Of the question.
            always: Even if the calibration makes nothing of it.
        """
        weights = self.calibration.confidence
        looks = always or weights.alone or weights.claimed
        if candidate.computed or not looks:
            return candidate
        passage = under_its_file(query.text, alone(candidate))
        question = asked_of(query.text, passage)
        claim = as_claim(question, candidate.passage.slice(candidate.answer))
        key = (question, passage.context, passage.text, claim)
        if key not in query.looks:
            query.looks[key] = self._network.look(question, passage, claim)
        answers, claimed = query.looks[key]
        features = candidate.features._replace(
            alone=bounded(answers), claimed=claimed.odds if claimed else 0.0
        )
        return candidate._replace(features=features)

    def confidence_alone(self, query: Query, candidates: Sequence[Candidate]) -> float:
        """Return how sure the first of some sentences is, had these been all that were read."""
        ranks = [self.calibration.rank.dot(c.features._replace(lead=0.0)) for c in candidates]
        first = self.looked_again(query, candidates[0])
        lead = _leads(candidates, ranks)[0]
        return self.calibration.probability(first.features._replace(lead=lead))

    def reading(self, query: Query, candidate: Candidate) -> Reading:
        """Make a sentence that may answer a reading."""
        passage, answer = candidate.passage, candidate.answer
        sentence = with_subject(passage, candidate.sentence, candidate.held)
        if answer == candidate.sentence:
            answer = sentence
        sentence = Span(min(sentence.start, answer.start), max(sentence.end, answer.end))
        return Reading(
            passage=passage,
            sentence=sentence,
            answer=answer,
            confidence=self.calibration.probability(candidate.features),
            highlights=key_words(query.text, passage, sentence)
            if answer == sentence
            else (answer,),
            unmentioned=candidate.unmentioned,
            coverage=candidate.features.coverage,
            listed=candidate.listed,
        )


def _as_many(ranked: Sequence[Seen], least: int) -> int:
    """Count the passages to read: so many, or more while all of them are short, as rows are."""
    sizes = accumulate(len(one.found.passage.text) for one in ranked)
    return max(least, sum(size <= _READ_CHARACTERS for size in sizes))


def _only_announces(question: str, passage: Passage, number: int) -> bool:
    """Whether a sentence announces or asks what is not here, or is the head of a table."""
    sentences = passage.sentences
    told = asks_for_quoted(question) and attributes(passage.slice(sentences[number]))
    if len(sentences) == 1 or told:
        return False
    asks = passage.slice(sentences[number]).rstrip("\"'”’)* ").endswith("?")
    if asks and not _ABOUT_QUESTIONS.search(question):
        return True
    below = passage.slice(sentences[number + 1]) if number + 1 < len(sentences) else ""
    return only_announces(question, passage, sentences[number]) or is_header(
        passage.slice(sentences[number]), below
    )


def answer_words(passage: Passage, answer: Span) -> tuple[str, ...]:
    """Split an answer into words without what stands around them; $5 is not 5 or €5.

    Two answers with the same words are the same answer.
    """
    text = unicodedata.normalize("NFC", passage.slice(answer)).casefold()
    found = [word.strip(_AROUND_WORDS) or word for word in text.split()]
    return tuple(word for word in found if word not in ("a", "an", "the")) or tuple(found)


def _leads(candidates: Sequence[Candidate], ranks: Sequence[float]) -> list[float]:
    """Say how much speaks for each sentence's answer: `Features.lead`."""
    said = [answer_words(candidate.passage, candidate.answer) for candidate in candidates]
    together: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for words, part, candidate in zip(said, _softmax(ranks), candidates, strict=True):
        together[words] += part * chance(candidate.features.answerable)
    return [together[words] for words in said]


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores, default=0.0)
    powers = [math.exp(score - highest) for score in scores]
    return [power / sum(powers) for power in powers]
