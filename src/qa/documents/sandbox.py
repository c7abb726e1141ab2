"""Have files read and drawn by worker processes, so that a bad one never stops the rest.

A worker that takes too long is killed, one that dies is replaced; the file it had is
reported with the reason. Knows processes and limits; what is in a file is `formats`' affair.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from msgspec.structs import replace

from qa.documents.load import SourceFile, title_from_name
from qa.documents.messages import (
    READY,
    DrawnPage,
    DrawRequest,
    Found,
    ParsedFile,
    ParseRequest,
    RecognisedPage,
    RecogniseRequest,
    Request,
    Response,
    ScannedFile,
    Unreadable,
)
from qa.documents.messages import PageImage as PageImage
from qa.errors import SourceError, WorkerError
from qa.schema import Document, ParsedDocument, RefusedFile, SkippedFile, Span
from qa.settings import ParseLimits

# Files handed out before the first of them is taken: workers do not wait for a slow one.
_AHEAD = 8
# A worker that has not come as far as to be asked by then will not.
_START_SECONDS = 120.0
# Longer than that no file holds up those after it.
_PATIENCE_SECONDS = 20.0
_NONSENSE = "the worker that read it answered nonsense: it is damaged, or meant to do harm"

Read = ParsedDocument | SkippedFile


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

        Raises:
            WorkerError: No process can be started to read it.
        """
        request = ParseRequest(source.path, source.doc_id)
        response, failure = self._ask(request), ""
        if isinstance(response.found, ScannedFile):
            scans, failure = self._recognise(Path(source.path), response.found.pages, wants_scans)
            response = self._ask(replace(request, scans=scans))
        found = response.found
        if isinstance(found, ParsedFile):
            return _document(source.doc_id, found)
        if not isinstance(found, Unreadable):
            return SkippedFile(source.doc_id, _NONSENSE)
        if failure:
            return SkippedFile(source.doc_id, f"scanned, and could not be read: {failure}")
        # A worker that has taken much of its memory already, or was being killed when it
        # answered, may have refused for that; only a parser's own refusal is remembered.
        if found.sha256 and not response.retire:
            return RefusedFile(source.doc_id, found.reason, found.sha256)
        return SkippedFile(source.doc_id, found.reason)

    def parse_all(self, sources: Iterable[SourceFile]) -> Iterator[ParsedDocument | SkippedFile]:
        """Read many files at a time.

        They come back in the order given, but for those that take long: nobody waits for them.
        """
        pending: deque[Future[Read]] = deque()
        stopped = threading.Event()
        slow: set[Future[Read]] = set()
        with ThreadPoolExecutor(self._size, thread_name_prefix="parse") as threads:
            try:
                for source in sources:
                    pending.append(threads.submit(self.parse, source, lambda: not stopped.is_set()))
                    if len(pending) >= _AHEAD * self._size:
                        yield _first_ready(pending, slow).result()
                while pending:
                    yield _first_ready(pending, slow).result()
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
                return scans, failure or "the build was stopped before this page was read"
            found = self._ask(RecogniseRequest(str(path), page)).found
            if isinstance(found, RecognisedPage):
                scans[page] = found.scan
            else:
                failure = failure or f"page {page}: {_reason(found)}"
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
        try:
            found = self._ask(DrawRequest(str(path), sha256, layout, page, span)).found
        except WorkerError as error:
            raise SourceError(f"{path.name}: {error}") from error
        if not isinstance(found, DrawnPage):
            raise SourceError(f"{path.name}: {_reason(found)}")
        return found.image

    def _ask(self, request: Request) -> Response:
        worker = self._idle.get()
        keep = False
        try:
            if worker is not None and not worker.alive():  # not the next file's fault
                worker.stop()
                worker = None
            worker = worker or _Worker(self._limits)
            response = worker.ask(request)
            keep = not response.retire
            return response
        finally:
            if worker is not None and not keep:
                worker.stop()
            self._idle.put(worker if keep else None)


def _first_ready(pending: deque[Future[Read]], slow: set[Future[Read]]) -> Future[Read]:
    """Take the first that is ready; the first of all if it is before patience ends.

    Args:
        pending: In order.
        slow: Those that were waited for already.
    """
    first = next((one for one in pending if one not in slow), None)
    if first is not None:
        wait([first], timeout=_PATIENCE_SECONDS)
        if not first.done():
            slow.add(first)
    ready = next((one for one in pending if one.done()), None)
    if ready is None:
        wait(pending, return_when=FIRST_COMPLETED)
        ready = next(one for one in pending if one.done())
    pending.remove(ready)
    slow.discard(ready)
    return ready


def _document(doc_id: str, found: ParsedFile) -> ParsedDocument:
    parsed = found.parsed
    document = Document(
        doc_id=doc_id,
        title=parsed.title[:200].strip() or title_from_name(doc_id),
        text=parsed.text,
        sha256=found.sha256,
        pages=parsed.pages,
        date=parsed.date,
        scanned=parsed.scanned,
        unread=parsed.unread,
    )
    return ParsedDocument(document, parsed.blocks, parsed.layout)


def _reason(found: Found) -> str:
    return found.reason if isinstance(found, Unreadable) else _NONSENSE


class _Worker:
    """One process; asked one thing at a time."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "qa.documents.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError as error:
            raise WorkerError(
                f"the process that reads files cannot be started with {sys.executable} ({error}): "
                "see that Python is where it was, and that there is memory left"
            ) from error
        self._overdue = False
        self._ready = False

    def ask(self, request: Request) -> Response:
        """Send a request and wait; a worker that gave no answer must not be asked again.

        Raises:
            WorkerError: It has not come as far as to look at the file.
        """
        if not self._ready:
            self._wait_until_ready()
        line = self._line(lambda: self._send(request), self._limits.seconds)
        if line.endswith(b"\n"):
            try:
                response = msgspec.json.decode(line, type=Response)
            except (ValueError, RecursionError):
                return Response(Unreadable(_NONSENSE), retire=True)
            return replace(response, retire=response.retire or self._overdue)
        return Response(Unreadable(self._died()), retire=True)

    def _wait_until_ready(self) -> None:
        """Wait apart from the first file's time: a busy machine takes long to start Python."""
        self._ready = self._line(lambda: self._send(self._limits), _START_SECONDS) == READY
        if not self._ready:
            code = self._process.wait()
            raise WorkerError(
                f"the process that reads files ended as it began (exit code {code}): "
                f"to see why, run {sys.executable} -m qa.documents.worker"
            )

    def _line(self, send: Callable[[], None], seconds: float) -> bytes:
        """Send something and wait for a line; kill the process when it takes longer."""
        assert self._process.stdout is not None
        watch = threading.Timer(seconds, self._kill_overdue)
        watch.daemon = True
        watch.start()
        try:
            send()
            return self._process.stdout.readline()
        finally:
            watch.cancel()
            watch.join()  # it may just be killing

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

    def _send(self, message: Request | ParseLimits) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")
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
