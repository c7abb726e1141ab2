"""What the page's events do: an event's values in, HTML out. Does not know Gradio."""

import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from qa.errors import IndexMissingError, QAError, SourceError
from qa.formats import has_page_images
from qa.pipeline import MAX_QUESTION_CHARACTERS, Answerer, LiveAnswerer, SourceView
from qa.sandbox import Sandbox
from qa.schema import Span
from qa.ui.examples import suggest_questions
from qa.ui.library import FileProgress, Library, Progress
from qa.ui.render import Turn, conversation_html
from qa.ui.render_source import (
    Shelf,
    documents_html,
    notice_html,
    page_html,
    progress_html,
    rows_html,
    source_html,
)


class Desk:
    """Everything the page shows. Safe to use from several threads."""

    def __init__(self, live: LiveAnswerer, library: Library | None = None) -> None:
        """Put the parts together.

        Args:
            live: Answers.
            library: Adds and removes documents; None to leave them as they are.
        """
        self._live = live
        self._library = library
        self._sandbox = Sandbox()
        self._lock = threading.Lock()
        self._examples: tuple[str, list[str]] = ("", [])

    def conversation(self, turns: Sequence[Turn]) -> str:
        """Render the left pane."""
        answerer = self._current()
        if turns or answerer is None:
            return conversation_html(turns, [], 0)
        return conversation_html([], self._suggested(answerer), answerer.index.store.n_documents)

    def ask(self, question: str, only: Collection[str]) -> Turn:
        """Answer a question, or say what went wrong."""
        try:
            answer = self._live.current().ask(question, only=only or None)
        except IndexMissingError:
            return Turn(_short(question), None, self._nothing_yet())
        except QAError as error:
            return Turn(_short(question), None, str(error))
        return Turn(answer.question, answer, only=len(only))

    def documents(self, chosen: Collection[str]) -> str:
        """Render the list of documents."""
        return documents_html(self._shelf(chosen))

    def found(self, query: str, chosen: Collection[str]) -> str:
        """Render the documents whose names hold the words of a query."""
        return rows_html(self._shelf(chosen), query)

    def open(self, doc_id: str, cited: Span | None, shown: str, page: int | None) -> str:
        """Render a document: the page image if it has one, else its text.

        Args:
            doc_id: Which.
            cited: What to mark, in document offsets.
            shown: `text`, or anything else for the page image.
            page: From 1; None for the page of the citation.
        """
        try:
            answerer = self._live.current()
            view = answerer.open_source(doc_id)
        except QAError as error:
            return notice_html(str(error))
        if view is None:
            return notice_html(f"There is no document {doc_id!r} in the index.")
        if cited is not None:
            cited = Span(cited.start, min(cited.end, len(view.document.text)))
        if shown != "text" and has_page_images(doc_id) and view.state == "unchanged":
            return self._page(answerer, view, cited, page)
        return source_html(view, cited)

    def _page(
        self, answerer: Answerer, view: SourceView, cited: Span | None, page: int | None
    ) -> str:
        document = view.document
        page = page or (document.page_of(cited.start) if cited else 1) or 1
        page = min(max(page, 1), len(document.pages))
        try:
            image = answerer.draw_page(document.doc_id, page, cited, self._sandbox)
        except SourceError:  # the text is there all the same
            return source_html(view, cited)
        return page_html(view, cited, page, image)

    def progress(self) -> dict[str, Any]:
        """Say how far bringing the index up to date is, for the page's script."""
        now, can_restore = Progress(), False
        if self._library is not None:
            now, can_restore = self._library.progress(), self._library.can_restore
        said = now.stage.capitalize() or "Indexing"
        said += f" {now.done:,} of {now.total:,}" if now.total else " …"
        answerer = self._current()
        return {
            "running": now.running,
            "said": said if now.running else "",
            "html": progress_html(now, can_restore),
            "generation": answerer.index.generation if answerer else "",
        }

    def add(self, files: Sequence[tuple[Path, str]]) -> list[FileProgress]:
        """Add files to the documents."""
        return self._library.add(files) if self._library else []

    def remove(self, doc_ids: Sequence[str]) -> str:
        """Remove documents; return what went wrong, or nothing."""
        if self._library is None:
            return "documents cannot be removed here"
        try:
            self._library.remove(doc_ids)
        except QAError as error:
            return str(error)
        return ""

    def restore(self) -> None:
        """Undo the last removal."""
        if self._library is not None:
            self._library.restore()

    def update(self) -> None:
        """Look for changed files."""
        if self._library is not None:
            self._library.update()

    def _shelf(self, chosen: Collection[str]) -> Shelf:
        answerer = self._current()
        library = self._library
        return Shelf(
            documents=answerer.documents() if answerer else (),
            skipped=answerer.index.store.skipped() if answerer else (),
            chosen=chosen,
            progress=library.progress() if library else Progress(),
            can_change=library is not None,
            can_restore=bool(library and library.can_restore),
            notice=answerer.index.damage if answerer else "",
        )

    def _current(self) -> Answerer | None:
        try:
            return self._live.current()
        except QAError:
            return None

    def _suggested(self, answerer: Answerer) -> list[str]:
        """Suggest questions, once for every generation."""
        generation = answerer.index.generation
        with self._lock:
            if self._examples[0] != generation:
                self._examples = (generation, suggest_questions(answerer))
            return self._examples[1]

    def _nothing_yet(self) -> str:
        running = self._library is not None and self._library.progress().running
        if running:
            return "The documents are being read; ask again when the first is ready."
        return "There are no documents yet: add some first."


def _short(question: str) -> str:
    return question[:MAX_QUESTION_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
