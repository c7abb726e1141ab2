"""Say what a build was asked for, and what it works with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.documents.load import SourceFile
from qa.documents.sandbox import Sandbox
from qa.index.machines.work import Work
from qa.index.passages.cut import Prepared
from qa.index.progress import OnEvent
from qa.index.publish import Pace
from qa.index.stores.protocols import Place
from qa.schema import SkippedFile
from qa.settings import BuildSettings, ParseLimits

PrepareAll = Callable[[Sequence[SourceFile], Work, Path], Iterator[Prepared | SkippedFile]]


@dataclass(frozen=True, slots=True)
class Task:
    """What a build was asked for, and what it works with."""

    started: float
    corpus: Path
    index_dir: Path
    place: Place
    settings: BuildSettings
    limits: ParseLimits
    sandbox: Sandbox
    elsewhere: PrepareAll | None
    allow_empty: bool
    progress: OnEvent
    pace: Pace
