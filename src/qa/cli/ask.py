"""The command `qa ask`: answer one question, or many from a file.

Heavy libraries are imported inside.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli.index import open_or_build
from qa.cli.options import add_build_options, add_risk, add_untrusted, add_writer, writer_of
from qa.cli.output import bar, output
from qa.documents.named import named
from qa.errors import UsageError
from qa.settings import AskSettings, WriterSettings

if TYPE_CHECKING:
    from qa.answer.pipeline import Answerer
    from qa.converse.conversation import Reply
    from qa.write.writer import Writer

EXIT_OK, EXIT_ABSTAINED = 0, 3


def add_ask_command(commands: Any) -> None:
    """Add the command's arguments."""
    ask = commands.add_parser("ask", help="ask one question, or many from a file")
    ask.add_argument("question", nargs="*", help="in plain language; quotes keep ? and * as typed")
    add_build_options(ask)
    ask.add_argument(
        "--k", type=int, default=AskSettings().k, help="passages to return (%(default)s)"
    )
    add_risk(ask)
    add_untrusted(ask)
    add_writer(ask)
    ask.add_argument("--json", action="store_true", help="print the answer object")
    ask.add_argument(
        "--only",
        action="append",
        metavar="PATTERN",
        help="look only in documents of this name, in this folder, or whose path fits a pattern "
        "such as “reports/*.pdf”; may be repeated",
    )
    ask.add_argument(
        "--batch",
        metavar="IN.jsonl",
        help="one object a line with “question” and “id”; - for standard input",
    )
    ask.add_argument(
        "--out",
        type=Path,
        metavar="OUT.jsonl",
        help="where the batch's answers go (standard output)",
    )
    ask.set_defaults(command=_ask)


def _ask(arguments: argparse.Namespace) -> int:
    if bool(arguments.question) == bool(arguments.batch):
        raise UsageError('give either a question, qa ask "…", or a file of them, --batch IN.jsonl')
    if arguments.out and not arguments.batch:
        raise UsageError("--out goes with --batch; one answer goes to standard output")
    settings = AskSettings(
        k=arguments.k, max_risk=arguments.max_risk, untrusted=tuple(arguments.untrusted)
    )
    if arguments.batch and writer_of(arguments):
        raise UsageError("--llm writes about one question, not about a --batch")
    if arguments.batch:
        return _ask_batch(arguments, settings)
    from qa.answer.checked import checked_question
    from qa.converse.conversation import reply

    question = checked_question(" ".join(arguments.question))
    answerer = open_or_build(arguments, settings)
    given = reply(answerer, question, only=chosen(answerer, arguments.only))
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    writer = opened(writer_of(arguments))
    print(told(answerer, given, writer, as_json=arguments.json, bold=bold))
    found = given.answer.answered if given.answer else given.overview is not None
    return EXIT_OK if found else EXIT_ABSTAINED


def opened(settings: WriterSettings | None) -> "Writer | None":
    """Return what writes about answers; None where nothing does."""
    if settings is None:
        return None
    from qa.write.client import ChatClient
    from qa.write.writer import Writer

    return Writer(ChatClient(settings), settings.model)


def told(
    answerer: "Answerer",
    given: "Reply",
    writer: "Writer | None",
    *,
    as_json: bool,
    bold: bool = False,
) -> str:
    """Return a reply as it is printed, with what is written about it in front.

    Args:
        answerer: Gave it.
        given: What came back.
        writer: Writes about answers; None if nothing does.
        as_json: As the answer object, on one line.
        bold: Whether the question's words are in bold, where nothing is written.
    """
    from qa.converse.present import reply_to_json, reply_to_text

    written = None
    if writer and given.answer and given.answer.answered:
        *_, written = writer.write(answerer, given.answer)
    if written is None:
        return json_line(given) if as_json else reply_to_text(given, bold=bold)
    from qa.write.present import written_to_json, written_to_text

    if as_json:
        found = reply_to_json(given) | {"written": written_to_json(written)}
        return json.dumps(found, ensure_ascii=False)
    return f"{written_to_text(written)}\n\n{reply_to_text(given)}"


def _ask_batch(arguments: argparse.Namespace, settings: AskSettings) -> int:
    from qa.converse.conversation import reply

    lines = _batch_lines(arguments.batch)
    with output(arguments.out) as out, bar("asking", len(lines)) as advance:
        answerer = open_or_build(arguments, settings)
        only = chosen(answerer, arguments.only)
        for line in lines:
            out.write(json_line(reply(answerer, line.question, only=only), line.id) + "\n")
            advance(1)
    return EXIT_OK


def chosen(
    answerer: "Answerer", patterns: Sequence[str] | None, option: str = "--only "
) -> list[str] | None:
    """List the documents that any of the names and patterns means; None for all.

    Args:
        answerer: Has the documents.
        patterns: As typed.
        option: What stands in front of each on the command line, to say so.

    Raises:
        UsageError: There is no such document.
    """
    if not patterns:
        return None
    found = named(answerer.index.store.hashes(), patterns)
    if not found:
        said = " ".join(f"{option}{pattern}" for pattern in patterns)
        raise UsageError(f"no document matches {said}")
    return found


@dataclass(frozen=True, slots=True)
class _BatchLine:
    """A line of `--batch`; its answer carries the id, whatever that is."""

    question: str
    id: Any = None


def _batch_lines(source: str) -> list[_BatchLine]:
    from qa.answer.checked import checked_question
    from qa.files import decode, read_json_lines

    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the batch file {source} cannot be read: {error}") from error
    wanted = "expected an object with a “question”, a text"
    try:
        entries = list(read_json_lines(text))
    except ValueError as error:
        raise UsageError(f"{source}, {error}: {wanted}") from error
    lines = []
    for number, entry in entries:
        try:
            lines.append(decode(entry, _BatchLine))
            checked_question(lines[-1].question)
        except (ValueError, UsageError) as error:
            raise UsageError(f"{source}, line {number}: {wanted} ({error})") from error
    return lines


def json_line(given: "Reply", number: Any = None) -> str:
    """Write a reply as one line of JSON, with the id of a batch's line."""
    from qa.converse.present import reply_to_json

    return json.dumps(reply_to_json(given, number), ensure_ascii=False)
