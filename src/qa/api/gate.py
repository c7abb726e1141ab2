"""Let in what programs ask for, in sizes and numbers that can be borne."""

from collections.abc import Callable, Collection
from dataclasses import replace

from starlette.types import ASGIApp

from qa.api.keys import Keys
from qa.web.turns import Turns
from qa.web.visit import RefusedError, Visit

_BODY_BYTES = 2_000_000  # an answer object with a hundred passages


class ProgramGate:
    """Lets programs in, and passes them on to what answers them."""

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        questions: Turns,
        keys: Keys | None,
        methods: Collection[str] | None = None,
        called: Callable[[Visit, str], None] = lambda visit, name: None,
    ) -> None:
        """Prepare.

        Args:
            app: Answers.
            path: What stands below it.
            questions: Whose turn it is to ask.
            keys: Whom it answers; None for everybody.
            methods: What may be done; None if `app` says so itself.
            called: Told what is asked for, before it is done; may refuse.
        """
        self._called = called
        self._app = app
        self._path = path
        self._questions = questions
        self._keys = keys
        self._methods = methods
        # Lists and counts must not be held up by questions.
        self._lists = Turns(at_once=8, waiting=256, waiting_each=64)

    def leads_to(self, path: str) -> bool:
        """Whether a path is below this one."""
        return path == self._path or path.startswith(f"{self._path}/")

    async def let_in(self, visit: Visit) -> None:
        """Pass a request on, when it is its turn.

        Raises:
            RefusedError: It is not let in.
        """
        client = self._client(visit)
        if self._methods is not None and visit.method not in self._methods:
            allowed = ", ".join(self._methods)
            raise RefusedError(405, f"expected {allowed}", {"Allow": allowed})
        visit = replace(visit, app=self._app)
        if visit.method != "POST":
            await visit.take_turn(self._lists, client)
            return
        visit.check_size(_BODY_BYTES)
        kind = visit.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_empty = visit.headers["content-length"].strip("0") == ""
        if (
            kind != "application/json" and not is_empty
        ):  # what another page may send without asking is not
            raise RefusedError(415, "expected JSON: send it with Content-Type: application/json")
        body = await visit.whole()
        self._called(visit, visit.path.removeprefix("/"))
        await visit.take_turn(self._questions, client, body)

    def _client(self, visit: Visit) -> str:
        """Name who asks.

        Raises:
            RefusedError: A key is wanted, and none that is known has been sent.
        """
        if self._keys is None:
            return visit.client("a program")
        holder = self._keys.holder(visit.headers.get("authorization", ""))
        if holder is None:
            raise RefusedError(
                401,
                "expected a key that this server knows: send it with Authorization: Bearer KEY",
                {"WWW-Authenticate": "Bearer"},
            )
        return holder
