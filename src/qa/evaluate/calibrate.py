"""Gold questions in, what a reader's scores are worth out: the parts of every calibration.

Asks an index and keeps what spoke for every sentence; fits a logistic regression whose
signs may only speak the way they are meant to; measures the risk of every threshold.
Used by `recalibrate` for one's own documents and by `train.calibrate` for a reader.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.answer.read import Calibration, Query, Reader, Risk, Signs, answer_words
from qa.answer.retrieve import retrieve
from qa.evaluate.gold import same_sentence
from qa.evaluate.squad import exact_match
from qa.evaluate.statistics import Flags, Floats, clopper_pearson
from qa.index.generations import Index
from qa.models.encoder import Encoder
from qa.models.span_network import SpanNetwork
from qa.settings import AskSettings

Bounds = Sequence[tuple[float | None, float | None]]

# A sign may only speak the way it was meant to.
_FOR, _AGAINST = (0.0, None), (None, 0.0)
SIGN_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "answerable": _FOR,
    "margin": _FOR,
    "cosine": _FOR,
    "retrieval": _FOR,
    "wrong_type": _AGAINST,
    "missing_figure": _AGAINST,
    "unmentioned_name": _AGAINST,
    "lead": _FOR,
}
_LEAD = Signs._fields.index("lead")


class Asked(NamedTuple):
    """One question and every sentence that was read for it.

    Attributes:
        signs: Shape (n_sentences, n_signs).
        right: Whether each sentence is evidence, or its answer a gold one; shape (n_sentences,).
        said: Number of each sentence's answer, the same for the same words.
        answerable: Whether the question has an answer at all.
    """

    signs: Floats
    right: Flags
    said: NDArray[np.int64]
    answerable: bool


class Best(NamedTuple):
    """The best sentence of every question; rows in the order of the questions.

    Attributes:
        signs: With the lead, shape (n_questions, n_signs).
        right: Whether it answers, shape (n_questions,).
        answerable: Whether the question has an answer, shape (n_questions,).
    """

    signs: Floats
    right: Flags
    answerable: Flags

    def take(self, rows: NDArray[np.int64]) -> "Best":
        """Give some of the rows."""
        return Best(self.signs[rows], self.right[rows], self.answerable[rows])


class Asker:
    """Asks questions of one index and keeps what speaks for every sentence."""

    def __init__(self, index_dir: Path, network: SpanNetwork | None = None) -> None:
        """Open an index.

        Args:
            index_dir: Where it is.
            network: Reads; None for the index's own.

        Raises:
            QAError: The index, its encoder or its reader cannot be opened.
        """
        self.index = Index.open(index_dir)
        self.network = network or SpanNetwork(self.index.reader_dir)
        self._encoder = Encoder(self.index.encoder_dir)
        zero = Signs(*[0.0] * len(Signs._fields))
        self._reader = Reader(
            self.network, self.index.sentence_vectors, self.index.store.mentions,
            Calibration(zero, zero, 0.0, ()),
        )  # fmt: skip

    def ask(self, question: str, evidence: Sequence[str], answers: Sequence[str]) -> Asked:
        """Read the best passages; evidence and answers are empty if nothing is right."""
        settings = AskSettings()
        query = Query(question, self._encoder.encode_query(question))
        passages = retrieve(
            self.index,
            question,
            query.vector,
            k=settings.read_passages,
            candidates=settings.candidates,
            lexical_weight=settings.lexical_weight,
        )
        candidates = self._reader.candidates(query, passages)
        right = [
            any(same_sentence(entry, found.passage.slice(found.sentence)) for entry in evidence)
            or exact_match(found.passage.slice(found.answer), answers) == 1
            for found in candidates
        ]
        signs = np.array([candidate.signs for candidate in candidates])
        words = [answer_words(found.passage, found.answer) for found in candidates]
        said = np.array([words.index(each) for each in words])
        return Asked(signs, np.array(right), said, bool(evidence))

    def close(self) -> None:
        """Close the index's files."""
        self.index.close()


