"""Make what a build has ready the generation that answers: early if nothing is lost by it.

Does not know files, nor how documents come into the store.
"""

import hashlib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from qa.index.progress import BuildEvent, OnEvent
from qa.index.stores.manifest import Manifest
from qa.index.stores.protocols import BuildWorkspace


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a build keeps what it has done, and makes it answer.

    Attributes:
        batch_passages: Encoded and kept together; a second or two of work.
        first_seconds: The first documents are made answerable this soon.
        publish_share: Publishing after that, which copies the store, takes at most this share
            of the time.
    """

    batch_passages: int = 128
    first_seconds: float = 5.0
    publish_share: float = 0.1


class Publisher:
    """Publishes a workspace, whenever it is time and at the end."""

    def __init__(
        self,
        workspace: BuildWorkspace,
        manifest: Manifest,
        missing: Collection[str],
        pace: Pace,
        progress: OnEvent,
    ) -> None:
        """Start the clock.

        Args:
            workspace: What is published.
            manifest: All that does not depend on the documents.
            missing: Documents that answer now and must be dealt with before an early publishing.
            pace: How often that may be.
            progress: Told of each.
        """
        self._workspace = workspace
        self._manifest = manifest
        self._missing = set(missing)
        self._pace = pace
        self._progress = progress
        self._published, self._seconds = time.perf_counter(), 0.0

    def deal_with(self, doc_id: str) -> None:
        """Note that a document is in the store, or cannot be."""
        self._missing.discard(doc_id)

    def publish_early(self) -> None:
        """Let what is ready answer, if it is time and nothing is lost by it."""
        waited = time.perf_counter() - self._published
        wait = max(self._pace.first_seconds, self._seconds / self._pace.publish_share)
        if self._missing or waited < wait:
            return
        started = time.perf_counter()
        self.publish(self._workspace.writer().hashes(), complete=False)
        self._published = time.perf_counter()
        self._seconds = self._published - started

    def publish(self, documents: Mapping[str, str], *, complete: bool) -> str:
        """Let what is in the store answer; return the generation's name.

        Args:
            documents: SHA-256 by id of those in the store.
            complete: Whether the whole corpus has been gone through.
        """
        self._progress(BuildEvent("writing the index"))
        store = self._workspace.writer()
        manifest = replace(
            self._manifest,
            corpus_sha256=_corpus_sha256(documents),
            documents=len(documents),
            passages=store.n_passages,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            complete=complete,
        )
        return self._workspace.publish(manifest)


def _corpus_sha256(hashes: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for doc_id, sha256 in sorted(hashes.items()):
        digest.update(f"{doc_id}\0{sha256}\n".encode())
    return digest.hexdigest()
