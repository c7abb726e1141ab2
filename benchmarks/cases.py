"""Ask the questions of a folder of cases, and count the right, the abstained and the wrong.

    python -m benchmarks.cases [FOLDER] [--only NAME …] [--quiet]

A case is a folder with `docs/` and `questions.jsonl`: gold questions, one a line, that may say
more than `qa eval` asks for (`CaseQuestion`). Without FOLDER, the cases of the tests.
"""

import argparse
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.converse.conversation import Reply, exchanges_of, reply
from qa.errors import GoldError
from qa.evaluate.gold import jsonl_records, read_gold_text
from qa.files import decode
from qa.index.build import build_index
from qa.schema import Answer
from qa.words import squeezed

CASES = Path(__file__).parent.parent / "tests" / "cases"
# Of a word that blanks bound, as they do not in Chinese and Japanese.
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff]"
Verdict = Literal["right", "abstained", "wrong"]


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """A question of a case; words are looked for whole, whatever their case.

    Attributes:
        question: As a person would ask it.
        answerable: Whether the documents answer it.
        answers: Words one of which is in the answer.
        evidence: Words one of which is in the first quote.
        doc: The document that is cited first; None for any.
        forbid: Words that must not be in the answer.
        needs_all: Words that must all be in it, as the items of a list.
        only_docs: The only documents that may be cited; empty for any.
        conversation: Which it is a turn of: those before it with the same are what was said; empty
            for a question of its own.
    """

    question: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    doc: str | None = None
    forbid: tuple[str, ...] = ()
    needs_all: tuple[str, ...] = ()
    only_docs: tuple[str, ...] = ()
    conversation: str = ""


class Asked(NamedTuple):
    """What came of a question."""

    question: CaseQuestion
    answer: Answer
    verdict: Verdict


def main() -> None:
    """Ask every case and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=CASES)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="of the cases to ask")
    parser.add_argument("--quiet", action="store_true", help="counts alone")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for name, asked in ask_cases(options.folder, Path(scratch), options.only):
            for each in asked if not options.quiet else ():
                if each.verdict != "right":
                    print(f"    {_line(each)}")
            counts = Counter[str](each.verdict for each in asked)
            print(f"{name:<28}{_counts(counts)}", flush=True)
            total += counts
    print(f"{'in all':<28}{_counts(total)}")


def ask_cases(
    folder: Path, index_dir: Path, only: Sequence[str] | None = None
) -> Iterator[tuple[str, list[Asked]]]:
    """Ask the cases of a folder, one after the other, in the order of their names.

    Args:
        folder: With a folder a case.
        index_dir: Where their indexes are built, one in the place of the other, so that the
            models are prepared once.
        only: Names of cases; None for all.

    Raises:
        GoldError: There is none, or a file of questions is malformed.
        QAError: A case's documents cannot be indexed.
    """
    cases = sorted(path.parent for path in folder.glob("*/questions.jsonl"))
    cases = [case for case in cases if only is None or case.name in only]
    if not cases:
        raise GoldError(f"{folder} has no case: a folder with docs/ and questions.jsonl")
    for case in cases:
        questions = load_questions(case / "questions.jsonl")
        build_index(case / "docs", index_dir)
        answerer = open_index(index_dir)
        answers = list(_answers(answerer, questions))
        answerer.close()
        yield (
            case.name,
            [
                Asked(question, answer, judge(question, answer))
                for question, answer in zip(questions, answers, strict=True)
            ],
        )


def _answers(answerer: Answerer, questions: Sequence[CaseQuestion]) -> Iterator[Answer]:
    """Ask questions in turn; what is said in a conversation without an answer abstains."""
    said: dict[str, list[Reply]] = {}
    for question in questions:
        if not question.conversation:
            yield answerer.ask(question.question)
            continue
        earlier = said.setdefault(question.conversation, [])
        earlier.append(reply(answerer, question.question, exchanges_of(earlier)))
        given = earlier[-1].answer
        yield given or Answer(question.question, False, None, 0.0, (), ())


def load_questions(path: Path) -> list[CaseQuestion]:
    """Read a case's questions.

    Raises:
        GoldError: The file is missing or malformed; says in which line.
    """
    questions = []
    for where, record in jsonl_records(read_gold_text(path), path):
        try:
            questions.append(decode(record, CaseQuestion))
        except ValueError as error:
            raise GoldError(f"{where}: {error}") from error
    return questions


def judge(question: CaseQuestion, answer: Answer) -> Verdict:
    """Say whether an answer is right: its words, its quote and where they are from."""
    if not question.answerable:
        return "wrong" if answer.answered else "right"
    if not answer.answered:
        return "abstained"
    said, first = answer.answer or "", answer.citations[0]
    cited = {citation.doc_id for citation in answer.citations}
    right = (
        (not question.answers or any_in(question.answers, said))
        and (not question.evidence or any_in(question.evidence, first.quote))
        and not any_in(question.forbid, said)
        and all(any_in([words], said) for words in question.needs_all)
        and question.doc in (None, first.doc_id)
        and (not question.only_docs or cited <= {*question.only_docs})
    )
    return "right" if right else "wrong"


def any_in(wanted: Sequence[str], text: str) -> bool:
    """Whether some of the words stand in a text, whole: 2 is not in 12, nor in 2.5."""
    return any(
        re.search(
            rf"(?<!{_LETTER})(?<!\d[.,]){re.escape(_plain(words))}(?!{_LETTER}|[.,]\d)",
            _plain(text),
        )
        for words in wanted
    )


def _plain(text: str) -> str:
    return squeezed(unicodedata.normalize("NFC", text)).replace("’", "'").casefold()


def _line(asked: Asked) -> str:
    said = squeezed(asked.answer.answer or "nothing")
    return f"{asked.verdict:<10}{asked.answer.confidence:.2f}  {asked.question.question} → {said}"


def _counts(counts: Counter[str]) -> str:
    return "".join(f"{counts[name]:4} {name}" for name in ("right", "abstained", "wrong"))


if __name__ == "__main__":
    main()
