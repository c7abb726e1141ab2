"""Put a reader into a folder that `span_network` can open.

What `train.reader` wrote is copied; a Hugging Face question-answering model is exported to
ONNX like an encoder. Imports transformers and torch inside its functions. Does not know
passages, calibrations or the index.
"""

import json
import shutil
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import ReaderError
from qa.files import replaced_folder
from qa.models.hashes import HASHES_FILE, write_hashes
from qa.models.onnx_file import Inputs, write_onnx
from qa.models.span_network import (
    CARD_FILE,
    END_OUTPUT,
    INPUTS,
    MODEL_FILE,
    START_OUTPUT,
    TOKENIZER_FILE,
    SpanNetwork,
    write_card,
)
from qa.schema import Passage, Span

_FILES = (MODEL_FILE, TOKENIZER_FILE, CARD_FILE)
_MAX_TOKENS = 512
_MAX_ANSWER_TOKENS = 30
# Which channels are outsized does not depend on the text.
_TEXTS = (
    ("Who was it?", "It was Ada. She began in 1843, at the age of 27, and went on until May."),
    (
        "How many farmers grow coca in the valley?",
        "The valley lies east of the mountains, at about 600 meters. Some 48,700 hectares are "
        "farmed; 234,000 people live from coca, coffee and cacao (2018). Prices fell by 12.5 % "
        "because roads were closed: “Nobody came to buy,” said the mayor, Ms. Quispe.",
    ),
    (
        "When must the deposit be paid back?",
        "Deposit\nThe landlord returns the deposit within 30 days of the end of the tenancy, less "
        "what is owed under section 4(b). | Rent | EUR 840 | Deposit | EUR 1,680 |",
    ),
)


def export_reader(name: str, precision: str, folder: Path) -> None:
    """Copy or export a reader. The folder appears whole or not at all.

    Args:
        name: A folder that `train.reader` made, or the name or folder of a Hugging Face
            extractive question-answering model.
        precision: `int8` or `fp32`, for the latter.
        folder: Where it goes. Runs under the build lock.

    Raises:
        ReaderError: It cannot be loaded, exported or opened again.
    """
    with replaced_folder(folder) as part:
        if all((Path(name) / file).is_file() for file in _FILES):
            _copy(Path(name), part)
        else:
            _export_into(part, name, precision)
        _check(part, name)


def _copy(reader: Path, part: Path) -> None:
    """Copy a reader, and the one beside it that it names."""
    weights = [path.name for path in reader.glob(f"{MODEL_FILE}.*")]
    there = [file for file in (*_FILES, HASHES_FILE) if (reader / file).exists()]
    for file in (*there, *weights):
        shutil.copyfile(reader / file, part / file)
    if HASHES_FILE not in there:
        write_hashes(part)
    beside = json.loads((reader / CARD_FILE).read_text("utf-8")).get("beside")
    if beside:
        (part / beside).mkdir()
        _copy(reader / beside, part / beside)


def _check(part: Path, name: str) -> None:
    """Read one full window: a reader that cannot is told now, not when somebody asks."""
    network = SpanNetwork(part)
    text = "it " * int(network.card["max_tokens"])
    whole = Span(0, len(text))
    try:
        passage = Passage(name, name, 0, len(text), text, "", (whole,))
        (scores,) = network.score("Is it?", [passage])
        if not isfinite(scores.answerable + scores.spans[0].margin):
            raise ValueError("its scores are no finite numbers")
    except Exception as error:  # onnxruntime raises bare Exceptions
        raise ReaderError(
            f"the reader {name!r} was exported but cannot read ({error}); try another model, or "
            "--precision fp32"
        ) from error


def _export_into(part: Path, name: str, precision: str) -> None:
    model, tokenizer = _load(name)
    positions = int(getattr(model.config, "max_position_embeddings", _MAX_TOKENS))
    tokenizer.model_max_length = min(int(tokenizer.model_max_length), positions, _MAX_TOKENS)
    try:
        _write_onnx(model, tokenizer, part, precision)
        tokenizer.backend_tokenizer.save(str(part / TOKENIZER_FILE))
    except OSError:  # such as a full disk: another model would not help
        raise
    except Exception as error:  # torch raises many kinds here
        raise ReaderError(
            f"the reader {name!r} could not be exported to ONNX ({error}); try another model, "
            "or leave --reader out for the one that comes with the program"
        ) from error
    card = {
        "name": name,
        "max_tokens": tokenizer.model_max_length,
        "max_answer_tokens": _MAX_ANSWER_TOKENS,
    }
    write_card(part, card)


def _load(name: str) -> tuple[Any, Any]:
    """Load a question-answering model and its tokenizer; folders without the network."""
    try:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        local = Path(name).is_dir()
        model, found = AutoModelForQuestionAnswering.from_pretrained(
            name, local_files_only=local, output_loading_info=True
        )
        if found["missing_keys"]:  # they would be random
            raise ValueError(f"it lacks the weights {', '.join(sorted(found['missing_keys']))}")
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
        if tokenizer.backend_tokenizer is None:
            raise ValueError("it has no fast tokenizer")
        if len(tokenizer) < model.config.vocab_size // 2:  # an empty one, for lack of its files
            raise ValueError(f"its tokenizer knows {len(tokenizer)} pieces of words")
    except Exception as error:  # a missing model, a bad folder, no network: many kinds
        raise ReaderError(
            f"the reader {name!r} cannot be loaded ({error}); expected a folder made by "
            "train.reader, or a question-answering model's folder, or its name with the network on"
        ) from error
    return model, tokenizer


def _write_onnx(model: Any, tokenizer: Any, part: Path, precision: str) -> None:
    import torch

    batch = tokenizer(["Who?", "When was it?"], ["It was Ada.", "In 1843."], padding=True,
                      return_tensors="pt")  # fmt: skip
    names = [name for name in INPUTS if name in batch]

    class Traced(torch.nn.Module):  # type: ignore[misc]  # torch is not read by mypy
        """The model with its inputs as positional tensors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: Any) -> tuple[Any, Any]:
            found = self.model(**dict(zip(names, tensors, strict=True)))
            return found.start_logits, found.end_logits

    tokens = {0: "batch", 1: "tokens"}
    write_onnx(
        Traced(),
        {name: batch[name] for name in names},
        {START_OUTPUT: tokens, END_OUTPUT: tokens},
        part / MODEL_FILE,
        precision,
        texts=[_inputs(tokenizer, names, *text) for text in _TEXTS],
    )


def _inputs(tokenizer: Any, names: Sequence[str], question: str, passage: str) -> Inputs:
    encoding = tokenizer(question, passage, truncation="only_second", return_tensors="np")
    return {name: np.asarray(encoding[name], dtype=np.int64) for name in names}
