"""Write the file in which a generation's vectors are searched, from the vectors in its store.

Few are looked at one and all. Many lie in lists, if that is found to find enough. After a small
change the file of the generation before is taken over, with what has changed. Does not know how a
generation is put together.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from qa.files import file_sha256
from qa.index.local.generations import VECTORS, Index
from qa.index.local.store import Store
from qa.index.progress import BuildEvent, OnEvent
from qa.index.search import nearest
from qa.index.stores.protocols import EncodeQuery
from qa.index.stores.stored import as_vectors

# Looking at all takes 4 ms at 100,000 vectors, on one thread, and 43 at a million.
APPROXIMATE_FROM = 100_000
_QUERIES = 512
_BATCH = 8192
# When more has changed than this, all is made anew.
_CHANGED_SHARE = 0.1


class VectorFile:
    """Writes a store's vectors, as one that is searched exactly or in lists."""

    def __init__(
        self,
        store: Store,
        dimension: int,
        encode_query: EncodeQuery | None,
        progress: OnEvent = lambda event: None,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            store: Has the vectors.
            dimension: Their length.
            encode_query: Encodes what may be asked, to measure what is found; without it all
                are looked at.
            progress: Told of what takes long.
        """
        self._store = store
        self._dimension = dimension
        self._encode_query = encode_query
        self._progress = progress

    def write(self, path: Path, before: Index | None, *, in_lists: bool) -> nearest.Lists | None:
        """Write the file.

        Args:
            path: Where.
            before: A generation whose vectors can be taken over.
            in_lists: Whether making lists is worth its time, should there be many.

        Returns:
            How it is searched; None if there are few, which are all looked at.

        Raises:
            OSError: It cannot be written.
        """
        many = in_lists and self._store.n_passages > APPROXIMATE_FROM
        if before and (before.manifest.lists is not None or not many):
            changed = _changed(before.store, self._store)
            if changed is not None and _is_small(before, changed):
                return self._rewrite(path, before, *changed)
        if many and self._encode_query is not None:
            self._progress(BuildEvent("putting vectors into lists"))
            lists = self._write_lists(path, self._encode_query)
            if lists.probes:
                return lists
            self._progress(
                BuildEvent(
                    f"vectors are searched exactly, which takes longer: in lists a search found "
                    f"{lists.recall_at_10:.3f} of the ten nearest, not {nearest.LEAST_RECALL}"
                )
            )
        else:
            lists = None
        nearest.write_exact(self._all(), self._dimension, path)
        return lists

    def _rewrite(
        self, path: Path, before: Index, gone: Sequence[int], new: Sequence[int]
    ) -> nearest.Lists | None:
        nearest.rewrite(before.folder / VECTORS, gone, self._at(new), path)
        lists = before.manifest.lists
        return replace(lists, changed=lists.changed + len(gone) + len(new)) if lists else None

    def _write_lists(self, path: Path, encode_query: EncodeQuery) -> nearest.Lists:
        rows = self._store.rows()
        sample = [vectors for _, vectors in self._at(_some(rows, nearest.sample_size(len(rows))))]
        asked = [
            _half_a_sentence(self._store, row, number)
            for number, row in enumerate(_some(rows, _QUERIES))
        ]
        queries = np.stack([encode_query(text) for text in asked])
        return nearest.write_lists(self._all(), np.concatenate(sample), queries, len(rows), path)

    def _all(self) -> nearest.Batches:
        for rows, vectors in self._store.all_vectors(_BATCH):
            yield rows, as_vectors(b"".join(vectors), len(rows), self._dimension)

    def _at(self, rows: Sequence[int]) -> nearest.Batches:
        for start in range(0, len(rows), _BATCH):
            found = self._store.vectors(rows[start : start + _BATCH])
            yield list(found), as_vectors(b"".join(found.values()), len(found), self._dimension)


def _changed(before: Store, now: Store) -> tuple[list[int], list[int]] | None:
    """Return the rows whose vectors are gone, and those whose are new; None if nothing tells."""
    then, there = before.vector_digests(), now.vector_digests()
    if len(then) < before.n_passages or len(there) < now.n_passages:
        return None  # an older version wrote some of it
    gone = [row for row, digest in then.items() if there.get(row) != digest]
    new = [row for row, digest in there.items() if then.get(row) != digest]
    return gone, new


def _is_small(before: Index, changed: tuple[list[int], list[int]]) -> bool:
    """Whether a generation's vectors can be taken over: a small change, and a sound file."""
    lists = before.manifest.lists
    count = sum(map(len, changed)) + (lists.changed if lists else 0)
    most = _CHANGED_SHARE * (lists.passages if lists else before.store.n_passages)
    path = before.folder / VECTORS
    return count <= most and file_sha256(path) == before.manifest.sha256.get(VECTORS)


def _some(rows: Sequence[int], count: int) -> list[int]:
    """Return at most so many rows, evenly spaced."""
    count = min(count, len(rows))
    return [rows[number * len(rows) // count] for number in range(count)]


def _half_a_sentence(store: Store, row: int, number: int) -> str:
    """Return half of a sentence of a passage: as far from what is near it as questions are.

    Whole sentences are nearer, and would make a search look better than it is (docs/LOG.md).
    """
    passage = store.passage(row).passage
    sentence = passage.sentences[number % len(passage.sentences)] if passage.sentences else None
    text = passage.text
    if sentence is not None:
        text = text[sentence.start - passage.start : sentence.end - passage.start]
    words = text.split()
    half = -(-len(words) // 2)
    return " ".join(words[:half] if number % 2 else words[-half:])
