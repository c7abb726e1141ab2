"""A corpus folder in, a new generation of the index out: load → chunk → embed → index.

Works in batches of documents, each kept as soon as it is done: a killed build is carried
on by the next. What has not changed is never read or encoded again. Does not know questions.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from qa.chunk import ChunkLimits, chunk
from qa.embed import Encoder, PassageInput, available_cores
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
from qa.formats import SUFFIXES, suffix_of
from qa.index import FORMAT, Index, as_bytes, encoders_dir, readers_dir
from qa.load import SourceFile, find_sources, list_files, title_from_name
from qa.lock import build_lock
from qa.plan import Plan, count_changes, make_plan
from qa.sandbox import Sandbox
from qa.schema import ParsedDocument, Passage, SkippedFile
from qa.settings import DEFAULT_READER, BuildSettings, ParseLimits
from qa.span import SpanNetwork
from qa.store import Store, StoredVectors
from qa.store_writer import StoreWriter
from qa.workspace import Workspace

# A text joined from prompt, heading path and passage may have a token more at each seam.
_JOIN_TOKENS = 2
_LEAST_TOKENS = 8
_SAMPLE_TEXTS = 64
_SAMPLE_CHARACTERS = 600
# Encoded and kept together; a second or two of work.
_BATCH_PASSAGES = 128
# The first documents are made answerable this soon; later publishing, which copies the
# store, is kept to a tenth of the time.
_FIRST_PUBLISH_SECONDS = 5.0
_PUBLISH_SHARE = 0.1
# A full-text index that has changed by more than this is merged into one piece again.
_OPTIMIZE_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """How far a build is.

    Attributes:
        stage: What it is doing.
        done: Units done.
        total: Units in all, as far as known; 0 for a stage without units.
        doc_id: The document that has just been done, or empty.
        problem: Why that document was skipped, or empty.
    """

    stage: str
    done: int = 0
    total: int = 0
    doc_id: str = ""
    problem: str = ""


Progress = Callable[[BuildEvent], None]


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
        renamed: Documents whose content was there under a name that is gone.
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
    renamed: int
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
    limits: ParseLimits | None = None,
    rebuild: bool = False,
    allow_empty: bool = False,
    progress: Progress = lambda event: None,
) -> BuildReport:
    """Build the index of a corpus folder, or bring it up to date.

    The last good index answers until the new one is whole, or, where nothing has to be
    thrown away first, until the first documents are ready.

    Args:
        corpus: Folder of documents.
        index_dir: Where the index is or will be.
        settings: What shapes it; None for the defaults.
        limits: What one file may cost; None for the defaults.
        rebuild: Take nothing over from the index that is there.
        allow_empty: Make an index without documents if there are none.
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
    list_files(corpus, index_dir)  # a missing corpus is told before any work
    limits = limits or ParseLimits()
    with build_lock(
        index_dir, lambda holder: progress(BuildEvent(f"waiting for another build ({holder})"))
    ):
        old = _open_old(index_dir)
        try:
            with Sandbox(limits, workers=available_cores()) as sandbox:
                job = _Job(corpus, index_dir, settings or BuildSettings(), limits, progress)
                try:
                    builder = _Builder(job, sandbox, old, take_over=not rebuild)
                    return builder.run(started, allow_empty)
                except IndexDamagedError as error:
                    progress(BuildEvent(f"building anew ({error})"))
                    builder = _Builder(job, sandbox, old, take_over=False)
                    return builder.run(started, allow_empty)
        except (OSError, sqlite3.OperationalError) as error:
            raise IndexWriteError(
                f"the index in {index_dir} could not be written ({error}); the last good one, if "
                "any, is in place: free some space or check permissions, then run it again"
            ) from error
        finally:
            if old:
                old.close()


@dataclass(frozen=True, slots=True)
class _Job:
    """What a build was asked for."""

    corpus: Path
    index_dir: Path
    settings: BuildSettings
    limits: ParseLimits
    progress: Progress


