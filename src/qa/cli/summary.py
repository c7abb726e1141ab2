"""The command `qa summary`: what a document is, in its own words.

Heavy libraries are imported inside.
"""

import argparse
import json
from typing import Any

from qa.cli.ask import chosen
from qa.cli.index import open_or_build
from qa.cli.options import add_build_options
from qa.errors import UsageError
from qa.settings import AskSettings


def add_summary_command(commands: Any) -> None:
    """Add the command's arguments."""
    summary = commands.add_parser(
        "summary", help="key sentences, headings, figures, dates and names of documents"
    )
    summary.add_argument(
        "document", nargs="*", metavar="DOC", help="name, folder or pattern; none for all"
    )
    add_build_options(summary)
    summary.add_argument("--json", action="store_true", help="print one JSON object")
    summary.set_defaults(command=_summary)


def _summary(arguments: argparse.Namespace) -> int:
    from qa.converse.overview import overview
    from qa.converse.present import overview_to_json, overview_to_text

    answerer = open_or_build(arguments, AskSettings())
    only = chosen(answerer, arguments.document, option="")
    ids = only or [info.doc_id for info in answerer.documents()]
    found = overview(answerer, ids)
    if found is None:
        raise UsageError("there are no documents; add some and run: qa index")
    if arguments.json:
        print(json.dumps(overview_to_json(found), ensure_ascii=False))
    else:
        print(overview_to_text(found))
    return 0
