"""Read the lines of a PDF's page.

A `Line` is a piece of one line as it is drawn, cut where a gap is wide enough to part columns
or cells. Every character of it, but for a space here and there, knows its index in PDFium's
text page, from which `image` gets its box again; or, if it was read in a picture
(`scan`), its word's box. Knows nothing of paragraphs.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium

from qa.formats.pdf.file import (
    Box,
    TickBox,
    opened_page,
    opened_text,
    style_of,
    tick_boxes,
)
from qa.formats.pdf.seen import Ink
from qa.formats.pdf.words import PageWords, Word, runs_leftward
from qa.formats.raised import raised

SOFT_HYPHEN = "\u00ad"
HYPHENS = ("-", "‐", SOFT_HYPHEN)
# Dots that lead from an entry of a table of contents to its page.
LEADER = re.compile(r"\s?(?:\.\s?){4,}")
# In heights of a letter: one wider parts columns or cells. A justified line may have such
# gaps as well; `order` finds out.
_WIDE_GAP = 0.8
ASLANT = -1
# In heights of a letter: what stands closer to a raised figure, or a figure raised closer to
# what it belongs to, is of the same word.
_CLOSE = 0.2
_CLOSING = frozenset(".,;:!?)]%”’\"'")
# As shares of the size of what stands before.
_SMALLER = 0.88
_OFF_LINE = 0.1
_DESCENT = 0.2


class Run(NamedTuple):
    """Characters of a line that stand together on the page.

    Attributes:
        offset: Of the first, in the line's text.
        length: How many.
        first: Its index in PDFium's text page, where they follow each other too.
        box: Where they stand if they were read in a picture, where they have no index: left,
            top, right and bottom in points from the upper left of the page as it is shown.
    """

    offset: int
    length: int
    first: int
    box: tuple[float, float, float, float] | None = None


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
        angle: 0 for text that runs to the right, else the degrees it is turned by, in quarter
            turns; -1 for text that runs aslant.
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


def read_page(document: pdfium.PdfDocument, number: int) -> tuple[list[list[Line]], int, int]:
    """Read the rows of a page, each with its pieces from left to right, as PDFium orders them.

    Args:
        document: What it is in.
        number: Of the page, from 0.

    Returns:
        The rows; how many characters there are; how many glyphs without Unicode.

    Raises:
        pdfium.PdfiumError: The page is damaged.
    """
    with opened_page(document, number) as (page, own), opened_text(page) as (characters, visible):
        words = PageWords(characters, visible, Ink(page, characters))
        boxes = tick_boxes(document, number)
        rows = [
            row
            for line in words.lines()
            for row in _rows(characters, number, _without_ticks(line, own, boxes))
        ]
        rows = _in_place(_in_one_frame(rows), own)
        return _with_ticks(rows, boxes), words.known, words.unknown


def _without_ticks(words: list[Word], own: int, boxes: Sequence[TickBox]) -> list[Word]:
    """Leave out the signs that are drawn in ticked boxes: what they mean is told beside them."""
    return [
        word
        for word in words
        if word.indexes[0] < own or not any(_lies_in(word.box, box.place) for box in boxes)
    ]


def _lies_in(box: Box, place: Box) -> bool:
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    return place.left <= x <= place.right and place.bottom <= y <= place.top


def _with_ticks(rows: list[list[Line]], boxes: Sequence[TickBox]) -> list[list[Line]]:
    """Write a form's boxes, "[x]" or "[ ]", beside the nearest words on their line."""
    for box in boxes:
        middle = -(box.place.bottom + box.place.top) / 2
        row = next(
            (row for row in rows if not row[0].angle and row[0].top <= middle <= row[0].bottom),
            None,
        )
        if row is None:
            continue
        gaps = [(_gap(box.place, piece), at) for at, piece in enumerate(row)]
        _, at = min(gaps)
        row[at] = _ticked(row[at], box)
    return rows


def _gap(place: Box, piece: Line) -> float:
    """Measure how far a box is from words; those after it count as nearer."""
    if piece.left >= place.left:
        return max(piece.left - place.right, 0.0)
    return 2 * max(place.left - piece.right, 0.0) + 1


def _ticked(piece: Line, box: TickBox) -> Line:
    sign = "[x]" if box.is_ticked else "[ ]"
    if piece.left < box.place.left:
        return replace(piece, text=f"{piece.text} {sign}")
    moved = tuple(run._replace(offset=run.offset + len(sign) + 1) for run in piece.runs)
    return replace(piece, text=f"{sign} {piece.text}", runs=moved)


def _in_place(rows: list[list[Line]], own: int) -> list[list[Line]]:
    """Put what was filled into a form beside or below what it stands beside or below.

    Args:
        rows: What is filled in comes last.
        own: Index from which on characters are filled in.
    """
    done = [row for row in rows if row[0].runs[0].first < own]
    for row in (row for row in rows if row[0].runs[0].first >= own):
        first = row[0]
        for at, other in enumerate(done):
            if abs(other[0].bottom - first.bottom) < 0.4 * max(other[0].height, first.height):
                done[at] = sorted([*other, *row], key=lambda piece: piece.left)
                break
            if other[0].top > first.top:
                done.insert(at, row)
                break
        else:
            done.append(row)
    return done


