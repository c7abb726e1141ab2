"""Measure follow-up questions: resolved right, answers kept, refusals kept.

    python -m benchmarks.linked [--split test] [--show] [--rewrites FILE] [--write]

Asks the conversations of `tests/gold/linked.jsonl` about the documents beside it. Each follow-up
is compared with what it means, written out in full and asked as a first question: an answer is
kept if both are right, a refusal if neither is answered. With `--rewrites FILE` it also measures
completed questions against people's own wording (`benchmarks.rewrites`), and `--write` puts the
figures into `docs/RESULTS.md`.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.results import FOLLOW_UPS, kept, table
from benchmarks.rewrites import content, measure_rewrites
from benchmarks.speed import commit
from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.converse.conversation import exchanges_of, reply
from qa.converse.exchange import Exchange
from qa.index.build import build_index
from qa.schema import Answer

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold" / "linked.jsonl"
DOCUMENTS = ROOT / "tests" / "gold" / "linked"


class LinkedTurn(msgspec.Struct, frozen=True):
    """A question of a conversation.

    Attributes:
        question: As a person types it.
        answerable: Whether the documents answer it.
        meant: The same written out in full; empty where it stands alone.
        evidence: Words of the sentences that answer; any of them is right.
        answers: Acceptable answers.
    """

    question: str
    answerable: bool
    meant: str = ""
    evidence: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


class LinkedQuestions(msgspec.Struct, frozen=True):
    """A conversation."""

    id: str
    split: str
    turns: tuple[LinkedTurn, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a turn: in the conversation, and asked in full as a first question."""

    turn: LinkedTurn
    understood: str
    linked: Answer
    first: Answer
    is_first: bool


def load_linked(path: Path = GOLD, split: str = "") -> list[LinkedQuestions]:
    """Read the conversations of a split; of all splits if none is named."""
    lines = path.read_text("utf-8").splitlines()
    found = [msgspec.json.decode(line, type=LinkedQuestions) for line in lines]
    return [entry for entry in found if split in ("", entry.split)]


def ask_linked(answerer: Answerer, conversations: Sequence[LinkedQuestions]) -> Iterator[Asked]:
    """Ask every turn after those before it, and what it means alone."""
    for conversation in conversations:
        earlier: list[Exchange] = []
        for turn in conversation.turns:
            given = reply(answerer, turn.question, earlier)
            assert given.answer is not None, turn.question
            first = answerer.ask(turn.meant or turn.question)
            yield Asked(turn, given.understood or turn.question, given.answer, first, not earlier)
            earlier += exchanges_of([given])


def is_resolved(asked: Asked) -> bool:
    """Whether a follow-up was completed with all words it needs, a whole question left alone."""
    if not asked.turn.meant:
        return asked.understood == asked.turn.question
    return content(asked.turn.meant) <= content(asked.understood)


def is_right(turn: LinkedTurn, answer: Answer) -> bool:
    """Whether an answer cites evidence."""
    return any(said in c.quote for c in answer.citations for said in turn.evidence)


def shares(asked: Sequence[Asked]) -> dict[str, tuple[int, int]]:
    """Count, by measure, how many of how many."""
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()

    def count(name: str, holds: bool) -> None:
        counts[name] += holds
        totals[name] += 1

    for one in asked:
        turn, follows = one.turn, bool(one.turn.meant)
        right = is_right(turn, one.linked)
        if one.is_first:
            continue
        count("resolved" if follows else "left_alone", is_resolved(one))
        if not follows:
            continue
        if turn.answerable:
            count("right", right)
            count("right_in_full", is_right(turn, one.first))
            if is_right(turn, one.first):
                count("answers_kept", right)
        else:
            count("refused", not one.linked.answered)
            count("refused_in_full", not one.first.answered)
            if not one.first.answered:
                count("refusals_kept", not one.linked.answered)
    return {name: (counts[name], totals[name]) for name in totals}


def main() -> None:
    """Measure, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, help="of the documents, if there is one already")
    parser.add_argument("--split", default="test")
    parser.add_argument("--show", action="store_true", help="name every turn that went wrong")
    parser.add_argument("--rewrites", type=Path, help="questions with what people meant")
    parser.add_argument("--write", action="store_true", help="into docs/RESULTS.md")
    options = parser.parse_args()
    asked = measure(options.split, options.index)
    if options.show:
        for one in asked:
            show(one)
    text = section(asked, measure_rewrites(options.rewrites) if options.rewrites else {})
    print(text)
    if options.write:
        out = ROOT / "docs" / "RESULTS.md"
        whole, before = out.read_text("utf-8"), kept(out, FOLLOW_UPS)
        out.write_text(whole.replace(before.strip(), text.strip()), "utf-8")


def measure(split: str, index: Path | None = None) -> list[Asked]:
    """Ask the conversations of a split, of an index that is there or a fresh one."""
    with TemporaryDirectory() as folder:
        if index is None:
            build_index(DOCUMENTS, index := Path(folder))
        answerer = open_index(index)
        asked = list(ask_linked(answerer, load_linked(split=split)))
        answerer.close()
    return asked


def section(asked: Sequence[Asked], rewrites: Mapping[str, Counter[str]]) -> str:
    """Write the figures as a section of the results."""
    said = {
        "resolved": "follow-ups completed with every word they need",
        "left_alone": "whole questions left alone",
        "answers_kept": "answers kept, of those that the question in full gets",
        "refusals_kept": "refusals kept, of those that the question in full gets",
        "right": "follow-ups answered right",
        "right_in_full": "the same, asked in full as first questions",
        "refused": "follow-ups without an answer that were refused",
        "refused_in_full": "the same, asked in full as first questions",
    }
    found = shares(asked)
    rows = [[said[name], f"{found[name][0]} of {found[name][1]}"] for name in said if name in found]
    parts = [
        f"{FOLLOW_UPS}\n\nMade by `python -m benchmarks.linked` on {time.strftime('%Y-%m-%d')}, "
        f"commit {commit()}:\nconversations of `tests/gold/linked.jsonl` never looked at, "
        "about documents of their own.",
        table(["", "turns"], rows),
    ]
    if rewrites:
        parts += [
            "Questions of people that other people wrote out in full, the half never looked at: how"
            " many of the\ncontent words that those people added stand in the completed question "
            "(found), and how many of the\nwords that were added here those people added too "
            "(fitting).",
            table(["", "left alone", "completed", "found", "fitting"], _rows(rewrites)),
        ]
    return "\n\n".join(parts) + "\n"


def _rows(rewrites: Mapping[str, Counter[str]]) -> list[list[str]]:
    def share(part: int, whole: int) -> str:
        return f"{part / whole:.2f}" if whole else "–"

    return [
        [
            source, f"{c['left']} of {c['alone']}", f"{c['completed']} of {c['follow']}",
            share(c["found"], c["wanted"]), share(c["found"], c["added"]),
        ]
        for source, c in sorted(rewrites.items())
    ]  # fmt: skip


def show(one: Asked) -> None:
    """Print a turn that went wrong."""
    turn = one.turn
    fits = is_right(turn, one.linked) if turn.answerable else not one.linked.answered
    full = is_right(turn, one.first) if turn.answerable else not one.first.answered
    if not is_resolved(one) or not fits:
        print(
            f"{'' if is_resolved(one) else 'UNRESOLVED '}{'' if fits else 'WRONG '}"
            f"{'' if full else '(also in full) '}{turn.question}\n   as: {one.understood}\n"
            f"   meant: {turn.meant}\n   got: {one.linked.answer} {one.linked.confidence:.2f}"
        )


if __name__ == "__main__":
    main()
