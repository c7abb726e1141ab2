"""An index folder: generations of a store, its vectors and a manifest, swapped atomically.

Layout, also described in `index/README.md`:

    CURRENT                 the name of the generation that answers
    generations/00001/      manifest.json, documents.sqlite, vectors.faiss, sentences.npy
    encoders/<name>-<hash>/ model.onnx, tokenizer.json, encoder.json
    readers/<name>-<hash>/  model.onnx, tokenizer.json, reader.json; none for the packaged one

A generation never changes once it has its name. Owns FAISS. Does not know how passages
and vectors are made.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import filelock
import numpy as np
from numpy.typing import NDArray

from qa.embed import PassageVectors, Vectors
from qa.errors import IndexDamagedError, IndexLockedError, IndexMissingError
from qa.files import replace_text, sync
from qa.span import packaged_reader
from qa.store import Store, StoreWriter

# Raised whenever documents or passages of the same files would come out differently:
# an older index is then built anew instead of being carried on.
FORMAT = 1
_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_MANIFEST = "manifest.json"
_STORE = "documents.sqlite"
_VECTORS = "vectors.faiss"
_SENTENCES = "sentences.npy"
_LOCK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from; the content of `manifest.json`.

    Attributes:
        format: Version of the layout.
        settings: Build settings, as JSON.
        encoder: Folder name below `encoders/`.
        encoder_fingerprint: Identity of the encoder; vectors are comparable within one.
        corpus: Absolute path of the corpus folder.
        corpus_sha256: Hash over every document's id and hash.
        documents: How many.
        passages: How many.
        sentences: How many.
        dimension: Length of a vector.
        built_at: ISO 8601, UTC.
        bytes: Size of each file by name; a file of another size is damaged.
        reader: Folder name below `readers/`; empty for the packaged reader.
    """

    format: int
    settings: dict[str, Any]
    encoder: str
    encoder_fingerprint: str
    corpus: str
    corpus_sha256: str
    documents: int
    passages: int
    sentences: int
    dimension: int
    built_at: str
    bytes: dict[str, int]
    reader: str = ""


