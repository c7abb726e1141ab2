"""Build the index of a corpus folder: load → chunk → embed → index, then publish.

Works in batches of documents, each kept as soon as it is done: a killed build is carried
on by the next. What has not changed is never read or encoded again. Does not know questions.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from pathlib import Path

from qa.documents.fingerprints import Fingerprints
from qa.documents.load import SourceFile, check_corpus, find_sources
from qa.documents.sandbox import Sandbox
from qa.errors import CorpusError, IndexDamagedError, IndexMissingError, IndexWriteError, UsageError
from qa.formats import SUFFIXES, parser_version
from qa.index.batches import Batches
from qa.index.folders import check_index_dir
from qa.index.lock import build_lock
from qa.index.machines.work import Work, program
from qa.index.opening import place_of
from qa.index.passages.cut import Prepared
from qa.index.plan import KnownDocuments, Plan, count_changes, make_plan
from qa.index.prepare_models import Models, prepare_models
from qa.index.progress import BuildEvent, BuildReport, OnEvent, one_at_a_time
from qa.index.publish import Pace, Publisher
from qa.index.stores.manifest import FORMAT, Manifest
from qa.index.stores.protocols import (
    BuildWorkspace,
    IndexReader,
    Place,
    StoreBuilder,
    StoreReader,
)
from qa.models.encoder import available_cores
from qa.schema import ParsedDocument, RefusedFile, SkippedFile
from qa.settings import BuildSettings, ParseLimits

__all__ = ["BuildEvent", "BuildReport", "Pace", "build_index"]

# A full-text index that has changed by more than this is merged into one piece again.
_OPTIMIZE_SHARE = 0.1
_PrepareAll = Callable[[Sequence[SourceFile], Work, Path], Iterator[Prepared | SkippedFile]]


def build_index(
    corpus: Path | str = "corpus",
    index_dir: Path | str = "index",
    settings: BuildSettings | None = None,
    *,
    store: str = "",
    ray: str = "",
    limits: ParseLimits | None = None,
    rebuild: bool = False,
    allow_empty: bool = False,
    progress: OnEvent = lambda event: None,
    pace: Pace | None = None,
) -> BuildReport:
    """Build the index of a corpus folder, or bring it up to date.

    The last good index answers until the new one is whole, or, where nothing has to be
    thrown away first, until the first documents are ready.

    Args:
        corpus: Folder of documents.
        index_dir: Where the index is or will be.
        settings: What shapes it; None for the defaults.
        store: Address of a Milvus that has documents and vectors in place of the folder
            (docs/CLUSTER.md).
        ray: Which Ray cluster reads, cuts and encodes new documents (docs/CLUSTER.md): `local`,
            `auto` or `HOST:PORT`; empty for this process and its own workers.
        limits: What one file may cost; None for the defaults.
        rebuild: Take nothing over from the index that is there.
        allow_empty: Make an index without documents if there are none.
        progress: Called as the work goes on, by any thread, one at a time.
        pace: How often what is ready is kept and published; None for the defaults.

    Raises:
        UsageError: A folder's name is empty, or the index's is that of a file, or the store's
            address is none.
        CorpusError: The folder is missing or holds nothing readable.
        WorkerError: The processes that read files cannot be started, or the Ray cluster fails.
        EncoderError: The encoder cannot be loaded, exported or trusted.
        ReaderError: The reader cannot be loaded or exported.
        IndexLockedError: Another build does not end, or the folder is read-only.
        IndexWriteError: The disk is full or fails.
        StoreError: The store cannot be reached.
    """
    started = time.perf_counter()
    corpus, index_dir = _folder(corpus, "corpus"), _folder(index_dir, "index")
    check_corpus(corpus)  # a missing one is told before any work
    check_index_dir(index_dir)
    place = place_of(index_dir, store)
    elsewhere = _elsewhere(ray)
    limits = limits or ParseLimits()
    progress = one_at_a_time(progress)
    with build_lock(
        index_dir, lambda holder: progress(BuildEvent(f"waiting for another build ({holder})"))
    ):
        old = _open_old(place, progress)
        try:
            with Sandbox(
                limits,
                workers=available_cores(),
                on_scan=lambda done, total: progress(
                    BuildEvent("reading scanned pages", done, total)
                ),
            ) as sandbox:
                task = _Task(
                    started, corpus, index_dir, place, settings or BuildSettings(), limits,
                    sandbox, elsewhere, allow_empty, progress, pace or Pace(),
                )  # fmt: skip
                try:
                    return _build(task, old, take_over=not rebuild)
                except IndexDamagedError as error:
                    progress(BuildEvent(f"building anew ({error})"))
                    return _build(task, old, take_over=False)
        except (OSError, sqlite3.OperationalError) as error:
            raise IndexWriteError(
                f"the index in {index_dir} could not be written ({error}); the last good one, if "
                "any, is in place: free some space or check permissions, then run it again"
            ) from error
        finally:
            if old:
                old.close()


@dataclass(frozen=True, slots=True)
class _Task:
    """What a build was asked for, and what it works with."""

    started: float
    corpus: Path
    index_dir: Path
    place: Place
    settings: BuildSettings
    limits: ParseLimits
    sandbox: Sandbox
    elsewhere: _PrepareAll | None
    allow_empty: bool
    progress: OnEvent
    pace: Pace


def _build(task: _Task, old: IndexReader | None, *, take_over: bool) -> BuildReport:
    """Go through the steps of a build.

    Args:
        task: What was asked for.
        old: The index that answers, if there is one.
        take_over: Whether what it and a killed build have counts.
    """
    reading = {"format": FORMAT, "parsers": parser_version(), "limits": asdict(task.limits)}
    fingerprints = Fingerprints(task.index_dir, task.corpus, reading, take_over=take_over)
    sample = _sample(task, fingerprints)
    models = prepare_models(task.index_dir, task.settings, sample, task.progress)
    source = old if take_over else None
    dimension = models.encoder.card.dimension
    with task.place.workspace(
        _about(task, models), dimension, source, models.encoder.encode_query, task.progress
    ) as workspace:
        if take_over:
            workspace.resume()
        base = workspace.base()
        indexed = base.hashes() if base else {}
        looked_at = _prepared(_look(task, fingerprints), indexed, fingerprints, workspace)
        plan = make_plan(looked_at, indexed)
        before = {} if not old else indexed if base is old.store else old.store.hashes()
        # Partial results may answer only once they hold all that answers now.
        there = {source.doc_id for source in plan.sources}
        missing = (there & before.keys()) - indexed.keys()
        publisher = Publisher(workspace, _manifest(task, models), missing, task.pace, task.progress)
        with closing(Batches(workspace, models, task.settings.language, task.progress)) as batches:
            skipped = _read_all(
                task, models, plan, indexed, fingerprints, workspace, batches, publisher
            )
        listed = sorted((entry.doc_id, entry.reason) for entry in (*plan.skipped, *skipped))
        current = None if workspace.changed else workspace.seed()
        up_to_date = current is not None and _is_current(current, models.reader, listed)
        if current is not None and up_to_date:
            after, passages, unread = _contents(current.store)
            generation = current.generation
        else:
            _finish(task, workspace.writer(), listed, batches.passages)
            after, passages, unread = _contents(workspace.writer())
            generation = publisher.publish(after, complete=True)
        fingerprints.save()
        return BuildReport(
            generation=generation,
            up_to_date=up_to_date,
            documents=len(after),
            passages=passages,
            **asdict(count_changes(before, after)),
            encoded=batches.encoded,
            tokens=batches.tokens,
            skipped=tuple(SkippedFile(*entry) for entry in listed),
            unread_pages=tuple(unread),
            seconds=time.perf_counter() - task.started,
        )


def _about(task: _Task, models: Models) -> dict[str, str]:
    """Return what a store's content depends on, beside the documents."""
    settings = task.settings.to_json()
    shaping = {name: value for name, value in settings.items() if name != "reader"}
    about = {
        "format": str(FORMAT),
        "settings": json.dumps(shaping, sort_keys=True),
        "encoder_fingerprint": models.encoder.card.fingerprint,
        "corpus": str(task.corpus.resolve()),
    }
    return about | ({"stemming": "none"} if models.encoder.is_multilingual else {})


