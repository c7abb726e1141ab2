"""Read Markdown as it is shown: no marks of emphasis, no addresses of links, tables row by row.

The document's text is what a person sees on the rendered page; where each piece of it stands in
the file is kept beside it (`source_span`), so that a citation is found there to the character.
What CommonMark (`markdown-it-py`) and GitHub's tables and strikethrough see is what counts;
footnotes and front matter are read too. Struck-out text, comments and hidden HTML are left out.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from qa.formats.blocks import split_blocks
from qa.formats.html.page import add_html
from qa.formats.html.seen import is_unseen
from qa.formats.parsed import Parsed, TextBuilder
from qa.formats.raised import lowered, raised
from qa.formats.text import read_text
from qa.schema import Kind, Span
from qa.settings import ParseLimits

# markdown-it reads about 1 MB a second; beyond this a "Markdown" file is data, not prose.
_MARKDOWN_LIMIT = 2_000_000
# Of a paragraph: its emphasis and links take time with the square of it.
_INLINE_LIMIT = 100_000
_TITLE_CHARACTERS = 20_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(.{1,10000}?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S
)
_FRONT_LINE = re.compile(r"[\w.-]+[ \t]*:(?:[ \t].*)?|[ \t]*-[ \t].*|[ \t]+\S.*|#.*|[ \t]*")
_DAY = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_NOTE = re.compile(r"\[\^([^\s\]\[]{1,40})\]")
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")


def parse_markdown(data: bytes, limits: ParseLimits) -> Parsed:
    """Read Markdown; its title is the front matter's, or else the first level-one heading.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = read_text(data, limits)
    if len(text) > _MARKDOWN_LIMIT:
        return Parsed(text, tuple(split_blocks(text)))
    return _Renderer(text, limits).parsed()


def source_span(layout: str, span: Span) -> Span | None:
    """Find where a part of a document's text stands in the Markdown file.

    Args:
        layout: What parsing the file gave.
        span: In the document's text.

    Returns:
        The same words in the decoded file, without a byte-order mark; of what has no place of
        its own, as a table's row, all of its source; None for nothing but white space.
    """
    runs = json.loads(layout)
    first = max(bisect_right(runs, span.start, key=lambda run: run[0]) - 1, 0)
    found = []
    for start, length, source, source_length, exact in runs[first:]:
        if start >= span.end:
            break
        here = Span(max(start, span.start), min(start + length, span.end))
        if here.start >= here.end:
            continue
        found.append(here.shift(source - start) if exact else Span(source, source + source_length))
    return Span(found[0].start, found[-1].end) if found else None


# Of the text, and of the source: where they begin and how long they are; whether they are the
# same, character for character.
_Run = tuple[int, int, int, int, bool]


@dataclass(slots=True)
class _Item:
    """A list item that is open."""

    marker: str
    is_begun: bool = False


@dataclass(slots=True)
class _Words:
    """What an inline token shows, and where it stands in the source."""

    text: str = ""
    runs: list[_Run] = field(default_factory=list)


