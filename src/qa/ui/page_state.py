"""Remember what one person at the page has asked and chosen, whatever order answers come in.

Does not know Gradio, or how an answer is made.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.schema import Answer

_KEPT_TURNS = 50


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation: its answer, or what went wrong.

    Attributes:
        question: As asked.
        answer: None if something went wrong.
        error: What went wrong, or empty.
        only: How many documents it was asked of; 0 for all.
        verdict: What the person thought of the answer (`feedback.Verdict`), or empty.
        sent_as: Number under which the page sent it; 0 if it gave none.
    """

    question: str
    answer: Answer | None
    error: str = ""
    only: int = 0
    verdict: str = ""
    sent_as: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation at one moment.

    Attributes:
        turns: The last ones, in the order in which they were answered.
        first: Number of the first of them, from 0; a turn keeps its number.
        version: Higher after every change.
    """

    turns: tuple[Turn, ...] = ()
    first: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The documents that are asked.

    Attributes:
        doc_ids: Empty for all.
        number: Higher for every later choice; 0 before the first.
    """

    doc_ids: tuple[str, ...] = ()
    number: int = 0


class PageState:
    """A conversation and the documents it is with. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin without turns, with all documents."""
        self._lock = threading.Lock()
        self._conversation = Conversation()
        self._changing: set[int] = set()
        self._choice = Choice()

    def __deepcopy__(self, memo: object) -> "PageState":
        """Begin another: Gradio copies what every person begins with."""
        return PageState()

    @property
    def conversation(self) -> Conversation:
        """The conversation as it is now."""
        with self._lock:
            return self._conversation

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the documents that are asked; empty for all."""
        with self._lock:
            return self._choice.doc_ids

    def add(self, turn: Turn) -> Conversation:
        """Add a turn; the oldest of very many are forgotten."""
        with self._lock:
            turns = (*self._conversation.turns, turn)
            dropped = max(0, len(turns) - _KEPT_TURNS)
            self._conversation = Conversation(
                turns[dropped:], self._conversation.first + dropped, self._conversation.version + 1
            )
            return self._conversation

    def change(self, number: int, make: Callable[[Turn], Turn]) -> Conversation:
        """Put what is made of a turn in its place.

        One that is not there, or that another thread is changing, is left alone. Making may take
        long: meanwhile other turns are added and changed.
        """
        with self._lock:
            place = number - self._conversation.first
            if number in self._changing or not 0 <= place < len(self._conversation.turns):
                return self._conversation
            turn = self._conversation.turns[place]
            self._changing.add(number)
        try:
            made = make(turn)
            with self._lock:
                return self._put(number, made)
        finally:
            with self._lock:
                self._changing.remove(number)

    def _put(self, number: int, turn: Turn) -> Conversation:
        now, place = self._conversation, number - self._conversation.first
        if place >= 0:  # it may have been forgotten meanwhile
            turns = (*now.turns[:place], turn, *now.turns[place + 1 :])
            self._conversation = Conversation(turns, now.first, now.version + 1)
        return self._conversation

    def choose(self, doc_ids: Sequence[str], number: int) -> Choice:
        """Choose documents, unless others were chosen later; return the choice that counts.

        Args:
            doc_ids: Empty for all.
            number: Of the choice, from 1, as the page counts them.
        """
        with self._lock:
            if number > self._choice.number:
                self._choice = Choice(tuple(doc_ids), number)
            return self._choice
