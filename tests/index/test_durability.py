"""Builds that are killed at every step, run out of disk or meet another: an index always answers.

A build is run in a forked child, which is warm: a kill costs some 50 ms, so there are hundreds.
"""

import ctypes
import errno
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import msgspec
import pytest

from qa.answer.live import open_index
from qa.documents import worker
from qa.documents.messages import Request, Response
from qa.documents.sandbox import Sandbox
from qa.errors import IndexLockedError, IndexMissingError, IndexWriteError
from qa.files import Check
from qa.index.build import BuildEvent, BuildReport, Pace, build_index
from qa.index.local.generations import STORE, Index
from qa.index.local.meanwhile import Meanwhile
from qa.settings import AskSettings, BuildSettings
from tests.conftest import CORPUS, EAGER, make_large, tiny_settings, write_corpus
from tests.index.test_build import QUESTIONS, contents

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

LATER = {
    "bridges.txt": "The Iron Bridge crosses the Severn. It was opened by Ada in 1781.\n",
    "letters/new.txt": "Roses carry letters to the engine. Feed the trains with tea.\n",
    "moved.md": CORPUS["garden.md"],
}
TINY = BuildSettings(
    encoder="tiny-test-encoder", reader="tiny-test-reader", merge_tokens=4, context_tokens=8
)
# Calls that change what is on the disk; of SQL, where a transaction begins and ends.
_CHANGING = frozenset(
    "replace rename fsync mkdir unlink rmdir write sendfile executescript connect".split()
)


class InProcess(Sandbox):
    """Parses in this process: to start workers would take longer than the builds do."""

    def _ask(self, request: Request) -> Response:
        data = msgspec.json.encode(worker.respond(request, self._limits))
        return msgspec.json.decode(data, type=Response)


class AtOnce(Meanwhile[Any]):
    """Does on this thread, at once, what is done meanwhile: a profiler sees one thread."""

    def __init__(self, name: str, work: Callable[[Check], Any]) -> None:
        done = work(lambda: None)
        super().__init__(name, lambda check: done)


@dataclass(frozen=True)
class Scene:
    """What a build starts from, and what it must come to."""

    corpus: Path
    start: Path
    goal: list[Any]
    rebuild: bool
    pace: Pace

    def copy(self, name: str) -> Path:
        """Make a fresh index folder to build in."""
        return shutil.copytree(self.start, self.start.with_name(name), dirs_exist_ok=False)

    def build(self, index_dir: Path) -> BuildReport:
        return build_index(self.corpus, index_dir, TINY, rebuild=self.rebuild, pace=self.pace)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: on a disk most of the time goes into fsync."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture(params=["first", "update", "early", "rebuild", "large"])
