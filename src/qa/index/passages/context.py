"""Say what a passage stands under: its document's title, the headings, what a list is of.

The context goes to the encoder and the lexical index in front of the passage, which then is
found by words that stand a page further up. Where it gets too long, its middle goes first: the
title says which document it is, the innermost heading what this is about. Knows token counts
only through the function it is given.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from qa.documents.load import title_from_name
from qa.formats.blocks import heading_paths
from qa.schema import Block, Document

CountTokens = Callable[[Sequence[str]], list[int]]

SEPARATOR = " › "
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PART_CHARACTERS = 400
_INTRO_CHARACTERS = 200
_SHORT_ITEM_CHARACTERS = 100
_INTRO_END = (":", "：")


def context_paths(document: Document, blocks: Sequence[Block]) -> list[tuple[str, ...]]:
    """Return for each block the title, the headings above it and, of an item, its list's intro."""
    text = document.text
    title = context_title(document)
    paths = []
    parts = zip(blocks, heading_paths(text, blocks), _list_intros(text, blocks), strict=True)
    for block, headings, intro in parts:
        own = headings[1:] if headings[:1] == (document.title,) else headings
        is_title = block.kind == "heading" and text[block.content : block.end] == document.title
        path = () if is_title else (title, *own, intro)
        paths.append(tuple(filter(None, path)))
    return paths


def context_title(document: Document) -> str:
    """Return the title, with the year its file or folder is named after if it has none itself.

    A document that is only called after its file has none here: a passage's vector must not change
    with the file's name, which the lexical index has in a field of its own.
    """
    if document.title == title_from_name(document.doc_id):
        return ""
    title = " ".join(document.title.split()).replace(SEPARATOR, " - ")[:_PART_CHARACTERS]
    years = _YEAR.findall(document.doc_id)
    return f"{title} ({years[-1]})" if years and not _YEAR.search(title) else title


def without_title(context: str, document: Document) -> str:
    """Return the headings of a context, for where the title is shown beside them."""
    return context.partition(SEPARATOR)[2] if context_title(document) else context


def fit_contexts(
    paths: Sequence[tuple[str, ...]], count_tokens: CountTokens, limit: int
) -> list[str]:
    """Join each path, shortened from the middle until it has at most `limit` tokens."""
    fitted = {path: _fit(path, count_tokens, limit) for path in dict.fromkeys(paths)}
    return [fitted[path] for path in paths]


def _fit(path: tuple[str, ...], count_tokens: CountTokens, limit: int) -> str:
    if not path:
        return ""
    title, *headings = path
    shorter = [SEPARATOR.join((title, *headings[at:])) for at in range(len(headings) or 1)]
    counts = count_tokens(shorter)
    for context, tokens in zip(shorter, counts, strict=True):
        if tokens <= limit:
            return context
    return _fit_ends(title, headings[-1] if headings else "", count_tokens, limit)


def _fit_ends(title: str, heading: str, count_tokens: CountTokens, limit: int) -> str:
    """Shorten a title and one heading: the title keeps at least half of the room."""
    (needed,) = count_tokens([SEPARATOR + heading]) if heading else (0,)
    room = max(limit - needed, (limit + 1) // 2)
    short = _longest(_shortened_title(title), count_tokens, room)
    beginnings = _beginnings(heading)
    joined = [SEPARATOR.join(filter(None, (short, part))) for part in (*beginnings, "")]
    return _longest(joined, count_tokens, limit)


def _longest(candidates: Sequence[str], count_tokens: CountTokens, limit: int) -> str:
    """Return the first candidate, of ever shorter ones, that fits; nothing if none does."""
    counts = count_tokens(candidates)
    return next((c for c, n in zip(candidates, counts, strict=True) if n <= limit), "")


def _shortened_title(title: str) -> list[str]:
    """Leave out ever more of a title's middle, but for a year that stands there."""
    words = title[:_PART_CHARACTERS].split()
    shorter = [" ".join(words)]
    for kept in range(len(words) - 1, 0, -1):
        head, tail = words[: (kept + 1) // 2], words[len(words) - kept // 2 :]
        year = _YEAR.search(" ".join(words[len(head) : len(words) - len(tail)]))
        shorter.append(" ".join([*head, *([year[0]] if year else []), "…", *tail]))
    return [*shorter, f"{words[0]} …"]


def _beginnings(heading: str) -> list[str]:
    words = heading[:_PART_CHARACTERS].split()
    whole = [heading] if len(heading) <= _PART_CHARACTERS else []
    return whole + [" ".join(words[:kept]) + " …" for kept in range(len(words) - 1, 0, -1)]


def _list_intros(text: str, blocks: Sequence[Block]) -> list[str]:
    """Return for each short item of a list what introduces it, "You need:"; else nothing.

    An item of whole sentences is understood alone, and the same words in front of all of them
    would make their vectors alike.
    """
    intros = [""] * len(blocks)
    for at, (before, block) in enumerate(pairwise(blocks), start=1):
        if block.kind != "item":
            continue
        if before.kind == "item":
            intros[at] = intros[at - 1]
        elif before.kind == "paragraph" and is_intro(text, before):
            intros[at] = " ".join(text[before.start : before.end].split()).rstrip(":：")
    return [
        intro if block.end - block.start <= _SHORT_ITEM_CHARACTERS else ""
        for intro, block in zip(intros, blocks, strict=True)
    ]


def is_intro(text: str, block: Block) -> bool:
    """Whether a block is a line that introduces a list."""
    short = block.end - block.start <= _INTRO_CHARACTERS
    return short and text[block.end - 1] in _INTRO_END
