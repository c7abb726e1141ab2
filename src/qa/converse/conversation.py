"""Answer a turn of a conversation: understand it after the earlier ones, then ask the documents.

    reply(answerer, "And in 2017?", exchanges)

Does not know the command line, the browser or JSON.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa.answer.pipeline import MAX_QUESTION_CHARACTERS, Answerer
from qa.converse.exchange import Exchange, Understood
from qa.converse.resolve import understand
from qa.documents.load import title_from_name
from qa.schema import Answer, Citation


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back for a turn.

    Attributes:
        question: As typed.
        understood: What the documents were asked, where that is more than what was typed; else
            empty.
        answer: What they answered.
    """

    question: str
    understood: str = ""
    answer: Answer | None = None


def reply(
    answerer: Answerer,
    question: str,
    earlier: Sequence[Exchange] = (),
    only: Collection[str] | None = None,
) -> Reply:
    """Answer a turn.

    Args:
        answerer: Answers.
        question: As typed.
        earlier: The exchanges before, the last one last.
        only: Ids of the documents to look in; None for all.

    Raises:
        QAError: As `Answerer.ask`.
    """
    meant = understand(question, earlier)
    if len(meant.question) > MAX_QUESTION_CHARACTERS:  # two long questions put together
        meant = Understood(question)
    within = [meant.doc_id] if meant.doc_id else only
    answer = answerer.ask(meant.question, only=within)
    return Reply(question, "" if meant.step == "alone" else meant.question, answer)


def exchange_of(answer: Answer) -> Exchange:
    """Keep of an answer what later questions may mean."""
    cited = answer.citations[0] if answer.citations else answer.possible
    shown = [citation.doc_id for citation in answer.citations]
    shown += [found.passage.doc_id for found in answer.passages]
    return Exchange(
        question=answer.question,
        answer=answer.answer or "",
        quote=cited.quote if cited else "",
        doc_id=cited.doc_id if cited else "",
        title=_own_title(cited) if cited else "",
        heading=cited.heading if cited else "",
        doc_ids=tuple(dict.fromkeys(shown)),
    )


def _own_title(citation: Citation) -> str:
    """Return a document's title, unless it is only called after its file."""
    return "" if citation.title == title_from_name(citation.doc_id) else citation.title
