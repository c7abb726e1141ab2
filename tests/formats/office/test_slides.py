import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.office.slides import parse_pptx
from qa.formats.parsed import UnreadableError
from qa.schema import Document
from qa.settings import ParseLimits
from tests.formats.make_office import (
    check_sound,
    damaged,
    outline,
    pptx,
    pptx_parts,
    rels,
    shape,
    slide,
    strict,
    zipped,
)

LIMITS = ParseLimits()


def lines(*shapes: str) -> list[str]:
    parsed = parse_pptx(pptx([slide("".join(shapes))]), LIMITS)
    check_sound(parsed)
    return outline(parsed)


def cell(text: str, attributes: str = "") -> str:
    return f"<a:tc {attributes}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def graphic(inside: str) -> str:
    data = f"<a:graphicData>{inside}</a:graphicData>"
    return f"<p:graphicFrame><a:graphic>{data}</a:graphic></p:graphicFrame>"


def grid(*rows: str, first_row: str = "0") -> str:
    inside = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    return graphic(f'<a:tbl><a:tblPr firstRow="{first_row}"/>{inside}</a:tbl>')


def chart_part(*series: tuple[str, str, tuple[str, ...]]) -> str:
    """Write a chart of two categories: of each series its name, format code and values."""

    def points(*values: str) -> str:
        return "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate(values) if v)

    written = "".join(
        f"<c:ser><c:tx><c:strCache>{points(name)}</c:strCache></c:tx>"
        f"<c:cat><c:strCache>{points('2017', '2018.50')}</c:strCache></c:cat><c:val><c:numCache>"
        f"<c:formatCode>{code}</c:formatCode>{points(*values)}</c:numCache></c:val></c:ser>"
        for name, code, values in series
    )
    title = "<c:title><a:p><a:r><a:t>Seizures</a:t></a:r></a:p></c:title>"
    return (
        f'<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart>{title}<c:plotArea>{written}</c:plotArea>'
        "</c:chart></c:chartSpace>"
    )


DECK = [
    slide(shape("Bullet A\nBullet B", "body") + shape("Slide one", "title")),
    slide(shape("Secret"), hidden=True),
    slide(shape("Slide three", "ctrTitle") + shape("Under it", "subTitle") + shape("A box")),
    slide(""),
    slide(shape("The end", "title")),
]
NOTES = {
    0: slide(
        shape("Say this.\nAnd that.", "body") + shape("7", "sldNum") + shape("", "sldImg"),
        root="notes",
    )
}


def test_every_slide_is_a_page_with_its_title_first() -> None:
    parsed = parse_pptx(pptx(DECK, NOTES), LIMITS)
    check_sound(parsed)
    assert parsed.text == (
        "Slide one\n\nBullet A\nBullet B\n\nNotes\n\nSay this.\n\nAnd that.\n\n"
        "Slide three\n\nUnder it\n\nA box\n\nThe end"
    )
    assert [(b.kind, b.level) for b in parsed.blocks] == [
        ("heading", 1), ("item", 0), ("item", 0), ("heading", 2), ("paragraph", 0),
        ("paragraph", 0), ("heading", 1), ("paragraph", 0), ("paragraph", 0), ("heading", 1),
    ]  # fmt: skip
    assert parsed.title == "Slide one"


def test_pages_are_numbered_as_powerpoint_does_with_hidden_slides() -> None:
    parsed = parse_pptx(pptx(DECK, NOTES), LIMITS)
    document = Document("d", "", parsed.text, "", parsed.pages)
    numbers = {
        word: document.page_of(parsed.text.index(word))
        for word in ("Slide one", "And that", "Slide three", "A box", "The end")
    }
    assert numbers == {
        "Slide one": 1, "And that": 1, "Slide three": 3, "A box": 3, "The end": 5,
    }  # fmt: skip
    assert len(parsed.pages) == 5


def test_what_is_struck_out_is_left_out_and_figures_keep_their_place() -> None:
    runs = "".join(
        f"<a:r><a:rPr {look}/><a:t>{words}</a:t></a:r>"
        for look, words in (
            ("", "The ferry costs "),
            ('strike="sngStrike"', "4"),
            ('strike="noStrike"', "5"),
            ('baseline="30000"', "2"),
            ("", " marks, in base 10"),
            ('baseline="-25000"', "2"),
        )
    )
    body = f"<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:txBody><a:p>{runs}</a:p></p:txBody></p:sp>"
    assert lines(body) == ["¶ The ferry costs 5² marks, in base 10₂"]


