"""Keep which passages have a word, and how often: BM25 over a million passages in milliseconds.

FTS5 goes through every passage that has a word to count them, and scores all of them. Here each
word's passages lie side by side as numbers, and those that cannot be among the best are left out.
The scores are FTS5's, bit by bit: its index is what this is made from. The two tables stand in
the store; one without them is searched with FTS5. Does not know documents.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Fetch = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
Numbers = NDArray[np.float64]
Rows = NDArray[np.uint32]

# Passages from which on a store has postings: up to there FTS5 takes a few milliseconds.
POSTINGS_FROM = 20_000
# Constants of BM25 in FTS5, which cannot be set; a term adds less than its weight * (K1 + 1).
K1, _B = 1.2, 0.75
# When more has changed than this, all is made anew.
_CHANGED_SHARE = 0.1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS postings(
    term TEXT PRIMARY KEY, rows BLOB NOT NULL, counts BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS lengths(
    id INTEGER PRIMARY KEY, made_from BLOB NOT NULL, tokens BLOB NOT NULL
);
"""
# FTS5's own record of how many rows and tokens it has, by which it is known again.
_TOTALS = "SELECT block FROM lexical_data WHERE id = 1"
_SOUND = f"SELECT tokens FROM lengths WHERE made_from = ({_TOTALS})"
_TOKENIZER = "SELECT sql FROM sqlite_master WHERE name = 'lexical'"
_REMEMBERED = 4096  # words whose stem is remembered
_KEPT_POSTINGS = 8  # of a word that half of a million passages have: 3 MB
# So many passages make a group, of which only the best is looked at.
_GROUPED = 256
# Words that a larger share of the passages has are worth being left out.
_LONG_SHARE = 0.01
# Sums of 32 bits are this much off at most; what decides is added up again in 64.
_SLACK, _NEXT_TO_NOTHING = 1e-4, 1e-30
_NO_PASSAGE = np.inf  # a length at which no word counts


class _Posting(NamedTuple):
    """The passages that have a word: their rows, in order, how often, and the word's weight."""

    rows: Rows
    counts: NDArray[np.uint16]
    weight: float

    def scores(self, at: Any, lengths: Numbers) -> Numbers:
        """Return what the word adds to the passages at some places, computed as FTS5 does.

        Args:
            at: An index into the arrays.
            lengths: Of those passages, as BM25 weighs them.
        """
        counts = self.counts[at].astype(np.float64)
        added: Numbers = self.weight * ((counts * (K1 + 1.0)) / (counts + lengths))
        return added


