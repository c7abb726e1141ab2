"""`qa calibrate`, `qa draft-gold` and `qa feedback`, in-process: output and exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answer.pipeline import open_index
from qa.cli import main
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.evaluate.gold import load_gold
from qa.settings import AskSettings
from tests.conftest import READ, tiny_settings

SENTENCES = (
    "The Iron Bridge crosses the Severn.",
    "It was opened in 1781.",
    "The Forth Bridge carries trains to Fife.",
    "Roses want sun and clay.",
    "Prune roses in February.",
    "Ada wrote to Charles about the engine.",
    "She asked for 40 pages of tables by Monday.",
)


@pytest.fixture
def index_dir(tmp_path: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "index"
    settings = tiny_settings(folder)
    main(["index", "--corpus", str(corpus), "--index", str(folder), "--encoder", settings.encoder,
          "--reader", settings.reader])  # fmt: skip
    capsys.readouterr()
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


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
    code, out, err = run(capsys, "calibrate", gold, "--index", index_dir)
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


def test_drafts_go_to_a_file_that_is_never_written_over(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    out_file = tmp_path / "drafts.jsonl"
    code, out, err = run(capsys, "draft-gold", "--index", index_dir, "--out", out_file)
    assert (code, err) == (0, "")
    records = [json.loads(line) for line in out_file.read_text("utf-8").splitlines()]
    assert all(record["draft"] for record in records)
    assert out.startswith(f"{len(records)} drafts (")
    assert "nobody has reviewed them yet" in out
    for record in records:
        assert all(evidence in READ[record["doc_id"]] for evidence in record["evidence"])
    code, _, err = run(capsys, "draft-gold", "--index", index_dir, "--out", out_file)
    assert code == 2
    assert "is there already" in err
    code, out, err = run(capsys, "draft-gold", "--index", index_dir)
    assert [json.loads(line) for line in out.splitlines()] == records
    assert err.startswith(f"{len(records)} drafts")
    summary = json.loads(run(capsys, "draft-gold", "--index", index_dir, "--json")[1])
    assert (summary["questions"], summary["drafts"]) == (len(records), records)


def test_a_person_reviews_drafts_at_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drafts.jsonl"
    draft = {"question": "When was it?", "answers": ["1781"], "evidence": ["Opened in 1781."],
             "answerable": True, "draft": True, "doc_id": "a.txt"}  # fmt: skip
    records = [{**draft, "id": name} for name in "abc"]
    records.append({"id": "d", "question": "When in 1912?", "answerable": False, "draft": True,
                    "changed": "1781 → 1912"})  # fmt: skip
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    typed = iter(["k", "e", "In what year?", "1782", "in 1781 | 1781", "what?", "d"])

    def type_next(prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", type_next)
    code, out, _ = run(capsys, "draft-gold", "--review", path)
    assert code == 0
    assert out.splitlines()[-1] == "2 kept, 1 dropped, 1 drafts left"
    assert "4/4  When in 1912?" in out
    assert "the documents should not answer it (1781 → 1912)" in out
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(entry["id"], entry.get("draft", False)) for entry in kept] == [
        ("a", False), ("b", False), ("d", True),
    ]  # fmt: skip
    assert (kept[1]["question"], kept[1]["answers"]) == ("In what year?", ["in 1781", "1781"])


def test_feedback_is_listed_and_exported(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    assert run(capsys, "feedback", "--index", index_dir) == (
        0, "feedback on 0 answers, gold questions: 0; to be corrected first: 0\n", "",
    )  # fmt: skip
    answer = open_index(index_dir, AskSettings(max_risk=1.0)).ask("Who wrote to Charles?")
    feedback = Feedback(index_dir / FEEDBACK_FILE)
    feedback.add(answer, Verdict.UP)
    other = open_index(index_dir, AskSettings(max_risk=0.0)).ask("Who else?")
    feedback.add(other, Verdict.DOWN, comment="\x1b[2JAda")
    day = feedback.entries()[0].at[:10]
    code, out, _ = run(capsys, "feedback", "--index", index_dir)
    assert code == 0
    assert out == (
        f"1 {day} up [gold] “Who wrote to Charles?”: “{answer.answer}”\n"
        f"2 {day} down [to be corrected] “Who else?”: the documents don't say — [2JAda\n"
        "feedback on 2 answers, gold questions: 1; to be corrected first: 1\n"
    )
    target = tmp_path / "feedback.jsonl"
    code, out, _ = run(capsys, "feedback", "--index", index_dir, "--export", target)
    assert (
        out == f"feedback on 2 answers, gold questions: 1 in {target}; to be corrected first: 1\n"
    )
    (entry,) = load_gold(target)
    assert entry.evidence == tuple(citation.quote for citation in answer.citations)
    record = json.loads(run(capsys, "feedback", "--index", index_dir, "--json")[1])
    assert [entry["id"] for entry in record["entries"]] == [1, 2]
    assert len(record["gold"]) == 1


def test_feedback_outlives_a_rebuild(
    capsys: pytest.CaptureFixture[str], index_dir: Path, corpus: Path
) -> None:
    answer = open_index(index_dir, AskSettings(max_risk=1.0)).ask("Who wrote to Charles?")
    Feedback(index_dir / FEEDBACK_FILE).add(answer, Verdict.UP)
    settings = tiny_settings(index_dir)
    run(capsys, "index", "--rebuild", "--corpus", corpus, "--index", index_dir, "--encoder",
        settings.encoder, "--reader", settings.reader)  # fmt: skip
    assert len(Feedback(index_dir / FEEDBACK_FILE).entries()) == 1
