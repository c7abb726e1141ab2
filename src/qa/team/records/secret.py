"""Make secrets, and what is kept of them: it cannot be used as one."""

import hashlib
import secrets


def new_secret() -> str:
    """Return 256 random bits, fit for an address or a header."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret that nobody can guess, to find it again."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
