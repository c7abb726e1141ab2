"""Every decision of a review is kept, whenever it is stopped."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.draft.review import Drop, GoldObject, Keep, Stop, count_drafts, review, stands_in
from qa.errors import GoldError
from qa.files import json_lines

DRAFT = {"question": "When?", "answers": ["1781"], "evidence": ["In 1781."], "answerable": True}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three drafts, and one question that is none."""
    records = [
        {"id": "a", **DRAFT, "draft": True},
        {"id": "b", **DRAFT},
        {"id": "c", **DRAFT, "draft": True},
        {"id": "d", **DRAFT, "draft": True},
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text(json_lines(records), "utf-8")
    return path


def read(path: Path) -> list[GoldObject]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_kept_edited_and_dropped_drafts_and_what_was_no_draft(path: Path) -> None:
    decisions: Iterator[Keep | Drop] = iter(
        [Keep("When?", ("1781",)), Keep("In what year?", ("1781", "In 1781")), Drop()]
    )
    found = review(path, lambda draft, number, total: next(decisions))
    assert found == (2, 1, 0)
    assert [(r["id"], r["question"]) for r in read(path)] == [
        ("a", "When?"),
        ("b", "When?"),
        ("c", "In what year?"),
    ]
    assert count_drafts(path) == (0, 3)


def test_a_stopped_review_is_taken_up_where_it_was(path: Path) -> None:
    seen = []

    def one_then_stop(draft: GoldObject, number: int, total: int) -> Keep | Stop:
        seen.append((draft["id"], number, total))
        return Keep("When?", ("1781",)) if number == 1 else Stop()

    assert review(path, one_then_stop) == (1, 0, 2)
    assert review(path, one_then_stop) == (1, 0, 1)
    assert seen == [("a", 1, 3), ("c", 2, 3), ("c", 1, 2), ("d", 2, 2)]


def test_a_decision_is_on_disk_before_the_next_is_asked_for(path: Path) -> None:
    def look(draft: GoldObject, number: int, total: int) -> Drop:
        assert count_drafts(path)[0] == total - number + 1
        return Drop()

    review(path, look)
    assert [record["id"] for record in read(path)] == ["b"]


def test_what_is_no_json_lines_has_no_drafts_and_cannot_be_reviewed(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    assert count_drafts(path) == (0, 0)
    path.write_text("[1]\n{", "utf-8")
    assert count_drafts(path) == (0, 0)
    with pytest.raises(GoldError, match="cannot be read"):
        review(path, lambda draft, number, total: Drop())


def test_an_answer_stands_in_the_evidence_across_line_ends() -> None:
    assert stands_in("May 2020", ["on 5 May\n2020."])
    assert not stands_in(" ", ["anything"])
    assert not stands_in("1782", ["In 1781."])
