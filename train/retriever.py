"""Train the encoder to put questions near the passages that answer them: `… --help`.

Questions with passages in; a sentence-transformers folder out, for `train.encoder --trained`.
Contrastive: of a batch's passages each question's own has to be the nearest (InfoNCE, van den Oord
et al. 2018, arXiv:1807.03748). Half a batch is of one folder of documents, or of one source with
its articles side by side, so that the others are near misses.
"""

import argparse
import json
import logging
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import Tensor, nn

from qa.models.encoder import TOKENIZER_FILE
from qa.models.export_encoder import MINILM, official_weights
from train.data import (
    Example,
    load_examples,
    load_rows,
    split_by_title,
    training_examples,
    window,
)
from train.model import load_network

_LOG = logging.getLogger(__name__)
_WORD = re.compile(r"\w+")
_MAX_TOKENS = 256
_PAD_MULTIPLE = 16
_SCALE = 20.0
"""Of cosines; sentence-transformers' own, so that they stay as far apart as they were."""
_WINDOW_TOKENS = (60, 200)
_PAIR_WORDS = 190
_HEADED_SHARE = 0.5
_MAX_TITLE_CHARACTERS = 60
_NOT_ASKED = ("nq_swap", "policyqa")
"""Another passage would do as well, or none."""
_WARM_UP_STEPS = 50
_RUN_WORDS = 13
"""By so many words in a row a passage is known again, as in the data's own check."""
_FALLING = 0.8
_LEAST_GROUP = 8
_LEAST_HALVES = 2
_LOG_STEPS = 50


class Pair(NamedTuple):
    """A question and a passage that answers it, as the encoder reads it.

    `group` is what is batched together, `order` what lies side by side there. Pairs of one
    `source`, the text that the passage is of, are not held against each other.
    """

    question: str
    passage: str
    group: str
    order: str
    source: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    papers = pairs_of(load_examples(options.papers), rng)
    others = pairs_of([e for path in options.data for e in load_examples(path)], rng)
    held = held_back(options.data)
    others += [pair for path in options.pairs for pair in load_pairs(path) if not held.has(pair)]
    network = load_network(official_weights())
    trained = fit(network, batches(papers, others, options.batch, rng), options)
    model = SentenceTransformer(str(official_weights()), device="cpu")
    model[0].auto_model.load_state_dict(network.state_dict())
    model.save(str(options.out))
    record = {"base": MINILM, "trained": trained}
    (options.out / "trained.json").write_text(json.dumps(record, indent=2), "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--papers", type=Path, required=True, help="what `train.papers` wrote")
    add("--data", type=Path, nargs="*", default=[], help="SQuAD-like JSON lines, .gz or not")
    add("--pairs", type=Path, nargs="*", default=[], help="queries with passages, JSON lines .gz")
    add("--out", type=Path, required=True, help="folder for the model")
    add("--minutes", type=float, default=25.0, help="how long to train (%(default)s)")
    add("--rate", type=float, default=4e-5, help="falls to 0 (%(default)s)")
    add("--batch", type=int, default=64, help="pairs a step (%(default)s)")
    add("--bfloat16", action="store_true", help="for processors with AVX-512 bfloat16 or AMX")
    add("--threads", type=int, default=2)
    add("--seed", type=int, default=1)
    return parser


class Held(NamedTuple):
    """What the titles held back from training ask and say: questions, and runs of words."""

    questions: frozenset[str]
    runs: frozenset[str]

    def has(self, pair: Pair) -> bool:
        """Whether a pair is among them: by its question, or a run of its passage's words."""
        return _plain(pair.question) in self.questions or not self.runs.isdisjoint(
            _runs_of(pair.passage)
        )


def held_back(paths: Sequence[Path]) -> Held:
    """Find what files of SQuAD-like examples hold back."""
    splits = [split_by_title(load_examples(path)) for path in paths]
    held = [example for split in splits for example in (*split.validation, *split.test)]
    runs = {run for text in {e.context for e in held} for run in _runs_of(text)}
    return Held(frozenset(_plain(example.question) for example in held), frozenset(runs))


def _runs_of(text: str) -> Iterator[str]:
    words = _WORD.findall(text.lower())
    for low in range(len(words) - _RUN_WORDS + 1):
        yield " ".join(words[low : low + _RUN_WORDS])


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def pairs_of(examples: Sequence[Example], rng: random.Random) -> list[Pair]:
    """Make pairs of the answerable examples whose titles are for training."""
    return [
        Pair(
            example.question,
            _passage(example, rng),
            _group(example),
            example.title,
            example.context,
        )
        for example in training_examples(examples)
        if example.answerable and not example.source.startswith(_NOT_ASKED)
    ]


def _group(example: Example) -> str:
    return example.title.split("/")[0] if example.heading is not None else example.source


