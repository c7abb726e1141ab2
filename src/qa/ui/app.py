"""Lay out the page with Gradio, connect its panes, and serve it.

Nothing it serves makes a browser ask another machine for anything.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.answer.live import LiveAnswerer
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.settings import AskSettings, ParseLimits, WriterSettings
from qa.ui.evaluator import Evaluator
from qa.ui.events import (
    ServerFunction,
    conversation_events,
    documents_events,
    evaluation_events,
    history_events,
    question_events,
    source_events,
    suggestion_events,
    writing_events,
)
from qa.ui.gate import PageGate
from qa.ui.history.history import History
from qa.ui.history.store import HISTORY_FILE
from qa.ui.library import Library
from qa.ui.panes.conversation import ConversationPane
from qa.ui.panes.documents import DocumentsPane
from qa.ui.panes.evaluation import EvaluationPane
from qa.ui.panes.history import HistoryPane
from qa.ui.panes.writing import WritingPane
from qa.ui.uploads import Uploads
from qa.ui.views.page import TEMPLATES
from qa.web.guard import Rules
from qa.web.server import Beside, Server, guarded, is_this_machine_only, listen
from qa.web.turns import question_turns
from qa.web.visit import Visit
from qa.write.client import ChatClient
from qa.write.writer import Writer

_STATIC = Path(__file__).parent / "static"
FAVICON = _STATIC / "favicon.svg"
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
# Scripts that shared.js stands in front of.
_SHARING = frozenset({"conversation.js", "documents.js", "head.js", "source.js"})
# The box is emptied when its question is taken, not when the answer comes: what is typed
# meanwhile is the next question.
_SEND = """(question) => {
  if (!question.trim()) return question;
  const sent = new CustomEvent("qa-ask", { detail: question, cancelable: true });
  return document.dispatchEvent(sent) ? question : "";
}"""


def build_ui(
    documents: DocumentsPane,
    evaluation: EvaluationPane,
    history: HistoryPane,
    writing: WritingPane,
    uploads: Uploads,
    *,
    evaluates: bool = True,
    home: str = "",
    title: str = "",
) -> gr.Blocks:
    """Lay out the page and connect its events; arguments as for `PageParts`."""

    def uploaded() -> set[str]:
        uploads.sweep()
        known: set[str] = page.upload_file_set
        known.intersection_update([name for name in known if Path(name).exists()])
        return known

    with gr.Blocks(title=title or "Ask the documents", fill_width=True) as page:
        top = TEMPLATES.render("top.html", home=home, title=title, evaluates=evaluates)
        _html("qa-head", "head.js", top)
        with gr.Row(elem_classes="qa-panes"):
            with gr.Column(elem_classes="qa-left", scale=1):
                # Their scripts fill them: with what was said, what is on its way, and below
                # with what may be asked next, and of which documents.
                with gr.Column(elem_classes="qa-thread"):
                    events = conversation_events(history)
                    _html("qa-conversation", "conversation.js", events=events)
                    waiting = TEMPLATES.render("waiting.html", most=MAX_QUESTION_CHARACTERS)
                    _html("qa-sent", "question.js", waiting, question_events(history))
                _html("qa-next", "next.js", events=suggestion_events(history))
                _html("qa-scope", "scope.js", TEMPLATES.render("scope.html"))
                question = _question_box()
            with gr.Column(elem_classes="qa-right", scale=1):
                # Its script fills it, in the order in which things are asked for.
                _html("qa-source", "source.js", events=source_events(documents))
            with gr.Column(elem_classes="qa-wide", scale=1):
                events = evaluation_events(evaluation, uploaded)
                # Its script fills it whenever it is shown.
                _html("qa-evaluate", "evaluate.js", evaluation.show(), events)
        # Last: their scripts need the panes.
        events = documents_events(documents, uploaded)
        _html("qa-documents", "documents.js", TEMPLATES.render("documents_drawer.html"), events)
        _html("qa-history", "history.js", history.show(), history_events(history))
        if writing.writes:
            _html("qa-writing", "writing.js", events=writing_events(writing))
        question.submit(None, question, question, js=_SEND, queue=False, api_visibility="private")
    return page


def _html(
    name: str, script: str, value: str = "", events: Sequence[ServerFunction] = ()
) -> gr.HTML:
    """Place HTML of ours, with the script that looks after it and what that may call."""
    return gr.HTML(
        value,
        elem_id=name,
        js_on_load=(_asset("shared.js") if script in _SHARING else "") + _asset(script),
        apply_default_css=False,
        server_functions=list(events),
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Ask a question …",
        label="Question",
        show_label=False,
        lines=1,
        max_lines=5,
        # No max_length: what is pasted would be cut without a word.
        submit_btn=True,
        autofocus=True,
        elem_id="qa-question",
    )


@dataclass(frozen=True, slots=True)
class PageParts:
    """What a page is made of.

    Attributes:
        live: Answers.
        index_dir: Of the index that answers; gold questions are asked of it in the background.
        settings: How to answer.
        library: Adds and removes documents; None for a page that changes none.
        feedback: Keeps what people think of answers.
        history: Keeps conversations.
        is_shared: Whether several people use it: then everybody is listed only what they began.
        writes: A model that writes about answers; None for none.
        beside: What is served beside the page.
        called: Told which of the page's functions is called, before it is; may refuse.
        evaluates: Whether it leads to how often it is right, and what people thought of it.
        home: Where a person came from and goes back to; empty for nowhere.
        title: What its documents are called; empty for just that.
    """

    live: LiveAnswerer
    index_dir: Path
    settings: AskSettings | None
    library: Library | None
    feedback: Feedback
    history: History
    is_shared: bool
    writes: Writer | None
    beside: Beside
    called: Callable[[Visit, str], None] = lambda visit, name: None
    evaluates: bool = True
    home: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class MountedPage:
    """A page that can be served.

    Attributes:
        app: Answers what its gate lets in, while what surrounds it (`lifespan`) lasts.
        gate: Lets in what the page asks for.
        close: Removes what was uploaded and not taken.
    """

    app: FastAPI
    gate: PageGate
    close: Callable[[], None]


def mount(parts: PageParts, into: Callable[[PageGate], FastAPI]) -> MountedPage:
    """Put a page together.

    Args:
        parts: What it is made of.
        into: Returns the application that it is put into.
    """
    conversation = ConversationPane(
        parts.live,
        parts.library,
        parts.feedback,
        writes=parts.writes is not None,
        asked=parts.beside.asked,
    )
    evaluator = Evaluator(parts.index_dir, parts.settings, parts.live.store)
    uploads = Uploads()
    page = build_ui(
        DocumentsPane(parts.live, parts.library),
        EvaluationPane(evaluator, parts.feedback, can_start=parts.library is not None),
        HistoryPane(parts.history, conversation, parts.live, is_shared=parts.is_shared),
        WritingPane(parts.writes, parts.history, parts.live),
        uploads,
        evaluates=parts.evaluates,
        home=parts.home,
        title=parts.title,
    )
    most = ParseLimits().file_bytes if parts.library else 0
    gate = PageGate(upload_bytes=most, questions=parts.beside.questions, called=parts.called)
    os.environ["GRADIO_TEMP_DIR"] = str(uploads.folder)  # read when the page is mounted
    app = gr.mount_gradio_app(
        into(gate),
        page,
        path="/",
        theme=gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=_MONO),
        css=_asset("style.css"),
        footer_links=[],
        favicon_path=str(FAVICON),
        ssr_mode=False,
        show_error=True,
        run_history=False,
        enable_monitoring=False,
        max_file_size=max(most, 1),
    )
    return MountedPage(app, gate, uploads.close)


def start(
    index_dir: Path,
    settings: AskSettings | None = None,
    *,
    library: Library | None = None,
    keeps_history: bool = True,
    host: str = "127.0.0.1",
    port: int = 0,
    allowed_hosts: Sequence[str] = (),
    writer: WriterSettings | None = None,
    live: LiveAnswerer | None = None,
    beside: Beside | None = None,
) -> tuple[Server, str]:
    """Start serving the UI in the background.

    Args:
        index_dir: The index that answers; it may be built while this runs.
        settings: How to answer.
        library: Adds and removes documents; None for a page that changes nothing.
        keeps_history: Whether conversations are written down, beside the index.
        host: Address to listen on; 127.0.0.1 keeps it to this machine.
        port: Port to listen on; 0 takes a free one.
        allowed_hosts: Further names under which the page is served.
        writer: A model that writes about answers; None for none.
        live: What answers, where it answers elsewhere, too.
        beside: What is served beside the page.

    Returns:
        What serves the page, and its address.

    Raises:
        UsageError: The address cannot be listened on, or the writer's is none.
    """
    listening = listen(host, port)
    only_this_machine = is_this_machine_only(listening)
    beside = beside or Beside((), question_turns())
    rules = Rules(tuple(allowed_hosts), only_this_machine)
    parts = PageParts(
        live or LiveAnswerer(index_dir, settings),
        index_dir,
        settings,
        library,
        Feedback(index_dir / FEEDBACK_FILE, read_only=library is None),
        History(index_dir / HISTORY_FILE if keeps_history else None),
        is_shared=bool(allowed_hosts) or not only_this_machine,
        writes=Writer(ChatClient(writer), writer.model) if writer else None,
        beside=beside,
    )
    page = mount(parts, lambda gate: guarded(rules, [*beside.gates, gate], beside.lifespan))
    server = Server(page.app, listening, page.close)
    return server, server.address


def serve(
    index_dir: Path,
    settings: AskSettings,
    *,
    library: Library | None,
    keeps_history: bool,
    host: str,
    port: int,
    allowed_hosts: Sequence[str],
    writer: WriterSettings | None,
    live: LiveAnswerer,
    beside: Beside | None,
    ready: Callable[[str], None],
) -> None:
    """Serve the UI until it is interrupted.

    Args:
        index_dir: The index that answers; it may be built while this runs.
        settings: How to answer.
        library: Adds and removes documents; None for a page that changes nothing.
        keeps_history: Whether conversations are written down, beside the index.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        allowed_hosts: Further names under which the page is served.
        writer: A model that writes about answers; None for none.
        live: What answers.
        beside: What is served beside the page; None for nothing.
        ready: Called with the page's address once it can be opened.

    Raises:
        UsageError: The address cannot be listened on.
    """
    server, address = start(
        index_dir,
        settings,
        library=library,
        keeps_history=keeps_history,
        host=host,
        port=port,
        allowed_hosts=allowed_hosts,
        writer=writer,
        live=live,
        beside=beside,
    )
    with server:
        ready(address)
        try:
            server.wait()
        finally:
            if library:
                library.stop()


def _asset(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")
