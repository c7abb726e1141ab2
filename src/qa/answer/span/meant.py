"""Widen or cut the words that a network found to those that are meant.

A name to all that are listed, a list of people to the one whose role is asked for, two clauses to
the one that is asked about. Does not know the network.
"""

import re

from qa.answer.signs.binding import cut_at
from qa.answer.signs.question import asks_for_date, asks_for_several
from qa.answer.signs.values.kinds import months
from qa.answer.signs.values.times import begins_with_day
from qa.months import MONTH_OR_SHORT as MONTH
from qa.schema import Span
from qa.words import asked_stems, content_stems, stem, words

_ONE = r"(?:the )?[A-Z][\w.'’-]*(?: (?:(?:of|the|and|de) )?[A-Z][\w'’-]*)*(?: \([^()]{1,40}\))?"
_LISTED = re.compile(rf"{_ONE}(?:, {_ONE})*,? (?:and|or) {_ONE}")
_WHERE = re.compile(r"\W*where\b", re.IGNORECASE)
_PLACE = re.compile(r",? (?:in|at|near) (?:the )?[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*")
# “Ann Lee (chair)”, behind what parts it from others.
_ROLED = re.compile(
    r"(?:^|[,;:] (?:and )?| and )(?P<name>[^,;:()]{2,60}) \((?P<role>[^()\d]{3,40})\)"
)
_NAMED = re.compile(r"(?:(?:[a-z]{1,3}|[^\W\d_a-z][\w.’'-]*) )*[^\W\d_a-z][\w.’'-]*[a-z][\w.’'-]*")
_ITEM_END = re.compile(r"[,;:]\s+(?:and\s+)?|\s+and\s+")
_LEAST_ITEMS = 3
_SMALL = {stem(word) for word in "the a an of in for to on at by and or is are was were".split()}
_SEMICOLON = re.compile(r";\s+")
_ONE_FIRST = re.compile(r"ones? (?=[$€£]?\d)")
_ADJECTIVE_LAST = re.compile(r"\b(?:the|an?|each) [a-z]+ $")
_OVER = r"(?:stop|end|finish|cease)"
_BEGUN = r"(?:start|begin)"
_WHICH_END = re.compile(
    rf"^\W*(?:(?P<over>until when\b.*|when (?:did|does|do|will)\b.*\b{_OVER}(?: \w+ing\b.*)?)|"
    rf"since when\b.*|when (?:did|does|do|will)\b.*\b(?:{_BEGUN}(?: \w+ing\b.*)?|become\b.*))\W*$",
    re.IGNORECASE | re.DOTALL,
)
_BOTH_ENDS = re.compile(rf"\b{_BEGUN}\w*\b.*\b{_OVER}\w*\b", re.IGNORECASE | re.DOTALL)
_COUNT = r"\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_VOTES = re.compile(
    rf"\bby (?P<ayes>{_COUNT})(?: votes?)? to (?P<against>{_COUNT}|none)\b|"
    rf"\bvoted (?P<yes>{_COUNT}) to (?P<no>{_COUNT}|none)\b",
    re.IGNORECASE,
)
_LOST = re.compile(r"\b(?:reject|defeat|lost|fail|against)", re.IGNORECASE)
_ASKS_VOTES = re.compile(
    r"\W*how many\b.{0,60}?\bvot\w+ (?:(?P<against>against|down)|for|in favou?r)\b", re.IGNORECASE
)
_TIME = rf"(?:\d{{4}}|(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}})?(?:,? \d{{4}})?)"
_FROM_TO = re.compile(
    rf"(?:from )?(?P<first>{_TIME})\s?(?:to|until|till|[–—-])\s?(?P<last>{_TIME})", re.IGNORECASE
)
_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
_WHO_IS = re.compile(
    r"\W*who(?:[’']s| is| was| chairs| chaired)\b(?!.*\b(?:besides|except|than|there|apart)\b)",
    re.IGNORECASE | re.DOTALL,
)
_RANKS = {stem(rank) for rank in "deputy vice assistant honorary acting former interim".split()}
_WROTE = re.compile(
    r"^\W*(?:who|by whom)\b.*\b(?:wrote|written|authored|authors|compiled|signed)\b"
    r"(?!.*\b(?:first|lead|last|only)\b)",
    re.IGNORECASE | re.DOTALL,
)
_CAPITAL = r"[^\W\d_a-z][\w.'’-]*"
_PERSON = rf"{_CAPITAL}(?: (?:de|van|von|da|di|la|{_CAPITAL})){{1,3}}"
_PEOPLE_ALONE = re.compile(
    rf"{_PERSON}(?:(?:, {_PERSON}){{2,11}}|(?:, {_PERSON}){{0,10}}(?:,? and | & ){_PERSON})"
)
_NO_PERSON = re.compile(
    r"\b(?:The|By|And|Of|For|University|Institute|School|College|Press|Department|Ministry|Hospital|"
    r"Director|Manager|Officer|Editor|Head|Chair|Teacher|Secretary|Minister)\b"
)
_TOGETHER = re.compile(r"\b(?:together|along|jointly) with (?:[a-z]\w* ){0,4}$")
_AND_WHERE = re.compile(r"\b(?:where|who|what|which|how|why)\b", re.IGNORECASE)
_DATE_FIRST = re.compile(
    r"(?P<date>(?:\d{1,2} [A-Z][a-z]+ |[A-Z][a-z]+ (?:\d{1,2},? )?)?(?:1[5-9]|20)\d\d)"
    r"(?! (?:to|until|till|and|or)\b),? [a-z]\w*(?: [^\W\d][\w’'-]*[,;]?){3,}(?!.*\d)"
)


