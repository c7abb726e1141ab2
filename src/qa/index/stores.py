"""The stores of one build: what is taken over, what is worked on, what is published.

The first change makes the store that is worked on; a build that finds nothing to do leaves
the disk alone. Does not know files or models.
"""

from pathlib import Path
from typing import Any

from qa.index.generations import FORMAT, Index
from qa.index.store import Store, StoredVectors
from qa.index.store_writer import StoreWriter
from qa.index.workspace import Workspace


class Stores:
    """Runs under the build lock."""

    def __init__(self, index_dir: Path, about: dict[str, str], source: Index | None) -> None:
        """Find out what can be taken over.

        Args:
            index_dir: Where the index is or will be.
            about: What a store's content depends on, beside the documents; has
                `encoder_fingerprint`.
            source: The index to take over from; None to take over nothing, not even from a
                build that was broken off.
        """
        self._index_dir = index_dir
        self._about = about
        self._source = source
        self._workspace: Workspace | None = None

    def resume(self) -> None:
        """Carry on what a killed build has left, if it was about the same."""
        self._workspace = Workspace.resume(self._index_dir, self._about)

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        return self._workspace is not None

    def seed(self) -> Index | None:
        """Give the generation whose store can be grown into the new one, if there is one."""
        source = self._source
        return source if source and source.store.about() == self._about else None

    def base(self) -> Store | None:
        """Give the store that says what has not to be read again."""
        if self._workspace:
            return self._workspace.store
        seed = self.seed()
        return seed.store if seed else None

    def hashes(self) -> dict[str, str]:
        """Give the SHA-256 of each document that has not to be read again, by id."""
        base = self.base()
        return base.hashes() if base else {}

    def read_alike(self) -> list[Store]:
        """List the stores whose documents were read as they would be now, the best first."""
        source = self._source
        older = source.store if source and source.manifest.format == FORMAT else None
        return [store for store in (self.base(), older) if store]

    def vectors_of_content(self, content: bytes) -> StoredVectors | None:
        """Give the vectors that any store has for a content key, or None if none has."""
        stores: list[Store] = [self._workspace.store] if self._workspace else []
        source = self._source
        if source and source.manifest.encoder_fingerprint == self._about["encoder_fingerprint"]:
            stores.append(source.store)
        return next(filter(None, (store.vectors_of_content(content) for store in stores)), None)

    def writer(self) -> StoreWriter:
        """Give the store to work on; the first change makes it."""
        if self._workspace is None:
            self._workspace = Workspace.start(self._index_dir, self._about, self.seed())
        return self._workspace.store

    def publish(self, *, dimension: int, complete: bool, **manifest: Any) -> str:
        """Make what was worked on the current generation; see `Workspace.publish`."""
        assert self._workspace is not None, "there is something to publish"
        return self._workspace.publish(dimension=dimension, complete=complete, **manifest)

    def close(self) -> None:
        """Close the store that was worked on; what is in it stays."""
        if self._workspace:
            self._workspace.close()
