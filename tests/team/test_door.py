"""Who gets in where, by what they show."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from qa.errors import UsageError
from qa.index.build import build_index
from qa.team.caller import TrustedProxy
from qa.team.door import Limits
from qa.team.records.rights import Kind, Right
from qa.team.serving import Ways
from qa.ui.gate import TOKEN_HEADER
from tests.conftest import CORPUS
from tests.team.serving import PASSWORD, Served, ask, send, served
from tests.ui.browsing import tiny_build_settings
from tests.ui.serving import call

QUESTION = "When was the Iron Bridge opened?"
OPENED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
_COMPONENTS = "gradio_api/component_server/"


def call_page(client: httpx.Client, element: str, function: str, **data: object) -> httpx.Response:
    """Call one of a page's functions, as its script does."""
    base = "/c/garden/"
    headers = {TOKEN_HEADER: client.get(f"{base}qa/token").text, "Content-Type": "application/json"}
    components = client.get(f"{base}config").json()["components"]
    number = next(c["id"] for c in components if c["props"].get("elem_id") == element)
    body = call(number, function, data)
    return client.post(f"{base}{_COMPONENTS}", content=body, headers=headers)


@pytest.mark.parametrize(
    "path", ["/c/garden/", "/c/garden", "/c/nowhere/", "/c/garden/config", "/", "/people", "/log"]
)
def test_a_stranger_is_asked_who_they_are_whatever_there_is(garden: Served, path: str) -> None:
    with garden.stranger() as stranger:
        sent = stranger.get(path, headers=OPENED)
        assert sent.status_code == 303
        assert sent.headers["location"].startswith("/login?next=")
        assert stranger.get(path).status_code == 401
        assert stranger.post(path, content=b"{}").status_code == 401


def test_who_may_ask_asks_on_the_page_and_by_program(garden: Served) -> None:
    with garden.browser("ben") as ben:
        assert ben.get("/c/garden").headers["location"] == "/c/garden/"
        assert "Garden" in ben.get("/c/garden/", headers=OPENED).text
        reply = call_page(ben, "qa-sent", "ask", question=QUESTION, conversation="b" * 22)
        assert "It was opened in 1781." in reply.text
        quote = ask(ben, "garden", QUESTION)["citations"][0]["quote"]
        assert quote == "The Iron Bridge crosses the Severn. It was opened in 1781."


def test_who_may_only_ask_changes_no_document(garden: Served) -> None:
    collection = garden.team.collections.find("garden")
    assert collection is not None
    with garden.browser("ben") as ben:
        token = {TOKEN_HEADER: ben.get("/c/garden/qa/token").text}
        files = {"files": ("new.txt", b"Ferns want shade.")}
        sent = ben.post("/c/garden/gradio_api/upload", files=files, headers=token)
        assert sent.status_code == 403
        for element, function in (
            ("qa-documents", "remove_documents"),
            ("qa-documents", "check_changes"),
            ("qa-documents", "add_files"),
            ("qa-evaluate", "start_evaluation"),
            ("qa-evaluate", "list_feedback"),
            ("qa-evaluate", "delete_feedback"),
        ):
            refused = call_page(ben, element, function, doc_ids=["bridges.txt"], id=1)
            assert refused.status_code == 403, function
        entry = garden.team.audit.last(1)[0]
        assert (entry.person, entry.act, entry.outcome) == ("ben", "delete a verdict", "refused")
    kept = {
        path.relative_to(collection.corpus).as_posix() for path in collection.corpus.rglob("*.*")
    }
    assert kept == set(CORPUS)


def test_who_may_add_removes_a_document_and_it_is_noted(garden: Served) -> None:
    collection = garden.team.collections.find("garden")
    assert collection is not None
    with garden.browser("ann") as ann:
        call_page(ann, "qa-documents", "remove_documents", doc_ids=["bridges.txt"])
    assert not (collection.corpus / "bridges.txt").exists()
    entry = garden.team.audit.last(1)[0]
    assert (entry.person, entry.act, entry.collection) == ("ann", "remove documents", "garden")
    assert entry.outcome == "let in"


