"""Dates and versions: read however they are written, in order, and nothing else taken for one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.outcome.dates import Edition, edition_of, in_force, since, without_editions
from qa.months import MONTHS

days = st.dates(date(1500, 1, 1), date(2099, 12, 31))


FORMS = (
    "{0:%Y-%m-%d}",
    "{0:%Y_%m_%d}",
    "{0.day}.{0.month}.{0.year}",
    "{0.day} {1} {0.year}",
    "{1} {0.day}, {0.year}",
    "{0.day} {2} {0.year}",
)


@given(days, st.sampled_from(FORMS))
def test_a_date_is_read_however_it_is_written(day: date, form: str) -> None:
    month = MONTHS[day.month - 1]
    text = form.format(day, month, month[:3])
    read = edition_of(f"Rules ({text})")
    assert read.date == (day.year, day.month, day.day)
    assert read.said == f"{day.day} {month} {day.year}"
    assert not edition_of(without_editions(f"Rules ({text})"))


@given(st.lists(days, min_size=2, max_size=5))
def test_editions_sort_as_their_dates_do(found: list[date]) -> None:
    editions = sorted(edition_of(f"{day:%Y-%m-%d}") for day in found)
    assert [e.date for e in editions] == [(d.year, d.month, d.day) for d in sorted(found)]


@given(st.text())
def test_any_text_can_be_read_and_loses_its_editions_for_good(text: str) -> None:
    left = without_editions(text)
    assert edition_of(text) >= Edition()
    assert len(left) <= max(len(text), 1) * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Leave policy (2024)", "2024"),
        ("parking-rules-2020.md", "2020"),
        ("minutes_2019-05", "May 2019"),
        ("Terms, May 2023", "May 2023"),
        ("manual v2.10", "version 2.10"),
        ("Handbook, version 3", "version 3"),
        ("Rules of 2020, revised 2023", "2023"),
        ("Model 2500 pump", ""),
        ("Room 120", ""),
        ("1,958 gates", ""),
        ("", ""),
    ],
)
def test_a_title_says_how_new_it_is(text: str, said: str) -> None:
    assert edition_of(text).said == said


def test_later_versions_are_newer_by_number_not_by_letters() -> None:
    assert edition_of("manual v2.10") > edition_of("manual v2.9") > edition_of("manual")


def test_a_document_says_since_when_it_holds() -> None:
    assert (
        in_force("In force from 1 May 2023. They replace the rules of 2020.").said == "1 May 2023"
    )
    assert in_force("They replace the rules of 2020.").said == ""
    assert since("From 1 January 2024, staff receive 27 days.").said == "1 January 2024"
    assert since("In 2012 there were 41,000.").said == ""
