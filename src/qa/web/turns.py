"""Let requests take turns: a few at a time, every client in its turn, nobody for one who left.

Runs in one event loop, so that nothing needs a lock. Does not know what a request is.
"""

import asyncio
from collections import OrderedDict, deque


class Turns:
    """Places for a few at a time, and those who wait for one."""

    def __init__(self, at_once: int, waiting: int, waiting_each: int) -> None:
        """Prepare.

        Args:
            at_once: How many have a place at a time.
            waiting: How many may wait, of all clients together.
            waiting_each: How many of one client may wait.
        """
        self._free = at_once
        self._most = waiting
        self._most_each = waiting_each
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0

    def line_up(self, client: str) -> asyncio.Future[None] | None:
        """Return what is done when it is one's turn; None where too many wait already.

        Whoever is given one leaves in the end, whatever becomes of it.
        """
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._free:
            self._free -= 1
            turn.set_result(None)
            return turn
        line = self._lines.get(client, ())
        if self._waiting >= self._most or len(line) >= self._most_each:
            return None
        self._lines.setdefault(client, deque()).append(turn)
        self._waiting += 1
        return turn

    def leave(self, client: str, turn: asyncio.Future[None]) -> None:
        """Give the place to the next, or stop waiting for one."""
        if turn.done() and not turn.cancelled():
            self._next()
            return
        turn.cancel()
        line = self._lines[client]
        line.remove(turn)
        self._waiting -= 1
        if not line:
            del self._lines[client]

    def _next(self) -> None:
        """Give a place to the client who has waited longest for one."""
        if not self._lines:
            self._free += 1
            return
        client, line = self._lines.popitem(last=False)
        turn = line.popleft()
        self._waiting -= 1
        if line:
            self._lines[client] = line  # at the end: the others come first
        turn.set_result(None)


def question_turns() -> Turns:
    """Return turns for questions: each takes a tenth of a second of all cores."""
    return Turns(at_once=4, waiting=256, waiting_each=32)
