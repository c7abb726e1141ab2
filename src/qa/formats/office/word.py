"""Read Word documents: headings, numbered lists, tables, text boxes and notes, as one sees them.

What Word shows and nothing else: tracked insertions count, deletions and hidden text do not;
comments and the table of contents (which only repeats) are left out. A note follows the
paragraph it belongs to, so that it is found together with it; so does a chart, as a table of
its numbers. Headers and footers stand at the end, each once. There are no pages: where they
end is decided by Word, not by the file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from qa.formats.office.drawing import read_chart
from qa.formats.office.package import Package, attribute, child, local, number
from qa.formats.office.parts import Relationship, core_properties, main_part, relationships
from qa.formats.office.running_heads import shown_parts
from qa.formats.office.symbol_fonts import symbol
from qa.formats.office.word_styles import (
    OFF,
    UNREAD,
    Numbering,
    Style,
    heading_level,
    is_on,
    read_lists,
    read_styles,
    style_chain,
)
from qa.formats.parsed import (
    Parsed,
    TextBuilder,
    UnreadableError,
    check_characters,
    clean,
    says_something,
)
from qa.formats.raised import lowered, raised
from qa.formats.table_header import looks_like_header
from qa.schema import Kind
from qa.settings import ParseLimits

_DROPPED = frozenset(
    "del moveFrom delText instrText delInstrText Fallback rt annotationRef altChunk".split()
    + "pPr rPr sdtPr sdtEndPr sectPr tblPr tblGrid tblPrEx trPr tcPr".split()
)
_APART = frozenset(("txbxContent", "footnoteReference", "endnoteReference", "chart"))
_CHARACTERS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_MATH = {"sup": "^", "sub": "_", "den": "/"}
_CONTENTS = re.compile(r"(toc|contents) (heading|\d)|table of figures")
_LIST = re.compile(r"list (bullet|number)( \d)?")
# Whole paragraphs get a heading's style by mistake; a heading is never cited.
_HEADING_CHARACTERS = 250
# A cell longer than this lays out a page, it is not an entry of a table.
_CELL_CHARACTERS = 1_000
_COLUMNS = 63  # the most Word allows


def parse_docx(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a Word document.

    Raises:
        UnreadableError: It is damaged, of another kind, over a limit, or without text.
    """
    package = Package(data, limits)
    main = main_part(package, "word/document.xml", "document")
    reader = _reader(package, main, limits)
    builder = TextBuilder(limits)
    title = ""
    for element in package.children(main, ("body",)):
        for piece in reader.pieces(element):
            _add(builder, piece, limits)
            title = title or (piece.text if piece.is_title else "")
    if margins := list(reader.margins()):
        builder.add("Header and footer", "heading", 1)
    for piece in margins:
        _add(builder, piece, limits)
    said, date = core_properties(package)
    return builder.parsed(title=said or title, date=date)


class _Piece(NamedTuple):
    """A block of text, or a table with its text once more as one line."""

    text: str
    marker: str = ""
    kind: Kind = "paragraph"
    level: int = 0
    is_title: bool = False
    rows: tuple[list[str], ...] = ()
    header: bool | None = None


# A cell, None for a gap at a row's beginning, and what is in it.
_Cell = tuple[Element | None, list[_Piece]]


def _add(builder: TextBuilder, piece: _Piece, limits: ParseLimits) -> None:
    if not piece.rows:
        builder.add(piece.text, piece.kind, piece.level, piece.marker)
        return
    check_characters(sum(len(cell) for row in piece.rows for cell in row), limits)
    # Of one cell, as wide as the table: its caption, or what the rows below it are about.
    rows = [row for row in piece.rows if len(row) > 1]
    header = looks_like_header(rows) if piece.header is None else piece.header
    names = rows[0] if rows and header else []
    is_begun = False
    for row in piece.rows:
        if len(row) > 1:
            builder.add_table([row], header=False, names=names if is_begun else ())
            is_begun = True
        else:
            builder.add("".join(row), "row" if is_begun else "paragraph")


