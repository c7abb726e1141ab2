import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.office.word import parse_docx
from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import (
    W,
    check_sound,
    core,
    damaged,
    docx,
    docx_parts,
    outline,
    p,
    r,
    rels,
    strict,
    tbl,
    unzipped,
    zipped,
)

LIMITS = ParseLimits()

STYLES = """
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Own"><w:name w:val="Chapter"/><w:basedOn w:val="H2"/></w:style>
<w:style w:styleId="Out"><w:name w:val="x"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:styleId="C1"><w:name w:val="a"/><w:basedOn w:val="C2"/></w:style>
<w:style w:styleId="C2"><w:name w:val="b"/><w:basedOn w:val="C1"/></w:style>
<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:styleId="LB"><w:name w:val="List Bullet"/></w:style>
<w:style w:styleId="Gone"><w:name w:val="gone"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:styleId="HN"><w:name w:val="heading 3"/><w:pPr><w:numPr><w:ilvl w:val="1"/>
  <w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Grid" w:type="table"><w:name w:val="Fancy"/>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>
"""


STYLED = '<w:rStyle w:val="Gone"/>'
SHOWN = '<w:vanish w:val="0"/>'
RAISED = '<w:vertAlign w:val="superscript"/>'


def level(depth: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}'
    f"{level(1, 'decimal', '%1.%2')}{level(2, 'lowerLetter', '%3)')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "•")}'
    f"{level(1, 'upperRoman', '(%2)', 3)}{level(2, 'lowerRoman', '%3.')}"
    f"{level(3, 'decimalZero', 'No %4')}{level(4, 'upperLetter', '%5', 27)}"
    f"{level(5, 'decimal', '%2-%6', more='<w:isLgl/>')}</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="7"/></w:lvlOverride></w:num>'
)


def numbered(text: str, list_id: int, depth: int = 0) -> str:
    return p(
        text,
        properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>',
    )


def lines(body: str, **extra: str) -> list[str]:
    parsed = parse_docx(docx(body, **extra), LIMITS)
    check_sound(parsed)
    return outline(parsed)


def test_a_document_is_read_as_one_sees_it() -> None:
    body = (
        p("Survey", "T")
        + p("Findings", "berschrift1")
        + p("Plain text & more.")
        + numbered("Roads", 2)
        + numbered("Bridges", 2)
        + p("Data", "H2")
        + tbl(("Year", "Tonnes"), ("2017", "12.5"), ("2018", "25.9"), header=True)
        + p("The end.")
    )
    parsed = parse_docx(docx(body, styles=STYLES, numbering=NUMBERING), LIMITS)
    assert parsed.text == (
        "Survey\n\nFindings\n\nPlain text & more.\n\nRoads\nBridges\n\nData\n\n"
        "Year | Tonnes\nYear: 2017 | Tonnes: 12.5\nYear: 2018 | Tonnes: 25.9\n\nThe end."
    )
    assert [(b.kind, b.level) for b in parsed.blocks] == [
        ("heading", 1), ("heading", 1), ("paragraph", 0), ("item", 0), ("item", 0),
        ("heading", 2), ("row", 0), ("row", 0), ("row", 0), ("paragraph", 0),
    ]  # fmt: skip
    assert parsed.title == "Survey"
    assert parsed.pages == ()
    check_sound(parsed)


def test_a_strict_file_reads_the_same() -> None:
    data = docx(p("Top", "Own") + p("Text."), styles=STYLES)
    assert b"purl.oclc.org" in unzipped(strict(data))["word/document.xml"]
    assert parse_docx(strict(data), LIMITS) == parse_docx(data, LIMITS)


@pytest.mark.parametrize(
    ("style", "mark"),
    [("berschrift1", "#"), ("H2", "##"), ("Own", "##"), ("Out", "###"), ("C1", "¶"), ("none", "¶")],
)
def test_headings_are_known_by_style(style: str, mark: str) -> None:
    assert lines(p("Words", style), styles=STYLES) == [f"{mark} Words"]


