"""Read PowerPoint presentations: every slide a page, its title the heading, with speaker's notes.

Slides come in the order of the show, and their pages are numbered as PowerPoint numbers
them: a hidden slide has a number but no text. On a slide placeholders come first, then what
else there is, from the top and the left: files keep what lies over what, which is no order to
read in. Text on the slide master, which every slide repeats, and the fields for date and number
are left out; a footer is told once. Charts are told by their numbers, diagrams (SmartArt) by
their words.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from qa.formats.office.drawing import drawing_text, read_chart
from qa.formats.office.package import Package, attribute, child, local, number
from qa.formats.office.parts import Relationship, core_properties, main_part, relationships
from qa.formats.parsed import Parsed, TextBuilder, check_characters
from qa.schema import Kind
from qa.settings import ParseLimits

_COUNTED = frozenset(("sldNum", "dt"))
_REPEATED = frozenset(("ftr", "hdr"))
_TITLES = frozenset(("title", "ctrTitle"))
_BODIES = frozenset(("body", "obj", ""))
_ON = ("1", "true")
_SHAPES = frozenset(("sp", "grpSp", "graphicFrame"))
_GRAPHICS = frozenset(("tbl", "chart", "relIds"))
_SAME_ROW = 180_000  # 5 mm, in the units of a slide
_NOWHERE = -(10**9)  # before all positions


class _Shape(NamedTuple):
    """Something with text.

    Attributes:
        place: The type of the placeholder it is in; None if it is in none.
        element: The shape, or the table, chart or diagram in its frame.
    """

    place: str | None
    element: Element


def parse_pptx(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a presentation.

    Raises:
        UnreadableError: It is damaged, of another kind, over a limit, or without text.
    """
    package = Package(data, limits)
    main = main_part(package, "ppt/presentation.xml", "presentation")
    links = relationships(package, main)
    builder = TextBuilder(limits)
    title = ""
    told = set[str]()
    for slide_id in child(package.tree(main), "sldIdLst") or ():
        builder.start_page()
        link = links.get(_relation(slide_id))
        slide = package.tree(link.target) if link else None
        if link and slide is not None and attribute(slide, "show") not in ("0", "false"):
            slide_links = relationships(package, link.target)
            found = _add_slide(builder, package, slide, slide_links, limits, told)
            title = title or found
    said, date = core_properties(package)
    return builder.parsed(title=said or title, date=date)


def _add_slide(
    builder: TextBuilder,
    package: Package,
    slide: Element,
    links: Mapping[str, Relationship],
    limits: ParseLimits,
    told: set[str],
) -> str:
    """Append a slide: title, text, notes, a footer not told before; give the title."""
    everything = [shape for shape in _shapes(slide) if shape.place not in _COUNTED]
    shapes = [shape for shape in everything if shape.place not in _REPEATED]
    title = " ".join(drawing_text(s.element) for s in shapes if s.place in _TITLES)
    title = " ".join(title.split())
    builder.add(title, "heading", 1)
    for shape in shapes:
        if shape.place not in _TITLES:
            _add_shape(builder, package, shape, links, limits)
    notes = [
        paragraph
        for link in links.values()
        if link.kind == "notesSlide"
        for shape in _shapes(package.tree(link.target))
        if shape.place in _BODIES and local(shape.element.tag) == "sp"
        for paragraph in _paragraphs(shape.element)
    ]
    if notes:
        builder.add("Notes", "heading", 2)
    for note in notes:
        builder.add(note.text, marker=note.marker)
    for footer in (shape for shape in everything if shape.place in _REPEATED):
        text = drawing_text(footer.element)
        if text not in told:
            told.add(text)
            builder.add(text)
    return title


def _add_shape(
    builder: TextBuilder,
    package: Package,
    shape: _Shape,
    links: Mapping[str, Relationship],
    limits: ParseLimits,
) -> None:
    name = local(shape.element.tag)
    if name == "tbl":
        _add_table(builder, shape.element, limits)
    elif name == "sp":
        for paragraph in _paragraphs(shape.element):
            is_item = paragraph.is_item or shape.place in _BODIES
            kind: Kind = "item" if is_item else "paragraph"
            builder.add(paragraph.text, kind, marker=paragraph.marker)
    elif link := links.get(attribute(shape.element, "id" if name == "chart" else "dm")):
        if link.kind == "chart":
            title, rows, is_headed = read_chart(package.tree(link.target), limits)
            builder.add(title)
            builder.add_table(rows, header=is_headed)
        elif link.kind == "diagramData":
            for point in _diagram_points(package.tree(link.target)):
                builder.add(point, "item")


def _add_table(builder: TextBuilder, table: Element, limits: ParseLimits) -> None:
    rows = _rows(table)
    check_characters(sum(len(cell) for row in rows for cell in row), limits)
    first = attribute(child(table, "tblPr"), "firstRow")
    builder.add_table(rows, header=True if first in _ON and len(rows) > 1 else None)


