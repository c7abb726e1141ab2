"""Ask the questions about the papers that the reader's training held back, of whole folders.

    python -m benchmarks.papers [FOLDER …] [--encoder NAME] [--told | --found]

A question counts as right if the first quote is its evidence, of the right document, and the
answer holds its words or is among them; where whole sentences answer, the quote is enough. One
without an answer is right if it is refused. Without FOLDER, those of `train/documents`.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.cases import Verdict, any_in
from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.evaluate.gold import same_sentence
from qa.index.build import build_index
from qa.schema import Answer, RetrievedPassage
from qa.settings import DEFAULT_ENCODER, BuildSettings
from qa.words import squeezed
from train.papers import QUESTIONS, SENTENCES, Question, has_questions, questions_in

DOCUMENTS = Path(__file__).parent.parent / "train" / "documents"
_BEST = (1, 3, 5, 10)
_NONE = 1_000
"""A rank that none of the passages looked at has."""


def main() -> None:
    """Ask, and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--told", action="store_true", help="what was not right, too")
    parser.add_argument("--found", action="store_true", help="only search")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER, help="to search with (%(default)s)")
    options = parser.parse_args()
    folders = options.folders or sorted(path.parent for path in DOCUMENTS.glob(f"*/{QUESTIONS}"))
    if options.found:
        ranks = list(ranks_of_evidence(folders, options.encoder))
        if not ranks:
            parser.error("none of the folders has an answerable question for the test")
        shares = (f"{sum(rank <= k for rank in ranks) / len(ranks):.3f} in {k}" for k in _BEST)
        print(f"{len(ranks)} questions, evidence found: {', '.join(shares)}")
        return
    counts: Counter[tuple[bool, Verdict]] = Counter()
    for question, answer in asked(folders, options.encoder):
        verdict = judge(question, answer)
        counts[question.asked["answer"] is not None, verdict] += 1
        if options.told and verdict != "right":
            said = squeezed(answer.answer or "nothing")
            print(f"{verdict:<10}{answer.confidence:.2f}  {question.asked['question']} → {said}")
    for answerable, name in ((True, "answerable"), (False, "not answerable")):
        told = (f"{counts[answerable, each]} {each}" for each in ("right", "abstained", "wrong"))
        print(f"{name}: {', '.join(told)}")


def asked(folders: Sequence[Path], encoder: str) -> Iterator[tuple[Question, Answer]]:
    """Ask each folder's index the questions about its documents that are for the test."""
    for answerer, question in _held_back(folders, encoder):
        yield question, answerer.ask(question.asked["question"])


def ranks_of_evidence(folders: Sequence[Path], encoder: str) -> Iterator[int]:
    """Yield, for each answerable question, the rank of the first passage with evidence."""
    for answerer, question in _held_back(folders, encoder):
        if question.evidence:
            found = answerer.search(question.asked["question"], _BEST[-1])
            yield next((each.rank for each in found if _tells(question, each)), _NONE)


def _held_back(folders: Sequence[Path], encoder: str) -> Iterator[tuple[Answerer, Question]]:
    """Yield each test question with an index of its folder."""
    with tempfile.TemporaryDirectory() as made:  # one for all: another encoder is exported once
        for folder in folders:
            if has_questions(folder, "test"):
                build_index(folder, made, BuildSettings(encoder=encoder))
                with closing(open_index(made)) as answerer:
                    for question in questions_in(answerer.index, folder, "test"):
                        yield answerer, question


def _tells(question: Question, found: RetrievedPassage) -> bool:
    own = found.passage.doc_id == question.asked["doc"]
    return own and any(piece in found.passage.text for piece in question.evidence)


def judge(question: Question, answer: Answer) -> Verdict:
    """Say whether an answer is right."""
    wanted = question.asked["answer"]
    if wanted is None:
        return "wrong" if answer.answered else "right"
    if not answer.answered:
        return "abstained"
    first, said = answer.citations[0], answer.answer or ""
    quoted = any(same_sentence(piece, first.quote) for piece in question.evidence)
    worded = any_in([wanted], said) or any_in([said], wanted)
    worded = worded or question.asked["kind"] in SENTENCES
    right = quoted and worded and first.doc_id == question.asked["doc"]
    return "right" if right else "wrong"


if __name__ == "__main__":
    main()
