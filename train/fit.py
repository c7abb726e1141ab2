"""A reader network and examples in, a trained one out.

Does not know files of examples, validation or export.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from train.data import Example
from train.model import ReaderModel

_LOG = logging.getLogger(__name__)
_PAD_MULTIPLE = 16
_CHECKPOINT_MINUTES = 8
_LOG_STEPS = 50
_EMA_DECAY = 0.995
_WARM_UP_STEPS = 100
_HEAD_RATE = 4.0


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How to train.

    Attributes:
        epochs: Passes over the data; each draws windows and near misses anew.
        minutes: Training ends by then at the latest.
        batch_tokens: Tokens of a batch, with padding.
        rate: Peak rate of the encoder; the heads' is 4 times that. It rises for 100 steps
            and falls linearly to 0 as the epochs or the minutes run out.
    """

    epochs: int
    minutes: float
    batch_tokens: int
    rate: float


class Item(NamedTuple):
    """A tokenised example; `start` and `end` are token positions, 0 for no answer."""

    ids: list[int]
    types: list[int]
    start: int
    end: int


def tokenise(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Item]:
    """Tokenise for training; an example whose answer was cut off falls away."""
    encodings = tokenizer.encode_batch([(e.question, e.context) for e in examples])
    items = []
    for example, encoding in zip(examples, encodings, strict=True):
        start: int | None = 0
        end: int | None = 0
        if example.answers:
            text, low = example.answers[0]
            start = encoding.char_to_token(low, 1)
            end = encoding.char_to_token(low + len(text.rstrip()) - 1, 1)
        if start is not None and end is not None:
            items.append(Item(encoding.ids, encoding.type_ids, start, end))
    return items


def fit(
    model: ReaderModel,
    warm_up: list[Item],
    draw_epoch: Callable[[], list[Item]],
    settings: FitSettings,
    checkpoint: Path,
    rng: random.Random,
) -> tuple[ReaderModel, dict[str, float]]:
    """Train on the warm-up once, then on the epochs, until those or the minutes are over.

    Args:
        model: Changed in place.
        warm_up: Read once, before the epochs.
        draw_epoch: Gives the examples of the next epoch.
        settings: How to train.
        checkpoint: Where the averaged weights are saved every eight minutes and at the end.
        rng: Orders the batches.

    Returns:
        A model with the moving average of the weights, and how much was trained.
    """
    optimizer = _optimizer(model, settings.rate)
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(_EMA_DECAY))
    model.train()
    began = saved = time.monotonic()
    done = Counter[str]()
    for progress, batch in _schedule(warm_up, draw_epoch, settings, rng):
        rising = (done["steps"] + 1) / _WARM_UP_STEPS
        for group in optimizer.param_groups:
            group["lr"] = group["scale"] * settings.rate * min(rising, 1 - progress)
        loss = _loss(model, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        averaged.update_parameters(model)
        done.update(steps=1, examples=len(batch), tokens=sum(len(item.ids) for item in batch))
        if done["steps"] % _LOG_STEPS == 0:
            _LOG.info("%.3f %s loss %.3f", progress, dict(done), loss.item())
        if time.monotonic() - saved > _CHECKPOINT_MINUTES * 60:
            saved = time.monotonic()
            save_file(averaged.module.state_dict(), checkpoint)
    save_file(averaged.module.state_dict(), checkpoint)
    trained: ReaderModel = averaged.module
    return trained, {**done, "minutes": round((time.monotonic() - began) / 60, 1)}


def _optimizer(model: ReaderModel, rate: float) -> torch.optim.Optimizer:
    encoder = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": encoder, "scale": 1.0}, {"params": heads, "scale": _HEAD_RATE}]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01, fused=True)


def _schedule(
    warm_up: list[Item],
    draw_epoch: Callable[[], list[Item]],
    settings: FitSettings,
    rng: random.Random,
) -> Iterator[tuple[float, list[Item]]]:
    """Yield batches, each with the share of the training that is over, 0 to 1."""
    began = time.monotonic()
    for epoch in range(-1, settings.epochs):
        items = warm_up if epoch < 0 else draw_epoch()
        batches = _batches(items, settings.batch_tokens, rng)
        for number, batch in enumerate(batches):
            read = max(epoch + number / len(batches), 0) / settings.epochs
            progress = max(read, (time.monotonic() - began) / 60 / settings.minutes)
            if progress >= 1:
                return
            yield progress, batch


def _batches(items: Sequence[Item], tokens: int, rng: random.Random) -> list[list[Item]]:
    """Group items of like length, at most `tokens` with padding, in random order."""
    batches: list[list[Item]] = []
    for item in sorted(items, key=lambda item: (_padded(item), rng.random())):
        if not batches or (len(batches[-1]) + 1) * _padded(item) > tokens:
            batches.append([])
        batches[-1].append(item)
    rng.shuffle(batches)
    return batches


def _padded(item: Item) -> int:
    """Round the length up: memory grows with every new shape."""
    return -(-len(item.ids) // _PAD_MULTIPLE) * _PAD_MULTIPLE


def _loss(model: ReaderModel, batch: Sequence[Item]) -> Tensor:
    """Cross-entropy of both ends, with the first token for no answer, plus answerability."""
    length = max(_padded(item) for item in batch)

    def pad(rows: Sequence[list[int]]) -> Tensor:
        return torch.tensor([row + [0] * (length - len(row)) for row in rows])

    mask = pad([[1] * len(item.ids) for item in batch])
    start, end, answerable = model(
        pad([item.ids for item in batch]), mask, pad([item.types for item in batch])
    )
    labels = torch.tensor([float(item.end > 0) for item in batch])
    spans = nn.functional.cross_entropy(start, torch.tensor([item.start for item in batch]))
    spans = spans + nn.functional.cross_entropy(end, torch.tensor([item.end for item in batch]))
    return spans / 2 + nn.functional.binary_cross_entropy_with_logits(answerable, labels)
