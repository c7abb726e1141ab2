import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.office.workbook import parse_xlsx
from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import (
    add_tables,
    cells,
    check_sound,
    damaged,
    outline,
    sheet,
    strict,
    table,
    xlsx,
    xlsx_parts,
    zipped,
)

LIMITS = ParseLimits()
HEAD = ("Year", "Tonnes")


def lines(inside: str, **options: str) -> list[str]:
    """Give the outline of a sheet, without its name."""
    parsed = parse_xlsx(xlsx({"S": inside}, **options), LIMITS)
    check_sound(parsed)
    first, *rest = outline(parsed)
    assert first == "# S"
    return rest


def shown(value: str, code: str, *, since_1904: bool = False) -> str:
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs>'
    )
    row = f'<row r="1"><c r="A1" s="1"><v>{value}</v></c></row>'
    parts = xlsx_parts({"S": sheet(row)}, styles=styles, properties=f'date1904="{since_1904:d}"')
    return parse_xlsx(zipped(parts), LIMITS).text.partition("\n\n")[2]


def test_every_sheet_is_a_heading_and_every_row_has_the_headers() -> None:
    data = xlsx(
        {
            "Seizures": sheet(table(HEAD, (2017, 12.5), (2018, 25.9))),
            "Empty": sheet(""),
            "Notes & more": sheet(table(("One remark",))),
        }
    )
    parsed = parse_xlsx(data, LIMITS)
    check_sound(parsed)
    assert parsed.text == (
        "Seizures\n\nYear | Tonnes\nYear: 2017 | Tonnes: 12.5\nYear: 2018 | Tonnes: 25.9\n\n"
        "Notes & more\n\nOne remark"
    )
    assert [(b.kind, b.level) for b in parsed.blocks] == [
        ("heading", 1), ("row", 0), ("row", 0), ("row", 0), ("heading", 1), ("paragraph", 0),
    ]  # fmt: skip
    assert parsed.pages == ()
    assert parse_xlsx(strict(data), LIMITS) == parsed


def test_cells_stand_under_their_own_header_whatever_is_missing() -> None:
    rows = cells(
        {"A": "Year", "B": "Tonnes", "C": "Share", "D": "Note"},
        {"A": 2017, "C": "40 %"},
        {"B": 3, "D": "late"},
        {"A": "<c><v>2019</v></c>", "B": "<c><v>7</v></c>"},
    )
    assert lines(sheet(rows)) == [
        "| Year | Tonnes | Share | Note",
        "| Year: 2017 | Share: 40 %",
        "| Tonnes: 3 | Note: late",
        "| Year: 2019 | Tonnes: 7",
    ]


def test_shared_rich_and_escaped_strings() -> None:
    strings = (
        "<si><t>Year</t></si><si><r><t>Ton</t></r><r><t>nes</t></r><rPh><t>reading</t></rPh></si>"
        '<si><t xml:space="preserve"> a_x000D_\nb_x0041_ </t></si>'
    )
    row = '<row><c t="s"><v>{}</v></c><c t="s"><v>{}</v></c></row>'
    rows = row.format(0, 1) + '<row><c t="str"><v>x</v></c><c><v>5</v></c></row>'
    assert lines(sheet(rows), strings=strings) == ["| Year | Tonnes", "| Year: x | Tonnes: 5"]
    assert lines(sheet(row.format(2, 9)), strings=strings) == ["¶ a\nbA"]