@dataclass(slots=True)
class _Reader:
    """Turns elements of the body into pieces, in the order they are read."""

    package: Package
    links: Mapping[str, Relationship]
    limits: ParseLimits
    styles: Mapping[str, Style]
    numbering: Numbering
    # By what refers to them, each taken out when it is read.
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    charts: dict[str, str] = field(default_factory=dict)
    sections: list[Element] = field(default_factory=list)
    _tables: int = 0

    def pieces(self, element: Element) -> Iterator[_Piece]:
        """Read a block and what is in it."""
        name = local(element.tag)
        if name == "p":
            yield from self._paragraph(element)
        elif name == "tbl":
            yield from self._table(element)
        elif name == "sectPr":
            self.sections.append(element)
        elif name not in _DROPPED:
            for inner in element:
                yield from self.pieces(inner)

    def margins(self) -> Iterator[_Piece]:
        """Read the headers and footers of the sections that were read, each once."""
        told = set[str]()
        for part in shown_parts(self.package, self.links, self.sections):
            try:
                root = self.package.tree(part)
            except UnreadableError:  # no reason to refuse the document
                continue
            for piece in (piece for element in root for piece in self.pieces(element)):
                if says_something(piece.text) and piece.text not in told:
                    told.add(piece.text)
                    yield piece

    def _paragraph(self, element: Element) -> Iterator[_Piece]:
        properties = child(element, "pPr")
        if (section := child(properties, "sectPr")) is not None:
            self.sections.append(section)
        chain = list(style_chain(self.styles, attribute(child(properties, "pStyle"), "val")))
        names = [style.name for style in chain]
        parts: list[str] = []
        apart: list[Element] = []
        self._inline(element, parts, apart, chain)
        text = clean("".join(parts)).strip()
        label = self._label([properties, *(style.properties for style in chain)])
        if text and not any(map(_CONTENTS.fullmatch, names[:1])):
            yield _piece(text, label, heading_level(properties, chain), names)
        for inner in apart:
            if local(inner.tag) == "txbxContent":
                yield from self.pieces(inner)
            elif local(inner.tag) == "chart":
                yield from self._chart(attribute(inner, "id"))
            elif note := self.notes.pop((local(inner.tag), attribute(inner, "id")), ""):
                yield _Piece(note)

    def _inline(
        self, element: Element, parts: list[str], apart: list[Element], chain: list[Style]
    ) -> None:
        """Collect a paragraph's text, and the boxes, charts and notes that hang on it."""
        for inner in element:
            name = local(inner.tag)
            if name == "t":
                parts.append(inner.text or "")
            elif name in _CHARACTERS:
                parts.append(_CHARACTERS[name])
            elif name == "sym":
                parts.append(symbol(attribute(inner, "font"), attribute(inner, "char")))
            elif name == "ffData":
                parts.append(_form_field(inner))
            elif name == "sdt" and (box := child(inner, "sdtPr", "checkbox")) is not None:
                parts.append(_tick(is_on(child(box, "checked"))))
            elif name in _APART:
                apart.append(inner)
            elif name not in _DROPPED and not (name == "r" and self._is_hidden(inner, chain)):
                parts.append(_MATH.get(name, ""))
                first = len(parts)
                self._inline(inner, parts, apart, chain)
                if name == "r" and (level := self._level(inner)):
                    own = "".join(parts[first:])
                    before = next(filter(None, reversed(parts[:first])), "")
                    parts[first:] = [raised(own) if level > 0 else lowered(own, before)]

    def _chart(self, link: str) -> Iterator[_Piece]:
        if part := self.charts.pop(link, ""):
            title, rows, is_headed = read_chart(self.package.tree(part), self.limits)
            yield _Piece(title)
            yield _Piece(_flat(rows), rows=tuple(rows), header=is_headed)

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
        heads = sum(1 for row, _ in rows if is_on(child(row, "trPr", "tblHeader")))
        if 1 < heads < len(grid):
            grid[:heads] = [_merge_heads(grid[:heads])]
        first = next(row for row, cells in rows if len(cells) > 1)
        header = True if heads or self._is_bold_head(table, first) else None
        yield _Piece(_flat(grid), rows=tuple(grid), header=header)

    def _cells(self, row: Element) -> Iterator[_Cell]:
        before = number(attribute(child(row, "trPr", "gridBefore"), "val"))
        yield from [(None, [])] * min(before, _COLUMNS)
        if child(row, "trPr", "del") is None:
            for cell in _inside(row, "tc"):
                yield cell, [piece for inner in cell for piece in self.pieces(inner)]

    def _is_bold_head(self, table: Element, first: Element) -> bool:
        look = child(table, "tblPr", "tblLook")
        chain = style_chain(self.styles, attribute(child(table, "tblPr", "tblStyle"), "val"))
        if _first_row_stands_out(look) and any(style.has_bold_head for style in chain):
            return True
        runs = [r for r in first.iter() if local(r.tag) == "r" and child(r, "t") is not None]
        return bool(runs) and all(is_on(child(run, "rPr", "b")) for run in runs)

    def _label(self, sources: Iterable[Element | None]) -> str | None:
        """Number a paragraph; None if it is of no list."""
        level = ""
        for properties in sources:
            numbered = child(properties, "numPr")
            level = level or attribute(child(numbered, "ilvl"), "val")
            if list_id := attribute(child(numbered, "numId"), "val"):
                return self.numbering.label(list_id, min(max(number(level), 0), 8))
        return None

    def _is_hidden(self, run: Element, paragraph: list[Style]) -> bool:
        """Whether a run is hidden or struck out: the last word is that of the run itself."""
        properties = child(run, "rPr")
        chain = [*self._run_styles(properties), *paragraph]
        return any(_is_set(properties, chain, name) for name in UNREAD)

    def _level(self, run: Element) -> int:
        """Say whether a run is raised, 1, or lowered, -1."""
        properties = child(run, "rPr")
        sources = [properties, *(style.run for style in self._run_styles(properties))]
        values = (attribute(child(source, "vertAlign"), "val") for source in sources)
        return {"superscript": 1, "subscript": -1}.get(next(filter(None, values), ""), 0)

    def _run_styles(self, properties: Element | None) -> list[Style]:
        style = attribute(child(properties, "rStyle"), "val")
        return list(style_chain(self.styles, style)) if style else []


