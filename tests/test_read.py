"""The sentence reader: which sentence, how surely, and which names nobody mentions."""

import numpy as np
import pytest

from qa.embed import Vectors
from qa.pipeline import Answerer
from qa.read import Query, SentenceReader, SentenceWeights, key_words, question_names
from qa.schema import Passage, RetrievedPassage, Span

TEXT = "Ada wrote 40 letters in 1843. The engine was never built."
SENTENCES = (Span(100, 129), Span(130, 157))
KNOWN = {"ada", "wrote", "40", "letters", "1843", "engine", "built"}


def passage(row: int = 0) -> RetrievedPassage:
    """A passage that starts at character 100 of its document."""
    found = Passage("id", "a.txt", 100, 157, TEXT, "", SENTENCES)
    return RetrievedPassage(row=row, passage=found, rank=row + 1, score=0.5, dense=0.5, lexical=0.5)


def reader(cosines: list[float], weights: SentenceWeights | None = None) -> SentenceReader:
    """A reader whose sentences have these cosines to the query (1, 0)."""
    vectors = np.array([[c, (1 - c * c) ** 0.5] for c in cosines], dtype=np.float32)
    return SentenceReader(lambda row: vectors, lambda term: 1.0, KNOWN.__contains__, weights)


def query(text: str) -> Query:
    return Query(text, np.array([1, 0], dtype=np.float32))


def test_the_nearer_sentence_is_read_when_words_do_not_decide() -> None:
    (reading,) = reader([0.2, 0.7]).read(query("zzz"), [passage()])
    assert reading.sentence == reading.answer == SENTENCES[1]
    (reading,) = reader([0.7, 0.2]).read(query("zzz"), [passage()])
    assert reading.sentence == SENTENCES[0]


@pytest.mark.parametrize("question", ["How many zzz?", "When zzz?"])
def test_a_sentence_without_the_number_or_date_asked_for_loses(question: str) -> None:
    (reading,) = reader([0.5, 0.55]).read(query(question), [passage()])
    assert reading.sentence == SENTENCES[0]


def test_confidence_is_the_logistic_function_of_the_signs() -> None:
    weights = SentenceWeights(cosine=2.0, bias=-1.0, unmentioned_name=-3.0, missing_figure=-0.5)
    (plain,) = reader([0.5, 0.0], weights).read(query("engine"), [passage()])
    assert plain.confidence == pytest.approx(1 / (1 + np.exp(-(2.0 * 0.5 - 1.0))), abs=1e-6)
    (named,) = reader([0.5, 0.0], weights).read(query("engine of Babbage"), [passage()])
    assert named.confidence == pytest.approx(1 / (1 + np.exp(3.0)), abs=1e-6)
    assert named.unmentioned == ("Babbage",)
    (dated,) = reader([0.5, 0.0], weights).read(query("engine 1999"), [passage()])
    assert dated.confidence == pytest.approx(1 / (1 + np.exp(0.5)), abs=1e-6)


def test_a_figure_is_the_same_with_and_without_separators_of_thousands() -> None:
    found = RetrievedPassage(
        0, Passage("id", "a.txt", 0, 20, "It was 8,679 tonnes.", "", (Span(0, 20),)), 1, 1, 1, 1
    )
    (same,) = reader([0.5]).read(query("engine 8679"), [found])
    (other,) = reader([0.5]).read(query("engine 8678"), [found])
    assert same.confidence > other.confidence


def test_readings_come_best_first_and_ties_keep_the_order() -> None:
    vectors = {0: 0.3, 1: 0.9, 2: 0.3}

    def of(row: int) -> Vectors:
        c = vectors[row]
        return np.array([[c, 0], [c / 2, 0]], dtype=np.float32)

    three = SentenceReader(of, lambda term: 1.0, KNOWN.__contains__)
    ranked = three.rank(query("zzz"), [passage(0), passage(1), passage(2)])
    assert [round(signs.cosine, 3) for _, _, signs in ranked] == [0.9, 0.3, 0.3]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did the DEA do in Bolivia?", ["DEA", "Bolivia"]),
        ("What happened?", []),
        ("HOW MANY LABS WERE DESTROYED?", []),
        ("how much in colombia", []),
        ("What Is The Capital Of Peru?", []),
        ("Where did Ångström live?", ["Ångström"]),
        ("Was it The Hague or Hague?", ["Hague"]),
        ("Did Jean-Luc meet her?", ["Jean-Luc"]),
    ],
)
def test_names_are_what_is_capitalised_inside_a_question(question: str, names: list[str]) -> None:
    assert question_names(question) == names


def test_key_words_are_shared_stems_and_figures_if_a_number_is_asked_for() -> None:
    found = passage().passage

    def marked(question: str, sentence: Span) -> list[str]:
        return [TEXT[s - 100 : e - 100] for s, e in key_words(question, found, sentence)]

    assert marked("Who was writing the letters?", SENTENCES[0]) == ["letters"]
    assert marked("How many letter did she send?", SENTENCES[0]) == ["40", "letters", "1843"]
    assert marked("engines?", SENTENCES[1]) == ["engine"]


def test_an_answer_names_what_no_document_mentions(tiny_answerer: Answerer) -> None:
    answer = tiny_answerer.ask("Did Charles meet Napoleon in Fife?")
    assert answer.unmentioned == ("Napoleon",)
