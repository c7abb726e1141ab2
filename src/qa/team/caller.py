"""Tell who sends a request: by a key, by what a trusted proxy says, or by a session."""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from qa.errors import UsageError
from qa.team.people import Person
from qa.team.team import Team
from qa.web.visit import RefusedError, Visit, address_of

COOKIE = "qa_session"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes:
        person: Who they are.
        session: What their browser showed; empty for a program or where a proxy named them.
        key: Number of the key that was shown; 0 for none.
        only: The only collection that the key opens; empty for all of theirs.
    """

    person: Person
    session: str = ""
    key: int = 0
    only: str = ""

    def form_token(self) -> str:
        """Return what a form of ours brings along, that no other page can have read."""
        return hmac.new(self.session.encode(), b"form", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """A proxy that says who has signed in with it.

    Attributes:
        header: In which it says so.
        networks: From which addresses it is believed.
    """

    header: str
    networks: tuple[Network, ...]

    @classmethod
    def of(cls, header: str, addresses: Sequence[str]) -> "TrustedProxy":
        """Read addresses and networks.

        Raises:
            UsageError: One is none.
        """
        try:
            networks = tuple(ipaddress.ip_network(address) for address in addresses)
        except ValueError as error:
            raise UsageError(f"--trust-proxy: {error}; expected one such as 10.0.0.5") from error
        return cls(header.lower(), networks)

    def person(self, visit: Visit) -> str:
        """Return whom it names; empty if it is not the proxy that says so.

        Raises:
            RefusedError: It names several.
        """
        address = address_of(visit.address)
        if address is None or not any(address in network for network in self.networks):
            return ""
        named = visit.headers.getlist(self.header)
        if len(named) > 1:
            raise RefusedError(400, f"the proxy has sent {self.header} more than once")
        return named[0].strip() if named else ""


class Callers:
    """Tells who somebody is."""

    def __init__(self, team: Team, proxy: TrustedProxy | None) -> None:
        """Prepare.

        Args:
            team: Has everybody.
            proxy: Is believed; None if none is.
        """
        self._team = team
        self._proxy = proxy

    def of(self, visit: Visit) -> Caller | None:
        """Return who sends a request; None if nobody knows.

        Raises:
            RefusedError: A key was shown that is none, or the proxy names somebody who may not in.
        """
        if authorization := visit.headers.get("authorization"):
            return self._of_key(authorization)
        if self._proxy is not None and (name := self._proxy.person(visit)):
            person = self._team.people.known_elsewhere(name)
            if person is None:
                raise RefusedError(403, "you may not come in here: ask who looks after it")
            return Caller(person, session=f"proxy {name}")
        secret = session_of(visit)
        person = self._team.people.of_session(secret) if secret else None
        return Caller(person, session=secret) if person else None

    def _of_key(self, authorization: str) -> Caller:
        scheme, _, key = authorization.partition(" ")
        found = self._team.keys.find(key.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise RefusedError(
                401,
                "expected a key that this server knows and that has not ended: send it with "
                "Authorization: Bearer KEY",
                {"WWW-Authenticate": "Bearer"},
            )
        person, known = found
        return Caller(person, key=known.number, only=known.collection)


def session_of(visit: Visit) -> str:
    """Return what a browser shows; empty for nothing."""
    cookie = SimpleCookie()
    try:
        cookie.load(visit.headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookie[COOKIE].value if COOKIE in cookie else ""
