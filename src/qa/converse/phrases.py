"""Find the phrases of a question by the shape of its words: times, names, things.

There is no tagger: what lies between function words is a phrase, a verb ends it, capitals
make it a name. Knows one text at a time, not the conversation.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from qa.months import MONTH_OR_SHORT
from qa.words import FUNCTION_WORDS

PhraseKind = Literal["time", "name", "thing"]

_MONTH = rf"{MONTH_OR_SHORT}\.?"
_YEAR = r"(?:(?:early|late|mid)[- ])?(?:the )?(?:1[0-9]|20)\d\d(?:s|[-/–]\d{2,4})?"
_UNIT = r"(?:year|month|quarter|week|decade|century|summer|winter|spring|autumn|season|day)"
_DATE = (
    rf"(?:(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR})?|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? {_YEAR})?(?!\d)|{_MONTH},?(?: of)? {_YEAR}|"
    rf"(?:the )?(?:(?:first|second|third|fourth|last|1st|2nd|3rd|4th) (?:quarter|half) of |q[1-4] )"
    rf"(?:the year )?(?:{_YEAR})?|(?:fiscal|financial)(?: year)? {_YEAR}|{_YEAR}|"
    rf"(?<=in ){_MONTH}\b|(?:the )?(?:last|next|previous|following|this|same|that) {_UNIT}\b|"
    r"yesterday|today|tomorrow)"
)
TIME = re.compile(
    rf"(?<![\w.,$€£-])(?:(?:from|between) {_DATE} (?:to|and|until|till|through) (?:{_DATE}|now)|"
    rf"(?:(?:in|on|during|since|before|after|by|until|till|from|for|around|at|of|as of) )?{_DATE})"
    r"(?![\w-]|[.,]\d|%)",
    re.IGNORECASE,
)
"""A time with the preposition in front of it."""

_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[$€£]?\w+(?:[.,’'/&-]\w+)*%?|\S")
_NAME_LINKS = frozenset("of de del der di da la le du van von the for and & y el".split())
_PREPOSITIONS = frozenset(
    "in at from of to for by with about on into under over near against between among across "
    "during through within without per regarding concerning".split()
)
AUXILIARIES = frozenset(
    "is are was were am be been do does did has have had can could will would shall should may "
    "might must".split()
)
# Behind "how" no things.
_DEGREES = frozenset(
    "long far old big large high tall deep heavy fast soon likely often wide strong".split()
)
QUESTION_WORDS = frozenset(
    "who whom whose what which when where why how whos whats whens wheres whys hows".split()
)
# Verbs that people ask with, beside what ends in -ed: without these a phrase swallows the verb.
VERBS = frozenset(
    """accept achieve add affect agree aim allow announce appear apply approve arrest arrive
    ask attend bar became become began begin begun believe belong born bought bring brought
    build built buy call came carry catch caught cause change choose chose chosen claim close
    collect come contain contribute cost cover create cross cultivate deal decide define
    deliver describe destroy develop die differ do done draw drew drop earn eat employ enable
    end enjoy enter exceed exist expect explain export fail fall feel fell felt fight find fly
    follow form fought found fund gain gave get give given go goes gone got grew grow grown
    handle happen hear heard held help hire hit hold improve include increase
    introduce invest investigate issue join keep kept kill knew know known last launch lead
    learn leave led left lie like list live lose lost made make manage mean meant measure meet
    mention met modernise modernize move need obtain occur offer open operate own paid pass
    pay perform permit play prevent produce promote protect prove provide publish put raise
    ran reach read receive recommend record reduce refer register reject relate release rely
    stand stood install uninstall upgrade update download upload fix repair replace cancel clean
    restart reset refund return chair chaired borrow lend
    remain remove renew rent report represent require respond result return rise risen rose
    run said sang saw say says seek seem seen seize sell send sent serve set shall ship show
    shown sign sing sit sold speak spend spent spoke start state stay stop strengthen suffer
    suggest supply support take taken taught teach tell think thought took train transport
    travel treat try turn understand use visit wait want watch wear weigh went win won work
    write written wrote""".split()
)
_TAKES_VERB = frozenset("do does did can could may might must shall should will would".split())
_ADVERBS = frozenset(
    "also really actually then still even ever yet currently exactly originally together else "
    "instead again later afterwards too anyway though".split()
)


class Token(NamedTuple):
    """A word and where it begins."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.text)

    @property
    def low(self) -> str:
        """In small letters."""
        return self.text.lower()


