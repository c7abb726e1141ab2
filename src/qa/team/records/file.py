"""Open the one SQLite file in which a team is written down. Does not know what stands in it."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import TeamError
from qa.files import make_folder

TEAM_FILE = "team.sqlite"
_VERSION = 1
_WAIT_SECONDS = 5.0  # for another program that is writing; what is read waits for nobody
_SCHEMA = """
CREATE TABLE people(
    name TEXT PRIMARY KEY, is_admin INTEGER NOT NULL, password TEXT NOT NULL,
    is_shut_out INTEGER NOT NULL DEFAULT 0, subject TEXT UNIQUE
);
CREATE TABLE members(
    team TEXT NOT NULL, person TEXT NOT NULL,
    PRIMARY KEY(team, person)
) WITHOUT ROWID;
CREATE TABLE collections(
    name TEXT PRIMARY KEY, title TEXT NOT NULL, corpus TEXT NOT NULL, "index" TEXT NOT NULL
);
CREATE TABLE grants(
    kind TEXT NOT NULL, who TEXT NOT NULL, collection TEXT NOT NULL,
    "right" INTEGER NOT NULL, PRIMARY KEY(kind, who, collection)
) WITHOUT ROWID;
CREATE TABLE invitations(
    digest BLOB PRIMARY KEY, person TEXT NOT NULL, ends REAL NOT NULL
);
CREATE TABLE sessions(
    digest BLOB PRIMARY KEY, person TEXT NOT NULL, ends REAL NOT NULL
);
CREATE TABLE keys(
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB UNIQUE NOT NULL,
    person TEXT NOT NULL, label TEXT NOT NULL, collection TEXT NOT NULL,
    ends REAL NOT NULL
);
CREATE TABLE audit(
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person TEXT NOT NULL,
    act TEXT NOT NULL, collection TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX audit_by_person ON audit(person, id);
"""


class TeamFile:
    """The file. Threads and processes may use it at the same time."""

    def __init__(self, folder: Path) -> None:
        """Open it, or begin one that nobody else on the machine can read.

        Raises:
            TeamError: It cannot be used.
        """
        self._path = folder / TEAM_FILE
        self._lock, self._reading = threading.RLock(), threading.Lock()
        self._changing = 0  # the thread that is making a change
        try:
            if not folder.exists():
                make_folder(folder)
                folder.chmod(0o700)  # conversations and verdicts of everybody lie in it, too
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db, self._read = self._opened(), self._opened()
            self._db.execute("PRAGMA journal_mode=WAL")
            with self.changing():
                (version,) = self._db.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    for statement in _SCHEMA.split(";\n"):
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version={_VERSION}")
                elif version != _VERSION:
                    raise self._unusable(f"format {version}, this program reads {_VERSION}")
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Close it."""
        self._db.close()
        self._read.close()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds; within a change of this thread, with what it has changed.

        Raises:
            TeamError: The file cannot be used.
        """
        try:
            if self._changing == threading.get_ident():
                return self._db.execute(sql, values).fetchall()
            with self._reading:
                return self._read.execute(sql, values).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise self._unusable(error) from error

    def first(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row that is found; raises as `rows`."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def change(self, sql: str, *values: object) -> int:
        """Run one statement; return how many rows it changed; raises as `rows`."""
        try:
            with self._lock:
                return self._db.execute(sql, values).rowcount
        except (sqlite3.Error, OverflowError) as error:
            raise self._unusable(error) from error

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make one change of all statements within; none of them, if one fails."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise self._unusable(error) from error
            self._changing = threading.get_ident()
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            finally:
                self._changing = 0
            self._db.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None
        )

    def _unusable(self, why: object) -> TeamError:
        if isinstance(why, sqlite3.OperationalError) and "locked" in str(why):
            return TeamError(
                f"another program keeps {self._path} from being changed: end it, and try again"
            )
        return TeamError(
            f"the team's file {self._path} cannot be used ({why}): expected one that qa serve "
            "--team made; put a copy back, or name another folder"
        )
