"""A turn is small talk, an overview, more of the same, or a question; each is answered as that."""

import pytest

from qa.answer.pipeline import Answerer
from qa.converse.conversation import Reply, exchanges_of, reply
from qa.converse.exchange import Exchange
from qa.errors import UsageError


def say(answerer: Answerer, *turns: str) -> Reply:
    """Say one thing after the other; return what came back for the last."""
    earlier: list[Exchange] = []
    for turn in turns:
        given = reply(answerer, turn, earlier)
        earlier += exchanges_of([given])
    return given


def test_small_talk_is_answered_without_the_documents(tiny_answerer: Answerer) -> None:
    given = say(tiny_answerer, "Hello!")
    assert given == Reply("Hello!", said=given.said)
    assert "3 documents" in given.said
    assert exchanges_of([given]) == []


def test_a_greeting_before_a_question_is_a_question(tiny_answerer: Answerer) -> None:
    given = say(tiny_answerer, "hi, who wrote to Charles about the engine?")
    assert given.answer is not None
    assert given.answer.citations[0].doc_id == "letters/ada.txt"


def test_a_follow_up_says_how_it_was_understood(tiny_answerer: Answerer) -> None:
    given = say(tiny_answerer, "Who wrote to Charles about the engine?", "And about the garden?")
    assert given.understood == "Who wrote to Charles about the garden?"
    assert given.answer is not None
    assert given.answer.question == given.understood
    assert given.question == "And about the garden?"


def test_a_whole_question_is_asked_as_typed(tiny_answerer: Answerer) -> None:
    asked = "When was the Iron Bridge opened?"
    given = say(tiny_answerer, "Who wrote to Charles about the engine?", asked)
    assert given.understood == ""
    assert given.answer is not None
    assert given.answer.question == asked


def test_more_shows_what_was_not_shown_yet_until_there_is_no_more(tiny_answerer: Answerer) -> None:
    turns = ["Which bridge carries trains to Fife?"]
    seen: list[str] = []
    for _ in range(6):
        turns.append("tell me more")
        given = say(tiny_answerer, *turns)
        assert given.understood == turns[0]
        for citation in given.more:
            source = tiny_answerer.open_source(citation.doc_id)
            assert source is not None
            assert source.document.text[citation.start : citation.end] == citation.quote
        seen += [citation.quote for citation in given.more]
    assert seen
    assert len(seen) == len(set(seen))
    assert given.said == "I found nothing more about that."


@pytest.mark.parametrize(
    ("asked", "doc_ids"),
    [
        ("Summarise garden.md", ("garden.md",)),
        ("give me an overview of the garden", ("garden.md",)),
        ("What is bridges.txt about?", ("bridges.txt",)),
        ("what is this about?", ("bridges.txt", "garden.md", "letters/ada.txt")),
        ("Summary of all documents, please", None),
        ("overview", ("bridges.txt", "garden.md", "letters/ada.txt")),
    ],
)
def test_an_overview_is_given_of_what_is_named(
    tiny_answerer: Answerer, asked: str, doc_ids: tuple[str, ...] | None
) -> None:
    given = say(tiny_answerer, asked)
    if doc_ids is None:
        assert given.answer is not None
    else:
        assert given.overview is not None
        assert given.overview.doc_ids == doc_ids


def test_this_is_the_document_that_answered_last(tiny_answerer: Answerer) -> None:
    given = say(tiny_answerer, "Who wrote to Charles about the engine?", "Summarise this document")
    assert given.overview is not None
    assert given.overview.doc_ids == ("letters/ada.txt",)


@pytest.mark.parametrize(
    "asked", ["What is the engine about?", "Summarise the weather", "What is a rivet?"]
)
def test_what_is_no_document_is_asked_of_the_documents(tiny_answerer: Answerer, asked: str) -> None:
    assert say(tiny_answerer, asked).answer is not None


def test_only_the_chosen_documents_are_asked(tiny_answerer: Answerer) -> None:
    given = reply(tiny_answerer, "summarise", only=["garden.md"])
    assert given.overview is not None
    assert given.overview.doc_ids == ("garden.md",)
    assert "1 document" in reply(tiny_answerer, "how many documents?", only=["garden.md"]).said


def test_an_empty_question_is_refused(tiny_answerer: Answerer) -> None:
    with pytest.raises(UsageError, match="empty"):
        reply(tiny_answerer, "  ")
    assert say(tiny_answerer, "x" * 1990 + "?", "and in 2017?").answer is not None
