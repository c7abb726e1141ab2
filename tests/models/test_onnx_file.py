"""Models as ONNX files: what is written computes the same, in one file or in several."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from qa.models.hashes import what_changed, write_hashes
from qa.models.onnx_file import write_onnx


class Network(torch.nn.Module):  # type: ignore[misc]  # mypy does not follow torch
    """Embeds tokens and says something of each."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.words = torch.nn.Embedding(500, 32)
        self.out = torch.nn.Linear(32, 2)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.out(self.words(ids))


def write(folder: Path, precision: str, most_bytes: int | None = None) -> list[str]:
    """Write the network; return the names of its files."""
    folder.mkdir()
    inputs, outputs = {"ids": torch.tensor([[1, 2, 3]])}, {"logits": {0: "batch", 1: "tokens"}}
    write_onnx(Network(), inputs, outputs, folder / "m.onnx", precision, most_bytes)
    return sorted(path.name for path in folder.iterdir())


def logits(folder: Path) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(folder / "m.onnx"))
    return np.asarray(session.run(None, {"ids": np.array([[4, 499, 0, 7]])})[0])


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_large_weights_lie_in_files_beside_it_and_say_the_same(
    tmp_path: Path, precision: str
) -> None:
    assert write(tmp_path / "whole", precision) == ["m.onnx"]
    most = (tmp_path / "whole" / "m.onnx").stat().st_size - 1000
    assert write(tmp_path / "parted", precision, most) == ["m.onnx", "m.onnx.1.bin"]
    assert (tmp_path / "parted" / "m.onnx").stat().st_size < most
    np.testing.assert_array_equal(logits(tmp_path / "parted"), logits(tmp_path / "whole"))
    modes = {path.stat().st_mode for path in (tmp_path / "parted").iterdir()}
    assert len(modes) == 1


def test_a_change_in_the_weights_beside_a_model_is_noticed(
    tmp_path: Path,
) -> None:
    write(tmp_path / "m", "int8", 4_000)
    write_hashes(tmp_path / "m")
    assert what_changed(tmp_path / "m") == ""
    beside = tmp_path / "m" / "m.onnx.1.bin"
    data = bytearray(beside.read_bytes())
    data[len(data) // 2] ^= 1
    beside.write_bytes(data)
    assert "m.onnx.1.bin" in what_changed(tmp_path / "m")
