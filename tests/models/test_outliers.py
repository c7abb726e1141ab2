"""Outsized activations stay out of int8: the same is computed, and more of it is kept."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray

from qa.models.onnx_file import write_onnx
from qa.models.outliers import divide_products, find_outliers

LARGE = (3, 17)


class Network(torch.nn.Module):  # type: ignore[misc]  # mypy does not follow torch
    """Two of its channels are a hundred times as large as the others, whatever is read."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.words = torch.nn.Embedding(500, 200)
        scale = torch.ones(200)
        scale[list(LARGE)] = 100
        self.register_buffer("scale", scale)
        self.first = torch.nn.Linear(200, 128)
        self.second = torch.nn.Linear(200, 128)
        with torch.no_grad():
            for layer in (self.first, self.second):
                layer.weight[:, list(LARGE)] /= 100

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        words = self.words(ids) * self.scale
        return self.first(words) + self.second(words)


IDS = {"ids": np.array([[4, 499, 0, 7, 31, 200]])}
TEXTS = [{"ids": np.array([[1, 2, 3]])}, {"ids": np.array([[70, 80, 90, 100]])}]


def write(
    path: Path, precision: str, network: Network | None = None, *, divided: bool = False
) -> Path:
    inputs, outputs = {"ids": torch.tensor([[1, 2, 3]])}, {"logits": {0: "batch", 1: "tokens"}}
    texts = TEXTS if divided else ()
    write_onnx(network or Network(), inputs, outputs, path, precision, texts=texts)
    return path


def logits(path: Path) -> NDArray[np.float32]:
    return np.asarray(onnxruntime.InferenceSession(str(path)).run(None, IDS)[0])


def test_the_largest_channels_are_found_in_front_of_large_products_only(tmp_path: Path) -> None:
    found = find_outliers(write(tmp_path / "m.onnx", "fp32"), TEXTS, 12)
    assert [channels.tolist() for channels in found.values()] == [list(LARGE)]
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]


def test_a_divided_network_computes_what_it_did(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", "fp32")
    before = logits(path)
    left = divide_products(path, find_outliers(path, TEXTS, 12))
    np.testing.assert_allclose(logits(path), before, atol=1e-5)
    nodes = onnx.load(str(path)).graph.node
    assert len(left) == 3  # two products share the channels of their source
    assert set(left) <= {node.name for node in nodes}
    assert len({node.name for node in nodes}) == len(nodes)


def test_int8_loses_less_without_the_outliers(tmp_path: Path) -> None:
    exact = logits(write(tmp_path / "fp32.onnx", "fp32"))
    plain = logits(write(tmp_path / "plain.onnx", "int8"))
    divided = logits(write(tmp_path / "divided.onnx", "int8", divided=True))
    assert np.abs(divided - exact).max() < np.abs(plain - exact).max() / 3


def test_without_outliers_nothing_changes(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", "fp32")
    before = path.read_bytes()
    assert divide_products(path, {}) == []
    assert onnx.load_from_string(before) == onnx.load(str(path))


class Shared(Network):
    """Both its layers have the same weights, as in ALBERT."""

    def __init__(self) -> None:
        super().__init__()
        self.second = self.first

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        words = self.words(ids) * self.scale
        return self.first(words) + self.second(words.flip(-1))


def test_weights_that_two_products_share_stay_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "m.onnx", "fp32", Shared())
    before = logits(path)
    divide_products(path, find_outliers(path, TEXTS, 12))
    np.testing.assert_allclose(logits(path), before, atol=1e-5)
