"""Gold questions in, measures out: how often is it right, and does it know when it isn't?

Asks every question with abstaining switched off, then applies the threshold, so that
one pass measures both. Does not know files' formats beyond reading them.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from qa.errors import GoldError
from qa.pipeline import Answerer
from qa.schema import Answer
from qa.squad import exact_match, token_f1


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question whose right answer is known.

    Attributes:
        id: Unique in its file.
        question: As a person would ask it.
        answers: Acceptable short answers; empty if there is none.
        evidence: Sentences of the documents, verbatim, that answer it; the best first.
        answerable: Whether the documents answer it.
        split: `calibration`, `test` or empty.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    answerable: bool
    split: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of one run; shares are in [0, 1], None where there is nothing to divide by.

    Attributes:
        questions: How many were asked.
        answerable: How many of them have an answer.
        recall_at_1: Answerable questions whose best passage holds evidence.
        recall_at_5: The same for the best five.
        mrr_at_5: Mean reciprocal rank of the first passage with evidence.
        sentence_accuracy: Answerable questions whose best sentence is evidence, with
            abstaining switched off.
        answer_em: Answerable questions whose answer is a gold one after SQuAD's
            normalisation, with abstaining switched off.
        answer_f1: Mean token F1 of those answers with the nearest gold one.
        correct_when_answered: Of the questions answered, the share answered from evidence.
        citation_validity: Citations whose quote stands at its offsets.
        wrongly_refused: Answerable questions that were refused.
        refusal_recall: Unanswerable questions that were refused.
        refusal_precision: Of the refused, the share that is unanswerable.
        answerability_auroc: Chance that an answerable question has a higher confidence
            than an unanswerable one.
        risk_at_coverage: Share of answers not from evidence when only the most confident
            tenth, two tenths, … of all questions are answered: the risk–coverage curve.
        aurc: Area under that curve, over every coverage; lower is better.
        latency_p50_ms: Median time of an answer.
        latency_p95_ms: 95th percentile, by nearest rank.
    """

    questions: int
    answerable: int
    recall_at_1: float | None
    recall_at_5: float | None
    mrr_at_5: float | None
    sentence_accuracy: float | None
    answer_em: float | None
    answer_f1: float | None
    correct_when_answered: float | None
    citation_validity: float | None
    wrongly_refused: float | None
    refusal_recall: float | None
    refusal_precision: float | None
    answerability_auroc: float | None
    risk_at_coverage: tuple[float, ...]
    aurc: float
    latency_p50_ms: float
    latency_p95_ms: float


@dataclass(frozen=True, slots=True)
class _Outcome:
    gold: GoldQuestion
    answer: Answer
    refused: bool
    right: bool
    rank: int | None
    valid: bool

    @property
    def text(self) -> str:
        return self.answer.answer or ""


