"""Excel workbooks: every visible sheet under its name, every row with its columns' headers.

Cells are read as a person sees them: dates, percentages, currencies and thousands by their
number formats, formulas by the result Excel kept. Cells are placed by their references, so
that a gap moves nothing. Blank rows part tables; rows of one cell above a table are its
caption. Hidden sheets, charts, comments and error values are left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
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
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError, clean
from qa.settings import ParseLimits

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADER_CHARACTERS = 60
_MERGED_COLUMNS = 50
# A block with fewer of its cells filled is scattered notes, not a table.
_SPARSE = 20
# Literals, padding and colours of a number format, currency signs apart.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].', re.DOTALL)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DIGITS = re.compile(r"([#0?][#0?,]*)(?:\.([#0?]*))?(,*)(?:E([+-])0+)?")
_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    18: "h:mm", 19: "h:mm", 20: "h:mm", 21: "h:mm:ss", 22: "y-m-d h:mm", 37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss",
}  # fmt: skip


class _Row(NamedTuple):
    number: int
    cells: dict[int, str]
    is_bold: bool


@dataclass(slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    strings: list[str]
    formats: list[str]
    bold: frozenset[int]
    since_1904: bool
    cells_left: int


def parse_xlsx(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a workbook.

    Raises:
        UnreadableError: It is damaged, of another kind, over a limit, or without text.
    """
    package = Package(data, limits)
    main = main_part(package, "xl/workbook.xml", "workbook")
    links = package.relationships(main)
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
                _add_sheet(builder, rows)
    title, date = core_properties(package)
    return builder.parsed(title=title, date=date)


def _read_sheet(package: Package, part: str, book: _Book, limits: ParseLimits) -> list[_Row]:
    rows: list[_Row] = []
    merges = []
    length = at = 0
    for element in package.children(part, ("sheetData", "mergeCells")):
        if local(element.tag) == "mergeCell":
            merges.append(attribute(element, "ref"))
            continue
        at = number(element.get("r", ""), at + 1)
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
    return rows


def _spend(book: _Book, cells: int, limits: ParseLimits) -> None:
    book.cells_left -= cells
    if book.cells_left < 0:
        raise UnreadableError(f"over the limit of {limits.cells:,} cells")


def _read_row(element: Element, at: int, book: _Book) -> _Row:
    cells = {}
    column = 0
    is_bold = True
    for cell in element:
        get = cell.get
        reference = get("r")
        column = _column(reference.rstrip("0123456789")) if reference else column + 1
        text = _cell_text(cell, get("t", "n"), book)
        if text:
            cells[column] = text
            is_bold = is_bold and number(get("s", "0")) in book.bold
    return _Row(at, cells, is_bold)


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
        return _show(value, code, book.since_1904)
    if kind == "s":
        index = number(value, -1)
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    return _plain(value)


def _fill(rows: dict[int, _Row], merge: str, book: _Book, limits: ParseLimits) -> int:
    """Let every row and column under a merged cell say what it says; count characters."""
    match = _RANGE.fullmatch(merge)
    if match is None:
        return 0
    first, last = _column(match[1]), min(_column(match[3]), _column(match[1]) + _MERGED_COLUMNS)
    top, bottom = int(match[2]), int(match[4])
    text = rows[top].cells.get(first) if top in rows else None
    if not text:
        return 0
    # A range may claim a million rows; only those with cells of their own are filled.
    within = range(top, bottom + 1) if bottom - top < len(rows) else sorted(rows)
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


def _add_sheet(builder: TextBuilder, rows: Sequence[_Row]) -> None:
    head: dict[int, str] = {}
    block: list[_Row] = []
    for row in rows:
        if block and row.number != block[-1].number + 1:
            head = _add_block(builder, block, head)
            block = []
        block.append(row)
    _add_block(builder, block, head)


def _add_block(builder: TextBuilder, block: list[_Row], head: dict[int, str]) -> dict[int, str]:
    """Append the rows between two blank ones; give the headers that were found or hold on."""
    captions, block, remarks = _part(block)
    _add_lone(builder, captions)
    if not block:
        return head
    columns = sorted(set(chain.from_iterable(row.cells for row in block)))
    if len(columns) * len(block) > _SPARSE * (sum(len(row.cells) for row in block) + 50):
        for row in block:
            builder.add_table([[row.cells[c] for c in sorted(row.cells)]], header=False)
        return {}
    found, body = _head(block)
    if not found and len(columns) > 1 and head.keys() >= set(columns):
        found = head  # a blank row parts the table, not the columns from their headers
    names = [[found.get(column, "") for column in columns]] if found else []
    cells = [[row.cells.get(column, "") for column in columns] for row in body]
    builder.add_table(names + cells, header=bool(found))
    _add_lone(builder, remarks)
    return found


