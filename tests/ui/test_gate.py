"""What is let in and what is not, on every path there is; in which sizes and numbers."""

import json
import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import pytest

from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.schema import Answer
from qa.settings import AskSettings
from qa.ui.app import start
from qa.ui.gate import PageGate
from qa.ui.library import Library
from qa.ui.uploads import Uploads
from qa.web.guard import Rules
from qa.web.server import Server, guarded, is_this_machine_only, listen
from qa.web.turns import Turns
from tests.conftest import CORPUS, tiny_settings, write_corpus
from tests.ui.serving import COMPONENT, Reply, call, component, request, token
from tests.web.slow import Slow, send

ANSWER = Answer("Who?", True, "Ada", 0.9, (), ())


def all_paths() -> list[str]:
    """List every path Gradio answers under, its parameters filled in, and some of ours."""
    app = gr.routes.App.create_app(gr.Blocks())
    paths = {re.sub(r"\{[^}]*\}", "x", path) for path in _paths(app.routes)}
    assert len(paths) > 60
    return sorted(paths | {"/qa/token", "/qa/requests.js", "/nothing"})


def _paths(routes: list[object]) -> Iterator[str]:
    for route in routes:
        if path := getattr(route, "path", ""):
            yield path
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if not path and inner is not None:
            yield from _paths(getattr(inner, "routes", []))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guarded")
    write_corpus(folder / "corpus", CORPUS)
    tiny_settings(folder / "index")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    library = Library(folder / "corpus", folder / "index")
    server, address = start(folder / "index", AskSettings(), library=library)
    yield address
    library.stop()
    server.close()


@pytest.fixture(scope="module")
def reading(folder: Path) -> Iterator[str]:
    """A page for reading only, with one verdict that was given elsewhere."""
    Feedback(folder / "index" / FEEDBACK_FILE).add(ANSWER, Verdict.DOWN)
    server, address = start(folder / "index", AskSettings())
    yield address
    server.close()


# ---- who asks, from where


FOREIGN = {
    "another page": {"Origin": "http://127.0.0.1:1"},
    "a page at another name for this machine": {"Origin": "http://localhost"},
    "a page in the network": {"Origin": "https://evil.example"},
    "a page without an origin": {"Origin": "null"},
    "a name that was made to point here": {"Host": "evil.example"},
    "such a name with our port": {"Host": "evil.example:{port}"},
    "a name that begins as ours": {"Host": "localhost.evil.example"},
    "an address of another machine": {"Host": "192.0.2.1"},
    "no name at all": {"Host": ""},
    "a name with a user": {"Host": "localhost@evil.example"},
    "a picture in another page": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a frame in another page": {
        "Sec-Fetch-Site": "same-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "iframe",
    },
    "a proxy's word for another name": {"X-Forwarded-Host": "evil.example"},
    "another server's name": {"X-Gradio-Server": "http://evil.example"},
}


@pytest.mark.parametrize("who", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_path_answers_a_foreigner(address: str, who: str, method: str) -> None:
    port = urlsplit(address).port
    headers = {name: value.format(port=port) for name, value in FOREIGN[who].items()}
    headers |= token(address)
    body = b"{}" if method == "POST" else None
    for path in all_paths():
        reply = request(address, path, method, body, headers)
        assert reply.status in (400, 403), (path, reply)
        assert b"gradio" not in reply.body


def test_a_link_on_another_page_may_open_ours(address: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    headers |= {"Sec-Fetch-Dest": "document"}
    assert request(address, "/", headers=headers).status == 200


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "127.0.0.9:80", "LOCALHOST."])
def test_this_machines_own_names_are_served(address: str, name: str) -> None:
    assert request(address, "/", headers={"Host": name}).status == 200


