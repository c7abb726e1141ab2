"""A request that stands at a gate: look at it, read it, have it wait its turn, pass it on.

Does not know who may come in.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.waiting import asked_by
from qa.web.person import person_asking
from qa.web.turns import Turns
from qa.words import counted

PLACE = "qa.place"
"""Under which a request's scope has its place."""
_STALLED_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a request whose turn it is.

    Attributes:
        client: Who has it.
        leave: Gives it to the next, though the answer is not complete; once is enough.
    """

    client: str
    leave: Callable[[], None]


class RefusedError(Exception):
    """A request that is not let in: the status, and what a person should know."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        """Prepare.

        Args:
            status: Of the answer.
            why: And what to do.
            headers: Further ones of the answer.
        """
        super().__init__(why)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Visit:
    """A request.

    Attributes:
        app: Answers it, once it is let in.
        scope: What it asks for.
        receive: Brings its body, or that the sender has gone.
        send: Takes the answer.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    @property
    def method(self) -> str:
        """What is to be done."""
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """What it is about."""
        return str(self.scope["path"]).rstrip("/") or "/"

    @property
    def headers(self) -> Headers:
        """What is said with it."""
        return Headers(scope=self.scope)

    @property
    def address(self) -> str:
        """The address that it comes from; empty where there is none."""
        return str((self.scope.get("client") or ("", 0))[0])

    def client(self, name: str) -> str:
        """Tell one sender from another: by name, where people have accounts.

        Args:
            name: What it goes by where its address does not tell: behind one of this machine is
                one person's every window, or everybody's proxy.
        """
        if person := person_asking():
            return person
        address = address_of(self.address)
        return name if address is None or address.is_loopback else self.address

    def to(self, app: ASGIApp) -> "Visit":
        """Return the same request for another application."""
        return replace(self, app=app)

    def coming_from(self, address: str) -> "Visit":
        """Return the same request as from another address."""
        return replace(self, scope={**self.scope, "client": (address, 0)})

    def below(self, prefix: str) -> "Visit":
        """Return the same request as what stands under a path sees it, the path taken off."""
        path = str(self.scope["path"])[len(prefix) :] or "/"
        root = str(self.scope.get("root_path", "")) + prefix
        scope = {**self.scope, "path": path, "raw_path": path.encode(), "root_path": root}
        return replace(self, scope=scope)

    def check_size(self, most: int) -> None:
        """See that a body says how long it is, and is not too long.

        Raises:
            RefusedError: It is, or does not say.
        """
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or self.headers.get("transfer-encoding"):
            raise RefusedError(411, "a request must say how long it is")
        if int(length) > most:
            raise RefusedError(413, f"{int(length):,} bytes are over the limit of {most:,}")

    async def go_in(self) -> None:
        """Pass it on."""
        await self.app(self.scope, self.receive, self.send)

    async def reply(self, text: str, kind: str) -> None:
        """Answer it here."""
        response = Response(text, media_type=kind, headers={"Cache-Control": "no-store"})
        await response(self.scope, self.receive, self.send)

    def with_headers(self, add: Mapping[str, str]) -> "Visit":
        """Return the same request, whose answer gets these headers unless it has its own."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in add.items():
                    headers.setdefault(name, value)
            await self.send(message)

        return replace(self, send=sending)

    async def send_to(self, path: str) -> None:
        """Send a browser to another path of ours."""
        headers = {"Location": path, "Cache-Control": "no-store"}
        await Response(b"", 303, headers)(self.scope, self.receive, self.send)

    async def take_turn(self, turns: Turns, client: str, body: bytes | None = None) -> None:
        """Pass it on when it is its turn; not at all if its sender has gone by then.

        Args:
            turns: Whose turn it is.
            client: Who waits.
            body: Its body, if it has been read.

        Raises:
            RefusedError: Too many wait already.
        """
        turn = turns.line_up(client)
        if turn is None:
            raise crowded(turns, "too much is waiting for an answer")
        gone = None if body is None else asyncio.ensure_future(self.receive())
        leave = _once(lambda: turns.leave(client, turn))
        scope = {**self.scope, PLACE: Place(client, leave)}
        try:
            if gone is None or body is None:
                await asyncio.shield(turn)  # only `leave` takes it out of its line
                await self.app(scope, self.receive, self.send)
                return
            await asyncio.wait((turn, gone), return_when=asyncio.FIRST_COMPLETED)
            if turn.done() and not gone.done():
                with asked_by(gone.done):
                    await self.app(scope, _replay(body, gone), self.send)
        finally:
            leave()
            if gone is not None:
                gone.cancel()

    async def whole(self) -> bytes:
        """Read its body, whose length has been checked.

        Raises:
            RefusedError: The rest of it did not come.
        """
        body = b""
        more = True
        while more:
            try:
                message = await asyncio.wait_for(self.receive(), _STALLED_SECONDS)
            except TimeoutError:
                raise RefusedError(408, "the rest of the request did not come") from None
            if message["type"] == "http.disconnect":
                raise RefusedError(400, "the rest of the request did not come")
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body


def crowded(turns: Turns, why: str) -> RefusedError:
    """Say that too many wait for a turn, and when to try again."""
    seconds = turns.seconds_left()
    told = f"{why}: try again in {counted(seconds, 'second')}"
    return RefusedError(429, told, {"Retry-After": str(seconds)})


def _once(call: Callable[[], None]) -> Callable[[], None]:
    calls = [call]
    return lambda: calls.pop()() if calls else None


def _replay(body: bytes, gone: "asyncio.Future[Message]") -> Receive:
    """Bring a body that was read, and then that the sender has gone."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.shield(gone)

    return receive


def address_of(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read a host as an address; None if it is a name."""
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None
