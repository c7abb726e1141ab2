"""Fitting to one's own questions: what is known to be true is found, and little is fitted on."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from qa.answer.calibration import Calibration
from qa.answer.pipeline import Answerer
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.features import Features
from qa.errors import CalibrationError
from qa.evaluate.calibrate import Best, ask, probabilities, risk_table
from qa.evaluate.recalibrate import FORMS, check_enough, recalibrate
from qa.evaluate.statistics import log_losses
from tests.answer.outcome.making import candidate
from tests.conftest import TINY_CALIBRATION

PACKAGED = Calibration(
    rank=TINY_CALIBRATION.rank,
    confidence=Features(0.0, 0.5, 3.0, 0.0, -1.0, -1.0, 0.0, 2.0),
    bias=0.0,
    risks=TINY_CALIBRATION.risks,
)


def drawn(truth: Calibration, count: int, seed: int) -> Best:
    """Questions whose best sentence is right as often as a known calibration says."""
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(count, 8))
    features[:, 4:7] = chance.random((count, 3)) < 0.3
    more = np.random.default_rng(seed + 1000).normal(size=(count, len(Features._fields) - 8))
    features = np.hstack([features, more])
    right = chance.random(count) < probabilities(truth, features)
    return Best(features, right, right | (chance.random(count) < 0.5))


def loss(calibration: Calibration, best: Best) -> float:
    return float(log_losses(probabilities(calibration, best.features), best.right).mean())


def scaled(slope: float, shift: float) -> Calibration:
    confidence = Features(*(weight * slope for weight in PACKAGED.confidence))
    return replace(PACKAGED, confidence=confidence, bias=PACKAGED.bias * slope + shift)


def test_a_known_shift_and_slope_are_recovered() -> None:
    truth = scaled(0.5, 1.0)
    report = recalibrate(PACKAGED, drawn(truth, 1000, 1), 0.1)
    assert report.calibration.bias == pytest.approx(truth.bias, abs=0.2)
    for found, wanted in zip(report.calibration.confidence, truth.confidence, strict=True):
        assert found == pytest.approx(wanted, abs=0.25)


def test_a_known_change_of_weights_is_recovered() -> None:
    truth = replace(PACKAGED, confidence=Features(0.0, 2.0, 0.0, 0.0, 0.0, -3.0, 0.0, 2.0))
    report = recalibrate(PACKAGED, drawn(truth, 1000, 2), 0.1)
    assert report.form == "weights"
    assert report.calibration.confidence.margin == pytest.approx(2.0, abs=0.5)
    assert report.calibration.confidence.cosine == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("count", [40, 100])
def test_few_questions_do_not_make_it_much_worse_where_the_packaged_is_right(count: int) -> None:
    held_out = drawn(PACKAGED, 4000, 99)
    more = [
        loss(recalibrate(PACKAGED, drawn(PACKAGED, count, seed), 0.1).calibration, held_out)
        - loss(PACKAGED, held_out)
        for seed in range(4)
    ]
    assert np.mean(more) < 3 / count


@pytest.mark.parametrize("count", [60, 200])
def test_it_makes_a_calibration_that_promises_too_much_better(count: int) -> None:
    truth = scaled(0.8, -1.2)
    held_out = drawn(truth, 4000, 98)
    for seed in range(2):
        own = recalibrate(PACKAGED, drawn(truth, count, seed), 0.1).calibration
        assert loss(own, held_out) < loss(PACKAGED, held_out)


def test_what_is_reported_was_measured_on_questions_left_out() -> None:
    # With pure noise nothing can be told; in-sample, eight weights would say otherwise.
    best = drawn(replace(PACKAGED, confidence=Features(*[0.0] * 8), bias=0.0), 200, 3)
    report = recalibrate(PACKAGED, best, 0.1)
    assert report.after.auroc is not None
    assert report.after.auroc < 0.6


def test_signs_keep_their_meaning() -> None:
    truth = replace(PACKAGED, confidence=Features(0, -1, 3, 0, 1, -1, 0, 2))
    own = recalibrate(PACKAGED, drawn(truth, 1000, 4), 0.1).calibration.confidence
    assert own.margin >= 0
    assert own.wrong_type <= 0


def test_the_rank_and_the_form_of_the_table_are_kept() -> None:
    report = recalibrate(PACKAGED, drawn(PACKAGED, 120, 5), 0.1)
    assert report.form in FORMS
    assert report.calibration.rank == PACKAGED.rank
    risks = report.calibration.risks
    assert [r.min_confidence for r in risks] == sorted(r.min_confidence for r in risks)
    assert [r.expected for r in risks] == sorted((r.expected for r in risks), reverse=True)
    assert Calibration.from_json(report.calibration.to_json()) == report.calibration


def test_the_same_questions_give_the_same_calibration() -> None:
    best = drawn(PACKAGED, 80, 6)
    assert recalibrate(PACKAGED, best, 0.1) == recalibrate(PACKAGED, best, 0.1)


def test_needs_are_counted() -> None:
    report = recalibrate(PACKAGED, drawn(scaled(3.0, 0.0), 400, 7), 0.1)
    assert report.needed_if_right == 36
    assert report.after.low <= report.after.wrong / report.after.answered <= report.after.high


@pytest.mark.parametrize(
    ("answerable", "unanswerable", "right", "said"),
    [
        (9, 20, 9, "9 with an answer and 20 without; at least 10 and 5"),
        (40, 4, 30, "40 with an answer and 4 without; at least 10 and 5"),
        (40, 0, 30, "40 with an answer and 0 without"),
        (40, 20, 4, "4 of 60 best sentences answer"),
    ],
)
def test_too_little_is_refused_with_what_is_needed(
    answerable: int, unanswerable: int, right: int, said: str
) -> None:
    flags = np.arange(answerable + unanswerable)
    best = Best(np.zeros((len(flags), 8)), flags < right, flags < answerable)
    with pytest.raises(CalibrationError, match=said):
        check_enough(best)


def test_a_risk_table_by_hand() -> None:
    p = np.array([0.95, 0.85, 0.75, 0.15])
    right = np.array([True, False, True, False])
    table = {r.min_confidence: r for r in risk_table(p, right, np.ones(4), least_answers=2)}
    assert table[0.0].expected == 0.5
    assert table[0.5].expected == pytest.approx(1 / 3, abs=1e-4)
    assert table[0.5].answered == 0.75
    assert table[0.8].expected == pytest.approx(1 / 3, abs=1e-4), "held to what lower ones cost"
    assert max(table) == 0.85
    mixed = next(risk_table(p, right, np.ones(4), least_answers=2, prior_answers=4.0))
    # Two wrong of four, and four times the promised share of .325.
    assert mixed.expected == pytest.approx((2 + 4 * 0.325) / 8)
    assert (mixed.low, mixed.high) == (table[0.0].low, table[0.0].high)


def test_confidences_are_those_that_answers_are_given_with() -> None:
    best = drawn(PACKAGED, 20, 8)
    alone = [PACKAGED.probability(Features(*row)) for row in best.features.tolist()]
    assert probabilities(PACKAGED, best.features) == pytest.approx(alone)


def test_nothing_is_right_of_a_question_without_an_answer() -> None:
    """An answer of which nothing is left is a gold answer only where the gold ones are such."""

    class Reads:
        def candidates(self, _: str) -> list[Candidate]:
            return [
                candidate("a", "It is so.", "It is so.", "."),
                candidate("a", "Yes.", "Yes.", "Yes"),
            ]

    answerer = cast(Answerer, Reads())
    assert not ask(answerer, "Who?", (), ()).right.any()
    assert ask(answerer, "Who?", ("Yes.",), ()).right.tolist() == [False, True]
    assert ask(answerer, "Who?", ("Nowhere.",), ("yes",)).right.tolist() == [False, True]
