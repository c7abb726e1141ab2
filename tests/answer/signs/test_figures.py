"""One form for every number, amount and date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.figures import figures, one_way


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1,200,000", "1200000"),
        ("1.2 million", "1200000"),
        ("$1.2m", "1200000"),
        ("12 400 people", "12400 people"),
        ("in 2018 400 people", "in 2018 400 people"),
        ("forty thousand", "40000"),
        ("thirty-five", "thirty-five"),
        ("2019-07-05", "5 july 2019"),
        ("2018-03", "march 2018"),
        ("5th Jul. 2019", "5 july 2019"),
        ("20 per cent", "20 percent"),
        ("20%", "20 percent"),
        ("invoice no. R-12", "invoice number R-12"),
        ("He said no. It rained.", "He said no. It rained."),
        ("tel. 555", "phone 555"),
        ("5.5 km", "5.5 km"),
    ],
)
def test_a_figure_has_one_form(text: str, written: str) -> None:
    assert " ".join(one_way(text).split()) == written


def test_small_numbers_in_words_count_only_where_wanted() -> None:
    assert figures("twelve of 30") == {"30"}
    assert figures("twelve of 30", in_words=True) == {"12", "30"}


@given(st.text(alphabet="0123456789.,' -millionkm$%JanMarth\u202f", max_size=60))
def test_what_is_in_one_form_stays_as_it_is_if_it_has_no_figure(text: str) -> None:
    assert bool(figures(text)) == any(character.isdigit() for character in text)
