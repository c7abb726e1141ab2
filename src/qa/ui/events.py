"""Connect what the page's scripts send to what its panes do.

A table for each pane: the name under which a script calls, and how what it sends is read. A
browser may send anything, or nothing.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from qa.schema import Span
from qa.ui.gate import ASK, SUGGEST
from qa.ui.panes.documents import DocumentsPane
from qa.ui.panes.evaluation import EvaluationPane
from qa.ui.panes.history import HistoryPane
from qa.ui.panes.writing import WritingPane
from qa.web.person import person_asking
from qa.words import without_half_pairs

_NAME_CHARACTERS = 200
ServerFunction = Callable[[object], Any]


class Sent:
    """What a browser sent, read field by field; a field that is missing or odd reads as empty."""

    def __init__(self, fields: object) -> None:
        """Take it as it came."""
        self._fields: Mapping[str, Any] = fields if isinstance(fields, dict) else {}

    def raw(self, name: str) -> Any:
        """Return a field as it came; empty text if it did not."""
        return self._fields.get(name, "")

    def text(self, name: str) -> str:
        """Read a text; half surrogates, which cannot be written, are replaced."""
        return without_half_pairs(str(self.raw(name)))

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        return [Sent({"": value}).text("") for value in self._list(name)]

    def number(self, name: str) -> int | None:
        """Read a whole number."""
        value = self.raw(name)
        return value if isinstance(value, int) else None

    def conversation(self) -> str:
        """Read the name of a conversation."""
        return self.text("conversation")[:_NAME_CHARACTERS]

    def owner(self) -> str:
        """Return who asks: a person by name, or what the browser has called itself."""
        return person_asking() or self.text("owner")[:_NAME_CHARACTERS]

    def span(self) -> Span | None:
        """Read the place from `start` to `end`."""
        start, end = self.number("start"), self.number("end")
        return Span(start, end) if start is not None and end and 0 <= start < end else None

    def upload(self, uploaded: Collection[str]) -> tuple[Path, str] | None:
        """Read where the file at `path` is and what `name` it has for a person.

        Args:
            uploaded: The only ones that are taken, or a browser could name any file of the machine.
        """
        path = str(self.raw("path"))
        return (Path(path), self.text("name")) if path in uploaded else None

    def uploads(self, uploaded: Collection[str]) -> list[tuple[Path, str]]:
        """Read `files`, each as for `upload`."""
        files = (Sent(value).upload(uploaded) for value in self._list("files"))
        return [file for file in files if file]

    def _list(self, name: str) -> list[Any]:
        value = self.raw(name)
        return value if isinstance(value, list) else []


def documents_events(
    pane: DocumentsPane, uploaded: Callable[[], Collection[str]]
) -> list[ServerFunction]:
    """Return what the script of the drawer of documents may call.

    Args:
        pane: What does it.
        uploaded: Returns the paths of the files that this page has uploaded.
    """

    def add(sent: Sent) -> dict[str, Any]:
        files = sent.uploads(uploaded())
        status = pane.add(files)
        for path, _ in files:
            path.unlink(missing_ok=True)
        return status

    return _named(
        follow_progress=lambda sent: pane.status(),
        list_documents=lambda sent: pane.show(sent.texts("chosen")),
        find_documents=lambda sent: pane.find(
            sent.text("query")[:_NAME_CHARACTERS], sent.texts("chosen")
        ),
        add_files=add,
        remove_documents=lambda sent: pane.remove(sent.texts("doc_ids")),
        undo_removal=lambda sent: pane.restore(),
        check_changes=lambda sent: pane.update(),
        introduce_added=lambda sent: pane.introduce(),
        dismiss_failures=lambda sent: pane.dismiss(),
    )


def source_events(pane: DocumentsPane) -> list[ServerFunction]:
    """Return what the script of the document that is open may call."""
    return _named(
        open_place=lambda sent: pane.open(
            sent.text("doc_id"),
            sent.span(),
            sent.text("shown"),
            sent.number("page"),
            check=sent.text("check"),
        ),
        find_words=lambda sent: pane.find_words(
            sent.text("doc_id"),
            sent.text("words"),
            -1 if (after := sent.number("after")) is None else after,
            back=bool(sent.raw("back")),
        ),
        open_evidence=lambda sent: pane.open_evidence(sent.text("text")),
    )


def question_events(pane: HistoryPane) -> list[ServerFunction]:
    """Return what the script that sends questions may call."""

    def ask(sent: Sent) -> str:
        only = sent.text("only")  # the one document that a person says is meant
        return pane.ask(
            sent.conversation(),
            sent.text("question"),
            (only,) if only else sent.texts("chosen"),
            sent_as=sent.number("number") or 0,
            owner=sent.owner(),
            is_whole=bool(sent.raw("is_whole")),
        )

    return _named(**{ASK: ask})


def conversation_events(pane: HistoryPane) -> list[ServerFunction]:
    """Return what the script of the conversation may call."""

    def judge(sent: Sent) -> str:
        number = sent.number("turn")
        return pane.judge(
            sent.conversation(), -1 if number is None else number, sent.text("verdict")
        )

    return _named(judge=judge)


def history_events(pane: HistoryPane) -> list[ServerFunction]:
    """Return what the script of the drawer of conversations may call."""
    return _named(
        open_conversation=lambda sent: pane.open(
            sent.conversation(), is_expected=bool(sent.raw("is_expected"))
        ),
        list_conversations=lambda sent: pane.entries(
            sent.text("query")[:_NAME_CHARACTERS], sent.owner()
        ),
        export_conversation=lambda sent: pane.export(sent.conversation(), sent.text("kind")),
        rename_conversation=lambda sent: pane.rename(
            sent.conversation(), sent.text("title")[:_NAME_CHARACTERS], sent.owner()
        ),
        delete_conversation=lambda sent: pane.delete(sent.conversation(), sent.owner()),
        restore_conversation=lambda sent: pane.restore(sent.conversation(), sent.owner()),
    )


def suggestion_events(pane: HistoryPane) -> list[ServerFunction]:
    """Return what the script of the line above the question box may call."""
    return _named(**{SUGGEST: lambda sent: pane.suggest(sent.conversation())})


def writing_events(pane: WritingPane) -> list[ServerFunction]:
    """Return what the script that follows a writer may call."""
    return _named(
        follow_writing=lambda sent: pane.follow(sent.conversation(), sent.number("turn") or 0),
        stop_writing=lambda sent: pane.stop(sent.conversation(), sent.number("turn") or 0),
    )


def evaluation_events(
    pane: EvaluationPane, uploaded: Callable[[], Collection[str]]
) -> list[ServerFunction]:
    """Return what the third pane's script may call; arguments as for `documents_events`."""

    def start(sent: Sent) -> str:
        file = sent.upload(uploaded())
        if file is None:
            return "the file could not be read"
        path, name = file
        try:
            return pane.start(path, name[:_NAME_CHARACTERS])
        finally:
            path.unlink(missing_ok=True)

    def correct(sent: Sent) -> dict[str, str]:
        none = bool(sent.raw("none"))
        answer, evidence = ("", "") if none else (sent.text("answer"), sent.text("evidence"))
        return pane.correct(sent.raw("id"), answer, evidence, none=none)

    return _named(
        start_evaluation=start,
        follow_evaluation=lambda sent: pane.status(),
        read_report=lambda sent: pane.report(),
        stop_evaluation=lambda sent: pane.stop(),
        list_feedback=lambda sent: pane.feedback(),
        correct_feedback=correct,
        delete_feedback=lambda sent: pane.delete(sent.raw("id")),
        export_feedback=lambda sent: pane.export(),
    )


def _named(**events: Callable[[Sent], Any]) -> list[ServerFunction]:
    """Make functions of a table, by whose names Gradio lets a script call them."""

    def named(name: str, act: Callable[[Sent], Any]) -> ServerFunction:
        def function(sent: object) -> Any:
            return act(Sent(sent))

        function.__name__ = name
        return function

    return [named(name, act) for name, act in events.items()]
