"""Make a PDF of a photographed or faxed page, to be read as a scanned one is.

Knows picture files; what is on them is `scan`'s affair.
"""

import warnings
from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from qa.formats.parsed import Parsed, UnreadableError
from qa.formats.pdf.document import Scan, parse_pdf
from qa.settings import ParseLimits

_FORMATS = ("BMP", "JPEG", "PNG", "TIFF", "WEBP")
# Larger ones are refused, and what is larger than is of use to anybody is made smaller.
_MOST_PIXELS = 100_000_000
_TOO_LARGE = f"a picture of more than {_MOST_PIXELS:,} pixels"
_LONGEST_SIDE = 3_000
# A smaller one is an icon.
_SHORTEST_SIDE = 200
_LONGEST_IN_POINTS = 842.0


def parse_picture(
    data: bytes, limits: ParseLimits, scans: Mapping[int, Scan] | None = None
) -> Parsed:
    """Read the text in a picture, or in each picture of a TIFF file.

    Args:
        data: The file.
        limits: What it may cost.
        scans: As for `document.parse_pdf`.

    Raises:
        PicturesError: Nobody has tried yet, and OCR is installed.
        UnreadableError: It is damaged, too large, too small, or has no text.
    """
    return parse_pdf(to_pdf(data, limits), limits, scans)


def to_pdf(data: bytes, limits: ParseLimits, page: int | None = None) -> bytes:
    """Make a PDF of a picture file.

    Args:
        data: The file.
        limits: What it may cost.
        page: The only page that is wanted, from 1; None for all.

    Raises:
        UnreadableError: It is damaged, too large or too small.
    """
    out = BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, and of sizes; see below
            with Image.open(BytesIO(data), formats=_FORMATS) as file:
                _append_pages(out, file, limits, page)
    except Image.DecompressionBombError as error:
        raise UnreadableError(_TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise UnreadableError("not a picture, whatever its name says, or damaged") from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError) as error:
        raise UnreadableError("damaged: this picture cannot be opened") from error
    return out.getvalue()


def _append_pages(out: BytesIO, file: Image.Image, limits: ParseLimits, page: int | None) -> None:
    for number, frame in enumerate(ImageSequence.Iterator(file), 1):
        if number > limits.pages:
            raise UnreadableError(f"more than {limits.pages:,} pages (limit --max-pages)")
        if page in (None, number):
            picture = _page(frame)
            dots = 72 * max(picture.size) / _LONGEST_IN_POINTS
            picture.save(out, "PDF", resolution=dots, append=out.tell() > 0)
        if file.format != "TIFF":  # frames of the others are moments, not pages
            return


def _page(frame: Image.Image) -> Image.Image:
    """Return a frame as people see it: upright as the camera says, on white paper."""
    if frame.width * frame.height > _MOST_PIXELS:
        raise UnreadableError(_TOO_LARGE)
    if max(frame.size) < _SHORTEST_SIDE:
        raise UnreadableError("a picture too small to be read")
    picture = ImageOps.exif_transpose(frame)
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")
