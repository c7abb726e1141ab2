"""Vectors in lists: as good as was measured, exact in some documents, and right after a change."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.answer.live import open_index
from qa.answer.read import Query
from qa.answer.retrieve import retrieve
from qa.evaluate.gold import load_gold
from qa.index.build import build_index
from qa.index.local import vector_file
from qa.index.local.generations import VECTORS, Index
from qa.index.local.workspace import Workspace
from qa.index.progress import BuildEvent
from qa.index.search.nearest import LEAST_RECALL, Lists
from qa.index.stores.stored import StoredVectors, as_bytes
from qa.models.encoder import Vectors
from qa.settings import AskSettings
from tests.conftest import (
    GOLD,
    ROOT,
    TINY_DIMENSION,
    make_large,
    tiny_settings,
    write_corpus,
)
from tests.index.local.test_store import one_passage_each
from tests.index.local.test_workspace import publish, started
from tests.index.test_build import answers

Build = Callable[..., Path]
ABOUT = {"format": "x", "corpus": "here", "encoder_fingerprint": "none"}
COUNT = 3_000


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    make_large(monkeypatch)


def vector(number: int, spread: float = 0.6) -> Vectors:
    """A unit vector near one of a hundred topics; with a spread of 9 it is near nothing."""
    topic = np.random.default_rng(number % 100).normal(size=TINY_DIMENSION)
    own = np.random.default_rng(1_000 + number).normal(size=TINY_DIMENSION)
    found = topic + spread * own
    return (found / np.linalg.norm(found)).astype(np.float32)


def asked(text: str, spread: float = 0.6) -> Vectors:
    """A question about a passage: near it, as near as another of its topic is at times."""
    number = int(text.split()[0])
    found = vector(number, spread) + 0.5 * vector(number + 100 * COUNT, spread)
    unit: Vectors = found / np.linalg.norm(found)
    return unit


def change(
    index_dir: Path,
    numbers: range,
    gone: range = range(0),
    spread: float = 0.6,
    events: list[BuildEvent] | None = None,
) -> Index:
    """Publish a generation with some passages more and some less than the one before."""
    before = Index.open(index_dir) if (index_dir / "CURRENT").exists() else None
    tell = events.append if events is not None else lambda event: None
    workspace = Workspace(index_dir, ABOUT, before, lambda text: asked(text, spread), tell)
    store = workspace.writer()
    with store.transaction():
        for number in gone:
            store.remove(str(number))
        for parsed, passages in one_passage_each({str(n): f"{n} {n} {n}" for n in numbers}):
            stored = StoredVectors(
                passages[0].text.encode(), as_bytes(vector(int(passages[0].doc_id), spread)), b""
            )
            store.add(parsed, passages, [stored])
    publish(workspace, complete=True)
    workspace.close()
    return Index.open(index_dir)


def exact(index: Index, query: Vectors, k: int) -> dict[int, float]:
    """The nearest, by comparing with every vector that the store has."""
    kept = {row: float(query @ found) for row, found in index.vectors(index.store.rows()).items()}
    return dict(sorted(kept.items(), key=lambda entry: -entry[1])[:k])


def share_found(index: Index, count: int = 100) -> float:
    draw = np.random.default_rng(3)
    shares = []
    for number in draw.choice(COUNT, count, replace=False):
        query = asked(str(number))
        found = index.search(query, 10)
        wanted = exact(index, query, 10)
        shares.append(len(found.keys() & wanted.keys()) / 10)
        for row, cosine in found.items():
            assert cosine == pytest.approx(float(query @ index.vectors([row])[row]), abs=1e-5)
        assert list(found.values()) == sorted(found.values(), reverse=True)
    return float(np.mean(shares))


def test_as_much_is_found_as_was_measured(tmp_path: Path) -> None:
    index = change(tmp_path, range(COUNT))
    lists = index.manifest.lists
    assert lists is not None
    assert 1 <= lists.probes < lists.lists
    assert lists.recall_at_10 >= LEAST_RECALL
    assert (lists.passages, lists.changed) == (COUNT, 0)
    assert share_found(index) >= LEAST_RECALL - 0.01


def test_what_finds_too_little_is_not_published_and_that_is_said(tmp_path: Path) -> None:
    events: list[BuildEvent] = []
    index = change(tmp_path, range(COUNT), spread=9, events=events)
    lists = index.manifest.lists
    assert lists is not None
    assert (lists.probes, lists.recall_at_10 < LEAST_RECALL) == (0, True)
    assert any("searched exactly" in event.stage for event in events)
    query = asked("7", 9)
    assert list(index.search(query, 10)) == list(exact(index, query, 10))
    # The next small change does not try again.
    events.clear()
    index = change(tmp_path, range(COUNT, COUNT + 3), spread=9, events=events)
    assert events == []
    assert list(index.search(query, 10)) == list(exact(index, query, 10))


def test_few_vectors_are_searched_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_file, "APPROXIMATE_FROM", COUNT)
    index = change(tmp_path, range(COUNT))
    assert index.manifest.lists is None
    assert share_found(index, 10) == 1.0
    assert change(tmp_path, range(COUNT, COUNT + 1)).manifest.lists is not None


def test_within_some_documents_the_search_is_exact(tmp_path: Path) -> None:
    index = change(tmp_path, range(COUNT))
    for chosen in (range(0, COUNT, 7), range(5, 9), range(COUNT)):
        rows = index.store.rows_of([str(number) for number in chosen])
        for number in (1, 500, 2_999):
            query = asked(str(number))
            wanted = [row for row in exact(index, query, COUNT) if row in set(rows)][:10]
            assert list(index.search(query, 10, rows)) == wanted


@pytest.mark.parametrize("few", [True, False])
def test_a_small_change_is_searched_as_a_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    if few:
        monkeypatch.setattr(vector_file, "APPROXIMATE_FROM", 10 * COUNT)
    before = change(tmp_path, range(COUNT))
    index = change(tmp_path, range(COUNT, COUNT + 20), range(100, 130))
    if not few:
        assert index.manifest.lists == replace(before.manifest.lists or missing(), changed=50)
    assert index.store.n_passages == COUNT - 10
    assert share_found(index) >= (1.0 if few else LEAST_RECALL - 0.01)
    gone, new = vector(115), vector(COUNT + 5)
    assert max(index.search(gone, 1).values()) < 0.99
    assert max(index.search(new, 1).values()) > 0.99
    index = change(tmp_path, range(COUNT + 20, COUNT + 400))
    assert index.manifest.lists is None if few else index.manifest.lists.changed == 0  # type: ignore[union-attr]
    assert share_found(index) >= (1.0 if few else LEAST_RECALL - 0.01)


def missing() -> Lists:
    raise AssertionError("vectors are not in lists")


def test_small_changes_add_up(tmp_path: Path) -> None:
    change(tmp_path, range(COUNT))
    seen = []
    for step in range(4):
        start = COUNT + 120 * step
        lists = change(tmp_path, range(start, start + 120)).manifest.lists
        seen.append((lists or missing()).changed)
    assert seen == [120, 240, 0, 120]


def test_rows_that_mean_something_else_now_are_not_taken_over(tmp_path: Path) -> None:
    """A build that was begun anew and killed gives the rows of the generation before again."""
    change(tmp_path, range(COUNT))
    workspace = started(tmp_path, ABOUT)
    with workspace.writer().transaction():
        for parsed, passages in one_passage_each({"x": "5 5 5", "y": "6 6 6"}):
            data = as_bytes(vector(int(passages[0].text.split()[0]) + 7))
            workspace.writer().add(parsed, passages, [StoredVectors(b"k", data, b"")])
    workspace.close()
    resumed = Workspace(tmp_path, ABOUT, Index.open(tmp_path), asked)
    assert resumed.resume()
    publish(resumed, complete=True)
    index = Index.open(tmp_path)
    assert index.store.rows() == [0, 1]
    assert index.search(vector(12), 1) == {0: pytest.approx(1, abs=1e-3)}
    assert index.search(vector(13), 1) == {1: pytest.approx(1, abs=1e-3)}


def test_a_damaged_file_is_not_taken_over(tmp_path: Path) -> None:
    before = change(tmp_path, range(COUNT))
    path = before.folder / VECTORS
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 64
    path.unlink()  # it is mapped by who has it open
    path.write_bytes(data)
    workspace = Workspace(tmp_path, ABOUT, before, asked)
    with workspace.writer().transaction():
        workspace.writer().remove("1")
    publish(workspace, complete=True)
    lists = Index.open(tmp_path).manifest.lists
    assert lists is not None
    assert (lists.passages, lists.changed) == (COUNT - 1, 0)


def test_a_large_index_answers_as_a_small_one(tiny_build: Build, tmp_path: Path) -> None:
    index_dir = tiny_build()
    assert Index.open(index_dir).manifest.lists is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.index.search.postings.POSTINGS_FROM", 1_000)
        patch.setattr("qa.index.local.vector_file.APPROXIMATE_FROM", 1_000)
        build_index(tmp_path / "corpus", tmp_path / "small", tiny_settings(tmp_path / "small"))
    assert Index.open(tmp_path / "small").manifest.lists is None
    assert answers(index_dir) == answers(tmp_path / "small")


def test_after_an_update_a_large_index_answers_as_one_that_was_built_anew(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    changed = {"bridges.txt": "The Iron Bridge is closed.\n", "z.txt": "Roses carry letters.\n"}
    write_corpus(corpus, changed)
    (corpus / "letters" / "ada.txt").unlink()
    build_index(corpus, index_dir, tiny_settings(index_dir))
    build_index(corpus, tmp_path / "anew", tiny_settings(tmp_path / "anew"))
    assert answers(index_dir) == answers(tmp_path / "anew")


@pytest.mark.model
def test_the_packaged_page_is_searched_alike(page_index: Path, tmp_path: Path) -> None:
    build_index(ROOT / "corpus", tmp_path)
    large, small = open_index(tmp_path), open_index(page_index)
    assert (large.index.manifest.lists or missing()).recall_at_10 >= LEAST_RECALL
    assert small.index.manifest.lists is None
    found: list[list[object]] = [[], []]
    for entry in load_gold(GOLD):
        for seen, answerer in zip(found, (large, small), strict=True):
            vector = answerer.open_models[0].encode_query(entry.question)
            best = retrieve(answerer.index, Query(entry.question, vector), AskSettings(), 5)
            seen.append([(one.passage, round(one.score, 5)) for one in best])
    same = sum(mine == theirs for mine, theirs in zip(*found, strict=True))
    assert same >= 0.98 * len(found[0])
