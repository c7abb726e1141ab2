"""Put rows that were read as text together to a table again, to show them as one.

A row reads "Year: 2018 | Tonnes: 25.9", without its empty cells; above the first may stand a bare
row that names the columns. Does not know HTML.
"""

from collections.abc import Sequence
from typing import NamedTuple

from qa.answer.signs.tables.cells import Cell, cells, header_above
from qa.schema import Span, Table

_LOOKED_ABOVE = 20_000
_GAP = " | "


class Grid(NamedTuple):
    """Rows that stand below one another.

    Attributes:
        header: What the columns are called.
        rows: Each row's number among the lines, and its cells, "" where one is empty.
        first: Number of the first line, that of the header if it has one of its own.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    first: int


def grids(lines: Sequence[str]) -> list[Grid]:
    """Find the tables in some lines, in order; lines that are of no table belong to none."""
    found: list[Grid] = []
    named: tuple[str, ...] = ()
    for number, line in enumerate(lines):
        row = _labelled(line)
        if not row:
            named = tuple(map(str.strip, line.split(_GAP))) if _GAP in line else ()
            continue
        labels = tuple(cell.label for cell in row)
        last = found[-1] if found else None
        goes_on = last is not None and last.rows[-1][0] == number - 1
        if last is not None and goes_on and set(labels) & set(last.header):
            header = last.header + tuple(label for label in labels if label not in last.header)
            rows = tuple((at, _padded(values, header)) for at, values in last.rows)
            found[-1] = Grid(header, (*rows, (number, _values(line, row, header))), last.first)
        elif named and set(labels) <= set(named) and len(set(named)) == len(named):
            found.append(Grid(named, ((number, _values(line, row, named)),), number - 1))
        elif len(row) > 1:
            found.append(Grid(labels, ((number, _values(line, row, labels)),), number))
        named = ()
    return found


def table_of(text: str, sentence: Span, answer: Span) -> Table | None:
    """Return a cited row as a small table: with its header and the rows next to it.

    Args:
        text: A document's.
        sentence: What is cited.
        answer: The answer in it.

    Returns:
        None if no single row is cited.
    """
    line = text[slice(*sentence)]
    if "\n" in line or _GAP not in line:
        return None
    lines, cited = _lines_around(text, sentence)
    for grid in grids(lines):
        numbers = [number for number, _ in grid.rows]
        if cited in numbers:
            at = numbers.index(cited)
            rows = tuple(values for _, values in grid.rows[max(0, at - 1) : at + 2])
            return Table(
                grid.header, rows, min(at, 1), _column(line, sentence, answer, grid.header)
            )
    return _bare_table(text, sentence, answer)


def _bare_table(text: str, sentence: Span, answer: Span) -> Table | None:
    """Return a row that does not say what its cells are, under the first of its like."""
    start = text.rfind("\n\n", max(0, sentence.start - _LOOKED_ABOVE), sentence.start) + 2
    start = start if start > 1 else max(0, sentence.start - _LOOKED_ABOVE)
    above = text[start : sentence.start]
    header = tuple(header_above(f"{above}", len(above))) if above.endswith("\n") else ()
    row = cells(text[slice(*sentence)], header)
    if len(row) != len(header) or len(row) < 2:
        return None
    line = text[slice(*sentence)]
    values = tuple(line[slice(*cell.value)] for cell in row)
    within = answer.shift(-sentence.start)
    column = next((n for n, c in enumerate(row) if _holds(c.value, within)), None)
    return Table(header, (values,), 0, column)


def _lines_around(text: str, sentence: Span) -> tuple[list[str], int]:
    """Return the lines from the table's head to the row below, and the cited one's number."""
    start = text.rfind("\n\n", max(0, sentence.start - _LOOKED_ABOVE), sentence.start)
    start = start + 2 if start >= 0 else max(0, sentence.start - _LOOKED_ABOVE)
    end = text.find("\n", sentence.end)
    below = text.find("\n", end + 1) if end >= 0 else -1
    stop = below if below >= 0 else len(text)
    before = text[start : sentence.start].split("\n")
    lines = text[start:stop].split("\n")
    return lines, len(before) - 1


def _labelled(line: str) -> list[Cell]:
    """Return a row's cells; none if one has no label, or two have the same."""
    if "\n" in line:
        return []
    row = cells(line)
    labels = [cell.label for cell in row]
    return row if all(labels) and len(set(labels)) == len(labels) else []


def _values(line: str, row: Sequence[Cell], header: Sequence[str]) -> tuple[str, ...]:
    by_label = {cell.label: line[slice(*cell.value)] for cell in row}
    return tuple(by_label.get(label, "") for label in header)


def _padded(values: tuple[str, ...], header: Sequence[str]) -> tuple[str, ...]:
    return values + ("",) * (len(header) - len(values))


def _column(line: str, sentence: Span, answer: Span, header: Sequence[str]) -> int | None:
    """Return the column of the cell that holds the answer; None if the row does."""
    within = answer.shift(-sentence.start)
    holding = [cell.label for cell in cells(line) if _holds(cell.value, within)]
    return list(header).index(holding[0]) if holding else None


def _holds(cell: Span, answer: Span) -> bool:
    return cell.start <= answer.start and answer.end <= cell.end
