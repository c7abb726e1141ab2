"""Keep conversations in one SQLite file, or in memory where nothing is to be written.

    kept = ConversationStore(Path("index") / HISTORY_FILE)
    kept.add("0123456789abcdefghijkl", turn)
    conversation = kept.read("0123456789abcdefghijkl")

A conversation's id is made by the page that begins it; whoever has it can read it. Every call is
one transaction: tabs, threads and programs may write at the same time, and what a call has
returned is on the disk. Turns are kept as JSON of `page_state.Turn`, so that they can be shown
again as they were.
"""

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import filelock
import msgspec

from qa.errors import HistoryError
from qa.ui.page_state import Conversation, Turn
from qa.words import squeezed

HISTORY_FILE = "conversations.sqlite"
TITLE_CHARACTERS = 80
_LISTED = 200
_WAIT_SECONDS = 30.0
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE conversations(
    id TEXT PRIMARY KEY, title TEXT NOT NULL, owner TEXT NOT NULL, began TEXT NOT NULL,
    changed TEXT NOT NULL, version INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE turns(
    conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    number INTEGER NOT NULL, question TEXT NOT NULL, at TEXT NOT NULL, words TEXT NOT NULL,
    turn TEXT NOT NULL, PRIMARY KEY(conversation, number)
) WITHOUT ROWID;
CREATE INDEX conversations_changed ON conversations(changed);
PRAGMA user_version={_VERSION};
"""
# Memory is not for ever: a program may run for months.
_FORGET_OLDEST = """DELETE FROM conversations WHERE id NOT IN (
    SELECT id FROM conversations ORDER BY changed DESC LIMIT 200)"""
_UNREADABLE = "This turn was kept by another version of the program and cannot be shown."


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation in the list of them.

    Attributes:
        id: Of the conversation.
        title: Its first question, unless a person has named it.
        changed: When something was last asked, ISO 8601, UTC.
        turns: How many questions it has.
    """

    id: str
    title: str
    changed: str
    turns: int


def is_conversation_id(text: str) -> bool:
    """Whether a text that a browser sent can name a conversation."""
    return bool(_ID.fullmatch(text))


class ConversationStore:
    """Conversations. Safe to use from several threads and processes."""

    def __init__(self, path: Path | None) -> None:
        """Remember where the file is; the first `add` creates it. None keeps all in memory."""
        self._path = path
        self._lock = threading.Lock()
        self._changing: set[tuple[str, int]] = set()
        self._memory: sqlite3.Connection | None = None
        if path is None:
            self._memory = sqlite3.connect(":memory:", check_same_thread=False)
            self._memory.executescript(_SCHEMA)

    def add(self, conversation: str, turn: Turn, *, owner: str = "") -> Conversation:
        """Add a turn to a conversation, which begins with it if there is none; return the whole.

        Args:
            conversation: Its id.
            turn: What was asked and answered.
            owner: Who begins it.

        Raises:
            HistoryError: The id is none, or the file cannot be used.
        """
        if not is_conversation_id(conversation):
            raise HistoryError(f"{conversation[:80]!r} does not name a conversation")
        now = _now()
        turn = replace(turn, at=turn.at or now)
        self._create()
        with self._open() as db:
            db.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, 0, 0) ON CONFLICT DO NOTHING",
                (conversation, _title(turn.question), owner, now, now),
            )
            (number,) = db.execute(
                "SELECT coalesce(max(number) + 1, 0) FROM turns WHERE conversation = ?",
                (conversation,),
            ).fetchone()
            db.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)",
                (conversation, number, turn.question, now, _searched(turn), _encoded(turn)),
            )
            _touch(db, conversation, now)
            if self._memory is not None:
                db.execute(_FORGET_OLDEST)
            return _read(db, conversation)

    def read(self, conversation: str) -> Conversation:
        """Return a conversation as it is now; one that is not there is empty.

        Raises:
            HistoryError: The file cannot be used.
        """
        if not self._exists():
            return Conversation(id=conversation)
        with self._open(writing=False) as db:
            return _read(db, conversation)

    def change(self, conversation: str, number: int, make: Callable[[Turn], Turn]) -> Conversation:
        """Put what is made of a turn in its place; return the whole conversation.

        One that is not there, or that another thread is changing, is left alone. Making may take
        long: meanwhile other turns are added and changed.

        Raises:
            HistoryError: The file cannot be used.
        """
        before = self.read(conversation)
        with self._lock:
            key = (conversation, number)
            if key in self._changing or not 0 <= number < len(before.turns):
                return before
            self._changing.add(key)
        try:
            # What another tab has made of it just now is seen.
            turn = make(self.read(conversation).turns[number])
            with self._open() as db:
                db.execute(
                    "UPDATE turns SET turn = ? WHERE conversation = ? AND number = ?",
                    (_encoded(turn), conversation, number),
                )
                _touch(db, conversation)
                return _read(db, conversation)
        finally:
            with self._lock:
                self._changing.remove(key)

    def entries(self, query: str = "", owner: str | None = None) -> list[Entry]:
        """List the conversations in which all words of a query stand, the newest first.

        Args:
            query: Looked for in titles, questions, answers and quotes, whatever their case.
            owner: Only those that this one began; None for all.

        Raises:
            HistoryError: The file cannot be used.
        """
        if not self._exists():
            return []
        wanted, values = ["deleted = 0"], []
        if owner is not None:
            wanted.append("owner = ?")
            values.append(owner)
        for word in query.casefold().split()[:20]:
            wanted.append(
                "(folded(title) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM turns WHERE "
                "conversation = id AND words LIKE ? ESCAPE '!'))"
            )
            values += [f"%{_literal(word)}%"] * 2
        with self._open(writing=False) as db:
            rows = db.execute(
                "SELECT id, title, changed, (SELECT count(*) FROM turns WHERE conversation = id) "
                f"FROM conversations WHERE {' AND '.join(wanted)} "
                f"ORDER BY changed DESC, id LIMIT {_LISTED}",
                values,
            ).fetchall()
        return [Entry(*row) for row in rows]

    def owner(self, conversation: str) -> str | None:
        """Say who began a conversation; None if there is none."""
        if not self._exists():
            return None
        with self._open(writing=False) as db:
            row = db.execute(
                "SELECT owner FROM conversations WHERE id = ?", (conversation,)
            ).fetchone()
        return str(row[0]) if row else None

    def rename(self, conversation: str, title: str) -> None:
        """Name a conversation; a blank name leaves it as it is.

        Raises:
            HistoryError: The file cannot be used.
        """
        if (name := _title(title)) and self._exists():
            with self._open() as db:
                db.execute("UPDATE conversations SET title = ? WHERE id = ?", (name, conversation))
                _touch(db, conversation)

    def delete(self, conversation: str) -> None:
        """Delete a conversation; until the next is deleted, or `forget`, it can be restored.

        Raises:
            HistoryError: The file cannot be used.
        """
        if self._exists():
            with self._open() as db:
                db.execute("DELETE FROM conversations WHERE deleted = 1")
                db.execute("UPDATE conversations SET deleted = 1 WHERE id = ?", (conversation,))

    def restore(self, conversation: str) -> None:
        """Put a conversation back that was deleted last.

        Raises:
            HistoryError: The file cannot be used.
        """
        if self._exists():
            with self._open() as db:
                db.execute("UPDATE conversations SET deleted = 0 WHERE id = ?", (conversation,))

    def forget(self) -> None:
        """Remove for good what was deleted.

        Raises:
            HistoryError: The file cannot be used.
        """
        if self._exists():
            with self._open() as db:
                db.execute("DELETE FROM conversations WHERE deleted = 1")

    def _exists(self) -> bool:
        return self._path is None or self._path.exists()

    def _create(self) -> None:
        """Create the file whole, once, for nobody else to read: other writers wait for it."""
        if self._path is None or self._path.exists():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self._path.with_suffix(".lock"), timeout=_WAIT_SECONDS):
                if self._path.exists():
                    return
                part = self._path.with_suffix(".new")
                part.unlink(missing_ok=True)  # of a program that was killed
                # SQLite gives its journal the mode of the file.
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                with closing(sqlite3.connect(part)) as db:
                    db.execute("PRAGMA journal_mode=WAL")
                    db.executescript(_SCHEMA)
                part.replace(self._path)
        except (OSError, filelock.Timeout, sqlite3.Error) as error:
            raise self._unusable(error) from error

    @contextmanager
    def _open(self, *, writing: bool = True) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        if self._memory is not None:
            with self._lock, self._memory as db:
                _prepare(db)
                yield db
            return
        assert self._path is not None
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as db:
                (version,) = db.execute("PRAGMA user_version").fetchone()
                if version != _VERSION:
                    raise self._unusable(f"format {version}, this program reads {_VERSION}")
                _prepare(db)
                with db:
                    # What is read in it is still so when it writes.
                    db.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
                    yield db
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, why: object) -> HistoryError:
        return HistoryError(
            f"the conversations in {self._path} cannot be used ({why}); move the file away to "
            "begin anew"
        )


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA secure_delete=ON")  # what a person deletes is not left in free pages
    db.create_function("folded", 1, lambda text: str(text).casefold(), deterministic=True)


