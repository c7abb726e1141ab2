"""Documents and questions from SQuAD-like JSON lines, the same in every run.

Every question that counts is of a title that neither training nor calibration of the packaged
reader has seen; the documents beside those that answer are of any title.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from train.data import Example, load_examples, split_by_title

ADDED = 10
"""How many documents an update adds."""

_ONE_OFF_IN = 3
"""So many of the test titles are left out of the index for each that is."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is known of it.

    Attributes:
        text: As asked.
        doc_id: The document that answers; empty if none does.
        answers: The gold answers.
    """

    text: str
    doc_id: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """What every peer gets.

    Attributes:
        documents: Text by id, to be indexed.
        more: Twice ten that are added afterwards.
        warm_up: Questions that are asked first and do not count.
        questions: Answered by one of the documents.
        off_corpus: Of titles of which nothing is indexed.
        near_miss: About an indexed document that does not answer them.
        tuning: Answered by documents of validation titles: on these a threshold may be set.
    """

    documents: dict[str, str]
    more: tuple[dict[str, str], dict[str, str]]
    warm_up: list[Question]
    questions: list[Question]
    off_corpus: list[Question]
    near_miss: list[Question]
    tuning: list[Question]


def load_sample(path: Path, documents: int, questions: int) -> Sample:
    """Draw a sample.

    Args:
        path: JSON lines, gzipped if it ends in .gz.
        documents: How many to index.
        questions: The most that a document answers; of each other kind half as many.

    Raises:
        ValueError: The file has fewer contexts than wanted, or no questions for a measure.
    """
    return draw(load_examples(path), documents, questions)


def draw(examples: Sequence[Example], documents: int, questions: int) -> Sample:
    """Draw a sample from examples; see `load_sample`."""
    chance = random.Random(1)
    split, others = split_by_title(examples), max(1, questions // 2)
    titles = sorted({one.title for one in split.test})
    largest = max(titles, key=lambda title: sum(one.title == title for one in split.test))
    off = set(chance.sample([t for t in titles if t != largest], len(titles) // _ONE_OFF_IN))
    tested = [one for one in split.test if one.title not in off]
    first = _contexts(_shuffled([*tested, *split.validation], chance))
    rest = [c for c in _contexts(_shuffled(split.training, chance)) if c not in set(first)]
    wanted = documents + 2 * ADDED
    contexts = [*first[: max(0, documents - ADDED)], *rest]
    if len(contexts) < wanted:
        raise ValueError(
            f"expected at least {wanted} contexts to index, found {len(contexts)}: "
            "ask for fewer documents, or name a larger file"
        )
    named = {f"d{number:05}": text for number, text in enumerate(contexts[:wanted])}
    ids = {text: doc_id for doc_id, text in list(named.items())[:documents]}
    sample = Sample(
        {doc_id: text for text, doc_id in ids.items()},
        (_slice(named, documents), _slice(named, documents + ADDED)),
        _answered(split.training, ids, chance)[:20],
        _answered(tested, ids, chance)[:questions],
        [
            Question(one.question)
            for one in _shuffled(split.test, chance)
            if one.title in off and one.answerable and one.context not in ids
        ][:others],
        [
            Question(one.question)
            for one in _shuffled(tested, chance)
            if not one.answerable and one.context in ids
        ][:others],
        _answered(split.validation, ids, chance)[:others],
    )
    for kind in ("warm_up", "questions", "off_corpus", "near_miss", "tuning"):
        if not getattr(sample, kind):
            raise ValueError(f"no questions for {kind}: ask for more documents, or a larger file")
    return sample


def _answered(
    examples: Sequence[Example], ids: dict[str, str], chance: random.Random
) -> list[Question]:
    return [
        Question(one.question, ids[one.context], tuple({text for text, _ in one.answers}))
        for one in _shuffled(examples, chance)
        if one.answerable and one.context in ids
    ]


def _shuffled(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    return chance.sample(examples, len(examples))


def _contexts(examples: Iterable[Example]) -> list[str]:
    return list(dict.fromkeys(one.context for one in examples))


def _slice(named: dict[str, str], start: int) -> dict[str, str]:
    return dict(list(named.items())[start : start + ADDED])
