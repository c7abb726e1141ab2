"""What every store of an index must do alike: one suite for the folder, Milvus Lite and Milvus.

The folder's index is what the others are compared with: the same documents, passages, vectors and
words, the same passages found with the same scores, the same answers with the same citations.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.scale import document as generated
from qa.answer.live import LiveAnswerer, open_index
from qa.answer.pipeline import Answerer
from qa.errors import CorpusError, IndexMissingError
from qa.index.build import build_index
from qa.index.opening import place_of
from qa.index.stores.protocols import IndexReader
from qa.settings import AskSettings
from tests.conftest import CORPUS, EAGER, ROOT, tiny_settings, write_corpus
from tests.index.conftest import address
from tests.index.test_build import QUESTIONS

TOLERANCE = 1e-6  # cosines of single precision, added up in another order
_DOCUMENTS = 300
_LONG_STEM = 100  # longer ones are kept as a hash


class BuildKilledError(BaseException):
    """What stands for a kill."""


class Both:
    """The same documents in a store and, to compare with, in a folder."""

    def __init__(self, folder: Path, store: str) -> None:
        self.corpus = write_corpus(folder / "corpus", CORPUS)
        self.store = store
        self.index_dir, self.plain_dir = folder / "index", folder / "plain"

    def build(self, **options: Any) -> Any:
        """Build both; return the report of the store's."""
        build_index(self.corpus, self.plain_dir, tiny_settings(self.plain_dir), **options)
        return self.build_one(**options)

    def build_one(self, **options: Any) -> Any:
        settings = tiny_settings(self.index_dir)
        return build_index(self.corpus, self.index_dir, settings, store=self.store, **options)

    def open(self) -> Answerer:
        return open_index(self.index_dir, AskSettings(max_risk=1.0), store=self.store)

    def assert_alike(self) -> None:
        """See that both hold the same and answer the same."""
        mine = self.open()
        plain = open_index(self.plain_dir, AskSettings(max_risk=1.0))
        assert_same_contents(mine.index, plain.index)
        assert_same_answers(mine, plain, QUESTIONS)
        plain.close()


@pytest.fixture
def both(tmp_path: Path, store: str) -> Both:
    return Both(tmp_path, store)


def contents(index: IndexReader) -> list[Any]:
    """Everything an answer can depend on, whatever rows it is in."""
    store = index.store
    entries = [(i, e) for i in store.documents() for e in store.passages_of(i.doc_id)]
    assert len(entries) == store.n_passages == index.manifest.passages
    assert sorted(e.row for batch in store.passages() for e in batch) == sorted(
        entry.row for _, entry in entries
    )
    rows = [entry.row for _, entry in entries]
    vectors = index.vectors(rows)
    return [
        [(store.parsed(info.doc_id), info, store.title(info.doc_id)) for info in store.documents()],
        [
            (
                entry.passage,
                vectors[entry.row].tobytes(),
                index.sentence_vectors(entry.row).tobytes(),
            )
            for _, entry in entries
        ],
        store.hashes(),
        store.skipped(),
        store.unread_pages(),
        store.about() | {"corpus": ""},
    ]


def assert_same_contents(mine: IndexReader, other: IndexReader) -> None:
    assert contents(mine) == contents(other)
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
        mine_stems = dict(mine.store.stems(letter))
        for stem, count in other.store.stems(letter):
            assert mine.store.mentions(stem) == other.store.mentions(stem)
            assert mine.store.rarity(stem) == pytest.approx(other.store.rarity(stem))
            if len(stem) < _LONG_STEM:  # what was taken out is counted until lists are merged
                assert mine_stems[stem] >= count


def found(answerer: Answerer, question: str, only: Sequence[str] | None) -> list[Any]:
    return [
        (hit.passage.passage_id, hit.score, hit.dense, hit.lexical)
        for hit in answerer.search(question, 10, only=only)
    ]


def assert_same_answers(
    mine: Answerer,
    other: Answerer,
    questions: Sequence[str],
    only: Sequence[str] | None = None,
) -> None:
    for question in questions:
        got, wanted = found(mine, question, only), found(other, question, only)
        for hit, expected in zip(in_order(got), in_order(wanted), strict=True):
            assert hit[0] == expected[0], question
            assert hit[1:] == pytest.approx(expected[1:], abs=TOLERANCE), question
        answer, expected_answer = mine.ask(question, only=only), other.ask(question, only=only)
        assert comparable(answer) == comparable(expected_answer), question
        assert answer.confidence == pytest.approx(expected_answer.confidence, abs=1e-4)


