"""Draw the third pane: asking a gold file, its report, and what people thought of answers."""

from collections.abc import Sequence

from qa.evaluate.feedback import Entry
from qa.ui.evaluator import EvaluationStatus
from qa.ui.views.page import TEMPLATES

_LISTED = 200


def evaluation_html(status: EvaluationStatus, entries: Sequence[Entry], *, can_start: bool) -> str:
    """Draw the whole pane.

    Args:
        status: How far the asking of a gold file is.
        entries: Verdicts people have given.
        can_start: Whether a gold file can be asked from here, and verdicts changed.
    """
    return TEMPLATES.render(
        "evaluation.html",
        status=status_html(status),
        feedback=feedback_html(entries, can_change=can_start),
        can_start=can_start,
    )


def status_html(status: EvaluationStatus) -> str:
    """Draw how far the asking is, or what came of it."""
    return TEMPLATES.render("evaluation_status.html", status=status)


def status_in_words(status: EvaluationStatus) -> str:
    """Say what a person who does not see the page is told: beginning and end, no counting."""
    if status.running:
        return f"Asking {status.gold}."
    if status.error:
        return f"{status.gold}: {status.error}"
    return f"The report on {status.gold} is ready." if status.report else ""


def feedback_html(entries: Sequence[Entry], *, can_change: bool = True) -> str:
    """Draw the verdicts people have given, newest first, each with what would be right.

    Args:
        entries: The oldest first, as `Feedback.entries` returns them.
        can_change: Whether they can be corrected and deleted here.
    """
    return TEMPLATES.render(
        "feedback.html",
        entries=entries[::-1],
        settled=sum(entry.expected is not None for entry in entries),
        most=_LISTED,
        can_change=can_change,
    )
