"""Notice when a model's files are not what was written.

    hashes.json   SHA-256 of each file beside it, by name

One flipped bit among the weights shows nowhere else: most networks answer all the same, only
worse. Does not know what the files are for.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from qa.files import file_sha256

HASHES_FILE = "hashes.json"
_NOT_HASHED = (HASHES_FILE, "README.md")


def write_hashes(folder: Path) -> None:
    """Write down the hashes of a model folder's files as they are."""
    found = {path.name: file_sha256(path) for path in _hashed(folder)}
    (folder / HASHES_FILE).write_text(json.dumps(found, indent=2) + "\n", "utf-8")


def what_changed(folder: Path) -> str:
    """Say which of a model folder's files is not what was written; empty if none is.

    Folders without hashes, of earlier versions or made elsewhere, are taken as they are.

    Raises:
        OSError: A file is missing or cannot be read.
        ValueError: The hashes themselves are damaged.
    """
    path = folder / HASHES_FILE
    if not path.exists():
        return ""
    expected = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    for name, sha256 in expected.items():
        if file_sha256(folder / name) != sha256:
            return f"{name} is not what was written"
    return ""


@contextmanager
def checked(folder: Path) -> Iterator[None]:
    """Hash a model folder's files while they are being opened.

    Raises:
        ValueError: One of them is not what was written.
        OSError: One of them is missing.
    """
    found: list[str | Exception] = []

    def check() -> None:
        try:
            found.append(what_changed(folder))
        except (OSError, ValueError) as error:
            found.append(error)

    hashing = threading.Thread(target=check, daemon=True)
    hashing.start()
    try:
        yield
    finally:
        hashing.join()
    (problem,) = found
    if isinstance(problem, Exception):
        raise problem
    if problem:
        raise ValueError(problem)


def _hashed(folder: Path) -> list[Path]:
    paths = (path for path in folder.iterdir() if path.is_file() and path.name not in _NOT_HASHED)
    return sorted(path for path in paths if not path.name.startswith("."))
