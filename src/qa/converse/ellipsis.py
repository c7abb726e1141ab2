"""Complete a question that says only what is other than in the one before: “and in 2017?”.

A time takes the place of the time, a name that of the name with the same preposition, a thing
that of the thing asked about. “Why?” asks the question before in another way. Does not know
pronouns.
"""

import re
from collections.abc import Sequence

from qa.converse.asked import Asked, ask_otherwise, take_apart
from qa.converse.exchange import Exchange
from qa.converse.phrases import (
    AUXILIARIES,
    NOUNS,
    QUESTION_WORDS,
    TIME,
    Phrase,
    PhraseKind,
    head_of,
    is_plural,
    is_verb,
    phrases,
    times,
    tokens,
)
from qa.months import MONTH
from qa.words import FUNCTION_WORDS, stem, words

_MOST_WORDS = 12  # of a fragment
_LEAD = re.compile(
    r"^(?:(?:and|but|so|ok|okay|now|then|well|also|or|yes|no|sure|thanks|thank you|right|great|"
    r"interesting|hm+|sorry|oops|actually|what about|how about|what of|i mean|i meant|"
    r"i (?:was|am|'m|’m) asking about|i asked about|"
    r"(?:the )?same(?: (?:question|thing|again))?(?:,? (?:but|for|with|in))?)\b[ ,.:;—–-]*)+",
    re.IGNORECASE,
)
_I_MEANT = re.compile(r",? i mean(?:t)?\W*$", re.IGNORECASE)
_CONDITION = re.compile(
    r"^(?:(?:and|but|so|or|what|how about|what about)[ ,]+)*"
    r"(?P<said>(?:if|unless|in case|even if) .+)$",
    re.IGNORECASE,
)
_SAME_PREPOSITION = re.compile(
    r"\bsame(?: (?:question|thing|again))?,? (?P<word>for|with|in)\b", re.IGNORECASE
)
_THAT = "(?:that|this|it)"
_BARE = re.compile(
    r"^(?:and |but |so )?(?P<word>why|when|where|how|how so|how come|(?:since|until|by|from) when|"
    r"who|by whom|whom|by who|with whom|(?:for|from|to|about) whom|from where|where from|where to|"
    r"how (?:often|long|quickly|soon|fast|far|late|early)|for how long|by how much|"
    r"(?:with|by|from|on|at|to) what|in (?:what|which) way|"
    r"for what|for how much|what for|"
    r"why not|why so|(?:in )?(?:what|which) (?:year|month)|(?:what|which) year was)"
    rf"(?: exactly| (?:is|was) {_THAT}| did {_THAT}(?: happen)?| {_THAT})?\W*$",
    re.IGNORECASE,
)
_WORD_FOR = {
    "who": "by whom", "by who": "by whom", "how so": "how", "how come": "why", "why so": "why",
    "what for": "why", "for what": "why", "where from": "from where", "why not": "why",
    "where to": "where", "for how long": "how long", "in which way": "how", "in what way": "how",
    "what year was": "in what year", "which year was": "in which year",
}  # fmt: skip
_SAME_THING = re.compile(
    r"^(?:what|how much|how many|how high|how large|who|where|which|how) "
    r"(?:is|was|are|were|about|did) (?:it|that|this|they|those|he|she)(?: (?:be|like|do))? (?=\S)",
    re.IGNORECASE,
)
_NEAR_YEAR = re.compile(
    r"(?:(?:in|for|during) )?(?:(?:the|a) )?(?:year (?P<side>before|after|earlier|later)(?: that)?|"
    r"(?P<which>previous|prior|preceding|following|next) year)",
    re.IGNORECASE,
)
_NEAR_DAY = re.compile(r"(?:on )?(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? (?P<after>{MONTH})|(?P<before>{MONTH}) \d{{1,2}})\b"
    r"(?:,? (?P<year>\d{4})\b)?",
    re.IGNORECASE,
)
_BACK = frozenset("before earlier previous prior preceding".split())
_A_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_QUANTITY = re.compile(
    r"^(?P<wh>how (?:many|much)|whose|"
    r"(?:(?:in|since|until|from|for|with|by|at|on|to|under) )?(?:which|what))"
    r"(?P<noun>(?: [\w’'-]+){0,4})$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(?:in |at |on |for )?(?:what|which|whose)\s*$", re.IGNORECASE)
