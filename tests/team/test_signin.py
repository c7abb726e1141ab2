"""Signing in with another service, against a real OpenID Connect provider."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from qa.errors import UsageError
from qa.settings import AskSettings
from qa.team.records.team import Team
from qa.team.rooms import Served as Serving
from qa.team.serving import Address, Ways, start
from qa.team.signin import BACK, OtherService
from qa.web.turns import question_turns
from tests.team import identity_server
from tests.team.serving import Served, served

SERVER = Path(identity_server.__file__)
OPENED = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "cross-site",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[OtherService, int]]:
    """A provider, and the port of ours that it knows."""
    port, ours = free_port(), free_port()
    command = [sys.executable, str(SERVER), str(port), f"http://127.0.0.1:{ours}{BACK}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "the identity server has not started"
        yield (
            OtherService(
                f"http://127.0.0.1:{port}/o",
                identity_server.CLIENT_ID,
                identity_server.CLIENT_SECRET,
                "the ministry",
            ),
            ours,
        )
        process.kill()


@pytest.fixture
def open_served(service: tuple[OtherService, int], tmp_path: Path) -> Iterator[Served]:
    other, port = service
    url = f"http://127.0.0.1:{port}"
    with served(tmp_path, ways=Ways(other=other), public_url=url, port=port) as found:
        yield found


def signed_in_there(browser: httpx.Client, name: str) -> httpx.Response:
    """Go to the other service, sign in there, and return what sends us back."""
    browser.headers.update(OPENED)
    away = browser.get("/signin/other")
    assert away.status_code == 302, away.text
    asked = away.headers["location"]
    assert "code_challenge_method=S256" in asked
    page = browser.get(asked, follow_redirects=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text
    fields = {
        "username": name,
        "password": identity_server.PASSWORD,
        "csrfmiddlewaretoken": token[1],
    }
    sent = browser.post(str(page.url), data=fields)
    while BACK not in sent.headers["location"]:
        sent = browser.get(str(httpx.URL(page.url).join(sent.headers["location"])))
    return sent


def test_who_signs_in_there_is_somebody_here(open_served: Served) -> None:
    with open_served.stranger() as browser:
        assert "Sign in with the ministry" in browser.get("/login").text
        back = signed_in_there(browser, "ines").headers["location"]
        taken_in = browser.get(back)
        assert (taken_in.status_code, taken_in.headers["location"]) == (303, "/")
        assert "nothing here for you yet" in browser.get("/").text
        assert "ines" in browser.get("/").text
        assert browser.get(back).status_code == 403, "a code is good once"
    entry = open_served.team.audit.last(1)[0]
    assert (entry.person, entry.act, entry.detail) == ("ines", "sign in", "with the ministry")
    person = open_served.team.people.find("ines")
    assert person is not None
    assert not person.is_admin
    with open_served.stranger() as again:
        assert again.get(signed_in_there(again, "ines").headers["location"]).status_code == 303
        open_served.team.people.shut_out("ines")
        assert again.get("/").status_code == 303, "to sign in"


def test_nobody_is_given_another_s_way_in(open_served: Served) -> None:
    with open_served.stranger() as mallory, open_served.stranger() as victim:
        back = signed_in_there(mallory, "ines").headers["location"]
        victim.headers.update(OPENED)
        refused = victim.get(back)
        assert refused.status_code == 403
        assert "start again" in refused.text
        assert "qa_session" not in victim.cookies
        victim.get("/signin/other")
        assert victim.get(back).status_code == 403, "another's state"
        assert "qa_session" not in victim.cookies


def test_who_has_a_name_there_is_not_who_has_it_here(open_served: Served) -> None:
    with open_served.stranger() as browser:
        refused = browser.get(signed_in_there(browser, "ben").headers["location"])
        assert refused.status_code == 403
        assert "somebody else has this name" in refused.text
        assert "qa_session" not in browser.cookies


@pytest.mark.parametrize("path", [BACK, f"{BACK}?code=x&state=y", f"{BACK}?error=access_denied"])
def test_what_nobody_began_is_refused(open_served: Served, path: str) -> None:
    with open_served.stranger() as browser:
        assert browser.get(path).status_code == 403


def test_a_service_that_does_not_answer_is_named(
    service: tuple[OtherService, int], tmp_path: Path
) -> None:
    gone = replace(service[0], issuer=f"http://127.0.0.1:{free_port()}/o")
    url = f"http://127.0.0.1:{service[1]}"
    with (
        served(tmp_path, ways=Ways(other=gone), public_url=url, port=service[1]) as found,
        found.stranger() as browser,
    ):
        refused = browser.get("/signin/other")
        assert refused.status_code == 502
        assert "the ministry cannot be reached" in refused.text


def test_a_wrong_secret_lets_nobody_in(service: tuple[OtherService, int], tmp_path: Path) -> None:
    wrong = replace(service[0], client_secret="not that")
    url = f"http://127.0.0.1:{service[1]}"
    with (
        served(tmp_path, ways=Ways(other=wrong), public_url=url, port=service[1]) as found,
        found.stranger() as browser,
    ):
        assert browser.get(signed_in_there(browser, "ines").headers["location"]).status_code == 403
        assert "qa_session" not in browser.cookies


@pytest.mark.parametrize("url", ["", "qa.example.org", "ftp://x", "https://x.example/path"])
def test_where_people_are_sent_back_to_must_be_known(
    team: Team, service: tuple[OtherService, int], url: str
) -> None:
    serving = Serving(AskSettings(), question_turns())
    with pytest.raises(UsageError, match="--url"):
        start(team, serving, Address(public_url=url), Ways(other=service[0]))
