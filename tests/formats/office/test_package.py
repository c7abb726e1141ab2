import contextlib
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats import Parsed, parse
from qa.formats.office.package import Package, iso_day, local, number, resolve
from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import (
    chapter,
    check_sound,
    docx,
    docx_parts,
    epub,
    p,
    pptx,
    rels,
    shape,
    sheet,
    slide,
    table,
    unzipped,
    xlsx,
    zipped,
)

LIMITS = ParseLimits()
FILES = {
    "a.docx": docx(p("Text of a document.")),
    "a.pptx": pptx([slide(shape("Text of a slide."))]),
    "a.xlsx": xlsx({"S": sheet(table(("Year", "Tonnes"), (2017, 1)))}),
    "a.epub": epub({"a.xhtml": chapter("<p>Text of a book.</p>")}),
}
MAIN = {
    "a.docx": "word/document.xml",
    "a.pptx": "ppt/slides/slide1.xml",
    "a.xlsx": "xl/worksheets/sheet1.xml",
    "a.epub": "OEBPS/book.opf",
}
every_format = pytest.mark.parametrize("name", sorted(FILES))


def reason(name: str, data: bytes, limits: ParseLimits = LIMITS) -> str:
    with pytest.raises(UnreadableError) as caught:
        parse(name, data, limits)
    return str(caught.value)


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Give a file with its main part changed."""
    parts: dict[str, str | bytes] = {**unzipped(FILES[name])}
    parts[MAIN[name]] = change(unzipped(FILES[name])[MAIN[name]])
    return zipped(parts)


def bare(part: bytes) -> bytes:
    return part.replace(b'<?xml version="1.0"?>', b"")


def forged(data: bytes, part: str, offset: int, form: str, value: int) -> bytes:
    """Give a zip file with a number in its directory changed."""
    raw = bytearray(data)
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(part.encode()))
    struct.pack_into(form, raw, at + offset, value)
    return bytes(raw)


@every_format
def test_the_files_are_sound(name: str) -> None:
    check_sound(parse(name, FILES[name], LIMITS))


@every_format
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.9])
def test_a_file_cut_short_is_damaged(name: str, kept: float) -> None:
    data = FILES[name]
    assert "damaged" in reason(name, data[: int(len(data) * kept)])


@every_format
def test_rubbish_and_another_kind_of_file_are_told(name: str) -> None:
    assert "damaged" in reason(name, b"rubbish" * 100)
    assert reason(name, b"%PDF-1.7\n" + b"x" * 99)
    for other in FILES.keys() - {name}:
        assert reason(name, FILES[other]).startswith("not a")


def test_the_reason_names_what_a_file_really_is() -> None:
    assert reason("a.docx", FILES["a.xlsx"]) == (
        "not a Word document (.docx): it is an Excel workbook (.xlsx)"
    )


LAUGHS = b'<!ENTITY a0 "lol">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9)
)


@every_format
@pytest.mark.parametrize("entities", [LAUGHS, b'<!ENTITY e SYSTEM "file:///etc/hostname">'])
def test_entities_are_refused_where_they_are_declared(name: str, entities: bytes) -> None:
    data = changed(name, lambda part: b"<!DOCTYPE x [" + entities + b"]>" + bare(part))
    assert "entities" in reason(name, data)


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx"])
def test_an_office_part_has_no_document_type(name: str) -> None:
    def declare(part: bytes) -> bytes:
        return b"<!DOCTYPE x SYSTEM 'x.dtd'>" + bare(part)

    assert "document type" in reason(name, changed(name, declare))


@every_format
def test_a_bomb_is_refused_before_it_is_unpacked(name: str) -> None:
    data = changed(name, lambda part: part + b" " * 50_000_000)
    assert len(data) < 100_000
    assert "over the limit of 200 bytes unpacked for one packed" in reason(name, data)


@every_format
def test_the_limit_for_what_is_unpacked_is_named(name: str) -> None:
    said = reason(name, FILES[name], ParseLimits(unpacked_bytes=300))
    assert said == (
        "unpacks to more than can be read: over the limit of 0.0003 MB (--max-unpacked-mb)"
    )


def test_what_is_unpacked_is_counted_over_all_parts() -> None:
    package = Package(zipped({"a": b"x" * 400, "b": b"x" * 400}), ParseLimits(unpacked_bytes=900))
    assert package.read("a")
    assert package.read("b")
    with pytest.raises(UnreadableError, match="--max-unpacked-mb"):
        package.read("a")


def test_a_bomb_in_a_part_nobody_reads_goes_off_nowhere() -> None:
    inner = zipped({"inner.bin": b"\0" * 30_000_000})
    parts = docx_parts(p("Text."))
    parts["word/embeddings/nested.zip"] = inner
    parts["word/media/zeros.bin"] = b"\0" * 30_000_000
    assert parse("a.docx", zipped(parts), LIMITS).text == "Text."


def test_more_files_than_the_limit_are_refused_before_they_are_listed() -> None:
    entry = b"PK\x01\x02" + b"\0" * 42
    assert reason("a.docx", entry * 200_000) == "over the limit of 10,000 files packed in it"
    many = zipped({f"f{n}": b"" for n in range(50)})
    assert "over the limit of 49 files" in reason("a.docx", many, ParseLimits(entries=49))


def test_names_that_lead_out_are_only_names() -> None:
    parts = docx_parts(p("Text."))
    parts["../../../../etc/passwd"] = "<x/>"
    parts["/etc/passwd"] = "<x/>"
    parts["word/_rels/document.xml.rels"] = rels(
        [("s", "styles", "../../../../../etc/passwd"), ("n", "numbering", "file:///etc/passwd")]
    )
    assert parse("a.docx", zipped(parts), LIMITS).text == "Text."


def test_a_link_to_the_network_is_not_followed() -> None:
    parts = docx_parts(p("Text."))
    parts["word/_rels/document.xml.rels"] = rels([], external="http://x/styles")
    assert parse("a.docx", zipped(parts), LIMITS).text == "Text."


def test_links_in_a_circle_end() -> None:
    parts = docx_parts(p("Text."))
    links = [(kind, kind, "document.xml") for kind in ("styles", "numbering", "footnotes", "slide")]
    parts["word/_rels/document.xml.rels"] = rels(links)
    parts["_rels/.rels"] = rels([("r1", "officeDocument", "_rels/../word/document.xml")])
    assert parse("a.docx", zipped(parts), LIMITS).text == "Text."


@every_format
def test_sizes_that_lie_are_found_out(name: str) -> None:
    data, part = FILES[name], MAIN[name]
    assert "damaged" in reason(name, forged(data, part, 24, "<L", 100))
    assert "damaged" in reason(name, forged(data, part, 20, "<L", 0xFFFFFF))
    assert "over the limit" in reason(name, forged(data, part, 24, "<L", 2_000_000_000))
    # Counted is what is unpacked, not what is declared.
    assert parse(name, forged(data, part, 24, "<L", 1_000_000), LIMITS)


@every_format
def test_an_encrypted_part_and_an_odd_packing_are_told(name: str) -> None:
    assert "encrypted" in reason(name, forged(FILES[name], MAIN[name], 8, "<H", 1))
    parts: dict[str, str | bytes] = {**unzipped(FILES[name])}
    assert "method 14" in reason(name, zipped(parts, compression=zipfile.ZIP_LZMA))


def test_parts_that_overlap_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for entry, content in docx_parts(p("x" * 5000)).items():
            archive.writestr(entry, content)
        first = archive.infolist()[1]
        archive.filelist.extend([first] * 5)
    assert "damaged" in reason("a.docx", file.getvalue())


@every_format
def test_nesting_is_limited(name: str) -> None:
    deep = b"<d>" * 20_000 + b"</d>" * 20_000
    data = changed(
        name, lambda part: part[: part.rindex(b"</")] + deep + part[part.rindex(b"</") :]
    )
    assert reason(name, data) == "damaged: over the limit of 200 nested elements"


def test_nested_tables_are_limited() -> None:
    body = "<w:tbl><w:tr><w:tc>" * 20_000 + p("x") + "</w:tc></w:tr></w:tbl>" * 20_000
    assert "nested" in reason("a.docx", docx(body))
    held = "<w:tbl><w:tr><w:tc>" * 60 + p("x") + "</w:tc></w:tr></w:tbl>" * 60
    assert parse("a.docx", docx(held), LIMITS).text == "x"


def test_an_endless_tag_is_refused() -> None:
    tag = bytes(range(97, 123)) * 400_000
    parts = docx_parts(p("Text."))
    parts["word/document.xml"] = b"<a b='" + tag
    data = zipped(parts, compression=zipfile.ZIP_STORED)
    assert "a tag without an end" in reason("a.docx", data)


def test_a_part_with_an_unknown_encoding_is_damaged() -> None:
    for encoding in (b"nonsense", b"hex", b"utf-7", b"idna"):
        xml = b"<?xml version='1.0' encoding='%s'?><w:document/>" % encoding
        parts = docx_parts("")
        parts["word/document.xml"] = xml
        assert "damaged" in reason("a.docx", zipped(parts))


def test_a_part_in_utf_16_is_read() -> None:
    def recode(part: bytes) -> bytes:
        return part.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")

    assert parse("a.docx", changed("a.docx", recode), LIMITS).text == "Text of a document."


def test_children_come_complete_and_in_order_however_long_the_part() -> None:
    rows = "".join(f"<row n='{n}'><c>{n}</c></row>" for n in range(60_000))
    package = Package(zipped({"a": f"<s><x><y/></x><d>{rows}</d><m><e n='last'/></m></s>"}), LIMITS)
    found = [(e.get("n"), e[0].text if len(e) else "") for e in package.children("a", ("d", "m"))]
    assert found == [*((str(n), str(n)) for n in range(60_000)), ("last", "")]


def test_backslashes_and_case_in_names_do_not_matter() -> None:
    package = Package(zipped({"Word\\Document.XML": b"<a/>"}), LIMITS)
    assert local(package.tree("word/document.xml").tag) == "a"


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [
        ("word/document.xml", "media/a.png", "word/media/a.png"),
        ("ppt/slides/s.xml", "../notes/n.xml#x", "ppt/notes/n.xml"),
        ("", "/xl/workbook.xml", "xl/workbook.xml"),
        ("a/b.opf", "c%20d.xhtml", "a/c d.xhtml"),
        ("a/b.opf", "..\\e.xhtml", "e.xhtml"),
        ("a/b.opf", "../../../etc/passwd", "../../etc/passwd"),
        ("a/b.opf", "", ""),
    ],
)
def test_targets_are_made_names(source: str, target: str, name: str) -> None:
    assert resolve(source, target) == name


def test_small_readings() -> None:
    assert [number(text, 7) for text in ("12", "-3", "x", "", "1e5", "9" * 30)] == [
        12, -3, 7, 7, 7, 7,
    ]  # fmt: skip
    days = ("2018-03-01T10:00:00Z", "2018-03", "2018", "0101-01-01", "2018-13-01", "soon", "20180")
    assert [iso_day(day) for day in days] == ["2018-03-01", "2018-03", "2018", "", "", "", ""]


def read_or_refused(name: str, data: bytes) -> Parsed | None:
    with contextlib.suppress(UnreadableError):
        parsed = parse(name, data, LIMITS)
        check_sound(parsed)
        return parsed
    return None


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=200), st.booleans())
def test_random_bytes_are_refused(name: str, data: bytes, as_zip: bool) -> None:
    assert read_or_refused(name, b"PK\x03\x04" + data if as_zip else data + b"PK\x05\x06") is None


@settings(max_examples=200)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_zip_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    raw = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    read_or_refused(name, bytes(raw))
