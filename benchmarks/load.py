"""Measure answers under load: a hundred who ask at once, beside a build, of one process and two.

    python -m benchmarks.load [--people 100] [--questions 20] [--corpus FOLDER] [--write]

Starts a real `qa serve` and asks it from this process. Every answer is compared, word for word,
with that to the same question asked alone. `--write` puts the figures into `docs/RESULTS.md`.
"""

import argparse
import asyncio
import math
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from benchmarks.people import Came, Client, Person, Program, ask_at_once, ask_in_turn, connected
from benchmarks.results import UNDER_LOAD, kept, table
from benchmarks.speed import CORPUS, ROOT, commit, describe_machine, qa, run_child
from qa.evaluate.gold import load_gold

GOLD = ROOT / "tests" / "gold" / "inl_peru_plain.jsonl"
_ALONE = 100  # questions that are asked one after the other
_MUCH, _LITTLE = 200, 2
_MEMORY = re.compile(r"^process_resident_memory_bytes (\S+)$", re.MULTILINE)


class Run(NamedTuple):
    """What came of many questions asked in one go."""

    what: str
    came: Sequence[Came]
    seconds: float
    before_mb: float | None = None
    after_mb: float | None = None


class Served(NamedTuple):
    """A `qa serve` that can be asked, and the keys of its programs."""

    address: str
    keys: Sequence[str]

    def memory_mb(self) -> float | None:
        """Ask how much memory its processes have; None where the system does not say."""
        headers = {"Authorization": f"Bearer {self.keys[0]}"} if self.keys else {}
        text = httpx.get(f"{self.address}v1/metrics", headers=headers, timeout=60).text
        found = _MEMORY.search(text)
        return float(found[1]) / 1e6 if found else None


class Asking(NamedTuple):
    """Who asks what.

    Attributes:
        people: How many.
        in_page: How many of them in the page, where there is one.
        each: How many questions each.
        questions: Of which they draw.
    """

    people: int
    in_page: int
    each: int
    questions: Sequence[str]


def main() -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--questions", type=int, default=20, help="each (%(default)s)")
    parser.add_argument("--in-page", type=int, default=20, help="of the people (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--gold", type=Path, default=GOLD, help="whose questions are asked")
    parser.add_argument("--write", action="store_true", help="into docs/RESULTS.md")
    options = parser.parse_args()
    questions = list(dict.fromkeys(entry.question for entry in load_gold(options.gold)))
    asking = Asking(options.people, options.in_page, options.questions, questions)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        run_child(qa("index", "--corpus", options.corpus, "--index", place / "index"))
        text = section(asking, *measure(asking, place, options.corpus, options.workers))
    print(text)
    if options.write:
        out = ROOT / "docs" / "RESULTS.md"
        whole, before = out.read_text("utf-8"), kept(out, UNDER_LOAD)
        out.write_text(whole.replace(before.strip(), text.strip()), "utf-8")
    return 0


def measure(
    asking: Asking, place: Path, corpus: Path, workers: int
) -> tuple[list[Run], dict[str, str], str]:
    """Ask every kind of server; return the runs, the answers to compare with, and who waits."""
    runs: list[Run] = []
    with serving(place, asking.people, "--api") as served:
        alone, expected = one_after_the_other(served, asking)
        runs += [alone, *crowds("page and programs", served, asking, place, corpus)]
        fairness = much_beside_little(served, asking, statistics.mean(_seconds(alone.came)))
    many = ("--api-only", "--workers", str(workers))
    with serving(place, asking.people, *many) as served:
        programs = asking._replace(in_page=0)
        runs += crowds(f"programs only, {workers} workers", served, programs, place, corpus)
    with serving(place, 0, "--api-only") as served:
        once = asking._replace(in_page=0, each=1)
        runs.append(crowd("one question each, all counted as one client", served, once))
    return runs, expected, fairness


def one_after_the_other(served: Served, asking: Asking) -> tuple[Run, dict[str, str]]:
    """Ask every question alone, by both ways; return the answers, by the kind of client."""

    async def act() -> tuple[Run, dict[str, str]]:
        async with connected(served.address, 2) as (first, second):
            program = Program(first, "program", served.keys[0])
            began = time.perf_counter()
            by_program = await ask_in_turn(program, asking.questions)
            run = Run("alone, one after the other", by_program, time.perf_counter() - began)
            in_page = await ask_in_turn(await Person.opening(second, "person"), asking.questions)
        return run, {_named(one): one.answer for one in (*by_program, *in_page)}

    return asyncio.run(act())


def crowds(what: str, served: Served, asking: Asking, place: Path, corpus: Path) -> Iterator[Run]:
    """Have all ask at once, and once more while the index is built again and again."""
    yield crowd(what, served, asking)
    with building(place, corpus):
        yield crowd("the same, an index being built", served, asking)


def crowd(what: str, served: Served, asking: Asking) -> Run:
    """Have all ask at once, each its own questions one after the other."""

    async def act() -> tuple[list[list[Came]], float]:
        async with connected(served.address, asking.people) as https:
            clients: list[Client] = [
                await Person.opening(http, f"person {number}")
                if number < asking.in_page
                else Program(http, f"program {number}", served.keys[number] if served.keys else "")
                for number, http in enumerate(https)
            ]
            began = time.perf_counter()
            came = await asyncio.gather(
                *(ask_in_turn(one, _drawn(asking, one.name)) for one in clients)
            )
            return came, time.perf_counter() - began

    print(f"{what}: {asking.people} × {asking.each} questions …", file=sys.stderr)
    before = served.memory_mb()
    came, seconds = asyncio.run(act())
    return Run(what, [one for each in came for one in each], seconds, before, served.memory_mb())


