"""Parse arguments, run the command, and turn errors into messages and exit codes.

Each command is a module of its own; only these print. Heavy libraries are imported inside
them, so that `qa --help` is quick. Exit codes: 0 done or answered, 2 usage or index error,
3 abstained, 4 a measure below its `--min`, 1 never on purpose.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence

from qa import __version__
from qa.cli.ask import add_ask_command
from qa.cli.calibrate import add_calibrate_command
from qa.cli.chat import add_chat_command
from qa.cli.check import add_check_command
from qa.cli.draft import add_draft_command
from qa.cli.evaluate import add_eval_command
from qa.cli.feedback import add_feedback_command
from qa.cli.index import add_index_command
from qa.cli.mcp import add_mcp_command
from qa.cli.output import tell
from qa.cli.serve import add_serve_command
from qa.cli.summary import add_summary_command
from qa.cli.team.manage import add_team_command
from qa.errors import QAError

EXIT_OK, EXIT_ERROR = 0, 2
_TEAM = "the extra team: pip install 'document-qa[team]'"
_EXTRAS = {
    "mcp": "the extra mcp: pip install 'document-qa[mcp]'",
    "argon2": _TEAM,
    "authlib": _TEAM,
    "httpx2": _TEAM,
    "joserfc": _TEAM,
    "pymilvus": "the extra milvus: pip install 'document-qa[milvus]'",
    "ray": "the extra ray: pip install 'document-qa[ray]'",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: Arguments without the program's name; None for the process's own.

    Returns:
        The exit code.
    """
    _replace_closed_streams()
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
        tell(error)
        return EXIT_ERROR
    except ModuleNotFoundError as error:  # a lean installation leaves out what some commands need
        package = (error.name or "qa").partition(".")[0]
        if package == "qa":
            raise
        wanted = _EXTRAS.get(package, "the whole installation: pip install document-qa")
        print(
            f"qa: this needs the package {error.name!r}, which is not installed; "
            f"expected {wanted} (docs/INSTALL.md)",
            file=sys.stderr,
        )
        return EXIT_ERROR
    except BrokenPipeError:  # the reader of our output, such as `head`, has enough
        _discard_output()
        return EXIT_OK
    except OSError as error:
        _discard_output()
        tell(error)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("qa: stopped", file=sys.stderr)
        return EXIT_ERROR


def _replace_closed_streams() -> None:
    """Put the null device where a stream was closed (`>&-`): else a file opened next is it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(handle, handle == number)  # workers get it too
            setattr(sys, name, io.TextIOWrapper(io.FileIO(handle, "r+" if number else "r")))


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
    add_index_command(commands)
    add_ask_command(commands)
    add_chat_command(commands)
    add_summary_command(commands)
    add_eval_command(commands)
    add_calibrate_command(commands)
    add_feedback_command(commands)
    add_draft_command(commands)
    add_check_command(commands)
    add_serve_command(commands)
    add_mcp_command(commands)
    add_team_command(commands)
    return parser
