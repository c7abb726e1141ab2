"""The page in a real browser while a question is on its way, and when nothing answers."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from qa.index.build import build_index
from qa.ui.panes.conversation import ConversationPane
from tests.conftest import CORPUS, write_corpus
from tests.ui.browsing import (
    DESKTOP,
    PHONE,
    OpenPage,
    Serve,
    Served,
    ask,
    assert_in_view,
    assert_no_sideways_scrolling,
    open_documents,
    tiny_build_settings,
)

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES, BRIDGE = "Do roses want sun and clay?", "Does the Iron Bridge crosses the Severn?"
AWAY = "The program does not answer"


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    return serve(CORPUS)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Answers to ROSES come when this is set."""
    go_on, method = threading.Event(), ConversationPane.ask

    def slow(pane: ConversationPane, question: str, *rest: object, **options: object) -> object:
        assert question != ROSES or go_on.wait(120)
        return method(pane, question, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ConversationPane, "ask", slow)
    yield go_on
    go_on.set()


def send(page: Page, question: str) -> None:
    box = page.get_by_label("Question")
    box.fill(question)
    box.press("Enter")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_slow_answer_shows_itself_where_it_will_stand(
    visit: OpenPage, still: Served, held: threading.Event, size: tuple[int, int]
) -> None:
    page = visit(still.address, size)
    ask(page, BRIDGE)
    send(page, ROSES)
    pending = page.locator(".qa-pending")
    expect(pending.get_by_role("heading", name=ROSES)).to_be_visible()
    expect(pending).to_contain_text("Looking in the documents")
    assert_in_view(page, pending.get_by_role("button", name="Stop"))
    assert_no_sideways_scrolling(page)
    top = pending.get_by_role("heading").bounding_box()
    held.set()
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(pending).to_have_count(0)
    now = page.locator(".qa-turn").last.get_by_role("heading").bounding_box()
    assert top
    assert now
    assert abs(top["y"] - now["y"]) <= 3, "nothing jumps"


def test_a_question_that_is_stopped_is_in_the_box_again_and_nowhere_else(
    visit: OpenPage, still: Served, held: threading.Event
) -> None:
    page = visit(still.address)
    ask(page, BRIDGE)

    def is_question(request: Request) -> bool:
        return ROSES in (request.post_data or "")

    with page.expect_event("requestfailed", is_question):
        send(page, ROSES)
        page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".qa-pending")).to_have_count(0)
    expect(page.get_by_label("Question")).to_have_value(ROSES)
    expect(page.get_by_label("Question")).to_be_focused()
    expect(page.locator("#qa-away")).to_be_empty()
    held.set()
    ask(page, BRIDGE)
    page.reload()
    expect(page.locator(".qa-question")).to_have_text([BRIDGE, BRIDGE])


def test_what_is_typed_meanwhile_stays_when_a_question_is_stopped(
    visit: OpenPage, still: Served, held: threading.Event
) -> None:
    page = visit(still.address)
    send(page, ROSES)
    expect(page.get_by_label("Question")).to_have_value("")
    page.get_by_label("Question").fill("And what")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".qa-pending")).to_have_count(0)
    expect(page.get_by_label("Question")).to_have_value("And what")


def test_a_question_that_is_refused_says_why_and_can_be_asked_again(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address, may_fail=True)
    refused = {"error": "too much is waiting for an answer: try again in a moment"}
    page.route("**/component_server/", lambda route: route.fulfill(status=429, json=refused))
    send(page, ROSES)
    pending = page.locator(".qa-pending")
    expect(pending).to_contain_text("This could not be asked: too much is waiting")
    expect(page.locator("#qa-away")).to_be_empty()
    page.unroute("**/component_server/")
    pending.get_by_role("button", name="Ask again").click()
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    expect(pending).to_have_count(0)


# ---- nothing answers


