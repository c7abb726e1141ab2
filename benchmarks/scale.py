"""Measure how building, updating and asking grow with the corpus, as one Markdown table.

Writes generated documents of a few sentences each, every one with facts of its own, and
indexes 1,000, 10,000 and 100,000 of them with the product's command line.

    python -m benchmarks.scale [--sizes 1000 10000 100000] [--folder DIR]

With `--folder` the corpora and indexes are kept, and a second run goes on from there.
"""

import argparse
import json
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import commit, describe_machine, qa, run_child

_TOWNS = """Alden Barrow Calder Denholm Elsworth Farley Garton Hexley Irby Jarrow Kelby Lindley
Marston Norby Orton Paxton Quarley Rixton Selby Thornby Ulverton Varley Wexcombe Yarlet""".split()
_PLACES = "bridge school harbour library mill museum hospital station theatre market".split()
_PEOPLE = "Adams Baker Clarke Dixon Evans Foster Grant Hughes Ingram Jones Knight Lewis".split()
_UPDATED = 10
_QUESTIONS = 200

WARM = """
import json, sys
from qa import AskSettings, open_index
answerer = open_index(sys.argv[1], AskSettings())
questions = json.load(open(sys.argv[2], encoding="utf-8"))
for question in questions[:20]:
    answerer.ask(question)
answers = [answerer.ask(question) for question in questions]
print(json.dumps([[a.timings_ms["total"], a.timings_ms["retrieve"]] for a in answers]))
"""


class Scale(NamedTuple):
    """What was measured at one size."""

    documents: int
    build_s: float
    build_mb: float
    index_mb: float
    again_s: float
    update_s: float
    ask_p50_ms: float
    ask_p95_ms: float
    retrieve_p50_ms: float
    cold_ask_s: float
    right: float


def main() -> int:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.folder or Path(name)
        rows = [_measure(folder / str(size), size) for size in arguments.sizes]
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print(
        "| documents | build | documents/s | peak memory | index | no change | 10 changed "
        "| ask p50 / p95 | of it retrieval | cold ask | right of 200 |\n" + "|---" * 11 + "|"
    )
    for row in rows:
        print(
            f"| {row.documents:,} | {row.build_s:.0f} s | {row.documents / row.build_s:.0f} "
            f"| {row.build_mb:.0f} MB | {row.index_mb:.0f} MB | {row.again_s:.1f} s "
            f"| {row.update_s:.1f} s | {row.ask_p50_ms:.0f} / {row.ask_p95_ms:.0f} ms "
            f"| {row.retrieve_p50_ms:.1f} ms | {row.cold_ask_s:.2f} s | {row.right:.2f} |"
        )
    if len(rows) > 1:
        print(f"\nbuild time grows with documents to the power {_power(rows):.2f}")
    return 0


def document(number: int, version: int = 0) -> tuple[str, str, str]:
    """Return a document's text, a question that it alone answers, and the answer."""
    draw = random.Random(f"{number}/{version}")
    town = f"{_TOWNS[number % len(_TOWNS)]} {number // len(_TOWNS)}"
    what, person = draw.choice(_PLACES), draw.choice(_PEOPLE)
    year, cost = draw.randint(1700, 2020), draw.randint(2, 900)
    text = (
        f"The {what} of {town} was opened in {year}. It was designed by {person} and cost "
        f"{cost} thousand pounds. The council pays for its upkeep.\n"
    )
    return text, f"When was the {what} of {town} opened?", str(year)


def _measure(folder: Path, size: int) -> Scale:
    corpus, index_dir = folder / "corpus", folder / "index"
    _write(corpus, range(size))
    build = qa("index", "--corpus", corpus, "--index", index_dir)
    first = run_child(build)
    again = run_child(build)
    for path in _paths(corpus, range(_UPDATED // 5)):
        path.unlink()
    _write(corpus, range(_UPDATED // 5, _UPDATED // 2), version=1)
    _write(corpus, range(size, size + _UPDATED // 2))
    update = run_child(build)
    report = f"{first.output.strip()}\n{update.output.strip()}"
    print(report, file=sys.stderr)
    asked = random.Random(size).choices(range(_UPDATED, size), k=_QUESTIONS)
    questions = folder / "questions.json"
    questions.write_text(json.dumps([document(number)[1] for number in asked]), "utf-8")
    warm = json.loads(
        run_child([sys.executable, "-c", WARM, str(index_dir), str(questions)]).output
    )
    totals = sorted(total for total, _ in warm)
    cold = [run_child(qa("ask", document(size // 2)[1], "--index", index_dir, "--max-risk", 1))]
    return Scale(
        documents=size,
        build_s=first.seconds,
        build_mb=first.peak_mb,
        index_mb=sum(f.stat().st_size for f in _newest(index_dir).iterdir()) / 1e6,
        again_s=again.seconds,
        update_s=update.seconds,
        ask_p50_ms=statistics.median(totals),
        ask_p95_ms=totals[math.ceil(0.95 * len(totals)) - 1],
        retrieve_p50_ms=statistics.median(retrieve for _, retrieve in warm),
        cold_ask_s=cold[0].seconds,
        right=_share_right(index_dir, asked, folder),
    )


def _share_right(index_dir: Path, asked: Sequence[int], folder: Path) -> float:
    """Ask once more, never abstaining, and count the answers that hold the right year."""
    batch, out = folder / "batch.jsonl", folder / "answers.jsonl"
    lines = [json.dumps({"question": document(number)[1]}) for number in asked]
    batch.write_text("\n".join(lines) + "\n", "utf-8")
    run_child(qa("ask", "--batch", batch, "--out", out, "--index", index_dir, "--max-risk", 1))
    answers = [json.loads(line)["answer"] or "" for line in out.read_text("utf-8").splitlines()]
    right = [document(n)[2] in answer for n, answer in zip(asked, answers, strict=True)]
    return sum(right) / len(right)


def _write(corpus: Path, numbers: range, version: int = 0) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    for number, path in zip(numbers, _paths(corpus, numbers), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(document(number, version)[0], "utf-8")


def _paths(corpus: Path, numbers: range) -> Iterator[Path]:
    return (corpus / f"{number // 1000:03d}" / f"{number:06d}.txt" for number in numbers)


def _newest(index_dir: Path) -> Path:
    return index_dir / "generations" / (index_dir / "CURRENT").read_text("utf-8").strip()


def _power(rows: Sequence[Scale]) -> float:
    """Fit the exponent of build time between the smallest and the largest size."""
    low, high = rows[0], rows[-1]
    return math.log(high.build_s / low.build_s) / math.log(high.documents / low.documents)


if __name__ == "__main__":
    sys.exit(main())
