"""Answerable examples in, pairs that differ in one detail out.

A copy of the sentence that answers tells of another year, number or name. Beside the
original it is a distractor; instead of it, the question has no answer. Does not know
tokens or models.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from train.data import Answer, Example, sentence_bounds, sentences_of

_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_NAME = re.compile(r"\b[A-Z][\w'-]*[a-z](?: (?:of (?=[A-Z]))?[A-Z][\w'-]*[a-z])*")
_LATER_NAME = re.compile(rf"(?<=[a-z,] ){_NAME.pattern}")
_DETAIL = re.compile(rf"{_YEAR.pattern}|\b\d+\b|{_LATER_NAME.pattern}")
_FEW_NAMES = 20


def contrasted(examples: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    """Make distractors and near misses, about half each.

    Args:
        examples: Answerable ones, one answer each.
        share: Of the examples, how many to try. Left out are those whose question shares
            no detail with the answer's sentence.
        rng: Chooses examples, details and replacements.
    """
    pools: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        pools[example.title].update(_LATER_NAME.findall(example.context))
    everywhere = sorted(set().union(*pools.values()))
    named = {title: sorted(pool) for title, pool in pools.items() if len(pool) >= _FEW_NAMES}
    made = (
        _contrast(example, named.get(example.title, everywhere), rng)
        for example in rng.sample(list(examples), round(share * len(examples)))
    )
    return [example for example in made if example is not None]


def _contrast(example: Example, names: Sequence[str], rng: random.Random) -> Example | None:
    context, (answer,) = example.context, example.answers
    bounds = sentence_bounds(context)
    first, last = sentences_of(answer, bounds)
    low, high = bounds[first][0], bounds[last][1]
    sentence = context[low:high]
    details = [
        detail
        for detail in _DETAIL.findall(example.question)
        if detail in sentence and detail not in answer.text and answer.text not in detail
    ]
    if not details or answer.text not in sentence:
        return None
    detail = rng.choice(details)
    changed = altered(detail, names, rng)
    said = altered(answer.text, names, rng)
    if changed in context or said in context or changed in example.question:
        return None
    # The answer first: the detail's replacement must not be taken for it.
    copy = sentence.replace(answer.text, said).replace(detail, changed)
    before, after = context[:low], context[high:]
    if rng.random() < 0.5:
        new = before + copy + after
        if detail in new and answer.text in new:
            return None
        return replace(example, context=new, answers=())
    gap = "" if sentence[-1:].isspace() else " "
    if rng.random() < 0.5:
        return replace(example, context=before + sentence + gap + copy + after)
    gap = "" if copy[-1:].isspace() else " "
    moved = Answer(answer.text, answer.start + len(copy + gap))
    return replace(example, context=before + copy + gap + sentence + after, answers=(moved,))


def altered(text: str, names: Sequence[str], rng: random.Random) -> str:
    """Change years, numbers or, if there are none, names in a text to others of their kind.

    A text without any of them is given back as it is.
    """
    if any(c.isdigit() for c in text):
        return _NUMBER.sub(lambda match: _other_number(match[0], rng), text)
    return _NAME.sub(lambda match: _other_name(match[0], names, rng), text, count=1)


def _other_name(name: str, names: Sequence[str], rng: random.Random) -> str:
    """Pick a name of as many words, if there is one."""
    alike = [other for other in names if other.count(" ") == name.count(" ")]
    return rng.choice(alike or names)


def _other_number(number: str, rng: random.Random) -> str:
    if _YEAR.fullmatch(number):
        return str(int(number) + rng.choice((-1, 1)) * rng.randint(1, 25))
    return "".join(str(rng.randint(i == 0, 9)) if c.isdigit() else c for i, c in enumerate(number))
