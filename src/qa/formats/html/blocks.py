"""Write a page's headings, paragraphs, list items and table rows as blocks, in page order.

Knows which elements begin a new block. Does not know menus (see `boilerplate`).
"""

import re
from collections.abc import Collection

from qa.formats.html.boilerplate import Chosen
from qa.formats.html.list_number import item_markers
from qa.formats.html.table import (
    has_headers,
    is_bold_head,
    is_data,
    open_table,
    read_plain_rows,
    read_rows,
)
from qa.formats.html.tree import Element, text_of
from qa.formats.parsed import TextBuilder, clean
from qa.settings import ParseLimits

_BLOCKS = frozenset(
    """address article aside blockquote body button caption center dd details dialog dir div dl dt
    fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 header hgroup hr html
    legend li listing main menu nav ol p plaintext pre search section summary table tbody td tfoot
    th thead tr ul xmp""".split()
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PREFORMATTED = ("listing", "plaintext", "pre", "textarea", "xmp")
_FRAMED = frozenset(("dd", "dt", "li", *_HEADINGS, *_PREFORMATTED))
_COLLAPSED = re.compile(r"[ \t\n\f\r]+")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_TEX = re.compile(r"\{\\displaystyle (.*)\}", re.DOTALL)
_LONG_PREFORMATTED = 1_000  # characters, above which it is cut into paragraphs
_LONG_TERM = 120
_LONG_HEADING = 250
_DEEPEST_INDENT = 80


def write_blocks(
    builder: TextBuilder, chosen: Chosen, limits: ParseLimits, *, below: int = 0
) -> None:
    """Append what was chosen of a page.

    Args:
        builder: What to append to.
        chosen: The page's text.
        limits: For the cells of tables.
        below: Added to the level of each heading.

    Raises:
        UnreadableError: Too long a text, or too many cells.
    """
    writer = _Writer(builder, chosen.dropped, limits, below)
    for root in chosen.roots:
        writer.write(root)


class _Writer:
    """Collects the text of a block and appends it when the next one begins."""

    def __init__(
        self, builder: TextBuilder, dropped: Collection[Element], limits: ParseLimits, below: int
    ) -> None:
        self._builder = builder
        self._dropped = dropped
        self._limits = limits
        self._below = below
        self._buffer: list[str] = []
        self._frames: list[Element] = []  # innermost last: what a block's kind depends on
        self._marked: set[Element] = set()  # items that have had their first block
        self._markers: dict[Element, str] = {}  # numbers of the items of ordered lists
        self._preformatted = 0
        self._terms: list[str] = []  # waiting for what defines them
        self._after = ("", 0)  # the last link or code, and the length of the buffer after it

    def write(self, root: Element) -> None:
        """Append everything inside an element."""
        stack = [(root, iter(root.children))]
        self._enter(root)
        while stack:
            element, children = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                self._leave(element)
            elif isinstance(child, str):
                self._buffer.append(child if self._preformatted else _COLLAPSED.sub(" ", child))
            elif child not in self._dropped and self._enter(child):
                stack.append((child, iter(child.children)))
        self._flush()
        self._flush_terms()

    def _enter(self, element: Element) -> bool:
        """Begin an element; False if what is inside has been dealt with."""
        tag = element.tag
        if tag == "head" or (tag == "table" and self._write_table(element)):
            return False
        if tag in _BLOCKS:
            self._flush()
        if tag == "dl":
            self._flush_terms()
        elif tag == "ol":
            self._markers.update(item_markers(element))
        if tag in _FRAMED or _is_heading(element):
            self._frames.append(element)
            self._preformatted += tag in _PREFORMATTED
        else:
            self._enter_inline(element)
        return True

    def _enter_inline(self, element: Element) -> None:
        tag = element.tag
        if tag == "br":
            self._buffer.append("\n")
        elif tag == "img":
            self._buffer.append(_formula(element))
        elif tag == "q":
            self._buffer.append("“")
        elif self._after == (tag, len(self._buffer)):
            # Between links of a menu, and versions of a code, a space is only drawn.
            self._buffer.append("\n" if self._preformatted else " ")

    def _leave(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        if tag == "dl":
            self._flush_terms()
        if tag == "q":
            self._buffer.append("”")
        elif self._buffer and tag == ("code" if self._preformatted else "a"):
            self._after = (tag, len(self._buffer))
        if self._frames and self._frames[-1] is element:
            self._frames.pop()
            self._preformatted -= tag in _PREFORMATTED

    def _write_table(self, element: Element) -> bool:
        """Append a table of data; False for one that lays the page out."""
        table = open_table(element, self._dropped)
        if not is_data(element, table):
            return False
        self._flush()
        self._flush_terms()
        for caption in table.captions:
            self._builder.add(clean(text_of(caption, self._dropped)))
        if has_headers(table):
            for row in read_rows(table, self._dropped, self._limits):
                self._builder.add_table([[clean(cell) for cell in row]], header=False)
        else:
            rows = read_plain_rows(table, self._dropped, self._limits)
            header = True if is_bold_head(table) else None
            self._builder.add_table(([clean(c) for c in row] for row in rows), header=header)
        return True

    def _flush(self) -> None:
        """Append what has been collected."""
        if not self._buffer:
            return
        text = "".join(self._buffer)
        self._buffer.clear()
        self._after = ("", 0)
        if text.isspace():
            return
        frame = self._frames[-1] if self._frames else None
        for piece in _preformatted(text) if self._preformatted else _paragraphs(text):
            self._add(piece, frame)

    def _add(self, text: str, frame: Element | None) -> None:
        tag = frame.tag if frame is not None else ""
        if tag == "dt" and len(text) <= _LONG_TERM:
            self._terms.append(" ".join(text.split()))
            return
        if tag == "dd" and self._terms:
            terms, self._terms = ", ".join(self._terms).rstrip(":"), []
            self._builder.add(f"{terms}: {text}", "item")
            return
        self._flush_terms()
        if frame is not None and _is_heading(frame) and len(text) <= _LONG_HEADING:
            self._builder.add(" ".join(text.split()), "heading", _level(frame) + self._below)
        else:
            self._add_plain(text, frame)
        self._marked.update(e for e in self._frames[-3:] if e.tag == "li")

    def _add_plain(self, text: str, frame: Element | None) -> None:
        """Append a paragraph or an item; what follows an item's first block are paragraphs."""
        if frame is not None and frame.tag == "li" and frame not in self._marked:
            self._builder.add(text, "item", marker=self._markers.get(frame, ""))
        else:
            is_term = frame is not None and frame.tag == "dt"
            self._builder.add(text, "item" if is_term else "paragraph")

    def _flush_terms(self) -> None:
        """Append terms that nothing defines."""
        terms, self._terms = self._terms, []
        self._builder.add("\n".join(terms), "item")


def _is_heading(element: Element) -> bool:
    return element.tag in _HEADINGS or element.attributes.get("role", "").lower() == "heading"


def _level(heading: Element) -> int:
    if heading.tag in _HEADINGS:
        return int(heading.tag[1])
    level = heading.attributes.get("aria-level", "")
    return int(level) if level in tuple("123456") else 2  # what WAI-ARIA says it is without


def _formula(image: Element) -> str:
    """Return the text of a formula that is drawn; nothing for another picture."""
    if not re.search(r"math|\btex\b|latex", image.attributes.get("class", "").lower()):
        return ""
    alternative = image.attributes.get("alt", "")
    tex = _TEX.fullmatch(alternative.strip())
    return tex[1] if tex else alternative


def _paragraphs(text: str) -> list[str]:
    """Cut where a line is left empty (`<br><br>`), and tidy the white space."""
    pieces = (clean(piece).split("\n") for piece in _PARAGRAPHS.split(text))
    tidied = ((" ".join(line.split()) for line in lines) for lines in pieces)
    return [piece for lines in tidied if (piece := "\n".join(filter(None, lines)))]


def _preformatted(text: str) -> list[str]:
    """Keep lines and their indents; cut a long text where a line is empty."""
    lines = (_preformatted_line(line) for line in text.split("\n"))
    whole = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n"))
    return whole.split("\n\n") if len(whole) > _LONG_PREFORMATTED else [whole]


def _preformatted_line(line: str) -> str:
    line = line.expandtabs()
    indent = min(len(line) - len(line.lstrip(" ")), _DEEPEST_INDENT)
    body = " ".join(clean(line).split())
    return " " * indent + body if body else ""
