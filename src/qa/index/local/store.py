"""Keep documents, passages and their vectors in one SQLite file, with full-text search (BM25).

What answers opens a finished store for reading only; `store_writer` has the store that a
build works on. The two own the SQL. Vectors are bytes here.
"""

import json
import math
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec.json import Decoder

from qa.errors import IndexDamagedError
from qa.index.local.digests import TABLES, differs
from qa.index.search.postings import K1, Postings
from qa.index.stores.stored import DocumentInfo, StoredPassage, StoredVectors
from qa.schema import Block, Document, ParsedDocument, Passage, Span
from qa.words import parted, without_half_pairs, words

SCHEMA = f"""{TABLES.format(temporary="")}
CREATE TABLE documents(
    id INTEGER PRIMARY KEY, doc_id TEXT UNIQUE NOT NULL, title TEXT NOT NULL, date TEXT NOT NULL,
    sha256 TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    pages TEXT NOT NULL, scanned TEXT NOT NULL, unread TEXT NOT NULL
);
CREATE INDEX documents_by_hash ON documents(sha256);
CREATE TABLE texts(
    id INTEGER PRIMARY KEY, text TEXT NOT NULL, blocks TEXT NOT NULL, layout TEXT NOT NULL
);
CREATE TABLE passages(
    row INTEGER PRIMARY KEY, passage_id TEXT UNIQUE NOT NULL, document INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL,
    sentences TEXT NOT NULL
);
CREATE INDEX passages_by_document ON passages(document, start);
CREATE TABLE vectors(
    row INTEGER PRIMARY KEY, content BLOB NOT NULL, passage BLOB NOT NULL, sentences BLOB NOT NULL
);
CREATE INDEX vectors_by_content ON vectors(content);
CREATE TABLE skipped(doc_id TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE lexical USING fts5(
    name, context, text, content='', tokenize='porter unicode61 remove_diacritics 2'
);
"""
_PASSAGES = (
    'SELECT row, passage_id, doc_id, start, "end", text, context, p.sentences, g.passage '
    "FROM passages p JOIN documents d ON d.id = p.document LEFT JOIN passage_digests g USING (row)"
)
_DOCUMENTS = (
    "SELECT doc_id, title, text, sha256, pages, date, scanned, unread, g.document "
    "FROM documents JOIN texts USING (id) LEFT JOIN document_digests g USING (id)"
)
_STRUCTURE = (
    "SELECT t.{part}, g.{part} FROM documents JOIN texts t USING (id) "
    "LEFT JOIN document_digests g USING (id) WHERE doc_id = ?"
)
_ROWS_OF = (
    "SELECT row FROM passages JOIN documents d ON d.id = document "
    "WHERE d.doc_id IN (SELECT value FROM json_each(?))"
)
Made = TypeVar("Made")
_NUMBERS = Decoder(tuple[int, ...])
_SPANS = Decoder(tuple[Span, ...])
_BLOCKS = Decoder(tuple[Block, ...])
_COUNTS = 4096  # words whose number of passages is remembered
_KEPT_LETTERS = 64
# Passages that are looked at to see how a stem is written out.
_LOOKED_UP = 5
# FTS5's floor for the inverse document frequency.
_LEAST_WEIGHT = 1e-6
# Every word of a phrase is looked up; what is longer than this is told apart by its beginning.
_FIRST_WORDS = re.compile(r".{1,200}(?!\S)", re.DOTALL)


