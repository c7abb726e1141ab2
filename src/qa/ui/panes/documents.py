"""The documents: list, find, open, add and remove documents."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.answer.live import LiveAnswerer
from qa.answer.pipeline import Answerer
from qa.answer.sources import SourceView
from qa.converse.overview import Overview, overview
from qa.documents.sandbox import Sandbox
from qa.errors import QAError, SourceError, StoreError
from qa.formats import has_page_images
from qa.schema import Span
from qa.ui.library import Library
from qa.ui.library_status import LibraryStatus
from qa.ui.panes.opened import opened
from qa.ui.views.documents import (
    DocumentList,
    added_html,
    documents_html,
    failures,
    indexing_html,
    rows_html,
    stage_in_words,
)
from qa.ui.views.page import checksum, sentence
from qa.ui.views.source import notice_html, page_html, text_html
from qa.words import counted

_LIKELY_PASSAGES = 50
_MOST_WORDS = 200  # characters that are looked for within a document
_DOWN = "The store cannot be reached; it is tried again"
_MOST_EVIDENCE = 20_000  # characters; evaluate.js lets no more through


class DocumentsPane:
    """The documents and their sources. Safe to use from several threads."""

    def __init__(self, live: LiveAnswerer, library: Library | None) -> None:
        """Prepare.

        Args:
            live: Has the index.
            library: Adds and removes documents; None to leave them as they are.
        """
        self._live = live
        self._library = library
        self._sandbox = Sandbox()

    def show(self, chosen: Collection[str]) -> str:
        """Draw the list of documents, with those ticked that are asked."""
        return documents_html(self._listed(chosen))

    def find(self, query: str, chosen: Collection[str]) -> str:
        """Draw the documents whose names hold the words of a query."""
        return rows_html(self._listed(chosen), query)

    def open(
        self, doc_id: str, cited: Span | None, shown: str, page: int | None, *, check: str = ""
    ) -> str:
        """Draw a document: the picture of a page if it has one, else its text.

        Args:
            doc_id: Which.
            cited: What to mark, in document offsets.
            shown: `text`, or anything else for the picture.
            page: From 1; None for the page of the citation.
            check: What `checksum` says of the words that should stand there; empty if nobody knows.
        """
        try:
            answerer = self._live.current()
            view = answerer.open_source(doc_id)
        except QAError as error:
            return notice_html(str(error))
        if view is None:
            return notice_html(f"There is no document {doc_id!r} in the index.")
        text = view.document.text
        is_moved = bool(cited and check) and checksum(text[slice(*cited or ())]) != check
        if cited is not None:
            end = min(cited.end, len(text))
            cited = Span(cited.start, end) if cited.start < end and not is_moved else None
        if shown != "text" and has_page_images(doc_id) and view.state == "unchanged":
            return self._page(answerer, view, cited, page, is_moved=is_moved)
        summary = None if is_moved else self._summary(answerer, doc_id, cited)
        return text_html(view, cited, is_moved=is_moved, summary=summary)

    def open_evidence(self, words: str) -> str:
        """Draw the document in which words stand, white space aside, or say that none does."""
        parts = words[:_MOST_EVIDENCE].split()
        pattern = re.compile(r"\s+".join(map(re.escape, parts)))
        looked: set[str] = set()
        try:
            answerer = self._live.current()
            for doc_id in _likely(answerer, parts):
                document = None if doc_id in looked else answerer.index.store.document(doc_id)
                looked.add(doc_id)
                if document and (match := pattern.search(document.text)):
                    return self.open(doc_id, Span(*match.span()), "", None)
        except QAError as error:
            return notice_html(str(error))
        return notice_html("These words were not found in the documents.")

    def find_words(self, doc_id: str, words: str, after: int, *, back: bool) -> dict[str, int]:
        """Find the next place of a document where words stand, whatever their case and breaks.

        Args:
            doc_id: Which.
            words: What to look for.
            after: Where the place that is shown begins; -1 for none.
            back: Whether the place before that is wanted instead.

        Returns:
            `start` and `end` of the place, its `number`, and how many there are in `total`; a
            total of 0 if there is none.
        """
        pattern = r"\s+".join(map(re.escape, words[:_MOST_WORDS].split()))
        try:
            document = self._live.current().index.store.document(doc_id) if pattern else None
        except QAError:
            document = None
        text = document.text if document else ""
        found = [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
        if not text or not found:
            return {"start": -1, "end": -1, "number": 0, "total": 0}
        starts = [start for start, _ in found]
        at = bisect_left(starts, after) - 1 if back else bisect_right(starts, after)
        at %= len(found)
        start, end = found[at]
        return {"start": start, "end": end, "number": at + 1, "total": len(found)}

    def status(self) -> dict[str, Any]:
        """Say how far bringing the index up to date is, for the page's script."""
        listed = self._listed([], whole=False)
        now = listed.status
        answerer = opened(self._live)
        return {
            "running": now.running,
            "said": stage_in_words(now) if now.running else _DOWN if self._live.problem else "",
            "down": bool(self._live.problem),
            "news": _news(listed),
            "html": indexing_html(listed),
            "generation": answerer.index.generation if answerer else "",
        }

    def add(self, files: Sequence[tuple[Path, str]]) -> dict[str, Any]:
        """Add files to the documents; return the status.

        Args:
            files: Where each is now, and its name or path as a person knows it.
        """
        if self._library:
            self._library.add(files)
        return self.status()

    def introduce(self) -> str:
        """Draw what the documents are that were added last; nothing while they are being read."""
        answerer = opened(self._live)
        if answerer is None or self._library is None or self._library.status().running:
            return ""
        known = answerer.index.store.hashes()
        try:
            added = [name for name in self._library.added if name in known]
            return added_html(overview(answerer, added) if added else None)
        except QAError:  # they can be asked all the same
            return ""

    def dismiss(self) -> dict[str, Any]:
        """Tell no more of the files that could not be read; return the status."""
        if self._library is not None:
            told = failures(self._listed([], whole=False))
            self._library.dismiss((file.name, file.problem) for file in told)
        return self.status()

    def remove(self, doc_ids: Sequence[str]) -> str:
        """Remove documents; return what went wrong, or nothing."""
        answerer = opened(self._live)
        if self._library is None or answerer is None:
            return "Documents cannot be removed here."
        known = answerer.index.store.hashes()
        try:
            # Only what is listed, or a browser could move any file of the folder.
            self._library.remove([doc_id for doc_id in doc_ids if doc_id in known])
        except QAError as error:
            return str(error)
        return ""

    def restore(self) -> dict[str, Any]:
        """Undo the last removal; return the status, and under `problem` what went wrong."""
        problem = ""
        try:
            if self._library is not None:
                self._library.restore()
        except QAError as error:
            problem = str(error)
        return {**self.status(), "problem": problem}

    def update(self) -> dict[str, Any]:
        """Look for changed files; return the status."""
        if self._library is not None:
            self._library.update()
        return self.status()

    def _page(
        self,
        answerer: Answerer,
        view: SourceView,
        cited: Span | None,
        page: int | None,
        *,
        is_moved: bool,
    ) -> str:
        document = view.document
        page = page or (document.page_of(cited.start) if cited else 1) or 1
        page = min(max(page, 1), len(document.pages))
        try:
            image = answerer.draw_page(document.doc_id, page, cited, self._sandbox)
        except SourceError:  # the text is there all the same
            return text_html(view, cited, is_moved=is_moved)
        whole = page == 1 and not is_moved
        summary = self._summary(answerer, document.doc_id, cited) if whole else None
        return page_html(view, cited, page, image, is_moved=is_moved, summary=summary)

    def _summary(self, answerer: Answerer, doc_id: str, cited: Span | None) -> Overview | None:
        """Say what a document is that is opened as a whole, not at a place in it."""
        if cited is not None:
            return None
        try:
            return overview(answerer, [doc_id])
        except QAError:  # the document itself can be shown all the same
            return None

    def _listed(self, chosen: Collection[str], *, whole: bool = True) -> DocumentList:
        answerer = opened(self._live)
        library = self._library
        try:
            documents = answerer.documents() if answerer and whole else []
        except StoreError:  # the notice says why
            documents = []
        return DocumentList(
            documents=documents,
            skipped=answerer.index.store.skipped() if answerer else (),
            chosen=chosen,
            status=library.status() if library else LibraryStatus(),
            can_change=library is not None,
            can_restore=bool(library and library.can_restore),
            dismissed=library.dismissed if library else (),
            notice=self._live.problem or (answerer.index.damage if answerer else ""),
        )


def _likely(answerer: Answerer, words: Sequence[str]) -> Iterator[str]:
    """Yield ids of documents in which words may stand, the likeliest first."""
    if not words:
        return
    middle = len(words) // 2
    # If a passage ends among the words, one half of them is still within a passage.
    for part in (words, words[middle:], words[:middle]):
        yield from answerer.index.store.documents_with(" ".join(part), _LIKELY_PASSAGES)
    for found in answerer.search(" ".join(words)[:MAX_QUESTION_CHARACTERS]):
        yield found.passage.doc_id


def _news(listed: DocumentList) -> str:
    """Say what a person who does not see the page is told: beginning and end, no counting."""
    now = listed.status
    if now.running:
        return "The documents are being read."
    failed = len(failures(listed))
    unread = [f"{counted(failed, 'file')} could not be read"] if failed else []
    return ". ".join(sentence(part) for part in (now.error or now.summary, *unread) if part)
