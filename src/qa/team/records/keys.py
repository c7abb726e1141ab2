"""Know the keys of a team's programs: whose each is, for which collection, and when it ends."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from qa.errors import UsageError
from qa.team.records.file import TeamFile
from qa.team.records.names import one_name
from qa.team.records.people import Person
from qa.team.records.secret import digest_of, new_secret

MOST_DAYS = 366
_PREFIX = "qa_"  # so that who finds one lying about knows what it is
_LABEL_CHARACTERS = 100
_MOST_NUMBER = 2**63 - 1  # that SQLite can hold


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without what lets anybody in.

    Attributes:
        number: Of the key.
        person: For whom it asks: it may what they may, and no more.
        label: What it is for.
        collection: The only one that it opens; empty for all of theirs.
        ends: When it ends, ISO 8601, UTC.
    """

    number: int
    person: str
    label: str
    collection: str
    ends: str


class TeamKeys:
    """All there are. Safe to use from several threads."""

    def __init__(self, file: TeamFile) -> None:
        """Prepare."""
        self._file = file

    def make(self, person: str, label: str, days: int, collection: str = "") -> str:
        """Return a new key; it cannot be shown again.

        Raises:
            UsageError: It would last too long, or not at all.
        """
        if not 1 <= days <= MOST_DAYS:
            raise UsageError(f"a key lasts 1 to {MOST_DAYS} days, not {days}")
        key = _PREFIX + new_secret()
        self._file.change(
            "INSERT INTO keys(digest, person, label, collection, ends) VALUES(?, ?, ?, ?, ?)",
            digest_of(key),
            one_name(person),
            " ".join(label.split())[:_LABEL_CHARACTERS] or "a program",
            collection,
            time.time() + days * 86_400,
        )
        return key

    def find(self, key: str) -> tuple[Person, Key] | None:
        """Return whose a key is, and the key; None if it is nobody's any more."""
        row = self._file.first(
            "SELECT k.id, p.name, k.label, k.collection, k.ends, p.is_admin FROM keys k "
            "JOIN people p ON p.name=k.person WHERE k.digest=? AND k.ends>? AND NOT p.is_shut_out",
            digest_of(key),
            time.time(),
        )
        if row is None:
            return None
        *values, is_admin = row
        return Person(str(row[1]), is_admin=bool(is_admin), has_password=True), _key(tuple(values))

    def all(self, person: str = "") -> list[Key]:
        """List those that have not ended, of one person or of all."""
        rows = self._file.rows(
            "SELECT id, person, label, collection, ends FROM keys "
            "WHERE ends>?1 AND (?2='' OR person=?2) ORDER BY person, id",
            time.time(),
            one_name(person),
        )
        return [_key(row) for row in rows]

    def take_back(self, number: int, person: str = "") -> bool:
        """Let nobody in with a key any more; say whether there was one, of this person if named."""
        sql = "DELETE FROM keys WHERE id=?1 AND (?2='' OR person=?2)"
        return bool(self._file.change(sql, min(number, _MOST_NUMBER), one_name(person)))


def _key(row: tuple[object, ...]) -> Key:
    number, person, label, collection, ends = row
    assert isinstance(number, int)
    assert isinstance(ends, float)
    at = datetime.fromtimestamp(ends, UTC).isoformat(timespec="minutes")
    return Key(number, str(person), str(label), str(collection), at)
