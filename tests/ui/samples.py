"""Small files of several formats, made where a test wants them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pypdfium2 as pdfium
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped, unused-ignore]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped, unused-ignore]

PDF_WIDTH, PDF_HEIGHT = 612, 792  # points
_FONT, _SIZE = "Helvetica", 14
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

PdfLine = tuple[float, float, str]  # from the left, from the bottom, in points; text


def write_pdf(path: Path, pages: Sequence[Sequence[PdfLine]], title: str = "") -> Path:
    """Write a PDF with lines of text at known places."""
    canvas = Canvas(str(path), pagesize=(PDF_WIDTH, PDF_HEIGHT), invariant=True)
    canvas.setTitle(title)
    for lines in pages:
        canvas.setFont(_FONT, _SIZE)
        for x, y, words in lines:
            canvas.drawString(x, y, words)
        canvas.showPage()
    canvas.save()
    return path


def write_scan(path: Path, pages: Sequence[Sequence[PdfLine]]) -> Path:
    """Write a PDF whose pages are pictures of lines of text at known places."""
    document = pdfium.PdfDocument(write_pdf(path, pages))
    pictures = [page.render(scale=2).to_pil() for page in document]
    document.close()
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=144)
    return path


def width_in_pdf(words: str) -> float:
    """Measure a line of a PDF that `write_pdf` made, in points."""
    return float(stringWidth(words, _FONT, _SIZE))


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]], title: str = "") -> Path:
    """Write a workbook of text cells."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
        "_rels/.rels": _rels({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, name in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _rels(
            {
                f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml")
                for number in range(1, len(sheets) + 1)
            }
        ),
    }
    for number, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def write_eml(path: Path, subject: str, body: str) -> Path:
    """Write an e-mail of plain text."""
    head = f"From: ada@example.org\r\nTo: charles@example.org\r\nSubject: {subject}\r\n"
    date = "Date: Mon, 02 Mar 2020 09:30:00 +0000\r\n"
    kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    path.write_bytes(f"{head}{date}{kind}\r\n{body}\r\n".encode())
    return path


def _rels(links: Mapping[str, tuple[str, str]]) -> str:
    body = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="{_LINKS}">{body}</Relationships>'


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    body = "".join(
        f'<row r="{number}">{"".join(map(_cell, row))}</row>'
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_SHEETS}"><sheetData>{body}</sheetData></worksheet>'


def _cell(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{quoteattr(value)[1:-1]}</t></is></c>'
