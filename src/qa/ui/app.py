"""Lay out the page with Gradio, connect its panes, and serve it.

Nothing it serves makes a browser ask another machine for anything.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

from qa.answer.live import LiveAnswerer
from qa.answer.pipeline import MAX_QUESTION_CHARACTERS
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.settings import AskSettings, ParseLimits, WriterSettings
from qa.ui.evaluator import Evaluator
from qa.ui.events import (
    Sent,
    ServerFunction,
    documents_events,
    evaluation_events,
    history_events,
    suggestion_events,
    writing_events,
)
from qa.ui.gate import PageGate
from qa.ui.history.history import History
from qa.ui.history.store import HISTORY_FILE
from qa.ui.library import Library
from qa.ui.page_state import PageState
from qa.ui.panes.conversation import ConversationPane
from qa.ui.panes.documents import DocumentsPane
from qa.ui.panes.evaluation import EvaluationPane
from qa.ui.panes.history import HistoryPane
from qa.ui.panes.writing import WritingPane
from qa.ui.uploads import Uploads
from qa.ui.views.conversation import scope_html
from qa.ui.views.page import TEMPLATES
from qa.web.guard import Rules
from qa.web.server import Server, guarded, is_this_machine_only, listen
from qa.write.client import ChatClient
from qa.write.writer import Writer

_STATIC = Path(__file__).parent / "static"
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
_QUIET: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
    # "once", the default, drops what a quick person sends before the last reply is in, and
    # "always_last" sends the data of the first event again in place of that of the last.
    "trigger_mode": "multiple",
}
# The box is emptied when its question is taken, not when the answer comes: what is typed
# meanwhile is the next question.
_SEND = """(question) => {
  if (!question.trim()) return question;
  const sent = new CustomEvent("qa-ask", { detail: question, cancelable: true });
  return document.dispatchEvent(sent) ? question : "";
}"""
_UNSENT = '() => { document.dispatchEvent(new Event("qa-unsent")); }'


def build_ui(
    conversation: ConversationPane,
    documents: DocumentsPane,
    evaluation: EvaluationPane,
    history: HistoryPane,
    writing: WritingPane,
    uploads: Uploads,
) -> gr.Blocks:
    """Lay out the page and connect its events."""

    def uploaded() -> set[str]:
        uploads.sweep()
        known: set[str] = page.upload_file_set
        known.intersection_update([name for name in known if Path(name).exists()])
        return known

    def ask(state: PageState, event: gr.EventData) -> str:
        sent = Sent(event._data)
        only = sent.text("only")  # the one document that a person says is meant
        turn = conversation.ask(
            sent.text("question"),
            (only,) if only else state.chosen,
            history.read(sent.conversation()).turns,
            is_whole=bool(sent.raw("is_whole")),
        )
        turn = replace(turn, sent_as=sent.number("number") or 0)
        return history.add(sent.conversation(), turn, sent.owner())

    def judge(event: gr.EventData) -> str:
        sent = Sent(event._data)
        number = sent.number("turn")
        return history.judge(
            sent.conversation(), -1 if number is None else number, sent.text("verdict")
        )

    def choose(state: PageState, event: gr.EventData) -> tuple[str, PageState]:
        sent = Sent(event._data)
        choice = state.choose(sent.texts("doc_ids"), sent.number("number") or 0)
        return scope_html(choice.doc_ids, choice.number), state

    with gr.Blocks(title="Ask the documents", fill_width=True) as page:
        state = gr.State(PageState())
        _html("qa-head", "behaviour.js", TEMPLATES.render("top.html"))
        with gr.Row(elem_classes="qa-panes"):
            with gr.Column(elem_classes="qa-left", scale=1):
                said = _html("qa-conversation", "behaviour.js")  # what history.js opens
                sent = _html("qa-sent", "question.js")  # its script fills it
                _html("qa-next", "next.js", events=suggestion_events(history))  # its script too
                scope = _html("qa-scope", "behaviour.js")
                question = _question_box()
            with gr.Column(elem_classes="qa-right", scale=1):
                events = documents_events(documents, uploaded)
                # Its script fills it, in the order in which things are asked for.
                source = _html("qa-source", "behaviour.js", events=events)
            with gr.Column(elem_classes="qa-wide", scale=1):
                events = evaluation_events(evaluation, uploaded)
                # Its script fills it whenever it is shown.
                _html("qa-evaluate", "evaluate.js", evaluation.show(), events)
        # Last: its script needs the panes.
        _html("qa-history", "history.js", history.show(), history_events(history))
        if writing.writes:
            _html("qa-writing", "writing.js", events=writing_events(writing))
        question.submit(None, question, question, js=_SEND, **_QUIET)
        asked = sent.ask(ask, state, said, **_QUIET)
        asked.failure(None, js=_UNSENT, **_QUIET)
        said.judge(judge, None, said, **_QUIET)
        for pane in (source, scope):
            pane.choose(choose, state, [scope, state], **_QUIET)
    return page


def _html(
    name: str, script: str, value: str = "", events: Sequence[ServerFunction] = ()
) -> gr.HTML:
    """Place HTML of ours, with the script that looks after it and what that may call."""
    return gr.HTML(
        value,
        elem_id=name,
        js_on_load=_asset(script),
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
        max_length=MAX_QUESTION_CHARACTERS,
        submit_btn=True,
        autofocus=True,
        elem_id="qa-question",
    )


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

    Returns:
        What serves the page, and its address.

    Raises:
        UsageError: The address cannot be listened on, or the writer's is none.
    """
    listening = listen(host, port)
    only_this_machine = is_this_machine_only(listening)
    live = LiveAnswerer(index_dir, settings)
    feedback = Feedback(index_dir / FEEDBACK_FILE, read_only=library is None)
    writes = Writer(ChatClient(writer), writer.model) if writer else None
    conversation = ConversationPane(live, library, feedback, writes=writer is not None)
    history = History(index_dir / HISTORY_FILE if keeps_history else None)
    is_shared = bool(allowed_hosts) or not only_this_machine
    uploads = Uploads()
    page = build_ui(
        conversation,
        DocumentsPane(live, library),
        EvaluationPane(Evaluator(index_dir, settings), feedback, can_start=library is not None),
        HistoryPane(history, conversation, live, is_shared=is_shared),
        WritingPane(writes, history, live),
        uploads,
    )
    most = ParseLimits().file_bytes if library else 0
    rules = Rules(tuple(allowed_hosts), only_this_machine)
    os.environ["GRADIO_TEMP_DIR"] = str(uploads.folder)  # read when the page is mounted
    app = gr.mount_gradio_app(
        guarded(rules, [PageGate(upload_bytes=most)]),
        page,
        path="/",
        theme=gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=_MONO),
        css=_asset("style.css"),
        footer_links=[],
        favicon_path=str(_STATIC / "favicon.svg"),
        ssr_mode=False,
        show_error=True,
        run_history=False,
        enable_monitoring=False,
        max_file_size=max(most, 1),
    )
    server = Server(app, listening, uploads.close)
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
