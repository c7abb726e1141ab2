"""Builds: what they take over, what they swap in, and what they leave when they fail."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from conftest import (
    CORPUS,
    ROOT,
    TINY_CALIBRATION,
    tiny_settings,
    write_corpus,
    write_tiny_encoder,
    write_tiny_reader,
)

from qa.build import BuildEvent, build_index
from qa.embed import Encoder
from qa.errors import CorpusError, EncoderError, IndexWriteError, ReaderError, UsageError
from qa.export import model_folder
from qa.index import Index, current_generation, encoders_dir, write_vectors
from qa.pipeline import open_index
from qa.settings import AskSettings, BuildSettings
from qa.store import Store

Build = Callable[..., Path]


QUESTIONS = [
    "Who wrote to Charles about the engine?",
    "When was the Iron Bridge opened?",
    "How many rivets do the cantilevers need?",
    "When are roses pruned?",
    "What are the tomatoes fed with?",
    "Roses carry letters to the engine",
]


def contents(index: Index) -> list[Any]:
    """Everything an answer can depend on, whatever rows it is in."""
    store = index.store
    documents = [(store.parsed(info.doc_id), info) for info in store.documents()]
    passages = [
        (
            entry.passage,
            index.vectors([entry.row])[entry.row].tobytes(),
            index.sentence_vectors(entry.row).tobytes(),
        )
        for info in store.documents()
        for entry in store.passages_of(info.doc_id)
    ]
    assert len(passages) == store.n_passages
    return [documents, passages, store.skipped(), store.about()["format"]]


def answers(index_dir: Path) -> list[object]:
    """What an index answers, but for row numbers and time."""
    answerer = open_index(index_dir, AskSettings(max_risk=1.0))
    found = []
    for question in QUESTIONS:
        answer = answerer.ask(question)
        passages = [replace(passage, row=0) for passage in answer.passages]
        found.append((answer.answer, answer.confidence, answer.citations, passages))
    return found


def test_every_document_is_in_the_index_with_its_exact_text(tiny_build: Build) -> None:
    store = Index.open(tiny_build()).store
    found = {name: store.document(name) for name in store.hashes()}
    assert {name: document and document.text for name, document in found.items()} == CORPUS


def test_a_second_build_of_the_same_corpus_writes_nothing(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert report.up_to_date
    assert report.encoded == 0
    assert report.generation == "00001"
    assert current_generation(index_dir) == "00001"


def test_two_builds_of_one_corpus_are_identical(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    first = contents(Index.open(tiny_build()))
    other = tmp_path / "other"
    build_index(corpus, other, tiny_settings(other))
    assert contents(Index.open(other)) == first


def test_an_update_encodes_only_what_changed_and_equals_a_rebuild(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    (corpus / "bridges.txt").unlink()
    (corpus / "garden.md").rename(corpus / "moved.md")
    (corpus / "letters" / "ada.txt").write_bytes(
        b"Ada wrote to Charles. The engine needs trains.\n"
    )
    write_corpus(corpus, {"new.txt": "Roses carry letters to the engine.\n"})
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (report.added, report.changed, report.renamed, report.removed) == (1, 1, 1, 1)
    assert report.encoded == 2, "the renamed file kept its vectors"
    other = tmp_path / "other"
    build_index(corpus, other, tiny_settings(other))
    assert contents(Index.open(index_dir)) == contents(Index.open(other))
    assert answers(index_dir) == answers(other)


def test_rebuild_takes_nothing_over(tiny_build: Build) -> None:
    index_dir = tiny_build()
    before = contents(Index.open(index_dir))
    tiny_build(rebuild=True)
    assert current_generation(index_dir) == "00002"
    assert contents(Index.open(index_dir)) == before


def test_an_open_index_keeps_answering_while_another_is_swapped_in(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    answerer = open_index(index_dir)
    write_corpus(corpus, {"bridges.txt": "The Iron Bridge is closed.\n"})
    build_index(corpus, index_dir, tiny_settings(index_dir))
    assert "1781" in str([p.passage.text for p in answerer.ask("Iron Bridge").passages])


def test_only_the_current_generation_and_the_one_before_are_kept(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    for number in range(4):
        write_corpus(corpus, {"bridges.txt": f"The Iron Bridge has {number} trains.\n"})
        build_index(corpus, index_dir, tiny_settings(index_dir))
    assert sorted(p.name for p in (index_dir / "generations").iterdir()) == ["00004", "00005"]


class Crash(BaseException):
    """Stands for a kill: nothing handles it."""


@pytest.mark.parametrize("stage", ["documents", "encoding passages", "writing the index"])
def test_a_build_that_dies_leaves_the_last_good_index(
    tiny_build: Build, corpus: Path, stage: str
) -> None:
    index_dir = tiny_build()
    before = contents(Index.open(index_dir))
    write_corpus(corpus, {"new.txt": "Roses carry letters to the engine.\n"})

    def crash(event: BuildEvent) -> None:
        if event.stage == stage:
            raise Crash

    with pytest.raises(Crash):
        build_index(corpus, index_dir, tiny_settings(index_dir), progress=crash)
    assert contents(Index.open(index_dir)) == before
    assert not list((index_dir / "generations").glob(".part-*"))
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert report.added == 1
    assert report.encoded == (1 if stage == "encoding passages" else 0), "what was done is kept"
    assert not (index_dir / "building").exists()


def test_skipped_files_are_named_with_a_reason(tiny_build: Build, corpus: Path) -> None:
    (corpus / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 40)
    (corpus / "empty.md").write_bytes(b"  \n")
    (corpus / "table.xlsx").write_bytes(b"PK")
    (corpus / "old.doc").write_bytes(b"words")
    index_dir = tiny_build()
    skipped = dict(Index.open(index_dir).store.skipped())
    assert set(skipped) == {"photo.txt", "empty.md", "table.xlsx", "old.doc"}
    assert all(skipped.values())


@pytest.mark.parametrize("make", [True, False])
def test_a_corpus_with_nothing_to_read_is_an_error_that_says_what_is_expected(
    tmp_path: Path, make: bool
) -> None:
    folder = tmp_path / "nothing"
    if make:
        folder.mkdir()
    index_dir = tmp_path / "index"
    with pytest.raises(CorpusError, match=r"\.txt"):
        build_index(folder, index_dir, tiny_settings(index_dir))


def test_a_damaged_index_is_replaced_by_the_next_build(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    before = contents(Index.open(index_dir))
    (index_dir / "generations" / "00001" / "vectors.faiss").write_bytes(b"")
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert not report.up_to_date
    assert contents(Index.open(index_dir)) == before


def test_a_change_of_settings_makes_a_new_generation(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    changed = type(settings)(**{**settings.to_json(), "merge_tokens": 0})  # type: ignore[arg-type]
    report = build_index(corpus, index_dir, changed)
    assert report.generation == "00002"
    assert report.passages > 4


def test_search_is_exact_and_vectors_are_of_unit_length(tiny_build: Build) -> None:
    index = Index.open(tiny_build())
    encoder = Encoder(index.encoder_dir)
    matrix = np.stack(list(index.vectors(range(index.store.n_passages)).values()))
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-3)  # half precision
    query = encoder.encode_query("Who feeds the tomatoes?")
    found = index.search(query, 3)
    order = np.argsort(-(matrix @ query), kind="stable")[:3].tolist()
    assert list(found) == order
    assert np.allclose(list(found.values()), (matrix @ query)[order], atol=1e-5)


def test_the_vectors_file_is_plain_faiss(tiny_build: Build) -> None:
    index_dir = tiny_build()
    index = faiss.read_index(str(index_dir / "generations" / "00001" / "vectors.faiss"))
    assert index.metric_type == faiss.METRIC_INNER_PRODUCT


def test_an_index_inside_its_corpus_is_not_indexed(corpus: Path) -> None:
    index_dir = corpus / "index"
    first = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (first.documents, first.skipped) == (3, ())
    assert build_index(corpus, index_dir, tiny_settings(index_dir)).up_to_date


def test_an_encoder_that_reads_less_makes_passages_anew(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    folder = model_folder(encoders_dir(index_dir), settings.encoder, settings.precision)
    write_tiny_encoder(folder, max_tokens=16)
    report = build_index(corpus, index_dir, settings)
    assert report.encoded == report.passages > 6


def test_a_reader_calibrated_anew_is_taken_over_without_encoding_anything(
    tmp_path: Path, corpus: Path
) -> None:
    trained, index_dir = tmp_path / "trained", tmp_path / "index"
    write_tiny_reader(trained)
    settings = replace(tiny_settings(index_dir), reader=str(trained))
    build_index(corpus, index_dir, settings)
    before = open_index(index_dir).ask("Iron Bridge").confidence
    assert build_index(corpus, index_dir, settings).up_to_date
    write_tiny_reader(trained, replace(TINY_CALIBRATION, bias=5.0))
    report = build_index(corpus, index_dir, settings)
    assert (report.up_to_date, report.encoded, report.changed) == (False, 0, 0)
    assert open_index(index_dir).ask("Iron Bridge").confidence > before


def test_a_damaged_reader_is_made_anew(tmp_path: Path, corpus: Path) -> None:
    index_dir = tmp_path / "index"
    write_tiny_reader(tmp_path / "trained")
    settings = replace(tiny_settings(index_dir), reader=str(tmp_path / "trained"))
    build_index(corpus, index_dir, settings)
    folder = Index.open(index_dir).reader_dir
    whole = (folder / "model.onnx").read_bytes()
    for damage in (lambda: (folder / "model.onnx").write_bytes(b""), lambda: shutil.rmtree(folder)):
        damage()
        with pytest.raises(ReaderError, match="qa index --reader"):
            open_index(index_dir)
        build_index(corpus, index_dir, settings)
        assert (folder / "model.onnx").read_bytes() == whole
        assert open_index(index_dir).ask("Iron Bridge").passages


def test_a_reader_that_is_none_is_told_before_any_work_and_leaves_the_last_good_index(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    settings = replace(tiny_settings(index_dir), reader=str(tmp_path / "no" / "such" / "reader"))
    stages: list[str] = []

    def note(event: BuildEvent) -> None:
        stages.append(event.stage)

    with pytest.raises(ReaderError):
        build_index(corpus, index_dir, settings, rebuild=True, progress=note)
    assert not {"looking at files", "documents", "encoding passages"} & set(stages)
    assert current_generation(index_dir) == "00001"
    assert open_index(index_dir).ask("Iron Bridge").passages


@pytest.mark.parametrize("bad", [{"reader": ""}, {"reader": " "}, {"encoder": ""}])
def test_a_blank_name_of_a_model_is_a_usage_error(bad: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="not empty"):
        BuildSettings(**bad)  # type: ignore[arg-type]


def test_an_index_that_cannot_be_written_is_an_error_that_says_what_to_do(
    tmp_path: Path, corpus: Path
) -> None:
    index_dir = tmp_path / "index"
    settings = tiny_settings(index_dir)
    (index_dir / "generations").write_text("a file where a folder should be")
    with pytest.raises(IndexWriteError, match="could not be written"):
        build_index(corpus, index_dir, settings)


def test_vectors_that_cannot_be_written_leave_the_last_good_index(
    tiny_build: Build, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tiny_build()
    before = contents(Index.open(index_dir))
    write_corpus(corpus, {"new.txt": "Roses carry letters.\n"})

    def full(store: Store, dimension: int, path: Path) -> None:
        write_vectors(store, dimension, Path("/dev/full"))

    with monkeypatch.context() as patch:
        patch.setattr("qa.workspace.write_vectors", full)
        with pytest.raises(IndexWriteError, match="space"):
            build_index(corpus, index_dir, tiny_settings(index_dir))
    assert contents(Index.open(index_dir)) == before
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (report.added, report.encoded) == (1, 0)


def test_a_generation_left_by_a_kill_before_the_swap_is_cleared(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    generations = index_dir / "generations"
    shutil.copytree(generations / "00001", generations / "00002")  # named, but never current
    (generations / ".part-1").mkdir()
    assert open_index(index_dir).index.generation == "00001"
    write_corpus(corpus, {"new.txt": "Roses carry letters.\n"})
    assert build_index(corpus, index_dir, tiny_settings(index_dir)).generation == "00003"
    assert sorted(p.name for p in generations.iterdir()) == ["00001", "00003"]


def test_what_a_build_writes_can_be_read_by_others_as_the_umask_says(tiny_build: Build) -> None:
    before = os.umask(0o022)
    try:
        index_dir = tiny_build()
    finally:
        os.umask(before)
    for path in (index_dir / "generations").rglob("*"):
        assert path.stat().st_mode & 0o044 == 0o044, path


@pytest.mark.model
def test_with_the_real_encoder_too_an_update_equals_a_rebuild(
    page_index: Path, tmp_path: Path
) -> None:
    texts = [f"Line {n} is about {'bridges and ' * n}rivers." for n in range(8)]
    for name in ("grown", "whole"):
        shutil.copytree(page_index / "encoders", tmp_path / name / "encoders")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, text in enumerate(texts):
        (corpus / f"{number}.txt").write_text(text)
        build_index(corpus, tmp_path / "grown")
    build_index(corpus, tmp_path / "whole")
    assert contents(Index.open(tmp_path / "grown")) == contents(Index.open(tmp_path / "whole"))
    assert answers(tmp_path / "grown") == answers(tmp_path / "whole")


@pytest.mark.model
def test_a_damaged_encoder_is_exported_again(page_index: Path, tmp_path: Path) -> None:
    shutil.copytree(page_index, tmp_path / "index")
    (model,) = (tmp_path / "index" / "encoders").glob("*/model.onnx")
    model.write_bytes(model.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="--rebuild"):
        open_index(tmp_path / "index")
    build_index(ROOT / "corpus", tmp_path / "index")
    assert open_index(tmp_path / "index").ask("How many labs were destroyed?").passages
