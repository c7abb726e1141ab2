"""Reads and draws files in worker processes: one bad file never stops the rest.

A worker that takes too long is killed, one that dies is replaced; the file it had is
reported with the reason. Knows processes and limits; what is in a file is `formats`' affair.
"""

import base64
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from qa.documents.load import SourceFile, title_from_name
from qa.errors import SourceError
from qa.schema import Block, Document, ParsedDocument, RefusedFile, SkippedFile, Span
from qa.settings import ParseLimits

# Files handed out before the first of them is taken: workers do not wait for a slow one.
_AHEAD = 8


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page with the cited words boxed.

    Attributes:
        png: The image.
        width: Pixels.
        height: Pixels.
        boxes: Left, top, right and bottom of each box as shares of the image, 0 to 1.
    """

    png: bytes
    width: int
    height: int
    boxes: tuple[tuple[float, float, float, float], ...]


class Sandbox:
    """A few worker processes, started when needed. Safe to use from several threads."""

    def __init__(
        self,
        limits: ParseLimits | None = None,
        workers: int = 1,
        *,
        on_scan: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Prepare; no process is started yet.

        Args:
            limits: What one file may cost.
            workers: Processes at a time.
            on_scan: Called with how many scanned pages have been read and how many are known
                of, when either changes; by any thread, one at a time.
        """
        self._limits = limits or ParseLimits()
        self._size = workers
        self._on_scan = on_scan
        self._counting = threading.Lock()
        self._scans_done = self._scans_known = 0
        self._closing = threading.Lock()
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, each when it is idle."""
        with self._closing:  # of two that each wait for what the other has, none would end
            workers = [self._idle.get() for _ in range(self._size)]
        for worker in workers:
            if worker is not None:
                worker.stop()
            self._idle.put(None)

    def parse(
        self, source: SourceFile, wants_scans: Callable[[], bool] = lambda: True
    ) -> ParsedDocument | SkippedFile:
        """Read one file; a `RefusedFile` would be refused again under these limits.

        Args:
            source: The file.
            wants_scans: Whether scanned pages, which take seconds each, are to be read; asked
                before each of them.
        """
        request: dict[str, Any] = {
            "do": "parse",
            "path": str(source.path),
            "name": source.doc_id,
        }
        response = self._ask(request)
        if "pictures" in response:
            scans, failure = self._recognise(source.path, response["pictures"], wants_scans)
            response = self._ask({**request, "scans": scans})
            if failure and "unreadable" in response:
                return SkippedFile(source.doc_id, f"scanned, and could not be read: {failure}")
        if "unreadable" in response:
            return _skipped(source.doc_id, response)
        document = Document(
            doc_id=source.doc_id,
            title=response["title"][:200].strip() or title_from_name(source.doc_id),
            text=response["text"],
            sha256=response["sha256"],
            pages=tuple(response["pages"]),
            date=response["date"],
            scanned=tuple(response["scanned"]),
            unread=tuple(response["unread"]),
        )
        blocks = tuple(Block(*block) for block in response["blocks"])
        return ParsedDocument(document, blocks, response["layout"])

    def parse_all(self, sources: Iterable[SourceFile]) -> Iterator[ParsedDocument | SkippedFile]:
        """Read many files at a time; they come back in the order given."""
        pending: deque[Future[ParsedDocument | SkippedFile]] = deque()
        stopped = threading.Event()
        with ThreadPoolExecutor(self._size, thread_name_prefix="parse") as threads:
            try:
                for source in sources:
                    pending.append(threads.submit(self.parse, source, lambda: not stopped.is_set()))
                    if len(pending) >= _AHEAD * self._size:
                        yield pending.popleft().result()
                while pending:
                    yield pending.popleft().result()
            finally:
                stopped.set()
                for future in pending:
                    future.cancel()

    def _recognise(
        self, path: Path, pages: Sequence[int], wants_scans: Callable[[], bool]
    ) -> tuple[dict[int, Any], str]:
        """Read the scanned pages of a file, each under the limits of a file.

        Returns:
            What was read, by page; and why the first page that could not be read could not.
        """
        scans: dict[int, Any] = {}
        failure = ""
        self._count_scans(known=len(pages))
        for page in pages:
            if not wants_scans():
                return scans, failure or "nobody wanted to wait"
            response = self._ask({"do": "recognise", "path": str(path), "page": page})
            if "scan" in response:
                scans[page] = response["scan"]
            else:
                failure = failure or f"page {page}: {response['unreadable']}"
            self._count_scans(done=1)
        return scans, failure

    def _count_scans(self, *, known: int = 0, done: int = 0) -> None:
        with self._counting:
            self._scans_known += known
            self._scans_done += done
            self._on_scan(self._scans_done, self._scans_known)

    def draw_page(
        self, path: Path, sha256: str, layout: str, page: int, span: Span | None
    ) -> PageImage:
        """Draw a page of a file that has not changed since it was indexed.

        Args:
            path: The file.
            sha256: What it must have, in hex.
            layout: From the file's `ParsedDocument`.
            page: From 1.
            span: The words to box, in document offsets; None for none.

        Raises:
            SourceError: It cannot be drawn, or has changed; says why.
        """
        request = {
            "do": "draw",
            "path": str(path),
            "sha256": sha256,
            "layout": layout,
            "page": page,
            "span": span,
        }
        response = self._ask(request)
        if "unreadable" in response:
            raise SourceError(f"{path.name}: {response['unreadable']}")
        boxes = tuple((box[0], box[1], box[2], box[3]) for box in response["boxes"])
        png = base64.b64decode(response["png"])
        return PageImage(png, response["width"], response["height"], boxes)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        worker = self._idle.get()
        keep = False
        try:
            if worker is not None and not worker.alive():  # not the next file's fault
                worker.stop()
                worker = None
            worker = worker or _Worker(self._limits)
            response = worker.ask(request)
            keep = not response.get("retire", False)
            return response
        finally:
            if worker is not None and not keep:
                worker.stop()
            self._idle.put(worker if keep else None)


def _skipped(doc_id: str, response: dict[str, Any]) -> SkippedFile:
    """Tell a parser's own refusal from one for want of time, memory or a process.

    A worker that has taken much of its memory already, or was being killed when it answered,
    may have refused for that.
    """
    reason = response["unreadable"]
    if "sha256" in response and not response["retire"]:
        return RefusedFile(doc_id, reason, response["sha256"])
    return SkippedFile(doc_id, reason)


class _Worker:
    """One process; asked one thing at a time."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "qa.documents.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._overdue = False
        self._send(asdict(limits))

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait; a worker that gave no answer must not be asked again."""
        assert self._process.stdout is not None
        watch = threading.Timer(self._limits.seconds, self._kill_overdue)
        watch.daemon = True
        watch.start()
        try:
            self._send(request)
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
            watch.join()  # it may just be killing
        if line.endswith(b"\n"):
            response: dict[str, Any] = json.loads(line)
            return {**response, "retire": True} if self._overdue else response
        return {"unreadable": self._died(), "retire": True}

    def alive(self) -> bool:
        """Whether the process has not died while it was idle."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what could not be sent any more
                    continue

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:  # it has died; the missing answer tells
            return

    def _kill_overdue(self) -> None:
        self._overdue = True
        self._process.kill()

    def _died(self) -> str:
        code = self._process.wait()
        if self._overdue:
            return f"took longer than {self._limits.seconds:g} s to read (limit --max-seconds)"
        if code == -signal.SIGABRT:  # how native code says that it got no memory
            megabytes = self._limits.memory_bytes // 1_000_000
            return f"needs more than {megabytes:,} MB of memory to be read (or is damaged)"
        return f"the parser crashed on it (exit code {code}): it is damaged, or meant to do harm"
