"""Bytes that a disk has changed: never answered from unseen, always repaired by the next build."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.answer.live import LiveAnswerer, open_index
from qa.answer.pipeline import Answerer
from qa.cli import main
from qa.errors import CitationError, EncoderError, IndexDamagedError, ReaderError
from qa.index.build import build_index
from qa.index.check import check_index
from qa.index.local.generations import MANIFEST, STORE, VECTORS, Index, generation_dir
from qa.index.local.verify import remember
from qa.models.encoder import MODEL_FILE, Encoder, packaged_encoder
from qa.models.hashes import HASHES_FILE, what_changed, write_hashes
from qa.models.span_network import SpanNetwork, packaged_reader
from qa.settings import AskSettings
from tests.conftest import (
    CORPUS,
    make_large,
    tiny_settings,
    write_tiny_encoder,
    write_tiny_reader,
)

Build = Callable[..., Path]
EAGER_TO_ANSWER = AskSettings(max_risk=1.0)
QUESTIONS = (
    "When was the Iron Bridge opened?",
    "Who wrote about the engine?",
    "How to feed ferns?",
)


def flip(path: Path, at: int, *, quietly: bool = False) -> None:
    """Change one bit of a file.

    Args:
        path: The file.
        at: Which byte.
        quietly: As a disk does it, whose files look as before.
    """
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << at % 8
    path.write_bytes(data)
    if quietly:
        remember(path.parents[2], path.parent)


def places(path: Path, count: int) -> list[int]:
    return sorted(random.Random(3).sample(range(path.stat().st_size), count))


def citations(answerer: Answerer) -> list[tuple[str, int, int, str]]:
    return [
        (c.doc_id, c.start, c.end, c.quote)
        for question in QUESTIONS
        for c in answerer.ask(question).citations
    ]


@pytest.fixture(params=["few", "many"])
def passages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index as one of few passages is, and with what one of many has."""
    if request.param == "many":
        make_large(monkeypatch)


@pytest.mark.usefixtures("passages")
@pytest.mark.parametrize("file", [STORE, VECTORS])
def test_any_changed_byte_is_noticed_when_the_index_is_opened(tiny_build: Build, file: str) -> None:
    index_dir = tiny_build()
    path = generation_dir(index_dir, "00001") / file
    whole = path.read_bytes()
    for at in places(path, 40):
        flip(path, at)
        with pytest.raises(IndexDamagedError, match=r"not what was written.*qa index --rebuild"):
            open_index(index_dir)
        path.write_bytes(whole)