_DETERMINED = re.compile(r"(?:the|an?|its|their|his|her|this|that|these|those)\b", re.IGNORECASE)
_HOW_LAST = re.compile(r"\bhow $", re.IGNORECASE)
_WHO_IS = re.compile(r"\W*who(?:[’']s| is| was| are| were) ", re.IGNORECASE)
_ARTICLE_LAST = re.compile(r"\b(?:the|an?) $", re.IGNORECASE)
_VERB_LAST = re.compile(
    r"\b(?:is|are|was|were|does|do|has|have)(?= (?:the |an? )?$)", re.IGNORECASE
)
_SEVERAL = {"is": "are", "was": "were", "does": "do", "has": "have"}
_A_ONE = re.compile(r" ones?$", re.IGNORECASE)
_DOING = re.compile(r"(?P<preposition>[a-z]+) [a-z]+ing\b", re.IGNORECASE)
_DONE = re.compile(r"[a-z]{2,}(?:ed|en|ught|ilt|ade|old|ept|aid|own)", re.IGNORECASE)
_DONE_LAST = re.compile(rf"(?<=\s)(?<!\bthe )(?<!\ba )(?:{_DONE.pattern})\W*$", re.IGNORECASE)
_PREPOSITION_FIRST = re.compile(
    r"(?:in|at|on|from|of|to|for|by|with|about|under|over|near|against|between|among|across|during|"
    r"through|within|without|per)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|last|1st|2nd|3rd|4th)\b", re.IGNORECASE
)
_SPOKEN_TO = frozenset("you your yours yourself me".split())  # a remark, no part of a question
_MODALS = ("may", "must", "will")
_SUBJECTS = frozenset("i we you he she it they one the a an my our your this that".split())
_COMPARING = (["more", "than"], ["less", "than"], ["fewer", "than"])
_COMMANDS = frozenset(
    "compare list show tell give name explain describe please is summarise summarize".split()
)


def completed(question: str, before: Exchange) -> str | None:
    """Complete an elliptic question from the one before; None if it is not elliptic.

    Args:
        question: As typed.
        before: The exchange before it.
    """
    said = question.strip().rstrip("?.! ")
    if bare := _BARE.match(said):
        return _asked_otherwise(bare["word"].lower(), before)
    if condition := _CONDITION.match(said):
        return f"{before.question.rstrip('?.! ')} {condition['said']}?"
    core = _core(said)
    if (done := _DONE_LAST.search(before.question)) and _DONE.fullmatch(core):
        return f"{before.question[: done.start()]}{core}?"  # "and replaced?"
    core = _near_year(core, before.question)
    if not core:
        return None
    if quantity := _QUANTITY.match(core):
        return _other_quantity(quantity["wh"], quantity["noun"].strip(), before)
    if (doing := _DOING.match(core)) and (
        same := re.search(rf"\b{doing['preposition']} \w+ing\b", before.question, re.IGNORECASE)
    ):  # “and for letting it run free”, after “what is the fine for keeping …”
        return f"{before.question[: same.start()]}{core}?"
    return _replaced(core, before.question) if is_fragment(core) else None


def fragment_of(question: str) -> str:
    """Return what a turn says that is no question of its own: X, of “and X?”; else nothing."""
    said = question.strip().rstrip("?.! ")
    if _BARE.match(said) or _CONDITION.match(said):
        return ""
    core = _core(said)
    return core if not _QUANTITY.match(core) and is_fragment(core) else ""


def is_fragment(core: str) -> bool:
    """Whether words are no question of their own: no verb, no question word."""
    found = [token.low for token in tokens(core) if token.text[0].isalnum()]
    if not 0 < len(found) <= _MOST_WORDS or found[0] in _COMMANDS:
        return False
    asks = found[0] in _MODALS and found[1:2] and found[1] in _SUBJECTS
    if asks or found[:2] in _COMPARING:  # “may I use it then”, “more than Leeds”
        return False
    not_said = QUESTION_WORDS | (AUXILIARIES - {"may", "must", "will"}) | _SPOKEN_TO
    if any(re.split("[’']", word)[0] in not_said for word in found):
        return False
    verbs = [word for word in found[1:] if is_verb(word) and word not in NOUNS]
    return not verbs or TIME.search(core) is not None


