"""What is put into a store comes out again; full-text search; a file that is no store."""

import math
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.answer.pipeline import Answerer
from qa.errors import IndexDamagedError
from qa.index.local.store import Store
from qa.index.local.store_writer import StoreWriter
from qa.index.stores.stored import DocumentInfo, StoredPassage, StoredVectors
from qa.schema import Block, Document, ParsedDocument, Passage, Span
from qa.words import query_terms
from tests.conftest import CORPUS

Content = list[tuple[ParsedDocument, list[Passage]]]

storable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
"""Any text that `load` lets through: no NUL and no half of a surrogate pair."""


def one_passage_each(texts: dict[str, str], context: str = "") -> Content:
    return [
        (
            ParsedDocument(Document(name, f"title of {name}", text, f"hash of {name}"), ()),
            [Passage(f"id-{name}", name, 0, len(text), text, context, (Span(0, len(text)),))],
        )
        for name, text in texts.items()
    ]


def vectors_of(passage: Passage) -> StoredVectors:
    """Bytes that stand for vectors: the store does not look into them."""
    name = passage.passage_id.encode()
    return StoredVectors(b"key " + passage.text.encode(), b"vector " + name, b"sentences " + name)


def fill(writer: StoreWriter, content: Content) -> None:
    with writer.transaction():
        for parsed, passages in content:
            writer.add(parsed, passages, [vectors_of(passage) for passage in passages])


def write(path: Path, content: Content, skipped: tuple[tuple[str, str], ...] = ()) -> None:
    writer = StoreWriter(path)
    fill(writer, content)
    with writer.transaction():
        writer.set_skipped(skipped)
    writer.close()


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Callable[[Content], Store]]:
    """Writes a store and opens it."""
    opened: list[Store] = []

    def make(content: Content) -> Store:
        path = tmp_path / f"{len(opened)}.sqlite"
        write(path, content)
        opened.append(Store(path))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


