"""Hold intervals to tables and closed forms, and statistics to values worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluate.statistics import (
    answers_needed,
    auroc_value,
    brier,
    calibration_error,
    clopper_pearson,
    log_losses,
)


@pytest.mark.parametrize(
    ("wrong", "size", "low", "high"),
    [
        # Closed forms: with 0 of n the upper end is 1 - .025^(1/n), with n of n the mirror.
        (0, 10, 0.0, 1 - 0.025**0.1),
        (10, 10, 0.025**0.1, 1.0),
        (0, 1, 0.0, 0.975),
        # Of published tables.
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (3, 27, 0.0235, 0.2916),
        (0, 0, 0.0, 1.0),
    ],
)
def test_clopper_pearson_is_the_textbook_s(wrong: int, size: int, low: float, high: float) -> None:
    assert clopper_pearson(wrong, size) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(pair: tuple[int, int]) -> None:
    wrong, size = pair
    low, high = clopper_pearson(wrong, size)
    assert 0 <= low <= wrong / size <= high <= 1


def test_answers_needed_is_the_first_number_whose_interval_is_low_enough() -> None:
    # .9^n <= .025 first holds for n = 36.
    assert answers_needed(0.1) == 36
    assert clopper_pearson(0, 36)[1] <= 0.1 < clopper_pearson(0, 35)[1]
    assert answers_needed(0.05) == 72
    assert answers_needed(0.1, 0.1) is None
    needed = answers_needed(0.1, 0.05)
    assert needed is not None
    assert clopper_pearson(np.ceil(0.05 * needed), needed)[1] <= 0.1


def test_measures_of_four_answers_by_hand() -> None:
    p, right = np.array([0.9, 0.6, 0.6, 0.2]), np.array([True, True, False, False])
    assert auroc_value(p, right) == pytest.approx((2 + 1.5) / 4)
    assert brier(p, right) == pytest.approx((0.01 + 0.16 + 0.36 + 0.04) / 4)
    # Bins: .2 alone (gap .2), two of .6 with one right (gap .2), .9 alone (gap .1).
    assert calibration_error(p, right) == pytest.approx((0.2 + 0.2 + 0.1) / 4)
    assert log_losses(p, right)[0] == pytest.approx(-np.log(0.9))
    assert auroc_value(p, np.array([True] * 4)) is None


def test_a_certain_mistake_costs_much_but_not_everything() -> None:
    assert np.isfinite(log_losses(np.array([1.0]), np.array([False]))).all()
