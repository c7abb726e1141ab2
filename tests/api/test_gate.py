"""Who is let in to ask as a program does, in which sizes and numbers."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from qa.answer.find import Finder
from qa.answer.live import LiveAnswerer
from qa.api.gate import ProgramGate
from qa.api.keys import Keys
from qa.api.serving import programs, service_of
from qa.errors import UsageError
from qa.settings import AskSettings
from qa.ui.app import start as start_page
from qa.ui.gate import PageGate
from qa.waiting import is_waited_for
from qa.web.guard import Rules
from qa.web.server import Beside, Server, guarded, listen
from qa.web.turns import Turns
from tests.api.serving import KEY, get, post, served
from tests.ui.serving import COMPONENT, call, request, token
from tests.web.slow import Slow, send

ASKED = json.dumps({"question": "How many rivets?"}).encode()
JSON = {"Content-Type": "application/json"}
PATHS = (("POST", "/v1/ask"), ("POST", "/v1/feedback"), ("GET", "/v1/documents"),
         ("GET", "/v1/health"), ("GET", "/v1/metrics"), ("GET", "/v1/openapi.json"),
         ("GET", "/v1/nothing"), ("POST", "/mcp"), ("DELETE", "/v1/ask"))  # fmt: skip
FOREIGN = {
    "another page": {"Origin": "http://127.0.0.1:1"},
    "a page in the network": {"Origin": "https://evil.example"},
    "a page without an origin": {"Origin": "null"},
    "a name that was made to point here": {"Host": "evil.example"},
    "no name at all": {"Host": ""},
    "another page without saying so": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a link on another page": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                               "Sec-Fetch-Dest": "document"},
}  # fmt: skip


@pytest.fixture
def address(index_dir: Path) -> Iterator[str]:
    with served(index_dir, mcp=True) as address:
        yield address


@pytest.mark.parametrize("who", FOREIGN)
def test_what_other_pages_send_is_refused_on_every_path(address: str, who: str) -> None:
    for method, path in PATHS:
        body = ASKED if method == "POST" else None
        reply = request(address, path, method, body, {**JSON, **FOREIGN[who]})
        assert reply.status in (400, 403), (method, path)
        assert b"rivets" not in reply.body


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"],
)
def test_what_a_page_may_send_unasked_is_not_taken(address: str, kind: str) -> None:
    """Were a browser to leave `Origin` out: a form is no JSON."""
    for path in ("/v1/ask", "/v1/feedback", "/mcp"):
        assert request(address, path, "POST", ASKED, {"Content-Type": kind}).status == 415


def test_a_body_that_is_too_long_or_does_not_say_is_refused_unread(address: str) -> None:
    for path in ("/v1/ask", "/v1/feedback", "/mcp"):
        long = request(address, path, "POST", b"", {**JSON, "Content-Length": "2000001"})
        assert long.status == 413
        assert b"over the limit" in long.body
        headers = {**JSON, "Content-Length": "", "Transfer-Encoding": "chunked"}
        assert request(address, path, "POST", b"", headers).status in (400, 411)


def test_every_answer_says_that_no_page_may_use_it(address: str) -> None:
    for method, path in PATHS:
        body = ASKED if method == "POST" else None
        headers = request(address, path, method, body, JSON).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not [name for name in headers if name.startswith("access-control-")]


def test_agents_may_only_post(address: str) -> None:
    for method in ("GET", "DELETE", "PUT"):
        reply = request(address, "/mcp", method, None, JSON)
        assert (reply.status, reply.headers["allow"]) == (405, "POST")


# ---- keys


@pytest.fixture
def locked(index_dir: Path, tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "keys"
    file.write_text(f"# of the archive\n\n{KEY}\n{KEY[::-1]}\n")
    with served(index_dir, mcp=True, keys=Keys.read(file)) as address:
        yield address


@pytest.mark.parametrize(
    "sent",
    ["", "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY,
     f"Bearer {KEY.upper()}", "Bearer # of the archive"],
)  # fmt: skip
def test_without_a_key_nothing_is_answered(locked: str, sent: str) -> None:
    for method, path in PATHS:
        body = ASKED if method == "POST" else None
        reply = request(locked, path, method, body, {**JSON, "Authorization": sent})
        assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer"), path
        assert b"Authorization: Bearer KEY" in reply.body


def test_each_key_of_the_file_opens(locked: str) -> None:
    for key in (KEY, KEY[::-1]):
        sent = {"Authorization": f"Bearer {key}"}
        asked = {"question": "How many rivets?"}
        assert post(locked, "ask", asked, sent).status_code == 200
        assert httpx.get(f"{locked}v1/health", headers=sent).status_code == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no key"), ("# none\n", "no key"), ("short\n", "shorter"), (f"{KEY}\nshort\n", "shorter"),
     ("two words that are long enough\n", "blanks"), ("ü" * 30, "ASCII"), (None, "cannot be read")],
)  # fmt: skip
def test_a_key_file_that_keeps_nobody_out_is_refused(
    tmp_path: Path, text: str | None, said: str
) -> None:
    file = tmp_path / "keys"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UsageError, match=said):
        Keys.read(file)


def test_what_is_kept_of_a_key_is_not_the_key() -> None:
    keys = Keys([KEY])
    holder = keys.holder(f"Bearer {KEY}")
    assert holder
    assert KEY not in holder
    assert KEY not in repr(vars(keys))


# ---- beside the page


def test_the_page_and_programs_are_served_together_and_keep_their_own_rules(
    index_dir: Path,
) -> None:
    live = LiveAnswerer(index_dir, AskSettings(max_risk=1.0))
    beside = programs(service_of(index_dir, live), api=True, mcp=True, keys=Keys([KEY]))
    server, address = start_page(index_dir, live=live, beside=beside)
    with server:
        assert request(address, "/").status == 200
        assert request(address, "/v1/health").status == 401
        assert get(address, "health").status_code == 401
        sent = {"Authorization": f"Bearer {KEY}"}
        assert post(address, "ask", {"question": "How many rivets?"}, sent).status_code == 200
        question = call(1, "ask", {})
        assert request(address, COMPONENT, "POST", question, {**JSON, **sent}).status == 403
        assert request(address, "/v1/ask", "POST", ASKED, {**JSON, **token(address)}).status == 401


def test_without_being_asked_for_nothing_is_served_to_programs(index_dir: Path) -> None:
    server, address = start_page(index_dir)
    with server:
        for method, path in PATHS:
            body = ASKED if method == "POST" else None
            reply = request(address, path, method, body, {**JSON, **token(address)})
            assert reply.status in (403, 404)


# ---- numbers


@pytest.fixture
def slow() -> Iterator[tuple[Slow, str]]:
    """A page and an interface for programs that share a place for one question at a time."""
    slow, app = Slow(), FastAPI()
    app.post("/v1/ask")(slow.ask)
    questions = Turns(at_once=1, waiting=256, waiting_each=8)
    beside = Beside([ProgramGate(app, "/v1", questions, Keys([KEY, KEY[::-1]]))], questions)
    page = guarded(Rules(), [*beside.gates, PageGate(questions=questions)])
    page.post(COMPONENT)(slow.ask)
    with Server(page, listen("127.0.0.1", 0)) as server:
        yield slow, server.address
        slow.go_on.set()


def test_questions_that_programs_have_given_up_are_not_asked(slow: tuple[Slow, str]) -> None:
    asked, address = slow
    headers = {**JSON, "Authorization": f"Bearer {KEY}"}
    abandoned = [send(address, "/v1/ask", headers) for _ in range(9)]
    assert asked.begun.acquire(timeout=30)
    for connection in abandoned:
        connection.close()
    waits = send(address, "/v1/ask", {**JSON, "Authorization": f"Bearer {KEY[::-1]}"})
    asked.go_on.set()
    assert waits.recv(100).startswith(b"HTTP/1.1 200")
    waits.close()
    assert asked.calls <= 4, "the one that had begun, few that left too late to be seen, and it"


def test_who_is_turned_away_is_told_when_to_come_back(slow: tuple[Slow, str]) -> None:
    asked, address = slow
    headers = {**JSON, "Authorization": f"Bearer {KEY}"}
    waiting = [send(address, "/v1/ask", headers)]
    assert asked.begun.acquire(timeout=30)
    waiting += [send(address, "/v1/ask", headers) for _ in range(8)]
    reply = request(address, "/v1/ask", "POST", ASKED, headers)
    while reply.status == 200:  # the eight are not all in line yet
        reply = request(address, "/v1/ask", "POST", ASKED, headers)
    assert reply.status == 429
    seconds = reply.headers["retry-after"]
    assert f"try again in {seconds} second" in json.loads(reply.body)["error"]
    asked.go_on.set()
    for connection in waiting:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        connection.close()


def test_an_answer_that_nobody_waits_for_any_more_is_not_worked_out(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, passages = threading.Event(), Finder.passages

    def slow(*arguments: Any) -> Any:
        begun.set()
        for _ in range(3000):
            if not is_waited_for():
                return passages(*arguments)
            time.sleep(0.01)
        raise AssertionError("it is still waited for")

    with served(index_dir) as address:
        with monkeypatch.context() as patch:
            patch.setattr(Finder, "passages", slow)
            connection = send(address, "/v1/ask", JSON, ASKED)
            assert begun.wait(30)
            connection.close()
            abandoned = 'qa_errors_total{kind="AbandonedError",via="api"} 1.0'
            while abandoned not in get(address, "metrics").text:
                time.sleep(0.01)
        assert "qa_questions_total{" not in get(address, "metrics").text
        assert post(address, "ask", {"question": "How many rivets?"}).status_code == 200


def test_a_program_that_asks_much_holds_up_neither_others_nor_the_page(
    slow: tuple[Slow, str],
) -> None:
    asked, address = slow
    greedy = {**JSON, "Authorization": f"Bearer {KEY}"}
    waiting = [send(address, "/v1/ask", greedy) for _ in range(9)]
    assert asked.begun.acquire(timeout=30)
    one_more = send(address, "/v1/ask", greedy)
    answers = one_more.recv(1000)
    page = send(address, COMPONENT, token(address), call(1, "ask", {}))
    other = send(address, "/v1/ask", {**JSON, "Authorization": f"Bearer {KEY[::-1]}"})
    asked.go_on.set()
    assert b" 429 " in answers or any(b" 429 " in c.recv(1000) for c in waiting)
    for connection in (page, other):
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    for connection in (*waiting, one_more, page, other):
        connection.close()
