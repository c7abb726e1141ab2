"""BEIR folders are read and exported as files; what is wrong in one is named by its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import GoldError, QAError, UsageError
from qa.evaluate.beir import Beir, export_corpus, load_beir

CORPUS = [
    {"_id": "d1", "title": "Roses", "text": "Prune roses in February."},
    {"_id": "d2", "title": "", "text": "Ferns want shade."},
    {"_id": "D1", "text": "The Forth Bridge carries trains."},
]
QUERIES = [
    {"_id": "q1", "text": "When to prune roses?"},
    {"_id": "q2", "text": "What do ferns want?"},
    {"_id": "q3", "text": "Never judged?"},
]
HEADER = "query-id\tcorpus-id\tscore"


def write_beir(folder: Path, **changes: str) -> Path:
    """Write a BEIR folder; a keyword replaces the content of corpus, queries or test."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    content = {
        "corpus": "\n".join(map(json.dumps, CORPUS)),
        "queries": "\n".join(map(json.dumps, QUERIES)),
        "test": f"{HEADER}\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\nq2\tgone\t1\n",
        **changes,
    }
    for name in ("corpus", "queries"):
        (folder / f"{name}.jsonl").write_text(content[name], "utf-8")
    (folder / "qrels" / "test.tsv").write_text(content["test"], "utf-8")
    return folder


def test_judged_queries_are_read_with_their_grades(tmp_path: Path) -> None:
    assert load_beir(write_beir(tmp_path)) == Beir(
        {"q1": "When to prune roses?", "q2": "What do ferns want?"},
        {"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1, "gone": 1}},
    )


def test_the_header_windows_line_ends_and_grades_below_nought_do_no_harm(tmp_path: Path) -> None:
    found = load_beir(write_beir(tmp_path, test="q1\td1\t1\r\nq1\td2\t-1\r\n"))
    assert found.qrels == {"q1": {"d1": 1, "d2": 0}}


def test_the_split_is_test_or_the_only_one_or_the_one_named(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    (folder / "qrels" / "dev.tsv").write_text(f"{HEADER}\nq3\td1\t1\n")
    assert list(load_beir(folder).queries) == ["q1", "q2"]
    assert list(load_beir(folder, "dev").queries) == ["q3"]
    with pytest.raises(GoldError, match=r"no train\.tsv; splits there: dev, test"):
        load_beir(folder, "train")
    (folder / "qrels" / "test.tsv").unlink()
    assert list(load_beir(folder).queries) == ["q3"]
    (folder / "qrels" / "dev.tsv").unlink()
    with pytest.raises(GoldError, match="splits there: none"):
        load_beir(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"queries": "{"}, r"queries\.jsonl, line 1: not JSON"),
        ({"queries": '{"_id": "q1", "text": "a"}\n\n[]'}, r"queries\.jsonl, line 3: expected"),
        ({"queries": '{"_id": 5, "text": "a"}'}, r"line 1: needs '_id', a string"),
        ({"queries": '{"_id": "q1"}'}, r"line 1: needs 'text', a string"),
        ({"queries": '{"_id": "q1", "text": " "}'}, "line 1: the query is blank"),
        ({"queries": '{"_id": "q1", "text": "a"}\n' * 2}, "line 2: the id 'q1' occurs twice"),
        ({"queries": ""}, r"queries\.jsonl is empty"),
        ({"test": ""}, r"test\.tsv holds no judgements"),
        ({"test": HEADER}, r"test\.tsv holds no judgements"),
        ({"test": f"{HEADER}\nq1 d1 1"}, r"test\.tsv, line 2: .*found 1 columns"),
        ({"test": f"{HEADER}\nq1\t0\td1\t1"}, r"test\.tsv, line 2: .*found 4 columns"),
        ({"test": f"{HEADER}\nq1\td1\tgood"}, r"line 2: the grade must be a whole number"),
        ({"test": f"{HEADER}\nq1\td1\t1.5"}, r"line 2: the grade must be a whole number"),
        ({"test": f"{HEADER}\n\nq9\td1\t1"}, r"line 3: queries\.jsonl has no query 'q9'"),
        ({"test": "q1\td1\t1\nq1\td1\t1"}, r"line 2: .* are judged twice"),
    ],
)
def test_a_malformed_folder_is_named_by_line(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(GoldError, match=message):
        load_beir(write_beir(tmp_path, **changes))


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_folder_without_its_files_is_no_beir_folder(tmp_path: Path, name: str) -> None:
    (write_beir(tmp_path) / name).unlink()
    with pytest.raises(GoldError, match=f"no BEIR folder: it has no {name}"):
        load_beir(tmp_path)


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        ("", r"corpus\.jsonl is empty"),
        ('{"_id": "a", "text": null}', "line 1: needs 'text'"),
        ('{"_id": "a", "text": "", "title": 5}', "line 1: 'title' must be a string"),
        ('{"_id": "a", "text": ""}\n' * 2, "line 2: the id 'a' occurs twice"),
    ],
)
def test_a_malformed_corpus_is_named_by_line(tmp_path: Path, corpus: str, message: str) -> None:
    folder = write_beir(tmp_path / "beir", corpus=corpus)
    with pytest.raises(GoldError, match=message):
        export_corpus(folder, tmp_path / "texts")


