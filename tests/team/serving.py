"""A team, served for tests, and people who use it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from qa.index.build import build_index
from qa.settings import AskSettings
from qa.team.door import Limits
from qa.team.records.people import People
from qa.team.records.rights import Kind, Right
from qa.team.records.team import Team
from qa.team.rooms import Served as Serving
from qa.team.serving import Address, Ways, start
from qa.web.turns import question_turns
from tests.conftest import CORPUS, write_corpus
from tests.ui.browsing import tiny_build_settings

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Served:
    """A team that is served."""

    address: str
    team: Team

    def stranger(self) -> httpx.Client:
        """A browser or a program that has not signed in."""
        return httpx.Client(base_url=self.address, timeout=60)

    def browser(self, name: str) -> httpx.Client:
        """A browser in which somebody has signed in."""
        return httpx.Client(
            base_url=self.address,
            cookies={"qa_session": self.team.people.begin_session(name)},
            timeout=60,
        )

    def program(self, key: str) -> httpx.Client:
        """A program with a key."""
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=60)


def add_collection(team: Team, name: str, files: Mapping[str, str]) -> None:
    """Begin a collection, with an index of the tiny models; without files it has none."""
    collection = team.collections.add(name, name.title())
    settings = tiny_build_settings(collection.index_dir)
    if files:
        write_corpus(collection.corpus, dict(files))
        build_index(collection.corpus, collection.index_dir, settings)


def add_person(team: Team, name: str, right: Right = Right.NOTHING, of: str = "garden") -> None:
    """Take somebody in who has chosen the password, perhaps with a right."""
    people: People = team.people
    people.accept(people.invite(name, is_admin=name == "admin"), PASSWORD)
    if right != Right.NOTHING:
        team.rights.give(Kind.PERSON, name, of, right)


@contextmanager
def served(
    folder: Path,
    files: Mapping[str, Mapping[str, str]] | None = None,
    *,
    ways: Ways = Ways(),  # noqa: B008
    limits: Limits = Limits(),  # noqa: B008
    mcp: bool = False,
    public_url: str = "",
    port: int = 0,
) -> Iterator[Served]:
    """Serve a team with an admin, ann who may add to “garden”, ben who may ask it, and cem."""
    team = Team(folder / "team")
    for name, contents in (files or {"garden": CORPUS}).items():
        add_collection(team, name, contents)
    for name, right in (
        ("admin", Right.NOTHING),
        ("ann", Right.ADD),
        ("ben", Right.ASK),
        ("cem", Right.NOTHING),
    ):
        add_person(team, name, right)
    tiny = tiny_build_settings(folder / "tiny")
    serving = Serving(
        AskSettings(max_risk=1.0),
        question_turns(),
        mcp=mcp,
        build_options=[f"--encoder={tiny.encoder}", f"--reader={tiny.reader}"],
    )
    address = Address(public_url=public_url, port=port)
    with start(team, serving, address, ways, limits) as server:
        yield Served(server.address.rstrip("/"), team)
    team.close()


def token_in(page: str) -> str:
    """Return the token that a page's forms bring along."""
    return page.partition('name="token" value="')[2].partition('"')[0]


def send(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Fill in a form of a page, and send it."""
    token = token_in(client.get(path, headers={"Sec-Fetch-Mode": "navigate"}).text)
    return client.post(path.partition("?")[0], data={"token": token, **fields})


def ask(client: httpx.Client, collection: str, question: str) -> dict[str, Any]:
    """Ask a collection as programs do."""
    reply = client.post(f"/c/{collection}/v1/ask", json={"question": question})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found
