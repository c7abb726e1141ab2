"""Put the rows of a PDF page into the order of reading.

PDFium gives what stands side by side as one row, be it the lines of two columns, the cells of
a table or a justified line with wide gaps. Which it is shows in the rows around it: between
columns and cells the gap goes on from row to row, and their text starts or ends at one x.
Knows where text stands, and nothing of what it says but the number of its words.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.formats.pdf.lines import Line, is_raised_figure, joined
from qa.formats.pdf.tables import (
    CORRIDOR,
    MOST_CELLS,
    Row,
    grouped_table,
    step,
    table_end,
    table_lines,
    tall_table,
)

# In heights of a letter.
_COLUMN_STEP = 2.2
_COLUMN_WORDS = 4
_LONE_MARKER = re.compile(
    r"[\d⁰¹²³⁴-⁹*†‡§]{1,2}|[•‣◦▪●○■□➢✓*–—-]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]"
)


def in_reading_order(pieces: Sequence[Row]) -> list[Line]:
    """Put columns after each other, make one line of each table row, join all other rows.

    Args:
        pieces: The rows of a page, each with its pieces from left to right.
    """
    rows: Sequence[Row] = _with_neighbours(pieces)
    lines: list[Line] = []
    at = 0
    while at < len(rows):
        table, after = tall_table(rows, at)
        grouped, end = ([], 0) if table else grouped_table(rows, at)
        if table:
            lines += table_lines(table)
        elif grouped:
            lines += grouped
            after = end
        elif after := _columns_end(rows, at):
            lines += _column_after_column(rows[at:after])
        elif after := table_end(rows, at):
            lines += table_lines(rows[at:after])
        else:
            lines.append(joined(list(rows[at])))
            after = at + 1
        at = after
    return _with_markers(lines)


def _with_neighbours(rows: Sequence[Row]) -> list[list[Line]]:
    """Make one row of those that stand side by side on one line, as cells often come."""
    done: list[list[Line]] = []
    for row in rows:
        above = done[-1][-1] if done else None
        if above and is_raised_figure(above, row[0]):
            done[-1][-1:] = [joined([above, row[0]]), *row[1:]]
        elif above and _is_level(above, row[0]) and above.right <= row[0].left:
            done[-1].extend(row)
        else:
            done.append(list(row))
    return done


def _is_level(one: Line, other: Line) -> bool:
    apart = abs(one.bottom - other.bottom)
    return one.angle == other.angle and apart < 0.2 * min(one.height, other.height)


def _columns_end(rows: Sequence[Row], start: int) -> int:
    """Find the end of the rows that are lines of two columns; 0 if they are not."""
    if not 2 <= len(rows[start]) <= MOST_CELLS:
        return 0
    left, right = rows[start][0].right, rows[start][1].left
    both: list[int] = []
    end = start
    for at in range(start, len(rows)):
        row = rows[at]
        if at > start and not 0 <= step(rows[at - 1], row) < _COLUMN_STEP:
            break
        if len(row) > MOST_CELLS:
            break
        before = [piece.right for piece in row if piece.left < left]
        after = [piece.left for piece in row if piece.left >= left]
        left, right = max([left, *before]), min([right, *after])
        if right - left < CORRIDOR * row[0].height:
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
