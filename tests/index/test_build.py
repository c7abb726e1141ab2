"""Builds: what they take over, what they swap in, and what they leave when they fail."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import faiss
import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from qa.answer.live import open_index
from qa.documents.fingerprints import FINGERPRINTS
from qa.documents.load import SourceFile, list_files
from qa.documents.sandbox import Sandbox
from qa.errors import (
    CorpusError,
    EncoderError,
    IndexMissingError,
    IndexWriteError,
    ReaderError,
    UsageError,
    WorkerError,
)
from qa.index.build import BuildEvent, Pace, build_index
from qa.index.check import check_index
from qa.index.folders import encoders_dir
from qa.index.local.generations import Index, current_generation
from qa.index.local.vector_file import VectorFile
from qa.models.encoder import TOKENIZER_FILE, Encoder, packaged_encoder
from qa.models.export_encoder import MINILM, model_folder
from qa.schema import ParsedDocument, SkippedFile
from qa.settings import AskSettings, BuildSettings, ParseLimits
from tests.conftest import (
    CORPUS,
    EAGER,
    READ,
    ROOT,
    TINY_CALIBRATION,
    tiny_settings,
    write_corpus,
    write_tiny_encoder,
    write_tiny_reader,
)

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
    found: list[object] = []
    for question in QUESTIONS:
        answer = answerer.ask(question)
        passages = [replace(passage, row=0) for passage in answer.passages]
        found.append((answer.answer, answer.confidence, answer.citations, passages))
    return found


def test_every_document_is_in_the_index_with_its_exact_text(tiny_build: Build) -> None:
    store = Index.open(tiny_build()).store
    found = {name: store.document(name) for name in store.hashes()}
    assert {name: document and document.text for name, document in found.items()} == READ


def test_small_files_are_read_before_large_ones(tiny_build: Build, corpus: Path) -> None:
    large = "\n\n".join(f"Fern {number} wants rain." for number in range(300))
    write_corpus(corpus, {"a.txt": large, "z.txt": "A fern.\n"})
    told: list[BuildEvent] = []
    tiny_build(progress=told.append)
    read = [event.doc_id for event in told if event.doc_id]
    assert read[-1] == "a.txt"
    assert set(read) == {"a.txt", "z.txt", *CORPUS}


def test_a_second_build_of_the_same_corpus_writes_nothing(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert report.up_to_date
    assert report.encoded == 0
    assert report.generation == "00001"
    assert current_generation(index_dir) == "00001"


def test_a_build_lists_the_corpus_once(
    tiny_build: Build, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[Path] = []

    def counting(folder: Path, leave_out: Path | None = None) -> list[str]:
        listed.append(folder)
        return list_files(folder, leave_out)

    monkeypatch.setattr("qa.documents.load.list_files", counting)
    for _ in range(3):
        listed.clear()
        tiny_build()
        assert listed == [corpus]
        write_corpus(corpus, {"new.txt": f"A fern.{listed}"})


def test_files_that_come_while_a_build_waits_for_another_are_in_it(
    tiny_build: Build, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def waiting(index_dir: Path, told: Callable[[str], object]) -> Iterator[None]:
        write_corpus(corpus, {"late.txt": "A fern.\n"})
        yield

    monkeypatch.setattr("qa.index.build.build_lock", waiting)
    assert "late.txt" in Index.open(tiny_build()).store.hashes()


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

    write = VectorFile.write

    def full(self: VectorFile, path: Path, before: Index | None, *, in_lists: bool) -> None:
        write(self, Path("/dev/full"), before, in_lists=in_lists)

    with monkeypatch.context() as patch:
        patch.setattr(VectorFile, "write", full)
        with pytest.raises(IndexWriteError, match="No space left on device"):
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
def test_with_the_real_encoder_too_an_update_equals_a_rebuild(tmp_path: Path) -> None:
    texts = [f"Line {n} is about {'bridges and ' * n}rivers." for n in range(8)]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, text in enumerate(texts):
        (corpus / f"{number}.txt").write_text(text)
        build_index(corpus, tmp_path / "grown")
    build_index(corpus, tmp_path / "whole")
    assert contents(Index.open(tmp_path / "grown")) == contents(Index.open(tmp_path / "whole"))
    assert answers(tmp_path / "grown") == answers(tmp_path / "whole")


@pytest.mark.model
def test_a_damaged_encoder_is_exported_again(tmp_path: Path) -> None:
    settings = BuildSettings(encoder=MINILM)
    build_index(ROOT / "corpus", tmp_path / "index", settings)
    (model,) = (tmp_path / "index" / "encoders").glob("*/model.onnx")
    model.write_bytes(model.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="--rebuild"):
        open_index(tmp_path / "index")
    build_index(ROOT / "corpus", tmp_path / "index", settings)
    assert open_index(tmp_path / "index").ask("How many labs were destroyed?").passages


@pytest.mark.model
def test_the_default_needs_neither_an_export_nor_a_copy_of_the_encoder(page_index: Path) -> None:
    assert not encoders_dir(page_index).exists()
    assert Index.open(page_index).encoder_dir == packaged_encoder()


def test_an_index_of_another_encoder_than_the_packaged_is_refused_and_built_anew(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    folder = model_folder(encoders_dir(index_dir), settings.encoder, settings.precision)
    write_tiny_encoder(folder, max_tokens=16)
    with pytest.raises(EncoderError, match="another encoder"):
        open_index(index_dir)
    build_index(corpus, index_dir, settings)
    assert open_index(index_dir).ask("How long is the bridge?").passages


def test_an_index_of_an_earlier_packaged_encoder_can_be_kept_by_naming_that(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    manifest = Index.open(index_dir).folder / "manifest.json"
    written = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**written, "encoder": ""}), "utf-8")
    assert any("another encoder" in said for said in check_index(index_dir, lambda _: None))
    with pytest.raises(EncoderError, match="another encoder"):
        open_index(index_dir)
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (report.up_to_date, report.encoded) == (False, 0)
    assert open_index(index_dir).ask("How long is the bridge?").passages


# ---- what is not done again


@contextmanager
def refusing_to_parse() -> Iterator[None]:
    """Make reading any file a failure."""

    def fail(self: Sandbox, source: SourceFile) -> ParsedDocument | SkippedFile:
        raise AssertionError(f"{source.doc_id} was read again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "parse", fail)
        yield


@contextmanager
def refusing_to_hash() -> Iterator[None]:
    """Make reading any file to hash it a failure."""

    def fail(path: Path) -> str:
        raise AssertionError(f"{path} was read again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.documents.fingerprints.file_sha256", fail)
        yield


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets builds look at files a minute after all that is written."""
    real = time.time_ns
    monkeypatch.setattr("qa.documents.fingerprints.time.time_ns", lambda: real() + 60_000_000_000)


