"""Measure other ways to ask documents offline beside ours, interleaved, in one run.

    python -m benchmarks.peers DATA.jsonl.gz --out FIGURES.json [--documents N] [--questions N]
        [--peers NAME …] [--environments FOLDER] [--write]

Each peer gets an environment of its own, from `benchmarks/peers/requirements/`, and is used by
`benchmarks/peers/adapters/` as its documentation says. DATA is SQuAD-like JSON lines, as for the
training of the reader. pip needs the network; what is measured does not. `--write` puts the
figures into `docs/PEERS.md`. Linux or macOS. On Linux set PIP_EXTRA_INDEX_URL as docs/INSTALL.md
says, or every environment gets several gigabytes of CUDA.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.peers.data import load_sample
from benchmarks.peers.environments import PEERS, environment
from benchmarks.peers.measuring import as_json, measure
from benchmarks.peers.page import PAGE, written
from benchmarks.speed import commit, describe_machine


def main() -> int:
    """Measure everything; write the figures down."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("data", type=Path, help="SQuAD-like JSON lines")
    parser.add_argument("--out", type=Path, required=True, help="the figures, as JSON")
    parser.add_argument("--documents", type=int, default=10_000, help="indexed (%(default)s)")
    parser.add_argument(
        "--questions",
        type=int,
        default=300,
        help="that a document answers; of each other kind half as many (%(default)s)",
    )
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path.home() / ".cache" / "document-qa-peers",
        help="where they are made, and kept for the next run (%(default)s)",
    )
    parser.add_argument("--write", action="store_true", help="into docs/PEERS.md")
    options = parser.parse_args()
    try:
        sample = load_sample(options.data, options.documents, options.questions)
        peers = [environment(name, options.environments.resolve()) for name in options.peers]
        with tempfile.TemporaryDirectory() as place:
            figures = measure(sample, peers, Path(place))
    except (OSError, ValueError, RuntimeError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    kinds = ("documents", "questions", "off_corpus", "near_miss", "tuning")
    run = {
        "made": time.strftime("%Y-%m-%d"),
        "commit": commit(),
        "machine": describe_machine(),
        "data": options.data.name,
        "asked": options.questions,
        **{kind: len(getattr(sample, kind)) for kind in kinds},
        "peers": as_json(figures),
    }
    options.out.write_text(json.dumps(run, indent=1) + "\n", "utf-8")
    if options.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), run), "utf-8")
    print(f"wrote {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
