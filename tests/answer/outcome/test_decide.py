"""What is said of real documents with the real models: versions, choices, support."""

from collections.abc import Callable

import pytest

from qa.answer.live import open_index
from qa.index.build import build_index
from qa.schema import Answer
from tests.conftest import write_corpus

DOCUMENTS = {
    "ferry-2019.md": "# Ferry tariff 2019\n\nA bicycle costs 4 euros. Crossing takes an hour.\n",
    "ferry-2024.md": "# Ferry tariff 2024\n\nA bicycle costs 7 euros. Crossing takes an hour.\n",
    "kiln.md": "# Kiln K20\n\nThe kiln heats up in 40 minutes. The warranty is 3 years.\n",
    "wheel.md": "# Pottery wheel\n\nThe wheel turns evenly. The warranty is 5 years.\n",
    "north.md": "# North mill\n\nThe North mill was built in 1873 and has 12 looms.\n",
    "south.md": "# South mill\n\nThe South mill was built in 1902 and has 12 looms.\n",
}

Ask = Callable[..., Answer]

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Answers from the documents, as shipped."""
    folder = tmp_path_factory.mktemp("outcomes")
    build_index(write_corpus(folder / "corpus", DOCUMENTS), folder / "index")
    return open_index(folder / "index").ask


def test_documents_that_differ_are_both_shown_with_their_dates(ask: Ask) -> None:
    answer = ask("What does a bicycle cost?")
    assert answer.state == "differ"
    assert [(v.answer, v.date) for v in answer.versions] == [
        ("7 euros", "2024"),
        ("4 euros", "2019"),
    ]
    assert answer.answer == "7 euros"
    assert tuple(v.citation for v in answer.versions) == answer.citations


def test_a_version_that_is_named_or_asked_for_as_the_newest_is_the_answer(ask: Ask) -> None:
    for question, said, doc_id in (
        ("What did a bicycle cost under the 2019 tariff?", "4 euros", "ferry-2019.md"),
        ("What does a bicycle cost at present?", "7 euros", "ferry-2024.md"),
    ):
        answer = ask(question)
        assert (answer.state, answer.answer) == ("answer", said)
        assert {citation.doc_id for citation in answer.citations} == {doc_id}


def test_where_versions_agree_both_are_cited_for_one_answer(ask: Ask) -> None:
    answer = ask("How long does the crossing take?")
    assert answer.state == "answer"
    assert {c.doc_id for c in answer.citations} == {"ferry-2019.md", "ferry-2024.md"}


def test_a_question_that_names_nothing_is_asked_back_and_answered_of_the_one_chosen(
    ask: Ask,
) -> None:
    answer = ask("How long is the warranty?")
    assert (answer.state, answer.answered, answer.citations) == ("unclear", False, ())
    assert {choice.doc_id: choice.title for choice in answer.choices} == {
        "kiln.md": "Kiln K20",
        "wheel.md": "Pottery wheel",
    }
    assert ask("How long is the warranty?", only=["kiln.md"]).answer == "3 years"
    assert ask("How long is the warranty of the wheel?").answer == "5 years"


def test_the_same_figure_of_another_thing_is_no_support(ask: Ask) -> None:
    answer = ask("How many looms has the South mill?")
    assert answer.answer == "12"
    assert [citation.doc_id for citation in answer.citations] == ["south.md"]
