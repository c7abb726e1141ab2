"""Write a conversation as Markdown, in which no word of a document means anything but itself."""

import re

from qa.ui.export.lines import Kind, Line, lines
from qa.ui.page_state import Conversation
from qa.ui.views.page import Piece

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
# At the beginning of a line: lists, rules and underlines of headings.
_BEGINS = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
_BEFORE: dict[Kind, str] = {"title": "# ", "question": "## ", "quote": "> "}


def to_markdown(conversation: Conversation) -> str:
    """Return the text of a Markdown file; what is marked is bold."""
    return "\n\n".join(_paragraph(line) for line in lines(conversation)) + "\n"


def _paragraph(line: Line) -> str:
    text = "".join(map(_piece, line.pieces)).strip()
    text = _BEGINS.sub(lambda found: found[1] + _escaped_start(found[2]), text)
    if line.kind == "answer":
        return f"**{text}**"
    if line.kind == "reference":
        return f"— {text}"
    before = _BEFORE.get(line.kind, "")
    # Two blanks end a line within a paragraph.
    return "  \n".join(before + part.strip() for part in text.splitlines() if part.strip())


def _piece(piece: Piece) -> str:
    text = _MEANS_SOMETHING.sub(r"\\\1", piece.text)
    words = text.strip()
    if not piece.marked or not words:
        return text
    before, after = text[: text.index(words)], text[text.index(words) + len(words) :]
    return f"{before}**{words}**{after}"


def _escaped_start(mark: str) -> str:
    return mark[:-1] + "\\" + mark[-1]
