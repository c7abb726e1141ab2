"""The command `qa chat`: a conversation on the terminal, or of lines from a pipe.

Heavy libraries are imported inside.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qa.cli.ask import chosen, opened, told
from qa.cli.index import open_or_build
from qa.cli.options import add_build_options, add_risk, add_untrusted, add_writer, writer_of
from qa.errors import UsageError
from qa.settings import AskSettings

if TYPE_CHECKING:
    from qa.converse.exchange import Exchange

_PROMPT = "? "
_KEPT = 20  # exchanges that a question can mean


def add_chat_command(commands: Any) -> None:
    """Add the command's arguments."""
    chat = commands.add_parser(
        "chat", help="ask questions that follow one another; Ctrl-D or “bye” ends"
    )
    add_build_options(chat)
    add_risk(chat)
    add_untrusted(chat)
    add_writer(chat)
    chat.add_argument(
        "--only",
        action="append",
        metavar="PATTERN",
        help="look only in these documents, as for qa ask; may be repeated",
    )
    chat.add_argument("--json", action="store_true", help="print one answer object a line")
    chat.set_defaults(command=_chat)


def _chat(arguments: argparse.Namespace) -> int:
    from qa.converse.conversation import exchanges_of, reply
    from qa.converse.talk import small_talk

    writer = opened(writer_of(arguments))
    answerer = open_or_build(
        arguments, AskSettings(max_risk=arguments.max_risk, untrusted=tuple(arguments.untrusted))
    )
    only = chosen(answerer, arguments.only)
    earlier: list[Exchange] = []
    for line in _lines():
        try:
            given = reply(answerer, line, earlier[-_KEPT:], only)
        except UsageError as error:  # a question that is too long
            print(f"qa: {error}", file=sys.stderr)
            continue
        said = told(answerer, given, writer, as_json=arguments.json)
        print(said if arguments.json else f"{said}\n", flush=True)
        earlier += exchanges_of([given])
        if small_talk(line) == "bye":
            break
    return 0


def _lines() -> Iterator[str]:
    """Yield what is typed, with a prompt and a history; or the lines of a pipe."""
    if not sys.stdin.isatty():
        yield from filter(None, map(str.strip, sys.stdin))
        return
    with suppress(ImportError):  # there is none on Windows
        import readline  # noqa: F401  # that is enough for input() to use it
    while True:
        try:
            line = input(_PROMPT).strip()
        except EOFError:
            print()
            return
        if line:
            yield line
