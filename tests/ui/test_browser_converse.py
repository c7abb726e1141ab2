"""What a person sees of a conversation: what was understood, overviews, what to ask next."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from benchmarks.linked import DOCUMENTS
from qa.index.build import build_index
from qa.ui.app import start
from tests.ui.browsing import (
    PHONE,
    OpenPage,
    ask,
    assert_no_sideways_scrolling,
    open_documents,
)

pytest_plugins = ["tests.ui.browser_fixtures"]

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with the real models and the documents of the linked questions."""
    index: Path = tmp_path_factory.mktemp("converse") / "index"
    build_index(DOCUMENTS, index)
    _, url = start(index)
    return url


def test_what_was_understood_is_said_and_can_be_changed(address: str, visit: OpenPage) -> None:
    page = visit(address)
    goods = "How many tonnes of goods did the Port of Skelvik handle in"
    expect(ask(page, f"{goods} 2019?")).to_contain_text("4.8 million")
    turn = ask(page, "what about 2017?")
    meant = f"{goods} 2017?"
    expect(turn.locator("h2")).to_have_text("what about 2017?")
    expect(turn.locator(".qa-understood")).to_contain_text(f"Understood as: “{meant}”")
    turn.get_by_role("button", name=meant).click()
    box = page.get_by_label("Question")
    expect(box).to_have_value(meant)
    expect(box).to_be_focused()
    turn.get_by_role("button", name="Ask as typed").click()
    typed = page.locator(".qa-turn").nth(2)
    expect(typed.locator("h2")).to_have_text("what about 2017?")
    expect(typed.locator(".qa-understood")).to_have_count(0)


def test_a_conversation_that_is_opened_again_is_gone_on_with(address: str, visit: OpenPage) -> None:
    page = visit(address)
    ask(page, "Who is the harbour master?")
    page.reload()
    expect(page.locator(".qa-turn")).to_have_count(1)
    turn = ask(page, "Where did she begin her career?")
    expect(turn.locator(".qa-understood")).to_contain_text("Ingrid Solheim")
    expect(turn.locator(".qa-short")).to_contain_text("Bergen")


def test_small_talk_is_answered_without_passages_or_a_verdict(
    address: str, visit: OpenPage
) -> None:
    page = visit(address)
    turn = ask(page, "Hello!")
    expect(turn.locator(".qa-said")).to_contain_text("9 documents")
    expect(turn.locator(".qa-judging, .qa-passage, .qa-chip, .qa-confidence")).to_have_count(0)
    expect(ask(page, "hi, who is the harbour master?").locator(".qa-answer")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), PHONE], ids=["desktop", "phone"])
def test_every_line_of_an_overview_opens_its_place(
    address: str, visit: OpenPage, size: tuple[int, int]
) -> None:
    page = visit(address, size)
    turn = ask(page, "Summarise lidman.md")
    expect(turn.locator(".qa-overview strong")).to_have_text("Elsa Lidman")
    expect(turn.locator(".qa-overview .qa-passage")).to_have_count(5)
    assert_no_sideways_scrolling(page)
    line = turn.locator(".qa-overview .qa-passage").first
    said = line.locator("span").first.inner_text()
    line.click()
    expect(page.locator(".qa-cited").first).to_have_text(said)


def test_more_is_shown_of_what_was_asked(address: str, visit: OpenPage) -> None:
    page = visit(address)
    ask(page, "Who won the prize for the heaviest pumpkin in 2022?")
    turn = ask(page, "tell me more")
    expect(turn).to_contain_text("More about")
    expect(turn.locator(".qa-also")).to_contain_text("87 kilograms")
    expect(turn.locator(".qa-judging")).to_have_count(0)


def test_what_may_be_asked_next_is_answered(address: str, visit: OpenPage) -> None:
    page = visit(address, PHONE)
    ask(page, "Where was Elsa Lidman born?")
    chip = page.locator("#qa-next button").first
    expect(chip).to_be_visible()
    assert_no_sideways_scrolling(page)
    question = chip.inner_text()
    chip.press("Enter")
    turn = page.locator(".qa-turn").nth(1)
    expect(turn.locator("h2")).to_have_text(question)
    expect(turn.locator(".qa-answer")).to_be_visible()
    expect(page.locator("#qa-next").get_by_text(question, exact=True)).to_have_count(0)


def test_a_document_that_is_opened_from_the_list_says_what_it_is(
    address: str, visit: OpenPage
) -> None:
    page = visit(address)
    open_documents(page)
    page.get_by_role("button", name="Elsa Lidman").first.click()
    card = page.locator("#qa-source .qa-card")
    expect(card.locator(".qa-passage")).to_have_count(5)
    card.get_by_role("button", name="1,130 drawings").click()
    expect(page.locator(".qa-cited").first).to_contain_text("1,130 drawings")
    expect(card).to_have_count(0)


@pytest.mark.parametrize(("size", "scheme"), [((1280, 800), "light"), (PHONE, "dark")])
def test_a_stranger_asks_linked_questions_comes_back_and_takes_it_along(
    address: str, visit: OpenPage, size: tuple[int, int], scheme: str
) -> None:
    page = visit(address, size, scheme)
    expect(ask(page, "What documents do you have?").locator(".qa-said")).to_contain_text("Lidman")
    overview = ask(page, "Summarise railway-museum.md")
    expect(overview).to_contain_text("Visiting the Tarn Valley Railway Museum")
    for question, answer in (
        ("What is the oldest locomotive of the museum?", "Heron"),
        ("When was it built?", "1861"),
        ("How much does it weigh?", "28 tonnes"),
        ("Who is the director?", "Nadja Brenner"),  # several documents have one
        ("Where did she come from?", "Graz"),
        ("and when?", "2015"),
        ("When was the museum railway closed?", "1967"),
        ("Why?", "too few people used it"),
        ("Which prize did the director win in 1999?", None),
    ):
        turn = ask(page, question)
        if answer is None:
            expect(turn.locator(".qa-abstained")).to_be_visible()
        else:
            expect(turn.locator(".qa-answer").first).to_contain_text(answer)
            expect(turn.locator(".qa-chip").first).to_contain_text("Tarn Valley")
    asked = page.locator(".qa-question").all_inner_texts()
    address_of_conversation = page.url
    page.goto("about:blank")
    page.goto(address_of_conversation)  # the next day
    expect(page.locator(".qa-question")).to_have_text(asked)
    page.locator("#qa-share summary").click()
    with page.expect_download() as download:
        page.locator("[data-share=markdown]").click()
    written = download.value.path().read_text("utf-8")
    assert "Nadja Brenner" in written
    assert "railway-museum.md" in written
