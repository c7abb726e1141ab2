"""List the files of a corpus folder, and say which cannot be read at all.

Knows folders and file names. Does not know what is in a file; `sandbox` has that read.
Nothing here raises for a bad file: it comes back as a `SkippedFile` that says why.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qa.errors import CorpusError
from qa.files import file_sha256
from qa.formats import SUFFIXES, unsupported
from qa.schema import SkippedFile

Hasher = Callable[[str, str, os.stat_result], str]
"""Returns a file's SHA-256 by its id, its path and what the file system says of it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the corpus, not read yet.

    Attributes:
        doc_id: Its path below the corpus folder, with forward slashes.
        path: Where it is.
        sha256: Hash of its bytes, in hex, as it was looked at.
    """

    doc_id: str
    path: str
    sha256: str


def check_corpus(corpus: Path) -> None:
    """See that there is a corpus folder, without listing it.

    Raises:
        CorpusError: The folder does not exist, cannot be listed or has a name that is not UTF-8.
    """
    if not corpus.is_dir():
        raise CorpusError(
            f"no corpus folder at {corpus}: expected a folder of documents ({' '.join(SUFFIXES)}); "
            "create it or name another with --corpus"
        )
    path = str(corpus.resolve())
    if (shown := _printable(path)) != path:
        raise CorpusError(f"the name of the corpus folder {shown} is not valid UTF-8: rename it")
    if not os.access(corpus, os.R_OK | os.X_OK):
        raise CorpusError(f"the corpus folder {corpus} cannot be read: check its permissions")


def list_files(corpus: Path, leave_out: Path | None = None) -> list[str]:
    """List the paths of all visible files below a corpus folder, with forward slashes, sorted.

    Hidden files and folders are left out; folders are not entered through links.

    Args:
        corpus: The folder.
        leave_out: A folder that is not entered: the index, which may lie in the corpus.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    check_corpus(corpus)
    found: list[str] = []
    hidden = leave_out.resolve() if leave_out else None

    def keep_unlisted(error: OSError) -> None:  # to be reported as skipped
        found.append(_below(corpus, error.filename))

    for folder, folders, files in os.walk(corpus, onerror=keep_unlisted):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not (hidden and _is(Path(folder, name), hidden))
        ]
        below = _below(corpus, folder)
        start = f"{below}/" if below != "." else ""
        found.extend(start + name for name in files if not name.startswith("."))
    return sorted(found)


def find_sources(
    corpus: Path, *, max_bytes: int, leave_out: Path | None = None, sha256_of: Hasher | None = None
) -> Iterator[SourceFile | SkippedFile]:
    """Look at the files of a corpus folder, one at a time, in `list_files` order.

    Args:
        corpus: The folder.
        max_bytes: Larger files are skipped.
        leave_out: A folder that is not entered.
        sha256_of: Returns a file's hash; None to read every file.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    root, base = corpus.resolve(), str(corpus.absolute())
    sha256_of = sha256_of or (lambda doc_id, path, status: file_sha256(Path(path)))
    for doc_id in list_files(corpus, leave_out):  # a `Path` for each would take half of the time
        yield _look_at(doc_id, f"{base}{os.sep}{doc_id}", root, max_bytes, sha256_of)


def source_path(corpus: Path, doc_id: str) -> Path | None:
    """Find the file behind a document; None when it is gone or leads out of the corpus."""
    path = corpus / doc_id
    try:
        inside = path.resolve().is_relative_to(corpus.resolve())
        return path if inside and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # a link to itself; a NUL in the name
        return None


def title_from_name(doc_id: str) -> str:
    """What a document is called that does not say so itself: its file's name."""
    return PurePosixPath(doc_id).stem[:200]


def _printable(name: str) -> str:
    """Return a name as it is if it is UTF-8.

    Another reaches Python as lone surrogates, which neither SQLite nor JSON can hold.
    """
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")


def _below(corpus: Path, path: str) -> str:
    return os.path.relpath(path, corpus).replace(os.sep, "/")


def _is(folder: Path, other: Path) -> bool:
    """Whether a folder is the same as one whose path is resolved; quick if its name tells."""
    return folder.name == other.name and folder.resolve() == other


def _look_at(
    doc_id: str, path: str, root: Path, max_bytes: int, sha256_of: Hasher
) -> SourceFile | SkippedFile:
    printable = _printable(doc_id)
    if printable != doc_id:
        return SkippedFile(printable, "its name is not valid UTF-8: rename it")
    try:
        status, is_link = _status(path)
        if status and stat.S_ISDIR(status.st_mode):
            return SkippedFile(doc_id, "a folder that cannot be listed: check its permissions")
        if (reason := unsupported(doc_id)) is not None:
            return SkippedFile(doc_id, reason)
        if not status or not stat.S_ISREG(status.st_mode):
            return SkippedFile(doc_id, "not a regular file, or a link to nothing")
        # Folders are not entered through links, so only the file itself can be one; on Windows a
        # folder can be a junction, which Python 3.11 enters.
        may_lead_out = is_link or os.name == "nt"
        if may_lead_out and not Path(path).resolve().is_relative_to(root):
            return SkippedFile(doc_id, "a link that leads out of the corpus: copy the file instead")
        if status.st_size > max_bytes:
            return SkippedFile(
                doc_id,
                f"{status.st_size:,} bytes, over the limit of {max_bytes:,} (--max-file-mb)",
            )
        return SourceFile(doc_id, path, sha256_of(doc_id, path, status))
    except OSError as error:
        return SkippedFile(doc_id, f"cannot be read: {error.strerror or error}")


def _status(path: str) -> tuple[os.stat_result | None, bool]:
    """Ask the file system about a file, through links; None if they lead to nothing.

    Returns:
        What it says, and whether the file is a link.
    """
    try:
        status = os.lstat(path)
        is_link = stat.S_ISLNK(status.st_mode)
        return Path(path).stat() if is_link else status, is_link
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return None, False
        raise
