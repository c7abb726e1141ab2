"""A question and its answer as a claim."""

import pytest

from qa.answer.signs.claim import as_claim


@pytest.mark.parametrize(
    ("question", "answer", "claim"),
    [
        ("Who led the choir in 2007?", "Ada Brenn", "Ada Brenn led the choir in 2007."),
        ("How many fours are on the south side?", "5", "5 fours are on the south side."),
        ("In which year was it built?", "1843", "1843 year was it built."),
        ("Where is Slow Ferries printed?", "Treviso", "in Treviso is Slow Ferries printed."),
        ("Are pets allowed?", "Dogs are welcome.", "Are pets allowed Dogs are welcome."),
        ("地下车位一个月多少钱？", "450元", "地下车位一个月多少钱 450元"),
        ("?", "450", " 450"),
    ],
)
def test_the_answer_takes_the_place_of_what_asks(question: str, answer: str, claim: str) -> None:
    assert as_claim(question, answer) == claim
