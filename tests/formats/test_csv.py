import contextlib
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats import parse
from qa.formats.csv import parse_csv
from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import check_sound

LIMITS = ParseLimits()


def lines_of(text: str) -> list[str]:
    parsed = parse_csv(text.encode(), LIMITS)
    check_sound(parsed)
    return parsed.text.split("\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_cell_is_given_its_header(delimiter: str) -> None:
    text = "Year,Country,Tonnes\n2017,Peru,12.5\n2018,Peru,25.9\n".replace(",", delimiter)
    assert lines_of(text) == [
        "Year | Country | Tonnes",
        "Year: 2017 | Country: Peru | Tonnes: 12.5",
        "Year: 2018 | Country: Peru | Tonnes: 25.9",
    ]


def test_each_row_is_a_block() -> None:
    parsed = parse_csv(b"a,b\n1,2\n", LIMITS)
    assert [parsed.text[b.start : b.end] for b in parsed.blocks] == ["a | b", "a: 1 | b: 2"]
    assert {b.kind for b in parsed.blocks} == {"row"}
    assert (parsed.title, parsed.date, parsed.pages) == ("", "", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name;Price\nApple, green;1,50\nPear;2,00\n",
         ["Name | Price", "Name: Apple, green | Price: 1,50", "Name: Pear | Price: 2,00"]),
        ('a,b\n"x, y","say ""no"""\n', ["a | b", 'a: x, y | b: say "no"']),
        ('a,b\n"two\nlines",2\n', ["a | b", "a: two lines | b: 2"]),
        ("sep=;\nx;y\n1,2;3\n", ["x | y", "x: 1,2 | y: 3"]),
        ("a,b\r1,2\r3,4", ["a | b", "a: 1 | b: 2", "a: 3 | b: 4"]),
        ("a,b\r\n1,2\r\n", ["a | b", "a: 1 | b: 2"]),
        ("alpha\nbeta\n\ngamma\n", ["alpha", "beta", "gamma"]),
        ("only one line", ["only one line"]),
        ("1,2\n3,4\n", ["1 | 2", "3 | 4"]),
        ("a,b,c\n1\n2,3,4,5\n,,6\n", ["a | b | c", "a: 1", "a: 2 | b: 3 | c: 4 | 5", "c: 6"]),
        ("\ufeffName,City\nAnn,Łódź\n", ["Name | City", "Name: Ann | City: Łódź"]),
    ],
)  # fmt: skip
def test_dialects_and_odd_shapes(text: str, expected: list[str]) -> None:
    assert lines_of(text) == expected


def test_lines_above_the_table_are_paragraphs() -> None:
    parsed = parse_csv(
        b"Seizures 2020,,\nSource: police,,\n,,\nYear,Tonnes,Note\n2018,25.9,peak\n", LIMITS
    )
    assert parsed.text == (
        "Seizures 2020\n\nSource: police\n\n"
        "Year | Tonnes | Note\nYear: 2018 | Tonnes: 25.9 | Note: peak"
    )
    assert [b.kind for b in parsed.blocks] == ["paragraph", "paragraph", "row", "row"]


def test_a_quote_that_is_never_closed_does_not_take_in_the_rest() -> None:
    assert lines_of('a,"b\n' + "c,d\n" * 2) == ["a | b", "a: c | b: d", "a: c | b: d"]
    text = "a,b\n1,2\n" + '3,"4\n' + "5,6\n" * 300 + '7,"8"\n'
    assert lines_of(text)[2:4] == ["a: 3 | b: 4", "a: 5 | b: 6"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Name;Größe\n" + "Müller;süß\nÉtienne;très grand\n" * 5
    parsed = parse_csv(text.encode(encoding), LIMITS)
    assert parsed.text.split("\n")[1] == "Name: Müller | Größe: süß"


def test_stray_nuls_are_left_out() -> None:
    data = b"name,city\n" + b"Ann,Paris\n" * 30 + b"Bob\0,Rome\n"
    assert parse_csv(data, LIMITS).text.endswith("\nname: Bob | city: Rome")


def test_a_field_may_be_longer_than_the_csv_module_likes_and_its_limit_is_put_back() -> None:
    before = csv.field_size_limit()
    words = "word " * 60_000
    assert len(parse_csv(f'a,b\n1,"{words}"\n'.encode(), LIMITS).text) > 290_000
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("data", [b"\n\n", b" , ,\n", b"\xef\xbb\xbf"])
def test_nothing_in_it_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        parse_csv(data, LIMITS)


def test_binary_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="binary"):
        parse_csv(bytes(range(256)) * 8, LIMITS)


def test_more_cells_than_the_limit_are_unreadable() -> None:
    data = b"a,b\n" + b"1,\n" * 8
    assert parse_csv(data, ParseLimits(cells=10)).text
    with pytest.raises(UnreadableError, match="more than 9 cells"):
        parse_csv(data, ParseLimits(cells=9))


def test_both_suffixes_are_known() -> None:
    assert parse("a.csv", b"a,b\n1,2\n", LIMITS) == parse("A.TSV", b"a\tb\n1\t2\n", LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        '"' + 'a,"b' * 100_000,
        'a,"b"\n' + 'x,"y\n' * 20_000,
        "," * 300_000,
        '"' * 300_001,
        "\r" * 200_000,
    ],
)
def test_hostile_files_end(text: str) -> None:
    with contextlib.suppress(UnreadableError):
        check_sound(parse_csv(text.encode(), LIMITS))


@settings(max_examples=200, deadline=None)
@given(st.binary() | st.text(st.sampled_from('ab1 ",;\t|\n\r\0é')).map(str.encode))
def test_rubbish_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        check_sound(parse_csv(data, LIMITS))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.text("ab1,;\"'\n", min_size=1, max_size=6), min_size=2, max_size=2),
        min_size=1,
        max_size=8,
    )
)
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL)
    writer.writerows([["x", "y"], *rows])
    try:
        text = parse_csv(file.getvalue().encode(), LIMITS).text
    except UnreadableError:
        return
    for cell in (" ".join(cell.split()) for row in rows for cell in row):
        assert cell in text
