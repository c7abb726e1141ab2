"""This program by its public Python interface: a folder of files in, answers out."""

from collections.abc import Sequence
from pathlib import Path

import qa
from benchmarks.peers.adapters.serving import Answered, Document, Quoted, serve
from qa.schema import Citation


class Ours:
    """An index folder, and beside it the corpus folder it is built from."""

    def __init__(self, folder: Path) -> None:
        self._index, self._corpus = folder / "index", folder / "corpus"

    def build(self, documents: Sequence[Document]) -> None:
        """Write the documents down as text files and index the folder."""
        self._corpus.mkdir(parents=True, exist_ok=True)
        for one in documents:
            (self._corpus / f"{one.doc_id}.txt").write_text(one.text, "utf-8")
        qa.build_index(self._corpus, self._index)

    def open(self) -> None:
        """Open the index."""
        self._answerer = qa.open_index(self._index)

    def search(self, question: str, k: int) -> list[Quoted]:
        """Rank passages."""
        return [
            Quoted(_id(one.passage.doc_id), one.passage.start, one.passage.text)
            for one in self._answerer.search(question, k)
        ]

    def answer(self, question: str) -> Answered:
        """Ask, at the default risk."""
        answer = self._answerer.ask(question)
        return Answered(answer.answered, quoted(answer.citations))

    def add(self, documents: Sequence[Document]) -> None:
        """Index the folder again, with more in it, and open what came of it."""
        self.build(documents)
        self._answerer.close()
        self.open()


def quoted(citations: Sequence[Citation]) -> list[Quoted]:
    """Return citations as the comparison has them."""
    return [Quoted(_id(one.doc_id), one.start, one.quote) for one in citations]


def _id(doc_id: str) -> str:
    return doc_id.removesuffix(".txt")


if __name__ == "__main__":
    serve(Ours)
