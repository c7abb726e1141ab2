"""Count what is asked and what comes of it, for a monitoring system to collect.

Nothing of a question, an answer or a document is in it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from qa.answer.pipeline import Answerer
from qa.errors import QAError

CONTENT_TYPE = CONTENT_TYPE_LATEST
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which processes count together; read when prometheus_client is imported."""
_MEMORY = "process_resident_memory_bytes"
_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)


class Counts:
    """What has been asked since the program was started. Safe to use from several threads.

    Where several processes serve, each has one, and any of them writes what all have counted.
    """

    def __init__(self, *, of_process: bool = True) -> None:
        """Begin at nothing.

        Args:
            of_process: Whether the process's memory and time are told, too.
        """
        self._registry = CollectorRegistry()
        registry: CollectorRegistry | None = self._registry
        if SHARED in os.environ:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
            registry = None  # or its own would be there twice
        # Memory, processor time, open files.
        self._process = ProcessCollector(registry=registry if of_process else None)
        self._of_all = _OfAll() if registry is None else None
        self._questions = Counter(
            "qa_questions", "Questions by what came of them", ["via", "state"], registry=registry
        )
        self._seconds = Histogram(
            "qa_question_seconds",
            "Time to an answer, without waiting for one's turn",
            ["via"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._errors = Counter(
            "qa_errors", "Requests that failed, by kind", ["via", "kind"], registry=registry
        )
        self._verdicts = Counter(
            "qa_verdicts", "Verdicts on answers", ["verdict"], registry=registry
        )
        self._gauges = {
            name: Gauge(f"qa_index_{name}", said, registry=registry, multiprocess_mode="mostrecent")
            for name, said in (
                ("ready", "1 if questions can be answered"),
                ("generation", "Number of the generation that answers"),
                ("documents", "Documents in it"),
                ("passages", "Passages in it"),
            )
        }

    def answered(self, via: str, state: str, seconds: float) -> None:
        """Count a question.

        Args:
            via: By which way it came.
            state: What came of it.
            seconds: How long that took.
        """
        self._questions.labels(via, state).inc()
        self._seconds.labels(via).observe(seconds)
        self._count_process()

    def judged(self, verdict: str) -> None:
        """Count a verdict."""
        self._verdicts.labels(verdict).inc()

    @contextmanager
    def failures(self, via: str) -> Iterator[None]:
        """Count what goes wrong within."""
        try:
            yield
        except QAError as error:
            self._errors.labels(via, type(error).__name__).inc()
            raise
        except Exception:
            self._errors.labels(via, "unexpected").inc()
            raise

    def collect(self, answerer: Answerer | None) -> bytes:
        """Write all of it in the text format of Prometheus.

        Args:
            answerer: What answers now; None if nothing can.
        """
        self._count_process()
        index = answerer.index if answerer else None
        self._gauges["ready"].set(index is not None)
        self._gauges["generation"].set(int(index.generation) if index else 0)
        self._gauges["documents"].set(index.store.n_documents if index else 0)
        self._gauges["passages"].set(index.store.n_passages if index else 0)
        return generate_latest(self._registry)

    def _count_process(self) -> None:
        """Say for the others what cannot be seen from them."""
        if self._of_all:
            self._of_all.workers.set(1)
            for metric in self._process.collect():
                if metric.name == _MEMORY:
                    self._of_all.memory.set(metric.samples[0].value)


class _OfAll:
    """What is added up over the processes that are alive."""

    def __init__(self) -> None:
        self.workers = _summed("qa_workers", "Processes that answer")
        self.memory = _summed(_MEMORY, "Resident memory of all of them in bytes")


def _summed(name: str, said: str) -> Gauge:
    return Gauge(name, said, registry=None, multiprocess_mode="livesum")
