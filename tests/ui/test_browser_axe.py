"""What axe-core, the checker of WCAG rules, says of the page in each of its states: nothing."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.conftest import CORPUS
from tests.ui.browsing import DESKTOP, PHONE, OpenPage, Serve, Served, ask, open_documents
from tests.ui.samples import write_pdf

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES = "Do roses want sun and clay?"


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    def make(corpus: Path) -> None:
        pages = [[(72.0, 700.0, f"Page {number} is about ferns.")] for number in (1, 2)]
        write_pdf(corpus / "report.pdf", pages, "The report")
        (corpus / "bad.pdf").write_bytes(b"%PDF-1.7 no")

    return serve(CORPUS, make)


def check(page: Page, state: str) -> None:
    violations = Axe().run(page).response["violations"]
    found = [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations]
    assert found == [], state


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_no_state_of_the_page_breaks_a_rule(
    visit: OpenPage, still: Served, size: tuple[int, int], scheme: str
) -> None:
    page = visit(still.address, size, scheme)
    check(page, "welcome")
    turn = ask(page, ROSES)
    turn.locator("summary").click()
    check(page, "answer")
    page.get_by_role("button", name="Conversations", exact=True).click()
    expect(page.locator(".qa-entry").first).to_be_visible()
    check(page, "conversations")
    page.locator("[data-rename]").first.click()
    check(page, "renaming")
    page.keyboard.press("Escape")
    expect(page.locator("[data-rename]").first).to_be_focused()
    kept = page.locator(".qa-entry").count()
    page.locator("[data-delete-conversation]").first.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    check(page, "deleted")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".qa-entry")).to_have_count(kept)
    page.locator(".qa-entry").first.click()
    expect(page.locator(".qa-turn")).to_have_count(1)
    page.locator("#qa-share summary").click()
    check(page, "share")
    page.keyboard.press("Escape")
    ask(page, "What is page 2 about: ferns?").locator(".qa-chip").first.click()
    expect(page.locator(".qa-sheet")).to_be_visible()
    check(page, "page")
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".qa-page")).to_be_visible()
    check(page, "text")
    open_documents(page)
    page.get_by_label("Ask The garden").check()
    expect(page.locator(".qa-scope")).to_be_attached()
    check(page, "documents")
    page.get_by_role("button", name="Close documents").click()
    page.locator("#qa-more summary").click()
    check(page, "menu")
    page.get_by_role("button", name="How often is it right?").click()
    expect(page.get_by_role("heading", name="Feedback")).to_be_visible()
    check(page, "evaluate")