def test_what_has_not_changed_is_not_hashed_again(
    tiny_build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tiny_build()
    hashed: list[Path] = []

    def note(path: Path) -> str:
        hashed.append(path)
        return ""

    monkeypatch.setattr("qa.index.local.verify.file_sha256", note)
    open_index(index_dir).close()
    assert hashed == []
    os.utime(generation_dir(index_dir, "00001") / VECTORS)
    with pytest.raises(IndexDamagedError):
        open_index(index_dir)
    assert [path.name for path in hashed] == [VECTORS]


@pytest.mark.usefixtures("passages")
def test_a_byte_that_a_disk_has_changed_unseen_never_changes_a_citation(tiny_build: Build) -> None:
    index_dir = tiny_build()
    before = citations(open_index(index_dir, EAGER_TO_ANSWER))
    assert before
    path = generation_dir(index_dir, "00001") / STORE
    whole, noticed = path.read_bytes(), 0
    texts = [whole.find(word) for text in CORPUS.values() for word in text.encode().split()]
    inside = [at for at in texts if at >= 0]
    for at in [*inside, *places(path, 60)]:
        flip(path, at, quietly=True)
        try:
            answerer = open_index(index_dir, EAGER_TO_ANSWER)
            for found in citations(answerer):
                assert (
                    found in before
                    or found[3] in Path(answerer.index.manifest.corpus, found[0]).read_text()
                )
        except (IndexDamagedError, CitationError):
            noticed += 1
        path.write_bytes(whole)
    assert noticed > len(inside) / 4


def test_what_a_disk_has_changed_is_noticed_while_it_answers(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    (corpus / "new.txt").write_text("A fern.")
    build_index(corpus, index_dir, tiny_settings(index_dir))
    path = generation_dir(index_dir, "00002") / STORE
    flip(path, path.stat().st_size - 10, quietly=True)
    live = LiveAnswerer(index_dir, EAGER_TO_ANSWER)
    live.current()
    ends = time.monotonic() + 60
    while live.current().index.generation != "00001" and time.monotonic() < ends:
        time.sleep(0.05)
    assert "not what was written" in live.current().index.damage
    assert live.current().ask(QUESTIONS[0]).citations


@pytest.mark.usefixtures("passages")
@pytest.mark.parametrize("file", [STORE, VECTORS])
@pytest.mark.parametrize("quietly", [False, True])
def test_the_next_build_repairs_it(
    tiny_build: Build, corpus: Path, file: str, quietly: bool
) -> None:
    index_dir = tiny_build()
    before = citations(open_index(index_dir, EAGER_TO_ANSWER))
    path = generation_dir(index_dir, "00001") / file
    flip(path, path.stat().st_size // 2, quietly=quietly)
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert not report.up_to_date
    answerer = open_index(index_dir, EAGER_TO_ANSWER)
    assert not answerer.index.damage
    assert citations(answerer) == before
    assert list(check_index(index_dir, lambda what: None)) == [] or report.generation == "00002"


def test_an_index_of_an_earlier_version_without_digests_answers_and_grows(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    folder = generation_dir(index_dir, "00001")
    db = sqlite3.connect(folder / STORE)
    db.executescript("DROP TABLE document_digests; DROP TABLE passage_digests; VACUUM;")
    db.close()
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["bytes"][STORE] = (folder / STORE).stat().st_size
    manifest["sha256"][STORE] = hashlib.sha256((folder / STORE).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))
    assert citations(open_index(index_dir, EAGER_TO_ANSWER))
    (corpus / "new.txt").write_text("A fern.")
    build_index(corpus, index_dir, tiny_settings(index_dir))
    index = Index.open(index_dir)
    assert not index.damage
    assert index.store.document("new.txt")


# ---- models


@pytest.mark.model
@pytest.mark.parametrize("packaged", [packaged_encoder, packaged_reader])
def test_any_changed_byte_of_a_packaged_model_is_noticed(
    packaged: Callable[[], Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(packaged(), tmp_path / "model")
    assert what_changed(folder) == ""
    names = [path.name for path in folder.iterdir() if path.suffix in (".onnx", ".json")]
    assert len(names) == 4
    kind = Encoder if packaged is packaged_encoder else SpanNetwork
    for name in names:
        path = folder / name
        whole = path.read_bytes()
        for at in places(path, 3):
            flip(path, at)
            with pytest.raises((EncoderError, ReaderError)):
                kind(folder)
            path.write_bytes(whole)


def test_a_model_whose_weights_have_changed_is_made_anew(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    index = Index.open(index_dir)
    write_tiny_encoder(index.encoder_dir)
    write_hashes(index.encoder_dir)
    flip(index.encoder_dir / MODEL_FILE, 2_000)
    with pytest.raises(EncoderError, match=r"model\.onnx is not what was written"):
        open_index(index_dir)


def test_models_without_hashes_are_taken_as_they_are(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path)
    (tmp_path / HASHES_FILE).unlink()
    SpanNetwork(tmp_path)


# ---- qa check


def checked(capsys: pytest.CaptureFixture[str], index_dir: Path) -> tuple[int, list[str]]:
    code = main(["check", "--index", str(index_dir), "--json"])
    return code, json.loads(capsys.readouterr().out)["problems"]


def test_check_finds_nothing_in_a_whole_index(
    tiny_build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    index_dir = tiny_build()
    write_hashes(Index.open(index_dir).encoder_dir)
    assert checked(capsys, index_dir) == (0, [])
    assert main(["check", "--index", str(index_dir)]) == 0
    assert "generation 00001" in capsys.readouterr().out


def test_check_names_what_is_wrong_and_what_helps(
    tiny_build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    index_dir = tiny_build()
    write_hashes(Index.open(index_dir).encoder_dir)
    path = generation_dir(index_dir, "00001") / STORE
    at = path.read_bytes().find(b"cantilevers")
    flip(path, at, quietly=True)
    flip(Index.open(index_dir).reader_dir / MODEL_FILE, 100)
    (index_dir / "calibration.json").write_text("{")
    (index_dir / "feedback.sqlite").write_text("no database")
    code, problems = checked(capsys, index_dir)
    assert code == 2
    said = "\n".join(problems)
    for part in (STORE, "bridges.txt", "reader", "calibration", "feedback"):
        assert part in said
    assert main(["check", "--index", str(index_dir)]) == 2
    assert "qa index" in capsys.readouterr().err


def test_check_without_an_index_says_how_to_build_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--index", str(tmp_path)]) == 2
    assert "qa index" in capsys.readouterr().err
