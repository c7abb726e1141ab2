"""Compare what a writer writes with the answer in the documents' own words.

    python -m benchmarks.written --llm URL --llm-model NAME [--most 30]

Questions nobody tuned on, at the default threshold: the first of the test splits of the example
page's gold sets, and the follow-ups of the conversations of `tests/gold/linked.jsonl` that were
never looked at. For each set a row for the answer as it is and one for the writer behind the same
gate.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.linked import DOCUMENTS, load_linked
from benchmarks.speed import ROOT, commit, describe_machine
from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.converse.conversation import exchanges_of, reply
from qa.converse.exchange import Exchange
from qa.evaluate.gold import load_gold
from qa.index.build import build_index
from qa.schema import Answer
from qa.settings import WriterSettings
from qa.words import words
from qa.write.client import ChatClient
from qa.write.writer import Writer, Written

GOLD = ROOT / "tests" / "gold"


class Question(NamedTuple):
    """What would be right: words that answer, sentences that say so; none if not answerable."""

    answers: Sequence[str]
    evidence: Sequence[str]
    answerable: bool


class Asked(NamedTuple):
    """A question with both answers; nothing is written where the gate abstains."""

    question: Question
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
    add(
        "--most",
        type=int,
        default=30,
        help="answerable ones of a set; of others half (%(default)s)",
    )
    options = parser.parse_args()
    settings = WriterSettings(options.llm, options.llm_model, options.llm_seconds)
    writer = Writer(ChatClient(settings), settings.model)
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print("| | right | cited right | refused rightly | refused falsely | struck | s, p50 |")
    print("|---|---|---|---|---|---|---|", flush=True)
    _print("ordinary", settings.model, _gold(writer, "inl_peru_plain.jsonl", options.most))
    _print("follow-ups", settings.model, _follow_ups(writer, options.most))
    _print("hard", settings.model, _gold(writer, "inl_peru.jsonl", options.most))


def _print(name: str, model: str, asked: Sequence[Asked]) -> None:
    print(_row(f"{name}: the documents’ own words", asked, written=False))
    print(_row(f"{name}: written by {model}, checked", asked, written=True), flush=True)


def _gold(writer: Writer, name: str, most: int) -> list[Asked]:
    gold = load_gold(GOLD / name, "test")
    chosen = [q for q in gold if q.answerable][:most]
    chosen += [q for q in gold if not q.answerable][: most // 2]
    with _open(ROOT / "corpus") as answerer:
        found = []
        for one in chosen:
            began = time.perf_counter()
            answer = answerer.ask(one.question)
            seconds = time.perf_counter() - began
            question = Question(one.answers, one.evidence, one.answerable)
            found.append(_written(writer, answerer, question, answer, seconds))
    return found


def _follow_ups(writer: Writer, most: int) -> list[Asked]:
    """Ask the conversations in turn; count what is not a first question."""
    found: list[Asked] = []
    room = {True: most, False: most // 2}
    with _open(DOCUMENTS) as answerer:
        for conversation in load_linked(split="test"):
            earlier: list[Exchange] = []
            for turn in conversation.turns:
                began = time.perf_counter()
                given = reply(answerer, turn.question, earlier)
                seconds = time.perf_counter() - began
                if turn.meant and given.answer is not None and room[turn.answerable]:
                    room[turn.answerable] -= 1
                    question = Question(turn.answers, turn.evidence, turn.answerable)
                    found.append(_written(writer, answerer, question, given.answer, seconds))
                earlier += exchanges_of([given])
    return found


@contextmanager
def _open(documents: Path) -> Iterator[Answerer]:
    with tempfile.TemporaryDirectory() as name:
        build_index(documents, Path(name))
        answerer = open_index(name)
        yield answerer
        answerer.close()


def _written(
    writer: Writer, answerer: Answerer, question: Question, answer: Answer, seconds: float
) -> Asked:
    written = next(iter([*writer.write(answerer, answer)][-1:]), None)
    if written and written.error:
        raise SystemExit(written.error)
    print(".", end="", file=sys.stderr, flush=True)
    return Asked(question, answer, written, seconds)


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
