"""Command line: turn arguments into what the other packages do, and print it.

In come arguments; out go text or JSON and an exit code. A module a command; only these print.
"""

from qa.cli.main import main

__all__ = ["main"]
