"""Bytes of every encoding: what they decode to, and what is no text."""

import codecs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.formats.encoding import decode_text

MIXED = "Plain words, an é, a €, 日本語 and 👩‍👩‍👧.\r\nThe second line.\n"
WESTERN = "L’été à la plage: “naïve” café, £40 or €45 – déjà vu… Größe, señor, Ångström.\r\n"
RUSSIAN = "Привет, как дела? Это простой текст на русском языке, в старой кодировке. "
JAPANESE = "これは日本語の文章です。古い文字コードで書かれています。東京は日本の首都です。"


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
def test_what_is_binary_is_no_text(data: bytes) -> None:
    assert decode_text(data) is None


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE])
def test_nothing_is_an_empty_text(data: bytes) -> None:
    assert decode_text(data) == ""


def test_a_form_feed_or_a_stray_escape_does_not_make_a_text_binary() -> None:
    text = "A page of words.\f\n" * 100 + "\x08"
    assert decode_text(text.encode()) == text


def test_utf8_with_a_few_stray_bytes_stays_utf8_and_each_is_a_letter_of_its_own() -> None:
    text = "Ein schöner Tag für 日本. " * 50
    assert decode_text(text.encode() + b"\xff") == text + "ÿ"
    note = "Łódź and Plzeň – two towns.\n"
    assert decode_text(note.encode() + "Old: caf\xe9.".encode("cp1252")) == f"{note}Old: café."


def test_a_character_that_is_cut_is_no_letter() -> None:
    text = "Ein schöner Tag für 日本. "
    assert decode_text(text.encode()[:-3] + b"\n") == text[:-3] + "\ufffd\n"
    assert decode_text("für schön über".encode() + b"\xc3") == "für schön über\ufffd"
