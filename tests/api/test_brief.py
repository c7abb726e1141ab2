"""What an agent is given says what to do with it, whatever came back."""

from dataclasses import replace
from typing import get_args

import pytest

from qa.api.brief import brief
from qa.api.returned import State
from qa.converse.conversation import Reply
from qa.schema import Answer, Choice, Citation, Computation, Outcome, Span, Term, Version

ROWS = "Puno | 3\nCusco | 4"
CITED = Citation("a.txt", "A", 2, 10, 20, "Ten things", heading="Things")
NONE = Answer("How many?", False, None, 0.1, (), ())
GIVEN = replace(NONE, answered=True, answer="Ten", confidence=0.9, citations=(CITED,))
COMPUTED = Computation(
    "sum", "7", "Tonnes",
    (Term("Puno", "3", Span(7, 8)), Term("Cusco", "4", Span(17, 18))),
    Citation("a.txt", "A", None, 0, 18, ROWS),
)  # fmt: skip
VERSIONS = (Version("Ten", "2020", CITED), Version("Nine", "2019", CITED))
ANSWERS: dict[Outcome, Answer] = {
    "answer": GIVEN,
    "differ": replace(GIVEN, versions=VERSIONS),
    "parts": replace(GIVEN, parts=(GIVEN, replace(NONE, question="And where?"))),
    "computed": replace(NONE, computed=COMPUTED),
    "possible": replace(NONE, possible=CITED),
    "unclear": replace(NONE, choices=(Choice("a.txt", "A"), Choice("b.txt", "B"))),
    "none": NONE,
}


def states() -> list[str]:
    return [*get_args(Outcome), "talk", "more", "overview"]


def test_every_state_of_an_answer_is_described() -> None:
    assert sorted(get_args(State)) == sorted(states())
    assert set(ANSWERS) == set(get_args(Outcome))


@pytest.mark.parametrize("state", get_args(Outcome))
def test_each_outcome_says_what_to_do_and_only_answers_answer(state: Outcome) -> None:
    answer = ANSWERS[state]
    assert answer.state == state
    given = brief(Reply(answer.question, answer=answer))
    assert given["state"] == state
    assert given["do"]
    assert ("answer" in given) == (state in ("answer", "differ"))
    if state in ("none", "possible"):
        assert "documents" in given["do"]
        assert "not" in given["do"]


def test_each_part_says_what_to_do_with_it() -> None:
    given, missing = brief(Reply("?", answer=ANSWERS["parts"]))["parts"]
    assert (given["state"], given["answer"]) == ("answer", "Ten")
    assert (missing["state"], missing["question"]) == ("none", "And where?")
    assert "do not guess" in missing["do"]


def test_a_citation_says_all_that_is_needed_to_open_it_and_to_name_it() -> None:
    (cited,) = brief(Reply("How many?", answer=GIVEN))["citations"]
    assert (cited["doc_id"], cited["start"], cited["end"]) == ("a.txt", 10, 20)
    assert (cited["title"], cited["page"], cited["heading"]) == ("A", 2, "Things")
    assert cited["quote"] == CITED.quote
    assert "untrusted" not in cited
    doubtful = replace(CITED, trusted=False, state="changed", scanned=True)
    (cited,) = brief(Reply("How many?", answer=replace(GIVEN, citations=(doubtful,))))["citations"]
    assert cited["untrusted"]
    assert cited["scanned"]
    assert "changed" in cited["file"]


def test_what_was_computed_is_given_with_what_went_in() -> None:
    given = brief(Reply("How many?", answer=ANSWERS["computed"]))
    assert given["computed"]["value"] == "7"
    assert [term["value"] for term in given["computed"]["terms"]] == ["3", "4"]
    assert given["computed"]["citation"]["quote"] == ROWS


def test_small_talk_and_what_is_near_are_no_answers() -> None:
    for given, state in (
        (Reply("hi", said="Hello."), "talk"),
        (Reply("more", "How many?", more=(CITED,)), "more"),
    ):
        told = brief(given)
        assert told["state"] == state
        assert "answer" not in told
        assert told["do"]
