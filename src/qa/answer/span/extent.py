"""Decide how much of a passage the answer is: a sentence, a few, or a whole list.

Does not know words of the answer or how sure it is.
"""

import re
from collections.abc import Sequence

from qa.answer.signs.question import (
    asks_for_all,
    asks_for_number,
    asks_for_one,
    asks_for_sentence,
    asks_for_version,
)
from qa.answer.signs.values.kinds import has_number
from qa.answer.span.items import (
    MAX_LIST_CHARACTERS,
    goes_on,
    is_intro,
    is_line,
    is_marked,
    items_of,
    list_around,
    named_items,
)
from qa.index.passages.context import SEPARATOR
from qa.schema import Passage, Span
from qa.words import asked_stems, query_terms, stem, words

_COMMAND = re.compile(r"\b(?:command|code|query|formula|line|expression|script|call)\b", re.I)
# Words that go on with the sentence, behind a command that is written in it.
_GOES_ON = (
    r"(?:to|in|and|or|then|which|that|as|from|on|for|when|if|before|after|once|while|where)\b"
)
_RUN = re.compile(
    r"\b(?:use|run|type|enter|execute|call|issue|invoke|(?P<loose>using|running|with|via))\s+"
    r"(?P<command>(?!(?:the|an?|your|this|that|its?|our)\s)[^\s.,;:]\S*?(?:\s+\S+?){0,11}?)"
    rf"(?=\s+{_GOES_ON}|[,;:]\s|[.,;:]?\s*$)",
    re.IGNORECASE,
)
# “deployctl rollback web --to=previous --wait”: behind its name, up to the last of its options.
_OPTIONS = re.compile(
    rf"(?:(?:\s+(?!{_GOES_ON})[\w./:-]+){{0,3}}?\s+--?\w(?:[\w=.,/:-]*[\w/])?(?![\w-]))+"
)
_CODE = re.compile(r"^[$>#]|[=/\\(){}<>|_]|(?:^|\s)--?\w|^[a-z]")
_CASE = re.compile(r"\b(?:if|when|in case)\b(?P<case>[^,;.?:]+)", re.IGNORECASE)
_STEPS = re.compile(
    r"\b(?:steps?|procedure|instructions?)\b|(?:^|[,.;:])\W*how (?:do|can|should|to|must)\b",
    re.IGNORECASE,
)
_IN_STEPS = re.compile(
    r"\b(?:two|three|four|five|six|several|\d) ?-?(?:steps?|stages?|phases?)\b|\bas follows\b", re.I
)
_STEP = re.compile(
    r"\W*(?:(?:the|as a) )?(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth|fifth|next|then|"
    r"finally|last(?:ly)?|afterwards|after that|once (?:that|this))\b",
    re.IGNORECASE,
)
_BETWEEN_STEPS = 2
# What a question for steps has of its own, whatever they are for.
_OF_STEPS = frozenset(map(stem, "step steps procedure instructions follow take necessary".split()))
_NUMBERED = re.compile(r"(?:^|\n)[ \t]*\(?\d{1,3}[.)][ \t]+[^\n]*$")
_LONG_ITEM = 100  # characters
_MAX_SENTENCES = 5
_MAX_CHARACTERS = 700


def only_announces(question: str, passage: Passage, sentence: Span) -> bool:
    """Whether a sentence announces what follows, and does not give a number that is asked."""
    wants_figure = asks_for_number(question) or asks_for_version(question)
    gives_it = wants_figure and has_number(passage.slice(sentence))
    return is_intro(passage, sentence) and not gives_it


def is_code(question: str, passage: Passage, sentence: Span) -> bool:
    """Whether a command is asked for and a sentence is one: a line of its own, no prose."""
    text = passage.slice(sentence)
    prose = text.endswith((".", "!", "?", ":", ",", ";")) or not _CODE.search(text)
    return _COMMAND.search(question) is not None and not prose and is_line(passage, sentence)


def whole_command(question: str, passage: Passage, sentence: Span, answer: Span) -> Span:
    """Widen an answer to the command it is part of: "Run make check FAST=1 to test."."""
    if _COMMAND.search(question) is None:
        return answer
    code = _CODE.search(passage.slice(answer)) is not None
    for match in _RUN.finditer(passage.slice(sentence)):
        command = Span(*match.span("command")).shift(sentence.start)
        holds = command.start <= answer.start and answer.end <= command.end
        if holds and (code or not match["loose"]):
            answer = command
    end = answer.end - passage.start
    options = _OPTIONS.match(passage.text, end, sentence.end - passage.start)
    return Span(answer.start, options.end() + passage.start) if options and code else answer


def lists_other_steps(question: str, passage: Passage, answer: Span, above: str) -> bool:
    """Whether steps are asked for, and a list is introduced as being for something else.

    Args:
        question: As asked.
        passage: Where the answer stands.
        answer: A sentence, or a list with what announces it.
        above: The headings above it.
    """
    intro, _, items = passage.slice(answer).partition("\n")
    if not items.strip() or _STEPS.search(question) is None:
        return False
    asked = asked_stems(question) - _OF_STEPS
    title = passage.context.partition(SEPARATOR)[0]
    named = {stem(word) for word in words(f"{title} {passage.doc_id}")}
    if not named.issuperset(stem(word) for word in words(above)):
        asked -= named  # it says what all of the document is about, not what these steps are for
    return bool(asked) and asked.isdisjoint(stem(word) for word in words(f"{above} {intro}"))


