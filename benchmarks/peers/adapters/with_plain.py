"""sentence-transformers and FAISS without a framework: whole documents, dense search."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.peers.adapters.serving import Document, Quoted, serve, weights


class Plain:
    """A flat FAISS index and the texts in JSON."""

    def __init__(self, folder: Path) -> None:
        self._vectors, self._texts = folder / "vectors.faiss", folder / "texts.json"
        self._model = SentenceTransformer(weights(), device="cpu", local_files_only=True)

    def build(self, documents: Sequence[Document]) -> None:
        """Encode all."""
        self._index: faiss.Index = faiss.IndexFlatIP(self._model.get_embedding_dimension())
        self._documents: list[list[str]] = []
        self.add(documents)

    def open(self) -> None:
        """Read both files."""
        self._index = faiss.read_index(str(self._vectors))
        self._documents = json.loads(self._texts.read_text("utf-8"))

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank documents by cosine."""
        _, (rows,) = self._nearest(question, k)
        return [Quoted(doc_id, 0, text) for doc_id, text in (self._documents[row] for row in rows)]

    def surest(self, question: str) -> float:
        """Return the greatest cosine."""
        (scores,), _ = self._nearest(question, 1)
        return float(scores[0])

    def add(self, documents: Sequence[Document]) -> None:
        """Encode more and write both files anew."""
        texts = [one.text for one in documents]
        self._index.add(self._encode(texts))
        self._documents += [[one.doc_id, one.text] for one in documents]
        faiss.write_index(self._index, str(self._vectors))
        self._texts.write_text(json.dumps(self._documents), "utf-8")

    def _nearest(self, question: str, k: int) -> Any:
        return self._index.search(self._encode([question]), k)

    def _encode(self, texts: list[str]) -> Any:
        return self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


if __name__ == "__main__":
    serve(Plain)