class Phrase(NamedTuple):
    """A phrase of a text.

    Attributes:
        start: Where its first word begins, the preposition aside.
        end: One past its last character.
        text: Between the two.
        kind: What it is by its shape.
        preposition: The word in front, if it is one; else empty.
    """

    start: int
    end: int
    text: str
    kind: PhraseKind
    preposition: str = ""


def tokens(text: str) -> list[Token]:
    """Split a text into words, numbers with their signs, and marks."""
    return [Token(match.start(), match.group()) for match in _TOKEN.finditer(text)]


def times(text: str) -> list[Phrase]:
    """Find the times of a text, each with its preposition."""
    found = []
    for match in TIME.finditer(text):
        said = match.group()
        first, _, rest = said.partition(" ")
        preposition = first.lower() if rest and first.lower() in _PREPOSITIONS | {"since"} else ""
        found.append(Phrase(match.start(), match.end(), said, "time", preposition))
    return found


def phrases(text: str) -> list[Phrase]:
    """Find the phrases of a question or sentence, in order, times among them."""
    found = times(text)
    taken = [range(phrase.start, phrase.end) for phrase in found]
    for run in _runs([t for t in tokens(text) if not any(t.start in span for span in taken)]):
        found += _of_run(text, run)
    return sorted(found)


def names(text: str) -> list[Phrase]:
    """Find the names of a text, in order: words with capitals, and the small ones between."""
    found = tokens(text)
    taken = [range(phrase.start, phrase.end) for phrase in times(text)]
    result: list[Phrase] = []
    run: list[Token] = []
    for number, token in enumerate([*found, Token(len(text), "")]):
        capital = _capital(token, number) and not any(token.start in span for span in taken)
        goes_on = bool(run) and not run[-1].text.endswith(("’s", "'s"))
        if goes_on and (capital or _links(run[-1], token, found[number + 1 :])):
            run.append(token)
        else:
            result += _name(text, run)
            run = [token] if capital else []
    return result


def _capital(token: Token, number: int) -> bool:
    """Whether a word is written as part of a name."""
    if not token.text[:1].isupper() or token.low in FUNCTION_WORDS | QUESTION_WORDS | AUXILIARIES:
        return token.text in ("US", "U.S.", "IT", "WHO") or (
            bool(number) and token.low == "will" and token.text == "Will"
        )
    return bool(number) or not (
        token.low in _ADVERBS | _PREPOSITIONS | {"since", "because", "although"}
        or token.low.endswith("ing")
        or token.low in VERBS
    )


def _name(text: str, run: list[Token]) -> list[Phrase]:
    while run and run[-1].low in _NAME_LINKS:
        run = run[:-1]
    if not run or (len(run) == 1 and len(run[0].text) == 1):
        return []
    before = [t.low for t in tokens(text[: run[0].start])[-2:]]
    if before and before[-1] in ("the", "a", "an"):
        before.pop()
    preposition = before[-1] if before and before[-1] in _PREPOSITIONS else ""
    said = text[run[0].start : run[-1].end]
    return [Phrase(run[0].start, run[-1].end, said, "name", preposition)]


def is_plural(text: str) -> bool:
    """Whether a phrase looks like several things."""
    head = head_of(text).lower()
    return (head.endswith("s") and not head.endswith(("ss", "us", "is"))) or head in (
        "people", "children", "men", "women", "police", "staff", "members"
    )  # fmt: skip


def is_name_like(text: str) -> bool:
    """Whether a text is one name, as a title may be: a few capitalised words, no sentence."""
    said = [t.text for t in tokens(text) if t.text[0].isalnum()]
    strong = [word for word in said if word.lower() not in _NAME_LINKS]
    return bool(strong) and len(said) <= 6 and all(w[0].isupper() or w[0].isdigit() for w in strong)


def head_of(text: str) -> str:
    """Return the noun that a phrase is about: the last word before "of"."""
    front = (
        re.split(r"\b(?:of|in|for|at|from|on|to|over|under|with|without)\b", text, maxsplit=1)[
            0
        ].split()
        or text.split()
    )
    return front[-1] if front else ""


def is_verb(word: str) -> bool:
    """Whether a word is one of the known verbs, or ends like a verb of the past."""
    low = word.lower()
    if low in VERBS or (low.endswith("ed") and len(low) > 4 and low not in ("need", "hundred")):
        return True
    of_one = low[:-1] in VERBS or (low.endswith("es") and low[:-2] in VERBS)
    return low.endswith("s") and of_one and low[:-1] not in NOUNS


