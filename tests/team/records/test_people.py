import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import TeamError, UsageError
from qa.team.records.file import TEAM_FILE
from qa.team.records.rights import Kind, Right
from qa.team.records.team import FIRST_PERSON, Team
from tests.team.serving import PASSWORD, add_person


def test_who_is_invited_chooses_a_password_once(team: Team) -> None:
    secret = team.people.invite("ann")
    assert team.people.invited(secret) == "ann"
    assert team.people.signed_in("ann", "") is None
    assert team.people.accept(secret, PASSWORD) == "ann"
    with pytest.raises(UsageError, match="has been used"):
        team.people.accept(secret, "another password of mine")
    found = team.people.signed_in("Ann", PASSWORD)
    assert found is not None
    assert found.name == "ann"


@pytest.mark.parametrize("password", ["", "short", "x" * 1_001])
def test_a_password_that_is_too_short_or_too_long_is_refused(team: Team, password: str) -> None:
    with pytest.raises(UsageError, match="12 to 1,000 characters"):
        team.people.accept(team.people.invite("ann"), password)
    assert team.people.signed_in("ann", password) is None


@pytest.mark.parametrize("name", ["", "two words", "a/b", "<b>", "x" * 101, "line\nbreak"])
def test_what_cannot_be_a_name_is_refused(team: Team, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a person's name"):
        team.people.invite(name)


def test_an_invitation_ends(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = team.people.invite("ann")
    later = time.time() + 8 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert team.people.invited(secret) == ""
    with pytest.raises(UsageError, match="ended"):
        team.people.accept(secret, PASSWORD)


def test_a_new_invitation_ends_the_one_before(team: Team) -> None:
    before, after = team.people.invite("ann"), team.people.invite("ann")
    assert team.people.invited(before) == ""
    assert team.people.invited(after) == "ann"


def test_a_new_password_ends_every_session(team: Team) -> None:
    add_person(team, "ann")
    session = team.people.begin_session("ann")
    assert team.people.of_session(session) is not None
    assert not team.people.change_password("ann", "not that one at all", "quite another password")
    assert team.people.of_session(session) is not None
    invitation = team.people.invite("ann")
    assert team.people.change_password("ann", PASSWORD, "quite another password")
    assert team.people.invited(invitation) == "", "an earlier invitation is none any more"
    assert team.people.of_session(session) is None
    assert team.people.signed_in("ann", PASSWORD) is None
    assert team.people.signed_in("ann", "quite another password") is not None


def test_who_is_shut_out_cannot_come_in_by_any_way(team: Team) -> None:
    add_person(team, "admin")
    add_person(team, "ann")
    session, key = team.people.begin_session("ann"), team.keys.make("ann", "", 1)
    invitation = team.people.invite("ann")
    team.people.shut_out("ann")
    assert team.people.invited(invitation) == ""
    assert team.people.signed_in("ann", PASSWORD) is None
    assert team.people.of_session(session) is None
    assert team.people.known_elsewhere("ann") is None
    assert team.keys.find(key) is None
    team.people.shut_out("ann", now=False)
    assert team.people.signed_in("ann", PASSWORD) is not None
    assert team.people.of_session(session) is None  # what was open stays closed


def test_somebody_always_looks_after_everything(team: Team) -> None:
    add_person(team, "admin")
    for change in (team.people.shut_out, lambda name: team.people.make_admin(name, now=False)):
        with pytest.raises(UsageError, match="nobody would be left"):
            change("admin")
    person = team.people.find("admin")
    assert person is not None
    assert person.is_admin
    assert not person.is_shut_out


def test_the_first_person_is_invited_until_somebody_has_come(team: Team) -> None:
    assert team.first_invitation() != team.first_invitation()
    secret = team.first_invitation()
    assert team.people.accept(secret, PASSWORD) == FIRST_PERSON
    assert team.first_invitation() == ""
    assert team.people.find(FIRST_PERSON) is not None


def test_nobody_takes_over_an_account_by_having_its_name_elsewhere(team: Team) -> None:
    add_person(team, "admin")
    assert team.people.known_elsewhere("admin", "https://id.example 7") is None
    ann = team.people.known_elsewhere("ann", "https://id.example 7")
    assert ann is not None
    assert team.people.known_elsewhere("ann", "https://id.example 8") is None
    renamed = team.people.known_elsewhere("ann-marie", "https://id.example 7")
    assert renamed == ann  # what never changes of her counts


def test_nothing_that_lets_anybody_in_stands_in_the_file(team: Team, tmp_path: Path) -> None:
    invitation = team.people.invite("bea")
    add_person(team, "ann")
    secrets = [
        PASSWORD,
        invitation,
        team.people.begin_session("ann"),
        team.keys.make("ann", "script", 9),
    ]
    written = b"".join(
        path.read_bytes() for path in (tmp_path / "team").iterdir() if path.is_file()
    )
    assert b"ann" in written
    assert not [secret for secret in secrets if secret.encode() in written]
    assert (tmp_path / "team" / TEAM_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 99])
def test_a_file_that_is_no_team_s_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TEAM_FILE).write_bytes(content)
    with pytest.raises(TeamError, match="put a copy back"):
        Team(tmp_path)


def test_two_programs_see_what_the_other_does(team: Team, tmp_path: Path) -> None:
    other = Team(tmp_path / "team")
    other.people.join("editors", add_and_name(team))
    assert team.people.groups() == {"editors": ["ann"]}
    other.close()


def add_and_name(team: Team) -> str:
    add_person(team, "ann")
    return "ann"


@pytest.mark.parametrize("name", ["Änn", "ÄNN", "a\u0308nn", "ＡＮＮ"])
def test_a_name_is_one_name_however_it_is_written(team: Team, name: str) -> None:
    add_person(team, name)
    found = team.people.find(name.upper())
    assert found is not None
    assert found.name in ("änn", "ann")
    assert team.people.signed_in(name, PASSWORD) == team.people.signed_in(found.name, PASSWORD)
    assert len(team.people.all()) == 1


def test_a_group_that_ends_leaves_no_right_to_the_next_of_its_name(team: Team) -> None:
    for name in ("ann", "ben"):
        add_person(team, name)
    team.collections.add("letters")
    team.people.join("lawyers", "ann")
    team.rights.give(Kind.GROUP, "Lawyers", "letters", Right.ASK)
    team.people.leave("LAWYERS", "ann")
    team.people.join("lawyers", "ben")
    ben = team.people.find("ben")
    assert ben is not None
    assert team.rights.of(ben, "letters") == Right.NOTHING


def test_what_is_read_waits_for_no_other_program_that_writes(team: Team, tmp_path: Path) -> None:
    add_person(team, "ann")
    session = team.people.begin_session("ann")
    with closing(sqlite3.connect(tmp_path / "team" / TEAM_FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert team.people.of_session(session) is not None
        assert team.people.known_elsewhere("ann") is not None
        with pytest.raises(TeamError, match="another program keeps"):
            team.people.invite("ben")
    assert team.people.invite("ben")


def test_nobody_else_on_the_machine_reads_what_lies_in_the_folder(
    team: Team, tmp_path: Path
) -> None:
    assert (tmp_path / "team").stat().st_mode & 0o077 == 0
