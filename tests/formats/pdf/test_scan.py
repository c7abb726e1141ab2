"""Scanned PDFs: that they read as the pages they are scans of, and that words are found on them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from qa.documents.load import SourceFile
from qa.documents.messages import (
    ParseRequest,
    RecogniseRequest,
    Request,
    Response,
    Unreadable,
)
from qa.documents.sandbox import Sandbox
from qa.formats.parsed import Parsed, PicturesError, UnreadableError
from qa.formats.pdf.document import Scan, parse_pdf, recognise_page, render_page
from qa.formats.pdf.scans import ocr
from qa.schema import ParsedDocument, SkippedFile, Span
from qa.settings import ParseLimits
from tests.formats.make_pdf import HEIGHT, WIDTH, Draw, pdf, text, write
from tests.formats.make_scan import pdf_of, pictures, scan, scanned

LIMITS = ParseLimits()
HARBOUR = (
    "The committee met in March and heard eleven witnesses from four countries. It found that "
    "the harbour had not been dredged for nine years, although 49,800 dollars were set aside "
    "each winter. No one could say where the money went."
)
LEDGER = "The clerk kept two ledgers, and one of them is lost. Nobody was charged."


def report(canvas: Canvas) -> None:
    write(canvas, ["The harbour report"], top=80, size=18, font="Helvetica-Bold")
    down = write(canvas, simpleSplit(HARBOUR, "Helvetica", 10, 400), top=130)
    write(canvas, simpleSplit(LEDGER, "Helvetica", 10, 400), top=down + 14)


def read(data: bytes, limits: ParseLimits = LIMITS) -> Parsed:
    """Read a PDF as the sandbox does."""
    try:
        return parse_pdf(data, limits)
    except PicturesError as error:
        return parse_pdf(data, limits, {page: recognise_page(data, page) for page in error.pages})


@pytest.fixture(scope="module")
def harbour() -> tuple[bytes, Parsed]:
    data = scan(pdf(report), degrees=0.7)
    return data, read(data)


def test_a_crooked_noisy_scan_reads_as_the_page_it_was_made_of(
    harbour: tuple[bytes, Parsed],
) -> None:
    printed, parsed = parse_pdf(pdf(report), LIMITS), harbour[1]
    assert parsed.text == printed.text
    assert [block.kind for block in parsed.blocks] == ["heading", "paragraph", "paragraph"]
    assert (parsed.pages, parsed.scanned) == ((0,), (1,))
    assert parsed.title == "The harbour report"
    assert printed.scanned == ()


def boxes_of(data: bytes, parsed: Parsed, words: str) -> list[tuple[float, ...]]:
    start = parsed.text.index(words)
    return list(render_page(data, parsed.layout, 1, Span(start, start + len(words))).boxes)


def shared(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The area two boxes share, of that of both together."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(wide, 0) * max(high, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (sum(areas) - both)


@pytest.mark.parametrize("words", ["49,800", "eleven", "one of them is lost", "report"])
def test_words_are_boxed_where_they_stand_on_the_page(words: str) -> None:
    printed = pdf(report)
    data = scan(printed)
    [wanted] = boxes_of(printed, parse_pdf(printed, LIMITS), words)
    [found] = boxes_of(data, read(data), words)
    assert shared(wanted, found) > 0.5


def test_a_sentence_of_several_lines_has_a_box_a_line(harbour: tuple[bytes, Parsed]) -> None:
    boxes = boxes_of(*harbour, HARBOUR)
    assert len(boxes) == len(simpleSplit(HARBOUR, "Helvetica", 10, 400))
    assert [box[1] for box in boxes] == sorted(box[1] for box in boxes)


@pytest.mark.parametrize("turned", [90, 180, 270])
@pytest.mark.parametrize("by", ["picture", "page"])
def test_a_page_scanned_on_its_side_or_upside_down_is_turned(turned: int, by: str) -> None:
    picture = pictures(pdf(report))[0]
    upright = pdf_of([scanned(picture)])
    if by == "picture":
        data = pdf_of([scanned(picture.rotate(turned, expand=True))])
    else:
        data = pdf_of([scanned(picture)], rotation=turned)
    parsed = read(data)
    assert parsed.text == parse_pdf(pdf(report), LIMITS).text
    left, top, right, bottom = boxes_of(upright, read(upright), "49,800")[0]
    clockwise = (360 - turned) % 360 if by == "picture" else turned
    wanted = {
        90: (1 - bottom, left, 1 - top, right),
        180: (1 - right, 1 - bottom, 1 - left, 1 - top),
        270: (top, 1 - right, bottom, 1 - left),
    }[clockwise]
    assert shared(wanted, boxes_of(data, parsed, "49,800")[0]) > 0.5


def test_columns_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, simpleSplit(HARBOUR, "Helvetica", 10, 200), x=60)
        write(canvas, simpleSplit(LEDGER * 3, "Helvetica", 10, 200), x=310)

    parsed = read(scan(pdf(draw)))
    assert HARBOUR in parsed.text.replace("\n\n", " ")
    assert parsed.text.index("No one could say") < parsed.text.index("The clerk kept")


def mixed(stamp: str = "") -> bytes:
    """A page of text, a scanned one, a page of text; the second may be stamped."""
    whole = pdfium.PdfDocument.new()
    scans = pdf_of([scanned(pictures(pdf(report))[0])], stamp=stamp)
    for data in (pdf(text("The first page.")), scans, pdf(text("The last page."))):
        whole.import_pages(pdfium.PdfDocument(data))
    out = BytesIO()
    whole.save(out)
    return out.getvalue()


@pytest.mark.parametrize("stamp", ["", "Filed 3 May 1912, number 1834"])
def test_scanned_pages_between_others_are_read_in_their_place(stamp: str) -> None:
    parsed = read(mixed(stamp))
    assert parsed.scanned == (2,)
    first, second, last = (parsed.text.index(w) for w in ("first", "49,800", "last page"))
    assert first < parsed.pages[1] <= second < parsed.pages[2] <= last
    assert parsed.text.count("The clerk kept") == 1
    assert ("1834" in parsed.text) == bool(stamp)


def test_exact_words_over_a_picture_are_kept_and_are_no_scan() -> None:
    words = "The annual report of the port"
    picture = scanned(pictures(pdf(text(words)))[0])
    parsed = read(pdf_of([picture], stamp=words))
    assert (parsed.text, parsed.scanned, parsed.unread) == (words, (), ())


def message(data: bytes, limits: ParseLimits = LIMITS) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(data, limits)
    return str(caught.value)


def test_a_limit_of_none_reads_no_scan_but_all_else() -> None:
    none = replace(LIMITS, ocr_pages=0)
    assert message(scan(pdf(report)), none).startswith("scanned: its one page is an image")
    parsed = read(mixed(), none)
    assert parsed.scanned == ()
    assert "last page" in parsed.text
    assert "49,800" not in parsed.text


def test_too_many_scanned_pages_are_refused_saying_so_but_not_with_other_text() -> None:
    blank = scanned(Image.new("L", (850, 1100), 255))
    one = replace(LIMITS, ocr_pages=1)
    assert "--max-ocr-pages" in message(pdf_of([blank, blank]), one)
    assert "2 pages" in message(pdf_of([blank, blank]), one)
    data = mixed()
    assert read(data, one).scanned == (2,)


def test_a_picture_without_text_says_that_none_was_found() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (400, 300), dtype=np.uint8)
    assert message(pdf_of([Image.fromarray(noise)])) == (
        "scanned: its one page is an image in which no text could be read"
    )


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.formats.pdf.document.is_available", lambda: False)
    said = message(scan(pdf(report)))
    assert "extra “ocr”" in said
    assert "OCRmyPDF" in said
    assert "last page" in parse_pdf(mixed(), LIMITS).text


def test_a_scan_survives_json(harbour: tuple[bytes, Parsed]) -> None:
    found = recognise_page(harbour[0], 1)
    assert Scan.from_json(json.loads(json.dumps(found))) == found


def test_a_drawing_is_not_taken_for_a_letter_or_two() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(9)
        canvas.circle(200, 500, 60)
        canvas.line(400, 300, 400, 600)

    assert message(scan(pdf(draw))).endswith("in which no text could be read")


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (4000, 3)])
def test_pictures_of_odd_sizes_do_no_harm(size: tuple[int, int]) -> None:
    assert ocr.read_picture(Image.new("RGB", size, "white")) == []


def test_accents_and_other_scripts_are_read() -> None:
    lines = ["Größere Fläche für Äpfel und Öl", "Le café était fermé à Noël", "El niño comió piñas"]
    parsed = read(scan(pdf(text(*lines, size=12))))
    for line in lines:
        assert line in parsed.text.replace("\n", " ")


# ---- in the sandbox


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(on_scan=lambda done, known: counted.append((done, known))) as sandbox:
        counted.clear()
        yield sandbox


counted: list[tuple[int, int]] = []


def on_disk(folder: Path, data: bytes) -> SourceFile:
    (folder / "scan.pdf").write_bytes(data)
    return SourceFile("scan.pdf", str(folder / "scan.pdf"), "")


def test_the_sandbox_reads_scans_page_by_page_and_counts_them(box: Sandbox, tmp_path: Path) -> None:
    entry = box.parse(on_disk(tmp_path, mixed()))
    assert isinstance(entry, ParsedDocument)
    assert entry.document.scanned == (2,)
    assert "49,800" in entry.document.text
    assert counted == [(0, 1), (1, 1)]


def test_a_page_that_fails_costs_only_itself(tmp_path: Path) -> None:
    picture = scanned(pictures(pdf(report))[0])
    file = on_disk(tmp_path, pdf_of([picture, picture]))
    answered: list[type] = []
    with Sandbox() as box:
        ask = box._ask

        def fail_once(request: Request) -> Response:
            answered.append(type(request))
            if isinstance(request, RecogniseRequest) and request.page == 1:
                return Response(Unreadable("took longer than it may"), retire=True)
            return ask(request)

        box._ask = fail_once  # type: ignore[method-assign]
        entry = box.parse(file)
    assert answered == [ParseRequest, RecogniseRequest, RecogniseRequest, ParseRequest]
    assert isinstance(entry, ParsedDocument)
    assert entry.document.scanned == (2,)


def test_scans_that_nobody_wants_are_not_read(box: Sandbox, tmp_path: Path) -> None:
    entry = box.parse(on_disk(tmp_path, scan(pdf(report))), wants_scans=lambda: False)
    assert isinstance(entry, SkippedFile)
    assert counted == [(0, 1)]


def draw_stamp_only(canvas: Canvas) -> None:
    canvas.rect(10, 10, WIDTH - 20, HEIGHT - 20)
    write(canvas, ["A short page."])


def test_a_short_page_with_a_frame_is_no_scan() -> None:
    drawn: Draw = draw_stamp_only
    assert parse_pdf(pdf(drawn), LIMITS).text == "A short page."
