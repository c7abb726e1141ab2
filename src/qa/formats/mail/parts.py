"""Take a mail apart: its headers decoded, its parts in a row.

Reads with the email package's older interface, after cutting long headers: the newer one
takes time with the square of a header's length. Does not know which parts are the text.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from pathlib import PurePosixPath

from qa.formats.encoding import decode_labelled, decode_lenient
from qa.formats.parsed import UnreadableError, clean
from qa.settings import ParseLimits

_HEADER_CHARACTERS = 1_000
_STRUCTURED_CHARACTERS = 4_000
_NAME_CHARACTERS = 150
_ENCODED_WORDS = re.compile(r"(?:=\?[^\s?]+\?[bBqQ]\?[^?]*\?=\s*)+")
_CUT_WORD = re.compile(r"=\?[^\s?]*(?:\?[^?]*){0,2}\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has no parts.

    Attributes:
        message: The part.
        kind: Its content type.
        choice: Number of the `multipart/alternative` it is in; 0 for none.
        related: Whether it is a piece of a page, like a logo.
    """

    message: Message
    kind: str
    choice: int
    related: bool


def read_message(data: bytes) -> Message:
    """Parse a mail; what is not one has no headers.

    Raises:
        UnreadableError: Its parts are nested too deeply.
    """
    try:
        return message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n\t "), policy=policy.compat32)
    except RecursionError as error:
        raise UnreadableError("a mail with parts nested too deeply") from error


def list_parts(message: Message, limits: ParseLimits) -> list[Part]:
    """List the parts that have no parts, in order.

    Raises:
        UnreadableError: More parts than an archive may have entries.
    """
    leaves = []
    stack = [(message, 0, False)]
    count = 0
    while stack:
        part, choice, related = stack.pop()
        count += 1
        if count > limits.entries:
            raise UnreadableError(f"a mail of more than {limits.entries:,} parts")
        _cut_headers(part)
        kind = part.get_content_type()
        if not part.is_multipart() or kind.startswith("message/"):
            kind = "text/plain" if kind.startswith("multipart/") else kind  # it has no parts
            leaves.append(Part(part, kind, choice, related))
            continue
        choice = choice or (count if kind == "multipart/alternative" else 0)
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        for number, child in reversed(list(enumerate(children))):
            piece = related or (kind == "multipart/related" and number > 0)
            stack.append((child, choice, piece))
    return leaves


def _cut_headers(part: Message) -> None:
    """Cut the headers whose parameters are read in quadratic time."""
    for name, value in part.raw_items():
        structured = name.lower() in ("content-disposition", "content-type")
        if structured and len(str(value)) > _STRUCTURED_CHARACTERS:
            part.replace_header(name, str(value)[:_STRUCTURED_CHARACTERS])


def read_header(message: Message, name: str) -> str:
    """Return a header's text on one line."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    text = str(raw)[:_HEADER_CHARACTERS]
    if len(str(raw)) > _HEADER_CHARACTERS:
        text = _CUT_WORD.sub("", text) + "…"
    if not text.isascii():  # bytes that are no ASCII come as halves of surrogate pairs
        text = decode_lenient(text.encode("utf_8", "surrogateescape")) or ""
    return _one_line(_ENCODED_WORDS.sub(_decode_words, text))


def _decode_words(match: re.Match[str]) -> str:
    """Decode a run of encoded words; one that is broken is kept as it is (RFC 2047)."""
    try:
        pieces = decode_header(match[0].strip())
    except (MessageError, ValueError):
        return match[0]
    texts = (
        piece if isinstance(piece, str) else decode_labelled(piece, charset or "")
        for piece, charset in pieces
    )
    text = "".join(filter(None, texts))
    return text + " " * match[0][-1].isspace() if text else match[0]


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def file_name(message: Message) -> str:
    """Return the name of an attached file, which is a label only, without folders."""
    try:
        name = message.get_filename() or ""
    except (MessageError, ValueError, LookupError, TypeError):
        return ""
    name = _one_line(_ENCODED_WORDS.sub(_decode_words, name[:_HEADER_CHARACTERS]))
    path = PurePosixPath(name.replace("\\", "/"))
    if not path.name.strip("."):
        return ""
    most = _NAME_CHARACTERS - len(path.suffix)
    return path.stem[: max(1, most)] + path.suffix[:_NAME_CHARACTERS]


def content(message: Message) -> bytes:
    """Return a part's bytes; none if its encoding is broken beyond reading."""
    try:
        payload = message.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def inner_message(part: Part) -> Message | None:
    """Return the mail that a part carries whole."""
    payload = part.message.get_payload()
    if part.kind != "message/rfc822" or not isinstance(payload, list) or not payload:
        return None
    return payload[0] if isinstance(payload[0], Message) else None
