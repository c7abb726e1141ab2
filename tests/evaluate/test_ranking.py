"""Hold the retrieval measures to values worked out by hand, and to those of trec_eval."""

from dataclasses import astuple
from math import log2

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.ranking import Ranking, measures_of_rank, rank_measures

NAMES = ("R@1", "R@5", "R@10", "RR@10", "nDCG@10")  # as in trec_eval, in our order
DOCUMENTS = [f"d{n}" for n in range(14)]
NOTHING, ALL = Ranking(0, 0, 0, 0, 0), Ranking(1, 1, 1, 1, 1)


def test_graded_judgements_have_their_hand_computed_measures() -> None:
    qrels = {"q": {"a": 2, "b": 1, "c": 0, "d": 1}}
    (found,) = rank_measures(qrels, {"q": ["x", "b", "c", "a"]}).values()
    ideal = 2 + 1 / log2(3) + 1 / log2(4)
    expected = (0, 2 / 3, 2 / 3, 1 / 2, (1 / log2(3) + 2 / log2(5)) / ideal)
    assert astuple(found) == pytest.approx(expected)


def test_a_query_the_run_lacks_counts_nothing() -> None:
    qrels = {"there": {"a": 1}, "missing": {"b": 1}, "nothing relevant": {"c": 0}}
    run = {"there": ["a"], "nothing relevant": ["c"], "never judged": ["a"]}
    found = rank_measures(qrels, run)
    assert found == {"there": ALL, "missing": NOTHING, "nothing relevant": NOTHING}


def test_nothing_below_the_tenth_counts() -> None:
    assert rank_measures({"q": {"d10": 1}}, {"q": DOCUMENTS}) == {"q": NOTHING}


def test_one_relevant_document_is_measured_by_its_rank_alone() -> None:
    assert measures_of_rank(1) == ALL
    assert measures_of_rank(2) == Ranking(0, 1, 1, 1 / 2, 1 / log2(3))
    assert measures_of_rank(10) == Ranking(0, 0, 1, 1 / 10, 1 / log2(11))
    assert measures_of_rank(11) == measures_of_rank(None) == NOTHING


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
def test_the_formulas_agree_with_trec_eval(
    qrels: dict[str, dict[str, int]], run: dict[str, list[str]]
) -> None:
    measures = [ir_measures.parse_measure(name) for name in NAMES]
    scored = {
        query: {document: float(-rank) for rank, document in enumerate(documents)}
        for query, documents in run.items()
    }
    theirs = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(measures, qrels, scored)
    }
    ours = rank_measures(qrels, run)
    assert ours.keys() == qrels.keys()
    for query, found in ours.items():
        expected = [theirs.get((query, name), 0.0) for name in NAMES]
        assert astuple(found) == pytest.approx(expected)
        assert all(0 <= value <= 1 + 1e-9 for value in astuple(found))
