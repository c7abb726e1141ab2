"""Turn trained weights into a reader folder: `python -m train.export --help`.

Writes `model.onnx` (int8), `tokenizer.json` and `reader.json` with the figures on the titles
held back from training. `train.calibrate` comes next.
"""

import argparse
import hashlib
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from qa.models.export_encoder import official_weights
from qa.models.onnx_file import Inputs, write_onnx
from qa.models.span_network import (
    ANSWERABLE_OUTPUT,
    CARD_FILE,
    CLAIM_OUTPUT,
    END_OUTPUT,
    EVIDENCE_OUTPUT,
    INPUTS,
    MODEL_FILE,
    PASSAGE_INPUT,
    START_OUTPUT,
    TOKENIZER_FILE,
    SpanNetwork,
    write_card,
)
from train.data import Example, load_examples, split_by_title
from train.evaluate import measure_by_source
from train.fit import types_of
from train.model import ReaderModel

_MAX_READ_TOKENS = 384
_MAX_ANSWER_TOKENS = 30

# Hosts of code take no file of more than 100 MB.
_MOST_BYTES = 90_000_000
_TEXTS_FOR_OUTLIERS = 60


class _Traced(nn.Module):  # type: ignore[misc]  # mypy does not follow torch
    """The model for one unpadded text at a time, with its outputs as a plain tuple."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, passage: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.model(ids, None, passage))


_OF_NETWORK = (
    "name", "max_tokens", "max_answer_tokens", "reads_headings", "base", "settings", "trained",
    "data", "sha256",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add(
        "--trained",
        type=Path,
        nargs="+",
        required=True,
        help="folder that `train.reader` wrote; of several the mean of their weights",
    )
    add("--base", type=Path, default=official_weights(), help="the encoder it started from")
    add("--out", type=Path, required=True, help="folder for the reader")
    add("--texts", type=Path, help="SQuAD-like JSON lines; some are read to find outliers")
    add("--data", type=Path, nargs="*", default=[], help="measure on the titles held back")
    add("--examples", type=int, default=300, help="of each source and kind, at most")
    add("--precision", choices=("int8", "fp32"), default="int8")
    add("--beside", type=Path, help="another reader, to be read with it; scores are averaged")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    model = ReaderModel(options.base)
    model.load_state_dict(mean_weights(options.trained))
    shutil.copy(options.base / TOKENIZER_FILE, options.out / TOKENIZER_FILE)
    texts: list[Inputs] = []
    if options.texts:
        tokenizer = Tokenizer.from_file(str(options.base / TOKENIZER_FILE))
        texts = drawn_texts(load_examples(options.texts), tokenizer)
    export_onnx(model, options.out / MODEL_FILE, options.precision, texts)
    record = options.trained[-1] / "trained.json"
    card = {
        "name": options.out.name,
        "max_tokens": _MAX_READ_TOKENS,
        "max_answer_tokens": _MAX_ANSWER_TOKENS,
        "reads_headings": True,
        **(json.loads(record.read_text("utf-8")) if record.exists() else {}),
        "data": [path.name for path in options.data],
        "sha256": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((*options.out.glob(f"{MODEL_FILE}*"), options.out / TOKENIZER_FILE))
        },
    }
    if options.beside:
        card["beside"] = options.beside.name
        _copy(options.beside, options.out / options.beside.name)
    write_card(options.out, card)
    if options.data:
        split = split_by_title([e for path in options.data for e in load_examples(path)])
        network = SpanNetwork(options.out)
        for name in ("validation", "test"):
            card[name] = measure_by_source(network, getattr(split, name), options.examples)
        write_card(options.out, card)


def _copy(reader: Path, folder: Path) -> None:
    """Copy what of a reader scores passages: not what its card says of it alone."""
    folder.mkdir(exist_ok=True)
    for path in (*reader.glob(f"{MODEL_FILE}*"), reader / TOKENIZER_FILE):
        shutil.copy(path, folder)
    card = json.loads((reader / CARD_FILE).read_text("utf-8"))
    write_card(folder, {name: card[name] for name in _OF_NETWORK if name in card})


def trained_weights(folder: Path) -> dict[str, Tensor]:
    """Load finished weights, or those of the last checkpoint."""
    finished = folder / "weights.safetensors"
    if finished.exists():
        return dict(load_file(finished))
    state: dict[str, Tensor] = torch.load(folder / "checkpoint.pt", weights_only=True)["model"]
    return state


def mean_weights(folders: Sequence[Path]) -> dict[str, Tensor]:
    """Average the weights of runs from the same ones, as one network (Wortsman et al. 2022).

    Raises:
        ValueError: They are not of the same network.
    """
    first, *others = (trained_weights(folder) for folder in folders)
    for other in others:
        if {name: part.shape for name, part in other.items()} != {
            name: part.shape for name, part in first.items()
        }:
            raise ValueError("the weights to average are not of the same network")
        for name, part in other.items():
            first[name] = first[name] + part
    return {name: part / len(folders) for name, part in first.items()} if others else first


def drawn_texts(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Inputs]:
    """Draw some training examples, tokenised as the network takes them.

    Raises:
        ValueError: None of the examples is for training.
    """
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_READ_TOKENS, strategy="only_second")
    training = split_by_title(examples).training
    if not training:
        raise ValueError("no example to read: expected some whose titles are for training")
    texts: list[Inputs] = []
    for example in random.Random(3).sample(training, min(_TEXTS_FOR_OUTLIERS, len(training))):
        encoding = tokenizer.encode(example.question, example.context)
        types = types_of(encoding)
        texts.append({INPUTS[0]: np.array([encoding.ids]), PASSAGE_INPUT: np.array([types])})
    return texts


def export_onnx(
    model: ReaderModel, path: Path, precision: str, texts: Sequence[Inputs] = ()
) -> None:
    """Write the model as ONNX.

    Args:
        model: The network.
        path: The file.
        precision: `int8` or `fp32`.
        texts: Inputs by which to find the channels that int8 leaves alone; none: it leaves none.
    """
    ids = torch.tensor([[101, 2054, 102, 2023, 2003, 102]])
    inputs = {INPUTS[0]: ids, PASSAGE_INPUT: torch.tensor([[0, 0, 0, 1, 1, 0]])}
    tokens = {0: "batch", 1: "tokens"}
    outputs = {
        START_OUTPUT: tokens,
        END_OUTPUT: tokens,
        ANSWERABLE_OUTPUT: {0: "batch"},
        EVIDENCE_OUTPUT: tokens,
        CLAIM_OUTPUT: {0: "batch"},
    }
    write_onnx(_Traced(model), inputs, outputs, path, precision, _MOST_BYTES, texts)


if __name__ == "__main__":
    main()
