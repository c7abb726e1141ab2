"""Read a PDF: its running text and structure, page by page.

`lines` reads the lines, `margins` takes out running headers, `order` puts columns
and tables in order, `blocks` finds paragraphs, `text` writes them; `image` draws a
page. Pages that are only pictures are read by OCR where that is installed (`scan`): each on
its own, before the document is put together.

Arabic and Hebrew come in the order of reading, letter by letter, as far as it can be told
from where the letters stand; marks above letters may come out beside the wrong one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Literal

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.formats.parsed import Parsed, PicturesError, UnreadableError, clean
from qa.formats.pdf.blocks import drafts_of
from qa.formats.pdf.file import opened
from qa.formats.pdf.image import PageImage, render_page
from qa.formats.pdf.lines import Line, read_page
from qa.formats.pdf.margins import without_margins
from qa.formats.pdf.order import in_reading_order
from qa.formats.pdf.scans.ocr import is_available
from qa.formats.pdf.scans.scan import Scan, recognise_page, rows_of
from qa.formats.pdf.style import Draft, body_size
from qa.formats.pdf.text import PageText, compounds
from qa.settings import ParseLimits

__all__ = ["PageImage", "Scan", "parse_pdf", "recognise_page", "render_page"]

PageKind = Literal["text", "scan", "drawing", "empty", "damaged"]

_UNKNOWN_SHARE = 0.3
_PAGES_LOOKED_AT = 20
_OBJECTS_LOOKED_AT = 10_000
# A page whose text is shorter, on images that cover at least this much of it, is a scan that
# was stamped.
_STAMP_CHARACTERS = 100
_PICTURE_SHARE = 0.5
_MUCH_MORE = 2
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


def parse_pdf(data: bytes, limits: ParseLimits, scans: Mapping[int, Scan] | None = None) -> Parsed:
    """Read the text of a PDF.

    Args:
        data: The file.
        limits: What it may cost.
        scans: What was read on the pages that are only pictures, by number from 1; None if
            nobody has tried yet.

    Raises:
        PicturesError: It has such pages, nobody has tried yet, and OCR is installed.
        UnreadableError: It is locked, damaged, too long, or has no text.
    """
    with opened(data) as document:
        count = len(document)
        if count > limits.pages:
            raise UnreadableError(
                f"{count:,} pages, more than {limits.pages:,} (limit --max-pages)"
            )
        pages = _read_pages(document, limits)
        kinds = [_kind(document, number, rows) for number, rows in enumerate(pages)]
        if scans is None and is_available() and limits.ocr_pages:
            _ask_for_scans(document, pages, kinds, limits)
        unread = [
            number
            for number, (rows, kind) in enumerate(zip(pages, kinds, strict=True), 1)
            if number not in (scans or {}) and not rows and kind in ("damaged", "scan")
        ]
        scanned = []
        for page, scan in (scans or {}).items():
            rows = rows_of(scan, page - 1)
            # A few words over a picture are exact, and may be all that is written there.
            if _length(rows) > _MUCH_MORE * _length(pages[page - 1]):
                pages[page - 1] = rows
                scanned.append(page)
        if not any(pages):
            raise UnreadableError(_why_empty(document, tried=scans is not None))
        metadata = document.get_metadata_dict()
    parsed = _write(pages, metadata, limits)
    return replace(parsed, scanned=tuple(scanned), unread=tuple(unread))


def _length(rows: Sequence[Sequence[Line]]) -> int:
    """Count the characters of a page."""
    return sum(len(piece.text) for row in rows for piece in row)


def _ask_for_scans(
    document: pdfium.PdfDocument,
    pages: Sequence[list[list[Line]]],
    kinds: Sequence[PageKind],
    limits: ParseLimits,
) -> None:
    """Ask for the text of the pages that are only pictures, if there are not too many.

    Raises:
        PicturesError: There are some.
        UnreadableError: There are too many, and nothing else.
    """
    pictures = [number for number, kind in enumerate(kinds, 1) if kind in ("scan", "drawing")]
    if 0 < len(pictures) <= limits.ocr_pages:
        raise PicturesError(_why_empty(document), pictures)
    if pictures and not any(pages):
        raise UnreadableError(
            f"scanned: {len(pictures):,} pages without text, more than {limits.ocr_pages:,} "
            "(limit --max-ocr-pages)"
        )


def _kind(document: pdfium.PdfDocument, number: int, rows: Sequence[Sequence[Line]]) -> PageKind:
    """Say what a page is: a scan is images with no more text than a stamp; a drawing has none."""
    if _length(rows) >= _STAMP_CHARACTERS:
        return "text"
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return "damaged"
    try:
        width, height = page.get_size()
        if _covered(page) >= _PICTURE_SHARE * float(width) * float(height):
            return "scan"
        if rows:
            return "text"
        drawn = any(True for _ in islice(page.get_objects(max_depth=3), 1))
        return "drawing" if drawn else "empty"
    finally:
        page.close()


def _covered(page: pdfium.PdfPage) -> float:
    """Add up the areas of a page's images, in square points."""
    objects = islice(page.get_objects(max_depth=1), _OBJECTS_LOOKED_AT)
    images = (entry for entry in objects if entry.type == pdfium_c.FPDF_PAGEOBJ_IMAGE)
    areas: Iterator[float] = (
        max(right - left, 0.0) * max(top - bottom, 0.0)
        for left, bottom, right, top in (image.get_bounds() for image in images)
    )
    return sum(areas)


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


def _why_empty(document: pdfium.PdfDocument, *, tried: bool = False) -> str:
    count = len(document)
    pages = "its one page is an image" if count == 1 else f"its {count:,} pages are images"
    if not any(_has_image(document, number) for number in range(min(count, _PAGES_LOOKED_AT))):
        return "empty: there is no text in it that can be read"
    if tried:
        return f"scanned: {pages} in which no text could be read"
    return (
        f"scanned: {pages} without text; install the extra “ocr” to have it read (see the "
        "README), or run OCRmyPDF on it"
    )


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
    """Return the title that a program wrote into the file; "" for what says nothing."""
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
    """Return a PDF date, `D:20240131120000Z`, in ISO 8601, as far as it says; "" if it is none."""
    match = _DATE.match(found)
    if match is None:
        return ""
    parts = [part for part in match.groups() if part]
    try:
        date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return ""
    return "-".join(parts)
