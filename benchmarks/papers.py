"""Ask the questions about the papers that the reader's training held back, of whole folders.

    python -m benchmarks.papers [FOLDER …] [--told]

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
from qa.evaluate.gold import same_sentence
from qa.index.build import build_index
from qa.schema import Answer
from qa.words import squeezed
from train.data import side_of
from train.papers import QUESTIONS, SENTENCES, Question, questions_of

DOCUMENTS = Path(__file__).parent.parent / "train" / "documents"


def main() -> None:
    """Ask, and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--told", action="store_true", help="what was not right, too")
    options = parser.parse_args()
    folders = options.folders or sorted(path.parent for path in DOCUMENTS.glob(f"*/{QUESTIONS}"))
    counts: Counter[tuple[bool, Verdict]] = Counter()
    for question, answer in asked(folders):
        verdict = judge(question, answer)
        counts[question.asked["answer"] is not None, verdict] += 1
        if options.told and verdict != "right":
            said = squeezed(answer.answer or "nothing")
            print(f"{verdict:<10}{answer.confidence:.2f}  {question.asked['question']} → {said}")
    for answerable, name in ((True, "answerable"), (False, "not answerable")):
        told = (f"{counts[answerable, each]} {each}" for each in ("right", "abstained", "wrong"))
        print(f"{name}: {', '.join(told)}")


def asked(folders: Sequence[Path]) -> Iterator[tuple[Question, Answer]]:
    """Ask each folder's index the questions about its documents that are for the test."""
    for folder in folders:
        questions = [each for each in questions_of(folder) if side_of(each.title) == "test"]
        if not questions:
            continue
        with tempfile.TemporaryDirectory() as made:
            build_index(folder, made)
            with closing(open_index(made)) as answerer:
                for question in questions:
                    yield question, answerer.ask(question.asked["question"])


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
