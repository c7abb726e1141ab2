"""Ask a running `qa serve` as people and programs do, many at a time, and say what came of it.

Each has a connection of its own, asks one question after the other, and keeps to what it is told:
after a 429 it asks again when `Retry-After` is over. Does not know what is reported.
"""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from qa.ui.gate import ASK, SUGGEST, TOKEN_HEADER, TOKEN_PATH

_PATIENCE = 600.0  # seconds; nobody gives up before
_FUNCTION = "gradio_api/component_server/"
_NEW = re.compile(r' data-(?:conversation|version|sent)="[^"]*"|It took \d+ ms')


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a question.

    Attributes:
        client: Who asked.
        question: What.
        answer: What came back, but for what differs from one time to the next; empty for an error.
        problem: What went wrong, or empty.
        seconds: From asking to the answer, being told to come back later included.
        turned_away: How often it was told to come back later.
    """

    client: str
    question: str
    answer: str
    problem: str
    seconds: float
    turned_away: int


class Client(Protocol):
    """Whoever asks."""

    name: str

    async def send(self, question: str) -> httpx.Response:
        """Ask once."""

    def read(self, reply: httpx.Response) -> str:
        """Return of a reply what is the same every time."""


class Program:
    """Asks by the HTTP interface."""

    def __init__(self, http: httpx.AsyncClient, name: str, key: str = "") -> None:
        self.name = name
        self._http = http
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def send(self, question: str) -> httpx.Response:
        """Ask once."""
        return await self._http.post("v1/ask", json={"question": question}, headers=self._headers)

    def read(self, reply: httpx.Response) -> str:
        """Return the answer object but for the times."""
        given = reply.json()
        return json.dumps({name: given[name] for name in given if name != "timings_ms"})


class Person:
    """Asks in the page, each question in a conversation of its own; is told what may follow."""

    def __init__(self, http: httpx.AsyncClient, name: str, token: str, panes: Mapping[str, int]):
        self.name = name
        self._http = http
        self._headers = {TOKEN_HEADER: token}
        self._panes = panes
        self._asides: set[asyncio.Task[httpx.Response]] = set()

    @classmethod
    async def opening(cls, http: httpx.AsyncClient, name: str) -> "Person":
        """Open the page."""
        (await http.get("")).raise_for_status()
        token = (await http.get(TOKEN_PATH.lstrip("/"))).raise_for_status().text
        parts = (await http.get("config")).raise_for_status().json()["components"]
        panes = {part["props"].get("elem_id", ""): part["id"] for part in parts}
        return cls(http, name, token, panes)

    async def send(self, question: str) -> httpx.Response:
        """Ask once; what may be asked next is asked for as the page does, and not waited for."""
        conversation = secrets.token_hex(16)
        fields = {"question": question, "conversation": conversation, "number": 1, "owner": ""}
        reply = await self._call("qa-sent", ASK, fields)
        if reply.is_success:
            aside = asyncio.ensure_future(
                self._call("qa-next", SUGGEST, {"conversation": conversation})
            )
            self._asides.add(aside)
            aside.add_done_callback(self._asides.discard)
        return reply

    def read(self, reply: httpx.Response) -> str:
        """Return the HTML of the answer but for the time and the name of its conversation."""
        return _NEW.sub("", reply.json())

    async def _call(self, pane: str, function: str, fields: Mapping[str, Any]) -> httpx.Response:
        body = {"component_id": self._panes[pane], "fn_name": function, "session_hash": self.name}
        return await self._http.post(
            _FUNCTION, json={**body, "data": fields}, headers=self._headers
        )


async def ask(client: Client, question: str) -> Came:
    """Ask a question until there is an answer, or an error."""
    began, turned_away = time.perf_counter(), 0
    answer = problem = ""
    try:
        while (reply := await client.send(question)).status_code == 429:
            turned_away += 1
            await asyncio.sleep(float(reply.headers["retry-after"]))
        if reply.is_success:
            answer = client.read(reply)
        else:
            problem = f"{reply.status_code}: {reply.text[:200]}"
    except (httpx.HTTPError, ValueError, KeyError) as error:
        problem = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - began
    return Came(client.name, question, answer, problem, seconds, turned_away)


async def ask_in_turn(client: Client, questions: Sequence[str]) -> list[Came]:
    """Ask questions one after the other."""
    return [await ask(client, question) for question in questions]


async def ask_at_once(client: Client, questions: Sequence[str]) -> list[Came]:
    """Ask all questions at the same time."""
    return list(await asyncio.gather(*(ask(client, question) for question in questions)))


@asynccontextmanager
async def connected(address: str, count: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Give so many their own connections to a server."""
    limits = httpx.Limits(max_connections=None)
    https = [
        httpx.AsyncClient(base_url=address, timeout=_PATIENCE, limits=limits, trust_env=False)
        for _ in range(count)
    ]
    try:
        yield https
    finally:
        await asyncio.gather(*(http.aclose() for http in https))
