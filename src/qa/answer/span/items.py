"""Find the lists of a passage: which of its sentences are items, and which of these are meant.

Does not know what an answer is.
"""

import re
from collections.abc import Sequence

from qa.answer.signs.question import asks_for_all, asks_for_several, question_names
from qa.answer.signs.tables.cells import cells
from qa.schema import Passage, RowAnswer, Span
from qa.words import stem, words

_ITEM = re.compile(r"[ \t>]*(?:[-*+•‣◦▪·–☐☑☒]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)])[ \t]+$")
_LINE_CHARACTERS = 200
MAX_LIST_CHARACTERS = 2_000


def is_intro(passage: Passage, sentence: Span) -> bool:
    """Whether a sentence only announces what follows; alone it answers nothing."""
    return passage.slice(sentence).rstrip().endswith((":", "："))


def list_around(passage: Passage, number: int, items: Sequence[bool]) -> tuple[int, int]:
    """Take in the items around a sentence, and what announces them."""
    sentences = passage.sentences
    first = last = number
    while first > 0 and items[first]:
        first -= 1
    if not is_intro(passage, sentences[first]) and not items[first]:
        first += 1
    while last + 1 < len(sentences) and items[last + 1]:
        if sentences[last + 1].end - sentences[first].start > MAX_LIST_CHARACTERS:
            break
        last += 1
    return min(first, number), last


def items_of(passage: Passage) -> list[bool]:
    """Say which sentences are items of a list: marked as such, or short lines in a row.

    What goes on on the same line as an item is of that item: “3. Unpack it. Keep the folder.”
    """
    lines = [is_line(passage, sentence) for sentence in passage.sentences]
    marked = [is_marked(passage, sentence) for sentence in passage.sentences]
    found: list[bool] = []
    announced = False
    for number, sentence in enumerate(passage.sentences):
        joined = any(
            lines[number] and lines[other] and _follows(passage, *sorted((number, other)))
            for other in (number - 1, number + 1)
            if 0 <= other < len(lines)
        )
        ends = passage.slice(sentence).endswith((".", "!", "?"))
        below = marked[number - 1 : number] + marked[number + 1 : number + 2] == [True, True]
        further = number > 0 and found[-1] and goes_on(passage, number)
        item = (
            marked[number]
            or further
            or (joined and (announced or not ends))
            or (below and lines[number])
        )
        announced = is_intro(passage, sentence) or (item and announced)
        found.append(item and not is_intro(passage, sentence))
    return found


def goes_on(passage: Passage, number: int) -> bool:
    """Whether a sentence stands on the same line as the one before."""
    before, own = passage.sentences[number - 1], passage.sentences[number]
    return "\n" not in passage.slice(Span(before.end, own.start))


def named_items(question: str, passage: Passage, number: int, items: Sequence[bool]) -> list[int]:
    """Find the items of a list that have the question's names, where several may be wanted.

    “What does Maria have to do?”: those of Maria. Nothing if all have them, or the item itself not.

    Args:
        question: As asked.
        passage: Where.
        number: Of an item in it, or of a line among others.
        items: Which sentences are items.
    """
    if not (asks_for_all(question) or asks_for_several(question)):
        return []
    names = {stem(word) for name in question_names(question) for word in words(name)}
    first, last = list_around(passage, number, items)
    listed = [each for each in range(first, last + 1) if items[each]]
    listed = listed if items[number] else _lines_around(passage, number)
    shared = {
        each: len(names & {stem(word) for word in words(passage.slice(passage.sentences[each]))})
        for each in listed
    }
    most = max(shared.values(), default=0)
    named = [each for each in listed if most and shared[each] == most]
    return named if number in named and len(named) < len(listed) else []


def items_apart(question: str, passage: Passage, number: int) -> tuple[RowAnswer, ...]:
    """Return the items that are meant together but do not stand together; empty if they do."""
    if not (asks_for_all(question) or asks_for_several(question)):
        return ()
    named = named_items(question, passage, number, items_of(passage))
    if not named or named == list(range(named[0], named[-1] + 1)):
        return ()
    spans = [passage.sentences[each] for each in named]
    return tuple(RowAnswer(span, span) for span in spans)


def _lines_around(passage: Passage, number: int) -> list[int]:
    """List the sentences around one that are lines of their own, with nothing between them."""
    sentences = passage.sentences
    if not is_line(passage, sentences[number]):
        return []
    first = last = number
    while first and is_line(passage, sentences[first - 1]) and _follows(passage, first - 1, first):
        first -= 1
    while (
        last + 1 < len(sentences)
        and is_line(passage, sentences[last + 1])
        and _follows(passage, last, last + 1)
    ):
        last += 1
    return list(range(first, last + 1))


def is_marked(passage: Passage, sentence: Span) -> bool:
    """Whether a sentence begins behind an item's sign: “- ”, “3. ”, “(a) ”."""
    before = passage.text[: sentence.start - passage.start]
    return _ITEM.match(before[before.rfind("\n") + 1 :]) is not None


def is_line(passage: Passage, sentence: Span) -> bool:
    """Whether a sentence is a line of its own, short, and no row of a table or form."""
    start, end = sentence.shift(-passage.start)
    text = passage.text
    return (
        end - start <= _LINE_CHARACTERS
        and not text[:start].rpartition("\n")[2].strip()
        and not text[end:].partition("\n")[0].strip()
        and not cells(text[start:end])
    )


def _follows(passage: Passage, first: int, second: int) -> bool:
    """Whether a sentence stands on the line after another's."""
    one, two = passage.sentences[first], passage.sentences[second]
    gap = passage.slice(Span(one.end, two.start))
    return gap.count("\n") == 1 and not gap.strip()
