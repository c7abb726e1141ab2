"""Compare what a writer writes with the answer in the documents' own words.

    python -m benchmarks.written --llm URL --llm-model NAME [--answerable 30] [--unanswerable 15]

Questions of the test split of the example page's ordinary gold set, the first of each kind, at the
default threshold. A row each for the answer as it is and for the writer behind the same gate.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import ROOT, commit, describe_machine
from qa.answer.live import open_index
from qa.evaluate.gold import GoldQuestion, load_gold
from qa.index.build import build_index
from qa.schema import Answer
from qa.settings import WriterSettings
from qa.words import words
from qa.write.client import ChatClient
from qa.write.writer import Writer, Written

GOLD = ROOT / "tests" / "gold" / "inl_peru_plain.jsonl"


class Asked(NamedTuple):
    """A question with both answers; nothing is written where the gate abstains."""

    question: GoldQuestion
    answer: Answer
    written: Written | None
    answer_s: float


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--llm", required=True, help="OpenAI-compatible endpoint")
    add("--llm-model", required=True, help="the model's name there")
    add("--llm-seconds", type=float, default=300.0, help="for one answer (%(default)s)")
    add("--answerable", type=int, default=30, help="questions (%(default)s)")
    add("--unanswerable", type=int, default=15, help="questions (%(default)s)")
    options = parser.parse_args()
    gold = load_gold(GOLD, "test")
    chosen = [q for q in gold if q.answerable][: options.answerable]
    chosen += [q for q in gold if not q.answerable][: options.unanswerable]
    settings = WriterSettings(options.llm, options.llm_model, options.llm_seconds)
    writer = Writer(ChatClient(settings), settings.model)
    asked = _ask(writer, chosen)
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print("| | right | cited right | refused rightly | refused falsely | struck | s, p50 |")
    print("|---|---|---|---|---|---|---|")
    print(_row("the documents’ own words", asked, written=False))
    print(_row(f"written by {settings.model}, checked", asked, written=True))


def _ask(writer: Writer, questions: Sequence[GoldQuestion]) -> list[Asked]:
    asked = []
    with tempfile.TemporaryDirectory() as name:
        build_index(ROOT / "corpus", Path(name))
        answerer = open_index(name)
        for question in questions:
            began = time.perf_counter()
            answer = answerer.ask(question.question)
            seconds = time.perf_counter() - began
            written = next(iter([*writer.write(answerer, answer)][-1:]), None)
            if written and written.error:
                raise SystemExit(written.error)
            asked.append(Asked(question, answer, written, seconds))
        answerer.close()
    return asked


def _row(name: str, asked: Sequence[Asked], *, written: bool) -> str:
    """Count; what a writer leaves nothing of is answered in the documents' own words."""
    given = [one for one in asked if one.question.answerable and one.answer.answered]
    others = [one for one in asked if not one.question.answerable]
    answerable = sum(one.question.answerable for one in asked)
    sentences = [s for one in asked if one.written for s in one.written.sentences]
    struck = sum(not s.citations for s in sentences) / max(1, len(sentences))
    seconds = [
        one.answer_s + (one.written.seconds if written and one.written else 0) for one in given
    ]
    return (
        f"| {name} | {sum(_right(one, written) for one in given)} of {len(given)} "
        f"| {sum(_cited(one, written) for one in given)} of {len(given)} "
        f"| {sum(not one.answer.answered for one in others)} of {len(others)} "
        f"| {answerable - len(given)} of {answerable} "
        f"| {f'{struck:.0%} of {len(sentences)} sentences' if written else '–'} "
        f"| {statistics.median(seconds):.2f} |"
    )


def _right(one: Asked, written: bool) -> bool:
    """Whether what stands holds a gold answer, word for word."""
    said = one.answer.answer or ""
    if written and one.written and one.written.stands:
        said = " ".join(s.text for s in one.written.sentences if s.citations)
    bare = f" {' '.join(words(said))} "
    return any(f" {' '.join(words(answer))} " in bare for answer in one.question.answers)


def _cited(one: Asked, written: bool) -> bool:
    """Whether a citation holds the gold evidence, or lies in it."""
    citations = one.answer.citations
    if written and one.written and one.written.stands:
        citations = tuple(c for s in one.written.sentences for c in s.citations)
    quotes = [" ".join(words(citation.quote)) for citation in citations]
    gold = [" ".join(words(text)) for text in one.question.evidence]
    return any(g in quote or quote in g for g in gold for quote in quotes if quote)


if __name__ == "__main__":
    main()