def _manifest(task: _Task, models: Models) -> Manifest:
    """Describe what is going to be published, as far as it does not depend on the documents."""
    return Manifest(
        format=FORMAT,
        settings=task.settings.to_json(),
        encoder=models.encoder_folder,
        encoder_fingerprint=models.encoder.card.fingerprint,
        corpus=str(task.corpus.resolve()),
        corpus_sha256="",
        documents=0,
        passages=0,
        dimension=models.encoder.card.dimension,
        built_at="",
        complete=False,
        bytes={},
        sha256={},
        reader=models.reader,
    )


def _look(task: _Task, fingerprints: Fingerprints) -> Iterator[SourceFile | SkippedFile]:
    """Look at the files of the corpus, saying how many there were."""
    found = find_sources(
        task.corpus,
        max_bytes=task.limits.file_bytes,
        leave_out=task.index_dir,
        sha256_of=fingerprints.sha256,
    )
    for number, entry in enumerate(found, start=1):
        if not number % 100:
            task.progress(BuildEvent("looking at files", number, 0))
        yield entry


def _prepared(
    found: Iterator[SourceFile | SkippedFile],
    indexed: Mapping[str, str],
    fingerprints: Fingerprints,
    workspace: BuildWorkspace,
) -> Iterator[SourceFile | SkippedFile]:
    """Pass files on; the first that has changed says that there will be something to write."""
    for entry in found:
        if (
            isinstance(entry, SourceFile)
            and indexed.get(entry.doc_id) != entry.sha256
            and fingerprints.refusal(entry) is None
        ):
            workspace.prepare()
        yield entry


