"""Tell, from within an answer, who asked, where people have accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PERSON: ContextVar[str] = ContextVar("person", default="")


def person_asking() -> str:
    """Return the name of whoever asked; empty where nobody has one."""
    return _PERSON.get()


@contextmanager
def asked_as(name: str) -> Iterator[None]:
    """Let what is done within know who asked for it."""
    token = _PERSON.set(name)
    try:
        yield
    finally:
        _PERSON.reset(token)