def _core(said: str) -> str:
    """Take off what only leads up to a fragment: “and what about”."""
    said = _I_MEANT.sub("", said)
    lead = _LEAD.match(f"{said} ")
    core = said[lead.end() :].strip() if lead else said
    if lead and (same := _SAME_PREPOSITION.search(lead.group())):
        core = f"{same['word']} {core}"
    again = _SAME_THING.match(core)  # "what was it in 2017"
    return core[again.end() :] if again and TIME.fullmatch(core[again.end() :]) else core


def _near_year(core: str, question: str) -> str:
    """Say which year “the year before” is, counted from the last in a question; “the 12th”."""
    day, dates = _NEAR_DAY.fullmatch(core), list(_DAY_OF_MONTH.finditer(question))
    if day and dates and not _ORDINAL.search(question):
        month, year = dates[-1]["after"] or dates[-1]["before"], dates[-1]["year"]
        return f"on {day['day']} {month}{f' {year}' if year else ''}"
    match, years = _NEAR_YEAR.fullmatch(core), _A_YEAR.findall(question)
    if match is None or not years:
        return core
    back = (match["side"] or match["which"]).lower() in _BACK
    return f"in {int(years[-1]) + (-1 if back else 1)}"


def _asked_otherwise(word: str, before: Exchange) -> str | None:
    asked = take_apart(before.question)
    if asked is None:
        return None
    word = _WORD_FOR.get(word, word)
    if word in ("what year", "which year", "what month", "which month"):
        word = f"in {word}"
    return ask_otherwise(asked, word, before.answer)


def _other_quantity(wh: str, noun: str, before: Exchange) -> str | None:
    """“How much cocaine?” asks as before, of cocaine; “how many?” how many of the same."""
    asked = take_apart(before.question)
    if asked is None or any(is_verb(word) or word.lower() in AUXILIARIES for word in noun.split()):
        return None
    wh = wh[:1].upper() + wh[1:]
    if noun and is_plural(noun) and asked.wh in ("where", "when", "how", "") and not asked.is_done:
        tail = asked.rest.removeprefix(asked.subject)
        if tail.strip():  # "how many copies?" of what "where was it printed" is about
            were = "are" if asked.aux.lower() in ("is", "are") else "were"
            return " ".join(f"{wh} {noun} of {asked.subject} {were} {tail}?".split())
    if noun:
        return " ".join(f"{wh} {noun} {asked.aux.lower()} {asked.rest}?".split())
    if wh in ("What", "Whose"):
        return None
    return _how_many_of_them(wh, asked)


def _how_many_of_them(wh: str, asked: Asked) -> str | None:
    """Ask “how many” of what the question before was about."""
    if asked.wh == "what" and not asked.noun and asked.is_done:  # what does she sell
        return f"{wh} {asked.aux.lower()} {asked.rest}?"
    noun = asked.noun or next((p.text for p in phrases(asked.rest) if p.kind == "thing"), "")
    if not noun:
        return None
    rest = asked.rest
    if not asked.noun:
        rest = re.sub(rf"^(?:the |an? )?{re.escape(noun)}\s*", "", rest)
    aux = asked.aux.lower() if asked.of_subject or asked.noun or rest != asked.rest else ""
    return " ".join(f"{wh} {noun} {aux} {rest}?".split())


def _replaced(core: str, question: str) -> str | None:
    """Put what a fragment says in place of its like in a question."""
    other, old = _ORDINAL.search(core), _ORDINAL.search(question)
    if other and old and other.group().lower() != old.group().lower() and not times(core):
        return f"{question[: old.start()]}{other.group()}{question[old.end() :]}"
    result = question
    for phrase in _pieces(core):
        result = _put_in(result, phrase)
    return None if result == question else result


