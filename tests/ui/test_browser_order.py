"""The page in a real browser when an answer takes its time: what was done last counts.

Answers are held back by the test until it has seen what it waits for; nothing here depends
on how long anything takes.
"""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from qa.ui.panes.conversation import ConversationPane
from qa.ui.panes.documents import DocumentsPane
from tests.conftest import CORPUS
from tests.ui.browsing import PHONE, OpenPage, Serve, Served, ask, open_documents
from tests.ui.samples import write_pdf

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

COMPONENT_SERVER = re.compile("/component_server")
ROSES, ROSES_SENTENCE = "Do roses want sun and clay?", "Roses want sun and clay."
BRIDGE = "Does the Iron Bridge crosses the Severn?"


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    """Documents that no test changes, one of them with pages."""

    def make(corpus: Path) -> None:
        pages = [[(72.0, 700.0, f"Page {number} is about ferns.")] for number in range(1, 6)]
        write_pdf(corpus / "report.pdf", pages, "The report")

    return serve(CORPUS, make)


class Gate:
    """Holds back what the first call of a kind returns until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._open = threading.Event()
        self.begun = threading.Event()

    def hold(self, owner: type, name: str, is_meant: Callable[..., bool]) -> None:
        """Hold back the first call of a method for whose arguments `is_meant` says so."""
        method, lock = getattr(owner, name), threading.Lock()

        def held(called: object, *args: Any, **options: Any) -> Any:
            answer = method(called, *args, **options)
            with lock:
                is_first = is_meant(*args) and not self.begun.is_set()
                if is_first:
                    self.begun.set()
            assert not is_first or self._open.wait(120)
            return answer

        self._monkeypatch.setattr(owner, name, held)

    def open(self) -> None:
        """Let the answer go."""
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


def let_arrive(page: Page, gate: Gate, request_holds: str) -> None:
    """Open the gate and wait until its answer is in the browser and has been dealt with."""
    let_answer(page, gate.open, request_holds)


def let_answer(page: Page, release: Callable[[], object], request_holds: str) -> None:
    """Release what an answer waits for; see `let_arrive`."""
    with page.expect_response(lambda r: request_holds in (r.request.post_data or "")) as answer:
        release()
    answer.value.finished()
    page.evaluate(
        """async () => {
            const turn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            for (let i = 0; i < 5; i += 1) await turn();
        }"""
    )


def send(page: Page, question: str, presses: int = 1) -> Any:
    """Type a question and press Enter, without waiting for the answer; return the box."""
    box = page.get_by_label("Question")
    box.fill(question)
    for _ in range(presses):
        box.press("Enter")
    return box


def title(page: Page) -> Any:
    return page.locator(".qa-source-title")


# ---- the right pane


def test_of_two_documents_opened_at_once_the_one_clicked_last_is_shown(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    gate.hold(DocumentsPane, "open", lambda doc_id, *rest: doc_id == "bridges.txt")
    page = visit(still.address)
    open_documents(page)
    page.locator("[data-open='bridges.txt']").click()
    assert gate.begun.wait(60)
    open_documents(page)
    page.locator("[data-open='garden.md']").click()
    expect(title(page)).to_have_text("The garden")
    let_arrive(page, gate, "bridges.txt")
    expect(title(page)).to_have_text("The garden")


def test_of_two_pages_turned_to_at_once_the_last_is_shown(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    gate.hold(DocumentsPane, "open", lambda doc_id, cited, shown, page: page == 2)
    page = visit(still.address)
    open_documents(page)
    page.locator("[data-open='report.pdf']").click()
    pager = page.locator(".qa-pager")
    expect(pager).to_contain_text("Page 1 of 5")
    page.get_by_role("button", name="Next page").click()
    assert gate.begun.wait(60)
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".qa-page")).to_contain_text("Page 4 is about ferns.")
    let_arrive(page, gate, '"page":2')
    expect(page.locator(".qa-page")).to_contain_text("Page 4 is about ferns.")
    expect(pager).to_have_count(0)


def test_a_source_that_was_closed_does_not_come_back_when_it_comes_late(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    page = visit(still.address)
    turn = ask(page, BRIDGE)
    expect(title(page)).to_have_text("bridges")
    turn = ask(page, ROSES)
    expect(title(page)).to_have_text("The garden")
    gate.hold(DocumentsPane, "open", lambda doc_id, *rest: doc_id == "garden.md")
    turn.get_by_role("button", name="Citation 1: open").click()
    assert gate.begun.wait(60)
    page.get_by_role("button", name="Close the document").click()
    expect(page.locator("#qa-source")).not_to_be_visible()
    let_arrive(page, gate, "garden.md")
    expect(page.locator("#qa-source")).not_to_be_visible()


def test_a_list_that_comes_late_leaves_the_citation_that_was_opened(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    gate.hold(DocumentsPane, "show", lambda chosen: True)
    page = visit(still.address, is_whole=False)
    assert gate.begun.wait(60)
    ask(page, ROSES).get_by_role("button", name="Citation 1: open").click()
    expect(page.locator("#qa-cited")).to_have_text(ROSES_SENTENCE)
    let_arrive(page, gate, "list_documents")
    expect(page.locator("#qa-cited")).to_have_text(ROSES_SENTENCE)


def test_a_citation_opened_again_is_scrolled_to_again(visit: OpenPage, serve: Serve) -> None:
    filling = "\n\n".join(f"Filling number {number}." for number in range(200))
    page = visit(serve({"long.txt": f"{filling}\n\n{ROSES_SENTENCE}\n"}).address)
    chip = ask(page, ROSES).get_by_role("button", name="Citation 1: open")
    expect(page.locator("#qa-cited")).to_be_in_viewport()
    page.locator("#qa-source").evaluate("pane => pane.scrollTo(0, 0)")
    expect(page.locator("#qa-cited")).not_to_be_in_viewport()
    chip.click()
    expect(page.locator("#qa-cited")).to_be_in_viewport()


def test_when_nothing_answers_the_pane_says_so(visit: OpenPage, still: Served) -> None:
    page = visit(still.address, PHONE)
    page.route(COMPONENT_SERVER, lambda route: route.fulfill(status=200, body="not json"))
    open_documents(page)
    page.locator("[data-open='garden.md']").click()
    alert = page.locator("#qa-source").get_by_role("alert")
    expect(alert).to_contain_text("is the program still running?")
    page.unroute(COMPONENT_SERVER)
    page.get_by_role("button", name="Close", exact=True).click()
    open_documents(page)
    page.locator("[data-open='garden.md']").click()
    expect(title(page)).to_have_text("The garden")


# ---- the conversation


def test_what_is_typed_while_an_answer_is_on_its_way_stays(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    gate.hold(ConversationPane, "ask", lambda question, *rest: True)
    page = visit(still.address)
    box = send(page, ROSES)
    assert gate.begun.wait(60)
    expect(box).to_have_value("")
    box.fill("Does the Iron")
    expect(page.locator(".qa-pending")).to_contain_text(ROSES)
    gate.open()
    expect(page.locator(".qa-turn")).to_have_count(1)
    expect(page.locator(".qa-pending")).to_have_count(0)
    expect(box).to_have_value("Does the Iron")


def test_enter_pressed_twice_asks_once(visit: OpenPage, still: Served, gate: Gate) -> None:
    gate.hold(ConversationPane, "ask", lambda question, *rest: True)
    page = visit(still.address)
    send(page, ROSES, presses=2)
    assert gate.begun.wait(60)
    send(page, ROSES, presses=2)
    send(page, BRIDGE)
    expect(page.locator(".qa-question")).to_have_text([BRIDGE])
    gate.open()
    expect(page.locator(".qa-question")).to_have_text([BRIDGE, ROSES])
    ask(page, ROSES)
    expect(page.locator(".qa-question")).to_have_text([BRIDGE, ROSES, ROSES])


def test_a_verdict_given_while_an_answer_is_on_its_way_is_kept_and_the_answer_comes(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    page = visit(still.address)
    turn = ask(page, ROSES)
    gate.hold(ConversationPane, "ask", lambda question, *rest: question == BRIDGE)
    send(page, BRIDGE)
    assert gate.begun.wait(60)
    turn.get_by_role("button", name="No", exact=True).click()
    expect(page.locator(".qa-turn").first).to_contain_text("Thank you")
    gate.open()
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(page.locator(".qa-turn").last).to_contain_text("The Iron Bridge crosses the Severn.")
    expect(page.locator(".qa-turn").first).to_contain_text("Thank you")


def test_a_verdict_that_is_shown_late_does_not_hide_the_answer_that_came_meanwhile(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    page = visit(still.address)
    ask(page, ROSES).get_by_role("button", name="No", exact=True)
    gate.hold(ConversationPane, "show", lambda now: any(turn.verdict for turn in now.turns))
    page.get_by_role("button", name="No", exact=True).click()
    assert gate.begun.wait(60)
    send(page, BRIDGE)
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(page.locator(".qa-turn").first).to_contain_text("Thank you")
    let_arrive(page, gate, '"verdict"')
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(page.locator(".qa-turn").first).to_contain_text("Thank you")


def test_verdicts_on_two_answers_at_once_are_both_kept(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    ask(page, BRIDGE)
    gate.hold(ConversationPane, "show", lambda now: bool(now.turns))
    turns = page.locator(".qa-turn")
    turns.first.get_by_role("button", name="No", exact=True).click()
    assert gate.begun.wait(60)
    turns.last.get_by_role("button", name="Yes", exact=True).click()
    expect(turns.last).to_contain_text("Thank you")
    gate.open()
    expect(turns.first).to_contain_text("Thank you")


# ---- the documents that are asked


TICK = """(names) => {
  const now = performance.now;
  performance.now = () => 1; // the browser's clock is a coarse one
  for (const name of names) document.querySelector(`[data-pick="${name}"]`).click();
  performance.now = now;
}"""


def test_two_documents_ticked_at_once_are_both_asked(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    page.evaluate(TICK, ["garden.md", "bridges.txt"])
    expect(page.locator(".qa-scope")).to_contain_text("Asking only 2 documents")
    expect(ask(page, ROSES)).to_contain_text("Asked of 2 documents only")


def test_a_choice_counts_for_what_is_asked_after_it(
    visit: OpenPage, still: Served, gate: Gate
) -> None:
    gate.hold(ConversationPane, "ask", lambda question, *rest: question == ROSES)
    page = visit(still.address)
    send(page, ROSES)
    assert gate.begun.wait(60)
    open_documents(page)
    page.get_by_label("Ask bridges").check()
    expect(page.locator(".qa-scope")).to_contain_text("Asking only bridges.txt")
    expect(ask(page, BRIDGE)).to_contain_text("Asked of 1 document only")
    page.get_by_role("button", name="Ask all documents").click()
    expect(page.locator(".qa-scope")).to_have_count(0)
    expect(page.get_by_label("Ask bridges")).not_to_be_checked()
    gate.open()
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(page.locator(".qa-turn").last).not_to_contain_text("Asked of")


@pytest.mark.parametrize("chosen", ["null", '"garden.md"', "{}", "[null]", "[[]]", "1e400"])
def test_a_choice_that_is_none_does_no_harm(visit: OpenPage, still: Served, chosen: str) -> None:
    page = visit(still.address)

    def alter(route: Route) -> None:
        sent = route.request.post_data or ""
        altered = sent.replace('"chosen":["garden.md"]', f'"chosen":{chosen}')
        route.continue_(post_data=altered)

    def is_question(request: Request) -> bool:
        return '"fn_name":"ask"' in (request.post_data or "")

    page.route(COMPONENT_SERVER, alter)
    open_documents(page)
    page.get_by_label("Ask The garden").check()
    with page.expect_request(is_question) as sent:
        turn = ask(page, ROSES)
    assert f'"chosen":{chosen}' in (sent.value.post_data or "")
    expect(turn.locator(".qa-question")).to_have_text(ROSES)