block_lists = st.lists(
    st.builds(
        Block,
        st.integers(0, 99),
        st.integers(0, 99),
        st.integers(0, 99),
        st.sampled_from(["heading", "item", "paragraph", "row"]),
        st.integers(0, 6),
    ),
    max_size=3,
).map(tuple)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Documents with passages of all shapes."""
    content: Content = []
    for number, doc_id in enumerate(draw(st.lists(storable, max_size=4, unique=True))):
        text = draw(storable)
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)))
        passages = [
            Passage(
                f"{number}-{start}",
                doc_id,
                start,
                end,
                text[start:end],
                draw(storable),
                tuple(Span(n, n + 1) for n in range(start, end)),
            )
            for start, end in pairwise(cuts)
        ]
        pages = tuple(sorted(draw(st.sets(st.integers(0, len(text)), max_size=3))))
        scanned, unread = (tuple(draw(st.sets(st.integers(1, 9), max_size=2))) for _ in "su")
        document = Document(
            doc_id, draw(storable), text, f"sha{number}", pages, draw(storable), scanned, unread
        )
        content.append((ParsedDocument(document, draw(block_lists), draw(storable)), passages))
    return content


@settings(max_examples=40)
@given(contents())
@example(one_passage_each({"a": "a\x01b\x1b[31m", "b": "👍", "c": '"; DROP TABLE passages; --'}))
def test_what_is_written_comes_back(content: Content) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder, "store"), content)
        store = Store(Path(folder, "store"))
        row = 0
        for parsed, passages in content:
            document = parsed.document
            assert store.document(document.doc_id) == document
            assert store.parsed(document.doc_id) == parsed
            assert store.blocks(document.doc_id) == parsed.blocks
            assert store.layout(document.doc_id) == parsed.layout
            assert store.title(document.doc_id) == document.title
            assert [s.passage for s in store.passages_of(document.doc_id)] == passages
            assert store.rows_of([document.doc_id]) == list(range(row, row + len(passages)))
            for passage in passages:
                assert store.passage(row) == StoredPassage(row, passage)
                assert store.vectors([row]) == {row: vectors_of(passage).passage}
                assert store.sentence_vectors(row) == vectors_of(passage).sentences
                row += 1
        assert (store.n_documents, store.n_passages) == (len(content), row)
        assert store.rows() == list(range(row))
        assert store.hashes() == {p.document.doc_id: p.document.sha256 for p, _ in content}
        unread = {p.document.doc_id: p.document.unread for p, _ in content if p.document.unread}
        assert dict(store.unread_pages()) == unread
        by_id = sorted(content, key=lambda entry: entry[0].document.doc_id.encode())
        assert store.documents() == [
            DocumentInfo(
                p.document.doc_id,
                p.document.title,
                p.document.date,
                p.document.sha256,
                len(p.document.text),
                len(passages),
                len(p.document.pages),
                len(p.document.unread),
            )
            for p, passages in by_id
        ]
        store.close()


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_all_passages_come_in_the_order_of_their_rows(
    stored: Callable[[Content], Store], batch: int
) -> None:
    store = stored(one_passage_each({f"{n}.txt": f"text {n}" for n in range(5)}))
    batches = list(store.passages(batch))
    assert [entry.row for entries in batches for entry in entries] == list(range(5))
    assert all(len(entries) <= batch for entries in batches)


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_all_vectors_come_in_the_order_of_their_rows(
    stored: Callable[[Content], Store], batch: int
) -> None:
    content = one_passage_each({f"{n}.txt": f"text {n}" for n in range(5)})
    batches = list(stored(content).all_vectors(batch))
    assert [row for rows, _ in batches for row in rows] == list(range(5))
    expected = [vectors_of(passage).passage for _, passages in content for passage in passages]
    assert [vector for _, vectors in batches for vector in vectors] == expected
    assert all(len(rows) == len(vectors) <= batch for rows, vectors in batches)


def test_vectors_are_found_by_what_they_were_made_from(stored: Callable[[Content], Store]) -> None:
    content = one_passage_each({"a": "fern", "b": "fern", "c": "moss"})
    store = stored(content)
    found = store.vectors_of_content(b"key moss")
    assert found == vectors_of(content[2][1][0])
    either = store.vectors_of_content(b"key fern")
    assert either in (vectors_of(content[0][1][0]), vectors_of(content[1][1][0]))
    assert store.vectors_of_content(b"key none") is None


def test_what_was_skipped_is_listed_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path / "store", [], (("b.pdf", "a PDF"), ("a.pdf", "another")))
    store = Store(tmp_path / "store")
    assert store.skipped() == [("a.pdf", "another"), ("b.pdf", "a PDF")]
    assert (store.n_documents, store.n_passages, store.documents()) == (0, 0, [])
    assert store.search(["a"], 5) == {}
    store.close()


def test_what_is_not_in_the_store_is_nothing(stored: Callable[[Content], Store]) -> None:
    store = stored(one_passage_each(CORPUS))
    assert store.document("none") is None
    assert store.title("none") == ""
    assert store.passages_of("none") == []
    assert store.parsed("none") is None
    assert (store.blocks("none"), store.layout("none")) == ((), "")
    assert store.rows_of(["none", ""]) == store.rows_of([]) == []
    assert store.vectors([99]) == store.vectors([]) == {}
    with pytest.raises(IndexDamagedError, match="no vectors at row 99"):
        store.sentence_vectors(99)
    with pytest.raises(IndexDamagedError, match="no passage at row 99"):
        store.passage(99)


# ---- search


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (["rivets"], [0]),
        (["rivet"], [0]),
        (["roses", "severn"], [0, 1]),
        (["FERNS"], [1]),
        (["engines"], [2]),
        (["zebra"], []),
        ([], []),
    ],
)
def test_search_finds_passages_with_any_of_the_terms_by_stem(
    stored: Callable[[Content], Store], terms: list[str], found: list[int]
) -> None:
    store = stored(one_passage_each(CORPUS))
    assert sorted(store.search(terms, 10)) == found


def test_search_ignores_accents(stored: Callable[[Content], Store]) -> None:
    store = stored(one_passage_each({"a": "Un café à Orléans.", "b": "Nothing.", "c": "Neither."}))
    for term in ("cafe", "café", "cafe\u0301", "ORLEANS"):
        assert list(store.search([term], 5)) == [0]


def test_search_looks_into_the_heading_path(stored: Callable[[Content], Store]) -> None:
    store = stored(one_passage_each({"a": "Prune in February."}, context="Garden › Roses"))
    assert list(store.search(["roses"], 5)) == [0]


@pytest.mark.parametrize(
    "terms", [["ghana"], ["reports"], ["2023", "pdf"], ["annual"], ["annual", "ghana"]]
)
def test_search_finds_a_document_by_its_folder_file_name_and_title(
    stored: Callable[[Content], Store], terms: list[str]
) -> None:
    content = one_passage_each({"reports/2023-ghana.pdf": "Gold.", "b": "Mining.", "c": "Tin."})
    parsed, passages = content[0]
    titled = replace(parsed, document=replace(parsed.document, title="Annual figures"))
    store = stored([(titled, passages), *content[1:]])
    assert next(iter(store.search(terms, 5))) == 0
    assert store.mentions("ghana")
    assert store.documents_with("ghana", 5) == [], "but its text does not say so"


def test_words_count_alike_in_name_and_text_and_together_stay_below_what_is_attainable(
    stored: Callable[[Content], Store],
) -> None:
    others = dict.fromkeys("defghij", "ivy")
    store = stored(one_passage_each({"fern": "moss", "b": "fern fern", "c": "fern", **others}))
    found = store.search(["fern"], 5)  # of the first, id and title say it
    assert list(found) == [0, 1, 2]
    assert found[2] < found[1] < found[0] < 1


def test_search_gives_the_best_first_and_ties_in_row_order(
    stored: Callable[[Content], Store],
) -> None:
    texts = {
        "a": "one fern",
        "b": "one fern",
        "c": "fern fern",
        "d": "no",
        "e": "no",
        "f": "no",
        "g": "no",
    }
    found = stored(one_passage_each(texts)).search(["fern"], 10)
    assert list(found) == [2, 0, 1]
    assert found[0] == found[1] < found[2]
    assert list(stored(one_passage_each(texts)).search(["fern"], 2)) == [2, 0]


def test_scores_are_bm25_as_a_share_of_what_could_be_reached(
    stored: Callable[[Content], Store],
) -> None:
    store = stored(
        one_passage_each({"a": "fern moss", "b": "moss", "c": "ivy", "d": "ivy", "e": "ivy"})
    )
    # Robertson's BM25 by hand: k1 1.2, b 0.75; "a" has 2 of 6 words and, as all, 4 in its name.
    idf = math.log((5 - 1 + 0.5) / (1 + 0.5))
    score = idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * (2 + 4) / (1.2 + 4)))
    assert store.term_weight("fern") == pytest.approx(idf)
    assert store.search(["fern"], 5) == {0: pytest.approx(score / (idf * 2.2))}


def test_a_term_that_most_passages_have_weighs_next_to_nothing(
    stored: Callable[[Content], Store],
) -> None:
    store = stored(one_passage_each({"a": "fern", "b": "fern", "c": "ivy"}))
    assert store.term_weight("fern") == 1e-6
    assert store.term_weight("ivy") > 0.5
    assert store.term_weight("absent") > store.term_weight("ivy")


@pytest.fixture(scope="module")
def corpus_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of the three-document corpus."""
    path = tmp_path_factory.mktemp("store") / "store"
    write(path, one_passage_each(CORPUS))
    store = Store(path)
    yield store
    store.close()


