"""Rank passages for a question: cosine and BM25, added up.

Does not know answers or thresholds: it always returns the nearest passages there are.
"""

from collections.abc import Collection

from qa.answer.read import Query
from qa.index.stores.protocols import IndexReader
from qa.schema import RetrievedPassage
from qa.settings import AskSettings
from qa.words import query_terms


def retrieve(
    index: IndexReader,
    query: Query,
    settings: AskSettings,
    k: int,
    only: Collection[str] | None = None,
) -> list[RetrievedPassage]:
    """Rank passages for a question.

    The score is `(cosine + w * lexical) / (1 + w)`, not below 0, where `lexical` is
    BM25 as a share of what it could be at most for this question: a few shared words
    then add little, which a per-query maximum would hide (docs/LOG.md).

    Args:
        index: Where to look.
        query: The question and its vector.
        settings: The weight w, and how many passages each kind of search puts forward.
        k: Passages to return.
        only: Ids of the documents to look in; None for all.

    Returns:
        At most k passages, best first; equal scores in the order of ids and text.
    """
    weight = settings.lexical_weight
    rows = index.store.rows_of(only) if only is not None else None
    lexical = index.store.search(query_terms(query.text), settings.candidates, only)
    dense = index.search(query.vector, settings.candidates, rows)
    for row, vector in index.vectors(lexical.keys() - dense.keys()).items():
        dense[row] = float(query.vector @ vector)
    scores = {
        row: max(0.0, cosine + weight * lexical.get(row, 0.0)) / (1 + weight)
        for row, cosine in dense.items()
    }
    # Rows depend on the order in which documents came; an update answers like a rebuild.
    leading = sorted(scores, key=lambda row: -scores[row])
    least = scores[leading[min(k, len(leading)) - 1]] if leading else 0.0
    stored = index.store.passages_at([row for row in leading if scores[row] >= least])
    found = {row: entry.passage for row, entry in stored.items()}
    best = sorted(found, key=lambda row: (-scores[row], found[row].doc_id, found[row].start))[:k]
    return [
        RetrievedPassage(
            row=row,
            passage=found[row],
            rank=rank,
            score=min(scores[row], 1.0),
            dense=dense[row],
            lexical=lexical.get(row, 0.0),
        )
        for rank, row in enumerate(best, start=1)
    ]
