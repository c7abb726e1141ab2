"""Say what a conversation is, and remember which documents one tab of a browser asks.

Conversations themselves are kept in `ui.history`. Does not know Gradio, or how an answer is made.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from qa.converse.conversation import Reply
from qa.converse.overview import Overview
from qa.schema import Answer, Citation


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation: its answer, or what went wrong.

    Attributes:
        question: As typed.
        answer: None if something went wrong, or if it is no question to the documents.
        error: What went wrong, or empty.
        only: How many documents it was asked of; 0 for all.
        verdict: What the person thought of the answer (`feedback.Verdict`), or empty.
        sent_as: Number under which the page sent it; 0 if it gave none.
        at: When it was answered, ISO 8601, UTC; empty before it is kept.
        understood: What the documents were asked, where that is more than what was typed.
        said: The program's own words, for small talk and where there is nothing more.
        overview: Of documents, where one was asked for.
        more: Further sentences about what was asked before.
    """

    question: str
    answer: Answer | None
    error: str = ""
    only: int = 0
    verdict: str = ""
    sent_as: int = 0
    at: str = ""
    understood: str = ""
    said: str = ""
    overview: Overview | None = None
    more: tuple[Citation, ...] = ()

    @classmethod
    def of_reply(cls, given: Reply, only: int = 0) -> "Turn":
        """Make a turn of a reply.

        Args:
            given: What came back.
            only: How many documents were asked; 0 for all.
        """
        return cls(
            given.question,
            given.answer,
            only=only,
            understood=given.understood,
            said=given.said,
            overview=given.overview,
            more=given.more,
        )

    @property
    def reply(self) -> Reply:
        """What came back, for what is asked next."""
        return Reply(
            self.question, self.understood, self.answer, self.said, self.overview, self.more
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation at one moment.

    Attributes:
        turns: In the order in which they were answered.
        version: Higher after every change.
        id: Which conversation; empty for one that is not kept.
        title: Its first question, unless a person has named it.
        problem: Why it is not kept, or empty.
    """

    turns: tuple[Turn, ...] = ()
    version: int = 0
    id: str = ""
    title: str = ""
    problem: str = ""


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
    """The documents that a tab asks. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with all documents."""
        self._lock = threading.Lock()
        self._choice = Choice()

    def __deepcopy__(self, memo: object) -> "PageState":
        """Begin another: Gradio copies what every person begins with."""
        return PageState()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the documents that are asked; empty for all."""
        with self._lock:
            return self._choice.doc_ids

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
