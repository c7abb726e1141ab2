"""The lines of a PDF in reading order in, paragraphs, headings, list items and rows out.

What says that a line begins something new is where it stands (a gap, an indent, a line before
it that ends early), its font and its first words. A paragraph that a column or a page ends
in the middle of a sentence is one block; what stands in between, a footnote or the caption of
a figure, comes before or after it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.formats.pdf_page import SOFT_HYPHEN, Line
from qa.schema import Kind

# Distances in sizes of the font or heights of a letter; sizes as ratios.
_SAME_SIZE = 1.12
_HEADING_SIZE = 1.15
_NOTE_SIZE = 0.93
_INDENT = 0.8
_WIDEST_STEP = 1.3
_USUAL_STEP = 1.25
_WIDEST_HEADING_STEP = 1.45
_HEADING_LINES = 4
_HEADING_CHARACTERS = 200
_BOLD_HEADING_CHARACTERS = 120
_PLAIN_HEADING_CHARACTERS = 90
_DEEPEST = 6
_NARROW = 0.7

MARKER = re.compile(
    r"(?:[•‣◦▪●○■□➢✓*–—-]|\(?\d{1,3}[.)]|\((?:[A-Za-z]|[ivx]{1,5})\)|(?:[A-Za-z]|[ivx]{1,5})\)"
    r"|[a-z]\.)\s+(?=\S)"
)
_BULLET = re.compile(r"[•‣◦▪●○■□➢✓*]\s")
_SENTENCE_END = re.compile(r"[.!?:;…。！？：；][\"'”’»)\]\s]*(?:\d{1,3}|\[[\d, ]+\])?$")
_NUMBERED = re.compile(
    r"(?:(?:chapter|section|part|article|annex|appendix)\s+)?"
    r"(?:\d+(?:\.\d+)+\.?|\d+\.|[IVXLC]+\.|[A-Z]\.\d+(?:\.\d+)*)\s+\S",
    re.IGNORECASE,
)
_DEPTH = re.compile(r"(?:\w+\s+)?\d+(?:\.\d+)*")
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|tab\.|abbildung|abb\.|tabelle|tableau|figura|tabla)\s*\d", re.IGNORECASE
)
_LEADER = re.compile(r"(?:\s?\.){4,}")
_BESIDES = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")  # no spaces there


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
class _Style:
    """What most of a document looks like."""

    size: float
    bold: bool
    fixed: bool
    width: float
    steps: dict[int, float]

    def step(self, size: float) -> float:
        return self.steps.get(round(size), _USUAL_STEP * size)


def body_size(lines: Iterable[Line]) -> float:
    """Find the size that most of the text is set in."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=1.0)


def drafts_of(pages: Sequence[Sequence[Line]]) -> list[Draft]:
    """Make the blocks of a document.

    Args:
        pages: The lines of each page, in reading order.
    """
    style = _style(pages)
    drafts: list[Draft] = []
    for lines in pages:
        for number, flow in enumerate(_flows(lines, style)):
            made = list(_split(flow, style))
            _take_up(drafts, made, style, apart=not number or _goes_up(drafts, flow))
    _set_levels(drafts)
    return drafts


def _style(pages: Sequence[Sequence[Line]]) -> _Style:
    lines = [line for page in pages for line in page]
    half = sum(len(line.text) for line in lines) / 2
    bold = sum(len(line.text) for line in lines if line.bold) > half
    fixed = sum(len(line.text) for line in lines if line.fixed) > half
    steps: dict[int, Counter[float]] = {}
    for page in pages:
        for above, below in pairwise(page):
            step = below.bottom - above.bottom
            if _is_alike(above, below) and 0.8 < step / above.size < 3:
                steps.setdefault(round(below.size), Counter())[round(step * 2) / 2] += 1
    usual = {
        size: max(counts, key=lambda step: (counts[step], -step))
        for size, counts in steps.items()
        if counts.total() > 3
    }
    return _Style(body_size(lines), bold, fixed, _column_width(lines), usual)


def _column_width(lines: Sequence[Line]) -> float:
    """Find how wide most of the text is set, to 10 points."""
    widths = Counter(round((line.right - line.left) / 10) * 10 for line in lines if not line.cells)
    return max(widths, key=lambda width: (widths[width] * width, width), default=0)


