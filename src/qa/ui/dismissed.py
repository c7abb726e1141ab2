"""Remember which failures a person has seen and does not want to be told again.

One is the file and the reason why it was not read: with another reason it is another failure.
"""

import json
import threading
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from qa.files import replace_text

DISMISSED_FILE = "dismissed.json"
Failure = tuple[str, str]  # a file's name, and why it was not read


class Dismissed:
    """Failures that were dismissed, kept in a file if that can be done.

    Safe to use from several threads.
    """

    def __init__(self, path: Path) -> None:
        """Read what was dismissed before; a file that cannot be read is none."""
        self._path = path
        self._lock = threading.Lock()
        try:
            self._failures = set(msgspec.json.decode(path.read_bytes(), type=list[Failure]))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            self._failures = set()

    @property
    def failures(self) -> frozenset[Failure]:
        """What was dismissed."""
        with self._lock:
            return frozenset(self._failures)

    def add(self, failures: Iterable[Failure]) -> None:
        """Dismiss failures."""
        with self._lock:
            self._keep(self._failures | set(failures))

    def forget(self, names: Collection[str]) -> None:
        """Tell of files again that a person has tried once more."""
        with self._lock:
            self._keep({failure for failure in self._failures if failure[0] not in names})

    def _keep(self, failures: set[Failure]) -> None:
        if failures == self._failures:
            return
        self._failures = failures
        try:
            replace_text(self._path, json.dumps(sorted(failures), ensure_ascii=False))
        except (OSError, UnicodeEncodeError):  # they are told again after the next start
            return
