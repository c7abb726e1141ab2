"""The store a build works on: what is carried on, what is cleared away, what is taken over."""

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.errors import IndexDamagedError
from qa.files import Check
from qa.index.local.generations import STORE, Index, current_generation, generation_names
from qa.index.local.workspace import Workspace, building_dir
from qa.index.stores.manifest import FORMAT, Manifest
from qa.index.stores.stored import StoredVectors
from qa.schema import Passage
from tests.conftest import CORPUS, TINY_DIMENSION
from tests.index.local.test_store import one_passage_each

ABOUT = {"format": "x", "corpus": "here"}


def add(workspace: Workspace, texts: dict[str, str]) -> None:
    store = workspace.writer()
    with store.transaction():
        for parsed, passages in one_passage_each(texts):
            store.remove(parsed.document.doc_id)
            store.add(parsed, passages, [vectors_of(passage) for passage in passages])


def vectors_of(passage: Passage) -> StoredVectors:
    return StoredVectors(
        passage.text.encode(), bytes(2 * TINY_DIMENSION), bytes(2 * TINY_DIMENSION)
    )


def publish(workspace: Workspace, *, complete: bool) -> str:
    store = workspace.writer()
    manifest = Manifest(
        format=FORMAT,
        settings={},
        encoder="none",
        encoder_fingerprint="none",
        corpus="here",
        corpus_sha256="",
        documents=store.n_documents,
        passages=store.n_passages,
        dimension=TINY_DIMENSION,
        built_at="",
        complete=complete,
        bytes={},
        sha256={},
    )
    return workspace.publish(manifest)


def started(
    index_dir: Path, about: dict[str, str] = ABOUT, source: Index | None = None
) -> Workspace:
    """Begin anew, whatever a killed build has left."""
    workspace = Workspace(index_dir, about, source)
    workspace.writer()
    return workspace


def resumed(index_dir: Path, about: dict[str, str] = ABOUT) -> Workspace | None:
    """Carry on what a killed build has left; None if there is nothing of the kind."""
    workspace = Workspace(index_dir, about, None)
    return workspace if workspace.resume() else None


def begun(index_dir: Path, texts: dict[str, str], about: dict[str, str] = ABOUT) -> None:
    """Leave a store as a build does that was killed after its first batch."""
    workspace = started(index_dir, about)
    add(workspace, texts)
    workspace.close()


def published(index_dir: Path, texts: dict[str, str]) -> Index:
    workspace = started(index_dir)
    add(workspace, texts)
    publish(workspace, complete=True)
    return Index.open(index_dir)


def test_where_nothing_was_begun_there_is_nothing_to_carry_on(tmp_path: Path) -> None:
    assert resumed(tmp_path) is None
    assert not building_dir(tmp_path).exists()


def test_what_a_killed_build_has_kept_is_carried_on(tmp_path: Path) -> None:
    begun(tmp_path, CORPUS)
    workspace = resumed(tmp_path)
    assert workspace is not None
    assert workspace.writer().hashes().keys() == CORPUS.keys()
    publish(workspace, complete=True)
    assert Index.open(tmp_path).store.n_documents == 3
    assert not building_dir(tmp_path).exists()


