"""Let in only what the page itself asks for, in sizes and numbers that can be borne.

Stands in front of everything that is served. Any page that is open in the same browser can send
requests to this machine, and whoever controls a name can have it point here: so the name a
request is sent to (`Host`) and the page it comes from (`Origin`) must be ours, and what changes
something needs a token that only a page of ours can have read. Does not know what is asked.
"""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import re
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.evaluate.report.page import SCRIPT_SHA256
from qa.ui.turns import Turns
from qa.ui.views.page import TEMPLATES

TOKEN_HEADER = "X-QA-Token"  # noqa: S105 - its name
TOKEN_PATH = "/qa/token"  # noqa: S105 - where it is asked for
_SCRIPT_PATH = "/qa/token.js"
_SCRIPT = Path(__file__).parent / "static" / "token.js"

_API = "/gradio_api"
_UPLOAD = f"{_API}/upload"
# All that the page asks for. Gradio has more: a proxy, files, recordings, monitoring, editing.
_READ = frozenset(
    {"/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt"}
    | {f"{_API}/{name}" for name in ("info", "app_id", "upload_progress", "theme.css")}
)
_READ_BELOW = ("/assets/", "/static/", "/svelte/", f"{_API}/heartbeat/")
_WRITE = frozenset({f"{_API}/component_server", f"{_API}/reset", _UPLOAD})
_WRITE_BELOW = (f"{_API}/run/",)
_JSON_BYTES = 2_000_000  # ten thousand chosen documents, each by its path
_FORM_BYTES = 100_000  # what an upload has around its file
_STALLED_SECONDS = 30.0
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(?::\d{1,5})?", re.IGNORECASE)
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)<[/]script", re.DOTALL)

# Gradio makes functions of the panes' scripts, hence unsafe-eval; no script stands in what is
# shown, though, and none that gets there runs. Its styles are set from scripts and attributes.
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {hashes}; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; frame-src 'self' blob:; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
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
    """What is let in.

    Attributes:
        hosts: Further names under which the page is served, as a reverse proxy's; with a port
            where it is not the usual one.
        only_this_machine: Whether what listens can only be reached from this machine.
        upload_bytes: The largest file that can be uploaded; 0 if none can.
    """

    hosts: tuple[str, ...] = ()
    only_this_machine: bool = True
    upload_bytes: int = 0


class _RefusedError(Exception):
    """A request that is not let in: the status, and what a person should know."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Guard:
    """Passes on to `app` what is let in."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        """Prepare.

        Args:
            app: What is guarded.
            rules: What is let in.
        """
        self._app = app
        self._rules = rules
        self._hosts = {host.lower() for host in rules.hosts}
        self._names = {"localhost", *map(_name, self._hosts)}
        if not rules.only_this_machine:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        self._key = secrets.token_bytes()
        # A question takes a tenth of a second of all cores. Documents are read by a process of
        # its own: its queue must not hold up questions.
        self._questions = Turns(at_once=4, waiting=256, waiting_each=32)
        self._documents = Turns(at_once=16, waiting=256, waiting_each=64)
        self._uploads = Turns(at_once=8, waiting=256, waiting_each=64)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # the page opens none
            await send({"type": "websocket.close", "code": 1008})
        else:
            send = _with_headers(send)
            try:
                await self._let_in(scope, receive, send)
            except _RefusedError as refused:
                await _refuse(refused, scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self._check_sender(scope, headers)
        path = str(scope["path"]).rstrip("/") or "/"
        if scope["method"] in ("GET", "HEAD"):
            await self._read(path, scope, receive, send)
            return
        if scope["method"] != "POST" or not (path in _WRITE or path.startswith(_WRITE_BELOW)):
            raise _RefusedError(404, "there is nothing here")
        token = headers.get(TOKEN_HEADER, "")
        if not self._is_ours(token):
            raise _RefusedError(403, "the page is of an earlier start of the program: reload it")
        self._check_size(path, headers)
        host = (scope.get("client") or ("", 0))[0]
        address = _address(host)
        # Behind one address of this machine is one person's every window, or everybody's proxy.
        client = token if address is None or address.is_loopback else host
        if path == _UPLOAD:
            await self._take_turn(self._uploads, client, scope, receive, send)
            return
        body = await _whole(receive)
        turns = self._questions if path.startswith(_WRITE_BELOW) else self._documents
        await self._take_turn(turns, client, scope, receive, _explaining(send), body)

    def _check_sender(self, scope: Scope, headers: Headers) -> None:
        """See that the request is sent to us by name, and by a page of ours."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not all(
            self._is_served(host) for host in (*hosts, *headers.getlist("x-forwarded-host"))
        ):
            raise _RefusedError(
                403,
                "the page is not served under this name: open it under the address that the "
                "program prints, or start it with --allow-host NAME",
            )
        if headers.get("x-gradio-server") is not None:
            raise _RefusedError(403, "requests that name another server are not served")
        if not all(self._is_own_page(origin, hosts[0]) for origin in headers.getlist("origin")):
            raise _RefusedError(403, "another page has sent this: only the program's own page may")
        site = headers.get("sec-fetch-site", "none")
        opened = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"), scope["path"])
        # A link on another page may open ours; nothing else of ours is another page's to load.
        if site not in ("none", "same-origin") and opened != ("navigate", "document", "/"):
            raise _RefusedError(403, "another page has sent this: only the program's own page may")

    def _is_served(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].lower().removesuffix(".")
        if (address := _address(name)) is not None:
            # No name can be made to look like an address.
            return address.is_loopback or not self._rules.only_this_machine or name in self._names
        return name in self._names

    def _is_own_page(self, origin: str, host: str) -> bool:
        scheme, _, netloc = origin.lower().partition("://")
        return scheme in ("http", "https") and (netloc == host.lower() or netloc in self._hosts)

    def _check_size(self, path: str, headers: Headers) -> None:
        """See that a body says how long it is, and is not too long."""
        length = headers.get("content-length", "")
        if not length.isdecimal() or headers.get("transfer-encoding"):
            raise _RefusedError(411, "a request must say how long it is")
        most = _JSON_BYTES
        is_form = headers.get("content-type", "").startswith("multipart/")
        if path == _UPLOAD:
            if not self._rules.upload_bytes:
                raise _RefusedError(403, "nothing can be uploaded: the page is for reading only")
            most = self._rules.upload_bytes + _FORM_BYTES
        elif is_form:
            raise _RefusedError(415, "expected JSON")
        if int(length) > most:
            raise _RefusedError(413, f"{int(length):,} bytes are over the limit of {most:,}")

    async def _read(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if path == TOKEN_PATH:
            await _reply(self._new_token(), "text/plain", scope, receive, send)
        elif path == _SCRIPT_PATH:
            await _reply(_SCRIPT.read_text("utf-8"), "text/javascript", scope, receive, send)
        elif path == "/":
            # Uncompressed, so that its scripts can be looked at.
            plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, _Page(send))
        elif path in _READ or path.startswith(_READ_BELOW):
            await self._app(scope, receive, send)
        else:
            raise _RefusedError(404, "there is nothing here")

    async def _take_turn(
        self,
        turns: Turns,
        client: str,
        scope: Scope,
        receive: Receive,
        send: Send,
        body: bytes | None = None,
    ) -> None:
        """Pass a request on when it is its turn; not at all if its sender has gone by then.

        Args:
            turns: Whose turn it is.
            client: Who waits.
            scope: The request.
            receive: Brings its body, or that the sender has gone.
            send: Takes the answer.
            body: Its body, if it has been read.
        """
        turn = turns.line_up(client)
        if turn is None:
            raise _RefusedError(429, "too much is waiting for an answer: try again in a moment")
        gone = None if body is None else asyncio.ensure_future(receive())
        try:
            if gone is None or body is None:
                await turn
                await self._app(scope, receive, send)
                return
            await asyncio.wait((turn, gone), return_when=asyncio.FIRST_COMPLETED)
            if turn.done() and not gone.done():
                await self._app(scope, _replay(body, gone), send)
        finally:
            turns.leave(client, turn)
            if gone is not None:
                gone.cancel()

    def _new_token(self) -> str:
        number = secrets.token_urlsafe(12)
        return f"{number}.{self._signed(number)}"

    def _is_ours(self, token: str) -> bool:
        number, _, signature = token.partition(".")
        return hmac.compare_digest(self._signed(number).encode(), signature.encode())

    def _signed(self, number: str) -> str:
        return hmac.new(self._key, number.encode(), hashlib.sha256).hexdigest()


