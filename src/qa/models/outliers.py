"""Keep a network's few outsized activations out of int8.

A handful of a transformer's channels are ten to fifty times as large as the others, whatever
the text (Dettmers et al. 2022, LLM.int8()). Quantised while it runs, a tensor has one scale, so
these few leave the others three of eight bits. Here they are found by reading some texts, and
every product with weights is divided: the few channels stay fp32, the rest is quantised.
Does not quantise.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import NodeProto, helper, numpy_helper

_PRODUCT = "MatMul"
# A head of a few outputs costs nothing, and has no such inputs.
_LEAST_OUTPUTS = 100

Inputs = Mapping[str, NDArray[np.int64]]
"""One text as a network takes it: by the name of an input, an array (1, tokens)."""

Channels = NDArray[np.int64]


def find_outliers(path: Path, texts: Iterable[Inputs], most: int) -> dict[str, Channels]:
    """Find the channels with the largest activations in front of every product with weights.

    Args:
        path: An fp32 ONNX file.
        texts: What to read.
        most: How many channels of each.

    Returns:
        By the name of the tensor, numbers of channels, ascending.
    """
    model = onnx.load(str(path))
    inputs = sorted({node.input[0] for node in _products(model)})
    if not inputs:
        return {}
    for name in inputs:
        model.graph.output.append(helper.make_empty_tensor_value_info(name))
    watched = path.with_name(f"{path.name}.watched")
    onnx.save_model(model, str(watched))
    session = onnxruntime.InferenceSession(str(watched), providers=["CPUExecutionProvider"])
    watched.unlink()
    largest: dict[str, NDArray[np.float32]] = {}
    for text in texts:
        for name, values in zip(inputs, session.run(inputs, dict(text)), strict=True):
            found = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, 0), found)
    return {name: np.sort(np.argsort(-each)[:most]) for name, each in largest.items()}


def divide_products(path: Path, outliers: Mapping[str, Channels]) -> list[str]:
    """Change an ONNX file so that the channels given are multiplied by themselves.

    Args:
        path: An fp32 ONNX file, changed in place; it computes what it did.
        outliers: Channels by tensor, as `find_outliers` returns them.

    Returns:
        The names of the new nodes, which must not be quantised.
    """
    model = onnx.load(str(path))
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    divided = {node.output[0] for node in _products(model) if node.input[0] in outliers}
    nodes: list[NodeProto] = []
    made: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        if node.output[0] not in divided:
            nodes.append(node)
            continue
        source, weights = node.input
        if source not in made:
            made[source], constants = _parts(source, outliers[source], held[weights].dims[0])
            model.graph.initializer.extend(constants)
            nodes += made[source]
        nodes += _divided(node, model, held[weights], outliers[source])
    left = [node.name for node in nodes if node.name.endswith("/outliers")]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save_model(model, str(path))
    return left


def _products(model: onnx.ModelProto) -> list[NodeProto]:
    """Return the products of a tensor with a large matrix of weights."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    return [
        node
        for node in model.graph.node
        if node.op_type == _PRODUCT and shapes.get(node.input[1], (0,))[-1] >= _LEAST_OUTPUTS
    ]


def _parts(
    source: str, channels: Channels, width: int
) -> tuple[list[NodeProto], Sequence[onnx.TensorProto]]:
    """Make the nodes that part a tensor: the others with zeros for the outliers, the outliers."""
    mask = np.ones(width, dtype=np.float32)
    mask[channels] = 0
    constants = (
        numpy_helper.from_array(mask, f"{source}_mask"),
        numpy_helper.from_array(channels, f"{source}_channels"),
    )
    others = helper.make_node(
        "Mul", [source, f"{source}_mask"], [f"{source}_others"], name=f"{source}/others"
    )
    few = helper.make_node(
        "Gather", [source, f"{source}_channels"], [f"{source}_outliers"],
        name=f"{source}/outliers", axis=-1,
    )  # fmt: skip
    return [others, few], constants


def _divided(
    node: NodeProto, model: onnx.ModelProto, weights: onnx.TensorProto, channels: Channels
) -> list[NodeProto]:
    """Make the two products and their sum; the weights of the outliers leave the matrix."""
    (source, matrix), (out,) = node.input, node.output
    values = numpy_helper.to_array(weights).copy()
    few = numpy_helper.from_array(values[channels], f"{out}_weights")
    model.graph.initializer.append(few)
    values[channels] = 0
    weights.CopyFrom(numpy_helper.from_array(values, matrix))
    return [
        helper.make_node(_PRODUCT, [f"{source}_others", matrix], [f"{out}_rest"], name=node.name),
        helper.make_node(
            _PRODUCT, [f"{source}_outliers", few.name], [f"{out}_few"],
            name=f"{node.name}/outliers",
        ),
        helper.make_node("Add", [f"{out}_rest", f"{out}_few"], [out], name=f"{node.name}/sum"),
    ]  # fmt: skip
