"""The page in a real browser: what was said survives, is found again, and has an address."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qa.settings import AskSettings
from qa.ui.app import start
from tests.conftest import CORPUS
from tests.ui.browsing import (
    DESKTOP,
    PHONE,
    OpenPage,
    Serve,
    Served,
    ask,
    assert_no_sideways_scrolling,
)

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES = "Do roses want sun and clay?"
BRIDGE = "Does the Iron Bridge crosses the Severn?"


@pytest.fixture
def own(serve: Serve) -> Served:
    """Documents and conversations of a test's own."""
    return serve(CORPUS)


@pytest.fixture
def restarted(own: Served) -> Iterator[str]:
    """The address of another program on the same index, as after a restart."""
    page, address = start(own.index_dir, AskSettings(max_risk=1.0), library=own.library)
    yield address
    page.close()


def asked(page: Page) -> list[str]:
    return page.locator(".qa-question").all_inner_texts()


def drawer(page: Page) -> Page:
    page.get_by_role("button", name="Conversations", exact=True).click()
    expect(page.get_by_role("dialog", name="Conversations")).to_be_visible()
    return page


def new(page: Page) -> None:
    drawer(page).get_by_role("button", name="New conversation").click()
    expect(page.locator(".qa-welcome")).to_be_visible()


def entries(page: Page) -> list[str]:
    return page.locator(".qa-entry-title").all_inner_texts()


def search_of(page: Page) -> str:
    expect(page).to_have_url(re.compile(r"\?c="))
    return page.url[page.url.index("?") :]


# ---- what was said survives


def test_a_conversation_has_an_address_before_its_first_answer_is_seen(
    own: Served, visit: OpenPage
) -> None:
    page = visit(own.address)
    page.evaluate(
        """() => new MutationObserver((_, observer) => {
            if (!document.querySelector(".qa-turn")) return;
            document.body.dataset.addressWhenSeen = location.search;
            observer.disconnect();
        }).observe(document.body, {childList: true, subtree: true})"""
    )
    ask(page, ROSES)
    assert "c=" in (page.evaluate("document.body.dataset.addressWhenSeen") or "")


def test_a_conversation_survives_reload_restart_and_the_way_back(
    own: Served, restarted: str, visit: OpenPage
) -> None:
    page = visit(own.address)
    turn = ask(page, ROSES)
    turn.get_by_role("button", name="Yes", exact=True).click()
    expect(turn).to_contain_text("Thank you")
    search = search_of(page)
    shown = page.locator(".qa-answer").inner_html()
    page.reload()
    expect(page.locator(".qa-answer")).to_be_visible()
    page.goto(f"{restarted}{search}")
    expect(page.locator(".qa-answer")).to_be_visible()
    assert page.locator(".qa-answer").inner_html() == shown
    expect(page.locator(".qa-turn")).to_contain_text("Thank you")
    ask(page, BRIDGE)
    page.goto("about:blank")
    page.go_back()
    expect(page.locator(".qa-question")).to_have_text([ROSES, BRIDGE])


def test_what_was_said_is_not_read_out_again_when_one_comes_back(
    visit: OpenPage, own: Served
) -> None:
    page = visit(own.address)
    ask(page, ROSES)
    expect(page.locator("#qa-answered")).not_to_be_empty()
    search_of(page)
    page.reload()
    expect(page.locator(".qa-answer")).to_be_visible()
    expect(page.locator("#qa-answered")).to_be_empty()


def test_nothing_vanishes_at_the_fifty_first_question(visit: OpenPage, own: Served) -> None:
    page = visit(own.address)
    for number in range(52):
        ask(page, f"Do roses want {number}?")
    assert asked(page)[0] == "Do roses want 0?"


# ---- two tabs


def test_two_tabs_on_one_conversation_overwrite_nothing(visit: OpenPage, own: Served) -> None:
    one = visit(own.address)
    ask(one, ROSES)
    two = visit(f"{own.address}{search_of(one)}", is_whole=False)
    expect(two.locator(".qa-turn")).to_have_count(1)
    ask(two, BRIDGE)
    box = one.get_by_label("Question", exact=True)
    box.fill("Who wrote to Charles?")
    box.press("Enter")
    expect(one.locator(".qa-question")).to_have_text([ROSES, BRIDGE, "Who wrote to Charles?"])


def test_two_tabs_have_conversations_of_their_own(visit: OpenPage, own: Served) -> None:
    one, two = visit(own.address), visit(own.address)
    ask(one, ROSES)
    ask(two, BRIDGE)
    ask(one, "Who wrote to Charles?")
    assert asked(two) == [BRIDGE]
    drawer(two)
    expect(two.locator(".qa-entry-title")).to_have_text([ROSES, BRIDGE])


# ---- back and forward


def test_the_way_back_and_forward_leads_from_conversation_to_conversation(
    visit: OpenPage, own: Served
) -> None:
    page = visit(own.address)
    ask(page, ROSES)
    search_of(page)
    new(page)
    ask(page, BRIDGE)
    search_of(page)
    page.go_back()
    expect(page.locator(".qa-welcome")).to_be_visible()
    page.go_back()
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    page.go_forward()
    expect(page.locator(".qa-welcome")).to_be_visible()
    page.go_forward()
    expect(page.locator(".qa-question")).to_have_text([BRIDGE])
    ask(page, "Who wrote to Charles?")
    assert asked(page) == [BRIDGE, "Who wrote to Charles?"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "..%2F..%2Fetc%2Fpasswd", "%00", "'--", "a" * 5_000, ""]
)
def test_an_address_that_names_no_conversation_begins_one(
    visit: OpenPage, own: Served, name: str
) -> None:
    page = visit(f"{own.address}?c={name}")
    ask(page, ROSES)
    expect(page).to_have_url(re.compile(r"\?c=[A-Za-z0-9_-]{22}(&|$)"))


