"""Build the index of a corpus folder: load → chunk → embed → index, then publish.

Works in batches of documents, each kept as soon as it is done: a killed build is carried
on by the next. What has not changed is never read or encoded again. Does not know questions.
"""

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

from qa.documents.fingerprints import Fingerprints
from qa.documents.load import check_corpus
from qa.documents.sandbox import Sandbox
from qa.errors import CorpusError, IndexDamagedError, IndexMissingError, IndexWriteError, UsageError
from qa.formats import SUFFIXES, parser_version
from qa.index import sources
from qa.index.batches import Batches
from qa.index.folders import check_index_dir
from qa.index.lock import build_lock
from qa.index.opening import place_of
from qa.index.plan import count_changes, make_plan
from qa.index.prepare_models import Models, prepare_models
from qa.index.progress import BuildEvent, BuildReport, OnEvent, one_at_a_time
from qa.index.publish import Pace, Publisher
from qa.index.reading import read_all
from qa.index.stores.manifest import FORMAT, Manifest
from qa.index.stores.protocols import IndexReader, Place, StoreBuilder, StoreReader
from qa.index.task import PrepareAll, Task
from qa.models.encoder import available_cores
from qa.schema import SkippedFile
from qa.settings import BuildSettings, ParseLimits

__all__ = ["BuildEvent", "BuildReport", "Pace", "build_index"]

# A full-text index that has changed by more than this is merged into one piece again.
_OPTIMIZE_SHARE = 0.1


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
                task = Task(
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


def _build(task: Task, old: IndexReader | None, *, take_over: bool) -> BuildReport:
    """Go through the steps of a build.

    Args:
        task: What was asked for.
        old: The index that answers, if there is one.
        take_over: Whether what it and a killed build have counts.
    """
    reading = {"format": FORMAT, "parsers": parser_version(), "limits": asdict(task.limits)}
    fingerprints = Fingerprints(task.index_dir, task.corpus, reading, take_over=take_over)
    models = prepare_models(
        task.index_dir, task.settings, sources.sample(task, fingerprints), task.progress
    )
    source = old if take_over else None
    dimension = models.encoder.card.dimension
    with task.place.workspace(
        _about(task, models), dimension, source, models.encoder.encode_query, task.progress
    ) as workspace:
        if take_over:
            workspace.resume()
        base = workspace.base()
        indexed = base.hashes() if base else {}
        found = sources.announced(task, fingerprints, indexed, workspace)
        plan = make_plan(found, indexed)
        before = {} if not old else indexed if base is old.store else old.store.hashes()
        # Partial results may answer only once they hold all that answers now.
        there = {source.doc_id for source in plan.sources}
        missing = (there & before.keys()) - indexed.keys()
        publisher = Publisher(workspace, _manifest(task, models), missing, task.pace, task.progress)
        with closing(Batches(workspace, models, task.settings.language, task.progress)) as batches:
            skipped = read_all(
                task, models, plan, indexed, fingerprints, workspace, batches, publisher
            )
        listed = sorted((entry.doc_id, entry.reason) for entry in (*plan.skipped, *skipped))
        current = None if workspace.changed else workspace.seed()
        up_to_date = current is not None and _is_current(current, models, listed)
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


def _about(task: Task, models: Models) -> dict[str, str]:
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


def _manifest(task: Task, models: Models) -> Manifest:
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


def _finish(
    task: Task, store: StoreBuilder, skipped: Sequence[tuple[str, str]], passages_added: int
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


def _is_current(index: IndexReader, models: Models, skipped: Sequence[tuple[str, str]]) -> bool:
    """Whether the generation that answers is all that a build without changes could make."""
    manifest = index.manifest
    return (
        not index.damage
        and manifest.complete
        # Where its encoder is kept: what came with an earlier version may now be another.
        and (manifest.encoder, manifest.reader) == (models.encoder_folder, models.reader)
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


def _elsewhere(ray: str) -> PrepareAll | None:
    """Return what has documents prepared on a Ray cluster; None without one."""
    if not ray:
        return None
    from qa.index.machines.spread import prepare_all  # only who has it needs Ray

    return partial(prepare_all, ray)


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
