"""txtai: one hybrid index of dense vectors and BM25 with its texts."""

from collections.abc import Sequence
from pathlib import Path

from txtai import Embeddings

from benchmarks.peers.adapters.serving import Document, Quoted, serve, weights


class Txtai:
    """An index folder; a document is one row, for the core package splits nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def build(self, documents: Sequence[Document]) -> None:
        """Index and save."""
        self._embeddings = Embeddings(path=weights(), content=True, hybrid=True, gpu=False)
        self._embeddings.index((one.doc_id, one.text, None) for one in documents)
        self._embeddings.save(self._folder)

    def open(self) -> None:
        """Load."""
        self._embeddings = Embeddings()
        self._embeddings.load(self._folder)

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank documents; dense and BM25 weigh the same, as is the default."""
        found = self._embeddings.search(question, k)
        return [Quoted(one["id"], 0, one["text"]) for one in found]

    def surest(self, question: str) -> float:
        """Return the score of dense search alone."""
        return float(self._embeddings.search(question, 1, weights=1.0)[0]["score"])

    def add(self, documents: Sequence[Document]) -> None:
        """Add to the index and save it."""
        self._embeddings.upsert((one.doc_id, one.text, None) for one in documents)
        self._embeddings.save(self._folder)


if __name__ == "__main__":
    serve(Txtai)
