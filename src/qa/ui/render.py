"""The left pane: answers in, HTML out, everything from outside escaped.

Pure functions. The markup carries data attributes that `behaviour.js` acts on; none of
it runs by itself. Text goes through `markup.text` on every path.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.present import (
    cited_place,
    confidence_in_words,
    location,
    snippet,
    state_in_words,
    unmentioned_in_words,
)
from qa.schema import Answer, Citation, RetrievedPassage, Span
from qa.ui.markup import counted, marked, place, text


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of the conversation: its answer, or what went wrong.

    Attributes:
        question: As asked.
        answer: None if something went wrong.
        error: What went wrong, or empty.
        only: How many documents it was asked of; 0 for all.
        verdict: What the person thought of the answer (`feedback.Verdict`), or empty.
        sent_as: Number under which the page sent it; 0 if it gave none.
    """

    question: str
    answer: Answer | None
    error: str = ""
    only: int = 0
    verdict: str = ""
    sent_as: int = 0


def scope_html(chosen: Sequence[str], version: int = 0) -> str:
    """Render what stands above the question box when only some documents are asked.

    Args:
        chosen: Ids of the documents; empty for all, of which nothing is said.
        version: Of the choice; the script leaves what is older than what it has shown.
    """
    if not chosen:
        return f'<span data-version="{version}"></span>'
    said = (
        f"Asking only {chosen[0]}" if len(chosen) == 1 else f"Asking only {len(chosen):,} documents"
    )
    return (
        f'<p class="qa-scope" data-version="{version}">'
        f'<span title="{text(said)}">{text(said)}</span>'
        '<button type="button" data-choose-all>Ask all documents</button></p>'
    )


def conversation_html(
    turns: Sequence[Turn],
    examples: Sequence[str],
    documents: int,
    *,
    can_add: bool = False,
    first: int = 0,
    version: int = 0,
) -> str:
    """Render the left pane: the conversation, or a welcome while it is empty.

    Args:
        turns: In order.
        examples: Questions the welcome suggests.
        documents: How many there are.
        can_add: Whether documents can be added here.
        first: Number of the first turn.
        version: Of the conversation; the script leaves what is older than what it has shown.
    """
    if not turns:
        return _welcome(examples, documents) if documents else _start(can_add)
    body = "".join(_turn(turn, number) for number, turn in enumerate(turns, first))
    return (
        f'<div class="qa-log" data-version="{version}" role="log" aria-live="polite" '
        f'aria-label="Conversation">{body}</div>'
    )


def _start(can_add: bool) -> str:
    if not can_add:
        return '<div class="qa-welcome"><h2>There are no documents yet</h2></div>'
    return (
        '<div class="qa-welcome"><h2>Add your documents</h2><p>PDF, Word, PowerPoint, Excel, CSV, '
        "HTML, Markdown, EPUB, e-mail or plain text. You can ask as soon as the first is ready.</p>"
        '<button type="button" class="qa-button" data-add="files">Add files</button></div>'
    )


def _welcome(examples: Sequence[str], documents: int) -> str:
    count = counted(documents, "document")
    buttons = "".join(
        f'<li><button type="button" class="qa-example" data-ask="{text(question)}">'
        f"{text(question)}</button></li>"
        for question in examples
    )
    suggestions = (
        f'<p class="qa-meta">For example:</p><ul class="qa-examples">{buttons}</ul>'
        if examples
        else ""
    )
    return (
        f'<div class="qa-welcome"><h2>Ask your {count}</h2>'
        "<p>Answers are the documents’ own words, and every one opens its source at that very "
        "sentence. When the documents don’t say, you are told so.</p>"
        f"{suggestions}</div>"
    )


def _turn(turn: Turn, number: int) -> str:
    asked_of = f"Asked of {counted(turn.only, 'document')} only"
    scope = f'<p class="qa-meta qa-asked-of">{asked_of}</p>' if turn.only else ""
    question = f'<h3 class="qa-question">{text(turn.question)}</h3>{scope}'
    if turn.answer is None:
        body = f'<p class="qa-error">{text(turn.error)}</p>'
    else:
        body = _answered(turn.answer) if turn.answer.answered else _abstained(turn.answer)
        body += _judging(turn, number)
    return (
        f'<section class="qa-turn" data-number="{number}" data-sent="{turn.sent_as}">'
        f"{question}{body}</section>"
    )


