"""Tell whether a sentence is about another thing than a question: the red, not the pink tower.

Works on words, by stem: what stands in front of a noun, behind it as its number, or in its place.
Does not know the network.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple

from qa.answer.signs.values.figures import one_way
from qa.words import FUNCTION_WORDS, stem, words

_THING = re.compile(
    r"\b(?:the|an?|this|our|your|my|their|its|each|every|how\s+many|how\s+much)"
    r"(?=\s+(?P<first>[^\W\d_][\w-]*)\s+(?P<second>[^\W\d_][\w-]*)(?!['’])"
    r"(?:\s+(?P<next>[^\W\d_]\w*))?)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\W*(?P<first>[^\W\d_][\w-]*)\s+(?P<second>[^\W\d_][\w-]*)\b(?!['’])")
_WORD = re.compile(r"[^\W\d_][\w-]*|\d+")
_TOKEN = re.compile(r"[^\W_][\w-]*|[^\w\s]")
_PARTICIPLE = re.compile(r"\w{2,}(?:ed|en|lt|nt|ld|ght|wn|ne|de|st|ng|nk|ut|et|id)")
_PAST = re.compile(r"(?!hundred|watershed)\w{3,}[^\We]ed")  # “the chapel survived”
_DO = re.compile(r"\b(?:do|does|did|can|could|will|would|should|must)\b", re.IGNORECASE)
_IS = frozenset("is are was were be been as like".split())
_ORDINAL = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next"
_COUNTS = re.compile(
    rf"\d.*|one|single|two|three|four|five|six|seven|eight|nine|ten|{_ORDINAL}|same|only|"
    r"most|current|present|own|main|whole|entire|other|\w+est"
)
# “A quick look” and “a quick preview” are the same thing more often than not.
_OF_ANYTHING = frozenset(
    "available certain different easy extra fast free full possible quick short similar simple "
    "special".split()
)
_SIZE = re.compile(r"new|recent|good|big|large|small|great")
# What stands in front of a noun and its adjective.
_LEADS = frozenset(
    """the a an of with in on at for from to by and or no any each every this that these those our
    your my his her their its . ; : ( ,""".split()
)
_ARTICLES = frozenset("the a an our your my his her their its this that".split())
# "In 1990 it …", "These …": what is meant stands further up.
_POINTS_BACK = re.compile(
    r"^\W*(?:(?:in|on|at|by|after|during|from|as)\b[^,]{0,40},?\s)?"
    r"(?:it|its|he|his|she|her|they|their|this|these|those|both|such)\b",
    re.IGNORECASE,
)
# "Ward 4B", "the Zephyr 60".
_CODED = re.compile(r"\b(?P<noun>[^\W\d_]{3,}) (?P<code>(?=\w{0,8}\d)(?=\w{0,8}[^\W\d_])\w{2,8})\b")
# "Zone D", "vitamin C".
_LETTERED = re.compile(r"\b(?P<noun>[^\W\d_]{3,}) (?P<letter>[A-HJ-Z])\b(?![.'’&/-]\w|\. [A-Z])")
_OF_ALL = re.compile(r"\b(?:all|any|each|every|both)\b|\b[A-Z] ?(?:to|through|–|-) ?[A-Z]\b")
_LETTER = re.compile(r"(?<![\w.])[A-HJ-Z]\b(?!\.\w)")
_RANK = re.compile(
    r"\b(?:deputy|vice|assistant|interim|honorary)[\s-]+([a-z]{4,})(?: ([a-z]{4,}))?",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"\b(?:deput\w+|vice|assistants?|acting|interim|honorary|emerit\w+|stands? in|"
    r"second[ -]in[ -]command|replaces?)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"\d+(?:st|nd|rd|th|s|m|km|kg|g|cm|mm|am|pm|bn|k|x|h|min)?", re.IGNORECASE)
_MODEL = r"(?P<noun>[A-Z][\w-]*[a-z]) (?P<code>(?!(?:1[5-9]|20)\d\d\b)(?=\w*\d)[A-Z\d][\w-]{0,6})\b"
_MODELS = re.compile(rf"\b{_MODEL}")
_MODEL_FIRST = re.compile(rf"\W*(?:The )?{_MODEL} (?!and\b|or\b)[a-z]+")
_ASKED_OF = re.compile(
    r"\b(?:what|which) (?:is|was) (?:the|your|our|its) (?P<first>[\w-]+) "
    r"(?P<second>number|address|code|name) (?:of|for) (?:the|this|that|your|our)\b",
    re.IGNORECASE,
)
_SAID_OF = re.compile(
    r"(?:^|[.;] |\band )\W*(?:the|our|its) (?P<other>[\w-]+)(?: [\w-]+)? (?:of|for) "
    r"(?:[\w-]+ ){1,6}?(?:is|was|are|were)\b",
    re.IGNORECASE,
)
# "Adults pay 260 euros, students 140 and pensioners 95".
_GROUP = re.compile(
    r"(?:^|,|;|\band|\bbut|\bwhile)\s+(?:the\s+)?(?P<group>[a-z]+s|children|men|women)\s+"
    r"(?:(?:by|at|for|to|from|until|in|on|with|only)\s+)?[$€£]?\d"
)
_PLURAL = re.compile(r"\b(?:[a-z]{2,}(?<!s)(?<!u)(?<!i)s|children|men|women)\b")
_IN_PLACE = re.compile(r"\b(?:in|at|inside) the (?:[a-z]+ )?([a-z]{4,})\b", re.IGNORECASE)
_NEARLY = 0.76


class _Read(NamedTuple):
    """A question and a sentence, with their words by stem, the sentence's with its headings'."""

    question: str
    text: str
    asked: Collection[str]
    present: Collection[str]


class _Thing(NamedTuple):
    """An article's two words, "the pink tower", and whether no further word of meaning follows."""

    first: str
    second: str
    ends: bool


def names_another(
    question: str, text: str, around: str, beside: str, mentions: Callable[[str], bool]
) -> float:
    """Say how plainly a sentence speaks of another thing: of the red, not the pink tower.

    Args:
        question: As asked.
        text: The sentence.
        around: The headings above it.
        beside: The passage that it stands in.
        mentions: Says whether any document has a word.

    Returns:
        3 if the question names "the pink tower" and the sentence "the red tower", or, of "the red
        bridge", "the red tower" where bridges stand elsewhere; "ward 4B" for "the maternity ward",
        "zone E" for "zone D", "the Zephyr 60" for "the Tallow X2", "the pager of the team" for
        "the fax number of the team", the head for the deputy head, what adults and students pay
        for what families do. 4 if it names "the small kiln" for "the gas kiln", and that stands
        beside it. Else 0.
    """
    read = _Read(question, text, _stems(question), _stems(f"{text} {around}"))
    if _is_another_beside(read, beside):
        return 4.0
    if _is_another_place(read, beside):
        return 3.0
    another = (
        _is_another_thing(read, mentions)
        or _is_another_model(read)
        or _is_another_property(read)
        or _is_of_other_groups(read)
        or _is_another_letter(question, f"{text} {around}")
        or _is_of_no_rank(question, text)
    )
    return 3.0 if another else 0.0


def things_named(text: str) -> set[tuple[str, str]]:
    """List what a text has an article for, adjective and noun by stem: of "the small edition"."""
    return {
        (stem(first), stem(second))
        for leading, first, second, _ in _quadruples(text)
        if leading in _ARTICLES
    }


def _is_another_thing(read: _Read, mentions: Callable[[str], bool]) -> bool:
    """Whether question and sentence share a noun, or what stands before it, and not the other."""
    question, text, asked, present = read
    may_end_in_verb = _DO.search(question) is not None
    said = [*_things(text), *_coded(text)]
    if (opening := _OPENING.match(text)) is not None and opening["second"].endswith("s"):
        said += _pairs([opening["first"], opening["second"]])
    things = _things(question)
    if not any(word in FUNCTION_WORDS for word in words(question)):  # "cocaine seizures 2018"
        things = _pairs(_WORD.findall(question))
    things += _coded(question)
    for thing in things:
        first, second = stem(thing.first), stem(thing.second)
        for other in said:
            if second == stem(other.second):
                if _lacking(first, present) and stem(other.first) not in asked:
                    return True
            elif (
                first == stem(other.first)
                and thing.first not in _OF_ANYTHING
                and thing.ends is not may_end_in_verb
                and other.ends
                and _lacking(second, present)
                and stem(other.second) not in asked
                and mentions(thing.second)
            ):
                return True
    return False


def _is_another_beside(read: _Read, beside: str) -> bool:
    """Whether "red clay", as asked, stands near a sentence that has some other clay."""
    question, text, asked, present = read
    if _POINTS_BACK.match(text):
        return False
    does = _DO.search(question) is not None
    wanted = {
        (stem(first), stem(second))
        for _, first, second, following in _quadruples(question)
        if (does or _ends_noun(following)) and _lacking(stem(first), present)
    }
    if not wanted:
        return False
    kinds = {second for _, second in wanted}
    said = {
        stem(second)
        for leading, first, second, following in _quadruples(text)
        if stem(second) in kinds
        and leading in _LEADS
        and stem(first) not in asked
        and _ends_noun(following)
    }
    if not said:
        return False
    near = {(stem(first), stem(second)) for _, first, second, _ in _quadruples(beside)}
    return any(pair in near for pair in wanted if pair[1] in said)


def _is_another_place(read: _Read, beside: str) -> bool:
    """Whether “in the hostel” is said where “in the hotel” is asked, which stands near it."""
    asked = {stem(place.lower()) for place in _IN_PLACE.findall(read.question)}
    said = {stem(place.lower()) for place in _IN_PLACE.findall(read.text)}
    if not said or _POINTS_BACK.match(read.text) or said & set(read.asked):
        return False
    near = {stem(word) for word in words(beside)}
    return any(
        place in near and place not in read.present and get_close_matches(place, said, 1, _NEARLY)
        for place in asked
    )


def _is_another_model(read: _Read) -> bool:
    """Whether a sentence begins with another name with a number than the question has."""
    question, text, asked, present = read
    first = _MODEL_FIRST.match(text)
    if first is None or {stem(first["noun"].lower()), stem(first["code"].lower())} & set(asked):
        return False
    return any(
        stem(model["noun"].lower()) not in present and stem(model["code"].lower()) not in present
        for model in _MODELS.finditer(question)
    )


def _is_another_property(read: _Read) -> bool:
    """Whether "the fax number of the …" is asked, and a sentence says "the pager of … is"."""
    wanted, said = _ASKED_OF.search(one_way(read.question)), _SAID_OF.search(one_way(read.text))
    if wanted is None or said is None or stem(said["other"].lower()) in read.asked:
        return False
    both = (wanted["first"].lower(), wanted["second"].lower())
    present = {*read.present, stem(said["other"].lower())}
    return _tells(both[0]) and all(_lacking(stem(word), present) for word in both)


def _is_another_letter(question: str, text: str) -> bool:
    """Whether “zone D” is asked of, and a text or its headings speak of zone E alone."""
    wanted = [(m["noun"].lower(), m["letter"]) for m in _LETTERED.finditer(question)]
    if not wanted or _OF_ALL.search(text):
        return False
    nouns = {stem(m["noun"].lower()) for m in _LETTERED.finditer(text)}
    letters = set(_LETTER.findall(text))
    return any(
        _tells(noun) and letter not in letters and stem(noun) in nouns for noun, letter in wanted
    )


def _is_of_no_rank(question: str, text: str) -> bool:
    """Whether a deputy is asked for, and a text has the role, but nobody who is deputy in it."""
    asked = _RANK.search(question)
    if asked is None or _RANKED.search(text):
        return False
    roles = {stem(word.lower()) for word in asked.groups() if word and _tells(word.lower())}
    return not roles.isdisjoint(stem(word) for word in words(text))


def _is_of_other_groups(read: _Read) -> bool:
    """Whether a sentence tells of several groups, each with a figure, and another is asked for."""
    question, text, asked, present = read
    groups = list(_GROUP.finditer(text))
    if not groups:
        return False
    told = {stem(plural.lower()) for plural in _PLURAL.findall(text[: groups[-1].end()].lower())}
    return not told & set(asked) and any(
        stem(plural) not in present
        for plural in _PLURAL.findall(question)
        if plural not in FUNCTION_WORDS
    )


def _quadruples(text: str) -> list[tuple[str, str, str, str]]:
    """List an adjective and its noun, with what stands before and behind; no names, no predicates.

    Before the first word there is a full stop, behind the last nothing.
    """
    found = [(token, _folded(token)) for token in _TOKEN.findall(text)]
    found = [(".", "."), *((token, word) for token, word in found if word), ("", ""), ("", "")]
    result = []
    for at in range(1, len(found) - 2):
        (_, leading), (token, first), (_, second), (_, following) = found[at - 1 : at + 3]
        predicate = leading in {"a", "an"} and at > 1 and found[at - 2][1] in _IS
        named = token[0].isupper() and leading != "."
        if _modifies(first) and _modifies(second) and not predicate and not named:
            result.append((leading, first, second, following))
    return result


def _modifies(word: str) -> bool:
    """Whether a word tells one thing from another, its size too."""
    return word[:1].isalpha() and (_tells(word) or _SIZE.fullmatch(word) is not None)


def _ends_noun(following: str) -> bool:
    """Whether what follows a noun is no other noun that it goes with: verbs end in “s”."""
    return not following[:1].isalpha() or _ends(following) or following.endswith("s")


def _coded(text: str) -> list[_Thing]:
    """Take what a noun has as its number for what stands in front of it: of "ward 4B", 4B."""
    found = [(match["code"].lower(), match["noun"].lower()) for match in _CODED.finditer(text)]
    return [
        _Thing(code, noun, ends=False)
        for code, noun in found
        if _tells(noun) and not _MEASURED.fullmatch(code)
    ]


def _stems(text: str) -> set[str]:
    return {stem(_folded(word)) for word in (*words(text), *_WORD.findall(text))}


def _folded(word: str) -> str:
    """Leave out accents and capitals."""
    if word.isascii():
        return word.lower()
    parted = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in parted if not unicodedata.combining(c))