def much_beside_little(served: Served, asking: Asking, alone: float) -> str:
    """Have one client ask two hundred questions at once, and another two; say who waits."""

    async def act() -> tuple[list[Came], list[Came]]:
        async with connected(served.address, 2) as (first, second):
            much = Program(first, "much", served.keys[0])
            little = Program(second, "little", served.keys[1])
            drawn = random.Random("much").choices(asking.questions, k=_MUCH)
            asked = asyncio.ensure_future(ask_at_once(much, drawn))
            await asyncio.sleep(1)
            return await ask_in_turn(little, drawn[:_LITTLE]), await asked

    little, much = asyncio.run(act())
    problems = sum(bool(one.problem) for one in (*little, *much))
    return (
        f"One client asks {_MUCH} questions at once, another {_LITTLE}, one after the other: an "
        f"answer takes the first\n{statistics.mean(_seconds(much)):.1f} s, the second "
        f"{statistics.mean(_seconds(little)):.1f} s, and one who is alone {alone:.2f} s; "
        f"{sum(one.turned_away > 0 for one in much)} of the {_MUCH} were told\nto come back later, "
        f"and did; {problems} errors."
    )


def section(asking: Asking, runs: Sequence[Run], expected: dict[str, str], fairness: str) -> str:
    """Write the figures as a section of the results."""
    heads = ["", "questions", "errors", "another answer than alone", "p50", "p95", "longest",
             "a second", "fairness", "memory"]  # fmt: skip
    rows = [_row(run, expected) for run in runs]
    problems = sorted({one.problem for run in runs for one in run.came if one.problem})
    return "\n".join(
        [
            f"{UNDER_LOAD}\n",
            f"Made by `python -m benchmarks.load` on {time.strftime('%Y-%m-%d')}, commit "
            f"{commit()}; {describe_machine()}.\n",
            f"{asking.people} ask at once, each {asking.each} questions of the gold set one after "
            f"the other, {asking.in_page} of them in the\npage where there is one; whoever asks "
            "has the same cores. Every answer is compared, word for word, with that to the\nsame "
            "question asked alone. Fairness is Jain's index of the clients' mean times: 1 if all "
            "wait alike. Memory: of all\nprocesses that serve, before and after.\n",
            table(heads, rows),
            "",
            fairness,
            *(f"\nWhat went wrong: {problem}" for problem in problems),
            "",
        ]
    )


def _row(run: Run, expected: dict[str, str]) -> list[str]:
    seconds = sorted(_seconds(run.came))
    problems = sum(bool(one.problem) for one in run.came)
    others = sum(not one.problem and one.answer != expected[_named(one)] for one in run.came)
    memory = "–"
    if run.before_mb is not None and run.after_mb is not None:
        memory = f"{run.before_mb:.0f} → {run.after_mb:.0f} MB"
    by_client: dict[str, list[float]] = {}
    for one in run.came:
        by_client.setdefault(one.client, []).append(one.seconds)
    return [
        run.what,
        f"{len(run.came):,}",
        str(problems),
        str(others),
        f"{statistics.median(seconds):.2f} s",
        f"{seconds[math.ceil(0.95 * len(seconds)) - 1]:.2f} s",
        f"{seconds[-1]:.2f} s",
        f"{len(run.came) / run.seconds:.1f}",
        f"{jain([statistics.mean(each) for each in by_client.values()]):.3f}",
        memory,
    ]


def jain(values: Sequence[float]) -> float:
    """Return Jain's index of fairness: 1 if all are alike, 1/n if one has everything.

    R. Jain, D.-M. Chiu, W. Hawe: A quantitative measure of fairness and discrimination for
    resource allocation in shared computer systems. DEC-TR-301, 1984.
    """
    return sum(values) ** 2 / (len(values) * sum(value**2 for value in values))


@contextmanager
def serving(place: Path, programs: int, *arguments: str) -> Iterator[Served]:
    """Run `qa serve` with a key for each of some programs; without keys if there is none."""
    keys = [secrets.token_urlsafe(24) for _ in range(programs)]
    if keys:
        file = place / "keys"
        file.write_text("\n".join(keys), "utf-8")
        arguments = (*arguments, "--api-key-file", str(file))
    index = ("--index", str(place / "index"), "--corpus", str(place / "no-corpus"))
    command = qa("serve", "--port", "0", *index, *arguments)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None, "it is a pipe"
        address = ""
        for line in process.stdout:
            found = re.search(r"http://\S+:\d+/", line)
            address = found[0] if found else address
            if "Ctrl-C" in line:
                break
        try:
            yield Served(address, keys)
        finally:
            process.terminate()


@contextmanager
def building(place: Path, corpus: Path) -> Iterator[None]:
    """Build the index again and again, each time publishing what is there already."""
    ended = threading.Event()

    def build() -> None:
        while not ended.is_set():
            run_child(qa("index", "--rebuild", "--corpus", corpus, "--index", place / "index"))

    thread = threading.Thread(target=build, name="build")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _drawn(asking: Asking, name: str) -> list[str]:
    """Draw a client's questions; the same in every run."""
    return random.Random(name).choices(asking.questions, k=asking.each)


def _named(one: Came) -> str:
    """Name what an answer is compared by: the way it came, and the question."""
    return f"{one.client.split()[0]}: {one.question}"


def _seconds(came: Sequence[Came]) -> list[float]:
    return [one.seconds for one in came]


if __name__ == "__main__":
    sys.exit(main())
