"""Cut documents into passages, encode those and keep both, a batch of documents at a time.

While one batch is encoded, the next is cut and the one before is written.
"""

from collections.abc import Callable, Sequence

from qa.index.passages.cut import Prepared, cut
from qa.index.passages.passage_vectors import PassageEncoder
from qa.index.prepare_models import Models
from qa.index.progress import BuildEvent, OnEvent
from qa.index.stores.protocols import BuildWorkspace
from qa.index.stores.stored import StoredVectors
from qa.schema import ParsedDocument, SkippedFile

_Batch = list[Prepared]


class Batches:
    """The documents of a build on their way into the store.

    Attributes:
        passages: Passages of all documents so far.
        waiting: Of those, passages of documents that are not being encoded yet.
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
        self._batch: _Batch = []
        self._encoding: _Batch = []
        self.passages = 0
        self.waiting = 0

    def close(self) -> None:
        """End the encoding thread, when it has done what it is at."""
        self._vectors.close()

    @property
    def ready(self) -> bool:
        """Whether a batch has been encoded and can be kept without waiting."""
        return self._vectors.ready

    @property
    def encoded(self) -> int:
        """Passages that were encoded; the others' vectors were known."""
        return self._vectors.encoded

    @property
    def tokens(self) -> int:
        """Tokens that the encoder read for those."""
        return self._vectors.tokens

    def cut(self, parsed: ParsedDocument, seconds: float) -> Prepared | SkippedFile:
        """Cut a document; say why not if that takes longer than `seconds`."""
        return cut(parsed, self._models.encoder, self._models.limits, self._language, seconds)

    def add(self, prepared: Prepared) -> None:
        """Take a document that has been cut; it waits to be kept."""
        self._batch.append(prepared)
        self.passages += len(prepared.passages)
        self.waiting += len(prepared.passages)

    def encode(self, kept: Callable[[str], None]) -> bool:
        """Begin to encode what waits; meanwhile keep what was encoded before.

        Args:
            kept: Called with the id of each document of the batch before, when all of them are
                in the store.

        Returns:
            Whether there was such a batch.
        """
        encoded, vectors = self._encoding, self._vectors.collect()
        self._encoding, self._batch, self.waiting = self._batch, [], 0
        if self._encoding:
            self._vectors.begin(
                [passage for one in self._encoding for passage in one.passages],
                [vectors for one in self._encoding for vectors in one.vectors],
                sum(one.tokens for one in self._encoding),
            )
        return self._keep(encoded, vectors, kept)

    def keep(self, kept: Callable[[str], None]) -> bool:
        """Put what has been encoded into the store, as one step; wait for it if need be.

        Returns:
            Whether there was anything.
        """
        encoded, self._encoding = self._encoding, []
        return self._keep(encoded, self._vectors.collect(), kept)

    def _keep(
        self, batch: _Batch, vectors: Sequence[StoredVectors], kept: Callable[[str], None]
    ) -> bool:
        if not batch:
            return False
        store, rest = self._workspace.writer(), iter(vectors)
        with store.transaction():
            for one in batch:
                store.remove(one.parsed.document.doc_id)
                store.add(one.parsed, one.passages, [next(rest) for _ in one.passages])
        for one in batch:
            kept(one.parsed.document.doc_id)
        return True

    def _tell_encoded(self, done: int) -> None:
        self._progress(BuildEvent("encoding passages", done, self.passages))
