"""The page in a real browser: a source opens by itself, has an address, is looked through."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import CORPUS
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
    small_targets,
)
from tests.ui.samples import write_pdf

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES, ROSES_SENTENCE = "Do roses want sun and clay?", "Roses want sun and clay."
BRIDGE, BRIDGE_SENTENCE = (
    "Does the Iron Bridge crosses the Severn?",
    "The Iron Bridge crosses the Severn.",
)


def pages(corpus: Path) -> None:
    text = [
        [(72.0, 700.0, f"Page {number} is about ferns."), (72.0, 600.0, "Ferns want rain.")]
        for number in range(1, 6)
    ]
    write_pdf(corpus / "report.pdf", text, "The report")


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    """Documents that no test changes, one of them with pages."""
    return serve(CORPUS, pages)


def cited(page: Page, words: str) -> None:
    expect(page.locator("#qa-cited")).to_have_text(words)
    assert_in_view(page, page.locator("#qa-cited"))


def chip(page: Page) -> None:
    page.locator(".qa-turn").last.locator(".qa-chip").first.click()


def listed(page: Page) -> None:
    open_documents(page)


# ---- it opens by itself


def test_on_a_desktop_the_source_follows_the_newest_answer_and_the_focus_stays(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)
    expect(page.get_by_label("Question", exact=True)).to_be_focused()
    ask(page, BRIDGE)
    cited(page, BRIDGE_SENTENCE)
    expect(page.get_by_label("Question", exact=True)).to_be_focused()


def test_what_was_opened_from_the_list_stays_until_a_citation_is_followed(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)
    listed(page)
    page.locator("[data-open='letters/ada.txt']").click()
    expect(page.locator(".qa-page")).to_contain_text("Ada wrote")
    ask(page, BRIDGE)
    expect(page.locator(".qa-page")).to_contain_text("Ada wrote")
    chip(page)
    cited(page, BRIDGE_SENTENCE)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)


def test_on_a_phone_the_answer_stays_in_view_and_the_source_leads_back_to_it(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address, PHONE)
    ask(page, ROSES)
    expect(page.locator(".qa-answer")).to_be_visible()
    expect(page.locator("#qa-source")).not_to_be_visible()
    chip(page)
    cited(page, ROSES_SENTENCE)
    page.get_by_role("button", name="Back to the answer").click()
    expect(page.locator(".qa-chip")).to_be_focused()
    chip(page)
    cited(page, ROSES_SENTENCE)
    page.go_back()
    expect(page.locator(".qa-answer")).to_be_visible()
    expect(page.locator("#qa-source")).not_to_be_visible()


# ---- it has an address


def test_the_way_back_leads_from_source_to_source(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)
    ask(page, BRIDGE)
    cited(page, BRIDGE_SENTENCE)
    page.locator(".qa-chip").first.click()
    cited(page, ROSES_SENTENCE)
    page.get_by_role("button", name="Close the document").click()
    expect(page.locator("#qa-source")).not_to_be_visible()
    page.go_back()
    cited(page, ROSES_SENTENCE)
    page.go_back()
    cited(page, BRIDGE_SENTENCE)
    page.go_forward()
    cited(page, ROSES_SENTENCE)
    expect(page.locator(".qa-turn")).to_have_count(2)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_link_opens_the_sentence_in_another_window(
    visit: OpenPage, still: Served, size: tuple[int, int]
) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert set(parse_qs(urlsplit(link).query)) == {"doc", "from", "to", "check"}
    other = visit(link, size, is_whole=False)
    cited(other, ROSES_SENTENCE)


def test_a_link_to_a_conversation_shows_it_and_its_source(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)
    expect(page).to_have_url(re.compile("c=.*doc=garden.md"))
    other = visit(page.url, is_whole=False)
    expect(other.locator(".qa-question")).to_have_text([ROSES])
    cited(other, ROSES_SENTENCE)


@pytest.mark.parametrize(
    "query",
    [
        "doc=garden.md&from=<b>&to=alert(1)&check={{7*7}}&p=1e9",
        "doc=garden.md&from=99999999&to=999999999",
        "doc=garden.md&from=-1&to=0&as=<script>",
        "doc=report.pdf&p=999999999",
        "doc=report.pdf&from=0&to=4&p=-3",
        f"doc=garden.md&check={'x' * 5_000}&from=0&to=5",
    ],
)
def test_an_address_that_makes_no_sense_opens_the_document(
    visit: OpenPage, still: Served, query: str
) -> None:
    page = visit(f"{still.address}?{query}", is_whole=False)
    shown = "The garden" if "garden" in query else "The report"
    expect(page.locator(".qa-source-title")).to_have_text(shown)


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 4_000]
)
def test_an_address_of_no_document_says_so(visit: OpenPage, still: Served, name: str) -> None:
    page = visit(f"{still.address}?doc={name}", is_whole=False)
    expect(page.locator("#qa-source .qa-notice")).to_contain_text("There is no document")
    assert page.locator("#qa-source img").count() == 0


def test_a_link_to_words_that_have_changed_says_so_and_marks_nothing(
    visit: OpenPage, serve: Serve
) -> None:
    own = serve(CORPUS)
    page = visit(own.address)
    ask(page, ROSES)
    cited(page, ROSES_SENTENCE)
    (own.corpus / "garden.md").write_text(
        "# The garden\n\nNothing is said about any flower here.\n"
    )
    own.build()
    other = visit(page.url, is_whole=False)
    expect(other.locator("#qa-source .qa-notice")).to_contain_text("no longer stand at that place")
    expect(other.locator("#qa-cited")).to_have_count(0)


# ---- it can be looked through


def test_a_page_is_gone_to_and_made_larger(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    listed(page)
    page.locator("[data-open='report.pdf']").click()
    box = page.get_by_label("Go to page")
    for typed, shown in (("4", "4"), ("99", "5"), ("0", "1"), ("", "1")):
        box.fill(typed)
        box.press("Enter")
        expect(page.locator(".qa-pager")).to_contain_text(f"Page {shown} of 5")
        expect(box).to_have_value(shown)
        box.blur()
    sheet = page.locator(".qa-sheet")
    before = sheet.bounding_box()
    larger = page.get_by_role("button", name="Larger")
    larger.click()
    page.get_by_role("button", name="Next page").click()
    expect(page.locator(".qa-pager")).to_contain_text("Page 2 of 5")
    assert before
    page.wait_for_function(  # the sheet comes a moment after the pager
        "wanted => Math.abs(document.querySelector('.qa-sheet').clientWidth / wanted - 1) < 0.02",
        arg=before["width"] * 1.25,
    )
    page.get_by_role("button", name="Smaller").click()
    expect(page.get_by_role("button", name="Smaller")).to_be_disabled()


def test_the_pager_stays_in_view(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    listed(page)
    page.locator("[data-open='report.pdf']").click()
    expect(page.locator(".qa-sheet")).to_be_visible()
    page.locator("#qa-source").evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
    assert_in_view(page, page.get_by_role("button", name="Next page"))


@pytest.mark.parametrize("kind", ["page", "text"])
def test_words_are_found_one_place_after_the_other(
    visit: OpenPage, still: Served, kind: str
) -> None:
    page = visit(still.address)
    listed(page)
    page.locator("[data-open='report.pdf']").click()
    if kind == "text":
        page.get_by_role("button", name="Text", exact=True).click()
        expect(page.locator(".qa-page")).to_be_visible()
    box, found = page.get_by_label("Find in this document"), page.locator("[data-found]")
    box.fill("FERNS want")
    for key, said in (("Enter", 1), ("Enter", 2), ("Shift+Enter", 1), ("Shift+Enter", 5)):
        box.press(key)
        expect(found).to_have_text(f"{said} of 5")
        expect(box).to_be_focused()
        if kind == "page":
            expect(page.locator(".qa-pager")).to_contain_text(f"Page {said} of 5")
            expect(page.locator(".qa-box")).to_have_count(1)
        else:
            expect(page.locator("mark.qa-cited")).to_have_text("Ferns want")
    box.fill("unicorn")
    box.press("Enter")
    expect(found).to_have_text("Not found")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sheet_fits_a_phone(visit: OpenPage, still: Served, scheme: str) -> None:
    page = visit(still.address, PHONE, scheme)
    ask(page, "What is page 2 about: ferns?")
    chip(page)
    expect(page.locator(".qa-sheet")).to_be_visible()
    page.get_by_role("button", name="Larger").click()
    assert_no_sideways_scrolling(page)
    assert small_targets(page, 40) == []


# ---- which document a citation is of


def test_where_titles_repeat_the_file_is_named(visit: OpenPage, serve: Serve) -> None:
    same = {f"{name}/minutes.md": f"# Minutes\n\n{text}\n" for name, text in (
        ("a", ROSES_SENTENCE), ("b", "Ada wrote to Charles."))}  # fmt: skip
    page = visit(serve(same).address)
    expect(ask(page, ROSES).locator(".qa-chip").first).to_contain_text("a/minutes.md")


# ---- it can be given to somebody else


def test_an_answer_is_copied_with_where_it_stands(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    ask(page, ROSES).get_by_role("button", name="Copy answer 1").click()
    expect(page.get_by_role("button", name="Copy answer 1")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"“{ROSES_SENTENCE}” — The garden (garden.md)")


def test_a_conversation_is_saved_and_its_link_copied(
    visit: OpenPage, still: Served, tmp_path: Path
) -> None:
    page = visit(still.address)
    expect(page.locator("#qa-share")).to_be_hidden()
    ask(page, ROSES)
    share = page.locator("#qa-share summary")
    for kind, ending in (("Markdown", "md"), ("Word", "docx")):
        share.press("Enter")
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind}").click()
        assert download.value.suggested_filename == f"Do roses want sun and clay.{ending}"
        download.value.save_as(tmp_path / f"out.{ending}")
        expect(share).to_be_focused()
    assert f"## {ROSES}" in (tmp_path / "out.md").read_text("utf-8")
    assert (tmp_path / "out.docx").read_bytes().startswith(b"PK")
    share.press("Enter")
    page.locator("[data-share=link]").click()
    expect(page.locator("#qa-news")).to_have_text("The link was copied.")
    assert re.search(r"\?c=[\w-]{22}$", page.evaluate("navigator.clipboard.readText()"))
    share.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("[data-share=link]")).not_to_be_visible()


def test_on_paper_there_is_the_conversation_alone(visit: OpenPage, still: Served) -> None:
    page = visit(still.address, scheme="dark")
    ask(page, ROSES)
    ask(page, BRIDGE)
    page.emulate_media(media="print")
    expect(page.get_by_text("The garden (garden.md)")).to_be_visible()
    for gone in ("#qa-head", "#qa-source", "#qa-question", ".qa-judging", ".qa-chip"):
        expect(page.locator(gone).first).not_to_be_visible()
    colours = page.locator(".qa-answer").first.evaluate(
        """e => [getComputedStyle(e).color,
        getComputedStyle(e.closest(".qa-thread")).backgroundColor]"""
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    whole = page.evaluate("document.documentElement.scrollHeight")
    assert whole >= page.locator(".qa-turn").last.bounding_box()["height"]  # type: ignore[index]
