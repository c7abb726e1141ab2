"""What was written about each question, and what it counts as."""

import json
import re
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.peers.data import Question, Sample
from benchmarks.peers.figures import stands
from benchmarks.peers.writing.metered import Spent
from qa.words import content_stems, words

ANSWERABLE = "questions"
_LONG, _MOST = 3, 0.75
_FIRST = re.compile(r".+?(?:[.!?](?=\s)|$)", re.DOTALL)

_DECLINES = re.compile(
    r"""\b(?:
        (?:do|does|did)(?:\ not|n['’]t)\ (?:\w+ly\ )?know
      | (?:is|are|was|were)(?:\ not|n['’]t)\ (?:\w+ly\ )?
            (?:mentioned|provided|specified|stated|known|enough)
      | (?:cannot|can['’]t|can\ not|unable\ to|(?:im|not\ )possible\ to)\ (?:\w+\ ){0,2}
            (?:answer|determine|determined|find|provide|tell|say)
      | no\ (?:\w+\ )?(?:information|mention|answer|evidence)
      | insufficient\ information
      | (?:contexts?|passages?|texts?|documents?|sources?|information|excerpts?)\b[^.]{0,60}
            (?:\ not\b|n['’]t\b)
      | none\ of\ the\ (?:\w+\ )?(?:sources|passages)
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """One peer's answer to one question.

    Attributes:
        peer: Whose.
        kind: `questions`, `off_corpus` or `near_miss`.
        question: As asked.
        answers: Gold answers; none where there is none.
        text: As a person sees it.
        citations: What a person is shown to check it by, as `Quoted`.
        stand: Whether each of those stands verbatim where it says.
        says_declined: Whether the peer says that it declines; None if only the text can tell.
        requests: Sent to the model.
        tokens_in: It read for them.
        tokens_out: It wrote.
    """

    peer: str
    kind: str
    question: str
    answers: Sequence[str]
    text: str
    citations: Sequence[dict[str, Any]]
    stand: bool
    says_declined: bool | None
    requests: int
    tokens_in: int
    tokens_out: int

    @classmethod
    def of(
        cls,
        peer: str,
        kind: str,
        question: Question,
        prose: dict[str, Any],
        spent: Spent,
        sample: Sample,
    ) -> Self:
        """Put together what came of a question."""
        cited = prose["citations"]
        return cls(
            peer, kind, question.text, question.answers if kind == ANSWERABLE else (),
            prose["text"], cited, all(stands(one, sample.documents) for one in cited),
            prose["declined"], *spent,
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> list[Self]:
        """Return what a file holds; nothing if there is none."""
        if not path.is_file():
            return []
        return [cls(**json.loads(line)) for line in path.read_text("utf-8").split("\n") if line]

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return asdict(self)

    @property
    def right(self) -> bool:
        """Whether the text holds a gold answer; see `holds`."""
        return holds(self.text, self.answers)

    @property
    def declined(self) -> bool:
        """Whether no answer is given; a text that holds a gold answer gives one."""
        if self.says_declined is not None:
            return self.says_declined
        first = _FIRST.match(self.text.strip())
        return not self.right and (first is None or bool(_DECLINES.search(first[0])))

    @property
    def shown(self) -> bool:
        """Whether it is right, and the first citation holds a gold answer as well."""
        return self.right and any(holds(c["text"], self.answers) for c in self.citations[:1])


def holds(text: str, answers: Sequence[str]) -> bool:
    """Whether a text holds one of the answers, word for word, or most words of a long one."""
    bare = f" {' '.join(words(text))} "
    roots = content_stems(text)
    return any(
        f" {' '.join(words(answer))} " in bare
        or (len(own := content_stems(answer)) >= _LONG and len(own & roots) >= _MOST * len(own))
        for answer in answers
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One peer's figures; counts, but for the last four.

    Attributes:
        right: Answerable questions whose answer holds a gold one.
        shown: Those whose first citation holds it as well.
        otherwise: Answerable questions answered without a gold answer.
        declined: Answerable questions declined.
        off_corpus: Questions about what is not in the documents that are answered.
        near_miss: Questions that a document only seems to answer that are answered.
        wrong: Share of the answers given that are not right.
        cited_characters: Median length of all that an answer cites.
        uncited: Answers that cite nothing.
        stand: Answers that cite, all of it verbatim at a place that is named.
        requests: Mean of a question.
        tokens_in: The same.
        tokens_out: The same.
    """

    right: int
    shown: int
    otherwise: int
    declined: int
    off_corpus: int
    near_miss: int
    wrong: float
    cited_characters: float
    uncited: int
    stand: int
    requests: float
    tokens_in: float
    tokens_out: float


def column(written: Sequence[Written]) -> Column:
    """Count what one peer wrote."""
    given = [one for one in written if not one.declined]
    answered = {
        kind: [one for one in given if one.kind == kind]
        for kind in (ANSWERABLE, "off_corpus", "near_miss")
    }
    right = sum(one.right for one in answered[ANSWERABLE])
    cited = [sum(len(c["text"]) for c in one.citations) for one in given]
    return Column(
        right=right,
        shown=sum(one.shown for one in answered[ANSWERABLE]),
        otherwise=len(answered[ANSWERABLE]) - right,
        declined=sum(one.kind == ANSWERABLE and one.declined for one in written),
        off_corpus=len(answered["off_corpus"]),
        near_miss=len(answered["near_miss"]),
        wrong=1 - right / len(given) if given else 0.0,
        cited_characters=statistics.median(cited or [0]),
        uncited=sum(not one.citations for one in given),
        stand=sum(bool(one.citations) and one.stand for one in given),
        requests=statistics.fmean(one.requests for one in written),
        tokens_in=statistics.fmean(one.tokens_in for one in written),
        tokens_out=statistics.fmean(one.tokens_out for one in written),
    )
