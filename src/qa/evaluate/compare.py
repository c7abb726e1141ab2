"""Compare two runs question by question: did a change help?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import GoldError, UsageError
from qa.evaluate.bootstrap import Difference, differences
from qa.evaluate.measures import statistics
from qa.evaluate.record import Record, record_from_json
from qa.files import read_json


@dataclass(frozen=True, slots=True)
class Comparison:
    """How this run differs from another on the questions both asked.

    Attributes:
        questions: How many that is.
        measures: Difference of each measure both have.
        only_here: Ids that only this run has.
        only_there: Ids that only the other has.
        reworded: Ids of both whose question or gold is not the same.
    """

    questions: int
    measures: dict[str, Difference]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    reworded: tuple[str, ...]


def load_records(path: Path) -> list[Record]:
    """Read the records of a run from what `qa eval --json` printed.

    Raises:
        GoldError: The file is missing or is no such output; says where.
    """
    try:
        whole = read_json(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise GoldError(f"the run {path} cannot be read: {error}") from error
    entries = whole.get("records") if isinstance(whole, dict) else None
    if not isinstance(entries, list) or not entries:
        raise GoldError(f"{path} has no records: make it with qa eval GOLD --json > {path.name}")
    records = [record_from_json(e, f"{path}, records[{n}]") for n, e in enumerate(entries)]
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise GoldError(f"{path}: the id {record.id!r} occurs twice; ids must be unique")
        seen.add(record.id)
    return records


def compare(this: Sequence[Record], other: Sequence[Record]) -> Comparison:
    """Compare two runs on the questions both asked.

    Raises:
        UsageError: They have none in common.
    """
    ours, theirs = {r.id: r for r in this}, {r.id: r for r in other}
    both = sorted(ours.keys() & theirs.keys())
    if not both:
        raise UsageError("the two runs have no question in common, by id: nothing to compare")
    found = differences(
        statistics([ours[each] for each in both]),
        statistics([theirs[each] for each in both]),
        len(both),
    )
    return Comparison(
        questions=len(both),
        measures=found,
        only_here=tuple(sorted(ours.keys() - theirs.keys())),
        only_there=tuple(sorted(theirs.keys() - ours.keys())),
        reworded=tuple(each for each in both if _gold(ours[each]) != _gold(theirs[each])),
    )


def _gold(record: Record) -> tuple[object, ...]:
    return record.question, record.answerable, record.answers, record.evidence
