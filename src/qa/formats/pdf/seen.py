"""Tell which characters of a PDF's page a person can see.

Hidden are those that are drawn without ink (but not over a picture: that is how a scan is made
searchable), clear, smaller than a point, or white where nothing is painted behind them. What
lies beyond the page is left out by whoever knows its edges.
"""

from collections.abc import Iterator
from ctypes import byref, c_uint
from functools import cached_property
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.formats.pdf.file import Box

_WHITE = 250
_LEAST_HEIGHT = 1.0
_OBJECTS_LOOKED_AT = 10_000


class Ink:
    """What is painted on a page."""

    def __init__(self, page: pdfium.PdfPage, characters: pdfium.PdfTextPage) -> None:
        self._page = page
        self._characters = characters

    def shows(self, index: int, box: Box) -> bool:
        """Whether a character, by its index in PDFium's text page, can be seen."""
        if box.top - box.bottom < _LEAST_HEIGHT:
            return False
        raw = self._characters.raw
        red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint(255)
        known = pdfium_c.FPDFText_GetFillColor(
            raw, index, byref(red), byref(green), byref(blue), byref(alpha)
        )
        if known and alpha.value == 0:
            return False
        if self._mode(index) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
            return self._lies_on(self._pictures, box)
        is_white = known and min(red.value, green.value, blue.value) >= _WHITE
        return not is_white or self._lies_on(self._painted, box)

    def _mode(self, index: int) -> int:
        text = pdfium_c.FPDFText_GetTextObject(self._characters.raw, index)
        return int(pdfium_c.FPDFTextObj_GetTextRenderMode(text)) if text else -1

    @staticmethod
    def _lies_on(areas: list[Box], box: Box) -> bool:
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        return any(a.left <= x <= a.right and a.bottom <= y <= a.top for a in areas)

    @cached_property
    def _pictures(self) -> list[Box]:
        """Where pictures are, and what may hold some."""
        kinds = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM)
        return [box for entry, box in self._objects() if entry.type in kinds]

    @cached_property
    def _painted(self) -> list[Box]:
        """Where there is more than white paper."""
        return [
            box
            for entry, box in self._objects()
            if entry.type not in (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH)
            or (entry.type == pdfium_c.FPDF_PAGEOBJ_PATH and _is_dark(entry))
        ]

    def _objects(self) -> Iterator[tuple[pdfium.PdfObject, Box]]:
        for entry in islice(self._page.get_objects(max_depth=1), _OBJECTS_LOOKED_AT):
            try:
                yield entry, Box(*entry.get_bounds())
            except pdfium.PdfiumError:
                continue


def _is_dark(path: pdfium.PdfObject) -> bool:
    """Whether a path paints an area in a colour on which white is seen."""
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    known = pdfium_c.FPDFPageObj_GetFillColor(
        path.raw, byref(red), byref(green), byref(blue), byref(alpha)
    )
    return bool(known) and min(red.value, green.value, blue.value) < _WHITE and alpha.value > 0
