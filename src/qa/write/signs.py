"""Say what speaks for and against a text's supporting a sentence, from words alone.

Numbers, names and denials of a sentence have to stand in the text that is to support it. Does
not know models or passages.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from qa.words import FUNCTION_WORDS, stem, words

_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NAME = re.compile(r"\b[A-Z][\w'’.-]*\w")
_WORD = re.compile(r"[\w'’]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[“\"(]\s*)$")
_DENIALS = frozenset(
    """not no never none nobody nothing neither nor without cannot can't don't doesn't didn't isn't
    aren't wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't hardly barely
    failed fails fail refused refuses refuse denied denies deny lacks lack lacked
    except unable stopped""".split()
)
_SPELLED = {
    name: str(number)
    for number, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_COMPARED = (
    ("more", "less"), ("more", "fewer"), ("increase", "decrease"), ("rise", "fall"),
    ("rose", "fell"), ("up", "down"), ("before", "after"), ("above", "below"),
    ("first", "last"), ("highest", "lowest"), ("largest", "smallest"), ("most", "least"),
    ("win", "lose"), ("won", "lost"), ("north", "south"), ("east", "west"), ("all", "some"),
    ("all", "none"), ("always", "sometimes"), ("open", "close"), ("opened", "closed"),
    ("start", "end"), ("began", "ended"), ("born", "died"), ("male", "female"),
    ("allowed", "forbidden"), ("accept", "reject"), ("accepted", "rejected"),
    ("rich", "poor"), ("old", "new"), ("older", "younger"), ("over", "under"),
)  # fmt: skip
_OPPOSITES: dict[str, set[str]] = {}
for _one, _other in _COMPARED:
    _OPPOSITES.setdefault(_one, set()).add(_other)
    _OPPOSITES.setdefault(_other, set()).add(_one)


class Signs(NamedTuple):
    """What words say of a sentence and the text that is to support it.

    Attributes:
        coverage: Share of the sentence's content words that the text has, rare ones counting more.
        missing_figures: Figures of the sentence that the text does not have.
        missing_names: Names of the sentence that the text does not have.
        denial: 1 where one of the two denies and the other does not, else 0.
        opposites: Words of the sentence whose opposite stands in the text and they do not.
    """

    coverage: float
    missing_figures: int
    missing_names: int
    denial: int
    opposites: int


def signs(sentence: str, text: str, rarity: Callable[[str], float] = lambda _: 1.0) -> Signs:
    """Compare a sentence with the text that is to support it.

    Args:
        sentence: What was written.
        text: What the documents say, with the headings it stands under.
        rarity: A word's weight, above 0.
    """
    there = {stem(word) for word in words(text)}
    content = [word for word in dict.fromkeys(words(sentence)) if word not in FUNCTION_WORDS]
    weights = {word: rarity(word) for word in content}
    total = sum(weights.values())
    found = sum(weight for word, weight in weights.items() if stem(word) in there)
    said, stands = _WORD.findall(sentence.lower()), set(_WORD.findall(text.lower()))
    return Signs(
        found / total if total else 1.0,
        len(figures(sentence) - figures(text)),
        len({name for name in names(sentence) if not _named(name, there)}),
        int(_denies(said) != _denies(list(stands))),
        sum(word not in stands and bool(_OPPOSITES.get(word, set()) & stands) for word in said),
    )


def figures(text: str) -> set[str]:
    """List the numbers of a text without signs of thousands; small ones in words, too."""
    found = {_bare(figure) for figure in _FIGURE.findall(text)}
    return found | {_SPELLED[word] for word in words(text) if word in _SPELLED}


def names(text: str) -> list[str]:
    """List the capitalised words of a sentence that do not just begin it."""
    return [
        match.group()
        for match in _NAME.finditer(text)
        if match.group().lower() not in FUNCTION_WORDS
        and (not _SENTENCE_START.search(text[: match.start()]) or match.group().isupper())
    ]


def _bare(figure: str) -> str:
    whole = re.sub(r",(?=\d{3}\b)", "", figure)
    return re.sub(r"\.0+$", "", whole)


def _named(name: str, there: set[str]) -> bool:
    return all(stem(word) in there for word in words(name))


def _denies(found: list[str]) -> bool:
    return any(word in _DENIALS for word in found)
