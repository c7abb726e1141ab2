"""What the browser tests do on a page: ask, look, measure."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from qa.index.build import build_index
from qa.settings import BuildSettings
from qa.ui.library import Library
from tests.conftest import tiny_settings

expect.set_options(timeout=20_000)  # milliseconds; a busy machine is no failure

PHONE, DESKTOP = (390, 844), (1280, 800)

OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Served:
    """A page with the tiny models, and what is behind it."""

    address: str
    library: Library
    corpus: Path
    index_dir: Path

    def build(self) -> None:
        """Bring the index up to date as another process would."""
        build_index(self.corpus, self.index_dir, tiny_build_settings(self.index_dir))


Serve = Callable[..., Served]


def tiny_build_settings(index_dir: Path) -> BuildSettings:
    """Put the tiny models in place; return the settings that `qa index` has with them."""
    names = tiny_settings(index_dir)
    return BuildSettings(encoder=names.encoder, reader=names.reader)


def open_documents(page: Page) -> None:
    """Open the drawer with the documents, unless it is open."""
    if not page.locator("#qa-documents dialog").evaluate("drawer => drawer.open"):
        page.get_by_role("button", name="Documents", exact=True).click()
    expect(page.locator("#qa-found")).to_be_attached()


def open_evaluation(page: Page) -> None:
    """Choose from the menu what says how often the answers are right."""
    page.locator("#qa-more summary").click()
    page.get_by_role("button", name="How often is it right?").click()
    expect(page.get_by_role("heading", name="How often is it right?")).to_be_visible()


def ask(page: Page, question: str) -> Locator:
    """Type a question, press Enter, wait for its turn of the conversation."""
    before = page.locator(".qa-turn").count()
    box = page.get_by_label("Question")
    box.fill(question)
    box.press("Enter")
    turns = page.locator(".qa-turn")
    expect(turns).to_have_count(before + 1)
    return turns.last


def assert_in_view(page: Page, element: Locator) -> None:
    expect(element).to_be_visible()
    expect(element).to_be_in_viewport(ratio=0.9)


def assert_no_sideways_scrolling(page: Page) -> None:
    """Check that neither the page nor a pane can be scrolled sideways."""
    wide = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll(
            ".qa-thread, #qa-source, #qa-scope, #qa-documents dialog")].filter(
            (e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.id || e.tagName)"""
    )
    assert wide == []


def focus_by_tab(page: Page, element: Locator, key: str = "Tab", presses: int = 40) -> None:
    """Press Tab until an element has the focus, which must be seen."""
    for _ in range(presses):
        page.keyboard.press(key)
        if element.evaluate("element => element === document.activeElement"):
            seen = element.evaluate(
                """e => getComputedStyle(e).outlineStyle !== "none" &&
                parseFloat(getComputedStyle(e).outlineWidth) >= 1"""
            )
            assert seen, f"the focus cannot be seen: {element}"
            return
    raise AssertionError(f"never reached by {key}: {element}")


def small_targets(page: Page, least: float = 40) -> list[str]:
    """Name the visible things to tap that are lower than a finger needs."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll(
            "button, summary, .qa-pick, input:not([type=checkbox]):not([type=file])")]
          .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0)
          .filter((e) => e.closest(".qa-thread, #qa-source, #qa-scope, .qa-top, #qa-documents"))
          .filter((e) => e.getBoundingClientRect().height < least)
          .map((e) => `${e.className} ${e.textContent} ${e.getBoundingClientRect().height}`)""",
        least,
    )
    return found


def contrast(element: Locator) -> float:
    """The contrast ratio of WCAG 2.2 between an element's text and what is behind it."""
    ratio: float = element.evaluate(
        """element => {
            const canvas = document.createElement("canvas").getContext("2d");
            const rgba = (color) => {
              canvas.clearRect(0, 0, 1, 1);
              canvas.fillStyle = color;
              canvas.fillRect(0, 0, 1, 1);
              return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const over = (top, below) => top.slice(0, 3).map(
              (c, i) => (c * top[3] + below[i] * (255 - top[3])) / 255);
            const layers = [];
            for (let e = element; e; e = e.parentElement) {
              layers.push(rgba(getComputedStyle(e).backgroundColor));
            }
            const back = layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
            const front = over(rgba(getComputedStyle(element).color), back);
            const light = (color) => {
              const [r, g, b] = color.map((c) => {
                const s = c / 255;
                return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
              });
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const [high, low] = [light(front), light(back)].sort((a, b) => b - a);
            return (high + 0.05) / (low + 0.05);
        }"""
    )
    return ratio


def unreadable(page: Page, selectors: list[str]) -> dict[str, float]:
    """Return the selectors whose first element has too little contrast, with the ratio."""
    ratios = {selector: contrast(page.locator(selector).first) for selector in selectors}
    return {selector: ratio for selector, ratio in ratios.items() if ratio < 4.5}
