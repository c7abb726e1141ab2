"""Score passages with the span network: the best span of every sentence, and each sentence.

An extractive question-answering network (SQuAD 2.0 style; Rajpurkar et al. 2018) scores
every token as the start and as the end of an answer, and the passage as a whole; one that
`train.export` wrote also says which sentences belong to the answer. Runs with ONNX Runtime;
reads a reader folder that `train.export` or `export_reader` wrote. Does not know
thresholds, retrieval or citations.

    reader.json, model.onnx, tokenizer.json, hashes.json
    NAME/            another reader, if reader.json names it as `beside`: both are read, and
                     their scores averaged
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa.errors import ReaderError
from qa.models.hashes import checked, write_hashes
from qa.models.session import open_session
from qa.schema import Passage, Span

Floats = NDArray[np.float32]

CARD_FILE = "reader.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
PASSAGE_INPUT = "passage_mask"
START_OUTPUT, END_OUTPUT, ANSWERABLE_OUTPUT = "start_logits", "end_logits", "answerable_logit"
EVIDENCE_OUTPUT = "evidence_logits"
CLAIM_OUTPUT = "claim_logits"

# Of what the network reads: how much a question may take, and how much windows share.
_QUESTION_SHARE = 1 / 3
_STRIDE_SHARE = 1 / 8
_LEAST_TOKENS = 32
_NO_SCORE = -1e9
# Beyond this a network only says that it is sure, or saw nothing; another may still tell.
_MOST_ODDS = 20.0
# Most of the next best spans differ in an edge only; the first of another kind is within these.
_KEPT_SPANS = 60


class SpanScore(NamedTuple):
    """The best span of one sentence.

    Attributes:
        span: In document offsets, inside the sentence.
        margin: Its start and end logit, less those of "no answer".
        others: The next best spans of the sentence, best first.
        evidence: Log-odds that the sentence belongs to the answer; 0 from a network that
            does not say.
    """

    span: Span
    margin: float
    others: tuple["SpanScore", ...] = ()
    evidence: float = 0.0


class PassageScores(NamedTuple):
    """What the network says of one passage.

    Attributes:
        answerable: Log-odds that the passage answers the question.
        spans: One for each of the passage's sentences, in order.
    """

    answerable: float
    spans: tuple[SpanScore, ...]


class ClaimScores(NamedTuple):
    """Log-odds-like scores of what a text says of a claim; the highest is the likeliest."""

    supported: float
    refuted: float
    not_enough: float

    @property
    def odds(self) -> float:
        """Log-odds that the text supports the claim."""
        return bounded(self.supported - float(np.logaddexp(self.refuted, self.not_enough)))


class SpanNetwork:
    """An exported question-answering network. Safe to use from several threads."""

    def __init__(self, folder: Path | None = None, *, threads: int = 2) -> None:
        """Open a reader folder.

        Args:
            folder: Holds `model.onnx`, `tokenizer.json`, `reader.json`; None for the
                packaged reader.
            threads: Passages read side by side.

        Raises:
            ReaderError: A file is missing or damaged.
        """
        folder = folder or packaged_reader()
        try:
            with checked(folder):
                self.card: dict[str, Any] = json.loads((folder / CARD_FILE).read_text("utf-8"))
                self._max_answer_tokens = int(self.card["max_answer_tokens"])
                self._reads_headings = bool(self.card.get("reads_headings"))
                max_tokens = int(self.card["max_tokens"])
                if max_tokens < _LEAST_TOKENS:
                    raise ValueError(f"it reads {max_tokens} tokens, not {_LEAST_TOKENS} or more")
                beside = str(self.card.get("beside", ""))
                if beside != Path(beside).name:
                    raise ValueError(f"{beside!r} is no folder beside {CARD_FILE}")
                self._tokenizer = _open_tokenizer(folder / TOKENIZER_FILE, max_tokens)
                self._session = _open_session(folder / MODEL_FILE)
        except Exception as error:  # tokenizers and onnxruntime raise bare Exceptions
            raise ReaderError(
                f"the reader in {folder} cannot be opened ({error}): make it anew with: "
                "qa index --reader NAME_OR_FOLDER; the packaged one: install the program again"
            ) from error
        self._beside = SpanNetwork(folder / beside, threads=1) if beside else None
        self._max_question_tokens = int(max_tokens * _QUESTION_SHARE)
        self._inputs = [node.name for node in self._session.get_inputs()]
        self._outputs = [node.name for node in self._session.get_outputs()]
        self._pool = ThreadPoolExecutor(threads)

    def score(self, question: str, passages: Sequence[Passage]) -> list[PassageScores]:
        """Score passages, each on its own, two at a time.

        A passage longer than the network reads is read in overlapping windows, so that
        nothing is left out; of a very long question only the start is read. A network whose
        card says so reads the headings above the passage, too.
        """
        question = self._shortened(question)
        return list(self._pool.map(lambda passage: self._scored(question, passage), passages))

    def look(self, question: str, passage: Passage, claim: str) -> tuple[float, ClaimScores | None]:
        """Score one short passage and, side by side, what it says of a claim.

        Returns:
            Log-odds that it answers the question, and what `support` returns.
        """
        text = f"{passage.context}\n{passage.text}" if passage.context else passage.text
        claimed = self._pool.submit(self.support, claim, text)
        answerable = self._scored(self._shortened(question), passage).answerable
        return answerable, claimed.result()

    def support(self, claim: str, text: str) -> ClaimScores | None:
        """Say whether a text supports a claim; None from a network that cannot tell.

        Of a text longer than the network reads, the start is read.
        """
        if CLAIM_OUTPUT not in self._outputs:
            return None
        encoding = self._tokenizer.encode(self._shortened(claim), text)
        logits = self._session.run([CLAIM_OUTPUT], self._arrays(encoding))[0][0]
        return ClaimScores(*map(float, logits))

    def _scored(self, question: str, passage: Passage) -> PassageScores:
        scores = self._score(question, passage)
        if self._beside is None:
            return scores
        return _averaged(scores, self._beside._scored(question, passage))

    def _score(self, question: str, passage: Passage) -> PassageScores:
        heading = f"{passage.context}\n" if self._reads_headings and passage.context else ""
        first = self._tokenizer.encode(question, heading + passage.text)
        answerable = _NO_SCORE
        best = [SpanScore(s, _NO_SCORE, evidence=_NO_SCORE) for s in passage.sentences]
        for encoding in (first, *first.overflowing):
            window = self._run(encoding)
            spans = self._best_spans(passage, encoding, window, len(heading))
            best = [_better(*pair) for pair in zip(best, spans, strict=True)]
            logit = window.answerable
            if logit is None:
                logit = max((score.margin for score in spans), default=_NO_SCORE)
            answerable = max(answerable, logit)
        return PassageScores(answerable, tuple(best))

    def _run(self, encoding: Encoding) -> "_Window":
        outputs = self._session.run(None, self._arrays(encoding))
        found = dict(zip(self._outputs, outputs, strict=True))
        logit, evidence = found.get(ANSWERABLE_OUTPUT), found.get(EVIDENCE_OUTPUT)
        return _Window(
            found[START_OUTPUT][0],
            found[END_OUTPUT][0],
            None if logit is None else float(logit[0]),
            None if evidence is None else evidence[0],
        )

    def _arrays(self, encoding: Encoding) -> dict[str, NDArray[np.int64]]:
        passage = [int(part == 1) for part in encoding.sequence_ids]
        rows = (encoding.ids, encoding.attention_mask, encoding.type_ids, passage)
        feed = dict(zip((*INPUTS, PASSAGE_INPUT), rows, strict=True))
        return {name: np.array([feed[name]], dtype=np.int64) for name in self._inputs}

    def _best_spans(
        self, passage: Passage, encoding: Encoding, window: "_Window", shift: int
    ) -> list[SpanScore]:
        """Find the span with the highest sum of logits inside every sentence.

        Args:
            passage: What was read.
            encoding: How it was read.
            window: What the network said.
            shift: Characters in front of the passage that are not its own.
        """
        text = " " * shift + passage.text
        offsets = np.array([_bare(text, *offset) for offset in encoding.offsets]) - shift
        in_passage = np.array([part == 1 for part in encoding.sequence_ids])
        real = in_passage & (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 0] >= 0)
        null = float(window.start[0] + window.end[0])
        found = []
        for sentence in passage.sentences:
            low, high = sentence.shift(-passage.start)
            (rows,) = np.nonzero(real & (offsets[:, 0] >= low) & (offsets[:, 1] <= high))
            if not len(rows):
                found.append(SpanScore(sentence, _NO_SCORE, evidence=_NO_SCORE))
                continue
            best, *others = (
                SpanScore(
                    Span(int(offsets[rows[first], 0]), int(offsets[rows[last], 1])).shift(
                        passage.start
                    ),
                    score - null,
                )
                for first, last, score in _best_pairs(
                    window.start[rows], window.end[rows], self._max_answer_tokens
                )
            )
            belongs = 0.0 if window.evidence is None else float(window.evidence[rows].mean())
            found.append(best._replace(others=tuple(others), evidence=belongs))
        return found

    def _shortened(self, question: str) -> str:
        # As the second of a pair: alone, a text too long to read is an error.
        encoding = self._tokenizer.encode("", question)
        parts = zip(encoding.offsets, encoding.sequence_ids, strict=True)
        ends = [end for (_, end), part in parts if part == 1]
        if len(ends) <= self._max_question_tokens:
            return question
        return question[: ends[self._max_question_tokens - 1]]


class _Window(NamedTuple):
    """What the network says of one window.

    Attributes:
        start: Logits, shape (tokens,).
        end: Same shape.
        answerable: Its verdict on the whole, if it has one.
        evidence: Of every token's sentence, shape (tokens,), if it says.
    """

    start: Floats
    end: Floats
    answerable: float | None
    evidence: Floats | None


def _averaged(one: PassageScores, other: PassageScores) -> PassageScores:
    """Average what two networks say of a passage; the spans are the first one's."""
    spans = []
    for mine, its in zip(one.spans, other.spans, strict=True):
        margin = (bounded(mine.margin) + bounded(its.margin)) / 2
        by = margin - mine.margin
        spans.append(
            mine._replace(
                margin=margin,
                evidence=(bounded(mine.evidence) + bounded(its.evidence)) / 2,
                others=tuple(each._replace(margin=each.margin + by) for each in mine.others),
            )
        )
    return PassageScores((one.answerable + other.answerable) / 2, tuple(spans))


