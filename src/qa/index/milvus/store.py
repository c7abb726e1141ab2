"""Read the documents and passages of one generation in Milvus."""

import hashlib
import json
import math
import threading
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec.json import Decoder

from qa.errors import IndexDamagedError
from qa.index.milvus.lexical import Words
from qa.index.milvus.pieces import Pieces, unpack
from qa.index.milvus.postings import Lists
from qa.index.milvus.server import WINDOW, Row, Server, quoted
from qa.index.milvus.state import DOCUMENTS, State
from qa.index.milvus.words import Stemmer
from qa.index.stores.stored import (
    DocumentInfo,
    StoredPassage,
    StoredVectors,
    lexical_name,
    unpacked_sentences,
)
from qa.models.encoder import Vectors
from qa.schema import Block, Document, ParsedDocument, Passage, Span
from qa.words import parted, without_half_pairs, words

_HEADERS = 4096
_KEPT_PASSAGES = 4096
_LOOKED_UP = 5
_FIRST_WORDS = 200
_PASSAGE = ("row", "document", "doc_id", "text", "body")
_BLOCKS = Decoder(tuple[Block, ...])
_LISTS = Decoder(tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]])
_BODY = Decoder(tuple[str, int, int, str, tuple[Span, ...]])
_WHOLE = Decoder(tuple[str, str])


class Header(NamedTuple):
    """What a list says of a document, and where its passages are."""

    number: int
    doc_id: str
    title: str
    date: str
    sha256: str
    characters: int
    passages: int
    pages: int
    unread: int
    first_row: int
    tokens: int


_HEADER = tuple(field for field in DOCUMENTS if field != "key")


