"""Lay a question beside a table: which of its words are a column's, a value's, or still open.

Does not know what is asked.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qa.answer.signs.tables import whether
from qa.answer.signs.tables.columns import DAY
from qa.answer.signs.tables.naming import names, telling
from qa.answer.signs.tables.rows import Row, labels_of, naming_column
from qa.answer.signs.values.times import YEAR
from qa.words import FUNCTION_WORDS, stem, words

_WORD = re.compile(r"\w+")

# What a value is, before what is added: “Out of stock - expected 23 June”.
_HEAD = re.compile(r"(.+?)(?:\s[-–—]\s|[;,(:])")
_TOLD = 3  # letters that a word of a value has in common with one of the question
_PARTS = re.compile(r"\s*[,;/&]\s*|\s+and\s+")
_SMALL = ("i", "a")  # “which may I buy” asks for no class I
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
        self._columns: dict[str, list[str]] = {label: [] for label in self.labels}
        for row in rows:
            for label in row.cells:
                if value := row.value(label):
                    self._columns[label].append(value)
        told = {
            re.escape(token.said[:_TOLD])
            for token in self.tokens
            if token.said not in FUNCTION_WORDS or token.said == "off" or token.capital
        }
        may_be_told = re.compile("|".join(told) or r"(?!)", re.IGNORECASE).search
        self._roots = {
            label: {
                value: [stem(word) for word in words(value)]
                for value in filter(may_be_told, set(values))
            }
            for label, values in self._columns.items()
        }

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
        return self._columns[label]

    def is_named(self, label: str) -> bool:
        """Whether an open word is one of a column's name."""
        return any(names(label, token.root) for token in self.open)

    def has(self, label: str) -> bool:
        """Whether open words are a column's name, word for word: “very satisfied”."""
        own = _WORD.findall(label.lower())
        said = [token.said for token in self.open]
        return any(said[at : at + len(own)] == own for at in range(len(said)))

    def has_all(self, label: str) -> bool:
        """Whether open words are those of a column's name, in whatever order."""
        own = set(_WORD.findall(label.lower()))
        return bool(own) and own <= {token.said for token in self.open}

    def is_named_wholly(self, label: str) -> bool:
        """Whether open words are all that a column's name has but for small words."""
        return telling(label) <= {token.root for token in self.open}

    def named_values(self) -> dict[tuple[Token, ...], set[tuple[str, str]]]:
        """Find the values that the question names, the widest where they overlap.

        Returns:
            For some words the columns and values they may mean.
        """
        found: dict[tuple[Token, ...], set[tuple[str, str]]] = {}
        asked = {token.root for token in self.tokens}
        for label, values in self._roots.items():
            parts = self._parts_of_names(label)
            for value, roots in values.items():
                place = self._place_of(label, value) if not asked.isdisjoint(roots) else ()
                place = place or next(((t,) for t, whole in parts.items() if whole == value), ())
                if place:
                    found.setdefault(place, set()).add((label, value))
        return {
            place: held
            for place, held in found.items()
            if not any(other != place and set(place) <= set(other) for other in found)
        }

    def _place_of(self, label: str, value: str) -> tuple[Token, ...]:
        """Find a value among the question's words, or its head."""
        if value.lower() in whether.YES | whether.NO:
            return ()
        head = _HEAD.match(value)
        parts = _PARTS.split(value)
        parts = [part for part in parts if not DAY.fullmatch(part)] if len(parts) > 1 else []
        for text in (value, *([head[1]] if head else []), *parts):
            roots = [stem(word) for word in words(text)]
            named = text.lower() == "off" or (text.isupper() and text in self.question)  # IT
            tells = named or any(
                root not in FUNCTION_WORDS and not root.isdigit() for root in roots
            )
            if not (tells or YEAR.fullmatch(text)) or len(roots) > _MOST_WORDS:
                continue
            for at in range(len(self.tokens) - len(roots) + 1):
                place = tuple(self.tokens[at : at + len(roots)])
                before = self.tokens[at - 1 : at]  # “zone A”
                if text.lower() in _SMALL and not any(names(label, t.root) for t in before):
                    continue
                if [t.root for t in place] == roots and self._taken.isdisjoint(place):
                    return place
        return ()

    def _parts_of_names(self, label: str) -> dict[Token, str]:
        """Find the words with a capital that are part of one value of a column alone: of a name."""
        capitals = [
            token
            for token in self.open
            if token.capital
            and not (token.root in FUNCTION_WORDS or token.root.isdigit() or DAY.match(token.said))
        ]
        holding = {
            token: [value for value, roots in self._roots[label].items() if token.root in roots]
            for token in capitals
        }
        return {token: values[0] for token, values in holding.items() if len(values) == 1}
