"""The real encoder: the packaged weights, exported, checked against the original."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa.errors import EncoderError
from qa.models.encoder import Encoder, PassageInput, packaged_encoder
from qa.models.export_encoder import (
    MINILM,
    export_encoder,
    load_model,
    model_folder,
    official_weights,
)
from tests.conftest import ROOT

pytestmark = pytest.mark.model

TEXTS = [
    "Eradication enabled Peru to remove 194 metric tons of cocaine from global supply in 2018.",
    "How do I appeal against a parking ticket?",
    "The committee adjourned until Tuesday; nobody objected.",
    "Ein Satz in deutscher Sprache, mit Umlauten: Überprüfungsgebühr.",
]


def test_the_official_weights_are_the_official_ones() -> None:
    assert (official_weights() / "model.safetensors").is_file()


def test_int8_vectors_are_close_to_the_original_on_unseen_texts(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, MINILM, "int8")
    export_encoder(MINILM, "int8", TEXTS[:1], folder)
    encoder = Encoder(folder)
    assert encoder.card.dimension == 384
    assert encoder.card.max_tokens == 254
    original = load_model(MINILM).encode(TEXTS, normalize_embeddings=True)
    vectors = encoder.encode_passages([PassageInput(text, "", ()) for text in TEXTS])
    exported = np.stack([entry.passage for entry in vectors])
    assert float((original * exported).sum(axis=1).mean()) >= 0.98


def test_fp32_is_the_original_to_rounding_for_any_length(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, MINILM, "fp32")
    card = export_encoder(MINILM, "fp32", TEXTS, folder)
    assert card.cosine_min > 0.9999
    encoder = Encoder(folder)
    texts = ["a", "one two three", TEXTS[0] * 3, TEXTS[2]]
    original = load_model(MINILM).encode(texts, normalize_embeddings=True)
    found = np.stack([encoder.encode_query(text) for text in texts])
    assert np.allclose((original * found).sum(axis=1), 1, atol=1e-4)


def test_a_model_folder_can_be_named_and_a_changed_one_has_another_place(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "my model"
    shutil.copytree(official_weights(), folder)
    first = model_folder(tmp_path / "e", str(folder), "int8")
    config = folder / "sentence_bert_config.json"
    config.write_text(config.read_text().replace("256", "128"))
    second = model_folder(tmp_path / "e", str(folder), "int8")
    assert first != second
    card = export_encoder(str(folder), "int8", TEXTS, second)
    assert card.max_tokens == 126


def test_an_export_too_far_from_the_original_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.models.export_encoder._MIN_COSINE", 0.99999)
    folder = tmp_path / "e" / "x"
    with pytest.raises(EncoderError, match="--precision fp32"):
        export_encoder(MINILM, "int8", TEXTS, folder)
    assert not list(folder.parent.iterdir())


def test_a_model_that_cannot_be_loaded_is_an_error_that_says_what_was_expected(
    tmp_path: Path,
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match="expected"):
        load_model(str(tmp_path / "empty"))


def test_asking_loads_neither_torch_nor_sentence_transformers(page_index: Path) -> None:
    code = (
        "import sys; from qa.cli import main\n"
        f"code = main(['ask', 'How many labs were destroyed?', '--index', {str(page_index)!r}])\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'gradio'} & set(sys.modules)\n"
        "assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr


def test_one_text_is_read_without_a_mask_and_padding_never_is(tmp_path: Path) -> None:
    encoder = Encoder(packaged_encoder())
    assert [node.name for node in encoder._sessions[0].get_inputs()] == [
        "input_ids",
        "token_type_ids",
    ]
