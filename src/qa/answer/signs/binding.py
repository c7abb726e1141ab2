"""Tell which of several values in a sentence belongs to what the question names.

"The speed limit is 50 for lorries and 80 for cars": of parts that each hold a value of the
kind asked for, the one with the question's own word. Works on words, by stem; does not know
the network.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answer.signs.values.times import YEAR, of_other_years
from qa.schema import Span
from qa.words import FUNCTION_WORDS, asked_stems, query_terms, stem, words

_JOINT = r"(?:and|but|while|whereas|or)\s{1,9}"
# Not in “65 and over”. Blanks are bounded: else a long run of them takes seconds.
_GAP = re.compile(
    rf"(?:[,;]\s{{1,9}}(?:{_JOINT})?|(?<!\s)\s{{1,9}}{_JOINT})(?!(?:(?:and|or)\s{{1,9}})?"
    r"(?:over|under|above|below|older|younger|more|less|longer|later|earlier|up)\b)",
    re.IGNORECASE,
)
_ASKED_NOUN = re.compile(
    r"\bhow (?:many|much) (?P<noun>[^\W\d_][\w-]*(?: [^\W\d_][\w-]*)?) "
    r"(?:was|were|is|are|did|do|does|has|have|had|can|could|will)\b",
    re.IGNORECASE,
)
_HOW_MUCH_OF = re.compile(r"\bhow (?:many|much) (?P<noun>[^\W\d_][\w-]*)\W*$", re.IGNORECASE)
_AMOUNT_OF = re.compile(
    r"(?P<amount>(?<![\w.,/])\d[\d.,/]*(?:\s\d/\d)?\s?[^\W\d_]{1,12}) of (?:the |fresh |good )?"
    r"(?P<noun>[^\W\d_]+)"
)
# Where a clause of its own begins.
_BREAK = re.compile(r";\s+|,?\s+(?:while|whereas)\s+|,\s+but\s+", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"[\s,(]*\brespectively\b", re.IGNORECASE)
_AND = re.compile(r",?\s+and\s+", re.IGNORECASE)
_NAME_OR_FIGURE = (
    r"(?P<item>[$€£¥]?\d[\d.,]*(?:\s?(?:%|°C?|percent|[a-z]{1,3}\b))?|"
    r"[A-Z][\w.'’-]*(?:\s+(?:(?:of|the|de|van|von|la)\s+)?[A-Z][\w.'’-]*)*)"
)
_ITEM = re.compile(rf"(?:(?:the|in|by|at|for|to)\s+)?{_NAME_OR_FIGURE}")
_LAST_ITEM = re.compile(rf"(?P<comma>,\s+)?(?<!\w){_NAME_OR_FIGURE}$")
_LEAD = re.compile(r"(?<=[,;] )(?:on|for|in|at|with|under|over) (?:[^\W\d]+ ){1,3}(?:and|or) $")
_LEAD_CHARACTERS = 60
_NEAR_WORDS = 3
_HOW_MANY = re.compile(
    rf"\bhow many (?!times\b)(?P<noun>(?!(?:{'|'.join(FUNCTION_WORDS)})\b)[^\W\d_][\w-]*"
    rf"(?: (?!(?:{'|'.join(FUNCTION_WORDS)})\b)[^\W\d_][\w-]*){{0,3}})",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,6}teen|"
    r"\w{3,5}ty(?:-\w+)?|hundred|thousand|million)"
)
_COUNTED = re.compile(
    rf"\W*(?:(?:about|some|over|around|nearly) )?{_NUMBER}(?:[\s-]{_NUMBER}){{0,5}}\s"
    r"(?P<noun>[^\W\d_]+)",
    re.IGNORECASE,
)
_DONE = re.compile(r"\b(?:was|were|is|are|been)\s+(?P<act>\w+(?:ed|en|wn|lt|nt|ght|de|ut))\b", re.I)
_OF_IT = re.compile(r"^\W*who\b.*\b(?P<act>\w+) (?:it|them|this|that)\W*$", re.IGNORECASE)
_AFTER_VALUE = re.compile(r"\d[\d.,]*\s+(?P<noun>[^\W\d]+)")


def bound_part(question: str, text: str, holds_value: Callable[[str], bool]) -> Span | None:
    """Find the one part of a sentence whose value the question is about.

    Of clauses ("the north house holds …, while the south house holds …") the one of the question's
    years, or that alone has a word of the question. In it, or in the whole sentence, the first
    part is what is read anyway, and a later one is meant if it alone has a word of the question,
    unless it counts something else than the question ("5 pilots and 3 nurses").

    Args:
        question: As asked.
        text: A sentence.
        holds_value: Whether a part holds a value of the kind asked for.

    Returns:
        A span in the sentence; None if there is no choice to make or no word decides.
    """
    named = respective(question, text)
    if named is not None and holds_value(text[slice(*named)]):
        return named
    wanted = {
        stem(term)
        for term in query_terms(question)
        if not term[0].isdigit() or YEAR.fullmatch(term)
    }
    apart = [span for span in clauses(text) if holds_value(text[slice(*span)])]
    clause = _clause_meant(question, wanted, text, apart)
    if clause is None:
        return _bound(question, wanted, text, holds_value)
    own = text[slice(*clause)]
    inside = _bound(question, wanted, own, holds_value) or _counting(question, own)
    return inside.shift(clause.start) if inside is not None else clause


def _clause_meant(question: str, wanted: set[str], text: str, apart: Sequence[Span]) -> Span | None:
    """Choose the one clause of several that is of the question's years, or has its own word."""
    said = [text[slice(*span)] for span in apart]
    dated = [number for number, clause in enumerate(said) if YEAR.search(clause)]
    own = [number for number in dated if not of_other_years(question, said[number])]
    if not YEAR.search(question) or len(dated) < len(said):
        own = _alone(_held(wanted, said)) if _ASKED_NOUN.search(question) else []
    return apart[own[0]] if len(apart) > 1 and len(own) == 1 else None