def _in_one_frame(rows: list[list[Line]]) -> list[list[Line]]:
    """Call the way most of the page's text runs upright, and put other text last.

    What runs aslant, a stamp over the page or a label in a figure, is left out.
    """
    lengths: Counter[int] = Counter()
    for row in rows:
        lengths[row[0].angle] += sum(len(piece.text) for piece in row)
    if len(lengths) == 1 and 0 in lengths:
        return rows
    main = max(lengths, key=lambda angle: (angle != ASLANT, lengths[angle]), default=0)
    upright = [[replace(piece, angle=0) for piece in row] for row in rows if row[0].angle == main]
    return upright + [
        [replace(piece, angle=(piece.angle - main) % 360) for piece in row]
        for row in rows
        if row[0].angle not in (main, ASLANT)
    ]


def _rows(characters: pdfium.PdfTextPage, number: int, words: list[Word]) -> Iterator[list[Line]]:
    """Cut a line where its gaps are wide; and where it is none, as its words are not level."""
    if not words:
        return
    angle = style_of(characters, words[0].indexes[0]).angle
    if any(word.is_vertical for word in words):
        angle = 270  # the lines, too, follow each other as those of text turned so
    boxes = [_turned(word.box, angle) for word in words]
    if 2 * sum(runs_leftward(word.text) for word in words) > len(words):
        boxes = [box._replace(left=-box.right, right=-box.left) for box in boxes]
    row: list[Line] = []
    start = 0
    for end in range(1, len(words) + 1):
        ends = end == len(words)
        level = ends or _is_level(boxes[end - 1], boxes[end])
        if level and not ends and not _parted(boxes[end - 1], boxes[end]):
            continue
        row.append(_line(characters, number, words[start:end], boxes[start:end], angle))
        start = end
        if ends or not level:
            row = [piece for piece in row if piece.text]  # not a lone soft hyphen
            if row:
                yield sorted(row, key=lambda piece: piece.left)
            row = []


def _is_level(one: Box, other: Box) -> bool:
    return one.bottom < other.top and other.bottom < one.top


def _line(
    characters: pdfium.PdfTextPage, number: int, words: list[Word], boxes: list[Box], angle: int
) -> Line:
    text, runs = _put_together(words)
    samples = [
        style_of(characters, words[at].indexes[0]) for at in {0, len(words) // 2, len(words) - 1}
    ]
    return Line(
        page=number,
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


def _turned(box: Box, angle: int) -> Box:
    """Turn a box so that text of this angle reads from left to right."""
    if angle == 90:
        return Box(box.bottom, -box.right, box.top, -box.left)
    if angle == 180:
        return Box(-box.right, -box.top, -box.left, -box.bottom)
    if angle == 270:
        return Box(-box.top, box.left, -box.bottom, box.right)
    return box


def _parted(before: Box, after: Box) -> bool:
    wide = _WIDE_GAP * max(before.top - before.bottom, after.top - after.bottom, 1.0)
    return after.left - before.right > wide or before.left - after.right > wide


def _put_together(words: list[Word]) -> tuple[str, tuple[Run, ...]]:
    """Join words by spaces; a soft hyphen stays only where the line ends."""
    parts: list[str] = []
    runs: list[Run] = []
    length = 0
    for number, word in enumerate(words):
        if parts:
            parts.append(" ")
            length += 1
        for text, index in _unbroken(word, last=number == len(words) - 1):
            _add_to_runs(runs, Run(length, len(text), index))
            parts.append(text)
            length += len(text)
    return "".join(parts), tuple(runs)


def _unbroken(word: Word, *, last: bool) -> Iterator[tuple[str, int]]:
    """Yield the pieces of a word that are unbroken in PDFium's text page, with their index."""
    text, index = word.text, word.indexes
    straight = array("l", range(index[0], index[0] + len(index)))
    if index == straight and SOFT_HYPHEN not in text:
        yield text, index[0]
        return
    for at, character in enumerate(text):
        if character != SOFT_HYPHEN or (last and at == len(text) - 1):
            yield character, index[at]


def _add_to_runs(runs: list[Run], run: Run) -> None:
    if runs:
        last = runs[-1]
        skipped = run.offset - last.offset - last.length
        # A space between two words is one character in PDFium's page too, most of the time.
        if skipped in (0, 1) and run.first == last.first + last.length + skipped:
            runs[-1] = Run(last.offset, last.length + skipped + run.length, last.first)
            return
    runs.append(run)


def is_raised_figure(before: Line, piece: Line) -> bool:
    """Whether a piece is a figure raised at the end of the one before."""
    gap = piece.left - before.right
    if not piece.text.isdecimal() or abs(gap) > _CLOSE * before.height:
        return False
    shift = (before.bottom - _DESCENT * before.size) - (piece.bottom - _DESCENT * piece.size)
    return piece.size < _SMALLER * before.size and _OFF_LINE < shift / before.size < 1


def joined(pieces: Sequence[Line]) -> Line:
    """Make one line of pieces that stand side by side, parted by spaces.

    PDFium breaks a line at some raised figures: those, and what comes after, get no space.
    """
    first = pieces[0]
    if len(pieces) == 1:
        return first
    text, runs = first.text, list(first.runs)
    for before, piece in pairwise(pieces):
        is_raised = is_raised_figure(before, piece)
        near = piece.left - before.right < _CLOSE * before.height
        text += "" if is_raised or (near and piece.text[0] in _CLOSING) else " "
        runs += [run._replace(offset=run.offset + len(text)) for run in piece.runs]
        text += raised(piece.text) if is_raised else piece.text
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
        fixed=all(piece.fixed for piece in pieces),
    )