def test_a_right_that_is_taken_back_ends_at_once(garden: Served) -> None:
    with garden.browser("ben") as ben:
        assert ben.get("/c/garden/").status_code == 200
        garden.team.rights.give(Kind.PERSON, "ben", "garden", Right.NOTHING)
        assert ben.get("/c/garden/").status_code == 404
        garden.team.rights.give(Kind.PERSON, "cem", "garden", Right.ASK)
    with garden.browser("cem") as cem:
        assert cem.get("/c/garden/v1/health").status_code == 200


def test_a_collection_that_is_begun_is_served_and_one_taken_off_is_not(garden: Served) -> None:
    with garden.browser("admin") as admin:
        assert admin.get("/c/letters/").status_code == 404
        sent = send(admin, "/collections", name="letters", title="Letters")
        assert sent.headers["location"] == "/collection?name=letters"
        assert admin.get("/c/letters/").status_code == 200
        send(admin, "/collection?name=letters", collection="letters", act="remove")
        assert admin.get("/c/letters/").status_code == 404


def test_a_key_opens_what_it_is_for_and_nothing_else(tmp_path: Path) -> None:
    with served(tmp_path, {"garden": CORPUS, "letters": CORPUS}) as found:
        found.team.rights.give(Kind.PERSON, "ben", "letters", Right.ASK)
        with found.program(found.team.keys.make("ben", "", 1, "letters")) as program:
            assert ask(program, "letters", QUESTION)["answered"]
            assert program.get("/c/garden/v1/health").status_code == 404
            listed = program.get("/v1/collections").json()["collections"]
            assert [(one["name"], one["right"]) for one in listed] == [("letters", "ask")]
            assert program.get("/", headers=OPENED).status_code == 404  # pages are for people
            assert program.get("/account").status_code == 404
        number = found.team.keys.all("ben")[0].number
        assert found.team.audit.last(1)[0].detail == f"key {number}"
        found.team.keys.take_back(number)
        for header in ("Bearer qa_nothing", "Basic YTpi", "Bearer"):
            with found.stranger() as program:
                reply = program.get("/c/letters/v1/health", headers={"Authorization": header})
                assert reply.status_code == 401
                assert "Authorization: Bearer KEY" in reply.json()["error"]


def test_signing_in_and_out(garden: Served) -> None:
    with garden.stranger() as browser:
        wrong = browser.post("/login", data={"name": "ben", "password": "not that at all"})
        nobody = browser.post("/login", data={"name": "nobody", "password": PASSWORD})
        assert wrong.status_code == nobody.status_code == 403
        assert wrong.text.replace("ben", "nobody") == nobody.text
        right = browser.post(
            "/login", data={"name": "ben", "password": PASSWORD, "next": "/c/garden/"}
        )
        assert (right.status_code, right.headers["location"]) == (303, "/c/garden/")
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert browser.get("/c/garden/").status_code == 200
        session = browser.cookies["qa_session"]
        assert send(browser, "/").headers["location"] == "/login"
        browser.cookies.set("qa_session", session)  # a copy of it does not let in either
        assert browser.get("/c/garden/").status_code == 401
    acts = [(entry.person, entry.act, entry.outcome) for entry in garden.team.audit.last(4)]
    assert acts == [
        ("ben", "sign out", "done"),
        ("ben", "sign in", "done"),
        ("", "sign in", "refused"),  # no name: it may be a password
        ("ben", "sign in", "refused"),
    ]


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "x"])
def test_signing_in_leads_nowhere_else(garden: Served, to: str) -> None:
    with garden.stranger() as browser:
        fields = {"name": "ben", "password": PASSWORD, "next": to}
        assert browser.post("/login", data=fields).headers["location"] == "/"


def test_passwords_cannot_be_tried_on(garden: Served) -> None:
    with garden.stranger() as browser:
        for _ in range(10):
            browser.post("/login", data={"name": "ben", "password": "a guess at it, again"})
        tired = browser.post("/login", data={"name": "ben", "password": PASSWORD})
        assert tired.status_code == 429
        assert "too many attempts" in tired.text.lower()
        assert "set-cookie" not in tired.headers


