"""A team in the browser: from the first invitation to an answer, on a desk and on a phone."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from qa.team.records.rights import Kind, Right
from tests.conftest import CORPUS
from tests.team.serving import PASSWORD, Served, served
from tests.ui.browsing import DESKTOP, PHONE, ask, open_documents

pytestmark = pytest.mark.browser

BRIDGE = "When was the Iron Bridge opened?"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("team"), {"garden": CORPUS, "letters": CORPUS}) as found:
        yield found


def opened(browser: Browser, found: Served, size: tuple[int, int], scheme: str) -> Page:
    context = browser.new_context(
        base_url=found.address,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def sign_in(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Collections")).to_be_visible()


def check(page: Page, state: str) -> None:
    violations = Axe().run(page).response["violations"]
    found = [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations]
    assert found == [], state
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{state} is {wide} pixels wider than the window"


def test_from_an_invitation_to_an_answer(browser: Browser, both: Served) -> None:
    admin = opened(browser, both, DESKTOP, "light")
    sign_in(admin, "admin")
    admin.get_by_role("link", name="People").click()
    admin.locator("section", has_text="Invite somebody").get_by_label("Name").fill("dora")
    admin.get_by_role("button", name="Make an invitation").click()
    link = admin.locator(".made code").inner_text()
    admin.goto("/collection?name=garden")
    admin.get_by_label("Name").fill("dora")
    admin.get_by_role("button", name="Give").click()
    expect(admin.get_by_role("row", name=re.compile("person dora"))).to_be_visible()

    dora = opened(browser, both, PHONE, "dark")
    dora.goto(link)
    dora.get_by_label("Password").fill(PASSWORD)
    dora.get_by_label("The same again").fill(PASSWORD)
    dora.get_by_role("button", name="Begin").click()
    dora.get_by_role("link", name="Garden").click()
    expect(dora.locator(".qa-welcome")).to_be_visible()
    expect(dora.get_by_role("heading", level=1, name="Garden")).to_be_visible()
    expect(ask(dora, BRIDGE)).to_contain_text("It was opened in 1781.")
    open_documents(dora)
    expect(dora.get_by_role("button", name="Add files")).to_have_count(0)
    expect(dora.locator("[data-evaluate]")).to_have_count(0)
    dora.keyboard.press("Escape")
    check(dora, "an answer")
    address = dora.url
    dora.reload()
    expect(dora.locator(".qa-turn")).to_contain_text("It was opened in 1781.")
    dora.get_by_role("link", name="Collections").click()
    expect(dora.get_by_role("link", name="Letters")).to_have_count(0)
    dora.goto("/c/letters/")
    expect(dora.get_by_role("heading", level=1)).to_contain_text("nothing that you may see")
    check(dora, "what is not there")
    dora.goto("/")
    dora.get_by_role("button", name="Sign out").click()
    dora.goto(address)  # back to where she was, once she has signed in again
    dora.get_by_label("Name").fill("dora")
    dora.get_by_label("Password").fill(PASSWORD)
    dora.get_by_role("button", name="Sign in").click()
    expect(dora.locator(".qa-welcome, .qa-turn").first).to_be_visible()


def test_who_may_add_adds_a_document(browser: Browser, both: Served, tmp_path: Path) -> None:
    page = opened(browser, both, DESKTOP, "light")
    sign_in(page, "ann")
    page.get_by_role("link", name="Garden").first.click()
    expect(page.locator(".qa-welcome")).to_be_visible()
    (tmp_path / "moss.txt").write_text("The moss garden was opened in 1999.\n")
    open_documents(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("dialog").get_by_role("button", name="Add files").click()
    chooser.value.set_files(tmp_path / "moss.txt")
    expect(page.get_by_role("dialog")).to_contain_text("moss", timeout=60_000)
    expect(page.locator("[data-open='moss.txt']").first).to_be_visible(timeout=60_000)
    page.keyboard.press("Escape")
    expect(ask(page, "When was the moss garden opened?")).to_contain_text("1999")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_no_page_breaks_a_rule_of_axe_or_is_wider_than_the_window(
    browser: Browser, both: Served, size: tuple[int, int], scheme: str
) -> None:
    both.team.rights.give(Kind.EVERYBODY, "", "letters", Right.ASK)
    both.team.people.join("gardeners", "ben")
    both.team.keys.make("admin", "a script", 9)
    with closing(opened(browser, both, size, scheme)) as page:
        page.goto("/login")
        check(page, "signing in")
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("nobody has this name", ignore_case=True)
        check(page, "signing in with a wrong password")
        page.goto(f"/invitation?secret={both.team.people.invite('ema')}")
        check(page, "an invitation")
        page.goto("/invitation?secret=none")
        check(page, "no invitation")
        sign_in(page, "admin")
        for path in (
            "/",
            "/people",
            "/collections",
            "/collection?name=letters",
            "/account",
            "/log",
        ):
            page.goto(path)
            check(page, path)
