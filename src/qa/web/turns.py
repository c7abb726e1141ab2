"""Let requests take turns: a few at a time, every client in its turn, nobody for one who left.

Runs in one event loop, so that nothing needs a lock. Does not know what a request is.
"""

import asyncio
import math
from collections import OrderedDict, deque

_GUESS_SECONDS = 0.2  # that a place is held, before anybody has held one
_REMEMBERED = 0.1  # weight of the newest in the mean
_LONGEST_SECONDS = 60


class Turns:
    """Places for a few at a time, and those who wait for one."""

    def __init__(self, at_once: int, waiting: int, waiting_each: int) -> None:
        """Prepare.

        Args:
            at_once: How many have a place at a time.
            waiting: How many may wait, of all clients together.
            waiting_each: How many of one client may wait.
        """
        self._places = self._free = at_once
        self._most = waiting
        self._most_each = waiting_each
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0
        self._since: dict[asyncio.Future[None], float] = {}
        self._held_seconds = _GUESS_SECONDS

    def line_up(self, client: str) -> asyncio.Future[None] | None:
        """Return what is done when it is one's turn; None where too many wait already.

        Whoever is given one leaves in the end, whatever becomes of it.
        """
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._free:
            self._free -= 1
            self._give_place(turn)
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
            held = asyncio.get_running_loop().time() - self._since.pop(turn)
            self._held_seconds += _REMEMBERED * (held - self._held_seconds)
            self._next()
            return
        turn.cancel()
        line = self._lines[client]
        line.remove(turn)
        self._waiting -= 1
        if not line:
            del self._lines[client]

    def seconds_left(self) -> int:
        """Estimate in how many seconds all who wait now have had their turn: 1 to 60."""
        left = math.ceil(self._waiting * self._held_seconds / self._places)
        return min(max(1, left), _LONGEST_SECONDS)

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
        self._give_place(turn)

    def _give_place(self, turn: asyncio.Future[None]) -> None:
        self._since[turn] = asyncio.get_running_loop().time()
        turn.set_result(None)


def question_turns() -> Turns:
    """Return turns for questions: each takes a fifth of a second of all cores.

    A hundred who ask at once are let in though they count as one, as behind a proxy or in an
    office with one address; all who may wait are answered within some two minutes.
    """
    return Turns(at_once=4, waiting=512, waiting_each=128)
