"""Read Excel workbooks: every visible sheet under its name, every row with its columns' headers.

Cells are read as a person sees them: dates, percentages, currencies and thousands by their
number formats, formulas by the result Excel kept. Cells are placed by their references, so
that a gap moves nothing. Hidden sheets, rows and columns, charts, comments and error values
are left out; what only a filter or a collapsed group hides is one click away, and read. What
is a table, and which row names its columns, is found in `sheet_tables`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from xml.etree.ElementTree import Element

from qa.formats.office.number_format import builtin_code, format_number
from qa.formats.office.package import Package, attribute, child, local, number
from qa.formats.office.parts import core_properties, main_part, relationships
from qa.formats.office.sheet_tables import Row, add_sheet
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError, check_characters, clean
from qa.formats.raised import lowered, raised
from qa.settings import ParseLimits

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_MERGED_COLUMNS = 50
_COLUMNS = 16_384  # the most Excel has


@dataclass(slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    strings: list[str]
    formats: list[str]
    bold: frozenset[int]
    struck: frozenset[int]
    since_1904: bool
    cells_left: int


def parse_xlsx(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a workbook.

    Raises:
        UnreadableError: It is damaged, of another kind, over a limit, or without text.
    """
    package = Package(data, limits)
    main = main_part(package, "xl/workbook.xml", "workbook")
    links = relationships(package, main)
    root = package.tree(main)
    parts = {link.kind: link.target for link in links.values()}
    since_1904 = attribute(child(root, "workbookPr"), "date1904") in ("1", "true")
    book = _book(package, parts, since_1904, limits)
    builder = TextBuilder(limits)
    for sheet in child(root, "sheets") or ():
        link = links.get(attribute(sheet, "id"))
        if link and link.kind == "worksheet" and attribute(sheet, "state", "visible") == "visible":
            rows = _read_sheet(package, link.target, book, limits)
            if rows:
                builder.add(clean(attribute(sheet, "name")), "heading", 1)
                add_sheet(builder, rows)
    title, date = core_properties(package)
    return builder.parsed(title=title, date=date)


def _read_sheet(package: Package, part: str, book: _Book, limits: ParseLimits) -> list[Row]:
    rows: list[Row] = []
    merges = []
    hidden_rows: set[int] = set()
    hidden_columns = bytearray(_COLUMNS + 1)
    length = at = 0
    for element in package.children(part, ("cols", "sheetData", "autoFilter", "mergeCells")):
        name = local(element.tag)
        if name == "mergeCell":
            merges.append(attribute(element, "ref"))
        elif name == "col" and _is_hidden(element):
            _hide(hidden_columns, element)
        elif name == "filterColumn":
            hidden_rows.clear()
        if name != "row":
            continue
        at = number(element.get("r", ""), at + 1)
        if _is_hidden(element):
            hidden_rows.add(at)
        row = _read_row(element, at, book)
        if row.cells:
            rows.append(row)
            _spend(book, len(row.cells), limits)
            length += sum(map(len, row.cells.values()))
            check_characters(length, limits)
    by_number = {row.number: row for row in rows}
    for merge in merges:
        length += _fill(by_number, merge, book, limits)
        check_characters(length, limits)
    gone = sorted(hidden_rows)
    for top, bottom in _filtered(package, part) if gone else ():
        del gone[bisect_left(gone, top) : bisect_right(gone, bottom)]
    return _visible(rows, gone, hidden_columns)


