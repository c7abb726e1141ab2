"""Know the collections: each has a name, a title, a corpus and an index of its own."""

import re
from dataclasses import dataclass
from pathlib import Path

from qa.errors import UsageError
from qa.files import make_folder
from qa.team.records.file import TeamFile

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TITLE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents that belong together.

    Attributes:
        name: In addresses.
        title: For people.
        corpus: Folder of its documents.
        index_dir: Folder of its index.
    """

    name: str
    title: str
    corpus: Path
    index_dir: Path


class Collections:
    """All there are. Safe to use from several threads."""

    def __init__(self, file: TeamFile, folder: Path) -> None:
        """Prepare.

        Args:
            file: Has them.
            folder: Where the documents of new ones are kept.
        """
        self._file = file
        self._folder = folder

    def find(self, name: str) -> Collection | None:
        """Return a collection by name; None if there is none."""
        row = self._file.first(
            'SELECT name, title, corpus, "index" FROM collections WHERE name=?', name
        )
        return _collection(row) if row else None

    def all(self) -> list[Collection]:
        """List them by title."""
        rows = self._file.rows(
            'SELECT name, title, corpus, "index" FROM collections ORDER BY title COLLATE NOCASE'
        )
        return [_collection(row) for row in rows]

    def add(
        self, name: str, title: str = "", corpus: Path | None = None, index_dir: Path | None = None
    ) -> Collection:
        """Begin a collection.

        Args:
            name: Small letters, digits and hyphens.
            title: For people; empty for the name.
            corpus: Folder of documents that are there; None for a new one.
            index_dir: Folder of their index; None for a new one.

        Raises:
            UsageError: The name is taken or cannot be one.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name[:80]!r} cannot be a collection's name: expected small letters, digits and "
                "hyphens, 63 at most"
            )
        title = " ".join(title.split())[:_TITLE_CHARACTERS] or name
        home = self._folder / name
        corpus, index_dir = corpus or home / "corpus", index_dir or home / "index"
        if self.find(name) is None and index_dir == home / "index" and home.exists():
            raise UsageError(
                f"there are files of an earlier collection in {home}: choose another name, or move "
                "them away"
            )
        made = self._file.change(
            "INSERT OR IGNORE INTO collections VALUES(?, ?, ?, ?)",
            name,
            title,
            str(corpus.absolute()),
            str(index_dir.absolute()),
        )
        if not made:
            raise UsageError(f"there is a collection called {name} already: choose another name")
        make_folder(corpus)
        return Collection(name, title, corpus.absolute(), index_dir.absolute())

    def remove(self, name: str) -> None:
        """Take a collection, and who may use it, off the list; its files stay where they are."""
        with self._file.changing():
            self._file.change("DELETE FROM collections WHERE name=?", name)
            self._file.change("DELETE FROM grants WHERE collection=?", name)
            self._file.change("DELETE FROM keys WHERE collection=?", name)


def _collection(row: tuple[str, str, str, str]) -> Collection:
    name, title, corpus, index_dir = row
    return Collection(name, title, Path(corpus), Path(index_dir))