def extent(question: str, passage: Passage, number: int, evidence: Sequence[float]) -> Span:
    """Return the part of a passage that answers, in document offsets.

    A question for a reason, a way or a list gets the neighbouring sentences that belong to the
    answer, too; an announcement gets the list it announces.

    Args:
        question: As asked.
        passage: Where.
        number: Of the sentence that answers best.
        evidence: For each sentence, the log-odds that it belongs to the answer.
    """
    sentences = passage.sentences
    chosen = sentences[number]
    announces = only_announces(question, passage, chosen)
    is_item = is_marked(passage, chosen) or is_line(passage, chosen)
    if not (announces or is_item or asks_for_all(question) or asks_for_sentence(question)):
        return chosen
    items = items_of(passage)
    first = last = number
    is_item = items[number] and not _is_of_that_case(question, passage.slice(chosen))
    named = named_items(question, passage, number, items) if is_item else []
    if named:
        together = named == list(range(named[0], named[-1] + 1))
        first, last = (named[0], named[-1]) if together else (number, number)
    elif announces or (is_item and _wants_list(question, passage, number, items)):
        first, last = list_around(passage, number, items)
    elif asks_for_sentence(question) and not items[number]:
        first, last = _run_around(passage, number, evidence)
        if _STEPS.search(question):
            last = max(last, _last_step(passage, number))
    return Span(sentences[first].start, sentences[last].end)


def _wants_list(question: str, passage: Passage, number: int, items: Sequence[bool]) -> bool:
    """Whether all of an item's list is wanted.

    Of paragraphs with a sign in front, which say too much to be one answer, only steps are.
    """
    first, last = list_around(passage, number, items)
    sentences = passage.sentences
    further = sum(goes_on(passage, each) for each in range(first + 1, last + 1))
    size = (sentences[last].end - sentences[first].start) / (last - first + 1 - further)
    numbered = _NUMBERED.search(passage.text[: sentences[last].start - passage.start])
    if further and size > _LONG_ITEM and not numbered and not _STEPS.search(question):
        return False
    return asks_for_all(question) or _is_of_whole_list(question, passage, number, items)


def _is_of_that_case(question: str, text: str) -> bool:
    """Whether a case is asked about, and an item is what to do in one, in the same words."""
    cases = [_CASE.search(question), _CASE.search(text)]
    asked, said = ({stem(w) for w in query_terms(c["case"])} if c else set() for c in cases)
    return bool(asked) and asked <= said


def _is_of_whole_list(question: str, passage: Passage, number: int, items: Sequence[bool]) -> bool:
    """Whether nothing tells an item from the rest of its list, whose heading has what is asked.

    Of "Never autoclave: bleach, solvents" both are what must never be put into the autoclave.
    """
    if asks_for_one(question):
        return False
    first, last = list_around(passage, number, items)
    head = passage.sentences[first]
    start = head.end if is_intro(passage, head) else head.start
    before = passage.text[: start - passage.start].rstrip()
    above = before.rpartition("\n")[2] or passage.context.rpartition(SEPARATOR)[2]
    asked = asked_stems(question)
    listed = passage.slice(Span(start, passage.sentences[last].end))
    return (
        last > first
        and not asked.isdisjoint(stem(word) for word in words(above))
        and asked.isdisjoint(stem(word) for word in words(listed))
    )


def _last_step(passage: Passage, number: int) -> int:
    """Find the last step that prose tells: “It takes two steps. The first is … Then …”."""
    sentences, last = passage.sentences, number
    if not (_IN_STEPS.search(passage.slice(sentences[number])) or _is_step(passage, number)):
        return number
    for other in range(number + 1, len(sentences)):
        length = sentences[other].end - sentences[number].start
        if other - last > _BETWEEN_STEPS or length > MAX_LIST_CHARACTERS:
            break
        if _is_step(passage, other):
            last = other
    return last


def _is_step(passage: Passage, number: int) -> bool:
    return _STEP.match(passage.slice(passage.sentences[number])) is not None


def _run_around(passage: Passage, number: int, evidence: Sequence[float]) -> tuple[int, int]:
    """Take in neighbours of the same paragraph that more likely than not belong to it."""
    sentences = passage.sentences
    first = last = number

    def fits(low: int, high: int) -> bool:
        between = passage.slice(Span(sentences[low].start, sentences[high].end))
        return (
            high - low < _MAX_SENTENCES
            and len(between) <= _MAX_CHARACTERS
            and "\n\n" not in between
        )

    while last + 1 < len(sentences) and evidence[last + 1] > 0 and fits(first, last + 1):
        last += 1
    while first > 0 and evidence[first - 1] > 0 and fits(first - 1, last):
        first -= 1
    return first, last
