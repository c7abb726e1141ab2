"""What is said not to be so does not answer what takes it for granted."""

import pytest

from qa.answer.signs.denial import denies, of_other_end
from qa.schema import Span


@pytest.mark.parametrize(
    ("question", "text", "answer", "above", "denied"),
    [
        ("Who was hit by a car?", "Last week a child was nearly hit.", "a child", "", True),
        ("Who was hit by a car?", "Last week a child was hit.", "a child", "", False),
        ("How much cash is covered?", "cash of more than €200", "€200", "Not covered", True),
        ("How much cash is not covered?", "cash of more than €200", "€200", "Not covered", False),
        ("How much cash is covered?", "Cash is covered up to €200", "€200", "Not covered", False),
        ("Is cash covered?", "cash of more than €200", "cash", "Not covered", False),
        ("When was it built?", "It was not built until 1902.", "1902", "", False),
        ("Who paid?", "Ada paid, but Bo has not paid.", "Ada", "", False),
        ("How much does entry cost?", "It does not cost anything.", "not", "", False),
        ("From what age may I use it?", "Those under 16 may not use it.", "16", "", False),
        (
            "When must it be returned?",
            "If not returned by 3 June, it is 5 euros.",
            "3 June",
            "",
            False,
        ),
        ("How far has it doubled?", "It nearly doubled.", "doubled", "", False),
        ("Who paid?", "Ada paid, but Bo has not paid.", "Bo", "", True),
    ],
)
def test_a_denial_is_told_in_the_answers_part_and_in_its_heading(
    question: str, text: str, answer: str, above: str, denied: bool
) -> None:
    at = text.index(answer)
    assert denies(question, text, Span(at, at + len(answer)), above) is denied


@pytest.mark.parametrize(
    ("question", "text", "answer", "other"),
    [
        ("When does the show close?", "It opens on 9 May 2024.", "9 May", True),
        (
            "When does the show close?",
            "It opens on 9 May 2024 and ends on 3 June.",
            "3 June",
            False,
        ),
        ("When does the shop close?", "Open from 9 to 17.", "9 to 17", False),
        ("When does school start?", "18 December: school ends at 13.30", "18 December", True),
        ("When does school start?", "5 January: first day of school", "5 January", False),
        ("Who is the new registrar?", "Willem Stroud retired in May.", "Willem Stroud", True),
        ("Who is the new registrar?", "Ada Lowe follows him.", "Ada Lowe", False),
        ("When does the pool open?", "It is closed until 4 May.", "4 May", False),
        ("When do lessons start after the break ends?", "They start at 9.", "9", False),
        ("Who paid for the new roof?", "It was paid with money left by Ada.", "Ada", False),
        ("Who is the new director?", "Former minister Ada was named director.", "Ada", False),
        ("Who was mayor before Ada?", "Her successor was Bo Ek.", "Bo Ek", True),
        ("Who was mayor after Ada?", "Her successor was Bo Ek.", "Bo Ek", False),
        ("Who was head before Bo Ek?", "Ann Lee was replaced by Bo Ek.", "Ann Lee", False),
        ("Who was head after Ann?", "Bo Ek took over from her predecessor Ann.", "Bo Ek", False),
        ("Who was mayor after Ada?", "Her predecessor was Bo Ek.", "Bo Ek", True),
        ("Who was the registrar?", "Willem Stroud retired in May.", "Willem Stroud", False),
        ("When will it erupt again?", "It erupted 3 million years ago.", "3 million years", True),
        ("When did it erupt?", "It erupted 3 million years ago.", "3 million years", False),
    ],
)
def test_the_start_is_not_the_end_and_who_left_is_not_new(
    question: str, text: str, answer: str, other: bool
) -> None:
    at = text.index(answer)
    assert of_other_end(question, text, Span(at, at + len(answer))) is other
