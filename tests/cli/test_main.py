"""Run the command line in-process: output, exit codes, messages."""

import io
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qa.cli import main
from tests.cli.conftest import run
from tests.conftest import CORPUS, READ

ANSWER_KEYS = [
    "id",
    "question",
    "answered",
    "state",
    "answer",
    "confidence",
    "citations",
    "listed",
    "versions",
    "parts",
    "computed",
    "choices",
    "read_as",
    "language",
    "suggestion",
    "possible",
    "passages",
    "timings_ms",
    "understood",
    "said",
    "more",
    "overview",
]
CITATION_KEYS = """doc_id title page start end quote heading state scanned table trusted""".split()
PASSAGE_KEYS = ["rank", "doc_id", "title", "start", "end", "text", "best", "score"]
QUESTION = "Who wrote to Charles about the engine?"


def test_index_says_what_it_did_on_its_last_line(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    code, out, err = run(capsys, "index", *options)
    assert (code, err) == (0, "")
    assert out.startswith("indexed 3 documents, ")
    assert "(3 added, 0 changed, 0 removed; " in out
    code, out, _ = run(capsys, "index", *options)
    assert code == 0
    assert out.startswith("up to date: 3 documents, ")
    code, out, _ = run(capsys, "index", "--rebuild", "--json", *options)
    report = json.loads(out)
    assert (code, report["documents"], report["generation"]) == (0, 3, "00002")


def test_index_names_skipped_files_on_standard_error(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    (corpus / "empty.txt").write_bytes(b"")
    code, out, err = run(capsys, "index", *options)
    assert code == 0
    assert err == "qa: skipped empty.txt: empty\n"
    assert "1 file skipped" in out


def test_index_tells_many_skipped_files_as_counts_and_all_with_json(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    for number in range(200):
        (corpus / f"{number:03}.log").write_text("x")
        (corpus / f"{number:03}.{number}").write_text("x")
    (corpus / "empty.txt").write_bytes(b"")
    for _ in range(2):  # the second time all is up to date
        _, _, err = run(capsys, "index", *options)
        lines = err.splitlines()
        assert lines[0] == (
            "qa: skipped 200 files such as 000.log: .log: not a format that is read "
            "(all of them: --json)"
        )
        assert lines[-1].startswith("qa: skipped 172 more files for other reasons")
        assert len(lines) == 31
    _, out, _ = run(capsys, "index", "--json", *options)
    assert len(json.loads(out)["skipped"]) == 401


def test_a_first_ask_builds_the_index_and_says_so(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    code, out, err = run(capsys, "ask", QUESTION, "--max-risk", "1", *options)
    assert code == 0
    assert err.startswith("qa: no index in ")
    assert "indexed 3 documents" in err
    assert out.startswith("Ada wrote to Charles about the engine.\n\n  [1] ")
    assert "letters/ada.txt, characters 0–38" in out
    code, _, err = run(capsys, "ask", QUESTION, "--max-risk", "1", *options)
    assert (code, err) == (0, "")


def test_the_answer_object_is_the_contract(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    code, out, _ = run(capsys, "ask", QUESTION, "--json", "--max-risk", "1", "--k", "2", *options)
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == ANSWER_KEYS
    assert answer["answered"] is True
    assert answer["id"] is None
    (citation,) = answer["citations"]
    assert list(citation) == CITATION_KEYS
    assert READ[citation["doc_id"]][citation["start"] : citation["end"]] == citation["quote"]
    assert answer["answer"] in citation["quote"]
    assert [list(p) for p in answer["passages"]] == [PASSAGE_KEYS] * 2
    assert set(answer["timings_ms"]) == {"encode", "retrieve", "read", "cite", "total"}


def test_abstaining_exits_with_3_and_labels_passages_as_related(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    code, out, _ = run(capsys, "ask", QUESTION, "--max-risk", "0", *options)
    assert code == 3
    assert out.startswith("I found no ")
    assert "\n\nClosest passages (related, not an answer):\n" in out
    code, out, _ = run(capsys, "ask", QUESTION, "--json", "--max-risk", "0", *options)
    answer = json.loads(out)
    assert code == 3
    assert (answer["answered"], answer["answer"], answer["citations"]) == (False, None, [])
    assert answer["passages"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", ""],
        ["ask", "   "],
        ["ask", "x" * 3000],
        ["ask", "one", "--batch", "two.jsonl"],
        ["ask", "one", "--out", "two.jsonl"],
        ["ask", "one", "--k", "0"],
        ["ask", "one", "--max-risk", "7"],
        ["ask", "--batch", "no-such-file.jsonl"],
        ["eval", "no-such-file.jsonl"],
        ["index", "--corpus", "no-such-folder"],
    ],
)
def test_wrong_usage_exits_with_2_and_one_line_that_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    code, out, err = run(capsys, *arguments, "--index", tmp_path / "index")
    assert (code, out) == (2, "")
    assert err.startswith("qa: ")
    assert err.count("\n") == 1
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_only_looks_in_documents_whose_path_matches(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    for patterns, expected in [
        (["letters/*"], {"letters/ada.txt"}),
        (["*.md", "bridges.txt"], {"garden.md", "bridges.txt"}),
        (["letters"], {"letters/ada.txt"}),
        (["letters/"], {"letters/ada.txt"}),
        (["./letters/*"], {"letters/ada.txt"}),
        (["./garden.md"], {"garden.md"}),
        (["."], {"garden.md", "bridges.txt", "letters/ada.txt"}),
    ]:
        only = [part for pattern in patterns for part in ("--only", pattern)]
        _, out, _ = run(capsys, "ask", QUESTION, "--json", "--k", "9", *only, *options)
        assert {p["doc_id"] for p in json.loads(out)["passages"]} == expected
    for wanted in ("no/*", "", "letter", "ada.txt"):
        code, out, err = run(capsys, "ask", QUESTION, "--only", wanted, *options)
        assert (code, out) == (2, "")
        assert f"no document matches --only {wanted}".strip() in err


def test_only_takes_a_name_as_it_is(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    name = "[2023] report (final) #2 100%.md"
    (corpus / name).write_text("Ada wrote to Charles about a report.\n", "utf-8")
    _, out, _ = run(capsys, "ask", QUESTION, "--json", "--only", name, *options)
    assert {p["doc_id"] for p in json.loads(out)["passages"]} == {name}


def test_only_holds_for_a_batch_too(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    questions = tmp_path / "in.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}) + "\n")
    _, out, _ = run(capsys, "ask", "--batch", questions, "--only", "*.md", *options)
    assert {p["doc_id"] for p in json.loads(out)["passages"]} == {"garden.md"}


def test_events_are_one_json_object_a_line_on_standard_error(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    (corpus / "odd é.txt").write_bytes(b"\0\1\2" * 50)
    code, out, err = run(capsys, "index", "--events", "--json", *options)
    assert code == 0
    assert json.loads(out)["documents"] == 3
    lines = [line for line in err.splitlines() if not line.startswith("qa: skipped ")]
    events = [json.loads(line) for line in lines]
    assert all(list(e) == ["stage", "done", "total", "doc_id", "problem"] for e in events)
    told = {event["doc_id"]: event["problem"] for event in events if event["doc_id"]}
    assert {name for name, problem in told.items() if not problem} == set(CORPUS)
    assert {name for name, problem in told.items() if problem} == {"odd é.txt"}
    counts = [(e["done"], e["total"]) for e in events if e["stage"] == "documents"]
    assert counts == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_limit_is_taken_from_the_command_line_and_checked(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    code, _, err = run(capsys, "index", "--max-characters", "100", *options)
    assert code == 0
    assert "skipped bridges.txt: more than 100 characters" in err
    code, out, err = run(capsys, "index", "--max-pages", "0", *options)
    assert (code, out) == (2, "")
    assert "pages must be above 0" in err


def test_an_empty_corpus_is_an_error_unless_it_is_allowed(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    for path in sorted(corpus.rglob("*.*")):
        path.unlink()
    code, _, err = run(capsys, "index", *options)
    assert code == 2
    assert "nothing to index" in err
    code, out, _ = run(capsys, "index", "--allow-empty", *options)
    assert code == 0
    assert out.startswith("indexed 0 documents")
    assert run(capsys, "ask", QUESTION, *options)[0] == 3


def test_an_answer_from_the_generation_before_says_what_is_damaged(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path, tmp_path: Path
) -> None:
    run(capsys, "index", *options)
    (corpus / "bridges.txt").write_text("The Iron Bridge is closed.")
    run(capsys, "index", *options)
    (tmp_path / "index" / "generations" / "00002" / "vectors.faiss").unlink()
    code, out, err = run(capsys, "ask", QUESTION, "--max-risk", "1", *options)
    assert code == 0
    assert out.startswith("Ada wrote to Charles")
    assert "qa index --rebuild" in err
    assert "00001, answers" in err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["ask", "--k", "many"]])
def test_unknown_arguments_exit_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_batch_answers_in_order_and_carries_ids_over(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    questions = tmp_path / "in.jsonl"
    entries: list[dict[str, object]] = [
        {"id": "a", "question": QUESTION},
        {"id": 7, "question": "Prune roses in February?"},
        {"question": "Δ, 橋?"},
    ]
    questions.write_text("\n\n".join(json.dumps(e) for e in entries) + "\n", "utf-8")
    answers = tmp_path / "out.jsonl"
    code, out, _ = run(capsys, "ask", "--batch", questions, "--out", answers, *options)
    assert (code, out) == (0, "")
    found = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert [entry["id"] for entry in found] == ["a", 7, None]
    assert [entry["question"] for entry in found] == [entry["question"] for entry in entries]
    assert not list(tmp_path.glob(".part-*"))
    code, out, _ = run(capsys, "ask", "--batch", questions, *options)
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", 7, None]


def test_a_file_in_the_place_of_an_index_is_told(
    capsys: pytest.CaptureFixture[str], corpus: Path
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["ask", QUESTION, "--index", str(corpus / "garden.md")])
    assert stopped.value.code == 2
    assert "garden.md is a file; expected a folder" in capsys.readouterr().err


def test_a_batch_can_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'\ufeff{{"question": "{QUESTION}", "id": "é"}}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = run(capsys, "ask", "--batch", "-", *options)
    assert (code, json.loads(out)["id"]) == (0, "é")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    code, _, err = run(capsys, "ask", "--batch", "-", *options)
    assert code == 2
    assert err.startswith("qa: -, line 1: not JSON")


@pytest.mark.parametrize("command", ["ask Who?", "eval gold.jsonl", "calibrate", "draft-gold",
                                     "feedback", "serve", "index"])  # fmt: skip
@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_of_a_folder_is_not_the_current_folder(
    capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command.split(), "--index", name])
    assert stopped.value.code == 2
    assert "argument --index: the name is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line", ["{", "[]", '"text"', '{"id": 1}', '{"question": 5}', '{"question": ""}']
)
def test_a_malformed_batch_line_is_named_before_anything_is_written(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path, line: str
) -> None:
    questions = tmp_path / "in.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}) + "\n" + line + "\n")
    answers = tmp_path / "out.jsonl"
    code, _, err = run(capsys, "ask", "--batch", questions, "--out", answers, *options)
    assert code == 2
    assert "line 2" in err
    assert not answers.exists()


def test_a_damaged_index_is_an_error_that_says_what_to_do(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    run(capsys, "index", *options)
    (tmp_path / "index" / "generations" / "00001" / "vectors.faiss").write_bytes(b"")
    code, _, err = run(capsys, "ask", QUESTION, *options)
    assert code == 2
    assert "qa index --rebuild" in err


def test_a_document_cannot_send_escape_codes_to_the_terminal(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    evil = "Ada wrote to Charles \x1b]0;owned\x07\x1b[2J\u202e about the engine." + " Fine." * 120
    (corpus / "letters" / "ada.txt").write_text(evil, "utf-8")
    for least in ("0", "1"):
        _, out, _ = run(capsys, "ask", QUESTION, "--max-risk", least, *options)
        assert "Ada wrote to Charles" in out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_eval_measures_and_prints_a_table_or_json(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    evidence = "Ada wrote to Charles about the engine."
    entry = {"id": "1", "question": QUESTION, "answers": ["Ada"], "evidence": [evidence]}
    gold.write_text(json.dumps({**entry, "answerable": True}) + "\n")
    code, out, _ = run(capsys, "eval", gold, "--json", *options)
    measures = json.loads(out)
    assert code == 0
    assert (measures["questions"], measures["recall_at_1"], measures["citation_validity"]) == (
        1,
        1,
        1,
    )
    _, out, _ = run(capsys, "eval", gold, *options)
    assert "recall_at_1                    1.000   1.000 to 1.000\n" in out
    assert out.splitlines()[-1].startswith("abstains below 0.25: by the calibration 10%")


def test_eval_says_in_real_json_that_no_threshold_is_safe_enough(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "1", "question": QUESTION, "answerable": False}) + "\n")
    _, out, _ = run(capsys, "eval", gold, "--json", "--max-risk", "0", *options)
    assert "Infinity" not in out
    assert json.loads(out)["calibration"]["min_confidence"] is None
    _, out, _ = run(capsys, "eval", gold, "--max-risk", "0", *options)
    assert out.splitlines()[-1].startswith("always abstains")


def test_a_question_may_come_without_quotes(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    run(capsys, "index", *options)
    code, out, _ = run(capsys, "ask", *QUESTION.split(), "--max-risk", "1", *options)
    assert code == 0
    assert out.startswith("Ada wrote to Charles")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == "qa 0.1.0\n"


def qa_process(options: list[str], *arguments: object, **environment: str) -> list[object]:
    """Run `qa` as a process of its own; return its exit code, output and errors."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-m", "qa", *map(str, arguments), *options],
        capture_output=True,
        env={**kept, **environment},
    )
    return [done.returncode, done.stdout, done.stderr]


@pytest.mark.parametrize("end", ["head -c 1 >/dev/null", "true"])
def test_a_reader_that_goes_away_is_no_error(options: list[str], end: str) -> None:
    main(["index", *options])
    command = shlex.join([sys.executable, "-m", "qa", "ask", QUESTION, "--max-risk", "1"])
    script = f"({command} {shlex.join(options)}; echo $? >&2) | {end}"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(["sh", "-c", script], capture_output=True, env=kept)
    assert done.stderr == b"0\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_error(options: list[str], closed: str) -> None:
    main(["index", *options])
    command = shlex.join([sys.executable, "-m", "qa", "ask", QUESTION, "--max-risk", "1", *options])
    done = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert bool(done.stdout) == (">&-" not in closed.split())


def test_a_closed_stream_does_not_hide_an_error(options: list[str], tmp_path: Path) -> None:
    command = shlex.join([sys.executable, "-m", "qa", "ask", "--batch", str(tmp_path), *options])
    for closed in (">&-", "2>&-"):
        done = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True)
        assert done.returncode == 2
        assert done.stdout == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_exits_with_2(options: list[str]) -> None:
    main(["index", *options])
    command = [sys.executable, "-m", "qa", "ask", QUESTION, "--json", *options]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=kept)
    assert done.returncode == 2
    assert done.stderr.startswith(b"qa: ")
    assert b"Traceback" not in done.stderr


def test_output_is_utf8_whatever_the_locale(options: list[str], corpus: Path) -> None:
    (corpus / "letters" / "ada.txt").write_text("Ada wrote to Pérez about the “engine”.", "utf-8")
    main(["index", *options])
    for flags in (["--json"], []):
        arguments = ["ask", "Who wrote about the engine?", "--max-risk", "1", *flags]
        code, out, err = qa_process(options, *arguments, PYTHONIOENCODING="ascii")
        assert (code, err) == (0, b"")
        assert isinstance(out, bytes)
        assert "Pérez" in out.decode("utf-8")


def test_half_a_surrogate_pair_in_an_id_does_not_lose_the_batch(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    questions, answers = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    questions.write_text('{"question": "who?", "id": "\\ud800"}\n')
    code, _, _ = run(capsys, "ask", "--batch", questions, "--out", answers, *options)
    assert code == 0
    assert json.loads(answers.read_text("utf-8"))["id"] == "\ud800"


@pytest.mark.parametrize("line", ["[" * 100_000, '{"question": "who?", "id": NaN}'])
def test_json_that_is_too_deep_or_no_json_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path, line: str
) -> None:
    questions = tmp_path / "in.jsonl"
    questions.write_text(line + "\n")
    code, _, err = run(capsys, "ask", "--batch", questions, *options)
    assert code == 2
    assert "line 1" in err


def test_out_keeps_links_and_devices_and_refuses_folders(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    questions = tmp_path / "in.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}) + "\n")
    target, link, pipe = tmp_path / "target.jsonl", tmp_path / "link.jsonl", tmp_path / "pipe"
    link.symlink_to(target)
    assert run(capsys, "ask", "--batch", questions, "--out", link, *options)[0] == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["question"] == QUESTION
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    assert run(capsys, "ask", "--batch", questions, "--out", pipe, *options)[0] == 0
    assert json.loads(reader.communicate()[0])["question"] == QUESTION
    assert pipe.is_fifo()
    code, _, err = run(capsys, "ask", "--batch", questions, "--out", tmp_path, *options)
    assert code == 2
    assert "folder" in err


def test_a_port_that_cannot_be_is_an_error_that_says_so(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    code, _, err = run(capsys, "serve", "--port", "99999", *options)
    assert code == 2
    assert "--port" in err


def test_a_port_in_use_is_told_in_our_words_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = run(capsys, "serve", "--port", port, *options)
    assert code == 2
    assert err == (
        f"qa: port {port} is in use, perhaps by another qa serve: stop that, or choose another one "
        "with --port; --port 0 takes a free one\n"
    )
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_other_machines_are_let_in_only_when_that_is_asked_for(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path
) -> None:
    for host in ("0.0.0.0", ""):
        code, _, err = run(capsys, "serve", "--port", "0", "--host", host, *options)
        assert code == 2
        assert "no login" in err
        assert "--let-others-in" in err
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_host_that_is_not_this_machine_is_told(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    code, _, err = run(capsys, "serve", "--host", "192.0.2.1", *options)
    assert code == 2
    assert err.startswith("qa: cannot listen on 192.0.2.1, port 7860 (")


def test_names_of_files_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], options: list[str], corpus: Path
) -> None:
    bell = "\x1b]0;pwned\x07\x1b[2J\u202e"
    if os.name == "nt":
        pytest.skip("no such names")
    (corpus / f"{bell}.txt").write_text("The bell is green.")
    (corpus / f"{bell}.doc").write_text("x")
    (corpus / f"{bell}\n.md").write_text("The bell rings twice.")
    said = [
        run(capsys, "index", *options)[1:],
        run(capsys, "ask", "The bell?", "--only", f"{bell}\n.md", *options, "--max-risk", "1")[1:],
        run(capsys, "ask", "x", "--only", f"{bell}x", *options)[1:],
        run(capsys, "index", *options, "--corpus", bell)[1:],
    ]
    assert "bell" in said[1][0]
    assert ".doc" in said[0][1]
    for text in (text for pair in said for text in pair):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), text
