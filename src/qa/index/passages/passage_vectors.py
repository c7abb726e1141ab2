"""Find the vectors of passages: take over those that are known, encode the rest meanwhile.

Does not know which stores are asked, nor where vectors go.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from qa.index.stores.stored import StoredVectors, as_bytes, packed_sentences
from qa.models.encoder import Encoder, PassageInput
from qa.schema import Passage


class PassageEncoder:
    """Finds passages' vectors, a batch at a time, and counts what that took.

    A batch is encoded in a thread of its own while the next one is made.

    Attributes:
        encoded: Passages encoded so far; the others' vectors were known.
        tokens: Tokens that the encoder read for those, contexts and special ones among them.
        done: Passages that have their vectors.
    """

    def __init__(
        self,
        encoder: Encoder,
        known: Callable[[Sequence[bytes]], dict[bytes, StoredVectors]],
        progress: Callable[[int], None],
    ) -> None:
        """Prepare; nothing is encoded yet.

        Args:
            encoder: What encodes.
            known: Returns the vectors that are there, by content key.
            progress: Told `done` as the work goes on, by the encoding thread.
        """
        self._encoder = encoder
        self._known = known
        self._progress = progress
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encode")
        self._keys: list[bytes] = []
        self._vectors: dict[bytes, StoredVectors] = {}
        self._encoding: Future[dict[bytes, StoredVectors]] | None = None
        self.encoded = 0
        self.tokens = 0
        self.done = 0

    def close(self) -> None:
        """End the thread, when it has done what it is at."""
        self._thread.shutdown(cancel_futures=True)

    @property
    def ready(self) -> bool:
        """Whether a batch was begun and its vectors are there."""
        return self._encoding is not None and self._encoding.done()

    def begin(
        self, passages: Sequence[Passage], made: Sequence[StoredVectors], tokens: int
    ) -> None:
        """Begin to find the vectors of a batch, when those of the one before were collected.

        Args:
            passages: Of the batch.
            made: Vectors that were encoded elsewhere for it.
            tokens: What the encoder read for those.
        """
        self._keys = [content_key(passage) for passage in passages]
        by_key = by_content(passages)
        # The batch before may not be in a store yet.
        known = {key: self._vectors[key] for key in by_key if key in self._vectors}
        known |= {vectors.content: vectors for vectors in made}
        known |= self._known([key for key in by_key if key not in known])
        self.encoded += len(made)
        self.tokens += tokens
        self._vectors = known
        missing = {key: passage for key, passage in by_key.items() if key not in known}
        self.done += len(passages) - len(missing)
        self._encoding = self._thread.submit(self._encode, missing)

    def collect(self) -> list[StoredVectors]:
        """Wait for the vectors of the batch that was begun; return them in its order."""
        if self._encoding is None:
            return []
        self._vectors |= self._encoding.result()
        self._encoding = None
        return [self._vectors[key] for key in self._keys]

    def _encode(self, missing: Mapping[bytes, Passage]) -> dict[bytes, StoredVectors]:
        fresh, tokens = encode(self._encoder, missing, self._advance)
        self.encoded += len(fresh)
        self.tokens += tokens
        return {vectors.content: vectors for vectors in fresh}

    def _advance(self, count: int) -> None:
        self.done += count
        self._progress(self.done)


def encode(
    encoder: Encoder,
    passages: Mapping[bytes, Passage],
    progress: Callable[[int], None] = lambda count: None,
) -> tuple[list[StoredVectors], int]:
    """Encode passages; return their vectors in order, and how many tokens were read.

    Args:
        encoder: What encodes.
        passages: By content key.
        progress: Called with the number of passages finished since the last call.
    """
    inputs = [_encoder_input(passage) for passage in passages.values()]
    fresh = encoder.encode_passages(inputs, progress)
    stored = [
        StoredVectors(key, as_bytes(vectors.passage), packed_sentences(vectors.sentences))
        for key, vectors in zip(passages, fresh, strict=True)
    ]
    return stored, sum(vectors.tokens for vectors in fresh)


def by_content(passages: Sequence[Passage]) -> dict[bytes, Passage]:
    """Return passages by content key: what is there more than once, a page's frame, once."""
    return {content_key(passage): passage for passage in passages}


def content_key(passage: Passage) -> bytes:
    """Hash all that a passage's and its sentences' vectors depend on, but the encoder."""
    content = f"{passage.context}\0{passage.text}\0{_encoder_input(passage).sentences}"
    return hashlib.sha256(content.encode()).digest()[:16]


def _encoder_input(passage: Passage) -> PassageInput:
    spans = tuple(sentence.shift(-passage.start) for sentence in passage.sentences)
    return PassageInput(passage.text, passage.context, spans)
