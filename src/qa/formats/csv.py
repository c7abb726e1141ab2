"""Read a CSV or TSV file: one block a row, each cell with its column's header.

Knows delimiters, quotes, and the lines that exports put above the table.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from qa.formats.encoding import decode_lenient
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError, clean
from qa.formats.table_header import looks_like_header
from qa.settings import ParseLimits

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DELIMITERS = "\t;|,"  # in a draw the earlier one: a comma is also in prose and in "1,5"
_SAMPLE_CHARACTERS = 8_000
_LEAST_AGREEMENT = 0.5  # of the rows on their number of columns, for a table of several
_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # what Excel writes and reads
_PREAMBLE_ROWS = 20
_LONGEST_QUOTED = 100  # lines in a quoted cell, above which a quote was not closed


def parse_csv(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a table of text.

    Raises:
        UnreadableError: It is not text, is empty or over a limit.
    """
    text = decode_lenient(data)
    if text is None:
        raise UnreadableError("binary, or text in an encoding that was not recognised")
    builder = TextBuilder(limits)
    before = csv.field_size_limit(len(text) + 1)
    try:
        _add_rows(builder, _rows(text, limits))
    except csv.Error as error:
        raise UnreadableError(f"not a table of text: {error}") from error
    finally:
        csv.field_size_limit(before)
    return builder.parsed()


def _add_rows(builder: TextBuilder, rows: Iterator[list[str]]) -> None:
    """Append the rows, those above the table as paragraphs."""
    first = list(islice(rows, _PREAMBLE_ROWS))
    widths = [sum(map(bool, row)) for row in first]
    begins = next((n for n, width in enumerate(widths) if width > 1), 0)
    for row in first[:begins]:
        builder.add(" ".join(row))
    header = looks_like_header(first[begins:], expected=True)
    builder.add_table(chain(first[begins:], rows), header=header)


def _rows(text: str, limits: ParseLimits) -> Iterator[list[str]]:
    """Yield the rows that hold anything.

    Raises:
        UnreadableError: More cells than the limit.
    """
    hint = _HINT.match(text)
    start = hint.end() if hint else 0
    delimiter = hint[1] if hint else _delimiter(text)
    by_line = _leaves_quote_open(text, start, delimiter)
    count = 0
    for row in csv.reader(
        _lines(text, start),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if by_line else csv.QUOTE_MINIMAL,
    ):
        cells = [clean(cell).strip() for cell in row]
        if by_line:
            cells = [cell.strip('"') for cell in cells]
        count += sum(map(bool, cells))
        if count > limits.cells:
            raise UnreadableError(f"more than {limits.cells:,} cells (limit --max-cells)")
        if any(cells):
            yield cells


def _lines(text: str, start: int = 0) -> Iterator[str]:
    return (match[0] for match in _LINE.finditer(text, start))


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the most rows of a sample into equally many cells.

    `csv.Sniffer` takes time with the square of the sample, finds none in a single column
    and is led astray by the lines above a table.
    """
    lines = list(_lines(text[:_SAMPLE_CHARACTERS]))
    sample = lines[:-1] if len(text) > _SAMPLE_CHARACTERS and len(lines) > 1 else lines
    best, agreement = ",", _LEAST_AGREEMENT
    for delimiter in _DELIMITERS:
        rows = [row for row in csv.reader(sample, delimiter=delimiter) if any(row)]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        most = max(widths.values(), default=0) / max(1, len(rows))
        if most > agreement:
            best, agreement = delimiter, most
    return best


def _leaves_quote_open(text: str, start: int, delimiter: str) -> bool:
    """Tell a quote that is never closed: it takes all that follows into one cell, silently."""
    if text.find('"', start) < 0:
        return False
    lines: list[str] = []
    last: list[str] = []
    for _ in csv.reader(_kept(_lines(text, start), lines), delimiter=delimiter):
        if len(lines) > _LONGEST_QUOTED:
            return True
        last = lines.copy()
        lines.clear()
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _kept(lines: Iterator[str], seen: list[str]) -> Iterator[str]:
    """Pass lines on and keep them."""
    for line in lines:
        seen.append(line)
        yield line
