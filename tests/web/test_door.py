"""Who is inside when the door is shut: asked is answered, looked at is not waited for."""

import threading

from fastapi import FastAPI

from qa.web.server import Server, listen
from tests.ui.serving import request
from tests.web.slow import Slow, send


def test_a_server_that_is_closed_answers_what_has_been_asked() -> None:
    slow, app = Slow(), FastAPI()
    app.post("/")(slow.ask)
    server = Server(app, listen("127.0.0.1", 0))
    asked = send(server.address, "/", {})
    assert slow.begun.acquire(timeout=30)
    closing = threading.Thread(target=server.close)
    closing.start()
    refused = request(server.address, "/", "POST", b"{}")
    while refused.status == 200:
        refused = request(server.address, "/", "POST", b"{}")
    assert refused.status == 503
    slow.go_on.set()
    assert asked.recv(100).startswith(b"HTTP/1.1 200")
    closing.join()


def test_a_page_that_is_only_open_holds_nothing_up() -> None:
    slow, app = Slow(), FastAPI()
    app.get("/")(slow.ask)
    server = Server(app, listen("127.0.0.1", 0))
    looking = threading.Thread(target=request, args=(server.address, "/"))
    looking.start()
    assert slow.begun.acquire(timeout=30)
    server.close()
    assert not slow.go_on.is_set()
    slow.go_on.set()
    looking.join()
