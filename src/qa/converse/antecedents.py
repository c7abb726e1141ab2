"""Find what a pronoun means among the things and people that were talked about.

What answered “which airport” is the likeliest “it”, whom most was said about the likeliest
“she”. Knows words and their shapes only.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from qa.converse.asked import take_apart
from qa.converse.exchange import Exchange
from qa.converse.phrases import Phrase, is_name_like, is_plural, names, phrases, times
from qa.months import MONTH
from qa.words import FUNCTION_WORDS, stem, words

Sort = Literal["person", "thing", "several", "place", "time"]

_REACH = 4  # exchanges back
_FADES = 0.6  # what is said one exchange further back counts
_MOST_WORDS = 8  # of an answer that can stand in a question
_HANGS_ON = re.compile(r" (?:of|for) (?:the |an? )?")
# A subject that says nothing by itself.
_MERE = re.compile(
    r"(?:it|they|he|she|you|we|i|this|that|there|these|those|the (?:two|three|others?))?(?: |$)",
    re.IGNORECASE,
)
# “Anyone”, “She was the daughter of a fisher”.
_NO_NAME = re.compile(
    r"(?!IT\b)(?i:he|she|it|they|we|you|i|there|this|that|these|those|any(?:one|body)|every(?:one|body)|"
    r"no(?:body| one)|some(?:one|body)|all|only|both|in|on|at|from|since|until|because|if)\b"
    r"(?!\.| (?:the )?[A-Z])"
)
_TELLS = re.compile(r" (?:is|are|was|were|has|have|had|will|can|may|must|should) ")
_RESPONSIBLE = re.compile(
    r"^(?:responsible|accountable|liable|in charge|head|the head|the leader) (?:for|of) ",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\s*\([^)]*\)")
_DETERMINED = re.compile(
    r"\b(?:the|an?|[\w.]+[’']s?|its|their|his|her)(?: first| second| last| new| own)? $", re.I
)
_HIS = re.compile(r"(?:^|[.;] )(?:He|His)\b")
_HERS = re.compile(r"(?:^|[.;] )(?:She|Her)\b")
_HE = ("he", "him", "his")
_MAN = re.compile(r"\b(?:Mr|Sir|Lord|King|Prince)\b")
_WOMAN = re.compile(r"\b(?:Mrs|Ms|Miss|Lady|Dame|Queen|Princess)\b")
TITLE = r"(?:Mrs?|Ms|Miss|Dr|Prof|Professor|Sir|Lady|Lord|Dame)\b"
"""What people are called before their names."""
_HAS_TITLE = re.compile(TITLE)
# Nouns inside names that no person has.
_NO_PERSON = frozenset(
    """academy act agency airport album association award awards band bank board bridge
    building bureau center centre church city club college committee company corporation
    council country county court department district division festival group hall high
    hospital inc institute island law league library ltd ministry mountain museum network
    office operation orchestra organization park party plan police port prize program
    programme project records region republic river road school series show society stadium
    state states station street studio studios system team theater theatre tour treaty union
    united university village war""".split()
)


# Names of no place.
_DAYS = re.compile(
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|{MONTH})(?: .*)?", re.IGNORECASE
)
# What one thing is called that several are: “they”.
_GROUPS = frozenset(
    """board society committee company council team club group family party association union
    department government ministry agency bank firm school staff crew band police office trust
    foundation institute university court parliament commission panel management""".split()
)
_NO_THING = frozenset("one ones everything anything something nothing all".split())
_OF_THEM = ("", "is", "are", "was", "were", "has", "have")
_SMALL = {stem(word) for word in FUNCTION_WORDS}


class Pronoun(NamedTuple):
    """A pronoun of a question.

    Attributes:
        start: Where what is to be replaced begins.
        end: One past its last character.
        word: The pronoun, in small letters.
        sort: What it can mean.
        noun: The noun behind it, as in “that airport”; else empty.
    """

    start: int
    end: int
    word: str
    sort: Sort
    noun: str = ""


def antecedent(pronoun: Pronoun, question: str, earlier: Sequence[Exchange]) -> str:
    """Find what a pronoun means; empty if nothing that was said fits.

    Args:
        pronoun: What is to be replaced.
        question: Where it stands: what that names itself is not meant.
        earlier: The exchanges before, the last one last.
    """
    own = {stem(word) for word in words(question)}
    if pronoun.sort == "person":
        other = _WOMAN if pronoun.word in _HE else _MAN
        return _most_said(
            earlier,
            own,
            lambda p, text: (
                _may_be_person(p, text)
                and not other.search(p.text)
                and not _is_called_otherwise(p.text, pronoun.word, earlier)
            ),
        )
    for exchange in _nearest(earlier, own):
        for said in _offered(pronoun, exchange):
            if said and not _is_among(said, own):
                return said
    if pronoun.noun or pronoun.sort not in ("thing", "several"):
        return ""
    several = pronoun.sort == "several"
    return _most_said(earlier, own, lambda p, text: not (several and _is_person(p, text)))


def _is_called_otherwise(name: str, word: str, earlier: Sequence[Exchange]) -> bool:
    """Whether what answered about somebody calls her “she”, and “he” is looked for."""
    own, other = (_HIS, _HERS) if word in _HE else (_HERS, _HIS)
    said = " ".join(e.quote for e in earlier if _bare(name) in e.question)
    return other.search(said) is not None and own.search(said) is None


def _nearest(earlier: Sequence[Exchange], own: set[str]) -> list[Exchange]:
    """Order exchanges: those asked with the same words as a question, then the last ones."""
    last = list(reversed(earlier[-_REACH:]))
    return sorted(last, key=lambda e: -len(own & {stem(w) for w in words(e.question)} - _SMALL))


def _is_among(said: str, own: set[str]) -> bool:
    roots = {stem(word) for word in words(said)}
    return (roots - FUNCTION_WORDS or roots) <= own  # IT is a name, too


def _offered(pronoun: Pronoun, exchange: Exchange) -> Iterator[str]:
    """List what an exchange offers for a pronoun, the likeliest first."""
    if pronoun.sort == "time":
        for text in (exchange.answer, exchange.question, exchange.quote):
            yield from (phrase.text for phrase in times(text))
    elif pronoun.sort == "place":
        yield from _places(exchange)
    elif pronoun.noun and pronoun.noun not in ("one", "ones"):
        yield from _with_noun(pronoun.noun, exchange)
    elif pronoun.sort == "several":
        yield from _several(exchange)
    else:
        yield from _things(exchange)


def _most_said(
    earlier: Sequence[Exchange], own: set[str], fits: Callable[[Phrase, str], bool]
) -> str:
    """Find who or what is talked about: the name that is said most, and most lately.

    Args:
        earlier: The exchanges before.
        own: Stems of the question's words: what it names itself is not meant.
        fits: Whether a name may be meant, and the text that it stands in.
    """
    weights: dict[str, float] = {}
    for distance, exchange in enumerate(reversed(earlier[-_REACH:])):
        near = _FADES**distance
        asked = take_apart(exchange.question)
        bare = _bare(exchange.answer)
        if (
            asked
            and asked.wh == "who"
            and _is_short_name(exchange.answer)
            and fits(Phrase(0, len(bare), bare, "name"), bare)
        ):
            _weigh(weights, bare, (8 if asked.of_subject else 3) * near)
        fitting = [p for p in names(exchange.question) if fits(p, exchange.question)]
        for number, phrase in enumerate(fitting):
            _weigh(weights, _bare(phrase.text), (3 if number else 4) * near)
        for phrase in (p for p in names(exchange.answer) if fits(p, exchange.answer)):
            _weigh(weights, _bare(phrase.text), (2 if " " in phrase.text else 1) * near)
    for title in _titles(earlier):
        if fits(Phrase(0, len(title), title, "name"), title):
            _weigh(weights, title, 3)
    known = {said: weight for said, weight in weights.items() if not _is_among(said, own)}
    return max(known, key=known.__getitem__, default="")


def _weigh(weights: dict[str, float], said: str, weight: float) -> None:
    """Add to a name's weight; a surname is the name it belongs to."""
    own = set(words(said))
    for name in weights:
        if own <= set(words(name)):
            weights[name] += weight
            return
        if set(words(name)) <= own:
            weights[said] = weights.pop(name) + weight
            return
    weights[said] = weight


