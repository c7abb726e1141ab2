"""What one person at the page has asked and chosen, whatever order answers come in.

Knows turns. Does not know Gradio, or how an answer is made.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.ui.render import Turn

_KEPT_TURNS = 50


@dataclass(frozen=True, slots=True)
class Talk:
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


class Visit:
    """A conversation and the documents it is with. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin without turns, with all documents."""
        self._lock = threading.Lock()
        self._talk = Talk()
        self._changing: set[int] = set()
        self._choice = Choice()

    def __deepcopy__(self, memo: object) -> "Visit":
        """Begin another: a page copies what its visits begin with."""
        return Visit()

    @property
    def talk(self) -> Talk:
        """The conversation as it is now."""
        with self._lock:
            return self._talk

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the documents that are asked; empty for all."""
        with self._lock:
            return self._choice.doc_ids

    def add(self, turn: Turn) -> Talk:
        """Add a turn; the oldest of very many are forgotten."""
        with self._lock:
            turns = (*self._talk.turns, turn)
            dropped = max(0, len(turns) - _KEPT_TURNS)
            self._talk = Talk(turns[dropped:], self._talk.first + dropped, self._talk.version + 1)
            return self._talk

    def change(self, number: int, make: Callable[[Turn], Turn]) -> Talk:
        """Put what is made of a turn in its place.

        One that is not there, or that another thread is changing, is left alone. Making may take
        long: meanwhile other turns are added and changed.
        """
        with self._lock:
            place = number - self._talk.first
            if number in self._changing or not 0 <= place < len(self._talk.turns):
                return self._talk
            turn = self._talk.turns[place]
            self._changing.add(number)
        try:
            made = make(turn)
            with self._lock:
                return self._put(number, made)
        finally:
            with self._lock:
                self._changing.remove(number)

    def _put(self, number: int, turn: Turn) -> Talk:
        talk, place = self._talk, number - self._talk.first
        if place >= 0:  # it may have been forgotten meanwhile
            turns = (*talk.turns[:place], turn, *talk.turns[place + 1 :])
            self._talk = Talk(turns, talk.first, talk.version + 1)
        return self._talk

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
