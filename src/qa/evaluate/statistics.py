"""Statistics that can be resampled cheaply, and what a share of few answers promises.

A statistic is a function of counts: how often every question is drawn, shape
(n_resamples, n_questions). It returns one value a resample, NaN where nothing is counted;
`value_of` counts every question once. Does not know questions, only their numbers.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Statistic = Callable[[Floats], Floats]

BINS = 10
"""Bins of the calibration error: of equal width, so that runs and resamples share them."""

CONFIDENCE_LEVEL = 0.95
_LEAST_PROBABILITY = 1e-6
_MOST_ANSWERS = 20_000


def value_of(statistic: Statistic, n: int) -> float | None:
    """Return a statistic of n questions that count once each; None if nothing is counted."""
    value = float(statistic(np.ones((1, n)))[0])
    return None if np.isnan(value) else value


def mean(values: Sequence[float | None]) -> Statistic:
    """Return the mean of the values there are."""
    known = array(value is not None for value in values)
    return ratio(array(value or 0.0 for value in values), known)


def ratio(part: Floats, whole: Floats) -> Statistic:
    """Return the sum of one value over the sum of another."""
    return lambda counts: _divide(counts @ part, counts @ whole)


def auroc(scores: Floats, positive: Floats) -> Statistic:
    """Return the chance that a positive scores higher, ties half (Mann and Whitney 1947)."""
    order, starts = _tied(scores)

    def statistic(counts: Floats) -> Floats:
        ordered = counts[:, order]
        up = np.add.reduceat(ordered * positive[order], starts, axis=1)
        down = np.add.reduceat(ordered * (1 - positive[order]), starts, axis=1)
        wins = (up * (down.cumsum(axis=1) - down / 2)).sum(axis=1)
        return _divide(wins, up.sum(axis=1) * down.sum(axis=1))

    return statistic


def curve(confidences: Floats, wrong: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Return the risk–coverage curve; questions of equal confidence are answered together.

    Returns:
        A function from counts to, after each confidence from the highest down, how many
        questions are answered and how many of those are wrong.
    """
    order, starts = _tied(-confidences)

    def answered(counts: Floats) -> tuple[Floats, Floats]:
        ordered = counts[:, order]
        asked = np.add.reduceat(ordered, starts, axis=1)
        failed = np.add.reduceat(ordered * wrong[order], starts, axis=1)
        return asked.cumsum(axis=1), failed.cumsum(axis=1)

    return answered


def aurc(confidences: Floats, wrong: Floats) -> Statistic:
    """Return the area under the risk–coverage curve (Geifman and El-Yaniv 2017)."""
    along = curve(confidences, wrong)

    def statistic(counts: Floats) -> Floats:
        answered, failed = along(counts)
        risks = np.nan_to_num(_divide(failed, answered))
        asked = np.diff(answered, prepend=0, axis=1)
        area: Floats = (asked * risks).sum(axis=1) / answered[:, -1]
        return area

    return statistic


def risk_at(confidences: Floats, wrong: Floats, tenth: int) -> Statistic:
    """Return the share of wrong answers when so many tenths of the questions are answered."""
    along = curve(confidences, wrong)

    def statistic(counts: Floats) -> Floats:
        answered, failed = along(counts)
        last = (answered < np.ceil(tenth * answered[:, -1:] / 10)).sum(axis=1)
        rows = np.arange(len(counts))
        return _divide(failed[rows, last], answered[rows, last])

    return statistic


def ece(confidences: Floats, right: Floats) -> Statistic:
    """Return the mean gap between confidence and share right over the bins (Guo et al. 2017)."""
    gaps = np.eye(BINS)[bin_numbers(confidences)] * (confidences - right)[:, None]
    return lambda counts: np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1)


def percentile(values: Floats, percent: int) -> Statistic:
    """Return a percentile by nearest rank."""
    order = np.argsort(values, kind="stable")

    def statistic(counts: Floats) -> Floats:
        reached = counts[:, order].cumsum(axis=1)
        needed = np.ceil(reached[:, -1:] * percent / 100)
        found: Floats = values[order][(reached < needed).sum(axis=1)]
        return found

    return statistic


def auroc_value(p: Floats, right: Flags) -> float | None:
    """Return `auroc` of answers that count once each; None if all are right or none is."""
    return value_of(auroc(p, right.astype(np.float64)), len(p))


def calibration_error(p: Floats, right: Flags) -> float:
    """Return `ece` of at least one answer, counted once each."""
    return float(ece(p, right.astype(np.float64))(np.ones((1, len(p))))[0])


def brier(p: Floats, right: Flags) -> float:
    """Return the mean squared error of the confidences (Brier 1950)."""
    return float(((p - right) ** 2).mean())


def log_losses(p: Floats, right: Flags) -> Floats:
    """Return each answer's negative log-likelihood, in nats."""
    p = np.clip(p, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return -np.log(np.where(right, p, 1 - p))


def clopper_pearson(wrong: float, size: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a share (Clopper and Pearson 1934).

    Args:
        wrong: How many were wrong; need not be whole, where answers are weighted.
        size: Of how many; with none, the interval is all of [0, 1].
    """
    from scipy.special import betaincinv

    if size <= 0:
        return 0.0, 1.0
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low = betaincinv(wrong, size - wrong + 1, tail) if wrong > 0 else 0.0
    high = betaincinv(wrong + 1, size - wrong, 1 - tail) if wrong < size else 1.0
    return float(low), float(high)


def answers_needed(max_risk: float, wrong_share: float = 0.0) -> int | None:
    """Return how many answers it takes for the interval to end at or below a risk.

    Args:
        max_risk: Share of wrong answers that is to be kept to.
        wrong_share: Share that is expected to be wrong.

    Returns:
        None if even 20,000 are too few, as when the share is the risk itself.
    """
    from scipy.special import betaincinv

    sizes = np.arange(1, _MOST_ANSWERS + 1)
    wrong = np.minimum(np.ceil(wrong_share * sizes - 1e-9), sizes - 1)
    high = betaincinv(wrong + 1, sizes - wrong, 1 - (1 - CONFIDENCE_LEVEL) / 2)
    (enough,) = np.nonzero(high <= max_risk)
    return int(sizes[enough[0]]) if len(enough) else None


def bin_numbers(confidences: Floats) -> NDArray[np.intp]:
    """Return the bin, 0 to 9, of each confidence."""
    return np.minimum((confidences * BINS).astype(np.intp), BINS - 1)


def array(values: Iterable[float]) -> Floats:
    """Return numbers as an array."""
    return np.fromiter(values, dtype=np.float64)


def _divide(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _tied(scores: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Order scores from the lowest; return where each run of equal ones starts, too."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)
