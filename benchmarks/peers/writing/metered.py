"""An endpoint before the endpoint: the same sampling for all, and a count of what they ask for."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_SECONDS = 900


class Spent(NamedTuple):
    """What was asked of the model since `Meter.read` was last called."""

    requests: int
    tokens_in: int
    tokens_out: int


class Meter:
    """Counts; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent = Spent(0, 0, 0)

    def add(self, usage: dict[str, Any]) -> None:
        """Count one request with the `usage` of its reply."""
        with self._lock:
            self._spent = Spent(
                self._spent.requests + 1,
                self._spent.tokens_in + int(usage.get("prompt_tokens", 0)),
                self._spent.tokens_out + int(usage.get("completion_tokens", 0)),
            )

    def read(self) -> Spent:
        """Return what was counted, and begin anew."""
        with self._lock:
            spent, self._spent = self._spent, Spent(0, 0, 0)
        return spent


@contextmanager
def metered(url: str, most_tokens: int) -> Iterator[tuple[str, Meter]]:
    """Forward chat completions to an endpoint; yields an address for that, and the meter.

    Every request is sent with temperature 0, seed 1 and at most so many tokens of reply, whatever
    a peer's defaults are.
    """
    meter = Meter()

    class _Forward(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            most = min(most_tokens, asked.get("max_tokens") or most_tokens)
            asked.pop("max_completion_tokens", None)
            asked |= {"temperature": 0, "seed": 1, "max_tokens": most}
            if asked.get("stream"):
                asked["stream_options"] = {"include_usage": True}
            request = Request(  # noqa: S310 - the address is the user's
                url + self.path.removeprefix("/v1"),
                json.dumps(asked).encode(),
                {"Content-Type": "application/json"},
            )
            try:
                with urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - the same
                    status, body = response.status, response.read()
                    kind = response.headers["Content-Type"]
            except HTTPError as error:
                status, body, kind = error.code, error.read(), error.headers["Content-Type"]
            except (OSError, HTTPException) as error:
                told = {"error": {"message": f"{url} does not answer: {error}"}}
                status, body, kind = 502, json.dumps(told).encode(), "application/json"
            if status == HTTPStatus.OK:
                meter.add(_usage(body.decode()))
            self.send_response(status)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Forward)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", meter
    finally:
        server.shutdown()
        server.server_close()


def _usage(body: str) -> dict[str, Any]:
    """Return the usage a reply tells, of a stream its last."""
    lines = [line.removeprefix("data:").strip() for line in body.splitlines()]
    replies = [body] if body.lstrip().startswith("{") else lines
    told = [json.loads(one).get("usage") for one in replies if one.startswith("{")]
    return next((one for one in reversed(told) if one), {})
