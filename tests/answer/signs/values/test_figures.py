"""One form for every number, amount and date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.values.figures import as_written, figures, of_another_amount, one_way


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1,200,000", "1200000"),
        ("1.2 million", "1200000"),
        ("$1.2m", "1200000"),
        ("12 400 people", "12400 people"),
        ("in 2018 400 people", "in 2018 400 people"),
        ("forty thousand", "40000"),
        ("thirty-five", "35"),
        ("thirty-five-year-old", "thirty-five-year-old"),
        ("a hundred and eighty thousand euros", "180000 euros"),
        ("six hundred and forty thousand litres", "640000 litres"),
        ("one million two hundred thousand and five", "1200005"),
        ("three hundred and four hundred", "300 and 400"),
        ("one million and two million", "1000000 and 2000000"),
        ("two and a half million", "2500000"),
        ("a million and a half", "1500000"),
        ("half a million", "500000"),
        ("two and a half hours", "2.5 hours"),
        ("several hundred people", "several hundred people"),
        ("one of them", "one of them"),
        ("nineteen ninety-nine", "nineteen ninety-nine"),
        ("the twenty-second", "the twenty-second"),
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


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("Who gave 180,000 euros?", "Ada gave a hundred and eighty thousand euros.", False),
        ("Who gave 180,000 euros?", "Ada gave 18,000 euros.", True),
        ("Who gave €180,000?", "Ada gave 18,000 euros.", True),
        ("Who gave 4,750,000 euros?", "Ada gave €4.75 million.", False),
        ("Who gave 180,000 euros?", "Ada gave 18,000 pounds.", False),
        ("Who gave 180,000 euros?", "Ada gave much.", False),
        ("Which hill is 900 m high?", "The Alder is 870 m high.", True),
        ("Which two hills are high?", "Three hills are high.", False),
        ("Who came in 2018?", "In 2019 came nobody.", False),
    ],
)
def test_an_amount_in_the_same_unit_is_another(question: str, text: str, another: bool) -> None:
    assert of_another_amount(question, text) is another


@given(st.text(alphabet="0123456789.,' -millionkm$%JanMarth\u202f", max_size=60))
def test_what_is_in_one_form_stays_as_it_is_if_it_has_no_figure(text: str) -> None:
    assert bool(figures(text)) == any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    ("question", "text", "written"),
    [
        ("Who got 2,600,000 euros?", "Ada got 2.6 million euros.", "Who got 2.6 million euros?"),
        ("Who got 1.2 million?", "Ada got $1,200,000.", "Who got 1,200,000?"),
        ("Who gave 120,000?", "One hundred and twenty thousand was given.",
         "Who gave One hundred and twenty thousand?"),
        ("Who got 900,000 francs?", "It spent 900 000 francs.", "Who got 900 000 francs?"),
        ("Who got 2.6 million?", "Ada got 2.6 million, or 2,600,000.", "Who got 2.6 million?"),
        ("Who got 10000 of the 100000?", "Ada got 10,000 of 100,000.",
         "Who got 10,000 of the 100,000?"),
        ("Who came in 2021?", "In 2021 Ada came.", "Who came in 2021?"),
        ("Who got 3.4 million?", "Ada got 3.5 million.", "Who got 3.4 million?"),
        ("Who is it?", "It is 2.6 million.", "Who is it?"),
    ],
)  # fmt: skip
def test_a_large_amount_is_written_as_a_text_does(question: str, text: str, written: str) -> None:
    assert as_written(question, text) == written
