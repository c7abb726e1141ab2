"""Put together what a team is served, and serve it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from fastapi import FastAPI

from qa.errors import UsageError
from qa.team.caller import Callers, TrustedProxy
from qa.team.door import Door, Limits, Watch
from qa.team.pages.pages import Pages
from qa.team.records.team import Team
from qa.team.rooms import Rooms, Served
from qa.team.signin import OtherService, OtherSignIn
from qa.web.guard import Rules
from qa.web.server import Server, guarded, is_this_machine_only, listen


@dataclass(frozen=True, slots=True)
class Address:
    """Where a team is served.

    Attributes:
        host: Address to listen on.
        port: 0 for a free one.
        public_url: Under which browsers reach it, as through a proxy with TLS; empty for just that.
        allowed_hosts: Further names.
    """

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ()

    def hosts(self) -> tuple[str, ...]:
        """Return every name but this machine's own.

        Raises:
            UsageError: The public address is none.
        """
        if not self.public_url:
            return self.allowed_hosts
        url = urlsplit(self.public_url)
        if url.scheme not in ("http", "https") or not url.netloc or url.path not in ("", "/"):
            raise UsageError(
                f"--url {self.public_url}: expected where browsers reach the program, such as "
                "https://qa.example.org, without a path"
            )
        return (*self.allowed_hosts, url.netloc)


@dataclass(frozen=True, slots=True)
class Ways:
    """How people can come in, beside passwords.

    Attributes:
        proxy: A proxy that says who somebody is; None for none.
        other: A service that does; None for none.
    """

    proxy: TrustedProxy | None = None
    other: OtherService | None = None


def start(
    team: Team,
    served: Served,
    address: Address,
    ways: Ways = Ways(),
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Server:
    """Start serving a team in the background.

    Args:
        team: Whom.
        served: What each collection is served with.
        address: Where.
        ways: How people can come in.
        limits: What one person may do in a minute.

    Raises:
        UsageError: The address cannot be listened on, or is no address.
    """
    hosts = address.hosts()
    other = None
    if ways.other is not None:
        if not address.public_url:
            raise UsageError("signing in elsewhere needs --url: where people are sent back to")
        other = OtherSignIn(team, ways.other, address.public_url.rstrip("/"))
    listening = listen(address.host, address.port)
    watch = Watch(team, limits)
    rooms = Rooms(replace(served, called=watch.called))
    pages = Pages(team, is_secure=address.public_url.startswith("https:"), other=other)
    door = Door(team, Callers(team, ways.proxy), rooms, pages)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await rooms.close()

    rules = Rules(hosts, is_this_machine_only(listening), opens_anywhere=True)
    return Server(guarded(rules, [door], lifespan), listening)
