"""Answers and documents in, HTML out, everything from outside escaped.

Pure functions. The markup carries data attributes that `behaviour.js` acts on; none of
it runs by itself. Text goes through `text()` on every path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qa.pipeline import SourceView
from qa.present import cited_place, confidence_in_words, snippet, unmentioned_in_words
from qa.schema import Answer, Block, Citation, RetrievedPassage, Span
from qa.store import DocumentInfo

# A page of a few hundred kilobytes is all a browser scrolls smoothly.
_PAGE_CHARACTERS = 200_000
_LISTED_DOCUMENTS = 500


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of the conversation: its answer, or what went wrong."""

    question: str
    answer: Answer | None
    error: str = ""


def text(value: str) -> str:
    """Escape text for HTML, attributes included, and for the page's template language."""
    escaped = escape(value, quote=True)
    return escaped.replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;")


def conversation_html(turns: Sequence[Turn], examples: Sequence[str], documents: int) -> str:
    """Render the left pane: the conversation, or a welcome while it is empty."""
    if not turns:
        return _welcome(examples, documents)
    body = "".join(_turn(turn) for turn in turns)
    return (
        f'<div class="qa-log" role="log" aria-live="polite" aria-label="Conversation">{body}</div>'
    )


def documents_html(documents: Sequence[DocumentInfo]) -> str:
    """Render the right pane as a list of documents."""
    rows = "".join(
        f'<li><button type="button" class="qa-document" data-open="{text(d.doc_id)}">'
        f'<span class="qa-document-title">{text(d.title)}</span>'
        f'<span class="qa-meta">{text(d.doc_id)} · {d.characters:,} characters · '
        f"{d.passages:,} passages</span></button></li>"
        for d in documents[:_LISTED_DOCUMENTS]
    )
    more = len(documents) - _LISTED_DOCUMENTS
    note = f'<p class="qa-meta">… and {more:,} more</p>' if more > 0 else ""
    return (
        '<div class="qa-source" data-view="list">'
        '<h2 class="qa-source-title" tabindex="-1">Documents</h2>'
        f'<ul class="qa-documents">{rows}</ul>{note}</div>'
    )


def source_html(view: SourceView, cited: Span | None) -> str:
    """Render the right pane as one document, with the cited words marked.

    Args:
        view: The document and whether its file has changed.
        cited: What to mark, in document offsets; None for nothing.
    """
    document = view.document
    window = _window(len(document.text), cited)
    blocks = [
        block for block in view.blocks if block.end > window.start and block.start < window.end
    ]
    body = "".join(_block(document.text, block, cited, window) for block in blocks)
    partial = window != Span(0, len(document.text))
    note = (
        f'<p class="qa-notice">A long document: characters {window.start:,} to {window.end:,} of '
        f"{len(document.text):,} are shown.</p>"
        if partial
        else ""
    )
    return (
        '<div class="qa-source" data-view="document">'
        '<div class="qa-source-head">'
        '<button type="button" class="qa-back" data-list>← All documents</button>'
        f'<h2 class="qa-source-title" tabindex="-1">{text(document.title)}</h2></div>'
        f'<p class="qa-meta">{text(document.doc_id)}</p>{_state_notice(view)}{note}'
        f'<article class="qa-page">{body}</article></div>'
    )


def notice_html(message: str) -> str:
    """Render the right pane as a message."""
    return (
        '<div class="qa-source"><button type="button" class="qa-back" data-list>'
        f'← All documents</button><p class="qa-notice">{text(message)}</p></div>'
    )


def _welcome(examples: Sequence[str], documents: int) -> str:
    count = "1 document" if documents == 1 else f"{documents:,} documents"
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


def _turn(turn: Turn) -> str:
    question = f'<h3 class="qa-question">{text(turn.question)}</h3>'
    if turn.answer is None:
        body = f'<p class="qa-error">{text(turn.error)}</p>'
    else:
        body = _answered(turn.answer) if turn.answer.answered else _abstained(turn.answer)
    return f'<section class="qa-turn">{question}{body}</section>'


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
    return _marked(citation.quote, spans)


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
        f"{_place(passage.doc_id, Span(passage.start, passage.end))}>"
        f'<span>{text(snippet(passage.text))}</span><span class="qa-meta">{text(passage.doc_id)}'
        "</span></button></li>"
    )


def _chip(number: int, citation: Citation) -> str:
    span = Span(citation.start, citation.end)
    copied = f"“{citation.quote}” ({cited_place(citation)})"
    return (
        f'<span class="qa-chip-group"><button type="button" class="qa-chip" '
        f"{_place(citation.doc_id, span)} "
        f'aria-label="Citation {number}: open {text(citation.title)} at this sentence">'
        f'<span class="qa-chip-number">{number}</span>{text(citation.title)}</button>'
        f'<button type="button" class="qa-copy" data-copy="{text(copied)}" '
        f'aria-label="Copy citation {number}" title="Copy quote, title and position">Copy</button>'
        "</span>"
    )


def _place(doc_id: str, span: Span) -> str:
    return f'data-open="{text(doc_id)}" data-start="{span.start}" data-end="{span.end}"'


def _holds(found: RetrievedPassage, citation: Citation) -> bool:
    passage = found.passage
    return passage.doc_id == citation.doc_id and passage.start <= citation.start < passage.end


def _milliseconds(answer: Answer) -> str:
    return f"{answer.timings_ms.get('total', 0.0):.0f} ms"


def _marked(value: str, spans: Sequence[Span]) -> str:
    """Escape a text and put <mark> around spans of it, which are in order and disjoint."""
    parts = []
    position = 0
    for span in spans:
        parts.append(text(value[position : span.start]))
        parts.append(f"<mark>{text(value[span.start : span.end])}</mark>")
        position = span.end
    return "".join([*parts, text(value[position:])])


def _window(length: int, cited: Span | None) -> Span:
    """Choose which part of a long document is shown: the start, or around the citation."""
    if length <= _PAGE_CHARACTERS:
        return Span(0, length)
    start = max(0, cited.start - _PAGE_CHARACTERS // 2) if cited else 0
    return Span(start, min(length, start + _PAGE_CHARACTERS))


def _block(document: str, block: Block, cited: Span | None, window: Span) -> str:
    tag = {"heading": f"h{min(block.level + 2, 6)}", "item": "li", "paragraph": "p", "row": "p"}[
        block.kind
    ]
    start, end = max(block.start, window.start), min(block.end, window.end)
    if block.kind == "item":
        start = max(start, min(block.content, end))
    value = document[start:end]
    if cited is None or cited.end <= start or cited.start >= end:
        return f"<{tag}>{text(value)}</{tag}>"
    inner = Span(max(cited.start, start) - start, min(cited.end, end) - start)
    before, middle, after = value[: inner.start], value[inner.start : inner.end], value[inner.end :]
    first = cited.start >= block.start or block.start <= window.start
    anchor = ' id="qa-cited" tabindex="-1"' if first else ""
    return (
        f'<{tag}>{text(before)}<mark class="qa-cited"{anchor}>{text(middle)}</mark>'
        f"{text(after)}</{tag}>"
    )


def _state_notice(view: SourceView) -> str:
    notices = {
        "changed": "The file has changed since it was indexed. What is shown, and what was cited, "
        "is the text as indexed; run “qa index” to bring it up to date.",
        "missing": "The file is no longer where it was indexed. What is shown is the text as "
        "indexed.",
    }
    message = notices.get(view.state)
    return f'<p class="qa-notice" role="status">{text(message)}</p>' if message else ""
