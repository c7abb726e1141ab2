"""SQuAD-like JSON lines in, examples out, cut to windows of whole sentences.

Does not know tokens or models.
"""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

HELD_ONE_IN = 10
"""One title in so many is held back from training."""

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_WORD = re.compile(r"\w+")
# Word pieces per word on the training contexts: windows are measured in words for speed.
_TOKENS_PER_WORD = 1.35


class Answer(NamedTuple):
    """A gold span: its text and where it starts in the context, in characters."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Example:
    """A question and one passage.

    Attributes:
        question: As asked.
        context: The passage.
        answers: Gold spans; none if the passage does not answer.
        title: The article, or the context itself where the data names none.
        source: The data set, for figures by source.
        evidence: Parts of the context, in characters, that answer together where no span is
            the answer: steps, reasons, a sentence that says yes or no.
        heading: What the passage stands under, if the product cut it; "" for nothing, None for
            any other passage.
    """

    question: str
    context: str
    answers: tuple[Answer, ...]
    title: str
    source: str
    evidence: tuple[tuple[int, int], ...] = ()
    heading: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the context answers the question."""
        return bool(self.answers or self.evidence)

    @property
    def is_by_sentences(self) -> bool:
        """Whether sentences answer and no span does."""
        return bool(self.evidence) and not self.answers


def load_examples(path: Path) -> list[Example]:
    """Load a file of JSON lines, gzipped if it ends in .gz.

    Raises:
        ValueError: An answer is not where the line says.
    """
    return [_parse(row, path) for row in load_rows(path)]


def load_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file of JSON lines, gzipped if it ends in .gz."""
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _parse(row: dict[str, Any], path: Path) -> Example:
    answers = tuple(Answer(each["text"], each["answer_start"]) for each in row["answers"])
    for text, start in answers:
        found = row["context"][start : start + len(text)]
        if found != text:
            raise ValueError(f"{path}: expected {text!r} at {start}, found {found!r}")
    return Example(
        row["question"].strip(),
        row["context"],
        () if row.get("is_impossible") else answers,
        (row.get("title") or row["context"]).replace("_", " ").lower(),
        row.get("source", path.name),
        tuple((start, end) for start, end in row.get("evidence", ())),
        row.get("heading"),
    )


class Split(NamedTuple):
    """Examples by what they are for; no article is in two of them."""

    training: list[Example]
    validation: list[Example]
    test: list[Example]


def split_by_title(examples: Sequence[Example], one_in: int = HELD_ONE_IN) -> Split:
    """Split by title; the same titles whatever the order.

    About one title in `one_in` is held back, half of those for validation and calibration,
    half for the test that figures are reported on.
    """
    split = Split([], [], [])
    for example in examples:
        getattr(split, side_of(example.title, one_in)).append(example)
    return split


def training_examples(examples: Sequence[Example]) -> list[Example]:
    """Leave out the titles held back, and whatever shares a context with one of them."""
    split = split_by_title(examples)
    held = {e.context[:80] for e in (*split.validation, *split.test)}
    return [e for e in split.training if e.context[:80] not in held]


def side_of(title: str, one_in: int = HELD_ONE_IN) -> str:
    """Say on which side of a `Split` a title is."""
    digest = hashlib.sha256(title.encode()).digest()
    held = int.from_bytes(digest[:4], "big") % one_in == 0
    return "training" if not held else "test" if digest[12] % 2 else "validation"


def content_words(text: str) -> set[str]:
    """Lower-cased words of more than three letters, and every number."""
    return {w for w in _WORD.findall(text.lower()) if len(w) > 3 or w[0].isdigit()}


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Find where sentences begin and end, roughly; together they are the whole text."""
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def sentences_of(answer: Answer, bounds: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Give the numbers of the first and last sentence that an answer lies in."""
    end = answer.start + len(answer.text)
    first = max(i for i, (start, _) in enumerate(bounds) if start <= answer.start)
    return first, max(i for i, (start, _) in enumerate(bounds) if start < end)


def titled(example: Example) -> Example:
    """Put the title in front of the context, as the product does with headings."""
    prefix = f"{example.title.title()}\n"
    moved = tuple(Answer(answer.text, answer.start + len(prefix)) for answer in example.answers)
    return replace(example, context=prefix + example.context, answers=moved)


def window(example: Example, max_tokens: int, rng: random.Random) -> Example:
    """Cut the context to whole sentences around an answer picked at random.

    Product passages are shorter than training contexts, and short ones train faster. The
    part kept grows to a random side, so that the answer may be anywhere in it; without an
    answer it grows around the sentence that shares most words with the question.
    """
    bounds = sentence_bounds(example.context)
    if example.answers:
        first, last = sentences_of(rng.choice(example.answers), bounds)
    else:
        words = content_words(example.question)
        shared = [len(words & content_words(example.context[a:b])) for a, b in bounds]
        first = last = shared.index(max(shared))
    lengths = [len(example.context[a:b].split()) * _TOKENS_PER_WORD for a, b in bounds]
    size = sum(lengths[first : last + 1])
    while True:
        sides = []
        if first > 0 and size + lengths[first - 1] <= max_tokens:
            sides.append(first - 1)
        if last + 1 < len(bounds) and size + lengths[last + 1] <= max_tokens:
            sides.append(last + 1)
        if not sides:
            break
        side = rng.choice(sides)
        first, last, size = min(first, side), max(last, side), size + lengths[side]
    return _slice(example, bounds[first][0], bounds[last][1], rng)


def _slice(example: Example, start: int, end: int, rng: random.Random) -> Example:
    """Keep one gold span that lies inside, chosen at random."""
    inside = [a for a in example.answers if start <= a.start and a.start + len(a.text) <= end]
    answers = (rng.choice(inside),) if inside else ()
    moved = tuple(Answer(answer.text, answer.start - start) for answer in answers)
    return replace(example, context=example.context[start:end].rstrip(), answers=moved)
