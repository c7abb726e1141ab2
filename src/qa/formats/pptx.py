"""PowerPoint presentations: every slide a page, its title the heading, with speaker's notes.

Slides come in the order of the show, and their pages are numbered as PowerPoint numbers
them: a hidden slide has a number but no text. Text on the slide master, which every slide
repeats, and the fields for date, footer and number are left out. Charts are told by their
numbers, diagrams (SmartArt) by their words.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple
from xml.etree.ElementTree import Element

from qa.formats.archive import (
    Package,
    Relationship,
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

_REPEATED = frozenset(("sldNum", "dt", "ftr", "hdr"))
_TITLES = frozenset(("title", "ctrTitle"))
_BODIES = frozenset(("body", "obj", ""))
_ON = ("1", "true")


class _Shape(NamedTuple):
    """A shape with text: its placeholder's type (None if it is none) or "table"."""

    kind: str | None
    element: Element


def parse_pptx(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a presentation.

    Raises:
        UnreadableError: It is damaged, of another kind, over a limit, or without text.
    """
    package = Package(data, limits)
    main = main_part(package, "ppt/presentation.xml", "presentation")
    links = package.relationships(main)
    builder = TextBuilder(limits)
    title = ""
    for slide_id in child(package.tree(main), "sldIdLst") or ():
        builder.start_page()
        link = links.get(_relation(slide_id))
        slide = package.tree(link.target) if link else None
        if link and slide is not None and attribute(slide, "show") not in ("0", "false"):
            found = _add_slide(builder, package, slide, package.relationships(link.target), limits)
            title = title or found
    said, date = core_properties(package)
    return builder.parsed(title=said or title, date=date)


def _add_slide(
    builder: TextBuilder,
    package: Package,
    slide: Element,
    links: Mapping[str, Relationship],
    limits: ParseLimits,
) -> str:
    """Append a slide, its title first, then its diagrams and notes; give the title."""
    shapes = [s for s in _shapes(slide) if s.kind not in _REPEATED]
    title = " ".join(_text(s.element) for s in shapes if s.kind in _TITLES)
    title = " ".join(title.split())
    builder.add(title, "heading", 1)
    for shape in shapes:
        if shape.kind not in _TITLES:
            _add_shape(builder, shape, limits)
    for link in links.values():
        if link.kind == "diagramData":
            for point in _diagram_points(package.tree(link.target)):
                builder.add(point, "item")
        elif link.kind == "chart":
            _add_chart(builder, package.tree(link.target), limits)
    notes = [
        text
        for link in links.values()
        if link.kind == "notesSlide"
        for shape in _shapes(package.tree(link.target))
        if shape.kind in _BODIES
        for _, text in _paragraphs(shape.element)
    ]
    if notes:
        builder.add("Notes", "heading", 2)
    for text in notes:
        builder.add(text)
    return title


def _add_shape(builder: TextBuilder, shape: _Shape, limits: ParseLimits) -> None:
    if shape.kind == "table":
        rows = _rows(shape.element)
        check_characters(sum(len(cell) for row in rows for cell in row), limits)
        first = attribute(child(shape.element, "tblPr"), "firstRow")
        builder.add_table(rows, header=True if first in _ON and len(rows) > 1 else None)
        return
    for is_item, text in _paragraphs(shape.element):
        kind: Kind = "item" if is_item or shape.kind in _BODIES else "paragraph"
        builder.add(text, kind)


def _shapes(element: Element) -> Iterator[_Shape]:
    """Find the shapes with text in drawing order, also those in groups."""
    for inner in element:
        name = local(inner.tag)
        if attribute(child(inner, "nvSpPr", "cNvPr"), "hidden") in _ON:
            continue
        if name == "sp":
            place = child(inner, "nvSpPr", "nvPr", "ph")
            yield _Shape(None if place is None else attribute(place, "type"), inner)
        elif name == "tbl":
            yield _Shape("table", inner)
        elif name not in ("Fallback", "txBody"):
            yield from _shapes(inner)


def _paragraphs(shape: Element) -> Iterator[tuple[bool, str]]:
    """Give each paragraph, numbered if it is, and whether it is an item of a list."""
    counts: dict[int, int] = {}
    for paragraph in child(shape, "txBody") or ():
        if local(paragraph.tag) != "p" or not (text := _text(paragraph)):
            continue
        properties = child(paragraph, "pPr")
        level = number(attribute(properties, "lvl"))
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        numbers = child(properties, "buAutoNum")
        if numbers is None:
            counts.pop(level, None)
            yield child(properties, "buChar") is not None, text
        else:
            start = number(attribute(numbers, "startAt", "1"), 1)
            counts[level] = counts.get(level, start - 1) + 1
            yield True, f"{_label(counts[level], attribute(numbers, 'type'))} {text}"


def _label(count: int, form: str) -> str:
    """Number an item: "arabicPeriod" 1., "alphaLcParenR" a), other kinds as 1."""
    sign = str(count)
    if form.startswith("alpha") and count <= 26:
        sign = chr(ord("A" if form.startswith("alphaUc") else "a") + count - 1)
    if form.endswith("ParenBoth"):
        return f"({sign})"
    return f"{sign})" if form.endswith("ParenR") else f"{sign}."


def _text(element: Element) -> str:
    """Give the text below an element; paragraphs and breaks are line ends."""
    parts = []
    for inner in element.iter():
        name = local(inner.tag)
        if name == "t":
            parts.append(inner.text or "")
        elif name in ("br", "p"):
            parts.append("\n")
    return clean("".join(parts)).strip()


def _rows(table: Element) -> list[list[str]]:
    """Give a table's texts; what a merged cell covers says the same."""
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
                texts.append(_text(cell))
        rows.append(texts)
    return rows


def _diagram_points(root: Element) -> Iterator[str]:
    """Give the texts of a SmartArt diagram, in the order of its points."""
    for point in child(root, "ptLst") or ():
        if attribute(point, "type", "node") == "node" and (text := _text(point)):
            yield " ".join(text.split())


def _add_chart(builder: TextBuilder, root: Element, limits: ParseLimits) -> None:
    """Append a chart's numbers as a table: a row a category, a column a series."""
    title = child(root, "chart", "title")
    builder.add("" if title is None else " ".join(_text(title).split()))
    series = [element for element in root.iter() if local(element.tag) == "ser"]
    values = [_points(child(one, "val")) for one in series]
    names = ["".join(_points(child(one, "tx")).values()) for one in series]
    categories = {at: text for one in series for at, text in _points(child(one, "cat")).items()}
    places = sorted(categories.keys() | set(chain.from_iterable(values)))
    check_characters(len(places) * len(series), limits)
    rows = [[categories.get(at, ""), *(value.get(at, "") for value in values)] for at in places]
    builder.add_table([["", *names], *rows], header=True)


def _points(element: Element | None) -> dict[int, str]:
    """Give the values a chart keeps of its workbook, by their places."""
    points = {}
    for point in () if element is None else element.iter():
        value = child(point, "v") if local(point.tag) == "pt" else None
        if value is not None:
            points[number(attribute(point, "idx"))] = _tidy(clean(value.text or "").strip())
    return points


def _tidy(value: str) -> str:
    """Take off a number's rounding error: 25.899999999999999."""
    try:
        return f"{float(value):.10g}" if "." in value else value
    except ValueError:
        return value


def _relation(element: Element) -> str:
    """Give the relationship's id ("r:id") of an element that also has an id of its own."""
    return next((value for key, value in element.items() if key.endswith(":id")), "")
