"""Plain text and Markdown: character for character, with a title, or a reason."""

import codecs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.formats import SUFFIXES, parse
from qa.formats.blocks import split_blocks
from qa.formats.markdown import parse_markdown
from qa.formats.parsed import Parsed, UnreadableError
from qa.formats.text import parse_plain
from qa.settings import ParseLimits

LIMITS = ParseLimits()


def reason(data: bytes, name: str = "a.txt", limits: ParseLimits = LIMITS) -> str:
    with pytest.raises(UnreadableError) as error:
        parse(name, data, limits)
    return str(error.value)


def title(text: str) -> str:
    return parse_markdown(text.encode(), LIMITS).title


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
def test_a_binary_file_is_unreadable_and_says_so(data: bytes) -> None:
    assert "binary" in reason(data)
    assert "binary" in reason(data, "a.md")


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\xff\xfe\n\0"]
)
def test_an_empty_file_is_unreadable_and_says_so(data: bytes) -> None:
    assert reason(data) == "empty"
    assert reason(data, "a.md") == "empty"


@settings(max_examples=120)
@given(
    st.binary(max_size=300) | st.binary(max_size=40).map(lambda data: data * 9),
    st.sampled_from([parse_plain, parse_markdown]),
)
@example(b"\xff\xfe\0", parse_plain)
@example(b"\xef\xbb\xbf\xff", parse_markdown)
@example(b"a\0" * 9 + b"\0", parse_plain)
def test_random_bytes_give_a_whole_document_or_a_reason(data: bytes, parser: object) -> None:
    assert callable(parser)
    try:
        parsed = parser(data, LIMITS)
    except UnreadableError as error:
        assert str(error)  # noqa: PT017
        return
    assert isinstance(parsed, Parsed)
    assert parsed.text.strip()
    assert parsed.text.encode().decode() == parsed.text
    covered = [parsed.text[b.start : b.end] for b in parsed.blocks]
    assert "".join("".join(covered).split()) == "".join(parsed.text.split())


@pytest.mark.parametrize("text", ["a\r\nb\rc\n", "\ufeff# A\t\n\n", "  \n x \f\n", "e\u0301\u200b"])
@pytest.mark.parametrize("name", ["a.txt", "A.TEXT"])
def test_a_text_is_kept_character_for_character_but_for_its_mark(text: str, name: str) -> None:
    parsed = parse(name, text.encode(), LIMITS)
    assert parsed.text == text.removeprefix("\ufeff")
    assert (parsed.pages, parsed.date, parsed.layout) == ((), "", "")


def test_a_text_is_cut_at_its_own_structure() -> None:
    text = "# Roses\n\nWords.\n\n- one\n- two\n"
    parsed = parse_plain(text.encode(), LIMITS)
    assert list(parsed.blocks) == split_blocks(text)
    assert "heading" not in {block.kind for block in parsed.blocks}


def test_a_text_over_the_limit_of_characters_is_unreadable_and_one_at_it_is_not() -> None:
    limits = ParseLimits(characters=10)
    assert parse("a.txt", ("é" * 10).encode(), limits).text == "é" * 10
    assert "more than 10 characters" in reason(b"x" * 11, limits=limits)
    assert "--max-characters" in reason(b"x" * 11, "a.md", limits)


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
        ("#\n\nNo heading", ""),
        ("# #\n# Real", "Real"),
        ("#hashtag\n    # code", ""),
        ("no heading", ""),
        ("# " + "x" * 500, "x" * 200),
        ("# a" + " " * 20_000 + "b", "a b"),
        ("# a" + " #" * 20_000 + "b", ("a" + " #" * 100)[:200].strip()),
    ],
)  # fmt: skip
def test_a_markdown_title_is_the_first_top_heading_or_none(text: str, expected: str) -> None:
    assert title(text)[:200].strip() == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Not Markdown\n", ""),
        ("TOWN LIBRARY – Rules of use\nValid from May.\n", "TOWN LIBRARY – Rules of use"),
        ("\n\nSERVICE RECORD\r\n\r\nModel 4\r\n", "SERVICE RECORD"),
        ("FERRY TIMES      Summer 2024\nFirst boat 6.10\n", "FERRY TIMES"),
        ("HOLD THE LINE.\n", ""),
        ("NOTICE\n", ""),
        ("A website of the United States\n\nMore.\n", ""),
        ("DATE: 4 MAY\n", "DATE: 4 MAY"),
        ("12 MAY 2024\n", ""),
        ("IN CAPITALS", ""),
    ],
)
def test_a_first_line_in_capitals_is_a_plain_text_s_title(text: str, title: str) -> None:
    assert parse_plain(text.encode(), LIMITS).title == title


@given(st.text(min_size=1).filter(str.strip))
def test_a_title_is_on_one_line(text: str) -> None:
    try:
        assert not set("\r\n") & set(title(text))
    except UnreadableError:
        return


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```sh\n# install\n```\n\n# The guide\n", "The guide"),
        ("The guide\n=========\n\nText.\n", "The guide"),
        ("```sh\n# install\n```\n", ""),
    ],
)
def test_a_title_is_a_heading_as_markdown_sees_it(text: str, expected: str) -> None:
    assert title(text) == expected


# ---- what a file's name says


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a", "no suffix: not a format that is read"),
        ("a.txt/b", "no suffix"),
        ("e.", "not a format"),
        ("a.gz", ".gz: not a format that is read"),
        ("a.DOC", ".doc: not a format that is read; save it as .docx"),
        ("a.xls", "save it as .xlsx"),
        ("a.zip", "unpack it"),
        ("a.fifteen-letters", ".fifteen-letters: not a format that is read"),
        (f"a.{'x' * 200}", f".{'x' * 14}…: not a format that is read"),
    ],
)
def test_a_file_of_another_format_is_told_with_advice(name: str, said: str) -> None:
    assert said in reason(b"words", name)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_bytes_are_empty_in_every_format(suffix: str) -> None:
    assert reason(b"", f"a{suffix}") == "empty"


@pytest.mark.parametrize("suffix", [".docx", ".docm", ".pptx", ".pptm", ".xlsx", ".xlsm"])
def test_an_office_file_with_a_password_is_told_as_that(suffix: str) -> None:
    assert "password" in reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), f"a{suffix}")
