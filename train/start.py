"""Take a reader's weights back out of the files it is shipped as, to train it on.

The inverse of `train.export`, as far as eight bits allow. Does not train.
"""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from qa.models.outliers import divided_weights
from qa.models.span_network import MODEL_FILE
from train.model import ReaderModel

_ROOT = "model"
_MULTIPLIED = "MatMulInteger"
# What quantising puts behind names.
_QUANTIZED, _MARK = "_quantized", "_quant"


def start_from(model: ReaderModel, reader: Path) -> None:
    """Set a model's weights to a shipped reader's.

    Rounded weights, frozen ones among them, are rounded to the same again when exported.

    Args:
        model: Changed in place. Embeddings are nobody's but the base's and stay as they are.
        reader: A folder that `train.export` wrote, int8 or fp32.

    Raises:
        ValueError: The reader has another architecture, or not all of the weights.
    """
    kept = exported_weights(reader)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in kept and kept[name].shape == parameter.shape:
                parameter.copy_(kept[name])
            elif parameter.requires_grad:
                raise ValueError(f"{reader}: no weights of {name} of {list(parameter.shape)}")


def exported_weights(reader: Path) -> dict[str, Tensor]:
    """Read the weights of a reader's linear layers, norms and biases by `ReaderModel`'s names."""
    graph = onnx.load(str(reader / MODEL_FILE)).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {
        name.removeprefix(f"{_ROOT}."): torch.tensor(value)
        for name, value in held.items()
        if name.startswith(f"{_ROOT}.")
    }
    few = divided_weights(graph)
    for node in graph.node:
        stored = next((name for name in node.input if name in held and held[name].ndim == 2), None)
        if not node.op_type.startswith(("MatMul", "Gemm")) or stored is None:
            continue
        value = torch.tensor(held[stored])
        if node.op_type == _MULTIPLIED:
            root = stored.removesuffix(_QUANTIZED)
            zero, scale = (torch.tensor(held[f"{root}_{part}"]) for part in ("zero_point", "scale"))
            value = (value.float() - zero.float()) * scale
        name = node.name.removesuffix(_MARK)
        if name in few:
            channels, rows = few[name]
            value[torch.tensor(channels)] = torch.tensor(rows)
        # Named after its layer: /model/encoder/…/dense/MatMul
        layer = name.strip("/").removeprefix(f"{_ROOT}/").rpartition("/")[0].replace("/", ".")
        turned = node.op_type != "Gemm"  # the exporter keeps a Gemm's weights as torch has them
        weights.setdefault(f"{layer}.weight", value.T if turned else value)
    return weights
