"""Cells of rows and values of forms: which one a question asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.tables.cells import (
    asked_cell,
    cell_of,
    cells,
    fields,
    gives_back,
    header_above,
    is_empty_field,
    is_header,
    is_unticked,
    leaves_column_open,
    of_other_time,
    says_total,
)
from qa.schema import Span

ROW = "Tool: Saw | Drawer: K7 | In stock: 31 | Price: 18.20"


def values(text: str) -> list[tuple[str, str]]:
    return [(cell.label, text[slice(*cell.value)]) for cell in cells(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ROW, [("Tool", "Saw"), ("Drawer", "K7"), ("In stock", "31"), ("Price", "18.20")]),
        ("Saw | K7 | 31", [("", "Saw"), ("", "K7"), ("", "31")]),
        ("Flag: Malta", [("Flag", "Malta")]),
        ("Flag            Malta", [("Flag", "Malta")]),
        ("Ruf：12", [("Ruf", "12")]),
        ("The gate is locked at 22:00.", []),
        ("It was sold.", []),
        ("What follows is a long list of things that nobody wants: nails", []),
        ("Flag: Malta\nPort: Gozo", []),
    ],
)
def test_rows_and_form_lines_have_cells_and_prose_has_none(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("In which drawer is the saw?", "Drawer"),
        ("What is the price of a saw?", "Price"),
        ("How many saws are in stock?", "In stock"),
        ("Which tool is in drawer K7?", "Tool"),
        ("How long is the saw?", None),
    ],
)
def test_the_cell_whose_label_the_question_names_is_asked_for(
    question: str, label: str | None
) -> None:
    found = asked_cell(question, ROW, cells(ROW))
    assert (found and found.label) == label


def test_what_is_counted_is_the_column_that_begins_with_it() -> None:
    row = "Age: 6 to 14 years | Drops per ear: 3 | Times a day: twice"
    found = asked_cell("How many drops for a 10 year old?", row, cells(row))
    assert found
    assert found.label == "Drops per ear"


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("How many votes did Bo Ek get?", "Runner-up votes"),
        ("How many votes did Ann Lee get?", "Votes"),
        ("What was the runner-up party in Ash?", "Runner-up party"),
        ("What was the party in Ash?", "Party"),
    ],
)
def test_the_column_is_that_of_whom_the_question_names(question: str, label: str) -> None:
    row = (
        "Seat: Ash | Winner: Ann Lee | Party: Green | Votes: 9 | Runner-up: Bo Ek | "
        "Runner-up party: Blue | Runner-up votes: 7"
    )
    found = asked_cell(question, row, cells(row))
    assert found
    assert found.label == label


def test_a_bare_row_takes_the_names_of_the_row_above_all() -> None:
    table = "Site | 2021 | 2022\nKent | 5 | 7\nHull | 3 | 9"
    start = table.index("Hull")
    header = header_above(table, start)
    assert header == ["Site", "2021", "2022"]
    row = cells("Hull | 3 | 9", header)
    found = asked_cell("How many in Hull in 2022?", "Hull | 3 | 9", row)
    assert found is not None
    assert found.value == Span(11, 12)
    assert header_above(table, 0) == []
    assert header_above(f"A: 1 | B: 2\n{ROW}", 13) == []


def test_a_head_names_columns_and_holds_no_figures_but_years() -> None:
    assert is_header("Site | 2021 | 2022", "Kent | 5 | 7")
    assert not is_header("Kent | 5 | 7", "Hull | 3 | 9")
    assert not is_header("Site | Town", "Kent | 5 | 7")
    assert not is_header("Site: Kent | 2021: 5,110 | 2022: 7", "Site: Hull | 2021: 3 | 2022: 9")
    assert not is_header("Site: Kent | 2021: 2018 | 2022: 7", "Site: Hull | 2021: 3 | 2022: 9")


def test_a_label_stands_for_its_value() -> None:
    row = cells("Flag: Malta | Port: Gozo")
    found = [cell_of(Span(at, at + 2), row) for at in (0, 7, 14, 20)]
    assert [cell and cell.label for cell in found] == ["Flag", "Flag", "Port", "Port"]


def test_a_total_is_told_from_a_row() -> None:
    assert says_total("Total | 16 | 17")
    assert not says_total("Kent | 5 | 7")


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_text_is_taken_and_values_lie_inside(text: str, question: str) -> None:
    row = cells(text)
    assert all(0 <= cell.value.start <= cell.value.end <= len(text) for cell in row)
    asked_cell(question, text, row)
    header_above(text, len(text) // 2)
    is_header(text, question)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Insured by | [ ] University | [x] Borrower | [ ] Nobody", [("Insured by", "Borrower")]),
        ("Heated: [x] yes [ ] no", [("Heated", "yes")]),
        ("Paid in ☐ cash ☒ by card ☒ by mail", [("Paid in", "by card"), ("Paid in", "by mail")]),
        ("Insured by | [ ] University | [ ] Borrower", []),
        ("Borrower | Ada Holm", [("Borrower", "Ada Holm")]),
        ("Borrower: | Ada Holm", [("Borrower", "Ada Holm")]),
        (
            "Field: Purpose | Entry: ☐ work ☒ study ☐ family",
            [("Field", "Purpose"), ("Entry", "study")],
        ),
        ("Saw | K7 | 31", [("", "Saw"), ("", "K7"), ("", "31")]),
        ("2021 | 31", [("", "2021"), ("", "31")]),
        ("Click [x] to close it.", []),
        ("Declare int[] values and [x] in a row.", []),
        ("[x] oiled", []),
    ],
)
def test_of_a_form_s_line_only_its_value_or_what_is_ticked_is_a_value(
    line: str, found: list[tuple[str, str]]
) -> None:
    assert [(cell.label, line[slice(*cell.value)]) for cell in fields(line)] == found
    assert is_unticked(line) == (line == "Insured by | [ ] University | [ ] Borrower")


@pytest.mark.parametrize(
    ("question", "line", "expected"),
    [
        ("Who has borrowed the thermal camera?", "Device | Thermal camera TC-9", True),
        ("Who runs Ferrule?", "Product: Ferrule", True),
        ("Who has borrowed the thermal camera?", "Borrower | Ada Holm", False),
        ("Which device has Ada?", "Device | Thermal camera TC-9", False),
        ("Who is in the camera team?", "Camera team | Ada Holm | Bo", False),
    ],
)
def test_a_line_that_holds_what_the_question_names_gives_it_back(
    question: str, line: str, expected: bool
) -> None:
    assert gives_back(question, line, fields(line)) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Returned on", True), ("Signature:", True), ("Engine", False), ("Kept at | Store", False)],
)
def test_a_label_without_a_value_is_an_empty_field(line: str, expected: bool) -> None:
    text = f"Lent on | 3 March\n{line}\nRemarks | none"
    start = text.index(line)
    assert is_empty_field(text, start, start + len(line)) is expected
    for around in ("All is well.\n{}\nIt is.", "All is well.\n\n{}\n\nNext: 5"):
        text = around.format(line)
        start = text.index(line)
        assert not is_empty_field(text, start, start + len(line))


def test_two_columns_have_a_header_only_where_it_is_a_year() -> None:
    assert header_above("Borrower | Ada\nDevice | Camera", 15) == []
    assert header_above("Site | 2021\nKent | 5", 12) == ["Site", "2021"]


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("When must the balance be calibrated again?", {"Last calibrated"}),
        ("When is the next calibration due?", {"Last calibrated"}),
        ("When was the balance calibrated?", {"Next calibration"}),
        ("When was the last calibration?", {"Next calibration"}),
        ("Who calibrates the balance?", set()),
        ("When must the last calibration be repeated?", set()),
    ],
)
def test_the_last_time_is_told_from_the_next(question: str, labels: set[str]) -> None:
    both = ["Last calibrated", "Next calibration", "Calibrated by"]
    assert of_other_time(question, both) == labels
    assert of_other_time(question, ["Last admission", "Opening hours"]) == set()


def test_the_column_of_the_time_asked_for_is_taken() -> None:
    row = "Crane: K1 | Last service: 3 May | Next service: 3 November"
    found = asked_cell("When will crane K1 have its service?", row, cells(row))
    assert found is not None
    assert found.label == "Next service"


GOODS = "Goods: Coal | Inbound 2023: 440 | Inbound 2024: 295 | Outbound 2023: 12 | Outbound 2024: 0"


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("How much coal came in during 2023?", "Inbound 2023"),
        ("How much coal was shipped out in 2024?", "Outbound 2024"),
        ("How much inbound coal was there in 2024?", "Inbound 2024"),
        ("How much coal was handled in 2024?", None),
        ("How much coal came in 2024?", None),
    ],
)
def test_of_several_columns_of_a_year_one_is_meant_only_where_the_question_says_which(
    question: str, label: str | None
) -> None:
    found = asked_cell(question, GOODS, cells(GOODS))
    assert (found and found.label) == label
    assert leaves_column_open(question, GOODS) is (label is None)


def test_one_column_a_year_leaves_nothing_open() -> None:
    assert not leaves_column_open("How much in 2024?", "Site: Kent | 2023: 5 | 2024: 7")
    assert not leaves_column_open("From 2023 to 2024?", "Site: Kent | 2023: 5 | 2024: 7")
    assert not leaves_column_open("How much coal is there?", GOODS)
