"""What was written as the second table of `docs/PEERS.md`."""

import collections
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.page import NAMES, between
from benchmarks.peers.writing.figures import ANSWERABLE, Column, Written, column
from benchmarks.results import table

BEGIN, END = "<!-- written by benchmarks.peers.writing -->", "<!-- up to here, writing -->"


def put(page: Path, answers: Path, about: str) -> None:
    """Write the table of a run into the page, between its marks.

    Args:
        page: With the marks.
        answers: JSON lines of a run.
        about: What the run was.
    """
    written = Written.load(answers)
    page.write_text(
        between(page.read_text("utf-8"), BEGIN, END, f"{about}\n\n{section(written)}"), "utf-8"
    )


def section(written: Sequence[Written]) -> str:
    """Return the table."""
    peers = [name for name in NAMES if any(one.peer == name for one in written)]
    columns = [column([one for one in written if one.peer == name]) for name in peers]
    first = [one for one in written if one.peer == peers[0]]
    asked = collections.Counter(one.kind for one in first)
    answerable = asked[ANSWERABLE]
    rows = [
        [f"of {answerable} with an answer: right", *_counts(columns, "right")],
        ["… and the first citation holds it", *_counts(columns, "shown")],
        ["… answered otherwise", *_counts(columns, "otherwise")],
        ["… declined", *_counts(columns, "declined")],
        [f"of {asked['off_corpus']} off the corpus: answered", *_counts(columns, "off_corpus")],
        [f"of {asked['near_miss']} near misses: answered", *_counts(columns, "near_miss")],
        ["**of the answers given, not right**", *(f"**{one.wrong:.0%}**" for one in columns)],
        ["answers that cite nothing", *_counts(columns, "uncited")],
        ["answers that cite, each citation at its place", *_counts(columns, "stand")],
        ["characters cited, median", *(f"{one.cited_characters:,.0f}" for one in columns)],
        ["requests to the model, mean", *(f"{one.requests:.1f}" for one in columns)],
        [
            "tokens read / written, mean",
            *(f"{one.tokens_in:,.0f} / {one.tokens_out:,.0f}" for one in columns),
        ],
    ]
    return table(["", *(NAMES[name] for name in peers)], rows)


def _counts(columns: Sequence[Column], key: str) -> list[str]:
    return [str(getattr(one, key)) for one in columns]
