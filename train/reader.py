"""Train a reader from SQuAD-like files: `python -m train.reader --help`.

Examples in; `checkpoint.pt` and `weights.safetensors` out. `train.export` and
`train.calibrate` come next.
"""

import argparse
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from qa.models.export_encoder import official_weights
from train.data import Example, load_examples, training_examples, window
from train.fit import FitSettings, Item, fit, tokenise, tokenise_claims
from train.made.contrast import contrasted
from train.made.facts import templated_examples
from train.made.negatives import removed_negatives, retrieved_negatives, swapped_negatives
from train.made.sentences import Claim, explained_examples, load_claims, yes_no_examples
from train.made.tables import table_examples
from train.model import ReaderModel
from train.passages import TWINS
from train.start import start_from

_LOG = logging.getLogger(__name__)
# Product passages and questions are shorter; longer ones are read in windows.
_MAX_TRAINING_TOKENS = 256
_MAX_ANSWER_CHARACTERS = 160
_WINDOW_TOKENS = (40, 150)
# Of each source, what share an epoch sees: the hardest and most natural most often.
_SHARES = {
    "squadshifts_amazon": 0.4, "squadshifts_reddit": 0.4, "squad1_sub": 0.5, "nearmiss_nq": 0.35,
    "qed": 0.6, "tydiqa_goldp_en": 0.8, "policyqa": 0.3, "fairytaleqa": 0.4, "nq_swap": 0.5,
    "squad_dev": 0.9, "squadshifts_newwiki": 0.7, "edit_year": 0.7, "edit_antonym": 0.5,
    "edit_entity": 0.7, "squad2_pairs_lower": 0.7, "timeqa_human": 0.8,
}  # fmt: skip
# Of the answerable examples, how many are tried for each kind of made example.
_RETRIEVED_SHARE = 0.03
_SWAPPED_SHARE = 0.06
_REMOVED_SHARE = 0.04
_CONTRASTED_SHARE = 0.12
_FACTS, _TABLES, _YES_NO, _EXPLAINED, _CLAIMS = 800, 3000, 2200, 1600, 7000
_TITLED_SHARE = 0.5
_OTHER_TITLE_SHARE = 0.12
_MAX_TITLE_CHARACTERS = 60
_HEADED_SHARE = 0.9
"""Of passages that the product has cut, how many are read with their heading."""
_UNTITLED = re.compile(r"^squad (?:par|low) |^facts$|^\W*$")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    examples = training_examples([e for path in options.data for e in load_examples(path)])
    claims = [claim for path in options.claims for claim in load_claims(path)]
    tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TRAINING_TOKENS, strategy="only_second")
    model = ReaderModel(options.base, options.frozen)
    if options.start:
        start_from(model, options.start)
    settings = FitSettings(
        minutes=options.minutes,
        decay_minutes=options.decay_minutes,
        batch_tokens=options.batch_tokens,
        parts=options.parts,
        workers=options.workers,
        rate=options.rate,
        bfloat16=options.bfloat16,
    )

    def draw() -> list[Item]:
        drawn = _drawn(examples, claims, options.explained, options.share, rng)
        return _items(drawn, claims, options.share, tokenizer, rng)

    pad = model.encoder.config.pad_token_id
    trained = fit(model, draw, settings, options.out / "checkpoint.pt", rng, pad)
    save_file(model.state_dict(), options.out / "weights.safetensors")
    told = {name: value for name, value in vars(options).items() if isinstance(value, int | float)}
    record = {"base": options.base.name, "settings": told, "trained": trained}
    (options.out / "trained.json").write_text(json.dumps(record, indent=2), "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="SQuAD-like JSON lines, .gz or not")
    add("--claims", type=Path, nargs="*", default=[], help="claims with evidence, JSON lines .gz")
    add("--explained", type=Path, help="questions with passages that answer them, JSON lines .gz")
    add("--share", type=float, default=1.0, help="how much of all but papers and twins to see")
    add("--out", type=Path, required=True, help="folder for checkpoint and weights")
    add("--base", type=Path, default=official_weights(), help="encoder to start from (%(default)s)")
    add("--start", type=Path, help="folder of a reader to train on, of the same base")
    add("--frozen", type=int, default=0, help="lowest layers that stay as they are")
    add("--minutes", type=float, default=60.0, help="how long to train (%(default)s)")
    add("--decay-minutes", type=float, default=15.0, help="the rate falls to 0 in the last of them")
    add("--batch-tokens", type=int, default=1024, help="with padding")
    add("--parts", type=int, default=2, help="batches of a step")
    add("--workers", type=int, default=1, help="threads that take a batch each")
    add("--rate", type=float, default=5e-5, help="the encoder's; the heads' is 10 times that")
    add("--bfloat16", action="store_true", help="for processors with AVX-512 bfloat16 or AMX")
    add("--threads", type=int, default=2)
    add("--seed", type=int, default=1)
    return parser


def _drawn(
    examples: Sequence[Example],
    claims: Sequence[Claim],
    explained: Path | None,
    share: float,
    rng: random.Random,
) -> list[Example]:
    """Draw sources, windows and near misses anew.

    Passages that the product has cut are taken whole, all of them.
    """
    cut = [example for example in examples if example.heading is not None]
    short = [
        window(example, rng.randint(*_WINDOW_TOKENS), rng)
        for example in examples
        if example.heading is None
        and rng.random() < _share_of(example.source, share)
        and all(len(answer.text) <= _MAX_ANSWER_CHARACTERS for answer in example.answers)
    ]
    answerable = [example for example in short if example.answers]
    having = answerable or cut
    others = [example.context for example in rng.sample(having, min(2000, len(having)))]
    drawn = {
        "cut": cut,
        "real": short,
        "retrieved": retrieved_negatives(answerable, _RETRIEVED_SHARE, rng),
        "swapped": swapped_negatives(answerable, _SWAPPED_SHARE, rng),
        "removed": removed_negatives(answerable, _REMOVED_SHARE, rng),
        "contrasted": contrasted(answerable, _CONTRASTED_SHARE, rng),
        "facts": templated_examples(round(share * _FACTS), rng),
        "tables": table_examples(round(share * _TABLES), rng),
        "yes_no": yes_no_examples(claims, others, round(share * _YES_NO), rng),
    }
    if explained is not None:
        drawn["explained"] = explained_examples(explained, round(share * _EXPLAINED), rng)
    for kind, made in drawn.items():
        unanswerable = sum(not example.answerable for example in made)
        _LOG.info("epoch: %d %s, %d of them unanswerable", len(made), kind, unanswerable)
    return [example for made in drawn.values() for example in made]


def _share_of(source: str, share: float) -> float:
    return 1.0 if source == TWINS else share * _SHARES.get(source, 1.0)


def _items(
    examples: Sequence[Example],
    claims: Sequence[Claim],
    share: float,
    tokenizer: Tokenizer,
    rng: random.Random,
) -> list[Item]:
    """Give examples headings and tokenise them; add claims."""
    titles = sorted({e.title for e in examples if _is_heading(e)})
    items = tokenise([_headed(example, titles, rng) for example in examples], tokenizer)
    chosen = rng.sample(list(claims), min(round(share * _CLAIMS), len(claims)))
    items += tokenise_claims(chosen, tokenizer)
    _LOG.info("epoch: %s", Counter("claim" if i.claim >= 0 else "question" for i in items))
    return items


def _is_heading(example: Example) -> bool:
    title = example.title
    if example.heading is not None or len(title) > _MAX_TITLE_CHARACTERS:
        return False
    return not _UNTITLED.match(title)


def _headed(example: Example, titles: Sequence[str], rng: random.Random) -> tuple[Example, str]:
    """Add a heading to some, as the product does; now and then another document's.

    A question that names its document is not answered by the same words in another one.
    """
    if example.heading is not None:
        return example, example.heading if rng.random() < _HEADED_SHARE else ""
    if not _is_heading(example) or rng.random() >= _TITLED_SHARE:
        return example, ""
    named = example.title in example.question.lower()
    if named and example.title not in example.context.lower() and rng.random() < _OTHER_TITLE_SHARE:
        return replace(example, answers=()), rng.choice(titles).title()
    return example, example.title.title()


if __name__ == "__main__":
    main()
