"""Tell which rows of a page are a table's, and read their cells and columns.

A table's columns keep apart from row to row, and its cells begin, end or are centred at one x.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from qa.formats.pdf.lines import LEADER, Line, joined
from qa.formats.table_header import is_period

Row = Sequence[Line]

# In heights of a letter.
CORRIDOR = 0.6
_ALIGNED = 0.35
_TABLE_STEP = 4.0
_CELL_STEP = 1.6
_NAME_CHARACTERS = 40
# More pieces in a row are no table: a hostile page would take for ever.
MOST_CELLS = 60
_MOST_LINES = 20


def step(above: Row, below: Row) -> float:
    """How far down the next row stands, in heights of a letter."""
    return (below[0].bottom - above[0].bottom) / max(above[0].height, below[0].height)


def tall_table(rows: Sequence[Row], start: int) -> tuple[list[Row], int]:
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
    return (table, at) if tall and short and table_end(table, 0) == len(table) else ([], 0)


def _stacked(lines: list[Line]) -> Line:
    """Make one cell of its lines; for its height it stands where its first line does."""
    first = lines[0]
    if len(lines) == 1:
        return first
    return replace(joined(lines), top=first.top, bottom=first.bottom, cells=tuple(lines))


def _cells(rows: Sequence[Row], start: int) -> tuple[list[list[Line]], int]:
    """Collect the cells of one row of a table: what stands beside each other, line by line.

    Returns:
        Each cell's lines, and where the next row begins; no cells if they are too many.
    """
    cells: list[list[Line]] = []
    right, top, bottom = -math.inf, math.inf, -math.inf
    for at in range(start, len(rows)):
        row, first = rows[at], rows[at][0]
        if len(cells) + len(row) > MOST_CELLS:
            return [], at
        if not cells or (first.left >= right and first.top < bottom and first.bottom > top):
            cells += [[piece] for piece in row]
        elif len(row) > 1 or not _is_below(cells[-1][-1], first):
            return cells, at
        elif len(cells[-1]) == _MOST_LINES:
            return [], at
        else:
            cells[-1].append(first)
        right = max(right, row[-1].right)
        top, bottom = min(top, first.top), max(bottom, first.bottom)
    return cells, len(rows)


def _is_below(above: Line, line: Line) -> bool:
    overlap = min(above.right, line.right) - max(above.left, line.left)
    return 0.5 < step([above], [line]) < _CELL_STEP and overlap > 0


def table_end(rows: Sequence[Row], start: int) -> int:
    """Find the end of the rows that are a table's; 0 if they are not."""
    if not 2 <= len(rows[start]) <= MOST_CELLS:
        return 0
    tracks: list[tuple[float, float]] = []
    end = start
    for at in range(start, len(rows)):
        if at > start and not 0 <= step(rows[at - 1], rows[at]) < _TABLE_STEP:
            break
        if len(rows[at]) > MOST_CELLS or any(LEADER.search(piece.text) for piece in rows[at]):
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
        margin = CORRIDOR * piece.height
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
    return 0 < step(above, row) < _CELL_STEP and all(_track(tracks, piece) for piece in row)


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
    reach = 2 * _ALIGNED * cells[0].height
    return any(_most_within(column, reach) >= 0.6 * len(cells) for column in edges)


def _most_within(xs: list[float], reach: float) -> int:
    """Count the largest group of numbers no further apart than this."""
    xs = sorted(xs)
    return max(bisect_right(xs, x + reach) - at for at, x in enumerate(xs))


