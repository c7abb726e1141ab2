"""Fit what a reader's scores are worth: `python -m train.calibrate --help`.

Questions of many kinds of documents go in: gold questions of an indexed corpus, and
SQuAD-like files by source, of their validation titles, asked of an index of those titles'
contexts. The contexts of every third article are left out; its questions then have no
answer, as it happens in real use. Folders of documents with questions (`train.papers`) are
asked as they are. The calibration goes into the reader's `reader.json`.

What a threshold costs is measured the hard way: every source is answered with weights fitted
on all the others, and the risk table is made of those answers alone. An answer is right if
its sentence is evidence or its words are a gold answer.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.stats import t
from sentencex import get_sentence_boundaries
from sklearn.metrics import roc_auc_score

from qa.answer.calibration import Calibration, Risk
from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.answer.signs.features import Features
from qa.evaluate.calibrate import (
    FEATURE_BOUNDS,
    Asked,
    Best,
    ask,
    best_sentences,
    fit_logistic,
    probabilities,
    risk_table,
    rounded,
)
from qa.evaluate.gold import load_gold
from qa.evaluate.statistics import Flags, Floats
from qa.index.build import build_index
from qa.models.span_network import SpanNetwork, write_card
from qa.settings import BuildSettings
from train.data import Example, load_examples, split_by_title
from train.papers import questions_of

Sets = dict[str, list[Asked]]

_L2 = 0.01
_UNANSWERABLE_SHARE = 0.4
"""About as many as in the sources: with a third the default was wrong more often than it said."""
# What these sources hardly hold and people's documents do: the same words about another year or
# another thing. Left to the sources these features would weigh nothing (docs/LOG.md).
_AT_LEAST_AGAINST = {"missing_figure": -1.0, "unmentioned_name": -0.8, "other_thing": -1.2}
_RANK_AT_LEAST_AGAINST = {"missing_figure": -1.0, "other_thing": -0.5}
# A share among fewer answers says nothing.
_LEAST_ANSWERS = 30
_LEAST_GIVEN = 5  # of one source
_NOT_IN_RANK = ("lead", "alone", "claimed", "stands_out")
_LEAST_QUESTIONS = 40
_LEFT_OUT_ONE_IN = 3
_LEAST_TITLES = 6
_PROMISES = (0.05, 0.1, 0.15, 0.2, 0.3)
# Passages that answer their questions stand in other sources; or questions nobody would ask:
# answers replaced by others (nq_swap), templates on a passage they need not fit (policyqa).
_NOT_ASKED = ("nearmiss_", "nq_swap", "policyqa")
# Questions without an answer that go with another source's answerable ones.
_TWINS = {
    "edit_antonym": "squad1_sub",
    "edit_entity": "squad1_sub",
    "edit_year": "squad1_sub",
    "squad2_pairs": "squad1_sub",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    network = SpanNetwork(options.reader)
    page = open_index(options.index)
    sets: Sets = {}
    for path in options.gold:
        gold = load_gold(path, "calibration")
        sets[path.stem] = [ask(page, e.question, e.evidence, e.answers) for e in gold]
    by_source = _by_source([e for path in options.data for e in load_examples(path)])
    for source, examples in by_source.items():
        own = balanced(examples, options.examples)
        sets[source] = ask_own_contexts(own, options.reader)
        print(f"asked {source}: {len(own)}", flush=True)
    if options.papers:
        sets["papers"] = ask_papers(options.papers, options.reader, options.papers_examples)
        print(f"asked papers: {len(sets['papers'])}", flush=True)
    calibration, left_out = fit(sets)
    write_card(
        options.reader,
        {
            **network.card,
            "calibration": calibration.to_json(),
            "left_out": describe_left_out(sets, left_out, calibration),
        },
    )
    for name, asked in sets.items():
        print(f"{name}: {len(asked)} questions", json.dumps(describe(calibration, asked)))
    print(json.dumps(describe_left_out(sets, left_out, calibration), indent=1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--reader", type=Path, required=True, help="folder of the reader; its card is changed")
    add("--index", type=Path, default=Path("index"), help="index of the gold's corpus, read by it")
    add("--gold", type=Path, nargs="*", default=[], help="gold files; their calibration splits")
    add("--data", type=Path, nargs="*", default=[], help="SQuAD-like JSON lines")
    add("--papers", type=Path, nargs="*", default=[], help="folders of documents with questions")
    add("--examples", type=int, default=150, help="how many of each source")
    add("--papers-examples", type=int, default=200, help="how many of the folders' questions")
    return parser


def _by_source(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """Group validation examples by source; sources with too few are left out."""
    groups: dict[str, list[Example]] = {}
    for example in split_by_title(examples).validation:
        if not example.source.startswith(_NOT_ASKED) and not example.is_by_sentences:
            groups.setdefault(_TWINS.get(example.source, example.source), []).append(example)
    return {name: own for name, own in sorted(groups.items()) if len(own) >= _LEAST_QUESTIONS}


def balanced(examples: Sequence[Example], most: int) -> list[Example]:
    """Draw at most so many examples, no more than a third of them unanswerable."""
    draw = random.Random(5)
    without = [example for example in examples if not example.answerable]
    having = [example for example in examples if example.answerable]
    few = draw.sample(without, min(most // 3, len(without)))
    return few + draw.sample(having, min(most - len(few), len(having)))


def ask_own_contexts(examples: Sequence[Example], reader: Path) -> list[Asked]:
    """Ask each example of an index of all the examples' contexts but every third article's.

    Of few articles none is left out.

    Args:
        examples: Questions with contexts.
        reader: Folder of the reader.
    """
    titles = sorted({example.title for example in examples})
    left_out = set(titles[::_LEFT_OUT_ONE_IN]) if len(titles) >= _LEAST_TITLES else set()
    kept = [example for example in examples if example.title not in left_out]
    names = {context: f"{n:05d}.md" for n, context in enumerate({e.context: 0 for e in kept})}
    with tempfile.TemporaryDirectory() as name:
        corpus, index_dir = Path(name, "corpus"), Path(name, "index")
        corpus.mkdir()
        for example in kept:
            heading = "" if example.title == example.context.lower() else example.title.title()
            text = f"# {heading}\n\n{example.context}\n" if heading else example.context
            (corpus / names[example.context]).write_bytes(text.encode())
        build_index(corpus, index_dir, BuildSettings(reader=str(reader)))
        answerer = open_index(index_dir)
        asked = [
            _ask(answerer, example, known=example.title not in left_out) for example in examples
        ]
        answerer.close()
        return asked


def ask_papers(folders: Sequence[Path], reader: Path, most: int) -> list[Asked]:
    """Ask questions about documents held back for validation, of all documents of their folder.

    Args:
        folders: As for `train.papers`.
        reader: Folder of the reader.
        most: How many questions, drawn at random.
    """
    held = [
        (folder, question) for folder in folders for question in questions_of(folder, "validation")
    ]
    drawn = random.Random(5).sample(held, min(most, len(held)))
    asked = []
    for folder in sorted({folder for folder, _ in drawn}):
        with tempfile.TemporaryDirectory() as made:
            build_index(folder, made, BuildSettings(reader=str(reader)))
            with closing(open_index(made)) as answerer:
                for question in (own for where, own in drawn if where == folder):
                    answer = question.asked["answer"]
                    answers = () if answer is None else (answer,)
                    asked.append(
                        ask(answerer, question.asked["question"], question.evidence, answers)
                    )
    return asked


def _ask(answerer: Answerer, example: Example, *, known: bool) -> Asked:
    evidence = _answer_sentences(example) if known else ()
    answers = [answer.text for answer in example.answers] if known else ()
    return ask(answerer, example.question, evidence, answers)


def _answer_sentences(example: Example) -> list[str]:
    """Return the sentences of the context in which an answer begins."""
    return [
        boundary["text"].strip()
        for boundary in get_sentence_boundaries("en", example.context)
        if any(
            boundary["start_index"] <= answer.start < boundary["end_index"]
            for answer in example.answers
        )
    ]


def fit(sets: Mapping[str, Sequence[Asked]]) -> tuple[Calibration, dict[str, Floats]]:
    """Fit the weights and what every threshold costs; each source counts the same.

    The rank weights are a conditional logit (McFadden 1974) over a question's sentences and none
    of them, the confidence a logistic regression on the best one. Both are L2-penalised on
    features scaled to unit variance, each held to the direction it was meant for.

    Returns:
        The calibration, and by source the confidences of its best sentences by weights
        fitted on all the other sources, shape (n_questions,).
    """
    fitted = _fit_weights(list(sets.values()))
    left_out, rights, weights = {}, [], []
    for name, entries in sets.items():
        others = _fit_weights([own for other, own in sets.items() if other != name])
        best = best_sentences(others.rank, entries)
        left_out[name] = probabilities(others, best.features)
        rights.append(best.right)
        weights.append(_weights(entries))
    return replace(fitted, risks=tuple(_risks(list(left_out.values()), rights, weights))), left_out


def _fit_weights(sets: Sequence[Sequence[Asked]]) -> Calibration:
    scale = np.concatenate([a.features for s in sets for a in s if len(a.right)]).std(axis=0)
    scale[Features._fields.index("lead")] = 1.0
    scale[scale < 1e-6] = 1.0  # a feature that is the same everywhere
    rank = _fit_rank(sets, scale)
    best = best_sentences(Features(*rank), [asked for entries in sets for asked in entries])
    weights = np.concatenate([_weights(entries) for entries in sets])
    bounds = _bounds(_AT_LEAST_AGAINST, scale)
    found = fit_logistic(best.features / scale, best.right, weights, bounds, l2=_L2)
    return Calibration(rounded(rank), rounded(found[:-1] / scale), float(found[-1]), ())


def _bounds(floors: Mapping[str, float], scale: Floats) -> list[tuple[float | None, float | None]]:
    """Return each weight's bounds, for features scaled to unit variance."""
    least = {
        name: (None, floor * scale[Features._fields.index(name)]) for name, floor in floors.items()
    }
    return [*{**FEATURE_BOUNDS, **least}.values()]


