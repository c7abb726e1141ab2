"""Let people and programs into the collections that they may use, and to the pages around them.

To whom nobody has given a right a collection is not there: whatever is asked of it is answered as
for a name that no collection has. Does not know what is in a collection.
"""

import math
from dataclasses import dataclass

from qa.errors import QAError
from qa.team.caller import Caller, Callers
from qa.team.pages.pages import Pages
from qa.team.rates import Rate
from qa.team.records.rights import Right
from qa.team.records.team import Team
from qa.team.rooms import BELOW, Rooms
from qa.ui.gate import ASK
from qa.web.person import asked_as
from qa.web.visit import RefusedError, Visit

_QUESTIONS = frozenset({ASK, "v1/ask", "v1/search", "mcp"})
# Of the page's functions and the interfaces, what is written down.
_NOTED = {
    ASK: "ask",
    "v1/ask": "ask",
    "v1/search": "search",
    "mcp": "use tools",
    "v1/feedback": "judge",
    "judge": "judge",
    "open_place": "open a document",
    "upload": "upload",
    "add_files": "add documents",
    "remove_documents": "remove documents",
    "undo_removal": "put documents back",
    "check_changes": "read what has changed",
    "start_evaluation": "measure",
    "stop_evaluation": "stop measuring",
    "correct_feedback": "correct a verdict",
    "delete_feedback": "delete a verdict",
    "export_feedback": "export verdicts",
    "export_conversation": "export a conversation",
    "rename_conversation": "rename a conversation",
    "delete_conversation": "delete a conversation",
    "restore_conversation": "restore a conversation",
}
# What takes the right to add; verdicts hold what others have asked.
_ADDING = frozenset(
    """upload add_files remove_documents undo_removal check_changes dismiss_failures
    start_evaluation stop_evaluation follow_evaluation read_report list_feedback correct_feedback
    delete_feedback export_feedback""".split()
)
_CALLER, _RIGHT = "qa.caller", "qa.right"
# By no proxy, and by no browser that somebody else uses after one has signed out.
_NOT_KEPT = {"Cache-Control": "no-store"}
_FILES = ("/assets/", "/static/", "/svelte/")  # the program's own, the same for everybody
_NOT_HERE = "there is nothing here, or nothing that you may see"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may do in a minute.

    Attributes:
        questions: How many questions, of all their programs and windows.
    """

    questions: int = 120


class Watch:
    """Counts what is asked, and writes down who did what."""

    def __init__(self, team: Team, limits: Limits) -> None:
        """Prepare."""
        self._team = team
        self._questions = Rate(limits.questions, 60.0)
        self._told = Rate(1, 60.0)  # that it was too many

    def called(self, collection: str, visit: Visit, name: str) -> None:
        """Note that something is called.

        Raises:
            RefusedError: This person may not, or has asked too much in this minute.
        """
        caller: Caller = visit.scope[_CALLER]
        person = caller.person.name
        is_refused = name in _ADDING and visit.scope[_RIGHT] < Right.ADD
        wait = self._questions.take(person) if name in _QUESTIONS else 0.0
        outcome = "refused" if is_refused else "too many" if wait else "let in"
        act = _NOTED.get(name)
        if act and not (wait and self._told.take(person)):
            self._team.audit.note(
                person,
                act,
                collection=collection,
                detail=f"key {caller.key}" if caller.key else "",
                address=visit.address,
                outcome=outcome,
            )
        if is_refused:
            raise RefusedError(403, "you may ask here, and not change or measure anything")
        if wait:
            raise RefusedError(
                429,
                f"that is too many questions for one minute: go on in {math.ceil(wait)} seconds",
                {"Retry-After": str(math.ceil(wait))},
            )


class Door:
    """The gate of everything that a team is served."""

    def __init__(self, team: Team, callers: Callers, rooms: Rooms, pages: Pages) -> None:
        """Prepare."""
        self._team = team
        self._callers = callers
        self._rooms = rooms
        self._pages = pages

    def leads_to(self, path: str) -> bool:
        """Whether a path is one of the team's: all are."""
        return path.startswith("/")

    async def let_in(self, visit: Visit) -> None:
        """Answer a request, or pass it on.

        Raises:
            RefusedError: It is not let in.
        """
        named = self._callers.named(visit)
        visit = self._callers.sender(visit)
        try:
            await self._let_in(visit, named)
        except QAError as error:
            await self._pages.refuse(visit, RefusedError(503, str(error)))
        except RefusedError as refused:
            await self._pages.refuse(visit, refused)

    async def _let_in(self, visit: Visit, named: str) -> None:
        caller = self._callers.of(visit, named)
        path = str(visit.scope["path"])
        if not path.startswith(BELOW):
            await self._pages.let_in(visit, caller)
            return
        if caller is None:
            await self._pages.ask_who(visit)
            return
        name, slash, _ = path.removeprefix(BELOW).partition("/")
        right = self._right(caller, name)
        collection = self._team.collections.find(name)
        if collection is None or right < Right.ASK:
            raise RefusedError(404, _NOT_HERE)
        if not slash:
            await visit.send_to(f"{path}/")
            return
        with asked_as(caller.person.name):
            inside = visit.below(f"{BELOW}{name}")
            if not inside.path.startswith(_FILES):
                inside = inside.with_headers(_NOT_KEPT)
            inside.scope[_CALLER], inside.scope[_RIGHT] = caller, right
            for gate in await self._rooms.gates(collection, may_add=right >= Right.ADD):
                if gate.leads_to(inside.path):
                    await gate.let_in(inside)
                    return

    def _right(self, caller: Caller, name: str) -> Right:
        if caller.only and caller.only != name:
            return Right.NOTHING
        return self._team.rights.of(caller.person, name)
