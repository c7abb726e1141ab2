"""The one path on which text from documents and people becomes HTML."""

from collections.abc import Sequence
from html import escape

from qa.schema import Span


def text(value: str) -> str:
    """Escape text for HTML, attributes included, and for the page's template language."""
    escaped = escape(value, quote=True)
    return escaped.replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;")


def marked(value: str, spans: Sequence[Span]) -> str:
    """Escape a text and put <mark> around spans of it, which are in order and disjoint."""
    parts = []
    position = 0
    for span in spans:
        parts.append(text(value[position : span.start]))
        parts.append(f"<mark>{text(value[span.start : span.end])}</mark>")
        position = span.end
    return "".join([*parts, text(value[position:])])


def place(doc_id: str, span: Span) -> str:
    """Name a place in a document, as attributes of what opens it."""
    return f'data-open="{text(doc_id)}" data-start="{span.start}" data-end="{span.end}"'


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: "1 document", "2,000 documents"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
