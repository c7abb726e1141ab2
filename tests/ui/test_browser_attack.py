"""Other pages in the same browser, and names that are made to point here: none gets in.

The same things done by the page itself work, so that it is not the attack that is wrong.
"""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.settings import AskSettings
from qa.ui.app import start
from qa.ui.library import Library
from tests.conftest import CORPUS
from tests.ui.browsing import OpenPage, Serve, Served, ask, open_documents, open_evaluation
from tests.ui.serving import COMPONENT, call, component

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

REBOUND = "evil.example"


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    """A page of somebody else's, on another port of this machine."""

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Evil</title><p>Nice pictures.")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    return serve(CORPUS)


@pytest.fixture
def stranger(browser: Browser, evil: str) -> Iterator[Page]:
    """The other page, in a window with no checks of the console: it is refused all the time."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(evil)
    yield page
    context.close()


@pytest.fixture(scope="module")
def rebound(browser: Browser) -> Iterator[Browser]:
    """A browser for which a name of somebody else's points to this machine."""
    flags = ["--host-resolver-rules=MAP *.example 127.0.0.1", "--no-sandbox", "--disable-gpu"]
    path = shutil.which("chromium") or shutil.which("google-chrome")
    other = browser.browser_type.launch(executable_path=path, args=flags)
    yield other
    other.close()


def removal(served: Served) -> str:
    """What removes every document, if it is let in."""
    source = component(served.address, "qa-documents")
    return call(source, "remove_documents", {"doc_ids": list(CORPUS)}).decode()


def assert_untouched(served: Served) -> None:
    there = {path.relative_to(served.corpus).as_posix() for path in served.corpus.rglob("*.*")}
    assert there == set(CORPUS)


SEND = """([url, body]) =>
    fetch(url, {method: "POST", mode: "no-cors", body, credentials: "include"}).then(
        (reply) => reply.type, (error) => "no " + error)"""


def test_a_page_on_another_port_cannot_remove_documents(stranger: Page, served: Served) -> None:
    url = served.address.rstrip("/") + COMPONENT
    for target in (url, url.replace("127.0.0.1", "localhost")):
        stranger.evaluate(SEND, [target, removal(served)])
    assert_untouched(served)


def test_a_form_on_another_page_cannot_either(stranger: Page, served: Served) -> None:
    # Sent as text, a form's only field can be made to read as JSON.
    body = removal(served)
    stranger.evaluate(
        """([url, body]) => {
            const form = document.createElement("form");
            const field = document.createElement("input");
            Object.assign(form, {method: "POST", action: url, enctype: "text/plain"});
            const at = body.lastIndexOf('"anybody"');
            field.name = body.slice(0, at) + '"a';
            field.value = '"}';
            form.append(field);
            document.body.append(form);
            form.submit();
        }""",
        [served.address.rstrip("/") + COMPONENT, body],
    )
    expect(stranger.locator("body")).to_contain_text("only the program's own page may")
    assert_untouched(served)


def test_another_page_can_read_nothing(stranger: Page, served: Served) -> None:
    for path in ("", "config", "qa/token", "gradio_api/info"):
        for mode in ("cors", "no-cors"):
            read = stranger.evaluate(
                """([url, mode]) => fetch(url, {mode, credentials: "include"})
                    .then((reply) => reply.text(), () => "")""",
                [served.address + path, mode],
            )
            assert read == ""
    # Nor by its looks.
    stranger.set_content(f'<iframe src="{served.address}"></iframe>')
    frame = stranger.frames[1]
    frame.wait_for_load_state()
    assert "qa-question" not in frame.content()


def test_a_name_that_was_made_to_point_here_reads_and_changes_nothing(
    rebound: Browser, served: Served
) -> None:
    # As if its page had come from elsewhere, before the name was changed.
    page = rebound.new_page(bypass_csp=True)
    where = f"http://{REBOUND}:{urlsplit(served.address).port}"
    page.goto(f"{where}/")
    expect(page.locator("body")).to_contain_text("--allow-host")
    # What it sends is of one origin with where it is sent: nothing but the name tells.
    for path in ("/config", "/qa/token"):
        status = page.evaluate("url => fetch(url).then((reply) => reply.status)", where + path)
        assert status == 403
    page.evaluate(SEND, [where + COMPONENT, removal(served)])
    page.close()
    assert_untouched(served)


def test_a_name_that_is_allowed_works_as_any(rebound: Browser, served: Served) -> None:
    library = Library(served.corpus, served.index_dir)
    server, address = start(
        served.index_dir, AskSettings(max_risk=1.0), library=library,
        allowed_hosts=["friend.example"],
    )  # fmt: skip
    with server:
        page = rebound.new_page()
        page.goto(f"http://friend.example:{urlsplit(address).port}/")
        expect(page.locator("#qa-news[data-said]")).to_be_attached()
        expect(ask(page, "When was the Iron Bridge opened?")).to_contain_text("Iron Bridge")
        page.close()


def test_what_is_refused_to_others_the_page_itself_may(visit: OpenPage, serve: Serve) -> None:
    served = serve(CORPUS)
    page = visit(served.address)
    done = page.evaluate(
        """([url, body]) => fetch(url, {method: "POST", body}).then((reply) => reply.status)""",
        [COMPONENT, removal(served)],
    )
    assert done == 200
    assert not (served.corpus / "garden.md").exists()


def test_scripts_that_get_into_the_page_do_not_run(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    page.goto(served.address)
    expect(page.locator("#qa-news[data-said]")).to_be_attached()
    page.evaluate(
        """() => {
            const place = document.querySelector("#qa-conversation");
            place.innerHTML = '<img src=x onerror="window.pwned = 1">'
                + '<a href="javascript:window.pwned = 2" id="bait">x</a>';
            const script = document.createElement("script");
            script.textContent = "window.pwned = 3";
            place.append(script);
            document.querySelector("#bait").click();
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    page.close()


def test_a_whole_session_is_within_the_policy(
    visit: OpenPage, serve: Serve, tmp_path: Path
) -> None:
    """`visit` fails on anything the browser's console reports, such as what a policy forbids."""
    served = serve(CORPUS)
    page = visit(served.address)
    turn = ask(page, "When was the Iron Bridge opened?")
    turn.get_by_role("button", name="Citation 1: open").click()
    expect(page.locator("#qa-cited")).to_be_visible()
    turn.get_by_role("button", name="Yes").click()
    open_documents(page)
    note = tmp_path / "bell.txt"
    note.write_text("The bell is green.")
    page.locator("#qa-documents [data-input]").first.set_input_files(note)
    expect(page.get_by_role("button", name="bell.txt")).to_be_visible()
    page.get_by_role("button", name="Close documents").click()
    open_evaluation(page)
    gold = tmp_path / "gold.jsonl"
    question = "When was the Iron Bridge opened?"
    evidence = ["It was opened in 1781."]
    fields = {"question": question, "answers": ["1781"], "evidence": evidence, "answerable": True}
    gold.write_text(json.dumps(fields) + "\n")
    page.locator("[data-gold-input]").set_input_files(gold)
    report = page.frame_locator("#qa-report")
    expect(report.locator("h1")).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="Save").first.click()
