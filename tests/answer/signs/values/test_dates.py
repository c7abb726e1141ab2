"""Dates as calendars write them, and how a question stands to them."""

import pytest

from qa.answer.signs.values.dates import Date, asked_about, read_all


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("3 May 2026", Date(2026, 5, 3)),
        ("Sat 3rd of May, 2026", Date(2026, 5, 3)),
        ("May 3, 2026, 10:30", Date(2026, 5, 3)),
        ("Sept. 12", Date(0, 9, 12)),
        ("June", Date(0, 6, 0)),
        ("2026-05-03", Date(2026, 5, 3)),
        ("2026-05", Date(2026, 5, 0)),
        ("03.05.2026", Date(2026, 5, 3)),
        ("13/5/2026", Date(2026, 5, 13)),
        ("5/13/2026", Date(2026, 5, 13)),
        ("1894", Date(1894, 0, 0)),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, date: Date) -> None:
    assert read_all([text]) == [date]


@pytest.mark.parametrize(
    "values",
    [["3/5/2026"], ["31.02 2026"], ["3 May", "soon"], ["40 May 2026"], ["2026-13-01"], [""], []],
)
def test_what_is_no_date_or_may_be_two_is_not_read(values: list[str]) -> None:
    assert read_all(values) is None


def test_one_cell_of_a_column_tells_the_day_from_the_month() -> None:
    assert read_all(["3/5/2026", "21/5/2026"]) == [Date(2026, 5, 3), Date(2026, 5, 21)]
    assert read_all(["3/5/2026", "3/21/2026"]) == [Date(2026, 3, 5), Date(2026, 3, 21)]


@pytest.mark.parametrize(
    ("question", "inside", "outside"),
    [
        ("due before 15 May?", ["14 May", "April"], ["15 May", "May", "June"]),
        ("due before the end of May?", ["31 May", "May"], ["1 June"]),
        ("due by 15 May", ["15 May"], ["16 May"]),
        ("due no later than 15 May", ["15 May"], ["16 May"]),
        ("due by the end of May", ["31 May"], ["1 June"]),
        ("due after 15 May", ["16 May", "June"], ["15 May", "May"]),
        ("due since March", ["1 March", "April"], ["28 February"]),
        ("due on or after March 3", ["3 March"], ["2 March"]),
        ("due between 1 and 15 May", ["1 May", "15 May"], ["30 April", "16 May"]),
        ("due between April and 15 May", ["1 April", "15 May"], ["31 March", "16 May"]),
        ("due from 3 to 5 June", ["4 June"], ["2 June", "6 June"]),
        ("opened before 1900", ["1899", "31 December 1899"], ["1900", "1 January 1900"]),
        ("opened after the end of 1900", ["1901"], ["1900"]),
    ],
)
def test_a_question_tells_which_dates_it_means(
    question: str, inside: list[str], outside: list[str]
) -> None:
    asked = asked_about(question)
    assert asked is not None
    for value, holds in [(one, True) for one in inside] + [(one, False) for one in outside]:
        (date,) = read_all([value]) or []
        assert asked.holds(date, asked.dates) is holds, value


@pytest.mark.parametrize(
    "question",
    [
        "due by April",
        "due before 05/06/2026",
        "due before lunch",
        "due on 15 May",
        "between the wars",
        "before 40 May",
        "",
    ],
)
def test_where_no_date_or_no_side_is_plain_nothing_is_compared(question: str) -> None:
    assert asked_about(question) is None


def test_two_bare_years_may_be_figures() -> None:
    asked = asked_about("between 1500 and 2000 seats")
    assert asked is not None
    assert asked.may_be_amounts
    dated = asked_about("between 1 May 2020 and 2 May 2021")
    assert dated is not None
    assert not dated.may_be_amounts
