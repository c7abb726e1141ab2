"""A PDF's bytes in, running text and structure out.

`pdf_lines` reads the lines, `pdf_margins` takes out running headers, `pdf_order` puts columns
and tables in order, `pdf_blocks` finds paragraphs, `pdf_text` writes them; `pdf_image` draws a
page. None of them sees what is only a picture: scanned pages have no text.

Arabic and Hebrew come in the order of reading, letter by letter, as far as it can be told
from where the letters stand; marks above letters may come out beside the wrong one.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.formats.parsed import Parsed, UnreadableError, clean
from qa.formats.pdf_blocks import drafts_of
from qa.formats.pdf_file import opened
from qa.formats.pdf_image import PageImage, render_page
from qa.formats.pdf_lines import Line, read_page
from qa.formats.pdf_margins import without_margins
from qa.formats.pdf_order import in_reading_order
from qa.formats.pdf_style import Draft, body_size
from qa.formats.pdf_text import PageText, compounds
from qa.settings import ParseLimits

__all__ = ["PageImage", "parse_pdf", "render_page"]

_UNKNOWN_SHARE = 0.3
_PAGES_LOOKED_AT = 20
_TITLE_DRAFTS = 8
_TITLE_CHARACTERS = 200
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_PROGRAM = re.compile(r"^microsoft \w+ - ", re.IGNORECASE)
_RUBBISH = re.compile(
    r"\(?(?:untitled|anonymous|unspecified|no title|title|document|print|template|blank|"
    r"powerpoint presentation|slide|layout|about:blank|doc|dokument|tmp)[\s\d]*\)?"
    r"|\S+\.\w{2,5}|\w+://.*",
    re.IGNORECASE,
)


_NO_TITLE = frozenset(
    "abstract|contents|index|inhalt|inhaltsverzeichnis|introduction|name|summary|"
    "table of contents|table des matières".split("|")
)


def parse_pdf(data: bytes, limits: ParseLimits) -> Parsed:
    """Read the text of a PDF.

    Raises:
        UnreadableError: It is locked, damaged, too long, or has no text.
    """
    with opened(data) as document:
        count = len(document)
        if count > limits.pages:
            raise UnreadableError(
                f"{count:,} pages, more than {limits.pages:,} (limit --max-pages)"
            )
        pages = _read_pages(document, limits)
        if not any(pages):
            raise UnreadableError(_why_empty(document))
        metadata = document.get_metadata_dict()
    return _write(pages, metadata, limits)


def _read_pages(document: pdfium.PdfDocument, limits: ParseLimits) -> list[list[list[Line]]]:
    """Read the rows of each page; of one that is broken or has no readable text, none."""
    pages: list[list[list[Line]]] = []
    left = limits.characters
    for number in range(len(document)):
        rows = _read_page(document, number)
        left -= sum(len(piece.text) for row in rows for piece in row)
        if left < 0:
            raise UnreadableError(
                f"more than {limits.characters:,} characters of text (limit --max-characters)"
            )
        pages.append(rows)
    return pages


def _read_page(document: pdfium.PdfDocument, number: int) -> list[list[Line]]:
    try:
        rows, known, unknown = read_page(document, number)
    except pdfium.PdfiumError:
        return []
    return rows if unknown <= _UNKNOWN_SHARE * (known + unknown) else []


def _why_empty(document: pdfium.PdfDocument) -> str:
    count = len(document)
    pages = "its one page is an image" if count == 1 else f"its {count:,} pages are images"
    if any(_has_image(document, number) for number in range(min(count, _PAGES_LOOKED_AT))):
        return f"scanned: {pages} without text; run OCR on it first, for example with OCRmyPDF"
    return "empty: there is no text in it that can be read"


def _has_image(document: pdfium.PdfDocument, number: int) -> bool:
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return False
    try:
        images = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        return next(islice(images, 1), None) is not None
    finally:
        page.close()


def _write(
    pages: Sequence[list[list[Line]]], metadata: dict[str, str], limits: ParseLimits
) -> Parsed:
    size = body_size(piece for rows in pages for row in rows for piece in row)
    kept = without_margins(pages, size)
    ordered = [in_reading_order(rows) for rows in (kept if any(kept) else pages)]
    drafts = drafts_of(ordered)
    text = PageText(compounds(ordered), limits.characters)
    for draft in drafts:
        text.add(draft)
    title = _title(clean(metadata.get("Title", ""))) or _title_of(drafts, size)
    return Parsed(
        text.text,
        tuple(text.blocks),
        text.pages(len(pages)),
        title,
        _date(metadata.get("CreationDate", "")) or _date(metadata.get("ModDate", "")),
        text.layout(),
    )


def _title(found: str) -> str:
    """Give the title that a program wrote into the file; "" for what says nothing."""
    title = _PROGRAM.sub("", " ".join(found.split()))
    letters = sum(map(str.isalpha, title))
    return "" if letters < 2 or _RUBBISH.fullmatch(title) else title[:_TITLE_CHARACTERS]


def _title_of(drafts: Sequence[Draft], body: float) -> str:
    """Take the largest heading at the top of the first page for the title."""
    first = [draft for draft in drafts[:_TITLE_DRAFTS] if draft.lines[0].page == 0]
    headings = [draft for draft in first if draft.kind == "heading" and draft.size > 1.05 * body]
    largest = max(headings, key=lambda draft: draft.size, default=None)
    title = clean(" ".join(line.text for line in largest.lines)) if largest else ""
    return "" if title.casefold() in _NO_TITLE else title[:_TITLE_CHARACTERS].strip()


def _date(found: str) -> str:
    """Give a PDF date, `D:20240131120000Z`, in ISO 8601, as far as it says; "" if it is none."""
    match = _DATE.match(found)
    if match is None:
        return ""
    parts = [part for part in match.groups() if part]
    try:
        date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return ""
    return "-".join(parts)
