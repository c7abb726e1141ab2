"""Haystack: BM25 and embeddings fused by DocumentJoiner, as in its hybrid retrieval tutorial.

Without the tutorial's ranker, whose weights are others.
"""

from collections.abc import Sequence
from pathlib import Path

from haystack import Document as Chunk
from haystack import Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.adapters.serving import CANDIDATES, Document, Quoted, serve, weights

_CPU = ComponentDevice.from_str("cpu")
_WORDS, _OVERLAP = 180, 20  # what the encoder reads of a text


class Haystack:
    """A store in memory that is kept as JSON."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = str(folder / "store.json")

    def build(self, documents: Sequence[Document]) -> None:
        """Split, encode and save."""
        self._store = InMemoryDocumentStore()
        self._write(documents)

    def open(self) -> None:
        """Load the store and put the pipeline together."""
        self._store = InMemoryDocumentStore.load_from_disk(self._path)
        pipeline = Pipeline()
        pipeline.add_component(
            "embedder",
            SentenceTransformersTextEmbedder(
                model=weights(), device=_CPU, progress_bar=False, local_files_only=True
            ),
        )
        pipeline.add_component("dense", InMemoryEmbeddingRetriever(self._store, top_k=CANDIDATES))
        pipeline.add_component("lexical", InMemoryBM25Retriever(self._store, top_k=CANDIDATES))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "dense.query_embedding")
        pipeline.connect("dense", "joiner")
        pipeline.connect("lexical", "joiner")
        self._pipeline = pipeline

    def search(self, question: str, k: int) -> list[Quoted]:
        """Run the pipeline."""
        found = self._run(question)["joiner"]["documents"]
        return [
            Quoted(one.meta["doc_id"], one.meta["split_idx_start"], one.content)
            for one in found[:k]
        ]

    def surest(self, question: str) -> float:
        """Return the score of dense search, on which a filter can be set."""
        return float(self._run(question)["dense"]["documents"][0].score)

    def add(self, documents: Sequence[Document]) -> None:
        """Write to the store, which BM25 reads too, and save it."""
        self._write(documents)

    def _run(self, question: str) -> dict[str, dict[str, list[Chunk]]]:
        asked = {"embedder": {"text": question}, "lexical": {"query": question}}
        found: dict[str, dict[str, list[Chunk]]] = self._pipeline.run(
            asked, include_outputs_from={"dense"}
        )
        return found

    def _write(self, documents: Sequence[Document]) -> None:
        from haystack.components.preprocessors import DocumentSplitter

        splitter = DocumentSplitter(split_by="word", split_length=_WORDS, split_overlap=_OVERLAP)
        embedder = SentenceTransformersDocumentEmbedder(
            model=weights(), device=_CPU, progress_bar=False, local_files_only=True
        )
        splitter.warm_up()
        embedder.warm_up()
        whole = [Chunk(content=one.text, meta={"doc_id": one.doc_id}) for one in documents]
        chunks = splitter.run(documents=whole)["documents"]
        self._store.write_documents(embedder.run(documents=chunks)["documents"])
        self._store.save_to_disk(self._path)


if __name__ == "__main__":
    serve(Haystack)
