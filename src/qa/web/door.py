"""Let nobody in any more once the program is to end, and have who is inside answered first.

Stands in front of all that is served. Does not know what is asked.
"""

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.guard import problem, with_headers

_LOOK_SECONDS = 0.02
_REFUSING_SECONDS = 1.0
_AGAIN_SECONDS = 5  # a restart takes about as long


class Door:
    """Counts who is inside. Served by one event loop; may be shut from any thread."""

    def __init__(self, app: ASGIApp) -> None:
        """Prepare.

        Args:
            app: Answers who comes in.
        """
        self._app = app
        self._is_shut = False
        self._is_over = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inside: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that the program is ending."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._is_shut:
            await _refuse(scope, receive, send)
        elif scope["method"] == "POST":
            await self._answer(scope, receive, send)
        else:  # quick; or a page's sign of life, which never ends
            await self._app(scope, receive, send)

    def shut(self) -> None:
        """Let nobody in any more."""
        self._is_shut = True

    def see_out(self, seconds: float) -> None:
        """Shut it and wait until everybody inside has been answered; then refuse who is left.

        Args:
            seconds: To wait at most; whoever still waits then is told to ask again.
        """
        self.shut()
        if self._is_empty_within(seconds) or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._give_up)
        self._is_empty_within(_REFUSING_SECONDS)

    def _is_empty_within(self, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        while self._inside and time.monotonic() < ends:
            time.sleep(_LOOK_SECONDS)
        return not self._inside

    def _give_up(self) -> None:
        self._is_over = True
        for task in self._inside:
            task.cancel()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task, "a request is answered in one"
        self._inside.add(task)
        try:
            await self._app(scope, receive, sending)
        except asyncio.CancelledError:
            if has_begun or not self._is_over:
                raise
            task.uncancel()
            await _refuse(scope, receive, send)
        finally:
            self._inside.discard(task)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    response = problem(
        503,
        "the program is ending and takes no more questions: ask again when it has been started",
        {"Retry-After": str(_AGAIN_SECONDS), "Connection": "close"},
    )
    await response(scope, receive, with_headers(send))
