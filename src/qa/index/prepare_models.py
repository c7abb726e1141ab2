"""The encoder and the reader that a build works with: opened, or first exported into the index.

Does not know documents; to check an export it is given some, and takes paragraphs of them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from qa.errors import EncoderError, ReaderError
from qa.index.chunk import ChunkLimits
from qa.index.generations import encoders_dir, readers_dir
from qa.index.progress import BuildEvent, Progress
from qa.models.encoder import Encoder, available_cores
from qa.models.export_encoder import export_encoder, model_folder
from qa.models.export_reader import export_reader
from qa.models.span_network import SpanNetwork
from qa.schema import ParsedDocument, SkippedFile
from qa.settings import DEFAULT_READER, BuildSettings

# A text joined from prompt, heading path and passage may have a token more at each seam.
_JOIN_TOKENS = 2
_LEAST_TOKENS = 8
_SAMPLE_TEXTS = 64
_SAMPLE_CHARACTERS = 600


def open_encoder(
    index_dir: Path,
    settings: BuildSettings,
    documents: Iterable[ParsedDocument | SkippedFile],
    progress: Progress,
) -> Encoder:
    """Open the configured encoder, exporting it first if the index has none yet.

    Args:
        index_dir: Where it is or will be.
        settings: Which it is.
        documents: Of the corpus, to check an export on; none is taken unless there is one.
        progress: Told of an export.

    Raises:
        EncoderError: It cannot be loaded, exported or trusted.
    """
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


def prepare_reader(index_dir: Path, settings: BuildSettings, progress: Progress) -> str:
    """Name the configured reader's folder, exporting it first if the index has none yet.

    Returns:
        Its name below `readers/`; empty for the packaged reader.

    Raises:
        ReaderError: It cannot be loaded or exported.
    """
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


def chunk_limits(encoder: Encoder, settings: BuildSettings) -> ChunkLimits:
    """Say how long passages may be for an encoder.

    Raises:
        EncoderError: It reads too little at a time.
    """
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
