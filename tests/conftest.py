"""Shared fixtures: a tiny deterministic encoder, a three-document corpus, and the real thing."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import settings as hypothesis_settings
from onnx import TensorProto, helper, numpy_helper
from playwright.sync_api import Browser, sync_playwright
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from qa.answer.calibration import Calibration, Risk
from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.answer.signs.features import Features
from qa.formats import parse
from qa.index.build import Pace, build_index
from qa.index.folders import encoders_dir, readers_dir
from qa.models.encoder import (
    CARD_FILE,
    MODEL_FILE,
    SENTENCE_OUTPUT,
    TOKENIZER_FILE,
    TOKENS_OUTPUT,
    Encoder,
    EncoderCard,
)
from qa.models.export_encoder import model_folder
from qa.models.span_network import ANSWERABLE_OUTPUT, END_OUTPUT, START_OUTPUT, write_card
from qa.settings import AskSettings, BuildSettings, ParseLimits

# No test asserts a wall-clock time: a busy machine is not a failure.
hypothesis_settings.register_profile("qa", deadline=None)
hypothesis_settings.load_profile("qa")

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold" / "inl_peru.jsonl"
PLAIN_GOLD = ROOT / "tests" / "gold" / "inl_peru_plain.jsonl"
TINY_DIMENSION = 64
# Keeps and publishes after every document.
EAGER = Pace(batch_passages=1, first_seconds=0.0, publish_share=1e9)
TINY_CALIBRATION = Calibration(
    rank=Features(0, 0, 7.1, 0, -1, 0, 0, 0),
    confidence=Features(0, 0, 2.85, 0, -0.81, -1.5, -1.73, 0),
    bias=-1.75,
    risks=(Risk(0.0, 0.5, 0.4, 0.6, 1.0), Risk(0.25, 0.1, 0.05, 0.2, 0.8)),
)

CORPUS = {
    "bridges.txt": (
        "The Iron Bridge crosses the Severn. It was opened in 1781.\n\n"
        "The Forth Bridge carries trains to Fife. Its three cantilevers need 6,500,000 rivets.\n"
    ),
    "garden.md": (
        "# The garden\n\n## Roses\n\nRoses want sun and clay. Prune roses in February.\n\n"
        "- Water the ferns twice a week.\n- Feed the tomatoes with nettle tea.\n"
    ),
    "letters/ada.txt": (
        "Ada wrote to Charles about the engine. She asked for 40 pages of tables by Monday.\n"
    ),
}


# As the parsers read it.
READ = {name: parse(name, text.encode(), ParseLimits()).text for name, text in CORPUS.items()}


def write_corpus(folder: Path, files: dict[str, str]) -> Path:
    """Write files by name; line ends stay as they are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def write_tiny_encoder(folder: Path, max_tokens: int = 32) -> None:
    """Write an encoder whose vectors are means of fixed random word vectors.

    Its vocabulary is the three-document corpus; any other word is unknown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = tiny_vocabulary()
    tiny_tokenizer().save(str(folder / TOKENIZER_FILE))
    table = np.random.default_rng(7).normal(size=(len(vocabulary), TINY_DIMENSION))
    table[:3] *= 0.05
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["b", "t"])
    tokens = helper.make_tensor_value_info(
        TOKENS_OUTPUT, TensorProto.FLOAT, ["b", "t", TINY_DIMENSION]
    )
    pooled = helper.make_tensor_value_info(
        SENTENCE_OUTPUT, TensorProto.FLOAT, ["b", TINY_DIMENSION]
    )
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], [TOKENS_OUTPUT]),
            helper.make_node("ReduceMean", [TOKENS_OUTPUT, "axis"], [SENTENCE_OUTPUT], keepdims=0),
        ],
        "tiny",
        [ids],
        [tokens, pooled],
        [
            numpy_helper.from_array(table.astype(np.float32), "table"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "axis"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, str(folder / MODEL_FILE))
    card = EncoderCard(
        name="tiny",
        fingerprint=f"tiny-{max_tokens}",
        precision="int8",
        dimension=TINY_DIMENSION,
        max_tokens=max_tokens,
        query_prompt="",
        passage_prompt="",
        cosine_mean=1.0,
        cosine_min=1.0,
        sample=1,
    )
    (folder / CARD_FILE).write_text(json.dumps(asdict(card)))


def write_tiny_reader(folder: Path, calibration: Calibration = TINY_CALIBRATION) -> None:
    """Write a reader for which the longest span of a sentence is always the best."""
    folder.mkdir(parents=True, exist_ok=True)
    tiny_tokenizer().save(str(folder / TOKENIZER_FILE))
    position = helper.make_node("CumSum", ["ones", "axis"], [END_OUTPUT])
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["attention_mask"], ["ones"], to=TensorProto.FLOAT),
            position,
            helper.make_node("Neg", [END_OUTPUT], [START_OUTPUT]),
            helper.make_node("ReduceMax", ["ones"], [ANSWERABLE_OUTPUT], axes=[1], keepdims=0),
        ],
        "tiny reader",
        [helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["b", "t"])],
        [
            helper.make_tensor_value_info(START_OUTPUT, TensorProto.FLOAT, ["b", "t"]),
            helper.make_tensor_value_info(END_OUTPUT, TensorProto.FLOAT, ["b", "t"]),
            helper.make_tensor_value_info(ANSWERABLE_OUTPUT, TensorProto.FLOAT, ["b"]),
        ],
        [numpy_helper.from_array(np.array(1, dtype=np.int64), "axis")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / MODEL_FILE))
    card = {"max_tokens": 64, "max_answer_tokens": 30, "calibration": calibration.to_json()}
    write_card(folder, card)


def tiny_vocabulary() -> dict[str, int]:
    """Number the words of the three-document corpus, after the special tokens."""
    vocabulary = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2}
    for piece in sorted(_pieces("\n".join(CORPUS.values()))):
        vocabulary.setdefault(piece, len(vocabulary))
    return vocabulary


def tiny_tokenizer() -> Tokenizer:
    """Make a tokenizer of whole words, for one text or a pair."""
    tokenizer = Tokenizer(models.WordLevel(tiny_vocabulary(), unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 1)],
    )
    return tokenizer


def _pieces(text: str) -> set[str]:
    return set(re.findall(r"\w+|[^\w\s]+", text))


def tiny_settings(index_dir: Path) -> BuildSettings:
    """Put the tiny models where a build looks for them; return settings that name them."""
    settings = BuildSettings(
        encoder="tiny-test-encoder", reader="tiny-test-reader", merge_tokens=4, context_tokens=8
    )
    write_tiny_reader(model_folder(readers_dir(index_dir), settings.reader, settings.precision))
    write_tiny_encoder(model_folder(encoders_dir(index_dir), settings.encoder, settings.precision))
    return settings


def make_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every index built and searched as one of a million passages is."""
    monkeypatch.setattr("qa.index.search.postings.POSTINGS_FROM", 0)
    monkeypatch.setattr("qa.index.local.vector_file.APPROXIMATE_FROM", 0)
    monkeypatch.setattr("qa.index.search.nearest._MAPPED_BYTES", 0)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A fresh copy of the three-document corpus."""
    return write_corpus(tmp_path / "corpus", CORPUS)


@pytest.fixture
def tiny_build(tmp_path: Path, corpus: Path) -> Callable[..., Path]:
    """Builds the corpus with the tiny encoder; returns the index folder."""
    index_dir = tmp_path / "index"

    def build(**options: Any) -> Path:
        build_index(corpus, index_dir, tiny_settings(index_dir), **options)
        return index_dir

    return build


@pytest.fixture
def tiny_answerer(tiny_build: Callable[..., Path]) -> Answerer:
    """Answers from the three-document corpus, whatever the confidence."""
    return open_index(tiny_build(), AskSettings(max_risk=1.0))


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """The tiny encoder, opened."""
    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    write_tiny_encoder(folder)
    return Encoder(folder)


@pytest.fixture(scope="session")
def page_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the default page, built with the real encoder."""
    index_dir = tmp_path_factory.mktemp("page") / "index"
    build_index(ROOT / "corpus", index_dir)
    return index_dir


@pytest.fixture(scope="session")
def page_answerer(page_index: Path) -> Answerer:
    """Answers from the default page, as shipped."""
    return open_index(page_index)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started; tests that need it are skipped where there is none, except in CI."""
    path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None and not os.environ.get("CI"):
        pytest.skip("no Chromium found: install one to run the browser tests")
    assert path, "CI needs Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
