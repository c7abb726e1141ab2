"""Fit a calibration to gold questions of one's own.

With few questions little can be fitted, so the packaged calibration is where everything
starts from: one of four `FORMS`, from nothing to all weights, is chosen by
cross-validation, and each is drawn towards what was packaged. What the report says was
measured on questions that took no part in fitting or choosing. Does not know files.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.answer.calibration import Calibration
from qa.errors import CalibrationError
from qa.evaluate.calibrate import (
    FEATURE_BOUNDS,
    Best,
    fit_logistic,
    probabilities,
    risk_table,
    rounded,
)
from qa.evaluate.statistics import (
    Flags,
    Floats,
    answers_needed,
    brier,
    calibration_error,
    clopper_pearson,
    log_losses,
)
from qa.evaluate.statistics import auroc_value as auroc

# By what is fitted anew, fewest numbers first.
FORMS = {
    "risk table": "the confidences are kept, only what each threshold costs is measured",
    "shift": "one constant is added to the confidences' log-odds",
    "shift and slope": "the confidences' log-odds are shifted and stretched (Platt 1999)",
    "weights": "every weight is fitted, starting from the packaged ones",
}
LEAST_ANSWERABLE, LEAST_UNANSWERABLE, LEAST_RIGHT = 10, 5, 5
# Eight weights and a constant: with fewer questions they are not tried (docs/LOG.md).
_LEAST_FOR_WEIGHTS = 100
_FOLDS = 10
_INNER_FOLDS = 5
_SEED = 5
# Penalties on a sum over questions: a normal prior of standard deviation .7 on the slope and
# .5 on each weight of a feature scaled to unit variance.
_SLOPE_PENALTY = 2.0
_WEIGHT_PENALTY = 4.0
# The expected share of a threshold leans on the confidences as on so many answers.
_PRIOR_ANSWERS = 10.0
_LEAST_TABLE_ANSWERS = 5


class Trust(NamedTuple):
    """How far confidences can be trusted, on questions they were not fitted on.

    Attributes:
        auroc: Chance that a right best sentence has more confidence than a wrong one.
        calibration_error: Expected gap between confidence and share right.
        brier: Mean squared error of the confidence.
        log_loss: In nats.
        answered: Questions answered at the threshold for the risk asked for.
        wrong: Of these, answered wrongly.
        low: Lower end of the 95 % interval of their share.
        high: Upper end.
    """

    auroc: float | None
    calibration_error: float
    brier: float
    log_loss: float
    answered: int
    wrong: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A calibration of one's own and what it is worth.

    Attributes:
        calibration: Fitted on every question.
        form: One of `FORMS`.
        questions: How many.
        answerable: Of these, with an answer.
        right: Of these, whose best sentence answers.
        max_risk: The risk that `before` and `after` answer at.
        before: The packaged calibration.
        after: One's own, cross-validated.
        needed_if_right: Answers it takes, all of them right, to promise `max_risk`.
        needed: Answers it takes with the share of wrong ones as measured; None if no number
            would do.
    """

    calibration: Calibration
    form: str
    questions: int
    answerable: int
    right: int
    max_risk: float
    before: Trust
    after: Trust
    needed_if_right: int | None
    needed: int | None


def recalibrate(packaged: Calibration, best: Best, max_risk: float) -> Recalibration:
    """Fit a calibration to one's own questions and measure it by cross-validation.

    Args:
        packaged: What to start from; its rank weights are kept.
        best: The best sentence of every question, by those rank weights.
        max_risk: The risk at which the report counts answers, 0 to 1.

    Raises:
        CalibrationError: There are too few questions of a kind.
    """
    check_enough(best)
    calibration, form = _fit(packaged, best)
    packaged_p = probabilities(packaged, best.features)
    kept = packaged_p >= packaged.risk(max_risk).min_confidence
    own_p, given = np.empty(len(best.right)), np.empty(len(best.right), dtype=bool)
    for train, test in _folds(best, _FOLDS):
        fitted, _ = _fit(packaged, best.take(train))
        own_p[test] = probabilities(fitted, best.features[test])
        given[test] = own_p[test] >= fitted.risk(max_risk).min_confidence
    after = _trust(own_p, best.right, given)
    return Recalibration(
        calibration=calibration,
        form=form,
        questions=len(best.right),
        answerable=int(best.answerable.sum()),
        right=int(best.right.sum()),
        max_risk=max_risk,
        before=_trust(packaged_p, best.right, kept),
        after=after,
        needed_if_right=answers_needed(max_risk),
        needed=answers_needed(max_risk, after.wrong / after.answered) if after.answered else None,
    )


