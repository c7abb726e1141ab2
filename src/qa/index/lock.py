"""Let one build at a time into an index folder, and say who holds it."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock
import msgspec

from qa.errors import IndexLockedError
from qa.files import make_folder

_LOCK_SECONDS = 600
_HOLDER = ".lock-holder"


@contextmanager
def build_lock(
    index_dir: Path, waiting: Callable[[str], object] = lambda holder: None
) -> Iterator[None]:
    """Hold the index folder for one build; wait for another that is running.

    The system frees the lock when its holder ends, however it ends.

    Args:
        index_dir: Made if it does not exist.
        waiting: Called once, with who holds the lock, if there is something to wait for.

    Raises:
        IndexLockedError: The other build has not ended after ten minutes, or the
            folder cannot be written to.
    """
    try:
        make_folder(index_dir)
        lock = filelock.FileLock(index_dir / ".lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            waiting(_holder(index_dir))
            lock.acquire(timeout=_LOCK_SECONDS)
    except filelock.Timeout as error:
        raise IndexLockedError(
            f"another build ({_holder(index_dir)}) has held {index_dir} for {_LOCK_SECONDS} s; "
            "wait for it or stop it"
        ) from error
    except OSError as error:
        raise IndexLockedError(
            f"the index folder {index_dir} cannot be written ({error}): free some space if the "
            "disk is full, change its permissions, or choose another with --index"
        ) from error
    try:
        _write_holder(index_dir)
        yield
    finally:
        lock.release()


class _Holder(msgspec.Struct):
    """Who holds the lock, as it says itself."""

    process: int
    machine: str
    since: str


def _write_holder(index_dir: Path) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    holder = _Holder(os.getpid(), socket.gethostname(), since)
    try:
        (index_dir / _HOLDER).write_bytes(msgspec.json.encode(holder))
    except OSError:  # a full disk; it only serves a message
        return


def _holder(index_dir: Path) -> str:
    try:
        holder = msgspec.json.decode((index_dir / _HOLDER).read_bytes(), type=_Holder)
        return f"process {holder.process} on {holder.machine}, since {holder.since}"
    except (OSError, ValueError, RecursionError):
        return "of another process"