def test_a_hidden_first_slide_has_a_number() -> None:
    parsed = parse_pptx(pptx([DECK[1], DECK[4]]), LIMITS)
    assert Document("d", "", parsed.text, "", parsed.pages).page_of(0) == 2


def test_a_strict_file_reads_the_same() -> None:
    data = pptx(DECK, NOTES)
    assert parse_pptx(strict(data), LIMITS) == parse_pptx(data, LIMITS)


def test_what_every_slide_repeats_is_left_out() -> None:
    assert lines(shape("9", "sldNum"), shape("1 May", "dt"), shape("x")) == ["¶ x"]


def test_a_footer_is_told_once() -> None:
    deck = [slide(shape("x") + shape(footer, "ftr")) for footer in ("(c) A", "(c) A", "(c) B")]
    parsed = parse_pptx(pptx(deck), LIMITS)
    assert parsed.text.split("\n\n") == ["x", "(c) A", "x", "x", "(c) B"]


def test_shapes_in_groups_are_read_and_hidden_and_fallback_ones_are_not() -> None:
    hidden = shape("no").replace('name="n"', 'name="n" hidden="1"')
    assert lines(
        f"<p:grpSp><p:grpSp>{shape('deep')}</p:grpSp>{hidden}</p:grpSp>",
        f"<mc:AlternateContent><mc:Choice>{shape('once')}</mc:Choice>"
        f"<mc:Fallback>{shape('once')}</mc:Fallback></mc:AlternateContent>",
    ) == ["¶ deep", "¶ once"]


def test_tables_have_headers_and_merged_cells_repeat() -> None:
    assert lines(
        grid(
            cell("Region") + cell("2017") + cell("2018"),
            cell("North", 'rowSpan="2"') + cell("1") + cell("2"),
            cell("", 'vMerge="1"') + cell("3", 'gridSpan="2"') + cell("", 'hMerge="1"'),
            first_row="1",
        )
    ) == [
        "| Region | 2017 | 2018",
        "| Region: North | 2017: 1 | 2018: 2",
        "| Region: North | 2017: 3 | 2018: 3",
    ]


def test_numbered_lists_are_numbered() -> None:
    numbers = '<a:pPr{}><a:buAutoNum type="{}"/></a:pPr>'
    assert lines(shape("a\nb", "body", numbers.format("", "arabicPeriod"))) == ["- 1. a", "- 2. b"]
    assert lines(shape("a\nb", None, numbers.format(' lvl="1"', "alphaLcParenR"))) == [
        "- a) a", "- b) b",
    ]  # fmt: skip
    assert lines(shape("a", None, '<a:pPr><a:buChar char="•"/></a:pPr>')) == ["- a"]


def test_the_number_of_an_item_is_text_but_not_its_content() -> None:
    numbers = '<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr>'
    parsed = parse_pptx(pptx([slide(shape("One.\nTwo.", "body", numbers))]), LIMITS)
    assert parsed.text == "1. One.\n2. Two."
    assert [parsed.text[b.content : b.end] for b in parsed.blocks] == ["One.", "Two."]


def test_line_breaks_do_not_part_a_title() -> None:
    broken = shape("MARK", "title").replace("MARK</a:t></a:r>", "One</a:t></a:r><a:br/><a:r>"
                                            "<a:t>title</a:t></a:r>")  # fmt: skip
    assert lines(broken) == ["# One title"]


def test_the_words_of_a_diagram_are_read() -> None:
    frame = graphic('<d:relIds xmlns:d="d" xmlns:r="r" r:dm="d"/>')
    parts = dict(pptx_parts([slide(frame + shape("T", "title"))]))
    parts["ppt/slides/_rels/slide1.xml.rels"] = rels([("d", "diagramData", "../diagrams/d.xml")])
    text = "<d:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></d:t>"
    parts["ppt/diagrams/d.xml"] = (
        f'<d:dataModel xmlns:d="d" xmlns:a="a"><d:ptLst><d:pt>{text}</d:pt>'
        f'<d:pt type="sibTrans">{text}</d:pt></d:ptLst></d:dataModel>'
    )
    assert outline(parse_pptx(zipped(parts), LIMITS)) == ["# T", "- Plan"]


