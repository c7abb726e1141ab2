"""One build at a time: who holds the lock is said, and it is free when its holder ends."""

import json
import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from qa.errors import IndexLockedError
from qa.index.lock import build_lock

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def hold_in_child(folder: Path) -> tuple[int, int]:
    """Hold the lock in a process of its own; give its id and a pipe that lets it go."""
    held, go_on = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            with build_lock(folder):
                os.write(held[1], b".")
                os.read(go_on[0], 1)
        finally:
            os._exit(0)
    os.read(held[0], 1)
    return child, go_on[1]


def test_a_waiting_build_says_so_and_then_goes_on(tmp_path: Path) -> None:
    held, go = threading.Event(), threading.Event()
    said: list[str] = []

    def hold() -> None:
        with build_lock(tmp_path):
            held.set()
            go.wait(30)

    def waiting(holder: str) -> None:
        said.append(holder)
        go.set()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with build_lock(tmp_path, waiting):
        assert len(said) == 1
        assert said[0].startswith(f"process {os.getpid()} on {socket.gethostname()}, since ")
    holder.join()


def test_a_lock_that_is_free_is_taken_without_a_word_and_makes_the_folder(tmp_path: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        with build_lock(tmp_path / "a" / "b", said.append):
            record = json.loads((tmp_path / "a" / "b" / ".lock-holder").read_text())
            assert record["process"] == os.getpid()
    assert said == []


def test_a_lock_is_freed_when_what_it_is_held_for_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), build_lock(tmp_path):
        raise KeyboardInterrupt
    with build_lock(tmp_path, lambda holder: pytest.fail(f"held by {holder}")):
        pass


@needs_fork
def test_another_process_is_named_and_waited_for(tmp_path: Path) -> None:
    child, go_on = hold_in_child(tmp_path)
    said: list[str] = []

    def waiting(holder: str) -> None:
        said.append(holder)
        os.write(go_on, b".")

    with build_lock(tmp_path, waiting):
        assert said[0].startswith(f"process {child} on {socket.gethostname()}, since 2")
    assert os.waitpid(child, 0)[1] == 0


@needs_fork
@pytest.mark.parametrize("before", [True, False])
def test_a_lock_is_free_when_its_holder_is_killed(tmp_path: Path, before: bool) -> None:
    child, go_on = hold_in_child(tmp_path)

    def kill() -> None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    said: list[str] = []

    def waiting(holder: str) -> None:
        said.append(holder)
        kill()

    if before:
        kill()
    with build_lock(tmp_path, waiting):
        assert bool(said) == (not before)
        assert json.loads((tmp_path / ".lock-holder").read_text())["process"] == os.getpid()
    os.close(go_on)


@needs_fork
@pytest.mark.parametrize("record", [None, b"", b"\xff", b"[]", b"{}", b'{"process": 1}'])
def test_a_holder_that_cannot_be_read_is_still_waited_for(
    tmp_path: Path, record: bytes | None
) -> None:
    child, go_on = hold_in_child(tmp_path)
    path = tmp_path / ".lock-holder"
    path.unlink() if record is None else path.write_bytes(record)
    said: list[str] = []

    def waiting(holder: str) -> None:
        said.append(holder)
        os.write(go_on, b".")

    with build_lock(tmp_path, waiting):
        assert said == ["of another process"]
    os.waitpid(child, 0)


@needs_fork
def test_a_build_that_does_not_end_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.lock._LOCK_SECONDS", 0.05)
    child, go_on = hold_in_child(tmp_path)
    said = rf"process {child} .* wait for it or stop it"
    with pytest.raises(IndexLockedError, match=said), build_lock(tmp_path):
        pytest.fail("two hold the lock")
    os.write(go_on, b".")
    os.waitpid(child, 0)


def test_a_folder_that_cannot_be_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "index"):
        said = r"cannot be written .*--index"
        with pytest.raises(IndexLockedError, match=said), build_lock(folder):
            pytest.fail("nothing to hold")