def test_an_outline_level_of_its_own_makes_a_heading_and_nine_is_none() -> None:
    assert lines(p("A", properties='<w:outlineLvl w:val="1"/>')) == ["## A"]
    assert lines(p("A", properties='<w:outlineLvl w:val="9"/>')) == ["¶ A"]


def test_a_whole_paragraph_in_a_headings_style_is_a_paragraph() -> None:
    assert lines(p("word " * 80, "H2"), styles=STYLES)[0].startswith("¶ word")


def test_lists_are_numbered_as_word_does() -> None:
    body = (
        numbered("one", 1)
        + numbered("two", 1)
        + numbered("below", 1, 1)
        + numbered("letter", 1, 2)
        + numbered("letter", 1, 2)
        + numbered("three", 1)
        + numbered("again", 1, 1)
        + numbered("seven", 3)
        + numbered("eight", 3)
    )
    assert lines(body, numbering=NUMBERING) == [
        "- 1. one", "- 2. two", "- 2.1 below", "- a) letter", "- b) letter", "- 3. three",
        "- 3.1 again", "- 7. seven", "- 8. eight",
    ]  # fmt: skip


def test_the_number_of_an_item_is_text_but_not_its_content() -> None:
    body = numbered("One.", 1) + p("Terms", "HN") + tbl((numbered("a", 1), "b"))
    parsed = parse_docx(docx(body, styles=STYLES, numbering=NUMBERING), LIMITS)
    assert parsed.text == "1. One.\n\n1.1 Terms\n\n2. a | b"
    assert [parsed.text[b.content : b.end] for b in parsed.blocks] == [
        "One.",
        "1.1 Terms",
        "2. a | b",
    ]


def test_every_kind_of_number_is_written() -> None:
    body = "".join(numbered("x", 2, depth) for depth in range(6))
    assert lines(body, numbering=NUMBERING) == [
        "- x", "- (III) x", "- i. x", "- No 01 x", "- AA x", "- 3-1 x",
    ]  # fmt: skip


def test_a_heading_has_the_number_its_style_gives_it() -> None:
    body = numbered("Scope", 1) + p("Terms", "HN") + p("Law", "HN")
    written = lines(body, styles=STYLES, numbering=NUMBERING)
    assert written == ["- 1. Scope", "### 1.1 Terms", "### 1.2 Law"]


def test_a_list_that_is_not_defined_is_a_paragraph_and_list_styles_are_items() -> None:
    assert lines(numbered("a", 5) + p("b", "LB"), styles=STYLES) == ["¶ a", "- b"]


def test_tracked_changes_are_accepted_and_hidden_text_is_not_read() -> None:
    body = (
        f"<w:p>{r('Kept ')}<w:ins>{r('inserted')}</w:ins>"
        f"<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        f"<w:moveFrom>{r('moved')}</w:moveFrom><w:moveTo>{r(' here')}</w:moveTo>"
        f"{r('hidden', '<w:vanish/>')}{r('hidden', STYLED)}"
        f"{r(' shown', SHOWN)}<w:commentReference w:id='1'/></w:p>"
    )
    assert lines(body, styles=STYLES) == ["¶ Kept inserted here shown"]


def test_what_is_struck_out_is_not_read() -> None:
    styles = STYLES + (
        '<w:style w:styleId="Old"><w:name w:val="old"/><w:rPr><w:strike/></w:rPr></w:style>'
    )
    off = '<w:strike w:val="0"/>'
    body = (
        f"<w:p>{r('The toll is ')}{r('nine', '<w:strike/>')}{r('ten', '<w:dstrike/>')}"
        f"{r('six', off)}{r(' pence.')}</w:p>{p('Formerly free.', 'Old')}"
        f"<w:p><w:pPr><w:pStyle w:val='Old'/></w:pPr>{r('Still', off)}</w:p>"
    )
    assert lines(body, styles=styles) == ["¶ The toll is six pence.", "¶ Still"]


ON = "<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"
OFF = "<w:checkBox><w:default w:val='0'/></w:checkBox>"