def _pieces(core: str) -> list[Phrase]:
    """Cut a fragment into its times, what has a preposition in front, and the rest as a whole."""
    found = phrases(core)
    pieces = [phrase for phrase in found if phrase.kind == "time"]
    end = min((phrase.start for phrase in pieces), default=len(core))
    others = [phrase for phrase in found if phrase.kind != "time"]
    if others and not _PREPOSITION_FIRST.match(core) and others[0].start < end:
        said = core[:end].strip(" ,")
        named = all(phrase.kind == "name" for phrase in others)
        kind: PhraseKind = "name" if named else "thing"
        return [Phrase(0, len(said), said, kind), *pieces]
    return found or [Phrase(0, len(core), core, "thing")]


def _put_in(question: str, phrase: Phrase) -> str:
    """Put a phrase in place of its like, or behind all if there is none."""
    old = _place_of(question, phrase)
    put = f"{phrase.preposition} {phrase.text}" if phrase.preposition else phrase.text
    if phrase.kind == "time":  # its preposition is part of it
        put = phrase.text
        if not phrase.preposition:
            put = f"{old.preposition if old and old.preposition else 'in'} {put}"
    elif old is not None and old.preposition == phrase.preposition:
        put = phrase.text
    elif old is None and not phrase.preposition:
        put = f"for {put}"
    if old is None or (phrase.kind != "time" and phrase.preposition not in ("", old.preposition)):
        return f"{question.rstrip('?.! ')} {put}?"
    before = question[: old.start]
    if phrase.kind != "time" and (
        _DETERMINED.match(put) or phrase.kind == "name" or is_plural(put)
    ):
        before = _ARTICLE_LAST.sub("", before)
    if phrase.kind == "thing":
        put = _A_ONE.sub(f" {head_of(old.text)}", put)
        before = agreeing(before, put) if is_plural(old.text) != is_plural(put) else before
    return f"{before}{put}{question[old.end :]}"


def agreeing(before: str, put: str) -> str:
    """Turn “who is” into “who are” in front of several."""
    one_and_several = _SEVERAL if is_plural(put) else {two: one for one, two in _SEVERAL.items()}
    return _VERB_LAST.sub(lambda m: one_and_several.get(m[0].lower(), m[0]), before)


def _place_of(question: str, phrase: Phrase) -> Phrase | None:
    """Find the phrase of a question that another takes the place of."""
    timed = [old for old in phrases(question) if old.kind == "time"]
    others = [
        old
        for old in phrases(question)
        if old.kind != "time" and not _HOW_LAST.search(question[: old.start])  # “how loud”
    ]
    if phrase.kind != "time" and not phrase.preposition:
        return _alike(question, others, phrase)
    found = timed if phrase.kind == "time" else others
    same = [old for old in found if old.preposition == phrase.preposition]
    kind = [old for old in same if old.kind == phrase.kind]
    return next(reversed(kind or same or timed if phrase.kind == "time" else kind or same), None)


def _alike(question: str, there: Sequence[Phrase], phrase: Phrase) -> Phrase | None:
    """Choose what a thing or name takes the place of: what is most like it, of equals the first."""
    if phrase.kind == "name":
        named = [old for old in there if old.kind == "name"]
        return named[-1] if named else None
    own = {stem(word) for word in words(phrase.text)} - FUNCTION_WORDS

    asks_who = _WHO_IS.match(question) is not None
    determined = _DETERMINED.match(phrase.text) is not None
    # “What is the rent in Berlin?”, “and the deposit?”: not in place of Berlin.
    asked_of = any(
        old.kind == "thing" and not old.preposition and _ARTICLE_LAST.search(question[: old.start])
        for old in there
    )

    def likeness(old: Phrase) -> int:
        before, after = question[: old.start], question[old.end :]
        role = asks_who and determined and not old.preposition
        shared = bool(own & {stem(word) for word in words(old.text)})
        attribute = not role and (_ATTRIBUTE.match(before) or after.startswith(" of "))
        same_number = is_plural(old.text) == is_plural(phrase.text)
        place = not asked_of and determined and old.preposition in ("in", "at", "on", "near")
        apart = -1 if place else 3 * (old.kind == "name")  # “in the Hotel Ash”: “the hostel”
        return 4 * shared - 2 * bool(attribute) + same_number - apart

    found = sorted(there, key=lambda old: -likeness(old))
    return found[0] if found and likeness(found[0]) > -3 else None
