"""What answering and building need of an index: written once, kept by the local store and Milvus.

The local one is in `qa.index.local`, the other in `qa.index.milvus`. One suite of tests runs on
both (`tests/index/test_stores.py`).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol

from qa.index.progress import OnEvent
from qa.index.stores.manifest import Manifest
from qa.index.stores.stored import DocumentInfo, StoredPassage, StoredVectors
from qa.models.encoder import Vectors
from qa.schema import Block, Document, ParsedDocument, Passage

EncodeQuery = Callable[[str], Vectors]
"""Encodes a question, as a unit vector of shape (dim,)."""


class StoreReader(Protocol):
    """The documents and passages of one generation, and the words in them."""

    @property
    def n_documents(self) -> int:
        """How many documents there are."""

    @property
    def n_passages(self) -> int:
        """How many passages there are."""

    def document(self, doc_id: str) -> Document | None:
        """Return a document with its text, or None if there is none of that id."""

    def blocks(self, doc_id: str) -> tuple[Block, ...]:
        """Return a document's structure; empty if there is no such document."""

    def layout(self, doc_id: str) -> str:
        """Return what a document's page images need; empty if there is no such document."""

    def parsed(self, doc_id: str) -> ParsedDocument | None:
        """Return a document as its parser gave it, or None if there is none of that id."""

    def title(self, doc_id: str) -> str:
        """Return a document's title without its text; empty if there is no such document."""

    def sha256(self, doc_id: str) -> str:
        """Return the hash of a document's file; empty if there is none."""

    def documents(self) -> list[DocumentInfo]:
        """List the documents, sorted by id."""

    def hashes(self) -> dict[str, str]:
        """Return each document's SHA-256 by id."""

    def unread_pages(self) -> list[tuple[str, tuple[int, ...]]]:
        """List the documents with pages that were not read, each with their numbers."""

    def skipped(self) -> list[tuple[str, str]]:
        """List the files that were not indexed, each with the reason, sorted by id."""

    def about(self) -> dict[str, str]:
        """Return what the build that wrote it noted about itself."""

    def passage(self, row: int) -> StoredPassage:
        """Return the passage at a row."""

    def passages_at(self, rows: Collection[int]) -> dict[int, StoredPassage]:
        """Return the passages at some rows."""

    def passages_of(self, doc_id: str) -> list[StoredPassage]:
        """List a document's passages in the order of its text."""

    def passages(self) -> Iterator[list[StoredPassage]]:
        """Go through all passages by row, a batch at a time."""

    def rows_of(self, doc_ids: Collection[str]) -> list[int]:
        """List the rows of some documents' passages, in order."""

    def search(
        self, terms: Sequence[str], limit: int, only: Collection[str] | None = None
    ) -> dict[int, float]:
        """Rank passages by BM25; score by row, a share in [0, 1], best first."""

    def documents_with(self, words: str, limit: int) -> list[str]:
        """List ids of documents in which words stand one after the other within a passage."""

    def rarity(self, term: str) -> float:
        """Return a word's weight: above 0, higher if fewer passages have it."""

    def mentions(self, term: str) -> bool:
        """Whether any passage, heading or document's name has a word of the same stem."""

    def stems(self, first: str) -> Sequence[tuple[str, int]]:
        """List the stems that begin with a letter, each with how many passages have it."""

    def forms(self, stem: str) -> list[str]:
        """List the words of a few passages that have a stem, in order."""


class IndexReader(Protocol):
    """One generation, open for reading.

    Attributes:
        generation: Its name.
        manifest: What it was built from.
        encoder_dir: Folder of the encoder.
        reader_dir: Folder of the reader.
    """

    generation: str
    manifest: Manifest
    encoder_dir: Path
    reader_dir: Path

    @property
    def damage(self) -> str:
        """What is wrong while it answers all the same; empty if nothing is."""

    @property
    def store(self) -> StoreReader:
        """The documents and passages."""

    def search(self, query: Vectors, k: int, rows: Sequence[int] | None = None) -> dict[int, float]:
        """Find the passages whose vectors are nearest: cosine by row, best first."""

    def vectors(self, rows: Collection[int]) -> dict[int, Vectors]:
        """Return the vectors of the passages at some rows, each of shape (dim,)."""

    def sentence_vectors(self, row: int) -> Vectors:
        """Return the vectors of a passage's sentences, shape (n_sentences, dim)."""

    def close(self) -> None:
        """Let go of files and connections."""


class StoreBuilder(StoreReader, Protocol):
    """The store that a build works on: killed at any moment, it keeps its last batch whole."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make what is done inside one step: all of it, or nothing."""

    def add(
        self, parsed: ParsedDocument, passages: Sequence[Passage], vectors: Sequence[StoredVectors]
    ) -> None:
        """Add a document with its passages, which get the next rows, and their vectors."""

    def remove(self, doc_id: str) -> None:
        """Take a document with its passages out."""

    def set_skipped(self, skipped: Sequence[tuple[str, str]]) -> None:
        """Remember the files that were not indexed, with the reasons, instead of those before."""

    def optimize(self) -> None:
        """Tidy up after many changes."""


class BuildWorkspace(Protocol):
    """What one build takes over, works on and publishes."""

    def __enter__(self) -> "BuildWorkspace":
        """Nothing is written yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go; what is in the store stays, for the next build."""

    def resume(self) -> bool:
        """Carry on what a killed build has left, if it was about the same."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""

    def seed(self) -> IndexReader | None:
        """Return the generation whose store can be grown into the new one, if there is one."""

    def base(self) -> StoreReader | None:
        """Return the store whose documents have not to be read again, if there is one."""

    def read_alike(self) -> Sequence[StoreReader]:
        """List the stores whose documents were read as they would be now, the best first."""

    def vectors_of_contents(self, contents: Sequence[bytes]) -> dict[bytes, StoredVectors]:
        """Return the vectors that any store has, by content key."""

    def prepare(self) -> None:
        """Be told that the store to work on will be wanted: what takes long can begin."""

    def writer(self) -> StoreBuilder:
        """Return the store to work on; the first call makes it."""

    def publish(self, manifest: Manifest) -> str:
        """Make what is in the store the current generation; return its name."""


class Place(Protocol):
    """Where generations are kept."""

    def current_generation(self) -> str:
        """Read which generation answers.

        Raises:
            IndexMissingError: Nothing has been built here.
            IndexDamagedError: What is there cannot be used.
            StoreError: It cannot be reached.
        """

    def open(self) -> IndexReader:
        """Open the generation that answers; raises as `current_generation`."""

    def open_for_build(self) -> IndexReader:
        """Open what is there to take over what has not changed; raises as `open`."""

    def workspace(
        self,
        about: dict[str, str],
        dimension: int,
        source: IndexReader | None,
        encode_query: EncodeQuery,
        progress: OnEvent,
    ) -> BuildWorkspace:
        """Prepare a build.

        Args:
            about: What a store's content depends on, beside the documents.
            dimension: Of the vectors.
            source: What `open_for_build` returned; None to take over nothing.
            encode_query: Encodes what may be asked, by which an approximate search is measured.
            progress: Told of what takes long.
        """

    def check(self, generation: str, sha256: dict[str, str]) -> str:
        """Compare a generation's files with what was written, all of them.

        What is damaged is not opened again.

        Returns:
            What is wrong; empty if nothing is.
        """

    @property
    def problem(self) -> str:
        """Why questions cannot be answered from here just now; empty if they can."""
