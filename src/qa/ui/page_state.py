"""Say what a conversation is.

Conversations themselves are kept in `ui.history`. Does not know Gradio, or how an answer is made.
"""

from dataclasses import dataclass

from qa.converse.conversation import Reply
from qa.converse.overview import Overview
from qa.schema import Answer, Citation
from qa.write.writer import Written


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
        written: What a model of the user's wrote about the answer, checked; None if none did.
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
    written: Written | None = None

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
