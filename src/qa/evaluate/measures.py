"""Work out the measures of a run from its records.

`MEASURES` says what there is, in the order it is reported; `bootstrap` turns the
functions into values with intervals. Does not know how questions were asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np

from qa.errors import UsageError
from qa.evaluate.bootstrap import Interval, intervals
from qa.evaluate.ranking import Ranking
from qa.evaluate.record import Cited, Record
from qa.evaluate.statistics import (
    BINS,
    Floats,
    Statistic,
    array,
    aurc,
    auroc,
    bin_numbers,
    curve,
    ece,
    mean,
    percentile,
    ratio,
    risk_at,
)


class Measure(NamedTuple):
    """What a measure is called, what it says, and which way is better."""

    name: str
    group: str
    says: str
    higher_is_better: bool = True
    unit: str = ""


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("recall_at_1", "Retrieval", "The best passage holds the evidence (R@1)"),
        Measure("recall_at_5", "Retrieval", "One of the best five does (R@5)"),
        Measure("recall_at_10", "Retrieval", "One of the best ten does (R@10)"),
        Measure("mrr_at_10", "Retrieval", "One over the rank of the first that does (MRR@10)"),
        Measure("ndcg_at_10", "Retrieval", "Discounted gain of the best ten (nDCG@10)"),
        Measure("sentence_accuracy", "Answers", "The cited sentence is evidence, abstaining off"),
        Measure("answer_em", "Answers", "The answer is a gold one (EM), abstaining off"),
        Measure("answer_f1", "Answers", "Words shared with a gold one (token F1), abstaining off"),
        Measure("squad_em", "Answers", "SQuAD 2.0's exact match, a right refusal counting 1"),
        Measure("squad_f1", "Answers", "SQuAD 2.0's F1, a right refusal counting 1"),
        Measure("citation_validity", "Citations", "Quotes that stand at their offsets"),
        *(
            Measure(f"citation_{kind}_{level}", "Citations", f"{says} {level}")
            for kind, says in (
                ("precision", "Citations given that are the right"),
                ("recall", "Answerable questions given a citation of the right"),
            )
            for level in ("sentence", "passage", "document")
        ),
        Measure(
            "right_document_wrong_passage",
            "Citations",
            "Citations given of the right document but another passage: a miss",
            higher_is_better=False,
        ),
        Measure("answered", "Abstaining", "Questions that are answered"),
        Measure("correct_when_answered", "Abstaining", "Of the answers given, from evidence"),
        Measure("wrongly_refused", "Abstaining", "Answerable questions refused", False),
        Measure("refusal_recall", "Abstaining", "Unanswerable questions refused"),
        Measure("refusal_precision", "Abstaining", "Of the refused, unanswerable"),
        Measure("possible", "Abstaining", "Questions that get a possible answer only", False),
        Measure("correct_when_possible", "Abstaining", "Of the possible answers, from evidence"),
        Measure("answerability_auroc", "Abstaining", "Confidence tells the two apart (AUROC)"),
        Measure("aurc", "Abstaining", "Area under the risk–coverage curve", False),
        Measure("ece", "Abstaining", "Expected calibration error (ECE)", False),
        *(
            Measure(f"latency_p{p}_ms", "Speed", f"{p} % of answers take at most", False, "ms")
            for p in (50, 95, 99)
        ),
    )
}

_RANKING = [field.name for field in fields(Ranking)]
_SHORT = {
    "r@1": "recall_at_1",
    "r@5": "recall_at_5",
    "r@10": "recall_at_10",
    "mrr@10": "mrr_at_10",
    "ndcg@10": "ndcg_at_10",
    "em": "answer_em",
    "f1": "answer_f1",
    "auroc": "answerability_auroc",
}


class Bin(NamedTuple):
    """Questions of like confidence; `right` is the share of them that was right."""

    low: float
    high: float
    questions: int
    confidence: float
    right: float


def measure_name(name: str) -> str:
    """Find a measure by its name or the field's short one, such as `f1` or `R@5`.

    Raises:
        UsageError: There is none; lists the names.
    """
    name = _SHORT.get(name.lower(), name)
    if name not in MEASURES:
        names = ", ".join([*_SHORT, *MEASURES])
        raise UsageError(f"there is no measure {name!r}; there are: {names}")
    return name


def measure(records: Sequence[Record]) -> dict[str, Interval]:
    """Work out every measure with its 95 % interval; the order of the records is no matter.

    Args:
        records: At least one. If none was read, only retrieval and speed are measured.
    """
    return intervals(statistics(records), len(records))


def risk_at_coverage(records: Sequence[Record]) -> list[Interval]:
    """Return the share of wrong answers when the surest tenth, two tenths, … are answered."""
    confidences, wrong = _confidences_and_wrong(records)
    tenths = {str(tenth): risk_at(confidences, wrong, tenth) for tenth in range(1, 11)}
    return list(intervals(tenths, len(records)).values())


def statistics(records: Sequence[Record]) -> dict[str, Statistic]:
    """Return every measure of some records as a function of counts, in `MEASURES`' order.

    Counts are by question, in the order of the questions' ids.
    """
    records = _ordered(records)
    found = {name: _retrieval(records, name) for name in _RANKING}
    if all(record.confidence is not None for record in records):
        found |= _answers(records) | _citations(records) | _abstaining(records)
    latencies = array(record.latency_ms for record in records)
    return found | {f"latency_p{p}_ms": percentile(latencies, p) for p in (50, 95, 99)}


def reliability(records: Sequence[Record]) -> list[Bin]:
    """Group the questions by confidence into bins of equal width; empty bins are left out."""
    confidences, wrong = _confidences_and_wrong(records)
    bins = bin_numbers(confidences)
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            questions=int(inside.sum()),
            confidence=float(confidences[inside].mean()),
            right=1 - float(wrong[inside].mean()),
        )
        for number in range(BINS)
        if (inside := bins == number).any()
    ]


def risk_coverage(records: Sequence[Record]) -> list[tuple[float, float]]:
    """Return the risk–coverage curve: the surest share answered, and how much of it is wrong.

    Questions of equal confidence are answered together.
    """
    answered, wrong = curve(*_confidences_and_wrong(records))(np.ones((1, len(records))))
    shares = answered[0] / len(records)
    return list(zip(shares.tolist(), (wrong[0] / answered[0]).tolist(), strict=True))


def _ordered(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.id)


def _retrieval(records: Sequence[Record], name: str) -> Statistic:
    return mean([getattr(r.retrieval, name) if r.retrieval else None for r in records])


def _answers(records: Sequence[Record]) -> dict[str, Statistic]:
    return {
        "sentence_accuracy": mean([r.right if r.answerable else None for r in records]),
        "answer_em": mean([r.em if r.answerable else None for r in records]),
        "answer_f1": mean([r.f1 if r.answerable else None for r in records]),
        "squad_em": mean([_squad(r, r.em) for r in records]),
        "squad_f1": mean([_squad(r, r.f1) for r in records]),
    }


def _squad(record: Record, agreement: float | None) -> float | None:
    """Count as SQuAD 2.0's script does: to abstain is to answer with nothing."""
    if not record.answerable:
        return float(not record.answered)
    return agreement if record.answered or agreement is None else 0.0


