"""Ask a gold file's questions in the background while the page goes on answering.

Does not know HTML but for the report it keeps.
"""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.errors import GoldError, QAError, UsageError
from qa.evaluate.ask import DEPTH, evaluate
from qa.evaluate.gold import GoldQuestion, load_gold
from qa.evaluate.report.report import Subject, report_html
from qa.settings import AskSettings


@dataclass(frozen=True, slots=True)
class EvaluationStatus:
    """How far the asking of a gold file is.

    Attributes:
        gold: Name of the file.
        running: Whether it is going on.
        done: Questions asked.
        total: Questions in all.
        error: Why it failed, or empty.
        report: The report as one HTML page, once it is done; else empty.
    """

    gold: str = ""
    running: bool = False
    done: int = 0
    total: int = 0
    error: str = ""
    report: str = ""


class Evaluator:
    """Runs one gold file at a time. Safe to use from several threads."""

    def __init__(
        self, index_dir: Path, settings: AskSettings | None = None, store: str = ""
    ) -> None:
        """Prepare.

        Args:
            index_dir: The index that is asked.
            settings: How it answers.
            store: Address of the Milvus that has it; empty for its folder.
        """
        self._store = store
        self._index_dir = index_dir
        self._settings = settings or AskSettings()
        self._lock = threading.Lock()
        self._status = EvaluationStatus()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def status(self) -> EvaluationStatus:
        """Say how far it is."""
        with self._lock:
            return self._status

    def start(self, path: Path, name: str, split: str | None = None) -> None:
        """Begin to ask a gold file's questions.

        Args:
            path: The file.
            name: What a person calls it.
            split: Keep only this split; None for all.

        Raises:
            GoldError: The file is malformed; says in which line, by the name given.
            UsageError: Another one is being asked.
            QAError: The machine has no thread left.
        """
        gold = _load(path, name, split)
        with self._lock:
            if self._status.running:
                raise UsageError("another gold file is being asked: wait for it or stop it")
            self._stopped.clear()
            thread = threading.Thread(
                target=self._run, args=(gold, name, split or ""), daemon=True, name="evaluate"
            )
            try:
                thread.start()  # its first word waits for the lock
            except RuntimeError as error:
                raise QAError(f"{name} cannot be asked now ({error}); try again later") from error
            self._thread = thread
            self._status = EvaluationStatus(gold=name, running=True, total=len(gold))

    def stop(self) -> None:
        """End a running evaluation without a report."""
        self._stopped.set()

    def wait(self) -> None:
        """Wait for the current evaluation to end."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, gold: list[GoldQuestion], name: str, split: str) -> None:
        report = error = ""
        try:
            settings = replace(self._settings, k=DEPTH)
            answerer = open_index(self._index_dir, settings, store=self._store)
            try:
                records = evaluate(answerer, gold, self._advance)
                report = report_html(records, self._subject(answerer, name, split), {})
            finally:
                answerer.close()
        except _StoppedError:
            error = "it was stopped"
        except QAError as problem:
            error = str(problem)
        finally:
            with self._lock:
                error = error if report or error else "it failed: please report this as a bug"
                self._status = replace(self._status, running=False, report=report, error=error)

    def _advance(self, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        with self._lock:
            self._status = replace(self._status, done=done, total=total)

    def _subject(self, answerer: Answerer, name: str, split: str) -> Subject:
        threshold = answerer.min_confidence
        return Subject(
            gold=name,
            split=split,
            corpus=Path(answerer.index.manifest.corpus).name,
            made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            threshold=None if threshold > 1 else threshold,
            max_risk=self._settings.max_risk,
        )


def _load(path: Path, name: str, split: str | None) -> list[GoldQuestion]:
    """Read a gold file; where its path would be told, the name a person knows is."""
    try:
        gold = load_gold(path, split)
    except GoldError as error:
        raise GoldError(str(error).replace(str(path), name)) from error
    return [replace(entry, id=entry.id.replace(str(path), name)) for entry in gold]


class _StoppedError(Exception):
    """Somebody asked for an end."""
