"""Training the encoder: which pairs, which batches, what is learned, what is shipped."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from qa.models.encoder import Encoder, PassageInput, packaged_encoder
from qa.models.export_encoder import MINILM, export_encoder, load_model
from tests.conftest import ROOT
from train.data import Answer, Example, side_of
from train.papers import Question, questions_of
from train.retriever import Pair, answers_too, batches, held_back, load_pairs, main, pairs_of

pytestmark = pytest.mark.model

SAID = "The mill at Crane Ford was built of red stone by Ada Byrne and her two brothers."
DOCUMENTS = ROOT / "train" / "documents"


def test_what_is_held_back_or_has_no_answer_is_no_pair() -> None:
    examples = [
        Example(f"Where is mill {n}?", f"Mill {n} is at York.", answers, f"mill {n}", "made")
        for n in range(300)
        for answers in ((Answer("York", len(f"Mill {n} is at ")),), ())
    ]
    pairs = pairs_of(examples, random.Random(1))
    assert 200 < len(pairs) < 300
    assert all(side_of(pair.order) == "training" for pair in pairs)


def test_a_passage_that_the_product_has_cut_is_read_as_the_product_gives_it() -> None:
    rent = Answer("£845", len("The rent is "))
    title = next(f"h1/d {n}.md" for n in range(99) if side_of(f"h1/d {n}.md") == "training")
    cut = Example(
        "How much?", "The rent is £845.", (rent,), title, "papers", heading="Lease › Rent"
    )
    assert pairs_of([cut], random.Random(1)) == [
        Pair("How much?", "Lease › Rent\nThe rent is £845.", "h1", title, "The rent is £845.")
    ]


def test_half_a_batch_is_of_one_group() -> None:
    papers = [Pair(f"q{n}", f"p{n}", f"h{n % 6}", "", f"{n}") for n in range(96)]
    others = [Pair(f"o{n}", f"c{n}", f"s{n % 6}", f"{n:03d}", f"{n}") for n in range(96)]
    count: Counter[str] = Counter()
    for batch in islice(batches(papers, others, 32, random.Random(1)), 60):
        for half in (batch[:16], batch[16:]):
            count.update(pair.group[0] for pair in half)
            assert len({pair.group for pair in half}) == 1
            assert [pair.order for pair in half] == sorted(pair.order for pair in half)
    assert count["h"] == count["s"] == 60 * 16


def test_too_few_pairs_are_an_error_not_a_loop_without_end() -> None:
    few = [Pair(f"q{n}", f"p{n}", "h1", "", f"{n}") for n in range(7)]
    with pytest.raises(ValueError, match="too few pairs"):
        next(batches(few, few * 20, 4, random.Random(1)))


def test_a_passage_that_answers_as_well_does_not_count_against_another() -> None:
    pairs = [
        Pair("Who?", "One.", "h1", "", "One. Two."),
        Pair("When?", "Title\nOne. Two.", "h1", "", "One. Two."),
        Pair("Who?", "Three.", "h1", "", "Three."),
        Pair("Where?", "Four.", "h1", "", "Four."),
    ]
    told = [[other for other in pairs if answers_too(one, other)] for one in pairs]
    assert [len(others) for others in told] == [3, 2, 2, 1]


def test_pairs_that_the_examples_hold_back_are_known_by_question_and_by_passage(
    tmp_path: Path,
) -> None:
    title = next(f"mill {n}" for n in range(99) if side_of(f"mill {n}") == "test")
    row = {
        "title": title, "context": f"{SAID} It was sold in 1911.", "question": "Who built it?",
        "answers": [{"text": "Ada Byrne", "answer_start": SAID.index("Ada")}],
    }  # fmt: skip
    (tmp_path / "examples.jsonl").write_text(json.dumps(row), "utf-8")
    held = held_back([tmp_path / "examples.jsonl"])
    assert held.has(Pair("who built it", "Another passage, of another mill.", "", "", ""))
    assert held.has(Pair("When was it sold?", SAID, "", "", ""))
    assert held.has(Pair("When was it sold?", f"Mills of York. {SAID}", "", "", ""))
    assert not held.has(Pair("When was it sold?", "The mill was sold in 1911.", "", "", ""))


def test_a_training_brings_questions_nearer_to_their_passages(tmp_path: Path) -> None:
    kinds = ["rust", "mildew", "blight", "scab", "canker", "wilt", "scale", "rot"]
    title = next(f"h1/d {n}.md" for n in range(99) if side_of(f"h1/d {n}.md") == "training")
    rows = [
        {
            "title": title, "source": "papers", "heading": "", "context": f"Code {kind}: see us.",
            "question": f"zorp {kind}", "answers": [{"text": kind, "answer_start": 5}],
        }
        for kind in kinds * 4
    ]  # fmt: skip
    papers, pairs = tmp_path / "papers.jsonl.gz", tmp_path / "pairs.jsonl.gz"
    with gzip.open(papers, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    with gzip.open(pairs, "wt", encoding="utf-8") as out:
        row = {"query": "Who?", "passage": "word " * 300}
        out.writelines(json.dumps(row) + "\n" for _ in range(8))
    assert len(next(load_pairs(pairs)).passage.split()) == 190
    main(
        ["--papers", str(papers), "--pairs", str(pairs), "--out", str(tmp_path / "m"),
         "--minutes", "0.1", "--batch", "16"]
    )  # fmt: skip

    def margin(name: str) -> float:
        model = load_model(name)
        asked = model.encode([f"zorp {kind}" for kind in kinds], normalize_embeddings=True)
        said = model.encode([f"Code {kind}: see us." for kind in kinds], normalize_embeddings=True)
        cosines = asked @ said.T
        return float(np.diag(cosines).mean() - cosines.mean())

    assert margin(str(tmp_path / "m")) > margin(MINILM)


def test_the_packaged_encoder_finds_more_than_what_it_was_trained_from(tmp_path: Path) -> None:
    """On documents that its training held back."""
    asked = list(_held_back(("h6", "h10", "h17")))
    assert len(asked) > 100
    export_encoder(MINILM, "int8", ["A text."], tmp_path / "official")
    official, packaged = (
        sum(_is_found(encoder, question) for question in asked)
        for encoder in (Encoder(tmp_path / "official"), Encoder(packaged_encoder()))
    )
    assert packaged > official


def _held_back(folders: tuple[str, ...]) -> Iterator[Question]:
    for folder in folders:
        for question in questions_of(DOCUMENTS / folder, "test"):
            if question.evidence:
                yield question


def _is_found(encoder: Encoder, question: Question) -> bool:
    """Whether the nearest passage of the document has evidence."""
    inputs = [PassageInput(p.text, p.context, ()) for p in question.passages]
    vectors = np.stack([made.passage for made in encoder.encode_passages(inputs)])
    nearest = int((vectors @ encoder.encode_query(question.asked["question"])).argmax())
    return nearest in {place.passage for place in question.found}
