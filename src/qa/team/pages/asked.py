"""What is asked of a page around the collections, by whom, and what became of it before."""

from dataclasses import dataclass, field, replace
from typing import Any

from qa.team.caller import Caller
from qa.team.pages.replies import Form, read_fields
from qa.web.visit import Visit


class Refusal(Exception):  # noqa: N818 - no error, an answer
    """What a form asks for is not done: a page says why, with a status of its own."""

    def __init__(self, status: int, why: str) -> None:
        """Prepare."""
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a page, or with its form.

    Attributes:
        visit: The request.
        caller: Who sends it; None for a stranger.
        form: What was filled in.
        problem: Why what it asked for was not done, or empty.
        made: A secret that was just made, to be shown once.
    """

    visit: Visit
    caller: Caller | None
    form: Form = field(default_factory=Form)
    problem: str = ""
    made: str = ""

    @classmethod
    def of(cls, visit: Visit, caller: Caller | None, form: Form | None = None) -> "Asked":
        """Take a request."""
        return cls(visit, caller, form or Form())

    @property
    def who(self) -> Caller:
        """Who sends it, where no stranger can."""
        assert self.caller is not None
        return self.caller

    def query(self, name: str) -> str:
        """Read a field of the address."""
        sent: bytes = self.visit.scope["query_string"]
        return read_fields(sent.decode("latin-1")).get(name, "")

    def with_problem(self, problem: str) -> "Asked":
        """Return the same with why it was not done."""
        return replace(self, problem=problem)

    def with_made(self, secret: str) -> "Asked":
        """Return the same with a secret that was just made."""
        return replace(self, made=secret)

    def shown(self) -> dict[str, Any]:
        """Return what every page of a person shows."""
        return {
            "person": self.who.person,
            "token": self.who.form_token,
            "problem": self.problem,
            "path": self.visit.path,
        }
