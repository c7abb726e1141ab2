"""Measure what spreading the preparing of documents with Ray costs, and what is left to the builder.

    pip install -c constraints.txt -e ".[ray]"
    python -m benchmarks.machines [--documents 400] [--rounds 3]

Generated documents of some twenty passages are indexed in turn by `qa index` alone and by
`qa index --ray local`, on as many cores as there are. What counts is processor time, that of the
builder's own process and of all that it starts: other people's work does not change it much.
Linux only. Prints a Markdown table.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.scale import document
from benchmarks.speed import ROOT, commit, describe_machine, qa

_TICKS = os.sysconf("SC_CLK_TCK")


class Measured(NamedTuple):
    """One build: seconds, of which the first two are processor time."""

    builder: float
    others: float
    wall: float


def main() -> int:
    """Measure both ways in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    found: dict[str, list[Measured]] = {"qa index": [], "qa index --ray local": []}
    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name) / "corpus"
        passages = _write(corpus, arguments.documents)
        for number in range(arguments.rounds):
            for way, runs in found.items():
                index_dir = Path(name) / f"{number}{len(way)}"
                command = qa(*way.split()[1:], "--corpus", corpus, "--index", index_dir)
                runs.append(_measure(command))
                print(way, runs[-1], file=sys.stderr, flush=True)
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print(f"{arguments.documents} documents, about {passages:,} passages; medians, seconds\n")
    print("| | builder, processor | all others, processor | wall |\n|---|--:|--:|--:|")
    for way, runs in found.items():
        figures = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"| `{way}` | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |")
    return 0


def _write(corpus: Path, documents: int) -> int:
    """Write documents of twenty paragraphs of some eighty words; return how many paragraphs."""
    corpus.mkdir()
    for number in range(documents):
        parts = [
            " ".join(document(1000 * number + 5 * part + n)[0].strip() for n in range(5))
            for part in range(20)
        ]
        (corpus / f"{number:05d}.txt").write_text("\n\n".join(parts) + "\n", "utf-8")
    return 20 * documents


def _measure(command: list[str]) -> Measured:
    """Run a build to its end; add up what it and all the processes below it took."""
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    seen = {child.pid: 0.0}
    while child.poll() is None:
        _look(seen)
        time.sleep(0.05)
    wall = time.perf_counter() - began
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    builder = seen.pop(child.pid)
    return Measured(builder, sum(seen.values()), wall)


def _look(seen: dict[int, float]) -> None:
    """Note the processor time so far of each process that was seen, or whose parent was."""
    for pid in sorted(int(folder.name) for folder in Path("/proc").glob("[0-9]*")):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if pid in seen or int(fields[1]) in seen:
            seen[pid] = (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    sys.exit(main())
