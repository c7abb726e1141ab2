"""What a question asks for: a number, a date, a sentence; which names it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.question import (
    asked_item,
    asked_mail_field,
    asks_for_all,
    asks_for_date,
    asks_for_money,
    asks_for_name,
    asks_for_number,
    asks_for_other_unit,
    asks_for_percentage,
    asks_for_sentence,
    asks_how_much_money,
    question_names,
    without_courtesies,
    without_guess,
)

_ASKS = (
    asks_for_date,
    asks_for_money,
    asks_for_name,
    asks_for_number,
    asks_for_other_unit,
    asks_for_percentage,
    asks_for_sentence,
)

_QUESTIONS = st.text(max_size=80) | st.lists(
    st.sampled_from(
        "What who When how many The DEA Peru Ångström Jean-Luc is did “Ada” to ?".split()
    ),
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize(
    "question",
    [
        "How many labs were destroyed?",
        "how MUCH is left?",
        "What percentage of it was burned?",
        "By what percent did it fall?",
        "What was the price of bread?",
        "What is the number of bridges?",
        "How old is the bridge?",
    ],
)
def test_a_question_of_quantity_asks_for_a_number(question: str) -> None:
    assert asks_for_number(question)
    assert not asks_for_date(question)
    assert not asks_for_sentence(question)


@pytest.mark.parametrize(
    ("question", "money", "other_unit"),
    [
        ("How much money was spent?", True, False),
        ("What was the price of bread?", True, False),
        ("How much did the US pay?", True, False),
        ("How much was spent?", True, False),
        ("What was the BUDGET?", True, False),
        ("How many labs were destroyed?", False, True),
        ("How much land was burned?", False, True),
        ("How old is the bridge?", False, True),
        ("How many dollars were paid?", False, False),  # either unit would do
        ("How much was left?", False, False),
    ],
)
def test_an_amount_is_of_money_of_another_unit_or_it_is_not_said(
    question: str, money: bool, other_unit: bool
) -> None:
    assert (asks_for_money(question), asks_for_other_unit(question)) == (money, other_unit)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("What percentage burned?", True),
        ("By what percent did it fall?", True),
        ("What share of it is iron?", True),
        ("How many shares are there?", False),
        ("How much burned?", False),
    ],
)
def test_a_percentage_is_a_share(question: str, share: bool) -> None:
    assert asks_for_percentage(question) is share


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Who wrote it?", True),
        ("“Where” is it?", True),
        ("Whose bridge is it?", True),
        ("What is it?", False),
        ("Since when is it known who wrote it?", False),
        ("Whoever wrote it?", False),
    ],
)
def test_who_and_where_ask_for_a_name(question: str, named: bool) -> None:
    assert asks_for_name(question) is named


@pytest.mark.parametrize(
    "question",
    [
        "When was the bridge opened?",
        "The bridge\nopened when?",
        "Since when has it been open?",
        "In which year did it open?",
        "what month is best for pruning?",
        "What is the date of the treaty?",
    ],
)
def test_a_question_of_time_asks_for_a_date(question: str) -> None:
    assert asks_for_date(question)
    assert not asks_for_number(question)
    assert not asks_for_sentence(question)


@pytest.mark.parametrize(
    "question",
    [
        "What happened when the bridge opened?",
        "Who was there\nwhen it opened?",
        "What has Peru done to date?",
        "Who updated the candidates?",
        "Whenever did Ada stop?",
    ],
)
def test_a_word_for_time_that_is_not_asked_for_does_not_ask_for_a_date(question: str) -> None:
    assert not asks_for_date(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why did the engine fail?",
        "“Why” was it never built?",
        "Did Ada write to Charles?",
        "  is it open?",
        "List the bridges.",
        "Describe the garden",
        "How did she do it?",
        "What are the reasons for it?",
        "What kinds of roses are there?",
        "Which bridges of them all are open?",
        "What does the letter say?",
        "I started two months ago. Can I work from home?",
        "I forgot a sock, can I open the door?",
        "I have lost my receipt, what now?",
    ],
)
def test_a_reason_a_way_a_list_or_yes_and_no_ask_for_a_sentence(question: str) -> None:
    assert asks_for_sentence(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote to Charles?",
        "Where is the bridge?",
        "What is the capital of Peru?",
        "Which river does it cross?",
        "How often are the ferns watered?",
        "Isabel lives where?",
        "Ann Lee, who was the chair, left in what year?",
        "When, according to the minutes, is the next meeting?",
        "On which day, if any, is the office closed?",
        "I wonder what they were trained in. Can you name the topic?",
    ],
)
def test_a_thing_asked_for_by_name_needs_no_sentence(question: str) -> None:
    assert not asks_for_sentence(question)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did the DEA do in Bolivia?", ["DEA", "Bolivia"]),
        ("What happened?", []),
        ("Peru is where?", []),
        ("HOW MANY LABS WERE DESTROYED?", []),
        ("DID ADA WRITE?", []),
        ("how much in colombia", []),
        ("What Is The Capital Of Peru?", []),
        ("Where did Ångström live?", ["Ångström"]),
        ("Was it The Hague or Hague?", ["Hague"]),
        ("Did Jean-Luc meet her?", ["Jean-Luc"]),
        ("Did Bob and Bob meet?", ["Bob"]),
        ("What was Napoleon's horse?", ["Napoleon"]),
        ("Who is “Napoleon” or (Wellington)?", ["Napoleon", "Wellington"]),
        ("Who  met\nNapoleon in\tFife?", ["Napoleon", "Fife"]),
        ("Where did I go?", []),
    ],
)
def test_names_are_what_is_capitalised_inside_a_question(question: str, names: list[str]) -> None:
    assert question_names(question) == names


@given(_QUESTIONS)
def test_names_are_distinct_words_of_the_question_whatever_the_white_space(question: str) -> None:
    names = question_names(question)
    assert len(set(names)) == len(names)
    assert all(name in question and name[0].isupper() for name in names)
    assert question_names(f"\n{'  '.join(question.split())} ") == names


@given(_QUESTIONS)
def test_any_text_is_a_question(question: str) -> None:
    assert all(asks(question) in (True, False) for asks in _ASKS)


@pytest.mark.timeout(30)  # a pattern that backtracks would take minutes
@pytest.mark.parametrize("piece", ["what ", "when", "to date ", "all ", " \n", "A"])
def test_a_long_question_is_looked_through_once(piece: str) -> None:
    question = (piece * 2000)[:2000]
    assert all(asks(question) in (True, False) for asks in _ASKS)
    assert len(question_names(question)) <= 1


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("When was it built?", "When was it built?"),
        ("Hi! When was it built? Thanks", "When was it built?"),
        ("Please tell me how many people work there.", "how many people work there."),
        ("I'd like to know who built the mill", "who built the mill"),
        (
            "Hello, I hope you are well. I write a paper and was asked to find out, if possible, "
            "how many boats lie there. Could you please tell me? Thank you so much!",
            "how many boats lie there.",
        ),
        ("Did the king say when he comes?", "Did the king say when he comes?"),
        ("Who asked how many came?", "Who asked how many came?"),
        ("The king left. When?", "The king left. When?"),
        ("Tell me about the mill.", "Tell me about the mill."),
        ("Thank you!", "Thank you!"),
    ],
)
def test_greetings_thanks_and_what_leads_up_to_a_question_are_left_out(
    question: str, asked: str
) -> None:
    assert without_courtesies(question) == asked


def test_months_days_and_courtesies_are_no_names() -> None:
    assert question_names("What burned in March, on a Monday? Thank Ada") == ["Ada"]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What is the third step?", 2),
        ("What is the 2nd condition?", 1),
        ("What does step 4 say?", 3),
        ("What is the last main rule?", -1),
        ("Who came third?", None),
        ("When did the first king die?", None),
    ],
)
def test_the_item_of_a_list_is_numbered_as_it_is_asked_for(
    question: str, number: int | None
) -> None:
    assert asked_item(question) == number


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("When was the mail about the lease sent?", "Date"),
        ("Who wrote the quoted message?", "From"),
        ("To whom was the e-mail sent?", "To"),
        ("When was the mail service founded?", None),
        ("Who invented e-mail?", None),
    ],
)
def test_the_line_above_a_mail_that_is_asked_for_is_told(question: str, field: str | None) -> None:
    assert asked_mail_field(question) == field


@given(_QUESTIONS)
def test_what_is_left_of_a_question_is_never_empty_and_is_a_part_of_it(question: str) -> None:
    left = without_courtesies(question)
    assert bool(left.strip()) == bool(question.strip())
    assert set(left.split()) <= set(question.split())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do I have to bring on my first day?", True),
        ("What is needed before the first lesson?", True),
        ("What is needed for the second step?", False),
        ("What does the last chapter contain?", False),
    ],
)
def test_when_something_is_needed_is_not_which_of_several(question: str, expected: bool) -> None:
    assert asks_for_all(question) is expected


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("How many came, was it 2,500?", "How many came"),
        ("How many came, or were there 40?", "How many came"),
        ("How many came, and was it hot?", "How many came, and was it hot?"),
        ("Was it 40?", "Was it 40?"),
        (
            "What happens to a long one, say 100 characters, there?",
            "What happens to a long one there?",
        ),
        ("What did he say 100 times?", "What did he say 100 times?"),
    ],
)
def test_what_an_asker_supposes_is_left_out(question: str, left: str) -> None:
    assert without_guess(question) == left


@pytest.mark.parametrize(
    ("question", "money"),
    [
        ("Combien coûte la visite guidée ?", True),
        ("Quel est le prix du billet ?", True),
        ("Was kostet die Tageskarte?", True),
        ("Wie hoch ist die Leihgebühr?", True),
        ("¿Cuánto cuesta la entrada?", True),
        ("Quanto costa il biglietto?", True),
        ("How much does a ticket cost?", True),
        ("How much did the museum receive?", True),
        ("Combien de salles y a-t-il ?", False),
        ("Wie hoch ist der Turm?", False),
        ("What is the price of honour?", False),
        ("How much rain fell?", False),
    ],
)
def test_a_sum_of_money_is_asked_for_outright_in_several_languages(
    question: str, money: bool
) -> None:
    assert asks_how_much_money(question) is money
    assert not money or (asks_for_number(question) and asks_for_money(question))
