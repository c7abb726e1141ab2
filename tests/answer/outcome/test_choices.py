"""Which documents a question that names nothing may mean."""

from qa.answer.outcome.choices import choices
from qa.answer.outcome.things import Things
from qa.answer.signs.candidate import Candidate
from tests.answer.outcome.making import candidate, sources

CABIN = candidate("cabin.md", "The cabin\n\nIt sleeps six.", "It sleeps six.", "six")
TENT = candidate("tent.md", "The tent\n\nIt sleeps four.", "It sleeps four.", "four")


def chosen(*candidates: Candidate, question: str = "How many does it sleep?") -> list[str]:
    documents = sources(*candidates)
    things = Things(question, lambda doc_id: documents.document(doc_id).title)
    return choices(things, candidates, lambda alone: alone[0].features.margin > 0)


def changed(one: Candidate, **changes: float) -> Candidate:
    return one._replace(features=one.features._replace(**changes))


def test_documents_about_different_things_are_a_choice_in_order() -> None:
    assert chosen(CABIN, TENT) == ["cabin.md", "tent.md"]
    assert chosen(TENT, CABIN) == ["tent.md", "cabin.md"]


def test_one_plausible_document_is_no_choice() -> None:
    assert chosen(CABIN) == []
    for changes in ({"margin": -1.0}, {"coverage": 0.3}, {"wrong_type": 1.0},
                    {"missing_figure": 1.0}, {"other_thing": 1.0}, {"lead": 0.005}):  # fmt: skip
        assert chosen(CABIN, changed(TENT, **changes)) == []


def test_documents_that_say_the_same_are_no_choice() -> None:
    hut = candidate("hut.md", "The hut\n\nIt sleeps six.", "It sleeps six.", "six")
    assert chosen(CABIN, hut) == []


def test_a_question_that_has_a_name_is_never_asked_back() -> None:
    assert chosen(CABIN, TENT, question="How many does it sleep in Velm?") == []


def test_versions_of_one_thing_are_no_choice() -> None:
    old = candidate("2019.md", "The cabin 2019\n\nIt sleeps five.", "It sleeps five.", "five")
    assert chosen(CABIN, old) == []
