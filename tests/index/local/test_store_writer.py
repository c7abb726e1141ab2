"""The store of a build: whole batches only, whatever happens; what is taken out is gone."""

import itertools
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import IndexDamagedError
from qa.index.local.store import Store
from qa.index.local.store_writer import StoreWriter
from tests.conftest import CORPUS
from tests.index.local.test_store import Content, fill, one_passage_each, vectors_of

NAMES = ["a.txt", "b.txt", "c.txt"]
TEXTS = ["moss", "fern moss", "fern fern ivy", "nothing of the kind"]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[StoreWriter]:
    """An empty store to write to."""
    writer = StoreWriter(tmp_path / "store")
    yield writer
    writer.close()


def look(store: Store) -> dict[str, object]:
    """All that a store answers with, without row numbers."""
    searched = {}
    for term in ("moss", "fern", "ivy", "kind", "bridge", "roses"):
        found = store.search([term], 100)
        searched[term] = {store.passage(row).passage.passage_id: found[row] for row in found}
    return {
        "documents": [store.parsed(info.doc_id) for info in store.documents()],
        "infos": store.documents(),
        "passages": [store.passages_of(info.doc_id) for info in store.documents()],
        "vectors": sorted(
            (p.passage_id, store.vectors([row]), store.sentence_vectors(row))
            for batch in store.passages()
            for row, p in batch
        ),
        "search": searched,
        "counts": (store.n_documents, store.n_passages, len(store.rows())),
    }


def without_rows(looked: dict[str, object]) -> dict[str, object]:
    """Leave out the row numbers, which depend on the order of what was done."""
    passages, vectors = looked["passages"], looked["vectors"]
    assert isinstance(passages, list)
    assert isinstance(vectors, list)
    return {
        **looked,
        "passages": [[entry.passage for entry in entries] for entries in passages],
        "vectors": [(name, *found.values(), sentences) for name, found, sentences in vectors],
    }


steps = st.lists(st.tuples(st.sampled_from(NAMES), st.none() | st.sampled_from(TEXTS)), max_size=12)


@settings(max_examples=60)
@given(steps)
def test_a_store_that_was_added_to_and_taken_from_answers_like_one_made_afresh(
    steps: list[tuple[str, str | None]],
) -> None:
    left: dict[str, str] = {}
    with TemporaryDirectory() as folder:
        grown, fresh = (StoreWriter(Path(folder, name)) for name in ("grown", "fresh"))
        for name, text in steps:
            with grown.transaction():
                grown.remove(name)
            left.pop(name, None)
            if text is not None:
                fill(grown, one_passage_each({name: text}))
                left[name] = text
        fill(fresh, one_passage_each(left))
        assert without_rows(look(grown)) == without_rows(look(fresh))
        for store in (grown, fresh):
            store.close()
        reopened = Store(Path(folder, "grown"))
        assert {info.doc_id for info in reopened.documents()} == left.keys()
        reopened.close()


def test_rows_are_never_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "store"
    writer = StoreWriter(path)
    fill(writer, one_passage_each({"a": "moss", "b": "fern"}))
    with writer.transaction():
        writer.remove("a")
    fill(writer, one_passage_each({"c": "ivy"}))
    assert writer.rows() == [1, 2]
    writer.close()
    writer = StoreWriter(path)
    fill(writer, one_passage_each({"d": "moss"}))
    assert writer.rows() == [1, 2, 3]
    assert list(writer.search(["moss"], 5)) == [3]
    writer.close()


def test_a_document_cannot_be_added_twice_and_the_batch_that_tries_is_not_kept(
    writer: StoreWriter,
) -> None:
    fill(writer, one_passage_each({"a.txt": "moss"}))
    before = look(writer)
    for content in (
        one_passage_each({"b.txt": "fern", "a.txt": "ivy"}),
        one_passage_each({"b.txt": "fern"}) * 2,
    ):
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            fill(writer, content)
        assert look(writer) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_transaction_that_fails_leaves_nothing_and_the_store_can_be_used_on(
    writer: StoreWriter, error: type[BaseException]
) -> None:
    fill(writer, one_passage_each({"a.txt": "moss"}))
    before = look(writer)
    ((parsed, passages),) = one_passage_each({"b.txt": "fern"})
    with pytest.raises(error), writer.transaction():  # noqa: PT012
        writer.remove("a.txt")
        writer.add(parsed, passages, [vectors_of(passage) for passage in passages])
        writer.set_skipped([("c.pdf", "damaged")])
        writer.note(format="9")
        raise error
    assert look(writer) == before
    assert (writer.skipped(), writer.about()) == ([], {})
    fill(writer, one_passage_each({"b.txt": "fern"}))
    assert writer.n_documents == 2
    assert writer.mentions("fern")