NOUNS = frozenset(
    "list report plan change result cost work use visit record fund supply measure play need show "
    "state claim end export turn lead form run place start return support transport rent issue "
    "limit permit cover offer guarantee upgrade update download upload fix repair reset refund "
    "return chair".split()
)
"""Verbs that are also nouns, and oftener so inside a phrase."""


def _runs(found: list[Token]) -> Iterator[list[Token]]:
    """Group words that no function word, verb or mark parts."""
    run: list[Token] = []
    verb = _verb_like_a_noun(found)
    for number, token in enumerate(found):
        linked = bool(run) and _links(run[-1], token, found[number + 1 :])
        before = found[number - 1] if number else None
        if number == verb or (not linked and _parts(token, before)):
            if run:
                yield run
            run = []
        elif run and token.start > run[-1].end + 1:  # something was taken out between
            yield run
            run = [token]
        else:
            run.append(token)
    if run:
        yield run


def _verb_like_a_noun(found: list[Token]) -> int | None:
    """Find the verb of "does the store cost", which looks like a noun: the last that may be it."""
    done = next((n for n, token in enumerate(found) if token.low in _TAKES_VERB), None)
    if done is None:
        return None
    after = range(done + 1, len(found))
    if any(is_verb(found[n].text) and found[n].low not in NOUNS for n in after):
        return None
    alike = (
        n for n in after if found[n].low in NOUNS and found[n - 1].low not in ("the", "a", "an")
    )
    return max(alike, default=None)


def _links(before: Token, token: Token, after: list[Token]) -> bool:
    """Whether a small word stands inside a name: Port of Callao."""
    if token.low not in _NAME_LINKS or not before.text[0].isupper() or before.low in FUNCTION_WORDS:
        return token.low in _NAME_LINKS and before.low in _NAME_LINKS and _then_capital(after)
    return _then_capital(after)


def _then_capital(after: list[Token]) -> bool:
    follows = next((t for t in after[:2] if t.low not in _NAME_LINKS), None)
    return follows is not None and follows.text[0].isupper()


def _parts(token: Token, before: Token | None) -> bool:
    """Whether a word ends a phrase rather than belonging to it."""
    low = token.low
    if not token.text[0].isalnum() and token.text[0] not in "$€£":
        return True
    if low in _ADVERBS or low in QUESTION_WORDS or low in _PREPOSITIONS:
        return True
    if low in _DEGREES and before is not None and before.low == "how":
        return True
    if low in FUNCTION_WORDS or low in AUXILIARIES:
        return not token.text.isupper() or len(token.text) < 2
    if token.text[0].isupper() and before is not None:
        return False
    determined = before is not None and before.low in (
        "the", "a", "an", "this", "that", "these", "those", "its", "their", "his", "her", "my",
        "many", "much", "what", "which", "no", "any", "some",
    )  # fmt: skip
    if low.endswith("ed"):  # "the seized gold", but "labs destroyed"
        asked = before is not None and before.low == "what"  # "what happened", not "what year"
        return is_verb(low) and (asked or not determined)
    return is_verb(low) and not determined and low not in NOUNS


def _of_run(text: str, run: list[Token]) -> list[Phrase]:
    """Make the phrases of a run: each stretch of capitals is a name, else all is one thing."""
    before = text[: run[0].start].split()
    preposition = before[-1].lower() if before and before[-1].lower() in _PREPOSITIONS else ""
    if len(before) > 1 and before[-1].lower() in ("the", "a", "an"):
        word = before[-2].lower()
        preposition = word if word in _PREPOSITIONS else ""
    said = text[run[0].start : run[-1].end]
    strong = [t for t in run if t.low not in _NAME_LINKS]
    named = [t for t in strong if t.text[0].isupper() and (t.start > 0 or len(strong) > 1)]
    if not named and run[0].start == 0 and run[0].text[0].isupper() and len(run) == 1:
        named = run
    if named and strong and (len(named) == len(strong) or strong[-1].text[0].isupper()):
        start = named[0].start if strong[0].text[0].islower() else run[0].start
        return [Phrase(start, run[-1].end, text[start : run[-1].end], "name", preposition)]
    return [Phrase(run[0].start, run[-1].end, said, "thing", preposition)]
