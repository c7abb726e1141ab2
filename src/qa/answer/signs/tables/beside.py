"""Lay a question beside a table: which of its words are a column's, a value's, or still open.

Does not know what is asked.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qa.answer.signs.tables import whether
from qa.answer.signs.tables.naming import names, telling
from qa.answer.signs.tables.rows import Row, labels_of, naming_column
from qa.words import FUNCTION_WORDS, stem, words

_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# What a value is, before what is added: “Out of stock - expected 23 June”.
_HEAD = re.compile(r"(.+?)(?:\s[-–—]\s|[;,(:])")
_MOST_WORDS = 8  # of a value that a question may name


class Token(NamedTuple):
    """A word of the question in lower case, its stem, its start, and whether it has a capital."""

    said: str
    root: str
    start: int
    capital: bool


class Beside:
    """A question beside one table. Words that are explained are taken. Not for several threads."""

    def __init__(self, question: str, start: int, rows: Sequence[Row]) -> None:
        """Begin with nothing taken.

        Args:
            question: As asked.
            start: Where in it that begins which says what is asked.
            rows: All of one table.
        """
        self.question = question
        self.rows = rows
        self.labels = labels_of(rows)
        self.key = naming_column(rows)
        found = _WORD.finditer(question, start)
        self.tokens = [
            Token(m.group().lower(), stem(m.group().lower()), m.start(), m.group()[0].isupper())
            for m in found
        ]
        self._taken: set[Token] = set()

    @property
    def open(self) -> list[Token]:
        """The words that are not explained yet."""
        return [token for token in self.tokens if token not in self._taken]

    def take(self, tokens: Iterable[Token]) -> None:
        """Explain some words."""
        self._taken.update(tokens)

    def within(self, start: int, end: int) -> list[Token]:
        """List the words of a stretch of the question."""
        return [token for token in self.tokens if start <= token.start < end]

    def values(self, label: str) -> list[str]:
        """List what stands in a column, empty cells left out."""
        return [value for row in self.rows if (value := row.value(label))]

    def is_named(self, label: str) -> bool:
        """Whether an open word is one of a column's name."""
        return any(names(label, token.root) for token in self.open)

    def is_named_wholly(self, label: str) -> bool:
        """Whether open words are all that a column's name has but for small words."""
        return telling(label) <= {token.root for token in self.open}

    def named_values(self) -> dict[tuple[Token, ...], set[tuple[str, str]]]:
        """Find the values that the question names, the widest where they overlap.

        Returns:
            For some words the columns and values they may mean.
        """
        found: dict[tuple[Token, ...], set[tuple[str, str]]] = {}
        for label in self.labels:
            for value in set(self.values(label)):
                place = self._place_of(label, value)
                if place:
                    found.setdefault(place, set()).add((label, value))
        return {
            place: held
            for place, held in found.items()
            if not any(other != place and set(place) <= set(other) for other in found)
        }

    def _place_of(self, label: str, value: str) -> tuple[Token, ...]:
        """Find a value among the question's words: all of it, its head, or one word of a name."""
        if value.lower() in whether.YES | whether.NO:
            return ()
        head = _HEAD.match(value)
        for text in (value, *([head[1]] if head else [])):
            roots = [stem(word) for word in words(text)]
            named = text.lower() == "off" or (text.isupper() and text in self.question)  # IT
            tells = named or any(
                root not in FUNCTION_WORDS and not root.isdigit() for root in roots
            )
            if not (tells or _YEAR.fullmatch(text)) or len(roots) > _MOST_WORDS:
                continue
            for at in range(len(self.tokens) - len(roots) + 1):
                place = tuple(self.tokens[at : at + len(roots)])
                if [t.root for t in place] == roots and self._taken.isdisjoint(place):
                    return place
        capitals = [token for token in self.open if token.capital]
        return next(((token,) for token in capitals if self._means(label, value, token)), ())

    def _means(self, label: str, value: str, token: Token) -> bool:
        """Whether a word with a capital is part of one value of a column alone: of a name."""
        if token.root in FUNCTION_WORDS or token.root.isdigit():
            return False
        return {v for v in self.values(label) if token.root in map(stem, words(v))} == {value}
