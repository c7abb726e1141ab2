"""Measure rankings against judgements, as NIST's trec_eval does.

A query that the run lacks counts 0, so that dropping a hard one cannot raise a mean. Does not
know passages or text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

_DEPTH = 10

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ranking:
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


def rank_measures(qrels: Qrels, run: Run) -> dict[str, Ranking]:
    """Measure rankings.

    Args:
        qrels: Grade of each judged document by query; 1 or more is relevant.
        run: Documents by query, the best first, none twice.

    Returns:
        The measures of every judged query; 0 where the run lacks it.
    """
    return {
        query: _measured(
            [judged.get(document, 0) for document in run.get(query, ())], [*judged.values()]
        )
        for query, judged in qrels.items()
    }


def measures_of_rank(rank: int | None) -> Ranking:
    """Measure a ranking with one relevant document.

    Args:
        rank: Where it stands, from 1; None if it was not found.
    """
    return _measured([] if rank is None else [*[0] * (rank - 1), 1], [1])


def _measured(found: Sequence[int], judged: Sequence[int]) -> Ranking:
    """Measure the grades found, by rank, against all grades given."""
    grades = found[:_DEPTH]
    relevant = sum(grade > 0 for grade in judged)
    if not relevant:
        return Ranking(0.0, 0.0, 0.0, 0.0, 0.0)
    first = next((rank for rank, grade in enumerate(grades, start=1) if grade > 0), None)
    recall_at_1, recall_at_5, recall_at_10 = (
        sum(grade > 0 for grade in grades[:k]) / relevant for k in (1, 5, 10)
    )
    return Ranking(
        recall_at_1,
        recall_at_5,
        recall_at_10,
        mrr_at_10=1 / first if first else 0.0,
        ndcg_at_10=_gain(grades) / _gain(sorted(judged, reverse=True)[:_DEPTH]),
    )


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, start=1))