def _titles(earlier: Sequence[Exchange]) -> list[str]:
    """List the names among the titles of the documents that answered, the last first."""
    bare = [_PARENTHESES.sub("", exchange.title).strip() for exchange in reversed(earlier)]
    return [title for title in dict.fromkeys(bare) if title and is_name_like(title)]


def _places(exchange: Exchange) -> Iterator[str]:
    asked = take_apart(exchange.question)
    if asked and asked.wh == "where" and 0 < len(exchange.answer.split()) <= _MOST_WORDS:
        yield exchange.answer
    for text in (exchange.question, exchange.answer, exchange.quote):
        for phrase in (p for p in names(text) if not _DAYS.fullmatch(p.text)):
            of_team = phrase.preposition == "for" and text is exchange.question
            if phrase.preposition in ("in", "at", "from", "near", "to") or (
                of_team and not _is_person(phrase, text)
            ):
                where = phrase.preposition if phrase.preposition in ("at", "near") else "in"
                yield f"{where} {_with_article(text, phrase)}"
    for text in (exchange.answer, exchange.question):
        yield from (
            _bare(p.text)
            for p in names(text)
            if not (_is_person(p, text) or _DAYS.fullmatch(p.text))
        )
    for phrase in phrases(exchange.question):
        if phrase.preposition in ("in", "at") and phrase.kind == "thing":
            yield f"{phrase.preposition} {_with_article(exchange.question, phrase)}"


