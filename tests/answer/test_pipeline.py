"""Asking: answers are verbatim, abstaining works, a citation can be opened."""

import gc
import os
import shutil
import threading
import unicodedata
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.answer.live import LiveAnswerer, open_index
from qa.answer.pipeline import Answerer
from qa.errors import IndexMissingError, UsageError
from qa.index.build import build_index
from qa.schema import Answer
from qa.settings import AskSettings
from tests.conftest import CORPUS, EAGER, READ, tiny_settings, write_corpus

Build = Callable[..., Path]


def assert_consistent(answer: Answer) -> None:
    """Check what must hold of every answer from the three-document corpus."""
    assert answer.answered == bool(answer.citations) == (answer.answer is not None)
    assert 0 <= answer.confidence <= 1
    for citation in answer.citations:
        text = READ[citation.doc_id]
        assert text[citation.start : citation.end] == citation.quote
        assert all(citation.start <= s < e <= citation.end for s, e in citation.highlights)
    if answer.answer is not None:
        assert answer.answer in answer.citations[0].quote
    scores = [found.score for found in answer.passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    ranks = [found.rank for found in answer.passages]
    assert ranks[:-1] == list(range(1, len(scores)))  # the last may be one that was read
    assert ranks == sorted(set(ranks))
    if answer.citations:
        assert any(found.passage.holds(answer.citations[0]) for found in answer.passages)
    for found in answer.passages:
        passage = found.passage
        assert READ[passage.doc_id][passage.start : passage.end] == passage.text


def test_an_answer_is_a_sentence_of_a_document_with_its_place(tiny_answerer: Answerer) -> None:
    answer = tiny_answerer.ask("Who wrote to Charles about the engine?")
    assert answer.answer == "Ada wrote to Charles about the engine."
    assert answer.citations[0].doc_id == "letters/ada.txt"
    assert answer.citations[0].title == "ada"
    assert_consistent(answer)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    question=st.one_of(st.text(max_size=300), st.sampled_from(["bridge", 'Roses AND NOT "x" *']))
)
def test_any_question_gets_a_consistent_answer_or_a_usage_error(
    tiny_answerer: Answerer, question: str
) -> None:
    try:
        answer = tiny_answerer.ask(question)
    except UsageError:
        assert not question.replace("\0", " ").strip()
    else:
        assert_consistent(answer)


@pytest.mark.parametrize(
    "question",
    ['"', "' OR 1=1 --", "NEAR(a b)", "text:engine", "*", "^", "-", "(", "a" * 2000, "ﷺ" * 500],
)
def test_query_syntax_and_odd_questions_are_only_words(
    tiny_answerer: Answerer, question: str
) -> None:
    assert_consistent(tiny_answerer.ask(question))


@pytest.mark.parametrize("question", ["", "  \n\t ", "\0", "x" * (MAX_QUESTION_CHARACTERS + 1)])
def test_an_empty_or_endless_question_is_a_usage_error(
    tiny_answerer: Answerer, question: str
) -> None:
    with pytest.raises(UsageError):
        tiny_answerer.ask(question)


def test_below_the_threshold_it_abstains_and_still_shows_passages(tiny_build: Build) -> None:
    answerer = open_index(tiny_build(), AskSettings(max_risk=0.0))
    answer = answerer.ask("Who wrote to Charles?")
    assert not answer.answered
    assert answer.passages
    assert_consistent(answer)
    assert answerer.ask("Who wrote to Charles?", abstain=False).answered


def test_k_bounds_the_passages(tiny_build: Build) -> None:
    index_dir = tiny_build()
    for k in (1, 2, 100):
        answer = open_index(index_dir, AskSettings(k=k)).ask("bridge roses engine", abstain=False)
        assert len(answer.passages) == min(k, 6)
        assert_consistent(answer)


@pytest.mark.parametrize("bad", [{"k": 0}, {"k": 101}, {"max_risk": 1.5}])
def test_settings_out_of_range_are_usage_errors(bad: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        AskSettings(**bad)  # type: ignore[arg-type]


def test_a_source_says_whether_its_file_is_still_the_one_indexed(
    tiny_answerer: Answerer, corpus: Path
) -> None:
    def state() -> str:
        view = tiny_answerer.open_source("bridges.txt")
        assert view is not None
        assert view.document.text == CORPUS["bridges.txt"]
        return view.state

    assert state() == "unchanged"
    (corpus / "bridges.txt").write_text("Something else.")
    assert state() == "changed"
    (corpus / "bridges.txt").unlink()
    assert state() == "missing"
    assert tiny_answerer.open_source("../../etc/passwd") is None


def test_threads_get_the_same_answers_as_one(tiny_answerer: Answerer) -> None:
    questions = ["Iron Bridge", "roses in February", "nettle tea", "tables by Monday"] * 10
    expected = [tiny_answerer.ask(question).answer for question in questions]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: tiny_answerer.ask(question).answer, questions))
    assert found == expected


