"""Make examples of questions written for passages: `python -m train.passages OUT.jsonl.gz`.

The questions are in `train/twins`, one object a line: `passage`, the first 16 digits of the
SHA-256 of its text in UTF-8; `question`; `answer`, verbatim, or null; `near`, for null what a
careless reader would point at. The passages are those of `--data`.
"""

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from train.data import Answer, content_words, load_rows, sentence_bounds, sentences_of

TWINS = "twins"
"""Source of the rows."""
_FOLDER = Path(__file__).parent / "twins"
_DIGITS = 16

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("out", type=Path, help="JSON lines .gz, for `train.reader --data`")
    add("--data", type=Path, nargs="+", required=True, help="SQuAD-like JSON lines, .gz or not")
    add("--questions", type=Path, default=_FOLDER, help="folder of JSON lines (%(default)s)")
    options = parser.parse_args(arguments)
    passages = {key_of(row["context"]): row for path in options.data for row in load_rows(path)}
    count: Counter[str] = Counter()
    with gzip.open(options.out, "wt", encoding="utf-8") as out:
        for path in sorted(options.questions.glob("*.jsonl")):
            for row in rows_of(load_rows(path), passages):
                count["unanswerable" if row["is_impossible"] else "answerable"] += 1
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(dict(count))


def key_of(context: str) -> str:
    """Name a passage by its text."""
    return hashlib.sha256(context.encode()).hexdigest()[:_DIGITS]


def rows_of(questions: Iterator[Row], passages: Mapping[str, Row]) -> Iterator[Row]:
    """Join questions with their passages.

    Raises:
        ValueError: A passage isn't there, or what is quoted of it doesn't stand in it.
    """
    for asked in questions:
        passage = passages.get(asked["passage"])
        quoted = asked["near"] if asked["answer"] is None else asked["answer"]
        if passage is None or quoted not in passage["context"]:
            raise ValueError(f"not in its passage: {quoted!r}, of {asked['question']!r}")
        answers = []
        if asked["answer"] is not None:
            start = _start(quoted, passage["context"], asked["question"])
            answers = [{"text": quoted, "answer_start": start}]
        yield {
            "title": passage["title"],
            "source": TWINS,
            "context": passage["context"],
            "question": asked["question"],
            "answers": answers,
            "is_impossible": not answers,
        }


def _start(quoted: str, context: str, question: str) -> int:
    """Find where words stand as words; of several places, that whose sentence has most in common.

    “Two” does not stand in “artwork”; words that stand nowhere else are taken where they are.
    """
    found = [match.start() for match in re.finditer(re.escape(quoted), context)]
    whole = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(quoted)}(?!\w)", context)]
    asked, bounds = content_words(question), sentence_bounds(context)

    def shared(start: int) -> int:
        first, _ = sentences_of(Answer(quoted, start), bounds)
        return len(asked & content_words(context[slice(*bounds[first])]))

    return max(whole or found, key=shared)


if __name__ == "__main__":
    main()