def rebuilt(corpus: Path, folder: Path, settings: BuildSettings) -> list[Any]:
    """Give what a build from nothing comes to."""
    tiny_settings(folder)
    build_index(corpus, folder, settings)
    return contents(Index.open(folder))


def test_touched_and_renamed_and_copied_files_are_neither_read_nor_encoded_again(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    with refusing_to_parse():
        for path in corpus.rglob("*.*"):
            os.utime(path, (1, 1))
        assert build_index(corpus, index_dir, settings).up_to_date
        (corpus / "garden.md").rename(corpus / "moved.md")
        report = build_index(corpus, index_dir, settings)
        assert (report.renamed, report.added, report.removed, report.encoded) == (1, 0, 0, 0)
        shutil.copy(corpus / "bridges.txt", corpus / "copy.txt")
        report = build_index(corpus, index_dir, settings)
        assert (report.added, report.encoded) == (1, 0)
    assert contents(Index.open(index_dir)) == rebuilt(corpus, tmp_path / "other", settings)


def test_what_has_not_changed_is_not_even_hashed_again(
    tiny_build: Build, corpus: Path, later: None
) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    with refusing_to_hash():
        assert build_index(corpus, index_dir, settings).up_to_date
        write_tiny_encoder(
            model_folder(encoders_dir(index_dir), settings.encoder, settings.precision), 16
        )
        assert build_index(corpus, index_dir, settings).encoded
    with refusing_to_hash(), pytest.raises(AssertionError):
        build_index(corpus, index_dir, settings, rebuild=True)


def test_an_index_of_before_files_were_remembered_is_up_to_date_and_remembers_them(
    tiny_build: Build, corpus: Path, later: None
) -> None:
    index_dir = tiny_build()
    (index_dir / FINGERPRINTS).unlink()
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (report.up_to_date, report.generation, report.encoded) == (True, "00001", 0)
    with refusing_to_hash():
        assert build_index(corpus, index_dir, tiny_settings(index_dir)).up_to_date


def edit(path: Path, act: str, data: bytes) -> None:
    """Do something to a file as people and programs do."""
    aside = path.with_name("aside")
    before = path.stat() if path.exists() else None
    if act == "write" or before is None:
        path.write_bytes(data)
    elif act == "write and put the time back":
        path.write_bytes(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif act == "touch":
        path.touch()
    elif act == "put the time back":
        os.utime(path, (1, 1))
    elif act == "delete":
        path.unlink()
    elif act == "rename":
        path.rename(path.with_name("a.txt"))
    elif act == "copy":
        shutil.copy2(path, aside)
    elif act == "take its place" and aside.exists():
        aside.rename(path)


ACTS = ["write", "write and put the time back", "touch", "put the time back", "delete", "rename",
        "copy", "take its place"]  # fmt: skip


@given(
    rounds=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(ACTS),
                st.sampled_from(["a.txt", "b.txt", "c.md"]),
                st.sampled_from([b"A fern.", b"A rose.", b"A tea.\n", b"\0\1\2\3\4\5\6", b""]),
            ),
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
@hypothesis_settings(max_examples=25)
def test_after_any_edits_an_update_comes_to_what_a_rebuild_does(
    rounds: list[list[tuple[str, str, bytes]]],
) -> None:
    """Files are remembered as soon as the system's clock has moved on, not after seconds."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.documents.fingerprints._SETTLED_NS", 20_000_000)
        folder = Path(name)
        corpus, index_dir, other = (folder / part for part in ("corpus", "index", "other"))
        write_corpus(corpus, {"a.txt": "A fern.", "c.md": "A rose."})
        settings = tiny_settings(index_dir)
        tiny_settings(other)
        for edits in [[], *rounds]:
            for act, file, data in edits:
                edit(corpus / file, act, data)
            time.sleep(0.021)
            build_index(corpus, index_dir, settings, allow_empty=True)
            build_index(corpus, other, settings, allow_empty=True, rebuild=True)
            assert contents(Index.open(index_dir)) == contents(Index.open(other))


@contextmanager
def noting_what_is_parsed() -> Iterator[list[str]]:
    """Give the names of the files that are read."""
    names: list[str] = []
    real = Sandbox.parse

    def parse(
        self: Sandbox, source: SourceFile, wants_scans: Callable[[], bool] = lambda: True
    ) -> ParsedDocument | SkippedFile:
        names.append(source.doc_id)
        return real(self, source, wants_scans)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "parse", parse)
        yield names


BAD = {"damaged.docx": b"PK\3\4" + bytes(60), "photo.txt": bytes(range(256)), "empty.md": b" \n"}


@pytest.fixture
def bad_build(tiny_build: Build, corpus: Path) -> Path:
    """An index of the tiny corpus and three files that cannot be read."""
    for name, data in BAD.items():
        (corpus / name).write_bytes(data)
    return tiny_build()


def test_files_that_were_refused_are_not_parsed_again(
    bad_build: Path, corpus: Path, tmp_path: Path
) -> None:
    settings = tiny_settings(bad_build)
    with refusing_to_parse():
        report = build_index(corpus, bad_build, settings)
        assert report.up_to_date
        assert {entry.doc_id for entry in report.skipped} == BAD.keys()
        assert all(entry.reason for entry in report.skipped)
        (corpus / "photo.txt").rename(corpus / "moved.txt")
        shutil.copy(corpus / "moved.txt", corpus / "copy.txt")
        build_index(corpus, bad_build, settings)
    assert contents(Index.open(bad_build)) == rebuilt(corpus, tmp_path / "other", settings)


def test_a_file_that_fails_each_time_it_is_read_makes_no_build_copy_the_store(
    tiny_build: Build, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = Sandbox.parse

    def failing(sandbox: Sandbox, source: SourceFile, **told: Any) -> Any:
        if source.doc_id == "slow.txt":
            return SkippedFile("slow.txt", "took too long")
        return parse(sandbox, source, **told)

    def parse_all(sandbox: Sandbox, sources: Sequence[SourceFile]) -> Iterator[Any]:
        return (failing(sandbox, source) for source in sources)

    monkeypatch.setattr(Sandbox, "parse", failing)
    monkeypatch.setattr(Sandbox, "parse_all", parse_all)
    (corpus / "slow.txt").write_text("A fern.")
    index_dir = tiny_build()
    monkeypatch.setattr("qa.index.local.workspace.copy_hashed", lambda *told: 1 / 0)
    for _ in range(2):
        report = build_index(corpus, index_dir, tiny_settings(index_dir))
        assert report.up_to_date
        assert [entry.doc_id for entry in report.skipped] == ["slow.txt"]


def test_a_refused_file_is_parsed_again_when_it_or_its_kind_is_another(
    bad_build: Path, corpus: Path
) -> None:
    (corpus / "photo.txt").write_text("A fern.")
    (corpus / "damaged.docx").rename(corpus / "damaged.xlsx")
    with noting_what_is_parsed() as parsed:
        report = build_index(corpus, bad_build, tiny_settings(bad_build))
    assert sorted(parsed) == ["damaged.xlsx", "photo.txt"]
    assert [entry.doc_id for entry in report.skipped] == ["damaged.xlsx", "empty.md"]


@pytest.mark.parametrize("change", ["limits", "parsers", "format", "rebuild", "forgotten"])
def test_what_was_refused_is_parsed_again_when_it_might_be_read_now(
    bad_build: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    settings = tiny_settings(bad_build)
    if change == "parsers":
        monkeypatch.setattr("qa.formats._VERSION", -1)
    if change == "format":
        monkeypatch.setattr("qa.index.build.FORMAT", -1)
    if change == "forgotten":
        (bad_build / FINGERPRINTS).unlink()
    limits = ParseLimits(characters=100_000) if change == "limits" else None
    with noting_what_is_parsed() as parsed:
        build_index(corpus, bad_build, settings, limits=limits, rebuild=change == "rebuild")
    assert set(parsed) == (BAD.keys() | CORPUS.keys() if change == "rebuild" else BAD.keys())
    with refusing_to_parse():  # and then it is remembered again
        build_index(corpus, bad_build, settings, limits=limits)


def test_what_was_refused_for_want_of_time_or_memory_or_by_a_crash_is_tried_again(
    tiny_build: Build, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(corpus, {"slow.txt": "A fern."})
    real = Sandbox.parse

    def parse(
        self: Sandbox, source: SourceFile, wants_scans: Callable[[], bool] = lambda: True
    ) -> ParsedDocument | SkippedFile:
        if source.doc_id == "slow.txt":
            return SkippedFile(source.doc_id, "took longer than 180 s to read")
        return real(self, source, wants_scans)

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "parse", parse)
        index_dir = tiny_build()
    assert dict(Index.open(index_dir).store.skipped()).keys() == {"slow.txt"}
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (report.added, report.skipped) == (1, ())


def test_a_new_encoder_encodes_the_stored_text_without_reading_a_file(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    folder = model_folder(encoders_dir(index_dir), settings.encoder, settings.precision)
    write_tiny_encoder(folder, max_tokens=16)
    with refusing_to_parse():
        report = build_index(corpus, index_dir, settings)
    assert report.encoded == report.passages
    assert Index.open(index_dir).manifest.encoder_fingerprint == "tiny-16"
    tiny_settings(tmp_path / "other")
    other = model_folder(encoders_dir(tmp_path / "other"), settings.encoder, settings.precision)
    write_tiny_encoder(other, max_tokens=16)
    build_index(corpus, tmp_path / "other", settings)
    assert contents(Index.open(index_dir)) == contents(Index.open(tmp_path / "other"))


def test_other_passage_lengths_keep_the_vectors_of_passages_that_stay(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    before = {p for _, p in passages_in(index_dir)}
    settings = replace(tiny_settings(index_dir), merge_tokens=12)
    with refusing_to_parse():
        report = build_index(corpus, index_dir, settings)
    stay = [p for _, p in passages_in(index_dir) if p in before]
    assert 0 < report.encoded == report.passages - len(stay)
    assert stay
    assert contents(Index.open(index_dir)) == rebuilt(corpus, tmp_path / "other", settings)


def passages_in(index_dir: Path) -> list[tuple[str, tuple[Any, ...]]]:
    """Give what the vectors of each passage depend on."""
    store = Index.open(index_dir).store
    return [
        (p.doc_id, (p.context, p.text, tuple(s.shift(-p.start) for s in p.sentences)))
        for batch in store.passages()
        for _, p in batch
    ]


def test_an_edit_encodes_only_the_passages_it_touches(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    line = "The Iron Bridge has {n} rivets and {n} trains, that go to Fife and the Severn in {n}."
    write_corpus(corpus, {"long.txt": "\n\n".join(line.format(n=n) for n in range(20))})
    index_dir = tiny_build()
    text = (corpus / "long.txt").read_text()
    (corpus / "long.txt").write_text(text.replace("has 7 rivets", "has many rivets"))
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert (report.changed, report.encoded) == (1, 1)
    assert contents(Index.open(index_dir)) == rebuilt(
        corpus, tmp_path / "other", tiny_settings(tmp_path / "other")
    )


def test_a_file_that_can_no_longer_be_read_loses_its_document_and_comes_back_with_it(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    whole = contents(Index.open(index_dir))
    (corpus / "garden.md").write_bytes(bytes(range(256)) * 4)
    report = build_index(corpus, index_dir, settings)
    assert (report.removed, report.documents) == (1, 2)
    assert [entry.doc_id for entry in report.skipped] == ["garden.md"]
    store = Index.open(index_dir).store
    assert store.document("garden.md") is None
    assert dict(store.skipped()).keys() == {"garden.md"}
    assert build_index(corpus, index_dir, settings).up_to_date
    (corpus / "garden.md").write_bytes(CORPUS["garden.md"].encode())
    report = build_index(corpus, index_dir, settings)
    assert (report.added, report.skipped) == (1, ())
    assert contents(Index.open(index_dir)) == whole


def test_a_file_over_a_limit_is_let_in_by_a_higher_one_and_the_others_are_not_read_again(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = corpus.parent / "index"
    settings = tiny_settings(index_dir)
    report = build_index(corpus, index_dir, settings, limits=ParseLimits(characters=100))
    assert {entry.doc_id for entry in report.skipped} == {"bridges.txt", "garden.md"}
    report = build_index(corpus, index_dir, settings, limits=ParseLimits(characters=1_000))
    assert (report.added, report.skipped) == (2, ())
    report = build_index(corpus, index_dir, settings, limits=ParseLimits(characters=1))
    assert report.up_to_date, "what is there was read under limits that let it in"


def test_names_that_change_places_are_not_mistaken_for_each_other(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tiny_build()
    settings = tiny_settings(index_dir)
    (corpus / "bridges.txt").rename(corpus / "x")
    (corpus / "letters" / "ada.txt").rename(corpus / "bridges.txt")
    (corpus / "x").rename(corpus / "letters" / "ada.txt")
    with refusing_to_parse():
        report = build_index(corpus, index_dir, settings)
    assert (report.changed, report.encoded) == (2, 0)
    assert contents(Index.open(index_dir)) == rebuilt(corpus, tmp_path / "other", settings)


@pytest.mark.parametrize("change", ["swap", "copy and edit"])
def test_names_that_change_places_while_a_build_is_broken_off_are_not_mistaken(
    tiny_build: Build, corpus: Path, tmp_path: Path, change: str
) -> None:
    index_dir, one_by_one = tmp_path / "index", Pace(batch_passages=1)
    settings = tiny_settings(index_dir)

    def crash(event: BuildEvent) -> None:
        if event.stage == "writing the index":
            raise Crash

    with pytest.raises(Crash):
        build_index(corpus, index_dir, settings, progress=crash, pace=one_by_one)
    if change == "swap":
        write_corpus(
            corpus,
            {"bridges.txt": CORPUS["letters/ada.txt"], "letters/ada.txt": CORPUS["bridges.txt"]},
        )
    else:
        write_corpus(corpus, {"copy.txt": CORPUS["bridges.txt"], "bridges.txt": "No bridge."})
    build_index(corpus, index_dir, settings, pace=one_by_one)
    assert contents(Index.open(index_dir)) == rebuilt(corpus, tmp_path / "other", settings)


def test_a_rebuild_takes_nothing_from_a_build_that_was_broken_off(
    tiny_build: Build, corpus: Path, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    settings = tiny_settings(index_dir)

    def crash(event: BuildEvent) -> None:
        if event.stage == "writing the index":
            raise Crash

    with pytest.raises(Crash):
        build_index(corpus, index_dir, settings, progress=crash)
    (corpus / "garden.md").unlink()
    report = build_index(corpus, index_dir, settings, rebuild=True)
    assert report.documents == 2
    assert report.encoded == report.passages
    assert contents(Index.open(index_dir)) == rebuilt(corpus, tmp_path / "other", settings)


@pytest.mark.parametrize("rebuild", [False, True])
def test_what_a_broken_off_build_left_damaged_is_not_carried_on(
    tiny_build: Build, corpus: Path, tmp_path: Path, rebuild: bool
) -> None:
    index_dir = tmp_path / "index"
    settings = tiny_settings(index_dir)

    def crash(event: BuildEvent) -> None:
        if event.stage == "writing the index":
            raise Crash

    for damage in (lambda data: b"rubbish" * 999, lambda data: data[: len(data) // 2]):
        with pytest.raises(Crash):
            build_index(corpus, index_dir, settings, progress=crash, rebuild=True)
        path = index_dir / "building" / "documents.sqlite"
        path.write_bytes(damage(path.read_bytes()))
        build_index(corpus, index_dir, settings, rebuild=rebuild)
        assert Index.open(index_dir).store.hashes().keys() == CORPUS.keys()
        assert not (index_dir / "building").exists()
    assert contents(Index.open(index_dir)) == rebuilt(corpus, tmp_path / "other", settings)


def test_a_file_in_the_place_of_the_index_and_empty_names_are_told(
    corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "a-file.txt").write_text("mine")
    for act in (lambda: build_index(corpus, tmp_path / "a-file.txt"),
                lambda: open_index(tmp_path / "a-file.txt")):  # fmt: skip
        with pytest.raises(UsageError, match=r"a-file.txt is a file: expected the folder"):
            act()
    for names in (("", tmp_path / "i"), (corpus, " ")):
        with pytest.raises(UsageError, match="folder is empty"):
            build_index(*names)
    assert (tmp_path / "a-file.txt").read_text() == "mine"


def test_workers_that_cannot_be_started_are_told_and_nothing_is_written(
    tiny_build: Build, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tiny_build()
    write_corpus(corpus, {"new.txt": "A fern."})
    with monkeypatch.context() as patch:
        patch.setattr("sys.executable", "/no/such/python")
        with pytest.raises(WorkerError, match="cannot be started"):
            tiny_build()
    assert Index.open(index_dir).generation == "00001"
    tiny_build()
    assert "new.txt" in Index.open(index_dir).store.hashes()


def test_copies_and_links_are_documents_that_can_be_told_to_be_the_same(
    tiny_build: Build, corpus: Path
) -> None:
    shutil.copy(corpus / "bridges.txt", corpus / "copy.txt")
    (corpus / "link.txt").symlink_to("bridges.txt")
    store = Index.open(tiny_build()).store
    same = {store.sha256(name) for name in ("bridges.txt", "copy.txt", "link.txt")}
    assert same == {store.hashes()["bridges.txt"]}
    assert store.sha256("none") == ""


# ---- what is published before a build's end


def watch(corpus: Path, index_dir: Path, **options: bool) -> list[tuple[bool, set[str]]]:
    """Build; give what answered at each event: whether it was complete, and its documents."""
    seen: list[tuple[bool, set[str]]] = []

    def look(event: BuildEvent) -> None:
        try:
            index = Index.open(index_dir)
        except IndexMissingError:
            return
        state = (index.manifest.complete, set(index.store.hashes()))
        if not seen or seen[-1] != state:
            seen.append(state)
        index.close()

    build_index(corpus, index_dir, tiny_settings(index_dir), progress=look, pace=EAGER, **options)  # type: ignore[arg-type]
    look(BuildEvent("after"))
    return seen


def test_a_first_build_answers_from_what_is_ready(tmp_path: Path, corpus: Path) -> None:
    seen = watch(corpus, tmp_path / "index")
    first, second, third = sorted(CORPUS, key=lambda name: len(CORPUS[name].encode()))
    assert seen == [
        (False, {first}),
        (False, {first, second}),
        (True, {first, second, third}),
    ]
    assert contents(Index.open(tmp_path / "index")) == rebuilt(
        corpus, tmp_path / "other", tiny_settings(tmp_path / "other")
    )


def test_an_update_adds_to_what_answers_and_never_takes_from_it(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    write_corpus(corpus, {f"new-{n}.txt": f"A bridge of {n} rivets." for n in range(3)})
    write_corpus(corpus, {"bridges.txt": "Closed."})
    seen = watch(corpus, index_dir)
    assert all(names >= CORPUS.keys() for _, names in seen)
    assert [len(names) for _, names in seen if not _] == [3, 4, 5]
    assert seen[-1][0]


def test_a_rebuild_and_a_new_encoder_lose_nothing_that_answers_on_the_way(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build(pace=EAGER)
    write_corpus(corpus, {"aaa.txt": "A fern.", "zzz.txt": "A tea."})
    build_index(corpus, index_dir, tiny_settings(index_dir), pace=EAGER)
    everything = {*CORPUS, "aaa.txt", "zzz.txt"}
    assert all(names == everything for _, names in watch(corpus, index_dir, rebuild=True))
    settings = replace(tiny_settings(index_dir), merge_tokens=0)
    seen: list[set[str]] = []
    build_index(
        corpus,
        index_dir,
        settings,
        pace=EAGER,
        progress=lambda event: seen.append(set(Index.open(index_dir).store.hashes())),
    )
    assert seen
    assert all(names == everything for names in seen)


def test_a_build_that_dies_after_it_has_published_early_is_carried_on(
    tmp_path: Path, corpus: Path
) -> None:
    index_dir = tmp_path / "index"

    def crash(event: BuildEvent) -> None:
        if event.stage == "documents" and event.done == 2:
            raise Crash

    with pytest.raises(Crash):
        build_index(corpus, index_dir, tiny_settings(index_dir), progress=crash, pace=EAGER)
    partial = Index.open(index_dir)
    assert not partial.manifest.complete
    report = build_index(corpus, index_dir, tiny_settings(index_dir), pace=EAGER)
    assert not report.up_to_date
    assert report.documents == 3
    assert report.encoded < report.passages
    assert Index.open(index_dir).manifest.complete


# ---- scans


@pytest.fixture(scope="module")
def printed() -> bytes:
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(60, 700, "The lighthouse was built in 1871.")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture(scope="module")
def scan(printed: bytes) -> bytes:
    out = BytesIO()
    pdfium.PdfDocument(printed)[0].render(scale=2).to_pil().save(out, "PDF", resolution=144)
    return out.getvalue()


def test_a_scan_is_read_once_told_on_the_way_and_cited_as_one(
    tiny_build: Build, corpus: Path, scan: bytes
) -> None:
    (corpus / "scan.pdf").write_bytes(scan)
    told: list[BuildEvent] = []
    index_dir = tiny_build(progress=told.append)
    reading = [(e.done, e.total) for e in told if e.stage == "reading scanned pages"]
    assert reading == [(0, 1), (1, 1)]
    with refusing_to_parse():
        assert build_index(corpus, index_dir, tiny_settings(index_dir)).up_to_date
    answer = open_index(index_dir, AskSettings(max_risk=1.0)).ask("When was the lighthouse built?")
    (citation, *_) = answer.citations
    assert citation.quote == "The lighthouse was built in 1871."
    assert (citation.doc_id, citation.page, citation.scanned) == ("scan.pdf", 1, True)


def test_pages_that_were_not_read_are_in_the_report(
    tiny_build: Build, corpus: Path, scan: bytes, printed: bytes
) -> None:
    both, out = pdfium.PdfDocument.new(), BytesIO()
    for data in (printed, scan, scan):
        both.import_pages(pdfium.PdfDocument(data))
    both.save(out)
    (corpus / "both.pdf").write_bytes(out.getvalue())
    index_dir = tiny_build(limits=ParseLimits(ocr_pages=1))
    settings = tiny_settings(index_dir)
    again = build_index(corpus, index_dir, settings, limits=ParseLimits(ocr_pages=1))
    assert again.unread_pages == (("both.pdf", (2, 3)),)
    whole = build_index(corpus, index_dir, settings, rebuild=True)
    assert whole.unread_pages == ()


def test_with_an_encoder_for_many_languages_words_are_looked_up_without_english_stems(
    corpus: Path, tmp_path: Path
) -> None:
    def mentions(*terms: str, more_words: int) -> list[bool]:
        index_dir = tmp_path / str(more_words)
        settings = tiny_settings(index_dir)
        folder = model_folder(encoders_dir(index_dir), settings.encoder, settings.precision)
        tokenizer = json.loads((folder / TOKENIZER_FILE).read_text("utf-8"))
        vocabulary = tokenizer["model"]["vocab"]
        first = len(vocabulary)
        vocabulary |= {f"mot{number}": first + number for number in range(more_words)}
        (folder / TOKENIZER_FILE).write_text(json.dumps(tokenizer), "utf-8")
        build_index(corpus, index_dir, settings)
        store = Index.open(index_dir).store
        return [store.mentions(term) for term in terms]

    assert mentions("rivets", "rivet", more_words=10) == [True, True]
    assert mentions("rivets", "rivet", more_words=100_000) == [True, False]
