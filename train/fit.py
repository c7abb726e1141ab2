"""Train a reader network on examples and claims.

Does not know files of examples, validation or export.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn

from train.data import Example, sentence_bounds
from train.made.sentences import Claim
from train.model import CLAIM_LABELS, ReaderModel, Scores

_LOG = logging.getLogger(__name__)
_PAD_MULTIPLE = 16
_CHECKPOINT_MINUTES = 10
_LOG_STEPS = 50
_WARM_UP_STEPS = 100
_HEAD_RATE = 5.0
_CHUNK = 1500
_ENCODED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How to train.

    Attributes:
        minutes: When to stop.
        decay_minutes: The rate is constant until so long before the end, then falls to 0: a
            checkpoint of the constant part can be trained on for longer.
        batch_tokens: Tokens of a batch, with padding; a step takes `parts` batches.
        parts: Batches whose gradients are averaged for a step.
        workers: Threads that compute gradients, each a batch at a time. With one thread of
            the library's own each, they lose less to other work on the machine than as many
            threads inside every operation.
        rate: Of the encoder; the heads' is five times that.
        bfloat16: Whether to compute in half precision: twice as fast where the processor
            has instructions for it, many times slower where it has not.
    """

    minutes: float
    decay_minutes: float
    batch_tokens: int
    parts: int
    workers: int
    rate: float
    bfloat16: bool


class Item(NamedTuple):
    """A tokenised example.

    Attributes:
        ids: Token ids.
        types: 1 on the passage's tokens.
        start: Token the answer starts at, 0 for no answer, -1 if no span is known.
        end: Token it ends at.
        sentences: For each token its sentence's number, -1 outside of the passage.
        belongs: For each sentence whether it is part of the answer.
        claim: Number of the claim's label, -1 for a question.
    """

    ids: list[int]
    types: list[int]
    start: int
    end: int
    sentences: list[int]
    belongs: list[float]
    claim: int


def tokenise(examples: Sequence[tuple[Example, str]], tokenizer: Tokenizer) -> list[Item]:
    """Tokenise examples, each with a heading to put in front ("" for none).

    An example whose answer was cut off falls away.
    """
    items = []
    for low in range(0, len(examples), _ENCODED_AT_ONCE):
        part = examples[low : low + _ENCODED_AT_ONCE]
        pairs = [(e.question, f"{head}\n{e.context}" if head else e.context) for e, head in part]
        for (example, head), encoding in zip(part, tokenizer.encode_batch(pairs), strict=True):
            item = _item(example, len(head) + 1 if head else 0, encoding)
            if item is not None:
                items.append(item)
    return items


def tokenise_claims(claims: Sequence[Claim], tokenizer: Tokenizer) -> list[Item]:
    """Tokenise claims with their evidence."""
    encodings = tokenizer.encode_batch([(claim.claim, claim.evidence) for claim in claims])
    return [
        Item(e.ids, types_of(e), -1, -1, [-1] * len(e.ids), [], CLAIM_LABELS.index(claim.label))
        for claim, e in zip(claims, encodings, strict=True)
    ]


def types_of(encoding: Encoding) -> list[int]:
    """Mark the passage's own tokens with 1, the others with 0."""
    return [int(part == 1) for part in encoding.sequence_ids]


def _item(example: Example, shift: int, encoding: Encoding) -> Item | None:
    start: int | None = -1 if example.evidence else 0
    end = start
    if example.answers:
        text, low = example.answers[0]
        start = encoding.char_to_token(low + shift, 1)
        end = encoding.char_to_token(low + shift + len(text.rstrip()) - 1, 1)
    if start is None or end is None:
        return None
    bounds = line_bounds(example.context)
    wanted = example.evidence or tuple(
        (a.start, a.start + len(a.text)) for a in example.answers[:1]
    )
    belongs = [float(any(a < high and b > low for a, b in wanted)) for low, high in bounds]
    starts = [low + shift for low, _ in bounds]
    if shift:  # a heading is never an answer
        starts, belongs = [0, *starts], [0.0, *belongs]
    sentences, number = [], 0
    for part, (low, high) in zip(encoding.sequence_ids, encoding.offsets, strict=True):
        if part != 1 or high <= low:
            sentences.append(-1)
            continue
        while number + 1 < len(starts) and low >= starts[number + 1]:
            number += 1
        sentences.append(number)
    if example.answerable and not any(n >= 0 and belongs[n] for n in sentences):
        return None
    return Item(encoding.ids, types_of(encoding), start, end, sentences, belongs, -1)


