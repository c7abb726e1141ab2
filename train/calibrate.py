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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import beta
from sentencex import get_sentence_boundaries
from sklearn.metrics import roc_auc_score

from qa.build import build_index
from qa.embed import Encoder
from qa.gold import load_gold, same_sentence
from qa.index import Index
from qa.read import Calibration, Query, Reader, Risk, Signs, answer_words
from qa.retrieve import retrieve
from qa.settings import AskSettings
from qa.span import SpanNetwork, write_card
from qa.squad import exact_match
from train.data import Example, load_examples, split_by_title

Floats = NDArray[np.float64]

# A sign may only speak the way it was meant to.
_FOR, _AGAINST = (0.0, None), (None, 0.0)
_BOUNDS = {
    "answerable": _FOR,
    "margin": _FOR,
    "cosine": _FOR,
    "retrieval": _FOR,
    "wrong_type": _AGAINST,
    "missing_figure": _AGAINST,
    "unmentioned_name": _AGAINST,
    "lead": _FOR,
}
_L2 = 0.01
_CONFIDENCE_LEVEL = 0.95
_UNANSWERABLE_SHARE = 0.2
# A share among fewer answers says nothing.
_LEAST_ANSWERS = 20


class Asked(NamedTuple):
    """One question and every sentence that was read for it.

    Attributes:
        signs: Shape (n_sentences, n_signs).
        right: Whether each sentence is evidence, shape (n_sentences,).
        said: Number of each sentence's answer, the same for the same words.
        answerable: Whether the question has an answer at all.
    """

    signs: Floats
    right: NDArray[np.bool_]
    said: NDArray[np.int64]
    answerable: bool


class Asker:
    """Asks questions of one index and keeps what speaks for every sentence."""

    def __init__(self, index_dir: Path, network: SpanNetwork) -> None:
        """Open an index."""
        self._index = Index.open(index_dir)
        self._encoder = Encoder(self._index.encoder_dir)
        zero = Signs(*[0.0] * len(Signs._fields))
        self._reader = Reader(
            network, self._index.sentence_vectors, self._index.store.mentions,
            Calibration(zero, zero, 0.0, ()),
        )  # fmt: skip

    def ask(self, question: str, evidence: Sequence[str], answers: Sequence[str]) -> Asked:
        """Read the best passages; evidence and answers are empty if nothing is right."""
        settings = AskSettings()
        query = Query(question, self._encoder.encode_query(question))
        passages = retrieve(
            self._index,
            question,
            query.vector,
            k=settings.read_passages,
            candidates=settings.candidates,
            lexical_weight=settings.lexical_weight,
        )
        candidates = self._reader.candidates(query, passages)
        right = [
            any(same_sentence(entry, found.passage.slice(found.sentence)) for entry in evidence)
            or exact_match(found.passage.slice(found.answer), answers) == 1
            for found in candidates
        ]
        signs = np.array([candidate.signs for candidate in candidates])
        words = [answer_words(found.passage, found.answer) for found in candidates]
        said = np.array([words.index(each) for each in words])
        return Asked(signs, np.array(right), said, bool(evidence))


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
    rows = [_best(rank, asked) for entries in sets for asked in entries]
    weights = np.concatenate([np.full(len(entries), 1 / len(entries)) for entries in sets])
    fitted = _fit_logistic(
        np.array([signs for signs, _ in rows]) / scale, np.array([ok for _, ok in rows]), weights
    )
    confidence, bias = fitted[:-1] / scale, float(fitted[-1])
    calibration = Calibration(_signs(rank), _signs(confidence), bias, ())
    return replace(calibration, risks=tuple(_risks(calibration, ordinary)))


def describe(calibration: Calibration, entries: Sequence[Asked]) -> dict[str, float | None]:
    """Measure a calibration on one set."""
    judged = [_judge(calibration, asked) for asked in entries]
    answerable = np.array([asked.answerable for asked in entries])
    p, right = (np.array(column) for column in zip(*judged, strict=True))
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

    bounds = [*{**_BOUNDS, "lead": (0.0, 0.0)}.values()]
    found = minimize(loss, np.zeros(len(scale)), jac=True, bounds=bounds)
    rank: Floats = found.x / scale
    return rank


