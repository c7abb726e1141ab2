"""Gradio around a desk: two panes, a question box, and what connects them.

Knows Gradio; the HTML comes from `desk`. Nothing it serves makes a browser ask
another machine for anything.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

from qa.answer.pipeline import MAX_QUESTION_CHARACTERS, LiveAnswerer
from qa.errors import QAError
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.schema import Span
from qa.settings import AskSettings, ParseLimits
from qa.ui.desk import Desk
from qa.ui.evaluation import Evaluation, Trial
from qa.ui.library import Library
from qa.ui.render import scope_html
from qa.ui.render_evaluation import evaluation_html
from qa.ui.visit import Talk, Visit

_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
_TOP = """
<div class="qa-top"><h1>Ask the documents</h1>
<span class="qa-busy" id="qa-busy"></span>
<span class="qa-heard" id="qa-news" role="status"></span>
<div class="qa-tabs" role="tablist" aria-label="Panes">
<button type="button" role="tab" data-tab="ask" aria-selected="true">Ask</button>
<button type="button" role="tab" data-tab="source" aria-selected="false" tabindex="-1">
Documents</button>
<button type="button" role="tab" data-tab="evaluate" aria-selected="false" tabindex="-1">
Evaluate</button>
</div></div>
"""
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


def build_ui(desk: Desk) -> gr.Blocks:
    """Lay out the page and connect its events."""
    behaviour = _asset("behaviour.js")

    def ask(visit: Visit, event: gr.EventData) -> tuple[str, Visit]:
        sent_as = getattr(event, "number", None)
        turn = desk.ask(_text_of(event, "question"), visit.chosen)
        turn = replace(turn, sent_as=sent_as if isinstance(sent_as, int) else 0)
        return desk.conversation(visit.add(turn)), visit

    def judge(visit: Visit, event: gr.EventData) -> str:
        number, verdict = getattr(event, "turn", None), _text_of(event, "verdict")
        number = number if isinstance(number, int) else -1
        return desk.conversation(visit.change(number, lambda turn: desk.judge(turn, verdict)))

    def choose(visit: Visit, event: gr.EventData) -> tuple[str, Visit]:
        names, number = _names(getattr(event, "doc_ids", None)), getattr(event, "number", None)
        choice = visit.choose(names, number if isinstance(number, int) else 0)
        return scope_html(choice.doc_ids, choice.number), visit

    with gr.Blocks(title="Ask the documents", fill_width=True) as page:
        visit = gr.State(Visit())
        plain: dict[str, Any] = {"js_on_load": behaviour, "apply_default_css": False}
        gr.HTML(_TOP, **plain)
        with gr.Row(elem_classes="qa-panes"):
            with gr.Column(elem_classes="qa-left", scale=1):
                conversation = gr.HTML("", elem_id="qa-conversation", **plain)
                sent = gr.HTML(
                    "",  # its script fills it
                    elem_id="qa-sent",
                    js_on_load=_asset("question.js"),
                    apply_default_css=False,
                )
                scope = gr.HTML("", elem_id="qa-scope", **plain)
                question = gr.Textbox(
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
            with gr.Column(elem_classes="qa-right", scale=1):
                source = gr.HTML(
                    "",  # its script fills it, in the order in which things are asked for
                    elem_id="qa-source",
                    server_functions=_server_functions(desk, lambda: page),
                    **plain,
                )
            with gr.Column(elem_classes="qa-wide", scale=1):
                gr.HTML(
                    evaluation_html(
                        Trial(), [], can_try=desk.can_change
                    ),  # its script fills it whenever it is shown
                    elem_id="qa-evaluate",
                    js_on_load=_asset("evaluate.js"),
                    apply_default_css=False,
                    server_functions=_evaluation_functions(desk, lambda: page),
                )
        # Not as callable values: those wait in a queue, and come when a person is at work.
        page.load(lambda: desk.conversation(Talk()), None, conversation, **_QUIET)
        question.submit(None, question, question, js=_SEND, **_QUIET)
        asked = sent.ask(ask, visit, [conversation, visit], **_QUIET)
        asked.failure(None, js=_UNSENT, **_QUIET)
        conversation.judge(judge, visit, conversation, **_QUIET)
        for pane in (conversation, source):
            pane.renew(lambda visit: desk.conversation(visit.talk), visit, conversation, **_QUIET)
        for pane in (source, scope):
            pane.choose(choose, visit, [scope, visit], **_QUIET)
    return page


def _server_functions(desk: Desk, page: Callable[[], gr.Blocks]) -> list[Callable[..., Any]]:
    """Give what the page's script may call; it gets what a browser sends, whatever that is."""

    def follow_progress(_: object) -> dict[str, Any]:
        return desk.progress()

    def list_documents(sent: object) -> str:
        return desk.documents(_names(_field(sent, "chosen")))

    def open_place(sent: object) -> str:
        page, shown = _field(sent, "page"), _printable(_field(sent, "shown"))
        doc_id = _printable(_field(sent, "doc_id"))
        return desk.open(doc_id, _span_of(sent), shown, page if isinstance(page, int) else None)

    def open_evidence(sent: object) -> str:
        return desk.open_evidence(_printable(_field(sent, "text")))

    def find_documents(sent: object) -> str:
        return desk.found(str(_field(sent, "query"))[:200], _names(_field(sent, "chosen")))

    def add_files(sent: object) -> dict[str, Any]:
        # Only what this page has uploaded, or a browser could add any file of the machine.
        ours = page().upload_file_set
        files = [
            (Path(str(_field(entry, "path"))), _printable(_field(entry, "name")))
            for entry in _list(_field(sent, "files"))
            if str(_field(entry, "path")) in ours
        ]
        desk.add(files)
        for path, _ in files:
            path.unlink(missing_ok=True)
        return desk.progress()

    def remove_documents(sent: object) -> str:
        return desk.remove(_names(_field(sent, "doc_ids")))

    def undo_removal(_: object) -> dict[str, Any]:
        problem = desk.restore()
        return {**desk.progress(), "problem": problem}

    def check_changes(_: object) -> dict[str, Any]:
        desk.update()
        return desk.progress()

    return [
        follow_progress,
        list_documents,
        open_place,
        open_evidence,
        find_documents,
        add_files,
        remove_documents,
        undo_removal,
        check_changes,
    ]


