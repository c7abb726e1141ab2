"""Answer a turn of a conversation: small talk, an overview, or what it asks of the documents.

    reply(answerer, "And in 2017?", exchanges)

Does not know the command line, the browser or JSON.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.answer.checked import MAX_QUESTION_CHARACTERS, checked_question
from qa.answer.pipeline import Answerer
from qa.converse.exchange import (
    Exchange,
    Understood,
    exchange_of_answer,
    exchange_of_document,
)
from qa.converse.overview import Overview, overview
from qa.converse.parts import answered
from qa.converse.readings import asked
from qa.converse.resolve import understand
from qa.converse.summary import wanted_overview
from qa.converse.talk import answer_to, small_talk
from qa.schema import Answer, Choice, Citation, Reading
from qa.words import words

_MORE = 3  # sentences at a time
_LEAST_WORDS = 5  # of a sentence that tells more
_LATELY = 3  # exchanges back, a document that answered is still talked about
_FAR = 9  # sentences behind what was cited
_LEAST_COVERAGE = 0.25  # of the question's words


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back for a turn: one of `answer`, `said`, `overview` and `more`.

    Attributes:
        question: As typed.
        understood: What the documents were asked, where that is more than what was typed; else
            empty.
        answer: What they answered.
        said: The program's own words, for small talk and where there is nothing more.
        overview: Of the documents that were named.
        more: Further sentences about what was asked before; related, no answer.
    """

    question: str
    understood: str = ""
    answer: Answer | None = None
    said: str = ""
    overview: Overview | None = None
    more: tuple[Citation, ...] = ()


def reply(
    answerer: Answerer,
    question: str,
    earlier: Sequence[Exchange] = (),
    only: Collection[str] | None = None,
    *,
    is_whole: bool = False,
) -> Reply:
    """Answer a turn.

    Args:
        answerer: Answers.
        question: As typed.
        earlier: The exchanges before, the last one last.
        only: Ids of the documents to look in; None for all.
        is_whole: Whether it is known to be a question of its own, to be asked as it is.

    Raises:
        QAError: As `Answerer.ask`.
    """
    question = checked_question(question)
    if is_whole:
        return Reply(question, answer=answered(answerer, question, only))
    there = [info for info in answerer.documents() if only is None or info.doc_id in only]
    if talk := small_talk(question):
        return Reply(question, said=answer_to(talk, there))
    if wanted := wanted_overview(question, there, earlier):
        return Reply(question, overview=overview(answerer, wanted))
    meant = understand(question, earlier)
    if len(meant.question) > MAX_QUESTION_CHARACTERS:  # two long questions put together
        meant = Understood(question)
    if meant.step in ("more", "else"):
        return _more(answerer, question, meant, earlier, only)
    meant, answer = asked(answerer, question, meant, earlier, only)
    if talked_about := _talked_about(answer.choices, earlier):
        answer = answerer.ask(meant.question, only=[talked_about])
        title = answerer.index.store.title(talked_about)
        whole = f"{meant.question.rstrip('?.! ')} in {title}?"
        return Reply(question, whole[:1].upper() + whole[1:], answer)
    return Reply(question, "" if meant.step == "alone" else meant.question, answer)


def _talked_about(choices: Sequence[Choice], earlier: Sequence[Exchange]) -> str:
    """Of documents that would answer, return the one that was cited lately; empty for none."""
    known = {choice.doc_id for choice in choices}
    lately = (exchange.doc_id for exchange in reversed(earlier[-_LATELY:]))
    return next((doc_id for doc_id in lately if doc_id in known), "")


def _more(
    answerer: Answerer,
    question: str,
    meant: Understood,
    earlier: Sequence[Exchange],
    only: Collection[str] | None,
) -> Reply:
    """Show what else the documents say of what was asked before."""
    same = [exchange for exchange in earlier if exchange.question == meant.question]
    shown = {quote for exchange in same for quote in (exchange.quote, *exchange.shown) if quote}
    found: list[Citation] = []
    for reading in _related(answerer, meant.question, same[-1:], only):
        citation = answerer.cite(replace(reading, highlights=()))
        if not any(citation.quote in quote or quote in citation.quote for quote in shown):
            found.append(citation)
            shown.add(citation.quote)
        if len(found) == _MORE:
            break
    if not found:
        return Reply(question, meant.question, said="I found nothing more about that.")
    return Reply(question, meant.question, more=tuple(found))


def _related(
    answerer: Answerer, question: str, cited: Sequence[Exchange], only: Collection[str] | None
) -> Iterator[Reading]:
    """Go through sentences that tell more: around what was cited, then those that fit best."""
    for exchange in cited:
        if exchange.doc_id and exchange.quote:
            yield from _around(answerer, exchange)
    for reading in answerer.readings(question, only):
        whole = len(words(reading.passage.slice(reading.sentence))) >= _LEAST_WORDS
        if whole and reading.coverage >= _LEAST_COVERAGE:
            yield reading


def _around(answerer: Answerer, exchange: Exchange) -> Iterator[Reading]:
    """Read the sentences next to a cited one, under the same headings."""
    passages = [entry.passage for entry in answerer.index.store.passages_of(exchange.doc_id)]
    sentences = [(passage, span) for passage in passages for span in passage.sentences]
    texts = [passage.slice(span) for passage, span in sentences]
    at = [n for n, t in enumerate(texts) if exchange.quote in t or exchange.quote.startswith(t)]
    for here in at[:1]:
        last = here
        while last + 1 < len(texts) and texts[last + 1] in exchange.quote:
            last += 1
        for number in (last + 1, here - 1, *range(last + 2, last + _FAR)):
            if not 0 <= number < len(sentences):
                continue
            passage, span = sentences[number]
            if (
                passage.context == sentences[here][0].context
                and len(words(passage.slice(span))) >= _LEAST_WORDS
            ):
                yield Reading(passage, span, span, confidence=0.0)


def exchange_of(given: Reply) -> Exchange | None:
    """Keep of a reply what later questions may mean; of small talk nothing."""
    if given.answer is not None:
        return exchange_of_answer(given.answer)
    if given.overview is not None and len(given.overview.doc_ids) == 1:
        return exchange_of_document(given.overview.doc_ids[0], given.overview.title)
    if given.more:
        quotes = tuple(citation.quote for citation in given.more)
        ids = tuple(dict.fromkeys(citation.doc_id for citation in given.more))
        return Exchange(given.understood, doc_id=ids[0], doc_ids=ids, shown=quotes)
    return None


def exchanges_of(replies: Sequence[Reply]) -> list[Exchange]:
    """Keep of several replies what later questions may mean."""
    return [exchange for exchange in map(exchange_of, replies) if exchange is not None]
