"""The span network on tiny ONNX graphs: offsets, windows, odd questions, damaged folders."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from qa.errors import ReaderError
from qa.models.span_network import (
    ANSWERABLE_OUTPUT,
    CARD_FILE,
    END_OUTPUT,
    MODEL_FILE,
    START_OUTPUT,
    TOKENIZER_FILE,
    PassageScores,
    SpanNetwork,
    write_card,
)
from qa.schema import Passage, Span
from tests.conftest import write_tiny_encoder, write_tiny_reader

WORDS = "who is it ada wrote letters the engine was never built in . ?".split()
NOTHING: Mapping[str, float] = {}


def passage(*sentences: str, gap: str = " ", start: int = 100) -> Passage:
    """A passage of these sentences that starts at a character of its document."""
    text, spans = "", []
    for sentence in sentences:
        text += gap if text else ""
        spans.append(Span(len(text), len(text) + len(sentence)).shift(start))
        text += sentence
    return Passage("id", "a.txt", start, start + len(text), text, "", tuple(spans))


def found(network: SpanNetwork, read: Passage, question: str = "who is it?") -> list[str]:
    (scores,) = network.score(question, [read])
    return [read.slice(score.span) for score in scores.spans]


# ---- tokenizers, of three families


def _with_pairs(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 1)],
    )
    return tokenizer


def _vocabulary(pieces: Sequence[str]) -> dict[str, int]:
    return {piece: row for row, piece in enumerate(["[CLS]", "[SEP]", "[UNK]", *pieces])}


def whole_words() -> Tokenizer:
    """Lower-cases, strips accents, splits at white space and punctuation, as BERT does."""
    tokenizer = Tokenizer(models.WordLevel(_vocabulary(WORDS), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return _with_pairs(tokenizer)


def byte_level() -> Tokenizer:
    """Cuts every character into its bytes, as RoBERTa does with rare ones."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(_vocabulary(alphabet), []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)
    return _with_pairs(tokenizer)


