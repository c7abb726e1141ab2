"""Spread the preparing of documents over the machines of a Ray cluster, with Ray Data.

A task gets the paths of a few documents and returns them cut and encoded. Ray starts tasks
where there are cores, holds them back while nobody takes what they have made, and starts those
again whose process or machine dies. The one module that knows Ray.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when Ray is started; nothing is reported

import msgspec
import ray
import ray.data

from qa.documents.load import SourceFile
from qa.errors import WorkerError
from qa.index.machines.work import Preparer, Unprepared, Work
from qa.index.passages.cut import Prepared
from qa.models.encoder import available_cores
from qa.schema import SkippedFile

# Documents of one task: seconds of work, so that starting it costs little beside, and little is
# done again if it is lost.
_MOST_DOCUMENTS = 16
_MOST_BYTES = 200_000


def prepare_all(
    address: str, sources: Sequence[SourceFile], work: Work, encoder: Path
) -> Iterator[Prepared | SkippedFile]:
    """Have documents read, cut and encoded; they come back as they are ready.

    Args:
        address: `local` to start Ray on this machine alone, `auto` for the cluster that this
            machine is part of, or that cluster's `HOST:PORT`.
        sources: The files; every machine sees them under the same path.
        work: How they are prepared.
        encoder: Folder of the encoder, which is sent to the machines.

    Raises:
        WorkerError: The cluster cannot be joined, gives up, lacks a file or runs another program.
    """
    paths = {source.doc_id: source.path for source in sources}
    groups = [{"documents": msgspec.json.encode(group)} for group in _groups(sources)]
    with _joined(address):
        files = ray.put({path.name: path.read_bytes() for path in encoder.iterdir()})
        dataset = ray.data.from_items(groups, override_num_blocks=len(groups)).flat_map(
            _prepare, fn_kwargs={"work": work, "encoder": files}, num_cpus=1
        )
        decoder = msgspec.msgpack.Decoder(Prepared | Unprepared)
        for row in dataset.iter_rows():
            found = decoder.decode(row["document"])
            if isinstance(found, Prepared):
                yield found
            elif found.missing and Path(paths[found.doc_id]).exists():
                raise WorkerError(
                    f"a machine of the cluster does not see {paths[found.doc_id]}: every one must "
                    "have the documents under the same path, as a shared folder"
                )
            else:
                yield found.skipped()


@contextmanager
def _joined(address: str) -> Iterator[None]:
    """Be part of a cluster meanwhile; one that was started for this ends with it."""
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        ray.init(
            address=address,
            num_cpus=available_cores() if address == "local" else None,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield
    except ray.exceptions.RayError as error:
        raise WorkerError(f"the machines of the Ray cluster gave up: {error}") from error
    finally:
        ray.shutdown()


def _groups(sources: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    """Put documents together, in order, as many as make a task; a large one is a task alone."""
    group: list[SourceFile] = []
    size = 0
    for source in sources:
        group.append(source)
        try:
            size += Path(source.path).stat().st_size
        except OSError:  # gone meanwhile; reading it will say so
            pass
        if len(group) == _MOST_DOCUMENTS or size > _MOST_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _prepare(row: dict[str, Any], work: Work, encoder: Any) -> list[dict[str, Any]]:
    """Do the work of one task, in a process of Ray's."""
    preparer = _preparer(work, encoder)
    sources = msgspec.json.decode(row["documents"], type=list[SourceFile])
    return [
        {"document": msgspec.msgpack.encode(preparer.prepare(source))} for source in sources
    ]


@lru_cache(maxsize=1)
def _preparer(work: Work, encoder: Any) -> Preparer:
    """Open what a process of Ray's works with, once; `encoder` is where its files are kept."""
    return Preparer(work, ray.get(encoder))
