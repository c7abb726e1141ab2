"""`qa serve --team`: serve a team's collections to the people who may use them.

Heavy libraries are imported inside.
"""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from qa.cli.options import folder, writer_of
from qa.cli.team.manage import DEFAULT_FOLDER, invitation
from qa.errors import UsageError
from qa.settings import AskSettings, BuildSettings

if TYPE_CHECKING:
    from qa.team.records.team import Team
    from qa.team.serving import Ways

_SECRET = "QA_OIDC_SECRET"  # noqa: S105 - where it is read from
_NOT_WITH = ("api_only", "api_key_file", "read_only", "untrusted", "store")


def add_team_options(serve: argparse.ArgumentParser) -> None:
    """Add the options of `qa serve --team`."""
    group = serve.add_argument_group(
        "team", "people with accounts and collections with rights (docs/TEAM.md)"
    )
    group.add_argument(
        "--team",
        nargs="?",
        const=DEFAULT_FOLDER,
        type=folder,
        metavar="DIR",
        help=f"serve a team that is written down in this folder ({DEFAULT_FOLDER})",
    )
    group.add_argument(
        "--url",
        default="",
        help="where browsers reach it, such as https://qa.example.org, with a proxy in front",
    )
    group.add_argument(
        "--questions-per-minute",
        type=int,
        default=120,
        metavar="N",
        help="of one person, with all their programs (%(default)s)",
    )
    group.add_argument(
        "--trust-header",
        default="",
        metavar="NAME",
        help="header in which a proxy names who has signed in with it, such as X-Remote-User",
    )
    group.add_argument(
        "--trust-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="address or network of a proxy that is believed when it says where requests come "
        "from (X-Forwarded-For), and who has signed in; may be repeated",
    )
    group.add_argument("--oidc", metavar="ISSUER", help="let people sign in there (OpenID Connect)")
    group.add_argument(
        "--oidc-client",
        default="",
        metavar="ID",
        help=f"under which it knows this program; its secret is read from {_SECRET}",
    )
    group.add_argument(
        "--oidc-title", default="your organisation", metavar="WORDS", help="what people call it"
    )
    group.add_argument(
        "--oidc-name",
        default="preferred_username",
        metavar="CLAIM",
        help="what of it is a person's name here (%(default)s)",
    )


def serve_team(arguments: argparse.Namespace) -> None:
    """Serve a team until it is interrupted.

    Raises:
        UsageError: An option cannot be used, or the address cannot be listened on.
        TeamError: The team's file cannot be used.
    """
    _check(arguments)
    from qa.team.door import Limits
    from qa.team.records.team import Team
    from qa.team.rooms import Served
    from qa.team.serving import Address, start
    from qa.web.turns import question_turns
    from qa.write.client import ChatClient
    from qa.write.writer import Writer

    ways, writer = _ways(arguments), writer_of(arguments)
    options = [
        f"--{name}={getattr(arguments, name)}"
        for name, default in BuildSettings().to_json().items()
        if getattr(arguments, name, default) != default
    ]
    served = Served(
        AskSettings(max_risk=arguments.max_risk),
        question_turns(),
        mcp=arguments.mcp,
        writes=Writer(ChatClient(writer), writer.model) if writer else None,
        keeps_history=not arguments.no_history,
        build_options=options,
    )
    address = Address(arguments.host, arguments.port, arguments.url, tuple(arguments.allow_host))
    team = Team(arguments.team)
    try:
        team.first_collection(arguments.corpus, arguments.index)
        limits = Limits(arguments.questions_per_minute)
        with start(team, served, address, ways, limits) as server:
            _begin(team, arguments, arguments.url or server.address)
            _warn(arguments, server.address)
            print(f"The team finds its documents at {server.address} (Ctrl-C stops it)", flush=True)
            server.wait()
    finally:
        team.close()


def _begin(team: "Team", arguments: argparse.Namespace, where: str) -> None:
    """Say how whoever looks after everything comes in, where nobody does yet."""
    if arguments.trust_header:  # whoever the proxy calls so would be it: that must be said
        if not team.people.has_admin(by_name=True):
            print(
                "Nobody looks after this yet: qa team invite NAME --admin, with the name that "
                "your proxy gives"
            )
    elif secret := team.first_invitation():
        print(f"Nobody looks after this yet. Choose a password: {invitation(secret, where)}")


def _check(arguments: argparse.Namespace) -> None:
    for name in _NOT_WITH:
        if getattr(arguments, name):
            raise UsageError(
                f"--{name.replace('_', '-')} does not go with --team: rights and keys are each "
                "person's own"
            )
    if arguments.questions_per_minute < 1:
        raise UsageError("--questions-per-minute must be 1 or more")
    if arguments.trust_header and not arguments.trust_proxy:
        raise UsageError("--trust-header needs --trust-proxy: from which address it is believed")
    if bool(arguments.oidc) != bool(arguments.oidc_client):
        raise UsageError("--oidc and --oidc-client go together")


def _ways(arguments: argparse.Namespace) -> "Ways":
    from qa.team.caller import TrustedProxy
    from qa.team.serving import Ways
    from qa.team.signin import OtherService

    proxy = None
    if arguments.trust_proxy:
        proxy = TrustedProxy.of(arguments.trust_header, arguments.trust_proxy)
    if not arguments.oidc:
        return Ways(proxy)
    secret = os.environ.get(_SECRET, "")
    if not secret:
        raise UsageError(f"--oidc needs the secret that the service gave: set {_SECRET}")
    service = OtherService(
        arguments.oidc,
        arguments.oidc_client,
        secret,
        arguments.oidc_title,
        arguments.oidc_name,
    )
    return Ways(proxy, service)


def _warn(arguments: argparse.Namespace, address: str) -> None:
    """Say that passwords would be readable on their way."""
    is_local = address.startswith(("http://127.", "http://[::1]"))
    if (arguments.host not in ("127.0.0.1", "localhost", "::1") or not is_local) and not (
        arguments.url.startswith("https:")
    ):
        print(
            "qa: there is no TLS: who can listen in the network can read passwords. Put a proxy "
            "with TLS in front, and name it with --url https://…",
            file=sys.stderr,
        )
