"""Tell, from within an answer, whether whoever asked still waits for it.

A visit knows when a browser has gone; what answers runs in another thread, in the same context.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from qa.errors import AbandonedError

_HAS_GONE: ContextVar[Callable[[], bool] | None] = ContextVar("has_gone", default=None)


def is_waited_for() -> bool:
    """Whether whoever asked still waits; taken for true where nobody can know."""
    has_gone = _HAS_GONE.get()
    return has_gone is None or not has_gone()


def check_waited_for() -> None:
    """Go on only if whoever asked still waits.

    Raises:
        AbandonedError: Nobody does.
    """
    if not is_waited_for():
        raise AbandonedError("nobody waits for the answer any more")


@contextmanager
def asked_by(has_gone: Callable[[], bool]) -> Iterator[None]:
    """Let what is done within know whether its answer is still waited for."""
    token = _HAS_GONE.set(has_gone)
    try:
        yield
    finally:
        _HAS_GONE.reset(token)
