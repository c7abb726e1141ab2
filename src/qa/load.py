"""A corpus folder in, its files out: which there are, and which cannot be read at all.

Knows folders and file names. Does not know what is in a file; `sandbox` has that read.
Nothing here raises for a bad file: it comes back as a `SkippedFile` that says why.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qa.errors import CorpusError
from qa.formats import SUFFIXES, unsupported
from qa.schema import SkippedFile


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the corpus, not read yet.

    Attributes:
        doc_id: Its path below the corpus folder, with forward slashes.
        path: Where it is.
        sha256: Hash of its bytes, in hex, as it was looked at.
    """

    doc_id: str
    path: Path
    sha256: str


def check_corpus(corpus: Path) -> None:
    """See that there is a corpus folder, without listing it.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    if not corpus.is_dir():
        raise CorpusError(
            f"no corpus folder at {corpus}: expected a folder of documents ({' '.join(SUFFIXES)}); "
            "create it or name another with --corpus"
        )
    if not os.access(corpus, os.R_OK | os.X_OK):
        raise CorpusError(f"the corpus folder {corpus} cannot be read: check its permissions")


def list_files(corpus: Path, leave_out: Path | None = None) -> list[Path]:
    """Find every visible file below a corpus folder, sorted by path.

    Hidden files and folders are left out; folders are not entered through links.

    Args:
        corpus: The folder.
        leave_out: A folder that is not entered: the index, which may lie in the corpus.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    check_corpus(corpus)
    found: list[Path] = []
    hidden = leave_out.resolve() if leave_out else None

    def keep_unlisted(error: OSError) -> None:  # to be reported as skipped
        found.append(Path(error.filename))

    for folder, folders, files in os.walk(corpus, onerror=keep_unlisted):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and Path(folder, name).resolve() != hidden
        ]
        found.extend(Path(folder, name) for name in files if not name.startswith("."))
    return sorted(found, key=lambda path: path.relative_to(corpus).as_posix())


def find_sources(
    corpus: Path, *, max_bytes: int, leave_out: Path | None = None
) -> Iterator[SourceFile | SkippedFile]:
    """Look at the files of a corpus folder, one at a time, in `list_files` order.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    root = corpus.resolve()
    for path in list_files(corpus, leave_out):
        yield _look_at(path, root, path.relative_to(corpus).as_posix(), max_bytes)


def source_path(corpus: Path, doc_id: str) -> Path | None:
    """Find the file behind a document; None when it is gone or leads out of the corpus."""
    path = corpus / doc_id
    try:
        inside = path.resolve().is_relative_to(corpus.resolve())
        return path if inside and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # a link to itself; a NUL in the name
        return None


def file_sha256(path: Path) -> str:
    """Hash a file's bytes, in hex.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def title_from_name(doc_id: str) -> str:
    """What a document is called that does not say so itself: its file's name."""
    return PurePosixPath(doc_id).stem[:200]


def _look_at(path: Path, root: Path, doc_id: str, max_bytes: int) -> SourceFile | SkippedFile:
    # A name that is not UTF-8 reaches Python as lone surrogates, which neither SQLite nor
    # JSON can hold.
    printable = doc_id.encode("utf-8", "backslashreplace").decode("utf-8")
    if printable != doc_id:
        return SkippedFile(printable, "its name is not valid UTF-8: rename it")
    try:
        if path.is_dir():
            return SkippedFile(doc_id, "a folder that cannot be listed: check its permissions")
        if (reason := unsupported(doc_id)) is not None:
            return SkippedFile(doc_id, reason)
        if not path.is_file():
            return SkippedFile(doc_id, "not a regular file, or a link to nothing")
        if not path.resolve().is_relative_to(root):
            return SkippedFile(doc_id, "a link that leads out of the corpus: copy the file instead")
        size = path.stat().st_size
        if size > max_bytes:
            return SkippedFile(
                doc_id, f"{size:,} bytes, over the limit of {max_bytes:,} (--max-file-mb)"
            )
        return SourceFile(doc_id, path.absolute(), file_sha256(path))
    except OSError as error:
        return SkippedFile(doc_id, f"cannot be read: {error.strerror or error}")
