"""A sentence that may answer, with all that is known of it. Does not know how it is judged."""

from typing import NamedTuple

from qa.answer.signs.features import Features
from qa.schema import Passage, RowAnswer, Span

_BEYOND_DOUBT = 4.0  # log-odds


class Candidate(NamedTuple):
    """A sentence that may answer, the words that would, and what speaks for them.

    `answer` lies inside the sentence, or is several sentences with this one among them.
    `computed` of a table's rows, the answer is not for the network to judge by one of them alone.
    `listed` are two or more rows each of which answers, this one among them.
    `unmentioned` are names in the question that no document mentions, as typed; `held` are
    those of the question's words, by stem, that the sentence or its headings have.
    """

    passage: Passage
    sentence: Span
    answer: Span
    features: Features
    unmentioned: tuple[str, ...]
    held: frozenset[str] = frozenset()
    computed: bool = False
    listed: tuple[RowAnswer, ...] = ()

    @property
    def said(self) -> str:
        """The words of the sentence."""
        return self.passage.slice(self.sentence)


def meant(features: Features) -> Features:
    """Leave out a network's doubts about what was counted or computed."""
    return features._replace(
        answerable=max(features.answerable, _BEYOND_DOUBT),
        margin=max(features.margin, 0.0),
        evidence=max(features.evidence, 0.0),
        other_thing=0.0,
    )