class _Page:
    """Sends the page: with the script that brings the token, and a policy that knows its own."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        script = TEMPLATES.render("token.html", path=f".{_SCRIPT_PATH}").strip().encode()
        body = self._body.replace(b"<script", script + b"<script", 1)
        headers = MutableHeaders(scope=self._start)
        headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = content_policy(body)
        headers["Cache-Control"] = "no-store"
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def content_policy(page: bytes) -> str:
    """Return what a page may load and run: of scripts within it those that are there now."""
    scripts = {hashlib.sha256(found[1]).digest() for found in _INLINE_SCRIPT.finditer(page)}
    # A frame with the report has the policy of the page around it, beside its own.
    known = {SCRIPT_SHA256, *(base64.b64encode(digest).decode() for digest in scripts)}
    return _CONTENT_POLICY.format(hashes=" ".join(f"'sha256-{one}'" for one in sorted(known)))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
        await send(message)

    return sending


def _explaining(send: Send) -> Send:
    """Say what to do where the program has only failed, as for what is not on the page."""
    replaced = False

    async def sending(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            is_told = headers.get("content-type", "").startswith("application/json")
            replaced = message["status"] >= 500 and not is_told
            if replaced:
                body = _problem("the program does not know what the page asks for: reload it")
                headers["Content-Type"] = "application/json"
                headers["Content-Length"] = str(len(body))
                await send(message)
                await send({"type": "http.response.body", "body": body})
        if not replaced:
            await send(message)

    return sending


def _problem(why: str) -> bytes:
    return json.dumps({"error": why, "detail": why}).encode()


async def _refuse(refused: _RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    response = Response(_problem(str(refused)), refused.status, media_type="application/json")
    await response(scope, receive, send)


async def _reply(text: str, kind: str, scope: Scope, receive: Receive, send: Send) -> None:
    await Response(text, media_type=kind, headers={"Cache-Control": "no-store"})(
        scope, receive, send
    )


async def _whole(receive: Receive) -> bytes:
    """Read a request's body, whose length has been checked."""
    body = b""
    more = True
    while more:
        try:
            message = await asyncio.wait_for(receive(), _STALLED_SECONDS)
        except TimeoutError:
            raise _RefusedError(408, "the rest of the request did not come") from None
        if message["type"] == "http.disconnect":
            raise _RefusedError(400, "the rest of the request did not come")
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, gone: "asyncio.Future[Message]") -> Receive:
    """Bring a body that was read, and then that the sender has gone."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.shield(gone)

    return receive


def _name(host: str) -> str:
    """Return a host without its port."""
    found = _HOST.fullmatch(host)
    return found[1] if found else host


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None
