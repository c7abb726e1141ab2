"""Workers: one bad file never stops the rest; what is slow, huge or deadly is told."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.documents.load import SourceFile, find_sources
from qa.documents.messages import Response, Unreadable
from qa.documents.sandbox import Sandbox
from qa.errors import SourceError, WorkerError
from qa.files import file_sha256
from qa.schema import ParsedDocument, RefusedFile, SkippedFile
from qa.settings import ParseLimits
from tests.conftest import CORPUS, READ, write_corpus

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is held on Linux only")


def sources(corpus: Path) -> list[SourceFile]:
    found = find_sources(corpus, max_bytes=1_000_000_000)
    return [entry for entry in found if isinstance(entry, SourceFile)]


def source(path: Path) -> SourceFile:
    return SourceFile(path.name, str(path), file_sha256(path))


def workers() -> set[int]:
    """The worker processes of this one that run."""
    done = subprocess.run(
        ["ps", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    return {
        int(pid) for pid, stat, said in lines if "qa.documents.worker" in said and "Z" not in stat
    }


def fifo(path: Path) -> Path:
    """A file that is waited for without end: what a network drive can turn into."""
    os.mkfifo(path)
    return path


@pytest.fixture
def box() -> Iterator[Callable[..., Sandbox]]:
    """Makes sandboxes and sees that none of their processes outlives them."""
    made: list[Sandbox] = []

    def make(workers: int = 1, **limits: float) -> Sandbox:
        made.append(Sandbox(ParseLimits(**limits), workers))  # type: ignore[arg-type]
        return made[-1]

    before = workers()
    yield make
    for sandbox in made:
        sandbox.close()
    assert workers() <= before


Box = Callable[..., Sandbox]


def text_of(entry: ParsedDocument | SkippedFile) -> str:
    assert isinstance(entry, ParsedDocument), entry
    return entry.document.text


def reason_of(entry: ParsedDocument | SkippedFile) -> str:
    assert isinstance(entry, SkippedFile), entry
    return entry.reason


def test_a_file_comes_back_with_its_text_structure_title_and_hash(box: Box, corpus: Path) -> None:
    entries = list(box(2).parse_all(sources(corpus)))
    parsed = {e.document.doc_id: e for e in entries if isinstance(e, ParsedDocument)}
    assert list(parsed) == sorted(CORPUS)
    assert {name: entry.document.text for name, entry in parsed.items()} == READ
    assert {e.document.title for e in parsed.values()} == {"bridges", "The garden", "ada"}
    for name, entry in parsed.items():
        assert entry.document.sha256 == file_sha256(corpus / name)
        assert entry.blocks


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# a" + " " * 20_000 + "b", "a b"),
        ("# " + "x" * 500, "x" * 200),
        ("no heading", "some name"),
    ],
)
def test_a_title_is_short_and_the_file_s_name_where_there_is_none(
    box: Box, tmp_path: Path, text: str, title: str
) -> None:
    write_corpus(tmp_path, {"some name.md": text})
    entry = box().parse(source(tmp_path / "some name.md"))
    assert isinstance(entry, ParsedDocument)
    assert entry.document.title == title


@pytest.mark.parametrize("count", [1, 2, 4])
def test_files_come_back_in_the_order_given_whoever_is_done_first(
    box: Box, tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.documents.sandbox._PATIENCE_SECONDS", 600.0)
    chance = random.Random(3)
    sizes = [chance.choice([1, 10, 1_000]) for _ in range(24)]
    write_corpus(tmp_path, {f"{n:02}.md": f"- word {n}\n" * size for n, size in enumerate(sizes)})
    files = sources(tmp_path)
    chance.shuffle(files)
    found = [entry.document.doc_id for entry in box(count).parse_all(files)
             if isinstance(entry, ParsedDocument)]  # fmt: skip
    assert found == [file.doc_id for file in files]


def test_a_file_that_takes_long_holds_up_none_of_those_after_it(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.documents.sandbox._PATIENCE_SECONDS", 0.01)
    write_corpus(tmp_path, {f"{n:02}.txt": f"word {n}" for n in range(40)})
    files, go_on = sources(tmp_path), threading.Event()
    sandbox = box(2)
    parse = sandbox.parse

    def slowly(source: SourceFile, *rest: Any) -> ParsedDocument | SkippedFile:
        if source.doc_id == "00.txt":
            assert go_on.wait(60)
        return parse(source, *rest)

    monkeypatch.setattr(sandbox, "parse", slowly)
    entries = sandbox.parse_all(files)
    others = [next(entries) for _ in range(39)]
    go_on.set()
    (last,) = entries
    assert isinstance(last, ParsedDocument)
    assert last.document.doc_id == "00.txt"
    assert len(others) == 39


def test_sources_are_taken_as_they_are_needed_not_all_at_once(box: Box, tmp_path: Path) -> None:
    write_corpus(tmp_path, {f"{n:03}.txt": f"word {n}" for n in range(100)})
    taken = 0

    def count() -> Iterator[SourceFile]:
        nonlocal taken
        for entry in sources(tmp_path):
            taken += 1
            yield entry

    entries = box(2).parse_all(count())
    next(entries)
    assert taken <= 20
    assert len(list(entries)) == 99


# ---- what goes wrong


def test_a_file_that_takes_for_ever_is_given_up_and_the_rest_is_read(
    box: Box, tmp_path: Path
) -> None:
    write_corpus(tmp_path, {"a.txt": "one", "c.txt": "three"})
    fifo(tmp_path / "b.txt")
    files = [SourceFile(name, str(tmp_path / name), "") for name in ("a.txt", "b.txt", "c.txt")]
    entries = list(box(seconds=1.0).parse_all(files))
    assert [type(entry) for entry in entries] == [ParsedDocument, SkippedFile, ParsedDocument]
    assert "took longer than 1 s to read (limit --max-seconds)" in reason_of(entries[1])


@pytest.mark.parametrize("sent", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGBUS])
def test_a_worker_that_dies_of_a_file_costs_only_that_file(
    box: Box, tmp_path: Path, sent: signal.Signals
) -> None:
    write_corpus(tmp_path, {"a.txt": "one", "c.txt": "three"})
    fifo(tmp_path / "b.txt")
    sandbox = box()
    assert text_of(sandbox.parse(source(tmp_path / "a.txt"))) == "one"
    (worker,) = workers()

    def strike() -> None:
        with (tmp_path / "b.txt").open("wb"):  # opens when the worker has begun to read
            os.kill(worker, sent)
            time.sleep(0.2)

    striker = threading.Thread(target=strike)
    striker.start()
    entry = sandbox.parse(SourceFile("b.txt", str(tmp_path / "b.txt"), ""))
    reason = reason_of(entry)
    striker.join()
    assert type(entry) is SkippedFile, "it may have been an accident"
    assert ("memory" if sent == signal.SIGABRT else f"exit code {-sent}") in reason
    assert text_of(sandbox.parse(source(tmp_path / "c.txt"))) == "three"
    assert workers() != {worker}


@pytest.mark.parametrize("sent", [signal.SIGSEGV, signal.SIGKILL])
def test_a_worker_that_dies_while_idle_costs_no_file(
    box: Box, corpus: Path, sent: signal.Signals
) -> None:
    sandbox = box()
    for file in sources(corpus):
        assert text_of(sandbox.parse(file)) == READ[file.doc_id]
        for worker in workers():
            os.kill(worker, sent)
            while worker in workers():
                time.sleep(0.01)


@linux
def test_a_file_that_takes_too_much_memory_costs_only_itself(box: Box, tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.txt": "one", "b.txt": "word\n\n" * 600_000, "c.txt": "three"})
    sandbox = box(memory_bytes=200_000_000, characters=1_000_000_000)
    entries = list(sandbox.parse_all(sources(tmp_path)))
    assert [type(entry) for entry in entries] == [ParsedDocument, SkippedFile, ParsedDocument]
    assert "200 MB of memory" in reason_of(entries[1])


@linux
def test_a_worker_that_has_grown_is_replaced_and_one_that_has_not_is_kept(
    box: Box, tmp_path: Path
) -> None:
    write_corpus(tmp_path, {"a.txt": "one", "b.txt": "word\n\n" * 250_000, "c.txt": "three"})
    sandbox = box(memory_bytes=250_000_000, characters=1_000_000_000)
    seen = []
    for name in ("a.txt", "c.txt", "b.txt", "a.txt"):
        assert isinstance(sandbox.parse(source(tmp_path / name)), ParsedDocument), name
        seen.append(workers())
    assert seen[0] == seen[1]
    assert seen[2] == set()
    assert seen[3]
    assert seen[3] != seen[0]


def test_a_file_that_comes_too_large_or_unpacks_too_large_is_told(box: Box, tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.txt": "x" * 101, "b.txt": "x" * 60})
    with zipfile.ZipFile(tmp_path / "c.docx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", "x" * 50)
    sandbox = box(file_bytes=100, characters=50)
    assert "over the limit of 100 bytes" in reason_of(sandbox.parse(source(tmp_path / "a.txt")))
    assert "more than 50 characters" in reason_of(sandbox.parse(source(tmp_path / "b.txt")))
    assert reason_of(sandbox.parse(source(tmp_path / "c.docx")))


BAD = {
    "empty.txt": b"",
    "damaged.docx": b"PK\3\4" + bytes(100),
    "damaged.pdf": b"%PDF-1.7 and no more",
    "long.txt": b"x" * 51,
    "photo.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 3,
}


@pytest.mark.parametrize("name", BAD)
def test_what_a_parser_refuses_comes_with_the_hash_of_the_bytes_it_was_given(
    box: Box, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    looked = replace(source(tmp_path / name), sha256="as it was before")
    entry = box(characters=50).parse(looked)
    assert isinstance(entry, RefusedFile)
    assert entry.sha256 == file_sha256(tmp_path / name)


def test_a_refusal_that_may_be_an_accident_is_told_from_a_parser_s_own(
    box: Box, tmp_path: Path
) -> None:
    write_corpus(tmp_path, {"large.txt": "x" * 101, "empty.txt": ""})
    gone = SourceFile("gone.txt", str(tmp_path / "gone.txt"), "")
    sandbox = box(file_bytes=100)
    for file in (source(tmp_path / "large.txt"), gone):
        assert type(sandbox.parse(file)) is SkippedFile, file
    # A worker that is of any size has grown too far: its memory may have been the reason.
    small = box(memory_bytes=1_000_000_000)
    assert type(small.parse(source(tmp_path / "empty.txt"))) is RefusedFile
    grown = Response(Unreadable("empty", "0"), retire=True)
    small._ask = lambda request: grown  # type: ignore[method-assign]
    assert type(small.parse(source(tmp_path / "empty.txt"))) is SkippedFile


@pytest.mark.parametrize("suffix", [".html", ".md", ".eml", ".csv"])
def test_nesting_without_end_is_read_or_told_and_costs_no_other_file(
    box: Box, tmp_path: Path, suffix: str
) -> None:
    deep = {
        ".html": "<div>" * 100_000 + "word",
        ".md": "> " * 20_000 + "word",
        ".eml": "Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 5_000 + "\n\nword",
        ".csv": '"' * 100_001,
    }[suffix]
    write_corpus(tmp_path, {f"a{suffix}": deep, "b.txt": "two"})
    sandbox = box(seconds=30.0)
    entry = sandbox.parse(source(tmp_path / f"a{suffix}"))
    assert isinstance(entry, ParsedDocument) or entry.reason
    assert text_of(sandbox.parse(source(tmp_path / "b.txt"))) == "two"


# ---- files that change


def test_a_file_that_changes_between_look_and_read_is_that_which_was_read(
    box: Box, tmp_path: Path
) -> None:
    write_corpus(tmp_path, {"a.txt": "old"})
    looked = source(tmp_path / "a.txt")
    write_corpus(tmp_path, {"a.txt": "new"})
    entry = box().parse(looked)
    assert isinstance(entry, ParsedDocument)
    assert entry.document.text == "new"
    assert entry.document.sha256 == file_sha256(tmp_path / "a.txt") != looked.sha256


def test_a_file_that_vanishes_or_empties_or_turns_into_a_folder_is_told(
    box: Box, tmp_path: Path
) -> None:
    write_corpus(tmp_path, {"a.txt": "one", "b.txt": "two", "c.txt": "three", "d.txt": "four"})
    files = sources(tmp_path)
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").write_text("")
    (tmp_path / "c.txt").unlink()
    (tmp_path / "c.txt").mkdir()
    entries = list(box(2).parse_all(files))
    assert "No such file" in reason_of(entries[0])
    assert reason_of(entries[1]) == "empty"
    assert "cannot be read" in reason_of(entries[2])
    assert text_of(entries[3]) == "four"


def test_a_page_of_a_file_that_has_changed_is_not_drawn(box: Box, tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a.pdf": "%PDF-1.7 rubbish"})
    sandbox = box()
    with pytest.raises(SourceError, match=r"a\.pdf: the file has changed since"):
        sandbox.draw_page(tmp_path / "a.pdf", "0" * 64, "", 1, None)
    with pytest.raises(SourceError, match=r"a\.pdf: "):
        sandbox.draw_page(tmp_path / "a.pdf", file_sha256(tmp_path / "a.pdf"), "", 1, None)
    with pytest.raises(SourceError, match="No such file"):
        sandbox.draw_page(tmp_path / "b.pdf", "", "", 1, None)


# ---- use


def test_several_threads_share_the_workers(box: Box, corpus: Path) -> None:
    sandbox = box(2)
    files = sources(corpus) * 20
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda file: text_of(sandbox.parse(file)), files))
    assert texts == [READ[file.doc_id] for file in files]
    assert len(workers()) <= 2


def test_closing_ends_the_processes_and_may_be_done_twice(box: Box, corpus: Path) -> None:
    with box(2) as sandbox:
        list(sandbox.parse_all(sources(corpus)))
        assert workers()
    assert not workers()
    sandbox.close()
    assert text_of(sandbox.parse(source(corpus / "garden.md"))) == READ["garden.md"]


def test_no_process_is_started_before_there_is_a_file(box: Box) -> None:
    sandbox = box(2)
    assert list(sandbox.parse_all([])) == []
    assert not workers()


def test_reading_that_is_broken_off_leaves_nothing_running(box: Box, tmp_path: Path) -> None:
    write_corpus(tmp_path, {f"{n:03}.txt": f"word {n}" for n in range(100)})
    sandbox = box(2)
    entries = sandbox.parse_all(sources(tmp_path))
    next(entries)
    entries.close()  # type: ignore[attr-defined]
    sandbox.close()
    assert not workers()


def test_an_answer_that_comes_as_time_runs_out_costs_no_other_file(
    box: Box, tmp_path: Path
) -> None:
    """Whatever the moment at which the limit strikes, only the late file may be lost."""
    write_corpus(tmp_path, {"a.txt": "one", "slow.md": "- word\n" * 300})
    sandbox = box(seconds=0.02)
    for _ in range(12):
        late = sandbox.parse(source(tmp_path / "slow.md"))
        assert isinstance(late, ParsedDocument) or "took longer" in late.reason
        # With a worker of its own that has all the time there is.
        sandbox._limits = ParseLimits()
        assert text_of(sandbox.parse(source(tmp_path / "a.txt"))) == "one"
        sandbox._limits = ParseLimits(seconds=0.02)
        sandbox.close()


@pytest.mark.parametrize("said", ["{}", "[]", "?", '{"found": {"type": "parsed", "parsed": 1}}'])
def test_a_worker_that_answers_nonsense_costs_only_that_file(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """As one might that a file has taken over."""
    write_corpus(tmp_path, {"a.txt": "one"})
    lie = f"print('ready', flush=True); sys.stdin.readline(); print({said!r}, flush=True)"
    liar = f"import sys; sys.stdin.readline(); {lie}"
    real = subprocess.Popen
    with monkeypatch.context() as patch:
        patch.setattr(
            "qa.documents.sandbox.subprocess.Popen",
            lambda command, **options: real([sys.executable, "-c", liar], **options),
        )
        sandbox = box()
        entry = sandbox.parse(source(tmp_path / "a.txt"))
    assert type(entry) is SkippedFile
    assert "nonsense" in entry.reason
    assert text_of(sandbox.parse(source(tmp_path / "a.txt"))) == "one"


@pytest.mark.parametrize(
    ("python", "said"),
    [("/no/such/python", "cannot be started with /no/such/python"), ("false", "ended as it began")],
)
def test_a_worker_that_cannot_be_started_is_no_fault_of_the_file(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str, said: str
) -> None:
    write_corpus(tmp_path, {"a.txt": "one"})
    monkeypatch.setattr("sys.executable", shutil.which(python) or python)
    sandbox = box()
    with pytest.raises(WorkerError, match=said):
        sandbox.parse(source(tmp_path / "a.txt"))
    with pytest.raises(WorkerError, match=said):
        list(sandbox.parse_all([source(tmp_path / "a.txt")] * 20))
    with pytest.raises(SourceError, match=f"a.txt: .*{said}"):
        sandbox.draw_page(tmp_path / "a.txt", "", "", 1, None)
