"""Read a store's file, of which any bit may have flipped: whatever cannot be read is one error."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qa.errors import IndexDamagedError
from qa.index.local.digests import differs

Made = TypeVar("Made")


class Database:
    """A store's SQLite file. Safe to use from several threads."""

    def __init__(self, path: Path, uri: str) -> None:
        """Open the file.

        Args:
            path: As users know it.
            uri: How SQLite opens it.

        Raises:
            IndexDamagedError: It is missing or is no database.
        """
        self._lock = threading.RLock()
        self._path = path
        self._sizes: dict[str, int] = {}
        try:
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    @property
    def n_passages(self) -> int:
        """How many passages there are."""
        return self._size("passages")

    @property
    def n_documents(self) -> int:
        """How many documents there are."""
        return self._size("documents")

    def _size(self, table: str) -> int:
        found = self._sizes.get(table)
        if found is None:
            found = self._sizes[table] = int(self._one(f"SELECT count(*) FROM {table}")[0])
        return found

    def broken_pages(self) -> list[str]:
        """List what SQLite finds wrong with the file itself."""
        return [said for (said,) in self._all("PRAGMA integrity_check(20)") if said != "ok"]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _first(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _sound(self, sql: str, value: object) -> tuple[Any, ...] | None:
        """Return the first row without its last column, which is the digest of the others."""
        row = self._first(sql, (value,))
        return None if row is None else self._checked(row)

    def _checked(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        *values, stored = row
        if differs(stored, *values):
            raise self._damaged(f"{str(values[0])[:80]!r} is not what was written")
        return tuple(values)

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self._all(sql, values)[0]

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(error) from error

    def _made(self, make: Callable[[tuple[Any, ...]], Made], row: tuple[Any, ...]) -> Made:
        try:
            return make(row)
        except (ValueError, TypeError, IndexError, RecursionError) as error:  # flipped bits
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> IndexDamagedError:
        return IndexDamagedError(
            f"{self._path} cannot be read ({why}); build the index again with: qa index --rebuild"
        )
