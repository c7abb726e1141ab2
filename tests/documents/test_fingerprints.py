"""What was seen of files: never a wrong hash, and nothing read twice without a reason."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.documents.fingerprints import FINGERPRINTS, Fingerprints, Signature
from qa.documents.load import find_sources
from qa.files import file_sha256
from tests.conftest import CORPUS

SECOND = 1_000_000_000
READING = {"parsers": "1", "limits": {"seconds": 180.0, "pages": 5_000}}


def look(index_dir: Path, corpus: Path, *, take_over: bool = True) -> dict[str, str]:
    """Look at a corpus as a build does; give each file's hash."""
    index_dir.mkdir(exist_ok=True)
    fingerprints = Fingerprints(index_dir, corpus, READING, take_over=take_over)
    found = find_sources(corpus, max_bytes=10_000, sha256_of=fingerprints.sha256)
    hashes = {entry.doc_id: getattr(entry, "sha256", "") for entry in found}
    fingerprints.save()
    return hashes


def true_hashes(corpus: Path) -> dict[str, str]:
    return look(corpus.parent / "nothing-seen", corpus, take_over=False)


def written(path: Path, data: bytes) -> None:
    """Write a file so that its time of change is another: the clock may take a while."""
    before = path.stat().st_ctime_ns if path.exists() else 0
    while True:
        path.write_bytes(data)
        if path.stat().st_ctime_ns != before:
            return


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read to be hashed."""
    names: list[str] = []
    real = file_sha256

    def reading(path: Path) -> str:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr("qa.documents.fingerprints.file_sha256", reading)
    return names


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets builds look a minute after all that is written."""
    real = time.time_ns
    monkeypatch.setattr("qa.documents.fingerprints.time.time_ns", lambda: real() + 60 * SECOND)


def test_files_that_have_not_changed_are_read_once(
    tmp_path: Path, corpus: Path, read: list[str], later: None
) -> None:
    first = look(tmp_path / "index", corpus)
    assert len(read) == len(CORPUS)
    assert look(tmp_path / "index", corpus) == first == true_hashes(corpus)
    assert len(read) == 2 * len(CORPUS), "but for the check of this test"


def test_what_was_just_written_is_read_again_until_it_has_settled(
    tmp_path: Path, corpus: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        look(tmp_path / "index", corpus)
    assert len(read) == 2 * len(CORPUS)
    real = time.time_ns
    monkeypatch.setattr("qa.documents.fingerprints.time.time_ns", lambda: real() + 4 * SECOND)
    for _ in range(3):
        look(tmp_path / "index", corpus)
    assert len(read) == 3 * len(CORPUS)


def same_size(path: Path) -> None:
    written(path, path.read_bytes()[::-1])


def same_size_and_time(path: Path) -> None:
    status = path.stat()
    same_size(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path: Path) -> None:
    """Let another file of the same size and time of modification take the name."""
    status = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes()[::-1])
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


def swapped(path: Path) -> None:
    """Let two files of the same size and time of modification change names."""
    other = path.with_name("copy.txt")
    replaced(other)
    for source, target in ((path, "x"), (other, path.name), (path.with_name("x"), other.name)):
        source.rename(source.with_name(target))


@pytest.mark.parametrize("change", [same_size, same_size_and_time, replaced, swapped])
def test_a_change_is_seen_whatever_stays_the_same(
    tmp_path: Path, corpus: Path, later: None, change: Callable[[Path], None]
) -> None:
    path = corpus / "bridges.txt"
    shutil.copy2(path, corpus / "copy.txt")
    before = look(tmp_path / "index", corpus)
    change(path)
    after = look(tmp_path / "index", corpus)
    assert after == true_hashes(corpus)
    assert after["bridges.txt"] != before["bridges.txt"]


def test_a_file_that_only_has_another_name_or_time_keeps_its_hash(
    tmp_path: Path, corpus: Path, read: list[str], later: None
) -> None:
    before = look(tmp_path / "index", corpus)
    read.clear()
    (corpus / "bridges.txt").rename(corpus / "moved.txt")
    os.utime(corpus / "garden.md", (1, 1))
    after = look(tmp_path / "index", corpus)
    assert sorted(read) == ["garden.md", "moved.txt"]
    assert after["moved.txt"] == before["bridges.txt"]
    assert after["garden.md"] == before["garden.md"]


def test_a_copy_of_the_corpus_in_its_place_is_read_whole(
    tmp_path: Path, corpus: Path, read: list[str], later: None
) -> None:
    """As on another machine: same names, sizes and times of modification."""
    look(tmp_path / "index", corpus)
    read.clear()
    shutil.copytree(corpus, tmp_path / "copied")
    shutil.rmtree(corpus)
    (tmp_path / "copied").rename(corpus)
    look(tmp_path / "index", corpus)
    assert len(read) == len(CORPUS)


def test_what_was_seen_of_another_corpus_or_is_not_to_be_taken_over_does_not_count(
    tmp_path: Path, corpus: Path, read: list[str], later: None
) -> None:
    look(tmp_path / "index", corpus)
    look(tmp_path / "index", corpus, take_over=False)
    assert len(read) == 2 * len(CORPUS)
    corpus.rename(tmp_path / "other")  # the files' own signatures stay
    look(tmp_path / "index", tmp_path / "other")
    assert len(read) == 3 * len(CORPUS)
    look(tmp_path / "index", tmp_path / "other")
    assert len(read) == 3 * len(CORPUS)