def scene(request: pytest.FixtureRequest, room: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A first build, an update, one that publishes after every document, and a rebuild.

    And an update of an index that has what large ones have.
    """
    monkeypatch.setattr("qa.index.build.Sandbox", InProcess)
    monkeypatch.setattr("qa.index.local.workspace.Meanwhile", AtOnce)
    if request.param == "large":
        make_large(monkeypatch)
    corpus, start, whole = (room / name for name in ("corpus", "start", "whole"))
    write_corpus(corpus, CORPUS)
    tiny_settings(start)
    if request.param != "first":
        build_index(corpus, start, TINY)
        (corpus / "garden.md").unlink()
        write_corpus(corpus, LATER)
        build_index(corpus, start, TINY)  # two generations are there
        (corpus / "letters" / "ada.txt").unlink()
        write_corpus(corpus, {"bridges.txt": "The Iron Bridge is closed.\n", "z.txt": "A fern."})
    tiny_settings(whole)
    pace = EAGER if request.param == "early" else Pace()
    build_index(corpus, whole, TINY, pace=pace)
    goal = contents(Index.open(whole))
    return Scene(corpus, start, goal, request.param == "rebuild", pace)


# ---- what must hold


def assert_answers(index_dir: Path) -> None:
    """Whatever has happened, a whole generation answers, or there never was one."""
    try:
        answerer = open_index(index_dir, AskSettings(max_risk=1.0))
    except IndexMissingError:
        assert not (index_dir / "CURRENT").exists()
        return
    index = answerer.index
    assert not index.damage
    assert isinstance(index, Index)
    assert_whole(index)
    for question in QUESTIONS[:2]:
        for citation in answerer.ask(question).citations:
            document = index.store.document(citation.doc_id)
            assert document is not None
            assert document.text[citation.start : citation.end] == citation.quote
    answerer.close()


def assert_whole(index: Index) -> None:
    """Every passage is a slice of its document and has its vectors and its words."""
    store = index.store
    texts = {info.doc_id: store.document(info.doc_id) for info in store.documents()}
    assert len(texts) == index.manifest.documents == store.n_documents
    rows = store.rows()
    assert len(rows) == index.manifest.passages == store.n_passages == len(index.vectors(rows))
    listed = 0
    for info in store.documents():
        document = texts[info.doc_id]
        assert document is not None
        passages = store.passages_of(info.doc_id)
        assert len(passages) == info.passages > 0
        listed += len(passages)
        for row, passage in passages:
            assert document.text[passage.start : passage.end] == passage.text
            assert len(index.sentence_vectors(row)) == len(passage.sentences)
            ((nearest, cosine),) = index.search(index.vectors([row])[row], 1).items()
            assert cosine > 0.99
            assert index.vectors([nearest]).keys() == {nearest}
    assert listed == len(rows)
    words = store._all("SELECT count(*) FROM lexical")[0][0]
    assert words == len(rows)


def assert_repaired(scene: Scene, index_dir: Path) -> None:
    """The next build succeeds, comes to the same as one from nothing, and tidies up."""
    report = scene.build(index_dir)
    index = Index.open(index_dir)
    assert not index.damage
    assert index.manifest.complete
    assert contents(index) == scene.goal
    index.close()
    assert_tidy(index_dir, report.up_to_date)


def assert_tidy(index_dir: Path, nothing_done: bool = False) -> None:
    left = {path.name for path in index_dir.iterdir()}
    assert left <= {
        "CURRENT",
        "generations",
        "encoders",
        "readers",
        "checked.json",
        "seen.json",
        ".lock",
        ".lock-holder",
    }
    generations = sorted(path.name for path in (index_dir / "generations").iterdir())
    assert all(name.isdecimal() for name in generations)
    # Killed as the last step, it leaves a third: the next build that writes one removes it.
    assert len(generations) <= (3 if nothing_done else 2)
    assert (index_dir / "CURRENT").read_text().strip() in generations


# ---- a build in a child


def fork(act: Callable[[], object]) -> int:
    """Do something in a child process; it exits with 0, or with 1 and a traceback in a file."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        act()
        code = 0
    except BaseException:
        Path(f"/tmp/qa-child-{os.getpid()}").write_text(traceback.format_exc())
    finally:
        os._exit(code)


def wait(child: int) -> int:
    """Give a child's exit code, or minus the signal that killed it."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = Path(f"/tmp/qa-child-{child}")
    if said.exists():
        text = said.read_text()
        said.unlink()
        pytest.fail(text)
    return code


def at_call(count: int, when: str, act: Callable[[Any], None]) -> None:
    """Arrange for something to be done before or after a call that changes something.

    Args:
        count: Which call, from 1.
        when: `c_call` for before it, `c_return` for after it.
        act: Given the function that is called.
    """
    left = count

    def hook(frame: FrameType, event: str, called: Any) -> None:
        nonlocal left
        if event == when and changes(frame, called):
            left -= 1
            if left == 0:
                act(called)

    sys.setprofile(hook)


def changes(frame: FrameType, called: Any) -> bool:
    """Whether what a profiler is told is a call that changes something."""
    name: str = called.__name__
    if name == "execute":
        return frame.f_code.co_name == "transaction"
    return name in _CHANGING and not isinstance(called.__self__, str)


def count_calls(act: Callable[[], object]) -> int:
    """Count the calls that change something."""
    count = 0

    def hook(frame: FrameType, event: str, called: Any) -> None:
        nonlocal count
        count += event == "c_return" and changes(frame, called)

    sys.setprofile(hook)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def die(called: Any = None) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# ---- kills


def test_killed_after_any_call_that_changes_something_a_build_leaves_a_whole_index(
    scene: Scene,
) -> None:
    counted = scene.copy("counted")
    calls = count_calls(lambda: scene.build(counted))
    assert calls > 20
    for call in range(1, calls + 1):
        index_dir = scene.copy(f"{call}")

        def build(index_dir: Path = index_dir, call: int = call) -> None:
            at_call(call, "c_return", die)
            scene.build(index_dir)

        assert wait(fork(build)) == -signal.SIGKILL
        assert_answers(index_dir)
        assert_repaired(scene, index_dir)
        shutil.rmtree(index_dir)


@pytest.mark.parametrize("scene", ["first", "update", "early"], indirect=True)
def test_killed_at_any_moment_again_and_again_a_build_comes_to_its_end(scene: Scene) -> None:
    lengths = []
    for number in range(3):
        started = time.perf_counter()
        timed = scene.copy(f"timed-{number}")
        assert wait(fork(lambda timed=timed: scene.build(timed))) == 0  # type: ignore[misc]
        lengths.append(time.perf_counter() - started)
    seconds = sorted(lengths)[1]
    chance = random.Random(11)
    killed = 0
    for number in range(80):
        if number >= 8:
            if killed > 6:
                break
            seconds *= 0.9  # other work made the timed builds slow: most of these end too soon
        index_dir = scene.copy(f"{number}")
        for _ in range(3):  # the same folder, killed again on the way
            child = fork(lambda index_dir=index_dir: scene.build(index_dir))  # type: ignore[misc]
            time.sleep(chance.random() * seconds)
            os.kill(child, signal.SIGKILL)
            code = wait(child)
            assert code in (0, -signal.SIGKILL)
            killed += code != 0
            assert_answers(index_dir)
        assert_repaired(scene, index_dir)
        shutil.rmtree(index_dir)
    assert killed > 6


# ---- a full disk


def fail_as_full(called: Any) -> None:
    """Fail as the call would on a full disk."""
    if isinstance(called.__self__, sqlite3.Connection) or called.__name__ == "connect":
        raise sqlite3.OperationalError("database or disk is full")
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("scene", ["first", "update", "early"], indirect=True)
def test_a_disk_that_is_full_at_any_call_is_told_and_the_old_index_answers(scene: Scene) -> None:
    counted = scene.copy("counted")
    calls = count_calls(lambda: scene.build(counted))
    told = 0
    for call in range(1, calls + 1):
        index_dir = scene.copy(f"{call}")
        at_call(call, "c_call", fail_as_full)
        try:
            scene.build(index_dir)
        except (IndexWriteError, IndexLockedError) as error:
            told += "space" in str(error)
        finally:
            sys.setprofile(None)
        assert_answers(index_dir)
        assert_repaired(scene, index_dir)
        shutil.rmtree(index_dir)
    assert told > calls / 2, "only where a message or tidying up failed, the build went on"


@pytest.mark.parametrize("scene", ["update", "early"], indirect=True)
def test_files_that_cannot_grow_are_told_and_the_old_index_answers(scene: Scene) -> None:
    whole = scene.copy("whole-size")
    scene.build(whole)
    size = (whole / "generations" / Index.open(whole).generation / STORE).stat().st_size
    codes = []
    for most in [0, 1, 100, 1_000, *range(4_096, size + 8_192, 8_192)]:
        index_dir = scene.copy(f"{most}")

        def build(index_dir: Path = index_dir, most: int = most) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            try:
                scene.build(index_dir)
            except IndexWriteError as error:
                os._exit(3 if "free some space" in str(error) else 4)

        codes.append(wait(fork(build)))
        assert_answers(index_dir)
        assert_repaired(scene, index_dir)
        shutil.rmtree(index_dir)
    assert codes == sorted(codes, reverse=True)
    assert set(codes) == {0, 3}


# ---- others at work


@pytest.mark.parametrize("scene", ["update"], indirect=True)
def test_of_two_builds_at_once_the_second_waits_and_says_for_whom(scene: Scene) -> None:
    index_dir = scene.copy("both")
    begun, go_on = os.pipe(), os.pipe()

    def first() -> None:
        def pause(event: BuildEvent) -> None:
            if event.stage == "documents":
                os.write(begun[1], b".")
                os.read(go_on[0], 1)

        build_index(scene.corpus, index_dir, TINY, progress=pause)

    child = fork(first)
    os.read(begun[0], 1)
    stages: list[str] = []

    def note(event: BuildEvent) -> None:
        stages.append(event.stage)
        if event.stage.startswith("waiting"):
            os.write(go_on[1], b"." * 100)

    report = build_index(scene.corpus, index_dir, TINY, progress=note)
    assert wait(child) == 0
    assert stages[0].startswith(f"waiting for another build (process {child} on ")
    assert sum(stage.startswith("waiting") for stage in stages) == 1
    assert report.up_to_date
    assert contents(Index.open(index_dir)) == scene.goal


@pytest.mark.parametrize("scene", ["update"], indirect=True)
def test_of_many_builds_at_once_all_come_to_their_end(scene: Scene) -> None:
    index_dir = scene.copy("many")
    children = [fork(lambda: scene.build(index_dir)) for _ in range(6)]
    assert [wait(child) for child in children] == [0] * 6
    assert_answers(index_dir)
    assert contents(Index.open(index_dir)) == scene.goal
    assert_tidy(index_dir)


def give_up_rights() -> None:
    """Make permissions hold for root too, for the rest of this process."""
    if os.geteuid():
        return

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))

    none = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capset(ctypes.byref(Header(0x20080522, 0)), none) == 0, os.strerror(
        ctypes.get_errno()
    )


def ask_and_build_read_only(corpus: str, index_dir: str) -> None:
    """Ask an index that cannot be written to, and try to build it; runs in its own process."""
    give_up_rights()
    with pytest.raises(PermissionError):
        Path(index_dir, "x").write_text("x")
    assert_answers(Path(index_dir))
    with pytest.raises(IndexLockedError, match=r"cannot be written .*--index"):
        build_index(corpus, index_dir, TINY)


@pytest.mark.skipif(sys.platform != "linux", reason="root's rights are given up as on Linux")
@pytest.mark.parametrize("scene", ["update"], indirect=True)
def test_an_index_that_cannot_be_written_answers_and_a_build_says_why_it_cannot(
    scene: Scene,
) -> None:
    index_dir = scene.copy("read-only")
    for path in [index_dir, *index_dir.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(index_dir.rglob("*"))
    # Not forked: FAISS's threads do not outlive a fork, and a search would wait for them.
    script = (
        "import sys; from tests.index.test_durability import ask_and_build_read_only as run; "
        "run(*sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(scene.corpus), str(index_dir)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(index_dir.rglob("*")) == before
    for path in [index_dir, *index_dir.rglob("*")]:
        path.chmod(0o755)


@pytest.mark.parametrize("scene", ["update"], indirect=True)
def test_a_killed_build_takes_its_workers_with_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.build.Sandbox", Sandbox)
    index_dir = scene.copy("workers")
    read, write = os.pipe()

    def build() -> None:
        def stop(event: BuildEvent) -> None:
            if event.stage == "documents":
                os.write(write, b".")
                time.sleep(60)

        build_index(scene.corpus, index_dir, TINY, progress=stop)

    child = fork(build)
    os.read(read, 1)
    workers = children_of(child)
    assert workers
    os.kill(child, signal.SIGKILL)
    assert wait(child) == -signal.SIGKILL
    for _ in range(500):
        if not any(map(runs, workers)):
            break
        time.sleep(0.02)
    assert not any(map(runs, workers))
    assert_answers(index_dir)
    assert_repaired(scene, index_dir)


def children_of(process: int) -> list[int]:
    done = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True)
    return [int(line) for line in done.stdout.split()]


def runs(process: int) -> bool:
    """Whether a process is there and more than an entry nobody has asked about yet."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return done.stdout.strip() not in ("", "Z")
