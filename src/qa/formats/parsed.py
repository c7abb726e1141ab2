"""Hold what a parser found, and build it block by block."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from qa.formats.table_header import looks_like_header
from qa.schema import Block, Kind
from qa.settings import ParseLimits

# Control characters, halves of surrogate pairs, and marks that only say where a line may break.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u00ad\u200b\ufeff\ufffe\uffff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_TELLING_ROWS = 100
# But for what stands beside the number of a page.
_WORD = re.compile(
    r"(?!(?:page|pagina|página|seite|sida|strona|sur|van|von)\b)\b[^\W\d_]{3,}", re.IGNORECASE
)


class UnreadableError(Exception):
    """A file that cannot be read; the message says why, in a few words, for a person."""


class PicturesError(UnreadableError):
    """A file with pages that are only pictures, which could be read by OCR.

    Attributes:
        pages: Their numbers, from 1.
    """

    def __init__(self, message: str, pages: Sequence[int]) -> None:
        super().__init__(message)
        self.pages = tuple(pages)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found in one file; see `schema.Document` and `schema.ParsedDocument`.

    Attributes:
        text: What all offsets count in; not empty, no NUL, no surrogates.
        blocks: Structure, in order.
        pages: Where each page or slide starts; empty for formats without.
        title: What the file says it is called; empty if it does not.
        date: ISO 8601, as far as the file says; else empty.
        layout: Private to the format.
        scanned: Numbers of the pages whose text was read in a picture, from 1.
        unread: Numbers of the pages that seem to hold text that was not read.
    """

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...] = ()
    title: str = ""
    date: str = ""
    layout: str = ""
    scanned: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()


class TextBuilder:
    """Puts blocks together into one text and keeps where each stands."""

    def __init__(self, limits: ParseLimits) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._pages: list[int] = []
        self._limits = limits

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def start_page(self) -> None:
        """Begin a page: what is added from here on is on it."""
        # After the blank line that comes before the page's first block.
        self._pages.append(self._length + 2 if self._length else 0)

    def add(
        self, text: str, kind: Kind = "paragraph", level: int = 0, marker: str = ""
    ) -> int | None:
        """Append a block, as it is but for white space at its ends.

        Args:
            text: The block's text; see `clean` for what it must not hold.
            kind: What it is.
            level: Depth of a heading, 1 for the top.
            marker: A list item's number, put in front with a space: part of the document's
                text, but not of the block's content.

        Returns:
            Where it starts, with its marker; None if there is nothing in it.

        Raises:
            UnreadableError: The document becomes longer than the limit.
        """
        text = text.strip()
        if not text:
            return None
        if self._length:
            last = self._blocks[-1].kind
            on_new_page = bool(self._pages) and self._pages[-1] > self._length
            close = kind == last and kind in ("item", "row") and not on_new_page
            self._append("\n" if close else "\n\n")
        start = self._length
        if marker := marker.strip():
            self._append(f"{marker} ")
        content = self._length
        self._append(text)
        self._blocks.append(
            Block(start, self._length, content, kind, level if kind == "heading" else 0)
        )
        return start

    def add_table(
        self,
        rows: Iterable[Sequence[str]],
        *,
        header: bool | None = None,
        names: Sequence[str] = (),
    ) -> None:
        """Append a table, one block a row; every cell is given its column's header.

        Args:
            rows: Cells' texts; rows may differ in length. Taken one after the other, so that
                a long table need not be held at once.
            header: Whether the first row holds the headers; None to judge by the first rows.
            names: Headers that are not among the rows, for the rest of a table whose header
                was added before; with them `header` does not count.
        """
        filled = (row for row in map(_tidy, rows) if any(row))
        first = list(islice(filled, _TELLING_ROWS))
        rest = chain(first, filled)
        names = _tidy(names)
        if not names and first and (looks_like_header(first) if header is None else header):
            names = first[0]
            self.add(_row_text(next(rest), ()), "row")
        for row in rest:
            self.add(_row_text(row, names), "row")

    def parsed(self, *, title: str = "", date: str = "", layout: str = "") -> Parsed:
        """Finish.

        Raises:
            UnreadableError: There is no text.
        """
        if not self._blocks:
            raise UnreadableError("empty: there is no text in it")
        pages = tuple(min(start, self._length) for start in self._pages)
        text = "".join(self._parts)
        return Parsed(
            text, tuple(self._blocks), pages, " ".join(clean(title).split()), date, layout
        )

    def _append(self, text: str) -> None:
        self._length += len(text)
        check_characters(self._length, self._limits)
        self._parts.append(text)


def clean(text: str) -> str:
    """Take out what a reader cannot see and make every white space a space or a line end."""
    return _SPACES.sub(" ", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))


def says_something(text: str) -> bool:
    """Whether a header or footer is more than the number of a page."""
    return _WORD.search(text) is not None


def check_characters(count: int, limits: ParseLimits) -> None:
    """Refuse a text before it is put together.

    Raises:
        UnreadableError: It is longer than the limit.
    """
    if count > limits.characters:
        raise UnreadableError(
            f"more than {limits.characters:,} characters of text (limit --max-characters)"
        )


def _tidy(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()).replace(" | ", " / ") for cell in row]


def _row_text(row: list[str], names: Sequence[str]) -> str:
    parts = []
    for number, cell in enumerate(row):
        name = names[number].rstrip(":") if number < len(names) else ""
        if cell:
            parts.append(f"{name}: {cell}" if name and name != cell else cell)
    return " | ".join(parts)
