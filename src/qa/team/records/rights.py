"""Say what a person may do with a collection, by name or through a group."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from qa.errors import UsageError
from qa.team.records.file import TeamFile
from qa.team.records.names import one_name
from qa.team.records.people import Person


class Right(IntEnum):
    """What somebody may do with a collection; each takes in those before it."""

    NOTHING = 0
    ASK = 1
    ADD = 2
    ADMINISTER = 3

    @property
    def word(self) -> str:
        """Its name as people write it."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Right":
        """Read a right.

        Raises:
            UsageError: It is none.
        """
        found = {right.word: right for right in cls}.get(word)
        if found is None:
            raise UsageError(
                f"expected {', '.join(right.word for right in cls)}, not {word[:40]!r}"
            )
        return found


class Kind(StrEnum):
    """Who can be given a right."""

    PERSON = "person"
    GROUP = "group"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Grant:
    """A right that was given; `who` is empty for everybody."""

    kind: Kind
    who: str
    right: Right


class Rights:
    """Who may do what. Safe to use from several threads."""

    def __init__(self, file: TeamFile) -> None:
        """Prepare."""
        self._file = file

    def of(self, person: Person, collection: str) -> Right:
        """Say what a person may do with a collection, whether there is one or not."""
        return self.all_of(person).get(collection, Right.NOTHING)

    def all_of(self, person: Person) -> dict[str, Right]:
        """Say what a person may do with each collection that they may do anything with."""
        if person.is_admin:
            names = self._file.rows("SELECT name FROM collections")
            return {str(name): Right.ADMINISTER for (name,) in names}
        rows = self._file.rows(
            'SELECT collection, max("right") FROM grants JOIN collections c ON c.name=collection '
            "WHERE (kind='person' AND who=?1) OR kind='everybody' OR "
            "(kind='group' AND who IN (SELECT team FROM members WHERE person=?1)) "
            "GROUP BY collection",
            person.name,
        )
        return {str(name): Right(right) for name, right in rows}

    def give(self, kind: Kind, who: str, collection: str, right: Right) -> None:
        """Give a right in place of the one that was given before; nothing takes it away.

        Raises:
            UsageError: There is nothing to take away.
        """
        who = "" if kind == Kind.EVERYBODY else one_name(who)
        if right == Right.NOTHING:
            sql = "DELETE FROM grants WHERE kind=? AND who=? AND collection=?"
            if not self._file.change(sql, kind, who, collection):
                raise UsageError(
                    f"{kind} {who[:100]} had no right of its own to {collection[:80]!r}: nothing "
                    "has been taken back"
                )
            return
        self._file.change(
            "INSERT OR REPLACE INTO grants VALUES(?, ?, ?, ?)", kind, who, collection, int(right)
        )

    def given(self, collection: str) -> list[Grant]:
        """List what was given for a collection."""
        rows = self._file.rows(
            'SELECT kind, who, "right" FROM grants WHERE collection=? ORDER BY kind, who',
            collection,
        )
        return [Grant(Kind(kind), str(who), Right(right)) for kind, who, right in rows]
