"""Answers in the documents' own words, each with a citation that can be checked.

    from qa import build_index, open_index

    build_index("corpus", "index")
    answerer = open_index("index")
    answer = answerer.ask("How many cocaine labs were destroyed?")
    print(answer.answer, answer.citations[0])

Importing this imports nothing heavy; the names below are looked up when first used.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa.version import __version__ as __version__

if TYPE_CHECKING:
    from qa.answer.live import open_index as open_index
    from qa.answer.pipeline import Answerer as Answerer
    from qa.errors import QAError as QAError
    from qa.index.build import build_index as build_index
    from qa.schema import Answer as Answer
    from qa.schema import Citation as Citation
    from qa.settings import AskSettings as AskSettings
    from qa.settings import BuildSettings as BuildSettings

# ONNX Runtime reports its use to its makers unless told not to before it is loaded: since 1.29
# on every system, with an identifier it keeps in the home folder. Nothing leaves the machine here.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_HOMES = {
    "Answer": "qa.schema",
    "Answerer": "qa.answer.pipeline",
    "AskSettings": "qa.settings",
    "BuildSettings": "qa.settings",
    "Citation": "qa.schema",
    "QAError": "qa.errors",
    "build_index": "qa.index.build",
    "open_index": "qa.answer.live",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