def test_a_page_under_a_name_that_was_allowed_is_served_behind_a_proxy_too(folder: Path) -> None:
    server, address = start(folder / "index", allowed_hosts=["qa.example.org", "other:8443"])
    with server:
        own = {"Host": "qa.example.org", "Origin": "https://qa.example.org"}
        passed_on = {"Origin": "https://other:8443", "X-Forwarded-Host": "other:8443"}
        for headers in (own, passed_on):
            assert request(address, "/", headers=headers).status == 200
        assert request(address, "/", headers={"Origin": "https://other"}).status == 403
        assert request(address, "/", headers={"Host": "org"}).status == 403


@pytest.mark.parametrize(
    ("name", "served"),
    [("192.0.2.7", True), ("[2001:db8::1]:80", True), (socket.gethostname(), True),
     ("evil.example", False)],
)  # fmt: skip
def test_in_a_network_addresses_are_served_but_not_every_name(name: str, served: bool) -> None:
    app = guarded(Rules(only_this_machine=False), [PageGate()])
    with Server(app, listen("127.0.0.1", 0)) as server:
        reply = request(server.address, "/qa/token", headers={"Host": name})
        assert (reply.status == 200) == served


# ---- the token


@pytest.mark.parametrize("value", ["", "x", "x.y", "."])
def test_without_a_token_of_ours_nothing_is_changed(address: str, value: str) -> None:
    for path in all_paths():
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            reply = request(address, path, method, b"{}", {"X-QA-Token": value})
            assert reply.status in (403, 404), (path, method, reply)


def test_a_token_of_another_start_is_none_of_ours(address: str, reading: str) -> None:
    source = component(address, "qa-documents")
    body = call(source, "follow_progress", {})
    assert request(address, COMPONENT, "POST", body, token(reading)).status == 403
    assert request(address, COMPONENT, "POST", body, token(address)).status == 200


# ---- sizes


