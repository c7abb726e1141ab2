"""Write files whole or not at all, hash them, and read JSON back by its shape."""

import errno
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


Check = Callable[[], object]
"""Called now and then while something takes long; what it raises ends that."""

# Large: after each a thread may wait for its turn.
_BLOCK, _HASHED = 1 << 24, 1 << 22


def file_sha256(path: Path, check: Check = lambda: None) -> str:
    """Hash a file's bytes, in hex.

    Raises:
        OSError: It cannot be read.
    """
    digest, block = hashlib.sha256(), bytearray(_HASHED)
    view = memoryview(block)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(block):
            digest.update(view[:size])
            check()
    return digest.hexdigest()


def copy_hashed(source: Path, target: Path, check: Check = lambda: None) -> str:
    """Copy a file; return the hash, in hex, of the copy.

    Where the system can it copies, which takes a third of what reading and writing it here does.
    """
    with source.open("rb", buffering=0) as read, target.open("wb", buffering=0) as written:
        if not _sent(read.fileno(), written.fileno(), check):
            while block := read.read(_BLOCK):
                written.write(block)
                check()
    return file_sha256(target, check)


def _sent(source: int, target: int, check: Check) -> bool:
    """Have the system copy a file a block at a time; False if it cannot."""
    if sys.platform != "linux":
        return False
    done = 0
    try:
        while sent := os.sendfile(target, source, done, _BLOCK):
            done += sent
            check()
    except OSError as error:
        if done or error.errno not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
        return False
    return True


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


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, and wait until they are on the disk."""
    made = [part for part in (folder, *folder.parents) if not part.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for part in made:
        sync_folder(part.parent)


def replace_text(path: Path, text: str) -> None:
    """Replace a text file as one step; if that fails, nothing is left of it."""
    part = path.with_name(path.name + ".new")
    try:
        part.write_text(text, "utf-8")
        sync(part)
        part.replace(path)
        sync_folder(path.parent)
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
    make_folder(part)
    try:
        yield part
        for path in part.rglob("*"):
            (sync_folder if path.is_dir() else sync)(path)
        sync_folder(part)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def json_lines(records: Iterable[Any]) -> str:
    """Write each record as one line of JSON."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def read_json_lines(text: str) -> Iterator[tuple[int, Any]]:
    """Parse JSON lines, blank ones aside; each comes with its number, from 1.

    Raises:
        ValueError: A line is not JSON; says which.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line, parse_constant=_no_constant)
            except (ValueError, RecursionError) as error:
                raise ValueError(f"line {number}: not JSON ({error})") from error


def read_json(text: str) -> Any:
    """Parse JSON.

    Raises:
        ValueError: It is not JSON, or nested too deep to be read.
    """
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def decode(value: Any, kind: type[T]) -> T:
    """Turn parsed JSON into a dataclass; fields that the class has not are left out.

    Raises:
        ValueError: It has another shape; says where: "data[0].context is no str but int".
    """
    import msgspec

    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(_in_words(str(error))) from error


def _in_words(said: str) -> str:
    """Say msgspec's message as we say others."""
    what, _, where = said.partition(" - at `$")
    where = where.strip(".`") or "it"
    if wrong := re.fullmatch(r"Expected `(.+)`, got `(.+)`", what):
        wanted, found = (name.replace("array", "list") for name in wrong.groups())
        return f"{where} is no {wanted.replace(' | ', ' or ')} but {found}"
    if missing := re.fullmatch(r"Object missing required field `(.+)`", what):
        return f"{where} lacks {missing[1]!r}"
    return f"{where}: {what}"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