def _counting(question: str, text: str) -> Span | None:
    """Find the one part of a clause that counts what is asked: “beds” in "20 beds and 7 cots"."""
    nouns = counted_noun(question)
    own = [span for span in parts(text) if nouns and counts(nouns, text[slice(*span)])]
    return own[0] if len(own) == 1 else None


def _bound(
    question: str, wanted: set[str], text: str, holds_value: Callable[[str], bool]
) -> Span | None:
    having = [span for span in parts(text) if holds_value(text[slice(*span)])]
    if len(having) < 2:
        return None
    said = [text[slice(*span)] for span in having]
    held = _held(wanted, [_with_lead(text, span) for span in having])
    counted = [_counted(part) for part in said]
    own = [
        number
        for number in _alone(held)
        if number and not (counted[0] in wanted and counted[number] not in {None, *wanted})
    ]
    if len(own) != 1 and (noun := _ASKED_NOUN.search(question)):
        # "55.6 MT seized, including 21.9 MT of marijuana": the noun decides, not the verb.
        nouns = {stem(word) for word in words(noun["noun"])}
        own = [number for number in own if nouns <= held[number]]
    return having[own[0]] if len(own) == 1 else None


def _with_lead(text: str, part: Span) -> str:
    """Return a part with what it goes on from: “on Sundays and | public holidays 50 %”."""
    lead = _LEAD.search(text, max(0, part.start - _LEAD_CHARACTERS), part.start)
    return text[lead.start() if lead else part.start : part.end]


def _held(wanted: set[str], said: Sequence[str]) -> list[set[str]]:
    """Return the words of the question that each part has."""
    return [wanted & {stem(word) for word in words(part)} for part in said]


def _alone(held: Sequence[set[str]]) -> list[int]:
    """Number the parts that have a word of the question which no other has."""
    return [
        number
        for number in range(len(held))
        if held[number] - set().union(*held[:number], *held[number + 1 :])
    ]


def respective(question: str, text: str) -> Span | None:
    """Find what belongs to the named one of "A and B are C and D, respectively".

    The question has a word of one of A and B, or of C and D; what stands at its place in the other
    list is meant, a name or a figure.

    Returns:
        Its span; None if no list is named, the other is not as long, or its items are no names.
    """
    end = _RESPECTIVELY.search(text)
    ands = list(_AND.finditer(text, 0, end.start())) if end else []
    if end is None or len(ands) < 2:
        return None
    asked = asked_stems(question)
    one = _List(Span(*ands[-2].span()), Span(0, ands[-1].start()))
    other = _List(Span(*ands[-1].span()), Span(ands[-2].end(), end.start()))
    found = []
    for keys, values in ((one, other), (other, one)):
        items, at = values.items(text), keys.named(text, asked)
        if at is not None and len(items) == (len(keys.items(text)) or 2):
            found.append(items[at])
    return found[0] if len(found) == 1 else None


class _List(NamedTuple):
    """Things joined by an “and”, which stands at a place, between where they may begin and end."""

    joint: Span
    within: Span

    def items(self, text: str) -> list[Span]:
        """List its items, if all are names or figures; else none."""
        found: list[Span] = []
        last = _ITEM.match(text, self.joint.end, self.within.end)
        at = _LAST_ITEM.search(text, self.within.start, self.joint.start)
        while last is not None and at is not None:
            found.insert(0, Span(*at.span("item")))
            at = _LAST_ITEM.search(text[: at.start()], self.within.start) if at["comma"] else None
        return [*found, Span(*last.span("item"))] if last is not None and found else []

    def named(self, text: str, asked: set[str]) -> int | None:
        """Number the item that alone has a word of the question; of two others the nearer word."""
        items = self.items(text)
        if items:
            own = _alone(_held(asked, [text[slice(*item)] for item in items]))
            return own[0] if len(own) == 1 else None
        before = words(text[self.within.start : self.joint.start])[::-1]
        behind = words(text[self.joint.end : self.within.end])
        shared = {stem(word) for word in before} & {stem(word) for word in behind}
        far = [
            next((at for at, word in enumerate(near) if stem(word) in asked - shared), _NEAR_WORDS)
            for near in (before[:_NEAR_WORDS], behind[:_NEAR_WORDS])
        ]
        return None if far[0] == far[1] else far.index(min(far))


