"""Make questions whose answer is sentences, not a span: yes or no, and whole explanations.

Claims with their evidence become yes/no questions, pairs of a question and a passage become
passages with foreign sentences around the ones that answer. Does not know tokens or models.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from train.data import Example, load_rows, sentence_bounds

_AUXILIARY = re.compile(
    r"^(?P<subject>(?:The |A |An |His |Her |Their |Its |This )?[\w'’.-]+(?: [\w'’.-]+){0,4}?) "
    r"(?P<verb>is|was|are|were|can|could|will|would|has|have|had|should|must|may|might|did|does|do)"
    r" "
    r"(?P<rest>.+?)\.?$"
)
_EXPLAINED = re.compile(
    r"^(?:What (?:is|are) \(are\)|What causes|How to |"
    r"What (?:is|are) (?:the )?(?:symptoms|treatments?|causes?|genetic|outlook)|"
    r"How (?:is|are|can|many people are affected)|Is .+ inherited|What research)",
    re.IGNORECASE,
)
_MAX_CHARACTERS = 900


class Claim(NamedTuple):
    """A claim and a text that supports it, refutes it, or says nothing of it."""

    claim: str
    evidence: str
    label: str
    source: str = ""


def load_claims(path: Path, part: str = "training") -> list[Claim]:
    """Load claim–evidence pairs, captions of pictures left out, at most 900 characters each.

    Args:
        path: JSON lines, gzipped.
        part: `training`; or `validation` or `test`, a twentieth each by the evidence's hash.
    """
    return [
        Claim(row["claim"], row["evidence"], row["label"], row["source"])
        for row in load_rows(path)
        if row.get("form") != "question_answer"
        and row["source"] != "snli"
        and len(row["evidence"]) <= _MAX_CHARACTERS
        and _part(row["evidence"]) == part
    ]


def _part(evidence: str) -> str:
    """Put what shares its evidence on one side."""
    number = hashlib.sha256(evidence.encode()).digest()[0] % 20
    return {0: "validation", 1: "test"}.get(number, "training")


def yes_no_examples(
    claims: Sequence[Claim], others: Sequence[str], count: int, rng: random.Random
) -> list[Example]:
    """Turn claims round into yes/no questions on the evidence among foreign sentences.

    Evidence that supports or refutes answers; evidence that does neither leaves the question
    without an answer.
    """
    made: list[Example] = []
    for claim in rng.sample(list(claims), len(claims)):
        if len(made) == count:
            break
        question = yes_no_question(claim.claim)
        if question is None or (claim.label == "not_enough" and rng.random() < 0.3):
            continue
        context, spans = _surrounded([claim.evidence], others, rng)
        evidence = () if claim.label == "not_enough" else spans
        made.append(Example(question, context, (), "", "yes_no", evidence))
    return made


def yes_no_question(claim: str) -> str | None:
    """Put the auxiliary of a plain clause first; None if it has none near its start."""
    match = _AUXILIARY.match(claim.strip())
    if match is None or len(match["rest"]) < 4:
        return None
    subject, verb = match["subject"], match["verb"]
    first = subject.split(" ", 1)[0]
    if first in {
        "The",
        "A",
        "An",
        "His",
        "Her",
        "Their",
        "Its",
        "This",
        "It",
        "He",
        "She",
        "They",
        "There",
    }:
        subject = first.lower() + subject[len(first) :]
    if first.lower() in {"who", "what", "which", "where", "when", "that", "if", "and", "but"}:
        return None
    return f"{verb.capitalize()} {subject} {match['rest']}?"


def explained_examples(path: Path, count: int, rng: random.Random) -> list[Example]:
    """Put explanations of several sentences among foreign ones; one in four without them."""
    asked = [
        row
        for row in load_rows(path)
        if _EXPLAINED.match(row["query"]) and "SQuAD" not in str(row.get("source"))
    ]
    others = [row["passage"] for row in asked]
    made: list[Example] = []
    for row in rng.sample(asked, min(count, len(asked))):
        parts = _first_sentences(row["passage"], rng.randint(2, 6))
        question = row["query"].replace(" (are)", "").replace(" ?", "?")
        if rng.random() < 0.25:
            parts = []
        context, spans = _surrounded(parts, others, rng)
        made.append(Example(question, context, (), "", "explained", spans))
    return made


def _first_sentences(text: str, count: int) -> list[str]:
    bounds = sentence_bounds(text)[:count]
    return [text[a:b].strip() for a, b in bounds if text[a:b].strip()][:count]


def _surrounded(
    parts: Sequence[str], others: Sequence[str], rng: random.Random
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Put sentences between those of another text; also say where they are."""
    foreign = _first_sentences(rng.choice(others)[:_MAX_CHARACTERS], rng.randint(2, 5))
    cut = rng.randint(0, len(foreign))
    before, after = " ".join(foreign[:cut]), " ".join(foreign[cut:])
    gap = rng.choice((" ", " ", "\n"))
    context, spans = before, []
    for part in parts:
        context += gap if context else ""
        spans.append((len(context), len(context) + len(part)))
        context += part
    context += (gap if context else "") + after
    return context.rstrip(), tuple(spans)