class _Renderer:
    """Turns the tokens of one file into blocks."""

    def __init__(self, text: str, limits: ParseLimits) -> None:
        self._text = text
        self._limits = limits
        self._builder = TextBuilder(limits)
        self._lines = [match.start() for match in _LINE.finditer(text)]
        self._runs: list[_Run] = []
        self._items: list[_Item] = []
        self._hidden = ""  # the HTML element that hides what is inside
        self._title = self._date = ""

    def parsed(self) -> Parsed:
        """Render the whole file."""
        first = self._add_front_matter()
        # Blank lines keep the numbers of those that come after.
        body = "\n" * self._text.count("\n", 0, first) + self._text[first:]
        parser = _parser()
        tokens = iter(parser.parse(body))
        for token in tokens:
            if token.type == "table_open":
                self._add_table(tokens)
            else:
                self._add(token, tokens)
        layout = json.dumps(self._runs, separators=(",", ":"))
        return self._builder.parsed(title=self._title, date=self._date, layout=layout)

    def _add(self, token: Token, tokens: Iterator[Token]) -> None:
        kind = token.type
        if kind == "html_block":
            self._add_html(token)
        elif kind == "list_item_open":
            self._items.append(_Item(f"{token.info}{token.markup}" if token.info else ""))
        elif kind == "list_item_close":
            self._items.pop()
        elif self._hidden:
            return
        elif kind == "heading_open":
            self._add_heading(next(tokens), int(token.tag[1:]))
        elif kind == "inline":
            self._add_words(self._words(token))
        elif kind in ("fence", "code_block"):
            self._add_code(token)

    def _add_heading(self, token: Token, level: int) -> None:
        words = self._words(token)
        words.text = words.text.replace("\n", " ")
        at_top = self._builder.length < _TITLE_CHARACTERS
        self._place(words, self._builder.add(words.text, "heading", level))
        if level == 1 and at_top:
            self._title = self._title or " ".join(words.text.split())

    def _add_words(self, words: _Words) -> None:
        if not words.text.strip():
            return
        item = self._items[-1] if self._items else None
        kind: Kind = "paragraph"
        marker = ""
        if item and not item.is_begun:
            kind, marker, item.is_begun = "item", item.marker, True
        start = self._builder.add(words.text, kind, marker=marker)
        self._place(words, start, len(marker) + bool(marker))

    def _add_code(self, token: Token) -> None:
        """Add a block of code as it stands; its lines have lost their indent."""
        text = token.content.rstrip()
        indent = len(text) - len(text.lstrip("\n"))
        words = _Words(text[indent:])
        span = self._source(token)
        # A fence stands around it.
        at = self._text.find(words.text.split("\n")[0], span.start, span.end)
        if self._text.startswith(words.text, max(at, 0)):
            words.runs = [(0, len(words.text), at, len(words.text), True)]
        else:
            words.runs = [(0, len(words.text), span.start, span.end - span.start, False)]
        self._add_words(words)

    def _add_table(self, tokens: Iterator[Token]) -> None:
        """Add a table, each cell with its column's name."""
        names: list[str] = []
        row: list[str] = []
        for token in tokens:
            if token.type == "table_close":
                return
            if token.type == "tr_open":
                row, place = [], self._source(token)
            elif token.type == "inline":
                row.append(self._words(token).text)
            elif token.type == "tr_close" and not self._hidden:
                before = self._builder.length
                self._builder.add_table([row], header=False, names=names)
                self._runs += self._whole(before, place)
                names = names or row

    def _add_html(self, token: Token) -> None:
        """Add what a piece of HTML shows, and see whether it hides what comes next."""
        if self._hidden:
            closed = re.search(rf"</{self._hidden}\s*>", token.content, re.IGNORECASE)
            self._hidden = "" if closed else self._hidden
            return
        opened = _TAG.match(token.content.lstrip())
        if opened and not opened[1]:
            tag = opened[2].lower()
            closed_here = re.search(rf"</{tag}\s*>", token.content, re.IGNORECASE)
            later = re.compile(rf"</{re.escape(tag)}\s*>", re.IGNORECASE)
            end = self._source(token).end
            if not closed_here and is_unseen(tag, _attributes(opened[3])):
                self._hidden = tag if later.search(self._text, end) else ""
                return
        before = self._builder.length
        add_html(self._builder, token.content, self._limits, whole=True)
        self._runs += self._whole(before, self._source(token))

    def _whole(self, before: int, source: Span) -> list[_Run]:
        """Say that what was added since `before` is made of a piece of the source."""
        start = before + 2 * bool(before)
        length = self._builder.length - start
        size = source.end - source.start
        return [(start, length, source.start, size, False)] if length > 0 else []

    def _place(self, words: _Words, start: int | None, marker: int = 0) -> None:
        """Keep where the words of a block that was added stand in the source."""
        if start is None:
            return
        blanks = len(words.text) - len(words.text.lstrip())  # which were not added
        shift = start + marker - blanks
        for at, length, source, written, exact in words.runs:
            cut = min(max(blanks - at, 0), length)
            kept = (source + cut, written - cut) if exact else (source, written)
            if length > cut:
                self._runs.append((at + cut + shift, length - cut, *kept, exact))

    def _source(self, token: Token) -> Span:
        """Return the lines of a token."""
        first, after = token.map or (0, 0)
        ends = [*self._lines, len(self._text)]
        last = len(ends) - 1
        return Span(ends[min(first, last)], ends[min(after, last)])

    def _words(self, token: Token) -> _Words:
        """Render an inline token, and find its pieces in the source one after the other."""
        place = self._source(token)
        words = _Words()
        at = place.start
        for shown, written in _shown(token.children or ()):
            found = self._text.find(written, at, place.end) if written.strip() else -1
            if found >= 0:
                exact = len(shown) == len(written)
                words.runs.append((len(words.text), len(shown), found, len(written), exact))
                at = found + len(written)
            words.text += shown
        return words

    def _add_front_matter(self) -> int:
        """Add what a YAML header says, a line each; return where the text after it begins."""
        match = _FRONT_MATTER.match(self._text)
        if match is None or not all(map(_FRONT_LINE.fullmatch, match[1].splitlines())):
            return 0
        lines = [line.rstrip() for line in match[1].splitlines() if line.strip("# \t")]
        said = dict(line.partition(":")[::2] for line in lines if ":" in line)
        values = {key.strip().lower(): _unquoted(value) for key, value in said.items()}
        self._title = values.get("title", "")
        day = _DAY.match(values.get("date", ""))
        self._date = day[0] if day else ""
        if self._builder.add("\n".join(lines)) is not None:
            same = self._builder.length == len(match[1])
            self._runs.append((0, self._builder.length, match.start(1), len(match[1]), same))
        return match.end()


