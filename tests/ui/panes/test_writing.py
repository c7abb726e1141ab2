"""What a model has written stays with its conversation, and is held against the documents."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answer.live import LiveAnswerer
from qa.settings import WriterSettings
from qa.ui.history.history import History
from qa.ui.history.recheck import Rechecker
from qa.ui.history.store import HISTORY_FILE
from qa.ui.page_state import Turn
from qa.ui.panes.writing import WritingPane
from qa.write.client import ChatClient
from qa.write.writer import Writer, Written, WrittenSentence
from tests.write.chat import chat_server

TALK = "t" * 22
LABS = "How many cocaine laboratories were destroyed in 2018?"


@pytest.mark.model
@pytest.mark.timeout(600)
def test_what_was_written_is_kept_and_not_written_again(page_index: Path, tmp_path: Path) -> None:
    live, history = LiveAnswerer(page_index), History(tmp_path / HISTORY_FILE)
    answer = live.current().ask(LABS)
    history.add(TALK, Turn(LABS, answer))
    with chat_server(4096) as url:
        settings = WriterSettings(url, "tiny-model", seconds=600, max_tokens=60)
        pane = WritingPane(Writer(ChatClient(settings), "tiny-model"), history, live)
        while not pane.follow(TALK, 0)["done"]:
            time.sleep(0.1)
        html = pane.follow(TALK, 0)["html"]
    kept = History(tmp_path / HISTORY_FILE).read(TALK).turns[0].written
    assert kept is not None
    assert kept.done
    assert kept.sentences
    after = WritingPane(None, History(tmp_path / HISTORY_FILE), live)  # a start without a writer
    assert after.follow(TALK, 0) == {"html": html, "done": True}


def test_its_citations_tell_when_the_document_has_changed(page_index: Path) -> None:
    answerer = LiveAnswerer(page_index).current()
    answer = answerer.ask(LABS)
    gone = replace(answer.citations[0], quote="They destroyed nothing at all.")
    sentences = (
        WrittenSentence("351 were destroyed.", answer.citations[:1], ""),
        WrittenSentence("Nothing was.", (gone,), ""),
    )
    turn = Turn(LABS, answer, written=Written("a-model", "here", sentences, done=True))
    found = Rechecker().checked(turn, answerer).written
    assert found is not None
    states = [citation.state for one in found.sentences for citation in one.citations]
    assert states == ["unchanged", "outdated"]
