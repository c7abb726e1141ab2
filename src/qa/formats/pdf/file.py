"""Open a PDF with PDFium, and ask of each character where it stands and how it looks.

PDFium is not safe to call from threads, and hostile files make it run out of memory, which
ends the process: call it in a worker.
"""

import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_double, c_int, c_ushort, cast, create_string_buffer
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.formats.parsed import UnreadableError

# Beyond any page: PDFium's numbers may be anything in a hostile file.
_FARTHEST = 1e6
_BOLD = re.compile(r"bold|black|heavy|demi|medi$|-bd|cmbx|sfbx", re.IGNORECASE)
_FIXED = re.compile(r"mono|courier|consol|cmtt|typewriter|menlo|terminal|\bcode", re.IGNORECASE)
_BOLD_WEIGHT = 600
_ASLANT_DEGREES = 8
_MOST_BOXES = 2_000
_LONGEST_STATE = 500
_UNSEEN_FLAGS = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW


class Box(NamedTuple):
    """A rectangle in points; y grows upward, as on the page."""

    left: float
    bottom: float
    right: float
    top: float


class Style(NamedTuple):
    """How a character is set: its size in points, and as `Line` has it."""

    size: float
    bold: bool
    fixed: bool
    angle: int


class TickBox(NamedTuple):
    """A check box or radio button of a form: where it is, and whether it is ticked."""

    place: Box
    is_ticked: bool


class Level(NamedTuple):
    """Where a character stands on its line: its size, and how high its baseline is, in points."""

    size: float
    height: float


def union(one: Box, other: Box) -> Box:
    """Box two boxes together."""
    return Box(
        min(one.left, other.left),
        min(one.bottom, other.bottom),
        max(one.right, other.right),
        max(one.top, other.top),
    )


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF; it is closed on leaving.

    Raises:
        UnreadableError: It is locked, damaged, or has no pages.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadableError(_reason(data, error)) from error
    try:
        if not len(document):
            raise UnreadableError("damaged: a PDF without pages")
        yield document
    finally:
        document.close()


def _reason(data: bytes, error: pdfium.PdfiumError) -> str:
    if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
        return "locked with a password: save it without one"
    if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
        return "locked in a way that is not supported: save it without protection"
    if b"%PDF" not in data[:1024]:
        return "not a PDF, whatever its name says"
    return "damaged or cut short: this PDF cannot be opened"


@contextmanager
def opened_page(document: pdfium.PdfDocument, number: int) -> Iterator[tuple[pdfium.PdfPage, int]]:
    """Load a page, with what was filled into a form on it; it is closed on leaving.

    Args:
        document: What it is in.
        number: Of the page, from 0.

    Yields:
        The page, and the index from which on its characters are a form's.

    Raises:
        pdfium.PdfiumError: It is damaged.
    """
    page = document[number]
    if document.get_formtype() == pdfium_c.FORMTYPE_NONE:
        try:
            yield page, sys.maxsize
        finally:
            page.close()
        return
    with opened_text(page) as (characters, _):
        own = characters.count_chars()
    page.close()
    # Made one with its form, a page loses the fonts it shares with others: a copy has its own.
    copy = pdfium.PdfDocument.new()
    try:
        copy.import_pages(document, [number])
        page = copy[0]
        pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY)
        page.close()
        page = copy[0]
        try:
            yield page, own
        finally:
            page.close()
    finally:
        copy.close()


@contextmanager
def opened_text(page: pdfium.PdfPage) -> Iterator[tuple[pdfium.PdfTextPage, Box]]:
    """Load a page's characters, and the part of the page that can be seen.

    Neither depends on how the page is turned.
    """
    # Lines of a page that is shown turned would come bottom up, or word by word.
    rotation = page.get_rotation()
    page.set_rotation(0)
    try:
        visible = Box(*page.get_bbox())
        characters = page.get_textpage()
    finally:
        page.set_rotation(rotation)
    try:
        yield characters, visible
    finally:
        characters.close()


