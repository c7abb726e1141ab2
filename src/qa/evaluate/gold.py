"""Gold files in, gold questions out: our JSON lines, or SQuAD's format.

Every error names the file and the line or entry. Does not know answers or measures; BEIR
folders are read in `beir`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import GoldError
from qa.index.sentences import sentence_spans

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
    evidence, text = " ".join(evidence.split()), " ".join(text.split())
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


def _squad_records(text: str, path: Path) -> list[Placed] | None:
    """Flatten a file in SQuAD's format; None if it is in another."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        if path.suffix == ".json":
            raise GoldError(f"{path}: not JSON ({error}); SQuAD's format is one object") from error
        return None
    if not isinstance(whole, dict) or "data" not in whole:
        return None
    return list(_squad_questions(whole["data"], path))


def _squad_questions(articles: Any, path: Path) -> Iterator[Placed]:
    where = f"{path} looks like SQuAD's format, but"
    for a, article in enumerate(_list(articles, f"{where} data")):
        paragraphs = _field(article, "paragraphs", f"{where} data[{a}]")
        for p, paragraph in enumerate(_list(paragraphs, f"{where} data[{a}].paragraphs")):
            place = f"{where} data[{a}].paragraphs[{p}]"
            context = _field(paragraph, "context", place)
            for q, entry in enumerate(_list(_field(paragraph, "qas", place), f"{place}.qas")):
                name = _field(entry, "id", f"{place}.qas[{q}]")
                _field(entry, "question", f"{place}.qas[{q}]")
                yield (
                    f"{path}, data[{a}].paragraphs[{p}].qas[{q}], question {name}",
                    _squad_record(entry, context, f"{place}.qas[{q}]"),
                )


def _squad_record(entry: Any, context: Any, where: str) -> dict[str, Any]:
    """Make our record of one of SQuAD's; the evidence is the sentence around each answer."""
    spans = _list(entry.get("answers", []), f"{where}.answers")
    texts = [_field(span, "text", f"{where}.answers[{i}]") for i, span in enumerate(spans)]
    answerable = bool(spans) and not entry.get("is_impossible", False)
    asked = {"id": entry["id"], "question": entry["question"], "answerable": answerable}
    if not answerable:
        return asked
    if not isinstance(context, str) or not all(isinstance(text, str) for text in texts):
        raise GoldError(f"{where}: the context and the answers must be texts")
    starts = [span.get("answer_start") for span in spans]
    return {**asked, "answers": texts, "evidence": _evidence(context, texts, starts)}


def _evidence(context: str, texts: Sequence[str], starts: Sequence[Any]) -> list[str]:
    """Find the sentences that hold the answers; the whole context where one is misplaced."""
    found: dict[str, None] = {}
    for text, start in zip(texts, starts, strict=True):
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


def _field(record: Any, name: str, where: str) -> Any:
    if not isinstance(record, dict) or name not in record:
        raise GoldError(f"{where} lacks {name!r}")
    return record[name]


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise GoldError(f"{where} is no list but {type(value).__name__}")
    return value


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
    if type(record.get("id", "")) not in (str, int):
        raise GoldError(f"{where}: 'id' must be a string or a whole number")
    if not isinstance(record.get("split") or "", str):
        raise GoldError(f"{where}: 'split' must be a string")
    return GoldQuestion(
        id=str(record.get("id", where)),
        question=record["question"],
        answers=tuple(record.get("answers", ())),
        evidence=tuple(record.get("evidence", ())),
        answerable=record["answerable"],
        split=record.get("split") or "",
    )