def test_a_conversation_that_is_gone_is_said_to_be(visit: OpenPage, own: Served) -> None:
    page = visit(f"{own.address}?c={'a' * 22}")
    expect(page.locator("#qa-conversation")).to_contain_text("is not kept here")


# ---- the list


def test_conversations_are_found_by_what_was_said_and_opened(visit: OpenPage, own: Served) -> None:
    page = visit(own.address)
    ask(page, ROSES)
    new(page)
    ask(page, BRIDGE)
    drawer(page)
    expect(page.locator(".qa-entry-title")).to_have_text([BRIDGE, ROSES])
    find = page.get_by_label("Find in conversations")
    find.fill("CLAY sun")
    expect(page.locator(".qa-entry-title")).to_have_text([ROSES])
    find.fill("unicorn")
    expect(page.locator("[data-entries]")).to_have_text("No conversation has these words.")
    find.fill("")
    page.get_by_role("link", name=ROSES).click()
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_conversation_is_renamed_by_keyboard(visit: OpenPage, own: Served) -> None:
    page = visit(own.address)
    ask(page, ROSES)
    drawer(page)
    page.get_by_role("button", name=f"Rename {ROSES}").press("Enter")
    page.keyboard.type("<b>Soil</b> & {{sun}}")
    page.keyboard.press("Escape")
    expect(page.locator(".qa-entry-title")).to_have_text([ROSES])
    page.get_by_role("button", name=f"Rename {ROSES}").press("Enter")
    page.keyboard.type("<b>Soil</b> & {{sun}}")
    page.keyboard.press("Enter")
    expect(page.locator(".qa-entry-title")).to_have_text(["<b>Soil</b> & {{sun}}"])
    expect(page.locator("[data-rename]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Conversations", exact=True)).to_be_focused()


def test_what_is_deleted_is_left_and_can_be_put_back(visit: OpenPage, own: Served) -> None:
    page = visit(own.address)
    ask(page, ROSES)
    search = search_of(page).partition("&")[0]
    drawer(page).get_by_role("button", name=f"Delete {ROSES}").click()
    expect(page.locator("[data-undo]")).to_contain_text(f"Deleted: {ROSES}")
    expect(page.locator(".qa-entry")).to_have_count(0)
    expect(page.locator(".qa-welcome")).to_be_attached()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".qa-entry")).to_have_count(1)
    page.get_by_role("link", name=ROSES).click()
    expect(page.locator(".qa-question")).to_have_text([ROSES])
    assert search_of(page).partition("&")[0] == search


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_drawer_fits(visit: OpenPage, own: Served, size: tuple[int, int], scheme: str) -> None:
    page = visit(own.address, size, scheme)
    ask(page, f"{'long' * 60}? {ROSES}")
    drawer(page)
    expect(page.locator(".qa-entry")).to_have_count(1)
    assert_no_sideways_scrolling(page)
    wide = "e => e.scrollWidth > e.clientWidth + 1"
    assert not page.get_by_role("dialog").evaluate(wide)


# ---- when nothing can be kept, or is to be


def test_a_damaged_file_is_said_and_questions_are_answered(visit: OpenPage, own: Served) -> None:
    (own.index_dir / "conversations.sqlite").write_bytes(b"rubbish" * 1_000)
    page = visit(own.address)
    ask(page, ROSES)
    ask(page, BRIDGE)
    expect(page.locator("#qa-conversation")).to_contain_text("What is said here is not kept")
    expect(page.locator(".qa-question")).to_have_text([ROSES, BRIDGE])
    drawer(page)
    expect(page.locator("[data-problem]")).to_contain_text("move the file away")


def test_with_no_history_nothing_is_written(visit: OpenPage, own: Served) -> None:
    served, address = start(own.index_dir, AskSettings(max_risk=1.0), keeps_history=False)
    page = visit(address)
    ask(page, ROSES)
    drawer(page)
    expect(page.get_by_role("dialog")).to_contain_text("not kept here")
    assert not list(Path(own.index_dir).glob("conversations*"))
    served.close()


# ---- when the documents have changed since


def test_a_quote_is_cited_where_it_stands_now_or_said_to_be_gone(
    visit: OpenPage, own: Served
) -> None:
    page = visit(own.address)
    ask(page, ROSES)
    ask(page, BRIDGE)
    search = search_of(page)
    garden = (own.corpus / "garden.md").read_text()
    (own.corpus / "garden.md").write_text(garden.replace("Roses want", "All is new.\n\nRoses want"))
    (own.corpus / "bridges.txt").write_text("There is no bridge any more.")
    own.build()
    page.goto(f"{own.address}{search}")
    turns = page.locator(".qa-turn")
    expect(turns.last).to_contain_text("these words no longer stand in it")
    expect(turns.first).not_to_contain_text("no longer")
    turns.first.get_by_role("button", name="Citation 1: open").click()
    expect(page.locator("#qa-cited")).to_have_text("Roses want sun and clay.")
