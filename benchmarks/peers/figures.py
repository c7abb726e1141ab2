"""The arithmetic: what was asked and what came, turned into the figures of the table."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.peers.data import Question

Quoted = Mapping[str, Any]
"""`doc_id`, `start` (None if not told) and `text`, as an adapter gives them."""


def recall(found: Sequence[Sequence[Quoted]], questions: Sequence[Question], k: int) -> float:
    """Return the share of questions whose document is among the first `k` documents found.

    Several passages of one document count as one.
    """
    hits = [
        question.doc_id in list(dict.fromkeys(one["doc_id"] for one in quoted))[:k]
        for quoted, question in zip(found, questions, strict=True)
    ]
    return statistics.fmean(hits)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile, interpolated between the two nearest values."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def stands(quoted: Quoted, documents: Mapping[str, str]) -> bool:
    """Whether a quote stands verbatim in the document at the place it names."""
    start, text = quoted["start"], quoted["text"]
    if start is None or quoted["doc_id"] not in documents:
        return False
    return bool(text) and documents[quoted["doc_id"]][start : start + len(text)] == text


def checkable(cited: Sequence[Sequence[Quoted]], documents: Mapping[str, str]) -> float | None:
    """Return the share of answers that cite something, all of which stands; None without any."""
    if not cited:
        return None
    return statistics.fmean(
        bool(quotes) and all(stands(one, documents) for one in quotes) for quotes in cited
    )


def holds_answer(cited: Sequence[Sequence[Quoted]], questions: Sequence[Question]) -> float:
    """Return the share of questions whose first quote holds a gold answer, capitals aside.

    A question that was declined has no quote and counts as not.
    """
    return statistics.fmean(
        bool(quotes)
        and any(answer.lower() in quotes[0]["text"].lower() for answer in question.answers)
        for quotes, question in zip(cited, questions, strict=True)
    )


def threshold(scores: Sequence[float], kept: float) -> float:
    """Return the score that a share of the given ones reaches.

    Args:
        scores: Of questions that the documents answer.
        kept: The share to let through, more than 0 and at most 1.
    """
    ranked = sorted(scores, reverse=True)
    return ranked[max(1, round(kept * len(ranked))) - 1]


def declined(scores: Sequence[float], least: float) -> float:
    """Return the share of scores below a threshold."""
    return statistics.fmean(score < least for score in scores)


def per_thousand(whole_s: float, few_s: float, documents: int, few: int) -> float:
    """Return seconds per 1,000 documents, of what a build of many costs beside one of few."""
    return (whole_s - few_s) / (documents - few) * 1000
