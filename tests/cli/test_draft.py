"""Run `qa draft-gold` in-process, and review drafts at the terminal."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.conftest import READ


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
