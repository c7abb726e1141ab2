"""Index folders: damage is told, locks are waited for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.errors import IndexDamagedError, IndexMissingError
from qa.index import Index, build_lock

Build = Callable[..., Path]
FILES = ["manifest.json", "documents.sqlite", "vectors.faiss", "sentences.npy"]


def test_a_folder_without_an_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="qa index"):
        Index.open(tmp_path / "nowhere")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["delete", "empty", "cut", "scramble"])
def test_a_damaged_file_is_an_error_that_says_to_rebuild(
    tiny_build: Build, name: str, damage: str
) -> None:
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / name
    data = path.read_bytes()
    if damage == "delete":
        path.unlink()
    else:
        path.write_bytes(
            {"empty": b"", "cut": data[: len(data) // 2], "scramble": b"?" * len(data)}[damage]
        )
    with pytest.raises(IndexDamagedError, match="--rebuild"):
        Index.open(index_dir)


@pytest.mark.parametrize("pointer", ["", "00009\n", "../../etc", "\0"])
def test_a_wrong_pointer_is_damage(tiny_build: Build, pointer: str) -> None:
    index_dir = tiny_build()
    (index_dir / "CURRENT").write_text(pointer)
    with pytest.raises(IndexDamagedError):
        Index.open(index_dir)


def test_an_index_of_a_later_format_is_refused(tiny_build: Build) -> None:
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(IndexDamagedError, match="format 99"):
        Index.open(index_dir)


def test_a_waiting_build_says_so_and_then_goes_on(tmp_path: Path) -> None:
    import threading

    held, go = threading.Event(), threading.Event()
    said: list[str] = []

    def hold() -> None:
        with build_lock(tmp_path):
            held.set()
            go.wait(30)

    def waiting() -> None:
        said.append("waiting")
        go.set()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with build_lock(tmp_path, waiting):
        assert said == ["waiting"]
    holder.join()
