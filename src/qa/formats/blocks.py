"""Find where a plain text's headings, list items and paragraphs stand.

A block is a run of whole lines, trimmed; the blocks of a text cover everything in it
that is not white space. Does not know tokens, passages or the encoder.
"""

import re
from collections.abc import Iterable

from qa.schema import Block, Kind, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MARKER = re.compile(r"\s*(?:[-*+•‣◦▪●–—]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])[ \t]+(?=\S)")
_NUMBERED_HEADING = re.compile(r"(?:(?:chapter|section|part|article|annex|appendix)\s+)?"
                               r"(?:\d+(?:\.\d+)+\.?|[IVXLC]+\.)\s+\S", re.IGNORECASE)  # fmt: skip
_TITLED = re.compile(r"\d{1,2}(?P<mark>[.)])?[ \t]+[A-Z][^\n]{1,58}(?<![.,;:?!])$")
_TOPPING = re.compile(r"(?!.*(?:\t|   ))[A-Z][^\n|:]{2,58}(?<![.,;:?!])$")
_SAYS = re.compile(
    r"\d|\b(?:is|are|was|were|has|have|had|costs?|opens?|closes?|must|may|can|will|shall|takes?|took|"
    r"starts?|begins?|ends?|pays?|needs?|includes?|means?|gets?|gives?|goes|lasts?)\b"
)  # no title but a sentence
_LEAST_TITLED = 2
_MOST_TITLE_WORDS = 8
_RUNNING = 60  # characters of a line of running text
_SENTENCE_ENDS = (".", "!", "?", ")", "”", '"')
_BEGINS = frozenset(
    "A All An Any As Each Every For He If In It No Not On Our Please She The There These They This "
    "Those We When Who You Your".split()
)
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,})\s*$")
_MAX_HEADING_CHARACTERS = 90


def split_blocks(text: str) -> list[Block]:
    """Cut a plain text at its structure, in order."""
    lines = [Span(*match.span()) for match in _LINE.finditer(text) if match.end() > match.start()]
    return _assemble(text, lines, _plain_cuts(text, lines))


def _assemble(text: str, lines: list[Span], cuts: dict[int, tuple[Kind, int]]) -> list[Block]:
    """Make one block of the lines between each cut and the next."""
    starts = sorted({0, *cuts})
    blocks = []
    for first, after in zip(starts, [*starts[1:], len(lines)], strict=True):
        if first >= after:
            continue
        trimmed = trim(text, Span(lines[first].start, lines[after - 1].end))
        if trimmed is None:
            continue
        kind, level = cuts.get(first, ("paragraph", 0))
        marker = _MARKER.match(text, trimmed.start, trimmed.end)
        content = marker.end() if marker and marker.end() < trimmed.end else trimmed.start
        blocks.append(Block(*trimmed, content, kind, level))
    return blocks


def trim(text: str, span: Span) -> Span | None:
    """Narrow a span to what is not white space; None if nothing is."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    end = span.start + len(piece.rstrip())
    return Span(start, end) if start < end else None


def _plain_cuts(text: str, lines: list[Span]) -> dict[int, tuple[Kind, int]]:
    """Cut plain text at blank lines, list markers and what looks like a heading."""
    contents = [text[line.start : line.end].strip() for line in lines]
    cuts: dict[int, tuple[Kind, int]] = {}
    titled = _titled(contents)
    widest = max(map(len, contents), default=0)
    in_item = False
    for number, content in enumerate(contents):
        if not content:
            in_item = False
            continue
        before = contents[number - 1] if number else ""
        after = contents[number + 1] if number + 1 < len(lines) else ""
        if number in titled or _is_plain_heading(content, before, after):
            in_item = False
            cuts[number] = ("heading", 1)
            # The heading ends with its line, or with the rule drawn under it.
            cuts.setdefault(number + 1 + bool(_UNDERLINE.match(after)), ("paragraph", 0))
        elif _MARKER.match(text, lines[number].start, lines[number].end):
            cuts[number] = ("item", 0)
            in_item = True
        elif not before or (in_item and _is_behind_list(text, lines[number], before, widest)):
            cuts[number] = ("paragraph", 0)
            in_item = False
    return cuts


def _titled(lines: list[str]) -> set[int]:
    """Number the lines that are sections' titles on top of running text: “3. Lockers”, “TRAVEL”.

    Of titles without capitals or a number there are two at least, else it may be how a line broke.
    """
    above = ["", *lines]
    below = [*lines[1:], ""]
    found: dict[str, set[int]] = {"numbered": set(), "capitals": set(), "plain": set()}
    for number, (before, line, after) in enumerate(zip(above, lines, below, strict=False)):
        if before or not after[:1].isupper() or _MARKER.match(after):
            continue
        runs = len(after) >= _RUNNING and len(after) > len(line) and not after.isupper()
        titled = _TITLED.match(line)
        if titled and (titled["mark"] or runs):
            found["numbered"].add(number)
        elif runs and _TOPPING.match(line) and len(line.split()) <= _MOST_TITLE_WORDS:
            if line.isupper():
                found["capitals"].add(number)
            elif not _SAYS.search(line):
                found["plain"].add(number)
    least = {"capitals": 1}
    several = [at for kind, at in found.items() if len(at) >= least.get(kind, _LEAST_TITLED)]
    return set().union(*several)


def _is_behind_list(text: str, line: Span, before: str, widest: int) -> bool:
    """Whether a line below an item is none of it: it begins a sentence that had fitted above."""
    word = text[line.start : line.end].split(maxsplit=1)[0]
    fitted = len(before) + 1 + len(word) <= widest and not text[line.start].isspace()
    begins = word in _BEGINS or (before.endswith(_SENTENCE_ENDS) and word[:1].isupper())
    return fitted and begins


def _is_plain_heading(line: str, before: str, after: str) -> bool:
    """A short line on its own, in capitals, numbered like a section, or underlined."""
    if len(line) > _MAX_HEADING_CHARACTERS or before or not any(map(str.isalpha, line)):
        return False
    if _UNDERLINE.match(after):
        return True
    if after or line[-1] in ".,;:?!":
        return False
    return line.isupper() or _NUMBERED_HEADING.match(line) is not None


def heading_paths(text: str, blocks: Iterable[Block]) -> list[tuple[str, ...]]:
    """Return for each block the headings above it, outermost first."""
    stack: list[tuple[int, str]] = []
    paths = []
    for block in blocks:
        if block.kind == "heading":
            stack = [entry for entry in stack if entry[0] < block.level]
        paths.append(tuple(title for _, title in stack))
        if block.kind == "heading":
            title = text[block.content : block.end].splitlines()[0].strip()
            if title:
                stack.append((block.level, title))
    return paths
