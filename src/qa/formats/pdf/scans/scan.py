"""Read a page that is only a picture: rows of lines, as `lines` reads them of others.

Reading the picture takes seconds and is done once, a page at a time (`recognise_page`); its
result, a `Scan`, can be sent as JSON and is made into lines with the rest of the document
(`rows_of`).
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from PIL import Image

from qa.formats.parsed import UnreadableError
from qa.formats.pdf.file import opened, opened_page
from qa.formats.pdf.lines import Line, Run
from qa.formats.pdf.scans.ocr import SeenLine, SeenWord, read_picture

# Of the picture that is read: 145 dots per inch of a letter or A4 page. Memory goes with it.
_PIXELS = 1_950_000
_LONGEST_SIDE = 2_000
_LARGEST_SCALE = 4.0
# Of the size of a font, to the height of a line as it is found.
_SIZE_OF_HEIGHT = 0.75
# What is higher or lower by less than this, as a ratio, is set in the same font.
_SAME_HEIGHT = 1.25
_LEVEL = 0.4
# Of a line; what is read with less is a logo, a stain or handwriting more often than text.
_LEAST_SCORE = 0.7
_LEAST_SCORE_ALONE = 0.9  # of a line of one character
# On average; a page that is read with less may be upside down.
_GOOD_SCORE = 0.85
_TELLING_CHARACTERS = 5
# On a page.
_LEAST_CHARACTERS = 4


class Scan(NamedTuple):
    """What was read on a page, with the page turned so that it can be read.

    Attributes:
        turned: By how many quarters the page was turned, counter-clockwise.
        width: Of the turned page, in points.
        height: Of the turned page, in points.
        lines: The text of each line, with its words' places in points from the upper left.
    """

    turned: int
    width: float
    height: float
    lines: tuple[tuple[str, tuple[SeenWord, ...]], ...]

    @classmethod
    def from_json(cls, value: Any) -> "Scan":
        """Read what became of a scan as JSON."""
        turned, width, height, lines = value
        return cls(
            turned,
            width,
            height,
            tuple((text, tuple(SeenWord(*word) for word in words)) for text, words in lines),
        )


def recognise_page(data: bytes, page: int) -> Scan:
    """Read the text in the picture of a page.

    Args:
        data: The PDF.
        page: From 1.

    Raises:
        UnreadableError: The page cannot be drawn.
    """
    with opened(data) as document:
        try:
            with opened_page(document, page - 1) as (sheet, _):
                scale = _scale(*sheet.get_size())
                bitmap = sheet.render(scale=scale)
                try:
                    picture = bitmap.to_pil().convert("RGB")
                finally:
                    bitmap.close()
        except pdfium.PdfiumError as error:
            raise UnreadableError(f"page {page} is damaged and cannot be drawn") from error
    turned, lines = _upright(picture)
    width, height = picture.size if turned % 2 == 0 else picture.size[::-1]
    return Scan(
        turned,
        width / scale,
        height / scale,
        tuple(
            (line.text, tuple(_in_points(word, scale) for word in line.words))
            for line in lines
            if line.score >= (_LEAST_SCORE if len(line.text) > 1 else _LEAST_SCORE_ALONE)
        ),
    )


def _scale(width: float, height: float) -> float:
    longest, area = max(width, height, 1e-3), max(width * height, 1e-3)
    return min(_LARGEST_SCALE, _LONGEST_SIDE / longest, math.sqrt(_PIXELS / area))


def _in_points(word: SeenWord, scale: float) -> SeenWord:
    return SeenWord(word.offset, word.length, *(round(side / scale, 1) for side in word[2:]))


def _upright(picture: Image.Image) -> tuple[int, list[SeenLine]]:
    """Read a picture, turned if its text seems to lie on its side or upside down."""
    lines = read_picture(picture)
    telling = [line for line in lines if len(line.text) >= _TELLING_CHARACTERS]
    if 2 * sum(map(_is_tall, telling)) > len(telling):
        return max(_turned(picture, 1), _turned(picture, 3), key=_weight)
    if _weight((0, telling)) < _GOOD_SCORE * sum(len(line.text) for line in telling):
        return max((0, lines), _turned(picture, 2), key=_weight)
    return 0, lines


def _turned(picture: Image.Image, quarters: int) -> tuple[int, list[SeenLine]]:
    return quarters, read_picture(picture.rotate(90 * quarters, expand=True))


def _weight(read: tuple[int, Sequence[SeenLine]]) -> float:
    return sum(line.score * len(line.text) for line in read[1])


def _is_tall(line: SeenLine) -> bool:
    if not line.words:
        return False
    wide = max(word.right for word in line.words) - min(word.left for word in line.words)
    return max(word.bottom for word in line.words) - min(word.top for word in line.words) > wide


def rows_of(scan: Scan, page: int) -> list[list[Line]]:
    """Return the rows of a page that was read, each with its pieces from left to right.

    Args:
        scan: What was read.
        page: Number of the page, from 0.

    Returns:
        None where next to nothing was read: in a drawing, lines and dots are taken for letters.
    """
    found = [(text, words) for text, words in scan.lines if words]
    if sum(character.isalnum() for text, _ in found for character in text) < _LEAST_CHARACTERS:
        return []
    slope = _slope([words for _, words in found])
    usual = median(_height(words) for _, words in found)
    lines = [_line(scan, page, text, words, slope, usual) for text, words in found]
    lines.sort(key=lambda line: line.bottom)
    rows: list[list[Line]] = []
    for line in lines:
        above = rows[-1][0] if rows else None
        if above and line.bottom - above.bottom < _LEVEL * min(line.height, above.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _height(words: Sequence[SeenWord]) -> float:
    return median(word.bottom - word.top for word in words)


def _slope(lines: Sequence[Sequence[SeenWord]]) -> float:
    """Find how much the lines of a page fall, in points a point, as in a crooked scan."""
    slopes = []
    for words in lines:
        first, last = words[0], words[-1]
        if last.left - first.left > 4 * _height(words):
            down = (last.top + last.bottom - first.top - first.bottom) / 2
            slopes.append(down / (last.left - first.left))
    return median(slopes) if slopes else 0.0


def _line(
    scan: Scan, page: int, text: str, words: Sequence[SeenWord], slope: float, usual: float
) -> Line:
    """Make a line, straightened; its height is the page's usual one if it is about that."""
    height = _height(words)
    if max(height, usual) < _SAME_HEIGHT * min(height, usual):
        height = usual
    middles = [
        (word.top + word.bottom) / 2 - slope * (word.left + word.right) / 2 for word in words
    ]
    # On the other pages y is that of PDF, which grows upward, with its sign changed.
    middle = median(middles) - scan.height
    across = slope * (words[0].top + words[0].bottom) / 2
    return Line(
        page=page,
        text=text,
        runs=tuple(Run(word.offset, word.length, 0, _shown(scan, word)) for word in words),
        left=min(word.left for word in words) + across,
        top=middle - height / 2,
        right=max(word.right for word in words) + across,
        bottom=middle + height / 2,
        size=_SIZE_OF_HEIGHT * height,
        bold=False,
        fixed=False,
        angle=0,
        head=words[0].right - words[0].left,
    )


def _shown(scan: Scan, word: SeenWord) -> tuple[float, float, float, float]:
    """Return the place of a word on the page as it is shown, in points from the upper left."""
    _, _, left, top, right, bottom = word
    if scan.turned == 1:
        sides = (scan.height - bottom, left, scan.height - top, right)
    elif scan.turned == 2:
        sides = (scan.width - right, scan.height - bottom, scan.width - left, scan.height - top)
    elif scan.turned == 3:
        sides = (top, scan.width - right, bottom, scan.width - left)
    else:
        sides = (left, top, right, bottom)
    return tuple(round(side, 1) for side in sides)  # type: ignore[return-value]
