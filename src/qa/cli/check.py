"""The command `qa check`: see whether all that is on the disk is as it was written.

Heavy libraries are imported inside.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.answer.present import one_line
from qa.cli.options import add_index
from qa.cli.output import tell
from qa.errors import QAError
from qa.words import counted

EXIT_OK, EXIT_DAMAGED = 0, 2


def add_check_command(commands: Any) -> None:
    """Add the command's arguments."""
    check = commands.add_parser("check", help="see whether an index is as it was written")
    add_index(check)
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.set_defaults(command=_check)


def _check(arguments: argparse.Namespace) -> int:
    looked_at: list[str] = []
    problems = [one_line(problem) for problem in _problems(arguments.index, looked_at)]
    if arguments.json:
        print(json.dumps({"checked": looked_at, "problems": problems}, ensure_ascii=False))
    else:
        for problem in problems:
            print(problem)
        if problems:
            tell(
                f"{counted(len(problems), 'thing')} in {arguments.index} is not as it was written: "
                "repair the index with qa index, or with qa index --rebuild"
            )
        else:
            print(f"as it was written: {', '.join(looked_at)}")
    return EXIT_DAMAGED if problems else EXIT_OK


def _problems(index_dir: Path, looked_at: list[str]) -> Iterator[str]:
    from qa.answer.calibration import load_calibration
    from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
    from qa.index.check import check_index

    yield from check_index(index_dir, looked_at.append)
    for name, read in (
        ("calibration", lambda: load_calibration(index_dir)),
        ("feedback", Feedback(index_dir / FEEDBACK_FILE).entries),
    ):
        looked_at.append(name)
        try:
            read()
        except QAError as error:
            yield str(error)
