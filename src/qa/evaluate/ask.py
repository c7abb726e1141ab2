"""Ask gold questions, and keep what was answered, how surely, and how right it is.

Asks every question with abstaining switched off and notes whether the threshold was reached,
so that one pass measures both. Does not know measures or files' formats.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.answer.pipeline import Answerer, may_be_possible
from qa.evaluate.beir import Beir
from qa.evaluate.gold import GoldQuestion, same_sentence
from qa.evaluate.ranking import measures_of_rank, rank_measures
from qa.evaluate.record import Cited, Record
from qa.evaluate.squad import exact_match, token_f1
from qa.schema import Answer, Citation

DEPTH = 10
"""Passages that must come back with an answer for the retrieval measures."""

Advance = Callable[[int, int], None]
"""Called with questions done and in all."""


def evaluate(
    answerer: Answerer,
    gold: Sequence[GoldQuestion],
    progress: Advance = lambda done, total: None,
) -> list[Record]:
    """Ask every gold question and judge the answers.

    Any one place with evidence is enough: for the retrieval measures a question has one
    relevant item, found where the first passage is that holds some.

    Args:
        answerer: Answers from an index of the documents the gold is about, with at least
            `DEPTH` passages each.
        gold: At least one question.
        progress: Called with questions done and in all.
    """
    answers: list[Answer] = []
    for done, entry in enumerate(gold, start=1):
        answers.append(answerer.ask(entry.question, abstain=False))
        progress(done, len(gold))
    judge = _Judge(answerer)
    return [judge.record(entry, answer) for entry, answer in zip(gold, answers, strict=True)]


def evaluate_ranking(
    answerer: Answerer,
    beir: Beir,
    names: Mapping[str, str],
    progress: Advance = lambda done, total: None,
) -> list[Record]:
    """Search for every judged query and judge the ranking of documents.

    A document ranks where its best passage does. One with the query's own id is left out,
    as BEIR does: in some of its sets queries are documents too.

    Args:
        answerer: Searches an index of the exported corpus; the more passages it returns, the
            surer that ten documents are among them.
        beir: Queries and judgements.
        names: The corpus's id of each document of the index.
        progress: Called with queries done and in all.
    """
    run: dict[str, list[str]] = {}
    times: dict[str, float] = {}
    for done, (query_id, query) in enumerate(beir.queries.items(), start=1):
        started = time.perf_counter()
        passages = answerer.search(query[:MAX_QUESTION_CHARACTERS])
        times[query_id] = round((time.perf_counter() - started) * 1000, 3)
        found = dict.fromkeys(names[passage.passage.doc_id] for passage in passages)
        run[query_id] = [doc_id for doc_id in found if doc_id != query_id]
        progress(done, len(beir.queries))
    retrieval = rank_measures(beir.qrels, run)
    return [
        Record(
            id=query_id,
            question=query,
            answerable=True,
            answers=(),
            evidence=(),
            answered=False,
            answer=None,
            confidence=None,
            em=None,
            f1=None,
            rank=next(
                (
                    rank
                    for rank, doc_id in enumerate(run[query_id][:DEPTH], start=1)
                    if beir.qrels[query_id].get(doc_id, 0) > 0
                ),
                None,
            ),
            retrieval=retrieval[query_id],
            citations=(),
            latency_ms=times[query_id],
        )
        for query_id, query in beir.queries.items()
    ]


class _Judge:
    """Judges answers; keeps the documents that were cited."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._texts: dict[str, str] = {}

    def record(self, gold: GoldQuestion, answer: Answer) -> Record:
        said = answer.answer or ""
        rank = _rank(gold, answer) if gold.answerable else None
        comparable = bool(gold.answerable and gold.answers)
        sure = answer.confidence >= self._answerer.min_confidence
        given = answer.answered and sure and not answer.choices
        return Record(
            id=gold.id,
            question=gold.question,
            answerable=gold.answerable,
            answers=gold.answers,
            evidence=gold.evidence,
            answered=given,
            answer=answer.answer,
            confidence=answer.confidence,
            em=exact_match(said, gold.answers) if comparable else None,
            f1=token_f1(said, gold.answers) if comparable else None,
            rank=rank,
            retrieval=measures_of_rank(rank) if gold.answerable else None,
            citations=tuple(self._cited(gold, answer, cited) for cited in answer.citations),
            latency_ms=answer.timings_ms["total"],
            possible=not given and not answer.choices and may_be_possible(answer),
        )

    def _cited(self, gold: GoldQuestion, answer: Answer, citation: Citation) -> Cited:
        text = self._text(citation.doc_id)
        evidence = gold.evidence if gold.answerable else ()
        sentence = _holds(evidence, citation.quote)
        passage = sentence or any(
            found.passage.doc_id == citation.doc_id
            and found.passage.start <= citation.start
            and citation.end <= found.passage.end
            and _holds(evidence, found.passage.text)
            for found in answer.passages
        )
        return Cited(
            doc_id=citation.doc_id,
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
            valid=text[citation.start : citation.end] == citation.quote,
            sentence=sentence,
            passage=passage,
            document=passage or (bool(text) and _holds(evidence, text)),
        )

    def _text(self, doc_id: str) -> str:
        if doc_id not in self._texts:
            view = self._answerer.open_source(doc_id)
            self._texts[doc_id] = view.document.text if view else ""
        return self._texts[doc_id]


def _rank(gold: GoldQuestion, answer: Answer) -> int | None:
    ranks = [
        found.rank for found in answer.passages[:DEPTH] if _holds(gold.evidence, found.passage.text)
    ]
    return min(ranks, default=None)


def _holds(evidence: Sequence[str], text: str) -> bool:
    return any(same_sentence(each, text) for each in evidence)
