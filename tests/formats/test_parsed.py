from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.parsed import TextBuilder, UnreadableError, clean
from qa.formats.table_header import looks_like_header
from qa.schema import Block, Kind
from qa.settings import ParseLimits
from tests.formats.make_office import check_sound

LIMITS = ParseLimits()
KINDS: tuple[Kind, ...] = ("heading", "item", "paragraph", "row")


def rows_of(rows: list[list[str]], *, header: bool | None = None) -> list[str]:
    builder = TextBuilder(LIMITS)
    builder.add_table(rows, header=header)
    parsed = builder.parsed()
    return [parsed.text[b.start : b.end] for b in parsed.blocks]


def test_blocks_are_set_apart_by_an_empty_line_but_items_and_rows_by_a_line_end() -> None:
    builder = TextBuilder(LIMITS)
    assert builder.add(" Title\n", "heading", 2) == 0
    assert builder.add("One.") == 7
    assert builder.add("a", "item") == 13
    assert builder.add("b", "item", 3) == 15
    assert builder.add("r", "row") == 18
    assert builder.add("s", "row") == 20
    assert builder.length == 21
    parsed = builder.parsed(title=" The\n title ", date="2020", layout="{}")
    assert parsed.text == "Title\n\nOne.\n\na\nb\n\nr\ns"
    assert parsed.blocks == (
        Block(0, 5, 0, "heading", 2),
        Block(7, 11, 7, "paragraph", 0),
        Block(13, 14, 13, "item", 0),
        Block(15, 16, 15, "item", 0),
        Block(18, 19, 18, "row", 0),
        Block(20, 21, 20, "row", 0),
    )
    assert (parsed.title, parsed.date, parsed.layout) == ("The title", "2020", "{}")


def test_a_marker_is_text_but_not_content() -> None:
    builder = TextBuilder(LIMITS)
    builder.add(" One. ", "item", marker=" 1. ")
    assert builder.add("Two.", "item", marker="2.") == 8
    assert builder.add(" ", "item", marker="3.") is None
    builder.add("Three.", "item", marker=" ")
    parsed = builder.parsed()
    assert parsed.text == "1. One.\n2. Two.\nThree."
    assert parsed.blocks == (
        Block(0, 7, 3, "item", 0),
        Block(8, 15, 11, "item", 0),
        Block(16, 22, 16, "item", 0),
    )


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0"])
def test_a_block_of_white_space_is_not_added(text: str) -> None:
    builder = TextBuilder(LIMITS)
    assert builder.add(text) is None
    assert builder.length == 0


def test_pages_start_where_their_first_block_does() -> None:
    builder = TextBuilder(LIMITS)
    builder.start_page()
    builder.add("a", "item")
    builder.start_page()
    start = builder.add("b", "item")
    builder.start_page()
    parsed = builder.parsed()
    assert parsed.text == "a\n\nb"
    assert parsed.pages == (0, start, len(parsed.text))


def test_nothing_added_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="empty"):
        TextBuilder(LIMITS).parsed()


def test_the_limit_of_characters_is_kept_exactly() -> None:
    builder = TextBuilder(ParseLimits(characters=6))
    builder.add("ab")
    builder.add("cd")
    with pytest.raises(UnreadableError, match="more than 6 characters"):
        builder.add("e")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\u00a0 \t b", "a b"),
        ("a\r\nb\rc\u2028d\x0be\x85f", "a\nb\nc\nd\ne\nf"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("nul\0 bell\x07 half\ud800", "nul bell half"),
        ("שלום e\u0301 👩‍👩‍👧", "שלום e\u0301 👩‍👩‍👧"),
    ],
)
def test_clean_leaves_what_a_reader_sees(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\0" not in cleaned
    cleaned.encode("utf-8")
    assert not [c for c in cleaned if c.isspace() and c not in " \n"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Year", "Tonnes"], ["2018", "25.9"]], ["Year | Tonnes", "Year: 2018 | Tonnes: 25.9"]),
        ([["Year:", "Tonnes"], ["2018", ""]], ["Year: | Tonnes", "Year: 2018"]),
        ([["", "A", "B"], ["x", "1", "2"]], ["A | B", "x | A: 1 | B: 2"]),
        ([["A", "B"], ["1", "2", "3"]], ["A | B", "A: 1 | B: 2 | 3"]),
        ([["A", "B", "C"], ["1", "2", "3", "4"]], ["A | B | C", "A: 1 | B: 2 | C: 3 | 4"]),
        ([["2017", "1"], ["2018", "2"]], ["2017 | 1", "2018 | 2"]),
        ([["A", "A"], ["1", "2"]], ["A | A", "1 | 2"]),
        ([["A", "B"], ["x", "y"]], ["A | B", "x | y"]),
        ([["A", "B", "C"], ["x", "y", "z"]], ["A | B | C", "A: x | B: y | C: z"]),
        ([["shop", "https://a.example"], ["b", "c"]], ["shop | https://a.example", "b | c"]),
        ([["Ann", "ann@a.example"], ["b", "c"]], ["Ann | ann@a.example", "b | c"]),
        ([["one", "two"]], ["one | two"]),
        ([["", ""], ["a"]], ["a"]),
        ([["a | b", "c\nd"]], ["a / b | c d"]),
    ],
)
def test_rows_are_given_their_headers(rows: list[list[str]], expected: list[str]) -> None:
    assert rows_of(rows) == expected


