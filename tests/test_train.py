"""The training scripts' pure parts: windows, near misses, measures, the confidence fit."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from qa.read import Signs
from train.confidence import Asked, fit, probability
from train.data import Answer, Example, load_examples, split_by_title, window
from train.evaluate import exact_match, f1
from train.negatives import retrieved_negatives, swapped_negatives

CONTEXT = (
    "The mill was built in 1843. It burned down twice. Ada Lovelace bought it for 40 pounds. "
    "The river has since moved away."
)


def example(question: str = "When was the mill built?", answer: str = "1843") -> Example:
    start = CONTEXT.index(answer)
    return Example(question, CONTEXT, (Answer(answer, start),), "Mill", "made")


def test_a_window_keeps_every_answer_where_it_says() -> None:
    chance = random.Random(1)
    for tokens in (5, 12, 40, 500):
        cut = window(example("Who bought it?", "Ada Lovelace"), tokens, chance)
        (answer,) = cut.answers
        assert cut.context in CONTEXT
        assert cut.context[answer.start : answer.start + len(answer.text)] == "Ada Lovelace"


def test_a_file_whose_answers_are_misplaced_is_refused(tmp_path: Path) -> None:
    row = {
        "question": "When?",
        "context": CONTEXT,
        "answers": [{"text": "1843", "answer_start": 0}],
        "is_impossible": False,
        "title": "Mill",
    }
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(row) + "\n")
    with pytest.raises(ValueError, match="1843"):
        load_examples(path)


def test_no_title_is_on_both_sides_of_the_split() -> None:
    examples = [Example("Q?", CONTEXT, (), f"title {number % 40}", "made") for number in range(400)]
    training, validation = split_by_title(examples, 5)
    assert training
    assert validation
    assert not {e.title for e in training} & {e.title for e in validation}
    assert len(training) + len(validation) == len(examples)


def test_swapped_questions_ask_for_something_the_passage_lacks() -> None:
    questions = ["When in 1843 was the mill built?", "What did Ada Lovelace pay for 40 acres?"]
    made = swapped_negatives([example(question) for question in questions], 1.0, random.Random(2))
    assert made
    for negative in made:
        assert not negative.answers
        assert negative.question not in questions


def test_retrieved_passages_do_not_hold_the_answer() -> None:
    others = [
        Example("Where is the mill?", f"The mill number {n} stands on a hill.", (), "Hill", "made")
        for n in range(12)
    ]
    corpus = [
        example(),
        *(
            Example(
                o.question, o.context, (Answer("hill", o.context.index("hill")),), o.title, o.source
            )
            for o in others
        ),
    ]
    for negative in retrieved_negatives(corpus, 1.0, random.Random(3)):
        assert not negative.answers
        assert "1843" not in negative.context or negative.question != example().question


@pytest.mark.parametrize(
    ("text", "answers", "em", "token_f1"),
    [
        ("the Iron Bridge", ["Iron bridge!"], 1, 1.0),
        ("Iron Bridge of 1781", ["Iron Bridge"], 0, 2 * 2 / (4 + 2)),
        ("nothing", ["Iron Bridge", "Severn"], 0, 0.0),
    ],
)
def test_exact_match_and_f1_are_squad_s(
    text: str, answers: list[str], em: float, token_f1: float
) -> None:
    assert exact_match(text, answers) == em
    assert f1(text, answers) == pytest.approx(token_f1)


def test_the_confidence_fit_holds_its_signs_even_against_the_data() -> None:
    chance = np.random.default_rng(1)
    asked = [
        Asked(Signs(float(c), False, bool(m), False), bool(c < 0.5), True)
        for c, m in zip(chance.random(200), chance.random(200) < 0.5, strict=True)
    ]
    weights = fit([(asked, 1.0)])
    assert weights[0] == 0, "a high cosine may not speak against an answer"
    assert (weights[1:4] <= 0).all()
    assert 0 < probability(weights, asked[0]) < 1
