"""SQuAD-like JSON lines in, examples out, cut to windows of whole sentences.

Does not know tokens or models.
"""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

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
    """

    question: str
    context: str
    answers: tuple[Answer, ...]
    title: str
    source: str


def load_examples(path: Path) -> list[Example]:
    """Load a file of JSON lines, gzipped if it ends in .gz.

    Raises:
        ValueError: An answer is not where the line says.
    """
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        return [_parse(json.loads(line), path) for line in lines if line.strip()]


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
    )


def split_by_title(examples: Sequence[Example], one_in: int) -> tuple[list[Example], list[Example]]:
    """Split so that no article is on both sides; the same titles whatever the order.

    Returns:
        Training and validation examples; about one title in `one_in` validates.
    """
    sides: tuple[list[Example], list[Example]] = ([], [])
    for example in examples:
        digest = hashlib.sha256(example.title.encode()).digest()
        sides[int.from_bytes(digest[:4], "big") % one_in == 0].append(example)
    return sides


def content_words(text: str) -> set[str]:
    """Lower-cased words of more than three letters, and every number."""
    return {w for w in _WORD.findall(text.lower()) if len(w) > 3 or w[0].isdigit()}


def window(example: Example, max_tokens: int, rng: random.Random) -> Example:
    """Cut the context to whole sentences around an answer picked at random.

    Product passages are shorter than training contexts, and short ones train faster. The
    part kept grows to a random side, so that the answer may be anywhere in it; without an
    answer it grows around the sentence that shares most words with the question.
    """
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(example.context))]
    bounds = list(zip(starts, [*starts[1:], len(example.context)], strict=True))
    if example.answers:
        answer = rng.choice(example.answers)
        end = answer.start + len(answer.text)
        first = max(i for i, start in enumerate(starts) if start <= answer.start)
        last = max(i for i, start in enumerate(starts) if start < end)
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
