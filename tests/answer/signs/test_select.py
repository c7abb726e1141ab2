"""Which sentences another plainly beats: a form's other lines, another file's."""

from dataclasses import replace

import pytest

from qa.answer.signs.candidate import Candidate
from qa.answer.signs.chosen_rows import without_beaten_rows
from qa.answer.signs.select import selected
from qa.answer.signs.tables.rows import Tables
from qa.schema import Span
from tests.answer.outcome.making import candidate

FORM = (
    "Tool: Torque wrench\nLent on: 3 March\nReturned on:\nLast tested: 4 May\nNext test: 9 November"
)


SPANS = tuple(Span(FORM.index(said), FORM.index(said) + len(said)) for said in FORM.split("\n"))


def line(sentence: str, answer: str = "", text: str = FORM, doc_id: str = "form.txt") -> Candidate:
    found = candidate(doc_id, text, sentence, answer or sentence)
    passage = replace(found.passage, sentences=SPANS) if text == FORM else found.passage
    return found._replace(passage=passage)


LINES = [
    line("Tool: Torque wrench", "Torque wrench"),
    line("Lent on: 3 March", "3 March"),
    line("Last tested: 4 May", "4 May"),
    line("Next test: 9 November", "9 November"),
]


def left(question: str) -> list[str]:
    found = selected(question, LINES, Tables(lambda doc_id: FORM))
    return [one.passage.slice(one.answer) for one in found]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        # Nobody filled in when, and no other line says so.
        ("On which day was the wrench returned?", []),
        ("When was the tool returned?", ["Torque wrench"]),
        ("When was the lent tool returned?", ["Torque wrench", "3 March"]),
        ("When was the wrench lent?", ["Torque wrench", "3 March", "4 May"]),
        ("When must the wrench be tested again?", ["Torque wrench", "3 March", "9 November"]),
        ("When was the wrench tested?", ["Torque wrench", "3 March", "4 May"]),
    ],
)
def test_a_form_s_empty_line_and_its_last_and_next_time_decide_which_lines_may_answer(
    question: str, values: list[str]
) -> None:
    assert left(question) == values


def test_a_file_s_name_means_the_file_unless_another_speaks_of_what_it_is_called_after() -> None:
    asked = "What do I bring to the tool shed?"
    named = line("It is open at noon.", text="It is open at noon.", doc_id="tool-shed.txt")
    other = line("Bring a coat.", text="Bring a coat.", doc_id="coats.txt")
    beside = line("Bring a form.", text="Bring a form. The tool shed is cold.", doc_id="a.txt")
    found = selected(asked, [named, other, beside], Tables(lambda doc_id: ""))
    assert [one.features.other_thing for one in found] == [0.0, 3.0, 0.0]


def test_of_rows_the_one_with_the_asked_words_in_its_cells_is_which() -> None:
    rows = ["Work: Roof | Completion: 2028", "Work: Hall | Completion: completed in 2024"]
    found = [
        candidate("a", row, row, row[6:10])._replace(held=frozenset({"complet"})) for row in rows
    ]
    assert without_beaten_rows("Which work is completed?", found) == found[1:]
    assert without_beaten_rows("What is the completion date?", found) == found
