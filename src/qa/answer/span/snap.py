"""A span in, the same answer with edges a person would choose out.

Widens to whole words, dates, amounts with their sign and unit, and both ends of a range;
drops punctuation and unmatched brackets. Stays inside the sentence. Does not know how a
span was found.
"""

import re
import unicodedata

from qa.months import MONTH, SHORT_MONTH
from qa.schema import Span

_GAP = r"\s{1,4}"  # a line may be wrapped anywhere
# No amount starts inside another, and counts are possessive: else a word of 20,000 digits
# takes a minute.
_START = r"(?<!\w)(?<!\w[-.,:/])"
_NUMBER = r"\d++(?:[.,:/]\d++)*+"
_COUNT_WORD = r"(?:[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en)"
_CURRENCY = r"(?:(?:[A-Z]{1,3}|US\s)?[$€£¥₹]|S/\.?|USD|EUR|GBP)\s?"
_SCALE = rf"(?:-|{_GAP})(?:hundred|thousand|million|billion|trillion)s?\b"
_UNIT = (
    rf"(?:\s?(?:%|°[CF]?)|(?:-|{_GAP})(?:percent|per{_GAP}cent|percentage{_GAP}points|"
    rf"metric{_GAP}tons?|tonnes?|tons?|MT|kg|kilograms?|kilomet(?:er|re)s?|km[2²]?|miles?|"
    r"met(?:er|re)s?|square|hectares?|ha|acres?|dollars|euros|pounds|soles|years?|months?|"
    r"weeks?|days?|hours?|minutes?|seconds?|people|liters?|litres?|gallons?|crowns|kroner|kronor|francs|"
    r"pesos|rupees|yen|yuan|rubles|roubles|zloty|reais|dinars|dirhams|USD|EUR|GBP|CHF|SEK|NOK|DKK)"
    r"(?:-olds?)?\b)"
)
# A year has no unit and no range but to another year: in 2018 to 40 percent.
_YEAR = r"(?:1[89]|20)\d\d(?!\w|[.,:/]\d)"
_AMOUNT = (
    rf"(?:[-−]?(?:{_CURRENCY}|(?!{_YEAR})){_NUMBER}(?:{_SCALE})?|{_COUNT_WORD}{_SCALE})"
    rf"{_UNIT}{{0,2}}"
)
_TO = rf"(?:{_GAP}to{_GAP}|\s?[-–]\s?|—)"
# 12 years and 6 months; 3 hours, 20 minutes.
_DURATION = (
    rf"{_NUMBER}{_GAP}(?:years?|months?|weeks?|days?|hours?|minutes?)"
    rf"(?:,?{_GAP}and{_GAP}|,{_GAP}|{_GAP}){_NUMBER}{_GAP}"
    r"(?:months?|weeks?|days?|hours?|minutes?|seconds?)\b"
)
_BETWEEN = rf"[Bb]etween{_GAP}(?:{_AMOUNT}|{_YEAR}){_GAP}and{_GAP}(?:{_AMOUNT}|{_YEAR})"
# The same in French and Spanish, German, Italian.
_BETWEEN_ELSEWHERE = (
    rf"(?:[Ee]ntre|[Zz]wischen|[Tt]ra){_GAP}{_NUMBER}(?:{_GAP}[^\W\d_]{{1,12}})?{_GAP}"
    rf"(?:et|y|und|e){_GAP}{_NUMBER}(?:{_GAP}[^\W\d_]{{1,12}})?"
)
# From 45 to 12 is a change, and each end an answer.
_RANGE = rf"(?<![Ff]rom\s){_AMOUNT}{_TO}{_AMOUNT}|{_YEAR}{_TO}{_YEAR}|{_YEAR}[-–]\d\d(?!\w)"
_MONTH = rf"(?:{MONTH}|{SHORT_MONTH}\b\.?)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:(?:[-–]|{_GAP}(?:to|and){_GAP}){_DAY})?"
_DATE = re.compile(  # March 3, 2014; 3 to 5 March 2014; March 2014; 2014-03-05
    rf"{_START}(?:(?:{_DAYS}{_GAP}(?:of{_GAP})?{_MONTH}|{_MONTH}{_GAP}{_DAYS})(?:,?{_GAP}\d{{4}})?"
    rf"|{_MONTH},?{_GAP}\d{{4}}|\d{{4}}-\d\d-\d\d)(?!\w)"
)
_AMOUNTS = tuple(
    re.compile(rf"{_START}(?:{pattern})")
    for pattern in (_BETWEEN, _BETWEEN_ELSEWHERE, _RANGE, _DURATION, _AMOUNT)
)
# What changes what it stands before: "not in May", "every second Friday", "at least 14".
_QUALIFIER = re.compile(
    r"\b(?:not|never|no longer|only|every|each|at least|at most|up to|"
    r"(?:no |not )?(?:more|less|fewer|later|earlier|longer) than|"
    r"(?!(?:family|reply|supply|assembly|anomaly|monopoly|apply|rely|daily|weekly|monthly|"
    r"yearly|early|likely|only)\b)[a-z]{4,}ly)\s+$"
)
# “May not be extended more than twice”, “for no more than two days”.
_MORE_THAN = re.compile(
    r"(?:more|less|fewer|later|earlier|longer|shorter|older|higher|lower) than\b|than\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|no)(?: be| been| have)?(?: [a-z]+)?(?: (?:for|by|to|in|at|on))? $",
    re.IGNORECASE,
)
_COMPARISON_LAST = re.compile(
    r"\b(?:(?:no|not|never) )?"
    r"(?:more|less|fewer|later|earlier|longer|shorter|older|higher|lower) $",
    re.IGNORECASE,
)
# “Allowed the appeal in part”.
_IN_PART = re.compile(
    r"\s(?:in part|in principle|partially|provisionally)\b"
    r"(?! (?:because|due|thanks|by|to|on|\d|[A-Z]))"
)
_BOTH = re.compile(r"\bbetween \S[^,;]* and ", re.IGNORECASE)
_QUALIFIER_CHARACTERS = 30
_FIGURE = re.compile(
    rf"\d|\b{_COUNT_WORD}\b|\b(?:hundred|thousand|million|billion|trillion)\b", re.IGNORECASE
)
_MINUS = re.compile(r"(?<!\w)-(?=[\d$€£])")
# Of a command: “use -scale”, “"--all"”; at the start of a line a dash is of a list.
_OPTION = re.compile(r"(?<=[ \t\"'(`\[])--?(?=[a-z])")
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"), ("«", "»"))
_CLOSING = ")]"  # ’ is an apostrophe, too
_EDGES = " \t\r\n,;:–—-"