def test_composed_and_decomposed_accents_are_the_same(tmp_path: Path) -> None:
    corpus, index_dir = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    text = unicodedata.normalize("NFD", "Mayor Pérez opened the café. The engine is old.")
    (corpus / "a.txt").write_text(text, "utf-8")
    build_index(corpus, index_dir, tiny_settings(index_dir))
    answerer = open_index(index_dir, AskSettings(max_risk=1.0))
    for form in ("NFC", "NFD"):
        question = unicodedata.normalize(form, "Where did mayor Pérez open the café?")
        answer = answerer.ask(question)
        assert answer.unmentioned == ()
        assert answer.passages[0].lexical > 0.4
        assert answer.citations[0].quote in text


@pytest.mark.model
def test_each_of_several_rows_that_answer_is_cited_at_its_place(tmp_path: Path) -> None:
    rows = "".join(f"Fern {n},{n % 3},{'Moor' if n % 7 else 'Bell'}\n" for n in range(1, 40))
    corpus = write_corpus(tmp_path / "corpus", {"ferns.csv": f"Fern,Pots in stock,Seller\n{rows}"})
    build_index(corpus, tmp_path / "index")
    answerer = open_index(tmp_path / "index")
    answer = answerer.ask("Which ferns does Bell sell?")
    assert answer.listed == ("Fern 7", "Fern 14", "Fern 21", "Fern 28", "Fern 35")
    assert answer.answer == "Fern 7; Fern 14; Fern 21; Fern 28; Fern 35"
    source = answerer.open_source("ferns.csv")
    assert source is not None
    for said, citation in zip(answer.listed, answer.citations, strict=True):
        assert source.document.text[citation.start : citation.end] == citation.quote
        assert citation.quote.startswith(f"Fern: {said} |")
        assert citation.table is not None
        (highlight,) = citation.highlights
        assert source.document.text[slice(*highlight)] == said
    assert answerer.ask("Which ferns does Kew sell?").listed == ()


@pytest.mark.model
def test_days_that_are_columns_are_listed_and_not_counted(tmp_path: Path) -> None:
    rota = "Name,Role,Mon 9,Tue 10,Wed 11,Thu 12\n"
    rota += "Bashir Koury,Helpdesk,Late,Late,Off,Off\nOona Fairley,Lead,Early,Early,Early,Off\n"
    build_index(write_corpus(tmp_path / "corpus", {"rota.csv": rota}), tmp_path / "index")
    answerer = open_index(tmp_path / "index")
    answer = answerer.ask("On which days is Bashir off?")
    assert answer.listed == ("Wed 11", "Thu 12")
    (citation,) = answer.citations  # one row has both
    marked = [span.shift(-citation.start) for span in citation.highlights]
    assert tuple(citation.quote[slice(*span)] for span in marked) == answer.listed
    assert answerer.ask("How many days is Bashir off?").computed is None


@pytest.mark.model
def test_rows_of_a_trusted_table_are_not_mixed_with_those_of_an_upload(tmp_path: Path) -> None:
    head = "Plant,In stock,Colour\nYew,4,green\nBox,"
    corpus = write_corpus(
        tmp_path / "corpus",
        {
            "plants.csv": f"{head}0,green\nFir,0,blue\n",
            "uploads/plants.csv": f"{head}3,green\nFir,0,blue\nOak,0,brown\n",
        },
    )
    build_index(corpus, tmp_path / "index")
    answerer = open_index(tmp_path / "index", AskSettings(untrusted=("uploads",)))
    answer = answerer.ask("Which plants are out of stock?")
    assert answer.listed == ("Box", "Fir")
    assert {citation.doc_id for citation in answer.citations} == {"plants.csv"}


# ---- some of the documents


def test_asked_of_some_documents_nothing_else_is_shown_or_cited(tiny_answerer: Answerer) -> None:
    question = "Who wrote to Charles about the engine?"
    for only in (["garden.md"], ["bridges.txt", "garden.md"], ["letters/ada.txt"]):
        answer = tiny_answerer.ask(question, only=only)
        assert {found.passage.doc_id for found in answer.passages} == set(only)
        assert {citation.doc_id for citation in answer.citations} <= set(only)
        assert_consistent(answer)
    nothing = tiny_answerer.ask(question, only=[])
    assert (nothing.answered, nothing.passages, nothing.confidence) == (False, (), 0.0)


# ---- citations of files that change


