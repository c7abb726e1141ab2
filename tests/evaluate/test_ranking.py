"""Retrieval measures by hand, and ir-measures against the same formulas written out."""

import sys
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.ranking import Ranking, rank_measures, rank_measures_here

DOCUMENTS = [f"d{n}" for n in range(14)]


@pytest.mark.parametrize("measures", [rank_measures, rank_measures_here])
def test_graded_judgements_have_their_hand_computed_measures(measures: object) -> None:
    qrels = {"q": {"a": 2, "b": 1, "c": 0, "d": 1}}
    found = measures(qrels, {"q": ["x", "b", "c", "a"]})  # type: ignore[operator]
    ideal = 2 + 1 / log2(3) + 1 / log2(4)
    expected = Ranking(0, 2 / 3, 2 / 3, 1 / 2, (1 / log2(3) + 2 / log2(5)) / ideal)
    assert found == {"q": pytest.approx(expected)}


@pytest.mark.parametrize("measures", [rank_measures, rank_measures_here])
def test_a_query_the_run_lacks_counts_nothing(measures: object) -> None:
    qrels = {"there": {"a": 1}, "missing": {"b": 1}, "nothing relevant": {"c": 0}}
    run = {"there": ["a"], "nothing relevant": ["c"], "never judged": ["a"]}
    found = measures(qrels, run)  # type: ignore[operator]
    assert found == {
        "there": (1, 1, 1, 1, 1),
        "missing": (0, 0, 0, 0, 0),
        "nothing relevant": (0, 0, 0, 0, 0),
    }


@pytest.mark.parametrize("measures", [rank_measures, rank_measures_here])
def test_nothing_below_the_tenth_counts(measures: object) -> None:
    found = measures({"q": {"d10": 1}}, {"q": DOCUMENTS})  # type: ignore[operator]
    assert found["q"] == (0, 0, 0, 0, 0)


def test_where_the_library_has_no_wheels_the_formulas_stand_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    found = rank_measures({"q": {"a": 1}, "missing": {"b": 1}}, {"q": ["x", "a"]})
    assert found["q"] == (0, 1, 1, 1 / 2, 1 / log2(3))
    assert found["missing"] == (0, 0, 0, 0, 0)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from("pqr"),
        st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1, max_size=14),
        min_size=1,
    ),
    st.dictionaries(
        st.sampled_from("pqrs"), st.lists(st.sampled_from(DOCUMENTS), unique=True, max_size=14)
    ),
)
def test_ir_measures_agrees_with_the_formulas(
    qrels: dict[str, dict[str, int]], run: dict[str, list[str]]
) -> None:
    pytest.importorskip("ir_measures", reason="no wheels for this machine")
    by_library, here = rank_measures(qrels, run), rank_measures_here(qrels, run)
    assert by_library.keys() == here.keys() == qrels.keys()
    for query, found in here.items():
        assert by_library[query] == pytest.approx(found)
        assert all(0 <= value <= 1 + 1e-9 for value in found)
