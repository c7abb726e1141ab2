"""Find passages by their words, in a store's postings or in its full-text index (BM25)."""

import json
import math
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from qa.index.local.database import Database
from qa.index.search.postings import K1, Postings
from qa.words import parted, without_half_pairs, words

_ROWS_OF = (
    "SELECT row FROM passages JOIN documents d ON d.id = document "
    "WHERE d.doc_id IN (SELECT value FROM json_each(?))"
)
_COUNTS = 4096  # words whose number of passages is remembered
_KEPT_LETTERS = 64
# Passages that are looked at to see how a stem is written out.
_LOOKED_UP = 5
# FTS5's floor for the inverse document frequency.
_LEAST_WEIGHT = 1e-6
# Every word of a phrase is looked up; what is longer than this is told apart by its beginning.
_FIRST_WORDS = re.compile(r".{1,200}(?!\S)", re.DOTALL)


class Lexical(Database):
    """Searches the words of the passages of one file."""

    def __init__(self, path: Path, uri: str) -> None:
        """Open the file; raises as `Database`."""
        super().__init__(path, uri)
        self._counts: dict[str, int] = {}
        self._stems: dict[str, tuple[tuple[str, int], ...]] = {}
        self._postings: Postings | None = None

    def _open_postings(self) -> None:
        self._postings = self._made(lambda _: Postings.opened(self._all, self.n_passages), ())

    def search(
        self, terms: Sequence[str], limit: int, only: Collection[str] | None = None
    ) -> dict[int, float]:
        """Rank passages by BM25 over any of the terms, in the text and in what it stands under.

        A word counts the same in the document's name, in the headings and in the text, and what
        all count together saturates (docs/LOG.md).

        Args:
            terms: Words; each is looked up by its stem.
            limit: The most passages to return.
            only: Ids of the documents to look in; None for all.

        Returns:
            Score by row, best first: BM25 as a share, in [0, 1], of the most that a
            passage with every term could reach. Equal scores come in row order.
        """
        attainable = sum(self.term_weight(term) for term in terms) * (K1 + 1)
        if not terms or attainable <= 0:
            return {}
        # What stands in half of the passages tells nothing, and takes the longest to look up.
        telling = [term for term in terms if self.term_weight(term) > _LEAST_WEIGHT] or terms
        rows = self._ranked(telling, limit, only)
        return {row: min(score / attainable, 1.0) for row, score in rows}

    def _ranked(
        self, terms: Sequence[str], limit: int, only: Collection[str] | None
    ) -> Sequence[tuple[Any, ...]]:
        """Return rows and their BM25, best first; from postings or from FTS5 it is the same."""
        if self._postings is not None:
            weights = [self.term_weight(term) for term in terms]
            rows = self.rows_of(only) if only is not None else None
            search = self._postings.search
            found = self._made(lambda _: search(terms, weights, limit, rows), ())
            if found is not None:
                return found
        within = f"AND rowid IN ({_ROWS_OF}) " if only is not None else ""
        values = [" OR ".join(map(_quote, terms))]
        values += [json.dumps(list(only))] if only is not None else []
        return self._all(
            "SELECT rowid, -bm25(lexical) AS score FROM lexical WHERE lexical MATCH ? "
            f"{within}ORDER BY score DESC, rowid LIMIT ?",
            (*values, limit),
        )

    def rows_of(self, doc_ids: Collection[str]) -> list[int]:
        """List the rows of some documents' passages, in order."""
        return sorted(row for (row,) in self._all(_ROWS_OF, (json.dumps(list(doc_ids)),)))

    def documents_with(self, words: str, limit: int) -> list[str]:
        """List ids of documents in which words stand one after the other within a passage.

        As in `search`, word endings, accents, capitals and punctuation do not count.

        Args:
            words: Any text; of a long one, its first words.
            limit: The most passages to look at.
        """
        words = without_half_pairs(words).replace("\0", " ")
        first = _FIRST_WORDS.match(" ".join(parted(words).split()))
        if first is None:
            return []
        rows = self._all(
            "SELECT d.doc_id FROM passages p JOIN documents d ON d.id = p.document "
            "WHERE p.row IN "
            "(SELECT rowid FROM lexical WHERE lexical MATCH ? ORDER BY rowid LIMIT ?) "
            "ORDER BY p.row",
            (f"text : {_quote(first.group())}", limit),
        )
        return list(dict.fromkeys(doc_id for (doc_id,) in rows))

    def term_weight(self, term: str) -> float:
        """Return a word's inverse document frequency as FTS5 computes it: never below 1e-6."""
        count = self._count(term)
        return max(_LEAST_WEIGHT, math.log((self.n_passages - count + 0.5) / (count + 0.5)))

    def rarity(self, term: str) -> float:
        """Return log(1 + passages / passages with the word's stem): above 0, higher if rarer."""
        return math.log1p(self.n_passages / (self._count(term) + 0.5))

    def mentions(self, term: str) -> bool:
        """Whether any passage, heading or document's name has a word of the same stem."""
        return self._count(term) > 0

    def _count(self, term: str) -> int:
        """Count the passages with a word's stem; of many words the last are remembered."""
        # Not `lru_cache` of a method: it would keep the store, with its file, until a collection.
        found = self._counts.pop(term, None)
        if found is None and self._postings is not None:
            count = self._postings.count
            found = self._made(lambda _: count(term), ())
        if found is None:
            sql = "SELECT count(*) FROM lexical WHERE lexical MATCH ?"
            found = int(self._one(sql, (_quote(term),))[0])
        with self._lock:
            self._counts[term] = found
            if len(self._counts) > _COUNTS:
                del self._counts[next(iter(self._counts))]
        return found

    def stems(self, first: str) -> tuple[tuple[str, int], ...]:
        """List the stems that begin with a letter, each with how many passages have it."""
        found = self._stems.get(first)
        if found is None:
            found = self._read_stems(first)
            with self._lock:
                if len(self._stems) >= _KEPT_LETTERS:
                    self._stems.clear()
                self._stems[first] = found
        return found

    def forms(self, stem: str) -> list[str]:
        """List the words of a few passages that have a stem, in order."""
        rows = self._all(
            "SELECT context || ' ' || text FROM passages WHERE row IN "
            "(SELECT rowid FROM lexical WHERE lexical MATCH ? LIMIT ?)",
            (_quote(stem), _LOOKED_UP),
        )
        return [word for (text,) in rows for word in words(text)]

    def _read_stems(self, first: str) -> tuple[tuple[str, int], ...]:
        self._all(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, lexical, row)"
        )
        sql = "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ?"
        return tuple(self._all(sql, (first, chr(ord(first) + 1))))


def _quote(term: str) -> str:
    """Make a term an FTS5 string, so that nothing in it is taken as query syntax."""
    return '"' + term.replace('"', '""') + '"'