def amount_of(question: str, text: str) -> Span | None:
    """Find how much there is of what “how much” or “how many” asks for: "1/2 cup of varnish".

    Returns:
        The amount with its unit; None if no amount or several are of it.
    """
    asked = _ASKED_NOUN.search(question) or _HOW_MUCH_OF.search(question)
    if asked is None:
        return None
    nouns = {stem(word) for word in words(asked["noun"])}
    own = [m for m in _AMOUNT_OF.finditer(text) if stem(m["noun"].lower()) in nouns]
    return Span(*own[0].span("amount")) if len(own) == 1 else None


def counted_noun(question: str) -> set[str]:
    """Return the words behind “how many”, by stem: what is counted; none if nothing is."""
    asked = _HOW_MANY.search(question)
    return {stem(word) for word in words(asked["noun"])} if asked else set()


def counts(nouns: set[str], text: str) -> bool:
    """Whether a text has a number right in front of one of some nouns."""
    return any(stem(match["noun"].lower()) in nouns for match in _COUNTED.finditer(text))


def counts_another(question: str, text: str, answer: Span) -> bool:
    """Whether an answer counts another of the question's nouns than it asks for.

    "The list shows the six schools" says nothing of “how many pupils go to school”.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence.
    """
    nouns, counted = counted_noun(question), _COUNTED.match(text, answer.start)
    if not nouns or counted is None or nouns & {stem(word) for word in words(text)}:
        return False
    return stem(counted["noun"].lower()) in asked_stems(question) - nouns


def done_otherwise(question: str, text: str, answer: Span) -> bool:
    """Whether an answer's part of a sentence tells of another act than another part does.

    "The roof was renewed in 2013; the lift was installed in 2016" says of nothing that it was
    renewed in 2016.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence.
    """
    asked = _DONE.search(question)
    if asked is None:
        return False
    act = stem(asked["act"].lower())
    done = {
        span: {stem(match["act"].lower()) for match in _DONE.finditer(text, *span)}
        for span in parts(text)
    }
    around = (acts for span, acts in done.items() if span.start <= answer.start < span.end)
    own: set[str] = next(around, set())
    return bool(own) and act not in own and any(act in acts for acts in done.values())


def is_what_it_means(question: str, text: str, answer: Span) -> bool:
    """Whether an answer is what a question calls “it”: “Velomax”, to who takes it."""
    asked = _OF_IT.search(question)
    before = words(text[: answer.start])[-1:]
    return asked is not None and {stem(word) for word in before} == {stem(asked["act"].lower())}


def _counted(part: str) -> str | None:
    """Return the stem of the word right behind a part's figure, if it is not a function word."""
    match = _AFTER_VALUE.search(part)
    noun = match["noun"].lower() if match else ""
    return stem(noun) if noun and noun not in FUNCTION_WORDS else None


def parts(text: str) -> Sequence[Span]:
    """Cut a sentence at commas, semicolons and conjunctions."""
    return cut_at(_GAP, text)


def part_around(text: str, place: int) -> str:
    """Return the part of a sentence in which a place lies."""
    return _around(parts(text), text, place)


def small_part_around(text: str, place: int) -> str:
    """Return the smallest part of a sentence in which a place lies."""
    return _around(small_parts(text), text, place)


def _around(spans: Sequence[Span], text: str, place: int) -> str:
    return next((text[a:b] for a, b in spans if a <= place < b), text)


def clauses(text: str) -> Sequence[Span]:
    """Cut a sentence where a clause of its own begins: at semicolons, “while”, a “but”."""
    return cut_at(_BREAK, text)


def small_parts(text: str) -> Sequence[Span]:
    """Cut clauses at commas and conjunctions: at every semicolon, whatever follows."""
    return [
        span.shift(clause.start) for clause in clauses(text) for span in parts(text[slice(*clause)])
    ]


def cut_at(gaps: re.Pattern[str], text: str) -> Sequence[Span]:
    """Cut a text wherever a pattern matches; what matches belongs to no piece."""
    starts, ends = [0], []
    for gap in gaps.finditer(text):
        ends.append(gap.start())
        starts.append(gap.end())
    return [Span(*pair) for pair in zip(starts, [*ends, len(text)], strict=True)]
