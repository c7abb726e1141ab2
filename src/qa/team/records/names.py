"""Tell what can be the name of a person or a group, and write it in one way."""

import re
import unicodedata

from qa.errors import UsageError

_NAME = re.compile(r"[\w.@+-]{1,100}")


def one_name(name: str) -> str:
    """Write a name in one way: `Änn`, `ÄNN` and `änn` are one person."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def checked_name(name: str, whose: str = "a person's") -> str:
    """Return a name in one way.

    Raises:
        UsageError: It cannot be one.
    """
    found = one_name(name)
    if not _NAME.fullmatch(found):
        raise UsageError(
            f"{name[:100]!r} cannot be {whose} name: expected at most 100 letters, digits and "
            ". @ + - _"
        )
    return found
