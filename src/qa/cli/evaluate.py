"""The command `qa eval`: ask gold questions, and print, compare, gate and report what came of it.

Heavy libraries are imported inside.
"""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from qa.cli.index import build, open_or_build
from qa.cli.options import add_build_options, add_risk
from qa.cli.output import bar, output, tell, warn_of_drafts
from qa.errors import IndexMissingError, UsageError
from qa.settings import AskSettings

if TYPE_CHECKING:
    from qa.answer.pipeline import Answerer
    from qa.evaluate.bootstrap import Interval
    from qa.evaluate.compare import Comparison
    from qa.evaluate.record import Record

EXIT_OK, EXIT_BELOW = 0, 4
_SEARCHED = 100
_SHOWN_IDS = 5


def add_eval_command(commands: Any) -> None:
    """Add the command's arguments."""
    evaluate = commands.add_parser("eval", help="measure answers against gold questions")
    add = evaluate.add_argument
    add(
        "gold",
        type=Path,
        help="gold questions, JSON lines or SQuAD format; or a BEIR folder, for retrieval alone",
    )
    add("--split", help="only questions of this split; of a BEIR folder, its qrels/SPLIT.tsv")
    add("--json", action="store_true", help="print one JSON object")
    add("--report", type=Path, metavar="FILE.html", help="write a page that a person can read")
    add(
        "--compare",
        type=Path,
        metavar="OTHER.json",
        help="what an earlier run printed with --json: differences, paired by question",
    )
    add(
        "--min",
        action="append",
        default=[],
        metavar="MEASURE=VALUE",
        help="exit with 4 if the measure is lower, for example f1=0.8; repeatable",
    )
    add_build_options(evaluate)
    add_risk(evaluate)
    evaluate.set_defaults(command=_eval)


def _eval(arguments: argparse.Namespace) -> int:
    from qa.evaluate.beir import is_beir
    from qa.evaluate.compare import compare, load_records
    from qa.evaluate.measures import measure

    gates = dict(map(_gate, arguments.min))
    other = load_records(arguments.compare) if arguments.compare else None
    opened = output(arguments.report) if arguments.report else nullcontext()
    with opened as page:
        ask = _ask_beir if is_beir(arguments.gold) else _ask_gold
        records, answerer = ask(arguments)
        measures = measure(records)
        comparison = compare(records, other) if other else None
        if page is not None:
            page.write(_report(arguments, answerer, records, comparison))
    if comparison:
        _warn_of_differences(arguments, comparison)
    show = _print_json if arguments.json else _print_text
    show(arguments, answerer, records, measures, comparison)
    failed = [_shortfall(name, least, measures.get(name)) for name, least in gates.items()]
    for message in filter(None, failed):
        tell(message)
    return EXIT_BELOW if any(failed) else EXIT_OK


def _ask_gold(arguments: argparse.Namespace) -> "tuple[list[Record], Answerer]":
    from qa.evaluate.ask import DEPTH, evaluate
    from qa.evaluate.gold import load_gold

    gold = load_gold(arguments.gold, arguments.split)
    warn_of_drafts(arguments.gold)
    settings = AskSettings(k=DEPTH, max_risk=arguments.max_risk)
    answerer = open_or_build(arguments, settings)
    with bar("asking", len(gold)) as advance:
        return evaluate(answerer, gold, lambda done, total: advance(1)), answerer


def _ask_beir(arguments: argparse.Namespace) -> "tuple[list[Record], Answerer]":
    """Search an index of the folder's corpus, made beside a cache of its texts."""
    from qa.answer.live import open_index
    from qa.evaluate.ask import evaluate_ranking
    from qa.evaluate.beir import export_corpus, load_beir

    folder = arguments.gold
    beir = load_beir(folder, arguments.split)
    index_dir = arguments.index.resolve()
    cache = index_dir.with_name(f"{index_dir.name}-texts")
    _refuse_other_index(arguments, cache)
    names = export_corpus(folder, cache)
    arguments.corpus = cache
    build(arguments)
    settings = AskSettings(k=_SEARCHED, candidates=_SEARCHED)
    answerer = open_index(arguments.index, settings, store=arguments.store)
    with bar("searching", len(beir.queries)) as advance:
        searched = evaluate_ranking(answerer, beir, names, lambda done, total: advance(1))
    return searched, answerer


def _refuse_other_index(arguments: argparse.Namespace, cache: Path) -> None:
    """Keep a person's own index from being replaced by one of a BEIR corpus."""
    from qa.answer.live import open_index

    try:
        answerer = open_index(arguments.index, store=arguments.store)
    except IndexMissingError:
        return
    corpus = Path(answerer.index.manifest.corpus)
    answerer.close()
    if corpus != cache:
        raise UsageError(
            f"the index in {arguments.index} is of {corpus}, not of {arguments.gold}: name a "
            f"folder of its own, for example --index index-{arguments.gold.resolve().name}"
        )


def _gate(text: str) -> tuple[str, float]:
    from qa.evaluate.measures import MEASURES, measure_name

    name, found, value = text.partition("=")
    try:
        least = float(value)
    except ValueError:
        least = float("nan")
    if not found or least != least:  # not a number
        raise UsageError(f"--min takes MEASURE=VALUE, such as f1=0.8, not {text!r}")
    name = measure_name(name)
    if not MEASURES[name].higher_is_better:
        raise UsageError(f"--min is for measures of which more is better; {name} is not one")
    return name, least


