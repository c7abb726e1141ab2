"""The rows of a PDF page in, its lines in reading order out.

PDFium gives what stands side by side as one row, be it the lines of two columns, the cells of
a table or a justified line with wide gaps. Which it is shows in the rows around it: between
columns and cells the gap goes on from row to row, and their text starts or ends at one x.
Knows where text stands, and nothing of what it says but the number of its words.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.formats.pdf_page import Line, joined

Row = Sequence[Line]

# In heights of a letter.
_CORRIDOR = 0.6
_ALIGNED = 0.35
_TABLE_STEP = 4.0
_COLUMN_STEP = 2.2
_COLUMN_WORDS = 4
_NAME_CHARACTERS = 40
_LONE_MARKER = re.compile(r"[•‣◦▪●○■□➢✓*–—-]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]")


def in_reading_order(rows: Sequence[Row]) -> list[Line]:
    """Put columns after each other, make one line of each table row, join all other rows."""
    rows = _with_neighbours(rows)
    lines: list[Line] = []
    at = 0
    while at < len(rows):
        table, after = _tall_table(rows, at)
        if table:
            lines += _table(table)
        elif after := _columns_end(rows, at):
            lines += _column_after_column(rows[at:after])
        elif after := _table_end(rows, at):
            lines += _table(rows[at:after])
        else:
            lines.append(joined(list(rows[at])))
            after = at + 1
        at = after
    return _with_markers(lines)


def _with_neighbours(rows: Sequence[Row]) -> list[Row]:
    """Make one row of those that stand side by side on one line, as cells often come."""
    done: list[Row] = []
    for row in rows:
        above = done[-1][-1] if done else None
        if above and _is_level(above, row[0]) and above.right <= row[0].left:
            done[-1] = [*done[-1], *row]
        else:
            done.append(row)
    return done


def _is_level(one: Line, other: Line) -> bool:
    return (
        one.angle == other.angle
        and abs(one.bottom - other.bottom) < 0.2 * min(one.height, other.height)
    )


def _tall_table(rows: Sequence[Row], start: int) -> tuple[list[Row], int]:
    """Read a table that is drawn cell after cell, with cells of several lines.

    Returns:
        Its rows, a line a cell, and where it ends; no rows if there is no such table.
    """
    table: list[Row] = []
    at, tall = start, False
    while at < len(rows):
        cells, after = _cells(rows, at)
        if len(cells) < 2 or (table and cells[0][0].top < table[-1][0].bottom - 1):
            break
        tall = tall or any(len(cell) > 1 for cell in cells)
        table.append([_stacked(cell) for cell in cells])
        at = after
    short = all(len(row[0].text) <= _NAME_CHARACTERS for row in table)
    return (table, at) if tall and short and _table_end(table, 0) == len(table) else ([], 0)


def _stacked(lines: list[Line]) -> Line:
    """Make one cell of its lines; for its height it stands where its first line does."""
    first = lines[0]
    if len(lines) == 1:
        return first
    return replace(joined(lines), top=first.top, bottom=first.bottom, cells=tuple(lines))


def _cells(rows: Sequence[Row], start: int) -> tuple[list[list[Line]], int]:
    """Collect the cells of one row of a table: what stands beside each other, line by line."""
    cells: list[list[Line]] = []
    for at in range(start, len(rows)):
        row = rows[at]
        if not cells or _is_beside_all(cells, row):
            cells += [[piece] for piece in row]
        elif len(row) == 1 and _is_below(cells[-1][-1], row[0]):
            cells[-1].append(row[0])
        else:
            return cells, at
    return cells, len(rows)


def _is_beside_all(cells: list[list[Line]], row: Row) -> bool:
    right = max(line.right for cell in cells for line in cell)
    top = min(cell[0].top for cell in cells)
    bottom = max(cell[-1].bottom for cell in cells)
    return row[0].left >= right and row[0].top < bottom - 1 and row[0].bottom > top - 1


def _is_below(above: Line, line: Line) -> bool:
    step = (line.bottom - above.bottom) / line.height
    overlap = min(above.right, line.right) - max(above.left, line.left)
    return 0.5 < step < 1.6 and overlap > 0


def _columns_end(rows: Sequence[Row], start: int) -> int:
    """Find the end of the rows that are lines of two columns; 0 if they are not."""
    if len(rows[start]) < 2:
        return 0
    left, right = rows[start][0].right, rows[start][1].left
    both: list[int] = []
    end = start
    for at in range(start, len(rows)):
        row = rows[at]
        if at > start and not 0 <= _step(rows[at - 1], row) < _COLUMN_STEP:
            break
        before = [piece.right for piece in row if piece.left < left]
        after = [piece.left for piece in row if piece.left >= left]
        left, right = max([left, *before]), min([right, *after])
        if right - left < _CORRIDOR * row[0].height:
            break
        both += [at] if before and after else []
        end = at + 1
    wordy = sum(_is_wordy(rows[at]) for at in both)
    return end if len(both) >= 2 and wordy >= 0.6 * len(both) else 0


def _is_wordy(row: Row) -> bool:
    return all(piece.text.count(" ") + 1 >= _COLUMN_WORDS for piece in (row[0], row[1]))


def _column_after_column(rows: Sequence[Row]) -> list[Line]:
    edge = min(row[1].left for row in rows if len(row) > 1 and _is_wordy(row))
    left = [[piece for piece in row if piece.left < edge - 1] for row in rows]
    right = [[piece for piece in row if piece.left >= edge - 1] for row in rows]
    return [
        line
        for column in (left, right)
        for line in in_reading_order([row for row in column if row])
    ]


def _step(above: Row, below: Row) -> float:
    """How far down the next row stands, in heights of a letter."""
    return (below[0].bottom - above[0].bottom) / max(above[0].height, below[0].height)


def _table_end(rows: Sequence[Row], start: int) -> int:
    """Find the end of the rows that are a table's; 0 if they are not."""
    if len(rows[start]) < 2:
        return 0
    tracks: list[tuple[float, float]] = []
    end = start
    for at in range(start, len(rows)):
        if at > start and not 0 <= _step(rows[at - 1], rows[at]) < _TABLE_STEP:
            break
        wider = _fit(tracks, rows[at])
        if wider is None:
            break
        tracks = wider
        # A row of one piece belongs to the table if more of it follows, or if it goes on
        # with a cell of the row above.
        if len(rows[at]) > 1 or (end == at and _continues(tracks, rows[at - 1], rows[at])):
            end = at + 1
    full = [row for row in rows[start:end] if len(row) > 1]
    return end if len(full) > 1 and _is_aligned(full, tracks) else 0


