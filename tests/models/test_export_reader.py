"""Readers from elsewhere: tiny question-answering models exported, folders copied, both used."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from qa.answer.calibration import UNCALIBRATED, Calibration
from qa.answer.live import open_index
from qa.cli import main
from qa.errors import ReaderError
from qa.index.build import build_index
from qa.models.export_encoder import model_folder
from qa.models.export_reader import export_reader
from qa.models.hashes import HASHES_FILE
from qa.models.span_network import (
    CARD_FILE,
    END_OUTPUT,
    MODEL_FILE,
    START_OUTPUT,
    TOKENIZER_FILE,
    SpanNetwork,
    write_card,
)
from qa.schema import Passage, Span
from qa.settings import AskSettings
from tests.conftest import READ, ROOT, TINY_CALIBRATION, tiny_settings, write_tiny_reader

PAIRS = [
    ("Who wrote to Charles?", "Ada wrote to Charles about the engine."),
    ("When?", "It was opened in 1781. " * 4),
    ("?", "x"),
    ("Where is the Iron Bridge, which crosses the Severn?", "Prune roses in February."),
]
MAX_TOKENS = 64


@dataclass(frozen=True)
class Model:
    """A tiny model with random weights, saved as a Hugging Face folder."""

    folder: Path
    model: Any
    tokenizer: Any

    def logits(self, question: str, text: str) -> tuple[Any, Any]:
        import torch

        batch = self.tokenizer(
            question, text, truncation="only_second", max_length=MAX_TOKENS, return_tensors="pt"
        )
        with torch.no_grad():
            found = self.model(**batch)
        return found.start_logits[0].numpy(), found.end_logits[0].numpy()


def _save(folder: Path, model: Any, tokenizer: Any) -> Model:
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return Model(folder, model, tokenizer)


def _letters() -> dict[str, int]:
    """Number pieces of one character: enough for any ASCII text, after special tokens."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces = [*special, *letters, *[f"##{letter}" for letter in letters]]
    return {piece: row for row, piece in enumerate(pieces)}


def _bert(folder: Path) -> Model:
    from transformers import BertConfig, BertForQuestionAnswering, BertTokenizerFast

    tokenizer = BertTokenizerFast(vocab=_letters(), model_max_length=MAX_TOKENS)
    config = BertConfig(
        vocab_size=len(_letters()), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=MAX_TOKENS, initializer_range=0.3,
    )  # fmt: skip
    return _save(folder, BertForQuestionAnswering(config), tokenizer)


def _roberta(folder: Path) -> Model:
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import RobertaConfig, RobertaForQuestionAnswering, RobertaTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    pieces = [*special, *sorted(ByteLevel.alphabet())]
    vocabulary = {piece: row for row, piece in enumerate(pieces)}
    tokenizer = RobertaTokenizerFast(vocab=vocabulary, merges=[], model_max_length=MAX_TOKENS)
    config = RobertaConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=MAX_TOKENS + 2, type_vocab_size=1,
        initializer_range=0.3,
    )  # fmt: skip
    return _save(folder, RobertaForQuestionAnswering(config), tokenizer)


def _distilbert(folder: Path) -> Model:
    from transformers import BertTokenizerFast, DistilBertConfig, DistilBertForQuestionAnswering

    tokenizer = BertTokenizerFast(
        vocab=_letters(),
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    )
    config = DistilBertConfig(
        vocab_size=len(_letters()), dim=32, n_layers=2, n_heads=2, hidden_dim=64,
        max_position_embeddings=MAX_TOKENS, initializer_range=0.3,
    )  # fmt: skip
    return _save(folder, DistilBertForQuestionAnswering(config), tokenizer)


@pytest.fixture(
    scope="module", params=[_bert, _roberta, _distilbert], ids=lambda make: make.__name__
)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A tiny model of each family."""
    import torch

    torch.manual_seed(3)
    make: Callable[[Path], Model] = request.param
    return make(tmp_path_factory.mktemp("models") / "tiny-qa")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A tiny BERT."""
    return _bert(tmp_path_factory.mktemp("models") / "tiny-bert")


def one_sentence(text: str) -> Passage:
    return Passage("id", "a.txt", 0, len(text), text, "", (Span(0, len(text)),))


def exported_and_original(
    model: Model, folder: Path, question: str, text: str
) -> list[tuple[Any, Any]]:
    """Give the start logits, then the end logits, of both."""
    session = onnxruntime.InferenceSession(str(folder / MODEL_FILE))
    names = [node.name for node in session.get_inputs()]
    assert ("token_type_ids" in names) == (model.model.config.model_type == "bert")
    batch = model.tokenizer(
        question, text, truncation="only_second", max_length=MAX_TOKENS, return_tensors="np"
    )
    feed = {name: batch[name].astype(np.int64) for name in names}
    exported = [logits[0] for logits in session.run([START_OUTPUT, END_OUTPUT], feed)]
    return list(zip(exported, model.logits(question, text), strict=True))