def test_a_form_that_no_page_of_ours_made_does_nothing(garden: Served) -> None:
    with garden.browser("admin") as admin:
        for token in ("", "0" * 64, token_of_another(garden)):
            fields = {"act": "shut out", "name": "ben", "token": token}
            assert admin.post("/people", data=fields).status_code == 403
        evil = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert admin.post("/people", data={"act": "invite"}, headers=evil).status_code == 403
    ben = garden.team.people.find("ben")
    assert ben is not None
    assert not ben.is_shut_out


def token_of_another(garden: Served) -> str:
    with garden.browser("admin") as other:
        return other.get("/people").text.partition('name="token" value="')[2].partition('"')[0]


@pytest.mark.parametrize("path", ["/people", "/log", "/collections", "/collection?name=garden"])
@pytest.mark.parametrize("name", ["ann", "ben", "cem"])
def test_only_who_looks_after_it_sees_what_is_for_them(
    garden: Served, path: str, name: str
) -> None:
    with garden.browser(name) as browser:
        assert browser.get(path).status_code == 404
        token = token_of_page(browser)
        fields = {"token": token, "act": "make admin", "name": name, "collection": "garden"}
        assert browser.post(path.partition("?")[0], data=fields).status_code == 404
    person = garden.team.people.find(name)
    assert person is not None
    assert not person.is_admin


def token_of_page(browser: httpx.Client) -> str:
    return browser.get("/account").text.partition('name="token" value="')[2].partition('"')[0]


def test_who_administers_a_collection_gives_rights_there_and_nowhere_else(tmp_path: Path) -> None:
    with served(tmp_path, {"garden": CORPUS, "letters": {}}) as found:
        found.team.rights.give(Kind.PERSON, "ann", "garden", Right.ADMINISTER)
        give = {"kind": "person", "who": "cem", "right": "ask"}
        with found.browser("ann") as ann:
            done = send(ann, "/collection?name=garden", collection="garden", **give)
            assert done.status_code == 303
            other = send(ann, "/collection?name=garden", collection="letters", **give)
            assert other.status_code == 404
            wrong = send(ann, "/collection?name=garden", collection="garden", **give | {"who": "x"})
            assert wrong.status_code == 400
            assert "nobody called" in wrong.text
            gone = send(ann, "/collection?name=garden", collection="garden", act="remove")
            assert gone.status_code == 404
        cem = found.team.people.find("cem")
        assert cem is not None
        assert found.team.rights.all_of(cem) == {"garden": Right.ASK}


def test_people_make_and_take_back_their_own_keys(garden: Served) -> None:
    with garden.browser("ben") as ben:
        made = send(ben, "/account", act="key", label="a script", days="30", collection="garden")
        key = made.text.partition("<code>")[2].partition("</code>")[0]
        with garden.program(key) as program:
            assert ask(program, "garden", QUESTION)["answered"]
            (known,) = garden.team.keys.all("ben")
            assert key not in ben.get("/account").text
            send(ben, "/account", act="take back", number=str(known.number))
            assert program.get("/c/garden/v1/health").status_code == 401
        for days in ("0", "9999", "soon", ""):
            assert send(ben, "/account", act="key", label="x", days=days).status_code == 400
        hidden = send(ben, "/account", act="key", label="x", days="3", collection="letters")
        assert hidden.status_code == 400


def test_an_invitation_is_made_and_taken_up_in_the_browser(garden: Served) -> None:
    with garden.browser("admin") as admin, garden.stranger() as dora:
        made = send(admin, "/people", act="invite", name="dora")
        link = made.text.partition("<code>")[2].partition("</code>")[0]
        assert link.startswith(f"{garden.address}/invitation?secret=")
        secret = link.partition("secret=")[2]
        fields = {"secret": secret, "password": PASSWORD, "again": PASSWORD + "!"}
        assert "two passwords differ" in dora.post("/invitation", data=fields).text
        taken = dora.post("/invitation", data=fields | {"again": PASSWORD})
        assert taken.headers["location"] == "/"
        assert "nothing here for you yet" in dora.get("/").text
        assert "no longer good" in dora.get(link, headers=OPENED).text


