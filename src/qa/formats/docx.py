"""Word documents: headings, numbered lists, tables, text boxes and notes, as one sees them.

What Word shows and nothing else: tracked insertions count, deletions and hidden text do not;
running heads, comments and the table of contents (which only repeats) are left out. A note
follows the paragraph it belongs to, so that it is found together with it. There are no pages:
where they end is decided by Word, not by the file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from qa.formats.archive import (
    Package,
    attribute,
    check_characters,
    child,
    core_properties,
    local,
    main_part,
    number,
)
from qa.formats.parsed import Parsed, TextBuilder, clean
from qa.schema import Kind
from qa.settings import ParseLimits

_DROPPED = frozenset(
    "del moveFrom delText instrText delInstrText Fallback rt annotationRef altChunk".split()
    + "pPr rPr sdtPr sdtEndPr sectPr tblPr tblGrid tblPrEx trPr tcPr".split()
)
_CHARACTERS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_MATH = {"sup": "^", "sub": "_", "den": "/"}
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_RAISED = re.compile(r"[0-9+−-]+")
_HEADING = re.compile(r"heading ([1-9])")
_CONTENTS = re.compile(r"(toc|contents) (heading|\d)|table of figures")
_LIST = re.compile(r"list (bullet|number)( \d)?")
# Whole paragraphs get a heading's style by mistake; a heading is never cited.
_HEADING_CHARACTERS = 250
# A cell longer than this lays out a page, it is not an entry of a table.
_CELL_CHARACTERS = 1_000
_COLUMNS = 63  # the most Word allows
_OFF = ("0", "false", "off")
_ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(), strict=True)
)  # fmt: skip


def parse_docx(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a Word document.

    Raises:
        UnreadableError: It is damaged, of another kind, over a limit, or without text.
    """
    package = Package(data, limits)
    main = main_part(package, "word/document.xml", "document")
    parts = {link.kind: link.target for link in package.relationships(main).values()}
    reader = _reader(package, parts)
    builder = TextBuilder(limits)
    title = ""
    for element in package.children(main, ("body",)):
        for piece in reader.pieces(element):
            _add(builder, piece, limits)
            title = title or (piece.text if piece.is_title else "")
    said, date = core_properties(package)
    return builder.parsed(title=said or title, date=date)


class _Piece(NamedTuple):
    """A block of text, or a table with its text once more as one line."""

    text: str
    kind: Kind = "paragraph"
    level: int = 0
    is_title: bool = False
    rows: tuple[list[str], ...] = ()
    header: bool | None = None


# A cell, None for a gap at a row's beginning, and what is in it.
_Cell = tuple[Element | None, list[_Piece]]


class _Style(NamedTuple):
    name: str
    parent: str
    properties: Element | None
    hidden: bool
    bold_head: bool


class _Level(NamedTuple):
    """How one level of a list is numbered."""

    form: str
    template: str
    start: int
    legal: bool


def _add(builder: TextBuilder, piece: _Piece, limits: ParseLimits) -> None:
    if not piece.rows:
        builder.add(piece.text, piece.kind, piece.level)
        return
    check_characters(sum(len(cell) for row in piece.rows for cell in row), limits)
    head: list[list[str]] = []
    rows: list[list[str]] = []
    for row in (*piece.rows, []):
        if len(row) > 1:
            rows.append(row)
            continue
        # One cell as wide as the table: its caption, or what the rows below it are about.
        if rows:
            builder.add_table(head + rows, header=True if head else piece.header)
            head = head or (rows[:1] if piece.header else [])
        builder.add("".join(row), "row" if rows or head else "paragraph")
        rows = []


