"""Files of every kind: which are found, how they are told apart, and why one is skipped."""

import hashlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents.load import (
    SourceFile,
    find_sources,
    list_files,
    source_path,
    title_from_name,
)
from qa.errors import CorpusError
from qa.files import file_sha256
from qa.schema import SkippedFile
from tests.conftest import CORPUS, GOLD, write_corpus


def look(corpus: Path, max_bytes: int = 1_000_000) -> dict[str, SourceFile | SkippedFile]:
    return {entry.doc_id: entry for entry in find_sources(corpus, max_bytes=max_bytes)}


def reason(corpus: Path, doc_id: str, max_bytes: int = 1_000_000) -> str:
    entry = look(corpus, max_bytes)[doc_id]
    assert isinstance(entry, SkippedFile)
    return entry.reason


def test_files_are_found_in_the_order_of_their_paths(corpus: Path) -> None:
    assert list_files(corpus) == sorted(CORPUS)
    assert list(look(corpus)) == sorted(CORPUS)


def test_a_file_is_known_by_its_path_and_the_hash_of_its_bytes(corpus: Path) -> None:
    for name, text in CORPUS.items():
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        assert look(corpus)[name] == SourceFile(name, str(corpus / name), sha256)


def test_a_relative_corpus_gives_paths_that_hold_wherever_a_process_runs(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus.parent)
    entry = look(Path(corpus.name))["letters/ada.txt"]
    assert isinstance(entry, SourceFile)
    assert Path(entry.path).is_absolute()
    assert Path(entry.path).read_text() == CORPUS["letters/ada.txt"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, {".a.txt": "x", ".git/b.txt": "x", "c/.d/e.txt": "x", "c/f.txt": "x"})
    assert list(look(tmp_path)) == ["c/f.txt"]


@pytest.mark.parametrize("name", ["a.exe", "b", "c.txt.gz", "d.markdownx", "e.", "f.doc"])
def test_an_unsupported_suffix_is_skipped_with_the_reason(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {name: "text"})
    assert "not a format that is read" in reason(tmp_path, name)


def test_an_unsupported_file_is_not_even_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.doc")  # opening it would wait for a writer
    assert "save it as .docx" in reason(tmp_path, "pipe.doc")


@pytest.mark.parametrize("name", ["A.TXT", "b.Md", "c.MD", "d.PDF"])
def test_a_suffix_may_be_in_capitals(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {name: "# Title\n"})
    assert isinstance(look(tmp_path)[name], SourceFile)


def test_a_link_to_nothing_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    assert "link to nothing" in reason(tmp_path, "gone.txt")
    assert reason(tmp_path, "loop.txt")


def test_a_folder_named_like_a_text_is_entered_not_look(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"x.txt/inner.txt": "text", "y.md/.keep": ""})
    assert list(look(tmp_path)) == ["x.txt/inner.txt"]


def test_folders_are_not_entered_through_links(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": "text"})
    (corpus / "loop").symlink_to(corpus)
    (corpus / "up").symlink_to(tmp_path)
    assert list(look(corpus)) == ["a.txt"]


def test_what_is_no_regular_file_is_skipped_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "regular file" in reason(tmp_path, "pipe.txt")


def test_a_file_over_the_limit_is_skipped_and_one_at_the_limit_is_not(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"at.txt": "x" * 1_000, "over.txt": "x" * 1_001})
    assert isinstance(look(tmp_path, 1_000)["at.txt"], SourceFile)
    assert "1,001 bytes, over the limit of 1,000" in reason(tmp_path, "over.txt", 1_000)


@pytest.mark.parametrize(
    "name",
    ["with space.txt", "“quoted”.txt", "日本語.txt", "<script>.txt", "a\nb.txt", "--help.txt",
     "%41.txt", "e\u0301.txt", "👍.md", "'; DROP TABLE documents.txt", "\\.txt",
     "x.y.z.txt", "\u202egpj.txt"],
)  # fmt: skip
def test_an_odd_file_name_is_the_document_s_id(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {f"sub/{name}": "text"})
    entry = look(tmp_path)[f"sub/{name}"]
    assert isinstance(entry, SourceFile)
    path = source_path(tmp_path, entry.doc_id)
    assert path is not None
    assert file_sha256(path) == entry.sha256


