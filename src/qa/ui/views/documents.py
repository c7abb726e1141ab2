"""Draw what is in the drawer of documents: the list, and how far reading new ones is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from qa.converse.overview import Overview
from qa.formats import SUFFIXES
from qa.index.stores.stored import DocumentInfo
from qa.ui.library_status import FileStatus, LibraryStatus
from qa.ui.views.page import TEMPLATES, sentence
from qa.words import counted

_LISTED_DOCUMENTS = 200
_LISTED_FILES = 50
_KEPT_FILES = 200  # as many as a library remembers


@dataclass(frozen=True, slots=True)
class DocumentList:
    """What the list of documents shows.

    Attributes:
        documents: Those in the index.
        skipped: Files that are not, each with the reason.
        chosen: Ids of the documents that are asked; empty for all.
        status: Of bringing the index up to date.
        can_change: Whether documents can be added and removed here.
        can_restore: Whether the last removal can be undone.
        dismissed: Failures that are not told any more, each a file and the reason.
        notice: What is wrong with the index, or empty.
    """

    documents: Sequence[DocumentInfo]
    skipped: Sequence[tuple[str, str]] = ()
    chosen: Collection[str] = ()
    status: LibraryStatus = LibraryStatus()  # noqa: RUF009 - frozen
    can_change: bool = False
    can_restore: bool = False
    dismissed: Collection[tuple[str, str]] = ()
    notice: str = ""


def documents_html(listed: DocumentList) -> str:
    """Draw the list of documents, with what adds some."""
    return TEMPLATES.render(
        "documents.html",
        documents=len(listed.documents),
        can_change=listed.can_change,
        suffixes=",".join(SUFFIXES),
        progress=indexing_html(listed),
        rows=rows_html(listed),
    )


def added_html(found: Overview | None) -> str:
    """Draw what the documents are that were just added; empty where there is none."""
    return TEMPLATES.render("added.html", found=found) if found else ""


def rows_html(listed: DocumentList, query: str = "") -> str:
    """Draw the documents whose title or path holds all words of a query."""
    words = query.casefold().split()
    found = [
        document
        for document in listed.documents
        if all(word in f"{document.title} {document.doc_id}".casefold() for word in words)
    ]
    return TEMPLATES.render(
        "document_rows.html",
        rows=[_row(document) for document in found[:_LISTED_DOCUMENTS]],
        found=len(found),
        query=words,
        chosen=listed.chosen,
        can_pick=len(listed.documents) > 1,
        can_change=listed.can_change,
    )


def indexing_html(listed: DocumentList) -> str:
    """Draw how far bringing the index up to date is, and what became of each file."""
    files = listed.status.files
    told = {name for name, _ in listed.skipped} if not listed.status.running else set()
    read = [f for f in files if not f.problem and not f.waiting and f.name not in told]
    failed = failures(listed)
    fresh = any(file.problem and file in failed for file in files)
    return TEMPLATES.render(
        "indexing.html",
        status=listed.status,
        stage=stage_in_words(listed.status),
        notice=listed.notice,
        can_restore=listed.can_restore,
        can_change=listed.can_change,
        groups=[
            _group("failed", "✗", failed, "could not be read", is_open=fresh),
            _group("waiting", "…", [file for file in files if file.waiting], "waiting to be read"),
            _group("done", "✓", read, "read" if len(read) < _KEPT_FILES else "read last"),
        ],
        most=_LISTED_FILES,
    )


def stage_in_words(status: LibraryStatus) -> str:
    """Say how far a running update is."""
    count = f"{status.done:,} of {status.total:,} documents read" if status.total else ""
    return sentence(" · ".join(filter(None, (count, status.stage)))) or "Starting"


def failures(listed: DocumentList) -> list[FileStatus]:
    """List each file that could not be read once, unless that was dismissed.

    Those just added come first, then those of the index.
    """
    recent = [file for file in listed.status.files if file.problem]
    # One that was there already, and could not be read then, is in neither list of what went wrong.
    now = listed.status
    known = {f.name for f in now.files if f.problem or f.waiting or now.running}
    before = [FileStatus(name, why) for name, why in listed.skipped if name not in known]
    told = [*recent, *before]
    return [file for file in told if (file.name, file.problem) not in listed.dismissed]


def _row(document: DocumentInfo) -> dict[str, Any]:
    details = [document.doc_id]
    details += [counted(document.pages, "page")] if document.pages else []
    details += [f"{document.unread:,} of them not read"] if document.unread else []
    details += [f"{document.characters:,} characters"]
    details += [document.date] if document.date else []
    return {"doc_id": document.doc_id, "title": document.title, "details": details}


def _group(
    state: str, mark: str, files: Sequence[FileStatus], said: str, *, is_open: bool = False
) -> dict[str, Any]:
    return {"state": state, "mark": mark, "files": files, "said": said, "is_open": is_open}
