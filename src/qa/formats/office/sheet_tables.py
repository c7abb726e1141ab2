"""Find the tables, captions and remarks among a sheet's rows, and append them to the text.

Blank rows part tables, and so do blank columns between two that can each stand alone. Rows
of one cell above a table are its caption. Knows cells by their texts, columns and bold type
only: merged cells are filled and what is hidden is gone before.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from qa.formats.parsed import TextBuilder
from qa.formats.table_header import is_figure, is_period, looks_like_header

# A block with fewer of its cells filled is scattered notes, not a table.
_SPARSE = 10
# So many rows of one cell each are titles and remarks; more are a list.
_FEW_ROWS = 5
_TELLING_ROWS = 21


class Row(NamedTuple):
    """A row that is not blank.

    Attributes:
        number: Its place in the sheet, from 1.
        cells: Texts by column, from 1; none is empty.
        is_bold: Whether all of them are in bold type.
    """

    number: int
    cells: dict[int, str]
    is_bold: bool


def add_sheet(builder: TextBuilder, rows: Sequence[Row]) -> None:
    """Append the rows of a sheet, which are in order."""
    head: dict[int, str] = {}
    for block in _blocks(rows):
        parts = _side_by_side(block)
        if len(parts) == 1:
            head = _add_block(builder, block, head)
            continue
        heads = [_add_part(builder, part, head) for part in parts]
        head = dict(chain.from_iterable(found.items() for found in heads))


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """Part rows where blank ones are between them."""
    blocks: list[list[Row]] = []
    for row in rows:
        if blocks and row.number == blocks[-1][-1].number + 1:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _add_part(builder: TextBuilder, part: list[Row], head: dict[int, str]) -> dict[int, str]:
    """Append a table that has another beside it, and so may have blank rows of its own."""
    for block in _blocks(part):
        head = _add_block(builder, block, head)
    return head


def _side_by_side(block: list[Row]) -> list[list[Row]]:
    """Part a block at columns that are blank in all its rows, from left to right.

    A blank column may also be there for looks only, between names and their figures: what
    is to the right of it is a table if it has several columns, with names in the first.
    """
    columns = sorted(set(chain.from_iterable(row.cells for row in block)))
    gaps = [at for before, at in pairwise(columns) if at > before + 1]
    if not gaps:
        return [block]
    first, *others = _cut(block, gaps)
    width, is_named = _width(first), _begins_with_names(first)
    starts = []
    for gap, part in zip(gaps, others, strict=True):
        if min(width, _width(part)) > 1 and is_named and _begins_with_names(part):
            starts.append(gap)
            width = 0
        width += _width(part)
    return _cut(block, starts) if starts else [block]


def _cut(block: list[Row], starts: list[int]) -> list[list[Row]]:
    """Cut rows into groups of columns, of which all but the first begin at `starts`."""
    parts: list[list[Row]] = [[] for _ in range(len(starts) + 1)]
    for row in block:
        cut: dict[int, dict[int, str]] = {}
        for column, text in row.cells.items():
            cut.setdefault(bisect_right(starts, column), {})[column] = text
        for at, cells in cut.items():
            parts[at].append(row._replace(cells=cells))
    return parts


def _width(part: list[Row]) -> int:
    return len(set(chain.from_iterable(row.cells for row in part)))


def _begins_with_names(part: list[Row]) -> bool:
    """Whether words, years or dates stand in the first column, not figures."""
    first = min(min(row.cells) for row in part)
    names = [row.cells[first] for row in part if first in row.cells]
    figures = [name for name in names[1:] if is_figure(name) and not is_period(name)]
    return len(names) > 1 and 2 * len(figures) < len(names)


def _add_block(builder: TextBuilder, block: list[Row], head: dict[int, str]) -> dict[int, str]:
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
    found, body = _head(block, columns)
    if not found and len(columns) > 1 and head.keys() >= set(columns):
        found = head  # a blank row parts the table, not the columns from their headers
    names = [[found.get(column, "") for column in columns]] if found else []
    cells = ([row.cells.get(column, "") for column in columns] for row in body)
    builder.add_table(chain(names, cells), header=bool(found))
    _add_lone(builder, remarks)
    return found


def _add_lone(builder: TextBuilder, rows: Sequence[Row]) -> None:
    for row in rows:
        for text in row.cells.values():
            builder.add(text)


def _part(block: list[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Part the captions above a table and the remarks below it, of one cell each, from it."""
    widest = max(len(row.cells) for row in block)
    if widest == 1:
        return (block, [], []) if len(block) <= _FEW_ROWS else ([], block, [])
    top, end = 0, len(block)
    while len(block[top].cells) == 1:
        top += 1
    first = min(block[top].cells)
    while end > top + 2 and _is_remark(block[end - 1], first):
        end -= 1
    return block[:top], block[top:end], block[end:]


def _is_remark(row: Row, first: int) -> bool:
    """A sentence under the first column of a table: its source, a footnote."""
    return row.cells.keys() == {first} and len(row.cells[first].split()) > 3


def _head(block: list[Row], columns: list[int]) -> tuple[dict[int, str], list[Row]]:
    """Part the headers, of one row or of two that stand above each other, from the rest."""
    first, *rest = block
    names = list(first.cells.values())
    if len(names) < 2 or not rest:
        return {}, block
    below = rest[0]
    if len(set(names)) < len(names):
        is_double = len(rest) > 1 and not any(map(is_figure, below.cells.values()))
        return (_join(first, below), rest[1:]) if is_double else ({}, block)
    if first.is_bold > below.is_bold:
        return first.cells, rest
    texts = [[row.cells.get(column, "") for column in columns] for row in block[:_TELLING_ROWS]]
    return (first.cells, rest) if looks_like_header(texts) else ({}, block)


def _join(first: Row, below: Row) -> dict[int, str]:
    """Put headers together that stand above each other: "2017", "Tonnes"."""
    columns = sorted(first.cells.keys() | below.cells.keys())
    pairs = ((first.cells.get(c, ""), below.cells.get(c, "")) for c in columns)
    joined = (" ".join(dict.fromkeys(filter(None, pair))) for pair in pairs)
    return dict(zip(columns, joined, strict=True))
