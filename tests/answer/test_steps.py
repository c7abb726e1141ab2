"""Answers in steps, against an index of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cases import CASES
from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.answer.present import answer_to_json, answer_to_text
from qa.index.build import build_index

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    index_dir = tmp_path_factory.mktemp("museum")
    build_index(CASES / "in-steps" / "docs", index_dir)
    answerer = open_index(index_dir)
    yield answerer
    answerer.close()


def test_each_step_is_shown_with_its_own_place_and_the_last_is_the_answer(
    museum: Answerer,
) -> None:
    answer = museum.ask("Where was the maker of the Marlow Clock born?")
    assert (answer.state, answer.answer) == ("parts", "Whitby")
    assert [(part.question, part.answer) for part in answer.parts] == [
        ("Who is the maker of the Marlow Clock?", "Josiah Penn"),
        ("Where was Josiah Penn born?", "Whitby"),
    ]
    first, second = answer.citations
    assert "Whitby" in first.quote
    assert "made by Josiah Penn" in second.quote
    one, two = (part.confidence for part in answer.parts)
    assert answer.confidence == pytest.approx(one * two)
    text = answer_to_text(answer)
    assert text.index("Who is the maker") < text.index("Where was Josiah Penn born?")
    assert len(answer_to_json(answer)["parts"]) == 2


def test_who_is_described_is_no_answer_to_what_is_asked_of_them(museum: Answerer) -> None:
    answer = museum.ask("Where was the trust that gave the Ebb and Flow founded?")
    assert (answer.answered, answer.citations) == (False, ())
    measured = museum.ask("Where was the trust that gave the Ebb and Flow founded?", abstain=False)
    assert measured.confidence < museum.min_confidence, "as `qa eval` asks"


def test_a_question_that_one_sentence_answers_takes_no_steps(museum: Answerer) -> None:
    answer = museum.ask("Who made the clock that stands in the Long Gallery?")
    assert answer.answer == "Josiah Penn"


def test_a_step_looks_only_where_it_may(museum: Answerer) -> None:
    answer = museum.ask("Where was the maker of the Marlow Clock born?", only=["exhibits.md"])
    assert not answer.answered or "Whitby" not in (answer.answer or "")


def test_steps_are_taken_and_timed_as_a_person_gets_them_when_measured(museum: Answerer) -> None:
    question = "Where was the maker of the Marlow Clock born?"
    answer = museum.ask(question, abstain=False)
    assert (answer.state, answer.answer) == ("parts", "Whitby")
    assert answer.timings_ms["total"] > sum(p.timings_ms["total"] for p in answer.parts)


def test_an_answer_in_steps_is_found_in_files_added_later(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text("The search service is run by the Dipper squad.", "utf-8")
    build_index(docs, tmp_path / "index")
    (docs / "b.txt").write_text("The Dipper squad is led by Kwabena Lisle.", "utf-8")
    build_index(docs, tmp_path / "index")
    answerer = open_index(tmp_path / "index")
    answer = answerer.ask("Who leads the squad that runs the search service?")
    answerer.close()
    assert answer.answer == "Kwabena Lisle"


def test_who_won_a_described_prize_is_whom_it_went_to(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    text = "The prize for the heaviest pumpkin went to Joyce Adeyemi in 2022. It weighed 87 kg."
    (docs / "a.txt").write_text(text, "utf-8")
    build_index(docs, tmp_path / "index")
    answerer = open_index(tmp_path / "index")
    answer = answerer.ask("Who won the prize for the heaviest pumpkin in 2022?")
    answerer.close()
    assert answer.answer == "Joyce Adeyemi"
