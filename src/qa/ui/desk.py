"""What the page's events do: an event's values in, HTML out. Does not know Gradio."""

import re
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.answer.pipeline import MAX_QUESTION_CHARACTERS, Answerer, LiveAnswerer, SourceView
from qa.documents.sandbox import Sandbox
from qa.errors import FeedbackError, IndexMissingError, QAError, SourceError
from qa.evaluate.feedback import Entry, Feedback, Verdict
from qa.files import json_lines as to_lines
from qa.formats import has_page_images
from qa.schema import Span
from qa.ui.evaluation import Evaluation
from qa.ui.examples import suggest_questions
from qa.ui.library import FileProgress, Library, Progress
from qa.ui.markup import counted
from qa.ui.render import Turn, conversation_html
from qa.ui.render_evaluation import feedback_html, trial_html, trial_in_words
from qa.ui.render_source import (
    Shelf,
    documents_html,
    failures,
    notice_html,
    page_html,
    progress_html,
    rows_html,
    source_html,
    stage_in_words,
)
from qa.ui.visit import Talk

_GONE = "The documents that were picked are no longer there: ask all documents, or pick others."
_LIKELY_PASSAGES = 50
_MOST_EVIDENCE = 20_000  # characters; evaluate.js lets no more through


class Desk:
    """Everything the page shows. Safe to use from several threads."""

    def __init__(
        self,
        live: LiveAnswerer,
        library: Library | None,
        evaluation: Evaluation,
        feedback: Feedback,
    ) -> None:
        """Put the parts together.

        Args:
            live: Answers.
            library: Adds and removes documents; None to leave them as they are.
            evaluation: Asks gold files.
            feedback: Keeps what people think of answers.
        """
        self._live = live
        self._library = library
        self._evaluation = evaluation
        self._feedback = feedback
        self._sandbox = Sandbox()
        self._lock = threading.Lock()
        self._examples: dict[str, str] = {}
        self._examples_of = 0  # documents there were

    @property
    def can_change(self) -> bool:
        """Whether a person at the page may send files."""
        return self._library is not None

    def conversation(self, talk: Talk) -> str:
        """Render the left pane."""
        if talk.turns:
            return conversation_html(talk.turns, [], 0, first=talk.first, version=talk.version)
        answerer = self._current()
        if answerer is None:
            return conversation_html([], [], 0, can_add=self._library is not None)
        count = answerer.index.store.n_documents
        examples = self._suggested(answerer)
        return conversation_html([], examples, count, can_add=self._library is not None)

    def ask(self, question: str, only: Collection[str]) -> Turn:
        """Answer a question, or say what went wrong."""
        try:
            answerer = self._live.current()
            if only:
                known = answerer.index.store.hashes()
                if not any(doc_id in known for doc_id in only):
                    return Turn(_short(question), None, _GONE, only=len(only))
            answer = answerer.ask(question, only=only or None)
        except IndexMissingError:
            return Turn(_short(question), None, self._nothing_yet())
        except QAError as error:
            return Turn(_short(question), None, str(error))
        return Turn(answer.question, answer, only=len(only))

    def judge(self, turn: Turn, verdict: str) -> Turn:
        """Keep a person's verdict on an answer; say so in the turn."""
        answerer = self._current()
        if turn.answer is None or turn.verdict or verdict not in list(Verdict):
            return turn
        generation = answerer.index.generation if answerer else ""
        try:
            self._feedback.add(turn.answer, Verdict(verdict), generation=generation)
        except QAError as error:
            return replace(turn, error=str(error))
        return replace(turn, verdict=verdict, error="")

    def start_trial(self, path: Path, name: str) -> str:
        """Begin to ask a gold file; return what is wrong with it, or nothing."""
        try:
            self._evaluation.start(path, name)
        except QAError as error:
            return str(error)
        return ""

    def trial(self) -> dict[str, Any]:
        """Say how far the asking is, for the page's script."""
        now = self._evaluation.trial()
        return {
            "running": now.running,
            "done": bool(now.report),
            "html": trial_html(now),
            "news": trial_in_words(now),
        }

    def report(self) -> str:
        """Give the last report as one HTML page; empty if there is none."""
        return self._evaluation.trial().report

    def stop_trial(self) -> None:
        """End the asking."""
        self._evaluation.stop()

    def feedback(self, problem: str = "") -> dict[str, str]:
        """Render what people thought of answers, for the page's script."""
        entries, unreadable = self._entries()
        return {"html": feedback_html(entries), "problem": problem or unreadable}

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

    def delete_feedback(self, entry: object) -> dict[str, str]:
        """Forget a verdict."""
        try:
            self._feedback.delete(_entry_id(entry))
        except QAError as error:
            return self.feedback(str(error))
        return self.feedback()

    def export_feedback(self) -> dict[str, str]:
        """Give what is settled as gold questions, one JSON object a line; or say why not."""
        try:
            lines = to_lines(self._feedback.export())
        except QAError as error:
            return {"lines": "", "problem": str(error)}
        return {"lines": lines, "problem": "" if lines else "nothing is settled yet"}

    def _entries(self) -> tuple[list[Entry], str]:
        """Give the verdicts, and why there are none if they cannot be read."""
        try:
            return self._feedback.entries(), ""
        except QAError as error:
            return [], str(error)

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
            end = min(cited.end, len(view.document.text))
            cited = Span(cited.start, end) if cited.start < end else None
        if shown != "text" and has_page_images(doc_id) and view.state == "unchanged":
            return self._page(answerer, view, cited, page)
        return source_html(view, cited)

    def open_evidence(self, words: str) -> str:
        """Render the document in which words stand, white space aside, or say that none does."""
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
        shelf = self._shelf([], listed=False)
        now = shelf.progress
        answerer = self._current()
        return {
            "running": now.running,
            "said": stage_in_words(now) if now.running else "",
            "news": _news(shelf),
            "html": progress_html(shelf),
            "generation": answerer.index.generation if answerer else "",
        }

    def add(self, files: Sequence[tuple[Path, str]]) -> list[FileProgress]:
        """Add files to the documents."""
        return self._library.add(files) if self._library else []

    def remove(self, doc_ids: Sequence[str]) -> str:
        """Remove documents; return what went wrong, or nothing."""
        answerer = self._current()
        if self._library is None or answerer is None:
            return "Documents cannot be removed here."
        known = answerer.index.store.hashes()
        try:
            # Only what is listed, or a browser could move any file of the folder.
            self._library.remove([doc_id for doc_id in doc_ids if doc_id in known])
        except QAError as error:
            return str(error)
        return ""

    def restore(self) -> str:
        """Undo the last removal; return what went wrong, or nothing."""
        try:
            if self._library is not None:
                self._library.restore()
        except QAError as error:
            return str(error)
        return ""

    def update(self) -> None:
        """Look for changed files."""
        if self._library is not None:
            self._library.update()

    def _shelf(self, chosen: Collection[str], *, listed: bool = True) -> Shelf:
        answerer = self._current()
        library = self._library
        return Shelf(
            documents=answerer.documents() if answerer and listed else (),
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
        """Suggest questions: anew where a document of theirs is gone, or where there were none.

        Looking costs as much as two dozen questions, and a long build has many generations: where
        nothing was found, it looks again when there are twice as many documents.
        """
        store = answerer.index.store
        with self._lock:
            gone = not all(store.rows_of([doc_id]) for doc_id in self._examples.values())
            more = not self._examples and store.n_documents >= 2 * self._examples_of
            if gone or more:
                self._examples = _examples(answerer)
                self._examples_of = store.n_documents
            return list(self._examples)

    def _nothing_yet(self) -> str:
        if self._library is None:
            return "There are no documents yet."
        if self._library.progress().running:
            return "The documents are being read; ask again when the first is ready."
        return "There are no documents yet: add some first."


def _examples(answerer: Answerer) -> dict[str, str]:
    try:
        return suggest_questions(answerer)
    except QAError:  # the page comes up all the same; asking will say what is wrong
        return {}


def _likely(answerer: Answerer, words: Sequence[str]) -> Iterator[str]:
    """Give ids of documents in which words may stand, the likeliest first."""
    if not words:
        return
    middle = len(words) // 2
    # If a passage ends among the words, one half of them is still within a passage.
    for part in (words, words[middle:], words[:middle]):
        yield from answerer.index.store.documents_with(" ".join(part), _LIKELY_PASSAGES)
    for found in answerer.search(" ".join(words)[:MAX_QUESTION_CHARACTERS]):
        yield found.passage.doc_id


def _news(shelf: Shelf) -> str:
    """Say what a person who does not see the page is told: beginning and end, no counting."""
    now = shelf.progress
    if now.running:
        return "The documents are being read."
    failed = len(failures(shelf))
    unread = [f"{counted(failed, 'file')} could not be read"] if failed else []
    said = [now.error or now.summary, *unread]
    return ". ".join(part[:1].upper() + part[1:] for part in said if part)


def _entry_id(sent: object) -> int:
    """Read an entry's number, for which a browser may send anything."""
    if type(sent) is not int or not 0 < sent < 2**63:
        raise FeedbackError("there is no such feedback any more")
    return sent


def _short(question: str) -> str:
    return question[:MAX_QUESTION_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
