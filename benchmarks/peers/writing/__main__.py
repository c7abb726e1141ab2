"""Put the same chat model behind each peer, and see what each answers, refuses and cites.

    python -m benchmarks.peers.writing DATA.jsonl.gz --llm URL --llm-model NAME --out WRITTEN.jsonl
        [--documents N] [--questions N] [--peers NAME …] [--environments FOLDER] [--write]

Documents and questions are those of `python -m benchmarks.peers`. Every answer is a line of
WRITTEN; what is in there is not asked again, so a run that broke off can be taken up. `--write`
puts the table into `docs/PEERS.md`; read the answers first, for what counts as declined is told by
the words.
"""

import argparse
import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.data import Question, Sample, load_sample
from benchmarks.peers.environments import PEERS, Environment, environment
from benchmarks.peers.page import PAGE
from benchmarks.peers.processes import Open, run_whole
from benchmarks.peers.writing.figures import Written
from benchmarks.peers.writing.metered import Meter, metered
from benchmarks.peers.writing.page import put
from benchmarks.speed import commit, describe_machine

HERE = Path(__file__).parent
ADAPTERS = "benchmarks.peers.writing"
_MOST_TOKENS = 200
_KINDS = ("questions", "questions", "off_corpus", "near_miss")


def main() -> int:
    """Ask everything that was not asked; write the table."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {ADAPTERS}", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("data", type=Path, help="SQuAD-like JSON lines")
    add("--llm", required=True, help="OpenAI-compatible endpoint, with its /v1")
    add("--llm-model", required=True, help="the model's name there")
    add("--out", type=Path, required=True, help="the answers, as JSON lines")
    add("--documents", type=int, default=1000, help="indexed (%(default)s)")
    add(
        "--questions",
        type=int,
        default=24,
        help="that a document answers; of each other kind half as many (%(default)s)",
    )
    add("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    add(
        "--environments",
        type=Path,
        default=Path.home() / ".cache" / "document-qa-writing-peers",
        help="where they are made, and kept for the next run (%(default)s)",
    )
    add("--write", action="store_true", help="into docs/PEERS.md")
    options = parser.parse_args()
    try:
        sample = load_sample(options.data, options.documents, options.questions)
        texts = "\n".join(sample.documents.values())
        asked_of = {
            "model": options.llm_model,
            "documents": hashlib.sha256(texts.encode()).hexdigest(),
        }
        _keep_to(options.out, asked_of)
        folder = options.environments.resolve()
        peers = [
            environment(name, folder, HERE)._replace(adapters=ADAPTERS) for name in options.peers
        ]
        with metered(options.llm, _MOST_TOKENS) as (url, meter):
            _ask(sample, peers, {"url": url, "name": options.llm_model}, meter, options.out)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    if options.write:
        about = (
            f"Made by `python -m {ADAPTERS} {options.data.name} --documents {options.documents} "
            f"--questions {options.questions}`,\ncommit {commit()}; {describe_machine()}."
        )
        put(PAGE, options.out, about)
    return 0


def _keep_to(out: Path, about: dict[str, Any]) -> None:
    """Note beside the answers of what they are, for the next run.

    Raises:
        ValueError: Those that are there are of another model or of other documents.
    """
    told = out.with_name(f"{out.name}.about.json")
    there = out.exists() and out.stat().st_size
    if there and (not told.exists() or json.loads(told.read_text("utf-8")) != about):
        raise ValueError(f"{out} has answers of another model or of other documents: name another")
    told.write_text(json.dumps(about), "utf-8")


def _ask(
    sample: Sample, peers: Sequence[Environment], model: dict[str, str], meter: Meter, out: Path
) -> None:
    """Ask each question of all peers before the next; who begins changes."""
    asked = {(one.peer, one.question) for one in Written.load(out)}
    chance = random.Random(1)
    processes: dict[str, Open] = {}
    with tempfile.TemporaryDirectory() as place, out.open("a", encoding="utf-8") as lines:
        try:
            for peer in peers:
                processes[peer.name] = _opened(peer, Path(place), sample.documents)
            for kind, question in _taking_turns(sample):
                for name in chance.sample(list(processes), len(processes)):
                    if (name, question.text) not in asked:
                        meter.read()
                        command = {"do": "write", "question": question.text, "model": model}
                        prose = processes[name].do(command).found
                        written = Written.of(name, kind, question, prose, meter.read(), sample)
                        lines.write(json.dumps(written.as_json(), ensure_ascii=False) + "\n")
                        lines.flush()
                        print(".", end="", file=sys.stderr, flush=True)
        finally:
            for process in processes.values():
                process.close()


def _opened(peer: Environment, place: Path, documents: dict[str, str]) -> Open:
    file, index = place / "documents.jsonl", place / peer.name
    lines: list[Any] = [{"doc_id": key, "text": text} for key, text in documents.items()]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    index.mkdir()
    run_whole(peer, index, [{"do": "build", "documents": str(file)}])
    print(f"{peer.name} is built", file=sys.stderr, flush=True)
    return Open(peer, index)


def _taking_turns(sample: Sample) -> Iterator[tuple[str, Question]]:
    """Yield two questions with an answer, one off the corpus and a near miss, again and again."""
    left = {kind: iter(getattr(sample, kind)) for kind in set(_KINDS)}
    while left:
        for kind in _KINDS:
            question = next(left[kind], None) if kind in left else None
            if question is None:
                left.pop(kind, None)
            else:
                yield kind, question


if __name__ == "__main__":
    sys.exit(main())
