"""The figures as the table of `docs/PEERS.md`.

    python -m benchmarks.peers.page FIGURES.json

writes the table of an earlier run once more.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.peers.environments import OURS
from benchmarks.results import table
from benchmarks.speed import ROOT

PAGE = ROOT / "docs" / "PEERS.md"
BEGIN, END = "<!-- written by benchmarks.peers -->", "<!-- up to here -->"
NAMES = {
    OURS: "ours",
    "plain": "sentence-transformers + FAISS",
    "langchain": "LangChain",
    "llamaindex": "LlamaIndex",
    "haystack": "Haystack",
    "txtai": "txtai",
    "verbatim": "verbatim-rag",
    "haiku": "haiku.rag",
    "paperqa": "paper-qa",
}


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        says: What it is.
        keys: The figures, of which a cell shows all.
        digits: After the point.
        best: Which of a row's first figures is best, or None where that depends.
    """

    says: str
    keys: Sequence[str]
    digits: int
    best: Callable[..., float] | None = min


ROWS = (
    Row("environment, MB", ["install_mb"], 0),
    Row("packages in it", ["packages"], 0),
    Row("ten documents indexed, whole process, CPU s", ["first_build_s"], 1),
    Row("each 1,000 documents more, CPU s", ["build_s"], 1),
    Row("peak memory of the build, MB", ["build_mb"], 0),
    Row("index on disk, MB", ["index_mb"], 1),
    Row("cold, passages found, whole process, CPU s", ["cold_s"], 2),
    Row("its peak memory, MB", ["cold_mb"], 0),
    Row("cold, answered, whole process, CPU s", ["cold_answer_s"], 2, None),
    Row("its peak memory, MB", ["cold_answer_mb"], 0, None),
    Row("passages found, warm, CPU ms, p50 / p95", ["search_p50_ms", "search_p95_ms"], 1),
    Row("answer, warm, CPU ms, p50 / p95", ["answer_p50_ms", "answer_p95_ms"], 1, None),
    Row("peak memory after all questions, MB", ["asking_mb"], 0),
    Row("R@1", ["recall_at_1"], 3, max),
    Row("R@5", ["recall_at_5"], 3, max),
    Row("ten documents added, whole process, CPU s", ["add_s"], 1),
    Row("ten documents added, process open, CPU s", ["add_open_s"], 2),
    Row("added documents found first by their beginning", ["added_found"], 2, max),
    Row("off-corpus questions declined", ["off_corpus"], 2, max),
    Row("near misses declined", ["near_miss"], 2, max),
    Row("answerable questions declined", ["wrongly_declined"], 2),
    Row("off-corpus declined by a threshold on the score", ["off_corpus_by_score"], 2, max),
    Row("near misses declined by it", ["near_miss_by_score"], 2, max),
    Row("answerable questions declined by it", ["wrongly_by_score"], 2),
    Row("citations that stand where they say", ["cited"], 3, max),
    Row("characters cited, median", ["cited_characters"], 0),
    Row("first citation holds a gold answer", ["cited_answers"], 2, max),
)


def written(page: str, run: Mapping[str, Any]) -> str:
    """Return the page with a run's table between its markers.

    Raises:
        ValueError: The page lacks them.
    """
    return between(page, BEGIN, END, section(run))


def between(page: str, begin: str, end: str, text: str) -> str:
    """Return the page with a text between two of its lines, instead of what was there.

    Raises:
        ValueError: The page lacks them.
    """
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"expected the lines {begin} and {end} in {PAGE.name}: put them back")
    return f"{before}{begin}\n{text}\n{end}{after}"


def section(run: Mapping[str, Any]) -> str:
    """Return a run's table and what it was made of."""
    peers: Mapping[str, Mapping[str, Any]] = run["peers"]
    heads = ["", *(NAMES[name] for name in peers)]
    rows = [_cells(row, list(peers.values())) for row in ROWS]
    return (
        f"Made by `python -m benchmarks.peers {run['data']} --documents {run['documents']} "
        f"--questions {run['asked']}` on {run['made']}, commit\n{run['commit']}; {run['machine']}. "
        f"{run['documents']:,} documents; {run['questions']} questions that one of them answers, "
        f"{run['off_corpus']} off the corpus,\n{run['near_miss']} near misses, {run['tuning']} to "
        f"set thresholds by. The best of each row is in bold.\n\n{table(heads, rows)}"
    )


def _cells(row: Row, peers: Sequence[Mapping[str, Any]]) -> list[str]:
    firsts = [round(one[row.keys[0]], row.digits) for one in peers if one[row.keys[0]] is not None]
    best = row.best(firsts) if row.best and len(set(firsts)) > 1 else None
    cells = []
    for one in peers:
        first = one[row.keys[0]]
        if first is None:
            cells.append("–")
            continue
        shown = " / ".join(f"{one[key]:,.{row.digits}f}" for key in row.keys)
        cells.append(f"**{shown}**" if round(first, row.digits) == best else shown)
    return [row.says, *cells]


def main() -> int:
    """Write the table of the figures in a file."""
    run = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    PAGE.write_text(written(PAGE.read_text("utf-8"), run), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
