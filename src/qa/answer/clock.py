"""Measure how long each stage of an answer takes."""

import time


class Clock:
    """Wall time by stage, in milliseconds."""

    def __init__(self) -> None:
        """Start."""
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Say that a stage has ended."""
        now = time.perf_counter()
        self._laps[stage] = (now - self._last) * 1000
        self._last = now

    def timings_ms(self) -> dict[str, float]:
        """Return the time of each stage and the total, up to the last lap."""
        laps = {**self._laps, "total": (self._last - self._started) * 1000}
        return {stage: round(value, 3) for stage, value in laps.items()}
