"""The questions that the page suggests are answered by the documents, and few are tried."""

from collections.abc import Collection
from pathlib import Path

import pytest

from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.index.build import build_index
from qa.schema import Answer
from qa.ui.examples import Examples
from qa.waiting import asked_by
from tests.conftest import write_corpus
from tests.ui.panes.opening import ALWAYS, build

SENTENCES = {
    f"{name}.txt": f"Some words before. The Severn Bridge of {name} was opened in {year}. It holds."
    for name, year in (("Ada", 1781), ("Fife", 1890), ("Callao", 1920), ("Nara", 1931))
}


class Counting(Answerer):
    """Counts what it is asked."""

    asked: tuple[str, ...] = ()

    def ask(
        self, question: str, *, abstain: bool = True, only: Collection[str] | None = None
    ) -> Answer:
        self.asked = (*self.asked, question)
        return super().ask(question, abstain=abstain, only=only)


def counting(folder: Path, files: dict[str, str]) -> Counting:
    write_corpus(folder / "corpus", files)
    build(folder)
    answerer = open_index(folder / "index", ALWAYS)
    answerer.__class__ = Counting
    assert isinstance(answerer, Counting)
    return answerer


def real(folder: Path, files: dict[str, str]) -> Counting:
    """Answer with the packaged models: the tiny ones tell few documents apart."""
    build_index(write_corpus(folder / "corpus", files), folder / "index")
    answerer = open_index(folder / "index")
    answerer.__class__ = Counting
    assert isinstance(answerer, Counting)
    return answerer


def test_every_suggestion_is_answered_by_the_sentence_it_was_made_of(tmp_path: Path) -> None:
    answerer = counting(tmp_path, SENTENCES)
    found = Examples().of(answerer)
    assert 1 <= len(found) <= 4
    for question in found:
        answer = answerer.ask(question)
        assert "was opened in" in answer.citations[0].quote
        assert answer.citations[0].doc_id.removesuffix(".txt") in question


def test_documents_that_give_no_question_are_not_asked_any(tmp_path: Path) -> None:
    answerer = counting(tmp_path, {"a.txt": "And so on, and on.\n\nWords.\n"})
    assert Examples().of(answerer) == []
    assert answerer.asked == ()


@pytest.mark.model
def test_no_more_than_ten_are_tried_and_each_but_once(tmp_path: Path) -> None:
    many = "\n\n".join(f"The Iron Bridge of Place{n} was opened in {1700 + n}." for n in range(40))
    answerer = real(tmp_path, {"many.txt": many})
    examples = Examples()
    assert examples.of(answerer)
    tried = len(answerer.asked)
    assert 0 < tried <= 10
    assert examples.of(answerer)
    assert len(answerer.asked) == tried


def test_a_new_document_has_its_questions_in_front(tmp_path: Path) -> None:
    answerer = counting(tmp_path, SENTENCES)
    examples = Examples()
    before = examples.of(answerer)
    write_corpus(tmp_path / "corpus", {"new.txt": "The Forth Bridge of Leith was opened in 1890."})
    build(tmp_path)
    now = examples.of(open_index(tmp_path / "index", ALWAYS))
    assert "Leith" in now[0]
    assert set(now[1:]) <= set(before)


@pytest.mark.model
def test_a_document_that_is_gone_or_changed_suggests_nothing_old(tmp_path: Path) -> None:
    examples = Examples()
    assert len(examples.of(real(tmp_path, SENTENCES))) == 4
    (tmp_path / "corpus" / "Ada.txt").unlink()
    (tmp_path / "corpus" / "Fife.txt").write_text("The Severn Bridge of Dover was opened in 1950.")
    build_index(tmp_path / "corpus", tmp_path / "index")
    now = " ".join(examples.of(open_index(tmp_path / "index")))
    assert "Ada" not in now
    assert "Fife" not in now
    assert "Dover" in now


@pytest.mark.model
def test_what_is_asked_next_is_near_and_was_not_asked_yet(tmp_path: Path) -> None:
    many = "\n\n".join(f"The Iron Bridge of Place{n} was opened in {1700 + n}." for n in range(30))
    answerer = real(tmp_path, {"many.txt": many, **SENTENCES})
    examples = Examples()
    cited = answerer.ask("When was the Iron Bridge of Place20 opened?").citations[0]
    assert "Place20 " in cited.quote
    first = examples.after(answerer, cited, ["When was the Iron Bridge of Place20 opened?"])
    assert 1 <= len(first) <= 3
    assert not [question for question in first if "Place20 " in question]
    then = examples.after(answerer, cited, first)
    assert not set(first) & set(then)


def test_what_nobody_waited_for_says_nothing_of_a_question(tmp_path: Path) -> None:
    answerer, examples = counting(tmp_path, SENTENCES), Examples()
    with asked_by(lambda: True):
        assert examples.of(answerer) == []
    assert examples.of(answerer) == Examples().of(answerer) != []
