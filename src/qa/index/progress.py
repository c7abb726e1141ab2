"""Define what a build tells: how far it is on the way, and in the end what it did."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from qa.schema import SkippedFile


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """How far a build is.

    Attributes:
        stage: What it is doing.
        done: Units done.
        total: Units in all, as far as known; 0 for a stage without units.
        doc_id: The document that has just been done, or empty.
        problem: Why that document was skipped, or empty.
    """

    stage: str
    done: int = 0
    total: int = 0
    doc_id: str = ""
    problem: str = ""


OnEvent = Callable[[BuildEvent], None]


def one_at_a_time(progress: OnEvent) -> OnEvent:
    """Let several threads tell how far they are, one after the other."""
    lock = threading.Lock()

    def tell(event: BuildEvent) -> None:
        with lock:
            progress(event)

    return tell


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        generation: Name of the generation that now answers.
        up_to_date: True if nothing had changed and nothing was written.
        documents: In the index now.
        passages: In the index now.
        added: Documents that are new.
        changed: Documents with new content.
        renamed: Documents whose content was there under a name that is gone.
        removed: Documents that are gone.
        encoded: Passages that were encoded; the others kept their vectors.
        tokens: Tokens that the encoder read for those.
        skipped: Files that were not indexed.
        unread_pages: Documents with pages that were not read, each with the pages' numbers.
        seconds: Wall time.
    """

    generation: str
    up_to_date: bool
    documents: int
    passages: int
    added: int
    changed: int
    renamed: int
    removed: int
    encoded: int
    tokens: int
    skipped: tuple[SkippedFile, ...]
    unread_pages: tuple[tuple[str, tuple[int, ...]], ...]
    seconds: float
