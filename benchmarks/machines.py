"""Measure what spreading the preparing of documents costs, and what is left to the builder.

    pip install -c constraints.txt -e ".[ray]"
    python -m benchmarks.machines [--documents 100 400] [--rounds 3]

So many generated documents of twenty passages are indexed in turn by `qa index` alone and by
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

_WAYS = ("qa index", "qa index --ray local")
_TICKS = os.sysconf("SC_CLK_TCK")


class Measured(NamedTuple):
    """Seconds of one build; the first two are processor time."""

    builder: float
    others: float
    wall: float


def main() -> int:
    """Measure both ways in turn, at both sizes, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, nargs=2, default=[100, 400])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    found: dict[tuple[str, int], list[Measured]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        passages = [_write(folder / str(size), size) for size in arguments.documents]
        for run in range(arguments.rounds):
            for size in arguments.documents:
                for way in _WAYS:
                    index_dir = folder / f"{run}-{size}{way.replace(' ', '')}"
                    where = ("--corpus", folder / str(size), "--index", index_dir)
                    measured = _measure(qa(*way.split()[1:], *where))
                    found.setdefault((way, size), []).append(measured)
                    print(way, size, measured, file=sys.stderr, flush=True)
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print("| | passages | builder, processor | all others, processor | wall |")
    print("|---|--:|--:|--:|--:|")
    for way in _WAYS:
        few, many = (
            Measured(*(statistics.median(column) for column in zip(*found[way, size], strict=True)))
            for size in arguments.documents
        )
        for number, row in zip(passages, (few, many), strict=True):
            figures = " | ".join(f"{seconds:.1f} s" for seconds in row)
            print(f"| `{way}` | {number:,} | {figures} |")
        each = " | ".join(
            f"{1000 * (more - less) / (passages[1] - passages[0]):.2f} ms"
            for less, more in zip(few, many, strict=True)
        )
        print(f"| | each more | {each} |")
    return 0


def _write(corpus: Path, documents: int) -> int:
    """Write documents of twenty paragraphs of 125 words; return how many paragraphs."""
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
