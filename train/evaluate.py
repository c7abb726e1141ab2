"""An exported reader and examples in, figures out.

Measures are SQuAD 2.0's (Rajpurkar et al. 2018): exact match and token F1, the best over
the gold answers. Does not know torch.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tokenizers import Encoding, Tokenizer

from train.data import Example

Floats = NDArray[np.float32]

MAX_ANSWER_TOKENS = 30
_ARTICLE = re.compile(r"\b(a|an|the)\b")


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


def pair_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    """Load a tokenizer that cuts the passage, never the question, to `max_tokens` in all."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="only_second")
    return tokenizer


def predict(
    model: Path, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]
) -> list[Prediction]:
    """Read (question, passage) pairs one by one with ONNX Runtime, two at a time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options)

    def read(pair: tuple[str, str]) -> Prediction:
        encoding = tokenizer.encode(*pair)
        feed = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {name: np.array([values], dtype=np.int64) for name, values in feed.items()}
        start, end, answerable = session.run(None, arrays)
        return _decode(pair[1], encoding, start[0], end[0], float(answerable[0]))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(read, pairs))


def _decode(
    passage: str, encoding: Encoding, start: Floats, end: Floats, answerable: float
) -> Prediction:
    """Pick the span with the highest sum of logits, of at most 30 tokens."""
    scores = start[:, None] + end[None, :]
    size = len(start)
    allowed = np.triu(np.ones((size, size), dtype=bool))
    allowed &= ~np.triu(np.ones((size, size), dtype=bool), MAX_ANSWER_TOKENS)
    allowed[0, :] = False
    first, last = np.unravel_index(np.where(allowed, scores, -np.inf).argmax(), scores.shape)
    low, high = encoding.offsets[int(first)][0], encoding.offsets[int(last)][1]
    margin = float(scores[first, last] - scores[0, 0])
    return Prediction(passage[low:high], margin, answerable)


def normalise(text: str) -> list[str]:
    """Lower-case, drop punctuation and articles, split into words."""
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    return _ARTICLE.sub(" ", bare).split()


def exact_match(text: str, answers: Sequence[str]) -> float:
    """1 if the text is one of the answers after normalising, else 0."""
    return float(any(normalise(text) == normalise(answer) for answer in answers))


def f1(text: str, answers: Sequence[str]) -> float:
    """Token F1 with the nearest answer, 0 to 1."""
    return max(_f1(normalise(text), normalise(answer)) for answer in answers)


def _f1(found: list[str], gold: list[str]) -> float:
    shared = sum((Counter(found) & Counter(gold)).values())
    return 2 * shared / (len(found) + len(gold)) if shared else float(found == gold)


def measure(predictions: Sequence[Prediction], examples: Sequence[Example]) -> dict[str, float]:
    """Compute the figures of a set.

    `NoAns_accuracy` counts an answerable logit below 0 as a refusal; `HasAns_refused` is
    what that costs. Without unanswerable examples those that need them are left out.
    """
    has = [(p, e) for p, e in zip(predictions, examples, strict=True) if e.answers]
    golds = [[answer.text for answer in example.answers] for _, example in has]
    figures = {
        "answerable": len(has),
        "unanswerable": len(examples) - len(has),
        "HasAns_EM": _mean([exact_match(p.text, g) for (p, _), g in zip(has, golds, strict=True)]),
        "HasAns_F1": _mean([f1(p.text, g) for (p, _), g in zip(has, golds, strict=True)]),
        "HasAns_refused": _mean([p.answerable < 0 for p, _ in has]),
    }
    if len(has) == len(examples):
        return {name: round(value, 4) for name, value in figures.items()}
    labels = [bool(example.answers) for example in examples]
    answerable = np.array([p.answerable for p in predictions])
    refused = answerable[~np.array(labels)]
    figures["NoAns_accuracy"] = _mean(refused < 0)
    figures["AUROC"] = float(roc_auc_score(labels, answerable))
    figures["AUROC_margin"] = float(roc_auc_score(labels, [p.margin for p in predictions]))
    figures["NoAns_refused_at_10_false"] = _mean(
        refused < np.quantile(answerable[np.array(labels)], 0.1)
    )
    return {name: round(value, 4) for name, value in figures.items()}


def _mean(values: Sequence[float] | NDArray[np.bool_]) -> float:
    return float(np.mean(values))


def fit_temperature(
    predictions: Sequence[Prediction], examples: Sequence[Example]
) -> dict[str, float]:
    """Fit `p = sigmoid(answerable_logit / temperature + bias)` (Platt 1999)."""
    logits = np.array([[prediction.answerable] for prediction in predictions])
    labels = [bool(example.answers) for example in examples]
    fitted = LogisticRegression(C=1e6).fit(logits, labels)
    return {
        "temperature": float(1 / fitted.coef_[0, 0]),
        "bias": float(fitted.intercept_[0]),
    }
