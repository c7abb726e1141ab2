"""The runtime encoder, with the tiny model; the real one is in test_export."""

from pathlib import Path

import numpy as np
import pytest

from qa.errors import EncoderError
from qa.models.encoder import Encoder, PassageInput
from qa.schema import Span
from tests.conftest import write_tiny_encoder


def test_vectors_are_of_unit_length_and_in_order(tiny_encoder: Encoder) -> None:
    texts = ["The Iron Bridge", "roses", "", "Ada wrote to Charles about the engine", "roses"]
    vectors = tiny_encoder.encode_passages([PassageInput(text, "", ()) for text in texts])
    matrix = np.stack([entry.passage for entry in vectors])
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    assert np.array_equal(matrix[1], matrix[4])
    for text, vector in zip(texts, matrix, strict=True):
        assert np.allclose(tiny_encoder.encode_query(text), vector, atol=1e-5)


def test_batches_and_threads_do_not_change_vectors(tmp_path: Path) -> None:
    write_tiny_encoder(tmp_path / "e", max_tokens=200)
    words = "The Iron Bridge crosses the Severn and the roses want sun".split()
    inputs = [PassageInput(" ".join(words[: n % 11 + 1]), "", ()) for n in range(300)]
    one = Encoder(tmp_path / "e").encode_passages(inputs)
    two = Encoder(tmp_path / "e", threads=3).encode_passages(inputs)
    for a, b in zip(one, two, strict=True):
        assert np.allclose(a.passage, b.passage, atol=1e-6)


def test_a_sentence_vector_is_the_mean_of_its_tokens(tiny_encoder: Encoder) -> None:
    text = "Prune roses. Water the ferns."
    spans = (Span(0, 12), Span(13, 29))
    (vectors,) = tiny_encoder.encode_passages([PassageInput(text, "The garden", spans)])
    assert vectors.sentences.shape == (2, tiny_encoder.card.dimension)
    assert np.allclose(np.linalg.norm(vectors.sentences, axis=1), 1, atol=1e-5)
    # In this model a token's vector does not depend on its neighbours.
    (alone,) = tiny_encoder.encode_passages([PassageInput(text[13:29], "", (Span(0, 16),))])
    assert np.allclose(vectors.sentences[1], alone.sentences[0], atol=1e-5)


def test_a_passage_that_would_be_cut_off_is_an_error(tiny_encoder: Encoder) -> None:
    with pytest.raises(EncoderError, match="cut off"):
        tiny_encoder.encode_passages([PassageInput("roses " * 33, "", ())])


def test_a_long_question_is_cut_to_the_limit(tiny_encoder: Encoder) -> None:
    long = tiny_encoder.encode_query("roses " * 500)
    assert np.allclose(long, tiny_encoder.encode_query("roses " * 32), atol=1e-5)


def test_progress_adds_up(tiny_encoder: Encoder) -> None:
    done: list[int] = []
    tiny_encoder.encode_passages([PassageInput("roses", "", ())] * 700, done.append)
    assert sum(done) == 700


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
def test_a_damaged_encoder_says_to_rebuild(tmp_path: Path, name: str) -> None:
    write_tiny_encoder(tmp_path / "e")
    (tmp_path / "e" / name).write_bytes(b"{")
    with pytest.raises(EncoderError, match="--rebuild"):
        Encoder(tmp_path / "e")


def test_a_word_is_known_if_it_is_one_token(tiny_encoder: Encoder) -> None:
    assert tiny_encoder.knows("Bridge")
    assert not tiny_encoder.knows("bridgehead")
    assert not tiny_encoder.knows("Iron Bridge")
    assert not tiny_encoder.knows("")
