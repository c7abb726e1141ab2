"""The right pane: documents and how they are managed in, HTML out.

Pure functions, like `render`; everything from outside goes through `markup.text`.
"""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa.answer.pipeline import SourceView
from qa.answer.present import pages_in_words
from qa.documents.sandbox import PageImage
from qa.formats import SUFFIXES, has_page_images
from qa.index.store import DocumentInfo
from qa.schema import Block, Document, Span
from qa.ui.library import FileProgress, Progress
from qa.ui.markup import counted, place, text

# A page of a few hundred kilobytes is all a browser scrolls smoothly.
_PAGE_CHARACTERS = 200_000
_LISTED_DOCUMENTS = 200
_LISTED_FILES = 50
# The first is in view where a source was opened from the report.
_BACK = (
    '<button type="button" class="qa-back qa-return" data-return>← Back to the report</button>'
    '<button type="button" class="qa-back" data-list>← All documents</button>'
)
_KEPT_FILES = 200  # as many as a library remembers


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the list of documents shows.

    Attributes:
        documents: Those in the index.
        skipped: Files that are not, each with the reason.
        chosen: Ids of the documents that are asked; empty for all.
        progress: Of bringing the index up to date.
        can_change: Whether documents can be added and removed here.
        can_restore: Whether the last removal can be undone.
        notice: What is wrong with the index, or empty.
    """

    documents: Sequence[DocumentInfo]
    skipped: Sequence[tuple[str, str]] = ()
    chosen: Collection[str] = ()
    progress: Progress = Progress()  # noqa: RUF009 - frozen
    can_change: bool = False
    can_restore: bool = False
    notice: str = ""


def documents_html(shelf: Shelf) -> str:
    """Render the right pane as a list of documents."""
    # The script shows it when a second document comes.
    hidden = "" if len(shelf.documents) > 1 else " hidden"
    manage = _manage(empty=not shelf.documents) if shelf.can_change else ""
    return (
        f'<div class="qa-source" data-view="list">'
        f'<h2 class="qa-source-title" tabindex="-1">Documents</h2>{manage}'
        f'<div id="qa-progress">{progress_html(shelf)}</div>'
        f'<input type="search" class="qa-find" data-find placeholder="Find a document …" '
        f'aria-label="Find a document"{hidden}>'
        f'<div id="qa-found">{rows_html(shelf)}</div></div>'
    )


def rows_html(shelf: Shelf, query: str = "") -> str:
    """Render the documents whose title or path holds all words of a query."""
    words = query.casefold().split()
    found = [
        document
        for document in shelf.documents
        if all(word in f"{document.title} {document.doc_id}".casefold() for word in words)
    ]
    if not found and words:
        return '<p class="qa-meta" role="status">No document has a name like that.</p>'
    if not found:
        return ""
    many = len(shelf.documents) > 1
    said = counted(len(found), "document") + (" with a name like that" if words else "")
    said += "; tick some to ask only these" if many else ""
    rows = "".join(_row(document, shelf, pick=many) for document in found[:_LISTED_DOCUMENTS])
    more = len(found) - _LISTED_DOCUMENTS
    note = f'<p class="qa-meta">… and {more:,} more: find them by name.</p>' if more > 0 else ""
    return f'<p class="qa-meta qa-count">{said}</p><ul class="qa-documents">{rows}</ul>{note}'


def progress_html(shelf: Shelf) -> str:
    """Render how far bringing the index up to date is, and what became of each file."""
    progress = shelf.progress
    parts = [f'<p class="qa-notice">{text(shelf.notice)}</p>'] if shelf.notice else []
    if progress.running:
        known = f' value="{progress.done}" max="{progress.total}"' if progress.total else ""
        parts.append(
            f'<p class="qa-meta qa-stage">{text(stage_in_words(progress))}</p>'
            f'<progress class="qa-bar"{known} aria-label="Reading documents"></progress>'
        )
    elif progress.error:
        parts.append(f'<p class="qa-notice">{text(_sentence(progress.error))}</p>')
    elif progress.summary:
        parts.append(f'<p class="qa-meta qa-stage">{text(_sentence(progress.summary))}</p>')
    if shelf.can_restore and not progress.running:
        parts.append(
            '<p class="qa-meta">What is removed is kept in the folder “.removed”. '
            '<button type="button" class="qa-link" data-restore>Undo the last removal</button></p>'
        )
    failed = failures(shelf)
    fresh = any(file.problem for file in progress.files)
    parts.append(_files("failed", failed, "could not be read", is_open=fresh))
    waiting = [file for file in progress.files if file.waiting]
    parts.append(_files("waiting", waiting, "waiting to be read"))
    read = [file for file in progress.files if not file.problem and not file.waiting]
    parts.append(_files("done", read, "read" if len(read) < _KEPT_FILES else "read last"))
    return "".join(parts)


def stage_in_words(progress: Progress) -> str:
    """Say how far a running update is."""
    count = f"{progress.done:,} of {progress.total:,} documents read" if progress.total else ""
    return _sentence(" · ".join(filter(None, (count, progress.stage)))) or "Starting"


def failures(shelf: Shelf) -> list[FileProgress]:
    """List each file that could not be read once: those just added, then those of the index."""
    recent = [file for file in shelf.progress.files if file.problem]
    known = {file.name for file in shelf.progress.files}
    before = [FileProgress(name, why) for name, why in shelf.skipped if name not in known]
    return [*recent, *before]


def source_html(view: SourceView, cited: Span | None) -> str:
    """Render the right pane as one document's text, with the cited words marked.

    Args:
        view: The document and whether its file has changed.
        cited: What to mark, in document offsets; None for nothing.
    """
    document = view.document
    window = _window(len(document.text), cited)
    blocks = [b for b in view.blocks if b.end > window.start and b.start < window.end]
    body = "".join(_block(document.text, block, cited, window) for block in blocks)
    partial = window != Span(0, len(document.text))
    note = (
        f'<p class="qa-notice">A long document: characters {window.start:,} to {window.end:,} of '
        f"{len(document.text):,} are shown.</p>"
        if partial
        else ""
    )
    return (
        f'<div class="qa-source" data-view="document">{_head(view, cited, None)}{note}'
        f'<article class="qa-page">{body}</article></div>'
    )


def page_html(view: SourceView, cited: Span | None, page: int, image: PageImage) -> str:
    """Render the right pane as the image of one page, with the cited words boxed."""
    document = view.document
    boxes = "".join(
        f'<span class="qa-box"{_anchor(number == 0)} style="left:{left:.3%};top:{top:.3%};'
        f'width:{right - left:.3%};height:{bottom - top:.3%}"></span>'
        for number, (left, top, right, bottom) in enumerate(image.boxes)
    )
    data = base64.b64encode(image.png).decode("ascii")
    said = f"Page {page} of {text(document.title)}"
    if cited:
        said += f"; marked: “{text(document.text[cited.start : cited.end][:300])}”"
    return (
        f'<div class="qa-source" data-view="document">{_head(view, cited, page)}'
        f"{_pager(view, page, cited)}"
        f'<figure class="qa-sheet" style="aspect-ratio:{image.width}/{image.height}">'
        f'<img alt="{said}" src="data:image/png;base64,{data}">{boxes}</figure></div>'
    )


def notice_html(message: str) -> str:
    """Render the right pane as a message."""
    return f'<div class="qa-source">{_BACK}<p class="qa-notice">{text(message)}</p></div>'


def _manage(*, empty: bool) -> str:
    accept = ",".join(SUFFIXES)
    return (
        f'<div class="qa-manage{" qa-empty" if empty else ""}" data-drop>'
        '<button type="button" class="qa-button" data-add="files">Add files</button>'
        '<button type="button" class="qa-button qa-quiet" data-add="folder">Add a folder</button>'
        '<span class="qa-meta qa-hint">or drop them here</span>'
        '<button type="button" class="qa-link qa-check" data-update>Check for changes</button>'
        '<p class="qa-notice" role="alert" data-lost hidden></p>'
        f'<input type="file" multiple hidden data-input="files" accept="{accept}" '
        'aria-label="Files to add">'
        '<input type="file" multiple hidden webkitdirectory data-input="folder" '
        'aria-label="Folder to add"></div>'
    )


def _row(document: DocumentInfo, shelf: Shelf, *, pick: bool) -> str:
    name = text(document.title)
    checked = " checked" if document.doc_id in shelf.chosen else ""
    box = (
        f'<label class="qa-pick"><input type="checkbox" data-pick="{text(document.doc_id)}"'
        f'{checked} aria-label="Ask {name}"></label>'
        if pick
        else ""
    )
    remove = (
        f'<button type="button" class="qa-remove" data-remove="{text(document.doc_id)}" '
        f'aria-label="Remove {name}" title="Remove">×</button>'
        if shelf.can_change
        else ""
    )
    details = [document.doc_id]
    details += [counted(document.pages, "page")] if document.pages else []
    details += [f"{document.unread:,} of them not read"] if document.unread else []
    details += [f"{document.characters:,} characters"]
    details += [document.date] if document.date else []
    return (
        f'<li class="qa-document-row">{box}'
        f'<button type="button" class="qa-document" data-open="{text(document.doc_id)}">'
        f'<span class="qa-document-title" title="{name}">{name}</span>'
        f'<span class="qa-meta">{text(" · ".join(details))}</span></button>{remove}</li>'
    )


def _files(state: str, files: Sequence[FileProgress], said: str, *, is_open: bool = False) -> str:
    if not files:
        return ""
    rows = "".join(_file(state, file) for file in files[:_LISTED_FILES])
    more = len(files) - _LISTED_FILES
    rows += f"<li>… and {more:,} more</li>" if more > 0 else ""
    return (
        f'<details class="qa-files" data-state="{state}"{" open" if is_open else ""}>'
        f"<summary>{counted(len(files), 'file')} {said}</summary><ul>{rows}</ul></details>"
    )


def _file(state: str, file: FileProgress) -> str:
    mark = {"failed": "✗", "waiting": "…", "done": "✓"}[state]
    said = file.problem or file.note
    detail = f' <span class="qa-why">— {text(said)}</span>' if said else ""
    return (
        f'<li><span aria-hidden="true">{mark}</span> <span class="qa-file">{text(file.name)}</span>'
        f"{detail}</li>"
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _head(view: SourceView, cited: Span | None, page: int | None) -> str:
    """Render what stands above a document: of which page the picture is shown; None for text."""
    document = view.document
    shown = "page" if page else "text"
    span = cited or Span(-1, -1)
    switch = ""
    if has_page_images(document.doc_id) and view.state == "unchanged":
        switch = '<span class="qa-switch" role="group" aria-label="View">' + "".join(
            f'<button type="button" {place(document.doc_id, span)} data-as="{kind}" '
            f'aria-pressed="{str(kind == shown).lower()}">{label}</button>'
            for kind, label in (("page", "Page"), ("text", "Text"))
        )
        switch += "</span>"
    date = f" · {document.date}" if document.date else ""
    return (
        '<div class="qa-source-head">'
        f'{_BACK}{switch}<h2 class="qa-source-title" tabindex="-1" title="{text(document.title)}">'
        f"{text(document.title)}</h2></div>"
        f'<p class="qa-meta qa-path"><span>{text(document.doc_id + date)}</span> '
        f'<button type="button" class="qa-link" data-only="{text(document.doc_id)}">'
        f"Ask only this document</button></p>{_state_notice(view)}{_scan_notice(document, page)}"
    )


def _pager(view: SourceView, page: int, cited: Span | None) -> str:
    pages = len(view.document.pages)
    here = place(view.document.doc_id, cited or Span(-1, -1))

    def turn(to: int, label: str, name: str) -> str:
        off = "" if 1 <= to <= pages else " disabled"
        where = f'{here} data-as="page" data-page="{to}"'
        return f'<button type="button" {where} aria-label="{name}"{off}>{label}</button>'

    return (
        f'<nav class="qa-pager" aria-label="Pages">{turn(page - 1, "←", "Page before")}'
        f"<span>Page {page:,} of {pages:,}</span>{turn(page + 1, '→', 'Next page')}</nav>"
    )


def _anchor(first: bool) -> str:
    return ' id="qa-cited" tabindex="-1"' if first else ""


def _window(length: int, cited: Span | None) -> Span:
    """Choose which part of a long document is shown: the start, or around the citation."""
    if length <= _PAGE_CHARACTERS:
        return Span(0, length)
    start = max(0, cited.start - _PAGE_CHARACTERS // 2) if cited else 0
    return Span(start, min(length, start + _PAGE_CHARACTERS))


def _block(document: str, block: Block, cited: Span | None, window: Span) -> str:
    heading = f"h{min(block.level + 2, 6)}"
    tag = {"heading": heading, "item": "li", "paragraph": "p", "row": "p"}[block.kind]
    opening = f'{tag} class="qa-row"' if block.kind == "row" else tag
    shown = _cells if block.kind == "row" else text
    start, end = max(block.start, window.start), min(block.end, window.end)
    if block.kind == "item":
        start = max(start, min(block.content, end))
    value = document[start:end]
    if cited is None or cited.end <= start or cited.start >= end:
        return f"<{opening}>{shown(value)}</{tag}>"
    inner = Span(max(cited.start, start) - start, min(cited.end, end) - start)
    before, middle, after = value[: inner.start], value[inner.start : inner.end], value[inner.end :]
    first = cited.start >= block.start or block.start <= window.start
    return (
        f'<{opening}>{shown(before)}<mark class="qa-cited"{_anchor(first)}>{shown(middle)}</mark>'
        f"{shown(after)}</{tag}>"
    )


def _cells(value: str) -> str:
    """Escape a table's row and set back what parts its cells."""
    return text(value).replace(" | ", '<span class="qa-part"> | </span>')


