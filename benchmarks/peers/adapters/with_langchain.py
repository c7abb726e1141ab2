"""LangChain: BM25 and FAISS fused by EnsembleRetriever, chunks as in its retrieval tutorial."""

import re
from collections.abc import Sequence
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document as Chunk
from langchain_huggingface import HuggingFaceEmbeddings

from benchmarks.peers.adapters.serving import CANDIDATES, Document, Quoted, serve, weights


def words(text: str) -> list[str]:
    """Lower-cased words: without it BM25Retriever splits at spaces and minds capitals."""
    return re.findall(r"\w+", text.lower())


class LangChain:
    """A FAISS store in a folder; BM25, which LangChain does not keep, is made from its texts."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._embeddings = HuggingFaceEmbeddings(
            model_name=weights(),
            model_kwargs={"device": "cpu"},
            encode_kwargs={"normalize_embeddings": True},
        )

    def build(self, documents: Sequence[Document]) -> None:
        """Chunk, encode and save."""
        self._store = FAISS.from_documents(chunks(documents), self._embeddings)
        self._store.save_local(self._folder)

    def open(self) -> None:
        """Load the store and put both retrievers together."""
        self._store = FAISS.load_local(
            self._folder, self._embeddings, allow_dangerous_deserialization=True
        )
        self._fuse()

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank chunks."""
        return [
            Quoted(one.metadata["doc_id"], one.metadata["start_index"], one.page_content)
            for one in self._retriever.invoke(question)[:k]
        ]

    def surest(self, question: str) -> float:
        """Return what `similarity_score_threshold` goes by."""
        ((_, score),) = self._store.similarity_search_with_relevance_scores(question, k=1)
        return float(score)

    def add(self, documents: Sequence[Document]) -> None:
        """Add to the store, save it, make BM25 anew."""
        self._store.add_documents(chunks(documents))
        self._store.save_local(self._folder)
        self._fuse()

    def _fuse(self) -> None:
        texts = [
            self._store.docstore.search(key) for key in self._store.index_to_docstore_id.values()
        ]
        lexical = BM25Retriever.from_documents(texts, preprocess_func=words, k=CANDIDATES)
        dense = self._store.as_retriever(search_kwargs={"k": CANDIDATES})
        self._retriever = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])


def chunks(documents: Sequence[Document]) -> list[Chunk]:
    """Split as the tutorial does; each chunk knows where it starts."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=1000, chunk_overlap=200, add_start_index=True
    )
    whole = [Chunk(page_content=one.text, metadata={"doc_id": one.doc_id}) for one in documents]
    found: list[Chunk] = splitter.split_documents(whole)
    return found


if __name__ == "__main__":
    serve(LangChain)
