"""A corpus folder in, a new generation of the index out: load → chunk → embed → index.

Works in batches of documents, each kept as soon as it is done: a killed build is carried
on by the next. What has not changed is never read or encoded again. Does not know questions.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa.documents.fingerprints import Seen
from qa.documents.load import SourceFile, check_corpus, find_sources
from qa.documents.sandbox import Sandbox
from qa.errors import CorpusError, IndexDamagedError, IndexMissingError, IndexWriteError
from qa.formats import SUFFIXES, parser_version
from qa.index.chunk import chunk
from qa.index.generations import FORMAT, Index
from qa.index.known import KnownDocuments
from qa.index.lock import build_lock
from qa.index.passage_vectors import PassageEncoder
from qa.index.plan import Plan, count_changes, make_plan
from qa.index.prepare_models import chunk_limits, open_encoder, prepare_reader
from qa.index.progress import BuildEvent, BuildReport, Progress, one_at_a_time
from qa.index.stores import Stores
from qa.models.encoder import available_cores
from qa.schema import ParsedDocument, Passage, RefusedFile, SkippedFile
from qa.settings import BuildSettings, ParseLimits

__all__ = ["BuildEvent", "BuildReport", "build_index"]

# Encoded and kept together; a second or two of work.
_BATCH_PASSAGES = 128
# The first documents are made answerable this soon; later publishing, which copies the
# store, is kept to a tenth of the time.
_FIRST_PUBLISH_SECONDS = 5.0
_PUBLISH_SHARE = 0.1
# A full-text index that has changed by more than this is merged into one piece again.
_OPTIMIZE_SHARE = 0.1


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
        progress: Called as the work goes on, by any thread, one at a time.

    Raises:
        CorpusError: The folder is missing or holds nothing readable.
        EncoderError: The encoder cannot be loaded, exported or trusted.
        ReaderError: The reader cannot be loaded or exported.
        IndexLockedError: Another build does not end, or the folder is read-only.
        IndexWriteError: The disk is full or fails.
    """
    started = time.perf_counter()
    corpus, index_dir = Path(corpus), Path(index_dir)
    check_corpus(corpus)  # a missing one is told before any work
    limits = limits or ParseLimits()
    progress = one_at_a_time(progress)
    with build_lock(
        index_dir, lambda holder: progress(BuildEvent(f"waiting for another build ({holder})"))
    ):
        old = _open_old(index_dir)
        try:
            with Sandbox(
                limits,
                workers=available_cores(),
                on_scan=lambda done, total: progress(
                    BuildEvent("reading scanned pages", done, total)
                ),
            ) as sandbox:
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
        reading = {"format": FORMAT, "parsers": parser_version(), "limits": asdict(job.limits)}
        self._seen = Seen(job.index_dir, job.corpus, reading, take_over=take_over)
        readable = (entry for entry in self._look() if isinstance(entry, SourceFile))
        parsed = (sandbox.parse(source, wants_scans=lambda: False) for source in readable)
        self._encoder = open_encoder(job.index_dir, job.settings, parsed, job.progress)
        self._reader = prepare_reader(job.index_dir, job.settings, job.progress)
        self._chunk_limits = chunk_limits(self._encoder, job.settings)
        self._stores = Stores(job.index_dir, self._describe(), old if take_over else None)
        if take_over:
            self._stores.resume()
        self._vectors = PassageEncoder(
            self._encoder, self._stores.vectors_of_content, self._tell_encoded
        )
        self._passages_known = 0

    def run(self, started: float, allow_empty: bool) -> BuildReport:
        """Do it; see `build_index`."""
        indexed = self._stores.hashes()
        plan = make_plan(self._look(), indexed)
        before = self._old.store.hashes() if self._old else {}
        # Partial results may answer only once they hold all that answers now.
        there = {source.doc_id for source in plan.sources}
        self._missing = (there & before.keys()) - indexed.keys()
        self._published, self._publish_seconds = time.perf_counter(), 0.0
        self._total = len(plan.to_read)
        try:
            skipped = [*plan.skipped, *self._read_all(plan, indexed)]
            report = self._finish(skipped, before, started, allow_empty)
            self._seen.save()
            return report
        finally:
            self._stores.close()

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

    def _look(self) -> Iterator[SourceFile | SkippedFile]:
        found = find_sources(
            self._job.corpus,
            max_bytes=self._job.limits.file_bytes,
            leave_out=self._job.index_dir,
            sha256_of=self._seen.sha256,
        )
        for count, entry in enumerate(found, start=1):
            if not count % 100:
                self._job.progress(BuildEvent("looking at files", count, 0))
            yield entry

    def _read_all(self, plan: Plan, hashes: Mapping[str, str]) -> list[SkippedFile]:
        """Read, cut and encode what is to be read, a batch at a time; take out what is gone."""
        renamed = {source.sha256 for source in plan.to_read}
        # Those that may only have another name now go last: their vectors are wanted.
        self._remove([name for name in plan.gone if hashes[name] not in renamed])
        skipped: list[SkippedFile] = []
        batch: list[tuple[ParsedDocument, list[Passage]]] = []
        done = 0
        for parsed in self._parsed(plan.to_read):
            if isinstance(parsed, RefusedFile):
                self._seen.refuse(parsed)
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
        if not sources:
            return
        known = KnownDocuments(self._stores.read_alike(), sources)
        refused = {s.doc_id: self._seen.refusal(s) for s in sources if not known.has(s)}
        unknown = self._sandbox.parse_all(s for s in sources if refused.get(s.doc_id, s) is None)
        for source in sources:
            if not known.has(source):
                yield refused[source.doc_id] or next(unknown)
            else:  # one that was carried on from may have lost it to a change meanwhile
                yield known.get(source) or self._sandbox.parse(source)

    def _keep(self, batch: Sequence[tuple[ParsedDocument, list[Passage]]], done: int) -> int:
        """Encode the passages of some documents and keep the documents, as one step."""
        if not batch:
            return done
        store = self._stores.writer()
        vectors = iter(self._vectors.vectors([p for _, passages in batch for p in passages]))
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
            store = self._stores.writer()
            with store.transaction():
                for doc_id in doc_ids:
                    store.remove(doc_id)

    def _publish_early(self) -> None:
        """Let what is ready answer, if it is time and nothing is lost by it."""
        waited = time.perf_counter() - self._published
        wait = max(_FIRST_PUBLISH_SECONDS, self._publish_seconds / _PUBLISH_SHARE)
        if self._missing or waited < wait:
            return
        started = time.perf_counter()
        self._publish(self._stores.writer().hashes(), complete=False)
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
        unchanged = not self._stores.changed and self._is_current(listed)
        if unchanged:
            assert self._old is not None, "only what is there can be current"
            generation, passages = self._old.generation, self._old.store.n_passages
            unread = self._old.store.unread_pages()
            after = dict(before)
        else:
            store = self._stores.writer()
            after = store.hashes()
            if not after and not allow_empty:
                raise CorpusError(_nothing_readable(self._job.corpus, listed))
            with store.transaction():
                store.set_skipped(listed)
                if self._passages_known > _OPTIMIZE_SHARE * store.n_passages:
                    store.optimize()
            passages, unread = store.n_passages, store.unread_pages()
            generation = self._publish(after, complete=True)
        return BuildReport(
            generation=generation,
            up_to_date=unchanged,
            documents=len(after),
            passages=passages,
            **asdict(count_changes(before, after)),
            encoded=self._vectors.encoded,
            tokens=self._vectors.tokens,
            skipped=tuple(SkippedFile(*entry) for entry in listed),
            unread_pages=tuple(unread),
            seconds=time.perf_counter() - started,
        )

    def _is_current(self, skipped: list[tuple[str, str]]) -> bool:
        """Whether the generation that answers is all that this build could make."""
        old, seed = self._old, self._stores.seed()
        return (
            seed is not None
            and old is not None
            and not old.damage
            and old.manifest.complete
            and old.manifest.reader == self._reader
            and seed.store.skipped() == skipped
        )

    def _publish(self, hashes: Mapping[str, str], *, complete: bool) -> str:
        self._job.progress(BuildEvent("writing the index"))
        return self._stores.publish(
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

    def _tell_encoded(self, done: int) -> None:
        self._job.progress(BuildEvent("encoding passages", done, self._passages_known))


def _open_old(index_dir: Path) -> Index | None:
    """Open the index that is there, to take over what has not changed; None if unusable."""
    try:
        return Index.open(index_dir)
    except (IndexMissingError, IndexDamagedError):
        return None


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