def in_order(hits: list[Any]) -> list[Any]:
    """Order hits by score; those whose scores are the same but for rounding, by their names."""
    group = 0
    placed: list[tuple[int, Any]] = []
    for before, hit in zip([None, *hits], hits, strict=False):
        group += before is not None and before[1] - hit[1] > TOLERANCE
        placed.append((group, hit))
    return [hit for _, hit in sorted(placed)]


def comparable(answer: Any) -> Any:
    """Return an answer without what differs by rounding, row numbers and time."""
    return (
        answer.answered, answer.answer, answer.citations, answer.possible and answer.possible.quote,
        {p.passage for p in answer.passages}, answer.unmentioned, answer.titles, answer.read_as,
        answer.suggestion, answer.choices, [v.answer for v in answer.versions], answer.computed,
        answer.n_documents,
    )  # fmt: skip


# ---- building, updating, taking away


def test_a_first_build_holds_what_the_folder_holds(both: Both) -> None:
    report = both.build()
    assert (report.documents, report.added) == (len(CORPUS), len(CORPUS))
    both.assert_alike()


def test_nothing_built_is_said(both: Both) -> None:
    with pytest.raises(IndexMissingError, match="qa index"):
        both.open()
    with pytest.raises(IndexMissingError):
        place_of(both.index_dir, both.store).current_generation()


def test_a_build_without_changes_publishes_nothing(both: Both) -> None:
    both.build()
    before = place_of(both.index_dir, both.store).current_generation()
    report = both.build_one()
    assert report.up_to_date
    assert report.encoded == 0
    assert place_of(both.index_dir, both.store).current_generation() == before == report.generation


def test_updates_follow_what_is_added_changed_renamed_and_removed(both: Both) -> None:
    both.build()
    (both.corpus / "ponds.md").write_text("# Ponds\n\nThe pond holds 30 carp. Herons eat them.\n")
    (both.corpus / "bridges.txt").write_text("The Iron Bridge was opened in 1779, not later.\n")
    (both.corpus / "garden.md").rename(both.corpus / "plants.md")
    (both.corpus / "letters" / "ada.txt").unlink()
    report = both.build()
    assert (report.added, report.changed, report.renamed, report.removed) == (1, 1, 1, 1)
    assert set(both.open().index.store.hashes()) == {"ponds.md", "bridges.txt", "plants.md"}
    both.assert_alike()


def test_many_small_updates_answer_as_one_build(both: Both) -> None:
    both.build()
    for number in range(9):
        (both.corpus / f"note {number % 4}.txt").write_text(
            f"Keeper {number} fed {number + 20} herons at the iron pond. Roses grew there.\n"
        )
        if number == 6:
            (both.corpus / "note 1.txt").unlink()
        both.build()
    both.assert_alike()
    assert both.open().index.generation == "00010"


def test_a_removed_document_is_found_no_more(both: Both) -> None:
    both.build()
    (both.corpus / "garden.md").unlink()
    both.build()
    index = both.open().index
    assert index.store.document("garden.md") is None
    assert index.store.passages_of("garden.md") == []
    assert not index.store.mentions("tomatoes")
    query = np.ones(index.manifest.dimension, dtype=np.float32)
    assert len(index.search(query, 100)) == index.store.n_passages


def test_the_generation_before_goes_on_as_it_was(both: Both) -> None:
    both.build()
    before = both.open()
    kept = contents(before.index)
    (both.corpus / "garden.md").unlink()
    (both.corpus / "moor.txt").write_text("The moor burned in 1911.\n")
    both.build()
    assert contents(before.index) == kept
    assert before.ask("When are roses pruned?").citations[0].doc_id == "garden.md"
    assert before.index.store.search(["moor"], 5) == {}


def test_a_rebuild_answers_the_same_and_encodes_anew(both: Both) -> None:
    both.build()
    report = both.build(rebuild=True)
    assert report.encoded == report.passages
    both.assert_alike()
    again = both.build(rebuild=True)
    assert again.generation == "00003"
    both.assert_alike()


def test_other_settings_take_over_vectors_that_stay_the_same(both: Both) -> None:
    both.build()
    settings = replace(tiny_settings(both.index_dir), language="de")
    report = build_index(both.corpus, both.index_dir, settings, store=both.store)
    assert report.encoded == 0
    assert report.documents == len(CORPUS)


