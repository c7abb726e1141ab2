"""A reader's weights come back from its files: what was written can be trained on."""

from pathlib import Path

import pytest
import torch

from qa.models.export_encoder import packaged_weights
from qa.models.span_network import packaged_reader
from train.export import export_onnx
from train.model import ReaderModel
from train.start import exported_weights, start_from


@pytest.fixture(scope="module")
def model() -> ReaderModel:
    torch.manual_seed(3)
    return ReaderModel(packaged_weights())


def test_every_trained_weight_comes_back_from_fp32(model: ReaderModel, tmp_path: Path) -> None:
    export_onnx(model, tmp_path / "model.onnx", "fp32")
    kept = exported_weights(tmp_path)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(kept[name], parameter.detach(), msg=name)


def test_int8_comes_back_rounded(model: ReaderModel, tmp_path: Path) -> None:
    export_onnx(model, tmp_path / "model.onnx", "int8")
    other = ReaderModel(packaged_weights())
    start_from(other, tmp_path)
    for (name, written), read in zip(model.named_parameters(), other.parameters(), strict=True):
        most = written.detach().abs().max().item()
        assert (read - written).abs().max().item() <= most / 100, name


def test_a_reader_of_another_base_is_refused(model: ReaderModel) -> None:
    with pytest.raises(ValueError, match="no weights of"):
        start_from(model, packaged_reader())
