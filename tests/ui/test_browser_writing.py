"""The page with a writer: a real chat server, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from qa.settings import WriterSettings
from qa.ui.app import start
from tests.ui.browsing import OpenPage, ask
from tests.write.chat import chat_server

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

LABS = "How many cocaine laboratories were destroyed in 2018?"
OFF_TOPIC = "What is the best recipe for a pisco sour?"
LONG = 250_000  # milliseconds; a small model on a busy machine


@pytest.fixture(scope="module")
def address(page_index: Path) -> Iterator[str]:
    with chat_server(4096) as url:
        writer = WriterSettings(url, "tiny-model", seconds=600, max_tokens=80)
        page, address = start(page_index, writer=writer)
        yield address
        page.close()


def test_prose_is_cited_or_struck_above_the_documents_own_words(
    visit: OpenPage, address: str
) -> None:
    page = visit(address)
    turn = ask(page, LABS)
    written = turn.get_by_role("region", name="Written from the passages")
    expect(written.get_by_text("written by tiny-model at 127.0.0.1")).to_be_visible(timeout=LONG)
    expect(written.get_by_role("button", name="Stop")).to_have_count(0, timeout=LONG)
    expect(turn.locator(".qa-short")).to_have_text("351")
    for sentence in written.locator(".qa-prose").all():
        assert sentence.get_by_role("button").count()
    sources = written.get_by_role("button", name="Source 1: open")
    if sources.count():
        sources.first.click()
        expect(page.locator("#qa-source mark").first).to_be_visible()
    said = written.inner_text()
    page.reload()
    kept = page.locator(".qa-turn").get_by_role("region", name="Written from the passages")
    expect(kept).to_have_text(said, use_inner_text=True)  # the conversation has it


def test_nothing_is_written_where_there_is_no_answer(visit: OpenPage, address: str) -> None:
    page = visit(address)
    turn = ask(page, OFF_TOPIC)
    expect(turn.locator(".qa-abstained")).to_be_visible()
    assert turn.get_by_role("region", name="Written from the passages").count() == 0


def test_a_writer_that_is_not_there_takes_nothing_away(visit: OpenPage, page_index: Path) -> None:
    server, address = start(page_index, writer=WriterSettings("http://127.0.0.1:9", "none"))
    page = visit(address)
    turn = ask(page, LABS)
    expect(turn.get_by_text("no writer answers at 127.0.0.1:9")).to_be_visible(timeout=20_000)
    expect(turn.locator(".qa-short")).to_have_text("351")
    server.close()
