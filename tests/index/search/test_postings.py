"""What postings find is what FTS5 finds, to the last bit, however the store came about."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import IndexDamagedError
from qa.index.local.store import Store
from qa.index.local.store_writer import StoreWriter
from qa.index.search import postings
from tests.index.local.test_store import fill, one_passage_each, storable

WORDS = [f"word{number}" for number in range(60)]
Texts = dict[str, str]


@pytest.fixture(autouse=True)
def from_the_first_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "POSTINGS_FROM", 0)


def drawn(count: int, seed: int) -> Texts:
    """Texts in which some words are common and some rare, as in a language."""
    draw = random.Random(seed)
    shares = [1 / (1 + rank) for rank in range(len(WORDS))]
    return {
        f"{seed}-{number}.txt": " ".join(draw.choices(WORDS, shares, k=draw.randint(1, 12)))
        for number in range(count)
    }


def written(folder: Path, *changes: tuple[Texts, Sequence[str]]) -> tuple[Store, Store]:
    """Write a store in steps of texts added and removed; return it with postings and without."""
    for texts, removed in changes:
        with closing(StoreWriter(folder / "with.sqlite")) as writer:
            with writer.transaction():
                for name in removed:
                    writer.remove(name)
            fill(writer, one_passage_each(texts, context="under a word3 heading"))
            writer.update_postings()
    (folder / "without.sqlite").write_bytes((folder / "with.sqlite").read_bytes())
    with closing(sqlite3.connect(folder / "without.sqlite")) as db:
        db.executescript("DROP TABLE postings; DROP TABLE lengths;")
    return Store(folder / "with.sqlite"), Store(folder / "without.sqlite")


def assert_alike(found: tuple[Store, Store], queries: Sequence[Sequence[str]]) -> None:
    mine, fts5 = found
    names = [info.doc_id for info in fts5.documents()]
    for terms in queries:
        for limit in (1, 3, 50):
            assert list(mine.search(terms, limit).items()) == list(
                fts5.search(terms, limit).items()
            )
        some = names[::3]
        assert list(mine.search(terms, 5, some).items()) == list(
            fts5.search(terms, 5, some).items()
        )
        for term in terms:
            assert mine.term_weight(term) == fts5.term_weight(term)
            assert mine.mentions(term) == fts5.mentions(term)


def asked(count: int) -> list[list[str]]:
    draw = random.Random(9)
    return [draw.sample(WORDS, draw.randint(1, 6)) for _ in range(count)]


def uses_postings(path: Path) -> bool:
    """Whether a store answers from its postings: without them it does not."""
    with closing(Store(path)) as store:
        before = store.search(["word1"], 1)
    copy = path.with_name("emptied.sqlite")
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as db:
        db.execute("DELETE FROM postings")
        db.commit()
    with closing(Store(copy)) as store:
        return bool(before) and not store.search(["word1"], 1)


def test_many_passages_are_ranked_as_by_fts5(tmp_path: Path) -> None:
    found = written(tmp_path, (drawn(2_000, 1), ()))
    assert uses_postings(tmp_path / "with.sqlite")
    assert_alike(found, [*asked(40), ["word0"], ["word0", "word1"], ["nowhere"], []])


def test_what_was_added_and_removed_in_steps_is_ranked_as_by_fts5(tmp_path: Path) -> None:
    first = drawn(1_000, 1)
    found = written(
        tmp_path,
        (first, ()),
        (drawn(20, 2), list(first)[-20:]),  # the last rows are not given again
        (drawn(5, 3), list(first)[10:40]),
        ({}, list(first)[:10]),
    )
    assert uses_postings(tmp_path / "with.sqlite")
    assert_alike(found, asked(40))


def test_much_that_changes_is_ranked_as_by_fts5(tmp_path: Path) -> None:
    first = drawn(300, 1)
    found = written(tmp_path, (first, ()), (drawn(300, 2), list(first)[:200]))
    assert uses_postings(tmp_path / "with.sqlite")
    assert_alike(found, asked(20))


@settings(max_examples=60)
@given(
    st.lists(storable, max_size=6),
    st.lists(storable, max_size=3),
    st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=4),
)
def test_any_text_and_any_word(first: list[str], more: list[str], queries: list[list[str]]) -> None:
    said = [text.split() for text in (*first, *more)]
    clean = [[t for t in terms if "\0" not in t and t.isprintable()] for terms in queries]
    with TemporaryDirectory() as folder:
        one, two = ({f"{n}{at}": text for at, text in enumerate(texts)} for n, texts in
                    (("a", first), ("b", more)))  # fmt: skip
        found = written(Path(folder), (one, ()), (two, list(one)[:1]))
        assert_alike(found, [*clean, *said])
        for store in found:
            store.close()


def test_a_word_of_several_parts_is_looked_up_as_a_phrase(tmp_path: Path) -> None:
    texts = {"a": "call read_file now", "b": "read the file", "c": "nothing"} | drawn(30, 1)
    assert_alike(written(tmp_path, (texts, ())), [["read_file", "call"], ["_"], ["read_file"]])


def test_a_store_without_stems_has_postings_without(tmp_path: Path) -> None:
    with closing(StoreWriter(tmp_path / "with.sqlite", stems=False)) as writer:
        fill(writer, one_passage_each({"a": "bridges", "b": "bridge", "c": "łódź 東京都"}))
        writer.update_postings()
    more = {"d": "bridges and 東京"}
    found = written(tmp_path, (more, ()))
    assert_alike(found, [["bridge"], ["bridges", "łódź"], ["東京", "京都"]])
    assert len(found[0].search(["bridge"], 9)) == 1


def test_a_small_store_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "POSTINGS_FROM", 11)
    with closing(StoreWriter(tmp_path / "store.sqlite")) as writer:
        fill(writer, one_passage_each(drawn(10, 1)))
        writer.update_postings()
        assert postings.rows_with_postings(sqlite3.connect(tmp_path / "store.sqlite")) == 0
        fill(writer, one_passage_each(drawn(1, 2)))
        writer.update_postings()
        assert postings.rows_with_postings(sqlite3.connect(tmp_path / "store.sqlite")) == 11


@pytest.mark.parametrize("kept", [True, False])
def test_what_an_older_version_has_changed_is_not_searched_as_it_was(
    tmp_path: Path, kept: bool
) -> None:
    """It knows nothing of postings, and gives the rows of passages that were the last again."""
    first = drawn(200, 1)
    for store in written(tmp_path, (first, ())):
        store.close()
    path = tmp_path / "with.sqlite"
    with closing(sqlite3.connect(path)) as db:
        kept_aside = db.execute("SELECT * FROM lengths").fetchall()
        db.execute("DELETE FROM lengths")
        db.commit()
    with closing(StoreWriter(path)) as writer, writer.transaction():
        for name in list(first)[-5:]:
            writer.remove(name)
    with closing(StoreWriter(path)) as writer:
        fill(writer, one_passage_each(drawn(5, 2)))
        assert writer.rows()[-1] == 199
    with closing(sqlite3.connect(path)) as db:
        db.executemany("INSERT INTO lengths VALUES (?, ?, ?)", kept_aside)
        db.commit()
    if not kept:
        assert not uses_postings(path)
    assert_alike(written(tmp_path, *([({}, ())] if kept else [])), asked(20))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE postings SET rows = x'ffffffff', counts = x'0100'",
        "UPDATE postings SET rows = x'00'",
        "UPDATE postings SET counts = x''",
        "UPDATE lengths SET tokens = x'000000'",
        "UPDATE lengths SET tokens = x'00000000'",
    ],
)
def test_postings_that_cannot_be_are_damage(tmp_path: Path, damage: str) -> None:
    for store in written(tmp_path, (drawn(50, 1), ())):
        store.close()
    with closing(sqlite3.connect(tmp_path / "with.sqlite")) as db:
        db.execute(damage)
        db.commit()
    with pytest.raises(IndexDamagedError, match="qa index --rebuild"):  # noqa: PT012
        store = Store(tmp_path / "with.sqlite")
        store.search(["word1"], 3)
