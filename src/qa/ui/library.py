"""Add files to the corpus folder and take them out of it, and bring the index up to date.

Builds run as `qa index` in a process of their own, so that the page stays quick, keeps
little in memory and survives whatever a file does. Nothing is deleted: what is removed
is moved to a hidden folder of the corpus, from where it can be put back.
"""

import os
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from qa.documents.load import source_path
from qa.errors import UsageError
from qa.files import file_sha256, make_folder, sync, sync_folder
from qa.formats import unsupported
from qa.index.progress import BuildEvent
from qa.ui.dismissed import DISMISSED_FILE, Dismissed, Failure
from qa.ui.file_names import safe_name
from qa.ui.index_process import IndexProcess, Outcome
from qa.ui.library_status import FileStatus, LibraryStatus, all_read, newest

REMOVED = ".removed"
# Stands in the index folder from before a file is changed until the index has followed.
WAITING = "waiting"
_END_SECONDS = 5.0


class Library:
    """Adds and removes files of a corpus folder. Safe to use from several threads."""

    def __init__(self, corpus: Path, index_dir: Path, options: Sequence[str] = ()) -> None:
        """Take charge of a folder.

        Args:
            corpus: The folder; made when the first file is added.
            index_dir: Where its index is or will be.
            options: Further options for `qa index`.
        """
        self._corpus = corpus
        self._index_dir = index_dir
        self._options = tuple(options)
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._status = LibraryStatus()
        self._again = False
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._process: IndexProcess | None = None
        self._removed: list[tuple[Path, Path]] = []
        self._added: tuple[str, ...] = ()
        self._dismissed = Dismissed(index_dir / DISMISSED_FILE)

    def status(self) -> LibraryStatus:
        """Say how far the current or last update is."""
        with self._lock:
            return self._status

    def add(self, files: Sequence[tuple[Path, str]]) -> list[FileStatus]:
        """Copy files into the corpus folder and bring the index up to date.

        A file whose name is taken by one with other content gets a name of its own.

        Args:
            files: Where each is now, and its name or path as a person knows it.

        Returns:
            What became of each, in order.
        """
        self._note_waiting()
        results = [self._add_one(path, name) for path, name in files]
        self._dismissed.forget({result.name for result in results})
        added = tuple(result.name for result in results if not result.problem)
        with self._lock:
            now = self._status
            before = now.files if now.running else ()
            self._added = (*self._added, *added) if now.running else added
            self._status = replace(now, files=newest(results, before))
        if any(not result.problem for result in results):
            self.update()
        elif not now.running:
            self._forget_waiting()
        return results

    def remove(self, doc_ids: Sequence[str]) -> None:
        """Move documents' files out of the way and bring the index up to date.

        Raises:
            UsageError: A file cannot be moved; says why.
        """
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H.%M.%S.%f")
        moved: list[tuple[Path, Path]] = []
        self._note_waiting()
        try:
            for doc_id in doc_ids:
                path = source_path(self._corpus, doc_id)
                if path is None:  # gone already; the update will notice
                    continue
                target = self._corpus / REMOVED / stamp / doc_id
                try:
                    _move(path, target)
                except OSError as error:
                    raise UsageError(f"{doc_id} cannot be removed: {error.strerror}") from error
                moved.append((path, target))
        finally:
            if moved:
                with self._lock:
                    self._removed = moved
            self.update()

    def restore(self) -> int:
        """Put back what was removed last and bring the index up to date; return how many.

        A file whose name has been taken again meanwhile stays where it was moved to.

        Raises:
            UsageError: A file cannot be moved; says why. It can be tried again.
        """
        self._note_waiting()
        with self._lock:
            removed, self._removed = self._removed, []
        count = 0
        try:
            while removed:
                path, target = removed[0]
                if target.exists() and not path.exists():
                    _move(target, path)
                    count += 1
                removed = removed[1:]
        except OSError as error:
            with self._lock:
                self._removed = removed
            raise UsageError(f"{path.name} cannot be put back: {error.strerror}") from error
        finally:
            self.update()
        return count

    def use_options(self, options: Sequence[str]) -> None:
        """Give further options for `qa index` in place of those given before."""
        self._options = tuple(options)

    def carry_on(self) -> None:
        """Bring the index up to date if a program that was stopped or killed had not come to it."""
        if (self._index_dir / WAITING).exists():
            self.update()

    @property
    def added(self) -> tuple[str, ...]:
        """Names of the files that were added last; they may not have been read yet."""
        with self._lock:
            return self._added

    @property
    def dismissed(self) -> frozenset[Failure]:
        """Failures that a person does not want to be told again."""
        return self._dismissed.failures

    def dismiss(self, failures: Iterable[Failure]) -> None:
        """Tell no more of failures, unless their files are added again."""
        self._dismissed.add(failures)

    @property
    def can_restore(self) -> bool:
        """Whether anything was removed that can be put back."""
        return bool(self._removed)

    def update(self) -> None:
        """Bring the index up to date in the background; once more if that is going on."""
        with self._lock:
            self._note_waiting()
            if self._status.running:
                self._again = True
                return
            self._stopped = False
            self._status = LibraryStatus(running=True, stage="starting", files=self._status.files)
            self._thread = threading.Thread(target=self._run, daemon=True, name="index")
            self._thread.start()

    def wait(self) -> None:
        """Wait for the current update to end."""
        while (thread := self._thread) is not None and thread.is_alive():
            thread.join()

    def stop(self) -> None:
        """End a running update, and see that it has ended; the next carries it on."""
        with self._lock:
            self._stopped, self._again = True, False
            process, thread = self._process, self._thread
        if process is not None:
            process.terminate()
        if thread is not None:
            thread.join(_END_SECONDS)
            process = self._process  # it may not have been there before
            if thread.is_alive() and process is not None:
                process.kill()

    def _add_one(self, path: Path, name: str) -> FileStatus:
        safe = safe_name(name)
        if safe is None:
            return FileStatus(name, "its name cannot be used: rename it")
        if (reason := unsupported(safe)) is not None:
            return FileStatus(safe, reason)
        try:
            with self._saving:
                return self._copy(path, safe)
        except OSError as error:
            return FileStatus(safe, f"cannot be saved: {error.strerror or error}")

    def _copy(self, path: Path, name: str) -> FileStatus:
        wanted = PurePosixPath(name)
        number = 1
        while (target := self._corpus / name).exists():
            if target.is_file() and file_sha256(target) == file_sha256(path):
                return FileStatus(name, note="was there already")
            number += 1
            name = str(wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}"))
        if not self._is_ours(target):
            return FileStatus(name, "cannot be saved: that folder is not for documents")
        make_folder(target.parent)
        part = target.with_name(f".part-{os.getpid()}-{threading.get_ident()}")
        try:
            shutil.copyfile(path, part)
            sync(part)
            part.replace(target)
            sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
        note = f"another {wanted.name} was there" if number > 1 else ""
        return FileStatus(name, note=note, waiting=True)

    def _note_waiting(self) -> None:
        """Note on the disk that the index is to follow; a failure only costs that."""
        try:
            make_folder(self._index_dir)
            (self._index_dir / WAITING).touch()
            sync_folder(self._index_dir)
        except OSError:
            return

    def _forget_waiting(self) -> None:
        try:
            (self._index_dir / WAITING).unlink(missing_ok=True)
        except OSError:
            return

    def _is_ours(self, target: Path) -> bool:
        """Whether a path leads neither out of the corpus, through a link, nor into the index."""
        real = target.resolve()
        index_dir = self._index_dir.resolve()
        return real.is_relative_to(self._corpus.resolve()) and not real.is_relative_to(index_dir)

    def _run(self) -> None:
        while True:
            self._build()
            with self._lock:
                if not self._again:
                    now = self._status
                    if not (now.error or self._stopped):
                        self._forget_waiting()
                    files = now.files if now.error else all_read(now.files)
                    self._status = replace(now, running=False, stage="", files=files)
                    return
                self._again = False
                self._status = replace(self._status, stage="starting", done=0, total=0)

    def _build(self) -> None:
        """Run `qa index` and follow what it tells."""
        try:
            with IndexProcess.start(self._corpus, self._index_dir, self._options) as process:
                with self._lock:
                    self._process = process
                    stopped = self._stopped
                if stopped:
                    process.terminate()
                outcome = process.follow(self._follow)
        except OSError as error:
            outcome = Outcome(error=str(error))
        finally:
            self._process = None
        with self._lock:
            self._status = replace(self._status, summary=outcome.summary, error=outcome.error)

    def _follow(self, event: BuildEvent) -> None:
        """Take in how far the update is."""
        done, total = event.done, event.total
        with self._lock:
            now = self._status
            if event.doc_id:
                files = newest([FileStatus(event.doc_id, event.problem)], now.files)
                self._status = replace(now, stage="", done=done, total=total, files=files)
            else:
                count = f" {done:,} of {total:,}" if total else f" {done:,}" if done else ""
                self._status = replace(now, stage=event.stage + count)


def _move(path: Path, target: Path) -> None:
    make_folder(target.parent)
    path.rename(target)
    sync_folder(target.parent)
    sync_folder(path.parent)
