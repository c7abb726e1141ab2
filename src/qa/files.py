"""Write files so that a power cut or a kill leaves the old or the new, never half; hash them."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_COPY_BYTES = 1 << 20


def file_sha256(path: Path) -> str:
    """Hash a file's bytes, in hex.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copy a file; return the hash, in hex, of what was read."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(_COPY_BYTES):
            digest.update(block)
            writing.write(block)
    return digest.hexdigest()


def sync(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's list of names is on the disk, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_text(path: Path, text: str) -> None:
    """Replace a text file as one step; if that fails, nothing is left of it."""
    part = path.with_name(path.name + ".new")
    try:
        part.write_text(text, "utf-8")
        sync(part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder to fill with files; it takes the place of `folder` if nothing fails.

    One at a time: runs under the build lock.
    """
    part = folder.with_name(f".part-{folder.name}")
    shutil.rmtree(part, ignore_errors=True)  # of a build that was killed
    part.mkdir(parents=True)
    try:
        yield part
        for file in part.iterdir():
            sync(file)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
