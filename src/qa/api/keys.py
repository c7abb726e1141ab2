"""Know the keys of programs; what is kept of one cannot be used as one."""

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

from qa.errors import UsageError

_LEAST_CHARACTERS = 24  # of what nobody can guess
_HOW = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


class Keys:
    """The keys that are let in."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Remember their hashes."""
        self._digests = [_digest(key) for key in keys]

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """Read a file of keys, one a line; empty lines and those that begin with # are none.

        Raises:
            UsageError: It cannot be read, has none, or one that could be guessed.
        """
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"the key file {path} cannot be read: {error}") from error
        keys = [line.strip() for line in lines]
        keys = [key for key in keys if key and not key.startswith("#")]
        if not keys:
            raise UsageError(f"the key file {path} has no key, expected one a line; {_HOW}")
        if any(len(key) < _LEAST_CHARACTERS or not key.isascii() or " " in key for key in keys):
            raise UsageError(
                f"a key in {path} is shorter than {_LEAST_CHARACTERS} characters, or has blanks or "
                f"letters that are not ASCII; {_HOW}"
            )
        return cls(keys)

    def holder(self, authorization: str) -> str | None:
        """Return a name for whoever sends a header such as `Bearer KEY`; None for a stranger."""
        scheme, _, key = authorization.partition(" ")
        digest = _digest(key.strip())
        # Every one is compared: how long it takes tells nothing.
        known = [hmac.compare_digest(digest, one) for one in self._digests]
        return f"key {digest.hex()[:12]}" if scheme.lower() == "bearer" and any(known) else None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
