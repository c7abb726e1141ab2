"""Drafts are verbatim, diverse and repeatable; what is said to be unanswerable is."""

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.draft.draft import draft_gold, drafts_of
from qa.draft.questions import questions
from qa.draft.unanswerable import Background, twin
from qa.evaluate.gold import load_gold
from qa.files import json_lines
from qa.index.build import build_index
from qa.index.local.generations import Index
from qa.index.local.store import Store
from qa.schema import Document, Span
from qa.words import query_terms
from tests.conftest import ROOT, tiny_settings, write_corpus

SAMPLES = ROOT / "tests" / "draft" / "samples"
EXPECTED = ROOT / "tests" / "draft" / "questions_expected.tsv"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four documents of different kinds: minutes, a contract, a manual, news."""
    folder = tmp_path_factory.mktemp("draft")
    build_index(SAMPLES, folder / "index", tiny_settings(folder / "index"))
    return Index.open(folder / "index").store


@pytest.mark.parametrize("seed", range(12))
def test_answers_stand_in_their_evidence_and_evidence_in_its_document(
    store: Store, seed: int
) -> None:
    records = draft_gold(store, 60, seed)
    assert records
    for record in records:
        assert record["draft"] is True
        document = store.document(record["doc_id"])
        assert document is not None
        assert record["answerable"] == bool(record["evidence"]) == bool(record["answers"])
        for evidence in record["evidence"]:
            assert evidence in document.text
            assert all(answer in evidence for answer in record["answers"])


@pytest.mark.parametrize("seed", range(12))
def test_a_twin_s_detail_comes_with_no_part_of_the_fact(store: Store, seed: int) -> None:
    records = draft_gold(store, 60, seed)
    questions_of = {record["id"]: record["question"] for record in records}
    passages = [entry.passage.text for batch in store.passages() for entry in batch]
    twins = [record for record in records if not record["answerable"]]
    assert twins
    for record in twins:
        old, new = record["changed"].split(" → ")
        assert record["question"] == questions_of[record["twin_of"]].replace(old, new, 1)
        bare = new.removeprefix("the ")
        others = set(query_terms(record["question"])) - set(query_terms(bare))
        for text in passages:
            if re.search(rf"\b{re.escape(bare)}\b", text):
                shared = others & set(query_terms(text))
                assert len(shared) < len(others) / 2, (record["question"], text)


def test_the_same_seed_gives_the_same_and_another_gives_others(store: Store) -> None:
    assert draft_gold(store, 12, 1) == draft_gold(store, 12, 1)
    assert draft_gold(store, 12, 1) != draft_gold(store, 12, 2)


def test_nothing_is_asked_twice(store: Store) -> None:
    records = draft_gold(store, 200, 0)
    asked = Counter(record["question"].casefold() for record in records)
    assert max(asked.values()) == 1
    assert len({record["id"] for record in records}) == len(records)
    of_sentence = Counter(tuple(r["evidence"]) for r in records if r["answerable"])
    assert max(of_sentence.values()) <= 2


def test_documents_and_kinds_take_turns(store: Store) -> None:
    records = [record for record in draft_gold(store, 25, 3) if record["answerable"]]
    documents = Counter(record["doc_id"] for record in records)
    assert len(documents) == len(store.documents())
    assert max(documents.values()) - min(documents.values()) <= 1
    assert len({record["kind"] for record in records}) >= 5


def test_a_fifth_has_no_answer_and_both_splits_get_half(store: Store) -> None:
    records = draft_gold(store, 40, 4)
    counts = Counter((record["split"], record["answerable"]) for record in records)
    assert sum(not record["answerable"] for record in records) == 8
    assert abs(counts["calibration", True] - counts["test", True]) <= 6
    assert abs(counts["calibration", False] - counts["test", False]) <= 2


def test_a_sentence_s_questions_and_its_twins_share_a_split(store: Store) -> None:
    records = draft_gold(store, 200, 5)
    split_of = {record["id"]: record["split"] for record in records}
    by_sentence: dict[str, set[str]] = {}
    for record in records:
        if record["answerable"]:
            by_sentence.setdefault(record["evidence"][0], set()).add(record["split"])
        else:
            assert split_of[record["twin_of"]] == record["split"]
    assert all(len(splits) == 1 for splits in by_sentence.values())


def test_drafts_are_a_gold_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    records = draft_gold(store, 50, 6)
    path.write_text(json_lines(records), "utf-8")
    assert [entry.id for entry in load_gold(path)] == [record["id"] for record in records]


def test_a_question_with_two_answers_is_left_out(tmp_path: Path) -> None:
    corpus = {"a.txt": "The rent is £40 per month.", "b.txt": "The rent is £50 per month.",
              "c.txt": "The fee is £9 per month."}  # fmt: skip
    folder = write_corpus(tmp_path / "corpus", corpus)
    build_index(folder, tmp_path / "index", tiny_settings(tmp_path / "index"))
    index = Index.open(tmp_path / "index")
    found = [record["question"] for record in draft_gold(index.store, 10, 0)]
    assert found == ["How much is the fee per month?"]


def test_a_sentence_wrapped_over_two_lines_keeps_its_evidence_verbatim() -> None:
    text = "The Red Cross opened\nthree shelters in Bergen on 5\nMay 2020."
    document = Document("a.txt", "a", text, "0")
    found = {d.kind: d for d in drafts_of(document, [Span(0, len(text))])}
    assert found["count"].evidence == text
    assert (
        found["count"].question
        == "How many shelters did the Red Cross open in Bergen on 5 May 2020?"
    )
    assert "when" not in found, "the date itself is wrapped, so it does not stand there verbatim"


BACKGROUND = Background(
    [
        "In 2018 the board sold two mills to Lee.",
        "In 2017 it rained.",
        "In 2016 the board sold mills.",
    ]
)


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_a_twin_never_takes_a_year_that_comes_with_the_fact(seed: int) -> None:
    found = twin("How many mills did the board sell in 2018?", ["two"], BACKGROUND,
                 random.Random(seed))  # fmt: skip
    assert found is not None
    year = re.search(r"\d{4}", found.question)
    assert year is not None
    assert year[0] not in ("2018", "2016"), "in 2016 the board sold mills too"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did Peru approve the plan?", r"When did (?!Peru)[A-Z][\w ]+ approve the plan\?"),
        (
            "When did Mayor Linda Brandt open the fair?",
            r"When did Mayor (?!Linda).+ open the fair\?",
        ),
        ("When did the Red Cross open a camp?", r"When did the (?!Red Cross).+ open a camp\?"),
    ],
)
def test_a_name_is_changed_to_one_of_its_kind(question: str, kind: str) -> None:
    found = twin(question, ["2018"], BACKGROUND, random.Random(1))
    assert found is not None
    assert re.fullmatch(kind, found.question)


def test_without_a_detail_there_is_no_twin() -> None:
    assert twin("How often should you rinse it?", ["daily"], BACKGROUND, random.Random(1)) is None


def test_the_questions_of_the_samples_read_as_expected() -> None:
    """The text of every question is under version control: a change of wording shows."""
    lines = []
    for path in sorted(SAMPLES.glob("*.txt")):
        document = Document(path.name, path.name, path.read_text("utf-8"), "0")
        for match in re.finditer(r"[^\n]+", document.text):
            for sentence in re.split(r"(?<=\.) (?=[A-Z“])", match[0]):
                lines += [f"{q.question}\t{q.answers[0]}" for q in questions(sentence)]
    assert lines == EXPECTED.read_text("utf-8").splitlines()


def test_the_corpus_folder_of_a_tiny_index_has_drafts(tiny_build: Callable[..., Path]) -> None:
    index = Index.open(tiny_build())
    for record in draft_gold(index.store, 100, 0):
        assert record["question"]