def _citations(records: Sequence[Record]) -> dict[str, Statistic]:
    """Measure all citations' validity, and how right those are that a person would see."""
    given = [record.citations if record.answered else () for record in records]
    n_given = array(len(cited) for cited in given)
    answerable = array(record.answerable for record in records)

    def total(fits: Callable[[Cited], bool]) -> Floats:
        return array(sum(map(fits, cited)) for cited in given)

    valid = array(sum(c.valid for c in record.citations) for record in records)
    right = {
        "sentence": total(lambda c: c.sentence),
        "passage": total(lambda c: c.passage),
        "document": total(lambda c: c.document),
    }
    return {
        "citation_validity": ratio(valid, array(len(record.citations) for record in records)),
        **{f"citation_precision_{level}": ratio(n, n_given) for level, n in right.items()},
        **{
            f"citation_recall_{level}": ratio(array(n > 0), answerable)
            for level, n in right.items()
        },
        "right_document_wrong_passage": ratio(array(right["document"] - right["passage"]), n_given),
    }


def _abstaining(records: Sequence[Record]) -> dict[str, Statistic]:
    answerable = array(record.answerable for record in records)
    answered = array(record.answered for record in records)
    possible = array(record.possible for record in records)
    confidences, wrong = _confidences_and_wrong(records)
    right = 1 - wrong
    refused, unanswerable = 1 - answered, 1 - answerable
    return {
        "answered": ratio(answered, np.ones(len(records))),
        "correct_when_answered": ratio(answered * right, answered),
        "wrongly_refused": ratio(refused * answerable, answerable),
        "refusal_recall": ratio(refused * unanswerable, unanswerable),
        "refusal_precision": ratio(refused * unanswerable, refused),
        "possible": ratio(possible, np.ones(len(records))),
        "correct_when_possible": ratio(possible * right, possible),
        "answerability_auroc": auroc(confidences, answerable),
        "aurc": aurc(confidences, wrong),
        "ece": ece(confidences, right),
    }


def _confidences_and_wrong(records: Sequence[Record]) -> tuple[Floats, Floats]:
    """Return each question's confidence and whether its answer is wrong, in the ids' order."""
    ordered = _ordered(records)
    confidences = array(record.confidence or 0.0 for record in ordered)
    return confidences, array(not record.right for record in ordered)