@pytest.mark.parametrize("about", [{}, {"format": "y"}, {**ABOUT, "settings": "others"}])
def test_what_was_begun_for_something_else_is_cleared_away(
    tmp_path: Path, about: dict[str, str]
) -> None:
    begun(tmp_path, CORPUS)
    assert resumed(tmp_path, about) is None
    assert not building_dir(tmp_path).exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"rubbish" * 2_000,
        lambda data: data[: len(data) // 2],
        lambda data: data[:16] + bytes(84) + data[100:],
        lambda data: data[:100],
    ],
)
def test_what_was_begun_and_is_damaged_is_cleared_away_or_damaged_when_read(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    begun(tmp_path, {f"{n}.txt": f"words {n} " * 300 for n in range(30)})
    path = building_dir(tmp_path) / STORE
    path.write_bytes(damage(path.read_bytes()))
    try:
        workspace = resumed(tmp_path)
    except IndexDamagedError:
        return
    if workspace is None:
        assert not building_dir(tmp_path).exists()
        return
    with pytest.raises(IndexDamagedError):  # noqa: PT012
        for name in workspace.writer().hashes():
            workspace.writer().parsed(name)


def test_starting_takes_nothing_from_a_build_that_is_not_carried_on(tmp_path: Path) -> None:
    begun(tmp_path, CORPUS)
    (building_dir(tmp_path) / f"{STORE}-journal").write_bytes(b"of another store")
    workspace = started(tmp_path)
    assert workspace.writer().hashes() == {}
    assert workspace.writer().about() == ABOUT
    workspace.close()
    assert [path.name for path in building_dir(tmp_path).iterdir()] == [STORE]


def test_half_a_copy_of_an_early_generation_is_never_carried_on(tmp_path: Path) -> None:
    part = tmp_path / "generations" / ".part-1"
    begun(tmp_path, CORPUS)
    part.mkdir(parents=True)
    data = (building_dir(tmp_path) / STORE).read_bytes()
    (part / STORE).write_bytes(data[: len(data) // 2])
    started(tmp_path).close()  # a rebuild
    assert not part.exists()
    workspace = resumed(tmp_path)
    assert workspace is not None
    assert workspace.writer().hashes() == {}


def test_a_store_that_was_given_away_for_a_generation_that_did_not_come_to_be_is_taken_back(
    tmp_path: Path,
) -> None:
    begun(tmp_path, CORPUS)
    part = tmp_path / "generations" / ".part-1"
    part.mkdir(parents=True)
    (building_dir(tmp_path) / STORE).rename(part / STORE)
    shutil.rmtree(building_dir(tmp_path))
    workspace = resumed(tmp_path)
    assert workspace is not None
    assert workspace.writer().n_documents == 3
    assert not part.exists()


def test_a_seed_is_copied_and_stays_as_it_is(tmp_path: Path) -> None:
    seed = published(tmp_path, CORPUS)
    path = tmp_path / "generations" / "00001" / STORE
    before = path.read_bytes()
    workspace = started(tmp_path, source=seed)
    assert workspace.writer().hashes() == seed.store.hashes()
    add(workspace, {"new.txt": "words"})
    assert publish(workspace, complete=True) == "00002"
    assert path.read_bytes() == before
    assert Index.open(tmp_path).store.n_documents == 4


@pytest.mark.parametrize("sha256", [{}, {STORE: "0" * 64}, {STORE: 5}])
def test_a_seed_that_is_not_what_was_written_is_not_taken_over(
    tmp_path: Path, sha256: dict[str, object]
) -> None:
    published(tmp_path, CORPUS)
    path = tmp_path / "generations" / "00001" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "sha256": sha256}))
    with pytest.raises(IndexDamagedError, match="qa index --rebuild"):
        started(tmp_path, source=Index.open(tmp_path))
    assert not (building_dir(tmp_path) / STORE).exists()
    assert resumed(tmp_path) is None


def test_what_is_published_early_answers_and_can_be_worked_on_further(tmp_path: Path) -> None:
    workspace = started(tmp_path)
    counts, there = [], []
    for number in range(4):
        add(workspace, {f"{number}.txt": f"words {number}"})
        name = publish(workspace, complete=number == 3)
        index = Index.open(tmp_path)
        assert (index.generation, index.manifest.complete) == (name, number == 3)
        counts.append((index.store.n_documents, index.manifest.passages))
        there.append(generation_names(tmp_path))
        index.close()
    assert counts == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert there == [["00001"], ["00001", "00002"], ["00002", "00003"], ["00004"]]
    assert not building_dir(tmp_path).exists()
    manifest = json.loads((tmp_path / "generations" / "00004" / "manifest.json").read_text())
    assert manifest["format"] == FORMAT


