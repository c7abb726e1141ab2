"""Measure the test splits of the gold questions, and write `docs/RESULTS.md`.

    python -m benchmarks.results

The reader's own figures are its card's. What is written by hand, from `make bench` and `python -m
benchmarks.scale`, is kept. Weights and thresholds were fitted on other splits.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import ROOT, commit, describe_machine
from qa.answer.live import open_index
from qa.evaluate.ask import DEPTH, evaluate
from qa.evaluate.bootstrap import RESAMPLES, Interval
from qa.evaluate.gold import load_gold
from qa.evaluate.measures import MEASURES, measure, risk_at_coverage
from qa.evaluate.record import Record
from qa.models.span_network import CARD_FILE, packaged_reader
from qa.settings import AskSettings
from train.card import FIGURES, rows_of_figures

GOLD = {
    "ordinary": ROOT / "tests" / "gold" / "inl_peru_plain.jsonl",
    "hard": ROOT / "tests" / "gold" / "inl_peru.jsonl",
}
RISKS = (AskSettings().max_risk, 0.1)
READER = "## The reader alone"
FOLLOW_UPS = "## Follow-up questions"  # written by `python -m benchmarks.linked --write`
UNDER_LOAD = "## Under load"  # written by `python -m benchmarks.load --write`
SMALL = "## Small documents nobody tuned on"
BY_HAND = (SMALL, "## Speed and memory", "## How it grows", UNDER_LOAD, FOLLOW_UPS)


class Column(NamedTuple):
    """One gold set at one setting."""

    name: str
    records: Sequence[Record]
    measures: Mapping[str, Interval]


def main() -> None:
    """Measure everything and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, default=Path("index"), help="of the default page")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "RESULTS.md")
    options = parser.parse_args()
    columns = [column(name, risk, options.index) for name in GOLD for risk in RISKS]
    parts = [
        page(columns),
        *(kept(options.out, heading) for heading in BY_HAND),
        reader_section(),
    ]
    options.out.write_text("\n\n".join(part.strip() for part in parts if part) + "\n", "utf-8")
    print(f"wrote {options.out}")


def column(name: str, risk: float, index: Path) -> Column:
    """Ask a gold set's test split at a setting."""
    answerer = open_index(index, AskSettings(k=DEPTH, max_risk=risk))
    gold = load_gold(GOLD[name], "test")
    for entry in gold[:10]:  # so that the first answers are not slower than the rest
        answerer.ask(entry.question)
    records = evaluate(answerer, gold)
    answerer.close()
    return Column(f"{name}, {risk:g}", records, measure(records))


def page(columns: Sequence[Column]) -> str:
    """Write everything but the reader's own figures."""
    sizes = "; ".join(
        f"{name}: {sum(r.answerable for r in c.records)} answerable, "
        f"{sum(not r.answerable for r in c.records)} not"
        for name, c in zip(GOLD, columns[:: len(RISKS)], strict=True)
    )
    names = [c.name for c in columns]
    rows = [
        [f"{MEASURES[name].says} `{name}`", *(shown(name, c.measures[name]) for c in columns)]
        for name in columns[0].measures
    ]
    curves = [
        [c.name, *(f"{i.value:.2f}" for i in risk_at_coverage(c.records))]
        for c in columns[:: len(RISKS)]
    ]
    counts = [Counter(record.outcome.replace("_", " ") for record in c.records) for c in columns]
    causes = [
        [outcome, *(str(count[outcome]) for count in counts)]
        for outcome in sorted({outcome for count in counts for outcome in count})
    ]
    tenths = [f"{tenth * 10} %" for tenth in range(1, 11)]
    return f"""# Results

Made by `make eval` on {time.strftime("%Y-%m-%d")}, commit {commit()}; {describe_machine()}.

Answers about the default page, on the test splits of two sets of gold questions
({sizes}). *Ordinary*: as a
person would ask; *hard*: written to mislead. Each at `--max-risk` {RISKS[0]:g}, the default,
and {RISKS[1]:g}. In brackets the 95 % interval: {RESAMPLES:,} resamples of the questions,
percentiles. What a measure is exactly: [MEASURES.md](MEASURES.md). Times are those
of this run, whatever else the machine did; for speed see further down.

## Measures

{table(["", *names], rows)}

## What came of each question

{table(["", *names], causes)}

## Wrong answers when only the surest are given

{table(["answered", *tenths], curves)}
"""


def reader_section() -> str:
    """Write the figures of the packaged reader's test titles, as its card has them."""
    card = json.loads((packaged_reader() / CARD_FILE).read_text("utf-8"))
    ruler = "|---" * (FIGURES.count("|") - 1) + "|"
    rows = "\n".join([FIGURES, ruler, *rows_of_figures(card)])
    return f"""{READER}

Each question asked of its own context, on the test titles that were held back from training and
calibration, at most 200 of each kind and source; in brackets how many are answerable and how many
not, and 95 % intervals. From the [card](../src/qa/reader/README.md#figures), which says how they
are measured. `HasAns` is SQuAD's name for answerable questions, `NoAns` for the others; a refusal
is an answerable logit below 0.

{rows}
"""


def kept(out: Path, heading: str) -> str:
    """Return a section of an earlier run, its heading included; empty if there is none."""
    text = out.read_text("utf-8") if out.exists() else ""
    sections = [f"## {section}" for section in text.split("\n## ")[1:]]
    return next((s for s in sections if s.startswith(f"{heading}\n")), "")


def shown(name: str, interval: Interval) -> str:
    """Write a value with its interval."""
    if interval.value is None:
        return "–"
    digits = 0 if MEASURES[name].unit else 3
    short = 0 if digits == 0 else 2
    ends = f"{interval.low:.{short}f}–{interval.high:.{short}f}"
    return f"{interval.value:.{digits}f} ({ends})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