def _add_lone(builder: TextBuilder, rows: Sequence[_Row]) -> None:
    for row in rows:
        for text in row.cells.values():
            builder.add(text)


def _part(block: list[_Row]) -> tuple[list[_Row], list[_Row], list[_Row]]:
    """Part the captions above a table and the remarks below it, of one cell each, from it."""
    widest = max(len(row.cells) for row in block)
    if widest == 1:
        return (block, [], []) if len(block) == 1 else ([], block, [])
    top, end = 0, len(block)
    while len(block[top].cells) == 1:
        top += 1
    first = min(block[top].cells)
    while end > top + 2 and _is_remark(block[end - 1], first):
        end -= 1
    return block[:top], block[top:end], block[end:]


def _is_remark(row: _Row, first: int) -> bool:
    """A sentence under the first column of a table: its source, a footnote."""
    return row.cells.keys() == {first} and len(row.cells[first].split()) > 3


def _head(block: list[_Row]) -> tuple[dict[int, str], list[_Row]]:
    """Part the headers, of one row or of two that stand above each other, from the rest."""
    first, *rest = block
    names = list(first.cells.values())
    if len(names) < 2 or not rest:
        return {}, block
    below = rest[0]
    is_distinct = len(set(names)) == len(names)
    if any(len(name) > _HEADER_CHARACTERS or _is_figure(name) for name in names):
        named = is_distinct and (_are_years(first, below) or first.is_bold > below.is_bold)
        return (first.cells, rest) if named else ({}, block)
    if not is_distinct:
        if len(rest) < 2 or any(map(_is_figure, below.cells.values())):
            return {}, block
        return _join(first, below), rest[1:]
    if first.is_bold > below.is_bold:
        return first.cells, rest
    width = max(len(row.cells) for row in rest)
    # Two columns of words may as well be names and what they stand for.
    figures = any(_is_figure(text) for row in rest[:20] for text in row.cells.values())
    named = len(names) >= max(2, width - 1) and (figures or width > 2)
    return (first.cells, rest) if named else ({}, block)


def _is_figure(text: str) -> bool:
    return (
        len(text) <= _HEADER_CHARACTERS
        and any(map(str.isdigit, text))
        and not any(map(str.isalpha, text))
    )


def _are_years(first: _Row, below: _Row) -> bool:
    """Figures that are headers all the same: years in a row, with other figures below."""
    years = {column: text for column, text in first.cells.items() if _is_figure(text)}
    texts = list(years.values())
    return (
        len(years) > 1
        and all(map(_YEAR.fullmatch, texts))
        and texts in (sorted(texts), sorted(texts, reverse=True))
        and not any(_YEAR.fullmatch(below.cells.get(column, "")) for column in years)
    )


def _join(first: _Row, below: _Row) -> dict[int, str]:
    """Put headers together that stand above each other: "2017", "Tonnes"."""
    columns = sorted(first.cells.keys() | below.cells.keys())
    pairs = ((first.cells.get(c, ""), below.cells.get(c, "")) for c in columns)
    joined = (" ".join(dict.fromkeys(filter(None, pair))) for pair in pairs)
    return dict(zip(columns, joined, strict=True))


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
    formats = [codes.get(i) or _BUILT_IN.get(i, "y-m-d" if i in _DATES else "") for i in ids]
    is_bold = [child(font, "b") is not None for font in fonts]
    font_ids = [number(attribute(style, "fontId"), -1) for style in styles]
    bold = (at for at, font in enumerate(font_ids) if 0 <= font < len(fonts) and is_bold[font])
    return _Book(strings, formats, frozenset(bold), since_1904, limits.cells)


def _rich_text(item: Element) -> str:
    """Join the runs of a text, without the reading aids of East Asian scripts."""
    return _plain("".join(_runs(item)))


def _runs(item: Element) -> Iterator[str]:
    for part in item:
        name = local(part.tag)
        if name == "t":
            yield part.text or ""
        elif name == "r":
            yield from _runs(part)


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


def _show(value: str, code: str, since_1904: bool) -> str:
    """Write a number as its format shows it."""
    if not code and value.isdecimal() and len(value) < 16:
        return value
    try:
        amount = float(value)
    except ValueError:
        return _plain(value)
    if not abs(amount) < 1e300:
        return _plain(value)
    sections = _sections(code)
    if len(sections) > 2 and amount == 0:
        form = sections[2]
    elif len(sections) > 1 and amount < 0:
        form, amount = sections[1], -amount
    else:
        form = sections[0]
    if form.kind == "date":
        return _moment(amount, form, since_1904) or _general(amount)
    figure = _general(abs(amount)) if form.kind == "general" else form.figure(abs(amount))
    return f"{'-' if amount < 0 else ''}{form.before}{figure}{form.after}".strip()


