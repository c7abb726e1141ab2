"""Answerable examples in, near misses out: questions that a passage does not answer.

Three kinds: the question on another passage that looks right, on its own passage after a
year, number or name in the question was changed, and on its own passage without the
sentence that answers. `train.made.contrast` makes more. Does not know tokens or models.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from train.data import Example, sentence_bounds, sentences_of

_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\b\d+\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w.'-]*\w(?: (?:of (?=[A-Z]))?[A-Z][\w.'-]*\w)*")
_RANKS = 8
_ROWS = 512


def retrieved_negatives(
    examples: Sequence[Example], share: float, rng: random.Random
) -> list[Example]:
    """Pair questions with a passage that TF-IDF ranks high and that holds no gold answer.

    Mostly another passage of the same article or one about the same thing.

    Args:
        examples: Answerable ones; their contexts are the corpus searched.
        share: Of the examples, how many to pair.
        rng: Chooses the examples and one of the eight best passages.
    """
    chosen = rng.sample(list(examples), round(share * len(examples)))
    if not chosen:
        return []
    contexts = list(dict.fromkeys(example.context for example in examples))
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
    matrix = vectorizer.fit_transform(contexts).T.tocsr()
    negatives = []
    for low in range(0, len(chosen), _ROWS):
        part = chosen[low : low + _ROWS]
        scores = (vectorizer.transform([example.question for example in part]) @ matrix).toarray()
        best = np.argsort(-scores, axis=1)[:, : 2 * _RANKS]
        for example, ranked in zip(part, best, strict=True):
            fitting = [contexts[i] for i in ranked if _is_other(contexts[i], example)]
            if fitting:
                context = rng.choice(fitting[:_RANKS])
                negatives.append(replace(example, context=context, answers=()))
    return negatives


def _is_other(context: str, example: Example) -> bool:
    """Whether a passage is not the example's own and holds none of its answers."""
    lowered = context.lower()
    return context[:60] not in example.context and not any(
        answer.text.lower() in lowered for answer in example.answers
    )


def removed_negatives(
    examples: Sequence[Example], share: float, rng: random.Random
) -> list[Example]:
    """Take the answer's sentence out of the passage; left out if the answer remains."""
    negatives = []
    for example in rng.sample(list(examples), round(share * len(examples))):
        bounds = sentence_bounds(example.context)
        first, last = sentences_of(example.answers[0], bounds)
        kept = [a_b for i, a_b in enumerate(bounds) if not first <= i <= last]
        context = "".join(example.context[a:b] for a, b in kept).rstrip()
        if context and example.answers[0].text.lower() not in context.lower():
            negatives.append(replace(example, context=context, answers=()))
    return negatives


def swapped_negatives(
    examples: Sequence[Example], share: float, rng: random.Random
) -> list[Example]:
    """Change a year, number or name in the question to one that the passage lacks.

    A name is replaced by one from another question, of the same article where there is
    one; the article's own title, by another article's.

    Args:
        examples: Answerable ones.
        share: Of the examples, how many to try; those without anything to swap are left out.
        rng: Chooses examples and replacements.
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for example in examples:
        found = _NAME.findall(example.question)
        names[example.title] += found
        names[""] += found
    titles = sorted({example.title for example in examples if len(example.title) < 40})
    negatives = []
    for example in rng.sample(list(examples), round(share * len(examples))):
        question = _swap(example, names, titles, rng)
        if question is not None:
            negatives.append(replace(example, question=question, answers=()))
    return negatives


def _swap(
    example: Example,
    names: dict[str, list[str]],
    titles: Sequence[str],
    rng: random.Random,
) -> str | None:
    question = example.question
    if year := _YEAR.search(question):
        old, candidates = year, [str(int(year[0]) + rng.choice((-1, 1)) * rng.randint(1, 30))]
    elif number := _NUMBER.search(question):
        old, candidates = number, [str(int(number[0]) + rng.randint(1, 9))]
    elif spans := list(_NAME.finditer(question)):
        old = rng.choice(spans)
        pool = names[example.title] if len(set(names[example.title])) > 5 else names[""]
        candidates = rng.choices(pool, k=5)
    elif title := re.search(re.escape(example.title), question.lower()):
        old, candidates = title, rng.choices(titles, k=5)
    else:
        return None
    lowered = (example.context + question).lower()
    fitting = [new for new in candidates if new.lower() not in lowered]
    return question[: old.start()] + fitting[0] + question[old.end() :] if fitting else None
