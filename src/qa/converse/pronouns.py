"""Replace the pronouns of a question that mean nothing inside it by what was said before.

“Was it opened in 2017?” needs what came before; “Did Peru publish its plan?” does not.
`qa.converse.antecedents` says what a pronoun means.
"""

import re
from collections.abc import Iterator, Sequence

from qa.converse.antecedents import Pronoun, Sort, antecedent
from qa.converse.exchange import Exchange
from qa.converse.phrases import (
    AUXILIARIES,
    QUESTION_WORDS,
    Phrase,
    Token,
    is_plural,
    is_verb,
    phrases,
    tokens,
)
from qa.words import FUNCTION_WORDS

_SORTS: dict[str, Sort] = {
    "he": "person", "she": "person", "him": "person", "her": "person", "his": "person",
    "hers": "person", "it": "thing", "its": "thing", "they": "several", "them": "several",
    "their": "several", "theirs": "several",
}  # fmt: skip
_POINTING = frozenset("that this these those there then her".split())
# “Where do I get one?”
_GETS = frozenset(
    "get need have buy rent want make take send hire borrow own renew replace obtain".split()
)
_BEHIND_ONE = frozenset("in at on from for by with if when before after without".split())
_POSSESSIVE = frozenset("his her its their hers theirs".split())
_TIME_NOUNS = frozenset("year month time period day decade quarter week season moment date".split())
# What a document, or a step in the conversation, is called by those who read it.
_DOCUMENT_NOUNS = frozenset(
    "document page file site website article text report paper book source table list section "
    "question answer sentence case way reason".split()
)
_CLAUSE = re.compile(
    r"[,;:]|\b(?:and|but|or|when|if|because|while|after|before|that|who|which|"
    r"says?|said|thinks?|thought|believes?|believed|claims?|claimed)\b",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(r"(?:\w+ )?(?:what|which|how many|how much|whose)\s*$", re.IGNORECASE)
_FORMAL_IT = re.compile(
    r"\b(?:is|was|does|did|will|would|can|could|might|may|has) it (?:\w+ )?(?:possible|necessary|"
    r"likely|legal|illegal|allowed|true|safe|ok|okay|important|required|mandatory|takes?|means?|"
    r"matter|cost to|raining|worth)\b|\bit (?:takes?|took|is|was) (?:\w+ )?(?:to|that)\b|"
    r"\bis it (?:\w+ )?(?:to|that)\b|\bwhat time is it\b|\bwhat is it like\b",
    re.IGNORECASE,
)
# “Then” is no time in “when is the trip then”, nor in “may I use it then”.
_WHEN = re.compile(
    r"\W*(?:(?:and|but|so|since|until|by|from) )*(?:when|what (?:time|date)|"
    r"(?:may|can|could|shall|should|must|do|would|will) (?:i|we))\b",
    re.IGNORECASE,
)
_PLACE_FIRST = re.compile(
    r"(?:in|at|on|from|near|during|since|before|after|by|between|until|to|under) ", re.IGNORECASE
)
# Behind these, “that” at the end of a question stands for something.
_STANDS_AFTER = AUXILIARIES | {"of", "about", "for", "by", "after", "before", "with", "to", "from",
    "in", "like", "all", "cause", "mean", "caused", "happen", "why", "how"}  # fmt: skip


def resolved(question: str, earlier: Sequence[Exchange]) -> str:
    """Replace a question's pronouns by what they mean, where that is known.

    Of several that mean the same, only the first: the rest are clear then.

    Args:
        question: As typed, or completed.
        earlier: The exchanges before, the last one last.
    """
    parts: list[str] = []
    position = 0
    clear: set[Sort] = set()
    put: list[str] = []
    for pronoun in _pronouns(question):
        known = " ".join([question, *put])
        said = "" if pronoun.sort in clear else antecedent(pronoun, known, earlier)
        if said:
            clear.add(pronoun.sort)
            put.append(said)
            parts += [question[position : pronoun.start], _fitted(pronoun, said)]
            position = pronoun.end
    return "".join([*parts, question[position:]])


def with_antecedent(question: str, said: str) -> str:
    """Put what is known to be meant for a question's first pronoun; empty if none can mean it."""
    named = any(c.isupper() for c in said)
    for pronoun in _pronouns(question):
        several = pronoun.sort == "several"
        fits = named if pronoun.sort == "person" else is_plural(said) == several
        if pronoun.word in _SORTS and fits:
            put = _fitted(pronoun, said)
            return f"{question[: pronoun.start]}{put}{question[pronoun.end :]}"
    return ""


def _fitted(pronoun: Pronoun, said: str) -> str:
    """Give what takes a pronoun's place the form of that pronoun."""
    if pronoun.start and re.match(r"(?:The|An?) ", said):
        said = said[0].lower() + said[1:]
    if pronoun.word in _POSSESSIVE and not said.endswith(("’s", "'s", "s’")):
        return f"{said}’" if said.endswith("s") and pronoun.sort == "several" else f"{said}’s"
    if pronoun.sort in ("place", "time") and not pronoun.noun and not _PLACE_FIRST.match(said):
        return f"in {said}"
    return said


def _pronouns(question: str) -> Iterator[Pronoun]:
    """Find the pronouns that mean something outside the question."""
    if _FORMAL_IT.search(question):
        return
    found = tokens(question)
    inside = [phrase for phrase in phrases(question) if phrase.kind != "time"]
    for number, token in enumerate(found):
        before = found[number - 1].low if number else ""
        after = found[number + 1] if number + 1 < len(found) else None
        if token.low == "one" and before.removesuffix("s") in _GETS and _ends(after):
            yield Pronoun(token.start, token.end, "one", "thing")
        elif token.low in _POINTING:
            pointing = _pointing(token, before, after, asks_when=_WHEN.match(question) is not None)
            if pointing:
                yield pointing
        elif token.low in _SORTS and not _is_bound(question, token, inside):
            yield Pronoun(token.start, token.end, token.low, _SORTS[token.low])


def _ends(after: Token | None) -> bool:
    """Whether a question, or its part, is over: “how do I get one”, “… one in May”."""
    return after is None or not after.text[0].isalnum() or after.low in _BEHIND_ONE


def _pointing(token: Token, before: str, after: Token | None, *, asks_when: bool) -> Pronoun | None:
    """Read a word that also does other work than to point: that, this, there, then, her."""
    ends = after is None or not after.text[0].isalnum()
    following = "" if ends or after is None else after.low
    match token.low:
        case "her":
            owns = bool(following) and following not in FUNCTION_WORDS
            return Pronoun(token.start, token.end, "her" if owns else "him", "person")
        case "there":
            exists = before in AUXILIARIES or following in AUXILIARIES
            return (
                None if exists and not ends else Pronoun(token.start, token.end, "there", "place")
            )
        case "then":
            points = ends and before not in ("and", "what", "so", "") and not asks_when
            return Pronoun(token.start, token.end, "then", "time") if points else None
    if after is None or ends or following in AUXILIARIES | {"about", "in", "for", "by", "the"}:
        stands = ends or before in _STANDS_AFTER or not before
        return Pronoun(token.start, token.end, token.low, _number(token)) if stands else None
    return _determiner(token, before, after)


def _determiner(token: Token, before: str, after: Token) -> Pronoun | None:
    """Read “that airport”; not “say that prices …”, nor “did that happen”, which is that alone."""
    if is_verb(after.text):
        alone = before in AUXILIARIES
        return Pronoun(token.start, token.end, token.low, _number(token)) if alone else None
    names_before = before and before not in FUNCTION_WORDS | QUESTION_WORDS
    if after.low in FUNCTION_WORDS or (token.low == "that" and names_before):
        return None
    if after.low in _TIME_NOUNS:
        return Pronoun(token.start, after.end, token.low, "time", after.low)
    if after.low in _DOCUMENT_NOUNS:
        return None
    return Pronoun(token.start, after.end, token.low, "thing", after.low)


def _number(token: Token) -> Sort:
    return "several" if token.low in ("these", "those") else "thing"


def _is_bound(question: str, token: Token, inside: Sequence[Phrase]) -> bool:
    """Whether a pronoun means what the question itself names before it."""
    sort = _SORTS[token.low]
    earlier = [p for p in inside if p.end <= token.start and _agrees(p, sort)]
    if not earlier or (len(earlier) == 1 and _ASKED_FOR.match(question[: earlier[0].start])):
        return False
    if _CLAUSE.search(question[earlier[-1].end : token.start]):
        return True
    return token.low in _POSSESSIVE and (sort != "person" or earlier[-1].kind == "name")


def _agrees(phrase: Phrase, sort: Sort) -> bool:
    """Whether a pronoun of a sort may mean a phrase."""
    if phrase.kind == "name":
        return sort != "person" or not any(c.isdigit() for c in phrase.text)
    return is_plural(phrase.text) == (sort == "several")
