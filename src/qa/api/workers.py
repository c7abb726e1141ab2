"""Serve programs from several processes that share one address, each with the index open.

uvicorn starts them and starts another where one has ended; here is what each of them serves, and
how all of them are told to end. Does not know what is asked.
"""

import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from qa.answer.live import LiveAnswerer
from qa.api.counts import SHARED
from qa.api.keys import Keys
from qa.api.serving import programs, service_of
from qa.errors import WorkerError
from qa.settings import AskSettings, WriterSettings
from qa.web.door import Door
from qa.web.guard import Rules
from qa.web.server import ANSWER_SECONDS, SERVED, address_of, guarded
from qa.web.stop import SIGNALS, end_at_once_next_time

_START_SECONDS = 60.0
_HUNG_SECONDS = 60  # without a sign of life; on a busy machine one may take long


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker serves.

    Attributes:
        index_dir: The index that answers.
        settings: How it answers.
        rules: Whom requests may be sent to.
        keys: Who is answered; None for everybody.
        mcp: Whether there are tools for agents beside the HTTP interface.
        read_only: Whether no verdicts are kept.
        writer: A model that writes about answers; None for none.
        store: Address of a Milvus that has the index; empty for its folder.
    """

    index_dir: Path
    settings: AskSettings
    rules: Rules
    keys: Keys | None = None
    mcp: bool = False
    read_only: bool = False
    writer: WriterSettings | None = None
    store: str = ""


def serve(plan: Plan, listening: socket.socket, workers: int, ready: Callable[[str], None]) -> None:
    """Serve until told to end by a signal; then what has been asked is answered first.

    Args:
        plan: What each of them serves.
        listening: Where.
        workers: How many processes.
        ready: Called with the address once all of them answer.

    Raises:
        WorkerError: They could not be started.
    """
    with tempfile.TemporaryDirectory(prefix="qa-counts-") as folder:
        os.environ[SHARED] = folder
        config = uvicorn.Config(
            partial(_served, plan),
            factory=True,
            workers=workers,
            timeout_worker_healthcheck=_HUNG_SECONDS,
            **SERVED,
        )
        # That a worker is sent away is no news.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        with listening:
            _Supervisor(config, listening, ready).run()


class _Supervisor(Multiprocess):
    """Starts the workers, looks after them, and ends them."""

    def __init__(
        self, config: uvicorn.Config, listening: socket.socket, ready: Callable[[str], None]
    ) -> None:
        super().__init__(config, [listening])
        self._is_told = False
        self._ready = partial(ready, address_of(listening))
        for number in (*SIGNALS, *_signals("SIGHUP", "SIGQUIT")):
            signal.signal(number, self._tell)

    def init_processes(self) -> None:
        super().init_processes()
        if not all(one.wait_until_ready(_START_SECONDS) for one in self.processes):
            self._kill()
            raise WorkerError("the workers could not be started: what they have printed says why")
        self._ready()

    def keep_subprocess_alive(self) -> None:
        before = {worker.pid for worker in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {worker.pid for worker in self.processes}:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]

    def _tell(self, number: int, *_: object) -> None:
        """Have all of them end: when they have answered, or at once if they have been told."""
        if self._is_told:
            self._kill()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._is_told = True
        self.signal_queue.append(signal.SIGTERM)

    def _kill(self) -> None:
        for worker in self.processes:
            worker.process.kill()


def _served(plan: Plan) -> ASGIApp:
    """Return what a worker serves; runs in its main thread, when uvicorn has set its signals."""
    live = LiveAnswerer(plan.index_dir, plan.settings, store=plan.store)
    service = service_of(plan.index_dir, live, read_only=plan.read_only, writer=plan.writer)
    beside = programs(service, api=True, mcp=plan.mcp, keys=plan.keys)
    door = Door(guarded(plan.rules, beside.gates, beside.lifespan))
    _end_with(door)
    service.metrics()  # so that the first question does not wait for the models
    return door


def _end_with(door: Door) -> None:
    """End when told to, or when whoever looks after this process is gone."""
    leave = signal.getsignal(signal.SIGTERM)
    assert callable(leave), "uvicorn's"

    def see_out() -> None:
        door.see_out(ANSWER_SECONDS)
        leave(signal.SIGTERM, None)

    def tell(*_: object) -> None:
        end_at_once_next_time()
        threading.Thread(target=see_out, daemon=True, name="ending").start()

    for number in SIGNALS:  # of a terminal, all processes hear: one of them tells the others
        signal.signal(number, signal.SIG_IGN)
    for number in _signals("SIGTERM", "SIGBREAK"):
        signal.signal(number, tell)
    threading.Thread(target=_follow_parent, daemon=True, name="parent").start()


def _follow_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def _signals(*names: str) -> tuple[signal.Signals, ...]:
    """Return those that this system has."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))
