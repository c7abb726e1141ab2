"""A question in, ranked passages out: cosine and BM25, added up.

Does not know answers or thresholds: it always returns the nearest passages there are.
"""

from qa.embed import Vectors
from qa.index import Index
from qa.lexicon import query_terms
from qa.schema import RetrievedPassage


def retrieve(
    index: Index,
    question: str,
    query: Vectors,
    *,
    k: int,
    candidates: int,
    lexical_weight: float,
) -> list[RetrievedPassage]:
    """Rank passages for a question.

    The score is `(cosine + w * lexical) / (1 + w)`, not below 0, where `lexical` is
    BM25 as a share of what it could be at most for this question: a few shared words
    then add little, which a per-query maximum would hide (docs/LOG.md).

    Args:
        index: Where to look.
        question: As asked.
        query: The question's unit vector, shape (dim,).
        k: Passages to return.
        candidates: Passages each kind of search puts forward.
        lexical_weight: w.

    Returns:
        At most k passages, best first; equal scores in row order.
    """
    lexical = index.store.search(query_terms(question), candidates)
    dense = index.search(query, candidates)
    for row in lexical.keys() - dense.keys():
        dense[row] = float(query @ index.vector(row))
    scores = {
        row: max(0.0, cosine + lexical_weight * lexical.get(row, 0.0)) / (1 + lexical_weight)
        for row, cosine in dense.items()
    }
    best = sorted(scores, key=lambda row: (-scores[row], row))[:k]
    return [
        RetrievedPassage(
            row=row,
            passage=index.store.passage(row).passage,
            rank=rank,
            score=min(scores[row], 1.0),
            dense=dense[row],
            lexical=lexical.get(row, 0.0),
        )
        for rank, row in enumerate(best, start=1)
    ]
