"""The command `qa team`: look after the people, collections, rights and keys of a team.

Heavy libraries are imported inside.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answer.present import one_line
from qa.cli.options import folder
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.team.records.team import Team

DEFAULT_FOLDER = Path("team")
_KINDS = ("person", "group", "everybody")


def add_team_command(commands: Any) -> None:
    """Add the command's arguments."""
    team = commands.add_parser(
        "team", help="look after the people and collections of qa serve --team (docs/TEAM.md)"
    )
    acts = team.add_subparsers(required=True, metavar="WHAT")
    _add(acts, "list", _list, "list people, groups, collections and rights")
    invite = _add(acts, "invite", _invite, "let somebody choose a password, once")
    invite.add_argument("name")
    invite.add_argument("--admin", action="store_true", help="who looks after everything")
    for name, act, said in (
        ("shut-out", _shut_out, "let somebody in no more, nor their programs"),
        ("let-in", _let_in, "let somebody in again"),
    ):
        _add(acts, name, act, said).add_argument("name")
    for name, act, said in (
        ("join", _join, "put somebody into a group"),
        ("leave", _leave, "take somebody out of a group"),
    ):
        group = _add(acts, name, act, said)
        group.add_argument("group")
        group.add_argument("name")
    collection = _add(acts, "collection", _collection, "begin a collection")
    collection.add_argument("name", help="small letters, digits and hyphens")
    collection.add_argument("--title", default="", help="for people")
    collection.add_argument("--corpus", type=folder, help="folder of documents that are there")
    collection.add_argument("--index", type=folder, help="folder of their index")
    _add_rights(acts)
    _add_keys(acts)
    log = _add(acts, "log", _log, "print who did what")
    log.add_argument("--last", type=int, default=50, metavar="N", help="how many (%(default)s)")
    log.add_argument("--person", default="", help="only by this person")
    log.add_argument("--collection", default="", help="only with this collection")


def _add_rights(acts: Any) -> None:
    give = _add(acts, "give", _give, "give a right for a collection, in place of the one before")
    give.add_argument("right", choices=("ask", "add", "administer", "nothing"))
    give.add_argument("collection")
    give.add_argument("kind", choices=_KINDS)
    give.add_argument("who", nargs="?", default="", help="name of the person or group")


def _add_keys(acts: Any) -> None:
    key = _add(acts, "key", _key, "make a key for a program; it is printed once")
    key.add_argument("person", help="for whom it asks")
    key.add_argument("--label", default="", help="what it is for")
    key.add_argument("--days", type=int, default=90, help="how long it lasts (%(default)s)")
    key.add_argument("--collection", default="", help="the only one that it opens")
    take_back = _add(acts, "take-back", _take_back, "let nobody in with a key any more")
    take_back.add_argument("number", type=int, help="as qa team list prints it")


def _add(
    acts: Any, name: str, act: Callable[["Team", argparse.Namespace], None], said: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=said)
    parser.add_argument(
        "--team", type=folder, default=DEFAULT_FOLDER, help="folder of the team (%(default)s)"
    )

    def command(arguments: argparse.Namespace) -> int:
        from qa.team.records.file import TEAM_FILE
        from qa.team.records.team import Team

        if not (arguments.team / TEAM_FILE).exists():
            raise UsageError(
                f"there is no team in {arguments.team}: qa serve --team begins one, --team names "
                "another folder"
            )
        team = Team(arguments.team)
        try:
            act(team, arguments)
        finally:
            team.close()
        return 0

    parser.set_defaults(command=command)
    return parser


def _list(team: "Team", _: argparse.Namespace) -> None:
    for person in team.people.all():
        notes = [
            said
            for said, is_so in (
                ("looks after everything", person.is_admin),
                ("shut out", person.is_shut_out),
                ("no password", not person.has_password),
            )
            if is_so
        ]
        print(f"person {person.name}" + (f" ({', '.join(notes)})" if notes else ""))
    for group, members in team.people.groups().items():
        print(f"group {group}: {', '.join(members)}")
    for collection in team.collections.all():
        print(f"collection {collection.name}: {one_line(collection.title)}, {collection.corpus}")
        for grant in team.rights.given(collection.name):
            print(f"  {grant.right.word}: {' '.join(filter(None, (grant.kind, grant.who)))}")
    for key in team.keys.all():
        opens = key.collection or "all of theirs"
        print(
            f"key {key.number} of {key.person} for {one_line(key.label)}: {opens}, until {key.ends}"
        )