def load_gold(path: Path, split: str | None = None) -> list[GoldQuestion]:
    """Read gold questions: our JSON lines, or a file in SQuAD's format.

    Args:
        path: The file.
        split: Keep only this split; None for all.

    Raises:
        GoldError: The file is missing or malformed; says in which line or entry.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"the gold file {path} cannot be read: {error}") from error
    records = _squad_records(text, path)
    if records is None:
        records = _jsonl_records(text, path)
    gold = [_gold_question(record, where) for where, record in records]
    seen: set[str] = set()
    for entry in gold:
        if entry.id in seen:
            raise GoldError(f"{path}: the id {entry.id!r} occurs twice; ids must be unique")
        seen.add(entry.id)
    gold = [entry for entry in gold if split in (None, entry.split)]
    if not gold:
        raise GoldError(f"{path} holds no questions" + (f" of split {split!r}" if split else ""))
    return gold


def evaluate(
    answerer: Answerer,
    gold: Sequence[GoldQuestion],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Measures:
    """Ask every gold question and measure the answers.

    Args:
        answerer: Answers from an index of the documents the gold is about.
        gold: At least one question.
        progress: Called with questions done and in all.
    """
    outcomes = []
    for done, entry in enumerate(gold, start=1):
        outcomes.append(_outcome(answerer, entry))
        progress(done, len(gold))
    answerable = [o for o in outcomes if o.gold.answerable]
    unanswerable = [o for o in outcomes if not o.gold.answerable]
    with_answers = [o for o in answerable if o.gold.answers]
    answered = [o for o in outcomes if not o.refused]
    risks = _risks(outcomes)
    refused = [o for o in outcomes if o.refused]
    latencies = sorted(o.answer.timings_ms["total"] for o in outcomes)
    return Measures(
        questions=len(outcomes),
        answerable=len(answerable),
        recall_at_1=_share([o.rank == 1 for o in answerable]),
        recall_at_5=_share([o.rank is not None and o.rank <= 5 for o in answerable]),
        mrr_at_5=_share([1 / o.rank if o.rank and o.rank <= 5 else 0.0 for o in answerable]),
        sentence_accuracy=_share([o.right for o in answerable]),
        answer_em=_share([exact_match(o.text, o.gold.answers) for o in with_answers]),
        answer_f1=_share([token_f1(o.text, o.gold.answers) for o in with_answers]),
        correct_when_answered=_share([o.right for o in answered]),
        citation_validity=_share([o.valid for o in outcomes]),
        wrongly_refused=_share([o.refused for o in answerable]),
        refusal_recall=_share([o.refused for o in unanswerable]),
        refusal_precision=_share([not o.gold.answerable for o in refused]),
        answerability_auroc=_auroc(
            [o.answer.confidence for o in answerable], [o.answer.confidence for o in unanswerable]
        ),
        risk_at_coverage=tuple(risks[ceil(tenth * len(risks) / 10) - 1] for tenth in range(1, 11)),
        aurc=sum(risks) / len(risks),
        latency_p50_ms=median(latencies),
        latency_p95_ms=latencies[ceil(0.95 * len(latencies)) - 1],
    )


def _outcome(answerer: Answerer, gold: GoldQuestion) -> _Outcome:
    answer = answerer.ask(gold.question, abstain=False)
    ranks = [
        found.rank
        for found in answer.passages
        if any(same_sentence(evidence, found.passage.text) for evidence in gold.evidence)
    ]
    valid = True
    for citation in answer.citations:
        view = answerer.open_source(citation.doc_id)
        text = view.document.text if view else ""
        valid = valid and text[citation.start : citation.end] == citation.quote
    return _Outcome(
        gold=gold,
        answer=answer,
        refused=answer.confidence < answerer.min_confidence,
        right=bool(answer.citations)
        and any(same_sentence(evidence, answer.citations[0].quote) for evidence in gold.evidence),
        rank=min(ranks, default=None),
        valid=valid,
    )


def same_sentence(evidence: str, text: str) -> bool:
    """Whether one holds the other, white space aside."""
    evidence, text = " ".join(evidence.split()), " ".join(text.split())
    return evidence in text or text in evidence


def _risks(outcomes: Sequence[_Outcome]) -> list[float]:
    """Give the share of wrong answers among the n most confident, for every n.

    Questions of equal confidence are answered together.
    """
    ranked = sorted(outcomes, key=lambda o: -o.answer.confidence)
    risks: list[float] = []
    wrong = 0
    for _, group in groupby(ranked, key=lambda o: o.answer.confidence):
        tied = list(group)
        wrong += sum(not o.right for o in tied)
        risks += [wrong / (len(risks) + len(tied))] * len(tied)
    return risks


def _share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The Mann-Whitney statistic: ties count one half."""
    if not positive or not negative:
        return None
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def _jsonl_records(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise GoldError(f"{where}: not JSON ({error}); expected one object a line") from error
        if not isinstance(record, dict):
            raise GoldError(f"{where}: expected a JSON object, found {type(record).__name__}")
        records.append((where, record))
    return records


def _squad_records(text: str, path: Path) -> list[tuple[str, dict[str, Any]]] | None:
    """Flatten a file in SQuAD's format; None if it is in another."""
    try:
        whole = json.loads(text)
        articles = whole["data"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    records = []
    try:
        for article in articles:
            for paragraph in article["paragraphs"]:
                for entry in paragraph["qas"]:
                    spans = entry.get("answers", [])
                    answerable = bool(spans) and not entry.get("is_impossible", False)
                    record = {
                        "id": entry["id"],
                        "question": entry["question"],
                        "answerable": answerable,
                        "answers": [span["text"] for span in spans] if answerable else [],
                        "evidence": [paragraph["context"]] if answerable else [],
                    }
                    records.append((f"{path}, question {entry['id']}", record))
    except (TypeError, KeyError, AttributeError) as error:
        raise GoldError(f"{path} looks like SQuAD's format but lacks {error}") from error
    return records


def _gold_question(record: dict[str, Any], where: str) -> GoldQuestion:
    for name, kind in (("question", str), ("answerable", bool)):
        if not isinstance(record.get(name), kind):
            raise GoldError(f"{where}: needs {name!r}, a {kind.__name__}")
    for name in ("answers", "evidence"):
        values = record.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise GoldError(f"{where}: {name!r} must be a list of strings")
        if any(not value.strip() for value in values):
            raise GoldError(f"{where}: {name!r} holds a blank string, which any text would match")
    if not record["question"].strip():
        raise GoldError(f"{where}: the question is blank")
    if record["answerable"] and not record.get("evidence"):
        raise GoldError(f"{where}: an answerable question needs 'evidence'")
    return GoldQuestion(
        id=str(record.get("id", where)),
        question=record["question"],
        answers=tuple(record.get("answers", ())),
        evidence=tuple(record.get("evidence", ())),
        answerable=record["answerable"],
        split=str(record.get("split", "")),
    )
