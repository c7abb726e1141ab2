"""Documents and passages in one SQLite file, with full-text search (BM25) over the passages.

A store is written once, by a build, and only read after that. Owns the SQL. Does not
know vectors or how passages are made.
"""

import json
import math
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from qa.errors import IndexDamagedError
from qa.schema import Document, Passage, Span

_SCHEMA = """
CREATE TABLE documents(
    doc_id TEXT PRIMARY KEY, title TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages(
    row INTEGER PRIMARY KEY, passage_id TEXT UNIQUE NOT NULL, doc_id TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL,
    sentences TEXT NOT NULL, first_sentence INTEGER NOT NULL
);
CREATE INDEX passages_by_document ON passages(doc_id, start);
CREATE TABLE skipped(doc_id TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE lexical USING fts5(
    context, text, content='', tokenize='porter unicode61 remove_diacritics 2'
);
"""
_PASSAGE_COLUMNS = 'row, passage_id, doc_id, start, "end", text, context, sentences, first_sentence'
# FTS5's bm25() has k1 = 1.2 and b = 0.75 fixed; a term adds less than idf * (k1 + 1).
_K1 = 1.2


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list of documents shows: everything but the text."""

    doc_id: str
    title: str
    sha256: str
    characters: int
    passages: int


class StoredPassage(NamedTuple):
    """A passage, its row, and the row of its first sentence's vector."""

    row: int
    passage: Passage
    first_sentence: int


class StoreWriter:
    """Writes a new store; `close` makes it durable."""

    def __init__(self, path: Path) -> None:
        """Create the file. It must not exist."""
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._db.execute("BEGIN")
        self._rows = 0
        self._sentences = 0

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document with its passages, which get the next rows."""
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?)",
            (document.doc_id, document.title, document.sha256, document.text),
        )
        for passage in passages:
            self._db.execute(
                f"INSERT INTO passages({_PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._rows,
                    passage.passage_id,
                    passage.doc_id,
                    passage.start,
                    passage.end,
                    passage.text,
                    passage.context,
                    json.dumps(passage.sentences),
                    self._sentences,
                ),
            )
            self._db.execute(
                "INSERT INTO lexical(rowid, context, text) VALUES (?, ?, ?)",
                (self._rows, passage.context, passage.text),
            )
            self._rows += 1
            self._sentences += len(passage.sentences)

    def add_skipped(self, doc_id: str, reason: str) -> None:
        """Remember a file that was not indexed."""
        self._db.execute("INSERT OR REPLACE INTO skipped VALUES (?, ?)", (doc_id, reason))

    def close(self) -> None:
        """Finish the full-text index and commit."""
        self._db.execute("INSERT INTO lexical(lexical) VALUES ('optimize')")
        self._db.execute("COMMIT")
        self._db.close()


class Store:
    """Reads a finished store. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a store for reading only.

        Raises:
            IndexDamagedError: The file is missing or is not a store.
        """
        self._lock = threading.Lock()
        self._path = path
        try:
            # immutable: the file never changes, so it needs no locks and works on
            # read-only media.
            self._db = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self.n_passages = self._one("SELECT count(*) FROM passages")[0]
            self.n_documents = self._one("SELECT count(*) FROM documents")[0]
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        self._count = lru_cache(maxsize=4096)(self._count_passages)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def document(self, doc_id: str) -> Document | None:
        """Give a document with its text, or None if there is none of that id."""
        row = self._first(
            "SELECT doc_id, title, text, sha256 FROM documents WHERE doc_id = ?", (doc_id,)
        )
        return Document(*row) if row else None

    def title(self, doc_id: str) -> str:
        """Give a document's title without reading its text; empty if there is no such document."""
        row = self._first("SELECT title FROM documents WHERE doc_id = ?", (doc_id,))
        return str(row[0]) if row else ""

    def documents(self) -> list[DocumentInfo]:
        """List the documents, sorted by id."""
        rows = self._all(
            "SELECT d.doc_id, title, sha256, length(d.text), count(row) FROM documents d "
            "LEFT JOIN passages p USING (doc_id) GROUP BY d.doc_id ORDER BY d.doc_id"
        )
        return [DocumentInfo(*row) for row in rows]

    def hashes(self) -> dict[str, str]:
        """Give each document's SHA-256 by id."""
        return dict(self._all("SELECT doc_id, sha256 FROM documents"))

    def skipped(self) -> list[tuple[str, str]]:
        """List the files that were not indexed, each with the reason, sorted by id."""
        return self._all("SELECT doc_id, reason FROM skipped ORDER BY doc_id")

    def passage(self, row: int) -> StoredPassage:
        """Give the passage at a row.

        Raises:
            IndexDamagedError: There is none: store and vectors do not belong together.
        """
        found = self._first(f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE row = ?", (row,))
        if found is None:
            raise self._damaged(f"no passage at row {row}")
        return _stored_passage(found)

    def passages_of(self, doc_id: str) -> list[StoredPassage]:
        """List a document's passages in the order of its text."""
        rows = self._all(
            f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE doc_id = ? ORDER BY start", (doc_id,)
        )
        return [_stored_passage(row) for row in rows]

    def passages(self, batch: int = 1024) -> Iterator[list[StoredPassage]]:
        """Go through all passages by row, a batch at a time."""
        for first in range(0, self.n_passages, batch):
            rows = self._all(
                f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE row >= ? AND row < ? ORDER BY row",
                (first, first + batch),
            )
            yield [_stored_passage(row) for row in rows]

    def search(self, terms: Sequence[str], limit: int) -> dict[int, float]:
        """Rank passages by BM25 over any of the terms.

        Args:
            terms: Words; each is looked up by its stem.
            limit: The most passages to return.

        Returns:
            Score by row, best first: BM25 as a share, in [0, 1], of the most that a
            passage with every term could reach. Equal scores come in row order.
        """
        attainable = sum(self.term_weight(term) for term in terms) * (_K1 + 1)
        if not terms or attainable <= 0:
            return {}
        rows = self._all(
            "SELECT rowid, -bm25(lexical) AS score FROM lexical WHERE lexical MATCH ? "
            "ORDER BY score DESC, rowid LIMIT ?",
            (" OR ".join(map(_quote, terms)), limit),
        )
        return {row: min(score / attainable, 1.0) for row, score in rows}

    def term_weight(self, term: str) -> float:
        """Give a word's inverse document frequency as FTS5 computes it: never below 1e-6."""
        count = self._count(term)
        return max(1e-6, math.log((self.n_passages - count + 0.5) / (count + 0.5)))

    def mentions(self, term: str) -> bool:
        """Whether any passage has a word of the same stem."""
        return self._count(term) > 0

    def _count_passages(self, term: str) -> int:
        sql = "SELECT count(*) FROM lexical WHERE lexical MATCH ?"
        return int(self._one(sql, (_quote(term),))[0])

    def _first(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self._all(sql, values)[0]

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> IndexDamagedError:
        return IndexDamagedError(
            f"{self._path} cannot be read ({why}); build the index again with: qa index --rebuild"
        )


def _quote(term: str) -> str:
    """Make a term an FTS5 string, so that nothing in it is taken as query syntax."""
    return '"' + term.replace('"', '""') + '"'


def _stored_passage(row: tuple[Any, ...]) -> StoredPassage:
    number, passage_id, doc_id, start, end, text, context, sentences, first_sentence = row
    spans = tuple(Span(*span) for span in json.loads(sentences))
    return StoredPassage(
        number, Passage(passage_id, doc_id, start, end, text, context, spans), first_sentence
    )