def _shown(children: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield each piece that is shown, with how it is written."""
    struck = 0
    shift = ""
    last = ""
    begins = True
    after_note = dropped = False
    for token in children:
        content = token.content
        if token.type in ("s_open", "s_close"):
            struck += 1 if token.nesting > 0 else -1
        elif token.type == "html_inline":
            tag = _TAG.fullmatch(content)
            name = tag[2].lower() if tag else ""
            if name in ("del", "s", "strike"):
                struck = max(0, struck + (-1 if tag and tag[1] else 1))
            elif name in ("sup", "sub"):
                shift = "" if tag and tag[1] else name
            elif name == "br" and not struck:
                yield "\n", content
            else:
                dropped = dropped or not name  # a comment
        elif struck:
            dropped = True
            continue
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n", "\n"
            begins = True
            continue
        elif token.type == "footnote":
            shown = raised(content) if content.isdecimal() else f"[{content}]"
            yield shown, f"[^{content}]"
            after_note = begins
            continue
        elif token.type in ("text", "text_special", "code_inline", "image"):
            if after_note:
                content = content.removeprefix(":")
            shown = raised(content) if shift == "sup" else content
            shown = lowered(content, last) if shift == "sub" else shown
            if dropped and last[-1:].strip() == "":
                shown = content = shown.removeprefix(" ")
            yield shown, token.markup if token.type == "text_special" else content
            last = shown
            dropped = False
        begins = after_note = False


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    parser.inline.ruler.before("link", "footnote", _footnote)
    parser.block.ruler.at("reference", _reference)
    parser.core.ruler.before("inline", "long", _keep_long)
    return parser


def _keep_long(state: object) -> None:
    """Leave the marks of a paragraph that is too long to look for them."""
    for token in getattr(state, "tokens", ()):
        if token.type == "inline" and len(token.content) > _INLINE_LIMIT:
            token.type = "long"
            token.children = [Token("text", "", 0, content=token.content)]


def _footnote(state: StateInline, silent: bool) -> bool:
    match = _NOTE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("footnote", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Read the address of a link; a footnote's text looks like one."""
    at = state.bMarks[first] + state.tShift[first]
    return not state.src.startswith("[^", at) and reference(state, first, last, silent)


def _attributes(inside: str) -> dict[str, str]:
    return {
        match[1].lower(): match[2] or match[3] or match[4] or ""
        for match in _ATTRIBUTE.finditer(inside[:5_000])
    }


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
