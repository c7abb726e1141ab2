"""Define what is told of bringing the index up to date: how far it is, what became of files.

Does not know the folder or the process.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

_LISTED_FILES = 200


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What became of one file.

    Attributes:
        name: Its path below the corpus folder, or its name as it came.
        problem: Why it is not among the documents; empty when it is.
        note: What else a person should know, or empty.
        waiting: Whether it is in the corpus folder but has not been read yet.
    """

    name: str
    problem: str = ""
    note: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """How far bringing the index up to date is.

    Attributes:
        running: Whether it is going on.
        stage: What it is doing, in words.
        done: Documents done.
        total: Documents to be read; 0 when not known.
        files: The files handled last, newest first.
        summary: What came of it, when it has ended well.
        error: Why it failed, or empty.
    """

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    files: tuple[FileStatus, ...] = ()
    summary: str = ""
    error: str = ""


def newest(files: Sequence[FileStatus], before: Sequence[FileStatus]) -> tuple[FileStatus, ...]:
    """Put files before those known; the notes of one known are kept.

    As many are kept that could not be read as that could: neither push the other out.
    """
    notes = {file.name: file.note for file in before if file.note}
    fresh = [replace(file, note=file.note or notes.get(file.name, "")) for file in reversed(files)]
    names = {file.name for file in fresh}
    kept = [*fresh, *(file for file in before if file.name not in names)]
    for failed in (False, True):
        alike = [file for file in kept if bool(file.problem) == failed]
        dropped = set(alike[_LISTED_FILES:])
        kept = [file for file in kept if file not in dropped]
    return tuple(kept)


def all_read(files: Sequence[FileStatus]) -> tuple[FileStatus, ...]:
    """Say of files that none is waiting any more."""
    return tuple(replace(file, waiting=False) for file in files)
