"""Measure speed and memory as a person meets them, printed as one Markdown table.

Measures whole processes from outside for cold figures, and the encoder against plain
`SentenceTransformer.encode` in the same run, so that a ratio holds when the machine's
speed drifts. Uses only the command line and public names.

    python -m benchmarks.speed [--runs N]
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from qa import AskSettings
from qa.index.local.generations import CURRENT

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
GOLD = ROOT / "tests" / "gold" / "inl_peru.jsonl"
QUESTION = "How many cocaine laboratories were destroyed in 2018?"
PORT = 7899
PARAGRAPHS = 400

WARM = """
import json, sys
from qa import AskSettings, open_index
answerer = open_index(sys.argv[1], AskSettings(read_passages=int(sys.argv[3])))
questions = [json.loads(line)["question"] for line in open(sys.argv[2], encoding="utf-8")]
for question in questions[:20]:
    answerer.ask(question)
print(json.dumps([answerer.ask(question).timings_ms["total"] for question in questions]))
"""


class Row(NamedTuple):
    """One line of the table."""

    what: str
    figure: str
    aim: str


class Finished(NamedTuple):
    """A child process that has ended."""

    seconds: float
    peak_mb: float
    output: str


def main() -> int:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="cold runs to take the median of")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = first_page(folder / "first")
        index_dir = folder / "first"
        rows = [first, *cold_asks(index_dir, runs), *warm_asks(index_dir)]
        rows += build_speed(folder, runs)
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print("| what | measured | aim |\n|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.figure} | {row.aim} |")
    return 0


def run_child(command: Sequence[str]) -> Finished:
    """Run a process to its end; peak memory is its own, as the kernel accounts it."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.stderr is not None, "it is a pipe"
        errors = child.stderr.read().decode()
        child.stderr.close()
        if child.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {errors}")
        output.seek(0)
        scale = 1024 if sys.platform != "darwin" else 1024 * 1024
        return Finished(seconds, usage.ru_maxrss / scale, output.read())


def qa(*arguments: object) -> list[str]:
    """Return the command that runs `qa`."""
    return [sys.executable, "-m", "qa", *map(str, arguments)]


def cold_asks(index_dir: Path, runs: int) -> list[Row]:
    """Measure `qa ask` as a new process, after one run that warms the disk cache."""
    command = qa("ask", QUESTION, "--index", index_dir, "--json", "--max-risk", 1)
    done = [run_child(command) for _ in range(runs + 1)][1:]
    answers = [json.loads(entry.output)["timings_ms"]["total"] for entry in done]
    return [
        Row(
            "cold `qa ask`, whole process",
            f"{statistics.median(d.seconds for d in done):.2f} s",
            "≤ 1.2 s",
        ),
        Row("of which the answer", f"{statistics.median(answers):.0f} ms", "≤ 250 ms"),
        Row(
            "peak memory of asking",
            f"{statistics.median(d.peak_mb for d in done):.0f} MB",
            "≤ 350 MB",
        ),
    ]


def warm_asks(index_dir: Path) -> list[Row]:
    """Measure every gold question in one process, after a warm-up of twenty, by passages read."""
    rows = []
    for passages in (1, 3, 5):
        command = [sys.executable, "-c", WARM, str(index_dir), str(GOLD), str(passages)]
        times = sorted(json.loads(run_child(command).output))
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        what = f"warm ask, {passages} passages read, p50 / p95 of {len(times)} questions"
        aim = "p50 ≤ 250 ms" if passages == AskSettings().read_passages else "–"
        rows.append(Row(what, f"{p50:.1f} / {p95:.1f} ms", aim))
    return rows


def first_page(index_dir: Path) -> Row:
    """Measure from an empty index to a page that answers and has one, as `make run` does it."""
    index_dir.mkdir()
    started = time.perf_counter()
    options = ["--index", str(index_dir), "--port", str(PORT)]
    server = subprocess.Popen(
        [sys.executable, "app.py", *options],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{PORT}/", seconds=180)
        while not (index_dir / CURRENT).exists():  # the page is there before the index
            if server.poll() is not None or time.perf_counter() - started > 180:
                raise TimeoutError(f"no index came to be in {index_dir}")
            time.sleep(0.02)
        seconds = time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()
    return Row("first start: export, index, page up", f"{seconds:.1f} s", "–")


def wait_for(address: str, seconds: float) -> None:
    """Wait until a page of this machine answers.

    Raises:
        TimeoutError: It does not, in that time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"{address} did not answer within {seconds} s")


def build_speed(folder: Path, runs: int) -> list[Row]:
    """Compare a build's encoding with `SentenceTransformer.encode`, on the same passages.

    The texts are paragraphs put together from the default page's sentences. Tokens are
    counted alike on both sides; each is timed `runs` times in turn.
    """
    from qa.index.local.generations import Index
    from qa.models.encoder import Encoder, PassageInput, available_cores
    from qa.models.export_encoder import MINILM, load_model

    encoder = Encoder(Index.open(folder / "first").encoder_dir, threads=available_cores())
    texts = paragraphs()
    tokens = sum(encoder.count_tokens(texts))
    model = load_model(MINILM)
    inputs = [PassageInput(text, "", ()) for text in texts]
    model.encode(texts[:32])
    encoder.encode_passages(inputs[:32])
    ours, plain = [], []
    for _ in range(runs):
        ours.append(seconds_of(lambda: encoder.encode_passages(inputs)))
        plain.append(seconds_of(lambda: model.encode(texts)))
    ratio = statistics.median(p / o for p, o in zip(plain, ours, strict=True))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, text in enumerate(texts):
        (corpus / f"{number:04d}.txt").write_text(text, "utf-8")
    report = json.loads(
        run_child(qa("index", "--corpus", corpus, "--index", folder / "second", "--json")).output
    )
    return [
        Row("encoding, tokens/s", f"{tokens / statistics.median(ours):,.0f}", "–"),
        Row(
            "`SentenceTransformer.encode`, tokens/s",
            f"{tokens / statistics.median(plain):,.0f}",
            "–",
        ),
        Row("ratio, pair by pair", f"{ratio:.2f}×", "≥ 3×"),
        Row(
            f"whole build of {PARAGRAPHS} documents, tokens/s",
            f"{report['tokens'] / report['seconds']:,.0f}",
            "–",
        ),
    ]


def paragraphs() -> list[str]:
    """Return paragraphs of 1 to 6 sentences of the default page; the same in every run."""
    from sentencex import get_sentence_boundaries

    page = (CORPUS / "inl-peru.txt").read_text("utf-8")
    sentences = [
        text
        for boundary in get_sentence_boundaries("en", page)
        if len(text := boundary["text"].strip(" •\n")) > 40
    ]
    chance = random.Random(1)
    return [
        " ".join(chance.sample(sentences, chance.randint(1, 6)))[:900] for _ in range(PARAGRAPHS)
    ]


def seconds_of(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def describe_machine() -> str:
    """Return what this ran on, in words."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    return (
        f"{os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"
    )


def commit() -> str:
    """Return the commit that was measured."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