class Stopping:
    """A program that can be stopped, and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = folder / "index"
        build_index(write_corpus(folder / "corpus", CORPUS), index, tiny_build_settings(index))
        self._process: subprocess.Popen[str] | None = None
        self.address = self._started(0)

    def start(self) -> None:
        assert self._started(urlsplit(self.address).port or 0) == self.address

    def stop(self) -> None:
        assert self._process
        self._process.kill()
        self._process.communicate()

    def _started(self, port: int) -> str:
        names = tiny_build_settings(self._folder / "index")
        command = [sys.executable, "-P", "-m", "qa", "serve", "--max-risk=1", f"--port={port}"]
        command += [f"--corpus={self._folder / 'corpus'}", f"--index={self._folder / 'index'}"]
        command += [f"--encoder={names.encoder}", f"--reader={names.reader}"]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self._process.stdout
        said = next(line for line in self._process.stdout if "http://" in line)
        return next(word for word in said.split() if word.startswith("http://"))


@pytest.fixture
def stopping(tmp_path: Path) -> Iterator[Stopping]:
    stopping = Stopping(tmp_path)
    yield stopping
    stopping.stop()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_question_waits_for_a_program_that_was_stopped(
    visit: OpenPage, stopping: Stopping, size: tuple[int, int], scheme: str
) -> None:
    page = visit(stopping.address, size, scheme, may_fail=True)
    ask(page, BRIDGE)
    stopping.stop()
    send(page, ROSES)
    expect(page.locator("#qa-away")).to_contain_text(AWAY)
    pending = page.locator(".qa-pending")
    expect(pending.get_by_role("heading", name=ROSES)).to_be_visible()
    expect(pending).to_contain_text("It is kept")
    expect(page.get_by_text("errored")).to_have_count(0)  # as Gradio would say
    assert_no_sideways_scrolling(page)
    stopping.start()
    expect(page.locator(".qa-question")).to_have_text([BRIDGE, ROSES])
    expect(page.locator("#qa-away")).to_be_empty()
    expect(pending).to_have_count(0)


def test_a_page_of_an_earlier_start_goes_on(visit: OpenPage, stopping: Stopping) -> None:
    page = visit(stopping.address, may_fail=True)  # its token is refused once
    stopping.stop()
    stopping.start()
    expect(ask(page, BRIDGE)).to_contain_text("The Iron Bridge crosses the Severn.")
    expect(page.locator("#qa-away")).to_be_empty()


def test_a_question_that_waits_outlives_a_reload(visit: OpenPage, stopping: Stopping) -> None:
    page = visit(stopping.address, may_fail=True)
    stopping.stop()
    send(page, ROSES)
    expect(page.locator(".qa-pending")).to_contain_text("It is kept")
    stopping.start()
    page.reload()
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    page.reload()
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    expect(page.locator(".qa-pending")).to_have_count(0)


def test_a_document_that_could_not_be_opened_opens_when_the_program_is_back(
    visit: OpenPage, stopping: Stopping
) -> None:
    page = visit(stopping.address, may_fail=True)
    open_documents(page)
    stopping.stop()
    page.locator("[data-open='garden.md']").click()
    expect(page.locator("#qa-away")).to_contain_text(AWAY)
    stopping.start()
    expect(page.locator(".qa-source-title")).to_have_text("The garden")
    expect(page.locator("#qa-away")).to_be_empty()


def test_a_question_to_a_program_that_is_ending_is_asked_when_it_is_back(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address, may_fail=True)
    ending = {"error": "the program is ending"}
    page.route("**/component_server/", lambda route: route.fulfill(status=503, json=ending))
    page.route("**/qa/token", lambda route: route.fulfill(status=503, json=ending))
    send(page, ROSES)
    expect(page.locator("#qa-away")).to_contain_text(AWAY)
    expect(page.locator(".qa-pending")).to_contain_text("It is kept")
    page.unroute("**/component_server/")
    page.unroute("**/qa/token")
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    expect(page.locator("#qa-away")).to_be_empty()


# ---- what is too long to be asked


def test_a_long_paste_is_told_before_it_is_sent_and_nothing_of_it_is_cut(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address, PHONE)
    box, told = page.get_by_label("Question"), page.locator("#qa-too-long")
    words = "roses " * 400
    page.evaluate("words => navigator.clipboard.writeText(words)", words)
    box.focus()
    page.keyboard.press("Control+V")
    expect(told).to_contain_text("2,400 characters, and at most 2,000")
    box.press("Enter")
    expect(box).to_have_value(words)
    expect(page.locator(".qa-turn")).to_have_count(0)
    box.fill(ROSES)
    expect(told).to_be_hidden()
    ask(page, ROSES)