def _things(exchange: Exchange) -> Iterator[str]:
    asked = take_apart(exchange.question)
    if asked and asked.is_definition:
        if asked.rest.lower().startswith(("the ", "its ", "their ")):
            yield exchange.answer if _is_short_name(exchange.answer) else ""
        yield _without_time(_RESPONSIBLE.sub("", asked.rest))
    elif asked and asked.wh in ("what", "which"):
        yield _as_named(exchange)
        if asked.noun and not asked.aux and len(asked.rest.split()) <= _MOST_WORDS:
            yield "" if is_plural(asked.noun) else f"the {asked.noun} that {asked.rest}"
    if asked and asked.wh.startswith("how") and asked.noun and not is_plural(asked.noun):
        yield f"the {asked.noun}"
    found = _with_tails(exchange.question)
    if asked and asked.is_done and names(asked.subject):
        yield from (f"{_bare(asked.subject)}’s {p.text}" for p in found if _is_owned(exchange, p))
    has_subject = asked and asked.aux and asked.wh != "who" and not asked.of_subject
    if asked and has_subject and not is_plural(asked.subject) and not _MERE.match(asked.subject):
        yield _without_time(asked.subject)
    things = [p for p in found if not is_plural(p.text) and p.kind == "thing"]
    named = [p for p in found if p.kind == "name" and not _owns(exchange.question, p)]
    determined = [p for p in things if _DETERMINED.search(exchange.question[: p.start])]
    persons = [p for p in named if _is_person(p, exchange.question)]
    others = [p for p in named if p not in persons]
    for phrase in (*others, *determined[::-1], *persons, *things, *found):
        if _HAS_TITLE.match(phrase.text) or phrase.text.lower() in _NO_THING:  # nor is “Ms Ek”
            continue
        yield _with_article(exchange.question, phrase)


def _with_tails(question: str) -> list[Phrase]:
    """Find a question's phrases but for times, with what hangs on each: the prize for courage."""
    found: list[Phrase] = []
    for phrase in phrases(question):
        if phrase.kind == "time":
            continue
        between = question[found[-1].end : phrase.start] if found else ""
        if _HANGS_ON.fullmatch(between):
            last = found.pop()
            phrase = last._replace(end=phrase.end, text=question[last.start : phrase.end])
        found.append(phrase)
    return found


def _is_owned(exchange: Exchange, phrase: Phrase) -> bool:
    return re.search(r"\b(?:its|their|his|her) $", exchange.question[: phrase.start]) is not None


def _without_time(text: str) -> str:
    for phrase in reversed(times(text)):
        text = f"{text[: phrase.start]}{text[phrase.end :]}"
    return " ".join(text.split())


