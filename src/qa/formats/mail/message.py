"""Read a mail: its subject, people and text, then what it quotes and what is attached.

Attachments are read by the other parsers; those of an attached mail are only named. Does
not know MIME (see `parts`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import groupby
from pathlib import PurePosixPath

from qa.formats import is_picture, parse, unsupported
from qa.formats.encoding import decode_labelled, decode_lenient
from qa.formats.html.page import add_html, decode_html
from qa.formats.mail.parts import (
    Part,
    content,
    file_name,
    inner_message,
    list_parts,
    read_header,
    read_message,
)
from qa.formats.mail.quotes import (
    QUOTED,
    Split,
    find_quote,
    sender_of,
    split_quote,
)
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError, clean
from qa.schema import QUOTED_MAIL
from qa.settings import ParseLimits

_LABEL_CHARACTERS = 150
_MOST_ATTACHMENTS = 50
_DEEPEST_HEADING = 6
_MAIL_HEADERS = frozenset(
    """bcc cc content-type date delivered-to from message-id mime-version received reply-to
    return-path sender subject to x-mailer""".split()
)
_SHOWN = ("From", "To", "Cc", "Date")
_TEXTS = ("text/html", "text/markdown", "text/plain")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature")
_SUFFIXES = {  # of attachments whose name has none
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
}
_MOST_QUOTES = 6
_ANY_TAG = re.compile(r"<[^>]{0,2000}>")
# What may stand below a quote and is no answer to it: a signature.
_FAREWELL_CHARACTERS = 60
# A text of so few characters beside one in HTML of so many times more only says that the
# mail is in HTML.
_STUB_CHARACTERS = 300
_STUB_TIMES = 5


def parse_eml(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a mail.

    Raises:
        UnreadableError: It is no mail, or over a limit.
    """
    return _read_message(read_message(data), limits, with_attachments=True)


def _read_message(message: Message, limits: ParseLimits, *, with_attachments: bool) -> Parsed:
    """Read a mail, and what is attached to it or only its names."""
    names = {name.lower() for name, _ in message.raw_items()}
    if not _MAIL_HEADERS & names:
        raise UnreadableError("not a mail: it does not begin with a mail's headers")
    builder = TextBuilder(limits)
    subject = read_header(message, "Subject")
    builder.add(subject, "heading", 1)
    shown = ((name, read_header(message, name)) for name in _SHOWN)
    builder.add("\n".join(f"{name}: {value}" for name, value in shown if value))
    parts = list_parts(message, limits)
    for part in _body(parts, limits):
        _add_text(builder, part, limits)
    attached = [part for part in parts if _is_attachment(part)]
    _add_attachments(builder, attached, limits, read=with_attachments)
    return builder.parsed(title=subject, date=_date(message))


