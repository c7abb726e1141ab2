"""What every store keeps of documents and passages, and how vectors are kept as bytes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qa.documents.load import title_from_name
from qa.models.encoder import Vectors
from qa.schema import Passage


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
        sentences: Its sentences' vectors, one after the other.
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