class Index:
    """One generation, open for reading. Safe to use from several threads."""

    def __init__(self, index_dir: Path, generation: str) -> None:
        """Open a generation by name.

        Raises:
            IndexDamagedError: A file is missing, cut short or of another format.
        """
        folder = index_dir / _GENERATIONS / generation
        self.generation = generation
        self.manifest = _read_manifest(folder)
        self.encoder_dir = encoders_dir(index_dir) / self.manifest.encoder
        reader = self.manifest.reader
        self.reader_dir = readers_dir(index_dir) / reader if reader else packaged_reader()
        self.store = Store(folder / _STORE)
        try:
            self._vectors = faiss.read_index(str(folder / _VECTORS))
            self._sentences: NDArray[np.float16] = np.load(
                folder / _SENTENCES, mmap_mode="r", allow_pickle=False
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise _damaged(folder, error) from error
        if not self._vectors.ntotal == self.store.n_passages == self.manifest.passages:
            raise _damaged(folder, "the numbers of passages and vectors differ")

    @classmethod
    def open(cls, index_dir: Path) -> "Index":
        """Open the current generation.

        Raises:
            IndexMissingError: Nothing has been built here.
            IndexDamagedError: What is here cannot be used.
        """
        return cls(index_dir, current_generation(index_dir))

    def search(self, query: Vectors, k: int) -> dict[int, float]:
        """Find the passages whose vectors are nearest.

        Args:
            query: Unit vector, shape (dim,).
            k: How many, at most.

        Returns:
            Cosine by row, best first.
        """
        k = min(k, self._vectors.ntotal)
        scores, rows = self._vectors.search(query[np.newaxis], k)
        return {int(r): float(s) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0}

    def vector(self, row: int) -> Vectors:
        """Give the vector of the passage at a row, shape (dim,)."""
        vector: Vectors = self._vectors.reconstruct(row)
        return vector

    def sentence_vectors(self, row: int) -> Vectors:
        """Give the vectors of a passage's sentences, shape (n_sentences, dim)."""
        stored = self.store.passage(row)
        first = stored.first_sentence
        rows = self._sentences[first : first + len(stored.passage.sentences)]
        return rows.astype(np.float32)

    def close(self) -> None:
        """Close the store's file."""
        self.store.close()


class GenerationWriter:
    """Writes a generation beside the others; it counts only once `publish` returns."""

    def __init__(self, index_dir: Path) -> None:
        """Make a place for it. Runs under the build lock."""
        self._index_dir = index_dir
        generations = index_dir / _GENERATIONS
        generations.mkdir(parents=True, exist_ok=True)
        self._folder = generations / f".part-{os.getpid()}"
        _remove_leftovers(generations)
        self._folder.mkdir()
        self.store = StoreWriter(self._folder / _STORE)
        self._passages: list[Vectors] = []
        self._sentences: list[NDArray[np.float16]] = []

    def finish_store(self) -> Store:
        """Close the store for writing and open it for reading."""
        self.store.close()
        return Store(self._folder / _STORE)

    def add_vectors(self, vectors: Sequence[PassageVectors]) -> None:
        """Append the vectors of the next passages, in the order of their rows."""
        self._passages += [entry.passage for entry in vectors]
        self._sentences += [entry.sentences.astype(np.float16) for entry in vectors]

    def publish(self, dimension: int, **manifest: Any) -> str:
        """Write vectors and manifest, then make this the current generation.

        Args:
            dimension: Length of a vector.
            **manifest: The other fields of `Manifest` that are not counted here.

        Returns:
            The generation's name.

        Raises:
            OSError: A file cannot be written.
        """
        flat = faiss.IndexFlatIP(dimension)
        if self._passages:
            flat.add(np.stack(self._passages))
        try:
            faiss.write_index(flat, str(self._folder / _VECTORS))
        except RuntimeError as error:  # how FAISS says that a disk is full
            raise OSError(f"{_VECTORS}: {error}") from error
        empty = np.empty((0, dimension), dtype=np.float16)
        sentences = np.concatenate([empty, *self._sentences])
        np.save(self._folder / _SENTENCES, sentences, allow_pickle=False)
        names = (_STORE, _VECTORS, _SENTENCES)
        record = Manifest(
            format=FORMAT,
            dimension=dimension,
            passages=len(self._passages),
            sentences=len(sentences),
            bytes={name: (self._folder / name).stat().st_size for name in names},
            **manifest,
        )
        (self._folder / _MANIFEST).write_text(json.dumps(asdict(record), indent=2) + "\n", "utf-8")
        for name in (*names, _MANIFEST):
            sync(self._folder / name)
        return self._swap_in()

    def discard(self) -> None:
        """Remove what was written, if it was not published."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _swap_in(self) -> str:
        generations = self._index_dir / _GENERATIONS
        name = f"{max(map(int, _generation_names(generations)), default=0) + 1:05d}"
        try:
            before = current_generation(self._index_dir)
        except (IndexMissingError, IndexDamagedError):
            before = ""
        self._folder.replace(generations / name)
        replace_text(self._index_dir / _CURRENT, name + "\n")
        for old in set(_generation_names(generations)) - {before, name}:
            shutil.rmtree(generations / old, ignore_errors=True)
        return name


@contextmanager
def build_lock(index_dir: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold the index folder for one build; wait for another that is running.

    Args:
        index_dir: Made if it does not exist.
        waiting: Called once, without arguments, if there is something to wait for.

    Raises:
        IndexLockedError: The other build has not ended after ten minutes, or the
            folder cannot be written to.
    """
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(index_dir / ".lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            waiting()
            lock.acquire(timeout=_LOCK_SECONDS)
    except filelock.Timeout as error:
        raise IndexLockedError(
            f"another build has held {index_dir} for {_LOCK_SECONDS} s; wait for it or stop it"
        ) from error
    except OSError as error:
        raise IndexLockedError(
            f"the index folder {index_dir} cannot be written ({error}); "
            "choose another with --index or change its permissions"
        ) from error
    try:
        yield
    finally:
        lock.release()


def encoders_dir(index_dir: Path) -> Path:
    """Name the folder that holds an index folder's encoders."""
    return index_dir / "encoders"


def readers_dir(index_dir: Path) -> Path:
    """Name the folder that holds an index folder's readers."""
    return index_dir / "readers"


def current_generation(index_dir: Path) -> str:
    """Read which generation answers.

    Raises:
        IndexMissingError: Nothing has been built here.
    """
    try:
        return (index_dir / _CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        raise IndexMissingError(
            f"no index in {index_dir}: build one with: qa index --corpus DIR --index {index_dir}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(index_dir, error) from error


def _read_manifest(folder: Path) -> Manifest:
    try:
        record = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if record["format"] != FORMAT:
            raise _damaged(folder, f"format {record['format']}, this program reads {FORMAT}")
        manifest = Manifest(**record)
        for name, size in manifest.bytes.items():
            if (found := (folder / name).stat().st_size) != size:
                raise _damaged(folder, f"{name} has {found} bytes, not {size}")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(folder, error) from error
    return manifest


def _damaged(folder: Path, why: object) -> IndexDamagedError:
    return IndexDamagedError(
        f"the index in {folder} is damaged ({why}); build it again with: qa index --rebuild"
    )


def _generation_names(generations: Path) -> list[str]:
    return sorted(path.name for path in generations.iterdir() if path.name.isdecimal())


def _remove_leftovers(generations: Path) -> None:
    """Remove what killed builds left behind. Runs under the build lock."""
    for leftover in generations.glob(".part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
