"""Keep what is uploaded in a folder of its own, until it is taken, or is too old to be.

Does not know what uploads are for.
"""

import shutil
import tempfile
import time
from pathlib import Path

import filelock

_PREFIX = "qa-uploads-"
_KEPT_SECONDS = 3600.0


class Uploads:
    """A folder for uploads. Safe to use from several threads."""

    def __init__(self) -> None:
        """Make the folder; what programs left that were killed is removed."""
        for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            _remove_if_left(left)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = filelock.FileLock(_lock_of(self.folder), thread_local=False)
        self._lock.acquire()

    def sweep(self) -> None:
        """Remove what nobody has taken within an hour, and folders of what was taken."""
        oldest = time.time() - _KEPT_SECONDS
        for path in self.folder.iterdir():
            try:
                if path.stat().st_mtime < oldest and path != _lock_of(self.folder):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                elif path.is_dir() and not any(path.iterdir()):
                    path.rmdir()
            except OSError:  # another upload has come into it, or it is gone already
                continue

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def _lock_of(folder: Path) -> Path:
    return folder / ".lock"


def _remove_if_left(folder: Path) -> None:
    """Remove a folder unless a program that is running has it."""
    try:
        with filelock.FileLock(_lock_of(folder), timeout=0):
            pass
    except (OSError, filelock.Timeout):  # in use, or another user's
        return
    shutil.rmtree(folder, ignore_errors=True)
