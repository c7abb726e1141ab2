"""Fit the weights of the sentence reader's confidence: `python -m train.confidence --help`.

Gold questions on an indexed page and a SQuAD-like file in; weights and a table of
thresholds out. Three sets count: the page's calibration split, questions of the file
asked of its own contexts, and the same questions asked of the page, where none has an
answer. The label is "the best sentence is evidence".
"""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sentencex import get_sentence_boundaries

from qa.build import build_index
from qa.embed import Encoder
from qa.evaluate import load_gold, same_sentence
from qa.index import Index
from qa.read import Query, SentenceReader, Signs
from qa.retrieve import retrieve
from qa.settings import AskSettings
from train.data import Example, load_examples

# A sign may only speak the way it was meant to: for, against, against, against.
_BOUNDS = [(0.0, None), (None, 0.0), (None, 0.0), (None, 0.0), (None, None)]
_L2 = 0.01
_PAGE_WEIGHT = 2.0


class Asked(NamedTuple):
    """One question's best sentence.

    Attributes:
        signs: What speaks for and against it.
        right: Whether it is evidence.
        answerable: Whether the question has an answer at all.
    """

    signs: Signs
    right: bool
    answerable: bool


class Asker:
    """Asks questions of one index and looks at the best sentence only."""

    def __init__(self, index_dir: Path) -> None:
        """Open an index."""
        self._index = Index.open(index_dir)
        self._encoder = Encoder(self._index.encoder_dir)
        store = self._index.store
        self._reader = SentenceReader(
            self._index.sentence_vectors, store.term_weight, store.mentions
        )

    def ask(self, question: str, evidence: Sequence[str]) -> Asked:
        """Find a question's best sentence; it is right if it is one of the evidence."""
        settings = AskSettings()
        query = Query(question, self._encoder.encode_query(question))
        found = retrieve(
            self._index,
            question,
            query.vector,
            k=settings.read_passages,
            candidates=settings.candidates,
            lexical_weight=settings.lexical_weight,
        )
        passage, span, signs = self._reader.rank(query, found)[0]
        text = passage.slice(span)
        right = any(same_sentence(entry, text) for entry in evidence)
        return Asked(signs, right, bool(evidence))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"), help="of the gold's page")
    parser.add_argument("--gold", type=Path, required=True, help="its calibration split is used")
    parser.add_argument("--data", type=Path, required=True, help="SQuAD-like JSON lines")
    parser.add_argument("--examples", type=int, default=700, help="how many of them")
    options = parser.parse_args(arguments)
    page = Asker(options.index)
    gold = load_gold(options.gold, "calibration")
    on_page = [page.ask(entry.question, entry.evidence) for entry in gold]
    examples = random.Random(5).sample(load_examples(options.data), options.examples)
    off_topic = [page.ask(example.question, ()) for example in examples]
    weights = fit(
        [
            (on_page, _PAGE_WEIGHT),
            (ask_own_contexts(examples), 1.0),
            (off_topic, 1.0),
        ]
    )
    names = (*Signs._fields, "bias")
    print(json.dumps({n: round(float(w), 2) for n, w in zip(names, weights, strict=True)}))
    print("threshold  wrongly refused  unanswerable refused  off topic refused")
    for threshold in np.arange(0.1, 0.5, 0.025):
        refused = [probability(weights, asked) < threshold for asked in on_page]
        wrongly = np.mean([r for r, a in zip(refused, on_page, strict=True) if a.answerable])
        rightly = np.mean([r for r, a in zip(refused, on_page, strict=True) if not a.answerable])
        off = np.mean([probability(weights, asked) < threshold for asked in off_topic])
        print(f"{threshold:9.3f}  {wrongly:15.3f}  {rightly:20.3f}  {off:17.3f}")


def ask_own_contexts(examples: Sequence[Example]) -> list[Asked]:
    """Ask each example of an index of all the examples' contexts."""
    with tempfile.TemporaryDirectory() as name:
        corpus, index_dir = Path(name, "corpus"), Path(name, "index")
        corpus.mkdir()
        for number, context in enumerate(dict.fromkeys(e.context for e in examples)):
            (corpus / f"{number:05d}.txt").write_bytes(context.encode())
        build_index(corpus, index_dir)
        asker = Asker(index_dir)
        return [asker.ask(example.question, _answer_sentences(example)) for example in examples]


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


def fit(sets: Sequence[tuple[Sequence[Asked], float]]) -> NDArray[np.float64]:
    """Fit a logistic regression with the signs of its weights held, each set weighing its share.

    Returns:
        The weights of `Signs` and the bias, shape (5,).
    """
    rows = np.array([[*asked.signs, 1.0] for entries, _ in sets for asked in entries])
    labels = np.array([asked.right for entries, _ in sets for asked in entries], dtype=float)
    share = np.concatenate([np.full(len(e), weight / len(e)) for e, weight in sets])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = rows @ weights
        penalised = np.append(weights[:-1], 0.0)
        value = share @ (np.logaddexp(0, odds) - labels * odds) + _L2 / 2 * penalised @ penalised
        gradient = rows.T @ (share * (1 / (1 + np.exp(-odds)) - labels)) + _L2 * penalised
        return float(value), gradient

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, bounds=_BOUNDS)
    weights: NDArray[np.float64] = found.x
    return weights


def probability(weights: NDArray[np.float64], asked: Asked) -> float:
    """Give the fitted probability that a best sentence is right."""
    return float(1 / (1 + np.exp(-np.array([*asked.signs, 1.0]) @ weights)))


if __name__ == "__main__":
    main()
