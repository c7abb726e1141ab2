"""PDFium's pages in, lines of text out: the one module that calls PDFium.

A `Line` is a piece of one line as it is drawn, cut where a gap is wide enough to part columns
or cells. Every character of it, but for a space here and there, knows its index in PDFium's
text page, from which `pdf_image` gets its box again. Knows nothing of paragraphs.

PDFium is not safe to call from threads, and hostile files make it run out of memory, which
ends the process: call it in a worker.
"""

import math
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_int, create_string_buffer
from dataclasses import dataclass, replace
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.formats.parsed import UnreadableError

# How PDFium marks a hyphen that ends a line; it swallows the line end after it.
_HYPHENS = (0x02, 0xFFFE)
SOFT_HYPHEN = "\u00ad"
# Marks that only say where a line may break.
_INVISIBLE = frozenset((0x200B, 0x2060, 0xFEFF))
_BULLETS = {0xF0B7: "•", 0xF0A7: "▪", 0xF076: "▪", 0xF0D8: "‣", 0xF0FC: "✓"}
_BOLD = re.compile(r"bold|black|heavy|demi|medi$|cmbx|sfbx", re.IGNORECASE)
_FIXED = re.compile(r"mono|courier|consol|cmtt|typewriter|menlo|terminal|\bcode", re.IGNORECASE)
_BOLD_WEIGHT = 600
# In heights of a letter: one wider parts columns or cells. A justified line may have such
# gaps as well; `pdf_order` finds out.
_WIDE_GAP = 0.8
# Beyond any page: PDFium's numbers may be anything in a hostile file.
_FARTHEST = 1e6


class Run(NamedTuple):
    """Characters of a line that follow each other in PDFium's text page too."""

    offset: int
    length: int
    index: int


class Box(NamedTuple):
    """A rectangle in points; y grows upward, as on the page."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a line, in the reader's frame: x grows along the text, y down the page.

    Attributes:
        page: Number of the page, from 0.
        text: Its characters; a soft hyphen stands only at the end.
        runs: Where its characters are in PDFium's text page; made-up spaces are in no run.
        left: Where the first letter begins.
        top: Upper end of the letters.
        right: Where the last letter ends.
        bottom: Lower end of the letters.
        size: Of the font, in points.
        bold: The whole piece is bold.
        fixed: The whole piece is in letters of one width, as code is.
        angle: 0 for upright text, else the degrees it is turned by, in quarter turns; -1 for
            text that runs aslant.
        head: Width of the first word.
        cells: The pieces of a table's row, or the lines of one of its cells; else empty.
        names: For each cell, the header of its column, or "".
    """

    page: int
    text: str
    runs: tuple[Run, ...]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    fixed: bool
    angle: int
    head: float
    cells: tuple["Line", ...] = ()
    names: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """Height of the letters, at least a point."""
        return max(self.bottom - self.top, 1.0)


class _Style(NamedTuple):
    size: float
    bold: bool
    fixed: bool
    angle: int


class _Word(NamedTuple):
    text: str
    index: "array[int]"
    box: Box


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


def character_box(characters: pdfium.PdfTextPage, index: int) -> Box | None:
    """Box a character; None for one that has no extent or lies beyond any page."""
    rectangle = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(characters.raw, index, rectangle):
        return None
    box = Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
    sane = all(abs(edge) < _FARTHEST for edge in box)  # false for NaN too
    return box if sane and box.right > box.left and box.top > box.bottom else None


def read_page(page: pdfium.PdfPage, number: int) -> tuple[list[list[Line]], int, int]:
    """Read the rows of a page, each with its pieces from left to right as PDFium orders them.

    Returns:
        The rows; how many glyphs there are; how many of them have no Unicode.
    """
    with opened_text(page) as (characters, visible):
        reader = _PageReader(characters, number)
        rows = [reader.pieces(words) for words in reader.lines(visible)]
        return [row for row in rows if row], reader.glyphs, reader.unknown