def _scan_notice(document: Document, page: int | None) -> str:
    """Say which pages were not read, and that what was read in a picture may be read wrong."""
    said = []
    if page in document.unread:
        said.append("This page was not read: nothing on it can be found.")
    elif page is None and document.unread:
        them = "it" if len(document.unread) == 1 else "them"
        pages = pages_in_words(document.unread)
        said.append(f"Not read, so that nothing on {them} can be found: {pages}.")
    if page in document.scanned:
        said.append(
            "This page is a scan. Its text was read by OCR and may have errors: the picture counts."
        )
    elif page is None and document.scanned:
        pages = counted(len(document.scanned), "scanned page")
        said.append(
            f"The text of {pages} was read by OCR and may have errors: compare it with the page."
        )
    return "".join(f'<p class="qa-notice" role="note">{text(line)}</p>' for line in said)


def _state_notice(view: SourceView) -> str:
    notices = {
        "changed": "The file has changed since it was indexed. What is shown, and what was cited, "
        "is the text as indexed; check for changes, or run “qa index”, to bring it up to date.",
        "missing": "The file is no longer where it was indexed. What is shown is the text as "
        "indexed.",
    }
    message = notices.get(view.state)
    return f'<p class="qa-notice" role="status">{text(message)}</p>' if message else ""
