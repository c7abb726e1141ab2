"""Tell which rows of a PDF's pages are running headers, footers and page numbers.

They stand outermost on a page, at one height, on several pages, and are the same but for a
number that goes up by one from page to page. A number that does not is not a page number, so
"Invoice 17", "Invoice 32" at the top of two pages stay. What they say is said once, where it
parts no sentence: a header on its first page, a footer on its last.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from qa.formats.parsed import says_something
from qa.formats.pdf.lines import Line, joined

Rows = Sequence[Sequence[Line]]

_PAGES = 3
_ROWS_A_SIDE = 3
_HEIGHT_SPREAD = 8.0
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_MOST_NUMBERS = 6
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|seite|página|pagina|p\.|s\.)?\s*(\d+)\s*(?:(?:of|von|de|di|/)\s*\d+)?"
    r"[-–—\s]*",
    re.IGNORECASE,
)
_OF_ALL = re.compile(r"(?:\s*(?:of|von|de|di|/)\s*\d+)?\s*[-–—]?")
_ROMAN_NUMBER = re.compile(r"[ivxl]{1,7}")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _Key(NamedTuple):
    """What rows of several pages have in common."""

    text: str
    offset: int | None


class _Place(NamedTuple):
    page: int
    row: int
    y: float


# At the top of pages, and at the bottom; on a page with few rows, one may be at both.
_Sides = tuple[list[_Place], list[_Place]]


def without_margins(pages: Sequence[Rows], body_size: float) -> list[Rows]:
    """Leave out page numbers, and running headers and footers but for one of each.

    Args:
        pages: Rows of each page, as drawn.
        body_size: Most common size of a letter, in points.
    """
    outer = [_outermost(rows) for rows in pages]
    found: dict[_Key, _Sides] = defaultdict(lambda: ([], []))
    for page, sides in enumerate(outer):
        for number, side in enumerate(sides):
            for row in side:
                line = joined(list(pages[page][row]))
                if line.size <= 1.2 * body_size:
                    for key in _keys(line, page):
                        found[key][number].append(_Place(page, row, line.top))
    running = {place for key, sides in found.items() for place in _repeated(key, sides, len(pages))}
    rest = [_rest(page, rows, outer[page], running) for page, rows in enumerate(pages)]
    if 2 * sum(map(bool, rest)) > sum(map(bool, pages)):
        return rest
    # What was found is what the pages are about.
    return [
        left or [row for row in pages[page] if not _is_page_number(row, page)]
        for page, left in enumerate(rest)
    ]


def _outermost(rows: Rows) -> tuple[list[int], list[int]]:
    """Number the first and the last few rows of a page by height, the outermost first."""
    order = sorted(range(len(rows)), key=lambda row: rows[row][0].top)
    return order[:_ROWS_A_SIDE], order[: -_ROWS_A_SIDE - 1 : -1]


def _keys(line: Line, page: int) -> Iterator[_Key]:
    text = line.text.casefold()
    yield _Key(text, None)
    for number in list(_NUMBER.finditer(text))[:_MOST_NUMBERS]:
        offset = _value(number[0]) - page
        rest = f"{text[: number.start()]}#{text[number.end() :]}"
        yield _Key(rest, offset)
        # The name of the chapter changes; the number that goes up beside it gives it away.
        if not number.start():
            yield _Key("# …", offset)
        elif _OF_ALL.fullmatch(text, number.end()):
            yield _Key("… #", offset)


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number[:9])
    digits = [_ROMAN[digit] for digit in number]
    following = [*digits[1:], 0]
    return sum(-a if a < b else a for a, b in zip(digits, following, strict=True))


def _repeated(key: _Key, sides: _Sides, pages: int) -> set[tuple[int, int]]:
    """Return the places that are on enough pages at one height, but for the one that is read."""
    headers, footers = (_level(places, pages) for places in sides)
    all_of_them = {(place.page, place.row) for place in headers + footers}
    if all_of_them and says_something(key.text):
        read = min(headers) if headers else max(footers)
        all_of_them.remove((read.page, read.row))
    return all_of_them


def _level(places: list[_Place], pages: int) -> list[_Place]:
    """Keep those at one height if they are on enough pages."""
    if not places:
        return []
    middle = median(place.y for place in places)
    level = [place for place in places if abs(place.y - middle) < _HEIGHT_SPREAD]
    on = len({place.page for place in level})
    return level if on >= _PAGES or on == pages == 2 else []


def _rest(page: int, rows: Rows, sides: Sequence[list[int]], running: set[tuple[int, int]]) -> Rows:
    dropped: set[int] = set()
    for side in sides:
        for at, row in enumerate(side):
            inner = rows[side[at + 1]] if at + 1 < len(side) else []
            lone = _is_page_number(rows[row], page)
            if not (lone or (page, row) in running) or _heads_a_table(rows[row], inner):
                break
            dropped.add(row)
    return [row for at, row in enumerate(rows) if at not in dropped]


def _is_page_number(row: Sequence[Line], page: int) -> bool:
    text = row[0].text if len(row) == 1 else ""
    if _ROMAN_NUMBER.fullmatch(text):
        return _value(text) <= page + 1
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and int(match[1][:9]) == page + 1


def _heads_a_table(row: Sequence[Line], inner: Sequence[Line]) -> bool:
    """A table that goes on over pages may have its header on each of them."""
    if len(row) < 2 or len(inner) < 2:
        return False
    return abs(inner[0].top - row[0].top) < 2.2 * max(row[0].height, inner[0].height)
