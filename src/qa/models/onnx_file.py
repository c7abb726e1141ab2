"""Write a torch module as an ONNX file, quantised to int8 if asked to.

Imports torch and onnx inside its functions: a lean installation has neither. Does not
know what the model is for.
"""

import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Inputs = Mapping[str, NDArray[np.int64]]
"""One text as a network takes it: by the name of an input, an array (1, tokens)."""

_OPSET = 17
_OUTLIERS = 12


def write_onnx(
    module: Any,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Mapping[int, str]],
    path: Path,
    precision: str,
    most_bytes: int | None = None,
    texts: Sequence[Inputs] = (),
) -> None:
    """Trace a module and write it.

    Args:
        module: A `torch.nn.Module` that takes the inputs by position.
        inputs: Example tensors by name, of shape (batch, tokens), both free.
        outputs: By name, the free axes of each output.
        path: The file.
        precision: `int8`, with weights quantised per channel, or `fp32`.
        most_bytes: Of a larger file the largest weights are written beside it, with `.1.bin`,
            `.2.bin` … behind its name; None for one file, however large.
        texts: What to read to find the channels that int8 leaves alone; none: it leaves none.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from qa.models.outliers import divide_products, find_outliers

    exported = path.with_name(f".part-{path.name}")
    axes = {name: {0: "batch", 1: "tokens"} for name in inputs}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The TorchScript exporter: the newer one takes seven times as long for a graph
        # that ONNX Runtime fuses less and runs a tenth slower (docs/LOG.md).
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            str(exported),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={**axes, **{name: dict(free) for name, free in outputs.items()}},
            opset_version=_OPSET,
            dynamo=False,
        )
    if precision == "fp32":
        exported.replace(path)
        _divide(path, most_bytes)
        return
    left = divide_products(exported, find_outliers(exported, texts, _OUTLIERS)) if texts else []
    logging.disable(logging.WARNING)  # it advises a step that only static quantising needs
    try:
        # 7-bit weights: without VNNI the 8-bit product saturates (docs/LOG.md).
        quantize_dynamic(
            exported,
            path,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=left,
        )
    finally:
        logging.disable(logging.NOTSET)
    exported.unlink()
    _divide(path, most_bytes)


def _divide(path: Path, most_bytes: int | None) -> None:
    """Move the largest weights of a large model out of its file, each into one of its own."""
    size = path.stat().st_size
    if most_bytes is None or size <= most_bytes:
        return
    import onnx
    from onnx.external_data_helper import set_external_data

    model = onnx.load(str(path))
    weights = sorted(model.graph.initializer, key=lambda tensor: -len(tensor.raw_data))
    beside = []
    for number, tensor in enumerate(weights, start=1):
        if size <= most_bytes:
            break
        size -= len(tensor.raw_data)
        beside.append(path.with_name(f"{path.name}.{number}.bin"))
        set_external_data(tensor, beside[-1].name)
    onnx.save_model(model, str(path))
    for other in beside:  # written for their owner alone
        other.chmod(path.stat().st_mode)
