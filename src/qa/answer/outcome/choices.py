"""Find the documents between which a question leaves the choice: "What does it cost?".

Several would each answer it if it were asked of them alone, and of different things. Does not
know how a person is asked.
"""

from collections.abc import Callable, Sequence

from qa.answer.outcome.things import Things
from qa.answer.read import answer_words
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.values.figures import figures

_SAME_COVERAGE = 0.95
# Of how likely the first is: what is less likely is no other answer, however sure if read alone.
_LEAST_LIKELY = 0.02


def choices(
    things: Things, candidates: Sequence[Candidate], is_sure: Callable[[Sequence[Candidate]], bool]
) -> list[str]:
    """List the documents a question may mean, the likeliest first; none if it is plain.

    Args:
        things: Tells what sentences speak of.
        candidates: The most promising first.
        is_sure: Whether the first of some sentences would be an answer, had these been all.
    """
    of_document: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        of_document.setdefault(candidate.passage.doc_id, []).append(candidate)
    if len(of_document) < 2:
        return []
    most = max(candidate.features.coverage for candidate in candidates)
    if not most and things.asked_in_several_words:
        return []  # asked in other words than any of them has: nothing says what they are of
    likely = _LEAST_LIKELY * candidates[0].features.lead
    sure = [
        found[0]
        for found in of_document.values()
        if found[0].features.lead >= likely and _fits(found[0], most) and is_sure(found)
    ]
    if all(_say_the_same(sure[0], other) for other in sure[1:]):
        return []
    apart = [
        one for one in sure if all(other is one or things.left_open(one, other) for other in sure)
    ]
    return [one.passage.doc_id for one in apart] if len(apart) > 1 else []


def _fits(candidate: Candidate, coverage: float) -> bool:
    """Whether nothing speaks against a sentence, and it has as much of the question as any."""
    features = candidate.features
    return (
        features.coverage >= _SAME_COVERAGE * coverage
        and not features.wrong_type
        and not features.missing_figure
        and not features.other_thing
        and not candidate.unmentioned
    )


def _say_the_same(one: Candidate, other: Candidate) -> bool:
    """Whether two answers have the same words, or one all figures of the other."""
    texts = [each.passage.slice(each.answer) for each in (one, other)]
    mine, theirs = (figures(text, in_words=True) for text in texts)
    if mine and theirs:
        return mine <= theirs or theirs <= mine
    return answer_words(one.passage, one.answer) == answer_words(other.passage, other.answer)
