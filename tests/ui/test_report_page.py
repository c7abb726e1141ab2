"""The report in a real browser: on a desktop and a phone, with and without its script."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.evaluate.compare import compare
from qa.evaluate.report.report import report_html
from tests.evaluate.report.test_report import EVIL, RECORDS, SUBJECT

pytestmark = pytest.mark.browser
PHONE, DESKTOP = (390, 844), (1280, 800)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    (folder / "a.txt").write_text("Filling.\n\n" * 300 + "Roses want sun.\n")
    long = "Roses" * 60
    evil = replace(RECORDS[1], id="evil", question=EVIL + long, answer=EVIL, evidence=(EVIL, long))
    records = [*RECORDS, evil]
    page = report_html(records, SUBJECT, {"a.txt": "a.txt"}, compare(records, RECORDS))
    (folder / "report.html").write_text(page, "utf-8")
    return (folder / "report.html").as_uri()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Opens the report in a new window; checks the window's requests and errors at the end."""
    requests: list[str] = []
    errors: list[str] = []
    contexts = []

    def visit(size: tuple[int, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.goto(address)
        expect(page.get_by_role("heading", name="How well it answers")).to_be_visible()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert set(requests) == {address}, "the page needs nothing but itself"
    assert not errors, "errors in the browser's console"


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_its_text_is_readable(
    visit: Visit, size: tuple[int, int], scheme: str
) -> None:
    page = visit(size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for selector in ("h1", ".qr-quiet", ".qr-q summary", ".qr a"):
        assert contrast(page, selector) >= 4.5, selector


def contrast(page: Page, selector: str) -> float:
    """WCAG 2 contrast of an element's text with what is behind it."""
    ratio: float = page.locator(selector).first.evaluate(
        """element => {
          const light = ([r, g, b]) => [r, g, b]
            .map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const rgb = text => text.match(/[0-9.]+/g).map(Number);
          const back = node => getComputedStyle(node).backgroundColor;
          let behind = element;
          while (rgb(back(behind))[3] === 0) behind = behind.parentElement;
          const pair = [getComputedStyle(element).color, back(behind)]
            .map(c => light(rgb(c))).sort((a, b) => b - a);
          return (pair[0] + 0.05) / (pair[1] + 0.05);
        }"""
    )
    return ratio


def test_words_find_questions_and_leave_the_rest_out(visit: Visit) -> None:
    page = visit()
    shown = page.locator(".qr-q:visible > summary")
    before = shown.count()
    page.get_by_label("Find").fill("q3, 5 ms")
    expect(shown).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(f"1 of {len(RECORDS) + 1} questions")
    page.get_by_label("Find").fill("")
    assert shown.count() >= before


def test_a_cause_leads_to_its_questions_by_keyboard(visit: Visit) -> None:
    page = visit()
    page.get_by_role("link", name="Wrongly refused").focus()
    page.keyboard.press("Enter")
    group = page.locator("#qr-wrongly_refused")
    expect(group).to_be_in_viewport()
    question = group.locator(".qr-q summary").first
    question.focus()
    page.keyboard.press("Enter")
    expect(group.get_by_text("Possibly: Roses")).to_be_visible()


def test_without_its_script_the_page_is_whole(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    expect(page.get_by_label("Find")).to_be_hidden()
    page.locator("#qr-right > summary").click()
    question = page.locator("#qr-right .qr-q summary").first
    question.click()
    expect(page.locator("#qr-right blockquote").first).to_be_visible()


def test_what_is_hostile_is_shown_as_text(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".qr-q summary", has_text="alert(1)")).to_have_count(1)


def test_a_citation_opens_its_document_at_the_quote(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("#qr-wrong_passage .qr-q summary").first.click()
    with context.expect_page() as opened:
        page.locator("#qr-wrong_passage a").first.click()
    source = opened.value
    source.wait_for_load_state()
    assert source.url.split("#")[0].endswith("a.txt")
    source.wait_for_function("scrollY > 0")
    context.close()