def test_fp32_logits_are_those_of_the_model_for_any_length(model: Model, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    export_reader(str(model.folder), "fp32", folder)
    for question, text in PAIRS:
        for exported, original in exported_and_original(model, folder, question, text):
            assert np.allclose(exported, original, atol=1e-4)
            assert np.ptp(original) > 0.01  # not all alike, or this test could not fail


def test_int8_logits_rise_and_fall_with_those_of_the_model(model: Model, tmp_path: Path) -> None:
    export_reader(str(model.folder), "int8", tmp_path / "reader")
    for question, text in PAIRS:
        for exported, original in exported_and_original(model, tmp_path / "reader", question, text):
            assert np.corrcoef(exported, original)[0, 1] > 0.97


def test_a_margin_is_what_the_model_gives_for_the_best_pair(model: Model, tmp_path: Path) -> None:
    """The whole way: the reader's own tokenizer, windows, offsets and pair search."""
    question, text = "Who wrote?", "Ada wrote to Bob."
    start, end = model.logits(question, text)
    encoding = model.tokenizer(question, text)
    inside = [row for row, part in enumerate(encoding.sequence_ids(0)) if part == 1]
    pairs = [(start[i] + end[j], i, j) for i in inside for j in inside if i <= j < i + 30]
    best, first, last = max(pairs)
    low, high = encoding.token_to_chars(first).start, encoding.token_to_chars(last).end
    export_reader(str(model.folder), "fp32", tmp_path / "reader")
    ((_, (found,)),) = SpanNetwork(tmp_path / "reader").score(question, [one_sentence(text)])
    assert found.margin == pytest.approx(best - start[0] - end[0], abs=1e-4)
    assert text[found.span.start : found.span.end] == text[low:high].strip()


def test_int8_is_smaller_and_both_read_a_full_window(model: Model, tmp_path: Path) -> None:
    sizes = {}
    for precision in ("fp32", "int8"):
        export_reader(str(model.folder), precision, tmp_path / precision)
        assert sorted(path.name for path in (tmp_path / precision).iterdir()) == sorted(
            (MODEL_FILE, TOKENIZER_FILE, CARD_FILE, HASHES_FILE)
        )
        network = SpanNetwork(tmp_path / precision)
        assert network.card["name"] == str(model.folder)
        assert network.card["max_tokens"] == MAX_TOKENS
        assert Calibration.of_card(network.card) == UNCALIBRATED
        (scores,) = network.score("Who? " * 40, [one_sentence("Ada wrote to Charles. " * 40)])
        assert np.isfinite(scores.answerable)
        sizes[precision] = (tmp_path / precision / MODEL_FILE).stat().st_size
    assert sizes["int8"] < sizes["fp32"]


def test_an_index_is_built_and_asked_with_an_exported_reader_without_torch(
    bert: Model, tmp_path: Path, corpus: Path
) -> None:
    index_dir = tmp_path / "index"
    settings = replace(tiny_settings(index_dir), reader=str(bert.folder))
    build_index(corpus, index_dir, settings)
    answer = open_index(index_dir, AskSettings(max_risk=1)).ask("Who wrote to Charles?")
    assert answer.answered
    for citation in answer.citations:
        assert READ[citation.doc_id][citation.start : citation.end] == citation.quote
    code = (
        "import sys; from qa.cli import main\n"
        f"code = main(['ask', 'Who wrote?', '--max-risk', '1', '--index', {str(index_dir)!r}])\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'gradio'} & set(sys.modules)\n"
        "assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[1] " in done.stdout


def test_a_trained_reader_is_copied_file_by_file(tmp_path: Path) -> None:
    trained, folder = tmp_path / "trained", tmp_path / "readers" / "r"
    write_tiny_reader(trained)
    (trained / "checkpoint.safetensors").write_bytes(b"not needed for reading")
    export_reader(str(trained), "int8", folder)
    copied = (MODEL_FILE, TOKENIZER_FILE, CARD_FILE)
    assert {path.name for path in folder.iterdir()} == {*copied, HASHES_FILE}
    for name in copied:
        assert (folder / name).read_bytes() == (trained / name).read_bytes()
    assert list(folder.parent.iterdir()) == [folder]


def test_a_reader_is_copied_with_the_one_beside_it(tmp_path: Path) -> None:
    trained, folder = tmp_path / "trained", tmp_path / "reader"
    write_tiny_reader(trained)
    write_tiny_reader(trained / "small")
    card = SpanNetwork(trained).card
    write_card(trained, {**card, "beside": "small"})
    export_reader(str(trained), "int8", folder)
    text = "It was built."
    passages = [one_sentence(text)]
    assert SpanNetwork(folder).score("?", passages) == SpanNetwork(trained).score("?", passages)
    assert (folder / "small" / MODEL_FILE).is_file()


def _nothing(folder: Path) -> None:
    """Leave the folder empty."""


def _half_trained(folder: Path) -> None:
    write_tiny_reader(folder)
    (folder / CARD_FILE).unlink()


def _damaged(folder: Path) -> None:
    write_tiny_reader(folder)
    (folder / MODEL_FILE).write_bytes((folder / MODEL_FILE).read_bytes()[:-50])


def _without_head(folder: Path) -> None:
    _bert(folder).model.bert.save_pretrained(folder)


def _without_tokenizer(folder: Path) -> None:
    _bert(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()


def _shorter_than_it_says(folder: Path) -> None:
    _bert(folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "model_max_length": 16}))


def _gone(folder: Path) -> None:
    folder.rmdir()


def test_a_reader_nobody_calibrated_is_copied_and_gets_the_plain_calibration(
    tmp_path: Path,
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write_tiny_reader(source)
    write_card(source, {"max_tokens": 64, "max_answer_tokens": 30})
    export_reader(str(source), "int8", tmp_path / "reader")
    assert Calibration.of_card(SpanNetwork(tmp_path / "reader").card) == UNCALIBRATED


@pytest.mark.parametrize(
    "make",
    [
        _nothing,
        _half_trained,
        _damaged,
        _without_head,
        _without_tokenizer,
        _shorter_than_it_says,
        _gone,
    ],
    ids=lambda make: str(make.__name__),
)
def test_what_is_no_reader_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    source, readers = tmp_path / "no" / "such" / "reader", tmp_path / "readers"
    source.mkdir(parents=True)
    make(source)
    with pytest.raises(ReaderError):
        export_reader(str(source), "int8", readers / "r")
    assert list(readers.iterdir()) == []


def test_a_model_without_a_trained_head_says_which_weights_it_lacks(tmp_path: Path) -> None:
    _without_head(tmp_path / "encoder")
    with pytest.raises(ReaderError, match=r"qa_outputs\.weight"):
        export_reader(str(tmp_path / "encoder"), "int8", tmp_path / "readers" / "r")


def test_a_reader_that_is_there_outlives_an_export_that_fails(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path / "trained")
    folder = tmp_path / "readers" / "r"
    export_reader(str(tmp_path / "trained"), "int8", folder)
    (folder.parent / ".part-r").mkdir()
    (folder.parent / ".part-r" / "left over").touch()
    export_reader(str(tmp_path / "trained"), "int8", folder)  # over itself
    (folder.parent / ".part-r").mkdir()
    (tmp_path / "trained" / TOKENIZER_FILE).write_text("{}")
    with pytest.raises(ReaderError):
        export_reader(str(tmp_path / "trained"), "int8", folder)
    assert list(folder.parent.iterdir()) == [folder]
    SpanNetwork(folder)


def test_a_reader_has_its_place_by_its_weights_and_precision(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path / "one" / "r")
    write_tiny_reader(tmp_path / "two" / "r")

    def place(name: str, precision: str = "int8") -> Path:
        return model_folder(tmp_path, str(tmp_path / name / "r"), precision)

    assert place("one") == place("two")
    assert place("one") != place("one", "fp32")
    write_tiny_reader(tmp_path / "two" / "r", replace(TINY_CALIBRATION, bias=5.0))
    assert place("one") != place("two")
    odd = model_folder(tmp_path, "some/modèle?*: x" + "y" * 300, "int8")
    assert odd.parent == tmp_path
    assert len(odd.name) < 100
    odd.mkdir()


def test_asking_with_another_reader_than_the_index_has_exits_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, corpus: Path
) -> None:
    index_dir = tmp_path / "index"
    settings = tiny_settings(index_dir)
    options = ["--corpus", str(corpus), "--index", str(index_dir), "--encoder", settings.encoder]
    main(["index", *options, "--reader", settings.reader])
    capsys.readouterr()
    assert main(["ask", "Who wrote?", *options, "--reader", "OTHER"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert settings.reader in captured.err
    assert "qa index" in captured.err
    assert "--reader OTHER" in captured.err
    for named in (["--reader", settings.reader], []):
        assert main(["ask", "Who wrote?", "--max-risk", "1", *options, *named]) == 0