def test_an_empty_index_can_be_asked_for(both: Both) -> None:
    shutil.rmtree(both.corpus)
    both.corpus.mkdir()
    with pytest.raises(CorpusError):
        both.build_one()
    report = both.build(allow_empty=True)
    assert report.documents == 0
    assert both.open().index.search(np.ones(64, dtype=np.float32), 5) == {}
    both.assert_alike()


def test_a_killed_build_is_carried_on(both: Both) -> None:
    build_index(both.corpus, both.plain_dir, tiny_settings(both.plain_dir))
    done: list[str] = []

    def stop(event: Any) -> None:
        if event.doc_id:
            done.append(event.doc_id)
        if len(done) == 2:
            raise BuildKilledError

    with pytest.raises(BuildKilledError):
        both.build_one(pace=replace(EAGER, first_seconds=1e9), progress=stop)
    with pytest.raises(IndexMissingError):
        both.open()
    report = both.build_one()
    assert 0 < report.encoded < report.passages
    both.assert_alike()


def test_an_update_that_was_killed_is_carried_on(both: Both) -> None:
    both.build()
    for number in range(4):
        (both.corpus / f"new {number}.txt").write_text(f"Pond {number} has {number + 5} herons.\n")
    (both.corpus / "bridges.txt").write_text("The Iron Bridge was opened in 1779, not later.\n")
    done: list[str] = []

    def stop(event: Any) -> None:
        done.extend([event.doc_id] if event.doc_id else [])
        if len(done) == 3:
            raise BuildKilledError

    before = contents(both.open().index)
    with pytest.raises(BuildKilledError):
        both.build_one(pace=replace(EAGER, first_seconds=1e9), progress=stop)
    assert contents(both.open().index) == before
    (both.corpus / "new 0.txt").unlink()
    both.build()
    both.assert_alike()


def test_early_results_answer_before_a_build_ends(both: Both) -> None:
    seen: list[int] = []

    def look(event: Any) -> None:
        if event.stage == "documents":
            with suppress(IndexMissingError):
                seen.append(both.open().index.store.n_documents)

    both.build(pace=EAGER)
    shutil.rmtree(both.plain_dir)
    both.build(pace=EAGER, rebuild=True, progress=look)
    assert seen
    both.assert_alike()


