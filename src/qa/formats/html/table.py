"""Read a table element row by row, each cell with the headers it stands under.

Knows cells that span rows and columns, and tables that only lay a page out.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, takewhile

from qa.formats.html.tree import Element, preorder, text_of
from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits

_MOST_COLUMNS = 1_000
_LONGEST_CELL = 400
_LONGEST_CELL_WITH_HEADERS = 3_000
_MOST_HEAD_ROWS = 4
_FLOW = frozenset("article h1 h2 h3 h4 h5 h6 hr main nav pre section table".split())


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell where it begins, or where one of a row above reaches down to.

    Attributes:
        text: On one line.
        is_header: Whether it is a `th`.
        first: Its first column, from 0.
        columns: How many columns it spans.
    """

    text: str
    is_header: bool
    first: int
    columns: int


@dataclass(slots=True)
class Table:
    """What a table element holds.

    Attributes:
        captions: Its caption elements.
        rows: Its own rows, not those of tables inside its cells.
        head: Those of them that stand in `thead`.
    """

    captions: list[Element] = field(default_factory=list)
    rows: list[Element] = field(default_factory=list)
    head: set[Element] = field(default_factory=set)


def open_table(element: Element, dropped: Collection[Element]) -> Table:
    """Find the rows of a table element."""
    table = Table()
    for part in element.elements():
        if part in dropped:
            continue
        if part.tag == "caption":
            table.captions.append(part)
        rows = [part] if part.tag == "tr" else part.elements()
        own = [row for row in rows if row.tag == "tr" and row not in dropped]
        table.rows += own
        if part.tag == "thead":
            table.head.update(own)
    if len(table.head) in (0, len(table.rows)) or len(table.head) > _MOST_HEAD_ROWS:
        table.head.clear()
    return table


def is_data(element: Element, table: Table) -> bool:
    """Tell a table of data from one that puts the parts of a page side by side."""
    if element.attributes.get("role", "").lower() in ("none", "presentation"):
        return False
    cells = [cell for row in table.rows for cell in _cells(row)]
    headed = bool(table.captions or table.head) or any(cell.tag == "th" for cell in cells)
    longest = max((cell.characters for cell in cells), default=0)
    if longest > (_LONGEST_CELL_WITH_HEADERS if headed else _LONGEST_CELL):
        return False
    if headed:
        return len(cells) > 1
    widest = max((len(_cells(row)) for row in table.rows), default=0)
    return len(table.rows) > 1 and widest > 1 and not _holds_flow(element)


def has_headers(table: Table) -> bool:
    """Whether any cell is said to be a header."""
    return bool(table.head) or any(cell.tag == "th" for row in table.rows for cell in _cells(row))


def is_bold_head(table: Table) -> bool:
    """Tell a table written without header cells whose first row alone is bold."""
    bold = [all(map(_is_bold, _cells(row))) for row in table.rows[:2]]
    return bold == [True, False]


def _is_bold(cell: Element) -> bool:
    strong = (child for child in cell.elements() if child.tag in ("b", "strong"))
    return sum(child.characters for child in strong) == cell.characters > 0


def read_plain_rows(
    table: Table, dropped: Collection[Element], limits: ParseLimits
) -> Iterator[list[str]]:
    """Yield each row's cells' texts, each in its column as far as that is sure.

    Raises:
        UnreadableError: More cells than the limit.
    """
    for _, cells in _grid(table, dropped, limits):
        row: list[str] = []
        for cell in cells:
            row += [""] * (min(cell.first, _MOST_COLUMNS) - len(row))
            row.append(cell.text)
        yield row


def read_rows(
    table: Table, dropped: Collection[Element], limits: ParseLimits
) -> Iterator[list[str]]:
    """Yield each row's cells' texts, with the headers of their columns in front.

    Raises:
        UnreadableError: More cells than the limit.
    """
    names: list[str] = []
    grid = _grid(table, dropped, limits)
    for heads, rows in groupby(grid, lambda row: row[0] in table.head or _names_columns(row[1])):
        if not heads:
            yield from (_with_names(cells, names) for _, cells in rows)
            continue
        head = [cells for _, cells in rows]
        levels = _levels(head)
        yield from ([cells[0].text] for cells in head[:levels] if len(cells) == 1)
        names = _column_names(cells for cells in head[:levels] if len(cells) > 1)
        yield [name for name, _ in groupby(names) if name]
        yield from (_with_names(cells, names) for cells in head[levels:])