def _is_alike(one: Line, other: Line) -> bool:
    return (
        max(one.size, other.size) <= _SAME_SIZE * min(one.size, other.size)
        and one.bold == other.bold
        and one.fixed == other.fixed
        and one.angle == other.angle
        and not one.cells
        and not other.cells
    )


def _flows(lines: Sequence[Line], style: _Style) -> Iterator[list[Line]]:
    """Cut a page's lines where the font changes, at gaps and where a column ends."""
    flow: list[Line] = []
    for line in lines:
        if flow and not _flows_on(flow[-1], line, style):
            yield flow
            flow = []
        flow.append(line)
    if flow:
        yield flow


def _flows_on(above: Line, below: Line, style: _Style) -> bool:
    step = below.bottom - above.bottom
    large = below.size >= _HEADING_SIZE * style.size
    widest = _WIDEST_HEADING_STEP * below.size if large else _WIDEST_STEP * style.step(below.size)
    return (
        _is_alike(above, below)
        and 0.3 * below.size < step <= widest
        and below.left < above.right
        and above.left < below.right
    )


def _goes_up(drafts: list[Draft], flow: list[Line]) -> bool:
    """Whether a flow begins above the end of what came before it: a new column."""
    return bool(drafts) and flow[0].bottom < drafts[-1].lines[-1].bottom - flow[0].height


def _split(flow: list[Line], style: _Style) -> Iterator[Draft]:
    """Make the blocks of a flow."""
    if flow[0].cells:
        yield Draft("row", flow, [False], flow[0].size)
        return
    if _is_heading(flow, style):
        yield Draft("heading", flow, [False] * len(flow), flow[0].size)
        return
    right = max(line.right for line in flow)
    left = min(line.left for line in flow)
    if right - left < _NARROW * style.width:  # an address: all of its lines end early
        right = left + style.width
    hangs, code = _hangs(flow), flow[0].fixed and not style.fixed
    draft: Draft | None = None
    for number, line in enumerate(flow):
        above = flow[number - 1] if number else None
        # Code is kept line by line.
        forced = above is not None and (code or _ended_early(above, line, right))
        begins = not code and draft and above and _begins(draft, above, line, forced, hangs)
        if draft is None or begins:
            if draft:
                yield draft
            kind: Kind = "item" if MARKER.match(line.text) else "paragraph"
            kind = "row" if _LEADER.search(line.text) else kind
            draft = Draft(kind, [line], [False], flow[0].size)
        else:
            draft.lines.append(line)
            draft.forced.append(forced)
    if draft:
        yield draft


def _ended_early(above: Line, below: Line, right: float) -> bool:
    """Whether the next line's first word would have fitted: the writer ended the line."""
    head = min(below.head, below.height * 1.5) if _BESIDES.match(below.text) else below.head
    return right - above.right > head + 1.2 * below.height


def _hangs(flow: list[Line]) -> bool:
    """Whether paragraphs begin further left than they go on, as in a bibliography."""
    left = min(line.left for line in flow)
    inner = [line.left > left + _INDENT * line.size for line in flow]
    return len(flow) > 2 and not inner[0] and 2 * sum(inner) > len(flow)


def _begins(draft: Draft, above: Line, line: Line, forced: bool, hangs: bool) -> bool:
    """Whether a line begins a block, given the block and the line above it."""
    ended = _SENTENCE_END.search(above.text) is not None
    if _LEADER.search(above.text):
        return True
    if MARKER.match(line.text) and (
        ended or forced or _BULLET.match(line.text) or line.left < above.left - 1
        or draft.kind == "item" and abs(line.left - draft.lines[0].left) < 1
    ):  # fmt: skip
        return True
    indent = line.left - above.left
    if draft.kind == "item":
        outside = line.left < draft.lines[0].left - 1 or (len(draft.lines) > 1 and indent < -1)
        return (outside or indent > 4 * line.size) and (ended or forced)
    if hangs:
        return indent < -_INDENT * line.size
    if indent > _INDENT * line.size and len(draft.lines) > 1:
        return ended or forced
    return forced and ended


