"""Files of every kind: which are found, what they decode to, and why one is skipped."""

import codecs
import hashlib
import os
from pathlib import Path

import pytest
from conftest import CORPUS, write_corpus
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.errors import CorpusError
from qa.load import SourceFile, decode, decode_text, file_sha256, list_files, read_files
from qa.schema import Document, SkippedFile

MIXED = "Plain words, an é, a €, 日本語 and 👩‍👩‍👧.\r\nThe second line.\n"
WESTERN = "L’été à la plage: “naïve” café, £40 or €45 – déjà vu… Größe, señor, Ångström.\r\n"
RUSSIAN = "Привет, как дела? Это простой текст на русском языке, в старой кодировке. "
JAPANESE = "これは日本語の文章です。古い文字コードで書かれています。東京は日本の首都です。"


def source(data: bytes, name: str = "a.txt") -> SourceFile:
    return SourceFile(name, data, hashlib.sha256(data).hexdigest())


def read(corpus: Path, max_bytes: int = 1_000_000) -> dict[str, SourceFile | SkippedFile]:
    return {entry.doc_id: entry for entry in read_files(corpus, max_bytes=max_bytes)}


def reason(corpus: Path, doc_id: str, max_bytes: int = 1_000_000) -> str:
    entry = read(corpus, max_bytes)[doc_id]
    assert isinstance(entry, SkippedFile)
    return entry.reason


def title(text: str, name: str = "folder/some name.md") -> str:
    document = decode(source(text.encode(), name))
    assert isinstance(document, Document)
    return document.title


# ---- encodings


@pytest.mark.parametrize(
    "data",
    [
        MIXED.encode(),
        codecs.BOM_UTF8 + MIXED.encode(),
        codecs.BOM_UTF16_LE + MIXED.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + MIXED.encode("utf-16-be"),
        MIXED.encode("utf-16-le"),
        MIXED.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + MIXED.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + MIXED.encode("utf-32-be"),
    ],
    ids=[
        "utf8",
        "utf8-mark",
        "utf16le-mark",
        "utf16be-mark",
        "utf16le",
        "utf16be",
        "utf32le",
        "utf32be",
    ],
)
def test_unicode_is_decoded_exactly_and_without_its_mark(data: bytes) -> None:
    assert decode_text(data) == MIXED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["a", "Hi", "One word.\n", "Prix: 30 €, déjà vu"])
def test_short_utf_16_without_a_mark_is_told_by_its_zero_bytes(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize("repeat", [1, 3, 2_000])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WESTERN, "cp1252"),
        ("Le café est naïf, déjà vu à Noël.\n", "latin-1"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_a_legacy_code_page_is_recognised(text: str, encoding: str, repeat: int) -> None:
    assert decode_text((text * repeat).encode(encoding)) == text * repeat


@pytest.mark.parametrize(
    "text",
    ["£", "é", "€", "“", "£5", "€30", "20 °C", "½ cup", "5 × 3", "¿Qué?", "été", "José",
     "naïve café", "“Yes.”", "It’s £5.", "Don’t.", "ça va", "où", "Straße", "100 µm", "– one –",
     "façade—yes", "The café’s price: £40, “not €45”.", "• one\r\n• two\r\n• three",
     "© 2024 Müller & Söhne"],
)  # fmt: skip
def test_a_short_windows_text_is_read_as_one(text: str) -> None:
    assert decode_text(text.encode("cp1252")) == text


@pytest.mark.parametrize("mark", ["£", "’", "é", "°"])
def test_a_single_special_character_in_a_long_text_is_read_as_windows(mark: str) -> None:
    text = "Nothing but plain words stands here.\n" * 3_000 + mark + "\n"
    assert decode_text(text.encode("cp1252")) == text


@given(st.text().filter(lambda text: "\0" not in text and not text.startswith("\ufeff")))
def test_any_utf_8_comes_back_exactly_or_counts_as_binary(text: str) -> None:
    assert decode_text(text.encode()) in (text, None)


@given(
    st.text(st.characters(categories=["L", "N", "P", "S", "Z", "M"]), min_size=1, max_size=40),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]),
)
def test_any_text_behind_a_mark_comes_back_exactly(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@settings(max_examples=120)
@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda data: data * 9))
@example(b"\0")
@example(b"\xff\xfe")
@example(b"\xff\xfe\0")
@example(b"\xff\xfe\0\0\0")
@example(b"\xfe\xff\xd8\0")
@example(b"\xef\xbb\xbf\xff")
@example(b"a\0" * 9 + b"\0")
def test_random_bytes_never_raise_and_never_give_what_cannot_be_stored(data: bytes) -> None:
    text = decode_text(data)
    assert text is None or (text.encode().decode() == text and "\0" not in text)
    entry = decode(source(data))
    assert isinstance(entry, SkippedFile) == (text is None or not text.strip())


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(200)),
        b"%PDF-1.7\n" + bytes(reversed(range(256))),
        b"PK\x03\x04\x14\0\0\0\x08\0" * 9,
        b"\0" * 500,
        b"text " * 100 + b"\0\0\1\2\3",
        b"\1\2\3",
        ("text " * 5_000 + "\0").encode("utf-16"),
    ],
    ids=["all", "png", "pdf", "zip", "zeros", "tail", "controls", "a NUL in UTF-16"],
)
def test_a_binary_file_is_skipped_with_the_reason(data: bytes) -> None:
    entry = decode(source(data))
    assert isinstance(entry, SkippedFile)
    assert "binary" in entry.reason


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\xff\xfe\n\0"]
)
def test_an_empty_file_is_skipped_with_the_reason(data: bytes) -> None:
    assert decode(source(data)) == SkippedFile("a.txt", "empty")