def _sample(task: _Task, fingerprints: Fingerprints) -> Iterator[ParsedDocument | SkippedFile]:
    """Read documents one by one, as they are asked for, without the pages that take long."""
    for entry in _look(task, fingerprints):
        if isinstance(entry, SourceFile):
            yield task.sandbox.parse(entry, wants_scans=lambda: False)


def _read_all(
    task: _Task,
    models: Models,
    plan: Plan,
    indexed: Mapping[str, str],
    fingerprints: Fingerprints,
    workspace: BuildWorkspace,
    batches: Batches,
    publisher: Publisher,
) -> list[SkippedFile]:
    """Read, cut and encode what is to be read, a batch at a time; take out what is gone."""
    counter = count(1)

    def tell(doc_id: str, problem: str = "") -> None:
        publisher.deal_with(doc_id)
        event = BuildEvent("documents", next(counter), len(plan.to_read), doc_id, problem)
        task.progress(event)

    renamed = {source.sha256 for source in plan.to_read}
    # Those that may only have another name now go last: their vectors are wanted.
    _remove(workspace, [name for name in plan.gone if indexed[name] not in renamed])
    skipped: list[SkippedFile] = []
    # Where other machines encode, what only needs that is read there, too.
    about = {"encoder_fingerprint": models.encoder.card.fingerprint} if task.elsewhere else {}
    stores = [s for s in workspace.read_alike() if about.items() <= s.about().items()]
    for read in _parsed(task, models, plan.to_read, indexed, fingerprints, stores):
        if isinstance(read, ParsedDocument):
            read = batches.cut(read, task.limits.seconds)
        if isinstance(read, RefusedFile):
            fingerprints.remember_refusal(read)
        if isinstance(read, SkippedFile):
            skipped.append(read)
            tell(read.doc_id, read.reason)
            continue
        batches.add(read)
        full = batches.waiting >= task.pace.batch_passages
        if batches.encode(tell) if full else batches.ready and batches.keep(tell):
            publisher.publish_early()
    batches.encode(tell)
    batches.keep(tell)
    # A document that cannot be read any more is not left as it was.
    unreadable = {entry.doc_id for entry in (*plan.skipped, *skipped)} & indexed.keys()
    still = {name for name in plan.gone if indexed[name] in renamed}
    _remove(workspace, sorted(still | unreadable))
    return skipped