class Postings:
    """Reads a finished store's postings. Safe to use from several threads."""

    def __init__(self, fetch: Fetch, tokens: Sequence[int] | Rows, passages: int) -> None:
        """Prepare; `opened` is the way to get one.

        Args:
            fetch: Runs SQL on the store.
            tokens: How many tokens the passage at each row has; 0 where there is none.
            passages: How many there are.
        """
        self._fetch = fetch
        self._stems: dict[str, tuple[str, ...]] = {}
        self._last: dict[str, _Posting | None] = {}
        self._lock = threading.Lock()
        lengths = np.asarray(tokens, dtype=np.float64)
        average = lengths.sum() / max(passages, 1)
        self._lengths = K1 * (1 - _B + _B * lengths / max(average, 1e-12))
        self._gone = lengths == 0
        self._lengths[self._gone] = _NO_PASSAGE
        ((declared,),) = fetch(_TOKENIZER, ())
        tokenizer = declared[declared.index("tokenize") :].strip().rstrip(")")
        fetch(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.said USING fts5(word, {tokenizer})", ())
        fetch(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.heard USING fts5vocab(temp, said, instance)",
            (),
        )

    @classmethod
    def opened(cls, fetch: Fetch, passages: int) -> "Postings | None":
        """Return a store's postings; None if it has none, or other than its full-text index."""
        if not fetch("SELECT 1 FROM sqlite_master WHERE name = 'lengths'", ()):
            return None
        found = fetch(_SOUND, ())
        return cls(fetch, np.frombuffer(found[0][0], "<u4"), passages) if found else None

    def count(self, term: str) -> int | None:
        """Count the passages with a word's stem; None if it is several words."""
        stems = self._stems_of(term)
        if len(stems) > 1:
            return None
        found = self._read([(stem, 0.0) for stem in stems])
        return sum(int(np.count_nonzero(~self._gone[posting.rows])) for posting in found)

    def search(
        self, terms: Sequence[str], weights: Sequence[float], limit: int, only: Sequence[int] | None
    ) -> list[tuple[int, float]] | None:
        """Rank passages by BM25 over any of the terms.

        Args:
            terms: Words; each is looked up by its stem.
            weights: What each counts: its inverse document frequency.
            limit: The most passages to return.
            only: Rows to look among; None for all.

        Returns:
            Row and score, best first, equal scores by row; None if a term is several words.
        """
        stems = [self._stems_of(term) for term in terms]
        if any(len(found) > 1 for found in stems):
            return None
        known = [(found[0], weight) for found, weight in zip(stems, weights, strict=True) if found]
        postings = self._read(known)
        lengths = self._lengths if only is None else self._only(only)
        rows = _candidates(postings, lengths, limit)
        scores = np.zeros(len(rows))
        for posting in postings:  # in the terms' order, as FTS5 adds them up
            where, at = _places(posting.rows, rows)
            scores[where] += posting.scores(at, lengths[rows[where]])
        best = np.lexsort((rows, -scores))[:limit]
        return [(int(rows[i]), float(scores[i])) for i in best if scores[i] > 0]

    def _only(self, rows: Sequence[int]) -> Numbers:
        lengths: Numbers = np.full_like(self._lengths, _NO_PASSAGE)
        lengths[list(rows)] = self._lengths[list(rows)]
        return lengths

    def _read(self, weighted: Sequence[tuple[str, float]]) -> list[_Posting]:
        """Read the postings of stems, each with its weight, that any passage has, in order.

        Raises:
            ValueError: They are not what was written.
        """
        read = [(self._read_one(stem), weight) for stem, weight in weighted]
        return [posting._replace(weight=weight) for posting, weight in read if posting is not None]

    def _read_one(self, stem: str) -> _Posting | None:
        """Read a stem's posting; the last few are kept, for a word is counted, then looked up."""
        with self._lock:
            if stem in self._last:
                return self._last[stem]
        found = self._fetch("SELECT rows, counts FROM postings WHERE term = ?", (stem,))
        posting = None
        for rows, counts in found:
            posting = _Posting(np.frombuffer(rows, "<u4"), np.frombuffer(counts, "<u2"), 0.0)
            last = posting.rows.max(initial=0)
            if len(posting.rows) != len(posting.counts) or last >= len(self._lengths):
                raise ValueError(f"the passages with {stem!r} are not what was written")
        with self._lock:
            self._last[stem] = posting
            while len(self._last) > _KEPT_POSTINGS:
                del self._last[next(iter(self._last))]
        return posting

    def _stems_of(self, term: str) -> tuple[str, ...]:
        """Return what FTS5 makes of a word: one stem, or none or several for what is no word."""
        with self._lock:
            if term not in self._stems:
                self._fetch("INSERT INTO temp.said VALUES (?)", (term,))
                heard = self._fetch("SELECT term FROM temp.heard ORDER BY offset", ())
                self._fetch("DELETE FROM temp.said", ())
                if len(self._stems) >= _REMEMBERED:
                    self._stems.clear()
                self._stems[term] = tuple(stem for (stem,) in heard)
            return self._stems[term]


def _candidates(postings: Sequence[_Posting], lengths: Numbers, limit: int) -> Rows:
    """Find all rows that may be among the best, and few others, in order.

    Words are added from the one that counts most. Once the best so far have more than all words
    to come could add, no passage without one of the words before is among the best (MaxScore,
    Turtle and Flood 1995): the words to come, mostly the common ones, are looked up for the others
    only.
    """
    coming = sorted(postings, key=lambda posting: posting.weight)
    sums = np.zeros(-(-len(lengths) // _GROUPED) * _GROUPED, dtype=np.float32)
    least = 0.0
    while coming:
        if len(coming[-1].rows) > len(sums) * _LONG_SHARE:  # it pays to look
            least = _least_of_best(sums, limit)
            if least > _most(coming):
                break
        posting = coming.pop()
        rows = posting.rows.astype(np.intp)
        sums[rows] += posting.scores(slice(None), lengths[rows])
    least = _least_of_best(sums, limit)
    found = np.flatnonzero(sums >= max(least - _most(coming), _NEXT_TO_NOTHING))
    partial = sums[found]
    while coming:
        posting = coming.pop()
        where, at = _places(posting.rows, found.astype(np.uint32))
        partial[where] += posting.scores(at, lengths[found[where]])
        if len(found) > limit:
            least = float(np.partition(partial, -limit)[-limit]) * (1 - _SLACK)
            kept = partial >= least - _most(coming)
            found, partial = found[kept], partial[kept]
    return found.astype(np.uint32)


def _most(postings: Sequence[_Posting]) -> float:
    """Return what some words add to a passage's score at most."""
    return sum(posting.weight for posting in postings) * (K1 + 1)


def _least_of_best(sums: NDArray[np.float32], limit: int) -> float:
    """Return what the best `limit` reach at least: the last of the best of as many groups."""
    best = sums.reshape(_GROUPED, -1).max(axis=0)
    return float(np.partition(best, -limit)[-limit]) * (1 - _SLACK) if limit <= len(best) else 0.0


def _places(rows: Rows, wanted: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find wanted rows: which of them are there, and where; both in order."""
    at = np.searchsorted(rows, wanted)
    at[at == len(rows)] = 0
    there = np.flatnonzero(rows[at] == wanted) if len(rows) else np.array([], dtype=np.intp)
    return there, at[there]


def update_postings(
    db: sqlite3.Connection, passages: int, texts_from: Callable[[int], Iterable[tuple[Any, ...]]]
) -> None:
    """Bring a store's postings up to date with its full-text index, within a transaction.

    Args:
        db: The store that is written.
        passages: How many it has; with few it gets no postings.
        texts_from: Returns row, name, context and text of the passages from a row on.
    """
    before = _tokens_before(db)
    if before is None and passages < POSTINGS_FROM:
        return
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    tokens = _tokens(db, len(before) if before is not None else 0)
    if before is None or _is_far(before, tokens):
        db.execute("DELETE FROM postings")
        _add(db, "main", "lexical")
    else:
        declared = db.execute(_TOKENIZER).fetchone()[0]
        db.execute(declared.replace("lexical", "temp.added", 1))
        db.executemany(
            "INSERT INTO temp.added(rowid, name, context, text) VALUES (?, ?, ?, ?)",
            texts_from(len(before)),
        )
        _add(db, "temp", "added")
        db.execute("DROP TABLE temp.added")
    db.execute(f"INSERT OR REPLACE INTO lengths VALUES (0, ({_TOTALS}), ?)", (tokens.tobytes(),))


def rows_with_postings(db: sqlite3.Connection) -> int:
    """Return the first row that no posting can speak of; those below keep their meaning."""
    before = _tokens_before(db)
    return 0 if before is None else len(before)


def _tokens_before(db: sqlite3.Connection) -> Rows | None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'lengths'").fetchone():
        return None
    found = db.execute("SELECT tokens FROM lengths").fetchone()
    return np.frombuffer(found[0], "<u4") if found else None


def _tokens(db: sqlite3.Connection, least: int) -> Rows:
    """Return how many tokens the passage at each row has; for at least so many rows."""
    (last,) = db.execute("SELECT coalesce(max(id), -1) FROM lexical_docsize").fetchone()
    tokens = np.zeros(max(last + 1, least), dtype="<u4")
    for row, sizes in db.execute("SELECT id, sz FROM lexical_docsize"):
        tokens[row] = _sum_of_varints(sizes)
    return tokens


def _sum_of_varints(data: bytes) -> int:
    """Add up numbers as SQLite writes them: seven bits a byte, the highest first."""
    if data.isascii():  # each below 128, as nearly always
        return sum(data)
    total = number = 0
    for byte in data:
        number = number << 7 | byte & 127
        if byte < 128:
            total, number = total + number, 0
    return total


def _is_far(before: Rows, tokens: Rows) -> bool:
    """Whether so much has changed, or in such a way, that all is made anew."""
    then, now = before, tokens[: len(before)]
    changed = np.count_nonzero(then != now) + len(tokens) - len(before)
    altered = bool(((now != then) & (now > 0)).any())  # an older version gave a row again
    return altered or bool(changed > _CHANGED_SHARE * len(tokens))


def _add(db: sqlite3.Connection, schema: str, table: str) -> None:
    """Add all that a full-text index has to the postings."""
    db.execute(f"CREATE VIRTUAL TABLE temp.instances USING fts5vocab({schema}, {table}, instance)")
    db.executemany(
        "INSERT INTO postings VALUES (?, ?, ?) ON CONFLICT(term) DO UPDATE SET "
        "rows = CAST(rows || excluded.rows AS BLOB), "
        "counts = CAST(counts || excluded.counts AS BLOB)",
        _postings_in(db),
    )
    db.execute("DROP TABLE temp.instances")


def _postings_in(db: sqlite3.Connection) -> Iterator[tuple[str, bytes, bytes]]:
    instances = db.execute("SELECT term, doc FROM temp.instances")
    for term, group in groupby(instances, key=lambda instance: instance[0]):
        rows = np.fromiter((row for _, row in group), dtype=np.int64)
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        counts = np.minimum(np.diff(first, append=len(rows)), np.iinfo(np.uint16).max)
        yield term, rows[first].astype("<u4").tobytes(), counts.astype("<u2").tobytes()
