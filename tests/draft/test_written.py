"""Questions that a model phrases: each has its sentence, and what the reader makes of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.live import open_index
from qa.draft.written import KIND, question_in, written_gold
from qa.errors import WriterError
from qa.settings import WriterSettings
from qa.write.client import ChatClient
from tests.write.chat import chat_server


@pytest.mark.model
@pytest.mark.timeout(600)
def test_every_question_has_its_sentence_and_what_the_reader_says(page_index: Path) -> None:
    answerer = open_index(page_index)
    store, network = answerer.index.store, answerer.open_models[1]
    counted: list[int] = []
    with chat_server(2048) as url:
        client = ChatClient(WriterSettings(url, "tiny-model", seconds=600, max_tokens=40))
        found = written_gold(store, network, client, 4, 0, counted.append)
    assert 1 <= len(found) <= 4  # a small model does not always ask
    assert sum(counted) == len(found)
    for record in found:
        document = store.document(record["doc_id"])
        assert document is not None
        assert record["question"].endswith("?")
        (evidence,), (answer,) = record["evidence"], record["answers"]
        assert evidence in document.text
        assert answer in evidence
        assert (record["draft"], record["kind"], record["answerable"]) == (True, KIND, True)
        assert record["reader_agrees"] in (True, False)
        assert record["split"] in ("calibration", "test")


def test_a_model_that_is_not_there_is_named(page_index: Path) -> None:
    answerer = open_index(page_index)
    client = ChatClient(WriterSettings("http://127.0.0.1:9", "none"))
    with pytest.raises(WriterError, match=r"no writer answers at 127\.0\.0\.1:9"):
        written_gold(answerer.index.store, answerer.open_models[1], client, 3, 0)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("What is it?", "What is it?"),
        ("Question: “How many\tlabs were found?”\nAnswer: 3", "How many labs were found?"),
        ("**Who paid?**", "Who paid?"),
        ("Sure! Here is one:\n\n1. Who paid?", "Who paid?"),
        ("Who paid? And when?", ""),
        ("No question.", ""),
        ("?" * 3, ""),
        ("x" * 300 + "?", ""),
    ],
)
def test_a_question_is_found_in_what_a_model_says(said: str, question: str) -> None:
    assert question_in(said) == question


@given(st.text(max_size=400))
def test_whatever_a_model_says_what_is_found_is_one_short_question(said: str) -> None:
    found = question_in(said)
    assert not found or (found.endswith("?") and len(found) <= 200 and "\n" not in found)
