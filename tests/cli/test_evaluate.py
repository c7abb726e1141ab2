"""Run `qa eval` in-process: exact output, exit codes, comparing, gates and the report."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluate.measures import MEASURES
from tests.cli.conftest import run
from tests.cli.test_main import QUESTION
from tests.conftest import CORPUS
from tests.evaluate.test_beir import HEADER, write_beir

EVIDENCE = "Ada wrote to Charles about the engine."
ENTRIES: list[dict[str, object]] = [
    {"id": "ada", "question": QUESTION, "answers": ["Ada"], "evidence": [EVIDENCE],
     "answerable": True},
    {"id": "roses", "question": "When are roses pruned?", "answers": ["in February"],
     "evidence": ["Prune roses in February."], "answerable": True},
    {"id": "bees", "question": "Who keeps bees on Mars?", "answerable": False},
]  # fmt: skip


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Three gold questions about the tiny corpus."""
    return write_gold(tmp_path / "gold.jsonl", *ENTRIES)


def write_gold(path: Path, *entries: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")
    return path


Capture = pytest.CaptureFixture[str]


def evaluated(capsys: Capture, gold: Path, options: list[str], *more: object) -> dict[str, Any]:
    code, out, _ = run(capsys, "eval", gold, "--json", *more, *options)
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


def test_json_has_values_intervals_and_every_question(
    capsys: Capture, options: list[str], gold: Path
) -> None:
    found = evaluated(capsys, gold, options)
    assert (found["questions"], found["answerable"]) == (3, 2)
    assert set(MEASURES) < set(found)
    assert set(found["intervals"]) == {*MEASURES, "risk_at_coverage"}
    for name in MEASURES:
        low, high = found["intervals"][name]
        assert found[name] is None or low <= found[name] <= high
    assert len(found["risk_at_coverage"]) == len(found["intervals"]["risk_at_coverage"]) == 10
    assert [record["id"] for record in found["records"]] == ["ada", "roses", "bees"]
    (first, *_) = found["records"]
    assert (first["rank"], first["outcome"]) == (1, "right")
    assert first["citations"][0]["quote"] == EVIDENCE
    assert found["calibration"]["min_confidence"] == 0.25


def test_two_runs_are_the_same_but_for_their_times(
    capsys: Capture, options: list[str], gold: Path, tmp_path: Path
) -> None:
    first = evaluated(capsys, gold, options)
    shuffled = write_gold(tmp_path / "other.jsonl", *ENTRIES[::-1])
    second = evaluated(capsys, shuffled, options)
    for found in (first, second):
        del found["records"]
        for p in (50, 95, 99):
            del found[f"latency_p{p}_ms"], found["intervals"][f"latency_p{p}_ms"]
    assert first == second


def test_retrieval_looks_at_ten_passages(
    capsys: Capture, options: list[str], gold: Path, corpus: Path
) -> None:
    for n in range(12):  # each as near to the question as the one with the evidence, or nearer
        (corpus / f"a{n:02}.txt").write_text("Who wrote to Charles about the engine and tables?")
    found = evaluated(capsys, gold, options)
    assert found["records"][0]["rank"] is None
    for n in range(6):
        (corpus / f"a{n:02}.txt").unlink()
    run(capsys, "index", *options)
    found = evaluated(capsys, gold, options)
    assert found["records"][0]["rank"] == 7
    assert (found["recall_at_5"], found["recall_at_10"]) == (0.5, 1)


def test_a_later_run_is_compared_question_by_question(
    capsys: Capture, options: list[str], gold: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    code, out, _ = run(capsys, "eval", gold, "--json", "--max-risk", "1", *options)
    other.write_text(out, "utf-8")
    fewer = write_gold(tmp_path / "fewer.jsonl", *ENTRIES[1:], {**ENTRIES[0], "id": "new"})
    found = evaluated(capsys, fewer, options, "--compare", other, "--max-risk", "0")
    assert found["compare"]["questions"] == 2
    change = found["compare"]["measures"]["answered"]
    assert (change["this"], change["other"], change["value"]) == (0, 1, -1)
    assert set(change) == {"this", "other", "value", "low", "high", "p"}
    code, out, err = run(capsys, "eval", fewer, "--compare", other, "--max-risk", "0", *options)
    assert code == 0
    assert f"qa: 1 only in this run, not in {other}: new\n" in err
    assert f"qa: 1 only in {other}: ada\n" in err
    assert f"against {other}, on 2 questions of both:" in out
    assert (
        "\nanswered                       0.000   1.000     -1.000 (-1.000 to -1.000), p = " in out
    )


def test_a_gate_that_holds_exits_with_0_and_one_that_fails_with_4(
    capsys: Capture, options: list[str], gold: Path
) -> None:
    gates = ["--min", "recall_at_5=1", "--min", "R@1=0.5", "--min", "citation_validity=1"]
    assert run(capsys, "eval", gold, *gates, *options)[0] == 0
    gates = ["--min", "f1=0.999", "--min", "em=0", "--min", "auroc=1.5"]
    code, out, err = run(capsys, "eval", gold, *gates, *options)
    assert code == 4
    assert out.startswith("3 questions, 2 answerable; ")
    first, second = err.splitlines()
    assert first.startswith("qa: answer_f1 is 0.")
    assert first.endswith(" below the 0.999 asked for")
    assert second.startswith("qa: answerability_auroc is ")


def test_a_gate_on_what_was_not_measured_fails(
    capsys: Capture, options: list[str], tmp_path: Path
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", ENTRIES[0])
    code, _, err = run(capsys, "eval", gold, "--min", "refusal_recall=0", "--json", *options)
    assert code == 4
    assert "refusal_recall must be at least 0 but these questions do not measure it" in err


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ("magic=1", "there is no measure 'magic'; there are: r@1, "),
        ("f1", "--min takes MEASURE=VALUE"),
        ("f1=much", "--min takes MEASURE=VALUE"),
        ("f1=nan", "--min takes MEASURE=VALUE"),
        ("=1", "there is no measure ''"),
        ("ece=0.1", "more is better; ece is not one"),
    ],
)
def test_a_wrong_gate_is_told_before_anything_is_asked(
    capsys: Capture, tmp_path: Path, gold: Path, gate: str, message: str
) -> None:
    code, out, err = run(capsys, "eval", gold, "--min", gate, "--index", tmp_path / "index")
    assert (code, out) == (2, "")
    assert message in err
    assert not (tmp_path / "index").exists()


def test_every_measure_is_listed_for_an_unknown_one(capsys: Capture, gold: Path) -> None:
    _, _, err = run(capsys, "eval", gold, "--min", "magic=1")
    assert all(name in err for name in MEASURES)


@pytest.mark.parametrize("other", ["none.json", "gold.jsonl"])
def test_a_run_that_cannot_be_compared_with_is_told_before_anything_is_asked(
    capsys: Capture, tmp_path: Path, gold: Path, other: str
) -> None:
    arguments = ["--compare", tmp_path / other, "--index", tmp_path / "index"]
    code, out, err = run(capsys, "eval", gold, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert other in err


def test_the_report_is_a_page_that_leads_to_the_source(
    capsys: Capture, options: list[str], gold: Path, tmp_path: Path
) -> None:
    report = tmp_path / "reports" / "r.html"
    code, _, err = run(capsys, "eval", gold, "--report", report, *options)
    assert (code, report.parent.exists()) == (2, False)  # told before a question is asked
    assert "r.html" in err
    report.parent.mkdir()
    code, _, _ = run(capsys, "eval", gold, "--report", report, "--max-risk", "1", *options)
    page = report.read_text("utf-8")
    assert code == 0
    assert page.startswith("<!DOCTYPE html>")
    assert 'href="../corpus/letters/ada.txt#:~:text=Ada%20wrote%20to%20Charles' in page
    assert not list(report.parent.glob(".part-*"))


def test_a_failed_run_leaves_the_last_report(
    capsys: Capture, options: list[str], tmp_path: Path
) -> None:
    report = tmp_path / "r.html"
    report.write_text("the last one")
    code, _, _ = run(capsys, "eval", tmp_path / "none.jsonl", "--report", report, *options)
    assert (code, report.read_text()) == (2, "the last one")


def test_squad_is_read_and_its_figures_are_the_scripts(
    capsys: Capture, options: list[str], tmp_path: Path
) -> None:
    text = CORPUS["letters/ada.txt"].strip()
    asked = [
        {"id": "a", "question": QUESTION, "answers": [{"text": EVIDENCE, "answer_start": 0}]},
        {"id": "b", "question": "Who keeps bees?", "answers": [], "is_impossible": True},
    ]
    whole = {"data": [{"title": "t", "paragraphs": [{"context": text, "qas": asked}]}]}
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(whole))
    found = evaluated(capsys, path, options, "--max-risk", "1")
    assert found["sentence_accuracy"] == 1
    # The whole sentence is the answer: a match; and an answer where there is none: no match.
    assert (found["answer_em"], found["squad_em"], found["squad_f1"]) == (1, 0.5, 0.5)


# ---- BEIR


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    entries = [
        {"_id": name, "title": "", "text": text} for name, text in (
            ("bridge", "The Iron Bridge crosses the Severn. It was opened in 1781."),
            ("roses", "Roses want sun and clay. Prune roses in February."),
            ("ada", EVIDENCE),
        )
    ]  # fmt: skip
    queries = [
        {"_id": "q1", "text": QUESTION},
        {"_id": "roses", "text": "Roses want sun and clay. Prune roses in February."},
        {"_id": "q3", "text": "When was the Iron Bridge opened?" + " Why?" * 1_000},
    ]
    return write_beir(
        tmp_path / "beir",
        corpus="\n".join(map(json.dumps, entries)),
        queries="\n".join(map(json.dumps, queries)),
        test=f"{HEADER}\nq1\tada\t1\nroses\troses\t1\nq3\tbridge\t2\nq3\tgone\t1\n",
    )


def test_a_beir_folder_is_indexed_and_searched(
    capsys: Capture, options: list[str], beir: Path, tmp_path: Path
) -> None:
    found = evaluated(capsys, beir, options)
    by_id = {record["id"]: record for record in found["records"]}
    assert by_id["q1"]["retrieval"]["ndcg_at_10"] == 1
    # BEIR leaves a query's own document out, here the only one that is relevant.
    assert by_id["roses"]["retrieval"]["recall_at_10"] == 0
    assert by_id["q3"]["retrieval"]["recall_at_10"] == 0.5  # the corpus lacks the other
    assert found["recall_at_10"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert "answer_f1" not in found
    assert "calibration" not in found
    assert len(list((tmp_path / "index-texts").glob("*.txt"))) == 3
    generations = tmp_path / "index" / "generations"
    assert [path.name for path in generations.iterdir()] == ["00001"]
    assert evaluated(capsys, beir, options)["ndcg_at_10"] == found["ndcg_at_10"]
    assert [path.name for path in generations.iterdir()] == ["00001"]  # it was up to date


def test_a_beir_report_and_comparison_are_of_retrieval_alone(
    capsys: Capture, options: list[str], beir: Path, tmp_path: Path
) -> None:
    other, report = tmp_path / "other.json", tmp_path / "r.html"
    other.write_text(run(capsys, "eval", beir, "--json", *options)[1], "utf-8")
    more = ["--report", report, "--compare", other, "--min", "nDCG@10=0.3"]
    code, out, err = run(capsys, "eval", beir, *more, *options)
    assert (code, err) == (0, "")
    assert "3 questions" in out
    assert "abstains" not in out
    page = report.read_text("utf-8")
    assert "retrieval alone" in page
    assert "<svg" not in page
    assert run(capsys, "eval", beir, "--min", "f1=0", *options)[0] == 4


def test_the_index_of_a_persons_documents_is_not_replaced(
    capsys: Capture, options: list[str], beir: Path, tmp_path: Path
) -> None:
    run(capsys, "index", *options)
    code, out, err = run(capsys, "eval", beir, *options)
    assert (code, out) == (2, "")
    assert "name a folder of its own, for example --index index-beir" in err
    assert not (tmp_path / "index-texts").exists()


@pytest.mark.parametrize("split", ["train", "no/../such"])
def test_a_beir_split_that_is_not_there_is_an_error(
    capsys: Capture, options: list[str], beir: Path, split: str
) -> None:
    code, _, err = run(capsys, "eval", beir, "--split", split, *options)
    assert code == 2
    assert "splits there: test" in err
