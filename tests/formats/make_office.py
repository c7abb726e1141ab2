"""Small Office files and EPUBs, put together from their XML."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from qa.formats import Parsed

Parts = Mapping[str, str | bytes]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
STRICT = {
    W: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    A: "http://purl.oclc.org/ooxml/drawingml/main",
    P: "http://purl.oclc.org/ooxml/presentationml/main",
    S: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    R: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def zipped(parts: Parts, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Zip parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """Give all parts of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def strict(data: bytes) -> bytes:
    """Write a file in the Strict variant of the format."""
    parts = {}
    for name, content in unzipped(data).items():
        for ours, theirs in STRICT.items():
            content = content.replace(ours.encode(), theirs.encode())
        parts[name] = content
    return zipped(parts)


def rels(links: Sequence[tuple[str, str, str]], *, external: str = "") -> str:
    """Write a relationships part: of each its id, kind and target."""
    written = "".join(
        f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{escape(target)}"/>'
        for key, kind, target in links
    )
    if external:
        written += f'<Relationship Id="x" Type="{external}" Target="x" TargetMode="External"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{written}</Relationships>'


def core(title: str, modified: str = "", created: str = "") -> str:
    """Write the document's properties."""
    return (
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t">'
        f"<dc:title>{title}</dc:title><dcterms:created>{created}</dcterms:created>"
        f"<dcterms:modified>{modified}</dcterms:modified></cp:coreProperties>"
    )


def docx_parts(body: str, **extra: str) -> dict[str, str | bytes]:
    """Give the parts of a Word document; `extra` are the insides of parts beside the body."""
    parts: dict[str, str | bytes] = {
        "_rels/.rels": rels([("r1", "officeDocument", "word/document.xml")]),
        "word/document.xml": (
            f'<?xml version="1.0"?><w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="{MC}">'
            f"<w:body>{body}<w:sectPr/></w:body></w:document>"
        ),
    }
    links = []
    for name, inside in extra.items():
        links.append((name, name, f"{name}.xml"))
        parts[f"word/{name}.xml"] = f'<w:{name} xmlns:w="{W}">{inside}</w:{name}>'
    parts["word/_rels/document.xml.rels"] = rels(links)
    return parts


def docx(body: str, **extra: str) -> bytes:
    """Write a Word document."""
    return zipped(docx_parts(body, **extra))


def p(text: str, style: str = "", properties: str = "") -> str:
    """Write a paragraph of a Word document."""
    if style:
        properties = f'<w:pStyle w:val="{style}"/>{properties}'
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """Write a run of a Word document."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def tbl(*rows: Sequence[str], header: bool = False) -> str:
    """Write a table of a Word document; a cell that begins with "<" is its inside."""
    written = ""
    for number, row in enumerate(rows):
        cells = (cell if cell.startswith("<") else p(cell) for cell in row)
        mark = "<w:trPr><w:tblHeader/></w:trPr>" if header and not number else ""
        written += f"<w:tr>{mark}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"
    return f"<w:tbl>{written}</w:tbl>"


def shape(text: str, place: str | None = None, properties: str = "") -> str:
    """Write a shape of a slide: paragraphs part at line ends; `place` its placeholder's type."""
    ph = "" if place is None else f'<p:ph type="{place}"/>'
    paragraphs = "".join(
        f"<a:p>{properties}<a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in text.split("\n")
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="n"/><p:nvPr>{ph}</p:nvPr></p:nvSpPr>'
        f"<p:txBody>{paragraphs}</p:txBody></p:sp>"
    )


def slide(shapes: str, *, hidden: bool = False, root: str = "sld") -> str:
    """Write a slide, or its notes."""
    show = ' show="0"' if hidden else ""
    return (
        f'<p:{root} xmlns:p="{P}" xmlns:a="{A}" xmlns:mc="{MC}"{show}><p:cSld><p:spTree>'
        f"{shapes}</p:spTree></p:cSld></p:{root}>"
    )


def pptx_parts(slides: Sequence[str], notes: Mapping[int, str] | None = None) -> Parts:
    """Give the parts of a presentation; file names run against the order of the show."""
    numbers = [len(slides) - at for at in range(len(slides))]
    ids = "".join(f'<p:sldId id="{256 + n}" r:id="s{n}"/>' for n in numbers)
    parts: dict[str, str | bytes] = {
        "_rels/.rels": rels([("r1", "officeDocument", "/ppt/presentation.xml")]),
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>{ids}</p:sldIdLst>'
            "</p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": rels(
            [(f"s{n}", "slide", f"slides/slide{n}.xml") for n in numbers]
        ),
    }
    for at, (n, content) in enumerate(zip(numbers, slides, strict=True)):
        parts[f"ppt/slides/slide{n}.xml"] = content
        if notes and at in notes:
            parts[f"ppt/slides/_rels/slide{n}.xml.rels"] = rels(
                [("n", "notesSlide", f"../notes/n{n}.xml"), ("m", "slide", f"slide{n}.xml")]
            )
            parts[f"ppt/notes/n{n}.xml"] = notes[at]
    return parts


def pptx(slides: Sequence[str], notes: Mapping[int, str] | None = None) -> bytes:
    """Write a presentation."""
    return zipped(pptx_parts(slides, notes))