def test_each_passage_must_have_its_vectors(writer: StoreWriter) -> None:
    ((parsed, passages),) = one_passage_each({"a.txt": "moss"})
    with pytest.raises(ValueError, match="shorter"), writer.transaction():
        writer.add(parsed, passages, [])
    assert look(writer)["counts"] == (0, 0, 0)


def test_what_counts_is_known_at_once_after_a_transaction(writer: StoreWriter) -> None:
    assert not writer.mentions("moss")
    fill(writer, one_passage_each({"a.txt": "moss"}))
    assert writer.mentions("moss")
    with writer.transaction():
        writer.remove("a.txt")
    assert not writer.mentions("moss")
    assert (writer.n_documents, writer.n_passages) == (0, 0)


def test_taking_out_what_is_not_there_changes_nothing(writer: StoreWriter) -> None:
    fill(writer, one_passage_each(CORPUS))
    before = look(writer)
    with writer.transaction():
        writer.remove("none")
    assert look(writer) == before


def test_skipped_files_and_notes_replace_those_before(writer: StoreWriter) -> None:
    with writer.transaction():
        writer.set_skipped([("b.pdf", "damaged"), ("a.pdf", "empty")])
        writer.note(format="1", corpus="here")
    with writer.transaction():
        writer.set_skipped([("c.pdf", "locked"), ("c.pdf", "damaged")])
        writer.note(format="2")
    assert writer.skipped() == [("c.pdf", "damaged")]
    assert writer.about() == {"format": "2", "corpus": "here"}


def test_merging_the_full_text_index_changes_no_answer(writer: StoreWriter) -> None:
    for number in range(30):
        fill(writer, one_passage_each({f"{number}.txt": f"fern {number} " + "moss " * number}))
    with writer.transaction():
        for number in range(0, 30, 3):
            writer.remove(f"{number}.txt")
    before = look(writer)
    with writer.transaction():
        writer.optimize()
    assert look(writer) == before


def test_a_store_is_carried_on_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "store"
    for name, text in CORPUS.items():
        writer = StoreWriter(path)
        fill(writer, one_passage_each({name: text}))
        writer.close()
    at_once = StoreWriter(tmp_path / "other")
    fill(at_once, one_passage_each(CORPUS))
    at_once.close()
    assert look(Store(path)) == look(Store(tmp_path / "other"))


@pytest.mark.parametrize("data", [b"not a database", b"SQLite format 3\0" + b"x" * 5_000])
def test_a_file_that_is_no_store_is_damaged_and_left_alone(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "store"
    path.write_bytes(data)
    with pytest.raises(IndexDamagedError):
        StoreWriter(path)
    assert path.read_bytes() == data


def test_an_empty_file_is_a_store_that_was_not_begun(tmp_path: Path) -> None:
    (tmp_path / "store").touch()
    writer = StoreWriter(tmp_path / "store")
    fill(writer, one_passage_each(CORPUS))
    assert writer.n_documents == 3
    writer.close()


def batches() -> Iterator[Content]:
    """Batches without end, of documents that no other process has."""
    for number in itertools.count():
        names = [f"{os.getpid()}-{number}-{n}.txt" for n in range(3)]
        yield one_passage_each({name: f"fern {name} " * 200 for name in names})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_it_keeps_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "store"
    seen: set[str] = set()
    for round_ in range(60):
        read, write = os.pipe()
        child = os.fork()
        if not child:
            try:
                _write_for_ever(path, write)
            finally:
                os._exit(1)
        os.close(write)
        for _ in range(round_ % 7 + 1):
            os.read(read, 1)
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        os.close(read)
        store = StoreWriter(path)  # rolls back what was half done
        assert store.n_documents in (0, 3)
        assert {len(store.passages_of(name)) for name in store.hashes()} <= {1}
        assert len(store.vectors(store.rows())) == store.n_passages == store.n_documents
        assert len(store.search(["fern"], 99)) == store.n_passages
        seen |= store.hashes().keys()
        store.close()
    assert len(seen) > 10


def _write_for_ever(path: Path, told: int) -> None:
    writer = StoreWriter(path)
    for content in batches():
        with writer.transaction():
            for name in writer.hashes():
                writer.remove(name)
            for parsed, passages in content:
                writer.add(parsed, passages, [vectors_of(passage) for passage in passages])
                os.write(told, b".")