class _Builder:
    """One build: the parts it works with, and what it has counted so far."""

    def __init__(self, job: _Job, sandbox: Sandbox, old: Index | None, *, take_over: bool) -> None:
        self._job = job
        self._sandbox = sandbox
        self._old = old
        self._source = old if take_over else None
        self._encoder = self._open_encoder()
        self._reader = self._prepare_reader()
        self._chunk_limits = _chunk_limits(self._encoder, job.settings)
        self._about = self._describe()
        self._workspace = Workspace.resume(job.index_dir, self._about) if take_over else None
        self._passages_known = 0
        self._passages_done = 0
        self._encoded = 0
        self._tokens = 0

    def run(self, started: float, allow_empty: bool) -> BuildReport:
        """Do it; see `build_index`."""
        base = self._base()
        plan = make_plan(self._look(), base.hashes() if base else {})
        before = self._old.store.hashes() if self._old else {}
        # Partial results may answer only once they hold all that answers now.
        there = {source.doc_id for source in plan.sources}
        self._missing = (there & before.keys()) - set(base.hashes() if base else ())
        self._published, self._publish_seconds = time.perf_counter(), 0.0
        self._total = len(plan.to_read)
        try:
            skipped = [*plan.skipped, *self._read_all(plan)]
            return self._finish(skipped, before, started, allow_empty)
        finally:
            if self._workspace:
                self._workspace.close()

    def _describe(self) -> dict[str, str]:
        """Name what a store's content depends on, beside the documents."""
        settings = self._job.settings.to_json()
        shaping = {name: value for name, value in settings.items() if name != "reader"}
        return {
            "format": str(FORMAT),
            "settings": json.dumps(shaping, sort_keys=True),
            "encoder_fingerprint": self._encoder.card.fingerprint,
            "corpus": str(self._job.corpus.resolve()),
        }

    def _seed(self) -> Index | None:
        """Give the generation whose store can be grown into the new one, if there is one."""
        source = self._source
        return source if source and source.store.about() == self._about else None

    def _base(self) -> Store | None:
        """Give the store that says what has not to be read again."""
        if self._workspace:
            return self._workspace.store
        seed = self._seed()
        return seed.store if seed else None

    def _store(self) -> StoreWriter:
        """Give the store to work on; the first change makes it."""
        if self._workspace is None:
            self._workspace = Workspace.start(self._job.index_dir, self._about, self._seed())
        return self._workspace.store

    def _look(self) -> Iterator[SourceFile | SkippedFile]:
        found = find_sources(
            self._job.corpus,
            max_bytes=self._job.limits.file_bytes,
            leave_out=self._job.index_dir,
        )
        for count, entry in enumerate(found, start=1):
            if not count % 100:
                self._job.progress(BuildEvent("looking at files", count, 0))
            yield entry

    def _read_all(self, plan: Plan) -> list[SkippedFile]:
        """Read, cut and encode what is to be read, a batch at a time; take out what is gone."""
        renamed = {source.sha256 for source in plan.to_read}
        base = self._base()
        hashes = base.hashes() if base else {}
        # Those that may only have another name now go last: their vectors are wanted.
        self._remove([name for name in plan.gone if hashes[name] not in renamed])
        skipped: list[SkippedFile] = []
        batch: list[tuple[ParsedDocument, list[Passage]]] = []
        done = 0
        for parsed in self._parsed(plan.to_read):
            if isinstance(parsed, SkippedFile):
                skipped.append(parsed)
                self._missing.discard(parsed.doc_id)
                done += 1
                self._tell_done(done, parsed.doc_id, parsed.reason)
                continue
            passages = chunk(
                parsed.document,
                parsed.blocks,
                self._encoder.count_tokens,
                self._chunk_limits,
                language=self._job.settings.language,
            )
            self._passages_known += len(passages)
            batch.append((parsed, passages))
            if sum(len(entry[1]) for entry in batch) >= _BATCH_PASSAGES:
                done = self._keep(batch, done)
                batch = []
                self._publish_early()
        self._keep(batch, done)
        # A document that cannot be read any more is not left as it was.
        unreadable = {entry.doc_id for entry in (*plan.skipped, *skipped)} & hashes.keys()
        self._remove(sorted({name for name in plan.gone if hashes[name] in renamed} | unreadable))
        return skipped

    def _parsed(self, sources: Sequence[SourceFile]) -> Iterator[ParsedDocument | SkippedFile]:
        """Read the files in order, in parallel; what is known from before is not read again."""
        known = _KnownDocuments([s for s in (self._base(), self._source_store()) if s])
        unknown = self._sandbox.parse_all(s for s in sources if not known.has(s))
        for source in sources:
            if not known.has(source):
                yield next(unknown)
            else:  # one that was carried on from may have lost it to a change meanwhile
                yield known.get(source) or self._sandbox.parse(source)

    def _source_store(self) -> Store | None:
        """Give the old store, if its documents were read as they would be now."""
        source = self._source
        return source.store if source and source.manifest.format == FORMAT else None

    def _keep(self, batch: Sequence[tuple[ParsedDocument, list[Passage]]], done: int) -> int:
        """Encode the passages of some documents and keep the documents, as one step."""
        if not batch:
            return done
        store = self._store()
        vectors = iter(self._vectors([passage for _, passages in batch for passage in passages]))
        with store.transaction():
            for parsed, passages in batch:
                store.remove(parsed.document.doc_id)
                store.add(parsed, passages, [next(vectors) for _ in passages])
        for parsed, _ in batch:
            done += 1
            self._missing.discard(parsed.document.doc_id)
            self._tell_done(done, parsed.document.doc_id)
        return done

    def _remove(self, doc_ids: Sequence[str]) -> None:
        if doc_ids:
            store = self._store()
            with store.transaction():
                for doc_id in doc_ids:
                    store.remove(doc_id)

    def _vectors(self, passages: Sequence[Passage]) -> list[StoredVectors]:
        """Give the passages' vectors, encoding only those that are not known."""
        keys = [_content_key(passage) for passage in passages]
        known = {key: self._known_vectors(key) for key in set(keys)}
        missing = [p for p, key in zip(passages, keys, strict=True) if known[key] is None]
        self._passages_done += len(passages) - len(missing)

        def advance(count: int) -> None:
            self._passages_done += count
            self._job.progress(
                BuildEvent("encoding passages", self._passages_done, self._passages_known)
            )

        inputs = [_encoder_input(passage) for passage in missing]
        fresh = iter(self._encoder.encode_passages(inputs, advance))
        self._encoded += len(missing)
        self._tokens += sum(self._encoder.count_tokens([entry.text for entry in inputs]))
        result = []
        for key in keys:
            stored = known[key]
            if stored is None:
                vectors = next(fresh)
                stored = StoredVectors(key, as_bytes(vectors.passage), as_bytes(vectors.sentences))
            result.append(stored)
        return result

    def _known_vectors(self, key: bytes) -> StoredVectors | None:
        stores: list[Store] = [self._workspace.store] if self._workspace else []
        fingerprint = self._encoder.card.fingerprint
        if self._source and self._source.manifest.encoder_fingerprint == fingerprint:
            stores.append(self._source.store)
        return next(filter(None, (store.vectors_of_content(key) for store in stores)), None)

    def _publish_early(self) -> None:
        """Let what is ready answer, if it is time and nothing is lost by it."""
        waited = time.perf_counter() - self._published
        wait = max(_FIRST_PUBLISH_SECONDS, self._publish_seconds / _PUBLISH_SHARE)
        if self._missing or waited < wait:
            return
        started = time.perf_counter()
        self._publish(self._store().hashes(), complete=False)
        self._published = time.perf_counter()
        self._publish_seconds = self._published - started

    def _finish(
        self,
        skipped: Sequence[SkippedFile],
        before: Mapping[str, str],
        started: float,
        allow_empty: bool,
    ) -> BuildReport:
        listed = sorted((entry.doc_id, entry.reason) for entry in skipped)
        unchanged = self._workspace is None and self._is_current(listed)
        if unchanged:
            assert self._old is not None, "only what is there can be current"
            generation, passages = self._old.generation, self._old.store.n_passages
            after = dict(before)
        else:
            store = self._store()
            after = store.hashes()
            if not after and not allow_empty:
                raise CorpusError(_nothing_readable(self._job.corpus, listed))
            with store.transaction():
                store.set_skipped(listed)
                if self._passages_known > _OPTIMIZE_SHARE * store.n_passages:
                    store.optimize()
            passages = store.n_passages
            generation = self._publish(after, complete=True)
        return BuildReport(
            generation=generation,
            up_to_date=unchanged,
            documents=len(after),
            passages=passages,
            **asdict(count_changes(before, after)),
            encoded=self._encoded,
            tokens=self._tokens,
            skipped=tuple(SkippedFile(*entry) for entry in listed),
            seconds=time.perf_counter() - started,
        )

    def _is_current(self, skipped: list[tuple[str, str]]) -> bool:
        """Whether the generation that answers is all that this build could make."""
        old, seed = self._old, self._seed()
        return (
            seed is not None
            and old is not None
            and not old.damage
            and old.manifest.complete
            and old.manifest.reader == self._reader
            and seed.store.skipped() == skipped
        )

    def _publish(self, hashes: Mapping[str, str], *, complete: bool) -> str:
        assert self._workspace is not None, "there is something to publish"
        self._job.progress(BuildEvent("writing the index"))
        return self._workspace.publish(
            dimension=self._encoder.card.dimension,
            complete=complete,
            settings=self._job.settings.to_json(),
            encoder=self._encoder.folder.name,
            encoder_fingerprint=self._encoder.card.fingerprint,
            reader=self._reader,
            corpus=str(self._job.corpus.resolve()),
            corpus_sha256=_corpus_sha256(hashes),
            documents=len(hashes),
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _tell_done(self, done: int, doc_id: str, problem: str = "") -> None:
        self._job.progress(BuildEvent("documents", done, self._total, doc_id, problem))

    def _open_encoder(self) -> Encoder:
        """Open the configured encoder, exporting it first if the index has none yet."""
        settings = self._job.settings
        folder = model_folder(
            encoders_dir(self._job.index_dir), settings.encoder, settings.precision
        )
        if folder.is_dir():
            try:
                return Encoder(folder, threads=available_cores())
            except EncoderError:
                pass  # damaged: export it again
        self._job.progress(BuildEvent(f"preparing the encoder {settings.encoder} (once)"))
        sample = list(_sample_texts(self._sandbox.parse(s) for s in self._readable()))
        export_encoder(settings.encoder, settings.precision, sample, folder)
        return Encoder(folder, threads=available_cores())

    def _readable(self) -> Iterator[SourceFile]:
        return (entry for entry in self._look() if isinstance(entry, SourceFile))

    def _prepare_reader(self) -> str:
        """Name the configured reader's folder, exporting it first if the index has none yet."""
        settings = self._job.settings
        if settings.reader == DEFAULT_READER:
            return ""
        folder = model_folder(readers_dir(self._job.index_dir), settings.reader, settings.precision)
        if folder.is_dir():
            try:
                SpanNetwork(folder)
                return folder.name
            except ReaderError:
                pass  # damaged: export it again
        self._job.progress(BuildEvent(f"preparing the reader {settings.reader} (once)"))
        export_reader(settings.reader, settings.precision, folder)
        return folder.name


class _KnownDocuments:
    """Documents that some stores have as their parsers gave them, by content and kind of file."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._where = {
            (sha256, suffix_of(doc_id)): (store, doc_id)
            for store in reversed(stores)
            for doc_id, sha256 in store.hashes().items()
        }

    def has(self, source: SourceFile) -> bool:
        return (source.sha256, suffix_of(source.doc_id)) in self._where

    def get(self, source: SourceFile) -> ParsedDocument | None:
        if not self.has(source):
            return None
        store, doc_id = self._where[source.sha256, suffix_of(source.doc_id)]
        parsed = store.parsed(doc_id)
        if parsed is None or parsed.document.sha256 != source.sha256:
            return None
        document = parsed.document
        own = document.title != title_from_name(doc_id)
        title = document.title if own else title_from_name(source.doc_id)
        return replace(parsed, document=replace(document, doc_id=source.doc_id, title=title))


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


def _open_old(index_dir: Path) -> Index | None:
    """Open the index that is there, to take over what has not changed; None if unusable."""
    try:
        return Index.open(index_dir)
    except (IndexMissingError, IndexDamagedError):
        return None


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


def _corpus_sha256(hashes: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for doc_id, sha256 in sorted(hashes.items()):
        digest.update(f"{doc_id}\0{sha256}\n".encode())
    return digest.hexdigest()


def _nothing_readable(corpus: Path, skipped: Sequence[tuple[str, str]]) -> str:
    message = f"nothing to index in {corpus}: expected documents ({' '.join(SUFFIXES)}) with text"
    if skipped:
        doc_id, reason = skipped[0]
        message += f"; {len(skipped)} skipped, the first: {doc_id} ({reason})"
    return message
