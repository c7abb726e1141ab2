"""The page in a real browser: adding, removing, finding, choosing and opening documents.

With the tiny models, whose answers are whatever sentence shares most words with the
question. Every test fails on a request that would leave the machine and on an error in the
browser's console.
"""

import threading
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from qa.ui.page_state import Conversation
from qa.ui.panes.conversation import ConversationPane
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
    focus_by_tab,
    open_documents,
    small_targets,
    unreadable,
)
from tests.ui.samples import (
    PDF_HEIGHT,
    PDF_WIDTH,
    width_in_pdf,
    write_eml,
    write_pdf,
    write_scan,
    write_xlsx,
)

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

IRON = "Does the Iron Bridge crosses the Severn?"
HOSTILE = "<img src=x onerror=window.pwned=1>{{7*7}}${7*7}"
TOMATOES = "Charles prunes the tomatoes of the garden twice a week in summer."
CABLES, CABLES_X, CABLES_Y = "The tomatoes need 40 rivets twice a week.", 150, 431


def documents(page: Page) -> Locator:
    return page.locator(".qa-document")


def progress(page: Page) -> Locator:
    return page.locator("#qa-progress")


def upload(page: Page, *files: tuple[str, str | bytes]) -> None:
    """Choose files as with the button's dialogue."""
    open_documents(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add files").last.click()
    chooser.value.set_files([payload(name, content) for name, content in files])


def payload(name: str, content: str | bytes) -> FilePayload:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def answer_of(turn: Locator) -> Locator:
    return turn.locator(".qa-answer")


def report(corpus: Path) -> None:
    """Write a PDF of three pages, with a sentence at a known place of the second."""
    pages = [
        [(72.0, 700.0, "The first page is about ferns.")],
        [
            (72.0, 700.0, "Another sentence about roses stands further up."),
            (float(CABLES_X), float(CABLES_Y), CABLES),
        ],
        [(72.0, 700.0, "The third page is about clay.")],
    ]
    write_pdf(corpus / "report.pdf", pages, "The report")


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    """Several kinds of documents, which no test changes."""

    def make(corpus: Path) -> None:
        report(corpus)
        rows = [["Bridge", "Year"], ["Forth", "1890"], ["Tay", "1887"]]
        write_xlsx(corpus / "table.xlsx", {"Bridges": rows})
        (corpus / "broken.pdf").write_bytes(b"%PDF-1.7 no")
        (corpus / f"{'long' * 45}.txt").write_text("A file with a long name.")

    return serve(CORPUS, make)


# ---- adding


def test_uploaded_files_are_read_or_said_not_to_be_and_answer_without_a_reload(
    visit: OpenPage, serve: Serve
) -> None:
    page = visit(serve(CORPUS).address)
    upload(
        page,
        ("Ferns.txt", "Charles prunes the tomatoes twice a week."),
        ("broken.pdf", b"%PDF-1.7 nothing"),
        ("picture.gif", b"\x89PNG"),
        ("bridges.txt", "The Forth Bridge carries 40 pages of rivets."),
    )
    expect(progress(page)).to_contain_text("2 documents added")
    expect(progress(page).locator("[data-state=failed] li")).to_have_count(2)
    expect(progress(page)).to_contain_text("✗ broken.pdf — damaged")
    expect(progress(page)).to_contain_text("✗ picture.gif — .gif: not a format that is read")
    expect(progress(page)).to_contain_text("✓ Ferns.txt")
    expect(progress(page)).to_contain_text("✓ bridges (2).txt — another bridges.txt was there")
    expect(documents(page)).to_have_count(5)
    expect(page.get_by_role("heading", name="Ask your 5 documents")).to_be_visible()
    expect(page.locator("#qa-news")).to_have_text("2 documents added. 2 files could not be read")
    turn = ask(page, "Who prunes the tomatoes twice a week?")
    expect(answer_of(turn)).to_have_text("Charles prunes the tomatoes twice a week.")
    turn.get_by_role("button", name="Citation 1: open Ferns").click()
    expect(page.locator("#qa-cited")).to_have_text("Charles prunes the tomatoes twice a week.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_what_was_added_shows_what_it_is_and_opens_its_lines(
    visit: OpenPage, serve: Serve, size: tuple[int, int]
) -> None:
    page = visit(serve(CORPUS).address, size)
    note = f"# Pruning\n\n{TOMATOES} They stand behind the old mill at the end of the yard.\n"
    upload(page, ("pruning.md", note))
    card = page.locator("#qa-added .qa-card")
    expect(card).to_contain_text("Just added")
    expect(card).to_contain_text("Pruning")
    assert_no_sideways_scrolling(page)
    card.get_by_role("button", name=TOMATOES).first.click()
    expect(page.locator("#qa-cited")).to_have_text(TOMATOES)
    expect(page.locator("#qa-documents dialog")).not_to_be_visible()


def test_failures_are_dismissed_until_a_file_is_tried_again(visit: OpenPage, serve: Serve) -> None:
    served = serve(CORPUS, lambda corpus: (corpus / "broken.pdf").write_bytes(b"%PDF-1.7 no"))
    page = visit(served.address)
    open_documents(page)
    failed = progress(page).locator("[data-state=failed]")
    failed.locator("summary").click()
    failed.get_by_role("button", name="Dismiss").click()
    expect(failed).to_have_count(0)
    page.get_by_role("button", name="Check for changes").click()
    expect(progress(page)).to_contain_text("Everything is up to date")
    expect(failed).to_have_count(0)
    expect(page.locator("#qa-news")).to_have_text("Everything is up to date")
    again = visit(served.address)
    open_documents(again)
    expect(documents(again)).to_have_count(3)
    expect(progress(again).locator("[data-state=failed]")).to_have_count(0)
    upload(again, ("broken.pdf", b"%PDF-1.7 no"))
    expect(progress(again).locator("[data-state=failed]")).to_contain_text("broken.pdf")


def test_of_a_long_suffix_the_message_shows_the_beginning(visit: OpenPage, serve: Serve) -> None:
    page = visit(serve({}).address)
    upload(page, (f"notes.{'x' * 150}", "The ferns want sun."))
    why = progress(page).locator("[data-state=failed] .qa-why")
    expect(why).to_have_text(f"— .{'x' * 14}…: not a format that is read")


def test_an_empty_start_leads_to_adding_files_and_then_to_answers(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve({})
    page = visit(served.address)
    expect(page.get_by_role("heading", name="Add your documents")).to_be_visible()
    turn = ask(page, IRON)
    expect(turn).to_contain_text("There are no documents yet: add some first.")
    upload(page, ("bridges.txt", CORPUS["bridges.txt"]))
    expect(documents(page)).to_have_count(1)
    expect(answer_of(ask(page, IRON))).to_have_text("The Iron Bridge crosses the Severn.")
    expect(page.locator("[data-find]")).to_be_hidden()


def test_on_a_phone_the_empty_start_has_a_button_that_adds_files(
    visit: OpenPage, serve: Serve
) -> None:
    page = visit(serve({}).address, PHONE)
    assert small_targets(page) == []
    with page.expect_file_chooser() as chooser:
        page.locator("#qa-conversation").get_by_role("button", name="Add files").click()
    chooser.value.set_files([payload("a.txt", "The ferns want sun.")])
    expect(documents(page)).to_have_count(1)
    expect(documents(page)).to_be_visible()


def test_an_uploaded_folder_keeps_its_folders_and_leaves_out_what_is_hidden(
    visit: OpenPage, serve: Serve, tmp_path: Path
) -> None:
    served = serve({})
    for name in ("trip/day 1/a.txt", "trip/day 2/a.txt", "trip/.git/b.txt", "trip/c.exe"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"About ferns, {name}.")
    page = visit(served.address)
    open_documents(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a folder").click()
    chooser.value.set_files(tmp_path / "trip")
    expect(documents(page)).to_have_count(2)
    assert documents(page).locator(".qa-meta").all_inner_texts() == [
        "trip/day 1/a.txt · 30 characters",
        "trip/day 2/a.txt · 30 characters",
    ]
    expect(progress(page)).to_contain_text("✗ trip/c.exe")
    assert not (served.corpus / "trip" / ".git").exists()


def test_files_and_folders_can_be_dropped(visit: OpenPage, serve: Serve, tmp_path: Path) -> None:
    served = serve({})
    (tmp_path / "box" / "inner").mkdir(parents=True)
    (tmp_path / "box" / "inner" / "a.txt").write_text("Ferns.")
    (tmp_path / "b.txt").write_text("Clay.")
    page = visit(served.address)
    drop(page, [tmp_path / "box", tmp_path / "b.txt"])
    expect(documents(page)).to_have_count(2)
    assert page.locator(".qa-document .qa-meta").all_inner_texts() == [
        "b.txt · 5 characters",
        "box/inner/a.txt · 6 characters",
    ]
    expect(documents(page).first).to_be_visible()
    expect(page.locator(".qa-drop")).to_be_hidden()


def drop(page: Page, paths: list[Path]) -> None:
    """Drop files from the system's desktop, anywhere."""
    where = {"x": 300, "y": 300}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})
        if kind == "dragOver":
            expect(page.locator(".qa-drop")).to_be_visible()


def test_a_file_made_by_a_page_can_be_dropped(visit: OpenPage, serve: Serve) -> None:
    page = visit(serve({}).address)
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["The ferns want sun."], "made.txt"));
            document.querySelector(".qa-welcome").dispatchEvent(
              new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(documents(page)).to_have_count(1)


def test_dragged_text_is_left_alone(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    prevented = page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "words");
            const event = new DragEvent(
              "dragover", { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector(".qa-welcome").dispatchEvent(event);
            return event.defaultPrevented;
        }"""
    )
    assert not prevented


def test_what_cannot_be_uploaded_is_said_and_the_rest_is_added(
    visit: OpenPage, serve: Serve
) -> None:
    page = visit(serve({}).address)
    # As a file over the limit: the server closes the connection.
    page.route(
        "**/upload*",
        lambda route: (
            route.fulfill(status=200, body="not json")
            if b"too large" in (route.request.post_data_buffer or b"")
            else route.continue_()
        ),
    )
    upload(page, ("big.txt", "too large"), ("small.txt", "The ferns want sun."))
    expect(documents(page)).to_have_count(1)
    expect(page.locator("[data-lost]")).to_have_text("Could not be uploaded (too large?): big.txt")
    expect(page.get_by_role("alert")).to_be_visible()


def test_documents_that_come_during_an_update_leave_what_a_person_does_alone(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve({f"{n:02}.txt": f"Page {n} about ferns." for n in range(40)})
    page = visit(served.address, PHONE)
    ask(page, "Is page 7 about ferns?")
    open_documents(page)
    find = page.get_by_label("Find a document")
    find.fill("1")
    expect(documents(page)).to_have_count(13)
    page.locator("[data-pick='12.txt']").check()
    page.locator("[data-open='31.txt'].qa-document").scroll_into_view_if_needed()
    page.locator("[data-pick='31.txt']").focus()
    before = page.locator("#qa-documents dialog").evaluate("e => e.scrollTop")
    (served.corpus / "100.txt").write_text("Page 100 about ferns.")
    page.evaluate("document.querySelector('[data-update]').click()")
    expect(documents(page)).to_have_count(14)
    expect(find).to_have_value("1")
    expect(page.locator("[data-pick='12.txt']")).to_be_checked()
    expect(page.locator("[data-pick='31.txt']")).to_be_focused()
    after = page.locator("#qa-documents dialog").evaluate("e => e.scrollTop")
    assert abs(after - before) <= 100, "it did not jump to the top"


def test_what_is_published_while_the_list_is_on_its_way_is_listed(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve({"bridges.txt": CORPUS["bridges.txt"]})
    page = visit(served.address)

    held: list[Route] = []

    def hold(route: Route) -> None:
        if '"follow_progress"' in (route.request.post_data or "") and not is_built:
            held.append(route)
        else:
            route.continue_()

    is_built = False
    page.goto("about:blank")  # so that only requests of the next visit are held
    page.route("**/component_server/", hold)
    page.goto(served.address)
    page.get_by_role("button", name="Documents", exact=True).click()
    while not held:
        page.wait_for_timeout(10)
    page.wait_for_timeout(1_000)  # a list that is not behind it comes now
    (served.corpus / "new.txt").write_text("The ferns were moved in 1990.")
    served.build()
    is_built = True
    for route in held:
        route.continue_()
    expect(documents(page)).to_have_count(2)


def test_what_is_folded_open_stays_so_while_progress_is_shown(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    open_documents(page)
    folded = progress(page).locator("details[data-state=failed]")
    folded.locator("summary").click()
    expect(folded.get_by_text("broken.pdf")).to_be_visible()
    page.get_by_role("button", name="Check for changes").click()
    expect(progress(page)).to_contain_text("Everything is up to date")
    expect(folded.get_by_text("broken.pdf")).to_be_visible()
    expect(progress(page).get_by_text("broken.pdf")).to_have_count(1)


def test_an_update_that_fails_is_told(visit: OpenPage, serve: Serve) -> None:
    served = serve(CORPUS)
    served.library._options = ("--precision=none",)
    page = visit(served.address)
    open_documents(page)
    page.get_by_role("button", name="Check for changes").click()
    expect(page.locator("#qa-progress .qa-notice")).to_contain_text("invalid choice: 'none'")
    expect(documents(page)).to_have_count(3)


def test_a_welcome_that_comes_late_does_not_take_the_place_of_an_answer(
    visit: OpenPage, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(CORPUS)
    asked, show = threading.Event(), ConversationPane.show

    def late(self: ConversationPane, now: Conversation) -> str:
        assert now.turns or asked.wait(30)
        return show(self, now)

    monkeypatch.setattr(ConversationPane, "show", late)
    page = visit(served.address, is_whole=False)
    turn = ask(page, IRON)
    expect(answer_of(turn)).to_be_visible()
    with page.expect_response(lambda r: "open_conversation" in (r.request.post_data or "")) as come:
        asked.set()
    come.value.finished()
    expect(answer_of(page.locator(".qa-turn"))).to_have_text("The Iron Bridge crosses the Severn.")
    expect(page.locator(".qa-welcome")).to_have_count(0)


# ---- removing


def test_removing_asks_first_and_can_be_undone(visit: OpenPage, serve: Serve) -> None:
    served = serve(CORPUS)
    page = visit(served.address)
    open_documents(page)
    page.locator("[data-pick='letters/ada.txt']").check()
    expect(page.locator(".qa-scope")).to_be_visible()
    button = page.get_by_role("button", name="Remove ada")
    button.click()
    sure = page.get_by_role("button", name="Really remove ada?")
    expect(sure).to_have_text("Really remove?")
    assert (served.corpus / "letters" / "ada.txt").exists()
    sure.click()
    expect(documents(page)).to_have_count(2)
    expect(page.locator(".qa-scope")).to_have_count(0)
    expect(page.locator("#qa-documents h2")).to_be_focused()
    turn = ask(page, "What did Ada wrote to Charles about the engine?")
    expect(turn).not_to_contain_text("about the engine.")
    again = visit(served.address)
    expect(again.get_by_role("heading", name="Ask your 2 documents")).to_be_visible()
    open_documents(page)
    page.get_by_role("button", name="Undo the last removal").click()
    expect(documents(page)).to_have_count(3)
    expect(page.get_by_role("button", name="Undo the last removal")).to_have_count(0)
    turn = ask(page, "What did Ada wrote to Charles about the engine?")
    expect(answer_of(turn)).to_have_text("Ada wrote to Charles about the engine.")


# ---- finding and choosing


def test_the_list_is_narrowed_by_what_is_typed(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    open_documents(page)
    find = page.get_by_label("Find a document")
    find.fill("LETTERS ada")
    expect(documents(page)).to_have_count(1)
    expect(documents(page)).to_contain_text("letters/ada.txt")
    find.fill("nothing like <b>it</b>")
    expect(page.get_by_text("No document has a name like that.")).to_be_visible()
    find.fill("")
    expect(documents(page)).to_have_count(6)


def test_only_the_documents_chosen_are_asked_until_all_are_again(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    open_documents(page)
    page.get_by_label("Find a document").fill("garden")
    expect(documents(page)).to_have_count(1)
    page.get_by_label("Ask The garden").check()
    expect(page.locator(".qa-scope")).to_contain_text("Asking only garden.md")
    page.get_by_label("Find a document").fill("ada")
    expect(page.get_by_label("Ask The garden")).to_have_count(0)
    page.get_by_label("Ask ada").check()
    expect(page.locator(".qa-scope")).to_contain_text("Asking only 2 documents")
    turn = ask(page, IRON)
    expect(turn).to_contain_text("Asked of 2 documents only")
    expect(turn).not_to_contain_text("The Iron Bridge crosses the Severn.")
    page.get_by_role("button", name="Ask all documents").click()
    expect(page.locator(".qa-scope")).to_have_count(0)
    expect(page.get_by_label("Question")).to_be_focused()
    open_documents(page)
    page.get_by_label("Find a document").fill("")
    expect(page.get_by_label("Ask ada")).not_to_be_checked()
    turn = ask(page, IRON)
    expect(answer_of(turn)).to_have_text("The Iron Bridge crosses the Severn.")
    expect(turn).not_to_contain_text("Asked of")


def test_a_source_can_be_asked_alone(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    open_documents(page)
    page.get_by_role("button", name="bridges.txt").click()
    page.get_by_role("button", name="Ask only this document").click()
    expect(page.locator(".qa-scope")).to_contain_text("Asking only bridges.txt")
    expect(page.get_by_label("Question")).to_be_focused()
    turn = ask(page, "Do roses want sun and clay?")
    expect(turn).to_contain_text("Asked of 1 document only")
    expect(turn).not_to_contain_text("Roses want sun")
    page.get_by_role("button", name="Ask all documents").click()
    expect(page.locator(".qa-scope")).to_have_count(0)
    expect(page.locator(".qa-page")).to_contain_text("The Forth Bridge carries trains to Fife.")


# ---- opening


def test_a_citation_opens_the_page_with_the_box_over_its_words(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    turn = ask(page, "Do tomatoes need 40 rivets twice a week?")
    expect(answer_of(turn)).to_have_text(CABLES)
    turn.get_by_role("button", name="Citation 1: open The report page 2").click()
    box = page.locator(".qa-box")
    expect(box).to_have_count(1)
    assert_in_view(page, box)
    expect(box).to_be_focused()
    image = page.get_by_alt_text(f"Page 2 of The report; marked: “{CABLES}”")
    sheet, shown = image.bounding_box(), box.bounding_box()
    assert sheet is not None
    assert shown is not None
    across, down = sheet["width"] / PDF_WIDTH, sheet["height"] / PDF_HEIGHT
    assert sheet["width"] / sheet["height"] == pytest.approx(PDF_WIDTH / PDF_HEIGHT, rel=0.01)
    left, right = shown["x"] - sheet["x"], shown["x"] - sheet["x"] + shown["width"]
    top, bottom = shown["y"] - sheet["y"], shown["y"] - sheet["y"] + shown["height"]
    width = width_in_pdf(CABLES)
    assert left == pytest.approx(CABLES_X * across, abs=3)
    assert right == pytest.approx((CABLES_X + width) * across, abs=4)
    baseline = (PDF_HEIGHT - CABLES_Y) * down
    assert top < baseline - 7 * down, "the letters rise above their line"
    assert top > baseline - 20 * down
    assert baseline - 1 < bottom < baseline + 7 * down
    ink = ink_of(image)
    assert left - 2 <= ink["left"]
    assert ink["right"] <= right + 2
    assert top - 2 <= ink["top"]
    assert ink["bottom"] <= bottom + 2


def ink_of(image: Locator) -> dict[str, float]:
    """Find where the lower two thirds of a page image are dark, in the window's pixels."""
    found: dict[str, float] = image.evaluate(
        """image => {
            const [w, h] = [image.naturalWidth, image.naturalHeight];
            const canvas = Object.assign(document.createElement("canvas"), { width: w, height: h });
            const pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0);
            const { data } = pen.getImageData(0, 0, w, h);
            let [left, top, right, bottom] = [w, h, 0, 0];
            for (let y = Math.floor(h / 3); y < h; y += 1) {
              for (let x = 0; x < w; x += 1) {
                if (data[4 * (y * w + x)] > 128) continue;
                left = Math.min(left, x); right = Math.max(right, x + 1);
                top = Math.min(top, y); bottom = Math.max(bottom, y + 1);
              }
            }
            const scale = image.clientWidth / w;
            return { left: left * scale, top: top * scale,
                     right: right * scale, bottom: bottom * scale };
        }"""
    )
    return found


def test_a_page_turns_to_text_and_to_other_pages_and_back(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    ask(page, "Do tomatoes need 40 rivets twice a week?").locator(".qa-chip").click()
    expect(page.locator(".qa-pager")).to_contain_text("Page 2 of 3")
    page.get_by_role("button", name="Text").click()
    expect(page.locator("mark#qa-cited")).to_have_text(CABLES)
    assert_in_view(page, page.locator("#qa-cited"))
    expect(page.get_by_role("button", name="Text")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Page", exact=True).click()
    expect(page.locator(".qa-box")).to_have_count(1)
    forward, back = (page.get_by_role("button", name=name) for name in ("Next page", "Page before"))
    forward.click()
    expect(page.get_by_alt_text("Page 3 of The report")).to_be_visible()
    expect(page.locator(".qa-box")).to_have_count(0)
    expect(forward).to_be_disabled()
    back.click()
    expect(page.locator(".qa-box")).to_have_count(1)
    back.press("Enter")
    expect(page.locator(".qa-pager")).to_contain_text("Page 1 of 3")
    expect(back).to_be_disabled()


def test_a_changed_file_is_said_to_have_on_the_citation_and_in_the_source(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve(CORPUS, report)
    page = visit(served.address)
    report_pdf = served.corpus / "report.pdf"
    report_pdf.write_bytes(report_pdf.read_bytes() + b"\n% changed")
    turn = ask(page, "Do tomatoes need 40 rivets twice a week?")
    expect(turn.get_by_role("status")).to_have_text("The file has changed since it was indexed.")
    turn.locator(".qa-chip").click()
    expect(page.locator("#qa-source .qa-notice")).to_contain_text("check for changes")
    expect(page.locator("mark#qa-cited")).to_have_text(CABLES)
    expect(page.locator(".qa-switch")).to_have_count(0)
    report_pdf.unlink()
    turn = ask(page, "Do tomatoes need 40 rivets twice a week?")
    expect(turn.get_by_role("status")).to_have_text("The file is no longer there.")
    open_documents(page)
    page.get_by_role("button", name="Check for changes").click()
    expect(documents(page)).to_have_count(3)
    turn.locator(".qa-chip").click()
    expect(page.locator("#qa-documents dialog")).not_to_be_visible()
    expect(page.locator("#qa-source .qa-notice")).to_contain_text("There is no document")


def test_an_index_brought_up_to_date_elsewhere_answers_the_next_question(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve(CORPUS)
    page = visit(served.address)
    turn = ask(page, IRON)
    expect(answer_of(turn)).to_have_text("The Iron Bridge crosses the Severn.")
    (served.corpus / "new.txt").write_text("Charles prunes the tomatoes twice a week.")
    served.build()
    turn = ask(page, "Who prunes the tomatoes twice a week?")
    expect(answer_of(turn)).to_have_text("Charles prunes the tomatoes twice a week.")
    turn.locator(".qa-chip").click()
    open_documents(page)
    expect(documents(page)).to_have_count(4)


# ---- what a page must not do


def test_a_page_for_reading_only_has_no_buttons_and_takes_no_files(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve(CORPUS, read_only=True)
    page = visit(served.address)
    open_documents(page)
    expect(documents(page)).to_have_count(3)
    for name in ("Add files", "Add a folder", "Check for changes", "Remove"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.locator("input[type=file]")).to_have_count(0)
    page.get_by_label("Ask bridges").check()
    expect(page.locator(".qa-scope")).to_be_visible()
    sent = page.request.post(
        f"{served.address}gradio_api/upload",
        multipart={"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 100}},
    )
    assert sent.status == 403
    before = sorted(served.corpus.rglob("*"))
    page.evaluate(
        """async () => {
            const pane = document.querySelector("#qa-documents [data-view]");
            for (const kind of ["remove", "update", "restore"]) {
              const button = document.createElement("button");
              button.dataset[kind] = "bridges.txt";
              button.dataset.sure = "yes";
              pane.append(button);
              button.click();
            }
        }"""
    )
    expect(answer_of(ask(page, IRON))).to_have_text("The Iron Bridge crosses the Severn.")
    assert sorted(served.corpus.rglob("*")) == before


def test_hostile_names_titles_sheets_and_subjects_show_as_text(
    visit: OpenPage, serve: Serve
) -> None:
    def make(corpus: Path) -> None:
        (corpus / f"a {HOSTILE}.txt").write_text("The ferns want sun.")
        (corpus / "b.md").write_text(f"# B `{HOSTILE}`\n\nRoses want clay.\n")
        write_pdf(corpus / "c.pdf", [[(72, 700, f"Words {HOSTILE} here.")]], f"C {HOSTILE}")
        write_xlsx(corpus / "d.xlsx", {f"D {HOSTILE}"[:31]: [["A", "B"], [HOSTILE, "2"]]})
        write_eml(corpus / "e.eml", f"E {HOSTILE}", f"Dear Ada, {HOSTILE} yours.")
        (corpus / f"f {HOSTILE}.pdf").write_bytes(b"%PDF-1.7 no")

    served = serve({}, make)
    page = visit(served.address)
    open_documents(page)
    expect(documents(page)).to_have_count(5)
    listed = page.locator("#qa-documents").inner_text()
    for said in (f"a {HOSTILE}.txt", f"B {HOSTILE}", f"C {HOSTILE}", f"E {HOSTILE}"):
        assert said in listed
    page.locator(".qa-files summary").click()
    expect(page.locator(".qa-files")).to_contain_text(f"f {HOSTILE}.pdf")
    for number in range(5):
        title = documents(page).nth(number).locator(".qa-document-title").inner_text()
        documents(page).nth(number).click()
        expect(page.locator("#qa-source h2")).to_have_text(title)
        text = page.get_by_role("button", name="Text")
        if text.count():
            text.click()
        expect(page.locator(".qa-page")).to_be_visible()
        assert number in (0, 1) or HOSTILE[:20] in page.locator(".qa-page").inner_text()
        page.get_by_role("button", name="Ask only this document").click()
        expect(page.locator(".qa-scope")).to_be_visible()
        ask(page, f"Do ferns want sun? {number}").locator(".qa-chip").first.click()
        expect(page.locator("#qa-cited")).to_be_attached()
        open_documents(page)
        expect(documents(page)).to_have_count(5)
    odd = "img:not(.qa-sheet img), a, script, svg"
    for pane in ("#qa-source", "#qa-conversation", "#qa-scope", "#qa-documents"):
        assert page.locator(pane).locator(odd).count() == 0
    upload(page, (f"g{HOSTILE}.txt", "x"), (f"h{HOSTILE}", "y"))
    expect(progress(page)).to_contain_text("✗ h img src=x onerror=window.pwned=1 {{7 7}}${7 7}")
    assert page.evaluate("window.pwned") is None


# ---- for everyone


def test_documents_are_managed_by_keyboard_alone(visit: OpenPage, serve: Serve) -> None:
    served = serve(CORPUS, report)
    page = visit(served.address)
    expect(page.get_by_label("Question")).to_be_focused()
    focus_by_tab(page, page.get_by_role("button", name="Documents", exact=True), "Shift+Tab")
    page.keyboard.press("Enter")
    add = page.get_by_role("button", name="Add files").last
    focus_by_tab(page, add)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([])
    focus_by_tab(page, page.get_by_role("button", name="Add a folder"))
    with page.expect_file_chooser():
        page.keyboard.press("Space")
    focus_by_tab(page, page.get_by_role("button", name="Check for changes"))
    page.keyboard.press("Enter")
    expect(progress(page)).to_contain_text("Everything is up to date")
    expect(page.get_by_role("button", name="Check for changes")).to_be_focused()
    focus_by_tab(page, page.get_by_label("Find a document"))
    focus_by_tab(page, page.get_by_label("Ask bridges"))
    page.keyboard.press("Space")
    expect(page.locator(".qa-scope")).to_contain_text("Asking only bridges.txt")
    focus_by_tab(page, page.get_by_role("button", name="Ask all documents"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Documents", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    opening = page.locator(".qa-document[data-open='report.pdf']")
    focus_by_tab(page, opening)
    page.keyboard.press("Enter")
    expect(page.locator(".qa-pager")).to_contain_text("Page 1 of 3")
    expect(page.locator("#qa-source h2")).to_be_focused()
    forward = page.get_by_role("button", name="Next page")
    focus_by_tab(page, forward)
    page.keyboard.press("Enter")
    expect(page.locator(".qa-pager")).to_contain_text("Page 2 of 3")
    expect(forward).to_be_focused()
    focus_by_tab(page, page.get_by_role("button", name="Text"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".qa-page")).to_contain_text(CABLES)
    page.keyboard.press("Escape")
    expect(page.locator("#qa-source")).not_to_be_visible()
    focus_by_tab(page, page.get_by_role("button", name="Documents", exact=True), "Shift+Tab")
    page.keyboard.press("Space")
    expect(documents(page)).to_have_count(4)
    remove = page.get_by_role("button", name="Remove bridges")
    focus_by_tab(page, remove)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(documents(page)).to_have_count(3)
    focus_by_tab(page, page.get_by_role("button", name="Undo the last removal"))
    page.keyboard.press("Enter")
    expect(documents(page)).to_have_count(4)


def test_on_a_phone_nothing_scrolls_sideways_and_everything_can_be_tapped(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address, PHONE)
    views = []

    def look(name: str) -> None:
        views.append(name)
        assert_no_sideways_scrolling(page)
        assert small_targets(page) == [], name

    look("welcome")
    open_documents(page)
    look("list")
    for summary in page.locator("#qa-progress summary").all():
        summary.click()
    look("list with files")
    page.locator("[data-pick]").first.check()
    page.get_by_role("button", name="Remove ada").click()
    look("asking whether to remove")
    page.locator(".qa-document", has_text="long").first.click()
    expect(page.locator(".qa-page")).to_be_visible()
    look("source with a long name")
    page.get_by_role("button", name="Ask only this document").click()
    expect(page.locator(".qa-scope")).to_contain_text("Asking only long")
    look("scope with a long name")
    ask(page, "Has a file a long name?")
    look("answer with a long name")
    page.get_by_role("button", name="Ask all documents").click()
    turn = ask(page, "Do tomatoes need 40 rivets twice a week?")
    turn.locator("summary").click()
    look("answer")
    turn.locator(".qa-chip").click()
    expect(page.locator(".qa-box")).to_have_count(1)
    look("page")
    page.get_by_role("button", name="Text").click()
    expect(page.locator("mark#qa-cited")).to_be_visible()
    look("text")
    open_documents(page)
    page.locator(".qa-document[data-open='table.xlsx']").click()
    expect(page.locator(".qa-page .qa-table")).to_be_visible()
    look("table")
    assert len(views) == 11


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_on_its_background(
    visit: OpenPage, serve: Serve, scheme: str
) -> None:
    def make(corpus: Path) -> None:
        report(corpus)
        (corpus / "broken.pdf").write_bytes(b"%PDF-1.7 no")
        write_xlsx(corpus / "table.xlsx", {"Bridges": [["Bridge", "Year"], ["Forth", "1890"]]})

    served = serve(CORPUS, make)
    page = visit(served.address, scheme=scheme)
    open_documents(page)
    page.get_by_role("button", name="Check for changes").click()
    expect(progress(page)).to_contain_text("Everything is up to date")
    page.locator(".qa-files summary").first.click()
    page.locator("[data-pick]").first.check()
    expect(page.locator(".qa-scope")).to_be_visible()
    listed = ".qa-button", ".qa-button.qa-quiet", ".qa-check", ".qa-hint", ".qa-stage", ".qa-find"
    rows = ".qa-files summary", ".qa-file", ".qa-why", ".qa-count", ".qa-remove"
    titles = ".qa-document-title", ".qa-document .qa-meta", ".qa-scope span", ".qa-scope button"
    assert unreadable(page, [*listed, *rows, *titles]) == {}
    remove = page.get_by_role("button", name="Remove ada")
    remove.click()
    assert unreadable(page, [".qa-remove[data-sure]"]) == {}
    page.get_by_role("button", name="Ask all documents").click()
    expect(page.locator(".qa-scope")).to_have_count(0)
    turn = ask(page, "Do tomatoes need 40 rivets twice a week?")
    turn.locator(".qa-chip").click()
    expect(page.locator(".qa-pager")).to_be_visible()
    shown = ".qa-chip-where", ".qa-switch [aria-pressed=true]", ".qa-switch [aria-pressed=false]"
    assert unreadable(page, [*shown, ".qa-pager span", ".qa-path span", ".qa-path .qa-link"]) == {}
    (served.corpus / "report.pdf").write_bytes(b"%PDF-1.7 other")
    turn = ask(page, "Do tomatoes need 40 rivets twice a week?")
    turn.locator(".qa-chip").click()
    expect(page.locator("#qa-source .qa-notice")).to_be_visible()
    assert unreadable(page, [".qa-changed", "#qa-source .qa-notice", "#qa-cited"]) == {}
    open_documents(page)
    page.locator(".qa-document[data-open='table.xlsx']").click()
    expect(page.locator(".qa-page .qa-table")).to_be_visible()
    assert unreadable(page, [".qa-page .qa-table td", ".qa-page h3"]) == {}


def test_progress_is_told_in_words_and_only_its_beginning_and_end_are_read_out(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    news = page.locator("#qa-news")
    expect(news).to_have_attribute("role", "status")
    expect(news).to_be_empty()
    page.evaluate(
        """() => {
            window.heard = [];
            new MutationObserver(() => window.heard.push(
              document.querySelector("#qa-news").textContent)).observe(
              document.querySelector("#qa-news"), { childList: true });
        }"""
    )
    open_documents(page)
    page.get_by_role("button", name="Check for changes").click()
    expect(news).to_have_text("Everything is up to date. 1 file could not be read")
    assert page.evaluate("window.heard") == [
        "The documents are being read.",
        "Everything is up to date. 1 file could not be read",
    ]
    live = "#qa-progress [role=status], #qa-progress [role=alert], #qa-progress [aria-live]"
    expect(page.locator(live)).to_have_count(0)


def test_every_control_has_a_name(visit: OpenPage, still: Served) -> None:
    page = visit(still.address)
    nameless = """() => [...document.querySelectorAll("button, input, textarea, progress, img")]
        .filter((e) => e.closest(".qa-thread, #qa-source, #qa-scope, .qa-top, #qa-documents"))
        .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.alt))
        .map((e) => e.outerHTML)"""
    assert page.evaluate(nameless) == []
    ask(page, "Do tomatoes need 40 rivets twice a week?").locator(".qa-chip").click()
    expect(page.locator(".qa-box")).to_have_count(1)
    assert page.evaluate(nameless) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_scan_opens_on_its_page_with_the_words_boxed_and_is_told_to_be_one(
    visit: OpenPage, serve: Serve, scheme: str
) -> None:
    words = "The old lighthouse burned down in 1871."

    def make(corpus: Path) -> None:
        write_scan(corpus / "scan.pdf", [[(72, 700, "A page before.")], [(150, 300, words)]])

    page = visit(serve({}, make).address, PHONE, scheme)
    chip = ask(page, "Has the old lighthouse burned down in 1871?").locator(".qa-chip")
    expect(chip).to_contain_text("page 2 (scanned)")
    chip.click()
    expect(page.get_by_role("note")).to_contain_text("This page is a scan.")
    box, sheet = page.locator(".qa-box").bounding_box(), page.locator(".qa-sheet").bounding_box()
    assert box
    assert sheet
    left, top = (box["x"] - sheet["x"]) / sheet["width"], (box["y"] - sheet["y"]) / sheet["height"]
    assert left == pytest.approx(150 / PDF_WIDTH, abs=0.02)
    assert top == pytest.approx((PDF_HEIGHT - 300 - 14) / PDF_HEIGHT, abs=0.02)
    assert box["width"] / sheet["width"] == pytest.approx(width_in_pdf(words) / PDF_WIDTH, abs=0.03)
    assert unreadable(page, ["[role=note]"]) == {}
    assert_no_sideways_scrolling(page)
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.get_by_role("note")).to_contain_text("2 scanned pages")
    expect(page.locator("#qa-cited")).to_have_text(words)
