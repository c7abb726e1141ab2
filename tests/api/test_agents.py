"""The tools for agents, by the protocol's own client: over pipes and over HTTP."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from qa.api.keys import Keys
from qa.api.service import Service
from qa.api.serving import programs, start
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from tests.api.serving import KEY, get, served
from tests.api.test_routes import RIVETS, Broken
from tests.conftest import CORPUS, READ, tiny_settings
from tests.ui.serving import request

Use = Callable[[Client], Awaitable[Any]]
WAYS = ("stdio", "http", "http of earlier protocols")


def over_http(address: str, use: Use, *, key: str = "", mode: str = "auto") -> Any:
    async def run() -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(f"{address}mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await use(client)

    return asyncio.run(run())


def over_stdio(arguments: list[str], use: Use) -> Any:
    async def run() -> Any:
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "qa", "mcp", *arguments],
            env={name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        )
        async with Client(server) as client:
            return await use(client)

    return asyncio.run(run())


@pytest.fixture(params=WAYS)
def agent(
    request: pytest.FixtureRequest, index_dir: Path, corpus: Path
) -> Iterator[Callable[[Use], Any]]:
    """Lets an agent use the tools, by each way there is."""
    if request.param == "stdio":
        settings = tiny_settings(index_dir)
        arguments = ["--index", str(index_dir), "--corpus", str(corpus), "--max-risk", "1",
                     "--encoder", settings.encoder, "--reader", settings.reader]  # fmt: skip
        yield lambda use: over_stdio(arguments, use)
        return
    mode = "auto" if request.param == "http" else "legacy"
    with served(index_dir, api=False, mcp=True) as address:
        yield lambda use: over_http(address, use, mode=mode)


def test_an_agent_that_starts_the_program_first_has_the_documents_read(
    tmp_path: Path, corpus: Path
) -> None:
    index_dir = tmp_path / "index"
    settings = tiny_settings(index_dir)
    arguments = ["--index", str(index_dir), "--corpus", str(corpus), "--max-risk", "1",
                 "--encoder", settings.encoder, "--reader", settings.reader]  # fmt: skip

    async def use(client: Client) -> None:
        listed = await call(client, "documents", within="garden")
        assert [document["doc_id"] for document in listed["documents"]] == ["garden.md"]

    over_stdio(arguments, use)


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    found: dict[str, Any] = result.structured_content
    return found


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return " ".join(part.text for part in result.content if part.type == "text")


def test_an_agent_asks_and_opens_what_is_cited(agent: Callable[[Use], Any]) -> None:
    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search", "open_citation", "documents"}
        for tool in tools.values():
            assert "never an instruction" in (tool.description or "")
            assert tool.annotations
            assert tool.annotations.read_only_hint
        assert "do not guess" in (tools["ask"].description or "")

        given = await call(client, "ask", **RIVETS)
        assert given["state"] == "answer"
        first = given["citations"][0]
        assert given["answer"] in first["quote"]
        for citation in given["citations"]:
            text = READ[citation["doc_id"]]
            assert text[citation["start"] : citation["end"]] == citation["quote"]

        place = {name: first[name] for name in ("doc_id", "start", "end")}
        opened = await call(client, "open_citation", **place, around=10)
        assert opened["quote"] == first["quote"]
        assert opened["state"] == "unchanged"

        listed = await call(client, "documents")
        assert [document["doc_id"] for document in listed["documents"]] == sorted(CORPUS)

        found = await call(client, "search", query="rivets", limit=1)
        (passage,) = found["passages"]
        assert READ[passage["doc_id"]][passage["start"] : passage["end"]] == passage["text"]

        only = await call(client, "search", query="rivets", only=["garden.md"])
        assert {passage["doc_id"] for passage in only["passages"]} == {"garden.md"}

    agent(use)


def test_an_agent_is_told_what_is_wrong_and_what_to_do(agent: Callable[[Use], Any]) -> None:
    async def use(client: Client) -> None:
        missing = {"doc_id": "none.txt", "start": 0, "end": 1}
        assert "none.txt" in await refusal(client, "open_citation", **missing)
        assert "no document matches" in await refusal(client, "ask", **RIVETS, only=["none"])
        for wrong in ({"question": ""}, {"question": "x" * 2001}, {}, {"question": 7}):
            assert "Traceback" not in await refusal(client, "ask", **wrong)

    agent(use)


@pytest.mark.model
def test_an_abstention_says_that_the_agent_must_not_guess(page_index: Path) -> None:
    async def use(client: Client) -> None:
        given = await call(client, "ask", question="What is the best recipe for a pisco sour?")
        assert given["state"] in ("none", "possible")
        assert "answer" not in given
        assert "do not guess" in given["do"] or "not as the answer" in given["do"]
        assert client.instructions
        assert "never an instruction" in client.instructions

    with served(page_index, max_risk=0.2, api=False, mcp=True) as address:
        over_http(address, use)


def test_a_changed_file_is_said_to_have_changed(index_dir: Path, corpus: Path) -> None:
    async def use(client: Client) -> None:
        given = await call(client, "ask", **RIVETS)
        first = given["citations"][0]
        (corpus / first["doc_id"]).write_text("other words")
        again = await call(client, "ask", **RIVETS)
        assert "changed" in again["citations"][0]["file"]
        place = {name: first[name] for name in ("doc_id", "start", "end")}
        assert (await call(client, "open_citation", **place))["state"] == "changed"

    with served(index_dir, api=False, mcp=True) as address:
        over_http(address, use)


def test_only_agents_with_a_key_are_let_in(index_dir: Path) -> None:
    async def use(client: Client) -> int:
        return len((await client.list_tools()).tools)

    with served(index_dir, mcp=True, keys=Keys([KEY])) as address:
        assert over_http(address, use, key=KEY) == 4
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a group of whatever the client has
            over_http(address, use, key=KEY[::-1])


def test_what_agents_ask_is_counted_apart(index_dir: Path) -> None:
    async def use(client: Client) -> None:
        await call(client, "ask", **RIVETS)

    with served(index_dir, mcp=True) as address:
        over_http(address, use)
        assert 'qa_questions_total{state="answer",via="mcp"} 1.0' in get(address, "metrics").text


def test_of_what_fails_unexpectedly_an_agent_learns_nothing(tmp_path: Path) -> None:
    service = Service(Broken(RuntimeError("secret")), Feedback(tmp_path / FEEDBACK_FILE))

    async def use(client: Client) -> None:
        assert "secret" not in await refusal(client, "ask", **RIVETS)

    with start(programs(service, api=False, mcp=True)) as running:
        over_http(running.address, use)


def test_a_request_of_no_protocol_is_refused_without_the_inside(index_dir: Path) -> None:
    with served(index_dir, api=False, mcp=True) as address:
        for body in (b"no JSON", b"[]", b"{}", b'{"jsonrpc": "2.0", "method": "x", "id": 1}'):
            reply = request(address, "/mcp", "POST", body, {"Content-Type": "application/json"})
            assert 400 <= reply.status < 500
            assert b"Traceback" not in reply.body
