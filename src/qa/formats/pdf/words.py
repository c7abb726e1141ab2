"""Put a PDF page's characters together into words and lines, in the order that PDFium has.

PDFium gives one character after the other. Some have no Unicode, some are two (halves of a
surrogate pair) or several (a ligature); a hyphen that ends a line swallows the line end, and
not all spaces and line ends are there.
"""

import math
import re
import sys
import unicodedata
from array import array
from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.formats.pdf.file import Box, character_box, level_of, style_of, union
from qa.formats.pdf.seen import Ink
from qa.formats.raised import is_raisable, lowered, raised

# How PDFium marks a hyphen that ends a line.
_LINE_HYPHENS = (0x02, 0xFFFE)
# Marks that only say where a line may break.
_INVISIBLE = frozenset((0x200B, 0x2060, 0xFEFF))
# Of the fonts Symbol and Wingdings, in which word processors set lists.
_BULLETS = {0xF0B7: "•", 0xF0A7: "▪", 0xF076: "▪", 0xF0D8: "‣", 0xF0FC: "✓"}
# In heights of a letter: a gap this wide parts words. The widest inside words was 0.08, the
# narrowest of missed spaces 0.25, in manuals set by troff.
_SPACE = 0.2
# As shares of the size that the figure beside it is set in: a raised or lowered one is smaller
# than this, and off its line by as much as that.
_SMALLER = 0.88
_OFF_LINE = (0.1, 1.2)
# One that stands alone is the mark of a note if it stands by a word, and is no long number; in
# heights of a letter. A product's number in small type is neither.
_BY = 1.0
_LONG_FIGURE = re.compile(r"\d{4}")


class Word(NamedTuple):
    """A word as it is drawn.

    Attributes:
        text: Its characters.
        indexes: For each of them, its index in PDFium's text page.
        box: Around its first and last letter.
        is_vertical: Its letters stand one below the other, as in Chinese and Japanese books.
    """

    text: str
    indexes: "array[int]"
    box: Box
    is_vertical: bool = False