def test_a_missing_corpus_or_one_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.txt": "text"})
    for corpus in (tmp_path / "none", tmp_path / "a.txt"):
        with pytest.raises(CorpusError, match="no corpus folder"):
            list_files(corpus)


# ---- hashes and paths


def test_a_hash_is_that_of_the_file_as_it_is_now(corpus: Path) -> None:
    for name, text in CORPUS.items():
        assert file_sha256(corpus / name) == hashlib.sha256(text.encode()).hexdigest()
    (corpus / "garden.md").write_text("changed")
    assert file_sha256(corpus / "garden.md") == hashlib.sha256(b"changed").hexdigest()


@pytest.mark.parametrize(
    "doc_id",
    ["../secret.txt", "letters/../../secret.txt", "link.txt", "up/secret.txt", "absolute"],
)
def test_no_path_is_given_of_a_file_outside_the_corpus(corpus: Path, doc_id: str) -> None:
    secret = corpus.parent / "secret.txt"
    secret.write_text("secret")
    (corpus / "link.txt").symlink_to(secret)
    (corpus / "up").symlink_to(corpus.parent)
    assert source_path(corpus, str(secret) if doc_id == "absolute" else doc_id) is None


@pytest.mark.parametrize(
    "doc_id", ["gone.txt", "letters", "", ".", "a\0b.txt", "loop.txt", "pipe.txt", "x" * 5_000]
)
def test_no_path_is_given_of_what_is_no_readable_file(corpus: Path, doc_id: str) -> None:
    (corpus / "loop.txt").symlink_to(corpus / "loop.txt")
    os.mkfifo(corpus / "pipe.txt")
    assert source_path(corpus, doc_id) is None


@settings(max_examples=60)
@given(doc_id=st.text(max_size=30) | st.text("./\\\0~a", max_size=12))
def test_no_id_whatever_makes_a_path_or_raises(doc_id: str) -> None:
    assert source_path(GOLD.parent, doc_id) is None


def test_a_link_out_of_the_corpus_is_skipped_and_one_inside_is_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (corpus / "real.txt").write_text("real")
    (corpus / "out.txt").symlink_to(tmp_path / "secret.txt")
    (corpus / "in.txt").symlink_to(corpus / "real.txt")
    found = look(corpus)
    assert isinstance(found["in.txt"], SourceFile)
    out = found["out.txt"]
    assert isinstance(out, SkippedFile)
    assert "out of the corpus" in out.reason


def test_a_name_that_is_not_utf8_is_skipped_with_a_printable_id(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.txt")).write_text("text")
    (entry,) = find_sources(tmp_path, max_bytes=100)
    assert isinstance(entry, SkippedFile)
    assert "rename" in entry.reason
    entry.doc_id.encode()


def test_a_file_that_vanishes_while_files_are_looked_at_is_skipped(corpus: Path) -> None:
    found = {}
    for entry in find_sources(corpus, max_bytes=1_000_000):
        found[entry.doc_id] = entry
        (corpus / "garden.md").unlink(missing_ok=True)
    assert isinstance(found["bridges.txt"], SourceFile)
    assert isinstance(found["garden.md"], SkippedFile)
    assert isinstance(found["letters/ada.txt"], SourceFile)


def test_the_index_inside_the_corpus_is_left_out_however_it_is_written(corpus: Path) -> None:
    write_corpus(corpus, {"index/a.txt": "x", "letters/index/b.txt": "x"})
    for index_dir in (corpus / "index", corpus / "letters" / ".." / "index"):
        found = [e.doc_id for e in find_sources(corpus, max_bytes=100, leave_out=index_dir)]
        assert found == sorted([*CORPUS, "letters/index/b.txt"])


@pytest.mark.parametrize(
    ("doc_id", "title"),
    [
        ("b/report.v2.txt", "report.v2"),
        ("a.md", "a"),
        ("x" * 250 + ".txt", "x" * 200),
        ("a b/é è.PDF", "é è"),
    ],
)
def test_a_title_from_a_name_is_the_name_without_folder_and_suffix(doc_id: str, title: str) -> None:
    assert title_from_name(doc_id) == title


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_corpus_folder_whose_name_is_not_utf_8_is_told(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"gr\xfc\xdfe")
    folder.mkdir()
    with pytest.raises(CorpusError, match=r"gr.*not valid UTF-8: rename it"):
        list_files(folder)
