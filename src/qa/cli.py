"""The command line: `qa index`, `qa ask`, `qa serve`; more in `cli_eval`, `cli_gold`, `cli_draft`.

The only modules that print. Heavy libraries are imported inside the commands, so that
`qa --help` is quick. Exit codes: 0 done or answered, 2 usage or index error, 3 abstained,
4 a measure below its `--min`, 1 never on purpose.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from qa import __version__, cli_draft, cli_gold
from qa.errors import IndexMissingError, QAError, UsageError
from qa.settings import (
    DEFAULT_ENCODER,
    DEFAULT_READER,
    PRECISIONS,
    AskSettings,
    BuildSettings,
    ParseLimits,
)

if TYPE_CHECKING:
    from qa.build import BuildEvent, BuildReport
    from qa.pipeline import Answerer
    from qa.schema import Answer
    from qa.ui.library import Library

EXIT_OK, EXIT_ERROR, EXIT_ABSTAINED = 0, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: Arguments without the program's name; None for the process's own.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the locale, nothing is unprintable
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            arguments = _parser().parse_args(argv)
            command: Callable[[argparse.Namespace], int] = arguments.command
            return command(arguments)
        finally:
            sys.stdout.flush()  # here, where an error can still be told
    except QAError as error:
        print(f"qa: {error}", file=sys.stderr)
        return EXIT_ERROR
    except BrokenPipeError:  # the reader of our output, such as `head`, has enough
        _discard_output()
        return EXIT_OK
    except OSError as error:
        _discard_output()
        print(f"qa: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("qa: stopped", file=sys.stderr)
        return EXIT_ERROR


def _discard_output() -> None:
    """Send what is left of standard output nowhere, so that ending does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qa",
        description="Ask your documents. Answers are the documents' own words, with a citation, "
        "or an honest “the documents don't say”.",
    )
    parser.add_argument("--version", action="version", version=f"qa {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    index = commands.add_parser("index", help="build the index of a folder, or update it")
    _add_build_options(index)
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
    _add_limits(index)
    index.set_defaults(command=_index)

    ask = commands.add_parser("ask", help="ask one question, or many from a file")
    ask.add_argument("question", nargs="*", help="in plain language; quotes keep ? and * as typed")
    _add_build_options(ask)
    ask.add_argument(
        "--k", type=int, default=AskSettings().k, help="passages to return (%(default)s)"
    )
    _add_risk(ask)
    ask.add_argument("--json", action="store_true", help="print the answer object")
    ask.add_argument(
        "--only",
        action="append",
        metavar="PATTERN",
        help="look only in documents whose path matches, such as “reports/*.pdf”; may be repeated",
    )
    ask.add_argument(
        "--batch", type=Path, metavar="IN.jsonl", help="one object a line with “question” and “id”"
    )
    ask.add_argument(
        "--out",
        type=Path,
        metavar="OUT.jsonl",
        help="where the batch's answers go (standard output)",
    )
    ask.set_defaults(command=_ask)

    evaluate = commands.add_parser("eval", help="measure answers against gold questions")
    _add_eval_options(evaluate)
    _add_build_options(evaluate)
    _add_risk(evaluate)
    evaluate.set_defaults(command=_eval)

    calibrate = cli_gold.add_commands(commands)
    _add_risk(calibrate)
    calibrate.set_defaults(bar=_bar)
    cli_draft.add_draft_command(commands)

    serve = commands.add_parser("serve", help="open the browser UI")
    _add_build_options(serve)
    _add_risk(serve)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument(
        "--read-only", action="store_true", help="no adding and removing of documents in the page"
    )
    serve.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    serve.set_defaults(command=_serve)
    return parser


def _add_eval_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
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


def _add_build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), help="folder of documents")
    parser.add_argument("--index", type=Path, default=Path("index"), help="folder of the index")
    parser.add_argument(
        "--encoder",
        default=DEFAULT_ENCODER,
        help="sentence-transformers name or folder, used when building (%(default)s)",
    )
    parser.add_argument(
        "--reader",
        default=DEFAULT_READER,
        help="the packaged one, a folder made by train.reader, or a Hugging Face "
        "question-answering model, used when building (%(default)s)",
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, default=BuildSettings().precision, help="of the models"
    )


def _add_limits(parser: argparse.ArgumentParser) -> None:
    limits = ParseLimits()
    group = parser.add_argument_group("limits", "a file that needs more is skipped, saying so")
    options: list[tuple[str, float, str]] = [
        ("--max-file-mb", limits.file_bytes / 1e6, "size of a file in MB"),
        ("--max-seconds", limits.seconds, "time to read a file"),
        ("--max-memory-mb", limits.memory_bytes / 1e6, "memory to read a file in MB (on Linux)"),
        ("--max-unpacked-mb", limits.unpacked_bytes / 1e6, "what a file may unpack to in MB"),
        ("--max-characters", limits.characters, "length of a document's text"),
        ("--max-pages", limits.pages, "pages of a PDF"),
        ("--max-cells", limits.cells, "filled cells of a spreadsheet"),
    ]
    for name, default, said in options:
        kind = float if name == "--max-seconds" else int
        group.add_argument(
            name, type=kind, default=kind(default), metavar="N", help=f"{said} (%(default)s)"
        )