def texts(cache: Path, names: dict[str, str]) -> dict[str, str]:
    return {names[path.name]: path.read_text("utf-8") for path in cache.glob("*.txt")}


def test_every_entry_becomes_a_file_with_its_title_as_heading(tmp_path: Path) -> None:
    cache = tmp_path / "texts"
    names = export_corpus(write_beir(tmp_path / "beir"), cache)
    assert texts(cache, names) == {
        "d1": "Roses\n=====\n\nPrune roses in February.\n",
        "d2": "Ferns want shade.",
        "D1": "The Forth Bridge carries trains.",
    }
    assert len({name.lower() for name in names}) == 3  # also where letter case is no difference


def test_files_follow_the_corpus(tmp_path: Path) -> None:
    folder, cache = write_beir(tmp_path / "beir"), tmp_path / "texts"
    names = export_corpus(folder, cache)
    before = {path.name: path.stat().st_mtime_ns for path in cache.glob("*.txt")}
    assert export_corpus(folder, cache) == names
    assert {path.name: path.stat().st_mtime_ns for path in cache.glob("*.txt")} == before
    write_beir(folder, corpus=json.dumps({"_id": "d1", "text": "New."}))
    names = export_corpus(folder, cache)
    assert texts(cache, names) == {"d1": "New."}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    cache = tmp_path / "texts"
    cache.mkdir()
    (cache / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"):
        export_corpus(write_beir(tmp_path / "beir"), cache)
    assert [path.name for path in cache.iterdir()] == ["mine.txt"]


_ids = st.text(max_size=60) | st.sampled_from(
    ["../../up", "/etc/x", ".", "..", "CON", "a\0b", "é" * 300]
)


@given(st.dictionaries(_ids, st.text(max_size=30), min_size=1, max_size=4))
def test_no_id_leads_out_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    corpus = "\n".join(json.dumps({"_id": i, "text": t}) for i, t in entries.items())
    names = export_corpus(write_beir(folder / "beir", corpus=corpus), folder / "texts")
    assert sorted(names.values()) == sorted(entries)
    assert {path.name for path in (folder / "texts").glob("*.txt")} == set(names)
    assert {path.name for path in folder.iterdir()} == {"beir", "texts"}


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_rubbish_is_an_error_of_ours_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, corpus: str, queries: str, test: str
) -> None:
    folder = tmp_path_factory.mktemp("rubbish")
    with pytest.raises(QAError):
        load_beir(write_beir(folder, corpus=corpus, queries=queries, test=test))