def test_nobody_asks_more_than_they_may_in_a_minute(tmp_path: Path) -> None:
    with served(tmp_path, limits=Limits(questions=3)) as found:
        key = found.team.keys.make("ben", "", 1)
        with found.browser("ben") as ben, found.program(key) as program:
            assert ask(ben, "garden", QUESTION)
            assert ask(program, "garden", QUESTION)
            on_page = call_page(ben, "qa-sent", "ask", question=QUESTION, conversation="b" * 22)
            assert on_page.status_code == 200
            for client in (ben, program):
                tired = client.post("/c/garden/v1/ask", json={"question": QUESTION})
                assert tired.status_code == 429
                assert 1 <= int(tired.headers["retry-after"]) <= 20
            tired = call_page(ben, "qa-sent", "ask", question=QUESTION, conversation="b" * 22)
            assert tired.status_code == 429
            assert ben.get("/c/garden/v1/documents").status_code == 200  # looking is free
        with found.browser("ann") as ann:
            assert ask(ann, "garden", QUESTION)
        assert found.team.audit.last(9)[1].outcome == "too many"


def test_a_trusted_proxy_says_who_somebody_is_and_nobody_else_does(tmp_path: Path) -> None:
    said = {"X-Remote-User": "ben"}
    ways = Ways(TrustedProxy.of("X-Remote-User", ["127.0.0.0/8"]))
    with served(tmp_path / "trusted", ways=ways) as found, found.stranger() as browser:
        assert browser.get("/c/garden/", headers=said).status_code == 200
        new = browser.get("/", headers={"X-Remote-User": "erin"} | OPENED)
        assert "nothing here for you yet" in new.text
        assert browser.get("/c/garden/").status_code == 401
        twice = [("X-Remote-User", "cem"), ("X-Remote-User", "ben")]
        assert browser.get("/c/garden/", headers=twice).status_code == 400
        assert browser.get("/", headers={"X-Remote-User": "a b"}).status_code == 403
        jose = browser.get("/", headers=[(b"X-Remote-User", "José".encode())])
        assert "josé" in jose.text
        basic = {"Authorization": "Basic YmVuOng="}  # which the proxy has asked for
        assert browser.get("/c/garden/", headers=said | basic).status_code == 200
        found.team.people.shut_out("ben")
        assert browser.get("/c/garden/", headers=said).status_code == 403
    other = Ways(TrustedProxy.of("X-Remote-User", ["10.0.0.5"]))
    with served(tmp_path / "other", ways=other) as found, found.stranger() as browser:
        assert browser.get("/c/garden/", headers=said).status_code == 401
    with served(tmp_path / "none") as found, found.stranger() as browser:
        assert browser.get("/c/garden/", headers=said).status_code == 401


def test_everybody_is_listed_only_their_own_conversations(garden: Served) -> None:
    with garden.browser("ann") as ann, garden.browser("ben") as ben:
        kept = call_page(ann, "qa-sent", "ask", question=QUESTION, conversation="a" * 22)
        assert kept.status_code == 200
        mine = call_page(ann, "qa-history", "list_conversations", query="", owner="whatever")
        assert "Iron Bridge" in mine.text
        for owner in ("ann", "", "ben"):
            theirs = call_page(ben, "qa-history", "list_conversations", query="", owner=owner)
            assert "Iron Bridge" not in theirs.text
        call_page(ben, "qa-history", "delete_conversation", conversation="a" * 22, owner="ann")
        mine = call_page(ann, "qa-history", "list_conversations", query="", owner="")
        assert "Iron Bridge" in mine.text


def test_the_log_has_no_word_of_what_was_asked(garden: Served) -> None:
    with garden.browser("ben") as ben:
        ask(ben, "garden", QUESTION)
        call_page(ben, "qa-sent", "ask", question=QUESTION, conversation="b" * 22)
    with garden.browser("admin") as admin:
        log = admin.get("/log?person=ben").text
    assert log.count("<td>ask</td>") == 2
    assert "Bridge" not in log


