"""Open an index for asking, and keep up with the builds that follow.

Does not know how a question is answered.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from qa.answer.calibration import load_calibration
from qa.answer.pipeline import Answerer
from qa.errors import EncoderError, QAError
from qa.index.generations import Index, current_generation
from qa.index.verify import find_damage
from qa.models.encoder import Encoder, available_cores
from qa.models.span_network import SpanNetwork
from qa.settings import AskSettings


class LiveAnswerer:
    """Always the answerer of the current generation. Safe to use from several threads."""

    def __init__(
        self,
        index_dir: Path,
        settings: AskSettings | None = None,
        models: "SharedModels | None" = None,
    ) -> None:
        """Prepare; nothing needs to have been built yet.

        Args:
            index_dir: Where it is, or will be.
            settings: How to answer.
            models: Those that several indexes are asked with.
        """
        self._index_dir = index_dir
        self._settings = settings
        self._models = models or SharedModels()
        self._lock = threading.Lock()
        self._answerer: Answerer | None = None
        self._name = ""  # of the generation that was looked for; an older one may answer for it
        self._distrusted: dict[str, str] = {}  # generations that are damaged, with what is wrong

    def current(self) -> Answerer:
        """Return the answerer, opened anew if a build has published since.

        Raises:
            QAError: See `open_index`; not if an older generation can go on answering.
        """
        with self._lock:
            try:
                name = current_generation(self._index_dir)
                if self._answerer is None or self._name != name:
                    # Nothing holds the one before but who still answers with it: then its files
                    # are closed.
                    self._answerer = _open(
                        self._index_dir, self._settings, self._models, self._distrusted
                    )
                    self._check_in_background(self._answerer.index)
                    self._name = name
            except QAError:
                if self._answerer is None:
                    raise
            return self._answerer

    def _check_in_background(self, index: Index) -> None:
        """Hash the files that answer now, whatever they look like; nobody waits for it."""
        arguments = (index.folder, index.manifest.sha256)  # not the index: it may be let go
        Thread(target=self._check, args=arguments, daemon=True, name="check").start()

    def _check(self, folder: Path, sha256: Mapping[str, str]) -> None:
        try:
            wrong = find_damage(self._index_dir, folder, sha256, thorough=True)
        except OSError:  # it is gone already: another has taken its place
            return
        if wrong:
            with self._lock:
                self._distrusted[folder.name] = wrong
                if self._answerer is not None and self._answerer.index.generation == folder.name:
                    self._answerer, self._name = None, ""  # the next question opens another


def open_index(index_dir: Path | str = "index", settings: AskSettings | None = None) -> Answerer:
    """Open an index for asking. Imports neither torch nor sentence-transformers.

    Args:
        index_dir: A folder that `qa index` has built.
        settings: How to answer.

    Raises:
        IndexMissingError: Nothing has been built there.
        IndexDamagedError: What is there cannot be used.
        EncoderError: The encoder cannot be opened, or is another than the index was built with.
        ReaderError: The reader cannot be opened.
        CalibrationError: The index folder's own calibration cannot be read.
    """
    return _open(Path(index_dir), settings, SharedModels(), {})


def _open(
    index_dir: Path,
    settings: AskSettings | None,
    models: "SharedModels",
    distrusted: Mapping[str, str],
) -> Answerer:
    index = Index.open(index_dir, distrusted)
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

    def of(self, index: Index) -> tuple[Encoder, SpanNetwork]:
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
        if encoder.card.fingerprint != index.manifest.encoder_fingerprint:
            raise EncoderError(
                "the index was built with another encoder than this version of the program "
                "brings; build it again with: qa index"
            )
        return encoder, network
