"""Read, cut and encode the documents that a build has to, and take out those that are gone.

Does not know how files are found, nor how what is ready is published.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from qa.documents.fingerprints import Fingerprints
from qa.documents.load import SourceFile
from qa.index.batches import Batches
from qa.index.machines.work import Work, program
from qa.index.passages.cut import Prepared
from qa.index.plan import KnownDocuments, Plan
from qa.index.prepare_models import Models
from qa.index.progress import BuildEvent
from qa.index.publish import Publisher
from qa.index.stores.protocols import BuildWorkspace, StoreReader
from qa.index.task import Task
from qa.schema import ParsedDocument, RefusedFile, SkippedFile


def read_all(
    task: Task,
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
    task: Task,
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