def test_skipped_files_are_remembered_with_the_reason(both: Both) -> None:
    (both.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 but not really")
    both.build()
    both.assert_alike()
    assert [name for name, _ in both.open().index.store.skipped()] == ["broken.pdf"]


# ---- what is hostile, long or odd


def test_hostile_names_and_texts_are_only_names_and_texts(both: Both) -> None:
    names = [
        'a" or row >= 0 or doc_id == ".txt',
        "b' in [1] {x} % _.txt",
        "c\\\\d.txt",
        "ü 漢字.txt",
    ]
    for number, name in enumerate(names):
        text = f'Say "row in [{number}]" and \\\\ or \0 %s; {name} has snake_case_words {number}.\n'
        (both.corpus / name).write_bytes(text.encode())
    both.build()
    both.assert_alike()
    mine, plain = both.open(), open_index(both.plain_dir)
    for name in names:
        assert_same_answers(mine, plain, ["What does it say of rows?"], only=[name])
    terms = ["snake_case_words", 'row" or', "%", "", "漢字", "'", "ü"]
    for term in terms:
        assert mine.index.store.rarity(term) == pytest.approx(plain.index.store.rarity(term))
        wanted = plain.index.store.search([term], 10)
        got = mine.index.store.search([term], 10)
        assert list(got.values()) == pytest.approx(list(wanted.values()))
    assert mine.index.store.document('" or number >= 0 or key == "') is None
    assert mine.index.store.stems("'") == ()


def test_long_documents_long_words_and_long_lists_are_kept_whole(both: Both) -> None:
    lines = [f"Line {number} of the ledger names herons." for number in range(3_000)]
    (both.corpus / "ledger.txt").write_text("\n\n".join(lines))
    (both.corpus / "word.txt").write_text(f"Before {'x' * 150_000} after. {'ä' * 90_000}.\n")
    both.build()
    mine, plain = both.open(), open_index(both.plain_dir)
    assert_same_contents(mine.index, plain.index)
    query = plain.index.vectors([0])[0]
    assert list(mine.index.search(query, 50).values()) == pytest.approx(
        list(plain.index.search(query, 50).values()), abs=TOLERANCE
    )


def test_phrases_are_found_where_they_stand(both: Both) -> None:
    both.build()
    mine, plain = both.open().index.store, open_index(both.plain_dir).index.store
    for words in (
        "Prune roses in February", "roses prune", "the ferns twice", "cantilever need", "6,500,000",
        "", "nowhere", "garden roses", "tables by Monday",
    ):  # fmt: skip
        assert mine.documents_with(words, 50) == plain.documents_with(words, 50), words
    assert mine.documents_with("the", 1) == plain.documents_with("the", 1)
    assert mine.forms("prune") == plain.forms("prune")


def test_only_some_documents_are_asked(both: Both) -> None:
    both.build()
    mine, plain = both.open(), open_index(both.plain_dir, AskSettings(max_risk=1.0))
    for only in (["garden.md"], ["garden.md", "letters/ada.txt"], [], ["none.txt"], list(CORPUS)):
        assert_same_answers(mine, plain, QUESTIONS, only=only)


# ---- what answers follows what is built


def test_what_answers_follows_the_builds(both: Both) -> None:
    both.build()
    live = LiveAnswerer(both.index_dir, AskSettings(max_risk=1.0), store=both.store)
    assert live.current().index.store.n_documents == len(CORPUS)
    (both.corpus / "moor.txt").write_text("The moor burned in 1911.\n")
    both.build()
    assert wait_for(live, len(CORPUS) + 1)
    assert live.current().index.store.search(["moor", "burned"], 5)
    both.build(rebuild=True)
    assert wait_for(live, len(CORPUS) + 1)
    assert live.problem == ""


def wait_for(live: LiveAnswerer, documents: int) -> bool:
    from time import sleep

    for _ in range(50):
        if live.current().index.store.n_documents == documents:
            return True
        sleep(0.2)
    return False


def test_two_collections_do_not_mix(both: Both, kind: str, tmp_path: Path) -> None:
    if kind == "local":
        pytest.skip("two folders cannot mix")
    both.build()
    other = Both(tmp_path / "other", address(kind, tmp_path))
    shutil.rmtree(other.corpus)
    write_corpus(other.corpus, {"moor.txt": "The moor burned in 1911.\n"})
    other.build()
    both.assert_alike()
    other.assert_alike()


# ---- the real models


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few hundred documents: the cases, linked pages, the default page, generated ones."""
    corpus = tmp_path_factory.mktemp("many") / "corpus"
    for docs in sorted((ROOT / "tests" / "cases").glob("*/docs")):
        shutil.copytree(docs, corpus / docs.parent.name)
    shutil.copytree(ROOT / "tests" / "gold" / "linked", corpus / "linked")
    shutil.copytree(ROOT / "corpus", corpus / "page")
    there = sum(path.is_file() for path in corpus.rglob("*"))
    texts = {f"{number:03d}.txt": generated(number)[0] for number in range(_DOCUMENTS - there)}
    write_corpus(corpus / "generated", texts)
    return corpus


@pytest.fixture(scope="module")
def many_plain(many: Path) -> Iterator[Answerer]:
    build_index(many, many.parent / "plain")
    answerer = open_index(many.parent / "plain")
    yield answerer
    answerer.close()


def questions_of(*files: Path) -> list[str]:
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [str(json.loads(line)["question"]) for line in lines]


@pytest.mark.model
def test_the_default_page_is_answered_alike(
    page_answerer: Answerer, kind: str, tmp_path: Path
) -> None:
    where = address(kind, tmp_path)
    build_index(ROOT / "corpus", tmp_path / "index", store=where)
    mine = open_index(tmp_path / "index", store=where)
    assert_same_contents(mine.index, page_answerer.index)
    asked = questions_of(ROOT / "tests" / "gold" / "inl_peru_plain.jsonl")
    assert_same_answers(mine, page_answerer, asked[::3])


@pytest.mark.model
def test_a_few_hundred_documents_are_answered_alike(
    many: Path, many_plain: Answerer, kind: str, tmp_path: Path
) -> None:
    if kind == "local":
        pytest.skip("it is what the others are compared with")
    where = address(kind, tmp_path)
    report = build_index(many, tmp_path / "index", store=where)
    assert report.documents == _DOCUMENTS
    mine = open_index(tmp_path / "index", store=where)
    assert_same_contents(mine.index, many_plain.index)
    cases = questions_of(*sorted((ROOT / "tests" / "cases").glob("*/questions.jsonl")))
    asked = [*cases[::2], *(generated(number)[1] for number in range(0, 200, 20))]
    assert_same_answers(mine, many_plain, asked)


def test_nothing_of_milvus_is_imported_unless_it_is_named(tmp_path: Path) -> None:
    code = (
        "import sys, qa.index.build, qa.answer.live, qa.cli.main\n"
        "heavy = {'pymilvus', 'grpc', 'pandas', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
