"""Say which files have to be read, which documents are known from before, and which are gone.

Goes by content hash alone, so that a touched file is not a changed one. Does not know how a
store is chosen, nor what is done with a document.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.documents.load import SourceFile, title_from_name
from qa.formats import suffix_of
from qa.index.stores.protocols import StoreReader
from qa.schema import ParsedDocument, SkippedFile


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do.

    Attributes:
        sources: All files that may hold a document, in order.
        skipped: The others, in order.
        to_read: Of the sources, those whose content the index does not have under their name.
        gone: Ids of indexed documents whose file is no longer there, sorted.
    """

    sources: tuple[SourceFile, ...]
    skipped: tuple[SkippedFile, ...]
    to_read: tuple[SourceFile, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """How one state of an index differs from another, counted in documents."""

    added: int
    changed: int
    renamed: int
    removed: int


class KnownDocuments:
    """Files' documents that some stores have as their parsers gave them, by content and kind."""

    def __init__(self, stores: Sequence[StoreReader], sources: Sequence[SourceFile]) -> None:
        wanted = {source.sha256 for source in sources}
        self._where = {
            (sha256, suffix_of(doc_id)): (store, doc_id)
            for store in reversed(stores)
            for doc_id, sha256 in store.hashes().items()
            if sha256 in wanted
        }

    def has(self, source: SourceFile) -> bool:
        """Whether a file's content is there, read as a file of its kind."""
        return (source.sha256, suffix_of(source.doc_id)) in self._where

    def get(self, source: SourceFile) -> ParsedDocument | None:
        """Return a file's document under its own name; None if it is not there any more."""
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


def make_plan(found: Iterable[SourceFile | SkippedFile], indexed: Mapping[str, str]) -> Plan:
    """Compare files with what is indexed.

    Args:
        found: The files of the corpus folder.
        indexed: SHA-256 of each indexed document by id.
    """
    sources: list[SourceFile] = []
    skipped: list[SkippedFile] = []
    for entry in found:
        if isinstance(entry, SourceFile):
            sources.append(entry)
        else:
            skipped.append(entry)
    to_read = tuple(s for s in sources if indexed.get(s.doc_id) != s.sha256)
    gone = tuple(sorted(indexed.keys() - {source.doc_id for source in sources}))
    return Plan(tuple(sources), tuple(skipped), to_read, gone)


def count_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """Compare two states, each SHA-256 by id; a renamed document counts only as that."""
    new = [name for name in after if name not in before]
    lost: dict[str, int] = {}
    for name, sha256 in before.items():
        if name not in after:
            lost[sha256] = lost.get(sha256, 0) + 1
    renamed = 0
    for name in new:
        if lost.get(after[name], 0):
            lost[after[name]] -= 1
            renamed += 1
    changed = sum(name in before and before[name] != sha256 for name, sha256 in after.items())
    return Changes(len(new) - renamed, changed, renamed, sum(lost.values()))
