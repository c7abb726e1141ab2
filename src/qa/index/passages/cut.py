"""Cut a document into passages within a time, and define what a build writes of it.

Does not know where documents come from, nor where passages go.
"""

import time
from collections.abc import Sequence

from msgspec import Struct

from qa.index.passages.chunk import ChunkLimits, chunk
from qa.index.stores.stored import StoredVectors
from qa.models.encoder import Encoder
from qa.schema import ParsedDocument, Passage, SkippedFile


class Prepared(Struct, frozen=True, tag="prepared"):
    """A document ready to be kept.

    Attributes:
        parsed: The document.
        passages: All of them, in order.
        vectors: Those that have been made already, each content's once.
        tokens: What the encoder read for those.
    """

    parsed: ParsedDocument
    passages: list[Passage]
    vectors: list[StoredVectors] = []
    tokens: int = 0


def cut(
    parsed: ParsedDocument, encoder: Encoder, limits: ChunkLimits, language: str, seconds: float
) -> Prepared | SkippedFile:
    """Cut a document into passages; say why not if that takes longer than `seconds`.

    Args:
        parsed: The document.
        encoder: Counts tokens.
        limits: How long passages may be.
        language: ISO 639 code; chooses the rules for sentence ends.
        seconds: The longest that may take.
    """
    ends = time.monotonic() + seconds

    def count_tokens(texts: Sequence[str]) -> list[int]:
        if time.monotonic() > ends:
            raise TimeoutError
        return encoder.count_tokens(texts)

    document = parsed.document
    try:
        passages = chunk(document, parsed.blocks, count_tokens, limits, language=language)
    except TimeoutError:
        return SkippedFile(
            document.doc_id,
            f"took longer than {seconds:g} s to cut into passages (limit --max-seconds)",
        )
    return Prepared(parsed, passages)
