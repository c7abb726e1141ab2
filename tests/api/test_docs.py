"""What docs/API.md shows works: each request is sent, the agents' configuration is run."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mcp import Client

from qa.settings import AskSettings
from tests.api.serving import served
from tests.api.test_agents import over_stdio
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "API.md").read_text("utf-8")
SHOWN = "http://127.0.0.1:7860/"
CURLS = [
    line
    for block in re.findall(r"^```bash\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


@pytest.fixture(scope="module")
def address(page_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    index_dir = tmp_path_factory.mktemp("shown") / "index"
    shutil.copytree(page_index, index_dir)  # a verdict is kept
    with served(index_dir, max_risk=AskSettings().max_risk) as address:
        yield address


def sent(line: str, address: str) -> httpx.Response:
    """Send what curl would."""
    program, *words = shlex.split(line)
    assert program == "curl"
    url, headers, body = "", {}, None
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        elif word != "-N":
            assert not url
            assert word.startswith(SHOWN)
            url = word.replace(SHOWN, address)
    method = "GET" if body is None else "POST"
    return httpx.request(method, url, headers=headers, content=body, timeout=60)


@pytest.mark.model
@pytest.mark.parametrize("line", CURLS)
def test_each_request_that_is_shown_is_answered(address: str, line: str) -> None:
    reply = sent(line, address)
    assert reply.is_success, reply.text
    assert len(reply.content) > 5


def test_every_route_is_shown(address: str) -> None:
    described = httpx.get(f"{address}v1/openapi.json").json()["paths"]
    shown = {re.sub(r"\?.*", "", path) for path in re.findall(r":7860(/v1/[a-z?]+)", PAGE)}
    assert shown == set(described)


@pytest.mark.model
def test_the_configuration_that_is_shown_gives_an_agent_its_tools(page_index: Path) -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (shown,) = json.loads(block)["mcpServers"].values()
    assert shown["command"].endswith("/bin/qa")
    here = {"/path/to/corpus": str(ROOT / "corpus"), "/path/to/index": str(page_index)}
    command, *arguments = [here.get(word, word) for word in shown["args"]]
    assert command == "mcp"

    async def use(client: Client) -> None:
        listed = await client.list_tools()
        named = re.findall(r"^\| `(\w+)` \|", PAGE.partition("| tool |")[2], re.MULTILINE)
        assert [tool.name for tool in listed.tools] == named

    over_stdio(arguments, use)
