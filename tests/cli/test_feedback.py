"""Run `qa feedback` in-process: what is listed, and what is exported as gold."""

import json
from pathlib import Path

import pytest

from qa.answer.live import open_index
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.evaluate.gold import load_gold
from qa.settings import AskSettings
from tests.cli.conftest import run
from tests.conftest import tiny_settings


def test_feedback_is_listed_and_exported(
    capsys: pytest.CaptureFixture[str], index_dir: Path, tmp_path: Path
) -> None:
    assert run(capsys, "feedback", "--index", index_dir) == (
        0, "feedback on 0 answers, gold questions: 0; to be corrected first: 0\n", "",
    )  # fmt: skip
    answer = open_index(index_dir, AskSettings(max_risk=1.0)).ask("Who wrote to Charles?")
    feedback = Feedback(index_dir / FEEDBACK_FILE)
    feedback.add(answer, Verdict.UP)
    other = open_index(index_dir, AskSettings(max_risk=0.0)).ask("Who \x1b[2Jelse?")
    feedback.add(other, Verdict.DOWN)
    day = feedback.entries()[0].at[:10]
    code, out, _ = run(capsys, "feedback", "--index", index_dir)
    assert code == 0
    assert out == (
        f"1 {day} up [gold] “Who wrote to Charles?”: “{answer.answer}”\n"
        f"2 {day} down [to be corrected] “Who [2Jelse?”: the documents don't say\n"
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
