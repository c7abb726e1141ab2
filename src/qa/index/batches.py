"""Cut documents into passages, encode those and keep both, a batch of documents at a time."""

import time
from collections.abc import Callable, Sequence

from qa.index.passages.chunk import chunk
from qa.index.passages.passage_vectors import PassageEncoder
from qa.index.prepare_models import Models
from qa.index.progress import BuildEvent, OnEvent
from qa.index.stores.protocols import BuildWorkspace
from qa.schema import ParsedDocument, Passage, SkippedFile


class Batches:
    """The documents of a build on their way into the store.

    Attributes:
        passages: Passages of all documents so far.
        waiting: Of those, passages of documents that are not kept yet.
    """

    def __init__(
        self, workspace: BuildWorkspace, models: Models, language: str, progress: OnEvent
    ) -> None:
        """Prepare; nothing is written yet.

        Args:
            workspace: Where documents go, and where vectors may be known from before.
            models: How long passages may be, and what encodes them.
            language: ISO 639 code; chooses the rules for sentence ends.
            progress: Told of passages that were encoded.
        """
        self._workspace = workspace
        self._models = models
        self._language = language
        self._progress = progress
        self._vectors = PassageEncoder(
            models.encoder, workspace.vectors_of_contents, self._tell_encoded
        )
        self._batch: list[tuple[ParsedDocument, list[Passage]]] = []
        self.passages = 0
        self.waiting = 0

    @property
    def encoded(self) -> int:
        """Passages that were encoded; the others' vectors were known."""
        return self._vectors.encoded

    @property
    def tokens(self) -> int:
        """Tokens of the passages that were encoded."""
        return self._vectors.tokens

    def add(self, parsed: ParsedDocument, seconds: float) -> SkippedFile | None:
        """Cut a document; it waits to be kept.

        Args:
            parsed: The document.
            seconds: The longest that may take.

        Returns:
            Why it is not kept if it took longer; None if it is.
        """
        ends = time.monotonic() + seconds

        def count_tokens(texts: Sequence[str]) -> list[int]:
            if time.monotonic() > ends:
                raise TimeoutError
            return self._models.encoder.count_tokens(texts)

        try:
            passages = chunk(
                parsed.document,
                parsed.blocks,
                count_tokens,
                self._models.limits,
                language=self._language,
            )
        except TimeoutError:
            return SkippedFile(
                parsed.document.doc_id,
                f"took longer than {seconds:g} s to cut into passages (limit --max-seconds)",
            )
        self._batch.append((parsed, passages))
        self.passages += len(passages)
        self.waiting += len(passages)
        return None

    def keep(self, kept: Callable[[str], None]) -> None:
        """Encode what waits and put it into the store, as one step.

        Args:
            kept: Called with each document's id, when all are in the store.
        """
        if not self._batch:
            return
        store = self._workspace.writer()
        vectors = iter(self._vectors.vectors([p for _, found in self._batch for p in found]))
        with store.transaction():
            for parsed, passages in self._batch:
                store.remove(parsed.document.doc_id)
                store.add(parsed, passages, [next(vectors) for _ in passages])
        for parsed, _ in self._batch:
            kept(parsed.document.doc_id)
        self._batch.clear()
        self.waiting = 0

    def _tell_encoded(self, done: int) -> None:
        self._progress(BuildEvent("encoding passages", done, self.passages))