def test_struck_out_cells_and_runs_are_left_out_and_figures_keep_their_place() -> None:
    def run(words: str, look: str = "") -> str:
        return f"<r><rPr>{look}</rPr><t>{words}</t></r>"

    high, low = '<vertAlign val="superscript"/>', '<vertAlign val="subscript"/>'
    strings = (
        f"<si>{run('Toll ')}{run('4', '<strike/>')}{run('5')}{run('2', high)}</si>"
        f"<si>{run('Base 10')}{run('2', low)}</si><si><t>Gone</t></si>"
    )
    styles = (
        "<fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs>'
    )
    row = "".join(
        f'<c r="{place}" t="s" s="{style}"><v>{at}</v></c>'
        for at, (place, style) in enumerate((("A1", 0), ("B1", 0), ("C1", 1)))
    )
    data = xlsx({"S": f"<sheetData><row>{row}</row></sheetData>"}, strings=strings, styles=styles)
    parsed = parse_xlsx(data, LIMITS)
    assert "Toll 5²" in parsed.text
    assert "Base 10₂" in parsed.text
    assert "Gone" not in parsed.text


def test_truths_errors_and_results_of_formulas() -> None:
    row = (
        '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>'
        '<c r="C1" t="e"><v>#DIV/0!</v></c><c r="D1"><f>SUM(A1)</f><v>4</v></c>'
        '<c r="E1"><f>NOW()</f></c><c r="F1" t="d"><v>2018-03-01</v></c></row>'
    )
    assert lines(sheet(row)) == ["| TRUE | FALSE | 4 | 2018-03-01"]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("12", "General", "12"),
        ("12.0", "General", "12"),
        ("0.10000000000000001", "General", "0.1"),
        ("3.14159265358979", "General", "3.141592654"),
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("12", "00000", "00012"),
        ("0.4", "0%", "40%"),
        ("0.125", "0.0%", "12.5%"),
        ("-5", "#,##0;(#,##0)", "(5)"),
        ("-5.5", "[Red]-0.0", "-5.5".replace("-", "--")),
        ("5", "&quot;$&quot;#,##0.00", "$5.00"),
        ("-5", "&quot;$&quot;#,##0.00", "-$5.00"),
        ("1234.5", "#,##0.00\\ [$€-407]", "1,234.50 €"),
        ("12", "0&quot; kg&quot;", "12 kg"),
        ("7", "&quot;Q&quot;0", "Q7"),
        ("1500000", "#,##0.0,,&quot;M&quot;", "1.5M"),
        ("0", "_(* #,##0_);_(* \\(#,##0\\);_(* &quot;-&quot;??_);_(@_)", "-"),
        ("1", "&quot;yes&quot;;&quot;no&quot;", "yes"),
        ("0.5", "# ?/?", "0.5"),
        ("123456789", "000-00-0000", "123456789"),
        ("0.000012", "0.00E+00", "1.20E-05"),
        ("5", "@", "5"),
        ("word", "0.00", "word"),
        ("43160", "d.m.yyyy", "2018-03-01"),
        ("43160.75", "yyyy-mm-dd hh:mm", "2018-03-01 18:00"),
        ("43160", "mmm\\-yy", "Mar 2018"),
        ("43160", "mmmm yyyy", "March 2018"),
        ("43160", "[$-409]yyyy, mmm;@", "2018 Mar"),
        ("43160", "mmm", "Mar"),
        ("43160", "mm/yyyy", "2018-03"),
        ("43160", "d mmm yyyy", "2018-03-01"),
        ("-1", "mmm yy", "-1"),
        ("43160", "yyyy", "2018"),
        ("0.75", "h:mm AM/PM", "18:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("59", "d.m.yyyy", "1900-02-28"),
        ("61", "d.m.yyyy", "1900-03-01"),
        ("-1", "d.m.yyyy", "-1"),
        ("99999999", "d.m.yyyy", "99999999"),
        ("45000", "[$-409]d/m/yyyy;@", "2023-03-15"),
    ],
)
def test_numbers_are_written_as_a_person_sees_them(value: str, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_days_may_be_counted_from_1904() -> None:
    assert shown("0", "yyyy-mm-dd", since_1904=True) == "1904-01-01"


@pytest.mark.parametrize(
    ("format_id", "text"),
    [(2, "43160.25"), (9, "4316025%"), (14, "2018-03-01"), (17, "Mar 2018"), (20, "6:00")],
)
def test_built_in_formats(format_id: int, text: str) -> None:
    styles = f'<cellXfs><xf numFmtId="{format_id}"/></cellXfs>'
    value = "43160.25" if format_id != 20 else "0.25"
    row = f'<row r="1"><c r="A1" s="0"><v>{value}</v></c></row>'
    assert lines(sheet(row), styles=styles) == [f"¶ {text}"]


def test_blank_rows_part_tables() -> None:
    rows = table(HEAD, (2017, 1)) + table(("Town", "People"), ("Lima", 5), first=4)
    assert lines(sheet(rows)) == [
        "| Year | Tonnes", "| Year: 2017 | Tonnes: 1",
        "| Town | People", "| Town: Lima | People: 5",
    ]  # fmt: skip


def test_headers_hold_below_a_blank_row() -> None:
    rows = table(HEAD, (2017, 1)) + table((2018, 2), (2019, 3), first=4)
    assert lines(sheet(rows))[2:] == [
        "| Year | Tonnes", "| Year: 2018 | Tonnes: 2", "| Year: 2019 | Tonnes: 3",
    ]  # fmt: skip


def test_captions_above_and_remarks_below_are_paragraphs() -> None:
    rows = table(
        ("Table 1. Seizures",),
        ("By year",),
        HEAD,
        (2017, 1),
        (2018, 2),
        ("Source: police of the town",),
    )
    assert lines(sheet(rows, ["A1:B1"])) == [
        "¶ Table 1. Seizures", "¶ By year", "| Year | Tonnes", "| Year: 2017 | Tonnes: 1",
        "| Year: 2018 | Tonnes: 2", "¶ Source: police of the town",
    ]  # fmt: skip


def test_a_few_rows_of_one_cell_are_paragraphs_and_many_are_a_list() -> None:
    rows = [(f"Word {n}",) for n in range(6)]
    assert lines(sheet(table(*rows[:5])))[4] == "¶ Word 4"
    assert lines(sheet(table(*rows)))[4] == "| Word 4"


def test_merged_cells_say_theirs_in_every_row_and_head_in_two_rows() -> None:
    rows = cells(
        {"A": "Region", "B": "2017"},
        {"B": "Men", "C": "Women"},
        {"A": "North", "B": 1, "C": 2},
        {"B": 3, "C": 4},
    )
    assert lines(sheet(rows, ["A1:A2", "B1:C1", "A3:A4"])) == [
        "| Region | 2017 Men | 2017 Women",
        "| Region: North | 2017 Men: 1 | 2017 Women: 2",
        "| Region: North | 2017 Men: 3 | 2017 Women: 4",
    ]


def test_years_are_headers_above_figures_but_not_above_years() -> None:
    assert lines(sheet(table(("Region", 2017, 2018), ("North", 1, 2))))[1] == (
        "| Region: North | 2017: 1 | 2018: 2"
    )
    assert lines(sheet(table(("Ada", 1815, 1852), ("Charles", 1791, 1871)))) == [
        "| Ada | 1815 | 1852", "| Charles | 1791 | 1871",
    ]  # fmt: skip


def test_two_columns_of_words_have_no_header_unless_it_is_bold() -> None:
    assert lines(sheet(table(("Name", "Ada"), ("City", "London")))) == [
        "| Name | Ada", "| City | London",
    ]  # fmt: skip
    assert lines(sheet(table(("Project", "Bridge"), ("Owner", "Town"), ("Start", 2018)))) == [
        "| Project | Bridge", "| Owner | Town", "| Start | 2018",
    ]  # fmt: skip
    styles = (
        '<fonts><font/><font><b/></font></fonts><cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs>'
    )
    rows = table(("Term", "Meaning"), ("roe", "eggs")).replace('1" t=', '1" s="1" t=')
    assert lines(sheet(rows), styles=styles)[1] == "| Term: roe | Meaning: eggs"


def test_a_year_that_is_a_value_names_no_column() -> None:
    rows = table(("Founded", 1990), ("Employees", 300), ("Offices", 4))
    assert lines(sheet(rows))[1] == "| Employees | 300"


def test_tables_side_by_side_are_tables_of_their_own() -> None:
    rows = table(
        ("Seizures", "", "", "Towns"),
        ("Year", "Tonnes", "", "Town", "People"),
        (2017, 1, "", "Lima", 5),
        (2018, 2),
        (2019, 3, "", "Remark", "Rows"),
        (2020, 4, "", "late", 2),
    )
    assert lines(sheet(rows)) == [
        "¶ Seizures", "| Year | Tonnes", "| Year: 2017 | Tonnes: 1", "| Year: 2018 | Tonnes: 2",
        "| Year: 2019 | Tonnes: 3", "| Year: 2020 | Tonnes: 4",
        "¶ Towns", "| Town | People", "| Town: Lima | People: 5",
        "| Remark | Rows", "| Remark: late | Rows: 2",
    ]  # fmt: skip


def test_headers_of_tables_side_by_side_hold_below_a_blank_row() -> None:
    above = table(("Year", "Tonnes", "", "Town", "People"), (2017, 1, "", "Lima", 5))
    below = table((2018, 2, "", "Cusco", 6), (2019, 3, "", "Ica", 7), first=4)
    written = lines(sheet(above + below))
    assert "| Year: 2018 | Tonnes: 2" in written
    assert "| Town: Cusco | People: 6" in written


@pytest.mark.parametrize(
    "rows",
    [
        [("Region", "", 2017, "", 2018), ("North", "", 1, "", 2), ("South", "", 3, "", 4)],
        [("Region", "", "Men", "Women"), ("North", "", 1, 2), ("South", "", 3, 4)],
        [("Region", "Men", "", "Women", "All"), ("North", 1, "", 2, 3), ("South", 4, "", 5, 9)],
        [("Region", "Men", "", "Note"), ("North", 1, "", "late"), ("South", 4, "", "early")],
    ],
)
def test_a_blank_column_for_looks_parts_no_table(rows: list[tuple[str | float, ...]]) -> None:
    head, first = ([f"{cell}" for cell in row if cell != ""] for row in rows[:2])
    named = " | ".join(f"{name}: {cell}" for name, cell in zip(head, first, strict=True))
    assert lines(sheet(table(*rows)))[1] == f"| {named}"


def test_hidden_rows_and_columns_are_left_out_and_leave_no_gap() -> None:
    rows = table(
        ("Year", "Key", "Key 2", "Tonnes"),
        (2017, "a", "b", 1),
        (2018, "a", "b", 2),
        (2019, "a", "b", 3),
    ).replace('<row r="3"', '<row r="3" hidden="1"')
    cols = '<cols><col min="2" max="3" hidden="1"/><col min="5" max="99999" hidden="true"/></cols>'
    assert lines(cols + sheet(rows, ["B2:C4"])) == [
        "| Year | Tonnes", "| Year: 2017 | Tonnes: 1", "| Year: 2019 | Tonnes: 3",
    ]  # fmt: skip


def test_rows_that_a_filter_or_a_collapsed_group_hides_are_read() -> None:
    rows = table(("Year", "Tonnes"), (2017, 1), (2018, 2), (2019, 3))
    grouped = rows.replace('<row r="3"', '<row r="3" hidden="1" outlineLevel="1"')
    assert lines(sheet(grouped)) == lines(sheet(rows))
    filtered = rows.replace('<row r="3"', '<row r="3" hidden="1"')
    choice = '<autoFilter ref="A1:B4"><filterColumn colId="0"/></autoFilter>'
    assert lines(sheet(filtered) + choice) == lines(sheet(rows))
    assert lines(sheet(filtered) + '<autoFilter ref="A1:B4"/>') == lines(sheet(filtered))


FILTERED = '<autoFilter ref="A1:B4"><filterColumn colId="0"><filters/></filterColumn></autoFilter>'


def with_tables(rows: str, *tables: str) -> bytes:
    return zipped(add_tables(xlsx_parts({"S": sheet(rows)}), *tables))


def test_rows_that_the_filter_of_a_table_hides_are_read() -> None:
    years = table(HEAD, (2017, 1), (2018, 2), (2019, 3))
    towns = table(("Town", "People"), ("Lima", 5), ("Ica", 6), first=7)
    rows = (years + towns).replace('<row r="3"', '<row r="3" hidden="1"')
    rows = rows.replace('<row r="9"', '<row r="9" hidden="1"')
    first, second = f'ref="A1:B4">{FILTERED}', f'ref="A7:B9">{FILTERED}'
    year, town = "| Year: 2018 | Tonnes: 2", "| Town: Ica | People: 6"
    for tables, read in (
        ([], set()),
        ([first], {year}),
        ([second], {town}),
        ([second, first], {year, town}),
        (['ref="A1:B4"><autoFilter ref="A1:B4"/>'], set()),
        ([f'ref="A4:B4">{FILTERED}'], set()),
    ):
        for data in (with_tables(rows, *tables), strict(with_tables(rows, *tables))):
            assert {year, town} & set(outline(parse_xlsx(data, LIMITS))) == read


@pytest.mark.parametrize(
    "inside",
    [
        f'ref="">{FILTERED}',
        f'ref="A9999999:B1">{FILTERED}',
        f'ref="B:B">{FILTERED}',
        f">{FILTERED}",
        'ref="A1:B4"><autoFilter>',
        f'ref="A1:B4">{"<a>" * 500}{"</a>" * 500}{FILTERED}',
    ],
)
def test_a_table_that_is_damaged_filters_nothing(inside: str) -> None:
    rows = table(HEAD, (2017, 1), (2018, 2)).replace('<row r="3"', '<row r="3" hidden="1"')
    assert outline(parse_xlsx(with_tables(rows, inside), LIMITS)) == [
        "# S", "| Year | Tonnes", "| Year: 2017 | Tonnes: 1",
    ]  # fmt: skip


def test_tables_that_claim_all_rows_take_no_longer() -> None:
    rows = "".join(f'<row r="{n}" hidden="1"><c><v>{n}</v></c></row>' for n in range(1, 3_000))
    tables = [f'ref="A{n}:XFD9999999">{FILTERED}' for n in range(1_000, 0, -1)]
    assert "2999" in parse_xlsx(with_tables(rows, *tables), LIMITS).text


@pytest.mark.parametrize("broken", ["xl/worksheets/_rels/sheet1.xml.rels", "xl/tables/table1.xml"])
def test_links_and_tables_that_cannot_be_read_do_no_harm(broken: str) -> None:
    rows = table(HEAD, (2017, 1), (2018, 2)).replace('<row r="3"', '<row r="3" hidden="1"')
    parts = add_tables(xlsx_parts({"S": sheet(rows)}), f'ref="A1:B4">{FILTERED}')
    whole = outline(parse_xlsx(zipped(parts), LIMITS))
    parts[broken] = "<!DOCTYPE a><a/>"
    assert outline(parse_xlsx(zipped(parts), LIMITS)) == whole[:-1]


@pytest.mark.parametrize("span", ['min="-5" max="-9"', "", 'min="9" max="2"', 'min="99999"'])
def test_columns_that_are_none_hide_nothing(span: str) -> None:
    written = lines(f'<cols><col {span} hidden="1"/></cols>' + sheet(table(("a", 1), ("b", 2))))
    assert written == lines(sheet(table(("a", 1), ("b", 2))))


def test_hidden_sheets_are_not_read() -> None:
    states = {"B": "hidden", "C": "veryHidden"}
    parts = xlsx_parts({name: sheet(table((name,))) for name in "ABC"}, states=states)
    assert outline(parse_xlsx(zipped(parts), LIMITS)) == ["# A", "¶ A"]


def test_two_cells_far_apart_are_two_cells() -> None:
    rows = cells({"A": 1}) + cells({"XFD": 2}, first=1_048_576)
    assert lines(sheet(rows)) == ["¶ 1", "¶ 2"]
    assert lines(sheet(rows, ["A1:XFD1048576"])) == ["¶ 1", "| 1 | 2"]


def test_scattered_cells_make_no_table() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="{chr(65 + n // 26)}{chr(65 + n % 26)}{n}">'
        f"<v>{n}</v></c></row>"
        for n in range(1, 600)
    )
    assert lines(sheet(rows))[-1] == "| 1 | 599"


