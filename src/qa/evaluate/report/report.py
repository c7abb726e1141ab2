"""Make one page of a run that a person can read without knowing the field's words.

The page needs nothing but itself, follows light and dark, and works without its script.
`report_html` makes a page, `report_fragment` what goes inside another. No files, no clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from qa.evaluate.bootstrap import Difference, Interval
from qa.evaluate.compare import Comparison
from qa.evaluate.measures import MEASURES, measure, reliability, risk_at_coverage, risk_coverage
from qa.evaluate.record import Record
from qa.evaluate.report.page import SCRIPT_SHA256, TEMPLATES
from qa.evaluate.report.plots import reliability_svg, risk_coverage_svg
from qa.evaluate.report.questions import by_outcome


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about.

    Attributes:
        gold: Name of the gold file.
        split: Of which split; empty for all.
        corpus: Name of the corpus folder.
        made: When, for a person.
        threshold: The confidence below which it abstained; None if it always did.
        max_risk: What the threshold was chosen for.
        other: Name of the run compared with; empty for none.
    """

    gold: str
    split: str
    corpus: str
    made: str
    threshold: float | None
    max_risk: float
    other: str = ""


def report_html(
    records: Sequence[Record],
    subject: Subject,
    links: Mapping[str, str] | None = None,
    comparison: Comparison | None = None,
) -> str:
    """Make a page of its own.

    Args:
        records: At least one.
        subject: What they are of.
        links: Where each cited document can be opened, as a URL, if it can.
        comparison: With another run.
    """
    return TEMPLATES.render(
        "page.html",
        gold=subject.gold,
        report=report_fragment(records, subject, links, comparison),
        script_sha256=SCRIPT_SHA256,
    )


def report_fragment(
    records: Sequence[Record],
    subject: Subject,
    links: Mapping[str, str] | None = None,
    comparison: Comparison | None = None,
) -> Markup:
    """Make what goes inside another page, with its style sheet, without a script.

    Arguments as for `report_html`.
    """
    measures = measure(records)
    read = all(record.confidence is not None for record in records)
    return TEMPLATES.render(
        "report.html",
        subject=subject,
        read=read,
        count=_counts(records),
        measures=measures,
        measured=[_measured(name, interval) for name, interval in measures.items()],
        comparison=_changes(comparison) if comparison else None,
        groups=by_outcome(records, links or {}, read=read),
        **(_plots(records, measures) if read else {}),
    )


def _counts(records: Sequence[Record]) -> dict[str, int]:
    answerable = [record for record in records if record.answerable]
    given = [record for record in records if record.answered]
    return {
        "questions": len(records),
        "answerable": len(answerable),
        "answered": len(given),
        "right": sum(record.right for record in given),
        "possible": sum(record.possible for record in records),
        "possible_right": sum(record.possible and record.right for record in records),
        "rightly_refused": sum(not r.answerable and not r.answered for r in records),
        "wrongly_refused": sum(not record.answered for record in answerable),
    }


def _plots(records: Sequence[Record], measures: Mapping[str, Interval]) -> dict[str, Any]:
    answered, right = measures["answered"].value, measures["correct_when_answered"].value
    chosen = None if answered is None or right is None else (answered, 1 - right)
    tenths, bins = risk_at_coverage(records), reliability(records)
    return {
        "risks": tenths,
        "risk_plot": risk_coverage_svg(risk_coverage(records), tenths, chosen),
        "bins": bins,
        "reliability_plot": reliability_svg(bins),
    }


def _changes(comparison: Comparison) -> dict[str, Any]:
    """Part what changed clearly from what did not."""
    changed: list[dict[str, str]] = []
    unchanged: list[dict[str, str]] = []
    for name, change in comparison.measures.items():
        verdict = _verdict(name, change)
        if verdict or change.value is not None:
            (changed if verdict else unchanged).append(_change(name, change, verdict))
    return {"questions": comparison.questions, "changed": changed, "unchanged": unchanged}


def _change(name: str, change: Difference, verdict: str) -> dict[str, str]:
    digits = 0 if MEASURES[name].unit else 3
    ends = f"{change.low:+.{digits}f} to {change.high:+.{digits}f}"
    return {
        "says": MEASURES[name].says,
        "verdict": verdict,
        "this": _figure(name, change.this),
        "other": _figure(name, change.other),
        "difference": f"{change.value:+.{digits}f} ({ends})",
    }


def _verdict(name: str, change: Difference) -> str:
    """Say which way a measure changed; nothing if that is not clear."""
    if change.value is None or (change.low or 0.0) <= 0 <= (change.high or 0.0):
        return ""
    if name == "answered":  # neither better nor worse by itself
        return "more" if change.value > 0 else "fewer"
    return "better" if (change.value > 0) == MEASURES[name].higher_is_better else "worse"


def _measured(name: str, interval: Interval) -> dict[str, Any]:
    about = MEASURES[name]
    ends = f"{_figure(name, interval.low)} to {_figure(name, interval.high)}"
    return {
        "name": name,
        "group": about.group,
        "says": about.says,
        "less_is_better": not about.higher_is_better,
        "value": _figure(name, interval.value),
        "interval": "" if interval.value is None else ends,
    }


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f} {MEASURES[name].unit}" if MEASURES[name].unit else f"{value:.3f}"