def test_when_the_clock_has_been_put_back_nothing_counts_and_then_it_does_again(
    tmp_path: Path, corpus: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time_ns
    for ahead, times in ((600, 1), (600, 1), (300, 2), (300, 2)):
        monkeypatch.setattr(
            "qa.documents.fingerprints.time.time_ns", lambda ahead=ahead: real() + ahead * SECOND
        )
        look(tmp_path / "index", corpus)
        assert len(read) == times * len(CORPUS)


DAMAGE: list[Callable[[str], str]] = [
    lambda text: "",
    lambda text: text[: len(text) // 2],
    lambda text: "[]",
    lambda text: "null",
    lambda text: '{"files": []}',
    lambda text: text.replace("[", "{}, ["),
    lambda text: json.dumps({**json.loads(text), "files": {"bridges.txt": [1, 2]}}),
    lambda text: json.dumps({**json.loads(text), "files": {"bridges.txt": 7}}),
    lambda text: json.dumps({**json.loads(text), "files": {"bridges.txt": []}}),
    lambda text: json.dumps({**json.loads(text), "at": "yesterday"}),
    lambda text: json.dumps({**json.loads(text), "version": 0}),
    lambda text: "[" * 100_000,
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_costs_only_reading_again(
    tmp_path: Path, corpus: Path, read: list[str], later: None, damage: Callable[[str], str]
) -> None:
    expected = look(tmp_path / "index", corpus)
    path = tmp_path / "index" / FINGERPRINTS
    whole = json.loads(path.read_text())
    path.write_text(damage(path.read_text()))
    assert look(tmp_path / "index", corpus) == expected
    assert len(read) == 2 * len(CORPUS)
    assert json.loads(path.read_text())["files"] == whole["files"]


def test_what_cannot_be_kept_is_no_failure(tmp_path: Path, corpus: Path, later: None) -> None:
    (tmp_path / "index" / FINGERPRINTS / "in the way").mkdir(parents=True)
    assert look(tmp_path / "index", corpus) == true_hashes(corpus)
    assert [path.name for path in (tmp_path / "index").iterdir()] == [FINGERPRINTS]


def test_where_nothing_changes_nothing_is_written(
    tmp_path: Path, corpus: Path, later: None
) -> None:
    look(tmp_path / "index", corpus)
    before = (tmp_path / "index" / FINGERPRINTS).stat()
    look(tmp_path / "index", corpus)
    assert (tmp_path / "index" / FINGERPRINTS).stat() == before
    (corpus / "garden.md").unlink()
    look(tmp_path / "index", corpus)
    assert json.loads((tmp_path / "index" / FINGERPRINTS).read_text())["files"].keys() == (
        CORPUS.keys() - {"garden.md"}
    )


def status(size: int, mtime: int, ctime: int, inode: int) -> os.stat_result:
    numbers = (0o100644, inode, 0, 1, 0, 0, size, 0, 0, 0)
    return os.stat_result(numbers, {"st_mtime_ns": mtime, "st_ctime_ns": ctime})


def test_without_inodes_or_times_of_change_there_is_no_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Signature.of(status(1, 2, 3, 4)) == (1, 2, 3, 4)
    assert Signature.of(status(1, 2, 3, 0)) is None
    with monkeypatch.context() as windows:
        windows.setattr("os.name", "nt")
        assert Signature.of(status(1, 2, 3, 4)) is None


acts = st.one_of(
    st.sampled_from(["write", "put time back", "replace", "look"]),
    st.integers(0, 5 * SECOND) | st.sampled_from([1, SECOND, 3 * SECOND, 3 * SECOND + 1]),
)


@example(["write", "look", "write"], 2 * SECOND, SECOND)
@example([SECOND, "write", 1_990_000_000, "look", "write"], 2 * SECOND, SECOND)
@example(["write", "look", "replace"], SECOND, SECOND)
@settings(max_examples=300)
@given(
    acts=st.lists(acts, max_size=25),
    step=st.sampled_from([1, SECOND // 100, SECOND, 2 * SECOND]),
    lag=st.integers(0, SECOND),
)
def test_no_step_of_a_file_system_s_clock_and_no_order_of_events_gives_an_old_hash(
    acts: list[str | int], step: int, lag: int
) -> None:
    """Contents are one byte each; numbers let that many nanoseconds go by."""
    now, content, inode = 1_000 * SECOND, 0, 1
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        path = folder / "file"
        path.write_bytes(b"\0")
        patch.setattr("qa.documents.fingerprints.time.time_ns", lambda: now)
        mtime = ctime = 900 * SECOND
        for act in [*acts, "look"]:
            stamp = (now - lag) // step * step
            if isinstance(act, int):
                now += act
                continue
            if act == "look":
                prints = Fingerprints(folder, folder, READING, take_over=True)
                found = prints.sha256("file", str(path), status(1, mtime, ctime, inode))
                assert found == hashlib.sha256(bytes([content])).hexdigest()
                prints.save()
                continue
            if act == "put time back":
                mtime, ctime = 900 * SECOND, stamp
                continue
            content += 1
            inode += act == "replace"
            mtime = ctime = stamp
            path.write_bytes(bytes([content]))