class MilvusStore:
    """The documents and passages of one generation. Safe to use from several threads."""

    def __init__(self, server: Server, line: str, state: State) -> None:
        """Prepare; nothing is read yet.

        Args:
            server: Where.
            line: Which line of generations.
            state: What the generation consists of.
        """
        self._server = server
        self._line = line
        self.state = state
        self._pieces = Pieces(server, f"{line}_pieces")
        self._lists = Lists(self._pieces)
        self._stemmer = Stemmer(stems="stemming" not in state.about)
        self._lock = threading.Lock()
        self._headers: dict[str, Header | None] = {}
        self._passages: dict[int, StoredPassage] = {}
        self._listed: list[Header] | None = None
        self._gone = {entry.number for entry in state.taken}
        self._words = Words(self._lists, state, self._stemmer, self._columns)

    @property
    def n_documents(self) -> int:
        """How many documents there are."""
        return self.state.documents

    @property
    def n_passages(self) -> int:
        """How many passages there are."""
        return self.state.passages

    def document(self, doc_id: str) -> Document | None:
        """Return a document with its text, or None if there is none of that id."""
        header = self.header(doc_id)
        if header is None:
            return None
        text, lists = self._values(header, "text", "lists")
        pages, scanned, unread = self._read(_LISTS, lists)
        return Document(
            doc_id, header.title, text, header.sha256, pages, header.date, scanned, unread
        )

    def blocks(self, doc_id: str) -> tuple[Block, ...]:
        """Return a document's structure; empty if there is no such document."""
        header = self.header(doc_id)
        return self._read(_BLOCKS, self._values(header, "blocks")[0]) if header else ()

    def layout(self, doc_id: str) -> str:
        """Return what a document's page images need; empty if there is no such document."""
        header = self.header(doc_id)
        return self._values(header, "layout")[0] if header else ""

    def parsed(self, doc_id: str) -> ParsedDocument | None:
        """Return a document as its parser gave it, or None if there is none of that id."""
        document = self.document(doc_id)
        if document is None:
            return None
        return ParsedDocument(document, self.blocks(doc_id), self.layout(doc_id))

    def title(self, doc_id: str) -> str:
        """Return a document's title without its text; empty if there is no such document."""
        header = self.header(doc_id)
        return header.title if header else ""

    def sha256(self, doc_id: str) -> str:
        """Return the hash of a document's file; empty if there is none."""
        header = self.header(doc_id)
        return header.sha256 if header else ""

    def documents(self) -> list[DocumentInfo]:
        """List the documents, sorted by id."""
        return [
            DocumentInfo(
                h.doc_id, h.title, h.date, h.sha256, h.characters, h.passages, h.pages, h.unread
            )
            for h in self.headers()
        ]

    def hashes(self) -> dict[str, str]:
        """Return each document's SHA-256 by id."""
        return {header.doc_id: header.sha256 for header in self.headers()}

    def unread_pages(self) -> list[tuple[str, tuple[int, ...]]]:
        """List the documents with pages that were not read, each with their numbers."""
        found = [header for header in self.headers() if header.unread]
        return [(h.doc_id, self._read(_LISTS, self._values(h, "lists")[0])[2]) for h in found]

    def skipped(self) -> list[tuple[str, str]]:
        """List the files that were not indexed, each with the reason, sorted by id."""
        return list(self.state.skipped)

    def about(self) -> dict[str, str]:
        """Return what the build that wrote it noted about itself."""
        return dict(self.state.about)

    def header(self, doc_id: str) -> Header | None:
        """Return what the list says of a document, or None if there is none of that id."""
        with self._lock:
            if doc_id in self._headers:
                return self._headers[doc_id]
        wanted = f"key == {quoted(key_of(doc_id))}"
        found = self._server.where(f"{self._line}_documents", wanted, _HEADER, self.state.since)
        alive = [h for h in map(_header, found) if self._counts(h) and h.doc_id == doc_id]
        header = max(alive, default=None)
        with self._lock:
            self._headers[doc_id] = header
            while len(self._headers) > _HEADERS:
                del self._headers[next(iter(self._headers))]
        return header

    def headers(self) -> list[Header]:
        """Return what the list says of all documents, sorted by id; read once."""
        if self._listed is None:
            found = self.numbered(0, self.state.next_document)
            self._listed = sorted(filter(self._counts, found), key=lambda h: h.doc_id)
        return self._listed

    def numbered(self, first: int, end: int) -> Iterator[Header]:
        """Go through the documents with some numbers, whether they count or not, in order."""
        for at in range(first, end, WINDOW):
            wanted = f"number >= {at} and number < {min(at + WINDOW, end)}"
            name = f"{self._line}_documents"
            yield from sorted(
                map(_header, self._server.where(name, wanted, _HEADER, self.state.since))
            )

    def passage(self, row: int) -> StoredPassage:
        """Return the passage at a row.

        Raises:
            IndexDamagedError: There is none.
        """
        return self.passages_at([row])[row]

    def passages_at(self, rows: Collection[int]) -> dict[int, StoredPassage]:
        """Return the passages at some rows; raises as `passage`."""
        with self._lock:
            found = {row: self._passages[row] for row in rows if row in self._passages}
        missing = [row for row in rows if row not in found]
        if missing:
            name = f"{self._line}_passages"
            got = self._server.by_id(name, list(map(str, missing)), _PASSAGE, self.state.since)
            found |= {entry.row: entry for entry in self._stored(got)}
            self.keep(found)
        lost = next((row for row in rows if row not in found), None)
        if lost is not None:
            raise self._damaged(f"no passage at row {lost}")
        return found

    def keep(self, found: dict[int, StoredPassage]) -> None:
        """Remember passages that are likely to be asked for soon."""
        with self._lock:
            self._passages |= found
            while len(self._passages) > _KEPT_PASSAGES:
                del self._passages[next(iter(self._passages))]

    def passages_of(self, doc_id: str) -> list[StoredPassage]:
        """List a document's passages in the order of its text."""
        header = self.header(doc_id)
        if header is None:
            return []
        found = self._window(header.first_row, header.first_row + header.passages)
        return sorted(found, key=lambda entry: entry.passage.start)

    def passages(self) -> Iterator[list[StoredPassage]]:
        """Go through all passages by row, a batch at a time."""
        for first, end in self.ranges(None):
            for at in range(first, end, WINDOW):
                yield self._window(at, min(at + WINDOW, end))

    def ranges(self, doc_ids: Collection[str] | None) -> list[tuple[int, int]]:
        """List first row and end of the passages of some documents, or of all, in order."""
        if doc_ids is None or len(doc_ids) > _HEADERS:
            wanted = None if doc_ids is None else set(doc_ids)
            found = [h for h in self.headers() if wanted is None or h.doc_id in wanted]
        else:
            found = [h for h in map(self.header, doc_ids) if h is not None]
        joined: list[tuple[int, int]] = []
        for first, end in sorted({(h.first_row, h.first_row + h.passages) for h in found}):
            if joined and joined[-1][1] == first:
                joined[-1] = (joined[-1][0], end)
            elif end > first:
                joined.append((first, end))
        return joined

    def rows_of(self, doc_ids: Collection[str]) -> list[int]:
        """List the rows of some documents' passages, in order."""
        return [row for first, end in self.ranges(doc_ids) for row in range(first, end)]

    def sentence_vectors(self, row: int) -> Vectors:
        """Return the vectors of a passage's sentences, shape (n_sentences, dim)."""
        found = self._pieces.get([f"s{row}"], self.state.since)
        if f"s{row}" not in found:
            raise self._damaged(f"no vectors at row {row}")
        return unpacked_sentences(unpack(found[f"s{row}"]), self.state.manifest.dimension)

    def vectors_of_contents(self, contents: Sequence[bytes]) -> dict[bytes, StoredVectors]:
        """Return the vectors of passages with some content keys."""
        listed = ", ".join(quoted(content.hex()) for content in contents)
        rows = self._server.where(
            f"{self._line}_passages", f"content in [{listed}]", ("row", "content", "vector"),
            self.state.since,
        )  # fmt: skip
        by_content = {bytes.fromhex(str(row["content"])): row for row in rows}
        keys = {content: f"s{row['row']}" for content, row in by_content.items()}
        sentences = self._pieces.get(list(keys.values()), self.state.since)
        return {
            content: StoredVectors(
                content,
                np.array(by_content[content]["vector"], dtype="<f2").tobytes(),
                unpack(sentences[key]),
            )
            for content, key in keys.items()
            if key in sentences
        }

    def search(
        self, terms: Sequence[str], limit: int, only: Collection[str] | None = None
    ) -> dict[int, float]:
        """Rank passages by BM25; see `qa.index.local.store.Store.search`."""
        return self._words.search(terms, limit, None if only is None else self.ranges(only))

    def documents_with(self, words: str, limit: int) -> list[str]:
        """List ids of documents in which words stand one after the other within a passage."""
        asked = without_half_pairs(words).replace("\0", " ")
        first = " ".join(parted(asked).split())
        if len(first) > _FIRST_WORDS:
            first = first[:_FIRST_WORDS].rpartition(" ")[0]
        rows = self._words.with_phrase(first, limit)
        found = self.passages_at(rows)
        return list(dict.fromkeys(found[row].passage.doc_id for row in rows))

    def count(self, term: str) -> int:
        """Count the passages with a word's stem."""
        return self._words.count(term)

    def rarity(self, term: str) -> float:
        """Return log(1 + passages / passages with the word's stem): above 0, higher if rarer."""
        return math.log1p(self.n_passages / (self.count(term) + 0.5))

    def mentions(self, term: str) -> bool:
        """Whether any passage, heading or document's name has a word of the same stem."""
        return self.count(term) > 0

    def stems(self, first: str) -> tuple[tuple[str, int], ...]:
        """List the stems that begin with a letter, each with how many passages have it."""
        return tuple(sorted(self._words.beginning(first).items()))

    def forms(self, stem: str) -> list[str]:
        """List the words of a few passages that have a stem, in order."""
        rows = self._words.rows_of_stem(stem, _LOOKED_UP)
        found = self.passages_at(rows)
        texts = [f"{found[row].passage.context} {found[row].passage.text}" for row in rows]
        return [word for text in texts for word in words(text)]

    def _counts(self, header: Header) -> bool:
        return header.number < self.state.next_document and header.number not in self._gone

    def _columns(self, rows: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        found = self.passages_at(rows)
        names: dict[str, str] = {}
        for entry in found.values():
            doc_id = entry.passage.doc_id
            if doc_id not in names:
                names[doc_id] = lexical_name(doc_id, self.title(doc_id))
        return {
            row: (names[entry.passage.doc_id], entry.passage.context, entry.passage.text)
            for row, entry in found.items()
        }

    def _window(self, first: int, end: int) -> list[StoredPassage]:
        found: list[StoredPassage] = []
        for at in range(first, end, WINDOW):
            wanted = f"row >= {at} and row < {min(at + WINDOW, end)}"
            name = f"{self._line}_passages"
            found += self._stored(self._server.where(name, wanted, _PASSAGE, self.state.since))
        if len(found) != end - first:
            raise self._damaged(f"{end - first - len(found)} of {end - first} passages are lost")
        return sorted(found, key=lambda entry: entry.row)

    def _stored(self, rows: Sequence[Row]) -> list[StoredPassage]:
        long = {f"b{row['row']}": row for row in rows if not row["body"]}
        whole = self._pieces.get(list(long), self.state.since)
        for key, row in long.items():
            row["text"], row["body"] = self._read(_WHOLE, whole.get(key, ""))
        return [self._one(row) for row in rows]

    def _one(self, row: Row) -> StoredPassage:
        passage_id, start, end, context, sentences = self._read(_BODY, str(row["body"]))
        text, doc_id = str(row["text"]), str(row["doc_id"])
        return StoredPassage(
            int(row["row"]), Passage(passage_id, doc_id, start, end, text, context, sentences)
        )

    def _values(self, header: Header, *parts: str) -> list[str]:
        keys = [f"d{header.number}/{part}" for part in parts]
        found = self._pieces.get(keys, self.state.since)
        self._server.complete(found, keys)
        return [found[key] for key in keys]

    def _read(self, decoder: Decoder[Any], text: str) -> Any:
        try:
            return decoder.decode(text)
        except ValueError as error:
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> IndexDamagedError:
        return IndexDamagedError(
            f"the index {self._line} in Milvus is damaged ({why}); build it again with: "
            "qa index --rebuild"
        )


def key_of(doc_id: str) -> str:
    """Return what a document is looked up by: nothing of its name can be taken as an expression."""
    return hashlib.sha256(doc_id.encode()).hexdigest()


def body_of(passage: Passage) -> str:
    """Write all of a passage but its text and its document."""
    return json.dumps(
        [passage.passage_id, passage.start, passage.end, passage.context, passage.sentences],
        ensure_ascii=False,
    )


def _header(row: Row) -> Header:
    texts = {"doc_id", "title", "date", "sha256"}
    values = [str(row[name]) if name in texts else int(row[name]) for name in _HEADER]
    return msgspec.convert(values, Header)