def _several(exchange: Exchange) -> Iterator[str]:
    asked = take_apart(exchange.question)
    if asked and asked.wh == "whom" and _is_short_name(exchange.answer) and asked.subject:
        yield f"{asked.subject} and {_bare(exchange.answer)}"
    answered = _as_named(exchange) if asked and asked.wh in ("who", "what", "which") else ""
    one_alone = not is_plural(answered) and " and " not in answered
    if not one_alone:
        yield answered
    if asked and asked.noun and is_plural(asked.noun):
        of_them = asked.wh in ("what", "which") and asked.aux in _OF_THEM
        if of_them and len(asked.rest.split()) <= _MOST_WORDS:  # “which items are out of stock”
            yield " ".join(f"the {asked.noun} that {asked.aux} {asked.rest}".split())
        yield asked.noun
    groups = [
        p for p in phrases(exchange.question) if words(p.text)[-1:] and words(p.text)[-1] in _GROUPS
    ]
    if asked and asked.wh == "who":  # “who chairs the society”
        yield from (_with_article(exchange.question, group) for group in groups)
    for phrase in phrases(exchange.question):
        if is_plural(phrase.text) and (phrase.kind == "thing" or " and " in phrase.text):
            yield _with_article(exchange.question, phrase)
    yield from (_with_article(exchange.question, group) for group in groups)
    yield answered


def _with_noun(noun: str, exchange: Exchange) -> Iterator[str]:
    """Find the fuller name of “that airport”: a phrase with the noun, else what answered."""
    wanted = stem(noun)
    for text in (exchange.answer, exchange.question, exchange.quote, exchange.heading):
        for phrase in phrases(text):
            own = words(phrase.text)
            if phrase.kind != "time" and len(own) > 1 and wanted in map(stem, own):
                yield _with_article(text, phrase)
    asked = take_apart(exchange.question)
    if asked and asked.noun and stem(words(asked.noun)[-1]) == wanted:
        yield _as_named(exchange)


def _as_named(exchange: Exchange) -> str:
    """Return what answered as its sentence calls it: the whole phrase; empty if it is no thing."""
    if _is_short_name(exchange.answer):
        return exchange.answer
    if not 0 < len(exchange.answer.split()) <= _MOST_WORDS // 2:
        return ""
    at = exchange.quote.find(exchange.answer)
    around = (p for p in phrases(exchange.quote) if p.start <= at < p.end and p.kind != "time")
    phrase = next(around, None) if at >= 0 and not exchange.answer[0].isdigit() else None
    return _with_article(exchange.quote, phrase) if phrase else ""


def _is_short_name(answer: str) -> bool:
    """Whether an answer can stand for someone or something in a question."""
    said = answer.split()
    if _NO_NAME.match(answer) or _TELLS.search(answer):
        return False
    named = any(word[0].isupper() for word in said)
    return named and len(said) <= _MOST_WORDS and not answer[0].isdigit()


def _may_be_person(phrase: Phrase, text: str) -> bool:
    """Whether a name in a text may be a person's: not “the Meridian”, nor “in Ford”."""
    if text[: phrase.start].lower().endswith("the ") and not _HAS_TITLE.match(phrase.text):
        return False
    return (
        phrase.preposition not in ("in", "at", "from")
        and not any(c.isdigit() for c in phrase.text)
        and not _NO_PERSON & set(words(phrase.text))
        and not times(f"in {phrase.text}")
    )


def _is_person(phrase: Phrase, text: str) -> bool:
    """Whether a name is a person's, by all signs: first and last, and nothing of a place."""
    return " " in phrase.text and _may_be_person(phrase, text)


def _owns(text: str, phrase: Phrase) -> bool:
    """Whether a name only says whose something is."""
    return text[phrase.end - 2 : phrase.end + 1].rstrip().endswith(("’s", "'s", "’", "'"))


def _bare(text: str) -> str:
    """Take a preposition in front and the ’s behind off a name."""
    return re.sub(r"^(?:with|by|to|for|from|of|in|at|on) |[’']s?$", "", text)


def _with_article(text: str, phrase: Phrase) -> str:
    """Return a phrase with the article in front of it, without the ’s behind."""
    article = re.search(r"\b(the|an?) $", text[: phrase.start], re.IGNORECASE)
    said = _bare(phrase.text)
    return f"the {said}" if article else said
