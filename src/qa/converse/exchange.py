"""The records of a conversation: what was said, and what a new question was taken to mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from qa.documents.load import title_from_name
from qa.schema import Answer

Step = Literal["alone", "follow_up", "more", "else"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question and what came of it.

    Attributes:
        question: As it was understood.
        answer: The words that answered, or empty.
        quote: The sentence that was cited, or empty.
        doc_id: The document it stands in, or empty.
        title: That document's title, or empty where it has none but its file's name.
        heading: The headings above the sentence, outermost first, or empty.
        doc_ids: All documents that the answer showed, in the order shown.
        shown: Quotes that were shown as more about the same.
    """

    question: str
    answer: str = ""
    quote: str = ""
    doc_id: str = ""
    title: str = ""
    heading: str = ""
    doc_ids: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What a new question was taken to mean.

    Attributes:
        question: To ask; the person's own words where they stand alone.
        step: `alone`: as typed. `follow_up`: completed from what was said before. `more`: more
            about the same; `else`: another answer to the same question.
        doc_id: The one document it is asked of (“in the second document”), or empty.
    """

    question: str
    step: Step = "alone"
    doc_id: str = ""


class Cited(Protocol):
    """What is needed of a citation, whether it is ours or was sent back."""

    @property
    def doc_id(self) -> str:
        """The document."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def heading(self) -> str:
        """The headings above the sentence."""

    @property
    def quote(self) -> str:
        """The sentence."""


def exchange_of_answer(answer: Answer) -> Exchange:
    """Keep of an answer what later questions may mean."""
    cited = answer.citations[0] if answer.citations else answer.possible
    if answer.computed is not None:
        cited = answer.computed.citation
    shown = [choice.doc_id for choice in answer.choices]
    shown += [citation.doc_id for citation in answer.citations]
    shown += [found.passage.doc_id for found in answer.passages]
    return exchange_of_cited(answer.question, answer.answer, cited, shown)


def exchange_of_cited(
    question: str, answer: str | None, cited: Cited | None, shown: Iterable[str]
) -> Exchange:
    """Keep of what was cited and shown what later questions may mean."""
    return Exchange(
        question=question,
        answer=answer or "",
        quote=cited.quote if cited else "",
        doc_id=cited.doc_id if cited else "",
        title=own_title(cited.title, cited.doc_id) if cited else "",
        heading=cited.heading if cited else "",
        doc_ids=tuple(dict.fromkeys(shown)),
    )


def exchange_of_document(doc_id: str, title: str) -> Exchange:
    """Keep of a document that was summed up what later questions may mean."""
    title = own_title(title, doc_id)
    return Exchange(title, doc_id=doc_id, title=title, doc_ids=(doc_id,))


def own_title(title: str, doc_id: str) -> str:
    """Return a document's title, unless it is only called after its file."""
    return "" if title == title_from_name(doc_id) else title
