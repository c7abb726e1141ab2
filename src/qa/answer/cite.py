"""Readings in, verified citations out.

The one place that makes a `Citation`, so that none exists unchecked. Does not know how
a reading was found.
"""

from qa.errors import CitationError
from qa.index.passages.context import without_title
from qa.schema import Citation, Document, Reading, State


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
