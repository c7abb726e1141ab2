"""Fit what a reader's scores are worth: `python -m train.calibrate --help`.

Gold questions on an indexed corpus and SQuAD-like files in; the calibration goes into the
reader's `reader.json`. The weights are fitted on the gold's calibration splits and on
questions of the files' validation titles, by source, asked of an index of those titles'
contexts. Of the sources without unanswerable questions, the contexts of every third
article are left out: their questions then have no answer, as it happens in real use.
An answer is right if its sentence is evidence or its words are a gold answer.

Risk is measured on `--risk-gold` and those sources alone: ordinary questions, not ones made
to mislead, of which one in five is taken to have no answer.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sentencex import get_sentence_boundaries
from sklearn.metrics import roc_auc_score

from qa.answer.read import Calibration, Risk, Signs
from qa.evaluate.calibrate import (
    SIGN_BOUNDS,
    Asked,
    Asker,
    best_sentences,
    fit_logistic,
    probabilities,
    risk_table,
    rounded,
)
from qa.evaluate.gold import load_gold
from qa.evaluate.statistics import Floats
from qa.index.build import build_index
from qa.models.span_network import SpanNetwork, write_card
from train.data import Example, load_examples, split_by_title

_L2 = 0.01
_UNANSWERABLE_SHARE = 0.2
# A share among fewer answers says nothing.
_LEAST_ANSWERS = 20


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    network = SpanNetwork(options.reader)
    page = Asker(options.index, network)

    def ask_gold(path: Path) -> list[Asked]:
        gold = load_gold(path, "calibration")
        return [page.ask(entry.question, entry.evidence, entry.answers) for entry in gold]

    ordinary = {path.name: ask_gold(path) for path in options.risk_gold}
    hard = {path.name: ask_gold(path) for path in options.gold}
    for path in options.data:
        examples = split_by_title(load_examples(path)).validation
        for source in sorted({example.source for example in examples}):
            own = [example for example in examples if example.source == source]
            own = random.Random(5).sample(own, min(options.examples, len(own)))
            to = ordinary if all(example.answers for example in own) else hard
            to[source] = ask_own_contexts(own, network, leave_out=to is ordinary)
    calibration = fit([*ordinary.values(), *hard.values()], list(ordinary.values()))
    write_card(options.reader, {**network.card, "calibration": calibration.to_json()})
    for name, asked in {**ordinary, **hard}.items():
        print(f"{name}: {len(asked)} questions", json.dumps(describe(calibration, asked)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--reader", type=Path, required=True, help="folder of the reader; its card is changed")
    add("--index", type=Path, default=Path("index"), help="index of the gold's corpus")
    add("--risk-gold", type=Path, nargs="+", required=True, help="ordinary questions")
    add("--gold", type=Path, nargs="*", default=[], help="questions made to mislead")
    add("--data", type=Path, nargs="*", default=[], help="SQuAD-like JSON lines")
    add("--examples", type=int, default=300, help="how many of each source")
    return parser


def ask_own_contexts(
    examples: Sequence[Example], network: SpanNetwork, *, leave_out: bool
) -> list[Asked]:
    """Ask each example of an index of all the examples' contexts.

    Args:
        examples: Questions with contexts.
        network: Reads.
        leave_out: Leave the contexts of every third article out of the index; its questions
            have no answer then.
    """
    titles = sorted({example.title for example in examples})
    left_out = set(titles[::3]) if leave_out else set()
    contexts = dict.fromkeys(e.context for e in examples if e.title not in left_out)
    with tempfile.TemporaryDirectory() as name:
        corpus, index_dir = Path(name, "corpus"), Path(name, "index")
        corpus.mkdir()
        for number, context in enumerate(contexts):
            (corpus / f"{number:05d}.txt").write_bytes(context.encode())
        build_index(corpus, index_dir)
        asker = Asker(index_dir, network)
        asked = []
        for example in examples:
            known = example.title not in left_out
            evidence = _answer_sentences(example) if known else ()
            answers = [answer.text for answer in example.answers] if known else ()
            asked.append(asker.ask(example.question, evidence, answers))
        return asked


def _answer_sentences(example: Example) -> list[str]:
    """Give the sentences of the context in which an answer begins."""
    return [
        boundary["text"].strip()
        for boundary in get_sentence_boundaries("en", example.context)
        if any(
            boundary["start_index"] <= answer.start < boundary["end_index"]
            for answer in example.answers
        )
    ]


def fit(sets: Sequence[Sequence[Asked]], ordinary: Sequence[Sequence[Asked]]) -> Calibration:
    """Fit both sets of weights and the risk of every threshold; each set counts the same.

    The rank weights are a conditional logit (McFadden 1974) over a question's sentences, the
    confidence a logistic regression on the best one. Both are L2-penalised on signs scaled to
    unit variance, each held to the direction it was meant for.

    Args:
        sets: What the weights are fitted on.
        ordinary: What risk is measured on.
    """
    scale = np.concatenate([asked.signs for entries in sets for asked in entries]).std(axis=0)
    scale[Signs._fields.index("lead")] = 1.0
    rank = _fit_rank(sets, scale)
    best = best_sentences(Signs(*rank), [asked for entries in sets for asked in entries])
    weights = np.concatenate([np.full(len(entries), 1 / len(entries)) for entries in sets])
    bounds = [*SIGN_BOUNDS.values()]
    fitted = fit_logistic(best.signs / scale, best.right, weights, bounds, l2=_L2)
    confidence, bias = fitted[:-1] / scale, float(fitted[-1])
    calibration = Calibration(rounded(rank), rounded(confidence), bias, ())
    return replace(calibration, risks=tuple(_risks(calibration, ordinary)))


def describe(calibration: Calibration, entries: Sequence[Asked]) -> dict[str, float | None]:
    """Measure a calibration on one set."""
    signs, right, answerable = best_sentences(calibration.rank, entries)
    p = probabilities(calibration, signs)
    both = 0 < answerable.sum() < len(entries)
    return {
        "sentence_accuracy": round(float(right[answerable].mean()), 3) if both else None,
        "AUROC": round(float(roc_auc_score(answerable, p)), 3) if both else None,
        "AUROC_right": round(float(roc_auc_score(right, p)), 3),
        "mean_confidence": round(float(p.mean()), 3),
        "right": round(float(right.mean()), 3),
    }


def _fit_rank(sets: Sequence[Sequence[Asked]], scale: Floats) -> Floats:
    usable = [[asked for asked in entries if asked.right.any()] for entries in sets]
    rows = [(a.signs / scale, a.right, 1 / len(entries)) for entries in usable for a in entries]

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, gradient = _L2 / 2 * float(weights @ weights), _L2 * weights
        for signs, right, share in rows:
            odds = signs @ weights
            powers = np.exp(odds - odds.max())
            value += share * float(np.log(powers.sum() / powers[right].sum()))
            mean, wanted = powers / powers.sum(), powers * right / powers[right].sum()
            gradient = gradient + share * (signs.T @ (mean - wanted))
        return value, gradient

    bounds = [*{**SIGN_BOUNDS, "lead": (0.0, 0.0)}.values()]
    found = minimize(loss, np.zeros(len(scale)), jac=True, bounds=bounds)
    rank: Floats = found.x / scale
    return rank


def _risks(calibration: Calibration, sets: Sequence[Sequence[Asked]]) -> Iterator[Risk]:
    """Measure every threshold; each set weighs the same, its unanswerable questions a fifth."""
    best = best_sentences(calibration.rank, [asked for entries in sets for asked in entries])
    weight = np.array([weight for entries in sets for weight in _weights(entries)])
    p = probabilities(calibration, best.signs)
    return risk_table(p, best.right, weight, least_answers=_LEAST_ANSWERS)


def _weights(entries: Sequence[Asked]) -> list[float]:
    """Weigh a set's questions so that one in five has no answer; together they weigh 1."""
    answerable = sum(asked.answerable for asked in entries)
    shares = {True: 1 - _UNANSWERABLE_SHARE, False: _UNANSWERABLE_SHARE}
    counts = {True: answerable, False: len(entries) - answerable}
    return [shares[asked.answerable] / counts[asked.answerable] for asked in entries]


if __name__ == "__main__":
    main()