def _shortfall(name: str, least: float, found: "Interval | None") -> str | None:
    """Say by how much a measure misses its gate; None if it does not."""
    if found is None or found.value is None:
        return f"{name} must be at least {least:g} but these questions do not measure it"
    if found.value >= least:
        return None
    return f"{name} is {found.value:.3f}, {least - found.value:.3f} below the {least:g} asked for"


def _print_json(
    arguments: argparse.Namespace,
    answerer: "Answerer",
    records: "Sequence[Record]",
    measures: "Mapping[str, Interval]",
    comparison: "Comparison | None",
) -> None:
    """Print values at the top, their intervals below `intervals`, then every question."""
    from qa.evaluate.measures import risk_at_coverage
    from qa.evaluate.record import record_to_json

    found: dict[str, Any] = {
        "questions": len(records),
        "answerable": sum(record.answerable for record in records),
        **{name: interval.value for name, interval in measures.items()},
    }
    ends: dict[str, Any] = {name: [i.low, i.high] for name, i in measures.items()}
    if _is_read(records):
        curve = risk_at_coverage(records)
        found["risk_at_coverage"] = [interval.value for interval in curve]
        ends["risk_at_coverage"] = [[interval.low, interval.high] for interval in curve]
        threshold = None if answerer.min_confidence > 1 else answerer.min_confidence
        found["calibration"] = {
            **answerer.risk._asdict(),
            "min_confidence": threshold,
            "of": answerer.calibration,
        }
    found["intervals"] = ends
    if comparison:
        found["compare"] = {
            "with": str(arguments.compare),
            "questions": comparison.questions,
            "measures": {name: d._asdict() for name, d in comparison.measures.items()},
        }
    found["records"] = [record_to_json(record) for record in records]
    print(json.dumps(found, ensure_ascii=False))


def _print_text(
    arguments: argparse.Namespace,
    answerer: "Answerer",
    records: "Sequence[Record]",
    measures: "Mapping[str, Interval]",
    comparison: "Comparison | None",
) -> None:
    from qa.evaluate.measures import risk_at_coverage

    answerable = sum(record.answerable for record in records)
    print(f"{len(records)} questions, {answerable} answerable; values with 95 % intervals\n")
    for name, interval in measures.items():
        print(f"{name:<29}{_shown(*interval)}".rstrip())
    if _is_read(records):
        risks = " ".join(f"{interval.value:.3f}" for interval in risk_at_coverage(records))
        print(f"{'risk_at_coverage':<29}{risks}\n")
        print(f"calibration: {answerer.calibration}")
        print(_threshold(answerer))
    if comparison:
        print(f"\nagainst {arguments.compare}, on {comparison.questions} questions of both:\n")
        print(f"{'':<29}   this   other  difference")
        for name, d in comparison.measures.items():
            if d.value is not None and d.this is not None and d.other is not None:
                change = f"{d.value:+9.3f} ({d.low:+.3f} to {d.high:+.3f}), p = {d.p:.3f}"
                print(f"{name:<29}{d.this:7.3f} {d.other:7.3f}  {change}")


def _shown(value: float | None, low: float | None, high: float | None) -> str:
    return "–" if value is None else f"{value:7.3f}   {low:.3f} to {high:.3f}"


def _threshold(answerer: "Answerer") -> str:
    risk = answerer.risk
    if risk.min_confidence > 1:
        return "always abstains: no threshold is safe enough for so small a risk"
    return (
        f"abstains below {risk.min_confidence:.2f}: by the calibration {risk.expected:.0%} of the "
        f"answers given are wrong (95 % interval {risk.low:.0%} to {risk.high:.0%})"
    )


def _is_read(records: "Sequence[Record]") -> bool:
    return all(record.confidence is not None for record in records)


def _warn_of_differences(arguments: argparse.Namespace, comparison: "Comparison") -> None:
    for ids, what in (
        (comparison.only_here, f"only in this run, not in {arguments.compare}"),
        (comparison.only_there, f"only in {arguments.compare}"),
        (comparison.reworded, f"not the same question in {arguments.compare}"),
    ):
        if ids:
            shown = ", ".join(ids[:_SHOWN_IDS]) + (", …" if len(ids) > _SHOWN_IDS else "")
            tell(f"{len(ids)} {what}: {shown}")


def _report(
    arguments: argparse.Namespace,
    answerer: "Answerer",
    records: "Sequence[Record]",
    comparison: "Comparison | None",
) -> str:
    from qa.evaluate.report.report import Subject, report_html

    threshold = answerer.min_confidence
    corpus = Path(answerer.index.manifest.corpus)
    subject = Subject(
        gold=arguments.gold.name,
        split=arguments.split or "",
        corpus=corpus.name,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        threshold=None if threshold > 1 else threshold,
        max_risk=arguments.max_risk,
        other=arguments.compare.name if arguments.compare else "",
    )
    cited = {citation.doc_id for record in records for citation in record.citations}
    folder = arguments.report.resolve().parent
    links = {doc_id: link for doc_id in cited if (link := _link(corpus / doc_id, folder))}
    return report_html(records, subject, links, comparison)


def _link(file: Path, folder: Path) -> str | None:
    """Lead from a folder to a file, if it is there."""
    if not file.is_file():
        return None
    try:
        return quote(Path(os.path.relpath(file, folder)).as_posix())
    except ValueError:  # on another drive
        return file.as_uri()
