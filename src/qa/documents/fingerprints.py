"""What builds have seen of the corpus's files, so as not to read again what has not changed.

    seen.json   beside the generations, but about the files alone: true whatever is indexed

A file's hash is remembered with what the file system says of it, as in git's index, and taken
from there while all of that is the same. A parser's refusal is remembered with the file's hash, and
with all that it depends on beside. What is missing here costs time, nothing else. Runs
under the build lock.
"""

import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

from qa.documents.load import SourceFile
from qa.files import file_sha256, replace_text
from qa.formats import suffix_of
from qa.schema import RefusedFile

SEEN = "seen.json"
_VERSION = 1
# A file that is written to twice within one step of the file system's clock may look the same
# after the second time. The coarsest steps are 2 s (FAT); another second is for clocks that lag
# behind ours: the kernel's by a tick, a server's by more. What has changed within that time
# before it is read is not remembered (git: Documentation/technical/racy-git.adoc).
_SETTLED_NS = 3_000_000_000


class Signature(NamedTuple):
    """What tells that a file has not been written to, as far as a file system tells.

    Whoever writes a file can put its time of modification back, but not its time of change.
    A file that takes another's place by a rename has another inode, and a new time of change.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Signature | None":
        """Read a file's; None where the system has none that can be relied on."""
        # Windows has the time of creation in its place.
        if os.name == "nt" or not status.st_ino:
            return None
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Fingerprints:
    """What is known of a corpus's files, and what is found out about them now."""

    def __init__(
        self, index_dir: Path, corpus: Path, reading: dict[str, Any], *, take_over: bool
    ) -> None:
        """Read what is there.

        Args:
            index_dir: Where it is or will be.
            corpus: The folder of the files; what was seen of another is forgotten.
            reading: What decides whether a file can be read, beside its bytes and its kind, as
                JSON; what was refused under another is tried again.
            take_over: Whether what was seen before counts.
        """
        self._path = index_dir / SEEN
        self._about = {"version": _VERSION, "corpus": str(corpus.resolve())}
        self._reading = reading
        before = _read(self._path)
        # Were the clock put back, new times could repeat old ones.
        counts = before.get("at", 0) <= time.time_ns()
        if not counts or any(before.get(name) != value for name, value in self._about.items()):
            before = {}
        self._before = before
        self._known = _entries(before) if take_over else {}
        self._files: dict[str, tuple[Signature, str]] = {}
        known = take_over and before.get("reading") == reading
        self._known_refused = _reasons(before) if known else {}
        self._refused: dict[str, str] = {}

    def sha256(self, doc_id: str, path: Path, status: os.stat_result) -> str:
        """Give a file's hash, in hex, reading it only if it may have changed.

        Args:
            doc_id: What it is remembered by.
            path: Where it is.
            status: What the file system says of it, asked for just before.

        Raises:
            OSError: It cannot be read.
        """
        signature = Signature.of(status)
        known = self._known.get(doc_id)
        if known is not None and known[0] == signature:
            self._files[doc_id] = known
            return known[1]
        started = time.time_ns()
        sha256 = file_sha256(path)
        if signature is not None and _settled(signature, started):
            self._files[doc_id] = (signature, sha256)
        return sha256

    def refusal(self, source: SourceFile) -> RefusedFile | None:
        """Give a file's refusal if it is known; None if it is to be read."""
        reason = self._known_refused.get(source.sha256 + suffix_of(source.doc_id))
        return RefusedFile(source.doc_id, reason, source.sha256) if reason else None

    def remember_refusal(self, refused: RefusedFile) -> None:
        """Remember a refusal."""
        self._refused[refused.sha256 + suffix_of(refused.doc_id)] = refused.reason

    def save(self) -> None:
        """Keep what was seen, if it is not what was there; a failure costs only time."""
        files = {
            doc_id: [*signature, sha256] for doc_id, (signature, sha256) in self._files.items()
        }
        record = {
            **self._about,
            "files": files,
            "reading": self._reading,
            "refused": self._refused,
        }
        if record == {name: value for name, value in self._before.items() if name != "at"}:
            return
        try:
            replace_text(self._path, json.dumps({**record, "at": time.time_ns()}) + "\n")
        except OSError:
            return


def _settled(signature: Signature, at: int) -> bool:
    return max(signature.mtime_ns, signature.ctime_ns) + _SETTLED_NS < at


def _read(path: Path) -> dict[str, Any]:
    """Read the file; empty if it is missing or damaged."""
    try:
        record = json.loads(path.read_text("utf-8"))
        return record if isinstance(record["files"], dict) and record["at"] >= 0 else {}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}


def _reasons(record: dict[str, Any]) -> dict[str, str]:
    refused = record.get("refused")
    if not isinstance(refused, dict):
        return {}
    return {key: reason for key, reason in refused.items() if isinstance(reason, str)}


def _entries(record: dict[str, Any]) -> dict[str, tuple[Signature, str]]:
    try:
        return {
            doc_id: (Signature(*numbers), str(sha256))
            for doc_id, (*numbers, sha256) in record.get("files", {}).items()
        }
    except (ValueError, TypeError):
        return {}
