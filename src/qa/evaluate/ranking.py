"""Judgements and rankings in, retrieval measures of every query out, by `ir-measures`.

Owns ir-measures (MacAvaney et al. 2022), which computes with NIST's trec_eval. That has no
wheels for ARM on Linux and Windows; there the same formulas are worked out here, and the
tests hold both to the same values. Does not know passages or text.
"""

from collections.abc import Mapping, Sequence
from math import log2
from typing import NamedTuple

_DEPTH = 10


class Ranking(NamedTuple):
    """Retrieval measures of one query, each 0 to 1.

    Attributes:
        recall_at_1: Share of the relevant documents that are the first one.
        recall_at_5: Share of them among the first five.
        recall_at_10: Share of them among the first ten.
        mrr_at_10: One over the rank of the first relevant document; 0 below the tenth.
        ndcg_at_10: Discounted cumulative gain of the first ten, as a share of the best
            possible (Järvelin and Kekäläinen 2002, gain linear in the grade).
    """

    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float
    ndcg_at_10: float


Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[str]]


def rank_measures(qrels: Qrels, run: Run) -> dict[str, Ranking]:
    """Measure rankings.

    Args:
        qrels: Grade of each judged document by query; 1 or more is relevant.
        run: Documents by query, the best first, none twice.

    Returns:
        The measures of every judged query; 0 where the run lacks it.
    """
    try:
        import ir_measures
    except ModuleNotFoundError:
        return rank_measures_here(qrels, run)
    names = ("R@1", "R@5", "R@10", "RR@10", "nDCG@10")
    measures = [ir_measures.parse_measure(name) for name in names]
    scored = {
        query: {document: float(-rank) for rank, document in enumerate(documents)}
        for query, documents in run.items()
    }
    found: dict[tuple[str, str], float] = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(measures, qrels, scored)
    }
    return {query: Ranking(*(found.get((query, name), 0.0) for name in names)) for query in qrels}


def rank_measures_here(qrels: Qrels, run: Run) -> dict[str, Ranking]:
    """Measure rankings without ir-measures; arguments and result as for `rank_measures`."""
    return {query: _ranking(judged, run.get(query, ())) for query, judged in qrels.items()}


def _ranking(judged: Mapping[str, int], documents: Sequence[str]) -> Ranking:
    grades = [judged.get(document, 0) for document in documents[:_DEPTH]]
    relevant = sum(grade > 0 for grade in judged.values())
    if not relevant:
        return Ranking(0.0, 0.0, 0.0, 0.0, 0.0)
    first = next((rank for rank, grade in enumerate(grades, start=1) if grade > 0), None)
    ideal = sorted(judged.values(), reverse=True)[:_DEPTH]
    recall_at_1, recall_at_5, recall_at_10 = (
        sum(grade > 0 for grade in grades[:k]) / relevant for k in (1, 5, 10)
    )
    return Ranking(
        recall_at_1,
        recall_at_5,
        recall_at_10,
        mrr_at_10=1 / first if first else 0.0,
        ndcg_at_10=_gain(grades) / _gain(ideal),
    )


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, start=1))
