"""Settling what would have been right, and exporting it."""

import json
from pathlib import Path

import pytest

from qa.evaluate.gold import load_gold
from tests.ui.markup_page import Page
from tests.ui.panes.opening import (
    ROSES,
    Panes,
    judged,
)

# ---- what people think of answers


HOSTILE_WORDS = [
    "<script>alert(1)</script>",
    "a\0b",
    "\ud800",
    "'; DROP TABLE entries; --",
    "{{x}}",
]
NOT_ENTRIES = [None, True, 1.0, "1", [1], {"id": 1}, 0, -1, 2**63, 10**30, float("nan")]


def test_a_correction_is_shown_and_exported(judging: Panes, tmp_path: Path) -> None:
    judged(judging, "down")
    said = judging.evaluation.correct(1, "  clay ", " Roses want sun\nand clay. ", none=False)
    assert said["problem"] == ""
    assert "clay" in Page(said["html"]).texts
    gold_file = tmp_path / "gold.jsonl"
    gold_file.write_text(judging.evaluation.export()["lines"], "utf-8")
    (gold,) = load_gold(gold_file)
    assert (gold.question, gold.answers, gold.answerable) == (ROSES, ("clay",), True)


def test_the_documents_may_not_say(judging: Panes, tmp_path: Path) -> None:
    judged(judging, "down")
    said = judging.evaluation.correct(1, "left over", "left over", none=True)
    assert "The documents don’t say." in Page(said["html"]).texts
    gold_file = tmp_path / "gold.jsonl"
    gold_file.write_text(judging.evaluation.export()["lines"], "utf-8")
    (gold,) = load_gold(gold_file)
    assert (gold.answers, gold.evidence, gold.answerable) == ((), (), False)


@pytest.mark.parametrize(
    ("answer", "evidence", "said"),
    [
        ("clay", "", "give the sentence"),
        ("clay", " \n", "give the sentence"),
        ("sand", "Roses want sun and clay.", "does not stand in the evidence"),
    ],
)
def test_a_correction_that_proves_nothing_says_what_is_missing(
    judging: Panes, answer: str, evidence: str, said: str
) -> None:
    judged(judging, "down")
    answered = judging.evaluation.correct(1, answer, evidence, none=False)
    assert said in answered["problem"]
    assert "data-correct" in answered["html"], "it can be tried again"


@pytest.mark.parametrize("words", HOSTILE_WORDS)
def test_hostile_corrections_are_kept_and_shown_as_text(judging: Panes, words: str) -> None:
    judged(judging, "down")
    said = judging.evaluation.correct(1, words, f"It says {words} there", none=False)
    assert said["problem"] == ""
    shown_words = words.encode("utf-8", "replace").decode()
    assert f"It says {shown_words} there" in Page(said["html"]).shown
    json.loads(judging.evaluation.export()["lines"])


@pytest.mark.parametrize("entry", NOT_ENTRIES)
def test_an_entry_that_is_not_there_is_said_not_to_be(judging: Panes, entry: object) -> None:
    judged(judging, "up")
    for said in (
        judging.evaluation.delete(entry),
        judging.evaluation.correct(entry, "", "", none=True),
        judging.evaluation.correct(entry, "a", "a", none=False),
    ):
        assert "there is no" in said["problem"]
        assert Page(said["html"]).values("data-entry") == ["1"]


def test_deleting_forgets_one_entry(judging: Panes) -> None:
    judged(judging, "up")
    judged(judging, "down", "Who wrote to Charles?")
    said = judging.evaluation.delete(1)
    assert (said["problem"], Page(said["html"]).values("data-entry")) == ("", ["2"])
    assert "there is no" in judging.evaluation.delete(1)["problem"]


def test_nothing_settled_exports_nothing_and_says_so(judging: Panes) -> None:
    assert judging.evaluation.export() == {"lines": "", "problem": "nothing is settled yet"}
    judged(judging, "down")
    assert judging.evaluation.export()["problem"] == "nothing is settled yet"