def _passage(example: Example, rng: random.Random) -> str:
    """Put together what the product would give to the encoder."""
    if example.heading is not None:
        return f"{example.heading}\n{example.context}" if example.heading else example.context
    cut = window(example, rng.randint(*_WINDOW_TOKENS), rng)
    titled = example.title != example.context.lower() and rng.random() < _HEADED_SHARE
    title = example.title.title()[:_MAX_TITLE_CHARACTERS]
    return f"{title}\n{cut.context}" if titled else cut.context


def load_pairs(path: Path) -> Iterator[Pair]:
    """Load queries with passages; long passages are cut."""
    for row in load_rows(path):
        passage = " ".join(row["passage"].split()[:_PAIR_WORDS])
        yield Pair(row["query"], passage, path.name, row["passage"][:40], row["passage"])


def batches(
    papers: Sequence[Pair], others: Sequence[Pair], size: int, rng: random.Random
) -> Iterator[list[Pair]]:
    """Yield batches for ever, of two groups each; as many of papers as of all others.

    Raises:
        ValueError: There are too few pairs for a batch.
    """
    half = max(_LEAST_GROUP, size // 2)
    while True:
        groups: dict[str, list[Pair]] = {}
        for pair in rng.sample(papers, len(papers)):
            groups.setdefault(pair.group, []).append(pair)
        halves = [part for own in groups.values() for part in _parts(own, half)]
        drawn = rng.sample(others, min(len(others), len(halves) * half))
        halves += _parts(sorted(drawn, key=lambda p: (p.group, p.order, rng.random())), half)
        if len(halves) < _LEAST_HALVES:
            raise ValueError(f"too few pairs: expected {size} of one folder or source, or more")
        rng.shuffle(halves)
        for first, second in zip(halves[::2], halves[1::2], strict=False):
            yield first + second


def _parts(pairs: Sequence[Pair], size: int) -> list[list[Pair]]:
    parts = [list(pairs[low : low + size]) for low in range(0, len(pairs), size)]
    return [part for part in parts if len(part) >= _LEAST_GROUP]


def fit(model: Any, batches: Iterator[list[Pair]], options: argparse.Namespace) -> dict[str, int]:
    """Train until the minutes are over; return how much was trained.

    Args:
        model: A Hugging Face encoder, changed in place; its embeddings stay as they are.
        batches: What to train on.
        options: Minutes, rate, precision.
    """
    tokenizer = Tokenizer.from_file(str(official_weights() / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)
    model.embeddings.requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=options.rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    model.train()
    began, steps, pairs, smooth = time.monotonic(), 0, 0, 0.0
    while (left := 1 - (time.monotonic() - began) / 60 / options.minutes) > 0:
        batch = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1, (steps + 1) / _WARM_UP_STEPS, left / _FALLING)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bfloat16):
            loss = _loss(model, tokenizer, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        steps, pairs = steps + 1, pairs + len(batch)
        smooth = loss.item() if steps == 1 else 0.98 * smooth + 0.02 * loss.item()
        if steps % _LOG_STEPS == 0:
            _LOG.info(
                "%.0f %% left, %d steps, %d pairs, loss %.3f", left * 100, steps, pairs, smooth
            )
    return {"minutes": round(options.minutes), "steps": steps, "pairs": pairs}


def _loss(model: Any, tokenizer: Tokenizer, batch: Sequence[Pair]) -> Tensor:
    """Compute the cross-entropy of each question's own passage among the batch's."""
    questions = _encode(model, tokenizer, [pair.question for pair in batch])
    # In two parts by length, so that short passages are not padded like long ones.
    passages = [pair.passage for pair in batch]
    order = sorted(range(len(passages)), key=lambda i: len(passages[i]))
    parts = (order[: len(order) // 2], order[len(order) // 2 :])
    vectors = torch.cat([_encode(model, tokenizer, [passages[i] for i in part]) for part in parts])
    scores = questions @ vectors[torch.tensor(order).argsort()].T * _SCALE
    again = torch.tensor([[answers_too(one, other) for other in batch] for one in batch])
    again.fill_diagonal_(False)
    own = torch.arange(len(batch))
    return nn.functional.cross_entropy(scores.masked_fill(again, -1e4), own)


def answers_too(one: Pair, other: Pair) -> bool:
    """Whether another pair's passage may answer a question as well."""
    return one.source == other.source or one.question == other.question


def _encode(model: Any, tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """Return the texts' unit vectors as fp32, shape (n_texts, dim)."""
    encodings = tokenizer.encode_batch(list(texts))
    longest = max(len(encoding.ids) for encoding in encodings)
    length = -(-longest // _PAD_MULTIPLE) * _PAD_MULTIPLE
    ids = torch.tensor([e.ids + [0] * (length - len(e.ids)) for e in encodings])
    mask = torch.tensor([[1] * len(e.ids) + [0] * (length - len(e.ids)) for e in encodings])
    tokens = model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    sums = (tokens * mask[..., None]).sum(dim=1)
    return nn.functional.normalize(sums, dim=-1)


if __name__ == "__main__":
    main()
