"""LlamaIndex: BM25 and FAISS fused by QueryFusionRetriever, without queries that a model makes."""

from collections.abc import Sequence
from pathlib import Path

import faiss
from llama_index.core import Document as Whole
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from benchmarks.peers.adapters.serving import CANDIDATES, Document, Quoted, serve, weights

_DIMENSION, _TOKENS, _OVERLAP = 384, 256, 20


class LlamaIndex:
    """An index and its BM25 retriever, each kept as the documentation says."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lexical_folder = str(folder), str(folder / "bm25")
        self._embedding = HuggingFaceEmbedding(weights(), device="cpu")
        self._splitter = SentenceSplitter(
            chunk_size=_TOKENS,
            chunk_overlap=_OVERLAP,
            tokenizer=self._embedding._model.tokenizer.tokenize,
        )

    def build(self, documents: Sequence[Document]) -> None:
        """Split at what the encoder reads, encode, keep."""
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(_DIMENSION))
        self._index = VectorStoreIndex(
            self._splitter.get_nodes_from_documents(wholes(documents)),
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=self._embedding,
        )
        self._keep()

    def open(self) -> None:
        """Load both."""
        store = FaissVectorStore.from_persist_dir(self._folder)
        storage = StorageContext.from_defaults(vector_store=store, persist_dir=self._folder)
        self._index = load_index_from_storage(storage, embed_model=self._embedding)
        self._fuse(BM25Retriever.from_persist_dir(self._lexical_folder))

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank nodes."""
        return [
            Quoted(one.node.ref_doc_id, one.node.start_char_idx, one.node.text)
            for one in self._retriever.retrieve(question)[:k]
        ]

    def surest(self, question: str) -> float:
        """Return what `SimilarityPostprocessor` goes by, without BM25."""
        return float(self._dense.retrieve(question)[0].score)

    def add(self, documents: Sequence[Document]) -> None:
        """Insert, make BM25 anew, keep both."""
        self._index.insert_nodes(self._splitter.get_nodes_from_documents(wholes(documents)))
        self._fuse(self._keep())

    def _keep(self) -> BM25Retriever:
        self._index.storage_context.persist(self._folder)
        lexical = BM25Retriever.from_defaults(
            docstore=self._index.docstore, similarity_top_k=CANDIDATES
        )
        lexical.persist(self._lexical_folder)
        return lexical

    def _fuse(self, lexical: BM25Retriever) -> None:
        self._dense = self._index.as_retriever(similarity_top_k=CANDIDATES)
        self._retriever = QueryFusionRetriever(
            [self._dense, lexical],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            num_queries=1,
            similarity_top_k=CANDIDATES,
            use_async=False,
        )


def wholes(documents: Sequence[Document]) -> list[Whole]:
    """Return documents as LlamaIndex has them."""
    return [Whole(text=one.text, doc_id=one.doc_id) for one in documents]


if __name__ == "__main__":
    serve(LlamaIndex)
