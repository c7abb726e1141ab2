"""The third pane: ask gold files, read their report, settle what people thought of answers."""

from pathlib import Path
from typing import Any

from qa.errors import FeedbackError, QAError
from qa.evaluate.feedback import Entry, Feedback
from qa.files import json_lines
from qa.ui.evaluator import EvaluationStatus, Evaluator
from qa.ui.views.evaluation import evaluation_html, feedback_html, status_html, status_in_words


class EvaluationPane:
    """Gold files and feedback. Safe to use from several threads."""

    def __init__(self, evaluator: Evaluator, feedback: Feedback, *, can_start: bool) -> None:
        """Prepare.

        Args:
            evaluator: Asks gold files.
            feedback: Keeps what people think of answers.
            can_start: Whether a person at the page may send a gold file.
        """
        self._evaluator = evaluator
        self._feedback = feedback
        self._can_start = can_start

    def show(self) -> str:
        """Draw the pane as it is before its script fills it."""
        return evaluation_html(EvaluationStatus(), [], can_start=self._can_start)

    def start(self, path: Path, name: str) -> str:
        """Begin to ask a gold file; return what is wrong with it, or nothing."""
        if not self._can_start:
            return "this page is for reading only"
        try:
            self._evaluator.start(path, name)
        except QAError as error:
            return str(error)
        return ""

    def status(self) -> dict[str, Any]:
        """Say how far the asking is, for the page's script."""
        now = self._evaluator.status()
        return {
            "running": now.running,
            "done": bool(now.report),
            "html": status_html(now),
            "news": status_in_words(now),
        }

    def report(self) -> str:
        """Return the last report as one HTML page; empty if there is none."""
        return self._evaluator.status().report

    def stop(self) -> None:
        """End the asking."""
        self._evaluator.stop()

    def feedback(self, problem: str = "") -> dict[str, str]:
        """Draw what people thought of answers, for the page's script."""
        entries, unreadable = self._entries()
        html = feedback_html(entries, can_change=not self._feedback.read_only)
        return {"html": html, "problem": problem or unreadable}

    def correct(self, entry: object, answer: str, evidence: str, *, none: bool) -> dict[str, str]:
        """Keep what would have been right.

        Args:
            entry: Which verdict, as the browser names it.
            answer: The words that answer; may be empty.
            evidence: The sentence that says so.
            none: True if the documents don't say.
        """
        if not none and not evidence.strip():
            return self.feedback("give the sentence of the documents that answers the question")
        answers = [answer.strip()] if answer.strip() and not none else []
        told = [evidence.strip()] if not none else []
        try:
            self._feedback.correct(_entry_id(entry), answers=answers, evidence=told)
        except QAError as error:
            return self.feedback(str(error))
        return self.feedback()

    def delete(self, entry: object) -> dict[str, str]:
        """Forget a verdict."""
        try:
            self._feedback.delete(_entry_id(entry))
        except QAError as error:
            return self.feedback(str(error))
        return self.feedback()

    def export(self) -> dict[str, str]:
        """Return what is settled as gold questions, one JSON object a line; or say why not."""
        try:
            lines = json_lines(self._feedback.export())
        except QAError as error:
            return {"lines": "", "problem": str(error)}
        return {"lines": lines, "problem": "" if lines else "nothing is settled yet"}

    def _entries(self) -> tuple[list[Entry], str]:
        """Return the verdicts, and why there are none if they cannot be read."""
        try:
            return self._feedback.entries(), ""
        except QAError as error:
            return [], str(error)


def _entry_id(sent: object) -> int:
    """Read an entry's number, for which a browser may send anything."""
    if type(sent) is not int or not 0 < sent < 2**63:
        raise FeedbackError("there is no such feedback any more")
    return sent