def _lacking(word: str, present: Collection[str]) -> bool:
    """Whether a word is not there, nor one that is spelt nearly as it."""
    return word not in present and not get_close_matches(word, present, 1, _NEARLY)


def _pairs(found: Sequence[str]) -> list[_Thing]:
    """Take all words that stand side by side for things."""
    folded = [_folded(word) for word in found]
    return [
        _Thing(first, second, ends=False)
        for first, second in pairwise(folded)
        if _tells(first) and _tells(second)
    ]


def _things(text: str) -> list[_Thing]:
    found = [
        _Thing(_folded(match["first"]), _folded(match["second"]), _ends(match["next"]))
        for match in _THING.finditer(text)
    ]
    return [
        thing
        for thing in found
        if _tells(thing.first) and _tells(thing.second) and not _PAST.fullmatch(thing.second)
    ]


def _ends(following: str | None) -> bool:
    """Whether what follows an article's two words is no noun that they go with."""
    return (
        following is None
        or not _tells(following.lower())
        or _PARTICIPLE.fullmatch(following.lower()) is not None
    )


def _tells(word: str) -> bool:
    """Whether a word can tell one thing from another."""
    counts = _COUNTS.fullmatch(word) or _SIZE.fullmatch(word)
    return word not in FUNCTION_WORDS and counts is None
