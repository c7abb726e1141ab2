"""Look at the files of a build's corpus. Does not know how documents are kept."""

from collections.abc import Iterator, Mapping

from qa.documents.fingerprints import Fingerprints
from qa.documents.load import SourceFile, find_sources
from qa.index.progress import BuildEvent
from qa.index.stores.protocols import BuildWorkspace
from qa.index.task import Task
from qa.schema import ParsedDocument, SkippedFile


def look(task: Task, fingerprints: Fingerprints) -> Iterator[SourceFile | SkippedFile]:
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


def announced(
    task: Task, fingerprints: Fingerprints, indexed: Mapping[str, str], workspace: BuildWorkspace
) -> Iterator[SourceFile | SkippedFile]:
    """Look, and let the workspace know as soon as a file will probably have to be written.

    Args:
        task: What was asked for.
        fingerprints: What builds have seen before.
        indexed: SHA-256 of each indexed document by id.
        workspace: Where documents go.
    """
    base = workspace.base()
    skipped = {doc_id for doc_id, _ in base.skipped()} if base else set()
    for entry in look(task, fingerprints):
        if (
            isinstance(entry, SourceFile)
            and indexed.get(entry.doc_id) != entry.sha256
            and entry.doc_id not in skipped
            and fingerprints.refusal(entry) is None
        ):
            workspace.prepare()
        yield entry


def sample(task: Task, fingerprints: Fingerprints) -> Iterator[ParsedDocument | SkippedFile]:
    """Read documents one by one, as they are asked for, without the pages that take long."""
    for entry in look(task, fingerprints):
        if isinstance(entry, SourceFile):
            yield task.sandbox.parse(entry, wants_scans=lambda: False)
