"""Fixtures of the browser tests: a browser, its windows, and pages to open in them.

Every window fails its test on a request that would leave the machine and on an error in
the browser's console.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from qa.index.build import build_index
from qa.settings import AskSettings
from qa.ui.app import start
from qa.ui.library import Library
from qa.web.server import Server
from tests.conftest import write_corpus
from tests.ui.browsing import DESKTOP, OpenPage, Serve, Served, tiny_build_settings


@pytest.fixture
def visit(browser: Browser) -> Iterator[OpenPage]:
    """Opens an address in a new window; checks the window's requests and errors at the end."""
    outside: list[str] = []
    errors: list[str] = []
    contexts = []

    def check_request(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            outside.append(request.url)

    def visit(
        url: str,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        *,
        is_whole: bool = True,
        may_fail: bool = False,  # a request, because the test makes it
    ) -> Page:
        def check_message(message: ConsoleMessage) -> None:
            is_request = may_fail and message.text.startswith("Failed to load resource")
            if message.type == "error" and not is_request:
                errors.append(message.text)

        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        # Asked for only by expect_file_chooser(), the browser may learn too late that the
        # choice is ours, and cancels it.
        page.on("filechooser", lambda chooser: None)
        page.on("request", check_request)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", check_message)
        page.goto(url)
        if is_whole:
            expect(page.locator(".qa-welcome")).to_be_visible()
            expect(page.locator("#qa-found")).to_be_attached()
        expect(page.locator("#qa-news[data-said]")).to_be_attached()  # its script is at work
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not outside, "requests that leave the machine"
    assert not errors, "errors in the browser's console"


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts pages that answer whatever the confidence, with documents of their own."""
    started: list[tuple[Server, Library]] = []

    def serve(
        files: Mapping[str, str],
        make: Callable[[Path], object] = lambda corpus: None,
        *,
        read_only: bool = False,
    ) -> Served:
        folder = tmp_path_factory.mktemp("served")
        corpus, index_dir = folder / "corpus", folder / "index"
        settings = tiny_build_settings(index_dir)
        options = [f"--encoder={settings.encoder}", f"--reader={settings.reader}"]
        library = Library(corpus, index_dir, options)
        corpus.mkdir()
        make(write_corpus(corpus, dict(files)))
        if any(corpus.iterdir()):
            build_index(corpus, index_dir, settings)
        page, address = start(
            index_dir, AskSettings(max_risk=1.0), library=None if read_only else library
        )
        started.append((page, library))
        return Served(address, library, corpus, index_dir)

    yield serve
    for page, library in started:
        library.stop()
        library.wait()
        page.close()
