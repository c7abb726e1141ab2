"""The protocol, against servers that misbehave; a real one answers in test_writer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qa.errors import UsageError, WriterError
from qa.settings import WriterSettings
from qa.write.client import ChatClient, ContextTooLongError, Message

ASKED: list[Message] = [{"role": "user", "content": "Hello"}]
Respond = Callable[[BaseHTTPRequestHandler], None]


def chunk(text: str) -> bytes:
    return f'data: {{"choices":[{{"delta":{{"content":"{text}"}}}}]}}\n\n'.encode()


@contextmanager
def server(respond: Respond) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            self.rfile.read(int(self.headers["Content-Length"]))
            respond(self)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()


def send(status: int, body: bytes) -> Respond:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def said(url: str, seconds: float = 5) -> str:
    client = ChatClient(WriterSettings(url, "tiny", seconds))
    return "".join(client.stream(ASKED))


def test_pieces_come_in_order_and_what_is_none_is_passed_over() -> None:
    body = b": a comment\n\n" + b'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n'
    body += chunk("Hel") + b'data: {"choices":[]}\n\n' + chunk("lo") + b"data: [DONE]\n\n"
    with server(send(200, body + chunk("never"))) as url:
        assert said(url) == "Hello"


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b"no key", "QA_LLM_KEY"),
        (404, b"no such model", "--llm-model"),
        (500, b"oops", "refused with 500"),
        (302, b"", "refused with 302"),
        (200, b'data: {"choices": 7}\n\n', "not of its protocol"),
        (200, b"data: \xff\xfe\n\n", "not of its protocol"),
    ],
)
def test_each_refusal_says_what_to_do(status: int, body: bytes, words: str) -> None:
    with server(send(status, body)) as url, pytest.raises(WriterError, match=words):
        said(url)


def test_a_context_that_is_too_short_is_told_from_other_refusals() -> None:
    body = b'{"error": {"message": "the request exceeds the available context size"}}'
    with server(send(400, body)) as url, pytest.raises(ContextTooLongError):
        said(url)


def test_a_busy_server_is_asked_again() -> None:
    answers = [send(503, b"busy"), send(200, chunk("yes"))]
    with server(lambda handler: answers.pop(0)(handler)) as url:
        assert said(url) == "yes"


def test_a_server_that_never_ends_is_left() -> None:
    def forever(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(chunk("la "))
        except OSError:
            pass

    with server(forever) as url:
        client = ChatClient(WriterSettings(url, "tiny", 5, max_tokens=10))
        assert len("".join(client.stream(ASKED))) < 1000


def test_nothing_that_listens_is_said_to_be_so() -> None:
    with pytest.raises(WriterError, match="start it"):
        said("http://127.0.0.1:9")


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://x/", "http://", "", "file:///x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--llm"):
        ChatClient(WriterSettings(url, "tiny"))


def test_the_key_goes_to_the_named_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_LLM_KEY", "secret-key")
    seen: list[str | None] = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        send(200, b"")(handler)

    with server(elsewhere) as other:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(307)
            handler.send_header("Location", other)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with server(redirect) as url, pytest.raises(WriterError, match="307"):
            said(url)
        assert seen == []
        said(other)
    assert seen == ["Bearer secret-key"]