def test_tools_for_agents_are_each_collection_s_own(tmp_path: Path) -> None:
    with served(tmp_path, mcp=True) as found:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        headers = {"Accept": "application/json, text/event-stream"}
        with found.program(found.team.keys.make("ben", "", 1)) as ben:
            reply = ben.post("/c/garden/mcp", json=body, headers=headers)
            assert "open_citation" in reply.text
            assert ben.post("/c/nowhere/mcp", json=body, headers=headers).status_code == 404
        with found.program(found.team.keys.make("cem", "", 1)) as cem:
            assert cem.post("/c/garden/mcp", json=body, headers=headers).status_code == 404


def test_a_whole_office_signs_in_from_one_address(garden: Served) -> None:
    for _ in range(15):
        with garden.stranger() as browser:
            fields = {"name": "ben", "password": PASSWORD}
            assert browser.post("/login", data=fields).status_code == 303


def raw_call(client: httpx.Client, body: bytes) -> httpx.Response:
    headers = {TOKEN_HEADER: client.get("/c/garden/qa/token").text}
    headers["Content-Type"] = "application/json"
    return client.post(f"/c/garden/{_COMPONENTS}", content=body, headers=headers)


def test_a_call_that_can_be_read_in_two_ways_is_none(tmp_path: Path) -> None:
    with served(tmp_path, limits=Limits(questions=2)) as found, found.browser("ann") as ann:
        components = ann.get("/c/garden/config").json()["components"]
        numbers = {c["props"].get("elem_id"): c["id"] for c in components}
        asks = call(numbers["qa-sent"], "ask", {"question": QUESTION, "conversation": "b" * 22})
        removes = call(numbers["qa-documents"], "remove_documents", {"doc_ids": ["garden.md"]})
        for body in (asks, removes):
            assert raw_call(ann, body.replace(b"{", b'{"z": NaN, ', 1)).status_code == 400
            assert raw_call(ann, body + b"{}").status_code == 400
            assert raw_call(ann, b"[" * 100_000).status_code == 400
            assert (
                raw_call(ann, body.replace(b'"fn_name"', b'"fn_name": 1, "x"')).status_code == 400
            )
        before = len(found.team.audit.last(99))
        # What Python reads in another way is counted and written down like any other.
        assert raw_call(ann, asks.decode().encode("utf-16")).status_code == 200
        assert raw_call(ann, b"\xef\xbb\xbf" + asks).status_code == 200
        assert raw_call(ann, asks).status_code == 429
        assert len(found.team.audit.last(99)) == before + 3


def test_a_collection_of_a_name_that_another_had_is_another(tmp_path: Path) -> None:
    with served(tmp_path) as found:
        team = found.team
        with found.browser("admin") as admin:
            assert "1781" in str(ask(admin, "garden", QUESTION)["answer"])
            team.collections.remove("garden")
            with pytest.raises(UsageError, match="files of an earlier collection"):
                team.collections.add("garden")
            team.collections.add("garden", corpus=tmp_path / "new", index_dir=tmp_path / "index")
            (tmp_path / "new" / "moss.txt").write_text("The Iron Bridge was opened in 1999.")
            tiny = tiny_build_settings(tmp_path / "index")
            build_index(tmp_path / "new", tmp_path / "index", tiny)
            assert "1999" in str(ask(admin, "garden", QUESTION)["citations"])
            assert admin.get("/c/garden/v1/documents").json()["total"] == 1


def test_made_up_invitations_do_not_keep_others_from_signing_in(garden: Served) -> None:
    with garden.stranger() as stranger, garden.browser("admin") as admin:
        fields = {"secret": "made-up", "password": PASSWORD, "again": PASSWORD}
        with ThreadPoolExecutor(12) as pool:
            sent = [pool.submit(stranger.post, "/invitation", data=fields) for _ in range(60)]
            done = send(admin, "/people", act="shut out", name="cem")
            assert done.status_code == 303
            with garden.stranger() as ben:
                right = ben.post("/login", data={"name": "ben", "password": PASSWORD})
                assert right.status_code == 303
            assert {one.result().status_code for one in sent} <= {400, 429}


