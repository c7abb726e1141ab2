"""The left pane: answer questions, keep verdicts on the answers, suggest what to ask."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from time import perf_counter

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.answer.live import LiveAnswerer
from qa.answer.pipeline import Answerer
from qa.converse.conversation import exchanges_of, reply
from qa.converse.present import state_of
from qa.converse.talk import answer_to, small_talk
from qa.errors import IndexMissingError, QAError, StoreError
from qa.evaluate.feedback import Feedback, Verdict, makes_test
from qa.ui.examples import Examples
from qa.ui.library import Library
from qa.ui.page_state import Conversation, Turn
from qa.ui.panes.opened import opened
from qa.ui.views.conversation import conversation_html, welcome_html
from qa.words import without_half_pairs

_REMEMBERED = 20  # turns that a question can mean
_GONE = "The documents that were picked are no longer there: ask all documents, or pick others."


class ConversationPane:
    """Questions and their answers. Safe to use from several threads."""

    def __init__(
        self,
        live: LiveAnswerer,
        library: Library | None,
        feedback: Feedback,
        *,
        writes: bool = False,
        asked: Callable[[str, float], None] = lambda state, seconds: None,
    ) -> None:
        """Prepare.

        Args:
            live: Answers.
            library: Adds and removes documents; None where they stay as they are.
            feedback: Keeps what people think of answers.
            writes: Whether a model writes about answers.
            asked: Told what came of each question, and after how many seconds.
        """
        self._live = live
        self._library = library
        self._feedback = feedback
        self._writes = writes
        self._asked = asked
        self._examples = Examples()
        self._titles: tuple[str, frozenset[str]] = ("", frozenset())

    def show(self, conversation: Conversation) -> str:
        """Draw a conversation, or a welcome while it is empty."""
        if conversation.turns:
            return conversation_html(
                conversation.turns,
                conversation=conversation.id,
                version=conversation.version,
                problem=conversation.problem,
                can_judge=not self._feedback.read_only,
                repeated=self._repeated(opened(self._live)),
                writes=self._writes,
            )
        if self._live.problem:
            return welcome_html([], 0, can_add=False, is_down=True, problem=self._live.problem)
        answerer, can_add = opened(self._live), self._library is not None
        examples = self._examples.of(answerer) if answerer else []
        count = answerer.index.store.n_documents if answerer else 0
        return welcome_html(examples, count, can_add=can_add, problem=conversation.problem)

    def ask(
        self,
        question: str,
        only: Collection[str],
        earlier: Sequence[Turn] = (),
        *,
        is_whole: bool = False,
    ) -> Turn:
        """Answer a turn of a conversation, or say what went wrong.

        Args:
            question: As typed.
            only: Ids of the documents that are asked; empty for all.
            earlier: The turns before.
            is_whole: Whether it is to be asked as it is, whatever was said before.
        """
        try:
            answerer = self._live.current()
            if only:
                known = answerer.index.store.hashes()
                if not any(doc_id in known for doc_id in only):
                    return Turn(_short(question), None, _GONE, only=len(only))
            said = exchanges_of([turn.reply for turn in earlier[-_REMEMBERED:]])
            began = perf_counter()
            given = reply(answerer, question, said, only or None, is_whole=is_whole)
            self._asked(state_of(given), perf_counter() - began)
        except IndexMissingError:
            talk = small_talk(question)
            if talk:
                return Turn(_short(question), None, said=answer_to(talk, []))
            return Turn(_short(question), None, self._nothing_yet())
        except QAError as error:
            return Turn(_short(question), None, str(error))
        return Turn.of_reply(given, only=len(only))

    def suggest(self, turns: Sequence[Turn]) -> list[str]:
        """Suggest what to ask after some turns: nothing unless the last was answered."""
        answerer = opened(self._live)
        answer = turns[-1].answer if turns else None
        if answerer is None or answer is None or not answer.citations:
            return []
        asked = [text for turn in turns for text in (turn.question, turn.understood)]
        try:
            return self._examples.after(answerer, answer.citations[0], asked)
        except QAError:
            return []

    def judge(self, turn: Turn, verdict: str) -> Turn:
        """Keep a person's verdict on an answer; say so in the turn."""
        answerer = opened(self._live)
        if turn.answer is None or turn.verdict or verdict not in list(Verdict):
            return turn
        if not makes_test(turn.answer.state):
            return turn
        generation = answerer.index.generation if answerer else ""
        try:
            self._feedback.add(turn.answer, Verdict(verdict), generation=generation)
        except QAError as error:
            return replace(turn, error=str(error))
        return replace(turn, verdict=verdict, error="")

    def _repeated(self, answerer: Answerer | None) -> frozenset[str]:
        """Return the titles that several documents have, looked for once a generation."""
        if answerer is None:
            return frozenset()
        generation, titles = self._titles
        if generation != answerer.index.generation:
            try:
                counts = Counter(document.title for document in answerer.documents())
            except StoreError:
                return titles
            titles = frozenset(title for title, count in counts.items() if count > 1)
            self._titles = answerer.index.generation, titles
        return titles

    def _nothing_yet(self) -> str:
        if self._library is None:
            return "There are no documents yet."
        if self._library.status().running:
            return "The documents are being read; ask again when the first is ready."
        return "There are no documents yet: add some first."


def _short(question: str) -> str:
    return without_half_pairs(question[:MAX_QUESTION_CHARACTERS])