def test_a_header_can_be_said_to_be_there_or_not() -> None:
    rows = [["2017", "2018"], ["5", "6"]]
    assert rows_of(rows, header=True) == ["2017 | 2018", "2017: 5 | 2018: 6"]
    assert rows_of([["A", "B"], ["1", "2"]], header=False) == ["A | B", "1 | 2"]


@pytest.mark.parametrize(
    ("rows", "is_header"),
    [
        ("Name | Ada / City | London", False),
        ("Name | Ada / City | London / Age | 36", False),
        ("Town | People / Lima | 5 / Ica | 7", True),
        ("Town | Since / Lima | 18 January 1535 / Ica | May 1563", True),
        ("Since | 18 January 1535 / People | 5", False),
        ("Year | What / 2017 | flood / 2018 | drought", True),
        ("Founded | 1990 / Staff | 300 / Offices | 4", False),
        ("Region | 2017 | 2018 / North | 1 | 2", True),
        ("Region | 2018-19 | 2019-20 / North | 1.5 | 12 %", True),
        (" | 2017-01 | 2017-02 / North | 1 | 2", True),
        ("Region | Q1 | Q2 / North | 1 | 2", True),
        ("Region | 2017 | 2018 / North | - | 2 / South | 3 | 4", True),
        ("Region | 2017 | 2018 / North | good | bad", False),
        ("Region | 2017 | 1950 | 2018 / North | 1 | 2 | 3", False),
        ("Ada | 1915 | 1952 / Charles | 1991 | 1971", False),
        ("Lima | 12 | 13 / Ica | 14 | 15", False),
        ("2017 | 2018 / 5 | 6", False),
    ],
)
def test_a_header_is_told_by_what_stands_below(rows: str, is_header: bool) -> None:
    cells = [row.split(" | ") for row in rows.split(" / ")]
    assert looks_like_header(cells) is is_header


def test_where_headers_are_expected_two_columns_of_words_have_one() -> None:
    rows = [["Name", "City"], ["Ann", "Łódź"]]
    assert not looks_like_header(rows)
    assert looks_like_header(rows, expected=True)
    assert not looks_like_header([["Name", "1"], ["Ann", "2"]], expected=True)


def test_the_rest_of_a_table_is_given_the_headers_it_had_before() -> None:
    builder = TextBuilder(LIMITS)
    builder.add_table([["A", "B"], ["1", "2"]], header=True)
    builder.add("North", "row")
    builder.add_table([["3", "4"]], names=["A", "B\nb"])
    assert builder.parsed().text == "A | B\nA: 1 | B: 2\nNorth\nA: 3 | B b: 4"


def test_a_table_without_rows_adds_nothing() -> None:
    builder = TextBuilder(LIMITS)
    builder.add_table([])
    builder.add_table([["", " "]], header=True)
    assert builder.length == 0


def test_a_long_table_is_taken_row_by_row() -> None:
    builder = TextBuilder(ParseLimits(characters=10_000))

    with pytest.raises(UnreadableError, match="characters"):
        builder.add_table(repeat(["a", "b"]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.text(), st.booleans())))
def test_blocks_cover_the_text_in_order(added: list[tuple[Kind, str, bool]]) -> None:
    builder = TextBuilder(LIMITS)
    builder.start_page()
    builder.add("first")
    for kind, text, page in added:
        if page:
            builder.start_page()
        builder.add(clean(text), kind, 1)
    check_sound(builder.parsed())


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=6),
    st.sampled_from([None, True, False]),
)
def test_no_cell_of_a_table_is_lost(rows: list[list[str]], header: bool | None) -> None:
    builder = TextBuilder(LIMITS)
    builder.add("first")
    builder.add_table([[clean(cell) for cell in row] for row in rows], header=header)
    parsed = builder.parsed()
    check_sound(parsed)
    for cell in (cell for row in rows for cell in row):
        assert " ".join(clean(cell).split()).replace(" | ", " / ") in parsed.text
