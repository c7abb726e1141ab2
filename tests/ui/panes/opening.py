"""The page's three panes over small indexes, for tests of what they do."""

from pathlib import Path
from typing import NamedTuple

from qa.answer.live import LiveAnswerer
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.index.build import build_index
from qa.settings import AskSettings, BuildSettings
from qa.ui.evaluator import Evaluator
from qa.ui.library import Library
from qa.ui.page_state import Turn
from qa.ui.panes.conversation import ConversationPane
from qa.ui.panes.documents import DocumentsPane
from qa.ui.panes.evaluation import EvaluationPane
from tests.conftest import tiny_settings
from tests.ui.markup_page import Page

ROSES = "Do roses want sun and clay?"
HOSTILE_NAMES = [
    "",
    "gone.txt",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\a.txt",
    "a\0b",
    "\ud800",
    "x" * 10_000,
    "<script>",
    "bridges.txt/",
    "'; DROP TABLE documents; --",
]


ALWAYS = AskSettings(max_risk=1.0)


class Panes(NamedTuple):
    """What stands behind one page."""

    conversation: ConversationPane
    documents: DocumentsPane
    evaluation: EvaluationPane


class QuietLibrary(Library):
    """Moves files as ever; its updates do nothing."""

    def update(self) -> None:
        return


def build(folder: Path) -> None:
    names = tiny_settings(folder / "index")
    build_index(
        folder / "corpus",
        folder / "index",
        BuildSettings(encoder=names.encoder, reader=names.reader),
    )


def panes_of(
    index_dir: Path, library: Library | None = None, feedback: Feedback | None = None
) -> Panes:
    """Put panes in front of an index, answering whatever the confidence."""
    live = LiveAnswerer(index_dir, ALWAYS)
    feedback = feedback or Feedback(index_dir / FEEDBACK_FILE)
    evaluator = Evaluator(index_dir, ALWAYS)
    return Panes(
        ConversationPane(live, library, feedback),
        DocumentsPane(live, library),
        EvaluationPane(evaluator, feedback, can_start=library is not None),
    )


def library_panes(folder: Path) -> tuple[Panes, Library]:
    library = QuietLibrary(folder / "corpus", folder / "index")
    return panes_of(folder / "index", library), library


def shown(html: str) -> str:
    return Page(html).shown


def judged(panes: Panes, verdict: str, question: str = ROSES) -> Turn:
    return panes.conversation.judge(panes.conversation.ask(question, []), verdict)
