"""Run `qa index`, and open the index for other commands, building it if there is none.

Heavy libraries are imported inside.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qa.answer.present import pages_in_words
from qa.cli.options import CORPUS, INDEX, add_build_options, add_limits, limits_of
from qa.cli.output import events, stages, tell
from qa.errors import IndexMissingError, UsageError
from qa.schema import SkippedFile
from qa.settings import DEFAULT_ENCODER, DEFAULT_READER, AskSettings, BuildSettings
from qa.words import counted

if TYPE_CHECKING:
    from qa.answer.pipeline import Answerer
    from qa.index.progress import BuildReport

# More files than this that are skipped for one reason are told as a count; more lines in all are
# not printed.
_NAMED_A_REASON = 5
_NAMED = 30


def add_index_command(commands: Any) -> None:
    """Add the command's arguments."""
    index = commands.add_parser("index", help="build the index of a folder, or update it")
    add_build_options(index)
    index.add_argument("--rebuild", action="store_true", help="take nothing over from before")
    index.add_argument("--json", action="store_true", help="print one JSON object")
    index.add_argument(
        "--events",
        action="store_true",
        help="print the progress to standard error, one JSON object a line",
    )
    index.add_argument(
        "--allow-empty", action="store_true", help="make an index even if there is no document"
    )
    index.add_argument(
        "--ray",
        default="",
        metavar="ADDRESS",
        help="read, cut and encode new documents on the machines of a Ray cluster: auto for the "
        "one that this machine is part of, HOST:PORT, or local (docs/CLUSTER.md)",
    )
    add_limits(index)
    index.set_defaults(command=_index)


def _index(arguments: argparse.Namespace) -> int:
    report = build(arguments, rebuild=arguments.rebuild)
    if arguments.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    else:
        print(_summary(report, _where(arguments)))
    return 0


def open_or_build(arguments: argparse.Namespace, settings: AskSettings) -> "Answerer":
    """Open the index; if there is none yet, build it first and say so.

    Raises:
        QAError: It cannot be opened or built; or an index is named that is not there, and no
            corpus: the name may be misspelt.
    """
    from qa.answer.live import open_index

    try:
        answerer = open_index(arguments.index, settings, store=arguments.store)
    except IndexMissingError:
        if arguments.index != INDEX and arguments.corpus == CORPUS:
            raise
        tell(f"no index in {_where(arguments)} yet; building one from {arguments.corpus}")
        tell(_summary(build(arguments), _where(arguments)))
        return open_index(arguments.index, settings, store=arguments.store)
    if answerer.index.damage:
        tell(answerer.index.damage)
    _check_models(arguments, answerer.index.manifest.settings)
    return answerer


def _check_models(arguments: argparse.Namespace, built: dict[str, Any]) -> None:
    """Refuse to answer with other models than the ones that were asked for by name."""
    defaults = {"encoder": DEFAULT_ENCODER, "reader": DEFAULT_READER}
    for option, default in defaults.items():
        wanted, found = getattr(arguments, option), built.get(option, default)
        if wanted not in (default, found):
            raise UsageError(
                f"the index in {_where(arguments)} was built with --{option} {found}; to use "
                f"{wanted}, build it first: qa index --{option} {wanted}"
            )


def build(arguments: argparse.Namespace, *, rebuild: bool = False) -> "BuildReport":
    """Build the index the arguments name, or bring it up to date; tell what was skipped."""
    from qa.index.build import build_index

    settings = BuildSettings(
        encoder=arguments.encoder, reader=arguments.reader, precision=arguments.precision
    )
    with events() if getattr(arguments, "events", False) else stages() as progress:
        report = build_index(
            arguments.corpus,
            arguments.index,
            settings,
            store=arguments.store,
            ray=getattr(arguments, "ray", ""),
            limits=limits_of(arguments),
            rebuild=rebuild,
            allow_empty=getattr(arguments, "allow_empty", False),
            progress=progress,
        )
    for line in skipped_in_words(report.skipped):
        tell(f"skipped {line}")
    for doc_id, pages in report.unread_pages:
        tell(f"not read of {doc_id}: {pages_in_words(pages)} (pictures or damaged)")
    return report


def skipped_in_words(skipped: Sequence[SkippedFile]) -> list[str]:
    """Say which files were skipped and why: each by name, or how many of a kind there are many."""
    by_reason: dict[str, list[str]] = {}
    for file in skipped:
        by_reason.setdefault(file.reason, []).append(file.doc_id)
    lines: list[tuple[str, int]] = []
    for reason, names in sorted(by_reason.items(), key=lambda entry: -len(entry[1])):
        if len(names) > _NAMED_A_REASON:
            some = f"{counted(len(names), 'file')} such as {names[0]}"
            lines.append((f"{some}: {reason} (all of them: --json)", len(names)))
        else:
            lines += [(f"{name}: {reason}", 1) for name in names]
    told = [line for line, _ in lines[:_NAMED]]
    if more := sum(files for _, files in lines[_NAMED:]):
        told.append(f"{counted(more, 'more file')} for other reasons (all of them: --json)")
    return told


def _where(arguments: argparse.Namespace) -> str:
    return str(arguments.store or arguments.index)


def _summary(report: "BuildReport", where: str) -> str:
    counts = f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}"
    counts += f" in {where}"
    if report.up_to_date:
        return f"up to date: {counts}"
    changes = f"{report.added} added, {report.changed} changed, {report.removed} removed"
    changes += f", {report.renamed} renamed" if report.renamed else ""
    skipped = f", {counted(len(report.skipped), 'file')} skipped" if report.skipped else ""
    return (
        f"indexed {counts} ({changes}{skipped}; "
        f"{counted(report.encoded, 'passage')} encoded) in {report.seconds:.1f} s"
    )