def with_chart(chart: str) -> list[str]:
    frame = graphic('<c:chart xmlns:c="c" xmlns:r="r" r:id="c"/>')
    parts = dict(pptx_parts([slide(shape("T", "title") + frame)]))
    parts["ppt/slides/_rels/slide1.xml.rels"] = rels([("c", "chart", "../charts/c.xml")])
    parts["ppt/charts/c.xml"] = chart
    return outline(parse_pptx(zipped(parts), LIMITS))


def test_the_numbers_of_a_chart_are_read_as_it_shows_them() -> None:
    chart = chart_part(
        ("Tonnes", "#,##0.0", ("1012.5", "25.899999999999999")), ("Share", "0%", ("0.4",))
    )
    assert with_chart(chart) == [
        "# T", "¶ Seizures", "| Tonnes | Share", "| 2017 | Tonnes: 1,012.5 | Share: 40%",
        "| 2018.50 | Tonnes: 25.9",
    ]  # fmt: skip


def test_a_chart_without_names_has_no_header() -> None:
    assert with_chart(chart_part(("", "General", ("5.10", "6")))) == [
        "# T", "¶ Seizures", "| 2017 | 5.1", "| 2018.50 | 6",
    ]  # fmt: skip


def test_a_chart_that_is_not_there_is_done_without() -> None:
    frame = graphic('<c:chart xmlns:c="c" xmlns:r="r" r:id="gone"/>')
    assert lines(frame, shape("x")) == ["¶ x"]


def at(left: int, top: int, inside: str) -> str:
    """Put a shape, a group or a table at a place, in millimetres."""
    place = f'<a:xfrm><a:off x="{left * 36_000}" y="{top * 36_000}"/></a:xfrm>'
    start = inside.index(">") + 1
    if (name := inside[1 : start - 1]) != "p:graphicFrame":
        place = f"<{name}Pr>{place}</{name}Pr>"
    return inside[:start] + place + inside[start:]


def test_shapes_are_read_by_rows_from_the_top_and_the_left() -> None:
    assert lines(
        at(10, 90, shape("last")),
        at(100, 50, shape("right")),
        at(10, 53, shape("left, a little lower")),
        at(10, 70, grid(cell("a") + cell("b"))),
        at(-5, -5, shape("above the slide")),
        at(10, 60, f"<p:grpSp>{at(5, 900, shape('2'))}{at(5, 800, shape('1'))}</p:grpSp>"),
    ) == [
        "¶ above the slide", "¶ left, a little lower", "¶ right", "¶ 1", "¶ 2", "| a | b", "¶ last",
    ]  # fmt: skip


def test_placeholders_come_before_other_shapes_in_their_own_order() -> None:
    assert lines(
        at(0, 0, shape("box")),
        at(0, 80, shape("first", "body")),
        shape("second", "body"),
        shape("Title", "title"),
    ) == ["# Title", "- first", "- second", "¶ box"]


def test_hidden_groups_and_tables_are_not_read() -> None:
    hidden = '<p:{0}><p:cNvPr id="1" name="n" hidden="1"/></p:{0}>'
    group = f"<p:grpSp>{hidden.format('nvGrpSpPr')}{shape('no')}</p:grpSp>"
    table = grid(cell("no")).replace("Frame>", f"Frame>{hidden.format('nvGraphicFramePr')}", 1)
    assert lines(group, table, shape("x")) == ["¶ x"]


def test_a_slide_that_shows_itself_again_and_again_is_refused() -> None:
    parts = dict(pptx_parts([slide(shape("word " * 2000))]))
    entry = '<p:sldId id="257" r:id="s1"/>'
    parts["ppt/presentation.xml"] = str(parts["ppt/presentation.xml"]).replace(entry, entry * 9000)
    with pytest.raises(UnreadableError, match="over the limit of 4 MB"):
        parse_pptx(zipped(parts), ParseLimits(unpacked_bytes=4_000_000))


def test_missing_slides_and_no_text() -> None:
    parts = dict(pptx_parts(DECK))
    del parts["ppt/slides/slide5.xml"]
    assert parse_pptx(zipped(parts), LIMITS).text.startswith("Slide three")
    with pytest.raises(UnreadableError, match="empty"):
        parse_pptx(pptx([slide("")]), LIMITS)
    with pytest.raises(UnreadableError, match="empty"):
        parse_pptx(pptx([]), LIMITS)


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_presentation_is_read_or_refused(data: st.DataObject) -> None:
    parts = damaged(data, pptx_parts(DECK, NOTES))
    with contextlib.suppress(UnreadableError):
        check_sound(parse_pptx(zipped(parts), LIMITS))
