"""The page in a real browser, through what a person sees and does: asking and reading.

Every test fails on a request that would leave the machine and on an error in the
browser's console.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from qa.index.build import build_index
from qa.ui.app import start
from tests.ui.browsing import (
    PHONE,
    OpenPage,
    ask,
    assert_in_view,
    assert_no_sideways_scrolling,
    open_documents,
    unreadable,
)

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.model]

LABS = "How many cocaine laboratories were destroyed in 2018?"
LABS_SENTENCE = (
    "These units also destroyed 351 cocaine laboratories, seized 25.9 MT of coca leaf, "
    "and destroyed 65 clandestine airstrips."
)
OFF_TOPIC = "What is the best recipe for a pisco sour?"
HOSTILE = """# Evil <script>window.pwned=1</script> {{7*7}} ${7*7}

The saboteur <img src=x onerror="window.pwned=2"> wrote [click me](javascript:window.pwned=3) on \
the factory wall.

<script>window.pwned=4</script>

The {{constructor.constructor('window.pwned=5')()}} machine cost ${window.pwned=6} ninety-nine \
dollars `</p></div>`.
"""


@pytest.fixture(scope="module")
def address(page_index: Path) -> Iterator[str]:
    page, address = start(page_index)
    yield address
    page.close()


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "evil.txt").write_text(HOSTILE)
    build_index(folder / "corpus", folder / "index")
    page, address = start(folder / "index")
    yield address
    page.close()


def test_asking_shows_the_answer_with_key_words_citation_and_confidence(
    visit: OpenPage, address: str
) -> None:
    turn = ask(visit(address), LABS)
    expect(turn.locator(".qa-question")).to_have_text(LABS)
    expect(turn.locator(".qa-answer")).to_have_text(LABS_SENTENCE)
    assert "351" in " ".join(turn.locator(".qa-answer mark").all_inner_texts())
    expect(turn.get_by_role("button", name="Citation 1: open")).to_be_visible()
    expect(turn.locator(".qa-status")).to_contain_text("Confidence: ")
    expect(turn.locator(".qa-status")).not_to_contain_text(" ms")


def test_a_citation_opens_the_source_at_that_very_sentence(visit: OpenPage, address: str) -> None:
    page = visit(address)
    ask(page, LABS).get_by_role("button", name="Citation 1: open").click()
    cited = page.locator("#qa-cited")
    expect(cited).to_have_text(LABS_SENTENCE)
    assert_in_view(page, cited)
    expect(cited).to_be_focused()
    expect(page.locator(".qa-page")).to_contain_text(
        "According to the latest U.S. government figures"
    )


def test_a_second_citation_moves_the_highlight(visit: OpenPage, address: str) -> None:
    page = visit(address)
    ask(page, LABS).get_by_role("button", name="Citation 1: open").click()
    expect(page.locator("#qa-cited")).to_have_text(LABS_SENTENCE)
    turn = ask(page, "Who was arrested in Operation Empresario in May 2018?")
    turn.get_by_role("button", name="Citation 1: open").click()
    cited = page.locator("#qa-cited")
    expect(cited).to_contain_text("Operation Empresario")
    assert_in_view(page, cited)
    expect(page.locator(".qa-turn")).to_have_count(2)


def test_an_off_topic_question_is_refused_with_passages_labelled_as_related(
    visit: OpenPage, address: str
) -> None:
    page = visit(address)
    turn = ask(page, OFF_TOPIC)
    expect(turn).to_contain_text("I found no answer in this document.")
    expect(turn).to_contain_text("related, not an answer")
    expect(turn.locator(".qa-answer")).to_have_count(0)
    turn.locator(".qa-passage").first.click()
    assert_in_view(page, page.locator("#qa-cited"))


def test_example_questions_are_answered(visit: OpenPage, address: str) -> None:
    page = visit(address)
    examples = page.locator(".qa-example").all_inner_texts()
    assert 2 <= len(examples) <= 4
    page.locator(".qa-example").first.click()
    expect(page.locator(".qa-turn .qa-question")).to_have_text(examples[0])
    expect(page.locator(".qa-answer")).to_be_visible()


def test_documents_are_listed_and_open_from_the_list(visit: OpenPage, address: str) -> None:
    page = visit(address)
    open_documents(page)
    expect(page.get_by_role("heading", name="Documents", exact=True)).to_be_visible()
    page.get_by_role("button", name="inl-peru.txt").click()
    expect(page.locator(".qa-page")).to_contain_text("An official website of the United States")
    expect(page.get_by_role("heading", name="Documents", exact=True)).not_to_be_visible()
    page.get_by_role("button", name="Close the document").click()
    expect(page.locator("#qa-source")).not_to_be_visible()


def test_copying_a_citation_gives_the_quote_and_its_document(visit: OpenPage, address: str) -> None:
    page = visit(address)
    turn = ask(page, LABS)
    turn.get_by_role("button", name="Copy citation 1").click()
    expect(turn.locator(".qa-copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"“{LABS_SENTENCE}” — inl-peru.txt"


def test_everything_works_by_keyboard(visit: OpenPage, address: str) -> None:
    page = visit(address)
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.type(LABS)
    page.keyboard.press("Enter")
    expect(page.locator(".qa-answer")).to_be_visible()
    chip = page.get_by_role("button", name="Citation 1: open")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if chip.evaluate("element => element === document.activeElement"):
            break
    expect(chip).to_be_focused()
    page.keyboard.press("Enter")
    assert_in_view(page, page.locator("#qa-cited"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_source_is_a_sheet_over_the_conversation(
    visit: OpenPage, address: str, scheme: str
) -> None:
    page = visit(address, PHONE, scheme)
    expect(page.locator("#qa-source")).not_to_be_visible()
    turn = ask(page, LABS)
    assert_no_sideways_scrolling(page)
    turn.get_by_role("button", name="Citation 1: open").click()
    assert_in_view(page, page.locator("#qa-cited"))
    expect(page.locator("#qa-conversation")).not_to_be_visible()
    page.get_by_role("button", name="Back to the answer").click()
    expect(turn.locator(".qa-chip")).to_be_focused()
    expect(page.locator(".qa-answer")).to_be_visible()
    assert_no_sideways_scrolling(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_its_background(visit: OpenPage, address: str, scheme: str) -> None:
    page = visit(address, scheme=scheme)
    ask(page, LABS).get_by_role("button", name="Citation 1: open").click()
    expect(page.locator("#qa-cited")).to_be_visible()
    selectors = [".qa-answer", ".qa-status", ".qa-chip", ".qa-copy", ".qa-page p", "#qa-cited"]
    assert unreadable(page, [*selectors, ".qa-chip-number"]) == {}


def test_a_hostile_document_shows_as_text(visit: OpenPage, hostile_address: str) -> None:
    page = visit(hostile_address)
    turn = ask(page, "What did the saboteur write on the factory wall?")
    expect(turn.locator(".qa-answer")).to_contain_text('<img src=x onerror="window.pwned=2">')
    expect(turn.locator(".qa-answer")).to_contain_text("[click me](javascript:window.pwned=3)")
    turn.get_by_role("button", name="Citation 1: open").click()
    body = page.locator(".qa-page")
    for text in (
        "<script>window.pwned=4</script>",
        "{{constructor",
        "${window.pwned=6}",
        "`</p></div>`",
    ):
        expect(body).to_contain_text(text)
    ask(page, "What did the machine cost?")
    assert page.locator("#qa-source a, #qa-source img, #qa-source script").count() == 0
    assert page.locator("#qa-conversation a, #qa-conversation img").count() == 0
    assert page.evaluate("window.pwned") is None


def test_a_hostile_question_shows_as_text(visit: OpenPage, address: str) -> None:
    page = visit(address)
    question = "<img src=x onerror=window.pwned=1> {{7*7}} ${7*7} [x](javascript:window.pwned=2)"
    turn = ask(page, question)
    expect(turn.locator(".qa-question")).to_have_text(question)
    assert page.locator("#qa-conversation img").count() == 0
    assert page.evaluate("window.pwned") is None


def test_an_empty_question_does_nothing(visit: OpenPage, address: str) -> None:
    page = visit(address)
    box = page.get_by_label("Question")
    box.fill("   ")
    box.press("Enter")
    ask(page, LABS)
    expect(page.locator(".qa-turn")).to_have_count(1)


def test_two_people_have_two_conversations(visit: OpenPage, address: str) -> None:
    one, two = visit(address), visit(address)
    ask(one, LABS)
    ask(two, OFF_TOPIC)
    expect(one.locator(".qa-turn")).to_have_count(1)
    expect(two.locator(".qa-turn")).to_have_count(1)


def test_a_file_that_changed_since_it_was_indexed_is_said_to_have(
    visit: OpenPage, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "note.txt").write_text("The harbour opened in 1912.")
    build_index(corpus, tmp_path / "index")
    page = visit(start(tmp_path / "index")[1])
    (corpus / "note.txt").write_text("The harbour opened in 1913.")
    ask(page, "When did the harbour open?").get_by_role("button", name="Citation 1: open").click()
    for pane in ("#qa-conversation", "#qa-source"):
        said = page.locator(pane).get_by_role("status")
        expect(said.filter(has_text="changed since it was indexed")).to_be_visible()
    expect(page.locator("#qa-cited")).to_have_text("The harbour opened in 1912.")
