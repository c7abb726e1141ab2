"""The training scripts' pure parts: windows, near misses, measures, the confidence fit."""

import json
import random
import re
from pathlib import Path

import numpy as np
import pytest

from qa.answer.signs.features import Features
from qa.evaluate.calibrate import Asked
from qa.evaluate.squad import exact_match, token_f1
from train.calibrate import _with_none, fit
from train.data import Answer, Example, load_examples, split_by_title, titled, window
from train.made.contrast import altered, contrasted
from train.made.facts import templated_examples
from train.made.negatives import removed_negatives, retrieved_negatives, swapped_negatives

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
    split = split_by_title(examples, 5)
    titles = [{e.title for e in side} for side in split]
    assert all(titles)
    assert sum(map(len, titles)) == len(set.union(*titles)) == 40
    assert sum(map(len, split)) == len(examples)


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
    ("text", "answers", "em", "f1"),
    [
        ("the Iron Bridge", ["Iron bridge!"], 1, 1.0),
        ("Iron Bridge of 1781", ["Iron Bridge"], 0, 2 * 2 / (4 + 2)),
        ("nothing", ["Iron Bridge", "Severn"], 0, 0.0),
    ],
)
def test_exact_match_and_f1_are_squad_s(
    text: str, answers: list[str], em: float, f1: float
) -> None:
    assert exact_match(text, answers) == em
    assert token_f1(text, answers) == pytest.approx(f1)


def asked(chance: np.random.Generator, right_by: str, answerable: bool = True) -> Asked:
    """A question with five sentences, of which the one with the highest feature is right."""
    features = chance.random((5, len(Features._fields)))
    features[:, Features._fields.index("lead")] = 0.0
    best = features[:, Features._fields.index(right_by)].argmax()
    return Asked(features, np.arange(5) == (best if answerable else -1), np.arange(5), answerable)


def test_the_rank_follows_the_feature_that_tells_the_right_sentence() -> None:
    chance = np.random.default_rng(1)
    sets = {name: [asked(chance, "margin") for _ in range(100)] for name in "ab"}
    weights = fit(sets)[0].rank._asdict()
    assert max(weights, key=lambda name: abs(weights[name])) == "margin"
    assert weights["lead"] == 0


def test_what_has_no_answer_tells_how_sure_a_sentence_must_be() -> None:
    """Of two sentences neither is right: nothing is learned of their order, and none is chosen."""
    features, right = _with_none(np.ones((2, 3)), np.array([False, False]))
    assert features.tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]]
    assert right.tolist() == [False, False, True]
    assert _with_none(np.ones((2, 3)), np.array([False, True]))[1].tolist() == [False, True, False]


def test_a_feature_never_speaks_against_its_meaning_even_if_the_data_does() -> None:
    chance = np.random.default_rng(2)
    sets = {name: [asked(chance, "missing_figure") for _ in range(100)] for name in "ab"}
    calibration, _ = fit(sets)
    assert calibration.rank.missing_figure <= 0, "a missing figure cannot speak for an answer"
    assert calibration.confidence.missing_figure <= 0
    assert calibration.confidence.margin >= 0


def test_risk_falls_with_the_threshold_and_lies_in_its_interval() -> None:
    chance = np.random.default_rng(3)
    sets = {
        name: [asked(chance, "margin", answerable=chance.random() < 0.7) for _ in range(200)]
        for name in "abc"
    }
    calibration, left_out = fit(sets)
    assert {name: len(p) for name, p in left_out.items()} == dict.fromkeys("abc", 200)
    risks = calibration.risks
    thresholds = [risk.min_confidence for risk in risks]
    expected = [risk.expected for risk in risks]
    assert thresholds == sorted(thresholds)
    assert expected == sorted(expected, reverse=True)
    assert risks[0].answered == 1
    assert 0.4 <= risks[0].expected < 0.48, (
        "two in five are taken to have no answer; few are missed"
    )
    assert all(0 <= risk.low <= risk.high <= 1 for risk in risks)
    assert all(risk.low <= risk.expected for risk in risks)


def test_removing_the_answer_leaves_a_passage_without_it() -> None:
    made = removed_negatives([example("Who bought it?", "Ada Lovelace")] * 4, 1.0, random.Random(1))
    assert len(made) == 4
    assert all(not e.answers and "Lovelace" not in e.context for e in made)
    assert all("built in 1843" in e.context for e in made)


def test_a_contrast_keeps_the_answer_or_has_none() -> None:
    questions = [
        example("What did Ada Lovelace pay for it?", "40 pounds"),
        example("Who bought it for 40 pounds?", "Ada Lovelace"),
        example("In which year after 1842 was it built?", "1843"),
    ]
    names = "Grace Hopper met Alan Turing and Charles Babbage in York."
    others = [Example("Q?", f"{names} Then {n}.", (Answer("York", 53),), "o", "o") for n in "ab"]
    made = contrasted(questions * 30 + others, 1.0, random.Random(4))
    kept = [e for e in made if e.answers]
    lost = [e for e in made if not e.answers]
    assert kept
    assert lost
    for one in kept:
        (answer,) = one.answers
        assert one.context[answer.start :].startswith(answer.text)
        assert one.context.count("bought it for") == 2, "the copy stands beside the original"
    for one in lost:
        assert one.context.count("bought it for") == 1
        assert not ("Ada Lovelace" in one.context and "40 pounds" in one.context)


def test_altered_keeps_the_kind() -> None:
    chance = random.Random(5)
    for _ in range(50):
        assert re.fullmatch(r"[12]\d\d\d", altered("1843", [], chance))
        assert re.fullmatch(r"\$\d\.\d million", altered("$2.5 million", [], chance))
        assert altered("Ada Lovelace", ["Paris", "Grace Hopper"], chance) == "Grace Hopper"
    assert altered("a mill", ["Paris"], chance) == "a mill"


def test_templated_facts_hold_their_answer_once_or_not_at_all() -> None:
    made = templated_examples(400, random.Random(6))
    for one in made:
        for answer in one.answers:
            assert one.context[answer.start :].startswith(answer.text)
    unanswerable = sum(not one.answers for one in made) / len(made)
    assert 0.3 < unanswerable < 0.5


def test_a_title_in_front_moves_the_answer_with_it() -> None:
    moved = titled(example())
    (answer,) = moved.answers
    assert moved.context.startswith("Mill\n")
    assert moved.context[answer.start :].startswith("1843")