class PageWords:
    """Puts a page's characters together into words and lines.

    Attributes:
        known: Characters of words seen so far.
        unknown: Glyphs without Unicode, which are left out.
    """

    def __init__(
        self, characters: pdfium.PdfTextPage, visible: Box, ink: Ink | None = None
    ) -> None:
        self._characters = characters
        self._ink = ink
        self._visible = visible
        self._lead = 0
        self.known = 0
        self.unknown = 0

    def lines(self) -> Iterator[list[Word]]:
        """Yield the words of each line that can be seen, in logical order."""
        raw, code_of = self._characters.raw, pdfium_c.FPDFText_GetUnicode
        count = self._characters.count_chars()
        line: list[Word] = []
        letters: list[str] = []
        index = array("l")
        guessed = False
        for at in range(count + 1):
            code = code_of(raw, at) if at < count else 0x0A
            if 0x20 < code < 0x7F:
                letters.append(chr(code))
                index.append(at)
                continue
            for character in self._decoded(code):  # a ligature may be several
                if not character.isspace():
                    letters.append(character)
                    index.append(at - (code >= 0xDC00 and character > "\uffff"))
                    continue
                if letters:
                    line += self._word("".join(letters), index)
                    letters, index = [], array("l")
                if character == "\n" and line:
                    yield self._finished(line, guessed)
                    line, guessed = [], False
                elif character == " " and not guessed:
                    guessed = bool(pdfium_c.FPDFText_IsGenerated(raw, at))

    def _finished(self, line: list[Word], guessed: bool) -> list[Word]:
        """Put a line in order, with the spaces that were missed where spaces are guessed."""
        words = [part for word in line for part in self._parts(word)] if guessed else line
        return _in_logical_order(self._with_raised(words))

    def _with_raised(self, words: list[Word]) -> list[Word]:
        """Write raised and lowered figures as such, each still one character."""
        if not any(map(_holds_figure, words)):
            return words
        done: list[Word] = []
        for at, word in enumerate(words):
            if word.is_vertical or not _holds_figure(word):
                done.append(word)
            else:
                near = done[-1] if done else words[at + 1] if at + 1 < len(words) else None
                beside = near if near and _may_mark(word, near) else None
                done.append(self._raised(word, beside))
        return done

    def _raised(self, word: Word, beside: Word | None) -> Word:
        """Write a word's figures; what is beside it tells about one that stands alone."""
        levels = [level_of(self._characters, at) for at in word.indexes]
        line = max(levels, key=lambda level: level.size)
        if beside is not None:
            # Where it ends if it stands before, where it begins if it comes after.
            at = beside.indexes[-1 if beside.box.left < word.box.left else 0]
            neighbour = level_of(self._characters, at)
            line = max(line, neighbour, key=lambda level: level.size)
        text = ""
        for character, level in zip(word.text, levels, strict=True):
            shift = (level.height - line.height) / line.size
            off = level.size < _SMALLER * line.size and _OFF_LINE[0] < abs(shift) < _OFF_LINE[1]
            if off and is_raisable(character):
                text += _raised_sign(character) if shift > 0 else lowered(character, text)
            else:
                text += character
        return word if text == word.text else word._replace(text=text)

    def _decoded(self, code: int) -> str:
        """Return the characters that one of PDFium's beyond ASCII stands for."""
        lead, self._lead = self._lead, 0
        if code in _LINE_HYPHENS:
            return "-\n"
        if 0xD800 <= code < 0xDC00:
            self._lead = code
            return ""
        if 0xDC00 <= code < 0xE000 and lead:
            return chr(0x10000 + ((lead - 0xD800) << 10) + code - 0xDC00)
        if code in (0x0A, 0x85, 0x2028, 0x2029):
            return "\n"
        if code == 0x0D or code in _INVISIBLE:
            return ""
        if code > sys.maxunicode:  # what a damaged font says
            self.unknown += 1
            return ""
        character = _BULLETS.get(code) or chr(code)
        if character.isspace():
            return " "
        if unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs"):
            self.unknown += 1
            return ""
        if 0xFB00 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:  # ligatures, Arabic shapes
            return "".join(unicodedata.normalize("NFKC", character).split())
        return character

    def _word(self, text: str, index: "array[int]") -> list[Word]:
        """Box a word; none if it is nowhere, or not on the part of the page that is shown."""
        self.known += len(text)
        first = character_box(self._characters, index[0])
        last = character_box(self._characters, index[-1]) if len(index) > 1 else first
        first, last = first or last, last or first
        if first is None or last is None:
            return []
        word = Word(text, index, union(first, last))
        level = first.bottom < last.top and last.bottom < first.top
        if not level and style_of(self._characters, index[0]).angle in (0, 180):
            if is_vertical(text, first, last):
                return self._inside(word._replace(is_vertical=True))
            return [part for letter in self._letters(word) for part in self._inside(letter)]
        if first.left < last.left and runs_leftward(text):
            word = word._replace(text=text[::-1], indexes=index[::-1])
        return self._inside(word)

    def _inside(self, word: Word) -> list[Word]:
        x, y = (word.box.left + word.box.right) / 2, (word.box.bottom + word.box.top) / 2
        seen = self._visible
        if not (seen.left <= x <= seen.right and seen.bottom <= y <= seen.top):
            return []
        shown = self._ink is None or self._ink.shows(word.indexes[0], word.box)
        return [word] if shown else []

    def _letters(self, word: Word) -> Iterator[Word]:
        """Cut what is no word, as its letters are not beside each other, into its letters."""
        for at, character in enumerate(word.text):
            box = character_box(self._characters, word.indexes[at])
            if box is not None:
                yield Word(character, word.indexes[at : at + 1], box)

    def _parts(self, word: Word) -> list[Word]:
        """Cut a word at gaps as wide as a space.

        Where a file has no spaces, PDFium guesses them, and misses those after a letter that
        leans over: "If there" comes as "Ifthere".
        """
        gaps = self._gaps(word)
        if not gaps or 3 * len(gaps) > len(word.text):  # a spaced-out word
            return [word]
        boxes = [character_box(self._characters, at) for at in word.indexes]
        edges = zip([0, *gaps], [*gaps, len(boxes)], strict=True)
        return [
            Word(
                word.text[start:end],
                word.indexes[start:end],
                reduce(union, [box for box in boxes[start:end] if box] or [word.box]),
            )
            for start, end in edges
        ]

    def _gaps(self, word: Word) -> list[int]:
        """Find the letters before which there is a gap as wide as a space."""
        raw, box_of = self._characters.raw, pdfium_c.FPDFText_GetLooseCharBox
        rectangle = pdfium_c.FS_RECTF()
        widest = _SPACE * (word.box.top - word.box.bottom)
        gaps = []
        end = math.inf
        for at, index in enumerate(word.indexes):
            # A Box for each letter would take three times as long.
            box_of(raw, index, rectangle)
            if rectangle.left - end > widest:
                gaps.append(at)
            end = rectangle.right
        return gaps


def _holds_figure(word: Word) -> bool:
    return any(map(str.isdecimal, word.text))


def _raised_sign(character: str) -> str:
    """Raise one character; a sign as it would be before a figure."""
    return raised(character) if character.isdecimal() else raised(f"{character}0")[0]


def runs_leftward(text: str) -> bool:
    """Whether it is written from right to left, as Arabic and Hebrew are."""
    return not text.isascii() and any(
        unicodedata.bidirectional(character) in ("R", "AL") for character in text
    )


def is_vertical(text: str, first: Box, last: Box) -> bool:
    """Whether wide letters go straight down from the first to the last."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    straight = abs(first.right + first.left - last.right - last.left) < first.right - first.left
    return 2 * wide > len(text) and straight and last.top <= first.bottom + 1


def _in_logical_order(words: list[Word]) -> list[Word]:
    """Put the words of a line that is mostly Arabic or Hebrew into the order of reading.

    PDFium turns such a line around when it takes it for drawn from left to right, also when
    it was not; what counts is where the words stand. Numbers and Latin words between them
    read rightward.
    """
    if 2 * sum(runs_leftward(word.text) for word in words) <= len(words):
        return words
    ordered: list[Word] = []
    rightward: list[Word] = []
    for word in sorted(words, key=lambda word: -word.box.left):
        if runs_leftward(word.text):
            ordered += [*reversed(rightward), word]
            rightward = []
        else:
            rightward.append(word)
    return ordered + rightward[::-1]


def _may_mark(word: Word, beside: Word) -> bool:
    """Whether a word may be raised or lowered as the mark of one beside it."""
    gap = max(word.box.left - beside.box.right, beside.box.left - word.box.right)
    height = max(box.top - box.bottom for box in (word.box, beside.box))
    return gap <= _BY * height and not _LONG_FIGURE.search(word.text)
