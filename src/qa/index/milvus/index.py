"""Open one generation in Milvus for asking."""

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import numpy as np

from qa.errors import IndexDamagedError, IndexMissingError, StoreError
from qa.index.folders import encoders_dir, readers_dir
from qa.index.milvus.pieces import Pieces, unpack
from qa.index.milvus.server import Server, now
from qa.index.milvus.state import State
from qa.index.milvus.store import MilvusStore
from qa.index.stores.manifest import FORMAT, outdated
from qa.models.encoder import Vectors, packaged_encoder
from qa.models.span_network import packaged_reader

# So many ranges of rows in one expression.
_RANGES = 500


class MilvusIndex:
    """One generation, open for asking. Safe to use from several threads."""

    def __init__(self, server: Server, index_dir: Path, line: str, generation: str) -> None:
        """Open a generation by name.

        Args:
            server: Where.
            index_dir: Has the models that are not packaged.
            line: Which line of generations.
            generation: Its name.

        Raises:
            IndexDamagedError: It is not there, or of another version of the program.
            StoreError: Milvus cannot be reached.
        """
        self.generation = generation
        self.line = line
        self._server = server
        self.state = read_state(server, line, generation)
        self.manifest = self.state.manifest
        if self.manifest.format < FORMAT:
            raise outdated(f"{line} in Milvus")
        if self.manifest.format > FORMAT:
            raise IndexDamagedError(
                f"the index {line} in Milvus is of format {self.manifest.format}, this program "
                f"reads {FORMAT}: build it again with: qa index --rebuild"
            )
        encoder, reader = self.manifest.encoder, self.manifest.reader
        self.encoder_dir = encoders_dir(index_dir) / encoder if encoder else packaged_encoder()
        self.reader_dir = readers_dir(index_dir) / reader if reader else packaged_reader()
        self.store = MilvusStore(server, line, self.state)

    @classmethod
    def open(cls, server: Server, index_dir: Path) -> "MilvusIndex":
        """Open the generation that answers; raises as `current`, and as opening by name."""
        line, generation = current(server)
        return cls(server, index_dir, line, generation)

    @property
    def damage(self) -> str:
        """What went wrong the last time Milvus was asked; empty if nothing did."""
        return self._server.problem

    def search(self, query: Vectors, k: int, rows: Sequence[int] | None = None) -> dict[int, float]:
        """Find the passages whose vectors are nearest: cosine by row, best first."""
        name, state = f"{self.line}_passages", self.state
        gone = ", ".join(str(entry.number) for entry in state.leaving)
        counts = f"row < {state.next_row}" + (f" and document not in [{gone}]" if gone else "")
        wanted = [counts] if rows is None else [f"({some})" for some in _among(rows)]
        found: list[tuple[str, float]] = []
        for some in wanted if k and state.passages else []:
            found += self._server.nearest(name, query.tolist(), k, some, state.since)
        best = sorted(found, key=lambda hit: -hit[1])[:k]
        return {int(row): score for row, score in best}

    def vectors(self, rows: Collection[int]) -> dict[int, Vectors]:
        """Return the vectors of the passages at some rows, each of shape (dim,)."""
        found = self._server.by_id(
            f"{self.line}_passages", list(map(str, rows)), ("vector",), self.state.since
        )
        vectors = {int(row["id"]): np.array(row["vector"], dtype=np.float32) for row in found}
        self._server.complete(vectors, list(rows))
        return vectors

    def sentence_vectors(self, row: int) -> Vectors:
        """Return the vectors of a passage's sentences, shape (n_sentences, dim)."""
        return self.store.sentence_vectors(row)

    def close(self) -> None:
        """Leave the connection to others; who opened it closes it."""


def current(server: Server, *, newest: bool = True) -> tuple[str, str]:
    """Read which line and which generation answer.

    Args:
        server: Where.
        newest: Whether one of just now must be seen; that takes half a second.

    Raises:
        IndexMissingError: Nothing has been built there.
        StoreError: Milvus cannot be reached.
    """
    alias = server.address.collection
    line = server.resolve(alias).removesuffix("_passages")
    if not line:
        raise IndexMissingError(
            f"no index {alias!r} in the store at {server.address.uri}: build one with: "
            "qa index --corpus DIR --store …"
        )
    names = [str(row["id"]) for row in server.all_of(f"{line}_generations", (), newest=newest)]
    generation = max(filter(str.isdecimal, names), key=int, default="")
    if not generation:
        raise StoreError(f"the store at {server.address.uri} lacks the generations of {line}")
    return line, generation


def read_state(server: Server, line: str, generation: str) -> State:
    """Read what a generation consists of.

    Raises:
        IndexDamagedError: It cannot be read.
    """
    key = f"g/{generation}"
    found = Pieces(server, f"{line}_pieces").get([key], now())
    server.complete(found, [key])
    try:
        return msgspec.json.decode(unpack(found[key]), type=State)
    except ValueError as error:
        raise IndexDamagedError(
            f"generation {generation} of {line} in Milvus cannot be read ({error}); build it again "
            "with: qa index --rebuild"
        ) from error


def _among(rows: Sequence[int]) -> list[str]:
    """Write expressions for rows: ranges, a few hundred in each."""
    if not len(rows):
        return []
    at = np.array(rows, dtype=np.int64)
    parts = np.split(at, np.flatnonzero(np.diff(at) != 1) + 1)
    ranges = [f"(row >= {part[0]} and row <= {part[-1]})" for part in parts]
    return [" or ".join(ranges[i : i + _RANGES]) for i in range(0, len(ranges), _RANGES)]