def bounded(odds: float) -> float:
    """Return log-odds, or the most that they can tell."""
    return max(-_MOST_ODDS, min(_MOST_ODDS, odds))


def _better(one: SpanScore, two: SpanScore) -> SpanScore:
    """Return the score of the window that saw more of the sentence, or is surer."""
    best = max((one, two), key=lambda score: score.margin)
    return best._replace(evidence=max(one.evidence, two.evidence))


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write a reader's `reader.json`, and the hashes of what is there, which it comes last of."""
    (folder / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    write_hashes(folder)


def packaged_reader() -> Path:
    """Return the folder of the reader that comes with the program."""
    return Path(str(files("qa"))) / "reader"


def _best_pairs(start: Floats, end: Floats, longest: int) -> list[tuple[int, int, float]]:
    """Find the pairs first ≤ last < first + longest with the highest sums, best first."""
    size = len(start)
    allowed = np.triu(np.ones((size, size), dtype=bool))
    allowed &= ~np.triu(np.ones((size, size), dtype=bool), longest)
    sums = np.where(allowed, start[:, None] + end[None, :], -np.inf).ravel()
    best = np.argsort(-sums, kind="stable")[: min(_KEPT_SPANS, int(allowed.sum()))]
    return [(*divmod(int(pair), size), float(sums[pair])) for pair in best]


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a token's offsets without the white space that some tokenizers count in."""
    start = end - len(text[start:end].lstrip())
    return start, start + len(text[start:end].rstrip())


def _open_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    stride = int(max_tokens * _STRIDE_SHARE)
    tokenizer.enable_truncation(max_tokens, stride=stride, strategy="only_second")
    return tokenizer


def _open_session(path: Path) -> onnxruntime.InferenceSession:
    """Open a model and check that it is a question-answering one."""
    session = open_session(path)
    inputs = {node.name for node in session.get_inputs()}
    outputs = {node.name for node in session.get_outputs()}
    if not (inputs <= {*INPUTS, PASSAGE_INPUT} and {START_OUTPUT, END_OUTPUT} <= outputs):
        raise ValueError(f"{path.name} takes {sorted(inputs)} and gives {sorted(outputs)}")
    return session
