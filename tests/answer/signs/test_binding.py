"""Which of several values a question means, and whether one counts or tells of another thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.binding import (
    amount_of,
    bound_part,
    counted_noun,
    counts,
    counts_another,
    done_otherwise,
    respective,
)
from qa.schema import Span


def part(question: str, text: str) -> str | None:
    found = bound_part(question, text, lambda said: any(c.isdigit() for c in said))
    return None if found is None else text[slice(*found)]


@pytest.mark.parametrize(
    ("question", "text", "meant"),
    [
        ("How many eggs do the geese lay?", "The hens lay 5 eggs, the geese 2.", "the geese 2."),
        ("What is the toll for vans?", "The toll is 4 for cars and 9 for vans.", "9 for vans."),
        ("What is the toll for cars?", "The toll is 4 for cars and 9 for vans.", None),
        (
            "How many beds has the old house?",
            "The new house has 3 beds; the old house has 8.",
            "the old house has 8.",
        ),
        (
            "How many beds has the new house?",
            "The new house has 3 beds; the old house has 8.",
            "The new house has 3 beds",
        ),
        (
            "How many nurses came to Kent?",
            "They sent 5 pilots and 3 nurses to Kent.",
            "3 nurses to Kent.",
        ),
        ("How many pilots came to Kent?", "They sent 5 pilots and 3 nurses to Kent.", None),
        ("How many pilots were there?", "They sent 5 pilots to Kent.", None),
        (
            "How much tin was mined in 2018?",
            "Firms beat the goal of 50 t in 2018, mining 55 t of ore, including 14 t of tin.",
            "including 14 t of tin.",
        ),
        (
            "How much copper ore was mined in 2018?",
            "They beat 50 t in 2018, mining 55 t of ores, with 14 t of tin ore, 9 t of copper ore.",
            "9 t of copper ore.",
        ),
        ("How many guests in 2014?", "We had 41 in 2012 and 39 in 2014.", "39 in 2014."),
    ],
)
def test_the_part_with_the_question_s_own_word_is_meant(
    question: str, text: str, meant: str | None
) -> None:
    assert part(question, text) == meant


BOATS = (
    "The north shed holds 23 punts and 8 rafts, while the south shed holds 31 punts and 5 rafts."
)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("How many rafts are in the south shed?", "5 rafts."),
        ("How many rafts are in the north shed?", "8 rafts"),
        ("How many punts are in the south shed?", "the south shed holds 31 punts"),
        ("How many rafts are there?", None),
    ],
)
def test_of_clauses_the_one_with_the_question_s_own_word_is_meant(
    question: str, meant: str | None
) -> None:
    assert part(question, BOATS) == meant


def test_of_clauses_with_years_the_one_of_the_question_s_year_is_meant() -> None:
    led = "From 2005 to 2009 the head was Ada Lund; from 2010 to 2015 it was Nils Dahl."
    assert part("Who was the head in 2012?", led) == "from 2010 to 2015 it was Nils Dahl."
    assert part("Who was the head in 2006?", led) == "From 2005 to 2009 the head was Ada Lund"
    assert part("Who was the head in 2017?", led) is None


HEADS = "The cook and the baker this year are Ida Holm and Per Dahl, respectively."
KNIGHTED = "Al Berg and his son, Jo Berg, were called Lord Ash and Lord Elm respectively."
BORN = "Ida Holm, Per Dahl and Ann Vik were born in 1950, 1961 and 1972 respectively."


@pytest.mark.parametrize(
    ("question", "text", "meant"),
    [
        ("Who is the baker this year?", HEADS, "Per Dahl"),
        ("Who is the cook this year?", HEADS, "Ida Holm"),
        ("Who is the guard this year?", HEADS, None),
        ("Who are the cook and the baker?", HEADS.replace(", respectively", ""), None),
        ("Who bakes?", "Ida Holm and Per Dahl are cook and baker, respectively.", "Per Dahl"),
        ("When was Per Dahl born?", BORN, "1961"),
        ("What was Jo Berg called?", KNIGHTED, "Lord Elm"),
        ("What was Al Berg called?", KNIGHTED, "Lord Ash"),
        ("Who was born in 1972?", BORN, "Ann Vik"),
        ("What do children pay?", "Adults and children pay $10 and $5, respectively.", "$5"),
        ("When was Per Dahl born?", BORN.replace("1950, ", ""), None),
    ],
)
def test_what_belongs_to_which_is_told_by_the_order_of_two_lists(
    question: str, text: str, meant: str | None
) -> None:
    found = respective(question, text)
    assert (None if found is None else text[slice(*found)]) == meant


@pytest.mark.parametrize(
    ("question", "text", "said", "another"),
    [
        ("How many pupils go to a school?", "The list shows six schools.", "six", True),
        ("How many pupils go to a school?", "The list shows six pupils.", "six", False),
        ("How many schools are there?", "The list shows six schools.", "six", False),
        ("How many people came?", "There were 90 guests.", "90", False),
        ("How many people came to the two shows?", "Two shows drew 90 people.", "Two", False),
        ("How many boats has the club?", "The club has 3 piers.", "3", False),
        ("How many boats lie at the piers?", "The club has about 3 piers.", "about 3", True),
        ("Who goes to a school?", "The list shows six schools.", "six", False),
    ],
)
def test_a_count_of_another_noun_is_of_another_thing(
    question: str, text: str, said: str, another: bool
) -> None:
    start = text.index(said)
    assert counts_another(question, text, Span(start, start + len(said))) is another


def test_a_count_is_a_number_in_front_of_its_noun() -> None:
    assert counted_noun("How many open jobs can it hold?") == {"open", "job"}
    assert counted_noun("Who holds it?") == set()
    assert counts({"job"}, "It holds at most 1,500 jobs.")
    assert not counts({"job"}, "Of the jobs 15 failed.")


DONE = "The roof was mended in 2013; the lift was installed in 2016."


@pytest.mark.parametrize(
    ("question", "said", "otherwise"),
    [
        ("What was mended in 2016?", "lift", True),
        ("What was mended in 2013?", "roof", False),
        ("What was built in 2016?", "lift", False),
        ("What did they mend in 2016?", "lift", False),
    ],
)
def test_an_act_that_another_part_tells_of_is_not_the_answer_s(
    question: str, said: str, otherwise: bool
) -> None:
    start = DONE.index(said)
    assert done_otherwise(question, DONE, Span(start, start + len(said))) is otherwise


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_are_taken(question: str, text: str) -> None:
    found = bound_part(question, text, bool)
    assert found is None or 0 <= found.start <= found.end <= len(text)
    named = respective(question, text)
    assert named is None or 0 <= named.start < named.end <= len(text)
    assert counts_another(question, text, Span(0, 1)) in (True, False)
    assert done_otherwise(question, text, Span(0, 1)) in (True, False)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much varnish do I need?", "1/2 cup"),
        ("How much thinner?", "2 1/4 cups"),
        ("How many cups do I need?", None),
        ("How much water is there?", None),
    ],
)
def test_an_amount_is_of_what_is_named_behind_it(question: str, said: str | None) -> None:
    text = "Mix 1/2 cup of varnish with 2 1/4 cups of the thinner."
    found = amount_of(question, text)
    assert (found and text[slice(*found)]) == said
    assert amount_of(question, "Take 2 cups of flour.") is None


def test_an_amount_of_what_is_asked_is_told_from_what_else_is_counted() -> None:
    text = "They seized 7.9 MT of cocaine and arrested 262 smugglers."
    found = amount_of("How much cocaine was seized in 2018?", text)
    assert found is not None
    assert text[slice(*found)] == "7.9 MT"