def snap(text: str, answer: Span, sentence: Span) -> Span:
    """Move an answer's edges to sensible places.

    Args:
        text: What the spans are offsets into.
        answer: Not empty, inside `sentence`.
        sentence: What the result stays inside.

    Returns:
        A span that snaps to itself.
    """
    dates = [match.span() for match in _DATE.finditer(text, *sentence)]
    amounts = [match.span() for kind in _AMOUNTS for match in kind.finditer(text, *sentence)]
    while True:
        start, end = _trimmed(text, *_whole_words(text, answer, sentence))
        for low, high in dates:
            if max(start, low) < min(end, high):
                start, end = min(start, low), max(end, high)
        for low, high in amounts:
            if _FIGURE.search(text, max(start, low), min(end, high)):
                start, end = min(start, low), max(end, high)
        start = _qualified(text, start, end, sentence)
        if part := _IN_PART.match(text, end, sentence.end):
            end = part.end()
        snapped = Span(*_trimmed(text, *_balanced(text, start, end, sentence)))
        if snapped == answer:
            return answer
        answer = snapped


def _whole_words(text: str, answer: Span, sentence: Span) -> tuple[int, int]:
    start, end = answer
    while start > sentence.start and _in_word(text[start - 1]) and _in_word(text[start]):
        start -= 1
    while end < sentence.end and _in_word(text[end]) and _in_word(text[end - 1]):
        end += 1
    for dashes in (start - 2, start - 1):
        option = _OPTION.match(text, dashes) if dashes >= sentence.start else None
        if option is not None and option.end() == start:
            return option.start(), end
    return start, end


def _qualified(text: str, start: int, end: int, sentence: Span) -> int:
    """Take in a word right before that changes what the answer says, but before a name."""
    between = start - len("between ")
    if between >= sentence.start and _BOTH.match(text, between, end):
        return between
    if _MORE_THAN.match(text, start, end):
        if text.startswith("than", start):
            compared = _COMPARISON_LAST.search(text, max(sentence.start, start - 20), start)
            return compared.start() if compared else start
        denied = _DENIED.search(text, max(sentence.start, start - 50), start)
        return denied.start() if denied else start
    if text[start].isupper():
        return start
    first = max(sentence.start, start - _QUALIFIER_CHARACTERS)
    match = _QUALIFIER.search(text[first:start])
    return first + match.start() if match else start


def _in_word(character: str) -> bool:
    """Whether it is a letter, a digit, an accent of its own, or a line as in MAX_SIZE."""
    return (
        character.isalnum() or character == "_" or unicodedata.category(character).startswith("M")
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    kept = (_MINUS, _OPTION)
    while (
        end - start > 1
        and text[start] in _EDGES
        and not any(sign.match(text, start) for sign in kept)
    ):
        start += 1
    while end - start > 1 and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def _balanced(text: str, start: int, end: int, sentence: Span) -> tuple[int, int]:
    """Take in a closing bracket or quote that stands next, else leave the lone one out."""
    for opening, closing in _PAIRS:
        lone = text.count(opening, start, end) - text.count(closing, start, end)
        while lone > 0 and end < sentence.end and text[end] == closing:
            end, lone = end + 1, lone - 1
        while lone > 0 and end - start > 1 and text[start] == opening:
            start, lone = start + 1, lone - 1
        while lone < 0 and end - start > 1 and text[end - 1] == closing:
            end, lone = end - 1, lone + 1
        before = text.rfind(opening, sentence.start, start) > text.rfind(closing, 0, start)
        if lone < 0 and closing in _CLOSING and before:  # "1909), a history of glass"
            start = min(text.index(closing, start, end) + 1, end - 1)
    return start, end
