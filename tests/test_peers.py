"""The comparison with peers: what it draws, adds up and writes, and adapters that run here."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.peers.data import ADDED, Question, draw
from benchmarks.peers.environments import (
    HERE,
    OURS,
    PEERS,
    Environment,
    _wanted,
    arguments,
    folder_mb,
)
from benchmarks.peers.figures import (
    checkable,
    declined,
    holds_answer,
    per_thousand,
    percentile,
    recall,
    stands,
    threshold,
)
from benchmarks.peers.page import BEGIN, END, PAGE, ROWS, written
from benchmarks.peers.processes import AdapterError, Open, run_whole
from tests.conftest import ROOT
from train.data import Answer, Example, split_by_title

DOCUMENTS = {"a": "The Forth Bridge has rivets. It opened in 1890.", "b": "Napoleon died in 1821."}
NAPOLEON = {"doc_id": "b", "start": 0, "text": "Napoleon died in 1821."}
RIVETS = {"doc_id": "a", "start": 29, "text": "It opened in 1890."}


def examples() -> list[Example]:
    return [
        Example(
            f"What is {asked} of {number}?",
            f"Thing {number} is red.",
            (Answer("red", 11 + len(str(number)) - 1),) if asked == "the colour" else (),
            f"thing {number}",
            "made",
        )
        for number in range(1500)
        for asked in ("the colour", "the weight")
    ]


def test_several_passages_of_a_document_count_as_one() -> None:
    found = [[RIVETS, RIVETS, NAPOLEON], [NAPOLEON, RIVETS]]
    asked = [Question("Who died?", "b"), Question("Who died when?", "b")]
    assert recall(found, asked, 1) == 0.5
    assert recall(found, asked, 2) == 1.0


def test_percentiles_lie_between_the_nearest_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([0.0, 10.0], 95) == pytest.approx(9.5)
    assert percentile([4.0], 95) == 4.0


def test_a_quote_stands_only_where_it_says() -> None:
    assert stands(RIVETS, DOCUMENTS)
    assert not stands(RIVETS | {"start": 28}, DOCUMENTS)
    assert not stands(RIVETS | {"start": None}, DOCUMENTS)
    assert not stands(RIVETS | {"doc_id": "z"}, DOCUMENTS)
    assert not stands(RIVETS | {"text": ""}, DOCUMENTS)


def test_an_answer_can_be_checked_if_all_that_it_cites_stands() -> None:
    wrong = NAPOLEON | {"text": "Napoleon lived."}
    assert checkable([[RIVETS, NAPOLEON], [RIVETS, wrong], [], [RIVETS]], DOCUMENTS) == 0.5
    assert checkable([], DOCUMENTS) is None


def test_what_was_declined_holds_no_answer() -> None:
    asked = [Question("When?", "a", ("1890",)), Question("Who?", "b", ("napoleon",))]
    assert holds_answer([[RIVETS], [NAPOLEON]], asked) == 1.0
    assert holds_answer([[RIVETS], []], asked) == 0.5
    assert holds_answer([[NAPOLEON, RIVETS], [NAPOLEON]], asked) == 0.5


def test_a_threshold_lets_through_the_share_it_is_set_by() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    assert threshold(scores, 0.6) == 0.7
    assert declined(scores, threshold(scores, 0.6)) == pytest.approx(0.4)
    assert threshold(scores, 1.0) == 0.5
    assert threshold(scores, 0.01) == 0.9


def test_a_build_is_counted_beyond_what_a_small_one_costs() -> None:
    assert per_thousand(52.0, 2.0, 510, 10) == pytest.approx(100.0)


def test_a_sample_is_the_same_again_and_keeps_what_is_off_it_out() -> None:
    sample = draw(examples(), 200, 20)
    assert sample == draw(examples(), 200, 20)
    assert len(sample.documents) == 200
    added = sample.more[0] | sample.more[1]
    assert len(added) == 2 * ADDED
    assert not added.keys() & sample.documents.keys()
    known = {text.split()[1] for text in (*sample.documents.values(), *added.values())}
    assert sample.off_corpus
    assert not [one for one in sample.off_corpus if one.text.split()[-1].rstrip("?") in known]
    for one in sample.questions:
        assert sample.documents[one.doc_id].split()[1] == one.text.split()[-1].rstrip("?")
    assert all(not one.answers and "weight" in one.text for one in sample.near_miss)


def test_what_is_counted_is_of_titles_the_reader_has_not_seen() -> None:
    sample, split = draw(examples(), 200, 20), split_by_title(examples())
    tested = {one.question for one in split.test}
    for kind in (sample.questions, sample.off_corpus, sample.near_miss):
        assert {one.text for one in kind} <= tested
    assert {one.text for one in sample.tuning} <= {one.question for one in split.validation}


def test_too_small_a_file_is_told() -> None:
    with pytest.raises(ValueError, match="ask for fewer documents"):
        draw(examples(), 5000, 20)
    with pytest.raises(ValueError, match="no questions for near_miss"):
        draw([one for one in examples() if one.answerable], 200, 20)


def test_every_peer_has_pinned_requirements_and_an_adapter() -> None:
    for name in PEERS:
        requirements = HERE / "requirements" / f"{name}.txt"
        lines = requirements.read_text("utf-8").splitlines()
        pinned = [line for line in lines if not line.startswith("#")]
        assert all("==" in line for line in pinned)
        assert name == OURS or "torch==2.13.0" in pinned
        assert (ROOT / "benchmarks" / "peers" / "adapters" / f"with_{name}.py").is_file()
        assert arguments(name, requirements)[:2] == ["-r", str(requirements)]
    assert arguments(OURS, requirements)[-1] == str(ROOT)


def test_requirements_are_read_with_those_they_name(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    named, own = tmp_path / "plain.txt", tmp_path / "more" / "plain.txt"
    own.write_text("-r ../plain.txt\nwheel==1\n")
    stamps = set()
    for version in ("1", "2"):
        named.write_text(f"numpy=={version}\n")
        stamps.add(_wanted("plain", own))
    assert len(stamps) == 2


def test_the_table_is_written_between_its_marks_with_the_best_in_bold() -> None:
    keys = {key for row in ROWS for key in row.keys}
    one: dict[str, float | None] = dict.fromkeys(keys, 1.0)
    other: dict[str, float | None] = dict.fromkeys(keys, 2.0)
    other["answer_p50_ms"] = None
    kinds = ("documents", "questions", "off_corpus", "near_miss", "tuning", "asked")
    run = dict.fromkeys(kinds, 7) | {
        "made": "today", "commit": "abc", "machine": "this", "data": "d.jsonl",
        "peers": {OURS: one, "plain": other},
    }  # fmt: skip
    page = written(f"before\n{BEGIN}\nearlier\n{END}\nafter\n", run)
    assert page.startswith(f"before\n{BEGIN}\n")
    assert page.endswith(f"\n{END}\nafter\n")
    assert "earlier" not in page
    assert "| R@1 | 1.000 | **2.000** |" in page
    assert "| index on disk, MB | **1.0** | 2.0 |" in page
    assert "| answer, warm, CPU ms, p50 / p95 | 1.0 / 1.0 | – |" in page
    with pytest.raises(ValueError, match="put them back"):
        written("no marks", run)


def test_the_page_has_the_marks() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_a_folder_counts_without_compiled_python(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a.bin").write_bytes(b"x" * 250_000)
    (tmp_path / "inside" / "a.pyc").write_bytes(b"x" * 250_000)
    assert folder_mb(tmp_path) == 0.25


@pytest.mark.model
@pytest.mark.parametrize("name", [OURS, "plain"])
def test_an_adapter_builds_finds_and_adds(name: str, tmp_path: Path) -> None:
    here = Environment(name, Path(sys.executable), 0.0, 0)
    files = {"all": DOCUMENTS, "more": {"c": "The Tay Bridge fell in a storm in 1879."}}
    for file, documents in files.items():
        lines = [json.dumps({"doc_id": key, "text": text}) for key, text in documents.items()]
        (tmp_path / file).write_text("\n".join(lines), "utf-8")
    index = tmp_path / name
    index.mkdir()
    built = run_whole(here, index, [{"do": "build", "documents": str(tmp_path / "all")}])
    assert built.cpu_s > 0
    assert built.peak_mb > 10
    process = Open(here, index)
    try:
        search = {"do": "search", "question": "When did Napoleon die?", "k": 1}
        (found,) = process.do(search).found
        assert found["doc_id"] == "b"
        assert stands(found, DOCUMENTS)
        process.do({"do": "add", "documents": str(tmp_path / "more")})
        came = process.do({"do": "search", "question": "Which bridge fell?", "k": 1})
        assert came.found[0]["doc_id"] == "c"
        if name == OURS:
            answer = process.do({"do": "answer", "question": "When did Napoleon die?"}).found
            assert not answer["answered"] or checkable([answer["citations"]], DOCUMENTS) == 1
        with pytest.raises(AdapterError, match=f"adapter of {name} ended early"):
            process.do({"do": "build", "documents": str(tmp_path / "missing")})
    finally:
        process.close()
