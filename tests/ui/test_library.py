"""Files come and go: where they end up, what is said of each, and that nothing is lost.

Updates are those a person would start: `qa index` in a process, with the tiny models.
"""

import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import UsageError
from qa.index.local.generations import Index
from qa.index.progress import BuildEvent
from qa.ui.file_names import safe_name
from qa.ui.library import Library
from qa.ui.library_status import FileStatus, LibraryStatus
from tests.conftest import CORPUS, tiny_settings, write_corpus

NewFile = Callable[[str, str], Path]


def tiny_library(folder: Path, corpus: Path) -> Library:
    settings = tiny_settings(folder / "index")
    options = [f"--encoder={settings.encoder}", f"--reader={settings.reader}"]
    return Library(corpus, folder / "index", options)


@pytest.fixture
def library(tmp_path: Path, corpus: Path) -> Library:
    """The three-document corpus, not indexed yet."""
    return tiny_library(tmp_path, corpus)


@pytest.fixture
def idle(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library whose updates do nothing, for what happens to files."""
    monkeypatch.setattr(Library, "update", lambda self: None)
    return Library(corpus, tmp_path / "index")


@pytest.fixture
def new(tmp_path: Path) -> NewFile:
    """Writes a file somewhere else, as an upload is."""
    folder = tmp_path / "uploads"
    folder.mkdir()

    def write(name: str, content: str) -> Path:
        path = folder / name
        path.write_text(content)
        return path

    return write


def indexed(tmp_path: Path) -> list[str]:
    index = Index.open(tmp_path / "index")
    names = sorted(index.store.hashes())
    index.close()
    return names


def files_of(corpus: Path) -> set[str]:
    return {
        path.relative_to(corpus).as_posix()
        for path in corpus.rglob("*")
        if path.is_file() and ".removed" not in path.parts
    }


def one(results: list[FileStatus]) -> FileStatus:
    (result,) = results
    return result


# ---- coming and going


def test_added_files_are_indexed_and_said_to_be_read(
    library: Library, new: NewFile, tmp_path: Path
) -> None:
    results = library.add([(new("a", "Ferns."), "ferns.txt"), (new("b", "x"), "in/b.md")])
    assert [result.waiting for result in results] == [True, True]
    library.wait()
    assert indexed(tmp_path) == sorted([*CORPUS, "ferns.txt", "in/b.md"])
    now = library.status()
    assert not now.running
    assert not now.error
    assert now.summary == "5 documents added"
    assert {file.name for file in now.files} == {*CORPUS, "ferns.txt", "in/b.md"}
    assert not any(file.problem or file.waiting for file in now.files)


def test_what_was_accepted_before_a_kill_is_read_at_the_next_start(
    idle: Library, new: NewFile, tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (result,) = idle.add([(new("a", "Ferns."), "ferns.txt")])
    assert result.waiting
    monkeypatch.undo()  # the program was killed before its update began; this is the next
    again = tiny_library(tmp_path, corpus)
    again.carry_on()
    again.wait()
    assert indexed(tmp_path) == sorted([*CORPUS, "ferns.txt"])
    (corpus / "later.txt").write_text("Put there by hand.")
    again.carry_on()
    again.wait()
    assert "later.txt" not in indexed(tmp_path), "nothing was left to be carried on"


def test_an_update_that_was_stopped_is_carried_on_at_the_next_start(
    library: Library, tmp_path: Path, corpus: Path
) -> None:
    library.update()
    library.stop()
    library.wait()
    again = tiny_library(tmp_path, corpus)
    again.carry_on()
    again.wait()
    assert indexed(tmp_path) == sorted(CORPUS)


def test_a_removed_document_is_kept_and_can_be_put_back(
    library: Library, tmp_path: Path, corpus: Path
) -> None:
    library.update()
    library.wait()
    library.remove(["letters/ada.txt"])
    library.wait()
    assert indexed(tmp_path) == ["bridges.txt", "garden.md"]
    assert library.status().summary == "1 document removed"
    (kept,) = (corpus / ".removed").rglob("ada.txt")
    assert kept.read_text() == CORPUS["letters/ada.txt"]
    assert library.can_restore
    assert library.restore() == 1
    library.wait()
    assert indexed(tmp_path) == sorted(CORPUS)
    assert not library.can_restore
    assert library.restore() == 0
    library.wait()


def test_an_update_finds_what_was_changed_in_the_folder(library: Library, corpus: Path) -> None:
    library.update()
    library.wait()
    library.update()
    library.wait()
    assert library.status().summary == "everything is up to date"
    (corpus / "bridges.txt").write_text("The Tay Bridge.")
    (corpus / "garden.md").unlink()
    (corpus / "new.txt").write_text("New.")
    library.update()
    library.wait()
    assert library.status().summary == "1 document added, 1 changed, 1 removed"


def test_a_file_that_cannot_be_read_is_said_to_be_so_and_the_rest_is_read(
    library: Library, new: NewFile, tmp_path: Path
) -> None:
    library.add([(new("a", "%PDF-1.7 no"), "bad.pdf"), (new("b", "Ferns."), "good.txt")])
    library.wait()
    said = {file.name: file.problem for file in library.status().files}
    assert said["bad.pdf"]
    assert said["good.txt"] == ""
    assert "good.txt" in indexed(tmp_path)
    assert "bad.pdf" not in indexed(tmp_path)


def test_the_first_files_make_the_folder_and_the_index(tmp_path: Path, new: NewFile) -> None:
    library = tiny_library(tmp_path, tmp_path / "not" / "there")
    library.add([(new("a", "Ferns."), "a.txt")])
    library.wait()
    assert indexed(tmp_path) == ["a.txt"]


def test_an_index_whose_last_document_goes_is_empty(library: Library, tmp_path: Path) -> None:
    library.update()
    library.wait()
    library.remove(list(CORPUS))
    library.wait()
    assert library.status().error == ""
    assert indexed(tmp_path) == []


def test_updates_asked_for_during_one_become_one_more(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds, go_on = [], threading.Event()

    def build(self: Library) -> None:
        builds.append(self.status())
        assert go_on.wait(30)

    monkeypatch.setattr(Library, "_build", build)
    threads = [threading.Thread(target=library.update) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.status().running
    go_on.set()
    library.wait()
    assert len(builds) == 2
    assert all(progress.running for progress in builds)
    assert not library.status().running


def test_files_added_during_an_update_are_read_by_the_next(
    library: Library, new: NewFile, tmp_path: Path
) -> None:
    library.update()
    library.add([(new("a", "Ferns."), "a.txt")])
    library.add([(new("b", "Clay."), "b.txt")])
    library.wait()
    assert indexed(tmp_path) == sorted([*CORPUS, "a.txt", "b.txt"])
    assert not any(file.waiting for file in library.status().files)


def test_why_an_update_failed_is_told_and_the_next_starts_clean(
    tmp_path: Path, corpus: Path, new: NewFile
) -> None:
    index_dir = tmp_path / "index"
    index_dir.write_text("a file is in the way")
    library = tiny_library(tmp_path / "elsewhere", corpus)
    failing = Library(corpus, index_dir, library._options)
    failing.add([(new("a", "x"), "a.txt")])
    failing.wait()
    now = failing.status()
    assert "is a file; expected a folder" in now.error
    assert "Traceback" not in now.error
    assert not now.error.startswith("qa:")
    assert not now.running
    assert now.summary == ""
    assert [(file.name, file.waiting) for file in now.files] == [("a.txt", True)], "not read yet"
    index_dir.unlink()
    tiny_settings(index_dir)
    failing.update()
    failing.wait()
    assert failing.status().error == ""
    assert [file.waiting for file in failing.status().files] == [False] * 4


def test_a_wrong_option_is_told_too(corpus: Path, tmp_path: Path) -> None:
    library = Library(corpus, tmp_path / "index", ["--no-such-option"])
    library.update()
    library.wait()
    assert "--no-such-option" in library.status().error


def test_a_python_that_cannot_be_started_is_told(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    library.update()
    library.wait()
    assert "/no/such/python" in library.status().error
    assert not library.status().running


def test_a_stopped_update_is_carried_on_by_the_next(
    library: Library, corpus: Path, tmp_path: Path
) -> None:
    write_corpus(corpus, {f"{n}.txt": f"Sentence {n} about ferns. " * 400 for n in range(40)})
    library.update()
    library.update()  # the one that waits is not started either
    _until(lambda: bool(library.status().files) or not library.status().running)
    library.stop()
    library.wait()
    assert not library.status().running
    assert library.status().error == "it was stopped"
    library.update()
    library.wait()
    assert library.status().error == ""
    assert len(indexed(tmp_path)) == 43


def test_stopping_at_once_or_without_an_update_does_no_harm(library: Library) -> None:
    library.stop()
    library.update()
    library.stop()
    library.wait()
    assert library.status().error == "it was stopped"


def _until(is_true: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(3_000):
        if is_true():
            return
        pause.wait(0.01)
    raise AssertionError("it never happened")


def test_a_report_longer_than_a_pipe_holds_does_not_stop_the_update(
    library: Library, corpus: Path
) -> None:
    for number in range(1_000):
        (corpus / f"{number:04} {'long name ' * 12}.doc").touch()
    library.update()
    library.wait()
    assert library.status().summary == "3 documents added"


# ---- what is told on the way


def told(library: Library, event: BuildEvent) -> LibraryStatus:
    library._follow(event)
    return library.status()


def test_the_share_done_counts_documents_and_never_goes_back(idle: Library) -> None:
    assert told(idle, BuildEvent("encoding passages", done=8, total=9)).total == 0
    now = told(idle, BuildEvent("documents", done=1, total=3, doc_id="a.txt"))
    assert (now.done, now.total, now.stage) == (1, 3, "")
    now = told(idle, BuildEvent("encoding passages", done=1_200, total=2_000))
    assert (now.done, now.total, now.stage) == (1, 3, "encoding passages 1,200 of 2,000")
    assert told(idle, BuildEvent("writing the index")).stage == "writing the index"
    assert told(idle, BuildEvent("looking at files", done=100)).stage == "looking at files 100"


def test_many_files_push_out_neither_the_failures_nor_each_other(idle: Library) -> None:
    for number in range(5):
        told(idle, BuildEvent("documents", doc_id=f"bad {number}", problem="damaged"))
    for number in range(1_000):
        told(idle, BuildEvent("documents", doc_id=f"good {number}"))
    files = idle.status().files
    assert sum(bool(file.problem) for file in files) == 5
    assert sum(not file.problem for file in files) == 200
    assert files[0].name == "good 999", "newest first"


def test_a_file_that_is_read_again_is_listed_once_with_its_note(
    idle: Library, new: NewFile
) -> None:
    idle.add([(new("a", "x"), "bridges.txt")])
    now = told(idle, BuildEvent("documents", done=1, total=1, doc_id="bridges (2).txt"))
    (file,) = now.files
    assert file == FileStatus("bridges (2).txt", note="another bridges.txt was there")


# ---- names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.txt", "a.txt"),
        ("folder/sub/a.txt", "folder/sub/a.txt"),
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/etc/passwd.txt", "etc/passwd.txt"),
        ("a/../../b.txt", "a/b.txt"),
        ("....//....//b.txt", "b.txt"),
        ("C:\\Users\\ada\\a.txt", "C/Users/ada/a.txt"),
        ("\\\\server\\share\\a.txt", "server/share/a.txt"),
        ("..\\..\\a.txt", "a.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("con .txt", "_con .txt"),
        ("Lpt9.tar.md", "_Lpt9.tar.md"),
        ("COM¹.txt", "_COM¹.txt"),
        ("console.txt", "console.txt"),
        ("aux/nul/a.txt", "_aux/_nul/a.txt"),
        ("a\0b\nc\x1b[31m\x7f\x9d.txt", "a b c [31m .txt"),
        ("evil\u202etxt.exe", "evil txt.exe"),
        ('what? "yes": <a|b>*.txt', "what yes a b .txt"),
        ("a.txt:stream", "a.txt stream"),
        (".hidden.txt", "hidden.txt"),
        (".removed/a.txt", "removed/a.txt"),
        ("a.txt. . .", "a.txt"),
        ("  a   b .txt", "a b .txt"),
        ("😀 é.txt", "😀 é.txt"),
        ("half\ud800.txt", "half.txt"),
        ("e\u0301.txt", "é.txt"),
        ("Dr. Smith and his many, many letters", "Dr. Smith and his many, many letters"),
        ("/".join("abcdefghij") + ".txt", "c/d/e/f/g/h/i/j.txt"),
    ],
)
def test_a_name_becomes_one_that_every_system_takes(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", ".", "..", "/", "../..", "\0", ". . .", "\\", "?", "\ud800"])
def test_a_name_of_which_nothing_is_left_is_refused(name: str, idle: Library, new: NewFile) -> None:
    assert safe_name(name) is None
    assert one(idle.add([(new("a", "x"), name)])).problem == "its name cannot be used: rename it"


@pytest.mark.parametrize("letter", ["a", "é", "日", "😀", "a.", "a "])
def test_a_long_name_is_shortened_and_keeps_its_suffix(
    letter: str, idle: Library, new: NewFile
) -> None:
    result = one(idle.add([(new("a", "x"), letter * 400 + ".txt")]))
    assert result.problem == ""
    assert result.name.endswith(".txt")
    assert len(result.name.encode()) <= 200
    again = one(idle.add([(new("b", "y"), letter * 400 + ".txt")]))
    assert again.problem == ""
    assert again.name.endswith(" (2).txt")


names = (
    st.text() | st.text("./\\ :ab\0é\u0301~") | st.text(st.characters(codec="utf-8"), min_size=150)
)


@given(names)
@example("a." + "x" * 30)
@example("a" * 199 + " b")
@example("a" * 198 + ".. b")
@example("e" + "\u202e" + "\u0301")
@example("con" + " " * 300 + ".txt")
def test_a_safe_name_stays_inside_and_is_its_own_safe_name(name: str) -> None:
    safe = safe_name(name)
    if safe is None:
        return
    assert safe_name(safe) == safe
    assert unicodedata.is_normalized("NFC", safe)
    root = Path("/corpus")
    assert Path(os.path.normpath(root / safe)).is_relative_to(root)
    assert not Path(safe).is_absolute()
    parts = safe.split("/")
    assert len(parts) <= 8
    for part in parts:
        assert part
        assert part == part.strip(". ")
        assert len(part.encode()) <= 200
        assert not set(part) & set('\\:*?"<>|\0\n')


def test_composed_and_decomposed_names_are_the_same_file(idle: Library, new: NewFile) -> None:
    first = one(idle.add([(new("a", "x"), "cafe\u0301.txt")]))
    second = one(idle.add([(new("b", "x"), "caf\u00e9.txt")]))
    assert first.name == second.name == "café.txt"
    assert second.note == "was there already"


# ---- saving


def test_the_same_content_under_the_same_name_is_there_already(
    idle: Library, new: NewFile, corpus: Path
) -> None:
    result = one(idle.add([(new("a", CORPUS["bridges.txt"]), "bridges.txt")]))
    assert result == FileStatus("bridges.txt", note="was there already")
    assert files_of(corpus) == set(CORPUS)


def test_other_content_under_the_same_name_gets_a_name_of_its_own(
    idle: Library, new: NewFile, corpus: Path
) -> None:
    contents = enumerate(["two", "three", "two"])
    results = [
        one(idle.add([(new(str(number), content), "letters/ada.txt")]))
        for number, content in contents
    ]
    assert files_of(corpus) == {*CORPUS, "letters/ada (2).txt", "letters/ada (3).txt"}
    assert (corpus / "letters/ada.txt").read_text() == CORPUS["letters/ada.txt"]
    assert (corpus / "letters/ada (2).txt").read_text() == "two"
    assert [(result.name, result.note) for result in results] == [
        ("letters/ada (2).txt", "another ada.txt was there"),
        ("letters/ada (3).txt", "another ada.txt was there"),
        ("letters/ada (2).txt", "was there already"),
    ]


def test_files_of_one_name_added_at_the_same_time_are_all_kept(
    idle: Library, new: NewFile, corpus: Path
) -> None:
    files = [[(new(str(number), str(number)), "same.txt")] for number in range(12)]
    threads = [threading.Thread(target=idle.add, args=[batch]) for batch in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    contents = {path.read_text() for path in corpus.glob("same*.txt")}
    assert contents == {str(number) for number in range(12)}


@pytest.mark.parametrize("name", ["a.exe", "a", "a.gif", "archive.zip", "a.doc"])
def test_a_file_of_a_format_that_is_not_read_is_not_saved(
    name: str, idle: Library, new: NewFile, corpus: Path
) -> None:
    result = one(idle.add([(new("a", "x"), name)]))
    assert "not a format that is read" in result.problem
    assert files_of(corpus) == set(CORPUS)
    assert idle.status().files == (result,)


def test_nothing_is_updated_when_nothing_was_saved(
    library: Library, new: NewFile, tmp_path: Path
) -> None:
    library.add([(new("a", "x"), "a.exe")])
    library.wait()
    assert library.status().summary == ""
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_file_is_not_saved_through_a_link_that_leads_out_of_the_folder(
    idle: Library, new: NewFile, corpus: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (corpus / "link").symlink_to(outside)
    result = one(idle.add([(new("a", "x"), "link/a.txt")]))
    assert "cannot be saved" in result.problem
    assert list(outside.iterdir()) == []


def test_a_file_is_not_saved_into_the_index(new: NewFile, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    library = Library(tmp_path, tmp_path / "index")
    result = one(library.add([(new("a", "x"), "index/a.txt")]))
    assert "cannot be saved" in result.problem
    assert list((tmp_path / "index").iterdir()) == []


def test_a_folder_where_a_file_is_and_the_other_way_round(
    idle: Library, new: NewFile, corpus: Path
) -> None:
    (corpus / "folder.txt").mkdir()
    inside = one(idle.add([(new("a", "x"), "bridges.txt/a.txt")]))
    assert inside.problem.startswith("cannot be saved: ")
    beside = one(idle.add([(new("b", "x"), "folder.txt")]))
    assert (beside.name, beside.problem) == ("folder (2).txt", "")


def test_an_upload_that_is_gone_is_told_and_leaves_nothing(idle: Library, corpus: Path) -> None:
    result = one(idle.add([(Path("/no/such/file"), "a.txt")]))
    assert result.problem == "cannot be saved: No such file or directory"
    assert files_of(corpus) == set(CORPUS)


def test_a_full_disk_is_told_and_leaves_nothing(
    idle: Library, new: NewFile, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", fail)
    result = one(idle.add([(new("a", "x"), "a.txt")]))
    assert result.problem == "cannot be saved: No space left on device"
    assert files_of(corpus) == set(CORPUS)


# ---- removing


def test_removing_what_is_not_there_moves_nothing(
    idle: Library, corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("x")
    idle.remove(["gone.txt", "../secret.txt", str(tmp_path / "secret.txt"), "", "a\0b", "letters"])
    assert (tmp_path / "secret.txt").exists()
    assert files_of(corpus) == set(CORPUS)
    assert not idle.can_restore


def test_the_same_name_can_be_removed_again_and_again_without_loss(
    idle: Library, corpus: Path
) -> None:
    for number in range(3):
        (corpus / "a.txt").write_text(str(number))
        idle.remove(["a.txt"])
    kept = {path.read_text() for path in (corpus / ".removed").rglob("a.txt")}
    assert kept == {"0", "1", "2"}


def test_putting_back_never_writes_over_what_has_come_meanwhile(
    idle: Library, corpus: Path
) -> None:
    idle.remove(["bridges.txt", "garden.md"])
    (corpus / "bridges.txt").write_text("new")
    assert idle.restore() == 1
    assert (corpus / "bridges.txt").read_text() == "new"
    assert (corpus / "garden.md").read_text() == CORPUS["garden.md"]
    assert len(list((corpus / ".removed").rglob("bridges.txt"))) == 1


def refuse_to_move(name: str, patch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == name:
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    patch.setattr(Path, "rename", fail)


def test_what_was_removed_before_one_that_cannot_be_is_put_back_by_undo(
    idle: Library, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_to_move("garden.md", monkeypatch)
    with pytest.raises(UsageError, match=r"garden\.md cannot be removed: Permission denied"):
        idle.remove(["bridges.txt", "garden.md"])
    assert idle.can_restore
    assert idle.restore() == 1
    assert files_of(corpus) == set(CORPUS)


def test_an_undo_that_fails_half_way_keeps_what_is_not_back_yet(
    idle: Library, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.remove(["bridges.txt", "garden.md", "letters/ada.txt"])
    (corpus / "bridges.txt").write_text("Another one came meanwhile.", "utf-8")
    with monkeypatch.context() as patch:
        refuse_to_move("ada.txt", patch)
        with pytest.raises(UsageError, match=r"ada\.txt cannot be put back"):
            idle.restore()
    assert files_of(corpus) == set(CORPUS) - {"letters/ada.txt"}
    assert idle.restore() == 1
    assert files_of(corpus) == set(CORPUS)
    assert not idle.can_restore


def test_an_undo_that_fails_can_be_tried_again(
    idle: Library, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.remove(["bridges.txt"])
    with monkeypatch.context() as patch:

        def fail(self: Path, target: Path) -> Path:
            raise PermissionError(13, "Permission denied")

        patch.setattr(Path, "rename", fail)
        with pytest.raises(UsageError, match=r"bridges\.txt cannot be put back"):
            idle.restore()
    assert idle.can_restore
    assert idle.restore() == 1
    assert files_of(corpus) == set(CORPUS)


def test_progress_is_a_snapshot(idle: Library, new: NewFile) -> None:
    before = idle.status()
    idle.add([(new("a", "x"), "a.txt")])
    assert before == LibraryStatus()
    assert replace(idle.status(), files=()) == before
