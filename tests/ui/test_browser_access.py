"""The page in a real browser for those who hear it, press keys or choose their colours."""

import re
from itertools import pairwise
from pathlib import Path

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
    open_documents,
    open_evaluation,
    small_targets,
)
from tests.ui.samples import write_pdf

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES, ROSES_SENTENCE = "Do roses want sun and clay?", "Roses want sun and clay."


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    """Documents that no test changes, one of them with pages."""

    def make(corpus: Path) -> None:
        pages = [[(72.0, 700.0, f"Page {number} is about ferns.")] for number in (1, 2)]
        write_pdf(corpus / "report.pdf", pages, "The report")

    return serve(CORPUS, make)


def open_citation(page: Page, question: str = ROSES) -> None:
    ask(page, question).get_by_role("button", name="Citation 1: open").click()
    expect(page.locator("#qa-cited")).to_be_focused()


# ---- what is heard


def test_the_button_that_sends_has_a_name(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    page.locator("#qa-question textarea").fill(ROSES)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".qa-turn")).to_have_count(1)


def test_a_citation_is_called_what_is_read_on_it(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    chip = ask(page, "What is page 2 about: ferns?").locator(".qa-chip")
    shown = [chip.locator(part).inner_text() for part in (".qa-chip-title", ".qa-chip-where")]
    assert shown in (["The report", "page 1"], ["The report", "page 2"])
    expect(chip).to_have_accessible_name(f"Citation 1: open {' '.join(shown)}")


def test_an_answer_is_read_out_once_in_a_place_that_was_there_before(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    heard = page.locator("#qa-answered")
    expect(heard).to_have_attribute("role", "status")
    expect(heard).to_be_empty()
    ask(page, ROSES)
    expect(heard).to_have_text(re.compile("sun and clay"))
    ask(page, "Does the Iron Bridge crosses the Severn?")
    expect(heard).to_have_text(re.compile("Iron Bridge"))
    expect(page.locator("#qa-conversation [aria-live=polite]")).to_have_count(0)


def test_no_level_of_headings_is_left_out(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    levels = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]))"""
    for is_asked in (False, True):
        if is_asked:
            open_citation(page)
        found = page.evaluate(levels)
        assert found[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(found))


# ---- keys


def test_a_slash_leads_to_the_question_box_and_is_not_typed(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    box = page.locator("#qa-question textarea")
    open_evaluation(page)
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("and/or")
    expect(box).to_have_value("and/or")
    open_documents(page)
    page.get_by_label("Find a document").focus()
    page.keyboard.type("a/b")
    expect(page.get_by_label("Find a document")).to_have_value("a/b")


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_escape_leads_from_a_source_back_to_its_answer(
    visit: OpenPage, still: Served, size: tuple[int, int]
) -> None:
    page = visit(still.address, size)
    open_citation(page)
    page.keyboard.press("Escape")
    expect(page.locator(".qa-chip")).to_be_focused()
    expect(page.locator(".qa-answer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#qa-question textarea")).to_be_focused()


def test_escape_leaves_what_is_typed(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    box = page.locator("#qa-question textarea")
    box.fill("half a question")
    page.keyboard.press("Escape")
    expect(box).to_have_value("half a question")
    expect(box).to_be_focused()


# ---- what is seen


def test_on_a_desktop_everything_can_be_hit_with_a_mouse(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    assert small_targets(page, 24) == []
    open_documents(page)
    assert small_targets(page, 24) == []
    page.get_by_label("Ask The garden").check()
    open_citation(page)
    assert small_targets(page, 24) == []
    page.get_by_role("button", name="Ask all documents").click()
    open_citation(page, "What is page 2 about: ferns?")
    assert small_targets(page, 24) == []


def test_where_the_system_chooses_the_colours_outlines_show_what_is_marked(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    page.emulate_media(forced_colors="active")
    open_citation(page)
    outlined = "e => getComputedStyle(e).outlineStyle !== 'none'"
    assert page.locator("#qa-cited").evaluate(outlined)
    open_citation(page, "What is page 2 about: ferns?")
    expect(page.locator(".qa-box")).to_have_count(1)
    assert page.locator(".qa-box").evaluate(outlined)
    assert page.locator(".qa-switch [data-as=page]").evaluate(outlined)
    assert not page.locator(".qa-switch [data-as=text]").evaluate(outlined)


def test_the_page_has_an_icon_of_its_own(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    icon = page.request.get(f"{still.address}favicon.ico")
    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert "#ffd84d" in icon.text()
