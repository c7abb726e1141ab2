"""Answer each part of a question that asks several things, and name the part without an answer.

    “When does it begin and how long does it run?”      two questions
    “How much are the rent and the deposit?”            one, asked of two things

Two things are asked of apart only where what answers is not about both. Does not know the command
line, the browser or JSON.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from qa.answer.parts import together, unsure
from qa.answer.pipeline import Answerer
from qa.answer.signs.values.times import YEAR
from qa.converse.asked import take_apart
from qa.converse.ellipsis import agreeing
from qa.converse.exchange import Exchange, exchange_of_answer
from qa.converse.phrases import QUESTION_WORDS, Phrase, is_plural, phrases
from qa.converse.resolve import understand
from qa.schema import Answer
from qa.words import content_stems, stem, words

_MOST = 4  # parts
_ASKS = (
    r"(?:(?:in|at|on|to|from|for|by|with|of|since|until|under) )?"
    rf"(?:{'|'.join(sorted(QUESTION_WORDS))})\b"
)
_SENTENCE = re.compile(r"[^?]*\?")
_AND_ASKS = re.compile(rf",? and (?:also )?(?={_ASKS})", re.IGNORECASE)
_TWO_WORDS = re.compile(rf"(?P<one>{_ASKS}) and (?P<other>{_ASKS}) (?P<rest>.+)", re.IGNORECASE)
# With one of these, “and” holds together what belongs together.
_TOGETHER = re.compile(
    r"\b(?:between|both|from|together|each other|common|relations?|link|same|total|sum)\b", re.I
)
_DIFFERENCE = re.compile(
    r"(?:(?:what(?:(?: is|’s|'s| are| was| were) the)? )?(?:main )?differences?"
    r"(?: in (?P<measure>[\w -]+?))? between|compare|how do(?:es)?(?=.+ differ)) "
    r"(?P<one>.+?) (?:and|to|with|from) (?P<other>.+?)(?: differ)?",
    re.IGNORECASE,
)
# “The warranty of Ash and Bay”, “costs in Basic and Premium”: what is compared, and by what; not
# “the Bank of England and Barclays”, nor “a letter of credit and a guarantee”.
_COMPARED = re.compile(
    r"(?P<measure>(?P<the>the )?(?:[a-z][\w-]* )+(?:of|in|for|at|by|from|with|on|under)) "
    r"(?P<one>(?:the )?\S+(?: \S+){0,2})"
)
_ALIKE_NAMED = re.compile(r"(?:the )?[A-Z\d]")
_PREPOSITION = r"\b(?:of|in|for|at|by|from|to|with|on) "
_ARTICLE = r"\b(?:the|an?) "
_DETERMINED = re.compile(r"(?:the(?! \d)|an?|our|my|your|their|its|his|her)\b", re.IGNORECASE)
_IN_FRONT = re.compile(rf"(?P<preposition>{_PREPOSITION})?(?:{_ARTICLE})?", re.IGNORECASE)
_COUNTED = re.compile(r"(?:how|what|which|when)\b", re.IGNORECASE)


class _Pair(NamedTuple):
    """A question asked of two things: of each by itself, what they are, whether by some measure."""

    questions: tuple[str, str]
    things: tuple[str, str]
    compared: bool = False


def answered(answerer: Answerer, question: str, only: Collection[str] | None = None) -> Answer:
    """Answer a question: as a whole, or each of its parts.

    Args:
        answerer: Answers.
        question: Complete.
        only: Ids of the documents to look in; None for all.

    Raises:
        QAError: As `Answerer.ask`.
    """
    several = asked_in_turn(question)
    if several:
        return _together(question, list(_in_turn(answerer, several, only)))
    whole = answerer.ask(question, only=only)
    pair = asked_of_two(question)
    if pair is None or whole.choices or whole.computed:
        return whole
    is_about_both = is_about(whole, pair.things)
    counted = pair.compared or _COUNTED.match(question) is not None
    if is_about_both and not (counted and _is_short(whole)):
        return whole
    near = whole.citations[0].doc_id if whole.citations else ""
    parts = [
        _kept_if_about(asked_near(answerer, part, only, near), thing)
        for part, thing in zip(pair.questions, pair.things, strict=True)
    ]
    if is_about_both:  # of each its own figure, or it is said already
        said = {part.answer for part in parts if part.answered}
        return (
            _together(question, parts) if len(said) > 1 and said.isdisjoint(pair.things) else whole
        )
    return _together(question, parts) if any(part.answered for part in parts) else whole


def asked_near(
    answerer: Answerer, question: str, only: Collection[str] | None, near: str
) -> Answer:
    """Ask a question; where several documents would answer, the one that is talked about.

    Args:
        answerer: Answers.
        question: Complete.
        only: Ids of the documents to look in; None for all.
        near: Id of the document that is talked about; empty for none.
    """
    answer = answerer.ask(question, only=only)
    if any(choice.doc_id == near for choice in answer.choices):
        return answerer.ask(question, only=[near])
    return answer


def asked_in_turn(question: str) -> list[str]:
    """Cut a question that asks several things in turn; empty if it asks one."""
    said = " ".join(question.split())
    sentences = [found.strip() for found in _SENTENCE.findall(said)]
    if said.endswith("?") and 1 < len(sentences) <= _MOST and all(map(_is_question, sentences)):
        return sentences
    said = said.rstrip("?.! ")
    both = _TWO_WORDS.fullmatch(said)
    if both and both["one"].lower() != both["other"].lower():
        return [_sentence(f"{both[word]} {both['rest']}") for word in ("one", "other")]
    pieces = _AND_ASKS.split(said)
    first = pieces[0]
    relative = len(re.findall(_ASKS, first, re.IGNORECASE)) > 1  # “the man who … and who …”
    if not 1 < len(pieces) <= _MOST or relative or not _is_question(first):
        return []
    return [] if _TOGETHER.search(first) else [_sentence(piece) for piece in pieces]


def _is_question(text: str) -> bool:
    return take_apart(text) is not None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('?.! ')}?"


def _in_turn(
    answerer: Answerer, several: Sequence[str], only: Collection[str] | None
) -> Iterator[Answer]:
    """Ask questions one after the other; each may mean what those before it said."""
    earlier: list[Exchange] = []
    for part in several:
        near = earlier[-1].doc_id if earlier else ""
        answer = asked_near(answerer, understand(part, earlier).question, only, near)
        earlier.append(exchange_of_answer(answer))
        yield answer


def asked_of_two(question: str) -> _Pair | None:
    """Take apart a question about two things joined by “and”; None if it is not one."""
    said = " ".join(question.split()).rstrip("?.! ")
    if found := _DIFFERENCE.fullmatch(said):
        return _compared(found["measure"] or "", found["one"], found["other"])
    if _TOGETHER.search(said):
        return None
    for match in re.finditer(r" and ", said):
        left, right = said[: match.start()], said[match.end() :]
        one = next((p for p in reversed(phrases(left)) if p.end == len(left)), None)
        other = next(iter(phrases(right)), None)
        front = _IN_FRONT.match(right)
        if one is None or other is None or front is None or not _are_alike(one, other):
            continue
        if other.start not in (0, front.end()):
            continue
        alone = agreeing(left[: one.start], one.text) + one.text + right[other.end :]
        of_one = (
            rf"(?:{_PREPOSITION})?(?:{_ARTICLE})?$" if front["preposition"] else f"(?:{_ARTICLE})?$"
        )
        before = (
            re.sub(of_one, "", left[: one.start], flags=re.I) if front.end() else left[: one.start]
        )
        questions = _sentence(alone), _sentence(agreeing(before, other.text) + right)
        return _Pair(questions, (one.text, other.text))
    return None


def _compared(measure: str, one: str, other: str) -> _Pair:
    """Ask what each of two things is, or what a measure of each is."""
    one = one.removesuffix(" differ")
    if measure:
        measure = f"{measure} {'in' if YEAR.fullmatch(one) else 'of'}"
    elif (found := _COMPARED.fullmatch(one)) and not _DETERMINED.match(other):
        are_named = all(map(_ALIKE_NAMED.match, (found["one"], other)))
        if are_named or (found["the"] and not _DETERMINED.match(found["one"])):
            measure, one = found["measure"], found["one"]
    if not measure:
        return _Pair((_what_is(one), _what_is(other)), (one, other))
    named = measure if _DETERMINED.match(measure) else f"the {measure}"
    noun = named.rpartition(" ")[0]
    be = "are" if is_plural(noun) else "is"
    questions = f"What {be} {named} {one}?", f"What {be} {named} {other}?"
    return _Pair(questions, (one, other), compared=True)


def _are_alike(one: Phrase, other: Phrase) -> bool:
    """Whether two phrases are things of a kind that can be asked of apart."""
    if one.kind != other.kind:
        return False
    return one.kind != "thing" or not any(c.isdigit() for c in one.text + other.text)


def _what_is(thing: str) -> str:
    return f"What {'are' if is_plural(thing) else 'is'} {thing}?"


def _is_short(answer: Answer) -> bool:
    """Whether less than a sentence answers."""
    return answer.answered and answer.answer != answer.citations[0].quote


def is_about(answer: Answer, things: Sequence[str]) -> bool:
    """Whether what answers names all of several things."""
    said = " ".join(
        f"{one.quote} {one.heading} {one.title} {' '.join(one.table.header) if one.table else ''}"
        for one in answer.citations
    )
    known = {stem(word) for word in words(said)}
    return answer.answered and all(content_stems(thing) <= known for thing in things)


def _kept_if_about(part: Answer, thing: str) -> Answer:
    """Return an answer as one that is not sure if it names another thing than was asked of."""
    return part if is_about(part, [thing]) else unsure(part)


def _together(question: str, parts: Sequence[Answer]) -> Answer:
    """Make one answer of those to the parts of a question; the first that was found leads."""
    given = [part for part in parts if part.answered] or list(parts)
    return together(question, parts, given[0], min(part.confidence for part in given))
