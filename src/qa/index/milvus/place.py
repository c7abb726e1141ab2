"""Where generations in Milvus are found, and whether it can be reached."""

import threading
import time
from pathlib import Path

from qa.errors import QAError, StoreError
from qa.index.milvus.address import Address
from qa.index.milvus.index import MilvusIndex, current
from qa.index.milvus.server import Server
from qa.index.milvus.workspace import MilvusWorkspace
from qa.index.progress import OnEvent
from qa.index.stores.protocols import EncodeQuery

# How long what was read of the current generation counts.
_KEPT_SECONDS = 1.0


class MilvusPlace:
    """An index in one Milvus. Safe to use from several threads."""

    def __init__(self, index_dir: Path, address: Address) -> None:
        """Prepare; nothing is asked yet.

        Args:
            index_dir: Has what does not lie in Milvus: models, calibration, feedback.
            address: Where Milvus is.
        """
        self._index_dir = index_dir
        self._server = Server(address)
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None
        self._read_at = 0.0
        self._name: str | QAError = ""

    def current_generation(self) -> str:
        """Read which generation answers.

        While Milvus cannot be reached nobody waits for it: what was known counts, and it is asked
        in the background until it answers again.

        Raises:
            IndexMissingError: Nothing has been built there.
            StoreError: It cannot be reached, and never could.
        """
        with self._lock:
            is_old = time.monotonic() - self._read_at > _KEPT_SECONDS
            is_asking = self._asking is not None and self._asking.is_alive()
            if is_old and not is_asking:
                self._asking = threading.Thread(target=self._ask, daemon=True, name="milvus")
                self._asking.start()
            asking = self._asking
        if asking is not None and not self.problem:
            asking.join()
        if isinstance(self._name, QAError):
            raise self._name
        return self._name

    def _ask(self) -> None:
        name: str | QAError
        try:
            name = current(self._server, newest=False)[1]
        except StoreError as error:
            name = error if isinstance(self._name, QAError) or not self._name else self._name
        except QAError as error:
            name = error
        self._name, self._read_at = name, time.monotonic()

    def open(self) -> MilvusIndex:
        """Open the generation that answers; raises as `current_generation`."""
        return MilvusIndex.open(self._server, self._index_dir)

    def open_for_build(self) -> MilvusIndex:
        """Open what is there, to take over what has not changed."""
        return self.open()

    def workspace(
        self,
        about: dict[str, str],
        dimension: int,
        source: object | None,
        encode_query: EncodeQuery,  # noqa: ARG002 - Milvus searches as it was set up to
        progress: OnEvent,  # noqa: ARG002
    ) -> MilvusWorkspace:
        """Prepare a build."""
        assert source is None or isinstance(source, MilvusIndex)
        return MilvusWorkspace(self._server, dimension, about, source)

    def check(self, generation: str, sha256: dict[str, str]) -> str:  # noqa: ARG002 - has no files
        """Find nothing: Milvus looks after its own files."""
        return ""

    @property
    def problem(self) -> str:
        """Why Milvus cannot be used just now; empty if it can."""
        return self._server.problem
