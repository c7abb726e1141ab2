"""The interface for programs, served for tests, and requests to it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from qa.answer.live import LiveAnswerer
from qa.api.keys import Keys
from qa.api.serving import programs, service_of, start
from qa.settings import AskSettings, WriterSettings

Call = Callable[..., httpx.Response]
KEY = "a-key-that-nobody-can-guess-0123456789"


@contextmanager
def served(
    index_dir: Path,
    *,
    max_risk: float = 1.0,
    read_only: bool = False,
    writer: WriterSettings | None = None,
    keys: Keys | None = None,
    api: bool = True,
    mcp: bool = False,
) -> Iterator[str]:
    """Serve an index to programs; return the address."""
    live = LiveAnswerer(index_dir, AskSettings(max_risk=max_risk))
    service = service_of(index_dir, live, read_only=read_only, writer=writer)
    with start(programs(service, api=api, mcp=mcp, keys=keys)) as server:
        yield server.address


def post(
    address: str, path: str, body: object, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Send JSON."""
    return httpx.post(f"{address}v1/{path}", json=body, headers=headers, timeout=60)


def get(address: str, path: str, **query: Any) -> httpx.Response:
    """Ask for something."""
    return httpx.get(f"{address}v1/{path}", params=query, timeout=60)


def error_of(reply: httpx.Response) -> str:
    """Return what a refusal says; it says it in JSON, and tells nothing of the program."""
    assert reply.headers["content-type"] == "application/json"
    assert "Traceback" not in reply.text
    said: str = reply.json()["error"]
    return said