def test_more_cells_or_characters_than_the_limit_are_refused() -> None:
    data = xlsx({"S": sheet(table(*[(1, 2)] * 60))})
    assert parse_xlsx(data, ParseLimits(cells=120)).text
    with pytest.raises(UnreadableError, match="over the limit of 119 cells"):
        parse_xlsx(data, ParseLimits(cells=119))
    row = '<row><c t="s"><v>0</v></c></row>'
    bomb = xlsx({"S": sheet(row * 20_000)}, strings=f"<si><t>{'x' * 9_000}</t></si>")
    with pytest.raises(UnreadableError, match="--max-characters"):
        parse_xlsx(bomb, LIMITS)
    wide = table(("a" * 5_000,), *[(1, 2)] * 4_000).replace("A4001", "A4002")
    with pytest.raises(UnreadableError, match="limit"):
        parse_xlsx(xlsx({"S": sheet(wide, ["A1:A4001"] * 50)}), ParseLimits(cells=20_000))


def test_a_million_cells_are_counted_not_held() -> None:
    row = "".join(f"<c><v>{n * n * 7919 % 100_003}</v></c>" for n in range(10_000))
    rows = f"<row>{row}</row>" * 100
    with pytest.raises(UnreadableError, match="over the limit of 50,000 cells"):
        parse_xlsx(xlsx({"S": sheet(rows)}), ParseLimits(cells=50_000))


