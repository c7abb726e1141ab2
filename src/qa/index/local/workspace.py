"""Keep what a build works on, and make it the generation that answers.

    building/documents.sqlite   grows a batch at a time; a killed build's successor goes on
    generations/.part-<pid>/    a generation being put together
    generations/00002/          appears whole; then CURRENT is replaced

Whatever happens in between, `CURRENT` names a whole generation. The first change makes the store
that is worked on, or has it prepared: a build that finds nothing to do leaves the disk alone. Runs
under the build lock.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType

from qa.errors import IndexDamagedError, IndexMissingError, IndexOutdatedError
from qa.files import Check, copy_hashed, file_sha256, make_folder, replace_text, sync, sync_folder
from qa.index.local.generations import (
    CURRENT,
    MANIFEST,
    STORE,
    VECTORS,
    Index,
    current_generation,
    generation_dir,
    generation_names,
    generations_dir,
    read_manifest,
)
from qa.index.local.meanwhile import Meanwhile
from qa.index.local.store import Store
from qa.index.local.store_writer import StoreWriter
from qa.index.local.vector_file import VectorFile
from qa.index.local.verify import remember
from qa.index.progress import OnEvent
from qa.index.stores.manifest import Manifest
from qa.index.stores.protocols import EncodeQuery
from qa.index.stores.stored import StoredVectors
from qa.index.stores.takeover import TakeOver

_BUILDING = "building"


class Workspace(TakeOver[Index, StoreWriter]):
    """What one build takes over, works on and publishes; one at a time for an index folder."""

    def __init__(
        self,
        index_dir: Path,
        about: dict[str, str],
        source: Index | None,
        encode_query: EncodeQuery | None = None,
        progress: OnEvent = lambda event: None,
    ) -> None:
        """Find out what can be taken over; nothing is written yet.

        Args:
            index_dir: Where the index is or will be.
            about: What a store's content depends on, beside the documents; has
                `encoder_fingerprint` if there is a source.
            source: The index to take over from; None to take over nothing.
            encode_query: Encodes what may be asked, by which searching in lists is measured;
                None if vectors are always to be searched exactly.
            progress: Told of what takes long.
        """
        super().__init__(about, source)
        self._index_dir = index_dir
        self._encode_query = encode_query
        self._progress = progress
        self._beginning: Meanwhile[None] | None = None

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def resume(self) -> bool:
        """Carry on what a killed build has left, if it was about the same; else clear it away.

        Returns:
            Whether there is something to carry on.
        """
        _clear_parts(self._index_dir)
        path = building_dir(self._index_dir) / STORE
        if path.exists():
            try:
                store = StoreWriter(path)
                # The power may have failed in the middle of it.
                if store.about() == self._about and not store.broken_pages():
                    self._store = store
                    return True
                store.close()
            except IndexDamagedError:
                pass  # it was not the last good one, only on its way there
        shutil.rmtree(building_dir(self._index_dir), ignore_errors=True)
        return False

    def vectors_of_contents(self, contents: Sequence[bytes]) -> dict[bytes, StoredVectors]:
        """Return the vectors that any store has, by content key."""
        stores: list[Store] = [self._store] if self._store else []
        if alike := self._encoded_alike():
            stores.append(alike.store)
        found: dict[bytes, StoredVectors] = {}
        for content in contents:
            known = filter(None, (store.vectors_of_content(content) for store in stores))
            if (vectors := next(known, None)) is not None:
                found[content] = vectors
        return found

    def prepare(self) -> None:
        """Begin to make the store to work on, meanwhile: it will be wanted."""
        if self._store is None:
            self._begun()

    def writer(self) -> StoreWriter:
        """Return the store to work on; the first call makes it, or waits for it.

        It is a copy of the seed's, or empty if there is none.

        Raises:
            IndexDamagedError: The seed's store is not what was written.
        """
        if self._store is None:
            self._store = self._new_store()
        return self._store

    def publish(self, manifest: Manifest) -> str:
        """Make what is in the store the current generation.

        Args:
            manifest: What it is built from. If it is `complete` the store is given away; else
                it is copied and can be worked on further.

        Returns:
            The generation's name.

        Raises:
            OSError: A file cannot be written.
        """
        generations = generations_dir(self._index_dir)
        folder = generations / f".part-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder)
        try:
            self._put_together(folder, manifest)
            name = self._swap_in(folder, complete=manifest.complete)
        except BaseException:
            _give_back(folder, self._index_dir)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if manifest.complete:
            shutil.rmtree(building_dir(self._index_dir), ignore_errors=True)
        return name

    def close(self) -> None:
        """Close the store that was worked on; what is in it stays, for the next build.

        One that was prepared and not wanted is cleared away.
        """
        if self._store:
            self._store.close()
        elif self._beginning:
            self._beginning.stop()
            shutil.rmtree(building_dir(self._index_dir), ignore_errors=True)

    def _begun(self) -> Meanwhile[None]:
        if self._beginning is None:
            self._beginning = Meanwhile("copying the store", self._begin_store)
        return self._beginning

    def _new_store(self) -> StoreWriter:
        self._begun().result()
        path = building_dir(self._index_dir) / STORE
        if (part := _part(path)).exists():
            part.replace(path)
        store = StoreWriter(path, stems="stemming" not in self._about)
        if store.about() != self._about:
            with store.transaction():
                store.note(**self._about)
        return store

    def _begin_store(self, check: Check) -> None:
        """Copy the seed's store, if there is one; the copy has not its name yet."""
        _clear_parts(self._index_dir)
        folder = building_dir(self._index_dir)
        shutil.rmtree(folder, ignore_errors=True)  # of a killed build that is not carried on
        folder.mkdir(parents=True)
        seed = self.seed()
        if seed is not None:
            part = _part(folder / STORE)
            source = generation_dir(self._index_dir, seed.generation) / STORE
            if copy_hashed(source, part, check) != seed.manifest.sha256.get(STORE):
                part.unlink()
                raise IndexDamagedError(
                    f"{source} is not what was written; build it again with: qa index --rebuild"
                )
            sync(part)

    def _put_together(self, folder: Path, manifest: Manifest) -> None:
        """Write a generation's files; the store comes last, so that a failure leaves it here."""
        store = self.writer()
        store.update_postings()
        source = building_dir(self._index_dir) / STORE

        def hashed(check: Check) -> str:
            if manifest.complete:
                return file_sha256(source, check)
            return copy_hashed(source, folder / STORE, check)

        hashing = Meanwhile("hashing the store", hashed)  # from here on it is only read
        try:
            vectors = VectorFile(store, manifest.dimension, self._encode_query, self._progress)
            before = self._encoded_alike()
            lists = vectors.write(folder / VECTORS, before, in_lists=manifest.complete)
            hashes = {VECTORS: file_sha256(folder / VECTORS), STORE: hashing.result()}
        finally:
            hashing.stop()
        if manifest.complete:
            store.close()
        where = {
            STORE: source if manifest.complete else folder / STORE,
            VECTORS: folder / VECTORS,
        }
        sizes = {name: path.stat().st_size for name, path in where.items()}
        record = replace(manifest, bytes=sizes, sha256=hashes, lists=lists)
        (folder / MANIFEST).write_text(json.dumps(asdict(record), indent=2) + "\n", "utf-8")
        for path in (*where.values(), folder / MANIFEST):
            sync(path)
        if manifest.complete:
            source.replace(folder / STORE)

    def _swap_in(self, folder: Path, *, complete: bool) -> str:
        generations = generations_dir(self._index_dir)
        names = generation_names(self._index_dir)
        name = f"{max(map(int, names), default=0) + 1:05d}"
        try:
            before = current_generation(self._index_dir)
        except (IndexMissingError, IndexDamagedError):
            before = ""
        # Each before what refers to it: files, their folder, its name, and then CURRENT.
        sync_folder(folder)
        folder.replace(generations / name)
        sync_folder(generations)
        if (self._index_dir / CURRENT).is_dir():  # damaged as a file never is, but repaired too
            shutil.rmtree(self._index_dir / CURRENT)
        replace_text(self._index_dir / CURRENT, name + "\n")
        remember(self._index_dir, generations / name)  # they have just been hashed
        # What a program may just be opening is kept while a build goes on, and for damage the last
        # that was whole: a stage on the way to this one is no help then, and as large.
        answered = [older for older in names if not before or older <= before]
        kept = {name, _last_complete(self._index_dir, answered)}
        for old in set(names) - (kept if complete else kept | {before}):
            shutil.rmtree(generations / old, ignore_errors=True)
        return name


def building_dir(index_dir: Path) -> Path:
    """Return the folder of the store that a build works on."""
    return index_dir / _BUILDING


def _last_complete(index_dir: Path, names: Sequence[str]) -> str:
    """Return the newest generation that had been through the whole corpus; empty if none has.

    One of an earlier version, which cannot be told, is taken for one.
    """
    for name in reversed(names):
        try:
            if read_manifest(generation_dir(index_dir, name)).complete:
                return name
        except IndexOutdatedError:
            return name  # an earlier version may be wanted back
        except IndexDamagedError:
            continue
    return ""


def _part(path: Path) -> Path:
    """Return what a file is called until it is whole."""
    return path.with_name(f"{path.name}.part")


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
