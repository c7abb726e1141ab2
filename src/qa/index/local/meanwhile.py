"""Do something on a thread of its own, and stop it when it is not wanted any more."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, TypeVar

from qa.files import Check

Done = TypeVar("Done")


class Meanwhile(Generic[Done]):
    """Work that is going on."""

    def __init__(self, name: str, work: Callable[[Check], Done]) -> None:
        """Begin.

        Args:
            name: The thread's.
            work: Calls what it is given now and then: that raises once it is to stop.
        """
        self._work = work
        self._stopping = Event()
        self._done: list[Done] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=name)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._done.append(self._work(self._check))
        except BaseException as error:  # for whoever asks for the result
            self._error = error

    def _check(self) -> None:
        if self._stopping.is_set():
            raise InterruptedError("not wanted any more")

    def result(self) -> Done:
        """Wait for what came of it; raises what the work raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._done[0]

    def stop(self) -> None:
        """Have it stopped, and wait until it has."""
        self._stopping.set()
        self._thread.join()
