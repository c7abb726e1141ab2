"""Read plain text, kept character for character, so that a text editor can check a citation."""

from qa.formats.blocks import split_blocks
from qa.formats.encoding import decode_text
from qa.formats.parsed import Parsed, UnreadableError, check_characters
from qa.settings import ParseLimits


def parse_plain(data: bytes, limits: ParseLimits) -> Parsed:
    """Read plain text.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = read_text(data, limits)
    return Parsed(text, tuple(split_blocks(text)))


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
