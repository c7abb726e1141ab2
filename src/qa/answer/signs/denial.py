"""Tell whether a text denies what a question takes for granted: “not covered”, “nearly hit”.

Knows English words. A question that has a denial of its own, or wants a yes or no, is left alone.
"""

import re

from qa.answer.signs.binding import part_around
from qa.answer.signs.question import asks_for_sentence
from qa.schema import Span
from qa.words import asked_stems, stem, words

_DENIED = re.compile(
    r"\b(?:not|never|no longer|nearly|almost|cannot|\w+n['’]t)\s+"
    r"(?:(?:yet|be|been|currently|usually|normally|also|\w+ly)\s+){0,2}(?P<act>[a-z]{3,})\b"
    r"(?!.*\b(?:until|till|before|unless|except|but|only|than|more|less)\b)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:not|never|no|nobody|none|nothing|without|except|besides|other than|nearly|almost|"
    r"cannot|\w+n['’]t)\b",
    re.IGNORECASE,
)


def denies(question: str, text: str, answer: Span, above: str) -> bool:
    """Whether what answers is said not to be so, in its part of a sentence or by its heading.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence.
        above: The headings above it.
    """
    if _OWN.search(question) or asks_for_sentence(question):
        return False
    part = part_around(text, answer.start)
    asked = asked_stems(question)
    acts = {stem(match["act"].lower()) for match in _DENIED.finditer(part)} & asked
    rest = {stem(word) for word in words(_DENIED.sub(" ", part))}
    if acts - rest:
        return True
    denied = {stem(match["act"].lower()) for match in _DENIED.finditer(above)} & asked
    return bool(denied) and denied.isdisjoint(stem(word) for word in words(text))
