"""Index folders: damage is told, and what was there before answers until it is repaired."""

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.answer.live import open_index
from qa.errors import (
    EncoderError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    QAError,
)
from qa.index.build import build_index
from qa.index.local.generations import Index, generation_names
from qa.index.local.vector_file import VectorFile
from qa.index.local.verify import remember
from qa.index.opening import is_outdated, place_of
from qa.index.stores.manifest import FORMAT
from qa.index.stores.stored import (
    as_bytes,
    as_vectors,
    packed_sentences,
    unpacked_sentences,
)
from qa.settings import AskSettings
from tests.conftest import tiny_settings, write_corpus
from tests.index.test_build import contents

Build = Callable[..., Path]
FILES = ["manifest.json", "documents.sqlite", "vectors.faiss"]


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


@pytest.mark.parametrize("pointer", ["", "00009\n", "../../etc", "\0", "9" * 5_000, "-1", "1/../1"])
def test_a_wrong_pointer_is_damage(tiny_build: Build, pointer: str) -> None:
    index_dir = tiny_build()
    (index_dir / "CURRENT").write_text(pointer)
    index = Index.open(index_dir)  # what was published last can still be found
    assert index.generation == "00001"
    assert "qa index --rebuild" in index.damage
    shutil.rmtree(index_dir / "generations")
    with pytest.raises(IndexDamagedError, match="qa index --rebuild"):
        Index.open(index_dir)


@pytest.mark.parametrize("make", [lambda p: p.write_bytes(b"\xff\xfe\0"), lambda p: p.mkdir()])
def test_a_pointer_that_is_no_text_is_damage_and_repaired(
    tiny_build: Build, corpus: Path, make: Callable[[Path], object]
) -> None:
    index_dir = tiny_build()
    before = contents(Index.open(index_dir))
    (index_dir / "CURRENT").unlink()
    make(index_dir / "CURRENT")
    assert Index.open(index_dir).damage
    build_index(corpus, index_dir, tiny_settings(index_dir))
    index = Index.open(index_dir)
    assert (index.damage, contents(index)) == ("", before)


def test_an_index_of_a_later_format_is_refused(tiny_build: Build) -> None:
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(IndexDamagedError, match="format 99"):
        Index.open(index_dir)


def test_an_index_of_an_earlier_format_is_told_as_that_and_built_again(
    corpus: Path, tiny_build: Build
) -> None:
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "format": FORMAT - 1}))
    with pytest.raises(IndexOutdatedError, match=r"earlier version .*: qa index"):
        Index.open(index_dir)
    assert is_outdated(place_of(index_dir))
    build_index(corpus, index_dir, tiny_settings(index_dir))
    assert Index.open(index_dir).manifest.format == FORMAT
    assert not is_outdated(place_of(index_dir))


# ---- what is in a manifest


MANIFEST_VALUES: list[Any] = [None, 5, -1, 1.5, True, "x", "../../../etc", [], {}, ["x"], {"x": 1}]


def test_a_manifest_with_any_value_is_used_or_told_never_stumbled_over(tiny_build: Build) -> None:
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / "manifest.json"
    manifest = json.loads(path.read_text())
    damaged = 0
    for name in manifest:
        for value in MANIFEST_VALUES:
            path.write_text(json.dumps({**manifest, name: value}))
            damaged += ask_anything(index_dir) == "IndexDamagedError"
        path.write_text(json.dumps({n: v for n, v in manifest.items() if n != name}))
        ask_anything(index_dir)
    assert damaged > len(manifest) * len(MANIFEST_VALUES) * 0.7


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"3", b"null", b"{}", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe"]
)
def test_a_manifest_that_is_none_is_damage(tiny_build: Build, data: bytes) -> None:
    index_dir = tiny_build()
    (index_dir / "generations" / "00001" / "manifest.json").write_bytes(data)
    with pytest.raises(IndexDamagedError, match="--rebuild"):
        Index.open(index_dir)


def ask_anything(index_dir: Path) -> str:
    """Open an index and ask it; name the error of ours that it ends in, or nothing."""
    try:
        answerer = open_index(index_dir, AskSettings(max_risk=1.0))
        for question in ("When was the Iron Bridge opened?", "Who wrote to Charles?", "roses"):
            for citation in answerer.ask(question).citations:
                view = answerer.open_source(citation.doc_id)
                assert view is not None
                assert view.document.text[citation.start : citation.end] == citation.quote
        for info in answerer.documents():
            answerer.open_source(info.doc_id)
        answerer.close()
    except QAError as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize("name", ["documents.sqlite", "vectors.faiss"])
def test_flipped_bits_are_told_or_harmless_and_never_answered_from(
    tiny_build: Build, name: str
) -> None:
    """A quote is always at its place; anything but an error of ours would fail the test."""
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / name
    data = path.read_bytes()
    chance = random.Random(5)
    places = [*range(0, 110, 5), *(chance.randrange(len(data)) for _ in range(20))]
    # Where sentences are kept as JSON, which is read as code reads it: "[[0, 35], …".
    places += [found.start() for found in re.finditer(rb"\[\[", data)][-6:]
    ends = set()
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        ends.add(ask_anything(index_dir))
    assert "IndexDamagedError" in ends


