"""Ask the cases of `tests/cases`, and hold how many answers are right and how many wrong.

Each case has documents of one trait that makes answering hard: tables, forms, struck-out text,
versions in conflict, … The bounds are a few away from what was measured (167 right, 1 wrong of
181), because processors round differently; they move with the reader, in one direction.
"""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.cases import CASES, Asked, CaseQuestion, ask_cases, judge, load_questions
from qa.errors import GoldError
from qa.schema import Answer, Citation

LEAST_RIGHT, MOST_WRONG = 163, 3
KINDS = 40

QUESTION = CaseQuestion("How many ducks?", answerable=True, answers=("2",), evidence=("ducks 2",))
ANSWER = Answer(
    question="How many ducks?",
    answered=True,
    answer="2",
    confidence=0.9,
    citations=(Citation("farm.md", "Farm", None, 0, 29, "The hens are 12, the ducks 2."),),
    passages=(),
)


@pytest.mark.model
def test_the_product_holds_its_floor_and_its_ceiling(tmp_path: Path) -> None:
    found: dict[str, list[Asked]] = dict(ask_cases(CASES, tmp_path))
    counts = Counter(each.verdict for asked in found.values() for each in asked)
    assert len(found) == KINDS
    assert counts["right"] >= LEAST_RIGHT, counts
    assert counts["wrong"] <= MOST_WRONG, counts


def test_every_case_is_well_formed_and_about_its_own_documents() -> None:
    for case in CASES.iterdir():
        texts = {p.name: " ".join(p.read_text("utf-8").split()) for p in (case / "docs").iterdir()}
        questions = load_questions(case / "questions.jsonl")
        assert 3 <= len(questions) <= 5, case.name
        for question in questions:
            assert question.answerable == bool(question.evidence), question.question
            assert {question.doc, *question.only_docs} <= {None, *texts}
            for words in question.evidence:
                assert any(words in text for text in texts.values()), words


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "right"),
        ({"answers": ("12", "2")}, "right"),
        ({"answers": ("12",)}, "wrong"),
        ({"answers": (), "evidence": ("DUCKS",)}, "right"),
        ({"evidence": ("geese",)}, "wrong"),
        ({"forbid": ("2",)}, "wrong"),
        ({"needs_all": ("2", "hens")}, "wrong"),
        ({"doc": "farm.md", "only_docs": ("farm.md", "mill.md")}, "right"),
        ({"doc": "mill.md"}, "wrong"),
        ({"only_docs": ("mill.md",)}, "wrong"),
        ({"answerable": False}, "wrong"),
    ],
)
def test_an_answer_is_judged_by_all_that_a_question_says(
    changes: dict[str, object], verdict: str
) -> None:
    assert judge(replace(QUESTION, **changes), ANSWER) == verdict  # type: ignore[arg-type]


@pytest.mark.model
def test_turns_of_a_conversation_are_asked_after_each_other(tmp_path: Path) -> None:
    case = tmp_path / "cases" / "gym"
    (case / "docs").mkdir(parents=True)
    (case / "docs" / "prices.csv").write_text(
        "Membership,Price per month,Guest passes\nBasic,£24,none\nPremium,£58,4 a month\n", "utf-8"
    )
    turns: list[dict[str, object]] = [
        {"question": "How much is the Premium membership?", "answers": ["£58"]},
        {"question": "how many guest passes?", "answers": ["4 a month"]},
        {"question": "thanks", "answerable": False},
    ]
    lines = [json.dumps({"answerable": True, "conversation": "one", **turn}) for turn in turns]
    (case / "questions.jsonl").write_text("\n".join(lines), "utf-8")
    ((_, asked),) = ask_cases(tmp_path / "cases", tmp_path / "index")
    assert [each.verdict for each in asked] == ["right", "right", "right"]


@pytest.mark.parametrize("said", ["12", "2.5", "1.2", "1,2", "2nd"])
def test_words_are_looked_for_whole(said: str) -> None:
    assert judge(QUESTION, replace(ANSWER, answer=said)) == "wrong"
    assert judge(QUESTION, replace(ANSWER, answer=f"{said}: $2.")) == "right"


def test_chinese_words_have_no_blanks_around_them() -> None:
    asked = replace(QUESTION, answers=("300元",), evidence=())
    assert judge(asked, replace(ANSWER, answer="租金300元整")) == "right"
    assert judge(asked, replace(ANSWER, answer="租金1300元")) == "wrong"


def test_silence_is_right_where_the_documents_say_nothing() -> None:
    silent = replace(ANSWER, answered=False, answer=None, citations=())
    assert judge(QUESTION, silent) == "abstained"
    assert judge(replace(QUESTION, answerable=False), silent) == "right"


def test_a_folder_without_cases_and_a_malformed_question_are_errors(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="has no case"):
        next(ask_cases(tmp_path, tmp_path / "index"))
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "Who?", "answerable": true, "forbid": "me"}\n', "utf-8")
    with pytest.raises(GoldError, match="line 1: forbid is no list but str"):
        load_questions(path)
