"""Let what is served begin and end with the server, whenever it was put into service."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

Surrounding = Callable[[Any], AbstractAsyncContextManager[Any]]


class Lifespans:
    """What surrounds the applications that were opened while the server runs.

    Each is begun and ended by a task of its own, as what is begun in a task must be ended in it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, surrounding: Surrounding, app: Any) -> None:
        """Begin what surrounds an application; it ends with `end`.

        Raises:
            Exception: Whatever it fails with.
        """
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._keep(surrounding, app, begun))
        self._tasks.append(task)
        await asyncio.wait((task, begun), return_when=asyncio.FIRST_COMPLETED)
        if not begun.done():
            await task  # which has failed

    async def end(self) -> None:
        """End all that was begun."""
        self._stop.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(
        self, surrounding: Surrounding, app: Any, begun: "asyncio.Future[None]"
    ) -> None:
        async with surrounding(app):
            begun.set_result(None)
            await self._stop.wait()
