"""A team as it is written down: its people, collections, rights, keys and log, in one folder."""

from pathlib import Path

from qa.errors import UsageError
from qa.team.records.audit import Audit
from qa.team.records.collections import Collections
from qa.team.records.file import TeamFile
from qa.team.records.keys import TeamKeys
from qa.team.records.names import one_name
from qa.team.records.people import People
from qa.team.records.rights import Kind, Right, Rights

FIRST_PERSON = "admin"
FIRST_COLLECTION = "documents"


class Team:
    """All that is known of a team. Safe to use from several threads, and beside other programs."""

    def __init__(self, folder: Path) -> None:
        """Open a folder, or begin one.

        Raises:
            TeamError: Its file cannot be used.
        """
        self._file = TeamFile(folder)
        self.people = People(self._file)
        self.rights = Rights(self._file)
        self.collections = Collections(self._file, folder / "collections")
        self.keys = TeamKeys(self._file)
        self.audit = Audit(self._file)

    def first_invitation(self) -> str:
        """Return what lets the first person in who looks after everything; empty if one can."""
        if self.people.has_admin(by_name=False):
            return ""
        self.audit.note("", "invite", detail=FIRST_PERSON)
        return self.people.invite(FIRST_PERSON, is_admin=True)

    def first_collection(self, corpus: Path, index_dir: Path) -> None:
        """Make a collection of the documents that were there before the team."""
        if not self.collections.all():
            self.collections.add(FIRST_COLLECTION, "Documents", corpus, index_dir)

    def give(self, kind: Kind, who: str, collection: str, right: Right) -> None:
        """Give a right to somebody there is; see `Rights.give`.

        Raises:
            UsageError: There is no such person or group, or nothing to take back.
        """
        if right != Right.NOTHING:
            if kind == Kind.PERSON and self.people.find(who) is None:
                raise UsageError(f"there is nobody called {who[:100]!r}: invite them first")
            if kind == Kind.GROUP and one_name(who) not in self.people.groups():
                raise UsageError(
                    f"there is no group called {who[:100]!r}: it begins with its first member"
                )
        self.rights.give(kind, who, collection, right)

    def close(self) -> None:
        """Close its file."""
        self._file.close()