class Store:
    """Reads a finished store. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a store for reading only.

        Raises:
            IndexDamagedError: The file is missing or is not a store.
        """
        # immutable: the file never changes, so it needs no locks and works on read-only media.
        self._connect(path, f"{path.resolve().as_uri()}?mode=ro&immutable=1")
        if not self._has_digests():  # an older version wrote it
            self._db.executescript(TABLES.format(temporary="TEMPORARY"))
        self._open_postings()

    def _connect(self, path: Path, uri: str) -> None:
        self._lock = threading.RLock()
        self._path = path
        self._counts: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self._stems: dict[str, tuple[tuple[str, int], ...]] = {}
        self._postings: Postings | None = None
        try:
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def _open_postings(self) -> None:
        self._postings = self._made(lambda _: Postings.opened(self._all, self.n_passages), ())

    @property
    def n_passages(self) -> int:
        """How many passages there are."""
        return self._size("passages")

    @property
    def n_documents(self) -> int:
        """How many documents there are."""
        return self._size("documents")

    def _size(self, table: str) -> int:
        found = self._sizes.get(table)
        if found is None:
            found = self._sizes[table] = int(self._one(f"SELECT count(*) FROM {table}")[0])
        return found

    def _has_digests(self) -> bool:
        sql = "SELECT count(*) FROM sqlite_master WHERE name LIKE '%_digests'"
        return bool(self._one(sql)[0])

    def broken_pages(self) -> list[str]:
        """List what SQLite finds wrong with the file itself."""
        return [said for (said,) in self._all("PRAGMA integrity_check(20)") if said != "ok"]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def document(self, doc_id: str) -> Document | None:
        """Return a document with its text, or None if there is none of that id."""
        row = self._sound(f"{_DOCUMENTS} WHERE doc_id = ?", doc_id)
        return self._made(_document, row) if row else None

    def blocks(self, doc_id: str) -> tuple[Block, ...]:
        """Return a document's structure; empty if there is no such document."""
        row = self._sound(_STRUCTURE.format(part="blocks"), doc_id)
        return self._made(_blocks, row) if row else ()

    def layout(self, doc_id: str) -> str:
        """Return what a document's page images need; empty if there is no such document."""
        row = self._sound(_STRUCTURE.format(part="layout"), doc_id)
        return str(row[0]) if row else ""

    def parsed(self, doc_id: str) -> ParsedDocument | None:
        """Return a document as its parser gave it, or None if there is none of that id."""
        document = self.document(doc_id)
        if document is None:
            return None
        return ParsedDocument(document, self.blocks(doc_id), self.layout(doc_id))

    def title(self, doc_id: str) -> str:
        """Return a document's title without its text; empty if there is no such document."""
        row = self._first("SELECT title FROM documents WHERE doc_id = ?", (doc_id,))
        return str(row[0]) if row else ""

    def sha256(self, doc_id: str) -> str:
        """Return the hash of a document's file, the same for a copy; empty if there is none."""
        row = self._first("SELECT sha256 FROM documents WHERE doc_id = ?", (doc_id,))
        return str(row[0]) if row else ""

    def documents(self) -> list[DocumentInfo]:
        """List the documents, sorted by id."""
        rows = self._all(
            "SELECT doc_id, title, date, sha256, characters, passages, "
            "json_array_length(pages), json_array_length(unread) FROM documents ORDER BY doc_id"
        )
        return [DocumentInfo(*row) for row in rows]

    def hashes(self) -> dict[str, str]:
        """Return each document's SHA-256 by id."""
        return dict(self._all("SELECT doc_id, sha256 FROM documents"))

    def unread_pages(self) -> list[tuple[str, tuple[int, ...]]]:
        """List the documents with pages that were not read, each with their numbers."""
        rows = self._all(
            "SELECT doc_id, unread FROM documents WHERE unread <> '[]' ORDER BY doc_id"
        )
        return [(doc_id, _NUMBERS.decode(unread)) for doc_id, unread in rows]

    def skipped(self) -> list[tuple[str, str]]:
        """List the files that were not indexed, each with the reason, sorted by id."""
        return self._all("SELECT doc_id, reason FROM skipped ORDER BY doc_id")

    def about(self) -> dict[str, str]:
        """Return what the build that wrote it noted about itself."""
        return dict(self._all("SELECT key, value FROM about"))

    def passage(self, row: int) -> StoredPassage:
        """Return the passage at a row.

        Raises:
            IndexDamagedError: There is none: store and vectors do not belong together.
        """
        found = self._sound(f"{_PASSAGES} WHERE row = ?", row)
        if found is None:
            raise self._damaged(f"no passage at row {row}")
        return self._made(_stored_passage, found)

    def passages_at(self, rows: Collection[int]) -> dict[int, StoredPassage]:
        """Return the passages at some rows; raises as `passage`."""
        return {row: self.passage(row) for row in rows}

    def passages_of(self, doc_id: str) -> list[StoredPassage]:
        """List a document's passages in the order of its text."""
        rows = self._all(f"{_PASSAGES} WHERE d.doc_id = ? ORDER BY start", (doc_id,))
        return [self._made(_stored_passage, self._checked(row)) for row in rows]

    def passages(self, batch: int = 1024) -> Iterator[list[StoredPassage]]:
        """Go through all passages by row, a batch at a time."""
        last = -1
        while rows := self._all(f"{_PASSAGES} WHERE row > ? ORDER BY row LIMIT ?", (last, batch)):
            yield [self._made(_stored_passage, self._checked(row)) for row in rows]
            last = rows[-1][0]

    def rows(self) -> list[int]:
        """List the rows of all passages, in order."""
        return [row for (row,) in self._all("SELECT row FROM passages ORDER BY row")]

    def rows_of(self, doc_ids: Collection[str]) -> list[int]:
        """List the rows of some documents' passages, in order."""
        return sorted(row for (row,) in self._all(_ROWS_OF, (json.dumps(list(doc_ids)),)))

    def vectors(self, rows: Collection[int]) -> dict[int, bytes]:
        """Return passages' vectors by row."""
        sql = "SELECT row, passage FROM vectors WHERE row IN (SELECT value FROM json_each(?))"
        return dict(self._all(sql, (json.dumps(list(rows)),)))

    def vector_digests(self) -> dict[int, bytes]:
        """Return the digests of the passages' vectors by row; an older version wrote none."""
        return dict(self._all("SELECT row, vector FROM passage_digests"))

    def all_vectors(self, batch: int = 8192) -> Iterator[tuple[list[int], list[bytes]]]:
        """Go through the passages' vectors by row, a batch at a time."""
        last = -1
        sql = "SELECT row, passage FROM vectors WHERE row > ? ORDER BY row LIMIT ?"
        while found := self._all(sql, (last, batch)):
            yield [row for row, _ in found], [vector for _, vector in found]
            last = found[-1][0]

    def sentence_vectors(self, row: int) -> bytes:
        """Return the vectors of a passage's sentences.

        Raises:
            IndexDamagedError: There are none.
        """
        found = self._sound(
            "SELECT v.sentences, g.sentences FROM vectors v "
            "LEFT JOIN passage_digests g USING (row) WHERE row = ?",
            row,
        )
        if found is None:
            raise self._damaged(f"no vectors at row {row}")
        return bytes(found[0])

    def vectors_of_content(self, content: bytes) -> StoredVectors | None:
        """Return the vectors of any passage with this content key, or None if there is none."""
        sql = (
            "SELECT content, v.passage, v.sentences, g.vector, g.sentences FROM vectors v "
            "LEFT JOIN passage_digests g USING (row) WHERE content = ? LIMIT 1"
        )
        found = self._first(sql, (content,))
        if found is None:
            return None
        content, passage, sentences, *digests = found
        if differs(digests[0], passage) or differs(digests[1], sentences):
            raise self._damaged("a passage's vectors are not what was written")
        return StoredVectors(bytes(content), bytes(passage), bytes(sentences))

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

    def _first(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _sound(self, sql: str, value: object) -> tuple[Any, ...] | None:
        """Return the first row without its last column, which is the digest of the others."""
        row = self._first(sql, (value,))
        return None if row is None else self._checked(row)

    def _checked(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        *values, stored = row
        if differs(stored, *values):
            raise self._damaged(f"{str(values[0])[:80]!r} is not what was written")
        return tuple(values)

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self._all(sql, values)[0]

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(error) from error

    def _made(self, make: Callable[[tuple[Any, ...]], Made], row: tuple[Any, ...]) -> Made:
        try:
            return make(row)
        except (ValueError, TypeError, IndexError, RecursionError) as error:  # flipped bits
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> IndexDamagedError:
        return IndexDamagedError(
            f"{self._path} cannot be read ({why}); build the index again with: qa index --rebuild"
        )


def _quote(term: str) -> str:
    """Make a term an FTS5 string, so that nothing in it is taken as query syntax."""
    return '"' + term.replace('"', '""') + '"'


def _document(row: tuple[Any, ...]) -> Document:
    doc_id, title, text, sha256, pages, date, *lists = row
    starts, scanned, unread = map(_NUMBERS.decode, (pages, *lists))
    return Document(doc_id, title, text, sha256, starts, date, scanned, unread)


def _blocks(row: tuple[Any, ...]) -> tuple[Block, ...]:
    return _BLOCKS.decode(row[0])


def _stored_passage(row: tuple[Any, ...]) -> StoredPassage:
    number, passage_id, doc_id, start, end, text, context, sentences = row
    spans = _SPANS.decode(sentences)
    return StoredPassage(number, Passage(passage_id, doc_id, start, end, text, context, spans))
