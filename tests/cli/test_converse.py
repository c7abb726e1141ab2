"""`qa chat`, `qa summary`, and small talk on the command line."""

import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import run

QUESTION = "Who wrote to Charles about the engine?"


def chat(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lines: str,
    *arguments: object,
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return run(capsys, "chat", *arguments)


def test_small_talk_is_no_answer(capsys: pytest.CaptureFixture[str], index_dir: Path) -> None:
    code, out, _ = run(capsys, "ask", "hi", "--index", index_dir)
    assert (code, out) == (3, "Hello. I look for answers in your 3 documents. "
                           "Ask me something about them.\n")  # fmt: skip
    code, out, _ = run(capsys, "ask", "hi", "--json", "--index", index_dir)
    found = json.loads(out)
    assert (code, found["state"], found["answered"], found["answer"]) == (3, "talk", False, None)
    assert (found["citations"], found["passages"]) == ([], [])
    assert found["said"].startswith("Hello.")


def test_a_summary_is_asked_for_in_words_or_by_a_command(
    capsys: pytest.CaptureFixture[str], index_dir: Path
) -> None:
    code, out, _ = run(capsys, "summary", "garden.md", "--json", "--index", index_dir)
    found = json.loads(out)
    assert code == 0
    assert found["doc_ids"] == ["garden.md"]
    assert [heading["quote"] for heading in found["headings"]] == ["Roses"]
    code, out, _ = run(capsys, "ask", "--json", "summarise garden.md", "--index", index_dir)
    asked = json.loads(out)
    assert (code, asked["state"], asked["overview"]) == (0, "overview", found)
    code, out, _ = run(capsys, "summary", "garden.md", "--index", index_dir)
    assert out.startswith("The garden (garden.md), ")
    assert "Headings: Roses" in out
    assert run(capsys, "summary", "--index", index_dir)[1].startswith("3 documents, ")
    code, _, err = run(capsys, "summary", "no.txt", "--index", index_dir)
    assert (code, err) == (2, "qa: no document matches no.txt\n")


def test_a_conversation_is_taken_from_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index_dir: Path
) -> None:
    said = f"hello\n\n{QUESTION}\nAnd about the garden?\nbye\nnever asked\n"
    code, out, err = chat(capsys, monkeypatch, said, "--index", index_dir)
    assert (code, err) == (0, "")
    assert out.startswith("Hello. ")
    assert "Understood as: “Who wrote to Charles about the garden?”" in out
    assert out.endswith("Goodbye.\n\n")


def test_a_conversation_is_printed_as_objects(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index_dir: Path
) -> None:
    said = f"{QUESTION}\ntell me more\n{'x' * 2001}\nAnd about the garden?"
    code, out, err = chat(capsys, monkeypatch, said, "--json", "--index", index_dir)
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [entry["state"] for entry in found][1] == "more"
    assert [entry["understood"] for entry in found] == [
        None, QUESTION, "Who wrote to Charles about the garden?"
    ]  # fmt: skip
    assert "2,001 characters" in err


def test_what_is_said_is_safe_for_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index_dir: Path
) -> None:
    said = f"{QUESTION}\nAnd about \x1b[31mthe garden?\n"
    assert "\x1b" not in chat(capsys, monkeypatch, said, "--index", index_dir)[1]


def test_the_fifty_first_question_still_knows_what_was_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index_dir: Path
) -> None:
    said = "\n".join([*["hm"] * 10, *[QUESTION] * 50, "And about the garden?", "thanks"])
    code, out, err = chat(capsys, monkeypatch, said, "--json", "--index", index_dir)
    found = [json.loads(line) for line in out.splitlines()]
    assert (code, err, len(found)) == (0, "", 62)
    assert found[60]["understood"] == "Who wrote to Charles about the garden?"
    assert {entry["answer"] for entry in found[10:60]} == {found[10]["answer"]}
