import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.epub import parse_epub
from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import (
    chapter,
    check_sound,
    damaged,
    epub,
    epub_parts,
    outline,
    zipped,
)

LIMITS = ParseLimits()
CHAPTERS = {
    "b.xhtml": chapter("<h1>One</h1><p>First&nbsp;text with an <a id='n'/>anchor.</p><p>More.</p>"),
    "t/a%20b.xhtml": chapter("<h1>Two</h1><p>Second text.</p>"),
}


def test_chapters_come_in_the_order_of_the_spine() -> None:
    parsed = parse_epub(epub(CHAPTERS), LIMITS)
    check_sound(parsed)
    assert parsed.text == "One\n\nFirst text with an anchor.\n\nMore.\n\nTwo\n\nSecond text."
    assert [(b.kind, b.level) for b in parsed.blocks] == [
        ("heading", 1), ("paragraph", 0), ("paragraph", 0), ("heading", 1), ("paragraph", 0),
    ]  # fmt: skip
    assert parsed.pages == ()


@pytest.mark.parametrize(
    ("metadata", "title", "date"),
    [
        ("<dc:title>The &amp; Book</dc:title><dc:date>2012-05-01</dc:date>",
         "The & Book", "2012-05-01"),
        ("<dc:title>A</dc:title><dc:title>B</dc:title><dc:date>2012</dc:date>", "A", "2012"),
        ('<meta property="dcterms:modified">2020-01-02T00:00:00Z</meta>', "", "2020-01-02"),
        ('<dc:date event="creation">1999</dc:date><dc:date>0101-01-01T00:00:00</dc:date>', "", ""),
    ],
)  # fmt: skip
def test_title_and_date_are_what_the_book_says(metadata: str, title: str, date: str) -> None:
    parsed = parse_epub(epub(CHAPTERS, metadata=metadata), LIMITS)
    assert (parsed.title, parsed.date) == (title, date)


def test_the_author_is_told_before_the_text() -> None:
    metadata = (
        "<dc:title>Tides</dc:title><dc:creator>M. Vane</dc:creator><dc:creator>O. Rey</dc:creator>"
    )
    parsed = parse_epub(epub(CHAPTERS, metadata=metadata), LIMITS)
    check_sound(parsed)
    assert outline(parsed)[:2] == ["¶ Title: Tides\nAuthor: M. Vane, O. Rey", "# One"]


def test_contents_and_asides_are_not_chapters() -> None:
    parts = epub_parts(
        CHAPTERS,
        manifest=(
            '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
            '<item id="c" href="toc.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="s" href="aside.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="p" href="cover.png" media-type="image/png"/>'
            '<item id="evil" href="../../../etc/passwd" media-type="application/xhtml+xml"/>'
        ),
        spine='<itemref idref="nav"/><itemref idref="c"/><itemref idref="s" linear="no"/>'
        '<itemref idref="p"/><itemref idref="evil"/><itemref idref="gone"/><itemref idref="i0"/>',
        guide='<reference type="toc" href="toc.xhtml"/>',
    )
    for name in ("nav.xhtml", "toc.xhtml", "aside.xhtml", "cover.png"):
        parts[f"OEBPS/{name}"] = chapter("<p>not me</p>")
    assert parse_epub(zipped(parts), LIMITS) == parse_epub(epub(CHAPTERS), LIMITS)


NAV = chapter('<nav><ol><li><a href="b.xhtml#x">Part <b>one</b></a></li></ol></nav>')
NCX = (
    '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "ncx.dtd"><ncx><navMap><navPoint><navLabel>'
    '<text>Part one</text></navLabel><content src="b.xhtml"/></navPoint></navMap></ncx>'
)


@pytest.mark.parametrize(
    ("entry", "content"),
    [
        ('<item id="n" href="x" properties="nav" media-type="application/xhtml+xml"/>', NAV),
        ('<item id="ncx" href="x" media-type="application/x-dtbncx+xml"/>', NCX),
    ],
)
def test_a_chapter_without_a_heading_is_named_by_the_table_of_contents(
    entry: str, content: str
) -> None:
    parts = epub_parts({"b.xhtml": chapter("<p>Text.</p>")}, manifest=entry)
    parts["OEBPS/x"] = content
    assert outline(parse_epub(zipped(parts), LIMITS)) == ["# Part one", "¶ Text."]
    parts["OEBPS/b.xhtml"] = chapter("<h2>Own</h2><p>Text.</p>")
    assert outline(parse_epub(zipped(parts), LIMITS)) == ["## Own", "¶ Text."]
    parts["OEBPS/x"] = "<broken"
    assert parse_epub(zipped(parts), LIMITS).text == "Own\n\nText."


def encryption(target: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="e">'
        f'<e:EncryptedData><e:CipherData><e:CipherReference URI="{target}"/></e:CipherData>'
        "</e:EncryptedData></encryption>"
    )


def test_a_protected_book_is_refused_and_scrambled_fonts_are_none_of_our_business() -> None:
    parts = epub_parts(CHAPTERS)
    parts["META-INF/encryption.xml"] = encryption("OEBPS/fonts/a.otf")
    assert parse_epub(zipped(parts), LIMITS).text
    parts["META-INF/encryption.xml"] = encryption("OEBPS/t/a%20b.xhtml")
    with pytest.raises(UnreadableError, match="protected by DRM"):
        parse_epub(zipped(parts), LIMITS)


@pytest.mark.parametrize(
    "missing", ["META-INF/container.xml", "OEBPS/book.opf", "OEBPS/b.xhtml", "OEBPS/t/a b.xhtml"]
)
def test_missing_parts(missing: str) -> None:
    parts = epub_parts(CHAPTERS)
    del parts[missing]
    if missing.endswith("xhtml"):
        assert parse_epub(zipped(parts), LIMITS).text
    else:
        with pytest.raises(UnreadableError, match="damaged"):
            parse_epub(zipped(parts), LIMITS)


def test_entities_are_refused_and_a_document_type_is_not() -> None:
    parts = epub_parts(CHAPTERS)
    opf = str(parts["OEBPS/book.opf"])
    parts["OEBPS/book.opf"] = '<!DOCTYPE package SYSTEM "http://x/y.dtd">' + opf
    assert parse_epub(zipped(parts), LIMITS).text
    parts["OEBPS/book.opf"] = '<!DOCTYPE package [<!ENTITY a "b">]>' + opf
    with pytest.raises(UnreadableError, match="entities"):
        parse_epub(zipped(parts), LIMITS)


def test_a_book_of_pictures_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="empty"):
        parse_epub(epub({"a.xhtml": chapter("<img src='a.png'/>")}), LIMITS)


def test_a_chapter_of_tags_without_end_takes_no_time() -> None:
    text = chapter("<p>Text.</p>" + "<a " * 10_000 + "<a" + " " * 200_000)
    assert parse_epub(epub({"a.xhtml": text}), LIMITS).text.startswith("Text.")


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_book_is_read_or_refused(data: st.DataObject) -> None:
    parts = epub_parts(CHAPTERS, metadata="<dc:title>A</dc:title><dc:date>2012</dc:date>")
    parts["META-INF/encryption.xml"] = encryption("x.otf")
    with contextlib.suppress(UnreadableError):
        check_sound(parse_epub(zipped(damaged(data, parts)), LIMITS))
