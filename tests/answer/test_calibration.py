"""A calibration of one's own: used for the models it was fitted for, and outliving builds."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answer.calibration import (
    OwnCalibration,
    Risk,
    load_calibration,
    models_identity,
    remove_calibration,
    save_calibration,
)
from qa.answer.live import open_index
from qa.errors import CalibrationError
from qa.index.build import build_index
from qa.models.span_network import SpanNetwork
from tests.conftest import TINY_CALIBRATION, tiny_settings

OWN = OwnCalibration(
    calibration=replace(TINY_CALIBRATION, bias=3.0, risks=(Risk(0.5, 0.1, 0.0, 0.3, 0.4),)),
    models="other models",
    form="shift",
    questions=40,
    answerable=30,
    gold="gold.jsonl",
    fitted_at="2026-11-23T10:00:00+00:00",
    corpus_sha256="other documents",
)
QUESTION = "Who wrote to Charles about the engine?"


def fitting(index_dir: Path) -> OwnCalibration:
    """The calibration as if it had been fitted for an index."""
    index = open_index(index_dir).index
    models = models_identity(SpanNetwork(index.reader_dir).card, index.manifest)
    return replace(OWN, models=models, corpus_sha256=index.manifest.corpus_sha256)


def test_saved_is_loaded_and_removed(tmp_path: Path) -> None:
    assert load_calibration(tmp_path) is None
    save_calibration(tmp_path, OWN)
    assert load_calibration(tmp_path) == OWN
    assert remove_calibration(tmp_path) is True
    assert remove_calibration(tmp_path) is False
    assert load_calibration(tmp_path) is None


def test_it_is_used_and_said(tiny_build: Callable[..., Path]) -> None:
    index_dir = tiny_build()
    before = open_index(index_dir)
    assert before.calibration == "the reader's"
    save_calibration(index_dir, fitting(index_dir))
    after = open_index(index_dir)
    assert after.calibration == "your own, of 40 questions of gold.jsonl, 2026-11-23"
    assert (before.min_confidence, after.min_confidence) == (0.25, 0.5)
    assert after.ask(QUESTION).confidence > before.ask(QUESTION).confidence


def test_it_outlives_a_build_and_says_that_the_documents_changed(
    tiny_build: Callable[..., Path], corpus: Path
) -> None:
    index_dir = tiny_build()
    save_calibration(index_dir, fitting(index_dir))
    (corpus / "new.txt").write_text("A new document.", "utf-8")
    build_index(corpus, index_dir, tiny_settings(index_dir))
    answerer = open_index(index_dir)
    assert answerer.min_confidence == 0.5
    assert answerer.calibration.endswith("; the documents have changed since")


def test_that_of_other_models_is_not_used(tiny_build: Callable[..., Path]) -> None:
    index_dir = tiny_build()
    save_calibration(index_dir, OWN)
    answerer = open_index(index_dir)
    assert answerer.min_confidence == 0.25
    assert "fitted for another reader or encoder" in answerer.calibration


def test_the_identity_is_of_the_models_not_of_their_calibration(
    tiny_build: Callable[..., Path],
) -> None:
    manifest = open_index(tiny_build()).index.manifest
    one = models_identity({"name": "a", "calibration": 1}, manifest)
    assert one == models_identity({"name": "a", "calibration": 2}, manifest)
    assert one != models_identity({"name": "b"}, manifest)
    assert one != models_identity({"name": "a"}, replace(manifest, encoder_fingerprint="x"))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"calibration": {}}'])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text, "utf-8")
    with pytest.raises(CalibrationError, match="qa calibrate --reset"):
        load_calibration(tmp_path)
