"""Keep what came of a gold question as a record, and read it back from JSON.

Measures, comparisons and reports are made from these alone. Does not know how a question
was asked.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from qa.errors import GoldError
from qa.evaluate.ranking import Ranking
from qa.files import decode

Outcome = Literal[
    "right",
    "right_refusal",
    "retrieval_missed",
    "wrong_passage",
    "wrong_sentence",
    "wrong_words",
    "wrongly_refused",
    "answered_unanswerable",
]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation, and at which levels it is right; each level includes the ones before.

    Attributes:
        doc_id: The document.
        start: First character of the quote.
        end: One past the last.
        quote: The cited sentence.
        valid: Whether the quote stands in the document at its offsets.
        sentence: Whether the quote is evidence.
        passage: Whether the passage it is from holds evidence.
        document: Whether its document holds evidence.
    """

    doc_id: str
    start: int
    end: int
    quote: str
    valid: bool
    sentence: bool
    passage: bool
    document: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A gold question, asked with abstaining off; `answered` is what a person would get.

    Attributes:
        id: The question's id.
        question: As asked.
        answerable: Whether the documents answer it.
        answers: Gold answers.
        evidence: Gold evidence.
        answered: Whether the confidence reached the threshold.
        answer: The answer, given or held back.
        confidence: 0 to 1; None if only passages were asked for.
        em: Exact match with a gold answer; None where there is none.
        f1: Token F1 with the nearest; None where there is none.
        rank: Rank of the first passage or document that is relevant, up to 10.
        retrieval: Retrieval measures; None for an unanswerable question.
        citations: Of the answer, given or held back; the first holds it.
        latency_ms: Time of the answer.
        possible: Whether a person would get the sentence as a possible answer.
    """

    id: str
    question: str
    answerable: bool
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    answered: bool
    answer: str | None
    confidence: float | None
    em: float | None
    f1: float | None
    rank: int | None
    retrieval: Ranking | None
    citations: tuple[Cited, ...]
    latency_ms: float
    possible: bool = False

    @property
    def right(self) -> bool:
        """Whether the first citation is evidence, given or held back."""
        return bool(self.citations) and self.citations[0].sentence

    @property
    def outcome(self) -> Outcome:
        """What a person would meet; for a wrong answer, the first stage that failed.

        If only passages were asked for, `right` says that one of the first ten is relevant.
        """
        if self.confidence is None:
            return "retrieval_missed" if self.rank is None else "right"
        if not self.answerable:
            return "answered_unanswerable" if self.answered else "right_refusal"
        if not self.answered:
            return "wrongly_refused"
        if self.right:  # `wrong_words` only where nothing of the answer is as expected
            return "wrong_words" if self.f1 == 0 else "right"
        if self.rank is None:
            return "retrieval_missed"
        return "wrong_sentence" if self.citations[0].passage else "wrong_passage"


def record_to_json(record: Record) -> dict[str, Any]:
    """Return the record's JSON object."""
    return {**asdict(record), "outcome": record.outcome}


def record_from_json(entry: Any, where: str) -> Record:
    """Read what `record_to_json` made.

    Args:
        entry: Parsed JSON.
        where: For messages: file and place.

    Raises:
        GoldError: A field is missing or of another type.
    """
    try:
        return decode(entry, Record)
    except ValueError as error:
        raise GoldError(
            f"{where} is no record of qa eval --json ({error}): make the file again"
        ) from error
