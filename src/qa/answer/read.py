"""Passages in, readings out: which words answer the question, and how surely.

Every sentence of the passages competes, with the span network's best span in it. A fitted
`Calibration` weighs what speaks for and against each: one set of weights orders them,
another says how likely the best one answers. Does not know citations.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from qa.answer.features import has_asked_type, key_words, lacks_figure, unmentioned_names
from qa.answer.question import asks_for_sentence
from qa.answer.snap import snap
from qa.errors import ReaderError
from qa.models.encoder import Vectors
from qa.models.span_network import PassageScores, SpanNetwork, SpanScore
from qa.schema import Passage, Reading, RetrievedPassage, Span

_SUPPORTS = 3
_AROUND_WORDS = ".,;:!?()[]\"“”'‘’«»"


class Query(NamedTuple):
    """A question and its unit vector, shape (dim,)."""

    text: str
    vector: Vectors


class Signs(NamedTuple):
    """What speaks for and against a sentence as the answer; also, a weight for each.

    Attributes:
        answerable: The network's log-odds that the passage answers.
        margin: The logits of the sentence's best span, less those of "no answer".
        cosine: Between the question and the sentence in its context.
        retrieval: The passage's retrieval score.
        wrong_type: No good span of the sentence is of the kind asked for: a number and its
            unit, a date, a name.
        missing_figure: The question has a year or number that the passage has not.
        unmentioned_name: The question has a name that no document mentions.
        lead: The answer's share of the softmax over all sentences' rank scores, sentences
            that give the same answer together: 1 if nothing else comes near. Known after
            ranking, so without weight there.
    """

    answerable: float
    margin: float
    cosine: float
    retrieval: float
    wrong_type: float
    missing_figure: float
    unmentioned_name: float
    lead: float


class Candidate(NamedTuple):
    """A sentence that may answer, the words of it that would, and what speaks for them.

    `unmentioned` are names in the question that no document mentions, as typed.
    """

    passage: Passage
    sentence: Span
    answer: Span
    signs: Signs
    unmentioned: tuple[str, ...]


class Risk(NamedTuple):
    """What a threshold costs, measured on the calibration questions.

    Attributes:
        min_confidence: The threshold.
        expected: Share of wrong answers among those given.
        low: Lower end of its 95 % interval.
        high: Upper end.
        answered: Share of the questions that are answered.
    """

    min_confidence: float
    expected: float
    low: float
    high: float
    answered: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights of a reader; made by `train.calibrate` (docs/LOG.md says on what).

    Attributes:
        rank: Weights that order sentences.
        confidence: Weights of a logistic regression for "the best sentence answers".
        bias: Its constant.
        risks: By falling threshold.
    """

    rank: Signs
    confidence: Signs
    bias: float
    risks: tuple[Risk, ...]

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> "Calibration":
        """Read the calibration of a reader's card; a plain one if nobody has calibrated it.

        Raises:
            ReaderError: The card's calibration cannot be read.
        """
        return cls.from_json(card["calibration"]) if "calibration" in card else UNCALIBRATED

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Calibration":
        """Read what `to_json` wrote.

        Raises:
            ReaderError: Something is missing or of another type.
        """
        try:
            return cls(
                rank=Signs(**_numbers(record["rank"])),
                confidence=Signs(**_numbers(record["confidence"])),
                bias=_number(record["bias"]),
                risks=tuple(Risk(**_numbers(risk)) for risk in record["risks"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ReaderError(
                f"the reader's calibration cannot be read ({error!r}): fit it again with: "
                "python -m train.calibrate"
            ) from error

    def to_json(self) -> dict[str, Any]:
        """Give the calibration as `reader.json` keeps it."""
        return {
            "rank": self.rank._asdict(),
            "confidence": self.confidence._asdict(),
            "bias": self.bias,
            "risks": [risk._asdict() for risk in self.risks],
        }

    def risk(self, max_risk: float) -> Risk:
        """Find the lowest threshold whose expected share of wrong answers is bearable.

        Args:
            max_risk: 0 to 1. At 1 everything is answered; where no threshold is safe
                enough, nothing is.
        """
        if max_risk >= 1:
            return Risk(0.0, 1.0, 0.0, 1.0, 1.0)
        bearable = [risk for risk in self.risks if risk.expected <= max_risk]
        nothing = Risk(math.inf, 0.0, 0.0, 1.0, 0.0)
        return min(bearable, key=lambda risk: risk.min_confidence, default=nothing)

    def probability(self, signs: Signs) -> float:
        """Give the probability, 0 to 1, that a sentence with these signs answers."""
        odds = self.bias + _dot(self.confidence, signs)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


# For a model nobody has calibrated: its own margin decides, sigmoid(margin / 4), which is
# about right for models trained on SQuAD 2.0. Replace it with `python -m train.calibrate`.
UNCALIBRATED = Calibration(
    rank=Signs(0, 1, 0, 4, -2, 0, 0, 0),
    confidence=Signs(0, 0.25, 0, 0, -1, -1.5, -1.5, 1),
    bias=-1.0,
    risks=tuple(Risk(1 - r / 100, r / 100, 0.0, 1.0, r / 100) for r in range(1, 100)),
)


class Reader:
    """Reads passages. Safe to use from several threads."""

    def __init__(
        self,
        network: SpanNetwork,
        sentence_vectors: Callable[[int], Vectors],
        mentions: Callable[[str], bool],
        calibration: Calibration,
    ) -> None:
        """Make a reader for one index.

        Args:
            network: Scores spans.
            sentence_vectors: Gives, for a passage's row, unit vectors of its sentences,
                shape (n_sentences, dim).
            mentions: Says whether any document has a word.
            calibration: Fitted weights.
        """
        self._network = network
        self._sentence_vectors = sentence_vectors
        self._mentions = mentions
        self.calibration = calibration

    def read(self, query: Query, passages: Sequence[RetrievedPassage]) -> list[Reading]:
        """Find the best answer in each passage.

        Returns:
            One reading a passage, the best first; ties keep the order of the passages.
        """
        best: dict[str, Reading] = {}
        for candidate in self.candidates(query, passages):
            if candidate.passage.passage_id not in best:
                best[candidate.passage.passage_id] = self._reading(query, candidate)
        return list(best.values())

    def candidates(self, query: Query, passages: Sequence[RetrievedPassage]) -> list[Candidate]:
        """List every sentence of the passages, the most promising first."""
        scores = self._network.score(query.text, [found.passage for found in passages])
        unmentioned = unmentioned_names(query.text, self._mentions)
        found = [
            candidate
            for passage, score in zip(passages, scores, strict=True)
            for candidate in self._candidates(query, unmentioned, passage, score)
        ]
        ranks = [_dot(self.calibration.rank, candidate.signs) for candidate in found]
        said = [answer_words(candidate.passage, candidate.answer) for candidate in found]
        together: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for words, share in zip(said, _softmax(ranks), strict=True):
            together[words] += share
        leads = [together[words] for words in said]
        order = sorted(range(len(found)), key=lambda i: -ranks[i])
        return [found[i]._replace(signs=found[i].signs._replace(lead=leads[i])) for i in order]

    def _candidates(
        self,
        query: Query,
        unmentioned: tuple[str, ...],
        found: RetrievedPassage,
        scores: PassageScores,
    ) -> list[Candidate]:
        passage = found.passage
        cosines: list[float] = (self._sentence_vectors(found.row) @ query.vector).tolist()
        missing_figure = lacks_figure(query.text, passage)

        def candidate(sentence: Span, cosine: float, score: SpanScore) -> Candidate:
            answer, margin, fits = _best_answer(query.text, passage, sentence, score)
            signs = Signs(
                answerable=scores.answerable,
                margin=margin,
                cosine=cosine,
                retrieval=found.score,
                wrong_type=float(not fits),
                missing_figure=float(missing_figure),
                unmentioned_name=float(bool(unmentioned)),
                lead=0.0,
            )
            return Candidate(passage, sentence, answer, signs, unmentioned)

        return [
            candidate(*parts)
            for parts in zip(passage.sentences, cosines, scores.spans, strict=True)
        ]

    def _reading(self, query: Query, candidate: Candidate) -> Reading:
        passage, sentence, answer = candidate.passage, candidate.sentence, candidate.answer
        whole = answer == sentence
        return Reading(
            passage=passage,
            sentence=sentence,
            answer=answer,
            confidence=self.calibration.probability(candidate.signs),
            highlights=key_words(query.text, passage, sentence) if whole else (answer,),
            unmentioned=candidate.unmentioned,
        )


def _best_answer(
    question: str, passage: Passage, sentence: Span, score: SpanScore
) -> tuple[Span, float, bool]:
    """Pick the best span that is of the kind asked for, else the best one.

    Returns:
        The answer, its margin, and whether it is of that kind.
    """
    if asks_for_sentence(question):
        return sentence, score.margin, has_asked_type(question, passage.slice(sentence))
    inside = sentence.shift(-passage.start)
    tried: list[Span] = []
    for found in (score, *score.others):
        answer = snap(passage.text, found.span.shift(-passage.start), inside).shift(passage.start)
        if answer not in tried and has_asked_type(question, passage.slice(answer)):
            return answer, found.margin, True
        tried.append(answer)
    return tried[0], score.margin, False


def supporting(readings: Sequence[Reading], min_confidence: float) -> list[Reading]:
    """Pick the readings after the first that give its answer too, at most three.

    Two answers are the same if their words are, articles and case aside.
    """
    first, *others = readings
    wanted = answer_words(first.passage, first.answer)
    same = [r for r in others if answer_words(r.passage, r.answer) == wanted]
    return [r for r in same if r.confidence >= min_confidence][:_SUPPORTS]


def answer_words(passage: Passage, answer: Span) -> tuple[str, ...]:
    """Split an answer into words without what stands around them; $5 is not 5 or €5.

    Two answers with the same words are the same answer.
    """
    text = unicodedata.normalize("NFC", passage.slice(answer)).casefold()
    found = [word.strip(_AROUND_WORDS) or word for word in text.split()]
    return tuple(word for word in found if word not in ("a", "an", "the")) or tuple(found)


def _numbers(record: Mapping[str, Any]) -> dict[str, float]:
    return {name: _number(value) for name, value in record.items()}


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no finite number")
    return number


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores, default=0.0)
    powers = [math.exp(score - highest) for score in scores]
    return [power / sum(powers) for power in powers]


def _dot(weights: Signs, signs: Signs) -> float:
    return sum(weight * sign for weight, sign in zip(weights, signs, strict=True))
