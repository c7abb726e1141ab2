"""Spread the preparing of documents over the machines of a Ray cluster.

A task gets a few documents and returns them cut and encoded. Ray starts tasks where there are
cores, and those again whose process or machine died; no more are handed out than will soon have
one. The one module that knows Ray.
"""

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when Ray is started; nothing is reported

import msgspec
import ray

from qa.documents.load import SourceFile
from qa.errors import WorkerError
from qa.index.machines.work import Preparer, Sent, Unprepared, Work
from qa.index.passages.cut import Prepared
from qa.models.encoder import available_cores
from qa.schema import SkippedFile

# Documents of one task: seconds of work, so that starting it costs little beside, and little is
# done again if it is lost.
_MOST_DOCUMENTS = 16
_MOST_BYTES = 200_000
_AHEAD = 2  # tasks handed out for each core
_CONNECT_SECONDS = 5.0
_RESULTS = msgspec.msgpack.Decoder(list[Prepared | Unprepared])


def prepare_all(
    address: str, sources: Sequence[SourceFile], work: Work, encoder: Path
) -> Iterator[Prepared | SkippedFile]:
    """Have documents read, cut and encoded; they come back as they are ready.

    Args:
        address: `local` to start Ray on this machine alone, `auto` for the cluster that this
            machine is part of, or that cluster's `HOST:PORT`.
        sources: The files; their bytes are sent to the machines.
        work: How they are prepared.
        encoder: Folder of the encoder, which is sent, too.

    Raises:
        WorkerError: The cluster cannot be joined, gives up or runs another program.
    """
    with _joined(address):
        files = ray.put(
            {path.name: path.read_bytes() for path in encoder.iterdir() if path.is_file()}
        )
        task = ray.remote(num_cpus=1, max_retries=3)(_prepare)
        waiting: list[Any] = []
        for group in _groups(sources):
            while len(waiting) >= _AHEAD * max(1, ray.cluster_resources().get("CPU", 1)):
                yield from _first_done(waiting)
            sent = [one for one in group if isinstance(one, Sent)]
            yield from (one.skipped() for one in group if isinstance(one, Unprepared))
            waiting.append(task.remote(sent, work, [files]))
        while waiting:
            yield from _first_done(waiting)


@contextmanager
def _joined(address: str) -> Iterator[None]:
    """Be part of a cluster meanwhile; one that was started for this ends with it."""
    host, _, port = address.rpartition(":")
    try:
        if host and port.isdigit():  # Ray itself tries for minutes
            socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
        ray.init(
            address=address,
            num_cpus=available_cores() if address == "local" else None,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (OSError, OverflowError, RuntimeError, ValueError) as error:
        raise WorkerError(
            f"no Ray cluster can be joined at {address!r} ({error}): expected auto on a machine "
            "of the cluster, its HOST:PORT (with RAY_AUTH_MODE=token if it has a token), or local"
        ) from error
    try:
        yield
    except ray.exceptions.RayTaskError as error:
        raise WorkerError(f"the machines of the Ray cluster failed: {error.cause}") from error
    except ray.exceptions.RayError as error:
        raise WorkerError(f"the machines of the Ray cluster gave up: {error}") from error
    finally:
        ray.shutdown()


def _groups(sources: Sequence[SourceFile]) -> Iterator[list[Sent | Unprepared]]:
    """Read files in order, as many as make a task."""
    group: list[Sent | Unprepared] = []
    size = 0
    for source in sources:
        try:
            data = Path(source.path).read_bytes()
            group.append(Sent(source.doc_id, data))
            size += len(data)
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
            group.append(Unprepared(source.doc_id, reason))
        if len(group) == _MOST_DOCUMENTS or size > _MOST_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _first_done(waiting: list[Any]) -> Iterator[Prepared | SkippedFile]:
    """Wait for the first task that is done, whichever; take it out and yield its documents."""
    (done,), _ = ray.wait(waiting)
    waiting.remove(done)
    for found in _RESULTS.decode(ray.get(done)):
        yield found if isinstance(found, Prepared) else found.skipped()


def _prepare(documents: list[Sent], work: Work, encoder: list[Any]) -> bytes:
    """Do the work of one task, in a process of Ray's."""
    preparer = _preparer(work, encoder[0])
    return msgspec.msgpack.encode([preparer.prepare(one) for one in documents])


@lru_cache(maxsize=1)
def _preparer(work: Work, encoder: Any) -> Preparer:
    """Open what a process of Ray's works with, once; `encoder` is where its files are kept."""
    return Preparer(work, ray.get(encoder))
