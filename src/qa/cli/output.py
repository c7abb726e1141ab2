"""Write what commands print: files that appear when they are whole, bars, events, warnings."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from qa.answer.present import one_line
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.index.progress import BuildEvent


def tell(message: object) -> None:
    """Say something on standard error, on one line.

    What documents and file names hold could steer a terminal: its control characters are left out.
    """
    print(f"qa: {one_line(str(message))}", file=sys.stderr)


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Write to standard output, or to a file that appears only when it is whole."""
    if path is None:
        yield sys.stdout
        return
    if path.is_dir():
        raise UsageError(f"cannot write to {path}: it is a folder")
    path = path.resolve()  # through a link, not over it
    whole = path.is_file() or not path.exists()  # neither a device nor a pipe
    part = path.with_name(f".part-{os.getpid()}-{path.name}") if whole else path
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
        if whole:
            part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror or error}") from error
    finally:
        if whole:
            part.unlink(missing_ok=True)


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=label, leave=False, file=sys.stderr) as shown:
        yield lambda count: shown.update(count) and None


@contextmanager
def stages() -> Iterator[Callable[["BuildEvent"], None]]:
    """Show a build's stages on a terminal: a bar where the amount is known, else a line."""
    if not sys.stderr.isatty():
        yield lambda event: None
        return
    from tqdm import tqdm

    bars: dict[str, Any] = {}
    said: set[str] = set()

    def progress(event: "BuildEvent") -> None:
        if not event.total:
            if event.stage not in said:
                said.add(event.stage)
                tqdm.write(f"{event.stage} …", file=sys.stderr)
            return
        if event.stage not in bars:
            bars[event.stage] = tqdm(desc=event.stage, leave=False, file=sys.stderr)
        shown = bars[event.stage]
        shown.total = event.total
        shown.update(event.done - shown.n)

    try:
        yield progress
    finally:
        for shown in bars.values():
            shown.close()


@contextmanager
def events() -> Iterator[Callable[["BuildEvent"], None]]:
    """Print a build's progress for another program."""
    yield lambda event: print(
        json.dumps(asdict(event), ensure_ascii=True), file=sys.stderr, flush=True
    )


def write_json_lines(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write JSON lines to a file, as one step.

    Raises:
        UsageError: It cannot be written.
    """
    from qa.files import json_lines, replace_text

    try:
        replace_text(path, json_lines(records))
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror or error}") from error


def warn_of_drafts(path: Path) -> None:
    """Say on standard error how many questions of a gold file are drafts nobody has reviewed."""
    from qa.draft.review import count_drafts

    drafts, questions = count_drafts(path)
    if drafts:
        print(
            f"qa: {drafts} of the {questions} questions in {path} are drafts that nobody has "
            f"reviewed; what is measured on them means little: qa draft-gold --review {path}",
            file=sys.stderr,
        )
