"""Find the nearest vectors: by looking at all of them, or of many at those in likely lists.

Owns FAISS, and the file that holds a generation's vectors. In lists, vectors lie around centres,
and a search looks at those of the nearest centres: how many that takes is found out with queries
of the corpus's own. Vectors have half precision in both kinds, so a cosine is the same. Does not
know the store, nor passages.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from qa.models.encoder import Vectors, available_cores

# Of the ten nearest, the share that must be found, by queries that did not choose how many lists.
LEAST_RECALL = 0.99
_K = 10
_SAME = 1e-6  # cosines that differ by less are the same
# Chosen with a margin, so that the other queries seldom turn it down.
_WANTED_RECALL = 0.995
# With more of the lists, exact search is no slower.
_MOST_PROBED = 0.25
_MORE = 1.5
_TRAINED_ON = 40  # vectors a list
_ONE_CORE = 50_000  # passages; fewer are in their lists in seconds
# A file from this size on is not read when it is opened, but where it is looked at.
_MAPPED_BYTES = 64_000_000
# FAISS's threads wait for each other spinning: with another process on a core that costs 24 ms
# where one thread takes 0.4, over 11,000 vectors (docs/LOG.md).
faiss.omp_set_num_threads(1)

Batches = Iterator[tuple[list[int], Vectors]]
"""Rows and their unit vectors, shape (n, dim), by row."""


@dataclass(frozen=True, slots=True)
class Lists:
    """How vectors in lists are searched, and how well.

    Attributes:
        lists: Among how many the vectors are.
        probes: How many of them a search looks at; 0 if it looks at all vectors, because too
            few of the nearest were found.
        recall_at_10: The share of the ten nearest that was found by half of the queries. The
            other half chose `probes`; while the first half found too few, they were half as
            many again.
        queries: How many there were: parts of the corpus's sentences, encoded as questions are.
        passages: How many vectors there were.
        changed: Vectors that are gone or new since.
    """

    lists: int
    probes: int
    recall_at_10: float
    queries: int
    passages: int
    changed: int = 0


class Nearest:
    """A file of vectors, open for searching. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a file; a large one stays where it is, and only what is looked at is read.

        Raises:
            RuntimeError: FAISS cannot read it.
            MemoryError: A length in it is damaged.
            ValueError: It holds something else.
        """
        mapped = path.stat().st_size >= _MAPPED_BYTES
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        if self._index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError("its vectors are not compared by inner product")
        self.count = int(self._index.ntotal)
        self.dimension = int(self._index.d)

    def search(self, query: Vectors, k: int, rows: Sequence[int] | None = None) -> dict[int, float]:
        """Find the rows whose vectors are nearest.

        Args:
            query: Unit vector, shape (dim,).
            k: How many, at most.
            rows: Rows to look among, exactly; None for all.

        Returns:
            Cosine by row, best first.
        """
        k = min(k, self.count if rows is None else len(rows))
        if not k:
            return {}
        options = None
        if rows is not None:
            selector = faiss.IDSelectorBatch(np.array(rows, dtype=np.int64))
            options = _searching(self._index, sel=selector)
        scores, found = self._index.search(query[np.newaxis], k, params=options)
        return {int(r): float(s) for r, s in zip(found[0], scores[0], strict=True) if r >= 0}


def _searching(index: Any, **options: Any) -> Any:
    """Return FAISS's parameters for looking at every vector."""
    if isinstance(index, faiss.IndexIVF):
        options["nprobe"] = index.nlist
        return faiss.SearchParametersIVF(**options)
    return faiss.SearchParameters(**options)


def write_exact(vectors: Batches, dimension: int, path: Path) -> None:
    """Write vectors to be looked at one and all.

    Raises:
        OSError: The file cannot be written.
    """
    flat = faiss.IndexScalarQuantizer(dimension, _HALF, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap(flat)
    _add(index, vectors)
    _write(index, path)


def write_lists(
    vectors: Batches, sample: Vectors, queries: Vectors, passages: int, path: Path
) -> Lists:
    """Write vectors in lists, if a search in few of them finds enough of the nearest.

    Args:
        vectors: All.
        sample: Some, to find the centres by; `sample_size` says how many are enough.
        queries: Unit vectors of what may be asked, shape (n, dim), n at least 2.
        passages: How many vectors there are.
        path: The file; not written if too little is found.

    Raises:
        OSError: The file cannot be written.
    """
    dimension = sample.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, _lists(passages), _HALF,
        faiss.METRIC_INNER_PRODUCT, False,
    )  # fmt: skip
    index.cp.spherical = True
    choosing, measuring = queries[::2], queries[1::2]
    with _cores(available_cores() if passages > _ONE_CORE else 1):
        index.train(sample)
        _add(index, vectors)
        index.nprobe = _fewest_probes(index, choosing)
        exact = _exact(index, measuring)
        recall = _recall(index, measuring, exact)
        while recall < LEAST_RECALL and index.nprobe < _most_probes(index):
            index.nprobe = min(math.ceil(index.nprobe * _MORE), _most_probes(index))
            recall = _recall(index, measuring, exact)
        probes = index.nprobe if recall >= LEAST_RECALL else 0
    if probes:
        _write(index, path)
    return Lists(index.nlist, probes, round(recall, 4), len(queries), passages)


def sample_size(passages: int) -> int:
    """Return how many vectors are enough to find the centres of so many."""
    return _lists(passages) * _TRAINED_ON


def rewrite(before: Path, gone: Sequence[int], added: Batches, after: Path) -> None:
    """Write a file again with some vectors less and some more; the centres stay as they are.

    Raises:
        RuntimeError: FAISS cannot read it.
        OSError: It cannot be written.
    """
    index: Any = faiss.read_index(str(before))
    index.remove_ids(np.array(gone, dtype=np.int64))
    _add(index, added)
    _write(index, after)


_HALF = faiss.ScalarQuantizer.QT_fp16  # as the store has them: half the memory to go through


def _lists(passages: int) -> int:
    return max(1, min(round(4 * math.sqrt(passages)), passages // _TRAINED_ON))


def _add(index: Any, vectors: Batches) -> None:
    for rows, found in vectors:
        index.add_with_ids(found, np.array(rows, dtype=np.int64))


def _write(index: Any, path: Path) -> None:
    # Through Python: FAISS's own writer says nothing when the disk is full at the last flush.
    with path.open("wb") as file:
        writer = faiss.PyCallbackIOWriter(file.write)  # type: ignore[attr-defined]
        faiss.write_index(index, writer)


def _fewest_probes(index: Any, queries: Vectors) -> int:
    """Find how many lists a search must look at; a part of all if even that is not enough."""
    exact = _exact(index, queries)
    low, high = 0, _most_probes(index)
    while high - low > 1:
        index.nprobe = (low + high) // 2
        if _recall(index, queries, exact) >= _WANTED_RECALL:
            high = index.nprobe
        else:
            low = index.nprobe
    return high


def _most_probes(index: Any) -> int:
    return max(1, int(_MOST_PROBED * index.nlist))


def _exact(index: Any, queries: Vectors) -> Vectors:
    """Return the cosines of the nearest, best first, shape (n, 10)."""
    cosines: Vectors = index.search(queries, _K, params=_searching(index))[0]
    return cosines


def _recall(index: Any, queries: Vectors, exact: Vectors) -> float:
    """Return the share of the nearest that a search finds; of copies any will do."""
    found = index.search(queries, _K)[0]
    return float((found >= exact[:, -1:] - _SAME).sum() / exact.size)


@contextmanager
def _cores(count: int) -> Iterator[None]:
    """Let FAISS use so many cores for a while."""
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)
