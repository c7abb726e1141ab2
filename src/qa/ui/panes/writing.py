"""What a model of the user's writes about answers; what is written the conversation keeps."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

from qa.answer.live import LiveAnswerer
from qa.errors import QAError
from qa.schema import Answer
from qa.ui.history.history import History
from qa.ui.page_state import Turn
from qa.ui.views.writing import writing_html
from qa.write.writer import Writer, Written

_KEPT = 200
_AT_ONCE = 2  # a local model writes slower for each more


@dataclass(slots=True)
class _Writing:
    """One answer's prose, as far as it has been written."""

    written: Written | None = None
    done: bool = False
    stop: threading.Event = field(default_factory=threading.Event)


class WritingPane:
    """Prose about answers. Safe to use from several threads."""

    def __init__(self, writer: Writer | None, history: History, live: LiveAnswerer) -> None:
        """Prepare.

        Args:
            writer: Writes; None where nothing is written.
            history: Has the answers.
            live: Has the documents.
        """
        self._writer = writer
        self._history = history
        self._live = live
        self._lock = threading.Lock()
        self._begun: OrderedDict[tuple[str, int], _Writing] = OrderedDict()
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    @property
    def writes(self) -> bool:
        """Whether there is a writer."""
        return self._writer is not None

    def follow(self, conversation: str, number: int) -> dict[str, Any]:
        """Draw what has been written about an answer, or so far; begin if nothing was.

        Returns:
            `html`, and whether it is `done`.
        """
        with self._lock:
            writing = self._begun.get((conversation, number))
            if writing is None:
                turn = self._turn(conversation, number)
                if turn is None or turn.written:
                    return {"html": writing_html(turn.written) if turn else "", "done": True}
                writing = self._begin(turn.answer, conversation, number)
        if writing is None:
            return {"html": "", "done": True}
        return {"html": writing_html(writing.written), "done": writing.done}

    def stop(self, conversation: str, number: int) -> None:
        """Have no more written about an answer."""
        with self._lock:
            writing = self._begun.get((conversation, number))
        if writing:
            writing.stop.set()

    def _begin(self, answer: Answer | None, conversation: str, number: int) -> _Writing | None:
        """Begin to write about an answer; None where there is nothing to write about."""
        if self._writer is None or answer is None or not answer.answered:
            return None
        writing = self._begun[conversation, number] = _Writing()
        while len(self._begun) > _KEPT:
            self._begun.popitem(last=False)[1].stop.set()
        work = (self._writer, answer, writing, conversation, number)
        threading.Thread(target=self._write, args=work, daemon=True).start()
        return writing

    def _write(
        self, writer: Writer, answer: Answer, writing: _Writing, conversation: str, number: int
    ) -> None:
        try:
            with self._free:
                for written in writer.write(self._live.current(), answer):
                    writing.written = written
                    if writing.stop.is_set():
                        break
            if writing.written and writing.written.sentences:
                kept = replace(writing.written, done=True)
                self._history.change(conversation, number, lambda turn: replace(turn, written=kept))
        except QAError:
            pass  # the index is gone or damaged, of which the page tells by itself
        finally:
            writing.done = True

    def _turn(self, conversation: str, number: int) -> Turn | None:
        turns = self._history.read(conversation).turns
        return turns[number] if 0 <= number < len(turns) else None
