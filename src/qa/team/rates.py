"""Let nobody do more in a minute than can be borne: a bucket of tokens each."""

import time
from collections import OrderedDict
from collections.abc import Callable

_REMEMBERED = 10_000


class Rate:
    """How often each may do something."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare.

        Args:
            most: How often at once.
            seconds: After which one who did so may do so again.
            clock: Tells the time.
        """
        self._most = float(most)
        self._per_second = most / seconds
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> float:
        """Count one; return 0, or where that is too often, the seconds to wait."""
        wait = self.wait(who)
        if not wait:
            self._left[who] = (self._now(who) - 1, self._clock())
            self._left.move_to_end(who)
        if len(self._left) > _REMEMBERED:  # who has been idle longest has the most left
            self._left.popitem(last=False)
        return wait

    def wait(self, who: str) -> float:
        """Return how many seconds to wait until the next one, and count none."""
        left = self._now(who)
        return 0.0 if left >= 1 else (1 - left) / self._per_second

    def _now(self, who: str) -> float:
        left, at = self._left.get(who, (self._most, self._clock()))
        return min(self._most, left + (self._clock() - at) * self._per_second)
