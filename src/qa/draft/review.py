"""Go through drafted gold questions with a person, and keep what they decide.

The file is whole at any time: every decision is written before the next is asked for, so
that a review can be stopped and taken up again.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qa.errors import GoldError
from qa.files import json_lines, read_json_lines, replace_text
from qa.words import squeezed

GoldObject = dict[str, Any]


class Keep(NamedTuple):
    """The draft is good, perhaps with another question or other answers."""

    question: str
    answers: tuple[str, ...]


class Drop(NamedTuple):
    """The draft is not worth keeping."""


class Stop(NamedTuple):
    """That is enough for now."""


Decide = Callable[[GoldObject, int, int], Keep | Drop | Stop]


class Reviewed(NamedTuple):
    """What a review came to.

    Attributes:
        kept: Drafts that are gold questions now.
        dropped: Drafts that are gone.
        left: Drafts still in the file.
    """

    kept: int
    dropped: int
    left: int


def count_drafts(path: Path) -> tuple[int, int]:
    """Count the questions of a gold file that are still drafts, and all of them.

    A file that is not JSON lines has none.
    """
    try:
        records = _parsed(path)
    except (OSError, ValueError):
        return 0, 0
    return sum(_is_draft(record) for record in records), len(records)


def review(path: Path, decide: Decide) -> Reviewed:
    """Go through the drafts of a gold file; each decision is written at once.

    Args:
        path: JSON lines. Questions that are no drafts stay as they are.
        decide: Given a draft, its number among those left at the start, and how many
            these were.

    Raises:
        GoldError: The file cannot be read or written.
    """
    records = _read(path)
    drafts = [record for record in records if _is_draft(record)]
    kept = dropped = 0
    for number, draft in enumerate(drafts, start=1):
        decision = decide(draft, number, len(drafts))
        if isinstance(decision, Stop):
            break
        place = next(i for i, record in enumerate(records) if record is draft)
        if isinstance(decision, Keep):
            records[place] = reviewed(draft, decision)
            kept += 1
        else:
            del records[place]
            dropped += 1
        _write(path, records)
    return Reviewed(kept, dropped, len(drafts) - kept - dropped)


def reviewed(draft: GoldObject, decision: Keep) -> GoldObject:
    """Return the gold question that a draft has become."""
    rest = {name: value for name, value in draft.items() if name != "draft"}
    return {**rest, "question": decision.question, "answers": list(decision.answers)}


def stands_in(answer: str, evidence: Sequence[str]) -> bool:
    """Whether an answer is part of the evidence, white space aside."""
    said = squeezed(answer)
    return bool(said) and any(said in squeezed(sentence) for sentence in evidence)


def _is_draft(record: object) -> bool:
    return isinstance(record, dict) and record.get("draft") is True


def _parsed(path: Path) -> list[Any]:
    return [record for _, record in read_json_lines(path.read_text("utf-8-sig"))]


def _read(path: Path) -> list[GoldObject]:
    try:
        records = _parsed(path)
    except (OSError, ValueError) as error:
        raise GoldError(f"the gold file {path} cannot be read: {error}") from error
    if not all(isinstance(record, dict) for record in records):
        raise GoldError(f"{path}: expected one JSON object a line")
    return records


def _write(path: Path, records: Sequence[GoldObject]) -> None:
    try:
        replace_text(path, json_lines(records))
    except OSError as error:
        raise GoldError(f"{path} cannot be written: {error.strerror or error}") from error
