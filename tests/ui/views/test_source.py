"""The right pane's HTML: nothing from outside becomes markup, and marks are at the right words.

Parsed and compared as in `test_render`.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.sources import SourceView
from qa.documents.sandbox import PageImage
from qa.formats.blocks import split_blocks
from qa.index.stores.stored import DocumentInfo
from qa.schema import Block, Document, Span, State
from qa.ui.library_status import FileStatus, LibraryStatus
from qa.ui.views.documents import (
    DocumentList,
    documents_html,
    failures,
    indexing_html,
    rows_html,
    stage_in_words,
)
from qa.ui.views.source import notice_html, page_html, text_html
from tests.ui.markup_page import HOSTILE, Page, assert_only_text_differs, outside

PNG = b"\x89PNG not really"
IMAGE = PageImage(PNG, 600, 800, ((0.1, 0.2, 0.3, 0.25), (0.1, 0.26, 0.2, 0.31)))


def view(
    body: str,
    doc_id: str = "a.txt",
    title: str = "a",
    state: State = "unchanged",
    pages: tuple[int, ...] = (),
    date: str = "",
) -> SourceView:
    blocks = tuple(split_blocks(body))
    if doc_id.endswith(".md"):
        blocks = tuple(_marked(block, body) for block in blocks)
    return SourceView(Document(doc_id, title, body, "0", pages, date), blocks, state, None)


def _marked(block: Block, body: str) -> Block:
    """Take a line with "# " for a heading, with its marks for its words."""
    marks = re.match("(#+) ", body[block.start : block.end])
    if marks is None:
        return block
    content = block.start + marks.end()
    return block._replace(content=content, kind="heading", level=len(marks[1]))


def table(rows: Sequence[str]) -> SourceView:
    body = "\n".join(rows)
    blocks, start = [], 0
    for row in rows:
        blocks.append(Block(start, start + len(row), start, "row", 0))
        start += len(row) + 1
    return SourceView(Document("a.xlsx", "a", body, "0"), tuple(blocks), "unchanged", None)


def info(doc_id: str, title: str = "", date: str = "", pages: int = 0) -> DocumentInfo:
    return DocumentInfo(doc_id, title or doc_id, date, "0", 5, 6, pages, 0)


def listing(words: str, doc_id: str, title: str) -> str:
    status = LibraryStatus(
        files=(
            FileStatus(f"1 {words}", problem=f"why {title}"),
            FileStatus(f"2 {doc_id}", note=f"note {words}"),
            FileStatus(f"3 {title}", waiting=True),
        ),
        summary=f"done {words}",
    )
    listed = DocumentList(
        documents=[info(doc_id, title, words), info("b", words)],
        skipped=[(f"0 {doc_id}", f"reason {title}")],
        chosen=[doc_id, words],
        status=status,
        can_change=True,
        can_restore=True,
        notice=f"notice {title}",
    )
    return documents_html(listed)


def running(words: str, doc_id: str, title: str) -> str:
    return indexing_html(DocumentList([], status=LibraryStatus(running=True, stage=f"at {words}")))


def failed(words: str, doc_id: str, title: str) -> str:
    return indexing_html(DocumentList([], status=LibraryStatus(error=f"because {words}")))


def source(words: str, doc_id: str, title: str) -> str:
    # On one line, so that the words make no difference to the blocks.
    line = " ".join(words.split())
    body = f"Before {line} cited {line} after {line}.\n\nElsewhere {line}."
    cited = Span(body.index(" cited "), body.index(" after "))
    return text_html(view(body, f"{doc_id}.txt", title, "changed", date=words), cited)


def sheet(words: str, doc_id: str, title: str) -> str:
    line = words.replace("|", "")
    return text_html(table([f"Name | {line}", f"{line} | b"]), Span(2, 6))


def grid(words: str, doc_id: str, title: str) -> str:
    value = " ".join(words.replace("|", "").split())
    return text_html(table(["Name | Note", f"Name: x{value} | Note: b"]), Span(14, 17))


def page_image(words: str, doc_id: str, title: str) -> str:
    body = f"Before {words} after"
    drawn = view(body, f"{doc_id}x.pdf", title, pages=(0, 3, 5))
    return page_html(drawn, Span(2, len(body)), 2, IMAGE)


def notice(words: str, doc_id: str, title: str) -> str:
    return notice_html(f"{words} {doc_id} {title}")


PANES: Sequence[Callable[[str, str, str], str]] = (
    grid,
    listing,
    running,
    failed,
    source,
    sheet,
    page_image,
    notice,
)


# ---- escaping


@pytest.mark.parametrize("pane", PANES)
@settings(max_examples=50)
@given(words=outside, doc_id=outside, title=outside)
def test_nothing_from_outside_becomes_a_tag_or_an_attribute(
    pane: Callable[[str, str, str], str], words: str, doc_id: str, title: str
) -> None:
    harmless = pane("words", "id", "title")
    assert_only_text_differs(pane(words, doc_id, title), harmless, words, doc_id, title)


@pytest.mark.parametrize("words", HOSTILE)
def test_everything_from_outside_is_shown_as_it_was_given(words: str) -> None:
    listed = Page(listing(words, f"id {words}", f"title {words}"))
    assert f"title {words}" in listed.texts
    assert listed.values("data-open")[0] == f"id {words}"
    assert listed.values("data-pick")[0] == f"id {words}"
    assert listed.values("data-remove")[0] == f"id {words}"
    for part in (f"1 {words}", f"why title {words}", f"note {words}", f"3 title {words}"):
        assert part in listed.shown
    for part in (f"0 id {words}", f"reason title {words}", f"notice title {words}"):
        assert part in listed.shown
    opened = Page(source(words, f"id {words}", f"title {words}"))
    assert f"title {words}" in opened.texts
    assert f"id {words}.txt · {words}" in opened.texts
    for part in (f"Before {words}", f"after {words}.", f"Elsewhere {words}."):
        assert part in opened.shown
    assert opened.marked == [f" cited {words}"]
    drawn = Page(page_image(words, f"id {words}", f"title {words}"))
    assert drawn.values("alt") == [f"Page 2 of title {words}; marked: “fore {words} after”"]
    assert Page(notice_html(words)).texts[-1] == words


# ---- a document

BODY = "# Garden\n\nRoses want sun. Prune them.\n\n- first item\n- second <b> item\n\nThe end."


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("words", ["want sun.", "second <b> item", "Garden", "The end.", "R", "."])
def test_the_cited_words_are_marked_and_nothing_else(name: str, words: str) -> None:
    start = BODY.index(words)
    page = Page(text_html(view(BODY, name), Span(start, start + len(words))))
    assert page.marked == [words]
    assert page.values("id") == ["qa-cited"]


def test_a_span_over_several_blocks_is_marked_in_each_and_anchored_once() -> None:
    start, end = BODY.index("sun"), BODY.index(" item\n\nThe")
    page = Page(text_html(view(BODY, "a.md"), Span(start, end)))
    assert page.marked == ["sun. Prune them.", "first item", "second <b>"]
    assert page.values("id") == ["qa-cited"]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["Words go.", "- item", "# Head", "", "<b>", "日本。", "{{x}}"])).map(
        "\n".join
    ),
    st.data(),
)
def test_any_words_of_a_block_that_are_cited_are_marked_and_anchored(
    body: str, data: st.DataObject
) -> None:
    blocks = split_blocks(body)
    if not blocks:
        assert Page(text_html(view(body), None)).marked == []
        return
    block = data.draw(st.sampled_from(blocks))
    start = data.draw(st.integers(block.content, block.end - 1))
    end = data.draw(st.integers(start + 1, block.end))
    page = Page(text_html(view(body), Span(start, end)))
    assert page.marked == [body[start:end]]
    assert page.values("id") == ["qa-cited"]


def test_without_a_citation_nothing_is_marked() -> None:
    page = Page(text_html(view(BODY), None))
    assert page.marked == []
    assert page.values("id") == []


def test_all_words_of_a_document_are_shown_but_list_markers() -> None:
    shown = Page(text_html(view(BODY, "a.md"), None)).shown
    for line in BODY.splitlines():
        assert line.removeprefix("- ") in shown
    assert "- first" not in shown


def test_headings_and_items_are_told_apart_by_their_tags() -> None:
    tags = [tag for tag, _ in Page(text_html(view(BODY, "a.md"), None)).tags]
    assert tags[-6:] == ["h3", "p", "ul", "li", "li", "p"]
    deep = replace(view("Deep"), blocks=(Block(0, 4, 0, "heading", 6),))
    assert [tag for tag, _ in Page(text_html(deep, None)).tags][-1] == "h6"


LONG = "".join(f"Paragraph {n} of a long document.\n\n" for n in range(10_000))


@pytest.mark.parametrize("number", [0, 1, 5_000, 9_999])
def test_a_long_document_is_shown_around_the_citation_and_says_which_part(number: int) -> None:
    words = f"Paragraph {number} of"
    start = LONG.index(words)
    page = Page(text_html(view(LONG), Span(start, start + len(words))))
    assert page.marked == [words]
    assert page.values("id") == ["qa-cited"]
    assert len(page.shown) < 210_000
    assert number == 0 or f"Paragraph {number - 1} of" in page.shown
    assert "A long document: characters " in page.shown
    assert f" of {len(LONG):,} are shown" in page.shown


def test_a_long_document_without_citation_is_shown_from_its_start() -> None:
    page = Page(text_html(view(LONG), None))
    assert "Paragraph 0 of" in page.shown
    assert "characters 0 to 200,000 of" in page.shown
    assert "Paragraph 9999 of" not in page.shown


def test_a_long_block_is_shown_in_part_with_its_cited_words_marked() -> None:
    body = "word " * 100_000
    page = Page(text_html(view(body), Span(250_000, 250_004)))
    assert page.marked == ["word"]
    assert page.values("id") == ["qa-cited"]
    assert len(page.shown) < 210_000


def test_a_short_document_is_not_called_long() -> None:
    assert "A long document" not in Page(text_html(view(BODY), None)).shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("changed", "has changed since it was indexed"),
        ("missing", "no longer where it was indexed"),
    ],
)
def test_a_source_that_is_not_as_it_was_says_so_to_everyone(state: State, said: str) -> None:
    page = Page(text_html(view(BODY, state=state), None))
    assert said in page.shown
    whole = Page(text_html(view(BODY), None)).values("role")
    assert page.values("role") == [*whole, "status"]


def test_an_unchanged_source_has_no_notice() -> None:
    page = Page(text_html(view(BODY), None))
    assert "qa-notice" not in page.values("class")


def test_a_row_of_a_table_keeps_every_character_with_its_cells_parted() -> None:
    rows = ["Bridge | Year", "Iron Bridge | 1781 | <b>"]
    start = len(rows[0]) + 1 + rows[1].index("1781")
    page = Page(text_html(table(rows), Span(start - 3, start + 4)))
    assert page.marked == [" | 1781"]
    assert page.values("class").count("qa-row") == 2
    assert page.values("class").count("qa-part") == 3
    for row in rows:
        assert row in page.shown


def test_a_source_offers_to_ask_it_alone_and_gives_its_path_and_date() -> None:
    page = Page(text_html(view(BODY, "b/a.txt", date="2020-03"), None))
    assert page.values("data-only") == ["b/a.txt"]
    assert "b/a.txt · 2020-03" in page.texts
    assert page.values("data-as") == [], "only what has pages can be switched"


# ---- a page


def drawn(number: int = 2, cited: Span | None = None) -> Page:
    body = "One. Two. Three."
    return Page(page_html(view(body, "a.pdf", "Report", pages=(0, 5, 10)), cited, number, IMAGE))


def test_a_page_is_an_image_with_a_box_for_each_line_of_the_citation() -> None:
    page = drawn(cited=Span(5, 9))
    (data,) = page.values("src")
    assert b64decode(data.removeprefix("data:image/png;base64,")) == PNG
    assert page.values("alt") == ["Page 2 of Report; marked: “Two.”"]
    boxes = [style for style in page.values("style") if style.startswith("left")]
    assert boxes == [
        "left:10.000%;top:20.000%;width:20.000%;height:5.000%",
        "left:10.000%;top:26.000%;width:10.000%;height:5.000%",
    ]
    assert "aspect-ratio:600/800" in page.values("style")
    assert page.values("id") == ["qa-cited"]
    assert drawn().values("alt") == ["Page 2 of Report"]


def test_a_page_can_be_switched_to_its_text_and_back_with_the_same_citation() -> None:
    page = drawn(cited=Span(5, 9))
    assert page.values("data-as")[:2] == ["page", "text"]
    assert page.values("aria-pressed") == ["true", "false"]
    assert page.values("data-start")[:2] == ["5", "5"]
    text = Page(text_html(view("One. Two.", "a.pdf", pages=(0,)), Span(5, 9)))
    assert text.values("aria-pressed") == ["false", "true"]
    assert text.values("data-end") == ["9", "9"]


@pytest.mark.parametrize(
    ("number", "around", "off"), [(1, ["0", "2"], 1), (2, ["1", "3"], 0), (3, ["2", "4"], 1)]
)
def test_the_pager_leads_to_the_pages_around_and_no_further(
    number: int, around: list[str], off: int
) -> None:
    page = drawn(number)
    assert page.values("data-page") == around
    assert len(page.values("disabled")) == off
    assert f"Page {number} of 3" in page.texts


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (1, ""),
        (2, "This page is a scan. Its text was read by OCR and may have errors"),
        (3, "This page was not read: nothing on it can be found."),
        (None, "The text of 1 scanned page was read by OCR and may have errors"),
        (None, "Not read, so that nothing on it can be found: page 3."),
    ],
)
def test_scanned_pages_and_those_that_were_not_read_are_told(page: int | None, said: str) -> None:
    plain = view("One. Two. Three.", "a.pdf", pages=(0, 5, 10))
    mixed = replace(plain, document=replace(plain.document, scanned=(2,), unread=(3,)))
    image = PageImage(b"png", 100, 200, ())
    shown = Page(page_html(mixed, None, page, image) if page else text_html(mixed, None))
    assert said in " ".join(shown.texts)
    assert bool(said) == ("note" in shown.values("role"))
    for whole in (page_html(plain, None, 1, image), text_html(plain, None)):
        assert "note" not in Page(whole).values("role")


# ---- the list


def test_documents_are_listed_with_title_id_pages_size_and_date() -> None:
    document = DocumentInfo("b/a.pdf", "T", "2021-06", "0", 12_345, 1_000, 12, 3)
    page = Page(documents_html(DocumentList([document])))
    assert page.values("data-open") == ["b/a.pdf"]
    assert "T" in page.texts
    assert "b/a.pdf · 12 pages · 3 of them not read · 12,345 characters · 2021-06" in page.texts
    assert "1 document" in page.texts


def test_a_list_that_cannot_be_changed_has_nothing_that_changes_it() -> None:
    fixed = Page(documents_html(DocumentList([info("a"), info("b")])))
    assert not {"data-add", "data-remove", "data-update", "data-drop", "data-input"} & {
        name for name, _ in fixed.attributes
    }
    assert fixed.values("data-pick") == ["a", "b"], "they can still be chosen"
    open_ = Page(documents_html(DocumentList([info("a"), info("b")], can_change=True)))
    assert open_.values("data-add") == ["files", "folder"]
    assert open_.values("data-remove") == ["a", "b"]


def test_one_document_is_neither_ticked_nor_looked_for() -> None:
    page = Page(documents_html(DocumentList([info("a")])))
    assert page.values("data-pick") == []
    assert page.values("hidden") == [""]
    two = Page(documents_html(DocumentList([info("a"), info("b")])))
    assert two.values("data-pick") == ["a", "b"]
    assert two.values("hidden") == []


def test_chosen_documents_are_ticked() -> None:
    page = Page(documents_html(DocumentList([info("a"), info("b")], chosen=["b", "gone"])))
    ticked = [dict(attrs) for attrs in _elements(page, "checked")]
    assert [attrs["data-pick"] for attrs in ticked] == ["b"]


def _elements(page: Page, name: str) -> list[list[tuple[str, str]]]:
    """Group the attributes by element; give the elements that have one."""
    found, rest = [], list(page.attributes)
    for _, names in page.tags:
        attributes, rest = rest[: len(names)], rest[len(names) :]
        if name in names:
            found.append(attributes)
    return found


def test_a_long_list_is_cut_and_says_how_many_are_left() -> None:
    many = [info(f"{n}.txt") for n in range(1_400)]
    page = Page(documents_html(DocumentList(many)))
    assert len(page.values("data-open")) == 200
    assert "… and 1,200 more: find them by name." in page.texts
    assert "more:" not in Page(documents_html(DocumentList(many[:200]))).shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("report", ["2019/report.txt", "2020/report.txt"]),
        ("REPORT 2020", ["2020/report.txt"]),
        ("straße", ["x.txt"]),
        ("STRASSE", ["x.txt"]),
        ("  ", ["2019/report.txt", "2020/report.txt", "x.txt"]),
        ("<b>", []),
    ],
)
def test_a_query_finds_the_documents_whose_title_or_path_has_all_its_words(
    query: str, names: list[str]
) -> None:
    listed = DocumentList(
        [info("2019/report.txt"), info("2020/report.txt"), info("x.txt", "Straße")]
    )
    page = Page(rows_html(listed, query))
    assert page.values("data-open") == names
    assert bool(names) != ("No document has a name like that." in page.texts)


def test_the_last_of_many_documents_is_found_by_name() -> None:
    many = [info(f"{n}.txt") for n in range(1_400)]
    assert Page(rows_html(DocumentList(many), "1399")).values("data-open") == ["1399.txt"]


def test_an_empty_list_is_still_a_pane() -> None:
    page = Page(documents_html(DocumentList([], can_change=True)))
    assert "drop them anywhere" in page.shown
    assert page.values("data-add") == ["files", "folder"]
    assert "0 documents" not in page.shown


# ---- progress


def test_a_running_update_shows_documents_done_and_what_it_is_at() -> None:
    page = Page(
        indexing_html(DocumentList([], status=LibraryStatus(True, "encoding passages", 1, 2_000)))
    )
    assert "1 of 2,000 documents read · encoding passages" in page.texts
    assert page.values("value") == ["1"]
    assert page.values("max") == ["2000"]


def test_a_running_update_of_unknown_length_has_no_share_done() -> None:
    page = Page(indexing_html(DocumentList([], status=LibraryStatus(True, "looking at files"))))
    assert "Looking at files" in page.texts
    assert page.values("value") == []
    assert stage_in_words(LibraryStatus(True)) == "Starting"


def test_each_file_is_marked_read_waiting_or_failed_with_the_reason() -> None:
    files = (
        FileStatus("bad.pdf", "damaged"),
        FileStatus("soon.txt", waiting=True),
        FileStatus("good.txt", note="another good.txt was there"),
    )
    page = Page(indexing_html(DocumentList([], status=LibraryStatus(files=files))))
    for said in ("1 file could not be read", "1 file waiting to be read", "1 file read"):
        assert said in page.texts
    assert "✗ bad.pdf — damaged" in page.shown
    assert "… soon.txt" in page.shown
    assert "✓ good.txt — another good.txt was there" in page.shown
    assert page.values("open") == [""], "what failed just now is not hidden"


def test_a_file_that_failed_is_listed_once() -> None:
    status = LibraryStatus(files=(FileStatus("bad.pdf", "damaged"), FileStatus("b.txt")))
    listed = DocumentList(
        [], skipped=[("bad.pdf", "damaged"), ("old.doc", "too old")], status=status
    )
    assert [file.name for file in failures(listed)] == ["bad.pdf", "old.doc"]
    page = Page(documents_html(listed))
    assert page.shown.count("bad.pdf") == 1
    assert "2 files could not be read" in page.texts


def test_failures_of_before_are_folded_away() -> None:
    page = Page(documents_html(DocumentList([], skipped=[("old.doc", "too old")])))
    assert "✗ old.doc — too old" in page.shown
    assert page.values("open") == []


def test_a_long_list_of_files_is_cut_and_counted_in_full() -> None:
    skipped = [(f"{n}.doc", "too old") for n in range(1_060)]
    page = Page(documents_html(DocumentList([], skipped=skipped)))
    assert "1,060 files could not be read" in page.texts
    assert "… and 1,010 more" in page.texts


@pytest.mark.parametrize("is_running", [True, False])
def test_a_removal_can_be_undone_unless_the_documents_are_being_read(is_running: bool) -> None:
    listed = DocumentList([], status=LibraryStatus(running=is_running), can_restore=True)
    page = Page(indexing_html(listed))
    assert (("data-restore", "") in page.attributes) != is_running


def test_an_error_takes_the_place_of_the_summary() -> None:
    page = Page(
        indexing_html(DocumentList([], status=LibraryStatus(summary="2 added", error="the disk")))
    )
    assert "The disk" in page.texts
    assert "2 added" not in page.shown


def test_progress_that_is_polled_is_not_read_out_every_time() -> None:
    running = LibraryStatus(True, "x", 1, 2)
    for status in (running, LibraryStatus(summary="x"), LibraryStatus(error="x")):
        page = Page(indexing_html(DocumentList([], status=status)))
        assert page.values("role") == page.values("aria-live") == []


def test_rows_that_say_what_their_cells_are_are_drawn_as_a_table() -> None:
    rows = ["Pier | Tonnes | Note", "Pier: A | Tonnes: 12", "Pier: B | Tonnes: <b> | Note: new"]
    start = len(rows[0]) + 1
    page = Page(text_html(table(rows), Span(start, start + len(rows[1]))))
    assert page.marked == ["A", "12"]
    tags = [tag for tag, _ in page.tags]
    assert (tags.count("td"), tags.count("th")) == (6, 3)
    assert "qa-row" not in page.values("class")
    assert {"Pier", "Tonnes", "Note", "B", "<b>", "new"} <= set(page.texts)
    assert page.values("id").count("qa-cited") == 1
