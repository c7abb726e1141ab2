"""An application that answers when it is told to, and requests that are left while it does not."""

import socket
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit


class Slow:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.calls = 0

    def ask(self) -> str:
        self.calls += 1
        self.begun.release()
        self.go_on.wait(60)
        return "answer"


def send(address: str, path: str, headers: Mapping[str, str], body: bytes = b"{}") -> socket.socket:
    """Send a request, and return the connection on which its answer would come."""
    where = urlsplit(address)
    connection = socket.create_connection((where.hostname, where.port))
    lines = [f"{name}: {value}" for name, value in {"Host": where.netloc, **headers}.items()]
    head = "\r\n".join([f"POST {path} HTTP/1.1", *lines, f"Content-Length: {len(body)}", "", ""])
    connection.sendall(head.encode() + body)
    return connection
