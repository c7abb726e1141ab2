"""Documents in, passages out: exact slices, none longer than the encoder reads.

Structure first (see `formats.blocks`): a passage holds one block, or several short
neighbours under one heading. A block that is too long is cut between sentences, a
sentence that is too long between words. Knows token counts only through the function
it is given. Does not know the encoder, the index or files.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from qa.formats.blocks import trim
from qa.index.passages.context import CountTokens, context_paths, fit_contexts, is_intro
from qa.index.passages.sentences import units
from qa.schema import Block, Document, Kind, Passage, Span

# A word piece stands for few characters, except that a "word" of any length may become
# a single [UNK]; a passage of base64 must not be unbounded.
_CHARACTERS_A_TOKEN = 8


@dataclass(frozen=True, slots=True)
class ChunkLimits:
    """How long passages are, in tokens of the encoder without its special tokens.

    Attributes:
        max_tokens: No passage with its context is longer.
        merge_tokens: A passage shorter than this takes in its short neighbours.
        context_tokens: Longest context: title, headings, what a list is of.
    """

    max_tokens: int
    merge_tokens: int
    context_tokens: int


class _Piece(NamedTuple):
    """A run of text that is not cut further: a sentence, or part of an endless one."""

    start: int
    end: int
    content: int
    tokens: int
    is_heading: bool


class _Group(NamedTuple):
    """Neighbouring pieces that become one passage."""

    pieces: list[_Piece]
    tokens: int
    context: str
    heading_only: bool
    introduces: bool = False  # ends with the line that a list hangs on


def chunk(
    document: Document,
    blocks: Sequence[Block],
    count_tokens: CountTokens,
    limits: ChunkLimits,
    *,
    language: str = "en",
) -> list[Passage]:
    """Cut a document into passages, in order.

    Every passage is `document.text[start:end]`; together they cover all that is not
    white space; none, with its context, has more than `limits.max_tokens` tokens.

    Args:
        document: What to cut.
        blocks: Its structure, in order.
        count_tokens: Token counts of texts, without special tokens and truncation.
        limits: Lengths.
        language: ISO 639 code, chooses the sentence rules.
    """
    text = document.text
    paths = context_paths(document, blocks)
    contexts = fit_contexts(paths, count_tokens, limits.context_tokens)
    budget = limits.max_tokens - limits.context_tokens
    pieces = _pieces(text, blocks, count_tokens, budget, language)
    groups: list[_Group] = []
    introducing = [*(_introduces(text, *pair) for pair in pairwise(blocks)), False]
    for block, new in zip(blocks, map(_group, blocks, pieces, contexts, introducing), strict=True):
        _add(groups, block.kind, new, budget, limits.merge_tokens)
    return _passages(document, _split_overlong(text, groups, count_tokens, budget))


def _split_overlong(
    text: str, groups: list[_Group], count_tokens: CountTokens, budget: int
) -> list[_Group]:
    """Halve groups whose slice has more tokens than its pieces have one by one.

    White space between pieces is a token to some tokenizers.
    """
    slices = [text[group.pieces[0].start : group.pieces[-1].end] for group in groups]
    split = []
    for group, tokens in zip(groups, count_tokens(slices), strict=True):
        if tokens <= budget or len(group.pieces) == 1:
            split.append(group)
            continue
        middle = len(group.pieces) // 2
        halves = [group._replace(pieces=p) for p in (group.pieces[:middle], group.pieces[middle:])]
        split += _split_overlong(text, halves, count_tokens, budget)
    return split


def _introduces(text: str, block: Block, after: Block) -> bool:
    """Whether a block is the line that the list after it hangs on: "You need:"."""
    return block.kind == "paragraph" and after.kind == "item" and is_intro(text, block)


def _group(block: Block, pieces: list[_Piece], context: str, introduces: bool) -> _Group:
    tokens = sum(piece.tokens for piece in pieces)
    return _Group(pieces, tokens, context, block.kind == "heading", introduces)


def _add(groups: list[_Group], kind: Kind, new: _Group, budget: int, merge_tokens: int) -> None:
    """Put a block into the last group if it belongs there, else into as many as it needs."""
    last = groups[-1] if groups else None
    if last and last.tokens + new.tokens <= budget and _joins(last, kind, new, merge_tokens):
        groups[-1] = _Group(
            last.pieces + new.pieces,
            last.tokens + new.tokens,
            last.context,
            last.heading_only and new.heading_only,
            new.introduces,
        )
        return
    groups.extend(
        new._replace(pieces=run, tokens=sum(piece.tokens for piece in run))
        for run in _pack(new.pieces, budget)
    )


def _joins(last: _Group, kind: Kind, new: _Group, merge_tokens: int) -> bool:
    """Say whether a block goes with what is before it.

    A heading goes with what follows it, what introduces a list with its first item, and short
    neighbours under one heading with each other.
    """
    if last.heading_only or (last.introduces and kind == "item"):
        return True
    if new.introduces:
        return last.tokens < merge_tokens
    return not new.heading_only and min(last.tokens, new.tokens) < merge_tokens


def _pack(pieces: list[_Piece], budget: int) -> list[list[_Piece]]:
    """Split a block's pieces into runs of about equal length that fit the budget."""
    total = sum(piece.tokens for piece in pieces)
    target = total / -(-total // budget) if total else 0
    runs: list[list[_Piece]] = []
    length = 0
    for piece in pieces:
        if not runs or length + piece.tokens > budget or length >= target:
            runs.append([])
            length = 0
        runs[-1].append(piece)
        length += piece.tokens
    return runs


def _pieces(
    text: str, blocks: Sequence[Block], count_tokens: CountTokens, budget: int, language: str
) -> list[list[_Piece]]:
    """Cut each block into sentences that fit the budget; counts tokens in one batch."""
    spans = [list(units(text, block, language)) for block in blocks]
    counts = iter(_costs([text[s.start : s.end] for run in spans for s in run], count_tokens))
    pieces = []
    for block, run in zip(blocks, spans, strict=True):
        fitted = [
            piece for span in run for piece in _fit(text, span, next(counts), count_tokens, budget)
        ]
        pieces.append(
            [
                _Piece(
                    s.start,
                    s.end,
                    max(s.start, block.content) if s.end > block.content else s.start,
                    n,
                    block.kind == "heading",
                )
                for s, n in fitted
            ]
        )
    return pieces


def _fit(
    text: str, span: Span, tokens: int, count_tokens: CountTokens, budget: int
) -> list[tuple[Span, int]]:
    """Halve a sentence between words until each part fits the budget."""
    if tokens <= budget or span.end - span.start < 2:
        return [(span, tokens)]
    cut = _cut_point(text, span)
    halves = [
        half for raw in (Span(span.start, cut), Span(cut, span.end)) if (half := trim(text, raw))
    ]
    counts = _costs([text[half.start : half.end] for half in halves], count_tokens)
    return [
        part
        for half, count in zip(halves, counts, strict=True)
        for part in _fit(text, half, count, count_tokens, budget)
    ]


def _costs(texts: Sequence[str], count_tokens: CountTokens) -> list[int]:
    """Count tokens, and at least one for every few characters."""
    return [
        max(tokens, -(-len(text) // _CHARACTERS_A_TOKEN))
        for text, tokens in zip(texts, count_tokens(texts), strict=True)
    ]


def _cut_point(text: str, span: Span) -> int:
    """The white space nearest the middle of the middle half, else the middle itself."""
    quarter = (span.end - span.start) // 4
    middle = (span.start + span.end) // 2
    before = text.rfind(" ", span.start + quarter, middle)
    after = text.find(" ", middle, span.end - quarter)
    candidates = [cut for cut in (before, after) if cut > span.start]
    return min(candidates, key=lambda cut: abs(cut - middle)) if candidates else middle


def _passages(document: Document, groups: Iterable[_Group]) -> list[Passage]:
    seen: Counter[str] = Counter()
    passages = []
    for group in groups:
        start, end = group.pieces[0].start, group.pieces[-1].end
        text = document.text[start:end]
        # A heading announces an answer, it is none, unless there is nothing else.
        cited = [piece for piece in group.pieces if not piece.is_heading] or group.pieces
        passages.append(
            Passage(
                passage_id=_passage_id(document.doc_id, text, seen[text]),
                doc_id=document.doc_id,
                start=start,
                end=end,
                text=text,
                context=group.context,
                sentences=tuple(Span(piece.content, piece.end) for piece in cited),
            )
        )
        seen[text] += 1
    return passages


def _passage_id(doc_id: str, text: str, occurrence: int) -> str:
    """16 hex digits of a hash; an edit elsewhere in the document does not change it."""
    key = f"{doc_id}\0{text}\0{occurrence}".encode()
    return hashlib.sha256(key).hexdigest()[:16]
