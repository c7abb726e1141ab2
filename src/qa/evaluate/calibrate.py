"""Measure what a reader's scores are worth: the parts of every calibration.

Asks an index and keeps what spoke for every sentence; fits a logistic regression whose
features may only speak the way they are meant to; measures the risk of every threshold.
Used by `recalibrate` for one's own documents and by `train.calibrate` for a reader.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.answer.calibration import Calibration, Risk
from qa.answer.pipeline import Answerer
from qa.answer.read import answer_words
from qa.answer.signs.features import Features
from qa.evaluate.gold import same_sentence
from qa.evaluate.squad import exact_match
from qa.evaluate.statistics import Flags, Floats, clopper_pearson

Bounds = Sequence[tuple[float | None, float | None]]

# A feature may only speak the way it was meant to.
_FOR, _AGAINST = (0.0, None), (None, 0.0)
FEATURE_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "answerable": _FOR,
    "margin": _FOR,
    "cosine": _FOR,
    "retrieval": _FOR,
    "wrong_type": _AGAINST,
    "missing_figure": _AGAINST,
    "unmentioned_name": _AGAINST,
    "lead": _FOR,
    "evidence": _FOR,
    "coverage": _FOR,
    "other_thing": _AGAINST,
    "alone": _FOR,
    "claimed": _FOR,
    "stands_out": _FOR,
}
_LEAD, _ANSWERABLE = map(Features._fields.index, ("lead", "answerable"))


class Asked(NamedTuple):
    """One question and every sentence that was read for it.

    Attributes:
        features: Shape (n_sentences, n_features).
        right: Whether each sentence is evidence, or its answer a gold one; shape (n_sentences,).
        said: Number of each sentence's answer, the same for the same words.
        answerable: Whether the question has an answer at all.
    """

    features: Floats
    right: Flags
    said: NDArray[np.int64]
    answerable: bool


class Best(NamedTuple):
    """The best sentence of every question; rows in the order of the questions.

    Attributes:
        features: With the lead, shape (n_questions, n_features).
        right: Whether it answers, shape (n_questions,).
        answerable: Whether the question has an answer, shape (n_questions,).
    """

    features: Floats
    right: Flags
    answerable: Flags

    def take(self, rows: NDArray[np.int64]) -> "Best":
        """Return some of the rows."""
        return Best(self.features[rows], self.right[rows], self.answerable[rows])


def ask(
    answerer: Answerer, question: str, evidence: Sequence[str], answers: Sequence[str]
) -> Asked:
    """Read the best passages; evidence and answers are empty if nothing is right."""
    candidates = answerer.candidates(question)
    right = [
        any(same_sentence(entry, found.passage.slice(found.sentence)) for entry in evidence)
        or (bool(answers) and exact_match(found.passage.slice(found.answer), answers) == 1)
        for found in candidates
    ]
    features = np.array([candidate.features for candidate in candidates])
    words = [answer_words(found.passage, found.answer) for found in candidates]
    said = np.array([words.index(each) for each in words])
    return Asked(features, np.array(right), said, bool(evidence))


def best_sentences(rank: Features, asked: Sequence[Asked]) -> Best:
    """Order every question's sentences by rank weights and keep the first."""
    rows = [_best(np.array(rank), entry) for entry in asked]
    return Best(
        np.array([features for features, _ in rows]),
        np.array([right for _, right in rows]),
        np.array([entry.answerable for entry in asked]),
    )


def _best(rank: Floats, asked: Asked) -> tuple[Floats, bool]:
    if not len(asked.right):  # nothing was found to read
        return np.zeros(len(rank)), False
    odds = asked.features @ rank
    best = int(odds.argmax())
    features = asked.features[best].copy()
    powers = np.exp(odds - odds[best])
    chances = _chances(asked.features[:, _ANSWERABLE])
    together = asked.said == asked.said[best]
    features[_LEAD] = (powers * chances)[together].sum() / powers.sum()
    return features, bool(asked.right[best])


def probabilities(calibration: Calibration, features: Floats) -> Floats:
    """Return the confidence of every row of features, shape (n_questions,)."""
    odds = calibration.bias + features @ np.array(calibration.confidence)
    return _chances(odds)


def _chances(odds: Floats) -> Floats:
    """Return the chances that log-odds stand for, as `Calibration.probability` does."""
    p: Floats = 1 / (1 + np.exp(-np.clip(odds, -60.0, 60.0)))
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


def rounded(values: Sequence[float] | Floats) -> Features:
    """Make weights as they are kept, of four decimals."""
    return Features(*(round(float(value), 4) for value in values))