def _fit_logistic(rows: Floats, right: NDArray[np.bool_], share: Floats) -> Floats:
    """Fit weights and, last, the bias."""
    rows = np.column_stack([rows, np.ones(len(rows))])

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds, penalised = rows @ weights, np.append(weights[:-1], 0.0)
        value = share @ (np.logaddexp(0, odds) - right * odds) + _L2 / 2 * penalised @ penalised
        gradient = rows.T @ (share * (1 / (1 + np.exp(-odds)) - right)) + _L2 * penalised
        return float(value), gradient

    bounds = [*_BOUNDS.values(), (None, None)]
    fitted: Floats = minimize(loss, np.zeros(rows.shape[1]), jac=True, bounds=bounds).x
    return fitted


def _best(rank: Floats, asked: Asked) -> tuple[Floats, bool]:
    """Give the best sentence's signs, with its lead, and whether it is right."""
    odds = asked.signs @ rank
    best = int(odds.argmax())
    signs = asked.signs[best].copy()
    powers = np.exp(odds - odds[best])
    together = asked.said == asked.said[best]
    signs[Signs._fields.index("lead")] = powers[together].sum() / powers.sum()
    return signs, bool(asked.right[best])


def _judge(calibration: Calibration, asked: Asked) -> tuple[float, bool]:
    signs, right = _best(np.array(calibration.rank), asked)
    return calibration.probability(_signs(signs)), right


def _risks(calibration: Calibration, sets: Sequence[Sequence[Asked]]) -> Iterator[Risk]:
    """Measure every threshold; the interval is Clopper and Pearson's (1934).

    Each set weighs the same, and its unanswerable questions a fifth of that, so the interval
    is taken at Kish's effective sample size. Risk is not let rise with the threshold: where
    it does, that is chance.
    """
    judged = [
        (*_judge(calibration, asked), weight)
        for entries in sets
        for asked, weight in zip(entries, _weights(entries), strict=True)
    ]
    p, right, weight = (np.array(column, dtype=float) for column in zip(*judged, strict=True))
    highest = 1.0
    for threshold in np.arange(0.0, 1.0, 0.01):
        given = p >= threshold
        if given.sum() < _LEAST_ANSWERS:
            return
        mass = weight[given]
        wrong = float(mass @ (1 - right[given]) / mass.sum())
        highest = min(highest, wrong)
        size = float(mass.sum() ** 2 / (mass**2).sum())
        low, high = _clopper_pearson(wrong * size, size)
        yield Risk(
            min_confidence=round(float(threshold), 2),
            expected=round(highest, 4),
            low=round(low, 4),
            high=round(high, 4),
            answered=round(float(mass.sum() / weight.sum()), 4),
        )


def _weights(entries: Sequence[Asked]) -> list[float]:
    """Weigh a set's questions so that one in five has no answer; together they weigh 1."""
    answerable = sum(asked.answerable for asked in entries)
    shares = {True: 1 - _UNANSWERABLE_SHARE, False: _UNANSWERABLE_SHARE}
    counts = {True: answerable, False: len(entries) - answerable}
    return [shares[asked.answerable] / counts[asked.answerable] for asked in entries]


def _clopper_pearson(wrong: float, size: float) -> tuple[float, float]:
    tail = (1 - _CONFIDENCE_LEVEL) / 2
    low = beta.ppf(tail, wrong, size - wrong + 1) if wrong > 0 else 0.0
    high = beta.ppf(1 - tail, wrong + 1, size - wrong) if wrong < size else 1.0
    return float(low), float(high)


def _signs(values: Sequence[float] | Floats) -> Signs:
    return Signs(*(round(float(value), 4) for value in values))


if __name__ == "__main__":
    main()
