"""Which passages have a stem, packed into Milvus, and BM25 over them.

Milvus 2.3, the last that comes as a package, has no full-text search, and Milvus 2.5's weighs words
otherwise than the local store. So the lists are ours, kept as values found by key: a question reads
those of its words and adds up the very sum that FTS5 would.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qa.index.milvus.pieces import Pieces, pack, unpack
from qa.index.milvus.state import Segment

Numbers = npt.NDArray[np.int64]
K1, B = 1.2, 0.75
LEAST_WEIGHT = 1e-6
_MERGED_STEMS = 512
# A segment of this many passages is not merged any more: a build writes at most this much anew.
_FULL = 5_000_000
_WIDTHS = ("<u1", "<u2", "<u4", "<i8")


class Postings(NamedTuple):
    """The passages that have a stem, by row; three arrays of one length.

    Attributes:
        rows: In order.
        counts: How often each has it.
        lengths: How many stems each has in all.
    """

    rows: Numbers
    counts: Numbers
    lengths: Numbers

    @classmethod
    def none(cls) -> "Postings":
        """Return an empty list."""
        return cls(*(np.empty(0, np.int64) for _ in range(3)))

    @classmethod
    def joined(cls, parts: Sequence["Postings"], dead: Numbers) -> "Postings":
        """Return several lists as one, without some rows."""
        if not parts:
            return cls.none()
        rows, counts, lengths = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        order = np.argsort(rows, kind="stable")
        if len(dead):
            order = order[~np.isin(rows[order], dead, assume_unique=True)]
        return cls(rows[order], counts[order], lengths[order])

    def packed(self) -> str:
        """Write the list as text."""
        gaps = np.diff(self.rows, prepend=0)
        arrays = [(gaps, _width(gaps)), *((a, _width(a)) for a in self[1:])]
        head = bytes([*(width for _, width in arrays)])
        return pack(head + b"".join(a.astype(_WIDTHS[w]).tobytes() for a, w in arrays))

    @classmethod
    def unpacked(cls, text: str) -> "Postings":
        """Read what `packed` wrote."""
        data = unpack(text)
        kinds = [np.dtype(_WIDTHS[width]) for width in data[:3]]
        count = (len(data) - 3) // sum(kind.itemsize for kind in kinds)
        arrays, at = [], 3
        for kind in kinds:
            arrays.append(np.frombuffer(data, kind, count, at).astype(np.int64))
            at += count * kind.itemsize
        return cls(np.cumsum(arrays[0]), arrays[1], arrays[2])


def _width(values: Numbers) -> int:
    most = int(values.max(initial=0))
    return next((i for i, bits in enumerate((8, 16, 32)) if most < 1 << bits), 3)


def bm25(found: Postings, weight: float, mean_length: float) -> npt.NDArray[np.float64]:
    """Return what a stem adds to each of its passages' scores (Robertson & Zaragoza 2009)."""
    norm = K1 * (1 - B + B * found.lengths / mean_length)
    return weight * (found.counts * (K1 + 1)) / (found.counts + norm)


