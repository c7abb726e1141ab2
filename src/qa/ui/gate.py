"""Let in only what the page itself asks for.

What changes something needs a token that only a page of ours can have read. Does not know what is
asked.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from qa.evaluate.report.page import SCRIPT_SHA256
from qa.ui.views.page import TEMPLATES
from qa.web.guard import problem
from qa.web.turns import Turns, question_turns
from qa.web.visit import RefusedError, Visit

TOKEN_HEADER = "X-QA-Token"  # noqa: S105 - its name
TOKEN_PATH = "/qa/token"  # noqa: S105 - where it is asked for
# The page's functions that ask, and suggest what to: their callers have lines of their own.
ASK, SUGGEST = "ask", "suggest_next"
_SCRIPT_PATH = "/qa/requests.js"
_SCRIPT = Path(__file__).parent / "static" / "requests.js"

_API = "/gradio_api"
_UPLOAD = f"{_API}/upload"
# All that the page asks for. Gradio has more: a proxy, files, recordings, monitoring, editing.
_READ = frozenset(
    {"/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt"}
    | {f"{_API}/{name}" for name in ("info", "app_id", "upload_progress", "theme.css")}
)
_READ_BELOW = ("/assets/", "/static/", "/svelte/", f"{_API}/heartbeat/")
_WRITE = frozenset({f"{_API}/component_server", f"{_API}/reset", _UPLOAD})
_JSON_BYTES = 2_000_000  # ten thousand chosen documents, each by its path
_FORM_BYTES = 100_000  # what an upload has around its file
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)<[/]script", re.DOTALL)

# Gradio makes functions of the panes' scripts, hence unsafe-eval; no script stands in what is
# shown, though, and none that gets there runs. Its styles are set from scripts and attributes.
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {hashes}; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; frame-src 'self' blob:; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class PageGate:
    """Lets in what the page asks for."""

    def __init__(
        self,
        *,
        upload_bytes: int = 0,
        questions: Turns | None = None,
        called: Callable[[Visit, str], None] = lambda visit, name: None,
    ) -> None:
        """Prepare.

        Args:
            upload_bytes: The largest file that can be uploaded; 0 if none can.
            questions: Whose turn it is to ask; None for turns of its own.
            called: Told which of the page's functions is called, before it is; may refuse.
        """
        self._called = called
        self._upload_bytes = upload_bytes
        self._key = secrets.token_bytes()
        self._questions = questions or question_turns()
        # Documents are read by a process of its own: its queue must not hold up questions.
        self._documents = Turns(at_once=16, waiting=256, waiting_each=64)
        # Each may cost ten questions, and nobody waits for one: they are not to hold up questions.
        self._suggestions = Turns(at_once=1, waiting=256, waiting_each=8)
        self._uploads = Turns(at_once=8, waiting=256, waiting_each=64)

    def leads_to(self, path: str) -> bool:
        """Whether a path is the page's: every one that is not another's."""
        return path.startswith("/")

    async def let_in(self, visit: Visit) -> None:
        """Answer a request, or pass it on.

        Raises:
            RefusedError: It is not let in.
        """
        path = visit.path
        if visit.headers.get("x-gradio-server") is not None:
            raise RefusedError(403, "requests that name another server are not served")
        if visit.method in ("GET", "HEAD"):
            await self._read(visit)
            return
        if visit.method != "POST" or path not in _WRITE:
            raise RefusedError(404, "there is nothing here")
        token = visit.headers.get(TOKEN_HEADER, "")
        if not self._is_ours(token):
            raise RefusedError(403, "the page is of an earlier start of the program: reload it")
        self._check_body(visit)
        client = visit.client(token)
        if path == _UPLOAD:
            self._called(visit, "upload")
            await visit.take_turn(self._uploads, client)
            return
        name, body = _read_call(await visit.whole())
        self._called(visit, name)
        lines = {ASK: self._questions, SUGGEST: self._suggestions}
        turns = lines.get(name, self._documents)
        visit = replace(visit, send=_explaining(visit.send))
        await visit.take_turn(turns, client, body)

    def _check_body(self, visit: Visit) -> None:
        """See that a body is what is expected here, and not too long."""
        is_form = visit.headers.get("content-type", "").startswith("multipart/")
        if visit.path != _UPLOAD:
            visit.check_size(_JSON_BYTES)
            if is_form:
                raise RefusedError(415, "expected JSON")
            return
        if not self._upload_bytes:
            raise RefusedError(403, "nothing can be uploaded: the page is for reading only")
        visit.check_size(self._upload_bytes + _FORM_BYTES)

    async def _read(self, visit: Visit) -> None:
        path = visit.path
        if path == TOKEN_PATH:
            await visit.reply(self._new_token(), "text/plain")
        elif path == _SCRIPT_PATH:
            await visit.reply(_SCRIPT.read_text("utf-8"), "text/javascript")
        elif path == "/":
            # Uncompressed, so that its scripts can be looked at.
            plain = [pair for pair in visit.scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**visit.scope, "headers": plain}
            await replace(visit, scope=scope, send=_Page(visit.send)).go_in()
        elif path in _READ or path.startswith(_READ_BELOW):
            await visit.go_in()
        else:
            raise RefusedError(404, "there is nothing here")

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
        script = TEMPLATES.render("requests.html", path=f".{_SCRIPT_PATH}").strip().encode()
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


def _read_call(body: bytes) -> tuple[str, bytes]:
    """Return which of the page's functions is called, and the call as it was understood here.

    What is passed on is written anew: nothing can be read in another way behind the gate.

    Raises:
        RefusedError: It is no call.
    """
    try:
        call = json.loads(body, parse_constant=_no_number)
        if isinstance(call, dict) and isinstance(call.get("fn_name", ""), str):
            return call.get("fn_name", ""), json.dumps(call).encode()
    except (ValueError, RecursionError):
        pass
    raise RefusedError(400, "expected a call of the page's functions, as JSON")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


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
                body = problem(500, "the program does not know what the page asks for: reload it")
                headers["Content-Type"] = "application/json"
                headers["Content-Length"] = body.headers["content-length"]
                await send(message)
                await send({"type": "http.response.body", "body": body.body})
        if not replaced:
            await send(message)

    return sending
