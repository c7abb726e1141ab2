"""Gold questions on the default page: the file is sound, and the product holds its floors.

The floors are a little below what was measured on the test split (docs/LOG.md); no
weight or threshold was chosen on it.
"""

from collections import Counter
from pathlib import Path

import pytest

from qa.answer.pipeline import Answerer
from qa.evaluate.ask import evaluate
from qa.evaluate.gold import load_gold
from qa.evaluate.measures import measure as measure_records
from tests.conftest import GOLD, PLAIN_GOLD, ROOT

PAGE = (ROOT / "corpus" / "inl-peru.txt").read_text("utf-8")


@pytest.mark.parametrize("path", [GOLD, PLAIN_GOLD], ids=["hard", "plain"])
def test_gold_quotes_the_page_and_answers_are_in_their_evidence(path: Path) -> None:
    for entry in load_gold(path):
        assert entry.answerable == bool(entry.evidence) == bool(entry.answers)
        for evidence in entry.evidence:
            assert evidence in PAGE, entry.id
        for answer in entry.answers:
            assert any(answer in evidence for evidence in entry.evidence), entry.id


def test_gold_is_large_enough_and_split_evenly() -> None:
    gold = load_gold(GOLD)
    counts = Counter((entry.split, entry.answerable) for entry in gold)
    assert set(counts) == {(s, a) for s in ("calibration", "test") for a in (True, False)}
    assert counts["test", True] >= 60
    assert counts["test", False] >= 40
    assert len({entry.question.casefold() for entry in gold}) == len(gold)


def test_gold_questions_are_not_copied_from_the_page() -> None:
    assert not [entry.id for entry in load_gold(GOLD) if entry.question.rstrip("?") in PAGE]


Measures = dict[str, float | None]


@pytest.fixture(scope="module")
def measured(page_answerer: Answerer) -> dict[str, Measures]:
    """Measures on both test splits: ordinary questions, and ones made to mislead."""
    return {
        kind: {name: found.value for name, found in measure_records(records).items()}
        for kind, records in (
            ("plain", evaluate(page_answerer, load_gold(PLAIN_GOLD, "test"))),
            ("hard", evaluate(page_answerer, load_gold(GOLD, "test"))),
        )
    }


@pytest.mark.model
@pytest.mark.parametrize("kind", ["plain", "hard"])
def test_every_citation_is_valid(measured: dict[str, Measures], kind: str) -> None:
    assert measured[kind]["citation_validity"] == 1.0


@pytest.mark.model
@pytest.mark.parametrize(
    ("kind", "measure", "floor"),
    [
        ("plain", "recall_at_1", 0.88),
        ("plain", "sentence_accuracy", 0.9),
        ("plain", "answer_f1", 0.72),
        ("plain", "correct_when_answered", 0.78),
        ("plain", "refusal_recall", 0.74),
        ("plain", "answerability_auroc", 0.9),
        ("hard", "recall_at_1", 0.65),
        ("hard", "recall_at_5", 0.88),
        ("hard", "sentence_accuracy", 0.63),
        ("hard", "answer_f1", 0.49),
        ("hard", "refusal_recall", 0.62),
        ("hard", "answerability_auroc", 0.5),
    ],
)
def test_the_measure_is_above_its_floor(
    measured: dict[str, Measures], kind: str, measure: str, floor: float
) -> None:
    value = measured[kind][measure]
    assert value is not None
    assert value >= floor


@pytest.mark.model
def test_not_too_many_ordinary_questions_are_refused(measured: dict[str, Measures]) -> None:
    value = measured["plain"]["wrongly_refused"]
    assert value is not None
    assert value <= 0.2
