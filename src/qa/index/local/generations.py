"""Open and search an index folder: generations of a store and its vectors, swapped atomically.

Layout, also described in `index/README.md`:

    CURRENT                 the name of the generation that answers
    generations/00001/      manifest.json, documents.sqlite, vectors.faiss
    building/               the store that a build is working on, or was when it was killed
    checked.json            what the files looked like when their hashes were last found right
    seen.json               what builds have seen of the corpus's files
    encoders/<name>-<hash>/ model.onnx, tokenizer.json, encoder.json; none for the packaged one
    readers/<name>-<hash>/  model.onnx, tokenizer.json, reader.json; none for the packaged one

A generation never changes once it has its name. Does not know how passages and vectors are made.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from qa.errors import IndexDamagedError, IndexMissingError
from qa.index.folders import check_index_dir, encoders_dir, readers_dir
from qa.index.local.store import Store
from qa.index.local.verify import find_damage
from qa.index.search.nearest import Nearest
from qa.index.stores.manifest import FORMAT, Manifest, outdated
from qa.index.stores.stored import as_vectors, unpacked_sentences
from qa.models.encoder import Vectors, packaged_encoder
from qa.models.span_network import packaged_reader

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
STORE = "documents.sqlite"
VECTORS = "vectors.faiss"
_GENERATIONS = "generations"


class _Format(msgspec.Struct):
    """What every version of a manifest has."""

    format: int


class Index:
    """One generation, open for reading. Safe to use from several threads."""

    def __init__(self, index_dir: Path, generation: str) -> None:
        """Open a generation by name.

        Raises:
            IndexDamagedError: A file is missing, cut short or of another format.
        """
        folder = generation_dir(index_dir, generation)
        self.generation = generation
        self.folder = folder
        self._index_dir = index_dir
        self.manifest = read_manifest(folder)
        if damage := self.find_damage(thorough=False):
            raise _damaged(folder, damage)
        encoder = self.manifest.encoder
        self.encoder_dir = encoders_dir(index_dir) / encoder if encoder else packaged_encoder()
        reader = self.manifest.reader
        self.reader_dir = readers_dir(index_dir) / reader if reader else packaged_reader()
        self.damage = ""
        try:
            self._vectors = Nearest(folder / VECTORS)
        except (RuntimeError, MemoryError, ValueError, OSError) as error:
            raise _damaged(folder, error) from error
        if self._vectors.dimension != self.manifest.dimension:
            raise _damaged(folder, f"{VECTORS} is of another kind")
        self.store = Store(folder / STORE)
        if not self._vectors.count == self.store.n_passages == self.manifest.passages:
            self.store.close()
            raise _damaged(folder, "the numbers of passages and vectors differ")

    def find_damage(self, *, thorough: bool = True) -> str:
        """Say which file is not what was written; empty if none is.

        Args:
            thorough: Hash every file; else only small ones that do not look as when they were
                last found right.
        """
        try:
            return find_damage(
                self._index_dir, self.folder, self.manifest.sha256, thorough=thorough
            )
        except OSError as error:
            return str(error)

    @classmethod
    def open(cls, index_dir: Path, distrusted: Mapping[str, str] | None = None) -> "Index":
        """Open the current generation, or the last good one if the current is damaged.

        `damage` then says what is wrong with the current one; else it is empty.

        Args:
            index_dir: Where generations are.
            distrusted: Names of generations that are known to be damaged, with what is wrong.

        Raises:
            IndexMissingError: Nothing has been built here.
            IndexDamagedError: What is here cannot be used.
        """
        name = ""
        try:
            name = current_generation(index_dir)
            if why := (distrusted or {}).get(name):
                raise _damaged(generation_dir(index_dir, name), why)
            return cls(index_dir, name)
        except IndexDamagedError as error:
            if name and current_generation(index_dir) != name:
                return cls.open(index_dir, distrusted)  # a build has published another meanwhile
            return cls._open_older(index_dir, {name, *(distrusted or ())}, error)

    @classmethod
    def _open_older(
        cls, index_dir: Path, bad: Collection[str], error: IndexDamagedError
    ) -> "Index":
        for older in reversed(generation_names(index_dir)):
            if older in bad:
                continue
            try:
                index = cls(index_dir, older)
            except IndexDamagedError:
                continue
            index.damage = f"{error}. Until then the one before it, {older}, answers"
            return index
        raise error

    def search(self, query: Vectors, k: int, rows: Sequence[int] | None = None) -> dict[int, float]:
        """Find the passages whose vectors are nearest.

        Args:
            query: Unit vector, shape (dim,).
            k: How many, at most.
            rows: Rows to look among; None for all.

        Returns:
            Cosine by row, best first.
        """
        return self._vectors.search(query, k, rows)

    def vectors(self, rows: Collection[int]) -> dict[int, Vectors]:
        """Return the vectors of the passages at some rows, each of shape (dim,)."""
        found = self.store.vectors(rows)
        return {row: self._read(as_vectors, data, 1)[0] for row, data in found.items()}

    def sentence_vectors(self, row: int) -> Vectors:
        """Return the vectors of a passage's sentences, shape (n_sentences, dim)."""
        return self._read(unpacked_sentences, self.store.sentence_vectors(row))

    def _read(self, read: Callable[..., Vectors], data: bytes, *shape: int) -> Vectors:
        try:
            return read(data, *shape, self.manifest.dimension)
        except ValueError as error:
            raise _damaged(self.folder, error) from error

    def close(self) -> None:
        """Close the store's file."""
        self.store.close()


def generations_dir(index_dir: Path) -> Path:
    """Return the folder that holds an index folder's generations."""
    return index_dir / _GENERATIONS


def generation_dir(index_dir: Path, generation: str) -> Path:
    """Return the folder of a generation."""
    return generations_dir(index_dir) / generation


def generation_names(index_dir: Path) -> list[str]:
    """List the generations that are there, oldest first."""
    folder = generations_dir(index_dir)
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir() if path.name.isdecimal()]
    return sorted(names, key=int)


def current_generation(index_dir: Path) -> str:
    """Read which generation answers.

    Raises:
        UsageError: It is no folder but a file.
        IndexMissingError: Nothing has been built here.
        IndexDamagedError: The file that says so cannot be read.
    """
    check_index_dir(index_dir)
    try:
        name = (index_dir / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        raise IndexMissingError(
            f"no index in {index_dir}: build one with: qa index --corpus DIR --index {index_dir}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(index_dir, error) from error
    if not name.isdecimal():
        raise _damaged(index_dir, f"{CURRENT} holds {name[:40]!r}, not a generation's name")
    return name


def read_manifest(folder: Path) -> Manifest:
    """Read what a generation was built from.

    Raises:
        IndexDamagedError: It is not what was written, or a file has another size than it says.
        IndexOutdatedError: An earlier version wrote it.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
        found = msgspec.json.decode(data, type=_Format).format
        if found < FORMAT:
            raise outdated(folder)
        if found > FORMAT:
            raise _damaged(folder, f"format {found}, this program reads {FORMAT}")
        manifest = msgspec.json.decode(data, type=Manifest)
        for name, size in manifest.bytes.items():
            if (length := (folder / name).stat().st_size) != size:
                raise _damaged(folder, f"{name} has {length} bytes, not {size}")
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(folder, error) from error
    return manifest


def _damaged(folder: Path, why: object) -> IndexDamagedError:
    return IndexDamagedError(
        f"the index in {folder} is damaged ({why}); build it again with: qa index --rebuild"
    )