def test_boxes_of_old_and_new_forms_are_ticked_or_not() -> None:
    def old(inside: str) -> str:
        data = f"<w:ffData><w:name w:val='x'/>{inside}</w:ffData>"
        return (
            f"<w:r><w:fldChar w:fldCharType='begin'>{data}</w:fldChar></w:r>"
            "<w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
            "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
        )

    def new(value: int) -> str:
        box = f"<w14:checkbox xmlns:w14='w14'><w14:checked w14:val='{value}'/></w14:checkbox>"
        return f"<w:sdt><w:sdtPr>{box}</w:sdtPr><w:sdtContent>{r('☒')}</w:sdtContent></w:sdt>"

    entries = "<w:ddList><w:result w:val='1'/><w:listEntry w:val='Red'/><w:listEntry w:val='Blue'/>"
    body = (
        f"<w:p>{r('Heated: ')}{old(ON)}"
        f"{r(' yes ')}{old(OFF)}{r(' no')}</w:p>"
        f"<w:p>{r('Lit: ')}{new(1)}{r(' yes ')}{new(0)}{r(' no')}</w:p>"
        f"<w:p>{r('Colour: ')}{old(entries + '</w:ddList>')}</w:p>"
    )
    assert lines(body) == ["¶ Heated: [x] yes [ ] no", "¶ Lit: [x] yes [ ] no", "¶ Colour: Blue"]


def test_raised_and_lowered_figures_have_signs_of_their_own() -> None:
    styles = STYLES + (
        f'<w:style w:styleId="Up"><w:name w:val="up"/><w:rPr>{RAISED}</w:rPr></w:style>'
    )
    low, up = '<w:vertAlign w:val="subscript"/>', '<w:rStyle w:val="Up"/>'
    body = (
        f"<w:p>{r('In 1904')}{r('12', up)}{r(' some 3,500')}"
        f"{r('2,3', RAISED)}{r(' m')}{r('2', RAISED)}{r(' of CO')}{r('2', low)}{r(', 101')}"
        f"{r('2', low)}{r(', 19')}{r('th', RAISED)}</w:p>"
    )
    assert lines(body, styles=styles) == ["¶ In 1904¹² some 3,500²,³ m² of CO2, 101₂, 19th"]


def test_what_stands_between_the_letters_is_kept() -> None:
    body = (
        "<w:p><w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:tab/><w:t>a</w:t><w:br/>"
        "<w:t>b soft</w:t><w:softHyphen/><w:t>ened</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGEREF x</w:instrText>"
        "</w:r><w:r><w:t> 12</w:t></w:r><w:hyperlink><w:r><w:t> link</w:t></w:r></w:hyperlink>"
        f"{r(' 10')}{r('6', RAISED)}</w:p>"
    )
    assert lines(body) == ["¶ co-op a\nb softened 12 link 10⁶"]


@pytest.mark.parametrize(
    ("font", "code", "text"),
    [
        ("Symbol", "F0B3", "≥"),
        ("Symbol", "00B3", "≥"),
        ("Symbol", "F06D", "μ"),
        ("Symbol", "F0E5", "∑"),
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings", "F021", ""),
        ("Webdings", "F0FC", ""),
        ("Symbol", "zz", ""),
        ("Symbol", "", ""),
    ],
)
def test_characters_of_symbol_fonts_are_written_as_what_they_look_like(
    font: str, code: str, text: str
) -> None:
    sym = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    assert lines(f"<w:p>{r('a')}{sym}{r('b')}</w:p>") == [f"¶ a{text}b"]


