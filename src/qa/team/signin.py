"""Sign people in with another service, by OpenID Connect (authorization code, PKCE, nonce).

Authlib speaks the protocol. Who comes for the first time gets an account that may do nothing until
somebody gives it a right.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse

from qa.errors import UsageError
from qa.team.caller import COOKIE
from qa.team.rates import Rate
from qa.team.records.people import SESSION_SECONDS
from qa.team.records.secret import new_secret
from qa.team.records.team import Team
from qa.web.visit import RefusedError, Visit

START = "/signin/other"
BACK = "/signin/back"
_COOKIE = "qa_signing_in"
_SECONDS = 600
_MOST = 10_000
_STARTS = 200  # in a minute, from one address
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OtherService:
    """A service at which people have accounts already.

    Attributes:
        issuer: Its address, below which it describes itself.
        client_id: Under which it knows us.
        client_secret: That it gave us.
        title: What people call it.
        name_claim: What of it is a person's name here.
    """

    issuer: str
    client_id: str
    client_secret: str
    title: str = "your organisation"
    name_claim: str = "preferred_username"


class OtherSignIn:
    """Sends people there, and takes them in when they come back."""

    def __init__(self, team: Team, service: OtherService, public_url: str) -> None:
        """Prepare; the service is not asked for anything yet.

        Args:
            team: Whom they become part of.
            service: Where they sign in.
            public_url: Under which browsers reach us, without a slash at the end.
        """
        self.title = service.title
        self._team = team
        self._service = service
        self._back = f"{public_url}{BACK}"
        self._starts = Rate(_STARTS, 60.0)  # so that nobody drives out who has begun
        self._begun: OrderedDict[str, tuple[float, dict[str, Any]]] = OrderedDict()
        self._client = OAuth().register(
            "other",
            server_metadata_url=f"{service.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=service.client_id,
            client_secret=service.client_secret,
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": _WAIT_SECONDS,
            },
        )

    async def let_in(self, visit: Visit, is_secure: bool) -> bool:
        """Answer a request if it is about signing in elsewhere; say whether it was.

        Raises:
            RefusedError: It could not be done.
        """
        if visit.path not in (START, BACK) or visit.method != "GET":
            return False
        begun = visit.path == START
        request = Request(visit.scope, visit.receive)
        try:
            response = await (
                self._start(request, visit) if begun else self._take_in(request, visit)
            )
        except (HTTPError, ValueError, KeyError) as error:
            kind = type(error).__name__
            raise RefusedError(
                502, f"{self.title} cannot be reached to sign in ({kind})"
            ) from error
        except (OAuthError, JoseError) as error:
            self._note(visit, "", str(error))
            raise RefusedError(403, f"{self.title} did not sign you in: {error}") from error
        for cookie in (_COOKIE, COOKIE):
            if value := request.scope.get(cookie):
                age = _SECONDS if cookie == _COOKIE else SESSION_SECONDS
                response.set_cookie(
                    cookie, value, age, httponly=True, samesite="lax", secure=is_secure
                )
        await response(visit.scope, visit.receive, visit.send)
        return True

    async def _start(self, request: Request, visit: Visit) -> RedirectResponse:
        if self._starts.take(visit.address):
            raise RefusedError(429, "too many begin to sign in: try again in a minute")
        secret = new_secret()
        session: dict[str, Any] = {}
        self._begun[secret] = (time.monotonic() + _SECONDS, session)
        if len(self._begun) > _MOST:
            self._begun.popitem(last=False)
        request.scope["session"] = session
        request.scope[_COOKIE] = secret
        response: RedirectResponse = await self._client.authorize_redirect(request, self._back)
        return response

    async def _take_in(self, request: Request, visit: Visit) -> RedirectResponse:
        ends, session = self._begun.pop(request.cookies.get(_COOKIE, ""), (0.0, {}))
        if ends < time.monotonic():
            raise RefusedError(403, "signing in took too long, or began elsewhere: start again")
        request.scope["session"] = session
        token = await self._client.authorize_access_token(request)
        claims = token.get("userinfo") or {}
        name = str(claims.get(self._service.name_claim) or claims["sub"])
        subject = f"{claims['iss']} {claims['sub']}"
        try:
            person = self._team.people.known_elsewhere(name, subject)
        except UsageError as error:
            raise RefusedError(403, str(error)) from error
        self._note(visit, name, "done" if person else "refused")
        if person is None:
            raise RefusedError(
                403,
                f"{self.title} calls you {name[:100]!r}, under which you cannot come in here: "
                "somebody else has this name, or you have been shut out",
            )
        request.scope[COOKIE] = self._team.people.begin_session(person.name)
        return RedirectResponse("/", 303)

    def _note(self, visit: Visit, name: str, outcome: str) -> None:
        detail = f"with {self.title}"
        self._team.audit.note(
            name, "sign in", detail=detail, address=visit.address, outcome=outcome
        )
