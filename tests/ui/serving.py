"""Requests as anybody can send them, browsers aside."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from qa.ui.gate import TOKEN_HEADER, TOKEN_PATH

COMPONENT = "/gradio_api/component_server/"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    address: str,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request; a header with an empty value is left out, `Host` too."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    sent = {"Host": where.netloc, **(headers or {})}
    if body is not None:
        sent.setdefault("Content-Length", str(len(body)))
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
    except ConnectionResetError:  # refused while we were still sending
        return Reply(400, {}, b"")
    finally:
        connection.close()


def token(address: str) -> dict[str, str]:
    """Ask for a token as the page does; return the header that carries it."""
    return {TOKEN_HEADER: request(address, TOKEN_PATH).body.decode()}


def component(address: str, name: str) -> int:
    """Find a component of the page by the id of its element."""
    config = json.loads(request(address, "/config").body)
    found: int = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == name)
    return found


def call(component_id: int, function: str, data: Mapping[str, Any]) -> bytes:
    """Write the body of a call of a pane's function."""
    fields = {"data": data, "fn_name": function, "component_id": component_id}
    return json.dumps({**fields, "session_hash": "anybody"}).encode()
