"""Read plain text, kept character for character, so that a text editor can check a citation."""

import re

from qa.formats.blocks import split_blocks
from qa.formats.encoding import decode_text
from qa.formats.parsed import Parsed, UnreadableError, check_characters
from qa.settings import ParseLimits

# “TOWN LIBRARY, RULES OF USE”, the columns of a letter's head apart.
_IN_CAPITALS = re.compile(
    r"\s*(?P<title>[^\W\d_a-z][^\r\n]{2,98}?[^\s.,;:])(?= {3,}|\t|\s*?[\r\n])"
)
_CAPITAL_SHARE = 0.5


def parse_plain(data: bytes, limits: ParseLimits) -> Parsed:
    """Read plain text.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = read_text(data, limits)
    return Parsed(text, tuple(split_blocks(text)), title=_title(text))


def read_text(data: bytes, limits: ParseLimits) -> str:
    """Decode a text file.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = decode_text(data)
    if text is None:
        raise UnreadableError("binary, or text in an encoding that was not recognised")
    if not text.strip():
        raise UnreadableError("empty")
    check_characters(len(text), limits)
    return text


def _title(text: str) -> str:
    """Return the first line if it is in capitals, as titles of plain text are; else nothing."""
    first = _IN_CAPITALS.match(text)
    if first is None or " " not in first["title"]:
        return ""
    letters = [character for character in first["title"] if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return first["title"] if capitals >= _CAPITAL_SHARE * len(letters) else ""