def _fit(tracks: list[tuple[float, float]], row: Row) -> list[tuple[float, float]] | None:
    """Widen the columns' extents by a row's cells; None if a cell would lie in two columns."""
    tracks = list(tracks)
    used: set[int] = set()
    for piece in row:
        margin = _CORRIDOR * piece.height
        near = [
            at
            for at, (left, right) in enumerate(tracks)
            if piece.left < right + margin and piece.right > left - margin
        ]
        if len(near) > 1 or used.intersection(near):
            return None
        if near:
            left, right = tracks[near[0]]
            tracks[near[0]] = min(left, piece.left), max(right, piece.right)
            used.update(near)
        else:
            tracks.append((piece.left, piece.right))
            used.add(len(tracks) - 1)
    return tracks


def _track(tracks: list[tuple[float, float]], piece: Line) -> int:
    """Number the column a cell is in, from 0 at the left."""
    return sum(right < piece.left for _, right in tracks)


def _continues(tracks: list[tuple[float, float]], above: Row, row: Row) -> bool:
    return 0 < _step(above, row) < 1.6 and all(_track(tracks, piece) for piece in row)


def _is_aligned(rows: Sequence[Row], tracks: list[tuple[float, float]]) -> bool:
    """Cells of one column begin, end or are centred at one x, in most columns."""
    columns: dict[int, list[Line]] = {}
    for row in rows:
        for piece in row:
            columns.setdefault(_track(tracks, piece), []).append(piece)
    shared = {number: cells for number, cells in columns.items() if number and len(cells) > 1}
    last = max(columns)
    aligned = sum(_share_an_x(cells, number == last) for number, cells in shared.items())
    return bool(shared) and aligned >= 0.6 * len(shared)


