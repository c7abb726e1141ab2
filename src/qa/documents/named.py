"""Tell which documents names, folders and patterns mean, as people type them."""

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate

_WILD = re.compile(r"[*?[]")
_FILE = re.compile(r"[^\s\"“”‘’'()<>,;:?!]+\.[A-Za-z][A-Za-z0-9]{1,4}\b")


def named(doc_ids: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """List the documents that any of the names, folders and patterns means, in their order."""
    paths = {posixpath.normpath(wanted) if wanted else "" for wanted in patterns}  # ./a/ is a
    if "." in paths:
        return list(doc_ids)
    names = paths.union(patterns)
    folders = tuple(f"{path}/" for path in paths)
    fits = [re.compile(translate(path)).match for path in paths if _WILD.search(path)]
    return [
        doc_id
        for doc_id in doc_ids
        if doc_id in names or doc_id.startswith(folders) or any(fit(doc_id) for fit in fits)
    ]


def named_in(question: str, doc_ids: Callable[[], Iterable[str]]) -> list[str]:
    """List the documents whose files a question names with their ending: “in plant.txt”.

    Args:
        question: As asked.
        doc_ids: Lists all documents; asked only if there is something like a file's name.
    """
    names = {name.lower() for name in _FILE.findall(question)}
    if not names:
        return []
    return [
        doc_id
        for doc_id in doc_ids()
        if doc_id.lower() in names or posixpath.basename(doc_id).lower() in names
    ]