def test_for_damage_the_last_whole_generation_is_kept_and_no_stage(tmp_path: Path) -> None:
    published(tmp_path, {"old.txt": "old"})
    for number in range(3):
        workspace = started(tmp_path)
        add(workspace, {f"{number}.txt": f"words {number}"})
        publish(workspace, complete=number == 2)
        workspace.close()
    assert generation_names(tmp_path) == ["00001", "00004"]
    (tmp_path / "generations" / "00004" / STORE).unlink()
    assert Index.open(tmp_path).generation == "00001"


def test_a_generation_s_manifest_has_the_size_and_hash_of_its_files(tmp_path: Path) -> None:
    for complete in (False, True):
        workspace = started(tmp_path)
        add(workspace, CORPUS)
        folder = tmp_path / "generations" / publish(workspace, complete=complete)
        workspace.close()
        manifest = json.loads((folder / "manifest.json").read_text())
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        del files["manifest.json"]
        assert manifest["bytes"] == {name: len(data) for name, data in files.items()}
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        assert manifest["sha256"] == hashes


def test_a_generation_that_cannot_be_put_together_leaves_the_store_to_go_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, {"old.txt": "old"})
    workspace = started(tmp_path)
    add(workspace, CORPUS)
    with monkeypatch.context() as patch:
        patch.setattr("qa.index.local.workspace.sync_folder", lambda folder: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(workspace, complete=True)
    assert current_generation(tmp_path) == "00001"
    assert generation_names(tmp_path) == ["00001"]
    assert not list((tmp_path / "generations").glob(".part-*"))
    again = resumed(tmp_path)
    assert again is not None
    assert again.writer().n_documents == 3


def prepared(index_dir: Path) -> Workspace:
    workspace = Workspace(index_dir, ABOUT, Index.open(index_dir))
    workspace.prepare()
    workspace.prepare()
    assert not workspace.changed
    return workspace


def test_a_store_that_is_begun_meanwhile_is_the_seed_s(tmp_path: Path) -> None:
    seed = published(tmp_path, CORPUS)
    workspace = prepared(tmp_path)
    assert workspace.writer().hashes() == seed.store.hashes()
    add(workspace, {"new.txt": "words"})
    assert publish(workspace, complete=True) == "00002"
    assert Index.open(tmp_path).find_damage() == ""


def test_a_store_that_is_begun_and_not_wanted_leaves_nothing_behind(tmp_path: Path) -> None:
    published(tmp_path, CORPUS)
    prepared(tmp_path).close()
    assert not building_dir(tmp_path).exists()
    assert resumed(tmp_path) is None


def test_what_fails_while_a_store_is_begun_is_told_when_it_is_wanted(tmp_path: Path) -> None:
    published(tmp_path, CORPUS)
    path = tmp_path / "generations" / "00001" / STORE
    data = bytearray(path.read_bytes())
    workspace = Workspace(tmp_path, ABOUT, Index.open(tmp_path))
    data[-1] ^= 1
    path.write_bytes(data)
    workspace.prepare()
    with pytest.raises(IndexDamagedError, match="qa index --rebuild"):
        workspace.writer()
    workspace.close()
    assert resumed(tmp_path) is None


def test_a_store_that_is_begun_and_was_never_asked_for_is_not_carried_on(tmp_path: Path) -> None:
    published(tmp_path, CORPUS)
    killed = prepared(tmp_path)
    assert killed._beginning is not None
    killed._beginning.result()
    assert [path.name for path in building_dir(tmp_path).iterdir()] == [f"{STORE}.part"]
    assert resumed(tmp_path) is None
    assert not building_dir(tmp_path).exists()


def test_copying_ends_soon_after_nobody_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = threading.Event()

    def endless(source: Path, target: Path, check: Check) -> str:
        began.set()
        while True:
            check()
            time.sleep(0.001)

    published(tmp_path, CORPUS)
    monkeypatch.setattr("qa.index.local.workspace.copy_hashed", endless)
    workspace = prepared(tmp_path)
    assert began.wait(10)
    workspace.close()
    assert not building_dir(tmp_path).exists()
    assert "copying the store" not in {thread.name for thread in threading.enumerate()}
