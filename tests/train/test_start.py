"""A reader's weights come back from its files: what was written can be trained on."""

from pathlib import Path

import onnx
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from qa.models.export_encoder import official_weights
from qa.models.outliers import divided_weights
from qa.models.span_network import TOKENIZER_FILE, packaged_reader
from train.data import Answer, Example
from train.export import drawn_texts, export_onnx, mean_weights
from train.model import ReaderModel
from train.start import exported_weights, start_from

MILL = "The mill at Ford was built in 1843, and burnt down in the winter of 1902."
EXAMPLE = Example(
    "When was the mill built?", MILL, (Answer("1843", 30),), "the mill at ford", "test"
)


@pytest.fixture(scope="module")
def model() -> ReaderModel:
    torch.manual_seed(3)
    return ReaderModel(official_weights())


def test_every_trained_weight_comes_back_from_fp32(model: ReaderModel, tmp_path: Path) -> None:
    export_onnx(model, tmp_path / "model.onnx", "fp32")
    kept = exported_weights(tmp_path)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(kept[name], parameter.detach(), msg=name)


def test_int8_comes_back_rounded(model: ReaderModel, tmp_path: Path) -> None:
    export_onnx(model, tmp_path / "model.onnx", "int8")
    other = ReaderModel(official_weights())
    start_from(other, tmp_path)
    for (name, written), read in zip(model.named_parameters(), other.parameters(), strict=True):
        most = written.detach().abs().max().item()
        assert (read - written).abs().max().item() <= most / 100, name


def test_what_stayed_out_of_int8_comes_back_too(model: ReaderModel, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(official_weights() / TOKENIZER_FILE))
    texts = drawn_texts([EXAMPLE] * 3, tokenizer)
    export_onnx(model, tmp_path / "model.onnx", "int8", texts)
    few = divided_weights(onnx.load(str(tmp_path / "model.onnx")).graph)
    assert few
    kept = exported_weights(tmp_path)
    weights = dict(model.named_parameters())
    for name, (channels, rows) in few.items():
        layer = name.removeprefix("/model/").removesuffix("/MatMul").replace("/", ".")
        exact = weights[f"{layer}.weight"].detach()[:, torch.tensor(channels)]
        torch.testing.assert_close(torch.tensor(rows).T, exact)
        torch.testing.assert_close(kept[f"{layer}.weight"][:, torch.tensor(channels)], exact)


def test_a_reader_of_another_base_is_refused(model: ReaderModel) -> None:
    with pytest.raises(ValueError, match="no weights of"):
        start_from(model, packaged_reader())


def test_the_weights_of_several_runs_are_averaged(tmp_path: Path) -> None:
    for name, value in (("a", 1.0), ("b", 3.0)):
        (tmp_path / name).mkdir()
        save_file({"w": torch.full((2, 2), value)}, tmp_path / name / "weights.safetensors")
    both = [tmp_path / "a", tmp_path / "b"]
    assert torch.equal(mean_weights(both)["w"], torch.full((2, 2), 2.0))
    assert torch.equal(mean_weights(both[:1])["w"], torch.full((2, 2), 1.0))
    save_file({"w": torch.zeros(3)}, tmp_path / "b" / "weights.safetensors")
    with pytest.raises(ValueError, match="not of the same network"):
        mean_weights(both)