def test_a_form_feed_or_a_stray_escape_does_not_make_a_text_binary() -> None:
    text = "A page of words.\f\n" * 100 + "\x08"
    assert decode_text(text.encode()) == text


# ---- titles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# The garden\n\ntext", "The garden"),
        ("intro\n\n  # Late  #  \r\ntext", "Late"),
        ("## Second\n# First", "First"),
        ("# Old Mac\rtext\rmore", "Old Mac"),
        ("text\r# Old Mac", "Old Mac"),
        ("# Learn C#\n", "Learn C#"),
        ("#\n\nNo heading", "some name"),
        ("# #\n# Real", "Real"),
        ("#hashtag\n    # code", "some name"),
        ("no heading", "some name"),
        ("# " + "x" * 500, "x" * 200),
        ("# a" + " " * 20_000 + "b", "a"),
        ("# a" + " #" * 20_000 + "b", ("a" + " #" * 100)[:200]),
    ],
)  # fmt: skip
def test_a_markdown_title_is_the_first_top_heading_or_the_file_name(
    text: str, expected: str
) -> None:
    assert title(text) == expected


def test_a_plain_text_title_is_the_file_name_without_suffix() -> None:
    assert title("# Not Markdown\n", "b/report.v2.txt") == "report.v2"


@given(st.text(min_size=1).filter(str.strip))
def test_a_document_always_has_a_short_title_on_one_line(text: str) -> None:
    document = decode(source(text.encode()))
    if isinstance(document, Document):
        found = title(text)
        assert 0 < len(found) <= 200
        assert not set("\r\n") & set(found)


# ---- files


def test_files_are_found_in_the_order_of_their_paths(corpus: Path) -> None:
    found = [path.relative_to(corpus).as_posix() for path in list_files(corpus)]
    assert found == sorted(CORPUS)
    assert list(read(corpus)) == sorted(CORPUS)


def test_a_file_is_read_byte_for_byte(corpus: Path) -> None:
    for name, text in CORPUS.items():
        assert read(corpus)[name] == source(text.encode(), name)
        assert decode(source(text.encode(), name)) == Document(
            name,
            "The garden" if name == "garden.md" else Path(name).stem,
            text,
            hashlib.sha256(text.encode()).hexdigest(),
        )


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, {".a.txt": "x", ".git/b.txt": "x", "c/.d/e.txt": "x", "c/f.txt": "x"})
    assert list(read(tmp_path)) == ["c/f.txt"]


@pytest.mark.parametrize("name", ["a.pdf", "b", "c.txt.gz", "d.markdown", "e."])
def test_an_unsupported_suffix_is_skipped_with_the_reason(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {name: "text"})
    assert ".txt, .md" in reason(tmp_path, name)


@pytest.mark.parametrize("name", ["A.TXT", "b.Md", "c.MD"])
def test_a_suffix_may_be_in_capitals(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {name: "# Title\n"})
    entry = read(tmp_path)[name]
    assert isinstance(entry, SourceFile)
    document = decode(entry)
    assert isinstance(document, Document)
    assert document.title == ("A" if name == "A.TXT" else "Title")


def test_a_link_to_nothing_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    assert "link to nothing" in reason(tmp_path, "gone.txt")
    assert reason(tmp_path, "loop.txt")


def test_a_folder_named_like_a_text_is_entered_not_read(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"x.txt/inner.txt": "text", "y.md/.keep": ""})
    assert list(read(tmp_path)) == ["x.txt/inner.txt"]


