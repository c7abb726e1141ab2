"""A gain is told from chance, question by question; a file that is no run is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.errors import GoldError, UsageError
from qa.evaluate.compare import compare, load_records
from qa.evaluate.ranking import Ranking
from qa.evaluate.record import Cited, Record, record_to_json

CITED = Cited("a.txt", 0, 5, "Roses", valid=True, sentence=True, passage=True, document=True)
RECORD = Record(
    id="q1",
    question="What?",
    answerable=True,
    answers=("Roses",),
    evidence=("Roses want sun.",),
    answered=True,
    answer="Roses",
    confidence=0.9,
    em=1.0,
    f1=1.0,
    rank=1,
    retrieval=Ranking(1, 1, 1, 1, 1),
    citations=(CITED,),
    latency_ms=5.0,
)
MISS = Cited("a.txt", 9, 12, "sun", valid=True, sentence=False, passage=False, document=True)


def write(path: Path, whole: object) -> Path:
    path.write_text(whole if isinstance(whole, str) else json.dumps(whole), "utf-8")
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    searched = replace(RECORD, id="q2", confidence=None, em=None, f1=None, rank=None)
    refused = replace(RECORD, id="q3", answerable=False, retrieval=None, answered=False)
    records = [RECORD, searched, refused]
    whole = {"f1": 1, "records": [record_to_json(record) for record in records]}
    assert load_records(write(tmp_path / "run.json", whole)) == records


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        ("{", "cannot be read"),
        ('{"records": NaN}', "cannot be read"),
        ("[]", "no records"),
        ({"records": []}, "no records"),
        ({"records": 5}, "no records"),
        ({"f1": 0.5}, r"qa eval GOLD --json > run\.json"),
        ({"records": [5]}, r"records\[0\] is no record"),
        ({"records": [record_to_json(RECORD), {"id": "q2"}]}, r"records\[1\] is no record"),
        ({"records": [record_to_json(RECORD)] * 2}, "'q1' occurs twice"),
    ],
)
def test_a_file_that_is_no_run_is_an_error_that_says_why(
    tmp_path: Path, whole: object, message: str
) -> None:
    with pytest.raises(GoldError, match=message):
        load_records(write(tmp_path / "run.json", whole))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 5),
        ("answerable", "yes"),
        ("answered", 1),
        ("confidence", "high"),
        ("f1", [1]),
        ("latency_ms", None),
        ("retrieval", {"recall_at_1": 1}),
        ("retrieval", 7),
        ("citations", [{"doc_id": "a"}]),
        ("citations", 5),
        ("answers", None),
    ],
)
def test_a_record_of_another_shape_is_an_error(tmp_path: Path, name: str, value: Any) -> None:
    entry = {**record_to_json(RECORD), name: value}
    with pytest.raises(GoldError, match=r"records\[0\] is no record"):
        load_records(write(tmp_path / "run.json", {"records": [entry]}))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="cannot be read"):
        load_records(tmp_path / "none.json")


def run(n: int, right: int) -> list[Record]:
    """Return n answers, the first so many of them right."""
    wrong = replace(RECORD, citations=(MISS,), em=0.0, f1=0.2)
    return [replace(RECORD if i < right else wrong, id=f"q{i:03}") for i in range(n)]


def test_a_clear_gain_is_told_from_none() -> None:
    found = compare(run(60, 45), run(60, 15))
    change = found.measures["answer_em"]
    assert (change.this, change.other, change.value) == (0.75, 0.25, 0.5)
    assert change.low is not None
    assert change.p is not None
    assert change.low > 0.3
    assert change.p < 0.01
    same = found.measures["recall_at_1"]
    assert (same.value, same.low, same.high, same.p) == (0, 0, 0, 1)
    back = compare(run(60, 15), run(60, 45)).measures["answer_em"]
    assert back.value == -0.5
    assert back.high == pytest.approx(-change.low)


def test_questions_are_paired_by_id_whatever_their_order_and_the_rest_is_named() -> None:
    ours, theirs = run(10, 5), run(12, 5)[::-1]
    reworded = replace(ours[3], question="Which?")
    found = compare([*ours[:3], reworded, *ours[4:], replace(RECORD, id="new")], theirs)
    assert found.questions == 10
    assert (found.only_here, found.only_there) == (("new",), ("q010", "q011"))
    assert found.reworded == ("q003",)
    assert found.measures["sentence_accuracy"].value == 0


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="no question in common"):
        compare([RECORD], [replace(RECORD, id="other")])


def test_a_search_is_compared_with_a_reading_by_what_both_measure() -> None:
    found = compare([replace(RECORD, confidence=None)], [RECORD])
    assert "recall_at_1" in found.measures
    assert "answer_f1" not in found.measures
