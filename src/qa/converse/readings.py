"""Ask what a turn means after others; where rules alone cannot tell, the documents decide.

"And the Max?" may stand for any thing of the question before, and "what's the budget?" may be about
what was talked about. What answers "and the Max?" must be about the Max, or be news.
"""

import re
from collections.abc import Collection, Sequence

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.answer.parts import unsure
from qa.answer.pipeline import Answerer
from qa.answer.signs.tables.cells import cells
from qa.converse.asked import take_apart
from qa.converse.ellipsis import fragment_of
from qa.converse.exchange import Exchange, Understood
from qa.converse.parts import answered, is_about
from qa.converse.phrases import Phrase, is_plural, names, phrases, times
from qa.languages import language_of
from qa.schema import Answer
from qa.words import content_stems, stem, words

_MOST_READINGS = 3
_MOST_WORDS = 10  # of a turn that may lean on what was said
_MOST_THINGS = 3
_LEADS = re.compile(r"^(?:for|with|of|in|at|on|to|by)\s+", re.IGNORECASE)
_DETERMINED = re.compile(r"(?:the|an?|my|our|your|his|her|its|their|this|that)\b", re.IGNORECASE)
_ARTICLE_LAST = re.compile(r"\b(?:the|an?|my|our|your) $", re.IGNORECASE)
_TOPIC = re.compile(r"\(([^()]+)\)\W*$")
_BESIDE = 250  # characters
_SURE = 0.6  # a question that says little by itself finds something anywhere
_HOW_MUCH = re.compile(r"\W*(?:and )?how (?:much|many|long|often|old|big|far)\b", re.IGNORECASE)
# “And in Leeds?” is in place of another place, and “and Café Ash?” asks nothing by itself.
_NAME = re.compile(r"[A-ZÀ-Ý][\w’'-]*(?: (?:(?:of|de|the) )?[A-ZÀ-Ý\d][\w’'-]*)*")
_PLACE = re.compile(rf"(?:in|at|from) (?:the )?{_NAME.pattern}")
_SAYS_NOTHING = frozenset(map(stem, "do done happen mean much many one most least exactly".split()))
_AND_FIRST = re.compile(r"^\W*(?:and|but|so)\b[ ,]*", re.IGNORECASE)
_MERE = frozenset("it that this one ones they them these those he she there then".split())


def asked(
    answerer: Answerer,
    question: str,
    meant: Understood,
    earlier: Sequence[Exchange],
    only: Collection[str] | None,
) -> tuple[Understood, Answer]:
    """Answer a turn by the reading of it that the documents answer.

    Args:
        answerer: Answers.
        question: As typed.
        meant: What the rules take it for.
        earlier: What was said before, the last exchange last.
        only: Ids of the documents to look in; None for all.

    Returns:
        The reading, and its answer.

    Raises:
        QAError: As `Answerer.ask`.
    """
    answer = answered(answerer, meant.question, [meant.doc_id] if meant.doc_id else only)
    talked = [exchange for exchange in earlier if exchange.question.strip()]
    if not talked or meant.doc_id or answer.choices or language_of(question):
        return meant, answer
    if meant.step == "follow_up" and (core := fragment_of(question)):
        return _of_fragment(answerer, core, (meant, answer), talked, only)
    if meant.step == "alone":
        goes_on = _leans(question)
    else:
        goes_on = not answer.answered and len(words(question)) <= _MOST_WORDS
    if not goes_on:
        return meant, answer
    last = _talked_of(talked)
    if last is None or not last.doc_id or (only is not None and last.doc_id not in only):
        return meant, answer
    if _says_something(question) and (reading := _about_the_topic(question, last)):
        other = answerer.ask(reading, only=[last.doc_id])
        if _names_what_is_asked(other, question) and (
            not answer.answered or _is_nearer(other, answer, question, last)
        ):
            return Understood(reading, "follow_up"), other
    if not answer.answered:
        beside = answerer.ask(question, only=[last.doc_id])
        if beside.confidence >= _SURE and _stands_beside(answerer, beside, last):
            return Understood(question), beside
    return meant, answer


def _of_fragment(
    answerer: Answerer,
    core: str,
    first: tuple[Understood, Answer],
    earlier: Sequence[Exchange],
    only: Collection[str] | None,
) -> tuple[Understood, Answer]:
    """Choose what “and X?” stands for: what is answered of X, else what is no repetition."""
    answer = first[1]
    things = [core] if content_stems(core) and not times(core) else []
    head = answer.answered and _has_head(answer, core)  # “the hostel”, of the youth hostel
    if answer.computed or is_about(answer, things) or head:
        return first
    if _PLACE.fullmatch(core) or re.search(rf"\b(?:in|at) {re.escape(core)}\b", first[0].question):
        return first[0], unsure(answer)  # in place of another place: it is plain what is meant
    readings = _in_place_of_each(core, earlier[-1].question)
    last = None if _NAME.fullmatch(core) else _talked_of(earlier)
    if last and (reading := _about_the_topic(core, last)):
        readings.append(reading)
    others = [
        (Understood(reading, "follow_up"), answerer.ask(reading, only=only))
        for reading in readings[:_MOST_READINGS]
        if reading != first[0].question and len(reading) <= MAX_QUESTION_CHARACTERS
    ]
    fitting = [one for one in others if is_about(one[1], things)]
    if fitting:
        return max(fitting, key=lambda one: one[1].confidence)
    repeats = answer.answered and answer.citations[0].quote == earlier[-1].quote
    return (first[0], unsure(answer)) if repeats else first


