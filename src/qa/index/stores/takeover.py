"""What a build can take over: from the generation that answers, and from the store it works on."""

from typing import Generic, TypeVar

from qa.index.stores.manifest import FORMAT
from qa.index.stores.protocols import IndexReader, StoreBuilder, StoreReader

Generation = TypeVar("Generation", bound=IndexReader)
Writer = TypeVar("Writer", bound=StoreBuilder)


class TakeOver(Generic[Generation, Writer]):
    """What every workspace knows of what there is already; nothing is written by it."""

    def __init__(self, about: dict[str, str], source: Generation | None) -> None:
        """Note what is there.

        Args:
            about: What a store's content depends on, beside the documents; has
                `encoder_fingerprint`.
            source: The index to take over from; None to take over nothing.
        """
        self._about = about
        self._source = source
        self._store: Writer | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        return self._store is not None

    def prepare(self) -> None:
        """Be told that the store to work on will be wanted; here nothing of it takes long."""

    def seed(self) -> Generation | None:
        """Return the generation whose store can be grown into the new one, if there is one."""
        source = self._source
        return source if source and source.store.about() == self._about else None

    def base(self) -> StoreReader | None:
        """Return the store whose documents have not to be read again, if there is one."""
        if self._store:
            return self._store
        seed = self.seed()
        return seed.store if seed else None

    def read_alike(self) -> list[StoreReader]:
        """List the stores whose documents were read as they would be now, the best first."""
        source = self._source
        older = source.store if source and source.manifest.format == FORMAT else None
        return list(dict.fromkeys(store for store in (self.base(), older) if store))

    def _encoded_alike(self) -> Generation | None:
        """Return the index to take over from, if its vectors can be."""
        source = self._source
        fingerprint = source.manifest.encoder_fingerprint if source else ""
        return source if fingerprint == self._about.get("encoder_fingerprint") else None