def post(address: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    return request(address, path, "POST", body, {**token(address), **headers})


def test_a_body_that_is_too_long_is_refused_unread(address: str) -> None:
    for path, most in ((COMPONENT, 2_000_000), ("/gradio_api/upload", 100_100_000)):
        reply = post(address, path, b"", {"Content-Length": str(most + 1)})
        assert reply.status == 413
        assert b"over the limit" in reply.body


def test_a_body_that_does_not_say_how_long_it_is_is_refused(address: str) -> None:
    for headers in ({"Transfer-Encoding": "chunked"}, {"Content-Length": "-1"}):
        reply = post(address, COMPONENT, b"", {"Content-Length": "", **headers})
        assert reply.status in (400, 411)


def test_files_are_taken_where_they_belong_only(address: str, reading: str) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    assert post(address, COMPONENT, b"--b--", form).status == 415
    assert post(reading, "/gradio_api/upload", b"--b--", form).status == 403


def test_what_the_page_asks_for_and_is_not_there_is_told(address: str) -> None:
    for body in (call(10**9, "list_documents", {}), call(1, "nothing", {}), b"no JSON", b"[]"):
        reply = post(address, COMPONENT, body, {})
        assert 400 <= reply.status <= 500
        assert json.loads(reply.body)["detail"]
        assert b"Traceback" not in reply.body


# ---- for reading only


def test_a_page_for_reading_only_changes_nothing(reading: str, folder: Path) -> None:
    (entry,) = Feedback(folder / "index" / FEEDBACK_FILE).entries()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    evaluate, source = component(reading, "qa-evaluate"), component(reading, "qa-documents")
    right = {"id": entry.id, "answer": "", "evidence": "It says so.", "none": False}
    for pane, function, data in (
        (evaluate, "correct_feedback", right),
        (evaluate, "delete_feedback", {"id": entry.id}),
        (evaluate, "start_evaluation", {"path": __file__, "name": "x"}),
        (source, "remove_documents", {"doc_ids": list(CORPUS)}),
        (source, "add_files", {"files": [{"path": __file__, "name": "x.txt"}]}),
        (source, "undo_removal", {}),
        (source, "check_changes", {}),
    ):
        assert post(reading, COMPONENT, call(pane, function, data), {}).status == 200
    changed = {path for path, data in before.items() if path.read_bytes() != data}
    assert {path.name for path in changed} <= {"feedback.sqlite-shm"}  # SQLite's for readers
    assert Feedback(folder / "index" / FEEDBACK_FILE).entries() == [entry]


# ---- headers


def test_every_answer_says_what_browsers_may_do_with_it(address: str) -> None:
    for path in ("/", "/config", "/nothing", "/qa/token", "/theme.css"):
        headers = request(address, path, headers={"Origin": address.rstrip("/")}).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert not [name for name in headers if name.startswith("access-control-")]
    page = request(address, "/")
    policy = page.headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts
    assert "'unsafe-inline'" not in scripts[1]
    assert "*" not in policy


# ---- numbers


def send_question(address: str, sealed: Mapping[str, str]) -> socket.socket:
    return send(address, COMPONENT, sealed, call(1, "ask", {}))


def test_questions_nobody_waits_for_any_more_are_not_asked() -> None:
    slow, app = Slow(), guarded(Rules(), [PageGate()])
    app.post(COMPONENT)(slow.ask)
    with Server(app, listen("127.0.0.1", 0)) as server:
        abandoned = [send_question(server.address, token(server.address)) for _ in range(200)]
        for _ in range(4):
            assert slow.begun.acquire(timeout=30)
        assert request(server.address, "/qa/token").status == 200, "the rest goes on"
        for connection in abandoned:
            connection.close()
        waits = send_question(server.address, token(server.address))
        slow.go_on.set()
        assert waits.recv(100).startswith(b"HTTP/1.1 200")
        waits.close()
    assert slow.calls <= 8, "the four that had begun, and few that left too late to be seen"


def test_one_client_cannot_have_more_than_its_share_wait() -> None:
    questions = Turns(at_once=4, waiting=256, waiting_each=32)
    slow, app = Slow(), guarded(Rules(), [PageGate(questions=questions)])
    app.post(COMPONENT)(slow.ask)
    with Server(app, listen("127.0.0.1", 0)) as server:
        sealed = token(server.address)
        waiting = [send_question(server.address, sealed) for _ in range(36)]
        for _ in range(4):
            assert slow.begun.acquire(timeout=30)
        one_more = send_question(server.address, sealed)
        answers = one_more.recv(1000)
        other = send_question(server.address, token(server.address))
        slow.go_on.set()
        assert b" 429 " in answers or any(b" 429 " in c.recv(1000) for c in waiting)
        assert other.recv(100).startswith(b"HTTP/1.1 200")
        for connection in (*waiting, one_more, other):
            connection.close()


# ---- where it listens, and what is left


def test_what_other_machines_reach_is_told_from_what_they_do_not() -> None:
    for host, only_here in (("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)):
        with listen(host, 0) as listening:
            assert is_this_machine_only(listening) == only_here


def test_uploads_of_programs_that_are_gone_are_removed_and_of_others_kept() -> None:
    mine = Uploads()
    (mine.folder / "x").write_text("x")
    left = Uploads()
    left._lock.release()  # as when it is killed
    another = Uploads()
    assert (mine.folder / "x").exists()
    assert not left.folder.exists()
    for uploads in (mine, another):
        uploads.close()
        assert not uploads.folder.exists()


def test_a_server_that_ends_leaves_nothing_that_was_uploaded(folder: Path) -> None:
    library = Library(folder / "corpus", folder / "index")
    server, address = start(folder / "index", library=library)
    with server:
        file = b'Content-Disposition: form-data; name="files"; filename="n.txt"\r\n\r\nwords\r\n'
        body = b"--b\r\n" + file + b"--b--\r\n"
        form = {"Content-Type": "multipart/form-data; boundary=b"}
        reply = post(address, "/gradio_api/upload", body, form)
        (path,) = map(Path, json.loads(reply.body))
        assert path.read_text() == "words"
    assert not path.exists()
    assert not path.parent.parent.exists()
