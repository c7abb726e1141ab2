"""Confidences and what came of them in, how far they can be trusted out.

Measures of a calibration, and what a share measured on few answers promises. Pure
functions; imports SciPy only when an interval is asked for. Does not know questions.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONFIDENCE_LEVEL = 0.95
_LEAST_PROBABILITY = 1e-6
_MOST_ANSWERS = 20_000


def clopper_pearson(wrong: float, size: float) -> tuple[float, float]:
    """Give the exact 95 % interval of a share (Clopper and Pearson 1934).

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
    """Give how many answers it takes for the interval to end at or below a risk.

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


def auroc(p: Floats, right: Flags) -> float | None:
    """Give the chance that a right answer has more confidence than a wrong one; ties are half.

    None if all are right or none is.
    """
    positive, negative = p[right], p[~right]
    if not len(positive) or not len(negative):
        return None
    above = (positive[:, None] > negative[None, :]).sum()
    equal = (positive[:, None] == negative[None, :]).sum()
    return float((above + 0.5 * equal) / (len(positive) * len(negative)))


def calibration_error(p: Floats, right: Flags, bins: int = 10) -> float:
    """Give the expected calibration error (Naeini et al. 2015): bins of equal width."""
    bin_of = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[chosen].sum() - right[chosen].sum())
        for chosen in (bin_of == number for number in range(bins))
    ]
    return float(sum(gaps) / len(p))


def brier(p: Floats, right: Flags) -> float:
    """Give the mean squared error of the confidences (Brier 1950)."""
    return float(((p - right) ** 2).mean())


def log_losses(p: Floats, right: Flags) -> Floats:
    """Give each answer's negative log-likelihood, in nats."""
    p = np.clip(p, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return -np.log(np.where(right, p, 1 - p))