def best_sentences(rank: Signs, asked: Sequence[Asked]) -> Best:
    """Order every question's sentences by rank weights and keep the first."""
    rows = [_best(np.array(rank), entry) for entry in asked]
    return Best(
        np.array([signs for signs, _ in rows]),
        np.array([right for _, right in rows]),
        np.array([entry.answerable for entry in asked]),
    )


def _best(rank: Floats, asked: Asked) -> tuple[Floats, bool]:
    if not len(asked.right):  # nothing was found to read
        return np.zeros(len(rank)), False
    odds = asked.signs @ rank
    best = int(odds.argmax())
    signs = asked.signs[best].copy()
    powers = np.exp(odds - odds[best])
    together = asked.said == asked.said[best]
    signs[_LEAD] = powers[together].sum() / powers.sum()
    return signs, bool(asked.right[best])


def probabilities(calibration: Calibration, signs: Floats) -> Floats:
    """Give the confidence of every row of signs, shape (n_questions,)."""
    odds = calibration.bias + signs @ np.array(calibration.confidence)
    p: Floats = 1 / (1 + np.exp(-np.clip(odds, -60.0, 60.0)))  # as `Calibration.probability`
    return p


def fit_logistic(
    rows: Floats,
    right: Flags,
    share: Floats,
    bounds: Bounds,
    *,
    l2: float,
    centre: Floats | None = None,
    offset: Floats | float = 0.0,
) -> Floats:
    """Fit weights and, last, the bias of a logistic regression.

    Args:
        rows: Shape (n, n_weights); n_weights may be 0.
        right: Shape (n,).
        share: What each row counts, shape (n,).
        bounds: Of each weight; the bias is free.
        l2: Penalty on half the squared distance of the weights from `centre`.
        centre: Where the weights stay without data; zeros if None.
        offset: Added to every row's log-odds.
    """
    from scipy.optimize import minimize

    start = np.append(np.zeros(rows.shape[1]) if centre is None else centre, 0.0)
    rows = np.column_stack([rows, np.ones(len(rows))])
    penalty = np.append(np.full(len(start) - 1, l2), 0.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds, away = offset + rows @ weights, weights - start
        value = share @ (np.logaddexp(0, odds) - right * odds) + penalty @ away**2 / 2
        gradient = rows.T @ (share * (1 / (1 + np.exp(-odds)) - right)) + penalty * away
        return float(value), gradient

    fitted: Floats = minimize(loss, start, jac=True, bounds=[*bounds, (None, None)]).x
    return fitted


def risk_table(
    p: Floats, right: Flags, weight: Floats, *, least_answers: int, prior_answers: float = 0.0
) -> Iterator[Risk]:
    """Measure every threshold; the interval is Clopper and Pearson's.

    Where questions are weighted, the interval is taken at Kish's effective sample size. Risk
    is not let rise with the threshold: where it does, that is chance.

    Args:
        p: Confidences, shape (n,).
        right: Shape (n,).
        weight: What each question counts, shape (n,).
        least_answers: Thresholds that fewer answers reach are left out.
        prior_answers: The expected share is the one measured, mixed with what the confidences
            themselves promise as if that had been seen on so many answers. The interval is
            not touched by it.
    """
    highest = 1.0
    for threshold in np.arange(0.0, 1.0, 0.01):
        given = p >= threshold
        if given.sum() < least_answers:
            return
        mass = weight[given]
        wrong = float(mass @ (1.0 - right[given]) / mass.sum())
        size = float(mass.sum() ** 2 / (mass**2).sum())
        promised = float(mass @ (1 - p[given]) / mass.sum())
        highest = min(highest, (wrong * size + promised * prior_answers) / (size + prior_answers))
        low, high = clopper_pearson(wrong * size, size)
        yield Risk(
            min_confidence=round(float(threshold), 2),
            expected=round(highest, 4),
            low=round(low, 4),
            high=round(high, 4),
            answered=round(float(mass.sum() / weight.sum()), 4),
        )


def rounded(values: Sequence[float] | Floats) -> Signs:
    """Make weights as they are kept, of four decimals."""
    return Signs(*(round(float(value), 4) for value in values))
