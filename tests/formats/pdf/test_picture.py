"""Photos and faxes as documents: they read as what is on them, or say why they do not."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qa.documents.load import SourceFile
from qa.documents.sandbox import Sandbox
from qa.formats import SUFFIXES, has_page_images, is_picture, parse
from qa.formats.parsed import PicturesError, UnreadableError
from qa.formats.pdf.picture import to_pdf
from qa.schema import ParsedDocument, SkippedFile, Span
from qa.settings import ParseLimits
from tests.formats.make_pdf import pdf, text
from tests.formats.make_scan import pictures, scanned

LIMITS = ParseLimits()
WORDS = ("The harbour opened in 1912.", "The lighthouse is older.")


@pytest.fixture(scope="module")
def pages() -> list[Image.Image]:
    return [scanned(page) for page in pictures(pdf(text(WORDS[0], size=12), text(WORDS[1])))]


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(box: Sandbox, folder: Path, name: str, data: bytes) -> ParsedDocument | SkippedFile:
    (folder / name).write_bytes(data)
    return box.parse(SourceFile(name, str(folder / name), ""))


def camera_turned(image: Image.Image) -> bytes:
    """A photo that lies on its side, with the camera's word that it does."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    return saved(image.rotate(90, expand=True), "JPEG", exif=exif)


def see_through(image: Image.Image) -> bytes:
    """Black letters on nothing, which some programs show as black."""
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    layer.putalpha(image.point([255 - value if value < 128 else 0 for value in range(256)]))
    return saved(layer, "PNG")


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "fax.tiff", "camera.jpeg", "layer.png"])
def test_a_picture_reads_as_the_page_on_it_and_its_words_are_boxed(
    box: Sandbox, pages: list[Image.Image], tmp_path: Path, kind: str
) -> None:
    data = {
        "png": lambda: saved(pages[0], "PNG"),
        "jpg": lambda: saved(pages[0], "JPEG"),
        "webp": lambda: saved(pages[0], "WEBP"),
        "fax.tiff": lambda: saved(pages[0].convert("1"), "TIFF", compression="group4"),
        "camera.jpeg": lambda: camera_turned(pages[0]),
        "layer.png": lambda: see_through(pages[0]),
    }[kind]()
    entry = read(box, tmp_path, f"a.{kind}", data)
    assert isinstance(entry, ParsedDocument), entry
    document = entry.document
    assert (document.text, document.scanned, document.pages) == (WORDS[0], (1,), (0,))
    assert document.page_of(5) == 1
    start = document.text.index("1912")
    image = box.draw_page(
        tmp_path / f"a.{kind}", document.sha256, entry.layout, 1, Span(start, start + 4)
    )
    [found] = image.boxes
    assert 0.25 < found[0] < found[2] < 0.4
    assert 0.09 < found[1] < found[3] < 0.15
    assert image.height > image.width


def test_each_picture_of_a_tiff_is_a_page(
    box: Sandbox, pages: list[Image.Image], tmp_path: Path
) -> None:
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    entry = read(box, tmp_path, "two.tif", data)
    assert isinstance(entry, ParsedDocument)
    assert entry.document.scanned == (1, 2)
    assert entry.document.text == "\n\n".join(WORDS)
    assert entry.document.page_of(entry.document.text.index("older")) == 2


def test_a_tiff_of_too_many_pages_is_refused(pages: list[Image.Image]) -> None:
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(UnreadableError, match="--max-pages"):
        parse("a.tif", data, ParseLimits(pages=1))
    with pytest.raises(UnreadableError, match="--max-ocr-pages"):
        parse("a.tif", data, ParseLimits(ocr_pages=1))


def test_of_a_moving_picture_only_the_first_moment_is_a_page(pages: list[Image.Image]) -> None:
    data = saved(pages[0], "PNG", save_all=True, append_images=pages[1:])
    with pytest.raises(PicturesError) as caught:
        parse("a.png", data, LIMITS)
    assert caught.value.pages == (1,)


def bomb() -> bytes:
    """A few kilobytes that claim to be 40,000 pixels wide and high."""
    out = bytearray(saved(Image.new("1", (8, 8)), "PNG"))
    import zlib

    out[16:24] = (40_000).to_bytes(4, "big") * 2
    out[29:33] = zlib.crc32(out[12:29]).to_bytes(4, "big")
    return bytes(out)


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("a.jpg", lambda page: b"hello", "not a picture"),
        ("a.png", lambda page: b"\x89PNG\r\n\x1a\nxxxx", "not a picture"),
        ("a.png", lambda page: bomb(), "pixels"),
        ("a.jpg", lambda page: saved(page, "JPEG")[:9_000], "damaged"),
        ("a.png", lambda page: saved(page.resize((60, 80)), "PNG"), "too small"),
        ("a.bmp", lambda page: saved(Image.new("L", (300, 300), 255), "BMP"), "no text"),
        ("a.tif", lambda page: saved(page, "TIFF")[:900], "picture"),
    ],
)
def test_what_cannot_be_read_says_why(
    box: Sandbox, pages: list[Image.Image], tmp_path: Path, name: str, make: Any, said: str
) -> None:
    entry = read(box, tmp_path, name, make(pages[0]))
    assert isinstance(entry, SkippedFile)
    assert said in entry.reason
    assert "parser" not in entry.reason


def test_without_the_extra_it_says_what_to_install(
    pages: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.formats.pdf.document.is_available", lambda: False)
    with pytest.raises(UnreadableError, match="extra “ocr”"):
        parse("a.png", saved(pages[0], "PNG"), LIMITS)


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from(["PNG", "JPEG", "TIFF"]))
@settings(max_examples=60, deadline=None)
def test_damaged_pictures_are_refused_and_nothing_else(junk: bytes, at: int, kind: str) -> None:
    data = bytearray(saved(Image.linear_gradient("L"), kind))
    data[at : at + len(junk)] = junk
    try:
        to_pdf(bytes(data), LIMITS)
    except UnreadableError as error:
        assert str(error)  # noqa: PT017


def test_pictures_are_told_from_other_files_by_name() -> None:
    assert is_picture("a/B.JPG")
    assert not is_picture("a.pdf")
    assert [name for name in SUFFIXES if has_page_images(f"x{name}")] == [
        ".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp",
    ]  # fmt: skip