def xlsx_parts(
    sheets: Mapping[str, str],
    *,
    strings: str = "",
    styles: str = "",
    states: Mapping[str, str] | None = None,
    properties: str = "",
) -> dict[str, str | bytes]:
    """Give the parts of a workbook: the insides of its sheets, strings and styles."""
    entries = ""
    links = [("ss", "sharedStrings", "sharedStrings.xml"), ("st", "styles", "styles.xml")]
    parts: dict[str, str | bytes] = {
        "_rels/.rels": rels([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{S}">{styles}</styleSheet>',
    }
    for number, (name, inside) in enumerate(sheets.items(), start=1):
        state = (states or {}).get(name, "visible")
        entries += f'<sheet name="{escape(name)}" sheetId="9" state="{state}" r:id="r{number}"/>'
        links.append((f"r{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{S}">{inside}</worksheet>'
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{S}" xmlns:r="{R}"><workbookPr {properties}/>'
        f"<sheets>{entries}</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = rels(links)
    return parts


def xlsx(sheets: Mapping[str, str], **options: str) -> bytes:
    """Write a workbook."""
    return zipped(xlsx_parts(sheets, strings=options.get("strings", ""),
                             styles=options.get("styles", "")))  # fmt: skip


def add_tables(parts: dict[str, str | bytes], *tables: str) -> dict[str, str | bytes]:
    """Put tables into a workbook's first sheet: of each its attributes and what is inside."""
    links = []
    for number, inside in enumerate(tables, start=1):
        links.append((f"t{number}", "table", f"../tables/table{number}.xml"))
        parts[f"xl/tables/table{number}.xml"] = f'<table xmlns="{S}" {inside}</table>'
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = rels(links)
    return parts


def cells(*rows: Mapping[str, str | float], first: int = 1) -> str:
    """Write a sheet's rows: of each its cells by column; a cell with "<" is written as it is."""
    written = ""
    for number, row in enumerate(rows, start=first):
        inside = ""
        for column, value in row.items():
            if isinstance(value, str) and value.startswith("<"):
                inside += value
            elif isinstance(value, str):
                text = f"<is><t>{escape(value)}</t></is>"
                inside += f'<c r="{column}{number}" t="inlineStr">{text}</c>'
            else:
                inside += f'<c r="{column}{number}"><v>{value}</v></c>'
        written += f'<row r="{number}">{inside}</row>'
    return written


def table(*rows: Sequence[str | float], first: int = 1) -> str:
    """Write a sheet's rows from column A on."""
    return cells(
        *({chr(65 + at): value for at, value in enumerate(row) if value != ""} for row in rows),
        first=first,
    )


def sheet(rows: str, merges: Sequence[str] = ()) -> str:
    """Write the inside of a sheet."""
    merged = "".join(f'<mergeCell ref="{merge}"/>' for merge in merges)
    return f"<sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells>"


def epub_parts(
    chapters: Mapping[str, str],
    *,
    metadata: str = "",
    manifest: str = "",
    spine: str = "",
    guide: str = "",
) -> dict[str, str | bytes]:
    """Give the parts of a book: its chapters by file name, in order."""
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    references = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>"
        ),
        "OEBPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<metadata>{metadata}</metadata><manifest>{items}{manifest}</manifest>"
            f'<spine toc="ncx">{references}{spine}</spine><guide>{guide}</guide></package>'
        ),
    }
    for name, text in chapters.items():
        parts[f"OEBPS/{name.replace('%20', ' ')}"] = text
    return parts


def chapter(body: str) -> str:
    """Write a chapter as EPUBs have them, with elements closed in themselves."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
        '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml">'
        f'<head><title/><script src="x.js"/></head><body><a id="top"/>{body}</body></html>'
    )


def epub(chapters: Mapping[str, str], *, metadata: str = "") -> bytes:
    """Write a book."""
    return zipped(epub_parts(chapters, metadata=metadata))


def damaged(data: st.DataObject, parts: Parts) -> dict[str, str | bytes]:
    """Let hypothesis take a piece out of one part, or put another in its place."""
    name = data.draw(st.sampled_from(sorted(parts)))
    whole = parts[name]
    content = whole.encode() if isinstance(whole, str) else whole
    at = data.draw(st.integers(0, len(content)))
    to = data.draw(st.integers(at, min(len(content), at + 60)))
    rubbish = st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass"))
    pieces = (b"", b"-99999999999", b"99999999", b"<a>", b"</a>", b"&x;", b'="', b"\0")
    new = data.draw(st.one_of(rubbish, st.binary(max_size=8), st.sampled_from(pieces)))
    return {**parts, name: content[:at] + new + content[to:]}


def outline(parsed: Parsed) -> list[str]:
    """Give each block in a line: its text, in front of it "# " for headings and so on."""
    marks = {"heading": "#", "item": "-", "row": "|", "paragraph": "¶"}
    return [
        f"{marks[block.kind] * max(1, block.level)} {parsed.text[block.start : block.end]}"
        for block in parsed.blocks
    ]


def check_sound(parsed: Parsed) -> None:
    """Assert what holds for every document, whatever it was read from."""
    text = parsed.text
    assert text.strip()
    assert not any(ch == "\0" or "\ud800" <= ch <= "\udfff" for ch in text)
    end = 0
    for block in parsed.blocks:
        assert end <= block.start <= block.content < block.end <= len(text)
        assert not text[end : block.start].strip()
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        assert (block.level > 0) == (block.kind == "heading")
        end = block.end
    assert not text[end:].strip()
    assert list(parsed.pages) == sorted(parsed.pages)
    assert not parsed.pages or parsed.pages[0] == 0
    assert parsed.pages[-1:] <= (len(text),)
