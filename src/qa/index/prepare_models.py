"""Open the encoder and the reader that a build works with, or export them into the index first.

Does not know documents; to check an export it is given some, and takes paragraphs of them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from qa.errors import EncoderError, ReaderError
from qa.index.folders import encoders_dir, readers_dir
from qa.index.passages.chunk import ChunkLimits
from qa.index.progress import BuildEvent, OnEvent
from qa.models.encoder import Encoder, available_cores, packaged_encoder
from qa.models.export_encoder import export_encoder, model_folder
from qa.models.export_reader import export_reader
from qa.models.span_network import SpanNetwork
from qa.schema import ParsedDocument, SkippedFile
from qa.settings import DEFAULT_ENCODER, DEFAULT_READER, BuildSettings

# A text joined from prompt, heading path and passage may have a token more at each seam.
_JOIN_TOKENS = 2
_LEAST_TOKENS = 8
_SAMPLE_TEXTS = 64
_SAMPLE_CHARACTERS = 600


class Models(NamedTuple):
    """What a build works with.

    Attributes:
        encoder: Encodes passages.
        encoder_folder: Name of its folder below `encoders/`; empty for the packaged encoder.
        reader: Name of the reader's folder below `readers/`; empty for the packaged reader.
        limits: How long passages may be for the encoder.
    """

    encoder: Encoder
    encoder_folder: str
    reader: str
    limits: ChunkLimits


def prepare_models(
    index_dir: Path,
    settings: BuildSettings,
    documents: Iterable[ParsedDocument | SkippedFile],
    progress: OnEvent,
) -> Models:
    """Open the configured models, exporting those that the index does not have yet.

    Args:
        index_dir: Where they are or will be.
        settings: Which they are.
        documents: Of the corpus, to check an export on; none is taken unless there is one.
        progress: Told of an export.

    Raises:
        EncoderError: The encoder cannot be loaded, exported or trusted, or reads too little.
        ReaderError: The reader cannot be loaded or exported.
    """
    if settings.encoder == DEFAULT_ENCODER:
        encoder, folder = Encoder(packaged_encoder(), threads=available_cores()), ""
    else:
        encoder = _open_encoder(index_dir, settings, documents, progress)
        folder = encoder.folder.name
    reader = _prepare_reader(index_dir, settings, progress)
    return Models(encoder, folder, reader, _chunk_limits(encoder, settings))


def _open_encoder(
    index_dir: Path,
    settings: BuildSettings,
    documents: Iterable[ParsedDocument | SkippedFile],
    progress: OnEvent,
) -> Encoder:
    folder = model_folder(encoders_dir(index_dir), settings.encoder, settings.precision)
    if folder.is_dir():
        try:
            return Encoder(folder, threads=available_cores())
        except EncoderError:
            pass  # damaged: export it again
    progress(BuildEvent(f"preparing the encoder {settings.encoder} (once)"))
    sample = list(_sample_texts(documents))
    export_encoder(settings.encoder, settings.precision, sample, folder)
    return Encoder(folder, threads=available_cores())


def _prepare_reader(index_dir: Path, settings: BuildSettings, progress: OnEvent) -> str:
    """Return the name of the reader's folder, or nothing for the packaged reader."""
    if settings.reader == DEFAULT_READER:
        return ""
    folder = model_folder(readers_dir(index_dir), settings.reader, settings.precision)
    if folder.is_dir():
        try:
            SpanNetwork(folder)
            return folder.name
        except ReaderError:
            pass  # damaged: export it again
    progress(BuildEvent(f"preparing the reader {settings.reader} (once)"))
    export_reader(settings.reader, settings.precision, folder)
    return folder.name


def _chunk_limits(encoder: Encoder, settings: BuildSettings) -> ChunkLimits:
    max_tokens = encoder.card.max_tokens - _prompt_tokens(encoder) - _JOIN_TOKENS
    if max_tokens < _LEAST_TOKENS:
        raise EncoderError(
            f"the encoder {encoder.card.name!r} reads {encoder.card.max_tokens} tokens with "
            f"its prompt, too few to cut passages for: name another with --encoder"
        )
    return ChunkLimits(
        max_tokens=max_tokens,
        merge_tokens=settings.merge_tokens,
        context_tokens=min(settings.context_tokens, max_tokens // 4),
    )


def _sample_texts(parsed: Iterable[ParsedDocument | SkippedFile]) -> Iterator[str]:
    """Yield paragraphs of the corpus, to check an exported encoder on."""
    count = 0
    for entry in parsed:
        if isinstance(entry, SkippedFile):
            continue
        for paragraph in entry.document.text.splitlines():
            if len(paragraph.split()) > 3:
                yield paragraph[:_SAMPLE_CHARACTERS]
                count += 1
            if count == _SAMPLE_TEXTS:
                return


def _prompt_tokens(encoder: Encoder) -> int:
    prompt = encoder.card.passage_prompt
    return encoder.count_tokens([prompt])[0] if prompt else 0