def _is_heading(flow: list[Line], style: _Style) -> bool:
    text = " ".join(line.text for line in flow)
    if len(flow) > _HEADING_LINES or sum(map(str.isalpha, text)) < 2 or _LEADER.search(text):
        return False
    first = flow[0]
    if first.angle or _BULLET.match(text):
        return False
    if first.size >= _HEADING_SIZE * style.size:
        return len(text) <= _HEADING_CHARACTERS and text[-1] not in ",;"
    if first.size < _NOTE_SIZE * style.size or text[-1] in ".,;" or _CAPTION.match(text):
        return False
    if first.bold and not style.bold:
        return len(text) <= _BOLD_HEADING_CHARACTERS
    short = len(flow) == 1 and first.fixed == style.fixed and len(text) <= _PLAIN_HEADING_CHARACTERS and text[-1] not in ":?!"
    return short and (text.isupper() or _NUMBERED.match(text) is not None)


def _take_up(drafts: list[Draft], made: list[Draft], style: _Style, *, apart: bool) -> None:
    """Append a flow's blocks, the first to the paragraph it goes on with, if it does."""
    before = _unfinished(drafts, made[0], style, apart)
    if before is None:
        drafts += made
        return
    at = drafts.index(before)
    between = drafts[at + 1 :]
    last = before.lines[-1].page
    # What stood between goes where its page is: before the paragraph, or after it.
    early = [draft for draft in between if draft.lines[0].page == last]
    late = [draft for draft in between if draft.lines[0].page != last]
    before.lines += made[0].lines
    before.forced += made[0].forced
    drafts[at:] = [*early, before, *late, *made[1:]]


def _unfinished(drafts: list[Draft], next_: Draft, style: _Style, apart: bool) -> Draft | None:
    """Find the block that the next one goes on with, past notes and captions."""
    if next_.kind != "paragraph":
        return None
    passed: list[Draft] = []
    for draft in reversed(drafts[-12:]):
        if draft.kind in ("paragraph", "item") and not _is_aside(draft, style):
            fits = (apart or passed) and _goes_on(draft, next_, bool(passed))
            return draft if fits and not _pages_part(draft, passed) else None
        if not _is_aside(draft, style):
            return None
        passed.append(draft)
    return None


def _is_aside(draft: Draft, style: _Style) -> bool:
    return (
        draft.kind == "row"
        or draft.size < _NOTE_SIZE * style.size
        or draft.lines[0].angle != 0
        or _CAPTION.match(draft.lines[0].text) is not None
    )


def _pages_part(draft: Draft, passed: list[Draft]) -> bool:
    """Whether a block that was passed could no longer stand on its page."""
    first, last = draft.lines[0].page, draft.lines[-1].page
    return first != last and any(other.lines[0].page == last for other in passed)


def _goes_on(draft: Draft, next_: Draft, surely: bool) -> bool:
    """Whether a sentence runs from one block into the next.

    Args:
        draft: What may be unfinished.
        next_: What may go on with it.
        surely: A capital letter will not do.
    """
    above, below = draft.lines[-1], next_.lines[0]
    if not _is_alike(above, below) or _SENTENCE_END.search(above.text):
        return False
    first = below.text.lstrip("\"'“‘«([")[:1]
    if above.text.endswith(("-", "‐", SOFT_HYPHEN)) or first.islower():
        return True
    right = max(line.right for line in draft.lines)
    full = len(draft.lines) > 1 and above.right > right - 2 * above.size
    indented = len(next_.lines) > 1 and below.left > next_.lines[1].left + _INDENT * below.size
    return full and first.isalnum() and not indented and not surely


def _set_levels(drafts: list[Draft]) -> None:
    """Rank the headings' looks, the largest first; a number's depth ranks those of one look."""
    headings = [draft for draft in drafts if draft.kind == "heading"]
    looks = sorted({_look(draft) for draft in headings}, reverse=True)
    shallowest: dict[tuple[float, bool], int] = {}
    for draft in headings:
        look = _look(draft)
        shallowest[look] = min(shallowest.get(look, _DEEPEST), _depth(draft))
    for draft in headings:
        look = _look(draft)
        level = looks.index(look) + 1 + _depth(draft) - shallowest[look]
        draft.level = min(level, _DEEPEST)


def _look(draft: Draft) -> tuple[float, bool]:
    return round(draft.size * 2) / 2, draft.lines[0].bold


def _depth(draft: Draft) -> int:
    text = draft.lines[0].text
    match = _DEPTH.match(text) if _NUMBERED.match(text) else None
    return match[0].count(".") + 1 if match else 1
