"""The command `qa mcp`: tools for an agent that starts this program and talks to it by pipes.

Standard output belongs to the protocol: what is said to people goes to standard error. Heavy
libraries are imported inside.
"""

import argparse
from typing import Any

from qa.cli.index import open_or_build
from qa.cli.options import add_build_options, add_risk, add_untrusted
from qa.settings import AskSettings


def add_mcp_command(commands: Any) -> None:
    """Add the command's arguments."""
    mcp = commands.add_parser(
        "mcp", help="give an agent tools to ask with, by the Model Context Protocol"
    )
    add_build_options(mcp)
    add_risk(mcp)
    add_untrusted(mcp)
    mcp.set_defaults(command=_mcp)


def _mcp(arguments: argparse.Namespace) -> int:
    from qa.answer.live import LiveAnswerer
    from qa.api.agents import run_stdio
    from qa.api.serving import service_of

    settings = AskSettings(max_risk=arguments.max_risk, untrusted=tuple(arguments.untrusted))
    open_or_build(arguments, settings).close()
    run_stdio(
        service_of(arguments.index, LiveAnswerer(arguments.index, settings, store=arguments.store))
    )
    return 0
