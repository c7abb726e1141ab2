"""Measure a reader on its own, without the product: `python -m train.evaluate --help`.

Measures are SQuAD 2.0's (Rajpurkar et al. 2018): exact match and token F1, the best over
the gold answers. Does not know torch.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from qa.evaluate.bootstrap import intervals
from qa.evaluate.squad import exact_match, token_f1
from qa.evaluate.statistics import Statistic, auroc, mean
from qa.models.span_network import SpanNetwork
from qa.schema import Passage, Span
from train.data import Example, load_examples, split_by_title

Figures = dict[str, dict[str, float]]


class Prediction(NamedTuple):
    """The best span of a passage.

    Attributes:
        text: As it stands in the passage.
        margin: Start plus end logit, less those of "no answer".
        answerable: The answerable logit.
    """

    text: str
    margin: float
    answerable: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--reader", type=Path, help="folder of the reader; the packaged one if left out")
    add("--data", type=Path, nargs="+", required=True, help="SQuAD-like JSON lines")
    add("--split", choices=("validation", "test"), default="test", help="of the titles held back")
    add("--examples", type=int, default=300, help="of each source and kind, at most")
    options = parser.parse_args(arguments)
    examples = [example for path in options.data for example in load_examples(path)]
    held = getattr(split_by_title(examples), options.split)
    figures = measure_by_source(SpanNetwork(options.reader), held, options.examples)
    print(json.dumps(figures, indent=1))


def measure_by_source(network: SpanNetwork, examples: Sequence[Example], most: int) -> Figures:
    """Compute the figures of every source, on a sample of `most` of each kind.

    Left out is what sentences answer and no span does.
    """
    kinds: defaultdict[str, list[list[Example]]] = defaultdict(lambda: [[], []])
    for example in examples:
        if example.is_by_sentences:
            continue
        kinds[example.source][example.answerable].append(example)
    figures = Figures()
    for source, sides in sorted(kinds.items()):
        draw = random.Random(7)
        own = [e for side in sides for e in draw.sample(side, min(most, len(side)))]
        figures[source] = measure(predict(network, own), own)
    return figures


def predict(network: SpanNetwork, examples: Sequence[Example]) -> list[Prediction]:
    """Answer each example from its context, read as one long sentence."""
    predictions = []
    for example in examples:
        text = example.context
        passage = Passage("", "", 0, len(text), text, example.heading or "", (Span(0, len(text)),))
        (scores,) = network.score(example.question, [passage])
        (best,) = scores.spans
        predictions.append(Prediction(passage.slice(best.span), best.margin, scores.answerable))
    return predictions


def measure(predictions: Sequence[Prediction], examples: Sequence[Example]) -> dict[str, float]:
    """Compute the figures of a set.

    `NoAns_accuracy` counts an answerable logit below 0 as a refusal; `HasAns_refused` is
    what that costs. Without unanswerable examples those that need them are left out. `_low` and
    `_high` are the ends of 95 % intervals.
    """
    has = [(p, e) for p, e in zip(predictions, examples, strict=True) if e.answers]
    if not has:
        refused_all = _mean([p.answerable < 0 for p in predictions])
        return {"unanswerable": len(examples), "NoAns_accuracy": round(refused_all, 4)}
    golds = [[answer.text for answer in example.answers] for _, example in has]
    f1 = [token_f1(p.text, g) for (p, _), g in zip(has, golds, strict=True)]
    figures = {
        "answerable": len(has),
        "unanswerable": len(examples) - len(has),
        "HasAns_EM": _mean([exact_match(p.text, g) for (p, _), g in zip(has, golds, strict=True)]),
        **_with_interval("HasAns_F1", mean(f1), len(f1)),
        "HasAns_refused": _mean([p.answerable < 0 for p, _ in has]),
    }
    if len(has) == len(examples):
        return {name: round(value, 4) for name, value in figures.items()}
    labels = [bool(example.answers) for example in examples]
    answerable = np.array([p.answerable for p in predictions])
    refused = answerable[~np.array(labels)]
    figures["NoAns_accuracy"] = _mean(refused < 0)
    found = auroc(answerable, np.array(labels, dtype=np.float64))
    figures |= _with_interval("AUROC", found, len(examples))
    figures["AUROC_margin"] = float(roc_auc_score(labels, [p.margin for p in predictions]))
    figures["NoAns_refused_at_10_false"] = _mean(
        refused < np.quantile(answerable[np.array(labels)], 0.1)
    )
    return {name: round(value, 4) for name, value in figures.items()}


def _with_interval(name: str, statistic: Statistic, n: int) -> dict[str, float]:
    value, low, high = intervals({name: statistic}, n)[name]
    told = {name: value, f"{name}_low": low, f"{name}_high": high}
    return {each: number for each, number in told.items() if number is not None}


def _mean(values: Sequence[float] | NDArray[np.bool_]) -> float:
    return float(np.mean(values))


if __name__ == "__main__":
    main()