def _judging(turn: Turn, number: int) -> str:
    """Ask whether the answer was right, or thank for saying so."""
    if turn.verdict:
        return '<p class="qa-meta qa-judging">Thank you, kept under “Evaluate”.</p>'
    choices = [("up", "Yes"), ("down", "No")]
    if turn.answer is not None and turn.answer.answered:
        choices.append(("wrong_citation", "Wrong citation"))
    buttons = "".join(
        f'<button type="button" class="qa-judge" data-judge="{verdict}" data-turn="{number}">'
        f"{label}</button>"
        for verdict, label in choices
    )
    problem = f'<p class="qa-error">{text(turn.error)}</p>' if turn.error else ""
    return (
        f'{problem}<div class="qa-judging" role="group" aria-label="Was this right?">'
        f'<span class="qa-meta">Was this right?</span>{buttons}</div>'
    )


def _answered(answer: Answer) -> str:
    first, *supporting = answer.citations
    said = answer.answer or first.quote
    short = f'<p class="qa-short">{text(said)}</p>' if said != first.quote else ""
    others = [p for p in answer.passages if not any(_holds(p, c) for c in answer.citations)]
    return (
        f'{short}<blockquote class="qa-answer">{_quote(first)}</blockquote>'
        f'<div class="qa-chips">{_chip(1, first)}</div>{_supporting(supporting)}'
        f'<p class="qa-meta qa-status"><span class="qa-confidence" title="How likely this sentence '
        f'answers the question">Confidence: {text(confidence_in_words(answer.confidence))}</span>'
        f" · {_milliseconds(answer)}</p>{_others(others)}"
    )


def _supporting(citations: Sequence[Citation]) -> str:
    """Render the further places that give the same answer, each with its own chip."""
    if not citations:
        return ""
    rows = "".join(
        f"<li><blockquote>{_quote(citation)}</blockquote>"
        f'<div class="qa-chips">{_chip(number, citation)}</div></li>'
        for number, citation in enumerate(citations, start=2)
    )
    return (
        '<p class="qa-meta qa-supports">The same answer also stands here:</p>'
        f'<ul class="qa-also">{rows}</ul>'
    )


def _quote(citation: Citation) -> str:
    """Render a citation's sentence with the words worth a reader's eye marked."""
    spans = [span.shift(-citation.start) for span in citation.highlights]
    return marked(citation.quote, spans)


def _abstained(answer: Answer) -> str:
    said = ["The documents don’t say.", *unmentioned_in_words(answer)]
    closest = "".join(_closest(found) for found in answer.passages[:3])
    listed = (
        f'<p class="qa-meta">Closest passages — related, not an answer:</p>'
        f'<ul class="qa-closest">{closest}</ul>'
        if closest
        else ""
    )
    return (
        f'<p class="qa-abstained">{text(" ".join(said))}</p>'
        f'{listed}<p class="qa-meta qa-status">{_milliseconds(answer)}</p>'
    )


def _others(passages: Sequence[RetrievedPassage]) -> str:
    if not passages:
        return ""
    rows = "".join(_closest(found) for found in passages)
    return (
        f'<details class="qa-others"><summary>Other passages it looked at ({len(passages)})'
        f'</summary><ul class="qa-closest">{rows}</ul></details>'
    )


def _closest(found: RetrievedPassage) -> str:
    passage = found.passage
    return (
        f'<li><button type="button" class="qa-passage" '
        f"{place(passage.doc_id, Span(passage.start, passage.end))}>"
        f'<span>{text(snippet(passage.text))}</span><span class="qa-meta">{text(passage.doc_id)}'
        "</span></button></li>"
    )


def _chip(number: int, citation: Citation) -> str:
    span = Span(citation.start, citation.end)
    copied = f"“{citation.quote}” ({cited_place(citation)})"
    where = location(citation)
    within = f'<span class="qa-chip-where">{text(where)}</span>' if where else ""
    spoken = f"{citation.title}, {where}" if where else citation.title
    changed = state_in_words(citation.state)
    warning = (
        f'<p class="qa-changed" role="status">{text(changed.capitalize())}.</p>' if changed else ""
    )
    return (
        f'<span class="qa-chip-group"><button type="button" class="qa-chip" '
        f"{place(citation.doc_id, span)} "
        f'aria-label="Citation {number}: open {text(spoken)} at this sentence">'
        f'<span class="qa-chip-number">{number}</span>'
        f'<span class="qa-chip-title">{text(citation.title)}</span>{within}</button>'
        f'<button type="button" class="qa-copy" data-copy="{text(copied)}" '
        f'aria-label="Copy citation {number}" title="Copy quote, title and position">Copy</button>'
        f"</span>{warning}"
    )


def _holds(found: RetrievedPassage, citation: Citation) -> bool:
    passage = found.passage
    return passage.doc_id == citation.doc_id and passage.start <= citation.start < passage.end


def _milliseconds(answer: Answer) -> str:
    return f"{answer.timings_ms.get('total', 0.0):.0f} ms"
