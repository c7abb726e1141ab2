"""Say line by line what a conversation on paper holds, in whatever format it is written."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from qa.answer.present import (
    COMPUTED,
    computed_in_words,
    differing_in_words,
    one_line,
    reference,
    refusal_in_words,
    state_in_words,
    version_in_words,
)
from qa.schema import Answer, Citation
from qa.ui.page_state import Conversation, Turn
from qa.ui.views.page import Piece, highlighted, sentence
from qa.words import counted
from qa.write.present import by_whom, sources
from qa.write.writer import Written

Kind = Literal["title", "question", "note", "prose", "answer", "quote", "reference"]


class Line(NamedTuple):
    """A paragraph.

    Attributes:
        kind: What it is.
        pieces: Its text; what is marked is worth a reader's eye.
    """

    kind: Kind
    pieces: tuple[Piece, ...]


def lines(conversation: Conversation) -> list[Line]:
    """Return all that was asked and answered, each quote with where it stands."""
    written = [_plain("title", conversation.title or "Conversation")]
    for turn in conversation.turns:
        written += [_plain("question", turn.question), *_of_turn(turn)]
    return written


def _of_turn(turn: Turn) -> Iterator[Line]:
    if turn.only:
        yield _plain("note", f"Asked of {counted(turn.only, 'document')} only")
    if turn.understood:
        yield _plain("note", f"Understood as: “{turn.understood}”")
    answer = turn.answer
    if turn.said:
        yield _plain("note", turn.said)
    elif turn.overview:
        for citation in turn.overview.sentences:
            yield from _cited(citation)
    elif turn.more:
        for citation in turn.more:
            yield from _cited(citation)
    elif answer is None:
        yield _plain("note", turn.error)
    else:
        if turn.written and turn.written.stands:
            yield from _written(turn.written)
        yield from _of_answer(answer)


def _written(written: Written) -> Iterator[Line]:
    """Say what a model wrote that stands, each sentence with the numbers of what supports it."""
    cited = sources(written)
    said = " ".join(
        f"{written_sentence.text} "
        + "".join(f"[{cited.index(citation) + 1}]" for citation in written_sentence.citations)
        for written_sentence in written.sentences
        if written_sentence.citations
    )
    yield _plain("prose", said)
    for number, citation in enumerate(cited, start=1):
        yield from _cited(citation, f"[{number}] ")
    yield _plain("note", f"{sentence(by_whom(written))}. In the documents’ own words:")


def _of_answer(answer: Answer) -> Iterator[Line]:
    if answer.parts:
        for part in answer.parts:
            yield _plain("note", part.question)
            yield from _of_answer(part)
    elif answer.computed is not None:
        found = answer.computed
        yield _plain("note", COMPUTED)
        yield _plain("answer", f"{found.value} ({computed_in_words(found)})")
        yield from _cited(found.citation)
    elif answer.state == "unclear":
        yield _plain("note", "Which one do you mean?")
        yield from (_plain("note", f"{one.title} ({one.doc_id})") for one in answer.choices)
    elif answer.state == "differ":
        yield _plain("note", differing_in_words(answer))
        for version in answer.versions:
            yield _plain("answer", f"{version_in_words(version)}: {version.answer}")
            yield from _cited(version.citation)
    elif answer.answered:
        yield from _answered(answer)
    elif answer.possible is not None:
        yield _plain("note", "I found no sure answer. Possibly:")
        yield from _cited(answer.possible)
    else:
        yield _plain("note", refusal_in_words(answer))


def _answered(answer: Answer) -> Iterator[Line]:
    if answer.answer and answer.answer != answer.citations[0].quote:
        yield _plain("answer", answer.answer)
    for citation in answer.citations:
        yield from _cited(citation)


def _cited(citation: Citation, number: str = "") -> Iterator[Line]:
    yield Line("quote", tuple(highlighted(citation)))
    changed = state_in_words(citation.state)
    said = reference(citation) + (f". {sentence(changed)}." if changed else "")
    yield _plain("reference", number + said)


def _plain(kind: Kind, text: str) -> Line:
    return Line(kind, (Piece(one_line(text), False),))