def _limits(arguments: argparse.Namespace) -> ParseLimits:
    """Read the limits; the defaults for a command that builds only by the way."""
    if "max_file_mb" not in arguments:
        return ParseLimits()
    return ParseLimits(
        file_bytes=arguments.max_file_mb * 1_000_000,
        seconds=arguments.max_seconds,
        memory_bytes=arguments.max_memory_mb * 1_000_000,
        characters=arguments.max_characters,
        unpacked_bytes=arguments.max_unpacked_mb * 1_000_000,
        pages=arguments.max_pages,
        cells=arguments.max_cells,
    )


def _add_risk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-risk",
        type=float,
        default=AskSettings().max_risk,
        metavar="R",
        help="expected share of wrong answers among those given, 0 to 1: less answers less "
        "often (%(default)s)",
    )


def _index(arguments: argparse.Namespace) -> int:
    report = _build(arguments, rebuild=arguments.rebuild)
    if arguments.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    else:
        print(_summary(report, arguments.index))
    return EXIT_OK


def _ask(arguments: argparse.Namespace) -> int:
    if bool(arguments.question) == bool(arguments.batch):
        raise UsageError('give either a question, qa ask "…", or a file of them, --batch IN.jsonl')
    if arguments.out and not arguments.batch:
        raise UsageError("--out goes with --batch; one answer goes to standard output")
    settings = AskSettings(k=arguments.k, max_risk=arguments.max_risk)
    if arguments.batch:
        return _ask_batch(arguments, settings)
    from qa.pipeline import checked_question
    from qa.present import answer_to_text

    question = checked_question(" ".join(arguments.question))
    answerer = _open_or_build(arguments, settings)
    answer = answerer.ask(question, only=_chosen(answerer, arguments.only))
    print(_json_line(answer) if arguments.json else answer_to_text(answer))
    return EXIT_OK if answer.answered else EXIT_ABSTAINED


def _ask_batch(arguments: argparse.Namespace, settings: AskSettings) -> int:
    entries = list(_batch_entries(arguments.batch))
    with _output(arguments.out) as out, _bar("asking", len(entries)) as advance:
        answerer = _open_or_build(arguments, settings)
        only = _chosen(answerer, arguments.only)
        for entry in entries:
            answer = replace(answerer.ask(entry["question"], only=only), id=entry.get("id"))
            out.write(_json_line(answer) + "\n")
            advance(1)
    return EXIT_OK


def _chosen(answerer: "Answerer", patterns: Sequence[str] | None) -> list[str] | None:
    """Name the documents that match any of the patterns; None for all."""
    if not patterns:
        return None
    names = answerer.index.store.hashes()
    chosen = [name for name in names if any(fnmatchcase(name, wanted) for wanted in patterns)]
    if not chosen:
        raise UsageError(f"no document matches --only {' --only '.join(patterns)}")
    return chosen


def _eval(arguments: argparse.Namespace) -> int:
    from qa.cli_eval import Tools, run

    return run(arguments, Tools(_open_or_build, _build, _bar, _output))


def _serve(arguments: argparse.Namespace) -> int:
    from qa.ui.app import serve
    from qa.ui.library import Library

    library = None
    if not arguments.read_only:
        models = [f"--{name}={getattr(arguments, name)}" for name in ("encoder", "reader")]
        options = [*models, f"--precision={arguments.precision}"]
        library = Library(arguments.corpus, arguments.index, options)
    settings = AskSettings(max_risk=arguments.max_risk)
    calibration = _open_or_begin(arguments, settings, library)

    def ready(address: str) -> None:
        if calibration:
            print(f"Calibration: {calibration}")
        print(f"Ask the documents at {address} (Ctrl-C stops it)", flush=True)

    serve(
        arguments.index,
        settings,
        library=library,
        host=arguments.host,
        port=arguments.port,
        ready=ready,
    )
    return EXIT_OK


def _open_or_begin(
    arguments: argparse.Namespace, settings: AskSettings, library: "Library | None"
) -> str:
    """Open an index, or begin to build one while the page is up; name its calibration."""
    from qa.index import current_generation

    try:
        current_generation(arguments.index)
    except IndexMissingError:
        if library is not None:
            arguments.corpus.mkdir(parents=True, exist_ok=True)
            library.update()
            return ""
    answerer = _open_or_build(arguments, settings)
    answerer.close()
    return answerer.calibration