def _shapes(element: Element) -> Iterator[_Shape]:
    """Find what has text, also in groups: placeholders as they come, others by position."""
    for part in _by_position(list(_inside(element, _SHAPES))):
        if local(part.tag) == "grpSp":
            yield from _shapes(part)
            continue
        place = _placeholder(part)
        kind = None if place is None else attribute(place, "type")
        graphics = [part] if local(part.tag) == "sp" else _inside(part, _GRAPHICS)
        yield from (_Shape(kind, graphic) for graphic in graphics)


def _inside(element: Element, names: Collection[str]) -> Iterator[Element]:
    """Find the nearest elements with one of these names that are shown."""
    for inner in element:
        name = local(inner.tag)
        if name in names:
            if attribute(child(_about(inner), "cNvPr"), "hidden") not in _ON:
                yield inner
        elif name not in ("Fallback", "txBody"):
            yield from _inside(inner, names)


def _about(shape: Element) -> Element | None:
    """Return what is said of a shape that is not drawn: its name, its placeholder."""
    return next((inner for inner in shape if local(inner.tag).startswith("nv")), None)


def _placeholder(shape: Element) -> Element | None:
    return child(_about(shape), "nvPr", "ph")


def _by_position(shapes: list[Element]) -> list[Element]:
    """Order shapes by rows, from the top, and within them from the left.

    Placeholders come first and as the file has them: few say where they stand, most leave
    that to the layout. What is a little lower than its neighbour is in the same row.
    """
    ordered: list[Element] = []
    row: list[Element] = []
    for shape in sorted(shapes, key=_top):
        if row and _top(shape) - _top(row[0]) > _SAME_ROW:
            ordered += sorted(row, key=_left)
            row = []
        row.append(shape)
    return ordered + sorted(row, key=_left)


def _offset(shape: Element, axis: str) -> int:
    if _placeholder(shape) is not None:
        return _NOWHERE
    if local(shape.tag) == "graphicFrame":
        return number(attribute(child(shape, "xfrm", "off"), axis), _NOWHERE)
    properties = child(shape, "grpSpPr" if local(shape.tag) == "grpSp" else "spPr")
    return number(attribute(child(properties, "xfrm", "off"), axis), _NOWHERE)


def _top(shape: Element) -> int:
    return _offset(shape, "y")


def _left(shape: Element) -> int:
    return _offset(shape, "x")


class _Paragraph(NamedTuple):
    """A paragraph of a shape, with its number if it has one."""

    text: str
    marker: str
    is_item: bool


def _paragraphs(shape: Element) -> Iterator[_Paragraph]:
    """Yield each paragraph that is not empty, counting those that are numbered."""
    counts: dict[int, int] = {}
    for paragraph in child(shape, "txBody") or ():
        if local(paragraph.tag) != "p" or not (text := drawing_text(paragraph)):
            continue
        properties = child(paragraph, "pPr")
        level = number(attribute(properties, "lvl"))
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        numbers = child(properties, "buAutoNum")
        if numbers is None:
            counts.pop(level, None)
            yield _Paragraph(text, "", child(properties, "buChar") is not None)
        else:
            start = number(attribute(numbers, "startAt", "1"), 1)
            counts[level] = counts.get(level, start - 1) + 1
            yield _Paragraph(text, _label(counts[level], attribute(numbers, "type")), True)


def _label(count: int, form: str) -> str:
    """Number an item: "arabicPeriod" 1., "alphaLcParenR" a), other kinds as 1."""
    sign = str(count)
    if form.startswith("alpha") and count <= 26:
        sign = chr(ord("A" if form.startswith("alphaUc") else "a") + count - 1)
    if form.endswith("ParenBoth"):
        return f"({sign})"
    return f"{sign})" if form.endswith("ParenR") else f"{sign}."


def _rows(table: Element) -> list[list[str]]:
    """Return a table's texts; what a merged cell covers says the same."""
    rows: list[list[str]] = []
    for row in table:
        if local(row.tag) != "tr":
            continue
        texts: list[str] = []
        cells: Iterable[Element] = (cell for cell in row if local(cell.tag) == "tc")
        for column, cell in enumerate(cells):
            above = rows[-1] if rows else []
            if attribute(cell, "hMerge") in _ON and texts:
                texts.append(texts[-1])
            elif attribute(cell, "vMerge") in _ON and column < len(above):
                texts.append(above[column])
            else:
                texts.append(drawing_text(cell))
        rows.append(texts)
    return rows


def _diagram_points(root: Element) -> Iterator[str]:
    """Yield the texts of a SmartArt diagram, in the order of its points."""
    for point in child(root, "ptLst") or ():
        if attribute(point, "type", "node") == "node" and (text := drawing_text(point)):
            yield " ".join(text.split())


def _relation(element: Element) -> str:
    """Return the relationship's id ("r:id") of an element that also has an id of its own."""
    return next((value for key, value in element.items() if key.endswith(":id")), "")