def describe(calibration: Calibration, entries: Sequence[Asked]) -> dict[str, float | None]:
    """Measure a calibration on one set."""
    features, right, answerable = best_sentences(calibration.rank, entries)
    p = probabilities(calibration, features)
    both = 0 < answerable.sum() < len(entries)
    possible = np.array([bool(entry.right.any()) for entry in entries])
    return {
        "possible": round(float(possible[answerable].mean()), 3) if answerable.any() else None,
        "chosen": round(float(right[answerable].mean()), 3) if answerable.any() else None,
        "AUROC": round(float(roc_auc_score(answerable, p)), 3) if both else None,
        "AUROC_right": round(float(roc_auc_score(right, p)), 3)
        if 0 < right.sum() < len(p)
        else None,
        "mean_confidence": round(float(p.mean()), 3),
        "right": round(float(right.mean()), 3),
    }


def describe_left_out(
    sets: Mapping[str, Sequence[Asked]], left_out: Mapping[str, Floats], calibration: Calibration
) -> dict[str, dict[str, list[float]]]:
    """Say, by promise, what was found on each source left out.

    Returns:
        For every promise and source: share of wrong answers among those given, share of its
        answerable questions refused, share of the unanswerable refused.
    """
    told: dict[str, dict[str, list[float]]] = {}
    bests = {name: best_sentences(calibration.rank, entries) for name, entries in sets.items()}
    for promise in _PROMISES:
        threshold = calibration.risk(promise).min_confidence
        rows = {name: _found(bests[name], left_out[name] >= threshold) for name in sets}
        pooled = [
            round(float(np.nanmean(column)), 3) for column in zip(*rows.values(), strict=True)
        ]
        told[str(promise)] = {**rows, "mean of sources": pooled}
    return told