@settings(max_examples=80)
@given(
    st.lists(
        storable.filter(bool)
        | st.sampled_from(
            ["bridge", "roses", "OR", "NOT", "NEAR(a b)", '"', "*", "text:", "_", "^a", "a*"]
        ),
        max_size=6,
    )
)
@example(['"', '""'])
def test_any_term_is_a_word_to_look_up_and_never_query_syntax(
    corpus_store: Store, terms: list[str]
) -> None:
    found = corpus_store.search(terms, 10)
    assert all(0 <= score <= 1 for score in found.values())
    assert list(found.values()) == sorted(found.values(), reverse=True)
    if "bridge" in terms:
        assert 0 in found


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (None, [2, 0, 1]),
        (["a", "c"], [2, 0]),
        (["b", "d"], [1]),
        (["d"], []),
        ([], []),
        (["nobody", "%", "'; --"], []),
    ],
)
def test_search_in_some_documents_ranks_as_in_all(
    stored: Callable[[Content], Store], only: list[str] | None, found: list[int]
) -> None:
    texts = {"a": "one fern", "b": "one fern", "c": "fern fern", "d": "no"}
    store = stored(one_passage_each({**texts, **dict.fromkeys("efgh", "no")}))
    everywhere = store.search(["fern"], 10)
    within = store.search(["fern"], 10, only)
    assert list(within) == found
    assert within == {row: everywhere[row] for row in found}
    assert list(store.search(["fern"], 1, only)) == found[:1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("want sun and clay", ["garden.md"]),
        ("WANT  sun,\n and clay!", ["garden.md"]),
        ("wants suns and clay", ["garden.md"]),
        ("sun want and clay", []),
        ("the", sorted(CORPUS)),
        ("", []),
        (" \n", []),
        ("—…", []),
    ],
)
def test_documents_are_found_by_words_that_follow_each_other(
    stored: Callable[[Content], Store], words: str, found: list[str]
) -> None:
    store = stored(one_passage_each(CORPUS, context="Heading"))
    assert sorted(store.documents_with(words, 10)) == found
    assert store.documents_with("Heading", 10) == [], "it is not of the text"


