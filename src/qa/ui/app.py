"""Gradio around an answerer: two panes, a question box, and what connects them.

Knows Gradio; the HTML comes from `render`. Nothing it serves makes a browser ask
another machine for anything.
"""

import os
from collections.abc import Callable
from importlib.resources import files
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

from qa.errors import QAError
from qa.pipeline import MAX_QUESTION_CHARACTERS, Answerer
from qa.schema import Span
from qa.ui.examples import suggest_questions
from qa.ui.render import Turn, conversation_html, documents_html, notice_html, source_html

_KEPT_TURNS = 50
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
_TOP = """
<div class="qa-top"><h1>Ask the documents</h1>
<div class="qa-tabs" role="tablist" aria-label="Panes">
<button type="button" role="tab" data-tab="ask" aria-selected="true">Ask</button>
<button type="button" role="tab" data-tab="source" aria-selected="false" tabindex="-1">
Source</button>
</div></div>
"""


def build_ui(answerer: Answerer) -> gr.Blocks:
    """Lay out the page and connect its events."""
    documents = answerer.documents()
    examples = suggest_questions(answerer)
    behaviour = _asset("behaviour.js")

    def converse(question: str, turns: list[Turn]) -> tuple[str, list[Turn], str]:
        if not (question or "").strip():
            return gr.skip(), gr.skip(), gr.skip()
        turns = [*turns, _ask(answerer, question)][-_KEPT_TURNS:]
        return conversation_html(turns, examples, len(documents)), turns, ""

    def ask_example(turns: list[Turn], event: gr.EventData) -> tuple[str, list[Turn], str]:
        return converse(_text_of(event, "question"), turns)

    def open_place(event: gr.EventData) -> str:
        start, end = getattr(event, "start", None), getattr(event, "end", None)
        return _open(answerer, _text_of(event, "doc_id"), start, end)

    def list_documents() -> str:
        return documents_html(documents)

    with gr.Blocks(title="Ask the documents", fill_width=True) as page:
        turns = gr.State([])
        gr.HTML(_TOP, js_on_load=behaviour, apply_default_css=False)
        with gr.Row(elem_classes="qa-panes"):
            with gr.Column(elem_classes="qa-left", scale=1):
                conversation = gr.HTML(
                    conversation_html([], examples, len(documents)),
                    js_on_load=behaviour,
                    apply_default_css=False,
                    elem_id="qa-conversation",
                )
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
                    list_documents(),
                    js_on_load=behaviour,
                    apply_default_css=False,
                    elem_id="qa-source",
                )
        conversed = [conversation, turns, question]
        quiet: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
            # "once", the default, drops what a quick person sends before the last reply is in.
            "trigger_mode": "always_last",
        }
        question.submit(converse, [question, turns], conversed, **quiet)
        conversation.ask(ask_example, [turns], conversed, **quiet)
        for pane in (conversation, source):
            pane.open(open_place, None, source, **quiet)
        source.list(list_documents, None, source, **quiet)
    return page


def start(answerer: Answerer, *, host: str = "127.0.0.1", port: int = 0) -> tuple[gr.Blocks, str]:
    """Start serving the UI in the background.

    Args:
        answerer: Answers.
        host: Address to listen on; 127.0.0.1 keeps it to this machine.
        port: Port to listen on; 0 takes a free one.

    Returns:
        The page and its address.

    Raises:
        QAError: The port is taken.
    """
    page = build_ui(answerer)
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
            max_file_size=1,  # bytes: nothing here is uploaded
            quiet=True,
            prevent_thread_lock=True,
        )
    except (OSError, OverflowError) as error:
        raise QAError(
            f"cannot serve on {host}:{port} ({error}); choose another --port or --host"
        ) from error
    return page, str(address)


def serve(answerer: Answerer, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve the UI until it is interrupted.

    Args:
        answerer: Answers.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        ready: Called with the page's address once it can be opened.

    Raises:
        QAError: The port is taken.
    """
    page, address = start(answerer, host=host, port=port)
    ready(address)
    page.block_thread()


def _ask(answerer: Answerer, question: str) -> Turn:
    try:
        answer = answerer.ask(question)
    except QAError as error:
        shown = question[:MAX_QUESTION_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
        return Turn(shown, None, str(error))
    return Turn(answer.question, answer)


def _text_of(event: gr.EventData, name: str) -> str:
    """Read a text from an event, which a browser may send without it."""
    return str(getattr(event, name, "")).encode("utf-8", "replace").decode("utf-8")


def _open(answerer: Answerer, doc_id: str, start: object, end: object) -> str:
    try:
        view = answerer.open_source(doc_id)
    except QAError as error:
        return notice_html(str(error))
    if view is None:
        return notice_html(f"There is no document {doc_id!r} in the index.")
    cited = None
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
        cited = Span(start, min(end, len(view.document.text)))
    return source_html(view, cited)


def _asset(name: str) -> str:
    return files("qa.ui").joinpath(name).read_text("utf-8")