def line_bounds(text: str) -> list[tuple[int, int]]:
    """Find sentences; a line of its own is one, too, as in tables and forms."""
    bounds, low = [], 0
    for line in text.splitlines(keepends=True):
        bounds += [(low + a, low + b) for a, b in sentence_bounds(line) if line[a:b].strip()]
        low += len(line)
    return bounds or [(0, len(text))]


def fit(
    model: ReaderModel,
    draw_epoch: Callable[[], list[Item]],
    settings: FitSettings,
    checkpoint: Path,
    rng: random.Random,
    pad_id: int,
) -> dict[str, float]:
    """Train until the minutes are over; carry on from the checkpoint if there is one.

    Args:
        model: Changed in place.
        draw_epoch: Makes the examples of the next epoch.
        settings: How to train.
        checkpoint: Where weights and the optimizer's state are kept, every ten minutes and
            before the rate begins to fall.
        rng: Orders the batches.
        pad_id: The tokenizer's padding token.

    Returns:
        How much was trained in all.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = _optimizer(model, settings.rate)
    done = Counter[str]()
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done.update(state["done"])
        _LOG.info("carrying on after %s", dict(done))
    model.train()
    began = saved = time.monotonic()
    smooth: dict[str, float] = {}
    falling = False
    pool = ThreadPoolExecutor(settings.workers)
    batches = _batches(draw_epoch, settings.batch_tokens, rng)
    while True:
        left = settings.minutes - (time.monotonic() - began) / 60
        if left <= 0:
            break
        due = time.monotonic() - saved > _CHECKPOINT_MINUTES * 60
        if not falling and (due or left < settings.decay_minutes):
            saved = time.monotonic()
            _save(checkpoint, model, optimizer, done)
            falling = left < settings.decay_minutes
        rising = (done["steps"] + 1) / _WARM_UP_STEPS
        for group in optimizer.param_groups:
            group["lr"] = (
                group["scale"] * settings.rate * min(1, rising, left / settings.decay_minutes)
            )
        parts = list(islice(batches, settings.parts))
        computed = pool.map(
            lambda part: _gradients(model, trained, part, pad_id, settings.bfloat16), parts
        )
        for batch, (gradients, losses) in zip(parts, computed, strict=True):
            _add(trained, gradients, 1 / len(parts))
            done.update(examples=len(batch), tokens=sum(len(item.ids) for item in batch))
            for name, loss in losses.items():
                smooth[name] = smooth.get(name, loss) * 0.99 + 0.01 * loss
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        done.update(steps=1)
        if done["steps"] % _LOG_STEPS == 0:
            shown = {name: round(value, 3) for name, value in smooth.items()}
            _LOG.info("%.1f min left, %s %s", left, dict(done), shown)
    pool.shutdown()
    done["minutes"] += round((time.monotonic() - began) / 60)
    return dict(done)


def _gradients(
    model: ReaderModel, trained: Sequence[Tensor], batch: list[Item], pad_id: int, bfloat16: bool
) -> tuple[Sequence[Tensor | None], dict[str, float]]:
    """Compute a batch's gradients and losses, leaving those of other threads alone."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        scores = model(*_tensors(batch, pad_id))
    losses = _losses(scores, batch)
    total = torch.stack(list(losses.values())).sum()
    gradients = torch.autograd.grad(total, trained, allow_unused=True)
    return gradients, {name: loss.item() for name, loss in losses.items()}


def _add(trained: Sequence[Tensor], gradients: Sequence[Tensor | None], share: float) -> None:
    for parameter, gradient in zip(trained, gradients, strict=True):
        if gradient is None:
            continue
        if parameter.grad is None:
            parameter.grad = gradient * share
        else:
            parameter.grad.add_(gradient, alpha=share)


def _save(path: Path, model: nn.Module, optimizer: Any, done: Counter[str]) -> None:
    part = path.with_suffix(".part")
    torch.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "done": dict(done)}, part
    )
    part.replace(path)


