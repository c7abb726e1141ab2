"""The store a build works on, and how it becomes the generation that answers.

    building/documents.sqlite   grows a batch at a time; a killed build's successor goes on
    generations/.part-<pid>/    a generation being put together
    generations/00002/          appears whole; then CURRENT is replaced

Whatever happens in between, `CURRENT` names a whole generation. Runs under the build lock.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.errors import IndexDamagedError, IndexMissingError
from qa.files import replace_text, sync, sync_folder
from qa.index.generations import (
    CURRENT,
    FORMAT,
    MANIFEST,
    STORE,
    VECTORS,
    Index,
    Manifest,
    current_generation,
    generation_dir,
    generation_names,
    generations_dir,
    write_vectors,
)
from qa.index.store_writer import StoreWriter

_BUILDING = "building"
_COPY_BYTES = 1 << 20


class Workspace:
    """A store to work on. Only one exists for an index folder at a time."""

    def __init__(self, index_dir: Path, store: StoreWriter) -> None:
        self._index_dir = index_dir
        self.store = store

    @classmethod
    def resume(cls, index_dir: Path, about: dict[str, str]) -> "Workspace | None":
        """Open what a killed build has left, if it was about the same; else clear it away."""
        _clear_parts(index_dir)
        path = building_dir(index_dir) / STORE
        if path.exists():
            try:
                store = StoreWriter(path)
                if store.about() == about:
                    return cls(index_dir, store)
                store.close()
            except IndexDamagedError:
                pass  # it was not the last good one, only on its way there
        shutil.rmtree(building_dir(index_dir), ignore_errors=True)
        return None

    @classmethod
    def start(cls, index_dir: Path, about: dict[str, str], seed: Index | None) -> "Workspace":
        """Make a store: a copy of a generation's, checked against its hash, or an empty one."""
        _clear_parts(index_dir)
        folder = building_dir(index_dir)
        shutil.rmtree(folder, ignore_errors=True)  # of a killed build that is not carried on
        folder.mkdir(parents=True)
        if seed is not None:
            part = folder / f"{STORE}.part"
            source = generation_dir(index_dir, seed.generation) / STORE
            if _copy(source, part) != seed.manifest.sha256.get(STORE):
                part.unlink()
                raise IndexDamagedError(
                    f"{source} is not what was written; build it again with: qa index --rebuild"
                )
            part.replace(folder / STORE)
        store = StoreWriter(folder / STORE)
        with store.transaction():
            store.note(**about)
        return cls(index_dir, store)

    def publish(self, *, dimension: int, complete: bool, **manifest: Any) -> str:
        """Make what is in the store the current generation.

        Args:
            dimension: Length of a vector.
            complete: True at a build's end: the store is then given away. Else it is
                copied and can be worked on further.
            **manifest: The other fields of `Manifest` that are not counted here.

        Returns:
            The generation's name.

        Raises:
            OSError: A file cannot be written.
        """
        generations = generations_dir(self._index_dir)
        folder = generations / f".part-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            write_vectors(self.store, dimension, folder / VECTORS)
            passages = self.store.n_passages
            source = building_dir(self._index_dir) / STORE
            if complete:
                self.store.close()
                hashes = {STORE: _hash(source)}
            else:
                hashes = {STORE: _copy(source, folder / STORE)}
            hashes[VECTORS] = _hash(folder / VECTORS)
            where = {STORE: source if complete else folder / STORE, VECTORS: folder / VECTORS}
            record = Manifest(
                format=FORMAT,
                dimension=dimension,
                passages=passages,
                complete=complete,
                bytes={name: path.stat().st_size for name, path in where.items()},
                sha256=hashes,
                **manifest,
            )
            text = json.dumps(asdict(record), indent=2) + "\n"
            (folder / MANIFEST).write_text(text, "utf-8")
            for path in (*where.values(), folder / MANIFEST):
                sync(path)
            if complete:  # last, so that a failure before leaves it to go on with
                source.replace(folder / STORE)
            name = self._swap_in(folder)
        except BaseException:
            _give_back(folder, self._index_dir)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if complete:
            shutil.rmtree(building_dir(self._index_dir), ignore_errors=True)
        return name

    def close(self) -> None:
        """Close the store's file; what is in it stays, for the next build to go on with."""
        self.store.close()

    def _swap_in(self, folder: Path) -> str:
        generations = generations_dir(self._index_dir)
        names = generation_names(self._index_dir)
        name = f"{max(map(int, names), default=0) + 1:05d}"
        try:
            before = current_generation(self._index_dir)
        except (IndexMissingError, IndexDamagedError):
            before = ""
        sync_folder(folder)
        folder.replace(generations / name)
        sync_folder(generations)
        if (self._index_dir / CURRENT).is_dir():  # damaged as a file never is, but repaired too
            shutil.rmtree(self._index_dir / CURRENT)
        replace_text(self._index_dir / CURRENT, name + "\n")
        sync_folder(self._index_dir)
        # What a program may just be opening is kept one generation longer.
        for old in set(names) - {before, name}:
            shutil.rmtree(generations / old, ignore_errors=True)
        return name


def building_dir(index_dir: Path) -> Path:
    """Name the folder of the store that a build works on."""
    return index_dir / _BUILDING


def _clear_parts(index_dir: Path) -> None:
    """Remove what killed builds left half put together, but not the store they worked on."""
    for part in generations_dir(index_dir).glob(".part-*"):
        _give_back(part, index_dir)
        shutil.rmtree(part, ignore_errors=True)


def _give_back(part: Path, index_dir: Path) -> None:
    """Take a store that was given away for a generation that did not come to be."""
    home = building_dir(index_dir) / STORE
    if (part / STORE).exists() and not home.exists():
        home.parent.mkdir(exist_ok=True)
        (part / STORE).replace(home)


def _copy(source: Path, target: Path) -> str:
    """Copy a file; return the hash of what was read."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(_COPY_BYTES):
            digest.update(block)
            writing.write(block)
    return digest.hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
