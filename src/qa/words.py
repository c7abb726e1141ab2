"""Take texts apart into the words that carry their meaning, and put small things into words.

Knows English function words and word shapes. Does not know the index.
"""

import re
import unicodedata
from functools import lru_cache

from qa.languages import language_of, small_words

_WORD = re.compile(r"\w+")
# Chinese, Japanese and Korean: scripts in which no blank parts words, or endings from words.
_UNSPACED = r"\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
# Of these, what only asks or joins: Japanese endings and particles, Chinese question words.
_JOINING = re.compile(r"[\u3040-\u309f吗呢么谁哪何几多少怎的了是在有]")
# The month, which is no function word: "in May", "May 2019".
_MAY = re.compile(
    r"(?:\b(?:in|of|since|until|till|by|during|last|next|this|early|late|from|to|and|or|before|after)"
    r"\s+|\d\s+)May\b|\bMay\s+\d"
)
_IN_CAPITALS = re.compile(r"\b(?:IT|US)\b")
_SUFFIXES = (
    "ations", "ation", "ments", "ment", "ings", "ing", "edly", "ions", "ion", "ies", "ied",
    "ers", "er", "ed", "es", "al", "ly", "s", "e",
)  # fmt: skip
# A question has few words; a pasted page must not become a query of thousands of terms.
_MAX_TERMS = 64

# What a table's columns are called: "Wed 11" is Wednesday's, "Sept" September's.
_SHORTENED = {
    full[:length]: full
    for full, lengths in {
        "monday": (3,), "tuesday": (3, 4), "wednesday": (3,), "thursday": (3, 4, 5),
        "friday": (3,), "saturday": (3,), "sunday": (3,), "january": (3,), "february": (3,),
        "march": (3,), "april": (3,), "june": (3,), "july": (3,), "august": (3,),
        "september": (3, 4), "october": (3,), "november": (3,), "december": (3,),
    }.items()
    for length in lengths
}  # fmt: skip

FUNCTION_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further
    had has have having he her here hers him his how i if in into is it its itself just many may
    me might more most much must my no nor not now of off on once only or other our out over own
    please same she should so some such tell than that the their them then there these they this
    those through to too under until up us very was we were what when where which while who whom
    whose why will with would you your""".split()
)


def words(text: str) -> list[str]:
    """Split a text into lower-case words and numbers, in order; accents are composed (NFC)."""
    if text.isascii():
        return _WORD.findall(text.lower())
    return _WORD.findall(parted(unicodedata.normalize("NFC", text).lower()))


def parted(text: str) -> str:
    """Part Chinese, Japanese and Korean into pairs of characters, as other words are by blanks.

    Each pair overlaps the next (Nie et al. 2000); so a word is found inside any run of characters.
    """
    return _UNSPACED_RUN.sub(_pairs, text)


def _pairs(match: re.Match[str]) -> str:
    run = match.group()
    return f" {' '.join(run[at : at + 2] for at in range(max(1, len(run) - 1)))} "


def squeezed(text: str) -> str:
    """Return a text with one blank wherever it has white space, and none at its ends."""
    return " ".join(text.split())


def without_half_pairs(text: str) -> str:
    """Replace halves of surrogate pairs, which neither SQLite nor JSON nor a file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Say how many there are of something: "1 file", "3,000 files"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def query_terms(question: str) -> list[str]:
    """Return a question's distinct content words in order, at most 64.

    A question of function words alone keeps them: "who are you" is better looked up
    as it stands than not at all.
    """
    found = list(dict.fromkeys(words(question)))
    language = language_of(question)
    small = small_words(language) if language else FUNCTION_WORDS
    month = _MAY.search(question) is not None
    # IT is a department, US a country, where not all of a question is in capitals.
    capitals = set() if question.isupper() else set(map(str.lower, _IN_CAPITALS.findall(question)))
    content = [
        word
        for word in found
        if (word not in small or word in capitals or (month and word == "may"))
        and not (_UNSPACED_RUN.fullmatch(word) and _JOINING.search(word))
    ]
    return (content or found)[:_MAX_TERMS]


def asked_stems(question: str) -> set[str]:
    """Return a question's content words without their endings."""
    return {stem(term) for term in query_terms(question)}


def content_stems(text: str) -> set[str]:
    """Return a text's words without their endings, but for function words."""
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Strip an English ending, crudely: good enough to tell a shared word; Wed is Wednesday."""
    word = _SHORTENED.get(word, word)
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
