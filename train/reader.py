"""Train and export a reader from SQuAD-like files: `python -m train.reader --help`.

Examples in; `model.onnx` (int8), `tokenizer.json` and `reader.json` out.
"""

import argparse
import hashlib
import json
import logging
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file

from train.data import Example, load_examples, split_by_title, window
from train.evaluate import (
    MAX_ANSWER_TOKENS,
    fit_temperature,
    measure,
    pair_tokenizer,
    predict,
)
from train.fit import FitSettings, fit, tokenise
from train.model import ReaderModel, export_onnx
from train.negatives import retrieved_negatives, swapped_negatives

Figures = dict[str, dict[str, float]]

_LOG = logging.getLogger(__name__)
# Product passages and questions are shorter than the first; validation reads more.
_MAX_TRAINING_TOKENS = 256
_MAX_READ_TOKENS = 384
_MAX_ANSWER_CHARACTERS = 160
_WINDOW_TOKENS = (50, 200)
_RETRIEVED_SHARE = 0.25
_SWAPPED_SHARE = 0.4
_VALIDATION_EXAMPLES = 1600


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    training, validation = split_by_title(
        [example for path in options.data for example in load_examples(path)],
        options.validation_one_in,
    )
    if all(example.answers for example in validation):
        raise SystemExit(
            "no unanswerable question is in the validation titles, so nothing can be "
            "calibrated: expected some with is_impossible in --data; see train/reader.py"
        )
    warm_up = [example for path in options.warm_up for example in load_examples(path)]
    warm_up = rng.sample(warm_up, min(options.warm_up_examples, len(warm_up)))
    shuffle = random.Random(0)
    validation = shuffle.sample(validation, min(_VALIDATION_EXAMPLES, len(validation)))
    shutil.copy(options.base / "tokenizer.json", options.out / "tokenizer.json")
    tokenizer = pair_tokenizer(options.out / "tokenizer.json", _MAX_TRAINING_TOKENS)
    separator_id = tokenizer.token_to_id("[SEP]")
    if separator_id is None:
        raise SystemExit(f"{options.base}: expected a BERT-like tokenizer with a token [SEP]")
    model = ReaderModel(options.base, separator_id)
    if options.resume is not None:
        model.load_state_dict(load_file(options.resume))
    model, trained = fit(
        model,
        tokenise(warm_up, tokenizer),
        lambda: tokenise(_draw_epoch(training, rng), tokenizer),
        FitSettings(options.epochs, options.minutes, options.batch_tokens, options.rate),
        options.out / "checkpoint.safetensors",
        rng,
    )
    calibration, figures = _export_and_measure(model, validation, options.out)
    _write_card(options, trained, calibration, figures)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="SQuAD-like JSON lines, .gz or not")
    add("--out", type=Path, required=True, help="folder for the exported reader")
    add("--base", type=Path, required=True, help="folder of the encoder to start from")
    add("--resume", type=Path, help="a checkpoint.safetensors whose reader is trained further")
    add("--warm-up", type=Path, nargs="*", default=[], help="files read once, before the data")
    add("--warm-up-examples", type=int, default=6000)
    add("--epochs", type=int, default=2)
    add("--minutes", type=float, default=600.0, help="the rate falls to 0 by then at the latest")
    add("--batch-tokens", type=int, default=2304, help="with padding")
    add("--rate", type=float, default=2.5e-4, help="peak rate; the heads' is 4 times that")
    add("--validation-one-in", type=int, default=10, help="titles kept for validation")
    add("--threads", type=int, default=2)
    add("--seed", type=int, default=1)
    return parser


def _draw_epoch(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """Draw windows and near misses anew."""
    short = [
        window(example, rng.randint(*_WINDOW_TOKENS), rng)
        for example in examples
        if all(len(answer.text) <= _MAX_ANSWER_CHARACTERS for answer in example.answers)
    ]
    answerable = [example for example in short if example.answers]
    retrieved = retrieved_negatives(answerable, _RETRIEVED_SHARE, rng)
    swapped = swapped_negatives(answerable, _SWAPPED_SHARE, rng)
    _LOG.info(
        "epoch: %d answerable, %d unanswerable, %d retrieved and %d swapped negatives",
        len(answerable), len(short) - len(answerable), len(retrieved), len(swapped),
    )  # fmt: skip
    return [*short, *retrieved, *swapped]


def _export_and_measure(
    model: ReaderModel, validation: Sequence[Example], out: Path
) -> tuple[Figures, Figures]:
    """Export and measure by source, int8 and fp32.

    Sources without unanswerable examples do not take part in the calibration: it would
    learn to tell the sources apart.

    Returns:
        The calibration's parameters, and the measures by precision and source.
    """
    tokenizer = pair_tokenizer(out / "tokenizer.json", _MAX_READ_TOKENS)
    pairs = [(example.question, example.context) for example in validation]
    full = out / "fp32.onnx"
    export_onnx(model, out / "model.onnx", quantize=True)
    export_onnx(model, full, quantize=False)
    int8 = predict(out / "model.onnx", tokenizer, pairs)
    fp32 = predict(full, tokenizer, pairs)
    full.unlink()
    figures = Figures()
    calibrating: list[int] = []
    for source in sorted({example.source for example in validation}):
        rows = [i for i, example in enumerate(validation) if example.source == source]
        examples = [validation[i] for i in rows]
        figures[f"int8 {source}"] = measure([int8[i] for i in rows], examples)
        figures[f"fp32 {source}"] = measure([fp32[i] for i in rows], examples)
        calibrating += rows if "AUROC" in figures[f"int8 {source}"] else []
    _LOG.info("figures: %s", json.dumps(figures, indent=1))
    calibration = fit_temperature(
        [int8[i] for i in calibrating], [validation[i] for i in calibrating]
    )
    return {"answerable_logit": calibration}, figures


def _write_card(
    options: argparse.Namespace,
    trained: dict[str, float],
    calibration: Figures,
    figures: Figures,
) -> None:
    """Write `reader.json`: limits, calibration, data, settings, figures and hashes."""
    card = {
        "max_tokens": _MAX_READ_TOKENS,
        "max_answer_tokens": MAX_ANSWER_TOKENS,
        "calibration": calibration,
        "data": [path.name for path in options.data],
        "warm_up": [path.name for path in options.warm_up],
        "settings": {
            name: value for name, value in vars(options).items() if isinstance(value, int | float)
        },
        "trained": trained,
        "validation": figures,
        "sha256": {
            name: hashlib.sha256((options.out / name).read_bytes()).hexdigest()
            for name in ("model.onnx", "tokenizer.json")
        },
    }
    (options.out / "reader.json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
