"""Plain text and Markdown: kept character for character, so that a text editor can check it."""

from qa.formats.blocks import heading_title, split_blocks
from qa.formats.encoding import decode_text
from qa.formats.parsed import Parsed, UnreadableError
from qa.settings import ParseLimits

_TITLE_CHARACTERS = 20_000


def parse_plain(data: bytes, limits: ParseLimits) -> Parsed:
    """Read plain text.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = _text(data, limits)
    return Parsed(text, tuple(split_blocks(text, markdown=False)))


def parse_markdown(data: bytes, limits: ParseLimits) -> Parsed:
    """Read Markdown; its title is the first level-one heading.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = _text(data, limits)
    blocks = tuple(split_blocks(text, markdown=True))
    tops = (b for b in blocks if b.level == 1 and b.start < _TITLE_CHARACTERS)
    titles = (heading_title(text[b.content : b.end].splitlines()[0]) for b in tops)
    return Parsed(text, blocks, title=next(filter(None, titles), ""))


def _text(data: bytes, limits: ParseLimits) -> str:
    text = decode_text(data)
    if text is None:
        raise UnreadableError("binary, or text in an encoding that was not recognised")
    if not text.strip():
        raise UnreadableError("empty")
    if len(text) > limits.characters:
        raise UnreadableError(
            f"more than {limits.characters:,} characters of text (limit --max-characters)"
        )
    return text
