"""Draw one page of a PDF as a picture, with the place of each cited line on it."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from io import BytesIO

import pypdfium2 as pdfium

from qa.formats.parsed import UnreadableError
from qa.formats.pdf.file import Box, character_box, opened, opened_page, opened_text, union
from qa.formats.pdf.lines import Run
from qa.schema import Span

_LARGEST_SCALE = 4.0
_NEAR = 4


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a picture.

    Attributes:
        png: The picture.
        width: In pixels.
        height: In pixels.
        boxes: Where the words asked for stand, a box a line, as (left, top, right, bottom)
            in shares of the picture's width and height.
        pages: Number of pages of the document.
    """

    png: bytes
    width: int
    height: int
    boxes: tuple[tuple[float, float, float, float], ...]
    pages: int


def render_page(
    data: bytes, layout: str, page: int, span: Span | None, *, max_pixels: int = 1600
) -> PageImage:
    """Draw a page.

    Args:
        data: The file, the same that was parsed.
        layout: What parsing it gave.
        page: Number of the page, from 1.
        span: What to box, in characters of the document; what of it is on other pages is
            left out.
        max_pixels: Longest side of the picture.

    Raises:
        UnreadableError: The file or the page cannot be read.
    """
    with opened(data) as document:
        pages = len(document)
        if not 1 <= page <= pages:
            raise UnreadableError(f"page {page} of a document of {pages}")
        try:
            with opened_page(document, page - 1) as (sheet, _):
                runs = list(_runs(layout, page, span)) if span else []
                return _draw(sheet, runs, max_pixels, pages)
        except pdfium.PdfiumError as error:
            raise UnreadableError(f"page {page} is damaged and cannot be drawn") from error


def _draw(sheet: pdfium.PdfPage, runs: list[Run], max_pixels: int, pages: int) -> PageImage:
    shown = sheet.get_size()
    longest = max(*shown, 1e-3)
    bitmap = sheet.render(scale=min(_LARGEST_SCALE, max_pixels / math.ceil(longest)))
    try:
        place = bitmap.get_posconv(sheet)
        shares = [
            _share(
                place.to_bitmap(box.left, box.top),
                place.to_bitmap(box.right, box.bottom),
                bitmap.width,
                bitmap.height,
            )
            for box in _line_boxes(sheet, runs)
        ]
        shares += [
            _share((box.left, -box.top), (box.right, -box.bottom), *shown)
            for box in _boxes_in_picture(runs)
        ]
        out = BytesIO()
        bitmap.to_pil().save(out, "PNG")
        seen = tuple(share for share in shares if share[0] < share[2] and share[1] < share[3])
        return PageImage(out.getvalue(), bitmap.width, bitmap.height, seen, pages)
    finally:
        bitmap.close()


def _share(
    one: tuple[float, float], other: tuple[float, float], width: float, height: float
) -> tuple[float, float, float, float]:
    """Turn two corners, whichever they are, into shares of the page."""
    xs = sorted(min(max(x / width, 0.0), 1.0) for x in (one[0], other[0]))
    ys = sorted(min(max(y / height, 0.0), 1.0) for y in (one[1], other[1]))
    return xs[0], ys[0], xs[1], ys[1]


def _line_boxes(sheet: pdfium.PdfPage, runs: list[Run]) -> list[Box]:
    """Box characters of PDFium's text page, in points."""
    lines: list[Box] = []
    if not runs or runs[0].box:
        return lines
    last = -_NEAR
    with opened_text(sheet) as (characters, _):
        count = characters.count_chars()
        for run in runs:
            here = range(run.first, min(run.first + run.length, count))
            boxes = [box for at in here if (box := character_box(characters, at))]
            if boxes:
                _add(lines, reduce(union, boxes), near=run.first - last < _NEAR)
            last = run.first + run.length
    return lines


def _boxes_in_picture(runs: list[Run]) -> list[Box]:
    """Box words that were read in a picture, in points from its upper left corner."""
    lines: list[Box] = []
    last = -_NEAR
    for run in runs:
        if run.box:
            left, top, right, bottom = run.box
            _add(lines, Box(left, -bottom, right, -top), near=run.offset - last < _NEAR)
        last = run.offset + run.length
    return lines


def _runs(layout: str, page: int, span: Span) -> Iterator[Run]:
    """Yield the runs of a span's characters on a page; offsets are the document's."""
    for start, length, on, *where in json.loads(layout):
        first, after = max(start, span.start), min(start + length, span.end)
        if on == page and first < after:
            if len(where) == 1:
                yield Run(first, after - first, where[0] + first - start)
            else:
                yield Run(first, after - first, 0, tuple(where))


def _add(lines: list[Box], box: Box, *, near: bool) -> None:
    """Widen the last line's box by that of more of the same line, or begin another.

    Args:
        lines: The boxes so far.
        box: What comes next.
        near: It follows in the file, so that a wide gap is one between words.
    """
    if lines and not (_is_column(lines[-1]) and _is_column(box)):
        last = lines[-1]
        height = min(last.top - last.bottom, box.top - box.bottom)
        level = min(last.top, box.top) - max(last.bottom, box.bottom) > 0.5 * height
        apart = max(last.left, box.left) - min(last.right, box.right)
        if level and (near or apart < 2 * height):
            lines[-1] = union(last, box)
            return
    lines.append(box)


def _is_column(box: Box) -> bool:
    """Whether it holds letters below each other, of text that runs down the page."""
    return box.top - box.bottom > 3 * (box.right - box.left)