def _optimizer(model: ReaderModel, rate: float) -> torch.optim.Optimizer:
    encoder = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": encoder, "scale": 1.0}, {"params": heads, "scale": _HEAD_RATE}]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True)


def _batches(
    draw_epoch: Callable[[], list[Item]], tokens: int, rng: random.Random
) -> Iterator[list[Item]]:
    """Yield batches for ever: items of like length, at most `tokens` with padding."""
    while True:
        items = draw_epoch()
        rng.shuffle(items)
        for low in range(0, len(items), _CHUNK):
            batches: list[list[Item]] = []
            for item in sorted(items[low : low + _CHUNK], key=_padded):
                if not batches or (len(batches[-1]) + 1) * _padded(item) > tokens:
                    batches.append([])
                batches[-1].append(item)
            yield from rng.sample(batches, len(batches))


def _padded(item: Item) -> int:
    """Round the length up: memory grows with every new shape."""
    return -(-len(item.ids) // _PAD_MULTIPLE) * _PAD_MULTIPLE


def _tensors(batch: Sequence[Item], pad_id: int) -> tuple[Tensor, Tensor, Tensor]:
    length = max(_padded(item) for item in batch)

    def pad(rows: Sequence[list[int]], value: int) -> Tensor:
        return torch.tensor([row + [value] * (length - len(row)) for row in rows])

    return (
        pad([item.ids for item in batch], pad_id),
        pad([[1] * len(item.ids) for item in batch], 0),
        pad([item.types for item in batch], 0),
    )


def _losses(scores: Scores, batch: Sequence[Item]) -> dict[str, Tensor]:
    """Compute each head's loss over the items that say something to it."""
    losses = {}
    spans = [i for i, item in enumerate(batch) if item.start >= 0]
    if spans:
        starts = torch.tensor([batch[i].start for i in spans])
        ends = torch.tensor([batch[i].end for i in spans])
        cross_entropy = nn.functional.cross_entropy
        losses["span"] = (
            cross_entropy(scores.start[spans], starts) + cross_entropy(scores.end[spans], ends)
        ) / 2
    asked = [i for i, item in enumerate(batch) if item.claim < 0]
    if asked:
        labels = torch.tensor([float(any(batch[i].belongs)) for i in asked])
        losses["answerable"] = 0.5 * nn.functional.binary_cross_entropy_with_logits(
            scores.answerable[asked], labels
        )
        losses["sentence"] = _sentence_loss(scores, batch, asked)
    if within := [i for i in asked if batch[i].start < 0]:
        losses["within"] = 0.5 * _within_loss(scores, batch, within)
    claims = [i for i, item in enumerate(batch) if item.claim >= 0]
    if claims:
        labels = torch.tensor([batch[i].claim for i in claims])
        share = len(claims) / len(batch)
        losses["claim"] = share * nn.functional.cross_entropy(scores.claim[claims], labels)
    return losses


def _sentence_loss(scores: Scores, batch: Sequence[Item], asked: Sequence[int]) -> Tensor:
    """Compare each sentence's mean token score with whether it is part of the answer."""
    means, labels = [], []
    for i in asked:
        numbers = torch.tensor(batch[i].sentences)
        inside = numbers >= 0
        size = len(batch[i].belongs)
        sums = torch.zeros(size).index_add(
            0, numbers[inside], scores.evidence[i, : len(numbers)][inside]
        )
        counts = torch.bincount(numbers[inside], minlength=size)
        means.append((sums / counts.clamp(min=1))[counts > 0])
        labels.append(torch.tensor(batch[i].belongs)[counts > 0])
    return nn.functional.binary_cross_entropy_with_logits(torch.cat(means), torch.cat(labels))


def _within_loss(scores: Scores, batch: Sequence[Item], rows: Sequence[int]) -> Tensor:
    """Say that start and end lie somewhere in the sentences that answer."""
    total = []
    for i in rows:
        item = batch[i]
        belongs = torch.tensor([n >= 0 and item.belongs[n] > 0 for n in item.sentences])
        for logits in (scores.start[i], scores.end[i]):
            within = torch.logsumexp(logits[: len(belongs)][belongs], 0)
            total.append(torch.logsumexp(logits, 0) - within)
    return torch.stack(total).mean()
