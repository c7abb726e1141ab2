"""What a person sees when the answer is not simply one."""

import pytest
from playwright.sync_api import expect

from qa.index.build import build_index
from qa.ui.app import start
from tests.conftest import write_corpus
from tests.ui.browsing import (
    DESKTOP,
    PHONE,
    OpenPage,
    ask,
    assert_in_view,
    assert_no_sideways_scrolling,
)
from tests.ui.test_browser_axe import check

pytest_plugins = ["tests.ui.browser_fixtures"]

pytestmark = [pytest.mark.browser, pytest.mark.model]

DOCUMENTS = {
    "ferry-2019.md": "# Ferry tariff 2019\n\nA bicycle costs 4 euros.\n",
    "ferry-2024.md": "# Ferry tariff 2024\n\nA bicycle costs 7 euros.\n",
    "tonnage.csv": "Harbour,Tonnes 2019,Tonnes 2020,Tonnes 2021,Tonnes 2022,Tonnes 2023\n"
    "Velm,120,131,128,140,151\nOrsk,80,77,,85,91\nTarn,210,220,230,225,241\n",
    "kiln.md": "# Kiln K20\n\nThe kiln heats up in 40 minutes. The warranty is 3 years.\n",
    "potters.md": "# Potters\n\nThe wheel was made by Ada Finch.\n",
    "finch.md": "# Makers\n\nAda Finch was born in Truro in 1902.\n",
    "glazes.csv": "Glaze,Colour,Tins in stock,Supplier\nCeladon,green,4,Bell & Co\n"
    "Tenmoku,brown,0,Moor Clays\nShino,white,0,Bell & Co\nAsh,grey,7,Moor Clays\n",
    "wheel.md": "# Pottery wheel\n\nThe wheel turns evenly. The warranty is 5 years.\n",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with the real models and documents that differ."""
    folder = tmp_path_factory.mktemp("outcomes")
    build_index(write_corpus(folder / "corpus", DOCUMENTS), folder / "index")
    _, url = start(folder / "index")
    return url


def test_versions_stand_below_one_another_and_each_opens_its_source(
    address: str, visit: OpenPage
) -> None:
    page = visit(address, PHONE)
    turn = ask(page, "What does a bicycle cost?")
    expect(turn).to_contain_text("Two documents differ:")
    expect(turn.locator(".qa-versions .qa-short")).to_have_text(["7 euros", "4 euros"])
    expect(turn.locator(".qa-versions li > .qa-meta")).to_have_text(["2024", "2019"])
    assert_no_sideways_scrolling(page)
    turn.locator(".qa-chip").nth(1).click()
    expect(page.locator("#qa-source .qa-source-title")).to_have_text("Ferry tariff 2019")
    expect(page.locator(".qa-cited")).to_have_text("A bicycle costs 4 euros.")


def test_a_choice_is_made_by_a_button_and_answered_of_that_document(
    address: str, visit: OpenPage
) -> None:
    page = visit(address)
    turn = ask(page, "How long is the warranty?")
    expect(turn).to_contain_text("Which one do you mean?")
    turn.get_by_role("button", name="Kiln K20").press("Enter")
    answer = page.locator(".qa-turn").nth(1)
    expect(answer.locator(".qa-short")).to_have_text("3 years")
    expect(answer).to_contain_text("Asked of 1 document only")
    # What is asked next is asked of all again.
    expect(ask(page, "What is the warranty of the wheel?")).to_contain_text("5 years")


def test_a_wide_table_scrolls_in_its_card_to_the_marked_cell(address: str, visit: OpenPage) -> None:
    page = visit(address, PHONE)
    turn = ask(page, "How many tonnes did Orsk have in 2022?")
    expect(turn.locator(".qa-short")).to_have_text("85")
    row = ["Orsk", "80", "77", "", "85", "91"]
    expect(turn.locator(".qa-table .qa-cited-row td")).to_have_text(row)
    mark = turn.locator(".qa-table mark")
    expect(mark).to_have_text("85")
    assert_in_view(page, mark)
    assert_no_sideways_scrolling(page)
    turn.locator(".qa-chip").click()
    cells = page.locator("#qa-source .qa-table .qa-cited")
    expect(cells).to_have_text([value for value in row if value])
    assert_no_sideways_scrolling(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_rows_that_answer_together_stand_in_one_table_and_each_opens_its_source(
    address: str, visit: OpenPage, size: tuple[int, int]
) -> None:
    page = visit(address, size)
    turn = ask(page, "Which glazes are out of stock?")
    expect(turn.locator(".qa-listed li")).to_have_text(["Tenmoku", "Shino"])
    expect(turn.locator(".qa-table mark")).to_have_text(["Tenmoku", "Shino"])
    expect(turn.locator(".qa-table .qa-cited-row")).to_have_count(2)
    assert_no_sideways_scrolling(page)
    turn.get_by_role("button", name="Citation 2: open").click()
    expect(page.locator("#qa-source .qa-cited").first).to_have_text("Shino")
    page.reload()
    expect(page.locator(".qa-listed li")).to_have_text(["Tenmoku", "Shino"])


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_each_of_several_questions_stands_above_its_answer(
    address: str, visit: OpenPage, size: tuple[int, int]
) -> None:
    page = visit(address, size)
    turn = ask(page, "How long does the kiln heat up and what is its colour?")
    asked = turn.locator(".qa-asked-apart")
    expect(asked).to_have_count(2)
    expect(asked.first).to_have_text("How long does the kiln heat up?")
    expect(turn.locator(".qa-of-several").first).to_contain_text("The kiln heats up in 40 minutes.")
    expect(turn.locator(".qa-of-several").last).to_contain_text("no answer")
    expect(turn.locator(".qa-judging")).to_have_count(0)
    assert_no_sideways_scrolling(page)
    turn.locator(".qa-chip").first.click()
    expect(page.locator(".qa-cited")).to_contain_text("The kiln heats up in 40 minutes.")
    page.reload()
    expect(page.locator(".qa-asked-apart")).to_have_count(2)


def test_of_an_answer_in_steps_the_last_opens_its_source(address: str, visit: OpenPage) -> None:
    page = visit(address)
    turn = ask(page, "Where was the maker of the wheel born?")
    expect(turn.locator(".qa-asked-apart")).to_have_text(
        ["Who is the maker of the wheel?", "Where was Ada Finch born?"]
    )
    expect(turn.locator(".qa-of-several .qa-short")).to_have_text(["Ada Finch", "Truro"])
    expect(page.locator("#qa-source .qa-source-title")).to_have_text("Makers")
    expect(page.locator("#qa-answered")).to_have_text("Truro")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_no_outcome_breaks_a_rule_of_access(
    address: str, visit: OpenPage, size: tuple[int, int], scheme: str
) -> None:
    page = visit(address, size, scheme)
    for question, seen in (
        ("How long is the warranty?", ".qa-examples"),
        ("What does a bicycle cost?", ".qa-versions"),
        ("How many tonnes were there in total in 2019?", ".qa-computed"),
        ("Which glazes are out of stock?", ".qa-listed"),
        ("How long does the kiln heat up and what is its colour?", ".qa-of-several"),
        ("Who is Napoleon Bonaparte?", ".qa-abstained"),
    ):
        expect(ask(page, question).locator(seen).first).to_be_visible()
        check(page, question)
