"""Measure completed questions against people's own wording of what they meant.

Files as QReCC and CANARD give them: `history` (questions and answers in turn), `question`,
`rewrite`, `source`, one object a line, perhaps gzipped. Half of the conversations, by a hash of how
they begin, was never looked at while the rules were made; only that half is measured.
"""

import gzip
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from qa.converse.exchange import Exchange
from qa.converse.resolve import understand
from qa.words import FUNCTION_WORDS, stem, words

# They have title and section before the first question.
_TITLED = "canard"
# They have questions only.
_WITHOUT_ANSWERS = "trec_cast"
_SPOKEN = "disfl_qa"  # corrections inside one question


class Rewrite(msgspec.Struct, frozen=True):
    """A question in a conversation, and the same written out by a person."""

    history: list[str]
    question: str
    rewrite: str
    source: str
    standalone: bool = False


def measure_rewrites(path: Path) -> dict[str, Counter[str]]:
    """Count, by source, what came of the questions of the untouched half.

    Returns:
        Of each source: whole questions (`alone`) and those left alone (`left`); follow-ups
        (`follow`) and those completed in any way (`completed`); content words a person added
        (`wanted`), added here (`added`), and both (`found`).
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in _load(path):
        if entry.source == _SPOKEN or not _is_untouched(entry):
            continue
        count = counts[entry.source]
        meant = understand(entry.question, _exchanges(entry)).question
        added = content(meant) - content(entry.question)
        wanted = content(entry.rewrite) - content(entry.question)
        if entry.standalone or not wanted:
            count.update(alone=1, left=int(content(meant) == content(entry.question)))
        else:
            count.update(
                follow=1, completed=int(bool(added)), wanted=len(wanted), added=len(added),
                found=len(wanted & added),
            )  # fmt: skip
    return dict(counts)


def content(text: str) -> set[str]:
    """Return the stems of a text's content words."""
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS}


def _load(path: Path) -> Iterator[Rewrite]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return (msgspec.json.decode(line, type=Rewrite) for line in text.splitlines())


def _is_untouched(entry: Rewrite) -> bool:
    start = entry.history[:1] or [entry.question]
    if entry.source.startswith(_TITLED):
        start = entry.history[:2]
    key = f"{entry.source}|{'|'.join(start)}"
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2 == 1


def _exchanges(entry: Rewrite) -> list[Exchange]:
    """Make exchanges of a history, each question understood after those before it."""
    earlier: list[Exchange] = []
    title = heading = ""
    history = entry.history
    if entry.source.startswith(_TITLED):
        title, heading, *history = history
        earlier.append(Exchange(f"{title}, {heading}", title=title, heading=heading))
    for question, answer in _pairs(history, entry.source.startswith(_WITHOUT_ANSWERS)):
        known = "" if "don't know" in answer else answer
        meant = understand(question, earlier).question
        earlier.append(Exchange(meant, known, known, title=title, heading=heading))
    return earlier


def _pairs(history: Sequence[str], questions_only: bool) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(history):
        question, answer = history[position], ""
        position += 1
        answered = not questions_only and position < len(history)
        if answered and not history[position].strip().endswith("?"):
            answer = history[position]
            position += 1
        yield question, answer
