"""Rows become the table they were: every cell in its column, the cited one known."""

from hypothesis import given
from hypothesis import strategies as st

from qa.answer.outcome.table import grids, table_of
from qa.schema import Span, Table

values = st.text(st.sampled_from("abAB12%"), max_size=4)
tables = st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=5)
NAMES = ("Pier", "Tonnes 2021", "Note")


def line(row: list[str]) -> str:
    return " | ".join(f"{name}: {value}" for name, value in zip(NAMES, row, strict=True) if value)


@given(tables.filter(lambda rows: all(sum(map(bool, row)) > 1 for row in rows)))
def test_every_cell_comes_back_in_its_column(rows: list[list[str]]) -> None:
    (grid,) = grids([" | ".join(NAMES), *map(line, rows)])
    assert grid.header == NAMES
    assert [list(cells) for _, cells in grid.rows] == rows
    assert [number for number, _ in grid.rows] == list(range(1, len(rows) + 1))
    assert grid.first == 0


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_lines_can_be_looked_at(lines: list[str]) -> None:
    for grid in grids(lines):
        assert all(len(cells) == len(grid.header) for _, cells in grid.rows)
        assert 0 <= grid.first <= grid.rows[0][0]


def test_columns_of_rows_without_a_head_are_in_the_order_they_come() -> None:
    (grid,) = grids(["Pier: A | Tonnes: 1", "Pier: B | Note: new"])
    assert grid.header == ("Pier", "Tonnes", "Note")
    assert [cells for _, cells in grid.rows] == [("A", "1", ""), ("B", "", "new")]


def test_tables_below_one_another_stay_apart() -> None:
    found = grids(["Pier | Tonnes", "Pier: A | Tonnes: 1", "Ship | Flag", "Ship: B | Flag: no"])
    assert [(grid.header, grid.first) for grid in found] == [
        (("Pier", "Tonnes"), 0),
        (("Ship", "Flag"), 2),
    ]


ROWS = "Pier | Tonnes\nPier: A | Tonnes: 1\nPier: B | Tonnes: 2\nPier: C | Tonnes: 3"
TEXT = f"Ports\n\n{ROWS}\n\nThe end."


def shown(row: str, answer: str, text: str = TEXT) -> Table | None:
    start = text.index(row)
    at = start + row.index(answer)
    return table_of(text, Span(start, start + len(row)), Span(at, at + len(answer)))


def test_a_cited_row_comes_with_its_header_and_its_neighbours() -> None:
    header = ("Pier", "Tonnes")
    rows = (("A", "1"), ("B", "2"), ("C", "3"))
    assert shown("Pier: B | Tonnes: 2", "2") == Table(header, rows, 1, 1)
    assert shown("Pier: A | Tonnes: 1", "A") == Table(header, rows[:2], 0, 0)
    assert shown("Pier: C | Tonnes: 3", "Pier: C | Tonnes: 3") == Table(header, rows[1:], 1, None)


def test_a_row_that_does_not_say_what_its_cells_are_stands_under_the_first_of_its_like() -> None:
    text = "Segments\n\nSegment | 2021 | 2022\nTimber | 4,310 | 4,985\nPaper | 12,040 | 11,200\n"
    found = shown("Paper | 12,040 | 11,200", "11,200", text)
    assert found == Table(("Segment", "2021", "2022"), (("Paper", "12,040", "11,200"),), 0, 2)


def test_a_sentence_is_no_table() -> None:
    assert shown("The end.", "end") is None
    assert shown("Pier: A | Tonnes: 1\nPier: B | Tonnes: 2", "1") is None