def test_a_chart_is_a_table_after_its_paragraph() -> None:
    drawing = '<w:r><w:drawing><c:chart xmlns:c="c" r:id="k"/></w:drawing></w:r>'
    body = f"<w:p>{drawing}{r('See below.')}{drawing}</w:p>" + p("After")
    series = (
        "<c:ser><c:tx><c:v>Share</c:v></c:tx><c:val><c:numLit><c:formatCode>0%</c:formatCode>"
        '<c:pt idx="0"><c:v>0.4</c:v></c:pt></c:numLit></c:val><c:cat><c:strLit><c:pt idx="0">'
        "<c:v>North</c:v></c:pt></c:strLit></c:cat></c:ser>"
    ).replace("<c:tx><c:v>Share</c:v>", '<c:tx><c:pt idx="0"><c:v>Share</c:v></c:pt>')
    parts = docx_parts(body)
    parts["word/_rels/document.xml.rels"] = rels([("k", "chart", "charts/c.xml")])
    parts["word/charts/c.xml"] = f'<c:chartSpace xmlns:c="c">{series}</c:chartSpace>'
    parsed = parse_docx(zipped(parts), LIMITS)
    check_sound(parsed)
    assert outline(parsed) == ["¶ See below.", "| Share", "| North | Share: 40%", "¶ After"]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing>" + box + "</w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict>"
        + box
        + "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        + r("Around it")
        + "</w:p>"
        + p("After")
    )
    assert lines(body) == ["¶ Around it", "¶ In the box", "¶ After"]


def test_notes_follow_the_paragraph_they_belong_to() -> None:
    body = (
        f"<w:p>{r('Claim')}<w:r><w:footnoteReference w:id='2'/></w:r>{r(' goes on.')}"
        "<w:r><w:endnoteReference w:id='2'/><w:footnoteReference w:id='9'/></w:r></w:p>" + p("Next")
    )
    notes = (
        f'<w:footnote w:type="separator" w:id="0">{p("line")}</w:footnote>'
        f'<w:footnote w:id="2">{p("Source.")}{p("Page 3.")}</w:footnote>'
    )
    assert lines(body, footnotes=notes, endnotes=f'<w:endnote w:id="2">{p("E.")}</w:endnote>') == [
        "¶ Claim goes on.", "¶ Footnote: Source. Page 3.", "¶ Endnote: E.", "¶ Next",
    ]  # fmt: skip


def test_content_controls_are_read_and_the_table_of_contents_is_not() -> None:
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('Inside')}</w:sdtContent></w:sdt>"
    assert lines(body + p("Findings 3", "TOC1"), styles=STYLES) == ["¶ Inside"]


