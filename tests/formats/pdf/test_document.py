"""PDFs: that the text reads as the page does, and that every word of it is found on the page."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from qa.formats.parsed import Parsed, UnreadableError
from qa.formats.pdf.document import parse_pdf, render_page
from qa.formats.pdf.file import Box
from qa.formats.pdf.words import is_vertical
from qa.schema import Span
from qa.settings import ParseLimits
from tests.formats.make_pdf import (
    HEIGHT,
    LEADING,
    Draw,
    objects,
    one_page,
    pdf,
    show,
    stream,
    text,
    write,
)

LIMITS = ParseLimits()
PROSE = (
    "The committee met in March and heard eleven witnesses from four countries. It found that "
    "the harbour had not been dredged for nine years, although money for it was set aside each "
    "winter. No one could say where the money went. The clerk kept two ledgers, and one of them "
    "is lost. "
)


def parse(data: bytes) -> Parsed:
    parsed = parse_pdf(data, LIMITS)
    check(parsed)
    return parsed


def check(parsed: Parsed) -> None:
    """What holds for whatever was parsed."""
    text, blocks = parsed.text, parsed.blocks
    assert text
    assert not set(text) & set(map(chr, (0, 2, 0xAD, 0xFFFE, 0x200B, 0xFEFF)))
    assert not any(0xD800 <= ord(character) < 0xE000 for character in text)
    ends = [0, *(block.end for block in blocks)]
    starts = [*(block.start for block in blocks), len(text)]
    for end, start in zip(ends, starts, strict=True):
        assert end <= start
        assert not text[end:start].strip()
    for block in blocks:
        assert block.start <= block.content < block.end
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        assert (block.level > 0) == (block.kind == "heading")
    assert parsed.pages[0] == 0
    assert all(one <= other <= len(text) for one, other in pairwise(parsed.pages))
    check_layout(parsed)


def check_layout(parsed: Parsed) -> None:
    runs = json.loads(parsed.layout)
    assert all(one[0] + one[1] <= other[0] for one, other in pairwise(runs))
    for start, length, page, _ in runs:
        assert 0 <= start < start + length <= len(parsed.text)
        first = parsed.pages[page - 1]
        after = [*parsed.pages, len(parsed.text) + 1][page]
        assert first <= start < after


def blocks_of(parsed: Parsed) -> list[tuple[str, str]]:
    return [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]


def texts_of(parsed: Parsed) -> list[str]:
    return [words for _, words in blocks_of(parsed)]


def wrapped(words: str, width: float = 300) -> list[str]:
    return list(simpleSplit(words, "Helvetica", 10, width))


def message(data: bytes, limits: ParseLimits = LIMITS) -> str:
    with pytest.raises(UnreadableError) as caught:
        parse_pdf(data, limits)
    return str(caught.value)


# Text


def raised_run(canvas: Canvas, parts: list[tuple[str, float, float]], *, y: float = 600) -> None:
    """Draw pieces of one line: words, size, and by how much they are raised."""
    line = canvas.beginText(60, y)
    for words, size, rise in parts:
        line.setFont("Helvetica", size)
        line.setRise(rise)
        line.textOut(words)
    canvas.drawText(line)


def spelled(canvas: Canvas, parts: list[tuple[str, float, float]], *, y: float = 600) -> None:
    """Draw the same pieces each with an operator of its own, as other programs do."""
    x = 60.0
    for words, size, rise in parts:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y + rise, words)
        x += canvas.stringWidth(words, "Helvetica", size)


@pytest.mark.parametrize("draw", [raised_run, spelled])
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("The quay took 2,450", 10, 0), ("7", 6, 4), (" barrels.", 10, 0)], "2,450⁷ barrels."),
        ([("A tank of 30 m", 11, 0), ("3", 7, 4), (", no more.", 11, 0)], "30 m³, no more."),
        ([("It holds 10", 10, 0), ("-9", 6.5, 3.3), (" farad.", 10, 0)], "10⁻⁹ farad."),
        ([("Written 101", 10, 0), ("2", 6, -2), (" in two's.", 10, 0)], "101₂ in two's."),
        ([("Of CO", 10, 0), ("2", 6, -2), (" a tenth.", 10, 0)], "Of CO2 a tenth."),
        ([("Built in 1931.", 10, 0), ("12", 6, 4), (" Sold.", 10, 0)], "1931.¹² Sold."),
        ([("Size 10, then ", 10, 0), ("8 points", 8, 0), (" 1990", 12, 0)], "then 8 points 1990"),
    ],
)
def test_a_figure_raised_or_lowered_is_no_part_of_the_one_before(
    draw: Callable[[Canvas, list[tuple[str, float, float]]], None],
    parts: list[tuple[str, float, float]],
    expected: str,
) -> None:
    data = pdf(lambda canvas: draw(canvas, parts))
    parsed = parse(data)
    assert expected in parsed.text
    mark = next((at for at, sign in enumerate(parsed.text) if sign in "⁷³⁹₂"), None)
    if mark is not None:
        boxes = render_page(data, parsed.layout, 1, Span(mark, mark + 1)).boxes
        assert len(boxes) == 1
        assert boxes[0][2] - boxes[0][0] < 0.02


@pytest.mark.parametrize(
    ("figure", "left"),
    [("302000001", 130), ("12", 260)],  # a product's number close by; a small figure far off
)
def test_a_small_figure_of_its_own_is_not_raised(figure: str, left: float) -> None:
    def draw(canvas: Canvas) -> None:
        for y in (600, 580, 560):
            canvas.setFont("Helvetica", 12)
            canvas.drawString(72, y, "Noodles 7")
            canvas.setFont("Helvetica", 7)
            canvas.drawString(left, y + 4, figure)

    assert parse(pdf(draw)).text.count(figure) == 3


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_raised_figure_is_told_on_a_turned_page(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(angle)
        for y in (0, -20, -40):
            spelled(canvas, [("It took 4,100", 10, 0), ("2", 6, 4), (" sacks.", 10, 0)], y=y)

    # PDFium breaks some turned lines at the figure: it is a word of its own then.
    words = parse(pdf(draw)).text
    assert words.count("²") == 3
    assert "4,1002" not in words


def test_wrapped_lines_read_as_running_text() -> None:
    parsed = parse(pdf(text(*wrapped(PROSE))))
    assert blocks_of(parsed) == [("paragraph", PROSE.strip())]


def test_paragraphs_part_at_gaps_indents_and_lines_that_end_early() -> None:
    first, second = wrapped(PROSE), wrapped(PROSE.replace("March", "April"))

    def gap(canvas: Canvas) -> None:
        write(canvas, second, top=write(canvas, first) + 10)

    def indent(canvas: Canvas) -> None:
        down = write(canvas, second[:1], x=75, top=write(canvas, first))
        write(canvas, second[1:], top=down)

    for draw in (gap, indent, text(*first, *second)):
        assert texts_of(parse(pdf(draw))) == [" ".join(first), " ".join(second)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("a hyphen-", "ated word"), "a hyphenated word"),
        (("a well-known one, and a well-", "known one"), "a well-known one, and a well-known one"),
        (("an Anglo-", "Saxon king"), "an Anglo-Saxon king"),
        (("the years 1910-", "1912 were dry"), "the years 1910-1912 were dry"),
        (("both pre-", "and post-war houses"), "both pre- and post-war houses"),
        (("a state-of-the-", "art machine"), "a state-of-the-art machine"),
        (("either/", "or is not both"), "either/or is not both"),
    ],
)
def test_words_parted_at_a_lines_end_are_made_whole(lines: tuple[str, str], expected: str) -> None:
    filler = "and so on until the line is as long as a line of this page would be, or so "
    first, second = lines
    assert expected in parse(pdf(text(filler + first, second + " " + filler[:50]))).text


def test_columns_are_read_one_after_the_other_however_they_are_drawn() -> None:
    left = wrapped(PROSE * 2, 220)
    right = wrapped(PROSE.replace("March", "April") * 2, 220)

    def column_by_column(canvas: Canvas) -> None:
        write(canvas, left)
        write(canvas, right, x=320)

    def row_by_row(canvas: Canvas) -> None:
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            write(canvas, [one], top=100 + number * LEADING)
            write(canvas, [other], x=320, top=100 + number * LEADING)

    for draw in (column_by_column, row_by_row):
        assert texts_of(parse(pdf(draw))) == [" ".join(left), " ".join(right)]


def test_a_justified_line_with_wide_gaps_is_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["The first line of a narrow column is set like this,"])
        for x, word in zip(
            (60, 150, 250), ("administrative", "responsibilities", "required"), strict=True
        ):
            write(canvas, [word], x=x, top=100 + LEADING)
        write(
            canvas, ["and the line after it is as long as the first one is."], top=100 + 2 * LEADING
        )

    assert texts_of(parse(pdf(draw))) == [
        "The first line of a narrow column is set like this, administrative responsibilities "
        "required and the line after it is as long as the first one is."
    ]


TABLE = [("Year", "Tonnes", "Share"), ("2017", "12.5", "40 %"), ("2018", "25.9", "60 %")]


def table(canvas: Canvas, top: float = 100) -> None:
    for number, row in enumerate(TABLE):
        for x, cell in zip((60, 160, 260), row, strict=True):
            write(canvas, [cell], x=x, top=top + number * LEADING)


def test_a_tables_cells_are_given_their_columns_names() -> None:
    assert blocks_of(parse(pdf(table))) == [
        ("row", "Year | Tonnes | Share"),
        ("row", "Year: 2017 | Tonnes: 12.5 | Share: 40 %"),
        ("row", "Year: 2018 | Tonnes: 25.9 | Share: 60 %"),
    ]


GROUPED = [
    ("2021", "2022", "2021", "2022"),
    ("118", "164", "702", "815"),
    ("440", "295", "12", "0"),
]


@pytest.mark.parametrize("beside", [-1.0, -0.5, 0.0])
def test_columns_in_groups_have_both_names(beside: float) -> None:
    """What the first column is called stands beside the groups, between the rows, or below."""

    def draw(canvas: Canvas) -> None:
        write(canvas, ["Goods"], top=100 + (1 + beside) * LEADING)
        write(canvas, ["Inbound"], x=160)
        write(canvas, ["Outbound"], x=260)
        for number, row in enumerate(GROUPED, 1):
            if number > 1:
                write(canvas, [("Grain", "Coal")[number - 2]], top=100 + number * LEADING)
            for x, cell in zip((160, 210, 260, 310), row, strict=True):
                write(canvas, [cell], x=x, top=100 + number * LEADING)

    assert texts_of(parse(pdf(draw)))[2:] == [
        "Goods: Grain | Inbound 2021: 118 | Inbound 2022: 164 | Outbound 2021: 702 | "
        "Outbound 2022: 815",
        "Goods: Coal | Inbound 2021: 440 | Inbound 2022: 295 | Outbound 2021: 12 | "
        "Outbound 2022: 0",
    ]


def test_other_names_below_each_name_are_no_groups() -> None:
    def draw(canvas: Canvas) -> None:
        rows = [
            (("Spring", 160), ("Autumn", 260)),
            (("Men", 160), ("Women", 210), ("Boys", 260), ("Girls", 310)),
            *[((f"{at}", 160), (f"{at + 1}", 210), ("4", 260), ("5", 310)) for at in (7, 8)],
        ]
        for number, row in enumerate(rows):
            for cell, x in row:
                write(canvas, [cell], x=x, top=100 + number * LEADING)

    assert not any("Spring Men" in text for text in texts_of(parse(pdf(draw))))


def test_a_cell_of_several_lines_stays_one_cell() -> None:
    def draw(canvas: Canvas) -> None:
        for number, (name, lines) in enumerate(
            [
                ("Pump", ["moves water from the har-", "bour to the sea"]),
                ("Crane", ["lifts", "stones"]),
            ]
        ):
            write(canvas, [name], top=100 + number * 40)
            write(canvas, lines, x=200, top=100 + number * 40)

    assert blocks_of(parse(pdf(draw))) == [
        ("row", "Pump | moves water from the harbour to the sea"),
        ("row", "Crane | lifts stones"),
    ]


def test_headings_have_levels_and_lists_have_items() -> None:
    def draw(canvas: Canvas) -> None:
        top = write(canvas, ["Harbours of the North"], size=20, font="Helvetica-Bold")
        top = write(canvas, ["1 Dredging"], top=top + 20, size=14, font="Helvetica-Bold")
        top = write(canvas, wrapped(PROSE), top=top + 10)
        top = write(canvas, ["Tools"], top=top + 10, font="Helvetica-Bold")
        top = write(canvas, ["1. A crane that is old"], top=top + 5)
        top = write(canvas, ["2. A pump"], top=top)
        top = write(canvas, ["(a) A rope"], top=top + 5)
        top = write(canvas, ["\u2022 A bucket"], top=top + 5)
        write(canvas, ["REPAIRS"], top=top + 20)

    parsed = parse(pdf(draw))
    assert [block.kind for block in parsed.blocks] == [
        *("heading", "heading", "paragraph", "heading"),
        *("item", "item", "item", "item", "heading"),
    ]
    assert [block.level for block in parsed.blocks if block.level] == [1, 2, 3, 4]
    contents = [parsed.text[block.content : block.end] for block in parsed.blocks]
    assert contents[4:8] == ["A crane that is old", "A pump", "A rope", "A bucket"]
    assert parsed.title == "Harbours of the North"


def test_an_items_wrapped_lines_belong_to_it() -> None:
    def draw(canvas: Canvas) -> None:
        for number, words in enumerate((PROSE, PROSE.replace("March", "April"))):
            first, *rest = wrapped(words, 280)
            top = 100 + number * (len(rest) + 1) * LEADING
            write(canvas, [f"{number + 1}."], top=top)
            write(canvas, [first, *rest], x=75, top=top)

    parsed = parse(pdf(draw))
    assert [kind for kind, _ in blocks_of(parsed)] == ["item", "item"]
    assert parsed.text.startswith("1. The committee met in March and heard eleven witnesses")


# Pages


def running(number: int, *lines: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        write(
            canvas,
            [
                "Harbours of the North",
            ],
            top=40,
            size=8,
        )
        write(canvas, [f"Chapter {number // 2}: Dredging, page {number + 4} of 90"], top=50, size=8)
        write(canvas, lines)
        write(canvas, [f"- {number + 1} -"], x=290, top=800)

    return draw


HEADER = "Harbours of the North\nChapter 0: Dredging, page 4 of 90"


def test_running_headers_are_told_once_and_page_numbers_left_out() -> None:
    parsed = parse(pdf(*(running(number, f"Case {7 * number}.") for number in range(4))))
    assert texts_of(parsed) == [HEADER, "Case 0.", "Case 7.", "Case 14.", "Case 21."]
    starts = [parsed.text[start:][:6] for start in parsed.pages]
    assert starts == ["Harbou", "Case 7", "Case 1", "Case 2"]


def test_a_running_footer_is_told_on_its_last_page_and_parts_no_sentence() -> None:
    lines = wrapped(PROSE * 2)

    def footed(*words: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            write(canvas, words)
            write(canvas, ["Printed by order of the Council, 12 Mill Lane"], top=790, size=8)

        return draw

    parsed = parse(pdf(footed(*lines[:5]), footed(*lines[5:]), footed("The end.")))
    assert texts_of(parsed) == [
        " ".join(lines),
        "The end.",
        "Printed by order of the Council, 12 Mill Lane",
    ]


def test_what_is_all_that_pages_say_is_no_running_header() -> None:
    parsed = parse(pdf(*(text(f"Locker {number}", top=40) for number in range(1, 9))))
    assert texts_of(parsed) == [f"Locker {number}" for number in range(1, 9)]


def test_a_number_that_is_not_the_pages_stays() -> None:
    pages = [text(f"Invoice {number}", "Thank you.", top=40) for number in (17, 32, 33, 80)]
    assert parse(pdf(*pages)).text.count("Invoice") == 4


def test_a_sentence_over_a_page_end_is_whole_in_one_block() -> None:
    lines = wrapped(PROSE * 2)
    note = "1 See the report of 1912, which is kept in the town hall, on the second floor."

    def first(canvas: Canvas) -> None:
        running(0, *lines[:5])(canvas)
        write(canvas, [note], top=700, size=7)

    parsed = parse(pdf(first, running(1, *lines[5:]), running(2, "The end.")))
    assert texts_of(parsed) == [HEADER, note, " ".join(lines), "The end."]
    assert parsed.text[parsed.pages[1] :].startswith(lines[5])


def test_every_page_has_a_start_also_one_without_text() -> None:
    parsed = parse(pdf(text("One."), lambda _: None, text("Three."), lambda _: None))
    assert parsed.text == "One.\n\nThree."
    assert parsed.pages == (0, 6, 6, 12)


def test_what_stands_between_two_parts_of_a_paragraph_keeps_its_page() -> None:
    lines = wrapped(PROSE * 2)

    def last(canvas: Canvas) -> None:
        write(canvas, ["Figure 3: A dredger"], top=100)
        write(canvas, lines[5:], top=130)

    parsed = parse(pdf(text(*lines[:5]), last))
    assert texts_of(parsed) == [" ".join(lines), "Figure 3: A dredger"]
    # A whole page of tables in between cannot: the paragraph stays in two.
    parted = parse(pdf(text(*lines[:5]), table, last))
    assert texts_of(parted)[0] == " ".join(lines[:5])
    assert len(set(parted.pages)) == 3


def test_text_that_runs_up_the_page_is_read_and_what_runs_aslant_is_not() -> None:
    def turned(canvas: Canvas, degrees: float, words: str) -> None:
        canvas.saveState()
        canvas.translate(5 * degrees, 200)
        canvas.rotate(degrees)
        canvas.drawString(0, 0, words)
        canvas.restoreState()

    def stamped(canvas: Canvas) -> None:
        turned(canvas, 45, "CONFIDENTIAL")
        turned(canvas, 90, "Up the side")
        write(canvas, wrapped(PROSE))

    def sideways(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.translate(0, -HEIGHT)
        table(canvas, top=400)

    parsed = parse(pdf(stamped, sideways))
    assert texts_of(parsed)[:2] == [PROSE.strip(), "Up the side"]
    assert blocks_of(parsed)[3] == ("row", "Year: 2017 | Tonnes: 12.5 | Share: 40 %")


def test_what_was_filled_into_a_form_stands_beside_its_label() -> None:
    def draw(canvas: Canvas) -> None:
        for top, label, value in ((100, "Name:", "Ada Lovelace"), (140, "Born:", "1815")):
            write(canvas, [label], top=top)
            canvas.acroForm.textfield(
                name=label, value=value, x=160, y=HEIGHT - top - 6, width=200, height=20
            )
        write(canvas, wrapped(PROSE), top=200)

    data = pdf(draw)
    parsed = parse(data)
    assert "Name: Ada Lovelace" in parsed.text.replace(" | ", " ")
    start = parsed.text.index("Ada")
    drawn = render_page(data, parsed.layout, 1, Span(start, start + len("Ada Lovelace")))
    assert len(drawn.boxes) == 1


def test_ticked_boxes_of_a_form_are_told_beside_their_words() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, wrapped(PROSE), top=200)
        write(canvas, ["Heated:"], top=100)
        for x, label, ticked in ((150, "Yes", False), (250, "No", True)):
            write(canvas, [label], top=100, x=x + 16)
            canvas.acroForm.checkbox(
                name=label, checked=ticked, x=x, y=HEIGHT - 102, size=12, buttonStyle="check"
            )
        write(canvas, ["Paid"], top=140)
        canvas.acroForm.checkbox(name="p", checked=True, x=90, y=HEIGHT - 142, size=12)

    data = pdf(draw)
    words = parse(data).text.replace(" | ", " ")
    assert "Heated: [ ] Yes [x] No" in words
    assert "Paid [x]" in words
    assert "✔" not in words


def test_text_that_cannot_be_seen_is_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["The lock opens at six."], top=100)
        canvas.setFillColorRGB(1, 1, 1)
        write(canvas, ["White words on white paper."], top=130)
        canvas.setFillColorRGB(0, 0, 0)
        write(canvas, ["Words of half a point."], top=160, size=0.5)
        write(canvas, ["Words beside the page."], top=190, x=-400)
        canvas.setFillAlpha(0)
        write(canvas, ["Clear words."], top=220)
        canvas.setFillAlpha(1)
        canvas.setFillColorRGB(0.1, 0.1, 0.4)
        canvas.rect(50, HEIGHT - 295, 300, 24, fill=1, stroke=0)
        canvas.setFillColorRGB(1, 1, 1)
        write(canvas, ["White words on blue."], top=288)
        canvas.setFillColorRGB(0, 0, 0)
        line = canvas.beginText(60, HEIGHT - 350)
        line.setTextRenderMode(3)
        line.textOut("Words without ink.")
        canvas.drawText(line)

    assert texts_of(parse(pdf(draw))) == ["The lock opens at six.", "White words on blue."]


def test_the_text_layer_of_a_scan_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(Image.new("RGB", (40, 50), "gray"), 0, 0, *A4)
        line = canvas.beginText(60, 700)
        line.setTextRenderMode(3)
        line.textOut(PROSE[:100])
        canvas.drawText(line)

    assert PROSE[:90] in parse(pdf(draw)).text


def test_a_form_whose_pages_share_their_fonts_is_read() -> None:
    field = stream(
        b"BT /F 10 Tf 2 5 Td (Lovelace) Tj ET",
        b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F 4 0 R>>>>",
    )
    data = objects(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F 4 0 R>>>>>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Annots[7 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding 6 0 R>>",
        stream(b"BT /F 10 Tf 60 605 Td (ABC) Tj ET"),
        b"<</Type/Encoding/Differences[65/N/a/m]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(Lovelace)/Rect[120 600 320 620]/F 4"
        b"/AP<</N 8 0 R>>>>",
        field,
    )
    assert parse(data).text.replace(" | ", " ") == "Nam Lovelace"


def test_wide_letters_below_each_other_are_a_vertical_line() -> None:
    # No font to be had here writes downward, so that a whole file cannot be made.
    first, below, aside = Box(160, 690, 172, 702), Box(160, 590, 172, 602), Box(190, 590, 202, 602)
    assert is_vertical("わたくしといふ現象", first, below)
    assert not is_vertical("わたくしといふ現象", first, aside)
    assert not is_vertical("わたくしといふ現象", below, first)
    assert not is_vertical("A label set in steps", first, below)


def test_lines_of_code_and_of_an_address_stay_lines() -> None:
    code = ["if True:", "    print(1)"]
    address = ["Harbour Office", "12 Quay Street", "Northtown"]

    def draw(canvas: Canvas) -> None:
        top = write(canvas, wrapped(PROSE))
        top = write(canvas, code, top=top + 20, font="Courier")
        write(canvas, address, top=top + 20)

    assert texts_of(parse(pdf(draw)))[1:] == ["if True:\nprint(1)", "\n".join(address)]


def test_dots_to_a_page_number_are_one_sign() -> None:
    lines = [f"{number}.1 Chapter {'. ' * 30}{number * 9}" for number in (1, 2, 3)]
    assert texts_of(parse(pdf(text(*lines)))) == [
        f"{number}.1 Chapter … {number * 9}" for number in (1, 2, 3)
    ]


# Characters


def test_ligatures_astral_characters_and_glyphs_without_unicode() -> None:
    codes = {b"41": b"D83DDE0B", b"42": b"00660069", b"43": b"FB01", b"44": b"0000", b"45": b"00AD"}
    words = b"a A b of<x B> x<x C> n DDl e E z".replace(b"<x ", b"").replace(b">", b"")
    mapping = {b"%02x" % code: b"%04x" % code for code in b"abefflnoxz "} | codes
    parsed = parse(one_page(show(b"a A b ofB xC nDDl eEz e" + b"abe " * 4), unicode=mapping))
    assert parsed.text.startswith("a 😋 b offi xfi nl ez eabe")
    assert words
    check_characters(
        parsed, one_page(show(b"a A b ofB xC nDDl eEz e" + b"abe " * 4), unicode=mapping)
    )


def check_characters(parsed: Parsed, data: bytes) -> None:
    """Each run's characters are PDFium's."""
    document = pdfium.PdfDocument(data)
    for start, length, page, index in json.loads(parsed.layout):
        characters = document[page - 1].get_textpage()
        for at in range(length):
            code = pdfium_c.FPDFText_GetUnicode(characters.raw, index + at)
            character = parsed.text[start + at]
            if 0xD800 <= code < 0xDC00:
                low = pdfium_c.FPDFText_GetUnicode(characters.raw, index + at + 1)
                code = 0x10000 + ((code - 0xD800) << 10) + low - 0xDC00
            same = chr(code) == character or (character == "-" and code in (2, 0xFFFE))
            assert same or (character == " " and chr(code).isspace()) or code == 0xFB01
    document.close()


def test_a_page_whose_glyphs_have_no_unicode_counts_as_without_text() -> None:
    codes = {b"%02x" % code: b"0000" for code in b"abcdefghij"}
    assert "no text" in message(one_page(show(b"abcdefghij abc"), unicode=codes))


def test_hebrew_drawn_leftward_is_read_in_order() -> None:
    # "שלום עולם" as a browser draws it: the letters of the page from left to right.
    letters = "םלוע םולש"
    codes = {
        b"%02x" % (65 + at): b"%04x" % ord(letter)
        for at, letter in enumerate(letters)
        if letter != " "
    }
    codes[b"20"] = b"0020"
    content = show(bytes(65 + at if letter != " " else 32 for at, letter in enumerate(letters)))
    assert parse(one_page(content, unicode=codes)).text == "שלום עולם"


# Metadata


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Harbour survey", "Harbour survey"),
        ("Microsoft Word - Harbour survey", "Harbour survey"),
        ("Microsoft Word - survey.doc", "A Title on the Page"),
        ("untitled", "A Title on the Page"),
        ("(anonymous)", "A Title on the Page"),
        ("report_final.indd", "A Title on the Page"),
        ("Document1", "A Title on the Page"),
        ("12", "A Title on the Page"),
        ("", "A Title on the Page"),
    ],
)
def test_the_title_is_the_files_unless_it_says_nothing(title: str, expected: str) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["A Title on the Page"], size=18)
        write(canvas, wrapped(PROSE), top=160)

    assert parse(pdf(draw, title=title)).title == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (b"(D:20240229120000+01'00')", "2024-02-29"),
        (b"(2023)", "2023"),
        (b"(D:202305)", "2023-05"),
        (b"(D:20241399)", ""),
        (b"(soon)", ""),
    ],
)
def test_the_date_is_iso_or_nothing(found: bytes, expected: str) -> None:
    data = one_page(show(b"Hello"), more=[b"<</CreationDate %s>>" % found])
    assert parse(data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 7 0 R")).date == expected


# What cannot be read


def test_a_file_locked_with_a_password_says_so() -> None:
    assert "locked with a password" in message(
        pdf(text("Hi"), encrypt=StandardEncryption("secret"))
    )
    open_to_all = StandardEncryption("", ownerPassword="owner", canCopy=0)
    assert parse(pdf(text("Hi"), encrypt=open_to_all)).text == "Hi"


@pytest.mark.parametrize("data", [b"", b"hello world" * 100, b"\0" * 999, b"%PDF-1.7\n%%EOF"])
def test_rubbish_is_refused(data: bytes) -> None:
    message(data)


def test_a_file_cut_short_is_refused_or_read() -> None:
    whole = pdf(text(*wrapped(PROSE)))
    for cut in range(0, len(whole), 97):
        try:
            parse(whole[:cut])
        except UnreadableError as error:
            assert "PDF" in str(error)  # noqa: PT017


def test_pages_that_are_images_say_how_to_get_their_text() -> None:
    image = stream(
        b"\x00",
        b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
    )
    scan = one_page(
        b"q 500 0 0 700 50 50 cm /I Do Q", resources=b"/XObject<</I 7 0 R>>", more=[image]
    )
    said = message(scan)
    assert said.startswith("scanned: its one page is an image")
    assert "OCRmyPDF" in said
    assert message(pdf(lambda canvas: canvas.rect(9, 9, 9, 9))).startswith("empty")


def test_limits_are_kept() -> None:
    two = pdf(text("One."), text("Two."))
    assert "--max-pages" in message(two, ParseLimits(pages=1))
    assert "--max-characters" in message(two, ParseLimits(characters=7))


HELLO = show(b"Hello world")


def test_a_claim_of_a_million_pages_and_a_cycle_of_pages_do_no_harm() -> None:
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    catalogue = b"<</Type/Catalog/Pages 2 0 R>>"
    for kids, count in ((b"3 0 R", 1_000_000), (b"2 0 R 3 0 R", 5), (b"3 0 R 99 0 R", 2)):
        pages = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
        data = objects(catalogue, pages, page, stream(HELLO), font)
        try:
            assert parse(data).text == "Hello world"
        except UnreadableError as error:
            assert str(error)  # noqa: PT017


def test_a_form_within_itself_ends_the_worker_at_most() -> None:
    form = stream(
        b"/X Do /X Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 7 0 R>>>>",
    )
    data = one_page(HELLO + b"/X Do", resources=b"/XObject<</X 7 0 R>>", more=[form])
    program = (
        "import sys; from qa.formats.pdf.document import parse_pdf\n"
        "from qa.settings import ParseLimits\n"
        "try: import resource\n"
        "except ImportError: sys.exit(3)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (6 * 10**8, 6 * 10**8))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (2, 2))\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "parse_pdf(sys.stdin.buffer.read(), ParseLimits())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=data, capture_output=True, timeout=60
    )
    assert b"UnreadableError" in done.stderr or done.returncode != 1


# Pictures


def check_boxes(data: bytes, words: str, page: int = 1) -> int:
    """All that is red lies in the boxes of the words, and nothing that is blue does."""
    parsed = parse(data)
    start = parsed.text.index(words)
    drawn = render_page(data, parsed.layout, page, Span(start, start + len(words)))
    pixels = np.asarray(Image.open(BytesIO(drawn.png)).convert("RGB"), dtype=int)
    assert pixels.shape[:2] == (drawn.height, drawn.width)
    red = (pixels[..., 0] > 180) & (pixels[..., 1] < 90) & (pixels[..., 2] < 90)
    blue = (pixels[..., 2] > 180) & (pixels[..., 1] < 60) & (pixels[..., 0] < 60)
    inside = np.zeros_like(red)
    for left, top, right, bottom in drawn.boxes:
        across = slice(int(left * drawn.width) - 1, int(right * drawn.width) + 2)
        inside[int(top * drawn.height) - 1 : int(bottom * drawn.height) + 2, across] = True
    assert red.sum() > 50
    assert not (red & ~inside).any()
    assert not (blue & inside).any()
    return len(drawn.boxes)


COLOURED = b"""BT /F 12 Tf 16 TL 72 700 Td
0 0 1 rg (A first part, then the ) Tj 1 0 0 rg (second one, which goes on hyphen) Tj
0 0.6 0 rg (-) Tj 1 0 0 rg T* (ated) Tj 0 0 1 rg ( and ends.) Tj ET
"""


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [b"", b"/CropBox[40 600 400 750]"])
def test_boxes_hold_the_words_and_nothing_else(rotation: int, crop: bytes) -> None:
    data = one_page(COLOURED, page=b"/Rotate %d%s" % (rotation, crop))
    assert check_boxes(data, "second one, which goes on hyphenated") == 2


def test_a_page_is_never_drawn_larger_than_asked() -> None:
    for media in (b"[0 0 1000000 1000000]", b"[0 0 1000000 10]", b"[0 0 3 3]", b"[-900 -900 0 0]"):
        drawn = render_page(one_page(HELLO, media=media), "[]", 1, None, max_pixels=300)
        assert max(drawn.width, drawn.height) <= 300
        assert Image.open(BytesIO(drawn.png)).size == (drawn.width, drawn.height)
        assert drawn.boxes == ()
        assert drawn.pages == 1


def test_a_span_over_pages_is_boxed_on_each() -> None:
    lines = wrapped(PROSE)
    data = pdf(text(*lines[:3]), text(*lines[3:]))
    parsed = parse(data)
    whole = Span(0, len(parsed.text))
    drawn = [render_page(data, parsed.layout, page, whole) for page in (1, 2)]
    assert [len(image.boxes) for image in drawn] == [3, len(lines) - 3]
    heads = render_page(data, parsed.layout, 2, Span(0, parsed.pages[1]))
    assert heads.boxes == ()


def test_a_page_that_is_not_there_is_refused() -> None:
    data = pdf(text("One."))
    for page in (0, 2):
        with pytest.raises(UnreadableError, match="of a document of 1"):
            render_page(data, "[]", page, None)
    with pytest.raises(UnreadableError):
        render_page(b"rubbish", "[]", 1, None)


# Whatever is drawn

WORDS = st.lists(
    st.text("abcdefghjkmnopqrstuwyzABCDE.,;!?\u00e9\u00df", min_size=1, max_size=12),
    min_size=1,
    max_size=60,
).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(150, 450), st.booleans())
def test_the_words_come_in_order_and_each_is_where_it_was_drawn(
    paragraphs: list[str], width: int, apart: bool
) -> None:
    pages: list[Draw] = []
    # Else a line that is on all pages at one height would be a running header.
    paragraphs = [
        f"{4 * name} {words} {5 * name}" for name, words in zip("abcd", paragraphs, strict=False)
    ]
    for number, words in enumerate(paragraphs):
        lines = wrapped(words, width)
        if apart or not number:
            pages.append(text(*lines))
        else:
            earlier = pages[-1]

            def draw(
                canvas: Canvas, earlier: Draw = earlier, lines: list[str] = lines, at: int = number
            ) -> None:
                earlier(canvas)
                write(canvas, lines, top=100 + at * 120)

            pages[-1] = draw
    data = pdf(*pages)
    try:
        parsed = parse(data)
    except UnreadableError:
        return
    assert parsed.text.split() == " ".join(paragraphs).split()
    check_characters(parsed, data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 10**6))
def test_damage_is_refused_or_read(damage: bytes, at: int) -> None:
    whole = pdf(text(*wrapped(PROSE)), table)
    at %= len(whole)
    try:
        parse(whole[:at] + damage + whole[at + len(damage) :])
    except UnreadableError as error:
        assert str(error)  # noqa: PT017
