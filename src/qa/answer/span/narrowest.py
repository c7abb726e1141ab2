"""Of several ranges that hold an amount of a question find the narrowest: “under 3s swim free”.

What “under 16s” pay is not what a child of 2 pays then. Only where the narrower one says what is
asked for, of the same thing. Does not know the network.
"""

import re

from qa.answer.signs.binding import small_part_around, small_parts
from qa.answer.signs.question import asks_for_number
from qa.answer.signs.values.kinds import has_asked_type
from qa.answer.signs.values.ranges import holds_amount, of_wider_range, only_limits
from qa.schema import Passage, Span
from qa.words import asked_stems, stem, words

_AS_MUCH = re.compile(r"\b(?:whole|full|half|all|none|nothing|free)\b", re.IGNORECASE)
_MOST_PARTS = 12


def narrowest_part(question: str, text: str) -> Span | None:
    """Find the part of a sentence for an amount, where several hold it: below 95, not below 99.

    Returns:
        Its span; None if no number is asked for or no one part is the narrowest.
    """
    if not asks_for_number(question):
        return None
    cut = small_parts(text)
    holding = [span for span in cut if holds_amount(question, text[slice(*span)])]
    if not 1 < len(holding) <= _MOST_PARTS:
        return None
    said = [text[slice(*span)] for span in holding]
    narrow = [
        span
        for span, own in zip(holding, said, strict=True)
        if not any(_is_narrower(question, own, other) for other in said)
    ]
    return narrow[0] if len(narrow) == 1 else None


def is_of_wider_range(question: str, passage: Passage, sentence: Span, answer: Span) -> bool:
    """Whether a part of the sentence, or the sentence right beside it, is of a narrower range.

    Args:
        question: As asked.
        passage: Where the sentence stands.
        sentence: In document offsets.
        answer: The words that would answer, in the sentence.
    """
    if not asks_for_number(question) or not holds_amount(question, passage.slice(sentence)):
        return False
    text, beside = passage.slice(sentence), passage.sentences
    at = next((n for n, each in enumerate(beside) if each.start >= sentence.start), 0)
    others = [text[slice(*each)] for each in small_parts(text)[:_MOST_PARTS]]
    others += map(passage.slice, (*beside[max(0, at - 1) : at], *beside[at + 1 : at + 2]))
    own = small_part_around(text, answer.start)
    return any(_is_narrower(question, own, other) for other in others)


def _is_narrower(question: str, text: str, other: str) -> bool:
    """Whether another text tells what is asked for of a narrower range, and of the same thing."""
    if not of_wider_range(question, text, [other]):
        return False
    asked = asked_stems(question)
    own, its = ({stem(word) for word in words(each)} & asked for each in (text, other))
    tells = has_asked_type(question, other) and not only_limits(other, other)
    return own <= its and (tells or _AS_MUCH.search(other) is not None)
