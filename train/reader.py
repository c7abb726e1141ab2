"""Train and export a reader from SQuAD-like files: `python -m train.reader --help`.

Examples in; `model.onnx` (int8), `tokenizer.json` and `reader.json` out, with the figures
on titles held back from training. `train.calibrate` comes next.
"""

import argparse
import hashlib
import logging
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from qa.models.export_encoder import packaged_weights
from qa.models.span_network import MODEL_FILE, TOKENIZER_FILE, SpanNetwork, write_card
from train.contrast import contrasted
from train.data import Example, load_examples, split_by_title, titled, window
from train.evaluate import measure_by_source
from train.facts import templated_examples
from train.fit import FitSettings, fit, tokenise
from train.model import ReaderModel, export_onnx
from train.negatives import removed_negatives, retrieved_negatives, swapped_negatives

_LOG = logging.getLogger(__name__)
# Product passages and questions are shorter than the first; validation reads more.
_MAX_TRAINING_TOKENS = 256
_MAX_READ_TOKENS = 384
_MAX_ANSWER_TOKENS = 30
_MAX_ANSWER_CHARACTERS = 160
_WINDOW_TOKENS = (50, 200)
# Of the answerable examples, how many are tried for each kind of made example.
_RETRIEVED_SHARE = 0.08
_SWAPPED_SHARE = 0.12
_REMOVED_SHARE = 0.12
_CONTRASTED_SHARE = 0.6
_FACTS_SHARE = 0.09
_TITLED_SHARE = 0.3
_MAX_TITLE_CHARACTERS = 60


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    examples = [example for path in options.data for example in load_examples(path)]
    split = split_by_title(examples)
    warm_up = [example for path in options.warm_up for example in load_examples(path)]
    warm_up = rng.sample(warm_up, min(options.warm_up_examples, len(warm_up)))
    shutil.copy(options.base / TOKENIZER_FILE, options.out / TOKENIZER_FILE)
    tokenizer = Tokenizer.from_file(str(options.out / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TRAINING_TOKENS, strategy="only_second")
    separator_id = tokenizer.token_to_id("[SEP]")
    if separator_id is None:
        raise SystemExit(f"{options.base}: expected a BERT-like tokenizer with a token [SEP]")
    model = ReaderModel(options.base, separator_id)
    if options.resume is not None:
        model.load_state_dict(load_file(options.resume))
    model, trained = fit(
        model,
        tokenise(warm_up, tokenizer),
        lambda: tokenise(_draw_epoch(split.training, rng), tokenizer),
        FitSettings(options.epochs, options.minutes, options.batch_tokens, options.rate),
        options.out / "checkpoint.safetensors",
        rng,
    )
    export_onnx(model, options.out / MODEL_FILE, "int8")
    card = _card(options, trained)
    write_card(options.out, card)
    network = SpanNetwork(options.out)
    write_card(
        options.out,
        {
            **card,
            "validation": measure_by_source(network, split.validation),
            "test": measure_by_source(network, split.test),
        },
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="SQuAD-like JSON lines, .gz or not")
    add("--out", type=Path, required=True, help="folder for the exported reader")
    add("--base", type=Path, default=packaged_weights(), help="encoder to start from (%(default)s)")
    add("--resume", type=Path, help="a checkpoint.safetensors whose reader is trained further")
    add("--warm-up", type=Path, nargs="*", default=[], help="files read once, before the data")
    add("--warm-up-examples", type=int, default=6000)
    add("--epochs", type=int, default=2)
    add("--minutes", type=float, default=600.0, help="the rate falls to 0 by then at the latest")
    add("--batch-tokens", type=int, default=2304, help="with padding")
    add("--rate", type=float, default=2.5e-4, help="peak rate; the heads' is 4 times that")
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
    drawn = {
        "real": short,
        "retrieved": retrieved_negatives(answerable, _RETRIEVED_SHARE, rng),
        "swapped": swapped_negatives(answerable, _SWAPPED_SHARE, rng),
        "removed": removed_negatives(answerable, _REMOVED_SHARE, rng),
        "contrasted": contrasted(answerable, _CONTRASTED_SHARE, rng),
        "facts": templated_examples(round(_FACTS_SHARE * len(answerable)), rng),
    }
    for kind, made in drawn.items():
        unanswerable = sum(not example.answers for example in made)
        _LOG.info("epoch: %d %s, %d of them unanswerable", len(made), kind, unanswerable)
    return [
        titled(example)
        if 0 < len(example.title) <= _MAX_TITLE_CHARACTERS and rng.random() < _TITLED_SHARE
        else example
        for made in drawn.values()
        for example in made
    ]


def _card(options: argparse.Namespace, trained: dict[str, float]) -> dict[str, Any]:
    """Say what the reader is: limits, data, settings and hashes."""
    return {
        "name": options.out.name,
        "max_tokens": _MAX_READ_TOKENS,
        "max_answer_tokens": _MAX_ANSWER_TOKENS,
        "data": [path.name for path in options.data],
        "warm_up": [path.name for path in options.warm_up],
        "settings": {
            name: value for name, value in vars(options).items() if isinstance(value, int | float)
        },
        "trained": trained,
        "sha256": {
            name: hashlib.sha256((options.out / name).read_bytes()).hexdigest()
            for name in (MODEL_FILE, TOKENIZER_FILE)
        },
    }


if __name__ == "__main__":
    main()