def check_enough(best: Best) -> None:
    """Refuse to fit on too little.

    Raises:
        CalibrationError: Says what there is and what is needed.
    """
    answerable, right = int(best.answerable.sum()), int(best.right.sum())
    unanswerable = len(best.right) - answerable
    if answerable < LEAST_ANSWERABLE or unanswerable < LEAST_UNANSWERABLE:
        raise CalibrationError(
            f"too few questions to calibrate: {answerable} with an answer and {unanswerable} "
            f"without; at least {LEAST_ANSWERABLE} and {LEAST_UNANSWERABLE} are needed, a hundred "
            "or more are better: qa draft-gold proposes some"
        )
    wrong = len(best.right) - right
    if right < LEAST_RIGHT or wrong < LEAST_RIGHT:
        raise CalibrationError(
            f"{right} of {len(best.right)} best sentences answer their question; a calibration "
            f"needs at least {LEAST_RIGHT} that do and {LEAST_RIGHT} that don't: are the questions "
            "about the documents of this index?"
        )


def _fit(packaged: Calibration, best: Best) -> tuple[Calibration, str]:
    """Choose a form by cross-validation, fit it, and measure risk on the folds left out.

    The form with the least loss is taken: preferring fewer numbers within a standard error
    kept confidences that were plainly wrong for the documents (docs/LOG.md).
    """
    forms = [form for form in FORMS if form != "weights" or len(best.right) >= _LEAST_FOR_WEIGHTS]
    left_out = {form: np.empty(len(best.right)) for form in forms}
    for train, test in _folds(best, _INNER_FOLDS):
        for form in forms:
            fitted = _fit_form(form, packaged, best.take(train))
            left_out[form][test] = probabilities(fitted, best.features[test])
    losses = {form: log_losses(p, best.right) for form, p in left_out.items()}
    form = min(forms, key=lambda form: float(losses[form].mean()))
    risks = risk_table(
        left_out[form],
        best.right,
        np.ones(len(best.right)),
        least_answers=_LEAST_TABLE_ANSWERS,
        prior_answers=_PRIOR_ANSWERS,
    )
    return replace(_fit_form(form, packaged, best), risks=tuple(risks)), form


def _fit_form(form: str, packaged: Calibration, best: Best) -> Calibration:
    return _FITS[form](packaged, best)


def _keep(packaged: Calibration, best: Best) -> Calibration:  # noqa: ARG001  # like the others
    return packaged


def _fit_shift(packaged: Calibration, best: Best) -> Calibration:
    nothing = np.empty((len(best.right), 0))
    ones, odds = np.ones(len(best.right)), _log_odds(packaged, best)
    (shift,) = fit_logistic(nothing, best.right, ones, [], l2=0.0, offset=odds)
    return replace(packaged, bias=round(packaged.bias + float(shift), 4))


def _fit_slope(packaged: Calibration, best: Best) -> Calibration:
    slope, shift = fit_logistic(
        _log_odds(packaged, best)[:, None],
        best.right,
        np.ones(len(best.right)),
        [(0.0, None)],
        l2=_SLOPE_PENALTY,
        centre=np.ones(1),
    ).tolist()
    weights = rounded([weight * slope for weight in packaged.confidence])
    return replace(packaged, confidence=weights, bias=round(packaged.bias * slope + shift, 4))


def _fit_weights(packaged: Calibration, best: Best) -> Calibration:
    scale = best.features.std(axis=0)
    scale[scale < 1e-6] = 1.0  # a feature that is the same everywhere keeps its weight
    centre = np.array(packaged.confidence) * scale
    rows, ones = best.features / scale, np.ones(len(best.right))
    bounds = [*FEATURE_BOUNDS.values()]
    fitted = fit_logistic(rows, best.right, ones, bounds, l2=_WEIGHT_PENALTY, centre=centre)
    weights = rounded(fitted[:-1] / scale)
    return replace(packaged, confidence=weights, bias=round(float(fitted[-1]), 4))


_FITS: dict[str, Callable[[Calibration, Best], Calibration]] = {
    "risk table": _keep,
    "shift": _fit_shift,
    "shift and slope": _fit_slope,
    "weights": _fit_weights,
}


def _log_odds(calibration: Calibration, best: Best) -> Floats:
    odds: Floats = calibration.bias + best.features @ np.array(calibration.confidence)
    return odds


def _folds(best: Best, count: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Split rows so that each part has its share of right, wrong and unanswerable ones."""
    shuffled = np.random.default_rng(_SEED).permutation(len(best.right))
    kinds = 2 * best.right.astype(int) + best.answerable
    ordered = shuffled[np.argsort(kinds[shuffled], kind="stable")]
    part = np.empty(len(ordered), dtype=int)
    part[ordered] = np.arange(len(ordered)) % count
    for number in range(count):
        yield np.flatnonzero(part != number), np.flatnonzero(part == number)


def _trust(p: Floats, right: Flags, given: Flags) -> Trust:
    answered, wrong = int(given.sum()), int((given & ~right).sum())
    low, high = clopper_pearson(wrong, answered)
    return Trust(
        auroc=auroc(p, right),
        calibration_error=calibration_error(p, right),
        brier=brier(p, right),
        log_loss=float(log_losses(p, right).mean()),
        answered=answered,
        wrong=wrong,
        low=low,
        high=high,
    )