# ---- what answers meanwhile, and what repairs it


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["delete", "empty", "cut", "scramble"])
def test_the_generation_before_answers_says_so_and_the_next_build_repairs(
    tiny_build: Build, corpus: Path, name: str, damage: str
) -> None:
    index_dir = tiny_build()
    older = contents(Index.open(index_dir))
    write_corpus(corpus, {"bridges.txt": "The Iron Bridge is closed.\n"})
    build_index(corpus, index_dir, tiny_settings(index_dir))
    good = contents(Index.open(index_dir))
    path = index_dir / "generations" / "00002" / name
    data = path.read_bytes()
    path.unlink()
    if damage != "delete":
        path.write_bytes(
            {"empty": b"", "cut": data[: len(data) // 2], "scramble": b"?" * len(data)}[damage]
        )
    index = Index.open(index_dir)
    assert "00002" in index.damage
    assert "qa index --rebuild" in index.damage
    assert "00001, answers" in index.damage
    assert contents(index) == older
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert report.changed == 1
    index = Index.open(index_dir)
    assert (index.generation, index.damage, contents(index)) == ("00003", "", good)
    assert generation_names(index_dir)[-1] == "00003"


def test_a_whole_but_damaged_index_is_repaired_even_if_no_file_has_changed(
    tiny_build: Build, corpus: Path
) -> None:
    index_dir = tiny_build()
    good = contents(Index.open(index_dir))
    for name in FILES:
        newest = generation_names(index_dir)[-1]
        for generation in generation_names(index_dir):
            (index_dir / "generations" / generation / name).write_bytes(b"")
        with pytest.raises(IndexDamagedError):
            Index.open(index_dir)
        report = build_index(corpus, index_dir, tiny_settings(index_dir))
        assert not report.up_to_date
        assert report.generation > newest
        assert contents(Index.open(index_dir)) == good


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_bit_flipped_silently_is_found_before_anything_is_taken_over(
    tiny_build: Build, corpus: Path, tmp_path: Path, share: float
) -> None:
    index_dir = tiny_build()
    path = index_dir / "generations" / "00001" / "documents.sqlite"
    data = path.read_bytes()
    where = data.index(b"Charles about the engine")  # nothing notices: it is text
    flipped = bytearray(data)
    flipped[where + int(share * 20)] ^= 1
    path.write_bytes(flipped)
    remember(index_dir, path.parent)  # as a disk does it: the file looks as before
    assert Index.open(index_dir).damage == ""
    write_corpus(corpus, {"new.txt": "Roses carry letters.\n"})
    stages: list[str] = []
    build_index(
        corpus, index_dir, tiny_settings(index_dir), progress=lambda e: stages.append(e.stage)
    )
    assert any(stage.startswith("building anew") for stage in stages)
    other = tmp_path / "other"
    build_index(corpus, other, tiny_settings(other))
    assert contents(Index.open(index_dir)) == contents(Index.open(other))
    assert not (index_dir / "building").exists()


def test_an_encoder_that_is_gone_is_told_and_made_again(tiny_build: Build, corpus: Path) -> None:
    index_dir = tiny_build()
    shutil.rmtree(index_dir / "encoders")
    with pytest.raises(EncoderError, match="qa index --rebuild"):
        open_index(index_dir)
    tiny_settings(index_dir)  # stands for the export
    assert build_index(corpus, index_dir, tiny_settings(index_dir)).up_to_date
    assert open_index(index_dir).ask("Iron Bridge").passages


# ---- vectors


def test_vectors_are_kept_in_half_precision_in_their_order() -> None:
    vectors = np.random.default_rng(1).normal(size=(5, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = as_vectors(as_bytes(vectors), 5)
    assert kept.dtype == np.float32
    assert np.abs(kept - vectors).max() < 1e-3
    assert (as_vectors(as_bytes(vectors), -1, 8) == kept).all()
    assert as_vectors(b"", 0, 8).shape == (0, 8)


def test_sentences_vectors_are_kept_in_eight_bits_near_enough_for_a_cosine() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(200, 384)).astype(np.float32)
    vectors[7, 3] = 40.0  # one number far above the others makes all of them coarse
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    data = packed_sentences(vectors)
    assert len(data) == 200 * (384 + 2)
    kept = unpacked_sentences(data, 384)
    assert kept.dtype == np.float32
    assert kept.shape == (200, 384)
    question = chance.normal(size=384).astype(np.float32)
    question /= np.linalg.norm(question)
    off = np.abs((kept - vectors) @ question)
    assert np.delete(off, 7).max() < 0.002
    assert off[7] < 0.01
    assert packed_sentences(kept) == data


def test_no_sentences_have_no_vectors_and_other_lengths_are_damage() -> None:
    assert packed_sentences(np.zeros((0, 8), np.float32)) == b""
    assert unpacked_sentences(b"", 8).shape == (0, 8)
    assert not unpacked_sentences(packed_sentences(np.zeros((2, 8), np.float32)), 8).any()
    with pytest.raises(ValueError, match="no vectors of 8 numbers"):
        unpacked_sentences(b"x" * 9, 8)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_vectors_that_do_not_fit_on_the_disk_are_an_error_however_few(tiny_build: Build) -> None:
    index = Index.open(tiny_build())
    with pytest.raises(OSError, match="space"):
        VectorFile(index.store, index.manifest.dimension, None).write(
            Path("/dev/full"), None, in_lists=True
        )


def test_search_among_some_rows_gives_what_search_among_all_gives_of_them(
    tiny_build: Build,
) -> None:
    index = Index.open(tiny_build())
    rows = index.store.rows()
    query = index.vectors(rows[:1])[rows[0]]
    everywhere = index.search(query, 100)
    assert sorted(everywhere) == rows
    for chosen in ([], rows[:1], rows[1:3], rows[::2], [*rows, 999]):
        within = index.search(query, 100, chosen)
        assert list(within) == [row for row in everywhere if row in chosen]
        assert within == {row: everywhere[row] for row in within}
    assert list(index.search(query, 1, rows[1:])) == [r for r in everywhere if r in rows[1:]][:1]


def test_the_format_is_in_the_manifest(tiny_build: Build) -> None:
    assert Index.open(tiny_build()).manifest.format == FORMAT