def tick_boxes(document: pdfium.PdfDocument, number: int) -> list[TickBox]:
    """Find the check boxes and radio buttons of a form on a page that can be seen.

    Args:
        document: What it is in.
        number: Of the page, from 0.
    """
    if document.get_formtype() == pdfium_c.FORMTYPE_NONE:
        return []
    page = document[number]
    try:
        count = min(pdfium_c.FPDFPage_GetAnnotCount(page.raw), _MOST_BOXES)
        return [box for at in range(count) if (box := _tick_box(page, at)) is not None]
    finally:
        page.close()


def _tick_box(page: pdfium.PdfPage, at: int) -> TickBox | None:
    note = pdfium_c.FPDFPage_GetAnnot(page.raw, at)
    if not note:
        return None
    try:
        # Only what can be switched has a state of its appearance.
        state = _string_of(note, b"AS")
        hidden = pdfium_c.FPDFAnnot_GetFlags(note) & _UNSEEN_FLAGS
        rectangle = pdfium_c.FS_RECTF()
        is_widget = pdfium_c.FPDFAnnot_GetSubtype(note) == pdfium_c.FPDF_ANNOT_WIDGET
        if not state or hidden or not is_widget:
            return None
        if not pdfium_c.FPDFAnnot_GetRect(note, rectangle):
            return None
        place = Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        return TickBox(place, state != "Off")
    finally:
        pdfium_c.FPDFPage_CloseAnnot(note)


def _string_of(note: pdfium_c.FPDF_ANNOTATION, key: bytes) -> str:
    length = pdfium_c.FPDFAnnot_GetStringValue(note, key, None, 0)
    if not 2 < length < _LONGEST_STATE:
        return ""
    buffer = create_string_buffer(length)
    pdfium_c.FPDFAnnot_GetStringValue(note, key, cast(buffer, POINTER(c_ushort)), length)
    return buffer.raw.decode("utf_16_le", "replace").rstrip("\0")


def character_box(characters: pdfium.PdfTextPage, index: int) -> Box | None:
    """Box a character; None for one that has no extent or lies beyond any page."""
    rectangle = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(characters.raw, index, rectangle):
        return None
    box = Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
    # False for NaN, too.
    drawn = -_FARTHEST < box.left < box.right < _FARTHEST
    return box if drawn and -_FARTHEST < box.bottom < box.top < _FARTHEST else None


def level_of(characters: pdfium.PdfTextPage, index: int) -> Level:
    """Find out how large a character is, and how far up, across the direction of its text."""
    raw = characters.raw
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(raw, index, byref(matrix))
    size = pdfium_c.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d)
    x, y = c_double(), c_double()
    pdfium_c.FPDFText_GetCharOrigin(raw, index, byref(x), byref(y))
    along = math.hypot(matrix.a, matrix.b)
    height = (matrix.a * y.value - matrix.b * x.value) / along if along > 0 else y.value
    if not (0 < size < _FARTHEST and abs(height) < _FARTHEST):
        return Level(1.0, 0.0)
    return Level(size, height)


def style_of(characters: pdfium.PdfTextPage, index: int) -> Style:
    """Find out how a character is set."""
    raw = characters.raw
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(raw, index, byref(matrix))
    # Many programs set the font in size 1 and scale it.
    size = pdfium_c.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d)
    buffer = create_string_buffer(64)
    pdfium_c.FPDFText_GetFontInfo(raw, index, buffer, 64, byref(c_int()))
    name = buffer.value.decode("latin_1")
    # PDFium guesses the weight from the stems and calls many a plain font heavy.
    heavy = not name and pdfium_c.FPDFText_GetFontWeight(raw, index) >= _BOLD_WEIGHT
    return Style(
        size if 0 < size < _FARTHEST else 1.0,
        heavy or _BOLD.search(name) is not None,
        _FIXED.search(name) is not None,
        _angle(matrix.a, matrix.b),
    )


def _angle(along: float, up: float) -> int:
    if not (math.isfinite(along) and math.isfinite(up)):
        return 0
    degrees = math.degrees(math.atan2(up, along))
    quarter = round(degrees / 90) * 90
    return quarter % 360 if abs(degrees - quarter) < _ASLANT_DEGREES else -1
