"""Find out what most of a PDF looks like, and hold the blocks that are made of its lines.

Sizes and distances are in points; what is a little different by chance counts as alike.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.formats.pdf.lines import Line
from qa.schema import Kind

# As a ratio of two sizes.
_SAME_SIZE = 1.12
# In sizes of the font, where a document has too few lines to tell.
_USUAL_STEP = 1.25
_STEPS = 3


@dataclass(slots=True)
class Draft:
    """A block that is not yet put into the document's text.

    Attributes:
        kind: What it is.
        lines: Its lines, in order; one for a row.
        forced: For each line, whether the one before ended though there was room.
        size: Of its font, in points.
        level: Depth of a heading.
    """

    kind: Kind
    lines: list[Line]
    forced: list[bool]
    size: float
    level: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """What most of a document looks like.

    Attributes:
        size: Of the font.
        bold: More than half of it is bold.
        fixed: More than half of it is in letters of one width.
        width: Of a column.
        steps: From line to line, by the font's size.
    """

    size: float
    bold: bool
    fixed: bool
    width: float
    steps: dict[int, float]

    def step(self, size: float) -> float:
        """Return the distance between two lines of a paragraph."""
        return self.steps.get(round(size), _USUAL_STEP * size)


def body_size(lines: Iterable[Line]) -> float:
    """Find the size that most of the text is set in."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=1.0)


def document_style(pages: Sequence[Sequence[Line]]) -> Style:
    """Find out what most of a document looks like.

    Args:
        pages: The lines of each page, in reading order.
    """
    lines = [line for page in pages for line in page]
    half = sum(len(line.text) for line in lines) / 2
    bold = sum(len(line.text) for line in lines if line.bold) > half
    fixed = sum(len(line.text) for line in lines if line.fixed) > half
    steps: dict[int, Counter[float]] = {}
    for page in pages:
        for above, below in pairwise(page):
            step = below.bottom - above.bottom
            if is_alike(above, below) and 0.8 < step / above.size < 3:
                steps.setdefault(round(below.size), Counter())[round(step * 2) / 2] += 1
    usual = {
        size: max(counts, key=lambda step: (counts[step], -step))
        for size, counts in steps.items()
        if counts.total() > _STEPS
    }
    return Style(body_size(lines), bold, fixed, _column_width(lines), usual)


def _column_width(lines: Sequence[Line]) -> float:
    """Find how wide most of the text is set, to 10 points."""
    widths = Counter(round((line.right - line.left) / 10) * 10 for line in lines if not line.cells)
    return max(widths, key=lambda width: (widths[width] * width, width), default=0)


def is_alike(one: Line, other: Line) -> bool:
    """Whether two lines could be of one paragraph, by their font."""
    return (
        max(one.size, other.size) <= _SAME_SIZE * min(one.size, other.size)
        and one.bold == other.bold
        and one.fixed == other.fixed
        and one.angle == other.angle
        and not one.cells
        and not other.cells
    )
