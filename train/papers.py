"""Make examples of documents with questions: `python -m train.papers OUT.jsonl.gz FOLDER …`.

A FOLDER has documents and `questions.jsonl`, one object a line: `doc`, `question`, `answer`
(verbatim, or null), `evidence` (verbatim pieces that hold the answer, or that seem to) and `kind`.
Documents are cut as the product cuts them, so that the network sees headings, rows of
tables and pieces of lists as it will be asked about them.
"""

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from qa.index.build import build_index
from qa.index.local.generations import Index
from qa.index.stores.protocols import IndexReader
from qa.schema import Passage
from train.data import content_words, load_rows, side_of

QUESTIONS = "questions.jsonl"
SENTENCES = frozenset({"yesno", "howto", "why", "list"})
"""Kinds that sentences answer, not a span within one."""
_OTHER_SHARE = 0.45
"""For how many of the questions another passage of the same document is a near miss, too."""
_WORD = re.compile(r"\w+")
_SIGN_BEFORE = re.compile(r"(?P<sign>[^\s\w|*#`_]) ?$")
_SIGN_AFTER = re.compile(r" ?(?P<sign>[^\s\w|*#`_])")


class Place(NamedTuple):
    """Where something stands: the number of a passage, and characters of its text."""

    passage: int
    start: int
    end: int


class Question(NamedTuple):
    """A question about a document.

    Attributes:
        title: Which document, in which folder; by it documents are held back.
        asked: As in the file.
        passages: The document's, in order.
        found: Where each piece of evidence stands.
    """

    title: str
    asked: dict[str, Any]
    passages: list[Passage]
    found: list[Place]

    @property
    def evidence(self) -> list[str]:
        """What holds the answer, as the product reads it; nothing if there is none."""
        if self.asked["answer"] is None:
            return []
        return [self.passages[n].text[start:end] for n, start, end in self.found]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="JSON lines .gz, for `train.reader --data`")
    parser.add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    rng = random.Random(1)
    count: Counter[str] = Counter()
    with gzip.open(options.out, "wt", encoding="utf-8") as out:
        for folder in options.folders:
            count["questions"] += len((folder / QUESTIONS).read_text("utf-8").splitlines())
            for row in rows_of(folder, rng):
                count["unanswerable" if row["is_impossible"] else "answerable"] += 1
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(dict(count))


def rows_of(folder: Path, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Make a folder's rows."""
    for question in questions_of(folder):
        yield from _rows(question, rng)


def questions_of(folder: Path, side: str = "") -> Iterator[Question]:
    """Read a folder's questions; one whose evidence is not found falls away.

    Args:
        folder: It is indexed, if there is any question.
        side: Of the `Split`: only questions about documents that are there; "" for all.
    """
    if has_questions(folder, side):
        with tempfile.TemporaryDirectory() as made:
            build_index(folder, made)
            with closing(Index.open(Path(made))) as index:
                yield from questions_in(index, folder, side)


def has_questions(folder: Path, side: str = "") -> bool:
    """Whether a folder has any, about documents on a side of the `Split`."""
    return any(True for _ in _asked(folder, side))


def questions_in(index: IndexReader, folder: Path, side: str = "") -> Iterator[Question]:
    """Read a folder's questions as `questions_of` does, from an index that it has."""
    passages: dict[str, list[Passage]] = {}
    for title, asked in _asked(folder, side):
        doc_id = asked["doc"]
        if doc_id not in passages:
            passages[doc_id] = [each.passage for each in index.store.passages_of(doc_id)]
        places = [find(piece, passages[doc_id]) for piece in asked["evidence"]]
        found = [place for place in places if place is not None]
        if len(found) == len(places):
            yield Question(title, asked, passages[doc_id], found)


def _asked(folder: Path, side: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the lines of `questions.jsonl`, each with its document's title."""
    for asked in load_rows(folder / QUESTIONS):
        title = f"{folder.resolve().name}/{asked['doc']}".replace("_", " ").lower()
        if side in ("", side_of(title)):
            yield title, asked


def find(piece: str, passages: Sequence[Passage]) -> Place | None:
    """Find a piece of a document's source in what was read from it.

    Only words count; a row of a table has its headers between the cells.
    """
    cells = [words for cell in piece.split("|") if (words := _WORD.findall(cell))]
    if not cells:
        return None
    between = r"[^\w|\n]*\|[^|\n]*?" if len(cells) > 1 else ""
    pattern = re.compile(between.join(_worded(words) for words in cells))
    for number, passage in enumerate(passages):
        if match := pattern.search(passage.text):
            return Place(number, *_widened(piece, passage.text, match))
    return None


def _worded(words: Iterable[str]) -> str:
    return r"\b" + r"[\W_]+".join(map(re.escape, words)) + r"\b"


def _widened(piece: str, text: str, match: re.Match[str]) -> tuple[int, int]:
    """Take in signs at both ends of the piece, such as currency and per cent."""
    low, high = match.span()
    before, after = _SIGN_BEFORE.search(text[:low]), _SIGN_AFTER.match(text[high:])
    bare = piece.strip("|*#`_ \n")
    if before and bare.startswith(before["sign"]):
        low = before.start()
    if after and bare.endswith(after["sign"]):
        high += after.end()
    return low, high


def _rows(question: Question, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Make a row of each passage that has evidence, and perhaps one of the best of the others."""
    title, asked, passages, found = question
    answer = asked["answer"]
    told = {place.passage for place in found}
    sentences = asked["kind"] in SENTENCES
    spans = {
        number: _answer_in(answer, passages[number], [p for p in found if p.passage == number])
        for number in sorted(told)
        if answer
    }
    answered = any(spans.values())
    for number in sorted(told):
        span = spans.get(number)
        if answer and span is None and not (sentences and answered):
            continue  # another piece of evidence has the answer
        parts = [[p.start, p.end] for p in found if p.passage == number and answer and sentences]
        yield _row(asked, passages[number], title, None if parts else span, parts)
    others = [n for n, p in enumerate(passages) if n not in told and not _has(answer, p)]
    if (not answer or answered) and others and rng.random() < _OTHER_SHARE:
        words = content_words(asked["question"])
        shared = {n: len(words & content_words(passages[n].text)) for n in others}
        number = max(others, key=lambda n: (shared[n], rng.random()))
        yield _row(asked, passages[number], title, None, [])


def _answer_in(answer: str, passage: Passage, here: Sequence[Place]) -> Place | None:
    """Find the answer within its evidence: as it stands, or, marks aside, by its words."""
    patterns = [re.escape(answer)]
    if words := _WORD.findall(answer):
        patterns.append(_worded(words))
    for place in here:
        for pattern in patterns:
            if match := re.compile(pattern).search(passage.text, place.start, place.end):
                return Place(place.passage, *_widened(answer, passage.text, match))
    return None


def _has(answer: str | None, passage: Passage) -> bool:
    words = _WORD.findall(answer or "")
    return bool(words) and re.search(_worded(words), passage.text, re.IGNORECASE) is not None


def _row(
    asked: dict[str, Any],
    passage: Passage,
    title: str,
    span: Place | None,
    parts: Sequence[Sequence[int]],
) -> dict[str, Any]:
    answers = (
        [{"text": passage.text[span.start : span.end], "answer_start": span.start}] if span else []
    )
    return {
        "title": title,
        "source": "papers",
        "heading": passage.context,
        "context": passage.text,
        "question": asked["question"],
        "answers": answers,
        "evidence": parts,
        "is_impossible": not answers and not parts,
    }


if __name__ == "__main__":
    main()
