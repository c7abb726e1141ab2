"""Keep a network's few outsized activations out of int8.

A handful of a transformer's channels are ten to fifty times as large as the others, whatever
the text (Dettmers et al. 2022, LLM.int8()). Quantised while it runs, a tensor has one scale, so
these few leave the others three of eight bits. Here they are found by reading some texts, and
the products that have such channels are divided: the few stay fp32, the rest is quantised.
Does not quantise.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from qa.models.session import open_session

_PRODUCT = "MatMul"
# A head of a few outputs costs nothing, and has no such inputs.
_LEAST_OUTPUTS = 100
# Outsized is what is twice as large as all but one channel in fifty.
_ORDINARY_SHARE = 0.98
_TIMES_ORDINARY = 2.0

Channels = NDArray[np.int64]

# Behind the names of the nodes that stay fp32.
_LEFT = "/outliers"
_CHANNELS, _OUTLIERS = "_channels", "_outliers"


def find_outliers(
    path: Path, texts: Iterable[Mapping[str, NDArray[np.int64]]], most: int
) -> dict[str, Channels]:
    """Find the channels with outsized activations in front of the products with weights.

    Args:
        path: An fp32 ONNX file.
        texts: What to read: by the name of an input, an array (1, tokens).
        most: How many channels of a tensor, at most.

    Returns:
        By the name of the tensor, if it has any, numbers of channels, ascending.
    """
    model = onnx.load(str(path))
    inputs = sorted({node.input[0] for node in _products(model)})
    if not inputs:
        return {}
    for name in inputs:
        model.graph.output.append(helper.make_empty_tensor_value_info(name))
    watched = path.with_name(f"{path.name}.watched")
    onnx.save_model(model, str(watched))
    session = open_session(watched)
    watched.unlink()
    largest: dict[str, NDArray[np.float32]] = {}
    for text in texts:
        for name, values in zip(inputs, session.run(inputs, dict(text)), strict=True):
            found = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, 0), found)
    outsized = {name: _outsized(each, most) for name, each in largest.items()}
    return {name: channels for name, channels in outsized.items() if len(channels)}


def _outsized(largest: NDArray[np.float32], most: int) -> Channels:
    ordinary = float(np.quantile(largest, _ORDINARY_SHARE))
    first = np.argsort(-largest)[:most]
    return np.sort(first[largest[first] > _TIMES_ORDINARY * ordinary])


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
    sums = {_end(out, model, held): out for out in divided}
    nodes: list[NodeProto] = []
    parted: set[str] = set()
    for node in model.graph.node:
        (out, *_) = node.output
        if out in divided:
            source, matrix = node.input
            if source not in parted:
                nodes += _parts(source, outliers[source], held[matrix].dims[0], model)
                parted.add(source)
            nodes.append(_product_of_few(node, held[matrix], outliers[source], model))
            node.input[0] = f"{source}_others"
        nodes.append(node)
        if out in sums:
            node.output[0] = f"{out}_rest"
            nodes.append(
                helper.make_node(
                    "Add", [f"{out}_rest", f"{sums[out]}_few"], [out], name=f"{node.name}/sum"
                )
            )
    left = [node.name for node in nodes if node.name.endswith(_LEFT)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save_model(model, str(path))
    return left


def divided_weights(graph: onnx.GraphProto) -> dict[str, tuple[Channels, NDArray[np.float32]]]:
    """Find what `divide_products` took out of matrices.

    Returns:
        By the name that the product had, the channels and their weights (channels, outputs).
    """
    held = {tensor.name: tensor for tensor in graph.initializer}
    return {
        node.name.removesuffix(_LEFT): (
            numpy_helper.to_array(held[node.input[0].removesuffix(_OUTLIERS) + _CHANNELS]),
            numpy_helper.to_array(held[node.input[1]]),
        )
        for node in graph.node
        if node.op_type == _PRODUCT and node.name.endswith(_LEFT)
    }


def _end(out: str, model: onnx.ModelProto, held: Mapping[str, TensorProto]) -> str:
    """Return where a product is done: behind its bias, with which it is one step when run."""
    readers = [node for node in model.graph.node if out in node.input]
    if len(readers) == 1 and readers[0].op_type == "Add" and held.keys() & set(readers[0].input):
        return str(readers[0].output[0])
    return out


def _products(model: onnx.ModelProto) -> list[NodeProto]:
    """Return the products of a tensor with a large matrix of weights that no other node uses."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    used = Counter(name for node in model.graph.node for name in node.input)
    return [
        node
        for node in model.graph.node
        if node.op_type == _PRODUCT
        and used[node.input[1]] == 1
        and shapes.get(node.input[1], (0,))[-1] >= _LEAST_OUTPUTS
    ]


def _parts(source: str, channels: Channels, width: int, model: onnx.ModelProto) -> list[NodeProto]:
    """Make the nodes that part a tensor: the others with zeros for the outliers, the outliers."""
    mask = np.ones(width, dtype=np.float32)
    mask[channels] = 0
    model.graph.initializer.extend(
        [
            numpy_helper.from_array(mask, f"{source}_mask"),
            numpy_helper.from_array(channels, f"{source}{_CHANNELS}"),
        ]
    )
    return [
        helper.make_node(
            "Mul", [source, f"{source}_mask"], [f"{source}_others"], name=f"{source}/others"
        ),
        helper.make_node(
            "Gather", [source, f"{source}{_CHANNELS}"], [f"{source}{_OUTLIERS}"],
            name=f"{source}{_LEFT}", axis=-1,
        ),
    ]  # fmt: skip


def _product_of_few(
    node: NodeProto, weights: TensorProto, channels: Channels, model: onnx.ModelProto
) -> NodeProto:
    """Make the product of the outliers; their weights leave the matrix."""
    source, out = node.input[0], node.output[0]
    values = numpy_helper.to_array(weights).copy()
    few = numpy_helper.from_array(values[channels], f"{out}_weights")
    model.graph.initializer.append(few)
    values[channels] = 0
    weights.CopyFrom(numpy_helper.from_array(values, weights.name))
    return helper.make_node(
        _PRODUCT, [f"{source}{_OUTLIERS}", few.name], [f"{out}_few"], name=f"{node.name}{_LEFT}"
    )
