"""The third pane: what feedback and gold questions say about the answers, HTML out.

Pure functions, like `render`; everything from outside goes through `markup.text`.
"""

from collections.abc import Sequence

from qa.feedback import Entry, Verdict
from qa.ui.evaluation import Trial
from qa.ui.markup import counted, text

_LISTED = 200
_WORDS = {
    Verdict.UP: "Right",
    Verdict.DOWN: "Not right",
    Verdict.WRONG_CITATION: "Wrong citation",
}


def evaluation_html(trial: Trial, entries: Sequence[Entry]) -> str:
    """Render the whole pane."""
    return (
        '<div class="qa-evaluation"><h2 tabindex="-1">How often is it right?</h2>'
        "<p>Ask a file of questions whose answers you know. You get one page: how often the "
        "answers are right, whether it knows when they are not, where it fails and why.</p>"
        '<div class="qa-manage"><button type="button" class="qa-button" data-gold>'
        "Choose a gold file</button>"
        '<p class="qa-meta">JSON lines with a question, its answers and evidence on each, or '
        "SQuAD’s format; “qa draft-gold” drafts one from your documents.</p>"
        '<input type="file" hidden data-gold-input accept=".jsonl,.json" '
        'aria-label="Gold file"></div>'
        f'<div id="qa-trial">{trial_html(trial)}</div>'
        '<iframe id="qa-report" title="Report" sandbox="allow-scripts allow-downloads" '
        "hidden></iframe>"
        f'<section id="qa-feedback">{feedback_html(entries)}</section></div>'
    )


def trial_html(trial: Trial) -> str:
    """Render how far the asking is, or what came of it."""
    if trial.running:
        return (
            f'<p class="qa-meta" role="status">Asking {text(trial.gold)}: {trial.done:,} of '
            f"{trial.total:,} questions</p>"
            f'<progress class="qa-bar" value="{trial.done}" max="{max(trial.total, 1)}" '
            'aria-label="Questions asked"></progress>'
            '<button type="button" class="qa-button qa-quiet" data-stop-trial>Stop</button>'
        )
    if trial.error:
        return f'<p class="qa-notice" role="alert">{text(trial.error)}</p>'
    if trial.report:
        return (
            f'<p class="qa-meta">{text(trial.gold)}, {counted(trial.total, "question")}. '
            '<button type="button" class="qa-link" data-save-report>Save the report</button></p>'
        )
    return ""


def feedback_html(entries: Sequence[Entry]) -> str:
    """Render the verdicts people have given, newest first, each with what would be right."""
    if not entries:
        return (
            '<h2>Feedback</h2><p class="qa-meta">None yet. Under every answer you can say whether '
            "it was right; what you say stays on this machine and becomes gold questions.</p>"
        )
    settled = sum(entry.expected is not None for entry in entries)
    rows = "".join(map(_entry, list(entries)[:_LISTED]))
    more = len(entries) - _LISTED
    note = f'<p class="qa-meta">… and {more:,} more: “qa feedback”.</p>' if more > 0 else ""
    return (
        f'<h2>Feedback</h2><p class="qa-meta">{counted(len(entries), "verdict")}, {settled:,} of '
        "them settled. What is settled can be kept as gold questions, so that nothing that was "
        'right once goes wrong unseen. <button type="button" class="qa-link" data-export>'
        f'Save as gold questions</button></p><ul class="qa-entries">{rows}</ul>{note}'
    )


def _entry(entry: Entry) -> str:
    given = text(entry.answer) if entry.answer is not None else "The documents don’t say."
    quotes = "".join(
        f'<blockquote>{text(place.quote)} <span class="qa-meta">{text(place.doc_id)}</span>'
        "</blockquote>"
        for place in entry.citations[:1]
    )
    verdict = (
        f'<span class="qa-verdict" data-verdict="{entry.verdict.value}">{_WORDS[entry.verdict]}'
    )
    return (
        f'<li data-entry="{entry.id}"><p class="qa-entry-question">{text(entry.question)}</p>'
        f"<p>{verdict}</span> {given}</p>{quotes}{_settlement(entry)}</li>"
    )


def _settlement(entry: Entry) -> str:
    """Say what is right, or ask for it."""
    expected = entry.expected
    delete = '<button type="button" class="qa-link" data-delete-entry>Delete</button>'
    if expected is not None:
        said = "; ".join(expected.answers) if expected.answerable else "the documents don’t say"
        return f'<p class="qa-meta">Right is: {text(said)} {delete}</p>'
    evidence = entry.citations[0].quote if entry.citations else ""
    return (
        f'<details><summary>Say what would be right</summary><div class="qa-correct">'
        f'<label>Answer<input type="text" data-answer value="{text(entry.answer or "")}"></label>'
        "<label>The sentence of the documents that says so, copied"
        f'<textarea data-evidence rows="3">{text(evidence)}</textarea></label>'
        '<p><button type="button" class="qa-button" data-correct>This is right</button> '
        '<button type="button" class="qa-button qa-quiet" data-correct="none">'
        "The documents don’t say</button></p></div></details>"
        f'<p class="qa-meta">{delete}</p>'
    )
