"""One build at a time in an index folder: a lock that says who holds it."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock

from qa.errors import IndexLockedError

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
        index_dir.mkdir(parents=True, exist_ok=True)
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
            f"the index folder {index_dir} cannot be written ({error}); "
            "choose another with --index or change its permissions"
        ) from error
    try:
        _write_holder(index_dir)
        yield
    finally:
        lock.release()


def _write_holder(index_dir: Path) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"process": os.getpid(), "machine": socket.gethostname(), "since": since}
    try:
        (index_dir / _HOLDER).write_text(json.dumps(record), "utf-8")
    except OSError:  # a full disk; it only serves a message
        return


def _holder(index_dir: Path) -> str:
    try:
        record = json.loads((index_dir / _HOLDER).read_text("utf-8"))
        return f"process {record['process']} on {record['machine']}, since {record['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "of another process"