def _is_figure(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 >= len(text.replace(" ", ""))


def table_lines(rows: Sequence[Row]) -> list[Line]:
    """Make a line of each row of a table, with its cells."""
    table, tracks = _table(rows)
    grouped = _grouped_names(table, tracks)
    names, head = (grouped, 2) if grouped else (_column_names(table, tracks), 1)
    return _named_lines(table, tracks, names, head)


def grouped_table(rows: Sequence[Row], start: int) -> tuple[list[Line], int]:
    """Read a table whose columns stand in groups: "In" over "2023" and "2024", "Out" over the same.

    What the first column is called may stand beside either row of names, or between them.

    Returns:
        A line of each row, and where it ends; no lines if there is no such table.
    """
    head = _grouped_head(rows[start : start + 3])
    if head is None:
        return [], 0
    groups, own, used = head
    body = [own, *rows[start + used :]]
    end = table_end(body, 0)
    table, tracks = _table(body[:end])
    names = _grouped_names([groups, *table], tracks)
    if not names:
        return [], 0
    return _named_lines([groups, *table], tracks, names, 2), start + used + end - 1


def _grouped_head(rows: Sequence[Row]) -> tuple[list[Line], Row, int] | None:
    """Part two rows of names into the groups' and the columns' own, and count the rows read."""
    if len(rows) < 2:
        return None
    first, second, *rest = rows
    if len(first) > 2 and len(second) > 2 and first[0].right <= second[0].left:
        return list(first[1:]), [_level_with(first[0], second[0]), *second], 2
    if len(first) == 1 and rest and _is_beside(first[0], second, rest[0]):
        return list(second), [_level_with(first[0], rest[0][0]), *rest[0]], 3
    return (list(first), second, 2) if 2 <= len(first) < len(second) else None


def _is_beside(piece: Line, first: Row, second: Row) -> bool:
    """Whether a lone piece stands left of two rows, beside one of them or between."""
    middle = (piece.top + piece.bottom) / 2
    return (
        2 <= len(first) < len(second)
        and first[0].top <= middle <= second[0].bottom
        and piece.right <= min(first[0].left, second[0].left)
    )


def _level_with(piece: Line, other: Line) -> Line:
    return replace(piece, top=other.top, bottom=other.bottom)


def _table(rows: Sequence[Row]) -> tuple[list[list[Line]], list[tuple[float, float]]]:
    """Put the lines of a cell together, and find the columns' extents."""
    tracks: list[tuple[float, float]] = []
    for row in rows:
        tracks = _fit(tracks, row) or tracks
    table: list[list[Line]] = []
    for at, row in enumerate(rows):
        if table and _continues(tracks, rows[at - 1], row):
            _go_on(table[-1], row, tracks)
        else:
            table.append(list(row))
    return table, tracks


def _named_lines(
    table: Sequence[list[Line]],
    tracks: list[tuple[float, float]],
    names: dict[int, str],
    head: int,
) -> list[Line]:
    """Make a line of each row; those below the head's get the names of their columns."""
    return [
        replace(
            joined(cells),
            cells=tuple(cells),
            names=tuple(
                names.get(_track(tracks, cell), "") if at >= head else "" for cell in cells
            ),
        )
        for at, cells in enumerate(table)
    ]


def _grouped_names(table: list[list[Line]], tracks: list[tuple[float, float]]) -> dict[int, str]:
    """Put two rows of headers together: "2021" over "Women" and "Men", "2022" over the same.

    Told by names that are there several times, once below each of the first row's cells. Years are
    names where figures that are none stand below.
    """
    if len(table) < 3 or not 2 <= len(table[0]) < len(table[1]):
        return {}
    first, second, *rest = table
    own = [cell.text.rstrip(":") for cell in second]
    lone = len(own) % len(first)  # columns in front that no group stands over
    size = (len(own) - lone) // len(first)
    groups = [own[at : at + size] for at in range(lone, len(own), size)] if size > 1 else []
    if not groups or lone > 2 or any(group != groups[0] for group in groups):
        return {}
    values = [cell.text for row in rest for cell in row if _is_figure(cell.text)]
    are_names = not any(map(_is_figure, own)) or (
        all(map(is_period, groups[0]))
        and not any(map(_is_figure, own[:lone]))
        and 2 * sum(map(is_period, values)) < len(values)
    )
    if not are_names or not values or not _stand_over(first, second[lone:], size):
        return {}
    names = own[:lone] + [
        f"{group.text.rstrip(':')} {name}" for group in first for name in groups[0]
    ]
    return {_track(tracks, cell): name for cell, name in zip(second, names, strict=True)}


def _stand_over(groups: list[Line], cells: list[Line], size: int) -> bool:
    """Whether each group's cell stands over its own columns."""
    return all(
        cells[at * size].left - group.height
        <= (group.left + group.right) / 2
        <= cells[at * size + size - 1].right + group.height
        for at, group in enumerate(groups)
    )


def _column_names(table: list[list[Line]], tracks: list[tuple[float, float]]) -> dict[int, str]:
    """Take the first row for the columns' names if it looks different from those below.

    It is bold, or of words over figures; over mostly figures where it has three columns and none.
    """
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
    wordy = not any(map(str.isdigit, "".join(names.values())))
    least = 0.5 if wordy and len(rest) > 1 and len(names) > 2 else 1.0
    over_figures = any(sum(own) >= least * len(own) for own in columns.values())
    return names if stands_out or over_figures else {}


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
