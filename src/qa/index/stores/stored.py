"""What every store keeps of documents and passages, and how vectors are kept as bytes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qa.documents.load import title_from_name
from qa.models.encoder import Vectors
from qa.schema import Passage

_MOST = 127
_SCALE_BYTES = 2


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list of documents shows: everything but the text."""

    doc_id: str
    title: str
    date: str
    sha256: str
    characters: int
    passages: int
    pages: int
    unread: int


class StoredPassage(NamedTuple):
    """A passage and its row."""

    row: int
    passage: Passage


class StoredVectors(NamedTuple):
    """A passage's vectors as bytes.

    Attributes:
        content: Key of all that they depend on but the encoder.
        passage: The passage's vector.
        sentences: Its sentences' vectors, packed.
    """

    content: bytes
    passage: bytes
    sentences: bytes


def lexical_name(doc_id: str, title: str) -> str:
    """Return what a document can be asked about by: its folders, its file's name, its title."""
    own = title != title_from_name(doc_id)
    return f"{doc_id} {title}" if own else doc_id


def as_bytes(vectors: Vectors) -> bytes:
    """Return vectors as the store keeps them: half precision, one after the other."""
    return vectors.astype("<f2").tobytes()


def as_vectors(data: bytes, count: int = -1, dimension: int = -1) -> Vectors:
    """Read vectors from the store, shape (count, dimension); one of the two may be -1."""
    return np.frombuffer(data, "<f2").astype(np.float32).reshape(count, dimension)


def packed_sentences(vectors: Vectors) -> bytes:
    """Return sentences' vectors as the store keeps them: 8 bits a number, a scale for each.

    They are most of an index, and are only compared with a question, never ranked among thousands:
    a cosine is off by less than .002, of an encoder with one number far above the others .01.

    Args:
        vectors: Shape (n_sentences, dim).
    """
    scales = (np.abs(vectors).max(axis=1, initial=0.0) / _MOST).astype("<f2")
    divisors = np.where(scales > 0, scales, 1).astype(np.float32)
    codes = np.rint(vectors / divisors[:, None]).clip(-_MOST, _MOST).astype("i1")
    return bytes(codes.tobytes() + scales.tobytes())


def unpacked_sentences(data: bytes, dimension: int) -> Vectors:
    """Read sentences' vectors from the store, shape (n_sentences, dimension).

    Raises:
        ValueError: The data is of another length than vectors of this dimension have.
    """
    count, rest = divmod(len(data), dimension + _SCALE_BYTES)
    if rest:
        raise ValueError(f"{len(data)} bytes are no vectors of {dimension} numbers")
    codes = np.frombuffer(data, "i1", count * dimension).reshape(count, dimension)
    scales = np.frombuffer(data, "<f2", count, offset=count * dimension)
    return codes * scales.astype(np.float32)[:, None]
