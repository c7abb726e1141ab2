"""Read gold questions, from our JSON lines or from SQuAD's format.

Every error names the file and the line or entry. BEIR folders are read in `beir`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.errors import GoldError
from qa.files import decode, read_json, read_json_lines
from qa.index.passages.sentences import sentence_spans
from qa.words import squeezed

# Where a record stands, for messages, and the record.
Placed = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question whose right answer is known.

    Attributes:
        id: Unique in its file.
        question: As a person would ask it.
        answers: Acceptable short answers; empty if there is none.
        evidence: Sentences of the documents, verbatim, any of which answers it.
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
class _Line:
    """A gold question as it is written (docs/DESIGN.md)."""

    question: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    id: str | int = ""
    split: str | None = None


@dataclass(frozen=True, slots=True)
class _SquadSpan:
    text: str
    answer_start: Any = None  # where it is no place in the context, the whole context counts


@dataclass(frozen=True, slots=True)
class _SquadQuestion:
    id: Any  # checked with our own questions
    question: Any
    answers: list[_SquadSpan] = field(default_factory=list)
    is_impossible: bool = False


@dataclass(frozen=True, slots=True)
class _SquadParagraph:
    context: str
    qas: list[_SquadQuestion]


@dataclass(frozen=True, slots=True)
class _SquadArticle:
    paragraphs: list[_SquadParagraph]


@dataclass(frozen=True, slots=True)
class _Squad:
    """A file in the format of Rajpurkar et al. 2018."""

    data: list[_SquadArticle]


def load_gold(path: Path, split: str | None = None) -> list[GoldQuestion]:
    """Read gold questions: our JSON lines, or a file in SQuAD's format.

    Args:
        path: The file.
        split: Keep only this split; None for all.

    Raises:
        GoldError: The file is missing or malformed; says in which line or entry.
    """
    text = read_gold_text(path)
    records = _squad_records(text, path)
    if records is None:
        records = jsonl_records(text, path)
    gold: list[GoldQuestion] = []
    seen: dict[str, str] = {}
    for where, record in records:
        entry = _gold_question(record, where)
        if entry.id in seen:
            raise GoldError(
                f"{where}: the id {entry.id!r} occurs twice, first in {seen[entry.id]}; "
                "ids must be unique"
            )
        seen[entry.id] = where
        gold.append(entry)
    gold = [entry for entry in gold if split in (None, entry.split)]
    if not gold:
        raise GoldError(f"{path} holds no questions" + (f" of split {split!r}" if split else ""))
    return gold


def same_sentence(evidence: str, text: str) -> bool:
    """Whether one holds the other, white space aside."""
    evidence, text = squeezed(evidence), squeezed(text)
    return evidence in text or text in evidence


def read_gold_text(path: Path) -> str:
    """Read a file that a person names.

    Raises:
        GoldError: It is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"the gold file {path} cannot be read: {error}") from error


def jsonl_records(text: str, path: Path) -> list[Placed]:
    """Parse JSON lines, blank lines aside.

    Raises:
        GoldError: A line is not a JSON object; says which.
    """
    try:
        lines = list(read_json_lines(text))
    except ValueError as error:
        raise GoldError(f"{path}, {error}; expected one object a line") from error
    records = [(f"{path}, line {number}", record) for number, record in lines]
    for where, record in records:
        if not isinstance(record, dict):
            raise GoldError(f"{where}: expected a JSON object, found {type(record).__name__}")
    return records


def _squad_records(text: str, path: Path) -> list[Placed] | None:
    """Flatten a file in SQuAD's format; None if it is in another."""
    try:
        whole = read_json(text)
    except ValueError as error:
        if path.suffix == ".json":
            raise GoldError(f"{path}: not JSON ({error}); SQuAD's format is one object") from error
        return None
    if not isinstance(whole, dict) or "data" not in whole:
        return None
    try:
        return list(_squad_questions(decode(whole, _Squad), path))
    except ValueError as error:
        raise GoldError(f"{path} looks like SQuAD's format, but {error}") from error


def _squad_questions(squad: _Squad, path: Path) -> Iterator[Placed]:
    for a, article in enumerate(squad.data):
        for p, paragraph in enumerate(article.paragraphs):
            for q, asked in enumerate(paragraph.qas):
                place = f"{path}, data[{a}].paragraphs[{p}].qas[{q}], question {asked.id}"
                yield place, _squad_record(asked, paragraph.context)


def _squad_record(asked: _SquadQuestion, context: str) -> dict[str, Any]:
    """Return our record of one of SQuAD's; the evidence is the sentence around each answer."""
    answerable = bool(asked.answers) and not asked.is_impossible
    record = {"id": asked.id, "question": asked.question, "answerable": answerable}
    if not answerable:
        return record
    texts = [span.text for span in asked.answers]
    return {**record, "answers": texts, "evidence": _evidence(context, asked.answers)}


def _evidence(context: str, spans: Sequence[_SquadSpan]) -> list[str]:
    """Find the sentences that hold the answers; the whole context where one is misplaced."""
    found: dict[str, None] = {}
    for answer in spans:
        text, start = answer.text, answer.answer_start
        if type(start) is not int or start < 0 or not context.startswith(text, start):
            return [context]
        touched = [
            span
            for span in sentence_spans(context)
            if span.start < start + len(text) and start < span.end
        ]
        if touched:
            found[context[touched[0].start : touched[-1].end]] = None
    return list(found) or [context]


def _gold_question(record: dict[str, Any], where: str) -> GoldQuestion:
    try:
        line = decode(record, _Line)
    except ValueError as error:
        raise GoldError(f"{where}: {error}") from error
    for name, texts in (("answers", line.answers), ("evidence", line.evidence)):
        if any(not text.strip() for text in texts):
            raise GoldError(f"{where}: {name!r} holds a blank string, which any text would match")
    if not line.question.strip():
        raise GoldError(f"{where}: the question is blank")
    if line.answerable and not line.evidence:
        raise GoldError(f"{where}: an answerable question needs 'evidence'")
    return GoldQuestion(
        id=str(record.get("id", where)),
        question=line.question,
        answers=line.answers,
        evidence=line.evidence,
        answerable=line.answerable,
        split=line.split or "",
    )
