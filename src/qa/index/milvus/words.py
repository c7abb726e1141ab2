"""Cut texts into stems exactly as the local store does: with SQLite's FTS5, in memory."""

import hashlib
import sqlite3
import sys
import threading
from collections.abc import Sequence

from qa.words import parted

_LONGEST, _BEGINNING = 100, 60


class Stemmer:
    """Cuts texts into stems. Safe to use from several threads."""

    def __init__(self, *, stems: bool) -> None:
        """Prepare.

        Args:
            stems: Whether words are cut to their English stems; not for other languages.
        """
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        kind = "porter " * stems + "unicode61 remove_diacritics 2"
        self._db.execute(
            f"CREATE VIRTUAL TABLE texts USING fts5(text, content='', tokenize='{kind}')"
        )
        self._db.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance)")

    def stems(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the stems of each text, in order."""
        found: list[list[str]] = [[] for _ in texts]
        with self._lock:
            self._db.execute("INSERT INTO texts(texts) VALUES ('delete-all')")
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT INTO texts(rowid, text) VALUES (?, ?)",
                ((number, parted(text)) for number, text in enumerate(texts)),
            )
            self._db.execute("COMMIT")
            rows = self._db.execute("SELECT doc, term FROM words ORDER BY doc, offset")
            for number, term in rows:
                found[number].append(sys.intern(_short(term)))
        return found


def _short(term: str) -> str:
    """Return what stands for a stem in keys: of a very long one its beginning and a hash."""
    if len(term) <= _LONGEST:
        return term
    return term[:_BEGINNING] + hashlib.sha256(term.encode()).hexdigest()[:32]
