"""Find the vectors of passages: take over those that are known, encode the rest.

Does not know which stores are asked, nor where vectors go.
"""

import hashlib
from collections.abc import Callable, Sequence

from qa.index.generations import as_bytes
from qa.index.store import StoredVectors
from qa.models.encoder import Encoder, PassageInput
from qa.schema import Passage


class PassageEncoder:
    """Finds passages' vectors, and counts what that took.

    Attributes:
        encoded: Passages encoded so far; the others' vectors were known.
        tokens: Tokens of those.
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
            progress: Told `done` as the work goes on.
        """
        self._encoder = encoder
        self._known = known
        self._progress = progress
        self.encoded = 0
        self.tokens = 0
        self.done = 0

    def vectors(self, passages: Sequence[Passage]) -> list[StoredVectors]:
        """Return the passages' vectors, encoding only those that are not known."""
        keys = [_content_key(passage) for passage in passages]
        known = self._known(list(dict.fromkeys(keys)))
        # What is there more than once is encoded once: a page's frame, a file of dots.
        by_key = dict(zip(keys, passages, strict=True))
        missing = {key: passage for key, passage in by_key.items() if key not in known}
        self.done += len(passages) - len(missing)
        inputs = [_encoder_input(passage) for passage in missing.values()]
        fresh = self._encoder.encode_passages(inputs, self._advance)
        for key, vectors in zip(missing, fresh, strict=True):
            passage, sentences = as_bytes(vectors.passage), as_bytes(vectors.sentences)
            known[key] = StoredVectors(key, passage, sentences)
        self.encoded += len(missing)
        self.tokens += sum(self._encoder.count_tokens([entry.text for entry in inputs]))
        return [known[key] for key in keys]

    def _advance(self, count: int) -> None:
        self.done += count
        self._progress(self.done)


def _content_key(passage: Passage) -> bytes:
    """Hash all that a passage's and its sentences' vectors depend on, but the encoder."""
    content = f"{passage.context}\0{passage.text}\0{_encoder_input(passage).sentences}"
    return hashlib.sha256(content.encode()).digest()[:16]


def _encoder_input(passage: Passage) -> PassageInput:
    spans = tuple(sentence.shift(-passage.start) for sentence in passage.sentences)
    return PassageInput(passage.text, passage.context, spans)
