"""Run `qa calibrate` in-process, and see what `qa eval` says of a calibration."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answer.live import open_index
from tests.cli.conftest import run

SENTENCES = (
    "The Iron Bridge crosses the Severn.",
    "It was opened in 1781.",
    "The Forth Bridge carries trains to Fife.",
    "Roses want sun and clay.",
    "Prune roses in February.",
    "Ada wrote to Charles about the engine.",
    "She asked for 40 pages of tables by Monday.",
)


def gold_records(split: str = "") -> Iterator[dict[str, object]]:
    """Questions that the tiny models answer, and ones about nothing in the documents."""
    for number in range(28):
        sentence = SENTENCES[number % len(SENTENCES)]
        known = number % 4 != 3
        words = sentence.rstrip(".") if known else "Wholly unknown matters elsewhere"
        yield {
            "id": f"{split}{number}",
            "question": f"{words} {'again ' * (number // 7)}?",
            "evidence": [sentence] if known else [],
            "answerable": known,
            **({"split": split} if split else {}),
        }


def write_gold(path: Path, *splits: str) -> Path:
    records = [record for split in splits or ("",) for record in gold_records(split)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_calibrate_reports_keeps_and_is_undone(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl")
    code, out, err = run(capsys, "calibrate", gold, "--index", index_dir, "--max-risk", 0.1)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("28 questions, 21 with an answer in the documents; ")
    assert lines[1].startswith("fitted: ")
    assert any(line.startswith("right from wrong (AUROC)") for line in lines)
    assert any(line.startswith("answered at --max-risk 0.1") for line in lines)
    assert "36 answered questions without a wrong one" in out
    assert lines[-1] == (
        f"kept in {index_dir / 'calibration.json'} and used from now on; to go back: "
        "qa calibrate --reset"
    )
    assert open_index(index_dir).calibration.startswith("your own, of 28 questions of gold.jsonl")
    assert run(capsys, "calibrate", "--reset", "--index", index_dir) == (
        0, "removed; the reader's calibration is used\n", "",
    )  # fmt: skip
    assert run(capsys, "calibrate", "--reset", "--index", index_dir) == (0, "there was none\n", "")
    assert open_index(index_dir).calibration == "the reader's"


def test_calibrate_in_json(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl")
    _, out, _ = run(capsys, "calibrate", gold, "--index", index_dir, "--json")
    report = json.loads(out)
    assert list(report) == [
        "form", "questions", "answerable", "right", "max_risk", "before", "after",
        "needed_if_right", "needed",
    ]  # fmt: skip
    assert list(report["after"]) == [
        "auroc", "calibration_error", "brier", "log_loss", "answered", "wrong", "low", "high",
    ]  # fmt: skip
    assert json.loads(run(capsys, "calibrate", "--reset", "--json", "--index", index_dir)[1]) == {
        "removed": True
    }


def test_the_test_split_is_never_fitted_on_unless_it_is_named(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", "calibration", "test")
    code, out, err = run(capsys, "calibrate", gold, "--index", index_dir)
    assert code == 0
    assert err == (
        "qa: using the 28 questions of split “calibration” of 56; --split names another\n"
    )
    assert out.startswith("28 questions")
    code, _, err = run(capsys, "calibrate", gold, "--index", index_dir, "--split", "test")
    assert code == 0
    assert err == "qa: fitting on the split “test”: nothing is left to measure the result on\n"
    gold = write_gold(tmp_path / "gold.jsonl", "dev", "test")
    code, _, err = run(capsys, "calibrate", gold, "--index", index_dir)
    assert code == 2
    assert "has the splits dev, test but no “calibration”" in err


def test_calibrate_refuses_too_little_and_keeps_nothing(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    records = [record for record in gold_records() if record["answerable"]]
    gold.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    code, out, err = run(capsys, "calibrate", gold, "--index", index_dir)
    assert (code, out) == (2, "")
    assert err.startswith("qa: too few questions to calibrate: 21 with an answer and 0 without")
    assert not (index_dir / "calibration.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["calibrate"],
        ["calibrate", "gold.jsonl", "--reset"],
        ["calibrate", "no-such-file.jsonl"],
        ["draft-gold", "--count", "0"],
        ["draft-gold", "--review", "no-such-file.jsonl"],
        ["draft-gold", "--review", "a.jsonl", "--out", "b.jsonl"],
        ["draft-gold"],
    ],
)
def test_wrong_usage_exits_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    code, out, err = run(capsys, *arguments, "--index", tmp_path / "nowhere")
    assert (code, out) == (2, "")
    assert err.startswith("qa: ")
    assert err.count("\n") == 1


def test_eval_says_which_calibration_and_counts_drafts(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    gold = write_gold(tmp_path / "gold.jsonl")
    code, out, err = run(capsys, "eval", gold, "--index", index_dir)
    assert (code, err) == (0, "")
    assert out.splitlines()[-2] == "calibration: the reader's"
    drafts = [{**record, "draft": True} for record in gold_records()][:3]
    with gold.open("a", encoding="utf-8") as file:
        for number, record in enumerate(drafts):
            file.write(json.dumps({**record, "id": f"draft{number}"}) + "\n")
    _, out, err = run(capsys, "eval", gold, "--index", index_dir, "--json")
    assert json.loads(out)["calibration"]["of"] == "the reader's"
    assert err == (
        f"qa: 3 of the 31 questions in {gold} are drafts that nobody has reviewed; what is "
        f"measured on them means little: qa draft-gold --review {gold}\n"
    )
