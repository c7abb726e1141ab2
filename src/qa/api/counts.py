"""Count what is asked and what comes of it, for a monitoring system to collect.

Nothing of a question, an answer or a document is in it.
"""

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

from qa.answer.pipeline import Answerer
from qa.errors import QAError

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)


class Counts:
    """What has been asked since the program was started. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin at nothing."""
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)  # memory, processor time, open files
        self._registry = registry
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
            name: Gauge(f"qa_index_{name}", said, registry=registry)
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
        index = answerer.index if answerer else None
        self._gauges["ready"].set(index is not None)
        self._gauges["generation"].set(int(index.generation) if index else 0)
        self._gauges["documents"].set(index.store.n_documents if index else 0)
        self._gauges["passages"].set(index.store.n_passages if index else 0)
        return generate_latest(self._registry)
