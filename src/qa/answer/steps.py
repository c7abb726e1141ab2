"""Answer a question in steps: first which thing it describes, then what it asks of that.

    “Who leads the squad that runs search?”    “The Dipper squad runs search.”
                                               “The Dipper squad is led by Kwabena Lisle.”

Every step is an answer with a citation of its own. Does not know the index.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from qa.answer.described import Described, descriptions
from qa.answer.parts import together
from qa.answer.signs.subjects import said_beside
from qa.schema import Answer, Citation, RetrievedPassage
from qa.words import content_stems, words

_HOW = re.compile(r"\bhow \w+", re.IGNORECASE)
_WHO = re.compile(r"\W*(?:(?:to|from|for|by|with|of) )?who(?:m|se)?\b", re.IGNORECASE)
_MOST_STEPS = 3
_TRIED = 2  # descriptions of a question
_MOST_WORDS = 6  # of a name
_LEFT_OUT = 3  # of so many words one may be another: held, holds


def in_steps(whole: Answer, ask: Callable[[str], Answer], least: float) -> Answer:
    """Answer in steps what is not answered as a whole, or with words that do not say it.

    Args:
        whole: What was found for the question; its passages tell which steps are worth asking.
        ask: Answers a question.
        least: Confidence that all steps together need.

    Returns:
        The answer, with the steps as its parts; as it was where they do not lead to one. An answer
        that only names what the question describes is as little sure as the name is sure.
    """
    steps: list[Answer] = []
    asked, sure, only_names = whole.question, 1.0, False
    tried = whole.state in ("answer", "possible", "none")
    while tried and len(steps) < _MOST_STEPS:
        step = next(_first_steps(asked, whole, ask, least), None)
        if step is None:
            break
        described, found = step
        place, name = found.citations[0], found.answer or ""
        only_names |= not steps and _only_names(whole, described, found)
        asked = described.named(name, place.quote)
        steps.append(found)
        sure *= found.confidence
        last = ask(asked)
        if last.state == "answer" and _is_said_of(name, last.citations[0]):
            sure *= last.confidence
            if sure >= max(least, 0.0 if only_names else whole.confidence):
                return together(whole.question, [*steps, last], last, sure)
            break
    if only_names:
        return replace(whole, confidence=whole.confidence * (1 - steps[0].confidence))
    return whole


def _only_names(whole: Answer, described: Described, found: Answer) -> bool:
    """Whether an answer only names what is described, and who it is was not asked."""
    name, said = content_stems(found.answer or ""), content_stems(whole.answer or "")
    return (
        name <= said <= name | content_stems(whole.question)
        and described.fits(found.answer or "", found.citations[0].quote)
        and not _WHO.match(whole.question)
    )


def _first_steps(
    question: str, whole: Answer, ask: Callable[[str], Answer], least: float
) -> Iterator[tuple[Described, Answer]]:
    """Yield what a question describes with the answer that names it."""
    known = content_stems(question)
    for described in islice(descriptions(question), _TRIED):
        said = whole.confidence >= least and _says(whole, described)
        if said or not _may_be_said(described, whole.passages):
            continue
        found = ask(described.question)
        name = content_stems(found.answer or "")
        short = len(words(found.answer or "")) <= _MOST_WORDS
        if found.state == "answer" and short and name and not name <= known:
            yield described, found


def _says(whole: Answer, described: Described) -> bool:
    """Whether what answers has words of a description, and of what is asked of it."""
    if not whole.citations:
        return False
    place = whole.citations[0]
    said = content_stems(f"{place.quote} {place.heading} {place.title}")
    asked = content_stems(_HOW.sub("", f"{described.before} {described.after}"))
    return not said.isdisjoint(content_stems(described.said)) and not (
        asked and said.isdisjoint(asked)
    )


def _may_be_said(described: Described, passages: Iterable[RetrievedPassage]) -> bool:
    """Whether a sentence that was found has the words of a description, but for one of three."""
    wanted = content_stems(described.said)
    if described.is_placed:  # else the kind may go without saying: “Search is run by Dipper.”
        wanted |= content_stems(described.noun)
    for found in passages:
        passage = found.passage
        for sentence, beside in zip(passage.sentences, said_beside(passage), strict=True):
            said = content_stems(f"{passage.context} {passage.slice(sentence)} {beside}")
            if wanted and len(wanted - said) <= len(wanted) // _LEFT_OUT:
                return True
    return False


def _is_said_of(name: str, place: Citation) -> bool:
    """Whether a citation, or what stands above it, has a name."""
    return content_stems(name) <= content_stems(f"{place.quote} {place.heading} {place.title}")
