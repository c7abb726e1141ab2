"""What another machine prepares is what the builder would have; `test_spread.py` has a real Ray."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from qa.answer.live import open_index
from qa.cli import main
from qa.documents.load import SourceFile, find_sources
from qa.errors import WorkerError
from qa.index.folders import encoders_dir
from qa.index.machines.work import Preparer, Sent, Unprepared, Work, program
from qa.index.passages.chunk import ChunkLimits
from qa.index.passages.cut import Prepared
from qa.index.stores.stored import unpacked_sentences
from qa.models.export_encoder import model_folder
from qa.schema import RefusedFile, SkippedFile
from qa.settings import ParseLimits
from tests.conftest import tiny_settings, write_corpus

BAD = {"broken.pdf": "%PDF-1.7 but not really", "empty.docx": ""}
# More than may be taken to read it.
HUGE = "word\n\n" * 600_000
HELD = ParseLimits(memory_bytes=200_000_000, characters=1_000_000_000)
_WIRE = msgspec.msgpack.Decoder(Prepared | Unprepared)

Make = Callable[..., Preparer]


def work(limits: ParseLimits | None = None) -> Work:
    """As a build with the tiny models would have it."""
    return Work(program(), limits or ParseLimits(), ChunkLimits(30, 4, 7), "en")


@pytest.fixture
def encoder(tmp_path: Path) -> dict[str, bytes]:
    """The files of the tiny encoder."""
    settings = tiny_settings(tmp_path / "index")
    folder = model_folder(encoders_dir(tmp_path / "index"), settings.encoder, settings.precision)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def preparer(encoder: dict[str, bytes]) -> Iterator[Make]:
    """Makes preparers, and ends their processes."""
    made: list[Preparer] = []

    def make(limits: ParseLimits | None = None) -> Preparer:
        made.append(Preparer(work(limits), encoder))
        return made[-1]

    yield make
    for one in made:
        one.close()


def sources(corpus: Path) -> list[SourceFile]:
    found = find_sources(corpus, max_bytes=100_000_000)
    return [entry for entry in found if isinstance(entry, SourceFile)]


def prepared(preparer: Preparer, source: SourceFile) -> Prepared | Unprepared:
    """Have a document prepared, and sent."""
    sent = Sent(source.doc_id, Path(source.path).read_bytes())
    found: Prepared | Unprepared = _WIRE.decode(msgspec.msgpack.encode(preparer.prepare(sent)))
    return found


def as_read(stored: bytes) -> bytes:
    """Vectors are kept in half precision and read in single."""
    return np.frombuffer(stored, dtype=np.float16).astype(np.float32).tobytes()


def test_a_prepared_document_is_what_a_build_keeps(
    corpus: Path, tiny_build: Callable[..., Path], preparer: Make
) -> None:
    index = open_index(tiny_build()).index
    machine = preparer()
    for source in sources(corpus):
        found = prepared(machine, source)
        assert isinstance(found, Prepared)
        assert found.parsed == index.store.parsed(source.doc_id)
        kept = index.store.passages_of(source.doc_id)
        assert found.passages == [entry.passage for entry in kept]
        assert found.tokens > 0
        for entry, vectors in zip(kept, found.vectors, strict=True):
            assert index.vectors([entry.row])[entry.row].tobytes() == as_read(vectors.passage)
            told = unpacked_sentences(vectors.sentences, index.manifest.dimension)
            assert index.sentence_vectors(entry.row).tobytes() == told.tobytes()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is held on Linux only")
def test_a_file_that_cannot_be_read_is_told_and_costs_only_itself(
    tmp_path: Path, preparer: Make
) -> None:
    files = BAD | {"a.txt": "one", "huge.txt": HUGE, "z.txt": "two"}
    machine = preparer(HELD)
    found = [prepared(machine, source) for source in sources(write_corpus(tmp_path / "c", files))]
    told = [one.skipped() for one in found if isinstance(one, Unprepared)]
    assert [file.doc_id for file in told] == [*BAD, "huge.txt"]
    assert [type(file) for file in told] == [RefusedFile, RefusedFile, SkippedFile]
    assert "200 MB of memory" in told[-1].reason


def test_another_program_prepares_nothing(encoder: dict[str, bytes]) -> None:
    with pytest.raises(WorkerError, match="install the same"):
        Preparer(replace(work(), program="qa 0.0.1"), encoder)


def test_without_ray_it_is_said_what_to_install(
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "qa.index.machines.spread", raising=False)
    where = ["--corpus", str(corpus), "--index", str(tmp_path / "index")]
    assert main(["index", "--ray", "auto", *where]) == 2
    assert "document-qa[ray]" in capsys.readouterr().err