def _open_or_build(arguments: argparse.Namespace, settings: AskSettings) -> "Answerer":
    """Open the index; if there is none yet, build it first and say so."""
    from qa.pipeline import open_index

    try:
        answerer = open_index(arguments.index, settings)
    except IndexMissingError:
        print(
            f"qa: no index in {arguments.index} yet; building one from {arguments.corpus}",
            file=sys.stderr,
        )
        print(f"qa: {_summary(_build(arguments), arguments.index)}", file=sys.stderr)
        return open_index(arguments.index, settings)
    if answerer.index.damage:
        print(f"qa: {answerer.index.damage}", file=sys.stderr)
    _check_models(arguments, answerer.index.manifest.settings)
    return answerer


def _check_models(arguments: argparse.Namespace, built: dict[str, Any]) -> None:
    """Refuse to answer with other models than the ones that were asked for by name."""
    defaults = {"encoder": DEFAULT_ENCODER, "reader": DEFAULT_READER}
    for option, default in defaults.items():
        wanted, found = getattr(arguments, option), built.get(option, default)
        if wanted not in (default, found):
            raise UsageError(
                f"the index in {arguments.index} was built with --{option} {found}; to use "
                f"{wanted}, build it first: qa index --{option} {wanted}"
            )


def _build(arguments: argparse.Namespace, *, rebuild: bool = False) -> "BuildReport":
    from qa.build import build_index

    settings = BuildSettings(
        encoder=arguments.encoder, reader=arguments.reader, precision=arguments.precision
    )
    with _events() if getattr(arguments, "events", False) else _stages() as progress:
        report = build_index(
            arguments.corpus,
            arguments.index,
            settings,
            limits=_limits(arguments),
            rebuild=rebuild,
            allow_empty=getattr(arguments, "allow_empty", False),
            progress=progress,
        )
    for skipped in report.skipped:
        print(f"qa: skipped {skipped.doc_id}: {skipped.reason}", file=sys.stderr)
    return report


def _summary(report: "BuildReport", index_dir: Path) -> str:
    counts = f"{_count(report.documents, 'document')}, {_count(report.passages, 'passage')}"
    counts += f" in {index_dir}"
    if report.up_to_date:
        return f"up to date: {counts}"
    changes = f"{report.added} added, {report.changed} changed, {report.removed} removed"
    changes += f", {report.renamed} renamed" if report.renamed else ""
    skipped = f", {_count(len(report.skipped), 'file')} skipped" if report.skipped else ""
    return (
        f"indexed {counts} ({changes}{skipped}; "
        f"{_count(report.encoded, 'passage')} encoded) in {report.seconds:.1f} s"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _batch_entries(path: Path) -> Iterator[dict[str, Any]]:
    from qa.pipeline import checked_question

    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the batch file {path} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line, parse_constant=_no_constant)
            question = entry["question"]
            if not isinstance(question, str):
                raise TypeError(f"“question” is a {type(question).__name__}")
            checked_question(question)
        except (ValueError, TypeError, KeyError, RecursionError, UsageError) as error:
            raise UsageError(
                f"{path}, line {number}: expected an object with a “question”, a text ({error})"
            ) from error
        yield entry


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _json_line(answer: "Answer") -> str:
    from qa.present import answer_to_json

    return json.dumps(answer_to_json(answer), ensure_ascii=False)


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Write to standard output, or to a file that appears only when it is whole."""
    if path is None:
        yield sys.stdout
        return
    if path.is_dir():
        raise UsageError(f"cannot write to {path}: it is a folder")
    path = path.resolve()  # through a link, not over it
    whole = path.is_file() or not path.exists()  # neither a device nor a pipe
    part = path.with_name(f".part-{os.getpid()}-{path.name}") if whole else path
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
        if whole:
            part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror or error}") from error
    finally:
        if whole:
            part.unlink(missing_ok=True)


@contextmanager
def _bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=label, leave=False, file=sys.stderr) as bar:
        yield lambda count: bar.update(count) and None


@contextmanager
def _stages() -> Iterator[Callable[["BuildEvent"], None]]:
    """Show a build's stages on a terminal: a bar where the amount is known, else a line."""
    if not sys.stderr.isatty():
        yield lambda event: None
        return
    from tqdm import tqdm

    bars: dict[str, Any] = {}
    said: set[str] = set()

    def progress(event: "BuildEvent") -> None:
        if not event.total:
            if event.stage not in said:
                said.add(event.stage)
                tqdm.write(f"{event.stage} …", file=sys.stderr)
            return
        if event.stage not in bars:
            bars[event.stage] = tqdm(desc=event.stage, leave=False, file=sys.stderr)
        bar = bars[event.stage]
        bar.total = event.total
        bar.update(event.done - bar.n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()


@contextmanager
def _events() -> Iterator[Callable[["BuildEvent"], None]]:
    """Tell a build's progress to another program."""
    yield lambda event: print(
        json.dumps(asdict(event), ensure_ascii=True), file=sys.stderr, flush=True
    )