def _parsed(
    task: _Task,
    models: Models,
    sources: Sequence[SourceFile],
    indexed: Mapping[str, str],
    fingerprints: Fingerprints,
    stores: Sequence[StoreReader],
) -> Iterator[ParsedDocument | Prepared | SkippedFile]:
    """Read files in parallel, the small ones first, so that there is soon something to ask.

    Those known from before come before all, and are not read again. With other machines, new
    ones come from there, cut and encoded; most vectors of a changed one are known here.
    """
    if not sources:
        return
    known = KnownDocuments(stores, sources)
    refused = {s.doc_id: fingerprints.refusal(s) for s in sources if not known.has(s)}
    unread = [source for source in sources if refused.get(source.doc_id, source) is None]
    unread.sort(key=_size)
    there = [source for source in unread if task.elsewhere and source.doc_id not in indexed]
    here = unread if not there else [source for source in unread if source.doc_id in indexed]
    unknown = task.sandbox.parse_all(here)
    for source in sources:
        if known.has(source):  # one that was carried on from may have lost it to a change meanwhile
            yield known.get(source) or task.sandbox.parse(source)
    yield from filter(None, refused.values())
    yield from unknown
    if task.elsewhere and there:
        task.progress(BuildEvent("joining the machines"))
        work = Work(program(), task.limits, models.limits, task.settings.language)
        yield from task.elsewhere(there, work, models.encoder.folder)


def _elsewhere(ray: str) -> _PrepareAll | None:
    """Return what has documents prepared on a Ray cluster; None without one."""
    if not ray:
        return None
    from qa.index.machines.spread import prepare_all  # only who has it needs Ray

    return partial(prepare_all, ray)


def _size(source: SourceFile) -> int:
    try:
        return Path(source.path).stat().st_size
    except OSError:  # gone meanwhile; reading it will say so
        return 0


def _remove(workspace: BuildWorkspace, doc_ids: Sequence[str]) -> None:
    if doc_ids:
        store = workspace.writer()
        with store.transaction():
            for doc_id in doc_ids:
                store.remove(doc_id)


def _finish(
    task: _Task, store: StoreBuilder, skipped: Sequence[tuple[str, str]], passages_added: int
) -> None:
    """Note what was skipped, and tidy up after many changes.

    Raises:
        CorpusError: There is no document, and there may not be none.
    """
    if not store.n_documents and not task.allow_empty:
        raise CorpusError(_nothing_readable(task.corpus, skipped))
    with store.transaction():
        store.set_skipped(skipped)
        if passages_added > _OPTIMIZE_SHARE * store.n_passages:
            store.optimize()


def _is_current(index: IndexReader, reader: str, skipped: Sequence[tuple[str, str]]) -> bool:
    """Whether the generation that answers is all that a build without changes could make."""
    manifest = index.manifest
    return (
        not index.damage
        and manifest.complete
        and manifest.reader == reader
        and index.store.skipped() == skipped
    )


def _contents(store: StoreReader) -> tuple[dict[str, str], int, list[tuple[str, tuple[int, ...]]]]:
    """Return what a store holds: hashes by id, number of passages, pages that were not read."""
    return store.hashes(), store.n_passages, store.unread_pages()


def _folder(name: Path | str, what: str) -> Path:
    """Take a folder's name; an empty one is not the current folder."""
    if not str(name).strip():
        raise UsageError(f"the name of the {what} folder is empty; for the current one, say “.”")
    return Path(name)


def _open_old(place: Place, progress: OnEvent) -> IndexReader | None:
    """Open the index that is there, to take over what has not changed; None if unusable."""
    try:
        return place.open_for_build()
    except IndexMissingError:
        return None
    except IndexDamagedError as error:
        progress(BuildEvent(f"building anew ({error})"))
        return None


def _nothing_readable(corpus: Path, skipped: Sequence[tuple[str, str]]) -> str:
    message = f"nothing to index in {corpus}: expected documents ({' '.join(SUFFIXES)}) with text"
    if skipped:
        doc_id, reason = skipped[0]
        message += f"; {len(skipped)} skipped, the first: {doc_id} ({reason})"
    return message
