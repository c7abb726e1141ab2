"""Find the mail address, telephone number or web address that a question asks for."""

import re
from functools import lru_cache

from qa.schema import Span

_NUMBER = r"(?<![\w.])(?:\+\s?)?\(?\d[\d()/ .–-]{4,22}\d(?:\s?(?:ext|x|-)\.?\s?\d{1,5})?(?!\w)"
_CONTACTS = [
    (
        re.compile(r"\be-?mail\b", re.I),
        re.compile(r"\baddress\b|\bwhat(?:'s|’s| is| are) (?:the |your |our )?e-?mail\b", re.I),
        re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ),
    (
        re.compile(r"\b(?:tele)?phone|\bfax\b|\bmobile\b|\bhotline\b|\bcall\b", re.I),
        re.compile(r"\bnumber\b", re.I),
        re.compile(_NUMBER),
    ),
    (
        re.compile(r"\b(?:web ?site|web ?page|homepage|url|web address|link)\b", re.I),
        re.compile(r"\bwhat(?:'s|’s| is| are)\b|\baddress\b|\bwhich\b", re.I),
        re.compile(r"(?:https?://|\bwww\.)[^\s<>\"”]+[^\s<>\"”.,;:!?)\]]"),
    ),
]  # fmt: skip


def contact(question: str, text: str) -> Span | None:
    """Find the one thing of that kind in a sentence; None if there is none, or several."""
    written = _written(question)
    found = [match.span() for match in written.finditer(text)] if written else []
    return Span(*found[0]) if len(found) == 1 else None


def lacks_contact(question: str, text: str) -> bool:
    """Whether such a thing is asked for, and a text has none."""
    written = _written(question)
    return written is not None and written.search(text) is None


@lru_cache(maxsize=64)
def _written(question: str) -> re.Pattern[str] | None:
    """Return how what is asked for is written; None if nothing of the kind is asked for."""
    for names, asks, written in _CONTACTS:
        if names.search(question) and asks.search(question):
            return written
    return None
