"""Keep conversations in the file if that can be done, and go on without it if not."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from qa.errors import HistoryError
from qa.ui.history.store import ConversationStore, Entry
from qa.ui.page_state import Conversation, Turn

T = TypeVar("T")


class History:
    """The conversations of a program. Safe to use from several threads.

    What the file cannot take is kept in memory until the program ends, and says so: a conversation
    that is in memory stays there.
    """

    def __init__(self, path: Path | None) -> None:
        """Prepare.

        Args:
            path: The file; None where no conversation is to be written down.
        """
        self._file = ConversationStore(path) if path else None
        self._memory = ConversationStore(None)
        self._in_memory: set[str] = set()
        self._lock = threading.Lock()
        self._problem = ""
        if self._file:
            self._try(self._file.forget, None)  # deleted before the program ended

    @property
    def is_kept(self) -> bool:
        """Whether conversations are to outlive the program."""
        return self._file is not None

    @property
    def problem(self) -> str:
        """Why the file cannot be used, or empty."""
        with self._lock:
            return self._problem

    def add(self, conversation: str, turn: Turn, *, owner: str = "") -> Conversation:
        """Add a turn to a conversation; return the whole.

        Raises:
            HistoryError: The id cannot name a conversation.
        """
        if self._file and not self._is_in_memory(conversation):
            try:
                added = self._file.add(conversation, turn, owner=owner)
                self._say("")
                return added
            except HistoryError as error:
                self._move_to_memory(conversation, str(error), owner)
        return self._noted(self._memory.add(conversation, turn, owner=owner))

    def read(self, conversation: str) -> Conversation:
        """Return a conversation as it is now; one that is not there is empty."""
        if self._file and not self._is_in_memory(conversation):
            return self._try(
                lambda: self._of_file.read(conversation), Conversation(id=conversation)
            )
        return self._noted(self._memory.read(conversation))

    def change(self, conversation: str, number: int, make: Callable[[Turn], Turn]) -> Conversation:
        """Put what is made of a turn in its place; see `ConversationStore.change`."""
        if self._file and not self._is_in_memory(conversation):
            try:
                return self._file.change(conversation, number, make)
            except HistoryError as error:
                self._move_to_memory(conversation, str(error), "")
        return self._noted(self._memory.change(conversation, number, make))

    def entries(self, query: str = "", owner: str | None = None) -> list[Entry]:
        """List the conversations that are kept; see `ConversationStore.entries`."""
        if self._file is None:
            return []
        return self._try(lambda: self._of_file.entries(query, owner), [])

    def owner(self, conversation: str) -> str | None:
        """Say who began a conversation that is kept; None if there is none."""
        return self._try(lambda: self._of_file.owner(conversation), None) if self._file else None

    def rename(self, conversation: str, title: str) -> None:
        """Name a conversation that is kept."""
        if self._file:
            self._try(lambda: self._of_file.rename(conversation, title), None)

    def delete(self, conversation: str) -> None:
        """Delete a conversation; until the next is deleted it can be restored."""
        if self._file:
            self._try(lambda: self._of_file.delete(conversation), None)

    def restore(self, conversation: str) -> None:
        """Put a conversation back that was deleted last."""
        if self._file:
            self._try(lambda: self._of_file.restore(conversation), None)

    @property
    def _of_file(self) -> ConversationStore:
        assert self._file is not None
        return self._file

    def _try(self, call: Callable[[], T], otherwise: T) -> T:
        try:
            return call()
        except HistoryError as error:
            self._say(str(error))
            return otherwise

    def _say(self, problem: str) -> None:
        with self._lock:
            self._problem = problem

    def _is_in_memory(self, conversation: str) -> bool:
        with self._lock:
            return conversation in self._in_memory

    def _noted(self, conversation: Conversation) -> Conversation:
        """Say why a conversation that is in memory is there."""
        return replace(conversation, problem=self.problem)

    def _move_to_memory(self, conversation: str, problem: str, owner: str) -> None:
        """Go on with a conversation in memory, with what of it can still be read."""
        with self._lock:
            is_moved = conversation in self._in_memory
            self._in_memory.add(conversation)
        if not is_moved:
            before = self._try(lambda: self._of_file.read(conversation), Conversation())
            for turn in before.turns:
                self._memory.add(conversation, turn, owner=owner)
        self._say(problem)
