"""The words of a generation in Milvus: BM25, how rare a word is, which words there are.

Scores are those of the local store for the same passages: the same stems, the same sum.
"""

import math
import threading
from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from qa.index.milvus.postings import K1, LEAST_WEIGHT, Lists, Numbers, Postings, bm25
from qa.index.milvus.state import State
from qa.index.milvus.words import Stemmer

_KEPT = 4096
_KEPT_ROWS = 8_000_000
# Of a phrase, so many passages that have all its words are looked at.
_PHRASES = 2_000


class Words:
    """The words of one generation. Safe to use from several threads."""

    def __init__(
        self,
        lists: Lists,
        state: State,
        stemmer: Stemmer,
        columns: Callable[[Sequence[int]], dict[int, tuple[str, str, str]]],
    ) -> None:
        """Prepare.

        Args:
            lists: Which passages have a stem.
            state: Of the generation.
            stemmer: Cuts words as they were cut when it was built.
            columns: Returns a passage's document's name, its headings and its text, by row.
        """
        self._lists = lists
        self._state = state
        self._stemmer = stemmer
        self._columns = columns
        self._segments = [segment.name for segment in state.segments]
        self._dead = state.dead_rows()
        self._lock = threading.Lock()
        self._known: dict[str, Postings] = {}
        self._rows = 0

    def search(
        self, terms: Sequence[str], limit: int, ranges: Sequence[tuple[int, int]] | None
    ) -> dict[int, float]:
        """Rank passages by BM25; see `qa.index.local.store.Store.search`.

        Args:
            terms: Words.
            limit: The most passages to return.
            ranges: First row and end of the passages to look among; None for all.
        """
        found = self._of_terms(terms)
        weights = {term: self._weight(found[term]) for term in terms}
        attainable = sum(weights[term] for term in terms) * (K1 + 1)
        if not terms or attainable <= 0:
            return {}
        telling = [term for term in terms if weights[term] > LEAST_WEIGHT] or terms
        mean = self._state.tokens / max(1, self._state.passages)
        rows = np.concatenate([found[term].rows for term in telling])
        parts = [bm25(found[term], weights[term], mean) for term in telling]
        at, place = np.unique(rows, return_inverse=True)
        scores = np.bincount(place, np.concatenate(parts), minlength=len(at))
        if ranges is not None:
            within = _within(at, ranges)
            at, scores = at[within], scores[within]
        best = np.lexsort((at, -scores))[:limit]
        return {int(at[i]): min(float(scores[i]) / attainable, 1.0) for i in best}

    def count(self, term: str) -> int:
        """Count the passages with a word's stem."""
        return len(self._of_terms([term])[term].rows)

    def beginning(self, letter: str) -> dict[str, int]:
        """Return the stems that begin with a letter, with how many passages about have each."""
        return self._lists.beginning(self._segments, letter, self._state.since)

    def with_phrase(self, words: str, limit: int) -> list[int]:
        """List rows of passages in whose text words stand one after the other, in order."""
        (stems,) = self._stemmer.stems([words])
        found = self._phrase(stems, text_only=True) if stems else Postings.none()
        return [int(row) for row in found.rows[:limit]]

    def rows_of_stem(self, stem: str, limit: int) -> list[int]:
        """List rows of a few passages that have a stem."""
        return [int(row) for row in self._read([stem])[stem].rows[:limit]]

    def _of_terms(self, terms: Sequence[str]) -> dict[str, Postings]:
        """Return each word's passages; one that FTS5 cuts into several is looked up as a phrase."""
        cut = dict(zip(terms, self._stemmer.stems(list(terms)), strict=True))
        known = self._read([stem for stems in cut.values() for stem in stems])
        return {
            term: known[stems[0]] if len(stems) == 1 else self._phrase(stems)
            for term, stems in cut.items()
        }

    def _read(self, stems: Collection[str]) -> dict[str, Postings]:
        with self._lock:
            found = {stem: self._known[stem] for stem in stems if stem in self._known}
        missing = [stem for stem in dict.fromkeys(stems) if stem not in found]
        if missing:
            read = self._lists.read(self._segments, missing, self._dead, self._state.since)
            self._keep(read)
            found |= read
        return found

    def _keep(self, read: dict[str, Postings]) -> None:
        with self._lock:
            for stem, postings in read.items():
                if stem not in self._known:
                    self._known[stem] = postings
                    self._rows += len(postings.rows)
            while self._rows > _KEPT_ROWS or len(self._known) > _KEPT:
                dropped = self._known.pop(next(iter(self._known)))
                self._rows -= len(dropped.rows)

    def _phrase(self, stems: Sequence[str], *, text_only: bool = False) -> Postings:
        """Return the passages in which stems stand one after the other."""
        if not stems:
            return Postings.none()
        lists = self._read(stems)
        shortest = min((lists[stem] for stem in stems), key=lambda p: len(p.rows))
        rows = shortest.rows
        for stem in set(stems):
            rows = rows[np.isin(rows, lists[stem].rows, assume_unique=True)]
        rows = rows[:_PHRASES]
        columns = self._columns([int(row) for row in rows])
        wanted = [columns[int(row)][2:] if text_only else columns[int(row)] for row in rows]
        cut = iter(self._stemmer.stems([text for texts in wanted for text in texts]))
        counts = [sum(_times(next(cut), stems) for _ in texts) for texts in wanted]
        has = np.array(counts, dtype=np.int64)
        lengths = shortest.lengths[np.isin(shortest.rows, rows, assume_unique=True)]
        return Postings(rows[has > 0], has[has > 0], lengths[has > 0])

    def _weight(self, found: Postings) -> float:
        count, passages = len(found.rows), self._state.passages
        return max(LEAST_WEIGHT, math.log((passages - count + 0.5) / (count + 0.5)))


def _times(text: Sequence[str], phrase: Sequence[str]) -> int:
    size = len(phrase)
    return sum(list(text[i : i + size]) == list(phrase) for i in range(len(text) - size + 1))


def _within(rows: Numbers, ranges: Sequence[tuple[int, int]]) -> npt.NDArray[np.bool_]:
    """Say which rows lie in any of some ranges, which are in order and do not overlap."""
    if not ranges:
        return np.zeros(len(rows), dtype=bool)
    starts, ends = (np.array(side) for side in zip(*ranges, strict=True))
    at = np.searchsorted(starts, rows, side="right") - 1
    return (at >= 0) & (rows < ends[np.maximum(at, 0)])
