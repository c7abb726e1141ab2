"""Training the encoder: which pairs, which batches, what is learned, what is shipped."""

import gzip
import json
import random
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
from train.retriever import Pair, batches, load_pairs, main, pairs_of

pytestmark = pytest.mark.model

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
        Pair("How much?", "Lease › Rent\nThe rent is £845.", "h1", title)
    ]


def test_half_a_batch_is_of_one_group() -> None:
    papers = [Pair(f"q{n}", f"p{n}", f"h{n % 3}", "") for n in range(90)]
    others = [Pair(f"o{n}", f"c{n}", f"source {n % 2}", f"{n}") for n in range(200)]
    for batch in islice(batches(papers, others, 32, random.Random(1)), 20):
        kinds = [{pair.group for pair in half} for half in (batch[:16], batch[16:])]
        assert all(len(kind) <= 2 for kind in kinds)
    drawn = [p for b in islice(batches(papers, others, 32, random.Random(1)), 6) for p in b]
    assert {pair.group[0] for pair in drawn} == {"h", "s"}


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
