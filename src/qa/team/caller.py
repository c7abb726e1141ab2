"""Tell who sends a request: by a key, by what a trusted proxy says, or by a session."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import cookie_parser

from qa.errors import UsageError
from qa.team.records.people import Person
from qa.team.records.team import Team
from qa.web.visit import RefusedError, Visit, address_of

COOKIE = "qa_session"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes:
        person: Who they are.
        key: Number of the key that was shown; 0 for none.
        only: The only collection that the key opens; empty for all of theirs.
        form_token: What a form of ours brings along, that no other page can have read.
    """

    person: Person
    key: int = 0
    only: str = ""
    form_token: str = ""


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """A proxy that is believed: where a request comes from, and perhaps who has signed in with it.

    Attributes:
        header: In which it names a person; empty if it names none.
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
        if not self.header or not self.has_sent(visit):
            return ""
        named = visit.headers.getlist(self.header)
        if len(named) > 1:
            raise RefusedError(400, f"the proxy has sent {self.header} more than once")
        return _as_utf8(named[0]).strip() if named else ""

    def has_sent(self, visit: Visit) -> bool:
        """Whether a request comes from there."""
        return self._is_within(visit.address)

    def sender(self, visit: Visit) -> Visit:
        """Return a request as it came to the proxy: from the last address not its own."""
        if not self.has_sent(visit):
            return visit
        said = ",".join(visit.headers.getlist("x-forwarded-for")).split(",")
        others = [one.strip() for one in said if not self._is_within(one.strip())]
        if not others or address_of(others[-1]) is None:
            return visit
        return visit.coming_from(others[-1])

    def _is_within(self, name: str) -> bool:
        address = address_of(name)
        return address is not None and any(address in network for network in self.networks)


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
        self._key = secrets.token_bytes()

    def sender(self, visit: Visit) -> Visit:
        """Return a request as it came to us, or to the proxy that is believed."""
        return self._proxy.sender(visit) if self._proxy else visit

    def named(self, visit: Visit) -> str:
        """Return whom a trusted proxy names; empty for nobody."""
        return self._proxy.person(visit) if self._proxy else ""

    def of(self, visit: Visit, named: str) -> Caller | None:
        """Return who sends a request; None if nobody knows.

        Args:
            visit: The request.
            named: Whom a trusted proxy has named; empty for nobody.

        Raises:
            RefusedError: A key was shown that is none, or the proxy names somebody who may not in.
        """
        scheme, _, key = visit.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":  # others are the proxy's
            return self._of_key(key.strip())
        if named:
            person = self._team.people.known_elsewhere(named)
            if person is None:
                raise RefusedError(403, "you may not come in here: ask who looks after it")
            return self._with_token(person, f"proxy {person.name}")
        secret = session_of(visit)
        person = self._team.people.of_session(secret) if secret else None
        return self._with_token(person, secret) if person else None

    def _with_token(self, person: Person, session: str) -> Caller:
        token = hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()
        return Caller(person, form_token=token)

    def _of_key(self, key: str) -> Caller:
        found = self._team.keys.find(key)
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
    # Not the standard library's: it reads nothing at all where another's cookie is odd.
    return cookie_parser(visit.headers.get("cookie", "")).get(COOKIE, "")


def _as_utf8(value: str) -> str:
    """Read what a header holds as UTF-8, which servers take for Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
