"""Tell what was read from a store that is not what was put into it.

A digest stands beside each document, its structure, and each passage with its vectors. It is
compared whenever that is read: what a disk has lost in one place is noticed before it is cited,
however large the rest is. The digests' tables may be empty: what older versions wrote has none.
"""

import hashlib

TABLES = """
CREATE {temporary} TABLE IF NOT EXISTS document_digests(
    id INTEGER PRIMARY KEY, document BLOB NOT NULL, blocks BLOB NOT NULL, layout BLOB NOT NULL
);
CREATE {temporary} TABLE IF NOT EXISTS passage_digests(
    row INTEGER PRIMARY KEY, passage BLOB NOT NULL, vector BLOB NOT NULL, sentences BLOB NOT NULL
);
"""
_BYTES = 16  # a flipped bit is no adversary


def digest(*parts: object) -> bytes:
    """Hash texts, numbers and bytes that belong together, in order."""
    found = hashlib.blake2b(digest_size=_BYTES)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.digest()


def differs(stored: object, *parts: object) -> bool:
    """Whether what was read is not what was put in; what has no digest is taken as it is."""
    return stored is not None and digest(*parts) != stored
