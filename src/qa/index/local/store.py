"""Keep documents, passages and their vectors in one SQLite file, with full-text search (BM25).

What answers opens a finished store for reading only; `store_writer` has the store that a
build works on; `database` and `lexical` are what they are made of. Only these own SQL. Vectors are
bytes here.
"""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from msgspec.json import Decoder

from qa.index.local.digests import TABLES, differs
from qa.index.local.lexical import Lexical
from qa.index.stores.stored import DocumentInfo, StoredPassage, StoredVectors
from qa.schema import Block, Document, ParsedDocument, Passage, Span

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
_NUMBERS = Decoder(tuple[int, ...])
_SPANS = Decoder(tuple[Span, ...])
_BLOCKS = Decoder(tuple[Block, ...])


class Store(Lexical):
    """Reads a finished store. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a store for reading only.

        Raises:
            IndexDamagedError: The file is missing or is not a store.
        """
        # immutable: the file never changes, so it needs no locks and works on read-only media.
        super().__init__(path, f"{path.resolve().as_uri()}?mode=ro&immutable=1")
        if not self._has_digests():  # an older version wrote it
            self._db.executescript(TABLES.format(temporary="TEMPORARY"))
        self._open_postings()

    def _has_digests(self) -> bool:
        sql = "SELECT count(*) FROM sqlite_master WHERE name LIKE '%_digests'"
        return bool(self._one(sql)[0])

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