def _piece(text: str, label: str | None, level: int, names: list[str]) -> _Piece:
    if level and len(text) <= _HEADING_CHARACTERS:
        full = f"{label} {text}" if label else text
        return _Piece(full, kind="heading", level=level, is_title="title" in names)
    listed = label is not None or any(map(_LIST.fullmatch, names))
    return _Piece(text, label or "", "item" if listed else "paragraph")


def _grid(
    rows: list[list[tuple[Element | None, list[_Piece]]]], *, repeat: bool
) -> list[list[str]]:
    """Return each row a text a column; merged cells say theirs in every row and column."""
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
    """Return a cell's text in one line."""
    line = ""
    for piece in pieces:
        line += ("; " if piece.kind == "item" or piece.rows else " ") * bool(line)
        line += f"{piece.marker} {piece.text}" if piece.marker else piece.text
    return line


def _flat(rows: Iterable[list[str]]) -> str:
    """Return a table's text in one line."""
    return "; ".join(" / ".join(filter(None, row)) for row in rows)


def _inside(element: Element, name: str) -> Iterator[Element]:
    """Find rows or cells, also within content controls and tracked changes."""
    for inner in element:
        if local(inner.tag) == name:
            yield inner
        elif local(inner.tag) not in _DROPPED:
            yield from _inside(inner, name)


def _form_field(data: Element) -> str:
    """Write what an old form field shows that is not text: a box, or what was chosen."""
    if (box := child(data, "checkBox")) is not None:
        state = child(box, "checked")
        return _tick(is_on(child(box, "default") if state is None else state))
    choices = child(data, "ddList")
    entries = [part for part in choices or () if local(part.tag) == "listEntry"]
    at = number(attribute(child(choices, "result"), "val"))
    return attribute(entries[at], "val") if 0 <= at < len(entries) else ""


def _tick(is_ticked: bool) -> str:
    return "[x]" if is_ticked else "[ ]"


def _is_set(properties: Element | None, chain: Iterable[Style], name: str) -> bool:
    """Whether a run's own properties, or else its styles', switch something on."""
    sources = (properties, *(style.run for style in chain))
    switches = (child(source, name) for source in sources)
    return is_on(next((switch for switch in switches if switch is not None), None))


def _first_row_stands_out(look: Element | None) -> bool:
    bits = attribute(look, "val")  # before Word 2010
    if re.fullmatch(r"[0-9A-Fa-f]{4}", bits):
        return bool(int(bits, 16) & 0x20)
    return attribute(look, "firstRow", "0") not in OFF


def _reader(package: Package, main: str, limits: ParseLimits) -> _Reader:
    links = relationships(package, main)
    parts = {link.kind: link.target for link in links.values()}
    styles = read_styles(package.tree(parts["styles"])) if "styles" in parts else {}
    lists = read_lists(package.tree(parts["numbering"])) if "numbering" in parts else {}
    reader = _Reader(package, links, limits, styles, Numbering(lists))
    for kind, label in (("footnote", "Footnote"), ("endnote", "Endnote")):
        part = parts.get(f"{kind}s")
        for note in package.children(part, (f"{kind}s",)) if part else ():
            if not attribute(note, "type") and (text := _line(list(reader.pieces(note)))):
                reader.notes[f"{kind}Reference", attribute(note, "id")] = f"{label}: {text}"
    reader.charts.update({key: at.target for key, at in links.items() if at.kind == "chart"})
    return reader
