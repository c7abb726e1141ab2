"""What a build takes over, works on and publishes, in Milvus.

An update adds rows to the line of generations that answers; a rebuild begins a line of its own
and points the alias at it in the end. Runs under the build lock of the index folder.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType

import msgspec

from qa.errors import IndexMissingError, IndexWriteError
from qa.index.milvus.index import MilvusIndex, current
from qa.index.milvus.pieces import Pieces, pack
from qa.index.milvus.server import Server, now
from qa.index.milvus.state import (
    DOCUMENTS,
    GENERATIONS,
    KINDS,
    PASSAGES,
    State,
    line_number,
    lines_of,
    next_line,
)
from qa.index.milvus.store import MilvusStore
from qa.index.milvus.writer import MilvusWriter
from qa.index.stores.manifest import Manifest
from qa.index.stores.stored import StoredVectors
from qa.index.stores.takeover import TakeOver

_ABOUT = "about"


class MilvusWorkspace(TakeOver[MilvusIndex, MilvusWriter]):
    """What one build takes over, works on and publishes; one at a time for an index."""

    def __init__(
        self, server: Server, dimension: int, about: dict[str, str], source: MilvusIndex | None
    ) -> None:
        """Find out what can be taken over; nothing is written yet.

        Args:
            server: Where.
            dimension: Of the vectors.
            about: What a store's content depends on, beside the documents.
            source: The index to take over from; None to take over nothing.
        """
        super().__init__(about, source)
        self._server = server
        self._dimension = dimension
        self._line = ""
        try:
            self._answers, self._before = current(server)
        except IndexMissingError:
            self._answers, self._before = "", ""

    def __enter__(self) -> "MilvusWorkspace":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: the connection is its owner's, and what is written stays."""

    def resume(self) -> bool:
        """Carry on what a killed build has left, if it was about the same; else clear it away."""
        unfinished = [line for line in self._lines() if self._is_newer(line)]
        for line in unfinished:
            if line == unfinished[-1] and self._is_about_the_same(line):
                self._line = line
                self._store = MilvusWriter(self._server, line, State.empty(self._about))
                return True
            self._drop(line)
        if self.seed() is None:
            return False
        store = self._grown()
        if store.state.next_document == self._published().next_document:
            return False
        self._store = store
        return True

    def vectors_of_contents(self, contents: Sequence[bytes]) -> dict[bytes, StoredVectors]:
        """Return the vectors that any store has, by content key."""
        stores: list[MilvusStore] = [self._store] if self._store else []
        if alike := self._encoded_alike():
            stores.append(alike.store)
        found: dict[bytes, StoredVectors] = {}
        for store in stores:
            missing = [content for content in contents if content not in found]
            found |= store.vectors_of_contents(missing) if missing else {}
        return found

    def writer(self) -> MilvusWriter:
        """Return the store to work on; the first call makes it."""
        if self._store is None:
            self._store = self._grown() if self.seed() else self._begun()
        return self._store

    def publish(self, manifest: Manifest) -> str:
        """Make what is in the store the current generation.

        Raises:
            IndexWriteError: Another build has published meanwhile.
            StoreError: Milvus cannot be reached.
        """
        store = self.writer()
        store.write_words()
        state = store.state
        published = self._published()
        store.delete_documents(published.leaving)
        store.delete_words(published.stale)
        state.stale, store.replaced = store.replaced, []
        state.manifest = replace(manifest, bytes={}, sha256={})
        state.since = now()
        self._check_alone()
        name = f"{int(self._before or 0) + 1:05d}"
        pieces = Pieces(self._server, f"{self._line}_pieces")
        pieces.put([(f"g/{name}", pack(msgspec.json.encode(state)))])
        self._server.write(f"{self._line}_generations", [{"id": name, "about": ""}])
        if self._line != self._answers:
            self._server.point(self._server.address.collection, f"{self._line}_passages")
        self._clear_up(pieces, name)
        self._answers, self._before = self._line, name
        self._last = state_copy(state)
        state.leaving = []
        return name

    def _published(self) -> State:
        """Return what was published last of the line that is worked on."""
        return self._last

    def _grown(self) -> MilvusWriter:
        """Open the line that answers, to add to it."""
        assert self._source is not None
        self._line = self._source.line
        self._last = state_copy(self._source.state)
        state = state_copy(self._source.state)
        state.since, state.leaving = now(), []
        return MilvusWriter(self._server, self._line, state)

    def _begun(self) -> MilvusWriter:
        """Begin a line of its own."""
        lines = self._lines()
        for line in lines:
            if self._is_newer(line):
                self._drop(line)
        self._line = next_line(self._server.address.collection, lines)
        make, line = self._server.make, self._line
        Pieces(self._server, f"{line}_pieces").make()
        make(f"{line}_documents", DOCUMENTS, dimension=0, keys=("number", "key"))
        make(f"{line}_generations", GENERATIONS, dimension=0, keys=())
        self._server.write(
            f"{line}_generations", [{"id": _ABOUT, "about": json.dumps(self._about)}]
        )
        # What makes it a line comes last.
        make(f"{line}_passages", PASSAGES, dimension=self._dimension, keys=("row", "content"))
        self._last = State.empty(self._about)
        return MilvusWriter(self._server, line, State.empty(self._about))

    def _is_newer(self, line: str) -> bool:
        """Whether a line came after the one that answers."""
        return line_number(line) > line_number(self._answers)

    def _lines(self) -> list[str]:
        return lines_of(self._server.address.collection, self._server.collections())

    def _is_about_the_same(self, line: str) -> bool:
        rows = self._server.all_of(f"{line}_generations", (_ABOUT,))
        self._last = State.empty(self._about)
        return any(row[_ABOUT] and json.loads(str(row[_ABOUT])) == self._about for row in rows)

    def _drop(self, line: str) -> None:
        there = set(self._server.collections())
        for kind in KINDS:
            if f"{line}_{kind}" in there:
                self._server.drop(f"{line}_{kind}")

    def _check_alone(self) -> None:
        try:
            found = current(self._server)
        except IndexMissingError:
            found = ("", "")
        if found != (self._answers, self._before):
            raise IndexWriteError(
                f"another build has published generation {found[1]} of the same store meanwhile; "
                "run it again, and let only one machine build at a time"
            )

    def _clear_up(self, pieces: Pieces, name: str) -> None:
        """Take away what neither this generation nor the one before needs."""
        rows = self._server.all_of(f"{self._line}_generations", ())
        kept = {name, self._before, _ABOUT}
        old = [str(row["id"]) for row in rows if str(row["id"]) not in kept]
        self._server.delete(f"{self._line}_generations", old)
        pieces.delete([f"g/{generation}" for generation in old], now())
        for line in self._lines():
            if line not in (self._line, self._answers):
                self._drop(line)


def state_copy(state: State) -> State:
    """Return a state that can be changed without changing another."""
    return msgspec.json.decode(msgspec.json.encode(state), type=State)