def _filtered(package: Package, sheet: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last row of each table of a sheet that is filtered."""
    try:
        links = relationships(package, sheet).values()
    except UnreadableError:  # they have no part in what else is read
        return
    for part in {link.target for link in links if link.kind == "table"}:
        try:
            root = package.tree(part)
        except UnreadableError:
            continue
        match = _RANGE.fullmatch(attribute(root, "ref"))
        if match and child(root, "autoFilter", "filterColumn") is not None:
            yield int(match[2]), int(match[4])


def _is_hidden(element: Element) -> bool:
    """Whether a row or column is hidden, but not as part of a group."""
    return element.get("hidden") in ("1", "true") and not number(element.get("outlineLevel", ""))


def _hide(columns: bytearray, element: Element) -> None:
    """Mark the columns that an element is about, given by the first and the last."""
    first = max(number(element.get("min", "")), 0)
    last = min(max(number(element.get("max", "")), 0), _COLUMNS)
    columns[first : last + 1] = b"\1" * (last + 1 - first)


def _visible(rows: list[Row], gone: list[int], hidden_columns: bytearray) -> list[Row]:
    """Leave out hidden columns and rows that are gone, and close up: a gap would part a table."""
    if not gone and not any(hidden_columns):
        return rows
    places = list(accumulate(1 - is_hidden for is_hidden in hidden_columns))
    hidden_rows = frozenset(gone)
    visible = []
    for row in rows:
        cells = {
            places[column]: text
            for column, text in row.cells.items()
            if column <= _COLUMNS and not hidden_columns[column]
        }
        if cells and row.number not in hidden_rows:
            at = row.number - bisect_left(gone, row.number)
            visible.append(Row(at, cells, row.is_bold))
    return visible


def _spend(book: _Book, cells: int, limits: ParseLimits) -> None:
    book.cells_left -= cells
    if book.cells_left < 0:
        raise UnreadableError(f"over the limit of {limits.cells:,} cells")


def _read_row(element: Element, at: int, book: _Book) -> Row:
    cells = {}
    column = 0
    is_bold = True
    for cell in element:
        get = cell.get
        reference = get("r")
        column = _column(reference.rstrip("0123456789")) if reference else column + 1
        style = number(get("s", "0"))
        text = "" if style in book.struck else _cell_text(cell, get("t", "n"), book)
        if text:
            cells[column] = text
            is_bold = is_bold and style in book.bold
    return Row(at, cells, is_bold)


def _cell_text(cell: Element, kind: str, book: _Book) -> str:
    value = ""
    for part in cell:
        name = local(part.tag)
        if name == "v":
            value = part.text or ""
        elif name == "is":
            return _rich_text(part)
    if not value or kind == "e":
        return ""
    if kind == "n":
        style = number(cell.get("s", "0"))
        code = book.formats[style] if 0 <= style < len(book.formats) else ""
        return format_number(value, code, since_1904=book.since_1904)
    if kind == "s":
        index = number(value, -1)
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    return _plain(value)


def _fill(rows: dict[int, Row], merge: str, book: _Book, limits: ParseLimits) -> int:
    """Let every row and column under a merged cell say what it says; count characters."""
    match = _RANGE.fullmatch(merge)
    if match is None:
        return 0
    first, last = _column(match[1]), _column(match[3])
    last = first if last - first > _MERGED_COLUMNS else last
    top, bottom = int(match[2]), int(match[4])
    text = rows[top].cells.get(first) if top in rows else None
    if not text:
        return 0
    # A range may claim a million rows; only those with cells of their own are filled.
    within = range(top, bottom + 1) if bottom - top < len(rows) else rows
    filled = 0
    for at in within:
        row = rows.get(at)
        if row is None or not top <= at <= bottom or row.cells.keys() <= {first}:
            continue
        for column in range(first, last + 1):
            filled += column not in row.cells
            row.cells.setdefault(column, text)
    # Also a merge that fills nothing has cost a look at each of its rows.
    _spend(book, filled + min(bottom - top, len(rows)) // 16, limits)
    return filled * len(text)


def _book(package: Package, parts: dict[str, str], since_1904: bool, limits: ParseLimits) -> _Book:
    strings: list[str] = []
    length = 0
    if "sharedStrings" in parts:
        for item in package.children(parts["sharedStrings"], ("sst",)):
            strings.append(_rich_text(item))
            length += len(strings[-1])
            check_characters(length, limits)
    root = package.tree(parts["styles"]) if "styles" in parts else None
    codes = {
        number(attribute(code, "numFmtId")): attribute(code, "formatCode")
        for code in child(root, "numFmts") or ()
    }
    fonts = list(child(root, "fonts") or ())
    styles = list(child(root, "cellXfs") or ())
    ids = [number(attribute(style, "numFmtId")) for style in styles]
    formats = [codes.get(i) or builtin_code(i) for i in ids]
    font_ids = [number(attribute(style, "fontId"), -1) for style in styles]
    bold, struck = (
        frozenset(
            at
            for at, font in enumerate(font_ids)
            if 0 <= font < len(fonts) and _is_on(child(fonts[font], name))
        )
        for name in ("b", "strike")
    )
    return _Book(strings, formats, bold, struck, since_1904, limits.cells)


def _is_on(switch: Element | None) -> bool:
    return switch is not None and attribute(switch, "val", "1") not in ("0", "false")


def _rich_text(item: Element) -> str:
    """Join the runs of a text, without the reading aids of East Asian scripts.

    What is struck out is left out, raised and lowered figures get signs of their own.
    """
    text = ""
    for part in item:
        name = local(part.tag)
        if name == "t":
            text += part.text or ""
        elif name == "r" and not _is_on(child(part, "rPr", "strike")):
            own = attribute(child(part, "rPr", "vertAlign"), "val")
            run = "".join(inner.text or "" for inner in part if local(inner.tag) == "t")
            lower = lowered(run, text) if own == "subscript" else run
            text += raised(run) if own == "superscript" else lower
    return _plain(text)


def _plain(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return clean(text).strip()


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    column = 0
    for letter in letters[:3].upper():
        column = column * 26 + ord(letter) - 64
    return column
