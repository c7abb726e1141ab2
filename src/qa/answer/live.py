"""Open an index for asking, and keep up with the builds that follow.

Does not know how a question is answered.
"""

import threading
from pathlib import Path
from threading import Thread

from qa.answer.calibration import load_calibration
from qa.answer.pipeline import Answerer
from qa.errors import EncoderError, QAError
from qa.index.opening import is_encoder_of, place_of
from qa.index.stores.protocols import IndexReader, Place
from qa.models.encoder import Encoder, available_cores
from qa.models.span_network import SpanNetwork
from qa.settings import AskSettings


class LiveAnswerer:
    """Always the answerer of the current generation. Safe to use from several threads.

    Attributes:
        store: Address of the Milvus that has the index; empty for its folder.
    """

    def __init__(
        self,
        index_dir: Path,
        settings: AskSettings | None = None,
        *,
        store: str = "",
        models: "SharedModels | None" = None,
    ) -> None:
        """Prepare; nothing needs to have been built yet.

        Args:
            index_dir: Where it is, or will be.
            settings: How to answer.
            store: Address of a Milvus that has documents and vectors; empty for the folder.
            models: Those that several indexes are asked with.
        """
        self._index_dir = index_dir
        self._place = place_of(index_dir, store)
        self.store = store
        self._settings = settings
        self._models = models or SharedModels()
        self._lock = threading.Lock()
        self._answerer: Answerer | None = None
        self._name = ""  # of the generation that was looked for; an older one may answer for it

    def current(self) -> Answerer:
        """Return the answerer, opened anew if a build has published since.

        Raises:
            QAError: See `open_index`; not if an older generation can go on answering.
        """
        with self._lock:
            try:
                name = self._place.current_generation()
                if self._answerer is None or self._name != name:
                    # Nothing holds the one before but who still answers with it: then its files
                    # are closed.
                    self._answerer = _open(
                        self._place, self._index_dir, self._settings, self._models
                    )
                    self._check_in_background(self._answerer.index)
                    self._name = name
            except QAError:
                if self._answerer is None:
                    raise
            return self._answerer

    @property
    def problem(self) -> str:
        """Why questions cannot be answered just now although the program runs; empty if they can.

        It goes away by itself when what has the index can be reached again.
        """
        return self._place.problem

    def _check_in_background(self, index: IndexReader) -> None:
        """Hash the files that answer now, whatever they look like; nobody waits for it."""
        arguments = (index.generation, index.manifest.sha256)  # not the index: it may be let go
        Thread(target=self._check, args=arguments, daemon=True, name="check").start()

    def _check(self, generation: str, sha256: dict[str, str]) -> None:
        if self._place.check(generation, sha256):
            with self._lock:
                if self._answerer is not None and self._answerer.index.generation == generation:
                    self._answerer, self._name = None, ""  # the next question opens another


def open_index(
    index_dir: Path | str = "index", settings: AskSettings | None = None, *, store: str = ""
) -> Answerer:
    """Open an index for asking. Imports neither torch nor sentence-transformers.

    Args:
        index_dir: A folder that `qa index` has built.
        settings: How to answer.
        store: Address of a Milvus that has documents and vectors in place of the folder.

    Raises:
        UsageError: The store's address is none.
        StoreError: The store cannot be reached.
        IndexMissingError: Nothing has been built there.
        IndexDamagedError: What is there cannot be used.
        EncoderError: The encoder cannot be opened, or is another than the index was built with.
        ReaderError: The reader cannot be opened.
        CalibrationError: The index folder's own calibration cannot be read.
    """
    return _open(place_of(Path(index_dir), store), Path(index_dir), settings, SharedModels())


def _open(
    place: Place, index_dir: Path, settings: AskSettings | None, models: "SharedModels"
) -> Answerer:
    index = place.open()
    try:
        encoder, network = models.of(index)
        own = load_calibration(index_dir)
    except QAError:
        index.close()
        raise
    return Answerer(index, encoder, network, settings or AskSettings(), own)


class SharedModels:
    """The models that were opened last: they are the most of what an open index needs.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._folders: tuple[Path, Path] | None = None
        self._open: tuple[Encoder, SpanNetwork] | None = None

    def of(self, index: IndexReader) -> tuple[Encoder, SpanNetwork]:
        """Return an index's encoder and reader, opened if they are not.

        Raises:
            EncoderError: The encoder cannot be opened, or is not the one of the index.
            ReaderError: The reader cannot be opened.
        """
        folders = (index.encoder_dir, index.reader_dir)
        with self._lock:
            if self._open is None or self._folders != folders:
                network = SpanNetwork(index.reader_dir, threads=min(2, available_cores()))
                self._open, self._folders = (Encoder(index.encoder_dir), network), folders
            encoder, network = self._open
        if not is_encoder_of(index, encoder.card):
            raise EncoderError(
                "the index was built with another encoder than this version of the program "
                "brings; build it again with: qa index"
            )
        return encoder, network
