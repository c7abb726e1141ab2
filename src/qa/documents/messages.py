"""Define what the sandbox asks a worker and what it answers, one JSON object a line."""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from qa.formats.parsed import Parsed
from qa.schema import Span

# What a worker says first, so that one that cannot run at all is not taken for a bad file's end.
READY = b"ready\n"


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page with the cited words boxed.

    Attributes:
        png: The image.
        width: Pixels.
        height: Pixels.
        boxes: Left, top, right and bottom of each box as shares of the image, 0 to 1.
    """

    png: bytes
    width: int
    height: int
    boxes: tuple[tuple[float, float, float, float], ...]


class ParseRequest(Struct, frozen=True, tag="parse"):
    """Read a file; `scans` is what was read on its scanned pages, by number from 1."""

    path: str
    name: str
    scans: dict[int, Any] | None = None


class RecogniseRequest(Struct, frozen=True, tag="recognise"):
    """Read the text in the picture of one page, from 1."""

    path: str
    page: int


class DrawRequest(Struct, frozen=True, tag="draw"):
    """Draw a page, from 1, of a file that has this hash; box the words of the span."""

    path: str
    sha256: str
    layout: str
    page: int
    span: Span | None


class ParsedFile(Struct, frozen=True, tag="parsed"):
    """What a parser found, in the file of this hash."""

    parsed: Parsed
    sha256: str


class ScannedFile(Struct, frozen=True, tag="scanned"):
    """A file with pages that are only pictures, which are to be read first; from 1."""

    pages: tuple[int, ...]


class RecognisedPage(Struct, frozen=True, tag="recognised"):
    """What was read on a page, as the parser takes it back."""

    scan: Any


class DrawnPage(Struct, frozen=True, tag="drawn"):
    """A page as an image."""

    image: PageImage


class Unreadable(Struct, frozen=True, tag="unreadable"):
    """Why nothing came of it; with the file's hash if a parser has said so of its bytes."""

    reason: str
    sha256: str = ""


Request = ParseRequest | RecogniseRequest | DrawRequest
Found = ParsedFile | ScannedFile | RecognisedPage | DrawnPage | Unreadable


class Response(Struct, frozen=True):
    """An answer, and whether the worker that gave it is to be replaced."""

    found: Found
    retire: bool = False
