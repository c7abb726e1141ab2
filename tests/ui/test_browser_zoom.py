"""The page made four times as large, as WCAG asks: 320 CSS pixels wide, 256 high."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import CORPUS
from tests.ui.browsing import (
    OpenPage,
    Serve,
    ask,
    assert_no_sideways_scrolling,
    open_documents,
    open_evaluation,
    small_targets,
)

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES = "Do roses want sun and clay?"
# Of what can be pressed or typed in: what lies under something else where it is scrolled to, or
# is not within the page's width.
COVERED = """() => {
  const wrong = [];
  const modal = document.querySelector("dialog:modal");
  for (const e of document.querySelectorAll("button, summary, textarea, input:not([type=file])")) {
    if (!e.checkVisibility() || e.disabled || (modal && !modal.contains(e))) continue;
    e.scrollIntoView({ block: "center" });
    const box = e.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    if (!top || !(e.contains(top) || top.contains(e))) wrong.push(e.outerHTML.slice(0, 120));
    if (box.left < -1 || box.right > innerWidth + 1) wrong.push(e.outerHTML.slice(0, 120));
  }
  return wrong;
}"""


def look(page: Page, state: str) -> None:
    assert_no_sideways_scrolling(page)
    assert small_targets(page, 24) == [], state
    assert page.evaluate(COVERED) == [], state


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_and_nothing_lies_over_anything(
    visit: OpenPage, serve: Serve, scheme: str
) -> None:
    page = visit(serve(CORPUS).address, (320, 256), scheme)
    look(page, "welcome")
    turn = ask(page, ROSES)
    look(page, "answer")
    open_documents(page)
    look(page, "documents")
    page.get_by_role("button", name="Close documents").click()
    turn.locator(".qa-chip").click()
    expect(page.locator("#qa-cited")).to_be_in_viewport()
    look(page, "source")
    page.get_by_role("button", name="Back to the answer").click()
    open_evaluation(page)
    look(page, "evaluation")
