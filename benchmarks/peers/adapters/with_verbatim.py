"""verbatim-rag as far as it goes with these weights: its local store and dense search.

What makes its answers, a span extractor, is a model of its own or a chat model behind an address;
BM25 wants a Milvus server.
"""

from collections.abc import Sequence
from pathlib import Path

from serving import Document, Quoted, serve, weights
from verbatim_rag import VerbatimIndex
from verbatim_rag.embedding_providers import SentenceTransformersProvider
from verbatim_rag.schema import DocumentSchema
from verbatim_rag.vector_stores import LocalMilvusStore


class Verbatim:
    """A Milvus Lite file; each added document is kept at once."""

    def __init__(self, folder: Path) -> None:
        store = LocalMilvusStore(
            db_path=str(folder / "index.db"), enable_sparse=False, index_type="FLAT"
        )
        self._index = VerbatimIndex(store, SentenceTransformersProvider(weights()))

    def build(self, documents: Sequence[Document]) -> None:
        """Chunk, encode and insert."""
        self.add(documents)

    def open(self) -> None:
        """Nothing more: it is open."""

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank chunks by cosine; they do not say where they begin."""
        return [
            Quoted(one.metadata["document_id"], None, one.text)
            for one in self._index.query(question, k=k, search_type="dense")
        ]

    def surest(self, question: str) -> float:
        """Return the best cosine."""
        return float(self._index.query(question, k=1, search_type="dense")[0].score)

    def add(self, documents: Sequence[Document]) -> None:
        """Insert in bulk."""
        self._index.add_documents_bulk(
            DocumentSchema(id=one.doc_id, content=one.text) for one in documents
        )


if __name__ == "__main__":
    serve(Verbatim)