def _has_head(answer: Answer, core: str) -> bool:
    """Whether what answers has the last word of a thing that a fragment names."""
    head = words(core)[-1:]
    quote = {stem(word) for word in words(answer.citations[0].quote)}
    return bool(head) and not core[:1].isupper() and stem(head[0]) in quote


def _leans(question: str) -> bool:
    """Whether a turn names nothing, so that it may be about what was talked about."""
    said = question.strip()
    if len(said.split()) > _MOST_WORDS or any(c.isdigit() for c in said):
        return False
    return not names(f"{said[:1].lower()}{said[1:]}")


def _says_something(question: str) -> bool:
    """Whether a turn has words to find anything by: not “by when?”, nor “who will do that?”."""
    return bool(content_stems(question) - _SAYS_NOTHING) or bool(_HOW_MUCH.match(question))


def _is_nearer(other: Answer, answer: Answer, question: str, last: Exchange) -> bool:
    """Whether an answer is of what was talked about, its document or row, and another is not.

    It must hold as many of the turn's words, else the turn is about something new.
    """
    one, two = other.citations[0], answer.citations[0]
    if one.doc_id != last.doc_id or one.quote == two.quote:
        return False
    own = content_stems(question)
    held = [len(own & {stem(w) for w in words(f"{c.quote} {c.heading}")}) for c in (one, two)]
    return held[0] >= held[1] and (two.doc_id != last.doc_id or len(cells(last.quote)) > 1)


def _talked_of(earlier: Sequence[Exchange]) -> Exchange | None:
    """Return what was answered last; None where something else was asked since, without answer."""
    for exchange in reversed(earlier):
        if exchange.answer:
            return exchange
        if not _leans(exchange.question):
            return None
    return None


def _names_what_is_asked(answer: Answer, question: str) -> bool:
    """Whether what answers has the things that a turn names: “the director”."""
    things = [
        phrase.text
        for phrase in phrases(question)
        if phrase.kind == "thing"
        and question[: phrase.start].lower().endswith(("the ", "his ", "her ", "its ", "their "))
    ]
    return answer.answered and is_about(answer, things)


def _stands_beside(answerer: Answerer, answer: Answer, last: Exchange) -> bool:
    """Whether what answers is what was cited before, or stands next to it."""
    parsed = answerer.index.store.parsed(last.doc_id)
    at = parsed.document.text.find(last.quote) if parsed and last.quote else -1
    if at < 0 or not answer.answered:
        return False
    cited = answer.citations[0]
    return at - _BESIDE <= cited.start and cited.end <= at + len(last.quote) + _BESIDE


def _in_place_of_each(core: str, before: str) -> list[str]:
    """Put a fragment in place of each thing or name of the question before."""
    said = _LEADS.sub("", core).strip()
    if not said:
        return []
    parts = take_apart(before)
    found = []
    for old in phrases(_TOPIC.sub("", before)):
        if old.kind == "time" or (parts and parts.noun and old.text in parts.noun):
            continue
        front = before[: old.start]
        if front.lower().endswith("how "):  # “how loud”
            continue
        if _DETERMINED.match(said) or said[0].isupper() or is_plural(said):
            front = _ARTICLE_LAST.sub("", front)
        put = f"{front}{said}{before[old.end :]}"
        found.append(f"{put[:1].upper()}{put[1:]}")
    return found[::-1]


def _about_the_topic(question: str, last: Exchange) -> str:
    """Ask a question of what was talked about; empty if it names that, or gets too long."""
    about = _topic(last)
    question = _AND_FIRST.sub("", question)
    own = {stem(word) for word in words(question)}
    if not about or {stem(word) for word in words(about)} <= own:
        return ""
    said = question.strip().rstrip("?.! ")
    reading = f"{said[:1].upper()}{said[1:]} ({about})?"
    return reading if len(reading) <= MAX_QUESTION_CHARACTERS else ""


def _topic(last: Exchange) -> str:
    """Say what was talked about: the row that answered, or the things that were asked about."""
    row = cells(last.quote)
    if len(row) > 1:
        return last.quote[slice(*row[0].value)]
    if said := _TOPIC.search(last.question):
        return said[1]
    parts = take_apart(last.question)
    noun = parts.noun if parts else ""
    things = [phrase for phrase in phrases(last.question) if _tells(phrase, noun)]
    return ", ".join(phrase.text for phrase in things[:_MOST_THINGS])


def _tells(phrase: Phrase, noun: str) -> bool:
    return (
        phrase.kind != "time"
        and phrase.text not in noun
        and re.split("[’' ]", phrase.text.lower())[0] not in _MERE
        and any(c.isalpha() for c in phrase.text)
    )