def test_folders_are_not_entered_through_links(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": "text"})
    (corpus / "loop").symlink_to(corpus)
    (corpus / "up").symlink_to(tmp_path)
    assert list(read(corpus)) == ["a.txt"]


def test_what_is_no_regular_file_is_skipped_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "regular file" in reason(tmp_path, "pipe.txt")


def test_a_file_over_the_limit_is_skipped_and_one_at_the_limit_is_not(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"at.txt": "x" * 1_000, "over.txt": "x" * 1_001})
    assert isinstance(read(tmp_path, 1_000)["at.txt"], SourceFile)
    assert "1,001 bytes, over the limit of 1,000" in reason(tmp_path, "over.txt", 1_000)


@pytest.mark.parametrize(
    "name",
    ["with space.txt", "“quoted”.txt", "日本語.txt", "<script>.txt", "a\nb.txt", "--help.txt",
     "%41.txt", "e\u0301.txt", "👍.md", "'; DROP TABLE documents.txt", "\\.txt",
     "x.y.z.txt", "\u202egpj.txt"],
)  # fmt: skip
def test_an_odd_file_name_is_the_document_s_id(tmp_path: Path, name: str) -> None:
    write_corpus(tmp_path, {f"sub/{name}": "text"})
    entry = read(tmp_path)[f"sub/{name}"]
    assert isinstance(entry, SourceFile)
    assert file_sha256(tmp_path, entry.doc_id) == entry.sha256


def test_a_missing_corpus_or_one_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.txt": "text"})
    for corpus in (tmp_path / "none", tmp_path / "a.txt"):
        with pytest.raises(CorpusError, match="no corpus folder"):
            list_files(corpus)


# ---- hashes


def test_a_hash_is_that_of_the_file_as_it_is_now(corpus: Path) -> None:
    for name, text in CORPUS.items():
        assert file_sha256(corpus, name) == hashlib.sha256(text.encode()).hexdigest()
    (corpus / "garden.md").write_text("changed")
    assert file_sha256(corpus, "garden.md") == hashlib.sha256(b"changed").hexdigest()


@pytest.mark.parametrize(
    "doc_id",
    ["../secret.txt", "letters/../../secret.txt", "link.txt", "up/secret.txt", "absolute"],
)
def test_no_hash_is_given_of_a_file_outside_the_corpus(corpus: Path, doc_id: str) -> None:
    secret = corpus.parent / "secret.txt"
    secret.write_text("secret")
    (corpus / "link.txt").symlink_to(secret)
    (corpus / "up").symlink_to(corpus.parent)
    assert file_sha256(corpus, str(secret) if doc_id == "absolute" else doc_id) is None


@pytest.mark.parametrize(
    "doc_id", ["gone.txt", "letters", "", ".", "a\0b.txt", "loop.txt", "pipe.txt", "x" * 5_000]
)
def test_no_hash_is_given_of_what_is_no_readable_file(corpus: Path, doc_id: str) -> None:
    (corpus / "loop.txt").symlink_to(corpus / "loop.txt")
    os.mkfifo(corpus / "pipe.txt")
    assert file_sha256(corpus, doc_id) is None


@settings(max_examples=60)
@given(doc_id=st.text(max_size=30) | st.text("./\\\0~a", max_size=12))
def test_no_id_whatever_makes_a_hash_raise(doc_id: str) -> None:
    assert file_sha256(Path(__file__).parent / "gold", doc_id) is None


def test_utf8_with_a_few_damaged_bytes_stays_utf8() -> None:
    text = "Ein schöner Tag für 日本. " * 50
    assert decode_text(text.encode() + b"\xff") == text + "\ufffd"


def test_a_link_out_of_the_corpus_is_skipped_and_one_inside_is_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (corpus / "real.txt").write_text("real")
    (corpus / "out.txt").symlink_to(tmp_path / "secret.txt")
    (corpus / "in.txt").symlink_to(corpus / "real.txt")
    read = {entry.doc_id: entry for entry in read_files(corpus, max_bytes=100)}
    assert isinstance(read["in.txt"], SourceFile)
    out = read["out.txt"]
    assert isinstance(out, SkippedFile)
    assert "out of the corpus" in out.reason


def test_a_name_that_is_not_utf8_is_skipped_with_a_printable_id(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.txt")).write_text("text")
    (entry,) = read_files(tmp_path, max_bytes=100)
    assert isinstance(entry, SkippedFile)
    assert "rename" in entry.reason
    entry.doc_id.encode()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("```sh\n# install\n```\n\n# The guide\n", "The guide"),
        ("The guide\n=========\n\nText.\n", "The guide"),
        ("```sh\n# install\n```\n", "notes"),
    ],
)
def test_a_title_is_a_heading_as_markdown_sees_it(text: str, title: str) -> None:
    document = decode(SourceFile("notes.md", text.encode(), ""))
    assert isinstance(document, Document)
    assert document.title == title
