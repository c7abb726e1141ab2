"""Know the people of a team: invite them, let them choose a password, tell who somebody is.

Passwords are kept as argon2id hashes with the library's defaults (RFC 9106, low memory).
"""

import time
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from qa.errors import UsageError
from qa.team.records.file import TeamFile
from qa.team.records.names import checked_name, one_name
from qa.team.records.secret import digest_of, new_secret

LEAST_CHARACTERS = 12
_MOST_CHARACTERS = 1_000
_DAY = 86_400.0
_INVITATION_SECONDS = 7 * _DAY
SESSION_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account.

    Attributes:
        name: Under which they sign in.
        is_admin: Whether they look after everything.
        is_shut_out: Whether they may not come in any more.
        has_password: Whether they have chosen one.
    """

    name: str
    is_admin: bool = False
    is_shut_out: bool = False
    has_password: bool = False


class People:
    """The accounts. Safe to use from several threads."""

    def __init__(self, file: TeamFile) -> None:
        """Prepare."""
        self._file = file
        self._hasher = PasswordHasher()
        # Compared where there is no such person: how long it takes tells nothing.
        self._nobody = self._hasher.hash(new_secret())

    def find(self, name: str) -> Person | None:
        """Return a person by name, however it is capitalised; None if there is none."""
        row = self._file.first(f"{_PEOPLE} WHERE name = ?", one_name(name))
        return Person(*_person(row)) if row else None

    def all(self) -> list[Person]:
        """List everybody by name."""
        return [Person(*_person(row)) for row in self._file.rows(f"{_PEOPLE} ORDER BY name")]

    def invite(self, name: str, *, is_admin: bool | None = None) -> str:
        """Return what lets a person choose a password, once, within seven days.

        Makes an account where there is none; an earlier invitation of theirs ends.

        Args:
            name: Letters, digits and `.@+-_`.
            is_admin: Whether they look after everything; None leaves it as it is.

        Raises:
            UsageError: The name cannot be one.
        """
        name, secret = checked_name(name), new_secret()
        with self._file.changing():
            self._add(name)
            if is_admin is not None:
                self._file.change("UPDATE people SET is_admin=? WHERE name=?", is_admin, name)
            self._file.change("DELETE FROM invitations WHERE person=? OR ends<?", name, time.time())
            self._file.change(
                "INSERT INTO invitations VALUES(?, ?, ?)",
                digest_of(secret),
                name,
                time.time() + _INVITATION_SECONDS,
            )
        return secret

    def invited(self, secret: str) -> str:
        """Return whose an invitation is; empty if it is none any more."""
        row = self._file.first(
            "SELECT person FROM invitations WHERE digest=? AND ends>?",
            digest_of(secret),
            time.time(),
        )
        return str(row[0]) if row else ""

    def accept(self, secret: str, password: str) -> str:
        """Set the password of whoever was invited; return their name.

        Raises:
            UsageError: The invitation is none any more, or the password cannot be one.
        """
        used = UsageError("this invitation has been used or has ended: ask for a new one")
        if not self.invited(secret):  # before a hash is made, which takes long
            raise used
        hashed = self._hashed(password)
        with self._file.changing():
            name = self.invited(secret)
            if not name:
                raise used
            self._set_password(name, hashed)
        return name

    def change_password(self, name: str, old: str, new: str) -> bool:
        """Replace a person's password, and end all their sessions; False if the old one is wrong.

        Raises:
            UsageError: The new one cannot be one.
        """
        if self.signed_in(name, old) is None:
            return False
        hashed = self._hashed(new)
        with self._file.changing():
            self._set_password(one_name(name), hashed)
        return True

    def signed_in(self, name: str, password: str) -> Person | None:
        """Return the person whose name and password these are; None if they are nobody's."""
        row = self._file.first("SELECT name, password FROM people WHERE name=?", one_name(name))
        known = str(row[1]) if row and row[1] else self._nobody
        try:
            self._hasher.verify(known, password[:_MOST_CHARACTERS])
        except (Argon2Error, InvalidHashError):
            return None
        if row is None or known is self._nobody:
            return None
        if self._hasher.check_needs_rehash(known):
            self._file.change(
                "UPDATE people SET password=? WHERE name=?", self._hasher.hash(password), row[0]
            )
        person = self.find(row[0])
        return person if person and not person.is_shut_out else None

    def known_elsewhere(self, name: str, subject: str = "") -> Person | None:
        """Return who another service has signed in; they get an account when they first come.

        Args:
            name: What it calls them.
            subject: What never changes of it, where there is such a thing.

        Returns:
            None if they may not come in, or the name is another's or cannot be one.
        """
        known = self._of_subject(subject) if subject else self.find(name)
        if known is None:
            try:
                name = checked_name(name)
            except UsageError:
                return None
            with self._file.changing():
                if self.find(name):
                    return None  # nobody takes over an account by having its name elsewhere
                self._add(name)
                sql = "UPDATE people SET subject=? WHERE name=?"
                self._file.change(sql, subject or None, name)
            known = self.find(name)
        return known if known and not known.is_shut_out else None

    def shut_out(self, name: str, *, now: bool = True) -> None:
        """Let a person in no more, nor what they have open and their keys; or again.

        Raises:
            UsageError: Nobody who looks after everything would be left.
        """
        name = one_name(name)
        with self._file.changing():
            self._file.change("UPDATE people SET is_shut_out=? WHERE name=?", now, name)
            for table in ("sessions", "invitations"):
                self._file.change(f"DELETE FROM {table} WHERE person=?", name)
            self._see_that_an_admin_is_left()

    def make_admin(self, name: str, *, now: bool = True) -> None:
        """Let a person look after everything, or no more; raises as `shut_out`."""
        with self._file.changing():
            self._file.change("UPDATE people SET is_admin=? WHERE name=?", now, one_name(name))
            self._see_that_an_admin_is_left()

    def has_admin(self, *, by_name: bool) -> bool:
        """Whether anybody who can come in looks after everything.

        Args:
            by_name: Whether a name is enough, as where a proxy says who somebody is.
        """
        found = self._file.rows(
            "SELECT password<>'' OR subject IS NOT NULL FROM people "
            "WHERE is_admin AND NOT is_shut_out"
        )
        return any(by_name or can_come for (can_come,) in found)

    def begin_session(self, name: str) -> str:
        """Return what a browser shows to be this person, for seven days."""
        secret = new_secret()
        self._file.change("DELETE FROM sessions WHERE ends<?", time.time())
        self._file.change(
            "INSERT INTO sessions VALUES(?, ?, ?)",
            digest_of(secret),
            one_name(name),
            time.time() + SESSION_SECONDS,
        )
        return secret

    def of_session(self, secret: str) -> Person | None:
        """Return who shows this; None if it is nobody's any more."""
        row = self._file.first(
            f"{_PEOPLE} WHERE name=(SELECT person FROM sessions WHERE digest=? AND ends>?) "
            "AND NOT is_shut_out",
            digest_of(secret),
            time.time(),
        )
        return Person(*_person(row)) if row else None

    def end_session(self, secret: str) -> None:
        """Let nobody in with this any more."""
        self._file.change("DELETE FROM sessions WHERE digest=?", digest_of(secret))

    # ---- groups

    def groups(self) -> dict[str, list[str]]:
        """List groups by name, each with its members."""
        found: dict[str, list[str]] = {}
        for team, person in self._file.rows("SELECT team, person FROM members ORDER BY 1, 2"):
            found.setdefault(str(team), []).append(str(person))
        return found

    def join(self, group: str, name: str) -> None:
        """Take a person into a group.

        Raises:
            UsageError: There is no such person, or the group's name cannot be one.
        """
        group = checked_name(group, "a group's")
        person = self.find(name)
        if person is None:
            raise UsageError(f"there is nobody called {name[:100]!r}: invite them first")
        self._file.change("INSERT OR IGNORE INTO members VALUES(?, ?)", group, person.name)

    def leave(self, group: str, name: str) -> None:
        """Take a person out of a group; with its last a group ends, and what it was given."""
        group, name = one_name(group), one_name(name)
        with self._file.changing():
            self._file.change("DELETE FROM members WHERE team=? AND person=?", group, name)
            self._file.change(
                "DELETE FROM grants WHERE kind='group' AND who=? "
                "AND who NOT IN (SELECT team FROM members)",
                group,
            )

    def _of_subject(self, subject: str) -> Person | None:
        row = self._file.first(f"{_PEOPLE} WHERE subject=?", subject)
        return Person(*_person(row)) if row else None

    def _add(self, name: str) -> None:
        self._file.change(
            "INSERT OR IGNORE INTO people(name, is_admin, password) VALUES(?, 0, '')", name
        )

    def _hashed(self, password: str) -> str:
        if not LEAST_CHARACTERS <= len(password) <= _MOST_CHARACTERS:
            raise UsageError(
                f"a password has {LEAST_CHARACTERS} to {_MOST_CHARACTERS:,} characters; several "
                "words are easy to remember"
            )
        return self._hasher.hash(password)

    def _set_password(self, name: str, hashed: str) -> None:
        self._file.change("UPDATE people SET password=? WHERE name=?", hashed, name)
        for table in ("sessions", "invitations"):
            self._file.change(f"DELETE FROM {table} WHERE person=?", name)

    def _see_that_an_admin_is_left(self) -> None:
        if not self._file.first("SELECT 1 FROM people WHERE is_admin AND NOT is_shut_out"):
            raise UsageError("nobody would be left who looks after everything")


_PEOPLE = "SELECT name, is_admin, is_shut_out, password<>'' FROM people"


def _person(row: tuple[object, ...]) -> tuple[str, bool, bool, bool]:
    name, *flags = row
    is_admin, is_shut_out, has_password = map(bool, flags)
    return str(name), is_admin, is_shut_out, has_password