def _date(message: Message) -> str:
    try:
        return parsedate_to_datetime(read_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _body(parts: Sequence[Part], limits: ParseLimits) -> Iterator[Part]:
    """Yield the parts that are the mail's text, one of each choice."""
    texts = [part for part in parts if part.kind in _TEXTS and not _is_attachment(part)]
    for choice, group in groupby(texts, lambda part: part.choice):
        offered = list(group)
        pages = [part for part in offered if part.kind == "text/html"]
        plain = [part for part in offered if part.kind != "text/html"]
        if not choice or not pages or not plain:
            yield from offered
        else:
            yield from pages if _says_nothing(plain, pages, limits) else plain


def _says_nothing(plain: Sequence[Part], pages: Sequence[Part], limits: ParseLimits) -> bool:
    """Tell a text that is empty or only says that the mail is in HTML."""
    length = sum(len(_text(part).strip()) for part in plain)
    if not 0 < length < _STUB_CHARACTERS:
        return length == 0
    shown = TextBuilder(limits)
    for part in pages:
        add_html(shown, _text(part), limits, whole=True)
    return shown.length > _STUB_TIMES * length


def _is_attachment(part: Part) -> bool:
    message, kind = part.message, part.kind
    if part.related or kind in _SIGNATURES:
        return False
    return (
        kind == "message/rfc822"
        or message.get_content_disposition() == "attachment"
        or file_name(message) != ""
    )


def _text(part: Part) -> str:
    """Return a text part's text; none if it is no text."""
    message, data = part.message, content(part.message)
    label = message.get_content_charset() or ""
    text = decode_labelled(data, label)
    if part.kind == "text/html" and not label:
        text = decode_html(data)
    if text is None and message.defects:  # "base64" that is none
        raw = str(message.get_payload())
        text = decode_lenient(raw.encode("utf_8", "surrogateescape"))
    return text or ""


def _add_text(builder: TextBuilder, part: Part, limits: ParseLimits) -> None:
    text = _text(part)
    if part.kind == "text/html":
        _add_page(builder, text, limits)
        return
    if str(part.message.get_param("format")).lower() == "flowed":
        text = _unwrap(text, str(part.message.get_param("delsp")).lower() == "yes")
    _add_lines(builder, [line.rstrip() for line in clean(text).split("\n")])


def _add_lines(builder: TextBuilder, lines: Sequence[str], depth: int = 0) -> None:
    """Add a mail's own words, then the older mail it quotes under a heading that says so."""
    split = split_quote(lines) if depth < _MOST_QUOTES else Split(list(lines), [], [])
    marked = ((_quotes(line), line) for line in split.own)
    for _, block in groupby(marked, lambda line: line[0] if line[1] else -1):
        builder.add("\n".join(line for _, line in block))
    if any(split.quoted):
        _add_quote_heading(builder, sender_of("\n".join(split.said)), depth)
        builder.add("\n".join(split.said))
        _add_lines(builder, split.quoted, depth + 1)


def _add_quote_heading(builder: TextBuilder, sender: str, depth: int) -> None:
    whose = f" of {sender}" if sender else ""
    builder.add(f"{QUOTED_MAIL}{whose}", "heading", min(2 + depth, _DEEPEST_HEADING))


def _add_page(builder: TextBuilder, page: str, limits: ParseLimits) -> None:
    """Add an HTML mail; what is below "On … wrote:" stands under a heading that says so."""
    shown = TextBuilder(limits)
    add_html(shown, page, limits, whole=True, below=1)
    if not shown.length:
        return
    parsed = shown.parsed()
    texts = [parsed.text[block.content : block.end] for block in parsed.blocks]
    quote = None if _goes_on_below_quote(page) else find_quote(texts)
    for at, (block, text) in enumerate(zip(parsed.blocks, texts, strict=True)):
        if at == quote and at > 0:
            _add_quote_heading(builder, sender_of("\n".join(texts[at : at + 2])), 0)
        marker = parsed.text[block.start : block.content]
        builder.add(text, block.kind, block.level, marker)


def _goes_on_below_quote(page: str) -> bool:
    """Whether a page has text after the last mail it quotes."""
    _, quote, after = page.rpartition("</blockquote>")
    return bool(quote) and len("".join(_ANY_TAG.sub(" ", after).split())) > _FAREWELL_CHARACTERS


def _quotes(line: str) -> int:
    """Count how often a line has been quoted."""
    match = QUOTED.match(line)
    return match[0].count(">") if match else 0


def _unwrap(text: str, delete_space: bool) -> str:
    """Join the lines of `format=flowed` into paragraphs (RFC 3676)."""
    joined: list[list[str]] = []
    open_at = -1  # depth of quotes of the paragraph that goes on
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ")
        flows = body.endswith(" ") and body != "-- "
        if open_at != depth or body == "-- ":
            joined.append([">" * depth + " " * (depth > 0)])
        joined[-1].append(body[:-1] if flows and delete_space else body)
        open_at = depth if flows else -1
    return "\n".join(map("".join, joined))


def _add_attachments(
    builder: TextBuilder, parts: Sequence[Part], limits: ParseLimits, *, read: bool
) -> None:
    """Name what is attached, then append the text of what can be read."""
    names: list[str] = []
    found: list[tuple[str, Parsed]] = []
    room = limits.characters - builder.length
    for number, part in enumerate(parts):
        name, parsed = _label(part), None
        if read and number < _MOST_ATTACHMENTS and (suffix := _suffix(part, name)):
            parsed = _read_attachment(part, suffix, limits)
            name += "" if parsed else " (unreadable)"
        names.append(name)
        if parsed is not None and (room := room - len(parsed.text) - 2 * len(name) - 100) > 0:
            found.append((name, parsed))
    builder.add(f"Attachments: {', '.join(names)}" if names else "")
    for name, parsed in found:
        builder.add(f"Attachment: {name}", "heading", 2)
        for block in parsed.blocks:
            level = min(block.level + 2, _DEEPEST_HEADING)
            builder.add(parsed.text[block.start : block.end], block.kind, level)


def _label(part: Part) -> str:
    inner = inner_message(part)
    subject = read_header(inner, "Subject")[:_LABEL_CHARACTERS] if inner is not None else ""
    return file_name(part.message) or subject or "unnamed"


def _suffix(part: Part, name: str) -> str:
    """Return the suffix whose parser reads an attachment; empty if none does."""
    if part.kind == "message/rfc822":
        return ".eml"
    suffix = PurePosixPath(name).suffix.lower() or _SUFFIXES.get(part.kind, "")
    is_read = unsupported(f"x{suffix}") is None and not is_picture(f"x{suffix}")
    return suffix if is_read else ""


def _read_attachment(part: Part, suffix: str, limits: ParseLimits) -> Parsed | None:
    """Read what is attached; None if it cannot be, which must not cost the mail."""
    try:
        if suffix != ".eml":
            # Scans are read a page at a time, which is for files on their own.
            own = replace(limits, ocr_pages=0)
            return parse(f"attachment{suffix}", content(part.message), own)
        inner = inner_message(part) or read_message(content(part.message))
        return _read_message(inner, limits, with_attachments=False)
    except UnreadableError:
        return None