def meta_space() -> Tokenizer:
    """Counts the white space in front of a word into it, as SentencePiece does."""
    pieces = [f"▁{word}" for word in WORDS]
    tokenizer = Tokenizer(models.WordLevel(_vocabulary(pieces), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Replace(Regex(r"\s"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return _with_pairs(tokenizer)


TOKENIZERS = [whole_words, byte_level, meta_space]


# ---- networks


def write_network(
    folder: Path,
    nodes: Sequence[onnx.NodeProto],
    tables: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] | None = None,
    *,
    outputs: Sequence[str] = (START_OUTPUT, END_OUTPUT, ANSWERABLE_OUTPUT),
    inputs: Sequence[str] = ("input_ids", "attention_mask", "token_type_ids"),
    tokenizer: Callable[[], Tokenizer] = whole_words,
    max_tokens: int = 64,
    max_answer_tokens: int = 60,
) -> Path:
    """Write a reader folder around a graph."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer().save(str(folder / TOKENIZER_FILE))
    shapes = {name: ["b", "t"] for name in (START_OUTPUT, END_OUTPUT)}
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in inputs],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes.get(name, ["b"]))
            for name in outputs
        ],
        [numpy_helper.from_array(table, name) for name, table in (tables or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / MODEL_FILE))
    write_card(folder, {"max_tokens": max_tokens, "max_answer_tokens": max_answer_tokens})
    return folder


def widest(
    folder: Path,
    tokenizer: Callable[[], Tokenizer],
    *,
    max_tokens: int = 64,
    max_answer_tokens: int = 60,
) -> SpanNetwork:
    """A network for which the longest span is always the best."""
    nodes = [
        helper.make_node("Cast", ["attention_mask"], ["ones"], to=TensorProto.FLOAT),
        helper.make_node("CumSum", ["ones", "axis"], [END_OUTPUT]),
        helper.make_node("Neg", [END_OUTPUT], [START_OUTPUT]),
        helper.make_node("ReduceMax", ["ones"], [ANSWERABLE_OUTPUT], axes=[1], keepdims=0),
    ]
    tables = {"axis": np.array(1, dtype=np.int64)}
    return SpanNetwork(
        write_network(
            folder,
            nodes,
            tables,
            tokenizer=tokenizer,
            max_tokens=max_tokens,
            max_answer_tokens=max_answer_tokens,
        )
    )


def by_word(
    folder: Path,
    starts: Mapping[str, float] = NOTHING,
    ends: Mapping[str, float] = NOTHING,
    answers: Mapping[str, float] | None = None,
    *,
    max_tokens: int = 64,
) -> SpanNetwork:
    """A network whose logits hang on the words alone; a passage answers as its best word does.

    Args:
        folder: Where it goes.
        starts: Start logit of a word; 0 for any other.
        ends: The same for end logits.
        answers: The same for the passage; None for a network without that output.
        max_tokens: What it reads at once.
    """
    rows = whole_words().get_vocab()
    tables = {}
    for name, logits in (("starts", starts), ("ends", ends), ("answers", answers or {})):
        tables[name] = np.zeros(len(rows), dtype=np.float32)
        for word, logit in logits.items():
            tables[name][rows[word]] = logit
    nodes = [
        helper.make_node("Gather", ["starts", "input_ids"], [START_OUTPUT]),
        helper.make_node("Gather", ["ends", "input_ids"], [END_OUTPUT]),
        helper.make_node("Gather", ["answers", "input_ids"], ["all"]),
        helper.make_node("ReduceMax", ["all"], [ANSWERABLE_OUTPUT], axes=[1], keepdims=0),
    ]
    outputs = [START_OUTPUT, END_OUTPUT, *([] if answers is None else [ANSWERABLE_OUTPUT])]
    inputs = ["input_ids", "attention_mask"]
    return SpanNetwork(
        write_network(folder, nodes, tables, outputs=outputs, inputs=inputs, max_tokens=max_tokens)
    )


@pytest.fixture(scope="module", params=TOKENIZERS, ids=lambda family: str(family.__name__))
def wide(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SpanNetwork:
    """A network of each family for which the longest span is the best."""
    return widest(tmp_path_factory.mktemp("wide"), request.param, max_tokens=256)


# ---- scores


def test_a_margin_is_the_best_pair_of_logits_less_those_of_no_answer(tmp_path: Path) -> None:
    network = by_word(
        tmp_path,
        starts={"[CLS]": 0.5, "ada": 3, "engine": 2, "who": 50},
        ends={"[CLS]": 0.25, "letters": 2, "ada": 1, "?": 50},
        answers={"[CLS]": -9, "built": 1.5},
    )
    read = passage("ada wrote letters .", "the engine was built .")
    ((answerable, spans),) = network.score("who ?", [read])
    assert answerable == 1.5
    assert [read.slice(score.span) for score in spans] == ["ada wrote letters", "engine"]
    assert [score.margin for score in spans] == [3 + 2 - 0.75, 2 + 0 - 0.75]


def test_two_networks_are_read_and_their_scores_averaged(tmp_path: Path) -> None:
    by_word(tmp_path / "other", starts={"built": 4}, ends={"built": 2}, answers={"built": 3})
    by_word(tmp_path, starts={"ada": 3, "built": 1}, ends={"ada": 1}, answers={"ada": 1})
    card = {"max_tokens": 64, "max_answer_tokens": 60}
    write_card(tmp_path, {**card, "beside": "other"})
    read = passage("ada wrote .", "ada built .")
    ((answerable, spans),) = SpanNetwork(tmp_path).score("who ?", [read])
    assert answerable == (1 + 3) / 2
    assert [read.slice(score.span) for score in spans] == ["ada", "ada"]  # the first one's
    assert [score.margin for score in spans] == [(4 + 0) / 2, (4 + 6) / 2]
    assert spans[1].others[0].margin <= spans[1].margin
    for wrong in ("../other", "gone", "."):
        write_card(tmp_path, {**card, "beside": wrong})
        with pytest.raises(ReaderError, match="cannot be opened"):
            SpanNetwork(tmp_path)


def test_an_answer_ends_where_it_starts_or_later(tmp_path: Path) -> None:
    network = by_word(tmp_path, starts={"built": 3, "ada": 1}, ends={"ada": 3, "built": 1})
    assert found(network, passage("ada never built")) == ["ada"]
    assert found(network, passage("built in ada")) == ["built in ada"]


def test_the_next_best_spans_of_a_sentence_follow_by_falling_margin(tmp_path: Path) -> None:
    network = by_word(
        tmp_path,
        starts={"[CLS]": 1, "ada": 8, "wrote": 4},
        ends={"ada": 2, "wrote": 1},
    )
    read = passage("it was .", "ada wrote .")
    (scores,) = network.score("who ?", [read])
    best, *others = scores.spans[1], *scores.spans[1].others
    assert [(read.slice(score.span), score.margin) for score in (best, *others)] == [
        ("ada", 9),
        ("ada wrote", 8),
        ("ada wrote .", 7),
        ("wrote", 4),
        ("wrote .", 3),
        (".", -1),
    ]
    assert all(score.others == () for score in others)


def test_the_spans_of_a_long_sentence_are_few_distinct_and_inside_it(wide: SpanNetwork) -> None:
    read = passage("it was .", "ada wrote letters the engine was never built in " * 2, "it was .")
    (scores,) = wide.score("who ?", [read])
    low, high = read.sentences[1]
    spans = [scores.spans[1].span, *(score.span for score in scores.spans[1].others)]
    assert 1 < len(spans) <= 60
    assert all(low <= start < end <= high for start, end in spans)
    margins = [scores.spans[1].margin, *(score.margin for score in scores.spans[1].others)]
    assert margins == sorted(margins, reverse=True)


@pytest.mark.parametrize("longest", [1, 2, 5])
def test_an_answer_has_at_most_so_many_tokens(tmp_path: Path, longest: int) -> None:
    network = widest(tmp_path, whole_words, max_answer_tokens=longest)
    (text,) = found(network, passage("ada wrote letters the engine was never built"))
    assert len(text.split()) == longest


def test_a_network_without_a_verdict_on_the_passage_falls_back_on_the_margin(
    tmp_path: Path,
) -> None:
    network = by_word(tmp_path, starts={"ada": 3, "[CLS]": 1}, ends={"letters": 2})
    ((answerable, spans),) = network.score("who", [passage("never .", "ada wrote letters .")])
    assert answerable == spans[1].margin == 4


def test_no_passages_have_no_scores_and_a_passage_without_sentences_no_spans(
    tmp_path: Path, wide: SpanNetwork
) -> None:
    assert wide.score("who?", []) == []
    for network in (wide, by_word(tmp_path)):
        (scores,) = network.score("who?", [Passage("id", "a.txt", 0, 3, "abc", "", ())])
        assert scores.spans == ()


def test_a_sentence_the_tokenizer_drops_keeps_its_place_with_the_lowest_margin(
    tmp_path: Path,
) -> None:
    read = passage("ada wrote .", "\u0301\u200b", "the engine .")
    (scores,) = by_word(tmp_path).score("who?", [read])
    assert scores.spans[1].span == read.sentences[1]
    assert scores.spans[1].margin < -1e6 < scores.spans[2].margin


# ---- offsets

ODD = [
    "Ada wrote.",
    "😀 Ada 👍🏽 wrote 👩‍👩‍👧.",
    "Cafe\u0301 A\u030angstro\u0308m.",
    "Ada\r\nwrote\r\nletters.",
    "אדה כתבה מכתבים.",
    "كتبت آدا رسائل.",
    "橋は鉄です。",
    "Ada\u00a0wrote\u3000letters.",
    "x" * 300,
    "ﷺ ½ ² İ ß ŉ.",
]


@pytest.mark.parametrize("gap", [" ", "\r\n\r\n", "\u3000", " 😀 "])
def test_offsets_count_characters_whatever_stands_before(wide: SpanNetwork, gap: str) -> None:
    for odd in ODD:
        read = passage("Ada.", odd[:40], "The engine was never built.", gap=gap)
        assert found(wide, read)[::2] == ["Ada.", "The engine was never built."]


@pytest.mark.parametrize("odd", ODD)
def test_the_longest_span_of_a_sentence_is_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, odd: str
) -> None:
    for family in TOKENIZERS:
        folder = tmp_path_factory.mktemp("longest")
        network = widest(folder, family, max_tokens=2048, max_answer_tokens=2000)
        assert found(network, passage("Ada.", odd, "It is.")) == ["Ada.", odd, "It is."]


_sentences = st.lists(
    st.text(min_size=1, max_size=12)
    | st.lists(st.sampled_from([*WORDS, *ODD[:6]]), min_size=1, max_size=6).map(" ".join),
    min_size=1,
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(_sentences, st.sampled_from(["", " ", "\n", "\r\n  "]), st.text(max_size=80))
def test_every_span_lies_inside_its_sentence_and_starts_and_ends_with_a_character(
    wide: SpanNetwork, sentences: list[str], gap: str, question: str
) -> None:
    read = passage(*sentences, gap=gap)
    (scores,) = wide.score(question, [read])
    assert len(scores.spans) == len(sentences)
    for sentence, (span, margin, _, _) in zip(read.sentences, scores.spans, strict=True):
        assert sentence.start <= span.start < span.end <= sentence.end
        text = read.slice(span)
        assert text == text.strip() or margin < -1e6


# ---- windows and questions


@pytest.mark.parametrize("max_tokens", [32, 48, 200])
@pytest.mark.parametrize("question", ["who ?", "who is it " * 100])
def test_in_a_long_passage_every_sentence_scores_as_it_does_alone(
    tmp_path: Path, max_tokens: int, question: str
) -> None:
    network = by_word(
        tmp_path,
        starts={"ada": 3, "engine": 2},
        ends={"letters": 2, "built": 1},
        answers={"built": 1, "ada": 2},
        max_tokens=max_tokens,
    )
    sentences = [*["the engine was built"] * 60, "ada wrote letters", "it was"]
    for order in (sentences, sentences[::-1]):
        alone = [network.score(question, [passage(sentence)])[0] for sentence in order]
        (together,) = network.score(question, [passage(*order)])
        assert [score.margin for score in together.spans] == [a.spans[0].margin for a in alone]
        assert together.answerable == max(a.answerable for a in alone) == 2


QUESTIONS = {
    "words": "who is it " * 200,
    "no spaces": "x" * 2000,
    "brackets": "(" * 2000,
    "emoji": "😀 " * 1000,
    "ligatures": "ﷺ" * 500,
    "marks": "e" + "\u0301" * 1999,
    "lines": "who\r\n" * 400,
    "nothing": "",
    "blank": " \n",
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_question_of_any_length_leaves_room_for_the_passage(
    wide: SpanNetwork, tmp_path: Path, question: str
) -> None:
    sentences = ["ada wrote .", "the engine was .", "it was built ."]
    assert found(wide, passage(*sentences), question) == sentences
    network = by_word(tmp_path, starts={"ada": 1}, ends={"built": 2}, answers={"ada": 7})
    assert network.score(question, [passage(*sentences)]) == network.score(
        "who ?", [passage(*sentences)]
    )


@pytest.mark.parametrize("max_tokens", [32, 64, 384])
def test_a_question_takes_at_most_a_third_of_what_is_read(tmp_path: Path, max_tokens: int) -> None:
    nodes = [
        helper.make_node("Sub", ["attention_mask", "token_type_ids"], ["question"]),
        helper.make_node("ReduceSum", ["question", "axis"], ["tokens"], keepdims=0),
        helper.make_node("Cast", ["tokens"], [ANSWERABLE_OUTPUT], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["input_ids"], [START_OUTPUT], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["input_ids"], [END_OUTPUT], to=TensorProto.FLOAT),
    ]
    tables = {"axis": np.array([1], dtype=np.int64)}
    network = SpanNetwork(write_network(tmp_path, nodes, tables, max_tokens=max_tokens))

    def tokens(question: str) -> float:
        return network.score(question, [passage("ada wrote .")])[0].answerable - 2  # [CLS], [SEP]

    third = max_tokens // 3
    assert tokens("who " * third) == third
    assert tokens("who " * (third + 1)) == tokens("who " * 500) == third


def test_the_start_of_a_long_question_is_what_is_read(tmp_path: Path) -> None:
    network = by_word(tmp_path, answers={"ada": 1, "engine": 2})
    ((answerable, _),) = network.score("ada " + "who " * 300 + "engine", [passage("it was .")])
    assert answerable == 1


def test_scores_are_the_same_every_time_and_from_many_threads(wide: SpanNetwork) -> None:
    passages = [passage(*(["ada wrote ."] * n), "the engine was never built.") for n in range(12)]
    expected = wide.score("who?", passages)
    assert wide.score("who?", passages) == expected
    assert [wide.score("who?", [read])[0] for read in passages] == expected

    def again(_: int) -> list[PassageScores]:
        return wide.score("who?", passages)

    with ThreadPoolExecutor(8) as pool:
        assert all(scores == expected for scores in pool.map(again, range(16)))


@pytest.mark.model
def test_the_packaged_reader_reads_the_longest_question() -> None:
    read = passage("Ada wrote 40 letters in 1843.", "The engine was never built.")
    network = SpanNetwork()
    assert found(network, read, "Who wrote letters?")[0] == "Ada"
    for question in ("a b " * 500, "(" * 2000):
        (scores,) = network.score(question, [read])
        assert all(score.margin > -1e6 for score in scores.spans)


# ---- folders


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path)
    card = {**json.loads((tmp_path / CARD_FILE).read_text()), "name": "Ångström"}
    write_card(tmp_path, card)
    assert SpanNetwork(tmp_path).card == card


def assert_refused(folder: Path) -> None:
    with pytest.raises(ReaderError) as error:
        SpanNetwork(folder)
    assert str(folder) in str(error.value)
    assert "qa index --reader" in str(error.value)


@pytest.mark.parametrize("file", [MODEL_FILE, TOKENIZER_FILE, CARD_FILE])
@pytest.mark.parametrize("damage", ["missing", "empty", "rubbish", "half", "folder"])
def test_a_damaged_reader_names_its_folder_and_says_what_to_do(
    tmp_path: Path, file: str, damage: str
) -> None:
    write_tiny_reader(tmp_path)
    path = tmp_path / file
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        damaged = {"empty": b"", "rubbish": b"\xff\x00{", "half": whole[: len(whole) // 2]}
        path.write_bytes(damaged[damage])
    assert_refused(tmp_path)


@pytest.mark.parametrize(
    "card",
    [
        [],
        5,
        {},
        {"max_tokens": 64},
        {"max_answer_tokens": 30},
        {"max_tokens": "many", "max_answer_tokens": 30},
        {"max_tokens": None, "max_answer_tokens": 30},
        {"max_tokens": 16, "max_answer_tokens": 30},
        {"max_tokens": -1, "max_answer_tokens": 30},
    ],
)
def test_a_card_that_cannot_be_right_is_refused(tmp_path: Path, card: object) -> None:
    write_tiny_reader(tmp_path)
    (tmp_path / CARD_FILE).write_text(json.dumps(card))
    assert_refused(tmp_path)


def test_a_network_with_other_inputs_or_outputs_is_refused(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path / "encoder")
    write_tiny_encoder(tmp_path / "encoder")  # its vectors are no logits
    assert_refused(tmp_path / "encoder")
    nodes = [
        helper.make_node("Cast", ["pixels"], [output], to=TensorProto.FLOAT)
        for output in (START_OUTPUT, END_OUTPUT)
    ]
    outputs = [START_OUTPUT, END_OUTPUT]
    assert_refused(write_network(tmp_path / "x", nodes, outputs=outputs, inputs=["pixels"]))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "gone")