def meant_words(question: str, text: str, answer: Span) -> Span:
    """Widen a name to all that are listed, where several are asked for; to where its place is.

    Who did something together with a name is all of the sentence, and so is a line that begins with
    the day; a date is without what goes on, of two clauses the one that is asked about is left, and
    of a span of time the end where it is asked when something ended.
    """
    answer = _of_one_clause(question, text, answer)
    if (end := _end_asked(question, text, answer)) or (end := _votes_asked(question, text)):
        return end
    one = _ONE_FIRST.match(text, *answer)
    if one and _ADJECTIVE_LAST.search(text, 0, answer.start):  # “the reduced one 9 francs”
        answer = Span(one.end(), answer.end)
    if asks_for_date(question) and begins_with_day(text) and not months(text[slice(*answer)]):
        return Span(0, len(text))
    alone = not question.rstrip(" ?").endswith("with")
    if _WHO.match(question) and alone and _TOGETHER.search(text, 0, answer.start):
        return Span(0, len(text))
    only_when = asks_for_date(question) and not _AND_WHERE.search(question)
    if only_when and (date := _DATE_FIRST.match(text, *answer)):
        return Span(*date.span("date"))
    if asks_for_several(question):
        for listed in _LISTED.finditer(text):
            if listed.start() <= answer.start and answer.end <= listed.end():
                return Span(*listed.span())
        return _with_those_alike(question, text, answer)
    if _WHERE.match(question) and (place := _PLACE.match(text, answer.end)):
        return Span(answer.start, place.end())
    return who_is_it(question, text, _all_who_wrote(question, text, answer))


def _end_asked(question: str, text: str, answer: Span) -> Span | None:
    """Return of a span of time where it ends, if it is asked when something ended; or begins."""
    asks = _WHICH_END.match(question) if asks_for_date(question) else None
    if asks is None or _BOTH_ENDS.search(question):
        return None
    between = _FROM_TO.fullmatch(text, *answer)
    return Span(*between.span("last" if asks["over"] else "first")) if between else None


def _votes_asked(question: str, text: str) -> Span | None:
    """Return how many voted for or against: 6 of “adopted by 6 votes to 2”."""
    asks = _ASKS_VOTES.match(question)
    told = list(_VOTES.finditer(text)) if asks and not _LOST.search(text) else []
    if asks is None or len(told) != 1:
        return None
    sides = ("against", "no") if asks["against"] else ("ayes", "yes")
    return next(Span(*told[0].span(side)) for side in sides if told[0][side])


def who_is_it(question: str, text: str, answer: Span) -> Span:
    """Cut a list of people to the one whose role is asked for: “Ann (chair), Bo (clerk)”."""
    listed = text[slice(*answer)]
    roles = list(_ROLED.finditer(listed)) if _WHO_IS.match(question) else []
    asked = asked_stems(question)
    ranks = asked & _RANKS
    held = [
        found for found in roles if (own := content_stems(found["role"])) and ranks <= own <= asked
    ]
    if not len(roles) > len(held) == 1 or not _NAMED.fullmatch(held[0]["name"]):
        return answer
    return Span(*held[0].span("name")).shift(answer.start)


def _all_who_wrote(question: str, text: str, answer: Span) -> Span:
    """Widen an author to all on the line, where nothing else stands on it."""
    if _WROTE.search(question) is None:
        return answer
    low = text.rfind("\n", 0, answer.start) + 1
    high = text.find("\n", answer.end) if "\n" in text[answer.end :] else len(text)
    alone = _PEOPLE_ALONE.fullmatch(text, low, high) and not _NO_PERSON.search(text, low, high)
    return Span(low, high) if alone else answer


def _with_those_alike(question: str, text: str, answer: Span) -> Span:
    """Widen an answer to all items of a list of which the same is said: “Ash against, Bay against”.

    Where others stand between them it is the whole sentence.
    """
    items = cut_at(_ITEM_END, text)
    at = next((n for n, item in enumerate(items) if item.start <= answer.start < item.end), None)
    if at is None or len(items) < _LEAST_ITEMS or answer.end > items[at].end:
        return answer
    said = [{stem(word) for word in words(text[slice(*item)])} for item in items]
    key = said[at] & {stem(word) for word in words(question)} - _SMALL
    alike = [n for n, own in enumerate(said) if key and key <= own]
    if not 1 < len(alike) < len(items):
        return answer
    if alike != list(range(alike[0], alike[-1] + 1)):
        return Span(0, len(text))
    return Span(items[alike[0]].start, items[alike[-1]].end)


def _of_one_clause(question: str, text: str, answer: Span) -> Span:
    """Cut an answer that reaches over a semicolon to the clause with more words of the question.

    One that begins with its clause is meant to go on: an explanation, a list.
    """
    cut = cut_at(_SEMICOLON, text)
    reached = [span for span in cut if span.start < answer.end and answer.start < span.end]
    if len(reached) < 2 or answer.start == reached[0].start or asks_for_several(question):
        return answer
    asked = asked_stems(question)
    shared = [len(asked & {stem(word) for word in words(text[slice(*span)])}) for span in reached]
    if shared.count(max(shared)) > 1:
        return answer
    low, high = reached[shared.index(max(shared))]
    return Span(max(answer.start, low), min(answer.end, high))