class Lists:
    """The lists of words of a line of generations, in segments."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def write(self, name: str, passages: Sequence[tuple[int, Sequence[str]]]) -> Segment:
        """Write the lists of some passages, given by row with their stems, as a segment."""
        self._put(name, _grouped(passages))
        return Segment(name, min(row for row, _ in passages), len(passages))

    def merge(self, name: str, segments: Sequence[Segment], dead: Numbers, since: int) -> Segment:
        """Write several segments as one, without some rows."""
        names = [segment.name for segment in segments]
        stems = sorted({stem for part in names for stem, _ in self._stems(part, since)})

        def merged() -> Iterator[tuple[str, Postings]]:
            for at in range(0, len(stems), _MERGED_STEMS):
                found = self.read(names, stems[at : at + _MERGED_STEMS], dead, since)
                yield from ((stem, found[stem]) for stem in found if len(found[stem].rows))

        self._put(name, merged())
        first = min(segment.first for segment in segments)
        return Segment(name, first, sum(segment.passages for segment in segments))

    def read(
        self, segments: Sequence[str], stems: Collection[str], dead: Numbers, since: int
    ) -> dict[str, Postings]:
        """Return the lists of some stems, without some rows; empty where no passage has one."""
        keys = {(stem, part): f"t{part}/{stem}" for stem in stems for part in segments}
        found = self._pieces.get(list(keys.values()), since)
        parts: dict[str, list[Postings]] = {stem: [] for stem in stems}
        for (stem, _), key in keys.items():
            if key in found:
                parts[stem].append(Postings.unpacked(found[key]))
        return {stem: Postings.joined(lists, dead) for stem, lists in parts.items()}

    def beginning(self, segments: Sequence[str], letter: str, since: int) -> dict[str, int]:
        """Return the stems that begin with a letter, each with how many passages have it."""
        found = self._pieces.get([f"v{part}/{_letter(letter)}" for part in segments], since)
        counts: dict[str, int] = {}
        for text in found.values():
            for stem, count in _vocabulary(text):
                counts[stem] = counts.get(stem, 0) + count
        return counts

    def delete(self, segment: Segment, since: int) -> None:
        """Take a segment out."""
        stems = [stem for stem, _ in self._stems(segment.name, since)]
        letters = {_letter(stem[0]) for stem in stems}
        for at in range(0, len(stems), _MERGED_STEMS):
            some = stems[at : at + _MERGED_STEMS]
            self._pieces.delete([f"t{segment.name}/{stem}" for stem in some], since)
        keys = [f"v{segment.name}/{letter}" for letter in letters]
        self._pieces.delete([*keys, f"v{segment.name}"], since)

    def _put(self, name: str, lists: Iterable[tuple[str, Postings]]) -> None:
        """Write lists in the order of their stems, and then which stems there are."""
        letters = []
        for letter, group in groupby(lists, key=lambda entry: _letter(entry[0][0])):
            counts = []
            some: list[tuple[str, str]] = []
            for stem, postings in group:
                counts.append(f"{stem} {len(postings.rows)}")
                some.append((f"t{name}/{stem}", postings.packed()))
                if len(some) == _MERGED_STEMS:
                    self._pieces.put(some)
                    some = []
            letters.append(letter)
            self._pieces.put([*some, (f"v{name}/{letter}", pack("\n".join(counts).encode()))])
        self._pieces.put([(f"v{name}", " ".join(letters))])

    def _stems(self, segment: str, since: int) -> list[tuple[str, int]]:
        letters = self._pieces.get([f"v{segment}"], since)[f"v{segment}"].split()
        found = self._pieces.get([f"v{segment}/{letter}" for letter in letters], since)
        return [entry for letter in letters for entry in _vocabulary(found[f"v{segment}/{letter}"])]


def to_merge(segments: Sequence[Segment]) -> int:
    """Say how many of the last segments are better merged, so that there are never many.

    As with a binary counter: each is more than twice the next, or it is full.
    """
    count, passages = 1, segments[-1].passages if segments else 0
    for before in reversed(segments[:-1]):
        if before.passages > 2 * passages or before.passages >= _FULL:
            break
        count, passages = count + 1, passages + before.passages
    return count


def _grouped(passages: Sequence[tuple[int, Sequence[str]]]) -> Iterator[tuple[str, Postings]]:
    """Turn passages' stems into stems' passages, in the order of the stems."""
    numbers: dict[str, int] = {}
    known = (numbers.setdefault(stem, len(numbers)) for _, stems in passages for stem in stems)
    stems_at = np.fromiter(known, np.int64)
    lengths = np.array([len(stems) for _, stems in passages], np.int64)
    places = np.repeat(np.arange(len(passages)), lengths)
    pairs, counts = np.unique(stems_at * len(passages) + places, return_counts=True)
    at = pairs % len(passages)
    rows = np.array([row for row, _ in passages], np.int64)
    bounds = np.searchsorted(pairs, np.arange(len(numbers) + 1) * len(passages))
    for stem in sorted(numbers):
        number = numbers[stem]
        some = slice(bounds[number], bounds[number + 1])
        yield stem, Postings(rows[at[some]], counts[some].astype(np.int64), lengths[at[some]])


def _letter(text: str) -> str:
    return f"{ord(text[0]):x}"


def _vocabulary(text: str) -> list[tuple[str, int]]:
    lines = unpack(text).decode().splitlines()
    return [(stem, int(count)) for stem, _, count in (line.partition(" ") for line in lines)]