def _levels(head: list[list[Cell]]) -> int:
    """Count the rows of headers that stand above each other; others are rows in bold type."""
    above = (any(cell.columns > 1 for cell in cells) for cells in head)
    levels = sum(1 for _ in takewhile(bool, above)) + 1
    return min(levels, len(head), _MOST_HEAD_ROWS)


def _names_columns(cells: list[Cell]) -> bool:
    filled = [cell for cell in cells if cell.text]
    return len(filled) > 1 and all(cell.is_header for cell in filled)


def _column_names(head: Iterable[list[Cell]]) -> list[str]:
    """Join what stands above each column, from the top."""
    above: dict[int, list[str]] = {}
    for cell in (cell for cells in head for cell in cells if cell.text):
        for column in range(cell.first, min(cell.first + cell.columns, _MOST_COLUMNS)):
            texts = above.setdefault(column, [])
            if cell.text not in texts:
                texts.append(cell.text)
    return [" ".join(above.get(column, ())) for column in range(max(above, default=-1) + 1)]


def _with_names(cells: list[Cell], names: list[str]) -> list[str]:
    filled = [cell for cell in cells if cell.text]
    if not names and len(filled) > 1 and filled[0].is_header:
        header, first, *rest = (cell.text for cell in filled)
        return [f"{header.rstrip(':')}: {first}", *rest]
    return [_with_name(cell, names) for cell in filled]


def _with_name(cell: Cell, names: list[str]) -> str:
    """Put a cell's column's name in front; a cell across most columns stands under none."""
    if cell.columns > 1 and 2 * cell.columns > len(names):
        return cell.text
    over = names[cell.first : cell.first + cell.columns]
    name = " / ".join(dict.fromkeys(filter(None, over))).rstrip(":")
    return f"{name}: {cell.text}" if name and name != cell.text else cell.text


def _grid(
    table: Table, dropped: Collection[Element], limits: ParseLimits
) -> Iterator[tuple[Element, list[Cell]]]:
    """Yield each row with its cells, those included that reach down from a row above."""
    down: list[tuple[Cell, int]] = []
    section: Element | None = None
    count = 0
    for row in table.rows:
        if row.parent is not section:
            section, down = row.parent, []
        placed = _place(row, [cell for cell, _ in down], dropped)
        cells = sorted([cell for cell, _ in down] + [cell for cell, _ in placed], key=_first)
        count += len(cells)
        if count > limits.cells:
            raise UnreadableError(f"more than {limits.cells:,} table cells (limit --max-cells)")
        down = sorted(
            ((cell, rows - 1) for cell, rows in (*down, *placed) if rows > 1),
            key=lambda pair: pair[0].first,
        )
        if any(cell.text for cell, _ in placed):
            yield row, cells


def _place(row: Element, taken: list[Cell], dropped: Collection[Element]) -> list[tuple[Cell, int]]:
    """Put a row's cells where those from above leave room; with each, the rows it spans."""
    placed = []
    column = above = 0
    for element in _cells(row):
        if element in dropped:
            continue
        while above < len(taken) and taken[above].first <= column:
            column = max(column, taken[above].first + taken[above].columns)
            above += 1
        columns, rows = _span(element, "colspan", 1_000), _span(element, "rowspan", 65_534)
        text = text_of(element, dropped)
        placed.append((Cell(text, element.tag == "th", column, columns), rows))
        column += columns
    return placed


def _span(element: Element, name: str, most: int) -> int:
    """Read a span; a rowspan of 0 reaches to the end of the section."""
    value = element.attributes.get(name, "").strip()
    if not value.isdecimal() or len(value) > 9:
        return 1
    return min(int(value), most) or (most if name == "rowspan" else 1)


def _first(cell: Cell) -> int:
    return cell.first


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row.elements() if cell.tag in ("td", "th")]


def _holds_flow(element: Element) -> bool:
    return any(isinstance(child, Element) and child.tag in _FLOW for child in preorder(element))
