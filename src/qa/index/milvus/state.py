"""What one generation in Milvus consists of, and how generations follow each other.

Rows are only added. Which of them count is said by the state of a generation: rows below
`next_row`, but for those of documents that were taken out. So an update writes what is new and
one state; it copies and changes nothing, whatever the size of the rest, and a generation that
answers stays as it is while the next is written. Lists of words come in segments, of which a
state names those that count, as in Lucene.

The states of one line of generations stand in its collection `_generations`; the row with the
highest number answers, and appears in one step. A rebuild begins a line of its own, with its own
collections, and ends by pointing the alias at it.

    docs                       alias → docs_00002_passages
    docs_00002_passages        vector, text, document; found by row
    docs_00002_documents       a line for each document, as the list shows it
    docs_00002_pieces          what is long, or found by key
    docs_00002_generations     which generation answers
"""

import re

import msgspec
import numpy as np
import numpy.typing as npt

from qa.index.stores.manifest import Manifest

PASSAGES = {
    "row": 0,
    "document": 0,
    "content": 64,
    "doc_id": 65_535,
    "text": 65_535,
    "body": 65_535,
}
DOCUMENTS = {
    "number": 0, "key": 64, "doc_id": 65_535, "title": 65_535, "date": 256, "sha256": 128,
    "characters": 0, "passages": 0, "pages": 0, "unread": 0, "first_row": 0, "tokens": 0,
}  # fmt: skip
GENERATIONS = {"about": 65_535}
KINDS = ("passages", "documents", "pieces", "generations")
_LINE = re.compile(r"_(\d{5,})_passages")


class Segment(msgspec.Struct, frozen=True):
    """A piece of the lists of words.

    Attributes:
        name: Stands in its keys; no two builds choose the same.
        first: Its first row; its passages come after those of the segment before.
        passages: How many it is about.
    """

    name: str
    first: int
    passages: int


class Taken(msgspec.Struct, frozen=True):
    """A document that was taken out, and the rows that its passages had."""

    number: int
    first_row: int
    passages: int


class State(msgspec.Struct):
    """A generation.

    Attributes:
        manifest: What it was built from.
        about: What its content depends on, beside the documents.
        next_row: Rows of passages from here on do not count.
        next_document: Numbers of documents from here on do not count.
        documents: How many count.
        passages: How many count.
        tokens: Words in those, for BM25's mean.
        segments: Lists of words that count.
        taken: Documents that were taken out and stand in those lists still.
        leaving: Those of them whose rows Milvus has still: they answered until the last update.
        stale: Lists of words that the generation before counts, and this one does not.
        skipped: Files that were not indexed, with the reasons.
        since: Timestamp of the last write.
    """

    manifest: Manifest
    about: dict[str, str]
    next_row: int = 0
    next_document: int = 0
    documents: int = 0
    passages: int = 0
    tokens: int = 0
    segments: list[Segment] = []
    taken: list[Taken] = []
    leaving: list[Taken] = []
    stale: list[Segment] = []
    skipped: list[tuple[str, str]] = []
    since: int = 1

    @classmethod
    def empty(cls, about: dict[str, str]) -> "State":
        """Return the state of a line in which nothing has been published."""
        nothing = Manifest(0, {}, "", "", "", "", 0, 0, 0, "", complete=False, bytes={}, sha256={})
        return cls(nothing, about)

    def dead_rows(self) -> npt.NDArray[np.int64]:
        """Return the rows of documents that were taken out, in order."""
        ranges = [np.arange(t.first_row, t.first_row + t.passages) for t in self.taken]
        return np.sort(np.concatenate([np.empty(0, np.int64), *ranges])).astype(np.int64)


def lines_of(alias: str, collections: list[str]) -> list[str]:
    """List the lines of an index that there are, finished or not, oldest first."""
    found = [
        name.removesuffix("_passages")
        for name in collections
        if name.startswith(alias) and _LINE.fullmatch(name[len(alias) :])
    ]
    return sorted(found, key=line_number)


def next_line(alias: str, lines: list[str]) -> str:
    """Return the name of the line that comes after some."""
    return f"{alias}_{max(map(line_number, lines), default=0) + 1:05d}"


def line_number(line: str) -> int:
    """Return how many lines came before one, and itself; 0 for none."""
    return int(line.rpartition("_")[2] or 0)
