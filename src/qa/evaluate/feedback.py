"""Keep what people thought of answers in one SQLite file, and make gold questions of it.

    feedback = Feedback(Path("index") / FEEDBACK_FILE)
    entry_id = feedback.add(answer, Verdict.DOWN, generation="00001")
    feedback.correct(entry_id, answers=["351"], evidence=["They destroyed 351 of them."])
    records = feedback.export()

The file lies next to an index's generations, so that it outlives them. Every call opens
and closes it: threads and processes may write at the same time, and what `add` has
returned is on the disk. Does not know how answers are made or shown.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import filelock

from qa.errors import FeedbackError
from qa.files import decode, read_json, sync, sync_folder
from qa.schema import Answer
from qa.words import squeezed, without_half_pairs

FEEDBACK_FILE = "feedback.sqlite"

_VERSION = 1
# `comment` is of earlier versions; it is left empty, so that their files can be written to.
_SCHEMA = f"""
CREATE TABLE entries(
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, verdict TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT, confidence REAL NOT NULL, citations TEXT NOT NULL,
    generation TEXT NOT NULL, comment TEXT NOT NULL, correction TEXT
);
PRAGMA user_version={_VERSION};
"""
_WAIT_SECONDS = 30.0


class Verdict(StrEnum):
    """What a person thought of an answer."""

    UP = "up"
    DOWN = "down"
    WRONG_CITATION = "wrong_citation"


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A citation as it was shown; `start` and `end` are of the generation of the entry."""

    doc_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What would have been right.

    Attributes:
        answers: Acceptable short answers; empty if the documents don't say.
        evidence: Sentences of the documents, verbatim; empty if the documents don't say.
    """

    answers: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether the documents answer the question."""
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's verdict on one answer.

    Attributes:
        id: Never used again, also after the entry is deleted.
        at: ISO 8601, UTC.
        verdict: What the person thought.
        question: As asked.
        answer: As given; None for “the documents don't say”.
        confidence: Of the answer, 0 to 1.
        citations: As shown; empty for “the documents don't say”.
        generation: Of the index that answered.
        correction: What would have been right, if somebody has said so.
    """

    id: int
    at: str
    verdict: Verdict
    question: str
    answer: str | None
    confidence: float
    citations: tuple[CitedPlace, ...]
    generation: str
    correction: Correction | None

    @property
    def expected(self) -> Correction | None:
        """What is right: the correction, or an answer that was approved; None if nobody knows."""
        if self.correction is not None or self.verdict is not Verdict.UP:
            return self.correction
        if self.answer is None:
            return Correction((), ())
        return Correction((self.answer,), tuple(place.quote for place in self.citations))


def makes_test(state: str) -> bool:
    """Whether a verdict on what has this state says what a test may expect.

    Not where something was computed, or asked back: neither is quoted, nor was it refused. Nor
    where several things were asked: a verdict does not say which of them it is about.
    """
    return state in ("answer", "differ", "possible", "none")


class Feedback:
    """The feedback on one index's answers. Safe to use from several threads and processes."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Remember where the file is; the first `add` creates it.

        Args:
            path: The file.
            read_only: Whether nothing is added, changed or deleted.
        """
        self._path = path
        self.read_only = read_only

    def add(self, answer: Answer, verdict: Verdict, *, generation: str = "") -> int:
        """Keep a verdict on an answer.

        Args:
            answer: As shown.
            verdict: What the person thought.
            generation: Of the index that answered.

        Returns:
            The entry's id.

        Raises:
            FeedbackError: The file cannot be written, or is only read.
        """
        self._check_writable()
        cited = [asdict(CitedPlace(c.doc_id, c.start, c.end, c.quote)) for c in answer.citations]
        values = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            Verdict(verdict).value,
            answer.question,
            answer.answer if answer.answered else None,
            answer.confidence,
            json.dumps(cited if answer.answered else []),
            generation,
        )
        self._create()
        with self._open() as db:
            return int(
                db.execute(
                    "INSERT INTO entries(at, verdict, question, answer, confidence, citations, "
                    "generation, comment) VALUES (?, ?, ?, ?, ?, ?, ?, '') RETURNING id",
                    values,
                ).fetchone()[0]
            )

    def entries(self) -> list[Entry]:
        """List the entries, the oldest first; none if there is no file yet.

        Raises:
            FeedbackError: The file cannot be read.
        """
        if not self._path.exists():
            return []
        with self._open() as db:
            rows = db.execute(
                "SELECT id, at, verdict, question, answer, confidence, citations, generation, "
                "correction FROM entries ORDER BY id"
            ).fetchall()
        try:
            return [_entry(*row) for row in rows]
        except (ValueError, TypeError) as error:
            raise self._unusable(error) from error

    def correct(
        self, entry_id: int, *, answers: Sequence[str] = (), evidence: Sequence[str] = ()
    ) -> None:
        """Say what would have been right; an earlier correction is replaced.

        Args:
            entry_id: Which entry.
            answers: Acceptable short answers, each standing in the evidence.
            evidence: Sentences of the documents, verbatim. Without any, the documents
                don't say.

        Raises:
            FeedbackError: There is no such entry, an answer does not stand in the evidence,
                or the file cannot be written.
        """
        if any(not text.strip() for text in (*answers, *evidence)):
            raise FeedbackError("an answer or a sentence of the evidence is blank: leave it out")
        told = [squeezed(sentence) for sentence in evidence]
        for answer in answers:
            if not any(squeezed(answer) in sentence for sentence in told):
                raise FeedbackError(
                    f"the answer {answer!r} does not stand in the evidence: give the sentence of "
                    "the document that holds it"
                )
        correction = Correction(
            tuple(map(without_half_pairs, answers)), tuple(map(without_half_pairs, evidence))
        )
        self._change(
            entry_id,
            "UPDATE entries SET correction = ? WHERE id = ?",
            (json.dumps(asdict(correction)), entry_id),
        )

    def delete(self, entry_id: int) -> None:
        """Remove an entry.

        Raises:
            FeedbackError: There is no such entry, or the file cannot be written.
        """
        self._change(entry_id, "DELETE FROM entries WHERE id = ?", (entry_id,))

    def export(self) -> list[dict[str, Any]]:
        """Make gold questions of the entries of which it is known what is right.

        Those are approved answers, with the cited sentences as evidence, and corrected ones.
        Of several entries with the same question, the newest counts.

        Returns:
            Gold objects as `qa eval` reads them (docs/CONTRACT.md), the oldest first.
        """
        return [gold for entry in _newest(self.entries()) if (gold := _gold(entry))]

    def pending(self) -> list[Entry]:
        """List the entries that a correction would make into gold questions, the oldest first."""
        return [entry for entry in _newest(self.entries()) if entry.expected is None]

    def _change(self, entry_id: int, sql: str, values: tuple[Any, ...]) -> None:
        self._check_writable()
        changed = 0
        if self._path.exists():
            with self._open() as db:
                changed = db.execute(sql, values).rowcount
        if not changed:
            raise FeedbackError(f"there is no feedback with the id {entry_id} in {self._path}")

    def _check_writable(self) -> None:
        if self.read_only:
            raise FeedbackError("feedback is only read here: nothing was kept or changed")

    def _create(self) -> None:
        """Create the file whole, once: other writers wait for it."""
        if self._path.exists():
            return
        try:
            with filelock.FileLock(self._path.with_suffix(".lock"), timeout=_WAIT_SECONDS):
                if self._path.exists():
                    return
                part = self._path.with_suffix(".new")
                part.unlink(missing_ok=True)  # of a program that was killed
                with closing(sqlite3.connect(part)) as db:
                    db.execute("PRAGMA journal_mode=WAL")
                    db.executescript(_SCHEMA)
                sync(part)
                part.replace(self._path)
                sync_folder(self._path.parent)
        except (OSError, filelock.Timeout, sqlite3.Error) as error:
            raise self._unusable(error) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as db:
                (version,) = db.execute("PRAGMA user_version").fetchone()
                if version != _VERSION:
                    raise self._unusable(f"format {version}, this program reads {_VERSION}")
                db.execute("PRAGMA synchronous=FULL")
                with db:
                    yield db
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, why: object) -> FeedbackError:
        return FeedbackError(
            f"the feedback in {self._path} cannot be used ({why}); move the file away to begin anew"
        )


def _entry(*row: Any) -> Entry:
    number, at, verdict, question, answer, confidence, citations, generation, said = row
    return Entry(
        id=number,
        at=at,
        verdict=Verdict(verdict),
        question=question,
        answer=answer,
        confidence=confidence,
        citations=decode(read_json(citations), tuple[CitedPlace, ...]),
        generation=generation,
        correction=None if said is None else decode(read_json(said), Correction),
    )


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Keep of each question the newest entry, in order."""
    newest = {squeezed(entry.question).casefold(): entry for entry in entries}
    return sorted(newest.values(), key=lambda entry: entry.id)


def _gold(entry: Entry) -> dict[str, Any] | None:
    expected = entry.expected
    if expected is None:
        return None
    return {
        "id": f"feedback-{entry.id}",
        "question": entry.question,
        "answers": list(expected.answers),
        "evidence": list(expected.evidence),
        "answerable": expected.answerable,
    }
