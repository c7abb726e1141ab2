"""Write down who did what, and when: no word of a question or a document.

Nothing here changes an entry, or removes one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from qa.team.records.file import TeamFile
from qa.team.records.names import one_name
from qa.words import without_half_pairs

_CHARACTERS = 200
_MOST_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did.

    Attributes:
        at: When, ISO 8601, UTC.
        person: Who; empty where nobody knows.
        act: What, such as `ask`, `sign in` or `give`.
        collection: With which collection; empty for none.
        detail: More about it.
        address: From which address.
        outcome: `done`, or why not.
    """

    at: str
    person: str
    act: str
    collection: str = ""
    detail: str = ""
    address: str = ""
    outcome: str = "done"


class Audit:
    """The log. Safe to use from several threads."""

    def __init__(self, file: TeamFile) -> None:
        """Prepare."""
        self._file = file

    def note(
        self,
        person: str,
        act: str,
        *,
        collection: str = "",
        detail: str = "",
        address: str = "",
        outcome: str = "done",
    ) -> None:
        """Write down what somebody did."""
        texts = (person, act, collection, detail, address, outcome)
        self._file.change(
            "INSERT INTO audit(at, person, act, collection, detail, address, outcome) "
            "VALUES(?, ?, ?, ?, ?, ?, ?)",
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            *(without_half_pairs(text)[:_CHARACTERS] for text in texts),
        )

    def last(
        self, count: int, *, person: str = "", collection: str = "", before: str = ""
    ) -> list[Entry]:
        """List what was done last, the newest first.

        Args:
            count: How many at most.
            person: Only by this person.
            collection: Only with this collection.
            before: Only before this time; empty for now.
        """
        rows = self._file.rows(
            "SELECT at, person, act, collection, detail, address, outcome FROM audit "
            "WHERE (?1='' OR person=?1) AND (?2='' OR collection=?2) AND (?4='' OR at<?4) "
            "ORDER BY id DESC LIMIT ?3",
            one_name(person),
            collection,
            min(count, _MOST_ENTRIES),
            before,
        )
        return [Entry(*map(str, row)) for row in rows]
