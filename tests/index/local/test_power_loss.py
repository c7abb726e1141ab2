"""The power fails: what was written and not fsynced may be lost, all of it or any part.

As SQLite's own tests do it, a build is recorded: what is in every file and folder after each step,
and what of it an fsync has made safe. From that states are made that a disk may be left in. After
each of them a whole index answers, as after a kill, and the next build comes to its end.
"""

import os
import random
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from qa import files
from qa.evaluate.feedback import Feedback, Verdict
from qa.schema import Answer
from qa.ui.library import Library
from tests.index.test_durability import (
    Scene,
    assert_answers,
    assert_repaired,
    changes,
    room,
    scene,
)

__all__ = ["room", "scene"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inodes are counted as on Linux")

_ROOT = 0
Entries = dict[str, int]


@dataclass(frozen=True)
class Tree:
    """What is on a disk: files and folders by number; `_ROOT` is where it begins."""

    files: Mapping[int, bytes]
    folders: Mapping[int, Entries]


@dataclass
class Disk:
    """Follows what happens below a folder, and what of it is safe.

    Attributes:
        root: The folder.
        safe_files: Content of files at their last fsync.
        safe_folders: Names in folders at their last fsync.
        states: After each step: what is there, and what is safe.
    """

    root: Path
    safe_files: dict[int, bytes] = field(default_factory=dict)
    safe_folders: dict[int, Entries] = field(default_factory=dict)
    states: list[tuple[Tree, Tree]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take what is there at the beginning as safe."""
        now = self.now()
        self.safe_files.update(now.files)
        self.safe_folders.update(now.folders)

    def number(self, path: Path) -> int:
        return _ROOT if path == self.root else path.stat().st_ino

    def now(self) -> Tree:
        found: dict[int, bytes] = {}
        folders: dict[int, Entries] = {}
        for folder, names, others in os.walk(self.root):
            paths = {name: Path(folder, name) for name in (*names, *others)}
            folders[self.number(Path(folder))] = {n: self.number(p) for n, p in paths.items()}
            for name in others:
                found[self.number(paths[name])] = paths[name].read_bytes()
        return Tree(found, folders)

    def record(self, act: Callable[[], object]) -> None:
        """Do something, step by step."""

        def hook(frame: FrameType, event: str, called: Any) -> None:
            if event == "c_return" and changes(frame, called):
                sys.setprofile(None)
                self._step(frame, called.__name__)
                sys.setprofile(hook)

        sys.setprofile(hook)
        try:
            act()
        finally:
            sys.setprofile(None)
        self._step(None, "")

    def _step(self, frame: FrameType | None, name: str) -> None:
        now = self.now()
        if name == "fsync" and frame is not None:
            local = frame.f_locals
            if frame.f_code is files.sync_folder.__code__ and self._is_ours(local["folder"]):
                number = self.number(local["folder"])
                self.safe_folders[number] = dict(now.folders[number])
            elif frame.f_code is files.sync.__code__ and self._is_ours(local["path"]):
                number = self.number(local["path"])
                self.safe_files[number] = now.files[number]
        for number in now.folders:  # one whose names were never synced is there, and empty
            self.safe_folders.setdefault(number, {})
        self.states.append((now, Tree(dict(self.safe_files), dict(self.safe_folders))))

    def _is_ours(self, path: Path) -> bool:
        return path == self.root or self.root in path.parents


def left_over(now: Tree, safe: Tree, chance: random.Random, lost: float) -> Tree:
    """Choose what is left when the power fails: of each file and folder what is safe, or more."""

    def is_lost() -> bool:
        return chance.random() < lost

    left: dict[int, bytes] = {}
    folders: dict[int, Entries] = {}
    for number, entries in now.folders.items():
        folders[number] = safe.folders.get(number, {}) if is_lost() else entries
    for number in safe.folders.keys() - now.folders.keys():
        folders[number] = safe.folders[number]
    for number, data in now.files.items():
        # A file that was never synced may have its length without its content.
        unsafe = chance.choice([b"", data[: len(data) // 2], bytes(len(data))])
        left[number] = safe.files.get(number, unsafe) if is_lost() else data
    for number in safe.files.keys() - now.files.keys():
        left[number] = safe.files[number]
    return Tree(left, folders)


def write(tree: Tree, folder: Path, number: int = _ROOT) -> None:
    """Write what is left to a folder of its own."""
    folder.mkdir(parents=True)
    for name, entry in tree.folders.get(number, {}).items():
        if entry in tree.folders:
            write(tree, folder / name, entry)
        else:
            (folder / name).write_bytes(tree.files.get(entry, b""))


@pytest.mark.parametrize("scene", ["first", "update", "early"], indirect=True)
def test_whatever_is_lost_when_the_power_fails_a_whole_index_answers(scene: Scene) -> None:
    index_dir = scene.copy("recorded")
    had_one = (index_dir / "CURRENT").exists()
    disk = Disk(index_dir)
    disk.record(lambda: scene.build(index_dir))
    assert len(disk.states) > 20
    chance = random.Random(5)
    for number, (now, safe) in enumerate(disk.states):
        for lost in (1.0, 0.5):
            left = scene.start.with_name(f"left-{number}-{lost}")
            write(left_over(now, safe, chance, lost), left)
            assert (left / "CURRENT").exists() >= had_one
            assert_answers(left)
            if number % 5 == 0:
                assert_repaired(scene, left)
            shutil.rmtree(left)
    assert (index_dir / "CURRENT").exists()
    now, safe = disk.states[-1]
    final = scene.start.with_name("final")
    write(left_over(now, safe, chance, 1.0), final)
    assert (final / "CURRENT").read_text() == (index_dir / "CURRENT").read_text(), "it had ended"


def test_a_build_that_syncs_in_another_order_is_caught(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above can see: without the fsync of a folder an index may be gone."""
    if not (scene.start / "CURRENT").exists() or scene.rebuild:
        pytest.skip("one is enough")
    index_dir = scene.copy("recorded")
    monkeypatch.setattr("qa.index.local.workspace.sync_folder", lambda folder: None)
    disk = Disk(index_dir)
    disk.record(lambda: scene.build(index_dir))
    chance, lost = random.Random(5), 0
    for number, (now, safe) in enumerate(disk.states):
        left = scene.start.with_name(f"left-{number}")
        write(left_over(now, safe, chance, 0.5), left)
        try:
            assert_answers(left)
        except Exception:
            lost += 1
        shutil.rmtree(left)
    assert lost


def test_a_file_that_was_accepted_is_there_whatever_is_lost(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    (root / "corpus").mkdir(parents=True)
    upload = tmp_path / "upload"
    upload.write_text("The bell is green.")
    library = Library(root / "corpus", root / "index")
    library.update = lambda: None  # type: ignore[method-assign]  # what is kept is looked at
    disk = Disk(root)
    disk.record(lambda: library.add([(upload, "in/here/bell.txt")]))
    now, safe = disk.states[-1]
    write(left_over(now, safe, random.Random(1), 1.0), tmp_path / "left")
    assert (tmp_path / "left/corpus/in/here/bell.txt").read_text() == "The bell is green."
    assert (tmp_path / "left/index/waiting").exists()


def test_the_first_verdict_is_kept_in_a_file_that_has_its_name(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    disk = Disk(root)
    answer = Answer("Who?", True, "Ada", 0.9, (), ())
    feedback = Feedback(root / "feedback.sqlite")
    disk.record(lambda: feedback.add(answer, Verdict.UP))
    now, safe = disk.states[-1]
    write(left_over(now, safe, random.Random(1), 1.0), tmp_path / "left")
    # SQLite syncs its own pages; that there is a file for them is our affair.
    assert Feedback(tmp_path / "left" / "feedback.sqlite").entries() == []
    assert (tmp_path / "left" / "feedback.sqlite").stat().st_size
