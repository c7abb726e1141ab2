"""Draw the left pane: the welcome, and the questions with their answers."""

from collections.abc import Collection, Sequence
from typing import Any

from qa.evaluate.feedback import makes_test
from qa.ui.page_state import Turn
from qa.ui.views.page import TEMPLATES
from qa.ui.views.writing import writing_html


def welcome_html(
    examples: Sequence[str],
    documents: int,
    *,
    can_add: bool,
    is_down: bool = False,
    problem: str = "",
) -> str:
    """Draw the left pane while nothing has been asked.

    Args:
        examples: Questions to suggest.
        documents: How many there are.
        can_add: Whether documents can be added here.
        is_down: Whether the documents cannot be asked just now; `problem` says why.
        problem: Why a conversation is not shown instead, or empty.
    """
    return TEMPLATES.render(
        "welcome.html",
        examples=examples,
        documents=documents,
        can_add=can_add,
        is_down=is_down,
        problem=problem,
    )


def suggestions_html(questions: Sequence[str]) -> str:
    """Draw what may be asked next, above the question box; empty if it is nothing."""
    return TEMPLATES.render("suggestions.html", questions=questions) if questions else ""


def conversation_html(
    turns: Sequence[Turn],
    *,
    conversation: str = "",
    version: int = 0,
    problem: str = "",
    can_judge: bool = True,
    repeated: Collection[str] = (),
    writes: bool = False,
) -> str:
    """Draw the left pane as a conversation.

    Args:
        turns: In order.
        conversation: Its id; the script leaves what is of another.
        version: Of the conversation; the script leaves what is older than what it has shown.
        problem: Why it is not kept, or empty.
        can_judge: Whether verdicts on answers are kept here.
        repeated: Titles that several documents have: their files are named, too.
        writes: Whether a model writes about answers.
    """
    return TEMPLATES.render(
        "conversation.html",
        turns=[_shown(turn, number) for number, turn in enumerate(turns)],
        conversation=conversation,
        version=version,
        problem=problem,
        can_judge=can_judge,
        repeated=repeated,
        writes=writes,
    )


def _shown(turn: Turn, number: int) -> dict[str, Any]:
    answer = turn.answer
    others = [
        found
        for found in (answer.passages if answer else ())
        if answer and not any(found.passage.holds(citation) for citation in answer.citations)
    ]
    return {
        "number": number,
        "sent_as": turn.sent_as,
        "question": turn.question,
        "only": turn.only,
        "answer": answer,
        "others": others,
        "error": turn.error,
        "verdict": turn.verdict,
        "makes_test": answer is not None and makes_test(answer.state),
        "understood": turn.understood,
        "said": turn.said,
        "overview": turn.overview,
        "more": turn.more,
        "written": writing_html(turn.written) if turn.written else "",
    }