def test_behind_a_proxy_everybody_comes_from_their_own_address(tmp_path: Path) -> None:
    ways = Ways(TrustedProxy.of("", ["127.0.0.1"]))
    wrong = {"name": "ben", "password": "a guess at it, again"}
    with served(tmp_path, ways=ways) as found, found.stranger() as browser:
        evil = {"X-Forwarded-For": "1.2.3.4, 9.9.9.9"}  # the first is what the sender said
        for _ in range(11):
            refused = browser.post("/login", data=wrong, headers=evil)
        assert refused.status_code == 429
        right = {"name": "ben", "password": PASSWORD}
        for said in ("1.2.3.4", "2001:db8::7", "9.9.9.9, 127.0.0.1, 8.8.8.8"):
            mine = browser.post("/login", data=right, headers={"X-Forwarded-For": said})
            assert mine.status_code == 303, said
        assert found.team.audit.last(1)[0].address == "8.8.8.8"
        assert browser.post("/login", data=right, headers=evil).status_code == 429


def test_old_passwords_cannot_be_tried_on_either(garden: Served) -> None:
    with garden.browser("ben") as ben:
        fields = {"act": "password", "password": "quite another one", "again": "quite another one"}
        for _ in range(10):
            assert send(ben, "/account", old="a guess at it", **fields).status_code == 400
        assert send(ben, "/account", old=PASSWORD, **fields).status_code == 429
    acts = [(entry.act, entry.outcome) for entry in garden.team.audit.last(2)]
    assert acts == [("sign in", "too many"), ("sign in", "refused")]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/login", "&".join(f"f{n}=1" for n in range(150))),
        ("GET", "/login?" + "&".join(f"f{n}=1" for n in range(150)), ""),
        ("GET", "/invitation?" + "&".join(f"f{n}=1" for n in range(150)), ""),
        ("POST", "/login", "name=%ff%fe&password=%00"),
        ("POST", "/login", "\x00" * 1000),
    ],
)
def test_odd_forms_are_refused_in_words(garden: Served, method: str, path: str, body: str) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with garden.stranger() as stranger:
        sent = stranger.request(method, path, content=body or None, headers=kind)
        assert 400 <= sent.status_code < 500


def test_a_path_of_any_letters_is_gone_back_to(garden: Served) -> None:
    with garden.stranger() as browser:
        asked = browser.get("/c/garden/?c=x&doc=ü.txt&from=3", headers=OPENED)
        to = unquote(asked.headers["location"].partition("next=")[2])
        fields = {"name": "ben", "password": PASSWORD, "next": to}
        back = browser.post("/login", data=fields).headers["location"]
        assert back == "/c/garden/?c=x&doc=%C3%BC.txt&from=3"
        fields["next"] = "/€"
        assert browser.post("/login", data=fields).headers["location"] == "/%E2%82%AC"


def test_a_damaged_index_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as found, found.browser("ben") as ben:
        collection = found.team.collections.find("garden")
        assert collection is not None
        (collection.index_dir / "CURRENT").write_bytes(b"\xff\xfe")
        assert ben.get("/c/garden/").status_code == 200
        health = ben.get("/c/garden/v1/health")
        assert (health.status_code, health.json()["ready"]) == (503, False)


def test_another_program_s_cookie_signs_nobody_out(garden: Served) -> None:
    session = garden.team.people.begin_session("ben")
    with garden.stranger() as browser:
        cookie = {"Cookie": f'x={{"a":1}}; y; =; qa_session={session}'}
        assert browser.get("/c/garden/", headers=cookie).status_code == 200


def test_nothing_of_a_collection_is_kept_by_proxies_or_after_signing_out(garden: Served) -> None:
    with garden.browser("ben") as ben:
        for path in ("/c/garden/", "/c/garden/config", "/c/garden/v1/documents", "/"):
            assert ben.get(path).headers["cache-control"] == "no-store", path
        assert '"storage"' in send(ben, "/").headers["clear-site-data"]


def test_counts_tell_nothing_of_other_collections(garden: Served) -> None:
    with garden.browser("ben") as ben:
        counts = ben.get("/c/garden/v1/metrics").text
    assert "qa_questions" in counts
    assert "process_" not in counts
