"""Readings in, verified citations out.

The one place that makes a `Citation`, so that none exists unchecked. Does not know how
a reading was found.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa.answer.outcome.table import table_of
from qa.answer.sources import SourceFiles
from qa.errors import CitationError
from qa.index.passages.context import without_title
from qa.schema import Citation, Document, Reading, Span, State
from qa.settings import AskSettings


class Citer:
    """Cites from the documents of one index, each with its file's state and its table."""

    def __init__(self, sources: SourceFiles, settings: AskSettings) -> None:
        """Prepare; the settings say which documents are trusted."""
        self._sources = sources
        self._settings = settings

    def cite(self, reading: Reading) -> Citation:
        """Cite a reading; raises as the function `cite`."""
        return self._cite(reading, self._sources.document(reading.passage.doc_id))

    def cite_each(self, readings: Sequence[Reading]) -> tuple[Citation, ...]:
        """Cite readings; of documents with the same bytes only the first."""
        hashes: set[tuple[str, int]] = set()
        citations = []
        for reading in readings:
            document = self._sources.document(reading.passage.doc_id)
            place = (document.sha256, reading.sentence.start)
            if place not in hashes:
                citations.append(self._cite(reading, document))
            hashes.add(place)
        return tuple(citations)

    def cite_rows(self, reading: Reading) -> tuple[Citation, ...]:
        """Cite each of the rows that answer together; raises as the function `cite`."""
        document = self._sources.document(reading.passage.doc_id)
        rows = dict.fromkeys(one.row for one in reading.listed)
        return tuple(self._cite(_of_row(reading, row, document.text), document) for row in rows)

    def _cite(self, reading: Reading, document: Document) -> Citation:
        state = self._sources.state(document.doc_id, document.sha256)
        trusted = self._settings.trusts(document.doc_id)
        cited = cite(reading, document, state, trusted=trusted)
        return replace(cited, table=table_of(document.text, reading.sentence, reading.answer))


def _of_row(reading: Reading, row: Span, text: str) -> Reading:
    """Read a row alone, wherever the passage ends."""
    answers = tuple(one.answer for one in reading.listed if one.row == row)
    passage = reading.passage.of_row(row, text)
    return replace(reading, passage=passage, sentence=row, answer=answers[0], highlights=answers)


def cite(
    reading: Reading, document: Document, state: State = "unchanged", *, trusted: bool = True
) -> Citation:
    """Make the citation of a reading's sentence.

    Args:
        reading: What was found.
        document: Where, as indexed.
        state: Whether the document's file is still as it was.
        trusted: Whether the document is trusted.

    Raises:
        CitationError: The document does not hold, at the passage's offsets, the
            passage's text, or the answer is not inside the sentence.
    """
    passage, sentence = reading.passage, reading.sentence
    quote = document.text[sentence.start : sentence.end]
    consistent = (
        document.doc_id == passage.doc_id
        and document.text[passage.start : passage.end] == passage.text
        and 0 <= passage.start <= sentence.start < sentence.end <= passage.end
        and passage.end <= len(document.text)
        and sentence.start <= reading.answer.start < reading.answer.end <= sentence.end
    )
    if not consistent:
        raise CitationError(
            f"the passage {passage.passage_id} is not at {passage.start}:{passage.end} of "
            f"{document.doc_id}, or its sentence {sentence} does not hold {reading.answer}; "
            "build the index again with: qa index --rebuild"
        )
    page = document.page_of(sentence.start)
    return Citation(
        doc_id=document.doc_id,
        title=document.title,
        page=page,
        start=sentence.start,
        end=sentence.end,
        quote=quote,
        heading=without_title(passage.context, document),
        state=state,
        highlights=reading.highlights,
        scanned=page in document.scanned,
        trusted=trusted,
    )