def _found(best: Best, given: Flags) -> list[float]:
    answerable = best.answerable
    shares = (
        (~best.right[given]).mean() if given.any() else 0.0,
        (~given[answerable]).mean() if answerable.any() else np.nan,
        (~given[~answerable]).mean() if (~answerable).any() else np.nan,
    )
    return [round(float(share), 3) for share in shares]


def _fit_rank(sets: Sequence[Sequence[Asked]], scale: Floats) -> Floats:
    rows = [
        (*_with_none(asked.features / scale, asked.right), share)
        for entries in sets
        for asked, share in zip(entries, _weights(entries), strict=True)
        if len(asked.right)
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, gradient = _L2 / 2 * float(weights[:-1] @ weights[:-1]), _L2 * weights
        gradient[-1] = 0.0
        for features, right, share in rows:
            odds = features @ weights
            powers = np.exp(odds - odds.max())
            value += share * float(np.log(powers.sum() / powers[right].sum()))
            mean, wanted = powers / powers.sum(), powers * right / powers[right].sum()
            gradient = gradient + share * (features.T @ (mean - wanted))
        return value, gradient

    bounds = _bounds(_RANK_AT_LEAST_AGAINST, scale)
    for name in _NOT_IN_RANK:
        bounds[Features._fields.index(name)] = (0.0, 0.0)
    bounds.append((None, None))  # of none
    found = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds)
    rank: Floats = found.x[:-1] / scale
    return rank


