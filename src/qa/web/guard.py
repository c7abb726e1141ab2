"""Let in only what is sent to us, by a page of ours or by a program, at the gate it belongs to.

Stands in front of everything that is served. Any page that is open in the same browser can send
requests to this machine, and whoever controls a name can have it point here: so the name a
request is sent to (`Host`) and the page it comes from (`Origin`) must be ours. What else is asked
of it says the gate of what it is for. Does not know what is asked.
"""

import json
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.visit import RefusedError, Visit, address_of

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(?::\d{1,5})?", re.IGNORECASE)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom requests may be sent to.

    Attributes:
        hosts: Further names under which we are served, as a reverse proxy's; with a port
            where it is not the usual one.
        only_this_machine: Whether what listens can only be reached from this machine.
        opens_anywhere: Whether a link on another page may open each page, or the first alone.
    """

    hosts: tuple[str, ...] = ()
    only_this_machine: bool = True
    opens_anywhere: bool = False


class Gate(Protocol):
    """Lets in what one part of what is served is asked for."""

    def leads_to(self, path: str) -> bool:
        """Whether a path is of this part."""

    async def let_in(self, visit: Visit) -> None:
        """Answer a request, or pass it on.

        Raises:
            RefusedError: It is not let in.
        """


class Guard:
    """Has what may come in go to its gate."""

    def __init__(self, app: ASGIApp, rules: Rules, gates: Sequence[Gate]) -> None:
        """Prepare.

        Args:
            app: What is guarded.
            rules: Whom requests may be sent to.
            gates: Of a path's, the first counts.
        """
        self._app = app
        self._rules = rules
        self._gates = gates
        self._hosts = {host.lower() for host in rules.hosts}
        self._names = {"localhost", *map(_name, self._hosts)}
        if not rules.only_this_machine:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # nothing here opens one
            await send({"type": "websocket.close", "code": 1008})
        else:
            send = with_headers(send)
            try:
                await self._let_in(Visit(self._app, scope, receive, send))
            except RefusedError as refused:
                response = problem(refused.status, str(refused), refused.headers)
                await response(scope, receive, send)

    async def _let_in(self, visit: Visit) -> None:
        self._check_sender(visit.scope, visit.headers)
        for gate in self._gates:
            if gate.leads_to(visit.path):
                await gate.let_in(visit)
                return
        raise RefusedError(404, "there is nothing here")

    def _check_sender(self, scope: Scope, headers: Headers) -> None:
        """See that the request is sent to us by name, and by a page of ours."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not all(
            self._is_served(host) for host in (*hosts, *headers.getlist("x-forwarded-host"))
        ):
            raise RefusedError(
                403,
                "the page is not served under this name: open it under the address that the "
                "program prints, or start it with --allow-host NAME",
            )
        if not all(self._is_own_page(origin, hosts[0]) for origin in headers.getlist("origin")):
            raise RefusedError(403, "another page has sent this: only the program's own page may")
        site = headers.get("sec-fetch-site", "none")
        how = (scope["method"], headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
        is_page = self._rules.opens_anywhere or scope["path"] == "/"
        is_opened = how == ("GET", "navigate", "document") and is_page
        # A link on another page may open ours; nothing else of ours is another page's to load.
        if site not in ("none", "same-origin") and not is_opened:
            raise RefusedError(403, "another page has sent this: only the program's own page may")

    def _is_served(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].lower().removesuffix(".")
        if (address := address_of(name)) is not None:
            # No name can be made to look like an address.
            return address.is_loopback or not self._rules.only_this_machine or name in self._names
        return name in self._names

    def _is_own_page(self, origin: str, host: str) -> bool:
        scheme, _, netloc = origin.lower().partition("://")
        return scheme in ("http", "https") and (netloc == host.lower() or netloc in self._hosts)


def problem(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make the answer that says what is wrong, and what to do."""
    # Twice: Gradio's scripts read `detail`.
    body = json.dumps({"error": why, "detail": why}).encode()
    return Response(body, status, headers, "application/json")


def with_headers(send: Send) -> Send:
    """Say with every answer what browsers may do with it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
        await send(message)

    return sending


def _name(host: str) -> str:
    """Return a host without its port."""
    found = _HOST.fullmatch(host)
    return found[1] if found else host