@dataclass(slots=True)
class _Numbering:
    """Counts list items as Word does; the file only says how they are to be counted."""

    # By list: what it shares its counters with, its levels, and where it starts anew.
    lists: Mapping[str, tuple[str, Mapping[int, _Level], Mapping[int, int]]]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, list_id: str, depth: int) -> str | None:
        """Number the next item; empty for a bullet, None if there is no such list."""
        if list_id not in self.lists:
            return None
        key, levels, restarts = self.lists[list_id]
        counts = self._counts.setdefault(key, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            counts.update({level: start - 1 for level, start in restarts.items()})
        level = levels.get(depth, _Level("bullet", "", 1, False))
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form == "bullet":
            return ""

        def count(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            counted = levels.get(at, level)
            value = counts.get(at, counted.start)
            return _count(value, "decimal" if level.legal else counted.form)

        return re.sub(r"%([1-9])", count, level.template).strip()


@dataclass(slots=True)
class _Reader:
    """Turns elements of the body into pieces, in the order they are read."""

    styles: Mapping[str, _Style]
    numbering: _Numbering
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    _tables: int = 0

    def pieces(self, element: Element) -> Iterator[_Piece]:
        """Read a block and what is in it."""
        name = local(element.tag)
        if name == "p":
            yield from self._paragraph(element)
        elif name == "tbl":
            yield from self._table(element)
        elif name not in _DROPPED:
            for inner in element:
                yield from self.pieces(inner)

    def _paragraph(self, element: Element) -> Iterator[_Piece]:
        properties = child(element, "pPr")
        chain = list(self._chain(attribute(child(properties, "pStyle"), "val")))
        names = [style.name for style in chain]
        parts: list[str] = []
        apart: list[Element] = []
        self._inline(element, parts, apart)
        text = clean("".join(parts)).strip()
        label = self._label([properties, *(style.properties for style in chain)])
        if text and not any(map(_CONTENTS.fullmatch, names[:1])):
            yield _piece(text, label, _heading_level(properties, chain), names)
        for inner in apart:
            if local(inner.tag) == "txbxContent":
                yield from self.pieces(inner)
            elif note := self.notes.pop((local(inner.tag), attribute(inner, "id")), ""):
                yield _Piece(note)

    def _inline(self, element: Element, parts: list[str], apart: list[Element]) -> None:
        """Collect a paragraph's text, and the boxes and notes that hang on it."""
        for inner in element:
            name = local(inner.tag)
            if name == "t":
                parts.append(inner.text or "")
            elif name in _CHARACTERS:
                parts.append(_CHARACTERS[name])
            elif name in ("txbxContent", "footnoteReference", "endnoteReference"):
                apart.append(inner)
            elif name not in _DROPPED and not (name == "r" and self._is_hidden(inner)):
                parts.append(_MATH.get(name, ""))
                first = len(parts)
                self._inline(inner, parts, apart)
                if name == "r" and _is_raised(inner):
                    parts[first:] = [_raise("".join(parts[first:]))]

    def _table(self, table: Element) -> Iterator[_Piece]:
        self._tables += 1
        rows = [(row, list(self._cells(row))) for row in _inside(table, "tr")]
        self._tables -= 1
        longest = max((len(_line(cell)) for _, cells in rows for _, cell in cells), default=0)
        if longest > _CELL_CHARACTERS or all(len(cells) < 2 for _, cells in rows):
            yield from (piece for _, cells in rows for _, cell in cells for piece in cell)
            return
        # Tables in cells are told in one line, each value once: repeating in repetitions
        # grows without bounds.
        grid = _grid([cells for _, cells in rows], repeat=not self._tables)
        heads = sum(1 for row, _ in rows if _is_on(child(row, "trPr", "tblHeader")))
        if 1 < heads < len(grid):
            grid[:heads] = [_merge_heads(grid[:heads])]
        flat = "; ".join(" / ".join(filter(None, row)) for row in grid)
        header = True if heads else self._judge_header(table, rows[0][0], len(rows[0][1]))
        yield _Piece(flat, rows=tuple(grid), header=header)

    def _cells(self, row: Element) -> Iterator[_Cell]:
        before = number(attribute(child(row, "trPr", "gridBefore"), "val"))
        yield from [(None, [])] * min(before, _COLUMNS)
        if child(row, "trPr", "del") is None:
            for cell in _inside(row, "tc"):
                yield cell, [piece for inner in cell for piece in self.pieces(inner)]

    def _judge_header(self, table: Element, first: Element, columns: int) -> bool | None:
        """Tell by bold type; else let the cells tell, which cannot tell for two columns."""
        look = child(table, "tblPr", "tblLook")
        chain = self._chain(attribute(child(table, "tblPr", "tblStyle"), "val"))
        if _first_row_stands_out(look) and any(style.bold_head for style in chain):
            return True
        runs = [r for r in first.iter() if local(r.tag) == "r" and child(r, "t") is not None]
        if runs and all(_is_on(child(run, "rPr", "b")) for run in runs):
            return True
        return None if columns > 2 else False

    def _label(self, sources: Iterable[Element | None]) -> str | None:
        """Number a paragraph; None if it is of no list."""
        level = ""
        for properties in sources:
            numbered = child(properties, "numPr")
            level = level or attribute(child(numbered, "ilvl"), "val")
            if list_id := attribute(child(numbered, "numId"), "val"):
                return self.numbering.label(list_id, min(max(number(level), 0), 8))
        return None

    def _chain(self, style_id: str) -> Iterator[_Style]:
        """Give a style and those it is based on; a circle ends where it closes."""
        seen = set()
        while style_id in self.styles and style_id not in seen:
            seen.add(style_id)
            yield self.styles[style_id]
            style_id = self.styles[style_id].parent

    def _is_hidden(self, run: Element) -> bool:
        properties = child(run, "rPr")
        if (own := child(properties, "vanish")) is not None:
            return _is_on(own)
        style = attribute(child(properties, "rStyle"), "val")
        return bool(style) and any(style.hidden for style in self._chain(style))


def _piece(text: str, label: str | None, level: int, names: list[str]) -> _Piece:
    full = f"{label} {text}" if label else text
    if level and len(text) <= _HEADING_CHARACTERS:
        return _Piece(full, "heading", level, is_title="title" in names)
    listed = label is not None or any(map(_LIST.fullmatch, names))
    return _Piece(full, "item" if listed else "paragraph")


def _heading_level(properties: Element | None, chain: list[_Style]) -> int:
    for source, name in ((properties, ""), *((style.properties, style.name) for style in chain)):
        if match := _HEADING.fullmatch(name):
            return int(match[1])
        if name == "title":
            return 1
        if outline := attribute(child(source, "outlineLvl"), "val"):
            level = number(outline, 9)
            return level + 1 if 0 <= level < 9 else 0
    return 0


def _grid(
    rows: list[list[tuple[Element | None, list[_Piece]]]], *, repeat: bool
) -> list[list[str]]:
    """Give each row a text a column; merged cells say theirs in every row and column."""
    grid = []
    above: dict[int, str] = {}
    for cells in rows:
        row: list[str] = []
        for cell, pieces in cells:
            properties = None if cell is None else child(cell, "tcPr")
            span = max(1, min(number(attribute(child(properties, "gridSpan"), "val"), 1), _COLUMNS))
            merge = child(properties, "vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart"
            text = above.get(len(row), "") if goes_on and repeat else _line(pieces)
            above[len(row)] = text if merge is not None else ""
            row += [text] * span if repeat and len(cells) > 1 else [text]
        grid.append(row)
    return [row for row in grid if any(row)]


def _merge_heads(rows: list[list[str]]) -> list[str]:
    """Put names that stand above each other together: "Population", "Men"."""
    width = max(map(len, rows))
    columns = ([row[at] for row in rows if at < len(row)] for at in range(width))
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def _line(pieces: list[_Piece]) -> str:
    """Give a cell's text in one line."""
    line = ""
    for piece in pieces:
        line += ("; " if piece.kind == "item" or piece.rows else " ") * bool(line) + piece.text
    return line


def _inside(element: Element, name: str) -> Iterator[Element]:
    """Find rows or cells, also within content controls and tracked changes."""
    for inner in element:
        if local(inner.tag) == name:
            yield inner
        elif local(inner.tag) not in _DROPPED:
            yield from _inside(inner, name)


def _is_on(switch: Element | None) -> bool:
    return switch is not None and attribute(switch, "val") not in _OFF


def _first_row_stands_out(look: Element | None) -> bool:
    bits = attribute(look, "val")  # before Word 2010
    if re.fullmatch(r"[0-9A-Fa-f]{4}", bits):
        return bool(int(bits, 16) & 0x20)
    return attribute(look, "firstRow", "0") not in _OFF


def _is_raised(run: Element) -> bool:
    return attribute(child(run, "rPr", "vertAlign"), "val") == "superscript"


def _raise(text: str) -> str:
    """Keep 10⁶ from becoming 106."""
    return text.translate(_SUPERSCRIPT) if _RAISED.fullmatch(text) else text


def _count(value: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and 0 < value <= 26 * 9:
        letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < value < 4000:
        numeral = ""
        for worth, sign in _ROMAN:
            numeral += sign * (value // worth)
            value %= worth
        return numeral.lower() if form == "lowerRoman" else numeral
    if form == "none":
        return ""
    return f"{value:02d}" if form == "decimalZero" else str(value)


def _reader(package: Package, parts: Mapping[str, str]) -> _Reader:
    styles = _styles(package.tree(parts["styles"])) if "styles" in parts else {}
    lists = _lists(package.tree(parts["numbering"])) if "numbering" in parts else {}
    reader = _Reader(styles, _Numbering(lists))
    for kind, label in (("footnote", "Footnote"), ("endnote", "Endnote")):
        part = parts.get(f"{kind}s")
        for note in package.children(part, (f"{kind}s",)) if part else ():
            if not attribute(note, "type") and (text := _line(list(reader.pieces(note)))):
                reader.notes[f"{kind}Reference", attribute(note, "id")] = f"{label}: {text}"
    return reader


def _styles(root: Element) -> dict[str, _Style]:
    styles = {}
    for style in root:
        if local(style.tag) == "style":
            styles[attribute(style, "styleId")] = _Style(
                attribute(child(style, "name"), "val").lower(),
                attribute(child(style, "basedOn"), "val"),
                child(style, "pPr"),
                _is_on(child(style, "rPr", "vanish")),
                any(
                    attribute(part, "type") == "firstRow" and _is_on(child(part, "rPr", "b"))
                    for part in style
                    if local(part.tag) == "tblStylePr"
                ),
            )
    return styles


def _lists(
    root: Element,
) -> dict[str, tuple[str, Mapping[int, _Level], Mapping[int, int]]]:
    abstract = {}
    lists: dict[str, tuple[str, Mapping[int, _Level], Mapping[int, int]]] = {}
    for element in root:
        if local(element.tag) == "abstractNum":
            abstract[attribute(element, "abstractNumId")] = _levels(element)
        elif local(element.tag) == "num":
            key = attribute(child(element, "abstractNumId"), "val")
            levels = dict(abstract.get(key, {}))
            restarts = {}
            for override in element:
                levels.update(_levels(override))
                if start := attribute(child(override, "startOverride"), "val"):
                    restarts[number(attribute(override, "ilvl"))] = number(start, 1)
            lists[attribute(element, "numId")] = key, levels, restarts
    return lists


def _levels(element: Element) -> dict[int, _Level]:
    return {
        number(attribute(level, "ilvl")): _Level(
            attribute(child(level, "numFmt"), "val", "decimal"),
            attribute(child(level, "lvlText"), "val"),
            number(attribute(child(level, "start"), "val"), 1),
            _is_on(child(level, "isLgl")),
        )
        for level in element
        if local(level.tag) == "lvl"
    }
