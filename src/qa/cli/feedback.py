"""The command `qa feedback`: list what people thought of answers, and make gold of it.

Heavy libraries are imported inside.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli.options import add_index
from qa.cli.output import write_json_lines

if TYPE_CHECKING:
    from qa.evaluate.feedback import Entry

_SHOWN_CHARACTERS = 60


def add_feedback_command(commands: Any) -> None:
    """Add the command's arguments."""
    feedback = commands.add_parser(
        "feedback", help="list the feedback on answers, or make gold questions of it"
    )
    add_index(feedback)
    feedback.add_argument(
        "--export", type=Path, metavar="FILE.jsonl", help="where the gold questions go"
    )
    feedback.add_argument("--json", action="store_true", help="print one JSON object")
    feedback.set_defaults(command=_feedback)


def _feedback(arguments: argparse.Namespace) -> int:
    from qa.evaluate.feedback import FEEDBACK_FILE, Feedback

    feedback = Feedback(arguments.index / FEEDBACK_FILE)
    entries, gold, pending = feedback.entries(), feedback.export(), feedback.pending()
    if arguments.export:
        write_json_lines(arguments.export, gold)
    if arguments.json:
        record = {"entries": [asdict(entry) for entry in entries], "gold": gold}
        print(json.dumps(record, ensure_ascii=False))
        return 0
    if not arguments.export:
        for entry in entries:
            print(_entry_line(entry))
    print(
        f"feedback on {len(entries)} answers, gold questions: {len(gold)}"
        + (f" in {arguments.export}" if arguments.export else "")
        + f"; to be corrected first: {len(pending)}"
    )
    return 0


def _entry_line(entry: "Entry") -> str:
    from qa.answer.present import one_line

    said = "the documents don't say" if entry.answer is None else f"“{_short(entry.answer)}”"
    state = "corrected" if entry.correction else "to be corrected" if not entry.expected else "gold"
    return one_line(
        f"{entry.id} {entry.at[:10]} {entry.verdict.value} [{state}] "
        f"“{_short(entry.question)}”: {said}"
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
