"""Serve on an address of this machine, behind the guard.

Does not know what is served.
"""

import errno
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware

from qa.errors import UsageError
from qa.web.door import Door
from qa.web.guard import Gate, Guard, Rules
from qa.web.turns import Turns

_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
ANSWER_SECONDS = 8.0
"""For what has been asked when the program is told to end; service managers wait ten or more."""
SERVED: dict[str, Any] = {
    "log_level": "error",
    "server_header": False,
    # What a proxy says of addresses is not believed: it decides nothing here.
    "proxy_headers": False,
    "limit_concurrency": 1000,
    "timeout_graceful_shutdown": 1,
    "ws": "none",
}
"""How uvicorn serves."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is served beside the page, or without one.

    Attributes:
        gates: Let in what it is asked for, and pass it on to what answers.
        questions: Whose turn it is to ask, there and in the page.
        lifespan: What surrounds serving; None for nothing.
        asked: Told what came of each question of the page, and after how many seconds.
    """

    gates: Sequence[Gate]
    questions: Turns
    lifespan: Lifespan | None = None
    asked: Callable[[str, float], None] = lambda state, seconds: None


class Server:
    """What is being served, until it is closed."""

    def __init__(
        self, app: FastAPI, listening: socket.socket, closed: Callable[[], None] = lambda: None
    ) -> None:
        """Begin to serve.

        Args:
            app: What is served.
            listening: Where.
            closed: Called in the end, when nothing is served any more.
        """
        self._listening = listening
        self._closed = closed
        self._door = Door(app)
        self._server = uvicorn.Server(uvicorn.Config(self._door, **SERVED))
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), daemon=True, name="server"
        )
        self._thread.start()
        ends = time.monotonic() + _START_SECONDS
        while not self._server.started and self._thread.is_alive() and time.monotonic() < ends:
            time.sleep(0.005)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        return address_of(self._listening)

    def wait(self) -> None:
        """Wait until it is closed, or the program told to end: then nobody else is let in."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.5)
        except KeyboardInterrupt:
            self._door.shut()

    def close(self) -> None:
        """Answer what has been asked, and stop serving."""
        self._door.see_out(ANSWER_SECONDS)
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._listening.close()
        self._closed()


def guarded(rules: Rules, gates: Sequence[Gate], lifespan: Lifespan | None = None) -> FastAPI:
    """Return an application behind the guard, into which what is served can be put.

    Args:
        rules: Whom requests may be sent to.
        gates: What lets them in; of a path's, the first counts.
        lifespan: What surrounds serving.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.user_middleware = [Middleware(Guard, rules, gates)]
    return app


def listen(host: str, port: int) -> socket.socket:
    """Take an address to serve on.

    Args:
        host: An address or name of this machine.
        port: 0 for a free one.

    Raises:
        UsageError: It cannot be listened on; says why, and what to do.
    """
    try:
        # An empty name is every address, as elsewhere; not this machine alone.
        host = host or "0.0.0.0"  # noqa: S104
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Not the port that came back: the system's resolver takes 99999 for 34463.
        return socket.create_server((address[0], port), family=family)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} is in use, perhaps by another qa serve: stop that, or choose another "
                "one with --port; --port 0 takes a free one"
            ) from error
        raise UsageError(
            f"cannot listen on {host}, port {port} ({error}): choose another --host or --port"
        ) from error


def address_of(listening: socket.socket) -> str:
    """Return where a browser on this machine finds what is listened on."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - every address, this machine's own among them
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def is_this_machine_only(listening: socket.socket) -> bool:
    """Whether what is listened on can be reached from this machine alone."""
    host: Any = listening.getsockname()[0]
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback
