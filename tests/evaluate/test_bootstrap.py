"""Intervals hold their value, are the same each time, and shrink with more questions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.bootstrap import differences, intervals
from qa.evaluate.statistics import (
    BINS,
    Statistic,
    array,
    aurc,
    auroc,
    ece,
    mean,
    percentile,
    ratio,
    risk_at,
)

shares = st.floats(0, 1, allow_subnormal=False)
samples = st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=30)


def statistics(sample: list[tuple[float, bool]]) -> dict[str, Statistic]:
    confidences, right = array(p for p, _ in sample), array(r for _, r in sample)
    return {
        "mean": mean([float(r) for _, r in sample]),
        "ratio": ratio(right, confidences),
        "auroc": auroc(confidences, right),
        "aurc": aurc(confidences, 1 - right),
        "risk": risk_at(confidences, 1 - right, 3),
        "ece": ece(confidences, right),
        "median": percentile(confidences, 50),
    }


@settings(max_examples=60)
@given(samples)
def test_an_interval_holds_its_value_and_is_the_same_each_time(
    sample: list[tuple[float, bool]],
) -> None:
    found = intervals(statistics(sample), len(sample), resamples=50)
    assert found == intervals(statistics(sample), len(sample), resamples=50)
    for value, low, high in found.values():
        if value is None:
            assert (low, high) == (None, None)
        else:
            assert low is not None
            assert high is not None
            assert low <= value <= high


@settings(max_examples=60)
@given(samples)
def test_a_run_does_not_differ_from_itself(sample: list[tuple[float, bool]]) -> None:
    found = differences(statistics(sample), statistics(sample), len(sample), resamples=50)
    for name, difference in found.items():
        if difference.value is not None:
            ends = (difference.value, difference.low, difference.high, difference.p)
            assert ends == (0, 0, 0, 1), name


@settings(max_examples=60)
@given(samples)
def test_counting_a_question_twice_is_asking_it_twice(sample: list[tuple[float, bool]]) -> None:
    doubled = statistics(sample + sample[:1])
    counts = np.ones((1, len(sample)))
    counts[0, 0] = 2
    once = np.ones((1, len(sample) + 1))
    for name, statistic in statistics(sample).items():
        assert statistic(counts) == pytest.approx(doubled[name](once), nan_ok=True), name


@settings(max_examples=60)
@given(samples.flatmap(lambda sample: st.tuples(st.just(sample), st.permutations(sample))))
def test_the_order_of_questions_does_not_matter_to_a_value(
    pair: tuple[list[tuple[float, bool]], list[tuple[float, bool]]],
) -> None:
    once = np.ones((1, len(pair[0])))
    first, second = statistics(pair[0]), statistics(pair[1])
    for name, statistic in first.items():
        assert statistic(once) == pytest.approx(second[name](once), nan_ok=True), name


def test_a_half_of_many_has_the_interval_of_a_normal_approximation() -> None:
    n = 1_000
    sample = [float(i % 2) for i in range(n)]
    (found,) = intervals({"share": mean(sample)}, n).values()
    assert found.value == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.5 / n**0.5, abs=0.003)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.5 / n**0.5, abs=0.003)


def test_an_interval_of_one_question_is_a_point() -> None:
    assert intervals({"share": mean([0.3])}, 1)["share"] == (0.3, 0.3, 0.3)


def test_more_questions_than_a_batch_holds_are_resampled_too() -> None:
    n = 3_000_000
    (found,) = intervals({"share": mean([1.0] * n)}, n, resamples=3).values()
    assert found == (1, 1, 1)


def test_pairs_tell_a_small_steady_gain_from_chance() -> None:
    other = [(i % 10) / 10 for i in range(200)]
    better = [min(1.0, score + 0.05) for score in other]
    (found,) = differences({"f1": mean(better)}, {"f1": mean(other)}, 200).values()
    assert found.value == pytest.approx(0.05)
    assert found.low is not None
    assert found.low > 0.04
    assert found.p is not None
    assert found.p < 0.01
    unpaired = intervals({"f1": mean(other)}, 200)["f1"]
    assert unpaired.low is not None
    assert unpaired.low < 0.42  # alone, each run is far less certain


def test_differences_are_of_statistics_both_have() -> None:
    both, one = mean([1.0]), mean([0.0])
    assert list(differences({"a": both, "b": both}, {"b": one, "c": one}, 1)) == ["b"]


@pytest.mark.parametrize(
    ("statistic", "n", "expected"),
    [
        # 3 of 4 pairs won, one tied.
        (auroc(array([0.9, 0.5, 0.5, 0.1]), array([1, 1, 0, 0])), 4, 3.5 / 4),
        # In bin 0.1 .15, right; in bin 0.9 .95 and 1, one of them right.
        (ece(array([0.15, 0.95, 1.0]), array([1, 1, 0])), 3, (0.85 + abs(1.95 - 1)) / 3),
        (ece(array([0.25] * 4), array([1, 0, 0, 0])), 4, 0),
        (percentile(array([5, 1, 3]), 50), 3, 3),
        (ratio(array([1, 2]), array([0, 0])), 2, None),
        (mean([None, None]), 2, None),
        (auroc(array([0.1, 0.2]), array([1, 1])), 2, None),
    ],
)
def test_a_statistic_has_its_hand_computed_value(
    statistic: Statistic, n: int, expected: float | None
) -> None:
    value = intervals({"it": statistic}, n, resamples=10)["it"].value
    assert value == (None if expected is None else pytest.approx(expected))


def test_a_confidence_of_one_is_in_the_last_bin() -> None:
    assert BINS == 10
    assert ece(array([1.0]), array([1.0]))(np.ones((1, 1)))[0] == 0