def test_merged_cells_say_theirs_in_every_row_and_column() -> None:
    down = '<w:tcPr><w:vMerge w:val="{}"/></w:tcPr>{}'
    body = tbl(
        ("Region", "Year", "Tonnes"),
        (down.format("restart", p("North")), "2017", "1"),
        (down.format("continue", "<w:p/>"), "2018", "2"),
        ('<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("All"), "3"),
        ('<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>' + p("Source: own"),),
    )
    assert lines(body) == [
        "| Region | Year | Tonnes",
        "| Region: North | Year: 2017 | Tonnes: 1",
        "| Region: North | Year: 2018 | Tonnes: 2",
        "| Region: All | Year: All | Tonnes: 3",
        "| Source: own",
    ]


def test_headers_of_two_rows_are_put_together() -> None:
    head = "<w:trPr><w:tblHeader/></w:trPr>"
    span = f'<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("People")}'
    body = (
        f"<w:tbl><w:tr>{head}<w:tc>{p('Town')}</w:tc><w:tc>{span}</w:tc></w:tr>"
        f"<w:tr>{head}<w:tc><w:p/></w:tc><w:tc>{p('Men')}</w:tc><w:tc>{p('Women')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{p('Lima')}</w:tc><w:tc>{p('1')}</w:tc><w:tc>{p('2')}</w:tc></w:tr></w:tbl>"
    )
    assert lines(body) == [
        "| Town | People Men | People Women",
        "| Town: Lima | People Men: 1 | People Women: 2",
    ]


def test_figures_below_words_tell_a_header_of_two_columns() -> None:
    assert lines(tbl(("Year", "Tonnes"), ("2017", "1")))[1] == "| Year: 2017 | Tonnes: 1"


def test_two_columns_of_words_have_no_header_unless_it_stands_out() -> None:
    rows = (("Name", "Ada"), ("City", "London"))
    assert lines(tbl(*rows)) == ["| Name | Ada", "| City | London"]
    bold = [f"<w:p>{r(text, '<w:b/>')}</w:p>" for text in rows[0]]
    assert lines(tbl(bold, rows[1])) == ["| Name | Ada", "| Name: City | Ada: London"]
    styled = '<w:tblPr><w:tblStyle w:val="Grid"/><w:tblLook w:val="04A0"/></w:tblPr>'
    body = tbl(*rows).replace("<w:tbl>", f"<w:tbl>{styled}")
    assert lines(body, styles=STYLES)[1] == "| Name: City | Ada: London"
    plain = body.replace("04A0", "zzzz")
    assert lines(plain, styles=STYLES)[1] == "| City | London"


def test_a_row_as_wide_as_the_table_is_not_put_under_a_header() -> None:
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    body = tbl(
        (wide + p("Table 1: Seizures"),),
        ("Year", "Tonnes"),
        ("2017", "1"),
        (wide + p("North"),),
        ("2018", "2"),
    )
    assert lines(body) == [
        "¶ Table 1: Seizures", "| Year | Tonnes", "| Year: 2017 | Tonnes: 1", "| North",
        "| Year: 2018 | Tonnes: 2",
    ]  # fmt: skip


def test_a_row_as_wide_as_the_table_in_bold_is_not_its_header() -> None:
    bold = f"<w:p>{r('Names', '<w:b/>')}</w:p>"
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    assert lines(tbl((wide + bold,), ("Ada", "London"), ("Bob", "Rome"))) == [
        "¶ Names", "| Ada | London", "| Bob | Rome",
    ]  # fmt: skip


def test_a_table_in_a_cell_is_told_in_its_line_and_deleted_rows_are_gone() -> None:
    inner = tbl(("in 1", "in 2"), ("in 3", "in 4"))
    body = tbl(("a", f"{inner}<w:p/>"), ("b", "c")).replace("</w:tbl>" + "", "</w:tbl>", 1)
    gone = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>{p('gone')}</w:tc></w:tr>"
    assert lines(body[: -len("</w:tbl>")] + gone + "</w:tbl>") == [
        "| a | in 1 / in 2; in 3 / in 4", "| b | c",
    ]  # fmt: skip


def test_a_table_that_only_lays_out_a_page_is_read_through() -> None:
    body = tbl(("<w:p/>" + p("Heading", "H2") + p("Text."),), (p("More."),))
    assert lines(body, styles=STYLES) == ["## Heading", "¶ Text.", "¶ More."]
    long = tbl((p("Left", "H2") + p("word " * 300), p("Right")))
    assert [line[:8] for line in lines(long, styles=STYLES)] == ["## Left", "¶ word w", "¶ Right"]


def test_repeating_merged_cells_cannot_blow_up() -> None:
    span = '<w:tcPr><w:gridSpan w:val="63"/></w:tcPr>'
    body = p("x" * 100)
    for _ in range(12):
        body = tbl((span + body, span + p("y")), ("a", "b"))
    assert len("".join(lines(body))) < 40_000
    wide = tbl(*[(span + p("z" * 900), "b")] * 1000)
    with pytest.raises(UnreadableError, match="--max-characters"):
        parse_docx(docx(wide), ParseLimits(characters=1_000_000))


def test_title_and_date_are_what_the_file_says() -> None:
    parts = docx_parts(p("Text."))
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    parts["_rels/.rels"] = rels([("r1", "officeDocument", "word/document.xml")]).replace(
        "</Rel", f'<Relationship Id="c" Type="{kind}" Target="docProps/core.xml"/></Rel'
    )
    parts["docProps/core.xml"] = core("A &amp; B", "2018-03-01T10:00:00Z", "2017-01-01T00:00:00Z")
    parsed = parse_docx(zipped(parts), LIMITS)
    assert (parsed.title, parsed.date) == ("A & B", "2018-03-01")
    parts["docProps/core.xml"] = core("Word Document", "soon", "2017-01-01T00:00:00Z")
    parsed = parse_docx(zipped(parts), LIMITS)
    assert (parsed.title, parsed.date) == ("", "2017-01-01")
    parts["docProps/core.xml"] = "<broken"
    assert parse_docx(zipped(parts), LIMITS).title == ""


def test_text_from_right_to_left_and_combining_marks_are_kept() -> None:
    text = "שלום العربية e\u0301 n\u0303 \u202bx\u202c 👩\u200d🚀"
    assert lines(p(text)) == [f"¶ {text}"]


def test_characters_no_text_has_do_not_come_through() -> None:
    assert lines(p("a\u200bb\u00adc\ufeffd\u00a0e")) == ["¶ abcd e"]
    with pytest.raises(UnreadableError, match="damaged"):
        lines(p("MARK").replace("MARK", "&#xD800;"))
    with pytest.raises(UnreadableError, match="damaged"):
        lines(p("a\0b"))


@pytest.mark.parametrize("body", ["", "<w:p/>", p(" \n "), tbl(("", ""))])
def test_a_document_without_text_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        parse_docx(docx(body), LIMITS)


@pytest.mark.parametrize("missing", ["styles", "numbering", "footnotes"])
def test_a_part_that_is_missing_is_done_without(missing: str) -> None:
    parts = docx_parts(p("Text.", "H2"), styles=STYLES, numbering=NUMBERING, footnotes="")
    del parts[f"word/{missing}.xml"]
    assert parse_docx(zipped(parts), LIMITS).text == "Text."


FULL = docx_parts(
    p("Survey", "T")
    + numbered("Roads", 1)
    + tbl(("Year", "Tonnes"), ("2017", '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("1")))
    + f"<w:p>{r('Claim')}<w:r><w:footnoteReference w:id='2'/></w:r></w:p>",
    styles=STYLES,
    numbering=NUMBERING,
    footnotes=f'<w:footnote w:id="2">{p("Source.")}</w:footnote>',
)


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
    parts = damaged(data, FULL)
    with contextlib.suppress(UnreadableError):
        check_sound(parse_docx(zipped(parts), LIMITS))


def headed(*parts: str, section: str = "", even: bool = False) -> list[str]:
    """Outline a document with these headers and footers: "kind type text"."""
    made = docx_parts(p("Body."))
    links, references = [("s", "settings", "settings.xml")], ""
    for number, part in enumerate(parts):
        kind, place, text = part.split(" ", 2)
        links.append((f"h{number}", kind, f"{kind}{number}.xml"))
        references += f'<w:{kind}Reference r:id="h{number}" w:type="{place}"/>'
        inside = text if text.startswith("<") else p(text)
        made[f"word/{kind}{number}.xml"] = f'<w:hdr xmlns:w="{W}">{inside}</w:hdr>'
    switch = "<w:evenAndOddHeaders/>" if even else ""
    made["word/settings.xml"] = f'<w:settings xmlns:w="{W}">{switch}</w:settings>'
    made["word/_rels/document.xml.rels"] = rels(links)
    body = str(made["word/document.xml"])
    made["word/document.xml"] = body.replace(
        "<w:sectPr/>", f"<w:sectPr>{references}{section}</w:sectPr>"
    )
    return outline(parse_docx(zipped(made), LIMITS))


def test_headers_and_footers_stand_at_the_end_each_once() -> None:
    assert headed(
        "footer default Version of 3 May",
        "header default File 17/1994",
        "header default File 17/1994",
        "footer default Page 1 of 3",
    ) == ["¶ Body.", "# Header and footer", "¶ File 17/1994", "¶ Version of 3 May"]


def test_headers_of_first_and_even_pages_count_where_they_are_switched_on() -> None:
    parts = ("header first The first", "header even The even")
    assert headed(*parts) == ["¶ Body."]
    shown = headed(*parts, section="<w:titlePg/>", even=True)
    assert shown[2:] == ["¶ The first", "¶ The even"]


def test_a_damaged_header_is_no_reason_to_refuse_a_document() -> None:
    assert headed("header default <w:p>", "footer default Kept") == [
        "¶ Body.", "# Header and footer", "¶ Kept",
    ]  # fmt: skip
