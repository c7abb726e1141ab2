"""Which years a text tells of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.values.times import (
    of_other_days,
    of_other_part_of_day,
    of_other_years,
    within_years,
)


@pytest.mark.parametrize(
    ("question", "text", "others"),
    [
        ("How many came in 2003?", "In 1998 there were 34; in 2006 there were 58.", True),
        ("How many came in 2006?", "In 1998 there were 34; in 2006 there were 58.", False),
        ("Who led it in 2001?", "She led it from 1998 to 2003.", False),
        ("Who led it in 2001?", "She led it 1998–2003.", False),
        ("Who led it in 2001?", "She led it 1998–03.", False),
        ("Who led it in 2001?", "She led it between May 1998 and June 2003.", False),
        ("Who led it in 2001?", "She won it in 1998 and 2003.", True),
        ("Who led it in 2000?", "He led it from 3 May 1998 until 4 June 2003.", False),
        ("Where was it in 2012?", "It has been held there since 2010.", False),
        ("Where was it in 2005?", "It has been held there since 2010.", True),
        ("Who led it in 2003?", "She led it until 2007.", False),
        ("Who led it in 2008?", "She led it until 2007.", True),
        ("What was built in 1995?", "Much was built in the 1990s.", False),
        ("What was built in the 1990s?", "The mill was built in 1995.", False),
        ("What was built in the late 1800s?", "The mill was built in 1856.", False),
        ("What was built after 2003?", "The mill was built in 2005.", False),
        ("What was built before 1850?", "The mill was built in 1856.", True),
        ("Who was there?", "The mill was built in 1856.", False),
        ("Who was there in 1856?", "The mill has 2,020 bags.", False),
    ],
)
def test_a_text_is_of_other_years_if_none_of_its_own_could_be_meant(
    question: str, text: str, others: bool
) -> None:
    assert of_other_years(question, text) is others


@given(st.text(alphabet="019 -–sfromtuniland", max_size=60), st.text(max_size=60))
def test_a_text_is_never_of_other_years_than_itself(text: str, other: str) -> None:
    assert not of_other_years(text, text)
    assert of_other_years(text, other) in (True, False)


@pytest.mark.parametrize(
    ("question", "text", "others"),
    [
        ("When does it open on Sunday?", "It opens at 9 on weekdays, at 10 on Saturdays.", True),
        ("When does it open on Saturday?", "It opens at 9 on weekdays, at 10 on Saturdays.", False),
        ("When does it open on Tuesdays?", "It opens at 9 on weekdays.", False),
        ("When does it open on Tuesdays?", "Mon–Thu 9–17", False),
        ("When does it open on Fridays?", "Mon–Thu 9–17", True),
        ("When does it open on Sundays?", "Friday to Monday it is closed.", False),
        ("When does it open at weekends?", "Sat 10–12", False),
        ("When does it open on Sundays?", "It opens daily at 9.", False),
        ("When does it open on Sundays?", "It opens at 9, sun or rain.", False),
        ("When does it open?", "It opens at 9 on weekdays.", False),
    ],
)
def test_a_text_is_of_other_days_if_none_of_its_own_is_meant(
    question: str, text: str, others: bool
) -> None:
    assert of_other_days(question, text) is others


def test_a_year_inside_a_span_is_within_it() -> None:
    assert within_years("Who led it in 2001?", "She led it from 1998 to 2003.")
    assert not within_years("Who led it in 2001?", "She led it in 1998 and in 2003.")
    assert not within_years("Who led it?", "She led it from 1998 to 2003.")


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("Who is there on Tuesday morning?", "Shift: 07:30-13:00 | Desk: Ann", False),
        ("Who is there on Tuesday morning?", "Shift: 13:00-19:00 | Desk: Bo", True),
        ("Who is there on Tuesday afternoon?", "Shift: 07:30-13:00 | Desk: Ann", True),
        ("Who is there on Tuesday afternoon?", "Shift: 13:00-19:00 | Desk: Bo", False),
        ("Who is there in the evening?", "Shift: 13.00 – 20.30 | Desk: Bo", False),
        ("Who is there in the evening?", "Shift: 09:00 to 17:00 | Desk: Cy", True),
        ("Who is there in the morning?", "Ash | Open 9.00-12.00 and 13.00-17.00", False),
        ("Who is there in the morning?", "Ash | Each afternoon, 13:00-17:00", False),
        ("When does it close in the evening?", "Shop: Ash | Hours: 8:00–18:00", False),
        ("When is the evening concert?", "Hall: Ash | Hours: 7.30–9.00", False),
        ("When is the evening concert?", "It is in the hall, 9:00–17:00", False),
        ("Who is there on Tuesday?", "Shift: 13:00-19:00 | Desk: Bo", False),
        ("Who is there in the morning?", "Ash | From 10:00 to 8:00", False),
    ],
)
def test_hours_are_of_a_part_of_the_day(question: str, text: str, other: bool) -> None:
    assert of_other_part_of_day(question, text) is other
