"""Say what a page around the collections answers, and send it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote

from markupsafe import Markup
from starlette.responses import Response

from qa.team.caller import COOKIE
from qa.team.records.people import SESSION_SECONDS
from qa.templates import Templates
from qa.ui.app import FAVICON
from qa.web.visit import RefusedError, Visit

FORM_BYTES = 100_000
_MOST_FIELDS = 100
_FOLDER = Path(__file__).parent / "templates"
TEMPLATES = Templates(
    _FOLDER,
    {
        "at": lambda at: at[:16].replace("T", " "),
        "first_capital": lambda words: words[:1].upper() + words[1:],
    },
)
_ASSETS = {
    "/team.css": (_FOLDER / "team.css", "text/css"),
    "/favicon.svg": (FAVICON, "image/svg+xml"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    # Else a form would not say where it comes from.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered.

    Attributes:
        html: A page; empty where the browser is sent elsewhere.
        to: Where it is sent.
        status: Of the answer.
        session: What the browser is to show from now on; empty ends it, None leaves it.
        forgets: Whether the browser is to forget what the pages have kept in it.
    """

    html: str = ""
    to: str = ""
    status: int = 200
    session: str | None = None
    forgets: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, field by field; one that is missing reads as empty."""

    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes) -> "Form":
        """Read a form as browsers send it.

        Raises:
            RefusedError: It has more fields than any of ours.
        """
        return cls(read_fields(body.decode("utf-8", "replace")))

    def text(self, name: str) -> str:
        """Read a field without the blanks around it."""
        return self.fields.get(name, "").strip()

    def secret(self, name: str) -> str:
        """Read a field as it is."""
        return self.fields.get(name, "")


def read_fields(sent: str) -> dict[str, str]:
    """Read fields as forms and addresses hold them; of a name that comes twice the last counts.

    Raises:
        RefusedError: There are more than any page of ours has.
    """
    try:
        found = parse_qs(sent, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise RefusedError(400, "that is more than any page here has sent") from error
    return {name: values[-1] for name, values in found.items()}


def page(name: str, /, **values: object) -> Markup:
    """Fill in a page."""
    return TEMPLATES.render(name, **values)


async def send_asset(visit: Visit) -> bool:
    """Answer a request for the style or the sign of the pages; say whether it was one."""
    if visit.path not in _ASSETS:
        return False
    path, kind = _ASSETS[visit.path]
    response = Response(path.read_text("utf-8"), media_type=kind)
    await response(visit.scope, visit.receive, visit.send)
    return True


async def refuse(visit: Visit, refused: RefusedError, *, is_secure: bool) -> None:
    """Show a person why what they opened is not let in; a program is told as everywhere.

    Raises:
        RefusedError: It is no person who opens a page.
    """
    if not is_opened(visit):
        raise refused
    reply = Reply(page("refused.html", why=str(refused), problem=""), status=refused.status)
    await send(visit.with_headers(refused.headers), reply, is_secure=is_secure)


def is_opened(visit: Visit) -> bool:
    """Whether a person opens a page, as far as their browser says."""
    return visit.headers.get("sec-fetch-mode") == "navigate"


async def send(visit: Visit, reply: Reply, *, is_secure: bool) -> None:
    """Send a reply.

    Args:
        visit: What is answered.
        reply: What with.
        is_secure: Whether the browser is to show its session over TLS alone.
    """
    headers = dict(_HEADERS)
    if reply.to:
        headers["Location"] = quote(reply.to, safe="/?&=%+:,;@!$'()*~#[]")
    if reply.forgets:
        headers["Clear-Site-Data"] = '"cache", "storage"'
    response = Response(reply.html, 303 if reply.to else reply.status, headers, "text/html")
    if reply.session:
        response.set_cookie(
            COOKIE, reply.session, SESSION_SECONDS, httponly=True, samesite="lax", secure=is_secure
        )
    elif reply.session is not None:
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_secure)
    await response(visit.scope, visit.receive, visit.send)
