"""What was said before: open, list, find, rename and delete conversations."""

import base64
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from qa.answer.live import LiveAnswerer
from qa.errors import HistoryError, StoreError
from qa.ui.export.markdown import to_markdown
from qa.ui.export.word import to_word
from qa.ui.history.history import History
from qa.ui.history.recheck import Rechecker
from qa.ui.history.store import is_conversation_id
from qa.ui.page_state import Conversation, Turn
from qa.ui.panes.conversation import ConversationPane
from qa.ui.panes.opened import opened
from qa.ui.views.conversation import suggestions_html
from qa.ui.views.history import entries_html, history_html
from qa.waiting import is_waited_for

_NAME_CHARACTERS = 60
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_GONE = "This conversation is not kept here: it was deleted, or begun elsewhere."


class HistoryPane:
    """The conversations that are kept. Safe to use from several threads."""

    def __init__(
        self,
        history: History,
        conversation: ConversationPane,
        live: LiveAnswerer,
        *,
        is_shared: bool,
    ) -> None:
        """Prepare.

        Args:
            history: Keeps them.
            conversation: Draws them, and judges their answers.
            live: Has the documents that they cite.
            is_shared: Whether people on other machines use the page: then everybody is listed
                only what they began.
        """
        self._history = history
        self._conversation = conversation
        self._live = live
        self._is_shared = is_shared
        self._rechecker = Rechecker()

    def show(self) -> str:
        """Draw the drawer, without its list."""
        return history_html(is_kept=self._history.is_kept)

    def read(self, conversation: str) -> Conversation:
        """Return a conversation as it was kept; one that is not there is empty."""
        if not is_conversation_id(conversation):
            return Conversation()
        return self._history.read(conversation)

    def open(self, conversation: str, *, is_expected: bool = False) -> str:
        """Draw a conversation; the welcome if nothing has been asked in it.

        Args:
            conversation: Its id.
            is_expected: Whether somebody asked for this very one: then it is said if it is gone.
        """
        now = self.read(conversation)
        if is_expected and not now.turns:
            now = replace(now, id=conversation, problem=self._history.problem or _GONE)
        return self._drawn(now)

    def ask(
        self,
        conversation: str,
        question: str,
        only: Collection[str],
        *,
        sent_as: int,
        owner: str,
        is_whole: bool = False,
    ) -> str:
        """Answer a turn of a conversation and draw it; nothing is kept that was taken back.

        Args:
            conversation: Its id.
            question: As typed.
            only: Ids of the documents that are asked; empty for all.
            sent_as: Number under which the page sent it.
            owner: The name that the browser has given itself.
            is_whole: Whether it is to be asked as it is, whatever was said before.
        """
        if not is_waited_for():
            return ""
        earlier = self.read(conversation).turns
        turn = self._conversation.ask(question, only, earlier, is_whole=is_whole)
        if not is_waited_for():
            return ""
        return self.add(conversation, replace(turn, sent_as=sent_as), owner)

    def add(self, conversation: str, turn: Turn, owner: str) -> str:
        """Add a turn to a conversation and draw it."""
        try:
            return self._drawn(self._history.add(conversation, turn, owner=owner))
        except HistoryError as error:  # a browser may send any id
            return self._drawn(Conversation((turn,), problem=str(error)))

    def suggest(self, conversation: str) -> str:
        """Draw what may be asked next in a conversation; nothing where nothing was answered."""
        return suggestions_html(self._conversation.suggest(self.read(conversation).turns))

    def judge(self, conversation: str, number: int, verdict: str) -> str:
        """Keep a person's verdict on an answer; draw the conversation."""
        if not is_conversation_id(conversation):
            return self._drawn(Conversation())
        changed = self._history.change(
            conversation, number, lambda turn: self._conversation.judge(turn, verdict)
        )
        return self._drawn(changed)

    def entries(self, query: str, owner: str) -> dict[str, Any]:
        """List the conversations in which the words of a query stand, for the page's script."""
        entries = self._history.entries(query, owner if self._is_shared else None)
        return {"html": entries_html(entries, query), "problem": self._history.problem}

    def export(self, conversation: str, kind: str) -> dict[str, str]:
        """Write a conversation down, for the page's script.

        Args:
            conversation: Its id.
            kind: `word`, or anything else for Markdown.
        """
        now = self._checked(self.read(conversation))
        name = re.sub(r"[^\w-]+", " ", now.title).strip()[:_NAME_CHARACTERS] or "conversation"
        if kind == "word":
            content, ending, mime = to_word(now), "docx", _WORD
        else:
            content, ending, mime = to_markdown(now).encode(), "md", "text/markdown"
        encoded = base64.b64encode(content).decode("ascii")
        return {"name": f"{name}.{ending}", "mime": mime, "content": encoded}

    def rename(self, conversation: str, title: str, owner: str) -> None:
        """Name a conversation."""
        if self._may_change(conversation, owner):
            self._history.rename(conversation, title)

    def delete(self, conversation: str, owner: str) -> None:
        """Delete a conversation."""
        if self._may_change(conversation, owner):
            self._history.delete(conversation)

    def restore(self, conversation: str, owner: str) -> None:
        """Undo a deletion."""
        if self._may_change(conversation, owner):
            self._history.restore(conversation)

    def _may_change(self, conversation: str, owner: str) -> bool:
        return not self._is_shared or self._history.owner(conversation) == owner

    def _checked(self, now: Conversation) -> Conversation:
        answerer = opened(self._live)
        try:
            turns = tuple(self._rechecker.checked(turn, answerer) for turn in now.turns)
        except StoreError:  # it is shown as it was kept
            return now
        return replace(now, turns=turns)

    def _drawn(self, now: Conversation) -> str:
        return self._conversation.show(self._checked(now))
