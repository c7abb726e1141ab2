"""Write the store that a build works on, in one transaction a batch of documents.

Killed at any moment it keeps its last batch whole. Does not know where documents and
vectors come from.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from qa.index.local.digests import TABLES, digest
from qa.index.local.lexical import Lexical
from qa.index.local.store import SCHEMA, Store
from qa.index.search.postings import rows_with_postings, update_postings
from qa.index.stores.stored import StoredVectors, lexical_name
from qa.schema import ParsedDocument, Passage
from qa.words import parted

_PAGE_BYTES = 16384  # a passage's vectors take some 2,400: a third of pages of 4,096 stood empty


class StoreWriter(Store):
    """A store that a build is working on: killed at any moment, it keeps its last batch whole."""

    def __init__(self, path: Path, *, stems: bool = True) -> None:
        """Open a store to write to, or make one.

        Args:
            path: The file.
            stems: Whether a new one looks words up by their English stems.

        Raises:
            IndexDamagedError: The file is there but is not a store.
            sqlite3.OperationalError: It cannot be written, or the disk is full.
        """
        new = not path.exists() or not path.stat().st_size
        if new:
            with closing(sqlite3.connect(path)) as db:
                schema = SCHEMA if stems else SCHEMA.replace("porter ", "")
                db.executescript(f"PRAGMA page_size={_PAGE_BYTES};BEGIN;{schema}COMMIT;")
        Lexical.__init__(self, path, path.resolve().as_uri())
        try:
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.create_function("parted", 1, parted, deterministic=True)
            if not self._has_digests():  # begun by an older version
                self._db.executescript(TABLES.format(temporary=""))
            (last,) = self._one("SELECT coalesce(max(row), -1) FROM passages")
            self._next_row = max(last + 1, rows_with_postings(self._db))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside one step: all of it, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:  # a full disk may have ended it already
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._sizes.clear()
                self._counts.clear()
            self._db.execute("COMMIT")

    def note(self, **about: str) -> None:
        """Note what the build is, to tell later whether it can be carried on."""
        self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())

    def add(
        self,
        parsed: ParsedDocument,
        passages: Sequence[Passage],
        vectors: Sequence[StoredVectors],
    ) -> None:
        """Add a document with its passages, which get the next rows, and their vectors."""
        document = parsed.document
        name = lexical_name(document.doc_id, document.title)
        pages, scanned, unread = map(
            json.dumps, (document.pages, document.scanned, document.unread)
        )
        key = self._db.execute(
            "INSERT INTO documents(doc_id, title, date, sha256, characters, passages, pages, "
            "scanned, unread) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.doc_id,
                document.title,
                document.date,
                document.sha256,
                len(document.text),
                len(passages),
                pages,
                scanned,
                unread,
            ),
        ).lastrowid
        blocks = json.dumps(parsed.blocks)
        self._db.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?)", (key, document.text, blocks, parsed.layout)
        )
        whole = digest(
            document.doc_id, document.title, document.text, document.sha256, pages, document.date,
            scanned, unread,
        )  # fmt: skip
        self._db.execute(
            "INSERT INTO document_digests VALUES (?, ?, ?, ?)",
            (key, whole, digest(blocks), digest(parsed.layout)),
        )
        for passage, stored in zip(passages, vectors, strict=True):
            self._add_passage(key, document.doc_id, passage, stored, name)

    def _add_passage(
        self, document: int | None, doc_id: str, passage: Passage, stored: StoredVectors, name: str
    ) -> None:
        row = self._next_row
        sentences = json.dumps(passage.sentences)
        self._next_row += 1
        self._db.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row,
                passage.passage_id,
                document,
                passage.start,
                passage.end,
                passage.text,
                passage.context,
                sentences,
            ),
        )
        self._db.execute("INSERT INTO vectors VALUES (?, ?, ?, ?)", (row, *stored))
        whole = digest(
            row, passage.passage_id, doc_id, passage.start, passage.end, passage.text,
            passage.context, sentences,
        )  # fmt: skip
        self._db.execute(
            "INSERT INTO passage_digests VALUES (?, ?, ?, ?)",
            (row, whole, digest(stored.passage), digest(stored.sentences)),
        )
        self._db.execute(
            "INSERT INTO lexical(rowid, name, context, text) VALUES (?, ?, ?, ?)",
            (row, *map(parted, (name, passage.context, passage.text))),
        )

    def remove(self, doc_id: str) -> None:
        """Take a document with its passages out."""
        found = self._first("SELECT id, title FROM documents WHERE doc_id = ?", (doc_id,))
        if found is None:
            return
        key, title = found
        # An index without content can only forget a row when told again what was in it.
        self._db.execute(
            "INSERT INTO lexical(lexical, rowid, name, context, text) "
            "SELECT 'delete', row, ?, parted(context), parted(text) FROM passages "
            "WHERE document = ?",
            (parted(lexical_name(doc_id, title)), key),
        )
        self._db.execute(
            "DELETE FROM vectors WHERE row IN (SELECT row FROM passages WHERE document = ?)", (key,)
        )
        self._db.execute(
            "DELETE FROM passage_digests WHERE row IN "
            "(SELECT row FROM passages WHERE document = ?)",
            (key,),
        )
        self._db.execute("DELETE FROM passages WHERE document = ?", (key,))
        self._db.execute("DELETE FROM texts WHERE id = ?", (key,))
        self._db.execute("DELETE FROM document_digests WHERE id = ?", (key,))
        self._db.execute("DELETE FROM documents WHERE id = ?", (key,))

    def set_skipped(self, skipped: Sequence[tuple[str, str]]) -> None:
        """Remember the files that were not indexed, with the reasons, instead of those before."""
        self._db.execute("DELETE FROM skipped")
        self._db.executemany("INSERT OR REPLACE INTO skipped VALUES (?, ?)", skipped)

    def optimize(self) -> None:
        """Merge the full-text index into one piece: searching is quicker after many changes."""
        self._db.execute("INSERT INTO lexical(lexical) VALUES ('optimize')")

    def update_postings(self) -> None:
        """Bring the postings, which a large store has, up to date; those who read it use them."""
        with self.transaction():
            update_postings(self._db, self.n_passages, self._texts_from)

    def _texts_from(self, row: int) -> Iterator[tuple[int, str, str, str]]:
        """Go through what the full-text index is made of, from a row on."""
        sql = (
            "SELECT row, doc_id, title, context, text FROM passages p "
            "JOIN documents d ON d.id = p.document WHERE row >= ?"
        )
        for number, doc_id, title, context, text in self._all(sql, (row,)):
            yield number, parted(lexical_name(doc_id, title)), parted(context), parted(text)
