"""Find paragraphs, headings, list items and rows among a PDF's lines in reading order.

What says that a line begins something new is where it stands (a gap, an indent, a line before
it that ends early), its font and its first words. A paragraph that a column or a page ends
in the middle of a sentence is one block; what stands in between, a footnote or the caption of
a figure, comes before or after it.
"""

import re
from collections.abc import Iterator, Sequence

from qa.formats.pdf.joins import ends_sentence, is_caption, is_note, take_up
from qa.formats.pdf.lines import HYPHENS, LEADER, Line
from qa.formats.pdf.style import Draft, Style, document_style, is_alike
from qa.schema import Kind

# Distances in sizes of the font or heights of a letter; sizes as ratios.
_HEADING_SIZE = 1.15
_INDENT = 0.8
_WIDEST_STEP = 1.3
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
_NUMBERED = re.compile(
    r"(?:(?:chapter|section|part|article|annex|appendix)\s+)?"
    r"(?:\d+(?:\.\d+)+\.?|\d+\.|[IVXLC]+\.|[A-Z]\.\d+(?:\.\d+)*)\s+\S",
    re.IGNORECASE,
)
_DEPTH = re.compile(r"(?:\w+\s+)?\d+(?:\.\d+)*")
_BESIDES = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")  # no spaces there


def drafts_of(pages: Sequence[Sequence[Line]]) -> list[Draft]:
    """Make the blocks of a document.

    Args:
        pages: The lines of each page, in reading order.
    """
    style = document_style(pages)
    drafts: list[Draft] = []
    for lines in pages:
        for number, flow in enumerate(_flows(lines, style)):
            made = list(_split(flow, style))
            take_up(drafts, made, style, apart=not number or _goes_up(drafts, flow))
    _set_levels(drafts)
    return drafts


def _flows(lines: Sequence[Line], style: Style) -> Iterator[list[Line]]:
    """Cut a page's lines where the font changes, at gaps and where a column ends."""
    flow: list[Line] = []
    for line in lines:
        if flow and not _flows_on(flow[-1], line, style):
            yield flow
            flow = []
        flow.append(line)
    if flow:
        yield flow


def _flows_on(above: Line, below: Line, style: Style) -> bool:
    step = below.bottom - above.bottom
    large = below.size >= _HEADING_SIZE * style.size
    widest = _WIDEST_HEADING_STEP * below.size if large else _WIDEST_STEP * style.step(below.size)
    return (
        is_alike(above, below)
        and 0.3 * below.size < step <= widest
        and below.left < above.right
        and above.left < below.right
    )


def _goes_up(drafts: list[Draft], flow: list[Line]) -> bool:
    """Whether a flow begins above the end of what came before it: a new column."""
    return bool(drafts) and flow[0].bottom < drafts[-1].lines[-1].bottom - flow[0].height


def _split(flow: list[Line], style: Style) -> Iterator[Draft]:
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
            kind = "row" if LEADER.search(line.text) else kind
            draft = Draft(kind, [line], [False], flow[0].size)
        else:
            draft.lines.append(line)
            draft.forced.append(forced)
    if draft:
        yield draft


def _ended_early(above: Line, below: Line, right: float) -> bool:
    """Whether the next line's first word would have fitted: the writer ended the line."""
    if above.text.endswith(HYPHENS):
        return False
    head = min(below.head, below.height * 1.5) if _BESIDES.match(below.text) else below.head
    return right - above.right > head + 1.2 * below.height


def _hangs(flow: list[Line]) -> bool:
    """Whether paragraphs begin further left than they go on, as in a bibliography."""
    left = min(line.left for line in flow)
    inner = [line.left > left + _INDENT * line.size for line in flow]
    return len(flow) > 2 and not inner[0] and 2 * sum(inner) > len(flow)


def _begins(draft: Draft, above: Line, line: Line, forced: bool, hangs: bool) -> bool:
    """Whether a line begins a block, given the block and the line above it."""
    ended = ends_sentence(above.text) or above.text.endswith(";")
    if LEADER.search(above.text):
        return True
    if MARKER.match(line.text) and (
        ended or forced or _BULLET.match(line.text) or line.left < above.left - 1
        or (draft.kind == "item" and abs(line.left - draft.lines[0].left) < 1)
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


def _is_heading(flow: list[Line], style: Style) -> bool:
    text = " ".join(line.text for line in flow)
    if len(flow) > _HEADING_LINES or sum(map(str.isalpha, text)) < 2 or LEADER.search(text):
        return False
    first = flow[0]
    if first.angle or _BULLET.match(text):
        return False
    if first.size >= _HEADING_SIZE * style.size:
        return len(text) <= _HEADING_CHARACTERS and text[-1] not in ",;"
    if is_note(first.size, style) or text[-1] in ".,;" or is_caption(text):
        return False
    if first.bold and not style.bold:
        return len(text) <= _BOLD_HEADING_CHARACTERS
    short = (
        len(flow) == 1
        and first.fixed == style.fixed
        and len(text) <= _PLAIN_HEADING_CHARACTERS
        and text[-1] not in ":?!"
    )
    return short and (text.isupper() or _NUMBERED.match(text) is not None)


def _set_levels(drafts: list[Draft]) -> None:
    """Rank the headings' looks, the largest first; a number's depth ranks those of one look."""
    headings = [draft for draft in drafts if draft.kind == "heading"]
    shallowest: dict[tuple[float, bool], int] = {}
    for draft in headings:
        if depth := _depth(draft):
            shallowest[_look(draft)] = min(shallowest.get(_look(draft), depth), depth)
    ranks = [
        (*_look(draft), -(_depth(draft) or shallowest.get(_look(draft), 1))) for draft in headings
    ]
    order = sorted(set(ranks), reverse=True)
    for draft, rank in zip(headings, ranks, strict=True):
        draft.level = min(order.index(rank) + 1, _DEEPEST)


def _look(draft: Draft) -> tuple[float, bool]:
    return round(draft.size * 2) / 2, draft.lines[0].bold


def _depth(draft: Draft) -> int:
    """Count the parts of a heading's number; 0 if it has none."""
    text = draft.lines[0].text
    match = _DEPTH.match(text) if _NUMBERED.match(text) else None
    return match[0].count(".") + 1 if match else 0