def test_a_citation_says_whether_its_file_has_changed(
    tiny_answerer: Answerer, corpus: Path
) -> None:
    path = corpus / "letters" / "ada.txt"

    def state() -> str:
        return tiny_answerer.ask("Who wrote to Charles about the engine?").citations[0].state

    assert state() == "unchanged"
    os.utime(path, (1, 1))
    assert state() == "unchanged"
    path.write_text("Something else.")
    assert state() == "changed"
    path.unlink()
    assert state() == "missing"
    path.write_bytes(CORPUS["letters/ada.txt"].encode())
    assert state() == "unchanged"


# ---- an index that grows while it is asked


def test_before_the_first_build_it_says_that_there_is_no_index(
    tmp_path: Path, corpus: Path
) -> None:
    live = LiveAnswerer(tmp_path / "index", AskSettings(max_risk=1.0))
    for _ in range(2):
        with pytest.raises(IndexMissingError, match="qa index"):
            live.current()
    build_index(corpus, tmp_path / "index", tiny_settings(tmp_path / "index"))
    assert live.current().ask("Iron Bridge").passages


def test_the_same_answerer_is_given_until_a_build_has_published(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    live = LiveAnswerer(index_dir)
    first = live.current()
    assert live.current() is first
    (corpus / "new.txt").write_text("A fern.")
    build_index(corpus, index_dir, tiny_settings(index_dir))
    second = live.current()
    assert second.index.generation == "00002"
    assert live.current() is second
    assert first.ask("Iron Bridge").passages, "who still has the old one can go on with it"


def test_earlier_generations_are_let_go_with_their_files_and_models_are_taken_over(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    live = LiveAnswerer(index_dir, AskSettings(max_risk=1.0))
    models = live.current().open_models
    gc.collect()
    gc.disable()  # nothing is to wait for it: it comes late where much lies in few objects
    try:
        for number in range(3):
            live.current().ask("Who opened the Iron Bridge in 1781?")
            live.current().open_source("bridges.txt")
            answerer = weakref.ref(live.current())
            store = weakref.ref(live.current().index.store)
            (corpus / f"new-{number}.txt").write_text("A fern.")
            build_index(corpus, index_dir, tiny_settings(index_dir))
            assert live.current().open_models == models
            assert answerer() is None
            assert store() is None
    finally:
        gc.enable()


def test_what_answers_goes_on_answering_when_the_index_is_gone(tiny_build: Build) -> None:
    index_dir = tiny_build()
    live = LiveAnswerer(index_dir, AskSettings(max_risk=1.0))
    expected = live.current().ask("Iron Bridge").answer
    while index_dir.exists():  # its files are being checked meanwhile, which leaves a note
        shutil.rmtree(index_dir, ignore_errors=True)
    assert live.current().ask("Iron Bridge").answer == expected


def test_threads_get_whole_answers_while_builds_publish_document_by_document(
    tmp_path: Path,
) -> None:
    texts = {f"{n}.txt": f"The Iron Bridge has {n} rivets.\n" for n in range(6)}
    corpus, index_dir = write_corpus(tmp_path / "corpus", {"0.txt": texts["0.txt"]}), tmp_path / "i"
    settings = tiny_settings(index_dir)
    build_index(corpus, index_dir, settings, pace=EAGER)
    live = LiveAnswerer(index_dir, AskSettings(max_risk=1.0, k=50))
    done = threading.Event()

    def keep_asking() -> list[int]:
        counts = []
        while not done.is_set():
            answer = live.current().ask("How many rivets has the Iron Bridge?")
            counts.append(len({found.passage.doc_id for found in answer.passages}))
            for found in answer.passages:
                assert found.passage.text == texts[found.passage.doc_id].strip()
            assert answer.citations[0].quote in texts[answer.citations[0].doc_id]
        return counts

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(keep_asking) for _ in range(4)]
        try:
            for n in range(1, 6, 2):
                names = (f"{n}.txt", f"{min(n + 1, 5)}.txt")
                write_corpus(corpus, {name: texts[name] for name in names})
                build_index(corpus, index_dir, settings, pace=EAGER)
        finally:
            done.set()
        seen = [future.result() for future in asking]
    assert all(counts == sorted(counts) for counts in seen), "documents were lost on the way"
    assert len({count for counts in seen for count in counts}) > 2
    answer = live.current().ask("How many rivets has the Iron Bridge?")
    assert len(answer.passages) == 6


def test_a_damaged_generation_is_not_opened_again_at_every_question(
    tiny_build: Callable[..., Path], corpus: Path
) -> None:
    index_dir = tiny_build()
    write_corpus(corpus, {"new.txt": "Roses carry letters.\n"})
    tiny_build()
    (index_dir / "generations" / "00002" / "vectors.faiss").unlink()
    live = LiveAnswerer(index_dir)
    assert live.current() is live.current()
    assert live.current().index.generation == "00001"
    assert live.current().index.damage
