"""The measurement under load: what it asks, compares and adds up, against a server that runs."""

import json
from pathlib import Path

import pytest

from benchmarks.load import Asking, Run, crowd, jain, one_after_the_other, section, serving
from benchmarks.people import Came
from benchmarks.results import UNDER_LOAD
from qa.index.build import build_index
from tests.conftest import CORPUS, tiny_settings, write_corpus

QUESTIONS = ("How many rivets does the Forth Bridge need?", "Who is Napoleon?", "hi")


def test_fairness_is_one_for_all_alike_and_a_share_for_one_who_has_all() -> None:
    assert jain([3.0, 3.0, 3.0]) == 1
    assert jain([1.0, 0.0, 0.0, 0.0]) == 0.25
    assert jain([1.0, 3.0]) == pytest.approx(16 / 20)


def test_everybody_is_answered_and_as_alone(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", CORPUS)
    build_index(corpus, tmp_path / "index", tiny_settings(tmp_path / "index"))
    asking = Asking(people=6, in_page=2, each=3, questions=QUESTIONS)
    with serving(tmp_path, 6, "--api", "--max-risk", "1") as served:
        alone, expected = one_after_the_other(served, asking)
        run = crowd("all", served, asking)
    assert set(expected) == {f"{who}: {q}" for who in ("program", "person") for q in QUESTIONS}
    answer = json.loads(expected[f"program: {QUESTIONS[0]}"])
    assert answer["citations"][0]["doc_id"] == "bridges.txt"
    assert "qa-answer" in expected[f"person: {QUESTIONS[0]}"]
    assert len(run.came) == 6 * 3
    assert [one.problem for one in (*alone.came, *run.came)] == [""] * (len(QUESTIONS) + 18)
    (row,) = [line for line in section(asking, [run], expected, "").splitlines() if "| all" in line]
    assert row.startswith("| all | 18 | 0 | 0 |")


def test_what_is_not_as_alone_and_what_fails_is_counted() -> None:
    asking = Asking(people=1, in_page=0, each=4, questions=("q",))
    came = [
        Came("program 1", "q", answer, problem, seconds, turned_away=0)
        for answer, problem, seconds in (
            ("yes", "", 1.0), ("no", "", 2.0), ("", "503: no", 3.0), ("yes", "", 4.0)
        )
    ]  # fmt: skip
    text = section(asking, [Run("all", came, 10.0, 1.0, 2.0)], {"program: q": "yes"}, "Fair.")
    assert text.startswith(UNDER_LOAD)
    row = "| all | 4 | 1 | 1 | 2.50 s | 4.00 s | 4.00 s | 0.4 | 1.000 | 1 → 2 MB |"
    assert row in text.splitlines()
    assert "What went wrong: 503: no" in text
