"""A corpus folder in, a new generation of the index out: load → chunk → embed → index.

Unchanged documents keep their passages, unchanged passages their vectors. Does not
know questions.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa.chunk import ChunkLimits, chunk
from qa.embed import Encoder, PassageInput, PassageVectors, available_cores
from qa.errors import (
    CorpusError,
    EncoderError,
    IndexDamagedError,
    IndexMissingError,
    IndexWriteError,
    ReaderError,
)
from qa.export import export_encoder, model_folder
from qa.export_reader import export_reader
from qa.index import GenerationWriter, Index, build_lock, encoders_dir, readers_dir
from qa.load import SUFFIXES, SourceFile, decode, list_files, read_files
from qa.schema import Document, Passage, SkippedFile
from qa.settings import DEFAULT_READER, BuildSettings
from qa.span import SpanNetwork
from qa.store import Store

# Stage, units done, units in all (0 when not known yet).
Progress = Callable[[str, int, int], None]

# A text joined from prompt, heading path and passage may have a token more at each seam.
_JOIN_TOKENS = 2
_LEAST_TOKENS = 8
_SAMPLE_TEXTS = 64
_SAMPLE_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        generation: Name of the generation that now answers.
        up_to_date: True if nothing had changed and nothing was written.
        documents: In the index now.
        passages: In the index now.
        added: Documents that are new.
        changed: Documents with new content.
        removed: Documents that are gone.
        encoded: Passages that were encoded; the others kept their vectors.
        tokens: Tokens of the passages that were encoded.
        skipped: Files that were not indexed.
        seconds: Wall time.
    """

    generation: str
    up_to_date: bool
    documents: int
    passages: int
    added: int
    changed: int
    removed: int
    encoded: int
    tokens: int
    skipped: tuple[SkippedFile, ...]
    seconds: float


