"""Decide for each sentence of a writer which places of the passages support it, or strike it.

Its figures and names must stand in the cited sentences, its words largely, and the reader's
network must take them for support. Citations are made here, from places found here: the numbers
that a writer puts behind its sentences are not believed. Does not know where sentences come from.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from qa.models.span_network import ClaimScores, SpanNetwork
from qa.schema import Passage, Reading, Span
from qa.words import squeezed
from qa.write.signs import Signs, signs

_MOST_PLACES = 3
# Another place is cited along if it has so much more of the sentence's words.
_WORTH_CITING = 0.12
_LEAST_COVERAGE = 0.4
_MARKER = re.compile(r"\s*[\[(【]\s*\d+(?:\s*[,;–-]\s*\d+)*\s*[\])】]")
_LINK = re.compile(r"https?://|www\.|!?\[[^\]]*\]\(", re.IGNORECASE)
# What is said to a machine, or of it: neither is it evidence, nor does it belong in an answer.
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|previous|above|prior|rule|prompt)"
    r"|\bsystem prompt\b|\byou (?:are|must|should) (?:now )?(?:an? )?(?:ai|assistant|chatbot)\b"
    r"|\b(?:reply|respond|answer|output|say|print|write) (?:only )?"
    r"(?:with|exactly|the (?:word|text))\b"
    r"|\bas an ai\b|\blanguage model\b|\bapi key\b",
    re.IGNORECASE,
)


class Support(NamedTuple):
    """What became of a sentence.

    Attributes:
        text: The sentence, without the writer's own marks.
        readings: The places that support it, the best first; empty if it is struck.
        reason: Why it is struck; empty if it is not.
    """

    text: str
    readings: tuple[Reading, ...]
    reason: str


class Place(NamedTuple):
    """A sentence of a passage."""

    passage: Passage
    sentence: Span

    @property
    def text(self) -> str:
        """The sentence."""
        return self.passage.slice(self.sentence)


class Weighed(NamedTuple):
    """What there is to say of a sentence.

    Attributes:
        places: The sentences nearest to it, the best first.
        features: What a `ClaimCheck` weighs; empty where there is no need to.
        reason: Why words alone strike it; empty if they do not.
    """

    places: tuple[Place, ...]
    features: tuple[float, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """What the network and the words say of a claim, weighed; fitted by `train.claims`.

    Attributes:
        weights: Of the features: how much rather supported than refuted, than not said, and
            the share of its words that stand there.
        intercept: Added to their sum.
        threshold: The sum below which a sentence is struck.
    """

    weights: tuple[float, ...]
    intercept: float
    threshold: float

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> "ClaimCheck | None":
        """Read it from a reader's card; None if it has none."""
        found = card.get("claims")
        if not found:
            return None
        return cls(tuple(found["weights"]), found["intercept"], found["threshold"])

    def passes(self, features: Sequence[float]) -> bool:
        """Whether a claim of these features is taken for supported."""
        parts = zip(self.weights, features, strict=True)
        return self.intercept + sum(weight * value for weight, value in parts) >= self.threshold


class Verifier:
    """Checks sentences against passages. Safe to use from several threads."""

    def __init__(self, network: SpanNetwork, rarity: Callable[[str], float]) -> None:
        """Prepare.

        Args:
            network: Says whether a text supports a claim; its card has the threshold.
            rarity: A word's weight among the documents, above 0.
        """
        self._network = network
        self._rarity = rarity
        self._check = ClaimCheck.of_card(network.card)

    @property
    def works(self) -> bool:
        """Whether the reader can tell support at all; a foreign one cannot."""
        return self._check is not None

    def check(self, sentence: str, passages: Sequence[Passage]) -> Support:
        """Find what supports a sentence, or say why it is struck."""
        text = squeezed(_MARKER.sub("", sentence))
        weighed = self.weigh(text, passages)
        reason = weighed.reason
        if not reason and not (self._check and self._check.passes(weighed.features)):
            reason = "the passages do not bear it out"
        places = () if reason else weighed.places
        return Support(text, tuple(map(_reading, places)), reason)

    def weigh(self, text: str, passages: Sequence[Passage]) -> "Weighed":
        """Find the places nearest to a sentence, and what words and network say of them."""
        places = self._places(text, passages)
        reason = _no_statement(text) or ("" if places else "no passage says anything like it")
        if reason:
            return Weighed((), (), reason)
        found = self._signs(text, places)
        reason = _struck_by_words(found, signs(text, places[0].text))
        said = self._network.support(text, _evidence(places))
        if said is None:
            return Weighed((), (), reason or "the reader cannot tell")
        return Weighed(tuple(places), _features(said, found), reason)

    def _places(self, text: str, passages: Sequence[Passage]) -> list[Place]:
        """Choose the sentences that together hold most of the text's words, the best first."""
        left = [
            Place(passage, sentence)
            for passage in passages
            for sentence in passage.sentences
            if not _ORDER.search(passage.slice(sentence))
        ]
        chosen: list[Place] = []
        reached = 0.0
        while left and len(chosen) < _MOST_PLACES:
            worths = [self._worth(self._signs(text, [*chosen, place])) for place in left]
            worth = max(worths)
            best = left[worths.index(worth)]
            if worth - reached < (_WORTH_CITING if chosen else 1e-9):
                break
            chosen.append(best)
            left.remove(best)
            reached = worth
        return chosen

    def _signs(self, text: str, places: Sequence[Place]) -> Signs:
        return signs(text, _evidence(places), self._rarity)

    @staticmethod
    def _worth(found: Signs) -> float:
        return found.coverage - 0.2 * (found.missing_figures + found.missing_names)


def _no_statement(text: str) -> str:
    """Say why a text is no statement about the documents, whatever they say; empty if it is."""
    if _LINK.search(text) or _ORDER.search(text):
        return "it is no statement about the documents"
    return "it asks instead of answering" if text.endswith("?") else ""


def _struck_by_words(found: Signs, nearest: Signs) -> str:
    """Say what a sentence has that its places do not; empty if nothing.

    Args:
        found: The sentence compared with all its places.
        nearest: Compared with the first of them alone.
    """
    if found.missing_figures:
        return "a figure in it is not in the passages together with the rest"
    if found.missing_names:
        return "a name in it is not in the passages together with the rest"
    if nearest.denial or nearest.opposites:
        return "the passages say the opposite, or deny it"
    return "the passages do not bear it out" if found.coverage < _LEAST_COVERAGE else ""


def _features(said: ClaimScores, found: Signs) -> tuple[float, ...]:
    """List what speaks for and against a claim's being supported, as `ClaimCheck` weighs it."""
    return (said.supported - said.refuted, said.supported - said.not_enough, found.coverage)


def _evidence(places: Sequence[Place]) -> str:
    """What a network reads to judge: the heading once, and the sentences."""
    lines: list[str] = []
    for place in places:
        lines += [line for line in (place.passage.context, place.text) if line not in lines]
    return "\n".join(lines)


def _reading(place: Place) -> Reading:
    return Reading(place.passage, place.sentence, place.sentence, 1.0)
