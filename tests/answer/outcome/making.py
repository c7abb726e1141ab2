"""Sentences that may answer, made for tests."""

from qa.answer.outcome.versions import Sources
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.features import Features
from qa.formats.blocks import split_blocks
from qa.schema import Document, Passage, Span

PLAIN = Features(5, 5, 0.5, 0.5, 0, 0, 0, 0.5, coverage=0.8)


def candidate(doc_id: str, text: str, sentence: str, answer: str, **changes: float) -> Candidate:
    """A sentence of a document that is one passage."""
    start = text.index(sentence)
    span = Span(start, start + len(sentence))
    at = start + sentence.index(answer)
    passage = Passage(doc_id, doc_id, 0, len(text), text, "", (span,))
    features = PLAIN._replace(**changes)
    return Candidate(passage, span, Span(at, at + len(answer)), features, ())


def sources(*candidates: Candidate, titles: dict[str, str] | None = None) -> Sources:
    """The documents that some sentences are from; titles default to the first line."""
    texts = {c.passage.doc_id: c.passage.text for c in candidates}

    def document(doc_id: str) -> Document:
        text = texts[doc_id]
        return Document(doc_id, (titles or {}).get(doc_id, text.split("\n")[0]), text, "")

    return Sources(document, lambda doc_id: split_blocks(texts[doc_id]))
