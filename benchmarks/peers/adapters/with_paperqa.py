"""paper-qa as far as it goes without a chat model: its store and dense search.

Its answers are a chat model's. Its hybrid search counts tokens by a vocabulary that is fetched.
"""

import asyncio
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lmi import embedding_model_factory
from paperqa import Docs, Settings
from paperqa.types import Doc, Text

from benchmarks.peers.adapters.serving import Document, Quoted, serve, weights


class PaperQA:
    """A `Docs` in a pickle, as its README keeps it; a text is one chunk, being below 5,000."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "docs.pickle"
        self._settings = Settings()
        self._embedding = embedding_model_factory(f"st-{weights()}")

    def build(self, documents: Sequence[Document]) -> None:
        """Encode all."""
        self._docs = Docs()
        self.add(documents)

    def open(self) -> None:
        """Load the pickle."""
        self._docs = pickle.loads(self._path.read_bytes())  # noqa: S301 - its own way

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank texts."""
        found = asyncio.run(self._docs.retrieve_texts(question, k, self._settings, self._embedding))
        return [Quoted(one.doc.dockey, 0, one.text) for one in found]

    def surest(self, question: str) -> float:
        """Return the best cosine."""
        self.search(question, 1)  # encodes no document anew; the first one fills the store
        _, scores = asyncio.run(
            self._docs.texts_index.similarity_search(question, 1, self._embedding)
        )
        return float(scores[0])

    def add(self, documents: Sequence[Document]) -> None:
        """Encode more and write all of it anew."""
        asyncio.run(self._add(documents))
        self._path.write_bytes(pickle.dumps(self._docs))

    async def _add(self, documents: Sequence[Document]) -> None:
        vectors: Any = await self._embedding.embed_documents([one.text for one in documents])
        for one, vector in zip(documents, vectors, strict=True):
            doc = Doc(docname=one.doc_id, dockey=one.doc_id, citation=one.doc_id)
            text = Text(text=one.text, name=one.doc_id, doc=doc, embedding=list(vector))
            await self._docs.aadd_texts([text], doc, self._settings, self._embedding)


if __name__ == "__main__":
    serve(PaperQA)
