"""Questions written for passages, joined with them."""

import json
from pathlib import Path
from typing import Any

import pytest

from train.data import load_examples, load_rows
from train.passages import key_of, main, rows_of

CONTEXT = "The mill was built in 1843 and sold to Ada Lovelace."
QUESTIONS: list[dict[str, Any]] = [
    {"question": "when was the mill put up", "answer": "1843"},
    {"question": "When was the mill pulled down?", "answer": None, "near": "1843"},
]


def written(folder: Path, questions: list[dict[str, Any]]) -> list[str]:
    data, twins = folder / "core.jsonl", folder / "twins"
    twins.mkdir()
    passage = {"title": "Mill", "context": CONTEXT, "question": "Who bought it?", "answers": []}
    data.write_text(json.dumps(passage) + "\n", "utf-8")
    lines = [json.dumps({"passage": key_of(CONTEXT), **each}) for each in questions]
    (twins / "1.jsonl").write_text("\n".join(lines), "utf-8")
    return [str(folder / "out.gz"), "--data", str(data), "--questions", str(twins)]


def test_questions_are_joined_with_their_passages(tmp_path: Path) -> None:
    main(written(tmp_path, QUESTIONS))
    answered, refused = load_examples(tmp_path / "out.gz")
    assert answered.answers[0].text == "1843"
    assert (refused.answerable, refused.context, refused.title) == (False, CONTEXT, "mill")


def test_words_are_found_where_they_stand_as_words_near_what_is_asked(tmp_path: Path) -> None:
    context = "An artwork cost 2 pounds. The mill has two wheels. In 1843 two men drowned."
    asked = {"question": "How many men drowned?", "answer": "two"}
    (row,) = rows_of(iter([{"passage": "x", **asked}]), {"x": {"title": "", "context": context}})
    assert row["answers"][0]["answer_start"] == context.index("two men")


@pytest.mark.parametrize(
    "asked",
    [
        {"passage": "0" * 16, "question": "When?", "answer": "1843"},
        {"question": "When?", "answer": "1844"},
        {"question": "When?", "answer": None, "near": "Ada Byron"},
    ],
)
def test_what_is_not_in_its_passage_is_named(tmp_path: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not in its passage: '.*', of 'When\?'"):
        main(written(tmp_path, [asked]))


def test_the_written_questions_are_well_formed() -> None:
    folder = Path(__file__).parents[2] / "train" / "twins"
    rows = [row for path in folder.glob("*.jsonl") for row in load_rows(path)]
    assert rows
    for row in rows:
        assert row["question"].strip()
        assert len(row["passage"]) == 16
        assert row["answer"] or row["near"]
