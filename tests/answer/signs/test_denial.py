"""What is said not to be so does not answer what takes it for granted."""

import pytest

from qa.answer.signs.denial import denies
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
        ("Who paid?", "Ada paid, but Bo has not paid.", "Bo", "", True),
    ],
)
def test_a_denial_is_told_in_the_answers_part_and_in_its_heading(
    question: str, text: str, answer: str, above: str, denied: bool
) -> None:
    at = text.index(answer)
    assert denies(question, text, Span(at, at + len(answer)), above) is denied
