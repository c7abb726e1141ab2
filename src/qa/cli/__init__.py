"""Run the commands of `qa`, a module each, and print what comes of them."""

from qa.cli.main import main

__all__ = ["main"]