def build_index(
    corpus: Path | str = "corpus",
    index_dir: Path | str = "index",
    settings: BuildSettings | None = None,
    *,
    rebuild: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> BuildReport:
    """Build the index of a corpus folder, or bring it up to date.

    The last good index stays in place until the new one is whole.

    Args:
        corpus: Folder of documents.
        index_dir: Where the index is or will be.
        settings: What shapes it; None for the defaults.
        rebuild: Take nothing over from the index that is there.
        progress: Called as the work goes on.

    Raises:
        CorpusError: The folder is missing or holds nothing readable.
        EncoderError: The encoder cannot be loaded, exported or trusted.
        ReaderError: The reader cannot be loaded or exported.
        IndexLockedError: Another build does not end, or the folder is read-only.
        IndexWriteError: The disk is full or fails.
    """
    started = time.perf_counter()
    corpus, index_dir = Path(corpus), Path(index_dir)
    total_files = len(list_files(corpus, index_dir))  # a missing corpus is told before any work
    settings = settings or BuildSettings()
    with build_lock(index_dir, lambda: progress("waiting for another build", 0, 0)):
        old = None if rebuild else _open_old(index_dir)
        try:
            writer = GenerationWriter(index_dir)
            try:
                builder = _Builder(corpus, index_dir, settings, old, writer, progress)
                return builder.run(total_files, started)
            finally:
                writer.discard()
        except (OSError, sqlite3.OperationalError) as error:
            raise IndexWriteError(
                f"the index in {index_dir} could not be written ({error}); the last good one, if "
                "any, is in place: free some space or check permissions, then run it again"
            ) from error
        finally:
            if old:
                old.close()


class _Builder:
    """One build: the parts it works with, and what it has counted so far."""

    def __init__(
        self,
        corpus: Path,
        index_dir: Path,
        settings: BuildSettings,
        old: Index | None,
        writer: GenerationWriter,
        progress: Progress,
    ) -> None:
        self._corpus = corpus
        self._index_dir = index_dir
        self._settings = settings
        self._old = old
        self._writer = writer
        self._progress = progress
        self._encoded = 0
        self._tokens = 0

    def run(self, total_files: int, started: float) -> BuildReport:
        encoder = self._open_encoder()
        reader = self._prepare_reader()
        card = encoder.card
        same_encoder = bool(
            self._old and self._old.manifest.encoder_fingerprint == card.fingerprint
        )
        same_settings = bool(self._old and self._old.manifest.settings == self._settings.to_json())
        # Passages depend on the encoder's tokenizer and length.
        reusable = self._old.store if self._old and same_encoder and same_settings else None
        hashes, skipped = self._write_documents(encoder, reusable, total_files)
        old_hashes = self._old.store.hashes() if self._old else {}
        old_skipped = self._old.store.skipped() if self._old else []
        report = {
            "documents": len(hashes),
            "added": len(hashes.keys() - old_hashes.keys()),
            "changed": sum(old_hashes.get(name, sha) != sha for name, sha in hashes.items()),
            "removed": len(old_hashes.keys() - hashes.keys()),
        }
        unchanged = (
            self._old is not None
            and reusable is not None
            and hashes == old_hashes
            and [(s.doc_id, s.reason) for s in skipped] == old_skipped
            and self._old.manifest.corpus == str(self._corpus.resolve())
            and self._old.manifest.reader == reader
        )
        store = self._writer.finish_store()
        try:
            if self._old and unchanged:
                generation = self._old.generation
            else:
                self._write_vectors(store, encoder, same_encoder)
                generation = self._publish(encoder, reader, hashes)
            passages = store.n_passages
        finally:
            store.close()
        return BuildReport(
            generation=generation,
            up_to_date=unchanged,
            passages=passages,
            encoded=self._encoded,
            tokens=self._tokens,
            skipped=tuple(skipped),
            seconds=time.perf_counter() - started,
            **report,
        )

    def _open_encoder(self) -> Encoder:
        """Open the configured encoder, exporting it first if the index has none yet."""
        settings = self._settings
        folder = model_folder(encoders_dir(self._index_dir), settings.encoder, settings.precision)
        if folder.is_dir():
            try:
                return Encoder(folder, threads=available_cores())
            except EncoderError:
                pass  # damaged: export it again
        self._progress(f"preparing the encoder {settings.encoder} (once)", 0, 0)
        files = read_files(
            self._corpus, max_bytes=settings.max_file_bytes, leave_out=self._index_dir
        )
        sample = list(_sample_texts(files))
        export_encoder(settings.encoder, settings.precision, sample, folder)
        return Encoder(folder, threads=available_cores())

    def _prepare_reader(self) -> str:
        """Name the configured reader's folder, exporting it first if the index has none yet."""
        settings = self._settings
        if settings.reader == DEFAULT_READER:
            return ""
        folder = model_folder(readers_dir(self._index_dir), settings.reader, settings.precision)
        if folder.is_dir():
            try:
                SpanNetwork(folder)
                return folder.name
            except ReaderError:
                pass  # damaged: export it again
        self._progress(f"preparing the reader {settings.reader} (once)", 0, 0)
        export_reader(settings.reader, settings.precision, folder)
        return folder.name

    def _write_documents(
        self, encoder: Encoder, reusable: Store | None, total: int
    ) -> tuple[dict[str, str], list[SkippedFile]]:
        """Write every document and its passages; what has not changed is taken over."""
        max_tokens = encoder.card.max_tokens - _prompt_tokens(encoder) - _JOIN_TOKENS
        if max_tokens < _LEAST_TOKENS:
            raise EncoderError(
                f"the encoder {encoder.card.name!r} reads {encoder.card.max_tokens} tokens with "
                f"its prompt, too few to cut passages for: name another with --encoder"
            )
        limits = ChunkLimits(
            max_tokens=max_tokens,
            merge_tokens=self._settings.merge_tokens,
            context_tokens=min(self._settings.context_tokens, max_tokens // 4),
        )
        hashes: dict[str, str] = {}
        skipped: list[SkippedFile] = []
        old_hashes = reusable.hashes() if reusable else {}
        files = read_files(
            self._corpus, max_bytes=self._settings.max_file_bytes, leave_out=self._index_dir
        )
        for done, source in enumerate(files, start=1):
            entry: Document | SkippedFile
            passages: list[Passage] = []
            if isinstance(source, SkippedFile):
                entry = source
            elif reusable and old_hashes.get(source.doc_id) == source.sha256:
                entry, passages = _take_over(reusable, source)
            else:
                entry = decode(source)
                if isinstance(entry, Document):
                    passages = chunk(
                        entry, encoder.count_tokens, limits, language=self._settings.language
                    )
            if isinstance(entry, SkippedFile):
                skipped.append(entry)
                self._writer.store.add_skipped(entry.doc_id, entry.reason)
            else:
                hashes[entry.doc_id] = entry.sha256
                self._writer.store.add(entry, passages)
            self._progress("reading documents", done, max(total, done))
        if not hashes:
            raise CorpusError(_nothing_readable(self._corpus, skipped))
        return hashes, skipped

    def _write_vectors(self, store: Store, encoder: Encoder, same_encoder: bool) -> None:
        """Write every passage's vectors, encoding only those the old index has not got."""
        known = _rows_by_content(self._old) if self._old and same_encoder else {}
        done = 0
        for batch in store.passages():
            vectors: list[PassageVectors | None] = []
            missing: list[PassageInput] = []
            for stored in batch:
                row = known.get(_content_key(stored.passage))
                if row is None or self._old is None:
                    vectors.append(None)
                    missing.append(_encoder_input(stored.passage))
                else:
                    vectors.append(
                        PassageVectors(self._old.vector(row), self._old.sentence_vectors(row))
                    )
            done += len(batch) - len(missing)

            def advance(count: int) -> None:
                nonlocal done
                done += count
                self._progress("encoding passages", done, store.n_passages)

            fresh = iter(encoder.encode_passages(missing, advance))
            self._writer.add_vectors([v if v is not None else next(fresh) for v in vectors])
            self._encoded += len(missing)
            self._tokens += sum(encoder.count_tokens([entry.text for entry in missing]))

    def _publish(self, encoder: Encoder, reader: str, hashes: dict[str, str]) -> str:
        return self._writer.publish(
            dimension=encoder.card.dimension,
            settings=self._settings.to_json(),
            encoder=encoder.folder.name,
            encoder_fingerprint=encoder.card.fingerprint,
            reader=reader,
            corpus=str(self._corpus.resolve()),
            corpus_sha256=_corpus_sha256(hashes),
            documents=len(hashes),
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def _open_old(index_dir: Path) -> Index | None:
    """Open the index that is there, to take over what has not changed; None if unusable."""
    try:
        return Index.open(index_dir)
    except (IndexMissingError, IndexDamagedError):
        return None


def _sample_texts(files: Iterable[SourceFile | SkippedFile]) -> Iterator[str]:
    """Yield paragraphs of the corpus, to check an exported encoder on."""
    count = 0
    for source in files:
        document = decode(source) if isinstance(source, SourceFile) else source
        if isinstance(document, SkippedFile):
            continue
        for paragraph in document.text.splitlines():
            if len(paragraph.split()) > 3:
                yield paragraph[:_SAMPLE_CHARACTERS]
                count += 1
            if count == _SAMPLE_TEXTS:
                return


def _take_over(store: Store, source: SourceFile) -> tuple[Document, list[Passage]]:
    document = store.document(source.doc_id)
    assert document is not None, "the store listed this document's hash"
    return document, [stored.passage for stored in store.passages_of(source.doc_id)]


def _rows_by_content(old: Index) -> dict[bytes, int]:
    """Give the old row of every passage content, so that renamed files keep their vectors."""
    return {
        _content_key(stored.passage): stored.row
        for batch in old.store.passages()
        for stored in batch
    }


def _content_key(passage: Passage) -> bytes:
    """Hash all that a passage's and its sentences' vectors depend on, but the encoder."""
    content = f"{passage.context}\0{passage.text}\0{_encoder_input(passage).sentences}"
    return hashlib.sha256(content.encode()).digest()[:16]


def _encoder_input(passage: Passage) -> PassageInput:
    spans = tuple(sentence.shift(-passage.start) for sentence in passage.sentences)
    return PassageInput(passage.text, passage.context, spans)


def _prompt_tokens(encoder: Encoder) -> int:
    prompt = encoder.card.passage_prompt
    return encoder.count_tokens([prompt])[0] if prompt else 0


def _corpus_sha256(hashes: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for doc_id, sha256 in sorted(hashes.items()):
        digest.update(f"{doc_id}\0{sha256}\n".encode())
    return digest.hexdigest()


def _nothing_readable(corpus: Path, skipped: list[SkippedFile]) -> str:
    message = f"nothing to index in {corpus}: expected {' or '.join(SUFFIXES)} files with text"
    if skipped:
        message += f"; {len(skipped)} skipped, the first: {skipped[0].doc_id} ({skipped[0].reason})"
    return message
