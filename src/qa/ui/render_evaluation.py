"""The third pane: what feedback and gold questions say about the answers, HTML out.

Pure functions, like `render`; everything from outside goes through `markup.text`.
"""

from collections.abc import Sequence

from qa.evaluate.feedback import Entry, Verdict
from qa.ui.evaluation import Trial
from qa.ui.markup import counted, text

_LISTED = 200
_WORDS = {
    Verdict.UP: "Right",
    Verdict.DOWN: "Not right",
    Verdict.WRONG_CITATION: "Wrong citation",
}
_UNSAID = "The documents don’t say."


def evaluation_html(trial: Trial, entries: Sequence[Entry], *, can_try: bool) -> str:
    """Render the whole pane.

    Args:
        trial: What is shown of a gold file.
        entries: Verdicts people have given.
        can_try: Whether a gold file can be asked from here.
    """
    choose = (
        '<div class="qa-manage"><button type="button" class="qa-button" data-gold>'
        "Choose a gold file</button>"
        '<p class="qa-meta">JSON lines with a question, its answers and evidence on each, or '
        "SQuAD’s format; “qa draft-gold” drafts one from your documents.</p>"
        '<input type="file" hidden data-gold-input accept=".jsonl,.json" '
        'aria-label="Gold file"></div>'
    )
    read_only = '<p class="qa-meta">This page is for reading only: use “qa eval”.</p>'
    return (
        '<div class="qa-evaluation"><h2 tabindex="-1">How often is it right?</h2>'
        "<p>Ask a file of questions whose answers you know. You get one page: how often the "
        "answers are right, whether it knows when they are not, where it fails and why.</p>"
        f"{choose if can_try else read_only}"
        f'<div id="qa-refused"></div><div id="qa-trial">{trial_html(trial)}</div>'
        '<iframe id="qa-report" title="Report" sandbox="allow-scripts allow-downloads" '
        "hidden></iframe>"
        f'<section id="qa-feedback">{feedback_html(entries)}</section></div>'
    )


def trial_html(trial: Trial) -> str:
    """Render how far the asking is, or what came of it."""
    if trial.running:
        return (
            f'<p class="qa-meta">Asking {text(trial.gold)}: {trial.done:,} of '
            f"{counted(trial.total, 'question')}</p>"
            f'<progress class="qa-bar" value="{trial.done}" max="{max(trial.total, 1)}" '
            'aria-label="Progress"></progress>'
            '<button type="button" class="qa-button qa-quiet" data-stop-trial>Stop</button>'
        )
    if trial.error:
        return f'<p class="qa-notice">{text(f"{trial.gold}: {trial.error}")}</p>'
    if trial.report:
        return (
            f'<p class="qa-meta">{text(trial.gold)}, {counted(trial.total, "question")}. '
            '<button type="button" class="qa-link" data-save-report>Save the report</button></p>'
        )
    return ""


def trial_in_words(trial: Trial) -> str:
    """Say what a person who does not see the page is told: beginning and end, no counting."""
    if trial.running:
        return f"Asking {trial.gold}."
    if trial.error:
        return f"{trial.gold}: {trial.error}"
    return f"The report on {trial.gold} is ready." if trial.report else ""


def feedback_html(entries: Sequence[Entry]) -> str:
    """Render the verdicts people have given, newest first, each with what would be right.

    Args:
        entries: The oldest first, as `Feedback.entries` gives them.
    """
    if not entries:
        return (
            '<h2 tabindex="-1">Feedback</h2><p class="qa-meta">None yet. Under every answer you '
            "can say whether it was right; what you say stays on this machine and becomes gold "
            "questions.</p>"
        )
    settled = sum(entry.expected is not None for entry in entries)
    rows = "".join(map(_entry, list(reversed(entries))[:_LISTED]))
    more = len(entries) - _LISTED
    note = f'<p class="qa-meta">… and {more:,} more: “qa feedback”.</p>' if more > 0 else ""
    export = (
        '<p class="qa-export"><button type="button" class="qa-button qa-quiet" data-export>'
        "Save as gold questions</button></p>"
    )
    return (
        f'<h2 tabindex="-1">Feedback</h2><p class="qa-meta">{counted(len(entries), "verdict")}, '
        f"{settled:,} of them settled. What is settled can be kept as gold questions, so that "
        f"nothing that was right once goes wrong unseen.</p>{export if settled else ''}"
        f'<ul class="qa-entries">{rows}</ul>{note}'
    )


def _entry(entry: Entry) -> str:
    given = text(entry.answer) if entry.answer is not None else _UNSAID
    quotes = "".join(
        f'<blockquote>{text(place.quote)} <span class="qa-meta">{text(place.doc_id)}</span>'
        "</blockquote>"
        for place in entry.citations[:1]
        if place.quote != entry.answer
    )
    where = (
        f' <span class="qa-meta">{text(entry.citations[0].doc_id)}</span>'
        if entry.citations and not quotes
        else ""
    )
    verdict = (
        f'<span class="qa-verdict" data-verdict="{entry.verdict.value}">{_WORDS[entry.verdict]}'
    )
    return (
        f'<li data-entry="{entry.id}" tabindex="-1">'
        f'<p class="qa-entry-question">{text(entry.question)}</p>'
        f"<p>{verdict}</span> {given}{where}</p>{quotes}{_settlement(entry)}</li>"
    )


def _settlement(entry: Entry) -> str:
    """Say what is right, or ask for it."""
    delete = (
        '<p class="qa-entry-end"><button type="button" class="qa-link" data-delete-entry '
        f'aria-label="Delete the verdict on {text(entry.question)}">Delete</button></p>'
    )
    if entry.correction is not None:
        answers = "; ".join(entry.correction.answers)
        right = answers if entry.correction.answerable else _UNSAID
        quotes = "".join(
            f"<blockquote>{text(sentence)}</blockquote>" for sentence in entry.correction.evidence
        )
        said = f"<p>Right is: <strong>{text(right)}</strong></p>" if right else "<p>Right is:</p>"
        return f"{said}{quotes}{delete}"
    if entry.expected is not None:
        return delete
    # What was wrong is not offered as what is right.
    kept = entry.answer or "" if entry.verdict is Verdict.WRONG_CITATION else ""
    return (
        '<details><summary>Say what would be right</summary><div class="qa-correct">'
        f'<label>Answer<input type="text" data-answer value="{text(kept)}"></label>'
        "<label>The sentence of the documents that says so, copied"
        '<textarea data-evidence rows="3"></textarea></label>'
        '<p><button type="button" class="qa-button" data-correct>This is right</button> '
        '<button type="button" class="qa-button qa-quiet" data-correct="none">'
        f"The documents don’t say</button></p></div></details>{delete}"
    )
