"""Remember what the corpus's files were like, so as not to read again what has not changed.

    seen.json   beside the generations, but about the files alone: true whatever is indexed

A file's hash is remembered with what the file system says of it, as in git's index, and taken
from there while all of that is the same. A parser's refusal is remembered with the file's hash, and
with all that it depends on beside. What is missing here costs time, nothing else. Runs
under the build lock.
"""

import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from qa.documents.load import SourceFile
from qa.files import file_sha256, replace_text
from qa.formats import suffix_of
from qa.schema import RefusedFile

FINGERPRINTS = "seen.json"
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


@dataclass(frozen=True, slots=True)
class _Record:
    """The content of `seen.json`.

    Attributes:
        version: Of this layout.
        corpus: Absolute path of the folder of the files.
        files: By id, the four numbers of the signature and the hash.
        reading: What decides whether a file can be read, beside its bytes and its kind.
        refused: Why files were refused, by hash and suffix.
        at: When it was written, in ns; 0 before that.
    """

    version: int
    corpus: str
    files: dict[str, tuple[int, int, int, int, str]]
    reading: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    at: int = 0


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
        self._path = index_dir / FINGERPRINTS
        before = _read(self._path)
        # Were the clock put back, new times could repeat old ones.
        if not 0 < before.at <= time.time_ns():
            before = _NOTHING
        self._now = _Record(_VERSION, str(corpus.resolve()), {}, reading)
        same = (before.version, before.corpus) == (self._now.version, self._now.corpus)
        self._before = before if same else _NOTHING
        self._known = self._before.files if take_over else {}
        as_before = take_over and self._before.reading == reading
        self._refused = self._before.refused if as_before else {}

    def sha256(self, doc_id: str, path: str, status: os.stat_result) -> str:
        """Return a file's hash, in hex, reading it only if it may have changed.

        Args:
            doc_id: What it is remembered by.
            path: Where it is.
            status: What the file system says of it, asked for just before.

        Raises:
            OSError: It cannot be read.
        """
        signature = Signature.of(status)
        known = self._known.get(doc_id)
        if known is not None and known[:-1] == signature:
            self._now.files[doc_id] = known
            return known[-1]
        started = time.time_ns()
        sha256 = file_sha256(Path(path))
        if signature is not None and _settled(signature, started):
            self._now.files[doc_id] = (*signature, sha256)
        return sha256

    def refusal(self, source: SourceFile) -> RefusedFile | None:
        """Return a file's refusal if it is known; None if it is to be read."""
        reason = self._refused.get(source.sha256 + suffix_of(source.doc_id))
        return RefusedFile(source.doc_id, reason, source.sha256) if reason else None

    def remember_refusal(self, refused: RefusedFile) -> None:
        """Remember a refusal."""
        self._now.refused[refused.sha256 + suffix_of(refused.doc_id)] = refused.reason

    def save(self) -> None:
        """Keep what was seen, if it is not what was there; a failure costs only time."""
        if self._now == replace(self._before, at=0):
            return
        record = replace(self._now, at=time.time_ns())
        try:
            replace_text(self._path, msgspec.json.encode(record).decode() + "\n")
        except OSError:
            return


_NOTHING = _Record(0, "", {})


def _settled(signature: Signature, at: int) -> bool:
    return max(signature.mtime_ns, signature.ctime_ns) + _SETTLED_NS < at


def _read(path: Path) -> _Record:
    """Read the file; nothing if it is missing or damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Record)
    except (OSError, ValueError, RecursionError):
        return _NOTHING