def _invite(team: "Team", arguments: argparse.Namespace) -> None:
    secret = team.people.invite(arguments.name, is_admin=True if arguments.admin else None)
    _note(team, "invite", detail=arguments.name)
    print(invitation(secret))


def invitation(secret: str, address: str = "") -> str:
    """Say where an invitation is taken up."""
    where = address.rstrip("/") or "the server's address"
    path = f"/invitation?secret={secret}"
    return f"{where}{path}" if address else f"open {path} at {where}; good once, for seven days"


def _shut_out(team: "Team", arguments: argparse.Namespace) -> None:
    _see_that_there_is(team, arguments.name)
    team.people.shut_out(arguments.name)
    _note(team, "shut out", detail=arguments.name)


def _let_in(team: "Team", arguments: argparse.Namespace) -> None:
    _see_that_there_is(team, arguments.name)
    team.people.shut_out(arguments.name, now=False)
    _note(team, "let in", detail=arguments.name)


def _join(team: "Team", arguments: argparse.Namespace) -> None:
    team.people.join(arguments.group, arguments.name)
    _note(team, "join", detail=f"{arguments.name} {arguments.group}")


def _leave(team: "Team", arguments: argparse.Namespace) -> None:
    team.people.leave(arguments.group, arguments.name)
    _note(team, "leave", detail=f"{arguments.name} {arguments.group}")


def _collection(team: "Team", arguments: argparse.Namespace) -> None:
    made = team.collections.add(arguments.name, arguments.title, arguments.corpus, arguments.index)
    _note(team, "begin a collection", collection=made.name)
    print(f"its documents are in {made.corpus}; nobody may use it yet: qa team give")


def _give(team: "Team", arguments: argparse.Namespace) -> None:
    from qa.team.records.rights import Kind, Right

    if team.collections.find(arguments.collection) is None:
        raise UsageError(
            f"there is no collection called {arguments.collection!r}: see qa team list"
        )
    kind, who = Kind(arguments.kind), arguments.who
    if bool(who) == (kind == Kind.EVERYBODY):
        raise UsageError("expected a person or a group by name, or everybody without one")
    right = Right.of(arguments.right)
    team.give(kind, who, arguments.collection, right)
    _note(team, "give", collection=arguments.collection, detail=f"{kind} {who} {right.word}")


def _key(team: "Team", arguments: argparse.Namespace) -> None:
    _see_that_there_is(team, arguments.person)
    if arguments.collection and team.collections.find(arguments.collection) is None:
        raise UsageError(
            f"there is no collection called {arguments.collection!r}: see qa team list"
        )
    print(team.keys.make(arguments.person, arguments.label, arguments.days, arguments.collection))
    _note(team, "make a key", collection=arguments.collection, detail=arguments.person)
    print("It cannot be shown again.", file=sys.stderr)


def _take_back(team: "Team", arguments: argparse.Namespace) -> None:
    if not team.keys.take_back(arguments.number):
        raise UsageError(f"there is no key {arguments.number}: see qa team list")
    _note(team, "take a key back", detail=f"key {arguments.number}")


def _log(team: "Team", arguments: argparse.Namespace) -> None:
    entries = team.audit.last(
        arguments.last, person=arguments.person, collection=arguments.collection
    )
    for entry in reversed(entries):
        words = (entry.at, entry.person, entry.act, entry.collection, entry.detail, entry.address)
        print("\t".join(one_line(word or "-") for word in (*words, entry.outcome)))


def _note(team: "Team", act: str, *, collection: str = "", detail: str = "") -> None:
    team.audit.note("", act, collection=collection, detail=detail, address="this machine")


def _see_that_there_is(team: "Team", name: str) -> None:
    if team.people.find(name) is None:
        raise UsageError(f"there is nobody called {name!r}: invite them first")