def _with_none(features: Floats, right: Flags) -> tuple[Floats, Flags]:
    """Add what is chosen where no sentence is right, with a constant of its own."""
    none = np.zeros((1, features.shape[1] + 1))
    none[0, -1] = 1.0
    rows = np.vstack([np.pad(features, ((0, 0), (0, 1))), none])
    return rows, np.append(right, not right.any())


def _risks(
    p: Sequence[Floats], right: Sequence[Flags], weights: Sequence[Floats]
) -> Iterator[Risk]:
    """Measure every threshold on each source; what is promised is the mean of the sources.

    Pooled, easy sources would count most, for most of their questions are answered; documents
    of another kind may be like any of them. The interval is Student's, over the sources.
    """
    pooled = risk_table(
        np.concatenate(p), np.concatenate(right), np.concatenate(weights),
        least_answers=_LEAST_ANSWERS,
    )  # fmt: skip
    highest = 1.0
    for risk in pooled:
        shares = [
            float(w[given] @ (1.0 - r[given]) / w[given].sum())
            for own, r, w in zip(p, right, weights, strict=True)
            if (given := own >= risk.min_confidence).sum() >= _LEAST_GIVEN
        ]
        mean = float(np.mean(shares)) if shares else risk.expected
        highest = min(highest, mean)
        low, high = _interval(shares) if len(shares) > 1 else (risk.low, risk.high)
        yield risk._replace(
            expected=round(highest, 4),
            low=round(min(low, highest), 4),
            high=round(max(high, highest), 4),
        )


def _interval(shares: Sequence[float]) -> tuple[float, float]:
    half = float(t.ppf(0.975, len(shares) - 1) * np.std(shares, ddof=1) / np.sqrt(len(shares)))
    mean = float(np.mean(shares))
    return max(0.0, mean - half), min(1.0, mean + half)


def _weights(entries: Sequence[Asked]) -> Floats:
    """Weigh a set's questions so that two in five have no answer; together they weigh 1."""
    answerable = sum(asked.answerable for asked in entries)
    counts = {True: answerable, False: len(entries) - answerable}
    shares = {True: 1 - _UNANSWERABLE_SHARE, False: _UNANSWERABLE_SHARE}
    if not all(counts.values()):
        return np.full(len(entries), 1 / len(entries))
    return np.array([shares[a.answerable] / counts[a.answerable] for a in entries])


if __name__ == "__main__":
    main()
