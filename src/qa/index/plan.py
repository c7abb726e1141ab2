"""A corpus folder's files against what an index holds: what is to be read and what goes.

Pure; by content hash alone, so that a touched file is not a changed one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qa.documents.load import SourceFile
from qa.schema import SkippedFile


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