def _share_an_x(cells: list[Line], last: bool) -> bool:
    """Most cells share a start, an end or a middle.

    In justified prose all that stands last ends at one x: there, only figures count.
    """
    edges = [[cell.left for cell in cells]]
    if not last or sum(_is_figure(cell.text) for cell in cells) > len(cells) / 2:
        edges.append([cell.right for cell in cells])
    if not last or len(cells) > 2:
        edges.append([(cell.left + cell.right) / 2 for cell in cells])
    reach = _ALIGNED * cells[0].height
    return any(
        max(sum(abs(x - other) < reach for other in column) for x in column) >= 0.6 * len(cells)
        for column in edges
    )


def _is_figure(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 >= len(text.replace(" ", ""))


def _table(rows: Sequence[Row]) -> list[Line]:
    """Make a line of each row of a table, with its cells."""
    tracks: list[tuple[float, float]] = []
    for row in rows:
        tracks = _fit(tracks, row) or tracks
    table: list[list[Line]] = []
    for at, row in enumerate(rows):
        if table and _continues(tracks, rows[at - 1], row):
            _go_on(table[-1], row, tracks)
        else:
            table.append(list(row))
    names = _column_names(table, tracks)
    return [
        replace(
            joined(cells),
            cells=tuple(cells),
            names=tuple(names.get(_track(tracks, cell), "") if at else "" for cell in cells),
        )
        for at, cells in enumerate(table)
    ]


def _column_names(table: list[list[Line]], tracks: list[tuple[float, float]]) -> dict[int, str]:
    """Take the first row for the columns' names if it looks different from those below."""
    first, *rest = table
    names = {_track(tracks, cell): cell.text.rstrip(":") for cell in first}
    if len(set(names.values())) < max(2, len(tracks) - 1) or not rest:
        return {}
    if any(len(name) > _NAME_CHARACTERS or _is_figure(name) for name in names.values()):
        return {}
    stands_out = all(cell.bold for cell in first) and not all(
        cell.bold for cells in rest for cell in cells
    )
    columns: dict[int, list[bool]] = {}
    for cells in rest:
        for cell in cells:
            columns.setdefault(_track(tracks, cell), []).append(_is_figure(cell.text))
    return names if stands_out or any(map(all, columns.values())) else {}


def _go_on(cells: list[Line], row: Row, tracks: list[tuple[float, float]]) -> None:
    """Add the second line of some cells to them."""
    for piece in row:
        column = _track(tracks, piece)
        same = [at for at, cell in enumerate(cells) if _track(tracks, cell) == column]
        if same:
            above = cells[same[-1]]
            cells[same[-1]] = _stacked([*(above.cells or (above,)), piece])
        else:
            cells.append(piece)


def _with_markers(lines: list[Line]) -> list[Line]:
    """Join a list marker that stands alone with the line beside it."""
    done: list[Line] = []
    for line in lines:
        if done and _LONE_MARKER.fullmatch(done[-1].text) and _beside(done[-1], line):
            done[-1] = replace(joined([done[-1], line]), bottom=line.bottom, size=line.size)
        else:
            done.append(line)
    return done


def _beside(marker: Line, line: Line) -> bool:
    near = abs(line.bottom - marker.bottom) < 0.7 * line.height
    return near and marker.right <= line.left + 1 and not line.cells
