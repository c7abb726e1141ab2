"""Values of questions in, statistics out that are functions of how often each counts.

Counts have shape (n_resamples, n_questions), results (n_resamples,), NaN where there is
nothing to divide by. Counting each question once gives a statistic's value. Does not know
questions, only their numbers.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

BINS = 10
"""Bins of the calibration error: of equal width, so that runs and resamples share them."""


def mean(values: Sequence[float | None]) -> Statistic:
    """Make the mean of the values there are."""
    known = array(value is not None for value in values)
    return ratio(array(value or 0.0 for value in values), known)


def ratio(part: Floats, whole: Floats) -> Statistic:
    """Make the sum of one value over the sum of another."""
    return lambda counts: _divide(counts @ part, counts @ whole)


def auroc(scores: Floats, positive: Floats) -> Statistic:
    """Make the Mann-Whitney statistic: the chance that a positive scores higher; ties half."""
    order, starts = _tied(scores)

    def statistic(counts: Floats) -> Floats:
        ordered = counts[:, order]
        up = np.add.reduceat(ordered * positive[order], starts, axis=1)
        down = np.add.reduceat(ordered * (1 - positive[order]), starts, axis=1)
        wins = (up * (down.cumsum(axis=1) - down / 2)).sum(axis=1)
        return _divide(wins, up.sum(axis=1) * down.sum(axis=1))

    return statistic


def curve(confidences: Floats, wrong: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Make the risk–coverage curve; questions of equal confidence are answered together.

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
    """Make the area under the risk–coverage curve (Geifman and El-Yaniv 2017)."""
    along = curve(confidences, wrong)

    def statistic(counts: Floats) -> Floats:
        answered, failed = along(counts)
        risks = np.nan_to_num(_divide(failed, answered))
        asked = np.diff(answered, prepend=0, axis=1)
        area: Floats = (asked * risks).sum(axis=1) / answered[:, -1]
        return area

    return statistic


def risk_at(confidences: Floats, wrong: Floats, tenth: int) -> Statistic:
    """Make the share of wrong answers when this many tenths of the questions are answered."""
    along = curve(confidences, wrong)

    def statistic(counts: Floats) -> Floats:
        answered, failed = along(counts)
        last = (answered < np.ceil(tenth * answered[:, -1:] / 10)).sum(axis=1)
        rows = np.arange(len(counts))
        return _divide(failed[rows, last], answered[rows, last])

    return statistic


def ece(confidences: Floats, right: Floats) -> Statistic:
    """Make the mean gap between confidence and share right over the bins (Guo et al. 2017)."""
    gaps = np.eye(BINS)[bin_numbers(confidences)] * (confidences - right)[:, None]
    return lambda counts: np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1)


def percentile(values: Floats, percent: int) -> Statistic:
    """Make a percentile by nearest rank."""
    order = np.argsort(values, kind="stable")

    def statistic(counts: Floats) -> Floats:
        reached = counts[:, order].cumsum(axis=1)
        needed = np.ceil(reached[:, -1:] * percent / 100)
        found: Floats = values[order][(reached < needed).sum(axis=1)]
        return found

    return statistic


def bin_numbers(confidences: Floats) -> NDArray[np.intp]:
    """Give the bin, 0 to 9, of each confidence."""
    return np.minimum((confidences * BINS).astype(np.intp), BINS - 1)


def array(values: Iterable[float]) -> Floats:
    """Put numbers into an array."""
    return np.fromiter(values, dtype=np.float64)


def _divide(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _tied(scores: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Order scores from the lowest; give where each run of equal ones starts."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)
