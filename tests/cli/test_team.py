import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import run
from tests.cli.serving import hears_interrupts
from tests.team.serving import PASSWORD


@pytest.fixture
def team(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A team that `qa serve --team` has begun."""
    from qa.team.records.team import Team

    Team(tmp_path / "team").close()
    return tmp_path / "team"


def test_a_team_is_looked_after_from_the_terminal(
    team: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def do(*arguments: str) -> str:
        code, out, err = run(capsys, "team", *arguments, "--team", team)
        assert code == 0, err
        return out

    assert re.search(r"open /invitation\?secret=\S{43} at", do("invite", "ann", "--admin"))
    do("invite", "ben")
    do("join", "lawyers", "ben")
    do("collection", "contracts", "--title", "The contracts", "--corpus", str(tmp_path / "c"))
    do("give", "ask", "contracts", "group", "lawyers")
    do("give", "ask", "contracts", "group", "Lawyers")  # the same, as the pages take it
    do("give", "add", "contracts", "everybody")
    do("shut-out", "ben")
    key = do("key", "ann", "--label", "night run", "--days", "7", "--collection", "contracts")
    assert key.startswith("qa_")
    listed = do("list")
    assert listed.startswith("person ann (looks after everything, no password)\n")
    assert "person ben (shut out, no password)\n" in listed
    assert "group lawyers: ben\n" in listed
    assert f"collection contracts: The contracts, {tmp_path / 'c'}\n" in listed
    assert "  ask: group lawyers\n" in listed
    assert "  add: everybody\n" in listed
    assert re.search(r"key 1 of ann for night run: contracts, until 20\d\d-", listed)
    do("let-in", "ben")
    do("give", "nothing", "contracts", "everybody")
    do("leave", "lawyers", "ben")
    do("take-back", "1")
    listed = do("list")
    assert "key" not in listed
    assert "everybody" not in listed
    log = do("log", "--last", "3")
    assert [line.split("\t")[2] for line in log.splitlines()] == [
        "give",
        "leave",
        "take a key back",
    ]
    assert key.strip() not in do("log", "--last", "9" * 30)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shut-out", "nobody"), "there is nobody called 'nobody'"),
        (("join", "lawyers", "nobody"), "nobody called"),
        (("key", "nobody"), "nobody called"),
        (("give", "ask", "nowhere", "everybody"), "no collection called 'nowhere'"),
        (("give", "ask", "here", "person"), "expected a person or a group by name"),
        (("give", "ask", "here", "everybody", "ben"), "or everybody without one"),
        (("give", "ask", "here", "group", "none"), "no group called 'none'"),
        (("collection", "Not A Name"), "cannot be a collection's name"),
        (("take-back", "7"), "there is no key 7"),
        (("take-back", "9" * 30), "there is no key 999"),
        (("give", "nothing", "here", "person", "ben"), "nothing has been taken back"),
        (("invite", "a b"), "cannot be a person's name"),
    ],
)
def test_what_cannot_be_done_says_why(
    team: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    run(capsys, "team", "collection", "here", "--team", team)
    code, _, err = run(capsys, "team", *arguments, "--team", team)
    assert code == 2
    assert said in err


def test_a_folder_without_a_team_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "team", "list", "--team", tmp_path / "none")
    assert code == 2
    assert "qa serve --team begins one" in err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--api-only"], "--api-only does not go with --team"),
        (["--read-only"], "--read-only does not go with --team"),
        (["--trust-header", "X-Remote-User"], "needs --trust-proxy"),
        (["--trust-header", "X-U", "--trust-proxy", "nowhere"], "expected one such as 10.0.0.5"),
        (["--oidc", "https://id.example"], "go together"),
        (["--oidc", "https://id.example", "--oidc-client", "x"], "set QA_OIDC_SECRET"),
        (["--questions-per-minute", "0"], "1 or more"),
        (["--workers", "2"], "--api-only"),
        (["--url", "qa.example.org"], "expected where browsers reach the program"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    code, _, err = run(capsys, "serve", "--team", tmp_path / "t", "--port", "0", *options)
    assert code == 2
    assert said in err


def test_a_first_start_prints_an_invitation_and_has_the_documents(
    tmp_path: Path, index_dir: Path
) -> None:
    command = [sys.executable, "-m", "qa", "serve", "--team", str(tmp_path / "team"), "--port", "0"]
    where = ["--corpus", str(tmp_path / "corpus"), "--index", str(index_dir)]
    with subprocess.Popen(
        [*command, *where], stdout=subprocess.PIPE, text=True, preexec_fn=hears_interrupts
    ) as server:
        assert server.stdout is not None
        first, second = server.stdout.readline(), server.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)/invitation\?secret=(\S+)", first)
        assert found, first
        assert second.startswith(f"The team finds its documents at {found[1]}/")
        with httpx.Client(base_url=found[1], timeout=60) as browser:
            fields = {"secret": found[2], "password": PASSWORD, "again": PASSWORD}
            assert browser.post("/invitation", data=fields).headers["location"] == "/"
            assert "/c/documents/" in browser.get("/").text
            health = browser.get("/c/documents/v1/health").json()
            assert (health["ready"], health["documents"]) == (True, 3)
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
