"""Write the store that a build works on, in Milvus: killed at any moment, it keeps what it wrote.

A batch counts as kept once the lines of its documents are written, which come last. What a killed
build has kept is found again by the next: rows and numbers behind those that are published.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qa.index.milvus.pieces import pack
from qa.index.milvus.postings import to_merge
from qa.index.milvus.server import MOST_BYTES, WINDOW, Row, Server, now
from qa.index.milvus.state import Segment, State, Taken
from qa.index.milvus.store import Header, MilvusStore, body_of, key_of
from qa.index.stores.stored import StoredVectors, as_vectors, lexical_name
from qa.schema import ParsedDocument, Passage

_COUNTED_AT_ONCE = 256
# So many passages' words are held before they are written as a segment.
_SEGMENT = 50_000


class MilvusWriter(MilvusStore):
    """The store that a build works on; one build at a time."""

    def __init__(self, server: Server, line: str, state: State) -> None:
        """Take in what is published, and what a killed build has kept since.

        Args:
            server: Where.
            line: Which line of generations.
            state: What was published last; it is changed from now on.
        """
        super().__init__(server, line, state)
        self._by_id = {header.doc_id: header for header in super().headers()}
        self._waiting: list[tuple[int, list[str]]] = []
        self._rows: list[Row] = []
        self._values_put: list[tuple[str, str]] = []
        self._lines: list[Row] = []
        self.replaced: list[Segment] = []
        for header in self._kept_since(state.next_document):
            if header.doc_id in self._by_id:
                self._take(self._by_id[header.doc_id])
            self._count(header)
            for some in _batches(header.first_row, header.passages):
                stems = self._stemmer.stems([_all_of(*c) for c in self._columns_of(header, some)])
                self._waiting += zip(some, stems, strict=True)

    def _kept_since(self, first: int) -> Iterator[Header]:
        """Go through the documents that are there without a gap from a number on."""
        while found := list(self.numbered(first, first + WINDOW)):
            for header in found:
                if header.number != first:
                    return
                yield header
                first += 1

    def _columns_of(self, header: Header, rows: range) -> list[tuple[str, str, str]]:
        name = lexical_name(header.doc_id, header.title)
        found = self._window(rows.start, rows.stop)
        return [(name, entry.passage.context, entry.passage.text) for entry in found]

    def headers(self) -> list[Header]:
        """Return what the list says of all documents as the build has them now."""
        return sorted(self._by_id.values(), key=lambda header: header.doc_id)

    def header(self, doc_id: str) -> Header | None:
        """Return what the list says of a document as the build has it now."""
        return self._by_id.get(doc_id)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside one step: documents count when their lines are written."""
        try:
            yield
        except BaseException:
            self._rows, self._values_put, self._lines = [], [], []
            raise
        self._server.write(f"{self._line}_passages", self._rows)
        self._pieces.put(self._values_put)
        self._server.write(f"{self._line}_documents", self._lines)
        self._rows, self._values_put, self._lines = [], [], []
        self.state.since = now()
        if len(self._waiting) >= _SEGMENT:
            self.write_words()

    def add(
        self, parsed: ParsedDocument, passages: Sequence[Passage], vectors: Sequence[StoredVectors]
    ) -> None:
        """Add a document with its passages, which get the next rows, and their vectors."""
        document = parsed.document
        number, first = self.state.next_document, self.state.next_row
        name = lexical_name(document.doc_id, document.title)
        stems = self._stemmer.stems([_all_of(name, p.context, p.text) for p in passages])
        self._waiting += zip(range(first, first + len(passages)), stems, strict=True)
        header = Header(
            number, document.doc_id, document.title, document.date, document.sha256,
            len(document.text), len(passages), len(document.pages), len(document.unread), first,
            sum(map(len, stems)),
        )  # fmt: skip
        self._lines.append({"id": str(number), "key": key_of(document.doc_id), **header._asdict()})
        self._values_put += [
            (f"d{number}/text", document.text),
            (f"d{number}/blocks", json.dumps(parsed.blocks, ensure_ascii=False)),
            (f"d{number}/layout", parsed.layout),
            (f"d{number}/lists", json.dumps([document.pages, document.scanned, document.unread])),
        ]
        for row, (passage, stored) in enumerate(zip(passages, vectors, strict=True), start=first):
            self._add_passage(row, number, passage, stored)
        self._count(header)

    def _add_passage(self, row: int, number: int, passage: Passage, stored: StoredVectors) -> None:
        text, body = passage.text, body_of(passage)
        if max(len(text.encode()), len(body.encode())) > MOST_BYTES:
            self._values_put.append((f"b{row}", json.dumps([text, body], ensure_ascii=False)))
            text = body = ""
        self._values_put.append((f"s{row}", pack(stored.sentences)))
        self._rows.append(
            {
                "id": str(row),
                "row": row,
                "document": number,
                "content": stored.content.hex(),
                "doc_id": passage.doc_id,
                "text": text,
                "body": body,
                "vector": as_vectors(stored.passage, 1)[0].tolist(),
            }
        )

    def remove(self, doc_id: str) -> None:
        """Take a document with its passages out."""
        header = self._by_id.pop(doc_id, None)
        if header is not None:
            self._take(header)

    def set_skipped(self, skipped: Sequence[tuple[str, str]]) -> None:
        """Remember the files that were not indexed, with the reasons, instead of those before."""
        self.state.skipped = sorted(skipped)

    def optimize(self) -> None:
        """Do nothing: lists of words are merged as they are written."""

    def write_words(self) -> None:
        """Write the words of what was added since, and merge segments where there get many."""
        if not self._waiting:
            return
        state = self.state
        state.segments.append(self._lists.write(_fresh_name(), self._waiting))
        self._waiting = []
        state.since = now()
        count = to_merge(state.segments)
        if count == 1:
            return
        merged = state.segments[-count:]
        whole = self._lists.merge(_fresh_name(), merged, state.dead_rows(), state.since)
        state.segments[-count:] = [whole]
        state.since = now()
        self.replaced += merged
        leaving = {entry.number for entry in state.leaving}
        state.taken = [t for t in state.taken if t.first_row < whole.first or t.number in leaving]

    def delete_documents(self, taken: Sequence[Taken]) -> None:
        """Take the rows of documents out for good."""
        for entry in taken:
            rows = range(entry.first_row, entry.first_row + entry.passages)
            self._server.delete(f"{self._line}_passages", list(map(str, rows)))
            parts = ("text", "blocks", "layout", "lists")
            keys = [f"d{entry.number}/{part}" for part in parts]
            keys += [f"{kind}{row}" for row in rows for kind in ("s", "b")]
            self._pieces.delete(keys, self.state.since)
        self._server.delete(f"{self._line}_documents", [str(entry.number) for entry in taken])

    def delete_words(self, segments: Sequence[Segment]) -> None:
        """Take segments out for good."""
        for segment in segments:
            self._lists.delete(segment, self.state.since)

    def _count(self, header: Header) -> None:
        state = self.state
        self._by_id[header.doc_id] = header
        state.next_document = header.number + 1
        state.next_row = header.first_row + header.passages
        state.documents += 1
        state.passages += header.passages
        state.tokens += header.tokens

    def _take(self, header: Header) -> None:
        state = self.state
        taken = Taken(header.number, header.first_row, header.passages)
        state.taken.append(taken)
        state.leaving.append(taken)
        state.documents -= 1
        state.passages -= header.passages
        state.tokens -= header.tokens


def _all_of(name: str, context: str, text: str) -> str:
    return f"{name}\n{context}\n{text}"


def _fresh_name() -> str:
    return uuid.uuid4().hex[:12]


def _batches(first: int, count: int) -> list[range]:
    end = first + count
    return [
        range(at, min(at + _COUNTED_AT_ONCE, end)) for at in range(first, end, _COUNTED_AT_ONCE)
    ]