def _general(amount: float) -> str:
    """Write a number of no format: whole ones in full, others as wide as Excel has room for."""
    return str(int(amount)) if amount == int(amount) and abs(amount) < 1e15 else f"{amount:.10g}"


class _Form(NamedTuple):
    """One section of a number format.

    Attributes:
        kind: `number`, `date`, `general`, or `literal` for text in place of the number.
        before: Text in front of the figure.
        after: Text behind it.
        scale: What the number is multiplied by.
        zeros: Least digits before the point.
        decimals: Most digits behind it.
        fixed: Least digits behind it.
        groups: Whether thousands are set apart.
        exponent: Whether in scientific notation.
        fields: Of a date: the letters of what is shown.
    """

    kind: str
    before: str = ""
    after: str = ""
    scale: float = 1
    zeros: int = 0
    decimals: int = 0
    fixed: int = 0
    groups: bool = False
    exponent: bool = False
    fields: frozenset[str] = frozenset()

    def figure(self, amount: float) -> str:
        """Write a number that is not negative."""
        if self.kind == "literal":
            return ""
        amount *= self.scale
        if self.exponent:
            return f"{amount:.{self.decimals}E}"
        whole, _, decimals = f"{amount:{',' if self.groups else ''}.{self.decimals}f}".partition(
            "."
        )
        decimals = decimals[: self.fixed] + decimals[self.fixed :].rstrip("0")
        whole = "" if whole == "0" and not self.zeros and not decimals else whole.zfill(self.zeros)
        return f"{whole}.{decimals}" if decimals else whole


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Form, ...]:
    """Read a number format: for positive numbers, negative ones and zero."""
    marked = _LITERAL.sub(_mark, _ELAPSED.sub(r"\1", code[:255]))
    if re.search(r"\[[<>=]", code):  # sections by conditions of their own: the first will do
        marked = marked.partition(";")[0]
    return tuple(_form(section) for section in marked.split(";")[:3])


def _form(section: str) -> _Form:
    words = re.sub("general|am/pm|a/p", "", section.lower())
    fields = frozenset(words) & frozenset("ymdhs")
    match = _DIGITS.search(section)
    if fields and not (match and match[4]):
        return _Form("date", fields=fields)
    if "general" in section.lower():
        before, after, *_ = re.split("general", section, flags=re.IGNORECASE)
        return _Form("general", _unmark(before), _unmark(after))
    if match is None and section.strip() and "@" not in section:
        return _Form("literal", _unmark(section))
    # As text, as a fraction, or with signs between its digits, as telephone numbers have.
    if match is None or "@" in section or re.search("[#0?]", section[match.end() :]):
        return _Form("general")
    whole = match[1].rstrip(",")
    thousands = len(match[1]) - len(whole) + len(match[3])
    digits = match[2] or ""
    return _Form(
        kind="number",
        before=_unmark(section[: match.start()]),
        after=_unmark(section[match.end() :]),
        scale=100.0 ** section.count("%") / 1000.0**thousands,
        zeros=whole.count("0"),
        decimals=len(digits),
        fixed=digits.count("0"),
        groups="," in whole,
        exponent=bool(match[4]),
    )


def _mark(literal: re.Match[str]) -> str:
    """Move a format's literal text out of the way of its signs; drop padding and colours."""
    text = literal[1] or literal[2] or literal[3] or ""
    return "".join(chr(ord(sign) + 0xE000) if ord(sign) < 0x80 else sign for sign in text)


def _unmark(text: str) -> str:
    signs = (chr(ord(sign) - 0xE000) if 0xE000 <= ord(sign) < 0xE080 else sign for sign in text)
    return clean("".join(signs))


def _moment(amount: float, form: _Form, since_1904: bool) -> str:
    """Write a date and time by ISO 8601, as much of it as is shown; empty if there is none."""
    if not form.fields & {"y", "d"} and form.fields != {"m"}:
        minutes, seconds = divmod(round(amount * 86400), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if "s" in form.fields else "")
    if not 0 <= amount < 2_958_466:  # up to the year 9999
        return ""
    # Excel counts a 29 February 1900 that there never was.
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30 + (amount < 60))
    moment = epoch + timedelta(seconds=round(amount * 86400))
    day = moment.date().isoformat()
    if "d" not in form.fields:
        day = day[:7] if "m" in form.fields and "h" not in form.fields else day[:4]
    return f"{day} {moment.time().isoformat('minutes')}" if "h" in form.fields else day