def _evaluation_functions(desk: Desk, page: Callable[[], gr.Blocks]) -> list[Callable[..., Any]]:
    """Give what the script of the third pane may call."""

    def start_trial(sent: object) -> str:
        path = str(_field(sent, "path"))
        if path not in page().upload_file_set:  # see add_files
            return "the file could not be read"
        try:
            return desk.start_trial(Path(path), _printable(_field(sent, "name"))[:200])
        finally:
            Path(path).unlink(missing_ok=True)

    def follow_trial(_: object) -> dict[str, Any]:
        return desk.trial()

    def read_report(_: object) -> str:
        return desk.report()

    def stop_trial(_: object) -> None:
        desk.stop_trial()

    def list_feedback(_: object) -> dict[str, str]:
        return desk.feedback()

    def correct_feedback(sent: object) -> dict[str, str]:
        answer = "" if _field(sent, "none") else _printable(_field(sent, "answer"))
        evidence = "" if _field(sent, "none") else _printable(_field(sent, "evidence"))
        return desk.correct(_field(sent, "id"), answer, evidence, none=bool(_field(sent, "none")))

    def delete_feedback(sent: object) -> dict[str, str]:
        return desk.delete_feedback(_field(sent, "id"))

    def export_feedback(_: object) -> dict[str, str]:
        return desk.export_feedback()

    return [
        start_trial,
        follow_trial,
        read_report,
        stop_trial,
        list_feedback,
        correct_feedback,
        delete_feedback,
        export_feedback,
    ]


def start(
    index_dir: Path,
    settings: AskSettings | None = None,
    *,
    library: Library | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> tuple[gr.Blocks, str]:
    """Start serving the UI in the background.

    Args:
        index_dir: The index that answers; it may be built while this runs.
        settings: How to answer.
        library: Adds and removes documents; None to leave them as they are.
        host: Address to listen on; 127.0.0.1 keeps it to this machine.
        port: Port to listen on; 0 takes a free one.

    Returns:
        The page and its address.

    Raises:
        QAError: The port is taken.
    """
    desk = Desk(
        LiveAnswerer(index_dir, settings),
        library,
        Evaluation(index_dir, settings),
        Feedback(index_dir / FEEDBACK_FILE),
    )
    page = build_ui(desk)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port or None,
            theme=gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=_MONO),
            css=_asset("style.css"),
            footer_links=[],
            share=False,
            ssr_mode=False,
            show_error=True,
            # One byte: nothing can be uploaded.
            max_file_size=ParseLimits().file_bytes if library else 1,
            quiet=True,
            prevent_thread_lock=True,
        )
    except (OSError, OverflowError) as error:
        raise QAError(
            f"cannot serve on {host}:{port} ({error}); choose another --port or --host"
        ) from error
    return page, str(address)


def serve(
    index_dir: Path,
    settings: AskSettings,
    *,
    library: Library | None,
    host: str,
    port: int,
    ready: Callable[[str], None],
) -> None:
    """Serve the UI until it is interrupted.

    Args:
        index_dir: The index that answers; it may be built while this runs.
        settings: How to answer.
        library: Adds and removes documents; None to leave them as they are.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        ready: Called with the page's address once it can be opened.

    Raises:
        QAError: The port is taken.
    """
    page, address = start(index_dir, settings, library=library, host=host, port=port)
    ready(address)
    try:
        page.block_thread()
    finally:
        if library:
            library.stop()


def _text_of(event: gr.EventData, name: str) -> str:
    """Read a text from an event, which a browser may send without it."""
    return _printable(getattr(event, name, ""))


def _span_of(sent: object) -> Span | None:
    start, end = _field(sent, "start"), _field(sent, "end")
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
        return Span(start, end)
    return None


def _names(value: object) -> list[str]:
    return [_printable(name) for name in _list(value)]


def _field(value: object, name: str) -> Any:
    return value.get(name, "") if isinstance(value, dict) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _printable(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _asset(name: str) -> str:
    return files("qa.ui").joinpath(name).read_text("utf-8")
