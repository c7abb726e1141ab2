"""Training examples made of documents with questions, as the product cuts them."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from train.data import load_examples
from train.papers import QUESTIONS, find, main, questions_of, rows_of

DOCUMENTS = Path(__file__).parent.parent / "train" / "documents"

DOCUMENT = """# Boat hire

You may hire a boat **from 1 May** until 30 September. Dogs are not allowed on board.
Each boat takes `four` people.

## Prices

| Boat | Hour | Day |
|---|---|---|
| Canoe | €9 | €40 |
| Dinghy | €14 | €65 |

1. Ring the bell.
2. Pay the keeper.
"""


def asked(question: str, answer: str | None, evidence: list[str], kind: str) -> dict[str, Any]:
    return {
        "doc": "boats.md",
        "question": question,
        "answer": answer,
        "evidence": evidence,
        "kind": kind,
    }


def rows(folder: Path, *questions: dict[str, Any], seed: int = 1) -> list[dict[str, Any]]:
    (folder / "boats.md").write_text(DOCUMENT, "utf-8")
    (folder / QUESTIONS).write_text("\n".join(map(json.dumps, questions)), "utf-8")
    return list(rows_of(folder, random.Random(seed)))


@pytest.mark.parametrize(
    ("answer", "evidence", "kind"),
    [
        ("1 May", "You may hire a boat **from 1 May** until 30 September.", "span"),
        ("four", "Each boat takes `four` people.", "span"),
        ("€65", "| Dinghy | €14 | €65 |", "table"),
    ],
)
def test_an_answer_is_found_where_the_product_reads_it(
    tmp_path: Path, answer: str, evidence: str, kind: str
) -> None:
    found = rows(tmp_path, asked("What?", answer, [evidence], kind))
    (row,) = [row for row in found if not row["is_impossible"]]
    ((text, start),) = [(each["text"], each["answer_start"]) for each in row["answers"]]
    assert text == answer
    assert row["context"][start : start + len(text)] == answer
    assert row["title"] == f"{tmp_path.name}/boats.md".replace("_", " ")


def test_headings_are_those_of_the_passage(tmp_path: Path) -> None:
    found = rows(tmp_path, asked("Price of a dinghy?", "€65", ["| Dinghy | €14 | €65 |"], "table"))
    (row,) = [row for row in found if not row["is_impossible"]]
    assert row["heading"] == "Boat hire"
    assert "Boat: Dinghy | Hour: €14 | Day: €65" in row["context"]


def test_what_sentences_answer_has_all_of_them_as_evidence(tmp_path: Path) -> None:
    steps = ["1. Ring the bell.", "2. Pay the keeper."]
    found = rows(tmp_path, asked("How do I hire one?", "Ring the bell", steps, "howto"))
    (row,) = [row for row in found if not row["is_impossible"]]
    told = [row["context"][start:end] for start, end in row["evidence"]]
    assert ("Ring the bell" in told[0], "Pay the keeper" in told[1]) == (True, True)
    assert row["answers"] == []


def test_a_question_without_an_answer_has_the_passage_that_misleads(tmp_path: Path) -> None:
    trap = "Dogs are not allowed on board."
    for seed in range(8):
        found = rows(tmp_path, asked("Are cats allowed?", None, [trap], "none"), seed=seed)
        assert all(row["is_impossible"] for row in found)
        assert trap in found[0]["context"]


def test_no_passage_with_the_answer_is_a_near_miss(tmp_path: Path) -> None:
    question = asked("Until when?", "30 September", ["until 30 September"], "span")
    for seed in range(8):
        for row in rows(tmp_path, question, seed=seed):
            assert row["is_impossible"] == ("30 September" not in row["context"])


def test_a_question_whose_evidence_is_not_in_the_document_falls_away(tmp_path: Path) -> None:
    assert rows(tmp_path, asked("Who?", "the Dean", ["The Dean decides."], "span")) == []
    assert find("", []) is None
    assert find("|---|", []) is None


def test_the_file_that_is_written_can_be_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "boats"
    folder.mkdir()
    rows(folder, asked("How many people?", "four", ["Each boat takes `four` people."], "span"))
    out = tmp_path / "out.jsonl.gz"
    main([str(out), str(folder)])
    first, *_ = load_examples(out)
    assert (first.heading, first.source, first.answerable) == ("", "papers", True)


@pytest.mark.parametrize("folder", sorted(DOCUMENTS.glob("h*")), ids=lambda folder: folder.name)
def test_the_questions_of_the_documents_quote_them(folder: Path) -> None:
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    for line in texts.pop(QUESTIONS).splitlines():
        question = json.loads(line)
        pieces, answer = question["evidence"], question["answer"]
        assert pieces, line
        assert all(texts[question["doc"]].count(piece) == 1 for piece in pieces), line
        assert answer is None or any(answer in piece for piece in pieces), line
        assert (answer is None) == (question["kind"] == "none"), line


def test_nearly_all_of_what_is_quoted_is_found_in_what_the_product_reads() -> None:
    folder = DOCUMENTS / "h17"  # a third of it aligned columns and labels
    asked = len((folder / QUESTIONS).read_text("utf-8").splitlines())
    assert len(list(questions_of(folder))) > 0.95 * asked