def test_text_from_right_to_left_and_combining_marks_are_kept() -> None:
    text = "שלום e\u0301 \u202bx\u202c 👩\u200d🚀"
    assert lines(sheet(table((text,)))) == [f"¶ {text}"]


@pytest.mark.parametrize("missing", ["xl/styles.xml", "xl/sharedStrings.xml"])
def test_a_part_that_is_missing_is_done_without(missing: str) -> None:
    parts = xlsx_parts({"S": sheet(table(HEAD, (2017, 1)))})
    del parts[missing]
    assert parse_xlsx(zipped(parts), LIMITS).text.endswith("Year: 2017 | Tonnes: 1")


def test_a_workbook_without_text_is_unreadable() -> None:
    for inside in (sheet(""), "", sheet('<row><c r="A1" s="3"/></row>')):
        with pytest.raises(UnreadableError, match="empty"):
            parse_xlsx(xlsx({"S": inside}), LIMITS)


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="200" formatCode="#,##0.0%;d"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="22"/></cellXfs>'
    )
    rows = table(HEAD, (2017, 1)) + (
        '<row r="3" hidden="1"><c r="A3" s="1"><v>-4.5</v></c><c r="B3" s="2"><v>43160.5</v></c>'
        '<c r="C3" t="s"><v>0</v></c></row>'
    )
    parts = xlsx_parts({"S": sheet(rows, ["A1:B2"])}, strings="<si><t>x</t></si>", styles=styles)
    parts = add_tables(parts, f'ref="A1:B4">{FILTERED}')
    with contextlib.suppress(UnreadableError):
        check_sound(parse_xlsx(zipped(damaged(data, parts)), LIMITS))


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.text('0#?,.%EeyYmMdDhHsS[]$-\\"_*@;/ Ga€neral', max_size=14),
)
def test_no_number_and_no_format_are_too_strange(value: float, code: str) -> None:
    from xml.sax.saxutils import quoteattr

    text = quoteattr(code)[1:-1].replace('"', "&quot;")
    with contextlib.suppress(UnreadableError):
        shown(repr(value), text)