class _PageReader:
    """Puts characters together into words, lines and pieces of lines."""

    def __init__(self, characters: pdfium.PdfTextPage, number: int) -> None:
        self._characters = characters
        self._number = number
        self.glyphs = 0
        self.unknown = 0

    def lines(self, visible: Box) -> Iterator[list[_Word]]:
        """Give the words of each line that can be seen."""
        line: list[_Word] = []
        text = ""
        index = array("l")
        for character, at in self._read():
            if not character.isspace():
                text += character
                index.extend([at] * len(character))
                continue
            if text:
                line += self._word(text, index, visible)
                text, index = "", array("l")
            if character == "\n" and line:
                yield line
                line = []

    def _read(self) -> Iterator[tuple[str, int]]:
        """Give each character with its index; ends with a line end."""
        raw = self._characters.raw
        code_of = pdfium_c.FPDFText_GetUnicode
        count = self._characters.count_chars()
        lead = 0
        for at in range(count):
            code = code_of(raw, at)
            if 0x20 < code < 0x7F:
                self.glyphs += 1
                yield chr(code), at
            elif code in _HYPHENS:
                yield "-", at
                yield "\n", at
            elif 0xD800 <= code < 0xDC00:
                lead = code
            elif 0xDC00 <= code < 0xE000 and lead:
                self.glyphs += 1
                yield chr(0x10000 + ((lead - 0xD800) << 10) + code - 0xDC00), at - 1
            elif text := self._rare(code):
                yield text, at
        yield "\n", count

    def _rare(self, code: int) -> str:
        if code in (0x0A, 0x85, 0x2028, 0x2029):
            return "\n"
        if code == 0x0D or code in _INVISIBLE:
            return ""
        character = _BULLETS.get(code) or chr(code)
        category = unicodedata.category(character)
        if character.isspace():
            return " "
        self.glyphs += 1
        if category in ("Cc", "Co", "Cn", "Cs"):
            self.unknown += 1
            return ""
        if 0xFB00 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:  # ligatures, Arabic shapes
            return "".join(unicodedata.normalize("NFKC", character).split())
        return character

    def _word(self, text: str, index: "array[int]", visible: Box) -> list[_Word]:
        first = character_box(self._characters, index[0])
        last = character_box(self._characters, index[-1]) if len(index) > 1 else first
        first, last = first or last, last or first
        if first is None or last is None:
            return []
        box = union(first, last)
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        if first.left < last.left and _runs_leftward(text):
            text, index = text[::-1], index[::-1]
        inside = visible.left <= x <= visible.right and visible.bottom <= y <= visible.top
        return [_Word(text, index, box)] if inside else []

    def pieces(self, words: list[_Word]) -> list[Line]:
        """Cut a line where its gaps are wide."""
        angle = self._style(words[0]).angle
        boxes = [_turned(word.box, angle) for word in words]
        if 2 * sum(map(_runs_leftward, (word.text for word in words))) > len(words):
            words = _in_logical_order(words)
            boxes = [_mirrored(_turned(word.box, angle)) for word in words]
        cuts = [0, *(at for at in range(1, len(words)) if _parted(boxes[at - 1], boxes[at]))]
        ends = [*cuts[1:], len(words)]
        pieces = [
            self._line(words[a:b], boxes[a:b], angle) for a, b in zip(cuts, ends, strict=True)
        ]
        return sorted((piece for piece in pieces if piece.text), key=lambda piece: piece.left)

    def _line(self, words: list[_Word], boxes: list[Box], angle: int) -> Line:
        text, runs = _put_together(words)
        samples = [self._style(words[at]) for at in {0, len(words) // 2, len(words) - 1}]
        return Line(
            page=self._number,
            text=text,
            runs=runs,
            left=min(box.left for box in boxes),
            top=-max(box.top for box in boxes),
            right=max(box.right for box in boxes),
            bottom=-sorted(box.bottom for box in boxes)[len(boxes) // 2],
            size=sorted(sample.size for sample in samples)[len(samples) // 2],
            bold=all(sample.bold for sample in samples),
            fixed=all(sample.fixed for sample in samples),
            angle=angle,
            head=boxes[0].right - boxes[0].left,
        )

    def _style(self, word: _Word) -> _Style:
        """Find out how a word's first letter is set."""
        raw, at = self._characters.raw, word.index[0]
        matrix = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFText_GetMatrix(raw, at, byref(matrix))
        # Many programs set the font in size 1 and scale it.
        size = pdfium_c.FPDFText_GetFontSize(raw, at) * math.hypot(matrix.c, matrix.d)
        buffer = create_string_buffer(64)
        pdfium_c.FPDFText_GetFontInfo(raw, at, buffer, 64, byref(c_int()))
        name = buffer.value.decode("latin_1")
        heavy = pdfium_c.FPDFText_GetFontWeight(raw, at) >= _BOLD_WEIGHT
        return _Style(
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
    return quarter % 360 if abs(degrees - quarter) < 8 else -1


def _turned(box: Box, angle: int) -> Box:
    """Turn a box so that text of this angle reads from left to right."""
    if angle == 90:
        return Box(box.bottom, -box.right, box.top, -box.left)
    if angle == 180:
        return Box(-box.right, -box.top, -box.left, -box.bottom)
    if angle == 270:
        return Box(-box.top, box.left, -box.bottom, box.right)
    return box


def _mirrored(box: Box) -> Box:
    """Make x grow along a text that runs leftward."""
    return box._replace(left=-box.right, right=-box.left)


def _parted(before: Box, after: Box) -> bool:
    wide = _WIDE_GAP * max(before.top - before.bottom, after.top - after.bottom, 1.0)
    return after.left - before.right > wide or before.left - after.right > wide


def union(one: Box, other: Box) -> Box:
    """Box two boxes together."""
    return Box(
        min(one.left, other.left),
        min(one.bottom, other.bottom),
        max(one.right, other.right),
        max(one.top, other.top),
    )


def _put_together(words: list[_Word]) -> tuple[str, tuple[Run, ...]]:
    """Join words by spaces; a soft hyphen stays only where the line ends."""
    text: list[str] = []
    runs: list[Run] = []
    last = words[-1]
    for word in words:
        if text:
            text.append(" ")
        for at, (character, index) in enumerate(zip(word.text, word.index, strict=True)):
            if character == SOFT_HYPHEN and not (word is last and at == len(word.text) - 1):
                continue
            _add_to_runs(runs, len(text), index)
            text.append(character)
    return "".join(text).strip(), tuple(runs)


def _add_to_runs(runs: list[Run], offset: int, index: int) -> None:
    if runs:
        last = runs[-1]
        skipped = offset - last.offset - last.length
        # A space between two words is one character in PDFium's page too, most of the time.
        if skipped in (0, 1) and index == last.index + last.length + skipped:
            runs[-1] = last._replace(length=last.length + skipped + 1)
            return
    runs.append(Run(offset, 1, index))


def joined(pieces: Sequence[Line]) -> Line:
    """Make one line of pieces that stand side by side, parted by spaces."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    text, runs = "", list[Run]()
    for piece in pieces:
        text += " " if text else ""
        runs += [run._replace(offset=run.offset + len(text)) for run in piece.runs]
        text += piece.text
    longest = max(pieces, key=lambda piece: len(piece.text))
    return replace(
        first,
        text=text,
        runs=tuple(runs),
        left=min(piece.left for piece in pieces),
        top=min(piece.top for piece in pieces),
        right=max(piece.right for piece in pieces),
        bottom=longest.bottom,
        size=longest.size,
        bold=all(piece.bold for piece in pieces),
    )


def _runs_leftward(text: str) -> bool:
    """Whether it is written from right to left, as Arabic and Hebrew are."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _in_logical_order(words: list[_Word]) -> list[_Word]:
    """Put the words of an Arabic or Hebrew line into the order of reading.

    PDFium turns such a line around when it takes it for drawn from left to right, also when
    it was not; what counts is where the words stand. Numbers and Latin words between them
    read rightward.
    """
    ordered: list[_Word] = []
    rightward: list[_Word] = []
    for word in sorted(words, key=lambda word: -word.box.left):
        if _runs_leftward(word.text):
            ordered += [*reversed(rightward), word]
            rightward = []
        else:
            rightward.append(word)
    return ordered + rightward[::-1]