def test_at_most_so_many_passages_are_looked_at_for_words(
    stored: Callable[[Content], Store],
) -> None:
    texts = {f"{n:02}": "fern moss" for n in range(20)}
    assert stored(one_passage_each(texts)).documents_with("fern moss", 3) == ["00", "01", "02"]


def test_a_long_text_is_found_by_its_beginning(stored: Callable[[Content], Store]) -> None:
    text = " ".join(f"word{n}" for n in range(2_000))
    store = stored(one_passage_each({"a": text, "b": "word0 word1"}))
    assert store.documents_with(text * 50, 10) == ["a"]
    assert store.documents_with("x" * 10**6, 10) == []


@settings(max_examples=80)
@given(
    st.lists(
        st.text()
        | st.sampled_from(
            ["sun", "OR", "NOT", "AND", "NEAR(a b)", '"', "*", "text :", "-context:", "^", "\0"]
        ),
        max_size=6,
    ).map(" ".join)
)
@example('" OR text : roses OR "')
@example("sun\0 OR roses")
@example("\ud800")
def test_no_words_are_query_syntax(corpus_store: Store, words: str) -> None:
    found = corpus_store.documents_with(words, 10)
    assert {"OR", "NOT", "roses"}.isdisjoint(words.split()) or found == []


# ---- the file


def test_a_store_is_read_from_several_threads(stored: Callable[[Content], Store]) -> None:
    store = stored(one_passage_each({f"{n}.txt": f"word{n} common" for n in range(50)}))

    def look_up(n: int) -> bool:
        document = store.document(f"{n}.txt")
        return document is not None and list(store.search([f"word{n}"], 3)) == [n]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look_up, list(range(50)) * 4))


def test_a_store_opens_whatever_its_folder_is_called_and_leaves_nothing_there(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "a b?c#d%41 é"
    folder.mkdir()
    write(folder / "store", one_passage_each(CORPUS))
    store = Store(folder / "store")
    assert store.n_documents == 3
    assert [path.name for path in folder.iterdir()] == ["store"]
    store.close()


@pytest.mark.parametrize(
    "data", [None, b"", b"not a database", b"SQLite format 3\0" + b"x" * 5_000]
)
def test_a_file_that_is_no_store_is_damaged(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "store"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(IndexDamagedError, match="qa index --rebuild"):
        Store(path)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_store_cut_short_is_damaged_not_misread(tmp_path: Path, share: float) -> None:
    path = tmp_path / "store"
    content = one_passage_each({f"{n}.txt": f"text {n} " * 200 for n in range(40)})
    write(path, content)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(IndexDamagedError):  # noqa: PT012
        store = Store(path)
        for parsed, passages in content:
            document = parsed.document
            assert store.document(document.doc_id) == document
            assert [s.passage for s in store.passages_of(document.doc_id)] == passages


def test_a_store_that_answers_cannot_be_changed(tmp_path: Path) -> None:
    write(tmp_path / "store", one_passage_each(CORPUS))
    store = Store(tmp_path / "store")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._db.execute("DELETE FROM passages")
    assert store.n_passages == 3
    store.close()


def test_stems_come_by_their_first_letter_with_how_many_passages_have_them(
    tiny_answerer: Answerer,
) -> None:
    store = tiny_answerer.index.store
    stems = dict(store.stems("r"))
    assert stems["rivet"] == 1
    assert all(stem.startswith("r") for stem in stems)
    assert set(store.forms("rivet")) >= {"rivets", "cantilevers"}
    assert store.stems("☃") == ()
    assert store.forms("☃") == []


def test_a_word_inside_a_line_of_chinese_or_japanese_is_found(
    stored: Callable[[Content], Store],
) -> None:
    store = stored(
        one_passage_each(
            {
                "a": "図書館は毎週月曜日に休館します。",
                "b": "本の貸出期間は二週間です。",
                "c": "한국어 문장",
            }
        )
    )
    assert list(store.search(query_terms("図書館の休館日はいつですか"), 10)) == [0]
    assert list(store.search(query_terms("貸出期間"), 10)) == [1]
    assert store.documents_with("毎週月曜日", 10) == ["a"]
    assert store.mentions("曜日")
    assert not store.mentions("日曜")
