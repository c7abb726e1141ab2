"""The pages around the collections: sign in, choose a collection, look after one's own account.

What changes something is a form with a token that only a page of ours can have read. Does not know
what is in a collection.
"""

import hmac
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from qa.errors import UsageError
from qa.team.caller import Caller, session_of
from qa.team.pages.admin import admin_pages
from qa.team.pages.asked import Asked, Refusal
from qa.team.pages.replies import FORM_BYTES, Form, Reply, is_opened, page, refuse, send, send_asset
from qa.team.rates import Rate
from qa.team.records.keys import MOST_DAYS
from qa.team.records.names import one_name
from qa.team.records.people import LEAST_CHARACTERS
from qa.team.records.rights import Right
from qa.team.records.team import Team
from qa.team.signin import OtherSignIn
from qa.web.turns import Turns
from qa.web.visit import RefusedError, Visit

COLLECTIONS = "/v1/collections"
Handler = Callable[[Asked], Reply]
_SIGN_IN_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Open:
    """What may be asked for without an account: what it shows, and what its form does."""

    show: Handler
    act: Handler


class Pages:
    """Answers what is asked for outside the collections."""

    def __init__(
        self, team: Team, *, is_secure: bool = False, other: OtherSignIn | None = None
    ) -> None:
        """Prepare.

        Args:
            team: Whom it is for.
            is_secure: Whether browsers reach it over TLS alone.
            other: Another service at which people can sign in; None for none.
        """
        self._team = team
        self._is_secure = is_secure
        self._other = other
        # A hash takes 64 MB and a tenth of a second: that many at a time, and so often.
        self._hashing = Turns(at_once=2, waiting=64, waiting_each=8)
        # What failed is counted: for a name from one address, and so that neither guessing one
        # password for many names nor from many addresses leads far.
        self._failed = Rate(10, _SIGN_IN_SECONDS)
        self._failed_in_all = Rate(100, _SIGN_IN_SECONDS)
        self._told = Rate(1, 60.0)  # that it was too often
        self._open: Mapping[str, _Open] = {
            "/login": _Open(self._show_sign_in, self._sign_in),
            "/invitation": _Open(self._show_invitation, self._accept),
        }
        self._pages: Mapping[str, tuple[Handler, Handler]] = {
            "/": (self._home, self._sign_out),
            "/account": (self._account, self._change_account),
            **admin_pages(team),
        }

    async def ask_who(self, visit: Visit) -> None:
        """Send a person to sign in; a program is told to.

        Raises:
            RefusedError: It is no person who opens a page.
        """
        if visit.method != "GET" or not is_opened(visit):
            raise RefusedError(
                401,
                "sign in first, or send a key of yours with Authorization: Bearer KEY",
                {"WWW-Authenticate": "Bearer"},
            )
        query = visit.scope["query_string"].decode("latin-1")
        path = f"{visit.scope['path']}{'?' if query else ''}{query}"
        await visit.send_to(f"/login?next={quote(path, safe='')}")

    async def refuse(self, visit: Visit, refused: RefusedError) -> None:
        """Show a person why what they opened is not let in.

        Raises:
            RefusedError: It is no person who opens a page.
        """
        await refuse(visit, refused, is_secure=self._is_secure)

    async def let_in(self, visit: Visit, caller: Caller | None) -> None:
        """Answer a request.

        Raises:
            RefusedError: It is not let in.
        """
        if await send_asset(visit):
            return
        if self._other is not None and await self._other.let_in(visit, self._is_secure):
            return
        if visit.path == COLLECTIONS:
            await self._list_collections(visit, caller)
            return
        opened = self._open.get(visit.path)
        if opened is None and caller is None:
            await self.ask_who(visit)
            return
        show, act = (opened.show, opened.act) if opened else self._of(visit.path, caller)
        if visit.method in ("GET", "HEAD"):
            reply = await run_in_threadpool(show, Asked.of(visit, caller))
        elif visit.method == "POST":
            reply = await self._act(visit, caller, show, act, is_open=opened is not None)
        else:
            raise RefusedError(405, "expected GET, POST", {"Allow": "GET, POST"})
        await send(visit, reply, is_secure=self._is_secure)

    def _of(self, path: str, caller: Caller | None) -> tuple[Handler, Handler]:
        found = self._pages.get(path)
        if found is None or (caller is not None and caller.key):
            raise RefusedError(404, "there is nothing here, or nothing that you may see")
        return found

    async def _act(
        self, visit: Visit, caller: Caller | None, show: Handler, act: Handler, *, is_open: bool
    ) -> Reply:
        visit.check_size(FORM_BYTES)
        form = Form.of(await visit.whole())
        asked = Asked.of(visit, caller, form)
        if not is_open and caller is not None:
            token = form.text("token").encode()
            if not hmac.compare_digest(caller.form_token.encode(), token):
                raise RefusedError(403, "this page is too old: open it again")
        try:
            if not (is_open or form.secret("password")):
                return await run_in_threadpool(act, asked)
            return await self._with_password(act, asked)
        except (UsageError, Refusal) as error:
            status = error.status if isinstance(error, Refusal) else 400
            shown = await run_in_threadpool(show, asked.with_problem(str(error)))
            return Reply(shown.html, status=status)

    async def _with_password(self, act: Handler, asked: Asked) -> Reply:
        """Do what makes a hash when it is its turn."""
        client = asked.caller.person.name if asked.caller else asked.visit.address
        turn = self._hashing.line_up(client)
        if turn is None:
            raise Refusal(429, "too many want to come in at once: try again in a moment")
        try:
            await turn
            return await run_in_threadpool(act, asked)
        finally:
            self._hashing.leave(client, turn)

    async def _list_collections(self, visit: Visit, caller: Caller | None) -> None:
        if caller is None:
            raise RefusedError(401, "expected a key", {"WWW-Authenticate": "Bearer"})
        listed = [
            {"name": name, "title": title, "right": right.word, "path": f"/c/{name}/v1"}
            for name, title, right in self._mine(caller)
        ]
        response = JSONResponse({"collections": listed}, headers={"Cache-Control": "no-store"})
        await response(visit.scope, visit.receive, visit.send)

    # ---- without an account

    def _show_sign_in(self, asked: Asked) -> Reply:
        if asked.caller is not None and not asked.problem:
            return Reply(to=_own_path(asked.query("next")))
        return Reply(
            page(
                "login.html",
                problem=asked.problem,
                name=asked.form.text("name"),
                to=_own_path(asked.form.text("next") or asked.query("next")),
                other=self._other.title if self._other else "",
            )
        )

    def _sign_in(self, asked: Asked) -> Reply:
        name, address = asked.form.text("name"), asked.visit.address
        password = asked.form.secret("password")
        with self._counting(name, asked) as failed:
            person = self._team.people.signed_in(name, password)
            if person is None:
                failed()
                raise Refusal(403, "nobody has this name and this password")
        self._team.audit.note(person.name, "sign in", address=address)
        session = self._team.people.begin_session(person.name)
        return Reply(to=_own_path(asked.form.text("next")), session=session)

    @contextmanager
    def _counting(self, name: str, asked: Asked) -> Iterator[Callable[[], None]]:
        """Let a password be tried, if it has not been too often; yields what counts a failure.

        Raises:
            Refusal: It has.
        """
        known = self._team.people.find(name)
        # What is no name may be a password that was typed in the wrong place.
        said, address = known.name if known else "", asked.visit.address
        folded = one_name(name)[:200]
        counted = [(self._failed, f"{folded} {address}")]
        counted += [(self._failed_in_all, who) for who in (f"name {folded}", f"from {address}")]
        if wait := max(rate.wait(who) for rate, who in counted):
            if not self._told.take(f"{folded} {address}"):
                self._team.audit.note(said, "sign in", address=address, outcome="too many")
            raise Refusal(429, f"too many attempts: try again in {math.ceil(wait)} seconds")

        def failed() -> None:
            for rate, who in counted:
                rate.take(who)
            self._team.audit.note(said, "sign in", address=address, outcome="refused")

        yield failed

    def _show_invitation(self, asked: Asked) -> Reply:
        secret = asked.form.text("secret") or asked.query("secret")
        return Reply(
            page(
                "invitation.html",
                problem=asked.problem,
                secret=secret,
                name=self._team.people.invited(secret),
                least=LEAST_CHARACTERS,
            )
        )

    def _accept(self, asked: Asked) -> Reply:
        if asked.form.secret("password") != asked.form.secret("again"):
            raise UsageError("the two passwords differ")
        invited = f"from {asked.visit.address}"
        if wait := self._failed_in_all.wait(invited):
            raise Refusal(429, f"too many attempts: try again in {math.ceil(wait)} seconds")
        if not self._team.people.invited(asked.form.text("secret")):
            self._failed_in_all.take(invited)
        name = self._team.people.accept(asked.form.text("secret"), asked.form.secret("password"))
        self._team.audit.note(name, "choose a password", address=asked.visit.address)
        return Reply(to="/", session=self._team.people.begin_session(name))

    # ---- with one

    def _mine(self, caller: Caller) -> list[tuple[str, str, Right]]:
        rights = self._team.rights.all_of(caller.person)
        return [
            (one.name, one.title, rights[one.name])
            for one in self._team.collections.all()
            if one.name in rights and caller.only in ("", one.name)
        ]

    def _home(self, asked: Asked) -> Reply:
        mine = self._mine(asked.who)
        return Reply(page("home.html", collections=mine, Right=Right, **asked.shown()))

    def _sign_out(self, asked: Asked) -> Reply:
        self._team.people.end_session(session_of(asked.visit))
        self._team.audit.note(asked.who.person.name, "sign out", address=asked.visit.address)
        return Reply(to="/login", session="", forgets=True)

    def _account(self, asked: Asked) -> Reply:
        return Reply(
            page(
                "account.html",
                keys=self._team.keys.all(asked.who.person.name),
                collections=self._mine(asked.who),
                has_password=asked.who.person.has_password,
                least=LEAST_CHARACTERS,
                most_days=MOST_DAYS,
                new_key=asked.made,
                **asked.shown(),
            )
        )

    def _change_account(self, asked: Asked) -> Reply:
        form, name, address = asked.form, asked.who.person.name, asked.visit.address
        if form.text("act") == "password":
            if form.secret("password") != form.secret("again"):
                raise UsageError("the two passwords differ")
            with self._counting(name, asked) as failed:
                old, new = form.secret("old"), form.secret("password")
                if not self._team.people.change_password(name, old, new):
                    failed()
                    raise UsageError("the old password is not that")
            self._team.audit.note(name, "change the password", address=address)
            return Reply(to="/account", session=self._team.people.begin_session(name))
        if form.text("act") == "key":
            days = form.text("days")
            only = form.text("collection")
            if only and only not in {mine for mine, _, _ in self._mine(asked.who)}:
                raise UsageError("there is no such collection")
            wanted = int(days[:4]) if days.isdecimal() else 0
            key = self._team.keys.make(name, form.text("label"), wanted, only)
            self._team.audit.note(name, "make a key", collection=only, address=address)
            return self._account(asked.with_made(key))
        number = form.text("number")
        if number.isdecimal() and self._team.keys.take_back(int(number[:12]), name):
            self._team.audit.note(name, "take a key back", detail=f"key {number}", address=address)
        return Reply(to="/account")


def _own_path(path: str) -> str:
    """Return a path of ours to go to; never another server's address."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"
