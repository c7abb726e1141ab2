"""Tell whether a text denies what a question takes for granted: “not covered”, “nearly hit”.

So does what left to who is new, what opens to when it closes, what was long ago to when it will be.
Knows English words. A question that has a denial of its own, or wants a yes or no, is left alone.
"""

import re

from qa.answer.signs.binding import part_around
from qa.answer.signs.question import asks_for_sentence
from qa.schema import Span
from qa.words import asked_stems, stem, words

_DENIED = re.compile(
    r"(?<!\bif )(?<!\bmay )(?<!\bmust )\b(?:not|never|no longer|\w+n['’]t|"
    r"(?:(?<=was )|(?<=were )|(?<=been )|(?<=got ))(?:nearly|almost))\s+"
    r"(?:(?:yet|be|been|currently|usually|normally|also|\w+ly)\s+){0,2}(?P<act>[a-z]{3,})\b"
    r"(?!.{0,120}\b(?:until|till|before|unless|except|but|only|than|more|less|any|anything)\b)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:not|never|no|nobody|none|nothing|without|except|besides|other than|nearly|almost|"
    r"cannot|\w+n['’]t)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"^\W*who(?:['’]s| is| are| was| became) (?:the|our|your|their|its) new \w+", re.IGNORECASE
)
_LEAVES = re.compile(
    r"\b(?:retire[ds]?|resign(?:s|ed)?|step(?:s|ped) down|stands? down|stood down|former|outgoing|"
    r"leaves|left|leaving)\b",
    re.IGNORECASE,
)
_COMES = re.compile(
    r"\b(?:new|succe\w+|replac\w+|follow\w*|join\w*|appoint\w+|takes? over|took over|elect\w+|"
    r"named|bec[ao]m\w+|hire[ds]?|start\w*|beg[aiu]n\w*)\b",
    re.IGNORECASE,
)
_WHEN_OVER = re.compile(
    r"^\W*when (?:do|does|did|will|must|should)\b.*\b(?:close|end|finish|stop|expire)\b(?! of\b)",
    re.IGNORECASE,
)
_WHEN_BEGUN = re.compile(
    r"\bwhen\b.*\b(?:opens?|opened|starts?|started|begins?|began)\b", re.IGNORECASE
)
_BEGINS = re.compile(r"\b(?:opens?|opened|starts?|started|begins?|began|from)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"\b(?:clos\w+|end\w*|finish\w*|until|till|to|stop\w*|expir\w*|through|last\w*)\b|[-–—]",
    re.IGNORECASE,
)
_IS_OVER = re.compile(r"\b(?:closes|ends|finishes)\b(?!.*\b(?:until|reopens?)\b)", re.I)
_WHO_BEFORE = re.compile(r"^\W*who\b.*\b(?:before|predecessor|preceded)\b", re.I | re.DOTALL)
_WHO_AFTER = re.compile(r"^\W*who\b.*\b(?:after|successor|succeeded)\b", re.I | re.DOTALL)
_IS_AFTER = re.compile(
    r"\b(?:successor|(?:succeeded|followed|replaced) by|after (?:him|her|them))\b", re.IGNORECASE
)
_IS_BEFORE = re.compile(r"\b(?:predecessor|preceded by|before (?:him|her|them))\b", re.IGNORECASE)
_LEAD_CHARACTERS = 40
_TO_COME = re.compile(r"^\W*when (?:will|shall)\b", re.IGNORECASE)
_PAST = re.compile(r"\bago\b", re.IGNORECASE)


def of_other_end(question: str, text: str, answer: Span) -> bool:
    """Whether a text tells of the start where the end is asked for, who left where who is new.

    Args:
        question: As asked.
        text: The sentence.
        answer: Its place in the sentence; what is said in its part counts.
    """
    part = part_around(text, answer.start)
    if _TO_COME.search(question) and _PAST.search(part):
        return True
    if _NEW.search(question) and _LEAVES.search(part) and not _COMES.search(part):
        return True
    led = text[max(0, answer.start - _LEAD_CHARACTERS) : answer.start]  # “her successor was …”
    if _WHO_BEFORE.search(question) and _IS_AFTER.search(led):
        return True
    if _WHO_AFTER.search(question) and _IS_BEFORE.search(led):
        return True
    begun = _WHEN_BEGUN.search(question) is not None
    if _WHEN_OVER.search(question) and not begun:
        return _BEGINS.search(part) is not None and not _ENDS.search(part)
    return begun and _IS_OVER.search(part) is not None and not _BEGINS.search(part)


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
