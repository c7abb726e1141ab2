"""Measure what a passage costs in a real Milvus cluster, and how asking grows with their number.

    make cluster                          # installs what it needs
    python -m benchmarks.cluster

Passages are generated: words as frequent as Zipf has them, random vectors, five sentences each, as
long as the product cuts them. Encoding is not measured here, `benchmarks.speed` does. Prints a
Markdown table; docs/CLUSTER.md reckons with it.
"""

import argparse
import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.milvus_cluster import ADDRESS, QUERY_NODES, Cluster, leave_network
from qa.index.milvus.address import Address
from qa.index.milvus.index import MilvusIndex
from qa.index.milvus.server import Server
from qa.index.milvus.state import State
from qa.index.milvus.store import MilvusStore
from qa.index.milvus.workspace import MilvusWorkspace
from qa.index.stores.manifest import FORMAT, Manifest
from qa.index.stores.stored import StoredVectors, as_bytes, packed_sentences
from qa.schema import Document, ParsedDocument, Passage, Span

_DIMENSION = 384
_WORDS, _SENTENCES, _PASSAGES = 110, 5, 20  # of a passage, of a passage, of a document
_VOCABULARY = 200_000
_TRIES = 25
_BATCH = 25  # documents in a transaction
_ABOUT = {"encoder_fingerprint": "random"}


class Measured(NamedTuple):
    """What was measured of one size and kind."""

    kind: str
    passages: int
    rows_a_second: float
    publish_s: float
    bytes_in_memory: float
    dense_ms: float
    rare: tuple[float, float]
    common: tuple[float, float]
    read_ms: float


def main() -> int:
    """Measure every size and kind, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 60_000])
    parser.add_argument("--kinds", nargs="+", default=["flat", "hnsw"])
    arguments = parser.parse_args()
    leave_network()
    rows = []
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder)) as cluster:
        for kind in arguments.kinds:
            for size in arguments.sizes:
                rows.append(_measure(cluster, kind, size))
                print(rows[-1], flush=True)
    print(_table(rows))
    return 0


def _measure(cluster: Cluster, kind: str, size: int) -> Measured:
    server = Server(Address.parse(f"{ADDRESS}/m{kind}{size}?vectors={kind}"))
    before = _memory(cluster)
    workspace = MilvusWorkspace(server, _DIMENSION, _ABOUT, None)
    store = workspace.writer()
    began = time.perf_counter()
    draw = np.random.default_rng(size)
    for some in _batches(size // _PASSAGES):
        with store.transaction():
            for number in some:
                store.add(*_document(number, draw))
    written = time.perf_counter() - began
    began = time.perf_counter()
    nothing = State.empty(_ABOUT).manifest
    workspace.publish(_manifest(nothing))
    published = time.perf_counter() - began
    index = MilvusIndex.open(server, Path())
    _settle(cluster)
    found = Measured(
        kind=kind,
        passages=size,
        rows_a_second=size / written,
        publish_s=published,
        bytes_in_memory=(_memory(cluster) - before) / size,
        dense_ms=_median(lambda: index.search(_unit(draw), 100)),
        rare=_searched(server, index, 2_000, 20_000),
        common=_searched(server, index, 10, 60),
        read_ms=_median(lambda: index.sentence_vectors(random.randrange(size))),
    )
    server.close()
    return found


def _searched(server: Server, index: MilvusIndex, low: int, high: int) -> tuple[float, float]:
    """Search for words of some ranks, none remembered; return milliseconds and passages read."""
    took, read = [], []
    for _ in range(_TRIES):
        store = MilvusStore(server, index.line, index.state)
        terms = _terms(low, high)
        began = time.perf_counter()
        store.search(terms, 100)
        took.append(1000 * (time.perf_counter() - began))
        read.append(sum(store.count(term) for term in terms))
    return statistics.median(took), statistics.median(read)


def _document(
    number: int, draw: np.random.Generator
) -> tuple[ParsedDocument, list[Passage], list[StoredVectors]]:
    doc_id = f"{number:08d}.txt"
    passages, vectors, texts, start = [], [], [], 0
    for at in range(_PASSAGES):
        words = [_word(int(rank)) for rank in _ranks(draw)]
        text = " ".join(words)
        step = len(text) // _SENTENCES
        spans = tuple(Span(start + i * step, start + (i + 1) * step) for i in range(_SENTENCES))
        key = hashlib.sha256(f"{number}/{at}".encode()).digest()[:16]
        passages.append(Passage(key.hex(), doc_id, start, start + len(text), text, "", spans))
        sentences = np.stack([_unit(draw) for _ in range(_SENTENCES)])
        vectors.append(StoredVectors(key, as_bytes(_unit(draw)), packed_sentences(sentences)))
        texts.append(text)
        start += len(text) + 1
    document = Document(doc_id, doc_id, "\n".join(texts), f"{number:064x}", (), "", (), ())
    return ParsedDocument(document, ()), passages, vectors


def _ranks(draw: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.minimum(draw.zipf(1.25, _WORDS), _VOCABULARY)


def _word(rank: int) -> str:
    """Return a made-up word that no stemmer shortens."""
    return f"w{rank:x}k"


def _terms(low: int, high: int) -> list[str]:
    return [_word(random.randrange(low, high)) for _ in range(4)]


def _unit(draw: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = draw.normal(size=_DIMENSION).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _manifest(nothing: Manifest) -> Manifest:
    return replace(nothing, format=FORMAT, dimension=_DIMENSION, complete=True)


def _batches(count: int) -> Iterator[range]:
    return (range(at, min(at + _BATCH, count)) for at in range(0, count, _BATCH))


def _median(run: Callable[[], object]) -> float:
    took = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        run()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def _memory(cluster: Cluster) -> int:
    """Return what the query nodes hold, in bytes."""
    total = 0
    for name in QUERY_NODES:
        status = Path(f"/proc/{cluster.processes[name].pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        total += 1024 * int(line.split()[1])
    return total


def _settle(cluster: Cluster) -> None:
    """Wait until the query nodes' memory no longer changes."""
    last = -1
    for _ in range(30):
        now = _memory(cluster) // 20_000_000
        if now == last:
            return
        last = now
        time.sleep(4)


def _table(rows: list[Measured]) -> str:
    head = (
        "| vectors | passages | written/s | publishing, s | query nodes, bytes a passage | "
        "100 nearest, ms | 4 rare words, ms (passages) | 4 common words, ms (passages) | "
        "a passage's sentences, ms |"
    )
    lines = [
        f"| {r.kind} | {r.passages:,} | {r.rows_a_second:,.0f} | {r.publish_s:.1f} | "
        f"{r.bytes_in_memory:,.0f} | {r.dense_ms:.0f} | {r.rare[0]:.0f} ({r.rare[1]:,.0f}) | "
        f"{r.common[0]:.0f} ({r.common[1]:,.0f}) | {r.read_ms:.0f} |"
        for r in rows
    ]
    return "\n".join([head, "|---|" + "--:|" * 8, *lines])


if __name__ == "__main__":
    raise SystemExit(main())
