"""Open, build and check an index that is kept in a folder."""

from pathlib import Path

from qa.index.local.generations import Index, current_generation, generation_dir
from qa.index.local.verify import find_damage
from qa.index.local.workspace import Workspace
from qa.index.progress import OnEvent
from qa.index.stores.protocols import EncodeQuery

# An index up to this size is hashed by every build: a quarter of a second.
_HASHED_BYTES = 256_000_000


class LocalPlace:
    """An index in a folder."""

    problem = ""

    def __init__(self, index_dir: Path) -> None:
        self._index_dir = index_dir
        self._distrusted: dict[str, str] = {}  # generations that are damaged, with what is wrong

    def current_generation(self) -> str:
        """Read which generation answers; see `generations.current_generation`."""
        return current_generation(self._index_dir)

    def open(self) -> Index:
        """Open the generation that answers; see `Index.open`."""
        return Index.open(self._index_dir, self._distrusted)

    def open_for_build(self) -> Index:
        """Open what is there, its files hashed if that is quick."""
        index = Index.open(self._index_dir)
        thorough = sum(index.manifest.bytes.values()) <= _HASHED_BYTES
        if not (why := index.find_damage(thorough=thorough)):
            return index
        index.close()
        return Index.open(self._index_dir, {index.generation: why})

    def workspace(
        self,
        about: dict[str, str],
        dimension: int,  # noqa: ARG002 - FAISS is told when it is written
        source: object | None,
        encode_query: EncodeQuery,
        progress: OnEvent,
    ) -> Workspace:
        """Prepare a build."""
        assert source is None or isinstance(source, Index)
        return Workspace(self._index_dir, about, source, encode_query, progress)

    def check(self, generation: str, sha256: dict[str, str]) -> str:
        """Hash the files of a generation that answers; what is damaged is not opened again."""
        folder = generation_dir(self._index_dir, generation)
        try:
            wrong = find_damage(self._index_dir, folder, sha256, thorough=True)
        except OSError:  # it is gone already: another has taken its place
            return ""
        if wrong:
            self._distrusted[generation] = wrong
        return wrong