def _read(db: sqlite3.Connection, conversation: str) -> Conversation:
    row = db.execute(
        "SELECT title, version FROM conversations WHERE id = ? AND deleted = 0", (conversation,)
    ).fetchone()
    if row is None:
        return Conversation(id=conversation)
    turns = db.execute(
        "SELECT question, at, turn FROM turns WHERE conversation = ? ORDER BY number",
        (conversation,),
    )
    title, version = row
    return Conversation(
        tuple(_decoded(*turn) for turn in turns), version=version, id=conversation, title=title
    )


def _touch(db: sqlite3.Connection, conversation: str, now: str | None = None) -> None:
    """Count a change; with a time it counts for the order of the list."""
    db.execute(
        "UPDATE conversations SET version = version + 1, changed = coalesce(?, changed), "
        "deleted = 0 WHERE id = ?",
        (now, conversation),
    )


def _encoded(turn: Turn) -> str:
    return msgspec.json.encode(turn).decode()


def _decoded(question: str, at: str, turn: str) -> Turn:
    try:
        return msgspec.json.decode(turn, type=Turn)
    except (msgspec.DecodeError, RecursionError):
        return Turn(question, None, _UNREADABLE, at=at)


def _searched(turn: Turn) -> str:
    answer = turn.answer
    said = [turn.question]
    if answer is not None:
        computed = answer.computed.citation if answer.computed else None
        cited = [*answer.citations, *filter(None, (answer.possible, computed))]
        said += [answer.answer or "", *(f"{place.title}\n{place.quote}" for place in cited)]
    return "\n".join([*said, turn.understood, *(place.quote for place in turn.more)]).casefold()


def _title(text: str) -> str:
    """Shorten a question to a title, at a word."""
    line = squeezed(text)
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[: TITLE_CHARACTERS - 2].rsplit(" ", 1)[0] + " …"


def _literal(word: str) -> str:
    return re.sub(r"([!%_])", r"!\1", word)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
