"""The questions that the page suggests are answered by the documents, and few are tried."""

from collections.abc import Collection
from pathlib import Path

import pytest

from qa.answer.pipeline import Answerer, open_index
from qa.schema import Answer
from qa.ui.examples import suggest_questions
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


@pytest.mark.parametrize("count", [1, 3])
def test_every_suggestion_is_answered_by_the_sentence_it_was_made_of(
    tmp_path: Path, count: int
) -> None:
    answerer = counting(tmp_path, SENTENCES)
    found = suggest_questions(answerer, count)
    assert 1 <= len(found) <= count
    for question, doc_id in found.items():
        answer = answerer.ask(question)
        assert answer.citations[0].doc_id == doc_id
        assert "was opened in" in answer.citations[0].quote


def test_documents_that_give_no_question_are_not_asked_any(tmp_path: Path) -> None:
    answerer = counting(tmp_path, {"a.txt": "And so on, and on.\n\nWords.\n"})
    assert suggest_questions(answerer) == {}
    assert answerer.asked == ()


def test_no_more_than_ten_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "\n\n".join(f"The Iron Bridge of Place{n} was opened in {1700 + n}." for n in range(40))
    answerer = counting(tmp_path, {"many.txt": many})
    assert suggest_questions(answerer, 100)
    assert len(answerer.asked) <= 10
