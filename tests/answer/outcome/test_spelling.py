"""Mistyped words are read as the documents' own, and said; names and numbers are left alone."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa.answer.outcome.spelling import Spelling, spelling
from qa.answer.pipeline import Answerer
from qa.index.build import build_index
from qa.index.local.generations import Index
from qa.index.local.store import Store
from qa.schema import Misspelling
from tests.conftest import CORPUS, tiny_settings, write_corpus

LONG = ("cantilevers", "trains", "tomatoes", "february", "crosses", "tables", "engine", "opened")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The words of the three documents."""
    folder = tmp_path_factory.mktemp("spelling")
    settings = tiny_settings(folder / "index")
    build_index(write_corpus(folder / "corpus", CORPUS), folder / "index", settings)
    return Index.open(folder / "index").store


def read(store: Store, question: str, *known: str) -> Spelling:
    return spelling(question, store, lambda word: word in known)


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        ("when was it opned", "opned", "opened"),
        ("how many cantilvers are there?", "cantilvers", "cantilevers"),
        ("how many rivetss", "rivetss", "rivets"),
        ("what about the tomatpes and clay", "tomatpes", "tomatoes"),
        ("the egnine", "egnine", "engine"),
        ("the negine", "negine", "engine"),
        ("who rote of tbales", "tbales", "tables"),
    ],
)
def test_a_slip_is_read_as_the_documents_word(
    store: Store, question: str, typed: str, meant: str
) -> None:
    found = read(store, question)
    assert Misspelling(typed, meant) in found.read_as
    assert meant in found.question
    assert typed not in found.question.split()
    assert not found.suggestion


@pytest.mark.parametrize(
    "question",
    [
        "When was the bridge opened?",
        "who waters the ferns",
        "how many of 6500000 in 1782 and 40x",
        "WHO OPNED IT",
        "is it so",
        "mr zzyzx qqqq",
        "鉄橋はいつ開通しましたか",
    ],
)
def test_what_is_right_short_a_number_or_like_nothing_stays_as_it_is(
    store: Store, question: str
) -> None:
    assert read(store, question) == Spelling(question)


def test_a_word_that_exists_is_not_read_as_another(store: Store) -> None:
    assert read(store, "the trails").question == "the trains"
    for known in ("trails", "trail"):
        assert read(store, "the trails", known) == Spelling("the trails")


def test_a_name_is_never_read_as_another_but_suggested(store: Store) -> None:
    found = read(store, "Ada wrote to Charlez about tbales")
    assert found.question == "Ada wrote to Charlez about tables"
    assert found.read_as == (Misspelling("tbales", "tables"),)
    assert found.suggestion == "Ada wrote to Charles about tables"
    assert read(store, "Severm crossings").question == "Severm crossings"


@given(question=st.text(string.ascii_letters + " 0123456789'?é", max_size=60))
def test_only_words_that_no_document_has_are_read_as_words_that_some_have(
    store: Store, question: str
) -> None:
    found = read(store, question)
    for word in found.read_as:
        assert not store.mentions(word.typed)
        assert store.mentions(word.read)
        assert word.typed.isalpha()
    assert bool(found.read_as) == (found.question != question)


@given(word=st.sampled_from(LONG), data=st.data())
def test_one_slip_in_a_word_is_found(store: Store, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    kind = data.draw(st.sampled_from(("left out", "doubled", "swapped", "other")))
    letter = data.draw(st.sampled_from("jqxz"))
    typed = {
        "left out": word[:at] + word[at + 1 :],
        "doubled": word[:at] + word[at] + word[at:],
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "other": word[:at] + letter + word[at + 1 :],
    }[kind]
    assume(typed != word and not store.mentions(typed))
    (found,) = read(store, f"about {typed}").read_as
    assert found.read.rstrip("s") == word.rstrip("s")


def test_an_answer_says_what_it_read_and_refuses_a_name_that_is_not_there(
    tiny_answerer: Answerer,
) -> None:
    answer = tiny_answerer.ask("how many cantilvers are there?")
    assert answer.question == "how many cantilvers are there?"
    assert answer.read_as == (Misspelling("cantilvers", "cantilevers"),)
    refused = tiny_answerer.ask("Ada wrote to Charlez")
    assert refused.unmentioned == ("Charlez",)
    assert refused.suggestion == "Ada wrote to Charles"
    assert tiny_answerer.ask("Ada wrote to Charles").suggestion == ""
