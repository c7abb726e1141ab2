"""Write a PDF's blocks as one running text, and keep where on the pages it stands.

Wrapped lines are joined by a space and words parted by a hyphen are made whole, so that a
sentence or a quote reads as one.
"""

import json
import re
from collections.abc import Iterable, Sequence, Set

from qa.formats.parsed import UnreadableError
from qa.formats.pdf.blocks import MARKER
from qa.formats.pdf.lines import LEADER, SOFT_HYPHEN, Line
from qa.formats.pdf.style import Draft
from qa.schema import Block

_LAST_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*[-‐\u00ad]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)+")
_HANGING = frozenset("and or und oder et ou y o e ed en of to bis".split())
_WIDE_SCRIPT = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")  # Korean has spaces


def compounds(pages: Iterable[Iterable[Line]]) -> frozenset[str]:
    """Collect the words that are written with a hyphen inside a line, in small letters."""
    return frozenset(
        match[0].casefold()
        for lines in pages
        for line in lines
        if "-" in line.text or "‐" in line.text
        for match in _COMPOUND.finditer(line.text)
    )


class PageText:
    """Puts blocks together into one text and keeps where each of its characters is drawn."""

    def __init__(self, compounds: frozenset[str], most: int) -> None:
        self._compounds = compounds
        self._most = most
        self._parts: list[str] = []
        self._length = 0
        self._starts: dict[int, int] = {}
        self._layout: list[tuple[float, ...]] = []
        self.blocks: list[Block] = []

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)

    def add(self, draft: Draft) -> None:
        """Append a block.

        Raises:
            UnreadableError: The document becomes longer than the limit.
        """
        if self.blocks:
            close = draft.kind == self.blocks[-1].kind and draft.kind in ("item", "row")
            self._append("\n" if close else "\n\n")
        start = self._length
        if draft.lines[0].cells:
            self._add_row(draft.lines[0])
        else:
            self._add_lines(draft.lines, draft.forced)
        marker = MARKER.match(draft.lines[0].text) if draft.kind == "item" else None
        content = start + marker.end() if marker else start
        self.blocks.append(Block(start, self._length, content, draft.kind, draft.level))

    def pages(self, count: int) -> tuple[int, ...]:
        """Return where each page starts; one without text starts where the next one does."""
        starts = [self._starts.get(page) for page in range(count)]
        after = self._length
        for page in range(count - 1, -1, -1):
            found = starts[page]
            after = after if found is None else found
            starts[page] = after
        return (0, *(start for start in starts[1:] if start is not None))

    def layout(self) -> str:
        """Return the runs of text and where they are on the pages, as JSON.

        Each is `[start, length, page, index]`: its place in the text, the page's number from
        1, and the index of its first character in PDFium's text page. On a page that was read
        as a picture it is `[start, length, page, left, top, right, bottom]`, see `Run.box`.
        """
        return json.dumps(self._layout, separators=(",", ":"))

    def _add_row(self, line: Line) -> None:
        before = ""
        for name, cell in zip(line.names, line.cells, strict=True):
            # "Name of the boat: Petrel", as a form's labels are written.
            self._append("" if not before else " " if before.endswith(":") else " | ")
            before = cell.text
            self._append(f"{name}: " if name and name != cell.text else "")
            lines = cell.cells or (cell,)
            self._add_lines(lines, [False] * len(lines))

    def _add_lines(self, lines: Sequence[Line], forced: Sequence[bool]) -> None:
        for number, line in enumerate(lines):
            separator, keep = "", not line.text.endswith(SOFT_HYPHEN)
            if number + 1 < len(lines):
                separator, keep = _between(line.text, lines[number + 1].text, self._compounds)
                if forced[number + 1]:
                    separator, keep = "\n", True
            self._draw(line, len(line.text) - (not keep))
            self._append(separator)

    def _draw(self, line: Line, end: int) -> None:
        """Append a line's first characters, dots that lead to a page number as one sign."""
        at = 0
        for leader in LEADER.finditer(line.text, 0, end):
            self._draw_part(line, at, leader.start())
            self._append((" …" if leader.start() else "…") + (" " if leader.end() < end else ""))
            at = leader.end()
        self._draw_part(line, at, end)

    def _draw_part(self, line: Line, start: int, end: int) -> None:
        if start >= end:
            return
        self._starts.setdefault(line.page, self._length)
        for run in line.runs:
            first, after = max(run.offset, start), min(run.offset + run.length, end)
            if first < after:
                place = self._length + first - start
                on_page = run.box or (run.first + first - run.offset,)
                self._layout.append((place, after - first, line.page + 1, *on_page))
        self._append(line.text[start:end])

    def _append(self, text: str) -> None:
        self._length += len(text)
        if self._length > self._most:
            raise UnreadableError(
                f"more than {self._most:,} characters of text (limit --max-characters)"
            )
        self._parts.append(text)


def _between(above: str, below: str, compounds: Set[str]) -> tuple[str, bool]:
    """Say how a line goes on in the next.

    Returns:
        What to put between them, and whether the last character of the first one stays.
    """
    if above.endswith(SOFT_HYPHEN):
        return "", False
    if above.endswith(("-", "‐")):
        return _after_hyphen(above, below, compounds)
    if above[-2:-1].strip() and above[-1] in "—/_":
        return "", True
    beside = _WIDE_SCRIPT.match(above[-1]) and _WIDE_SCRIPT.match(below)
    return "" if beside else " ", True


def _after_hyphen(above: str, below: str, compounds: Set[str]) -> tuple[str, bool]:
    last, first = _LAST_WORD.search(above), _FIRST_WORD.match(below)
    if len(above) < 2 or above[-2].isspace():
        return " ", True
    if last is None or first is None:
        return "", True
    if first[0] in _HANGING:  # "pre- and post-war"
        return " ", True
    # "state-of-the-" keeps its last hyphen as it keeps the others.
    is_compound = (last[0] + first[0]).casefold() in compounds or "-" in last[0][:-1]
    in_address = last.start() > 0 and above[last.start() - 1] in "/.@_"
    return "", is_compound or in_address or not first[0][0].islower()
