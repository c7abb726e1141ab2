"""Ranking: best first, told apart by text, not rows; in some documents as in all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.read import Query
from qa.answer.retrieve import retrieve
from qa.index.build import build_index
from qa.index.local.generations import Index
from qa.models.encoder import Encoder
from qa.schema import RetrievedPassage
from qa.settings import AskSettings
from tests.conftest import CORPUS, tiny_settings, write_corpus

QUESTIONS = [
    "Who wrote to Charles about the engine?",
    "roses sun",
    "bridge trains rivets",
    "tea",
    "nothing of these words",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The three documents and some with words of them."""
    folder = tmp_path_factory.mktemp("retrieve")
    words = " ".join(CORPUS.values()).split()
    more = {f"{n}.txt": " ".join(words[n * 7 : n * 7 + 25]) for n in range(8)}
    corpus = write_corpus(folder / "corpus", {**CORPUS, **more})
    build_index(corpus, folder / "index", tiny_settings(folder / "index"))
    return Index.open(folder / "index")


@pytest.fixture(scope="module")
def ask(index: Index) -> Callable[..., list[RetrievedPassage]]:
    """Retrieves with the settings of asking."""
    encoder = Encoder(index.encoder_dir)

    def act(question: str, only: list[str] | None = None, k: int = 100) -> list[RetrievedPassage]:
        query = Query(question, encoder.encode_query(question))
        return retrieve(index, query, AskSettings(), k, only)

    return act


Ask = Callable[..., list[RetrievedPassage]]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.sampled_from(QUESTIONS) | st.text(min_size=1, max_size=20),
    only=st.sets(st.sampled_from([*CORPUS, *(f"{n}.txt" for n in range(8)), "none.txt"])),
    k=st.integers(1, 20),
)
def test_ranking_in_some_documents_is_the_ranking_in_all_without_the_others(
    ask: Ask, question: str, only: set[str], k: int
) -> None:
    def key(found: RetrievedPassage) -> tuple[str, int, float, float]:
        return (found.passage.doc_id, found.passage.start, found.dense, found.lexical)

    expected = [key(found) for found in ask(question) if found.passage.doc_id in only]
    within = ask(question, sorted(only), k)
    assert [key(found) for found in within] == [
        (*place, pytest.approx(dense, abs=1e-5), pytest.approx(lexical))
        for *place, dense, lexical in expected[:k]
    ]
    assert [found.rank for found in within] == list(range(1, len(within) + 1))


def test_no_documents_or_unknown_ones_give_no_passages(ask: Ask) -> None:
    assert ask("bridge", []) == ask("bridge", ["none.txt"]) == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_go_down_and_ties_stand_in_the_order_of_ids_and_text(
    ask: Ask, question: str
) -> None:
    found = ask(question)
    assert found
    order = [(-f.score, f.passage.doc_id, f.passage.start) for f in found]
    assert order == sorted(order)
    assert all(0 <= f.score <= 1 for f in found)
    for k in (1, 2, 5):
        assert ask(question, None, k) == found[:k]


def test_equal_passages_rank_alike_whatever_order_they_were_indexed_in(tmp_path: Path) -> None:
    names = ["b.md", "a.md", "c.md"]
    ranked: list[list[str]] = []
    for order in (names, names[::-1], sorted(names)):
        corpus = tmp_path / f"corpus-{len(ranked)}"
        folder = tmp_path / f"index-{len(ranked)}"
        corpus.mkdir()
        for name in order:
            write_corpus(corpus, {name: "# Roses\n\nRoses want sun."})
            build_index(corpus, folder, tiny_settings(folder))
        index = Index.open(folder)
        query = Query("roses", Encoder(index.encoder_dir).encode_query("roses"))
        found = retrieve(index, query, AskSettings(), 2)
        ranked.append([f.passage.doc_id for f in found])
    assert ranked == [["a.md", "b.md"]] * 3
