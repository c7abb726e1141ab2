"""Tell which documents names, folders and patterns mean, as people type them."""

import posixpath
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase


def named(doc_ids: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """List the documents that any of the names, folders and patterns means, in their order."""
    return [doc_id for doc_id in doc_ids if any(_is_meant(doc_id, wanted) for wanted in patterns)]


def _is_meant(doc_id: str, wanted: str) -> bool:
    """Whether a document is the one named, lies in the folder named, or fits the pattern."""
    path = posixpath.normpath(wanted) if wanted else ""  # ./a/ is a
    inside = path == "." or doc_id.startswith(f"{path}/")
    return inside or doc_id in (wanted, path) or fnmatchcase(doc_id, path)
