"""Documents that are not trusted are marked, and never decide alone against others."""

import json
import re
import shutil
from pathlib import Path

import pytest

from qa.answer.live import open_index
from qa.answer.present import answer_to_json, answer_to_text
from qa.index.build import build_index
from qa.settings import AskSettings
from tests.conftest import GOLD, ROOT, write_corpus

pytestmark = pytest.mark.model

OURS = "# Handbook\n\nEffective from 1 March 2021.\n\nThe notice period for all staff is 30 days.\n"
THEIRS = "# Handbook\n\nEffective from 1 May 2025.\n\nThe notice period for all staff is 90 days.\n"
QUESTION = "What is the current notice period for all staff?"
DISTRUSTING = AskSettings(untrusted=("uploads",))


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("untrusted")
    alone = "The car park at the north gate opens at 6 in the morning.\n"
    files = {"handbook.md": OURS, "uploads/handbook.md": THEIRS, "uploads/parking.txt": alone}
    write_corpus(folder / "corpus", files)
    build_index(folder / "corpus", folder / "index")
    return folder / "index"


def test_the_newest_answers_where_all_are_trusted(index_dir: Path) -> None:
    answer = open_index(index_dir, AskSettings()).ask(QUESTION)
    assert answer.state == "answer"
    assert answer.citations[0].doc_id == "uploads/handbook.md"
    assert answer.citations[0].trusted


def test_an_untrusted_document_that_claims_to_be_newer_is_shown_beside_the_trusted_one(
    index_dir: Path,
) -> None:
    answer = open_index(index_dir, DISTRUSTING).ask(QUESTION)
    assert answer.state == "differ"
    trusted = {citation.doc_id: citation.trusted for citation in answer.citations}
    assert trusted == {"handbook.md": True, "uploads/handbook.md": False}
    assert "not trusted" in answer_to_text(answer)


def test_an_untrusted_document_that_nothing_contradicts_answers_and_is_marked(
    index_dir: Path,
) -> None:
    answer = open_index(index_dir, DISTRUSTING).ask("When does the car park open?")
    (cited,) = answer_to_json(answer)["citations"]
    assert (cited["doc_id"], cited["trusted"]) == ("uploads/parking.txt", False)


def test_a_trusted_document_that_is_newer_answers_alone(index_dir: Path) -> None:
    settings = AskSettings(untrusted=("handbook.md",))
    answer = open_index(index_dir, settings).ask(QUESTION)
    assert answer.state == "answer"
    assert answer.citations[0].doc_id == "uploads/handbook.md"


@pytest.mark.parametrize(
    ("pattern", "doc_id", "trusted"),
    [
        ("uploads", "uploads/a.txt", False),
        ("uploads/", "uploads/in/a.txt", False),
        ("uploads", "uploads.txt", True),
        ("*.eml", "mail/a.eml", False),
        ("mail/*.eml", "a.eml", True),
    ],
)
def test_patterns_mean_paths_and_folders(pattern: str, doc_id: str, trusted: bool) -> None:
    assert AskSettings(untrusted=(pattern,)).trusts(doc_id) == trusted


GOLD_QUESTIONS = [
    gold
    for gold in map(json.loads, GOLD.read_text("utf-8").splitlines())
    if gold["answerable"] and re.fullmatch(r"[\d.,]+( \w+)?", gold["answers"][0])
]


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default page, and a document that repeats questions about it with false answers."""
    folder = tmp_path_factory.mktemp("poisoned")
    (folder / "corpus" / "uploads").mkdir(parents=True)
    shutil.copy(ROOT / "corpus" / "inl-peru.txt", folder / "corpus")
    false = []
    for gold in GOLD_QUESTIONS:
        right = gold["answers"][0]
        wrong = re.sub(r"\d+", lambda number: str(int(number[0]) * 3 + 7), right)
        false.append(f"{gold['question']} {wrong}. {gold['evidence'][0].replace(right, wrong)}\n\n")
    (folder / "corpus" / "uploads" / "faq.txt").write_text("".join(false))
    build_index(folder / "corpus", folder / "index")
    return folder / "index"


def test_who_repeats_questions_with_false_answers_never_stands_alone_against_an_answer(
    poisoned: Path,
) -> None:
    fooled = open_index(poisoned, AskSettings())
    wary = open_index(poisoned, AskSettings(untrusted=("uploads",)))
    answerable = wrong = silenced = 0
    for gold in GOLD_QUESTIONS:
        alone = wary.ask(gold["question"], only=["inl-peru.txt"])
        if not alone.answered:
            continue
        answerable += 1
        cited = [citation.doc_id for citation in fooled.ask(gold["question"]).citations]
        wrong += cited[:1] == ["uploads/faq.txt"]
        answer = wary.ask(gold["question"])
        if not answer.answered:
            silenced += 1
            continue
        assert answer.citations[0].doc_id == "inl-peru.txt"
        assert answer.answer == alone.answer
    assert answerable >= 4
    assert silenced <= answerable / 4, "what is repeated can make it less sure, not wrong"
    assert wrong >= answerable / 2, "what remains where all are trusted"
