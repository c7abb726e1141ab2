"""Encode questions and passages as unit vectors, with ONNX Runtime.

Reads an encoder folder that `export_encoder` wrote. Does not know sentence-transformers,
passages' origin or the index.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa.errors import EncoderError
from qa.models.hashes import checked
from qa.models.session import open_session
from qa.schema import Span

Vectors = NDArray[np.float32]

CARD_FILE = "encoder.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
TOKENS_OUTPUT = "token_embeddings"
SENTENCE_OUTPUT = "sentence_embedding"
_ONE_LANGUAGE = 60_000
"""Tokens; English vocabularies have 30,000 to 50,000, those of many languages 110,000 and more."""


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What is known about an exported encoder; the content of `encoder.json`.

    Attributes:
        name: As configured.
        fingerprint: Hash of weights, tokenizer and precision; vectors of two encoders
            with one fingerprint can be compared.
        precision: `int8` or `fp32`.
        dimension: Length of a vector.
        max_tokens: Longest text in tokens, without special tokens.
        query_prompt: Put in front of a question.
        passage_prompt: Put in front of a passage.
        cosine_mean: Mean cosine to the original model's vectors on a sample.
        cosine_min: The lowest of them.
        sample: How many texts the sample had.
    """

    name: str
    fingerprint: str
    precision: str
    dimension: int
    max_tokens: int
    query_prompt: str
    passage_prompt: str
    cosine_mean: float
    cosine_min: float
    sample: int


class PassageInput(NamedTuple):
    """A passage for the encoder: its text, the heading path above it, its sentences.

    `sentences` are relative to `text`.
    """

    text: str
    context: str
    sentences: tuple[Span, ...]


class PassageVectors(NamedTuple):
    """A passage's vector, shape (dim,), and its sentences', shape (n_sentences, dim).

    `tokens` were read for them, those of the context and the special ones among them.
    """

    passage: Vectors
    sentences: Vectors
    tokens: int


def packaged_encoder() -> Path:
    """Return the folder of the encoder that comes with the program, exported already."""
    return Path(str(files("qa"))) / "encoder"


def read_card(folder: Path) -> EncoderCard:
    """Read what is known about an exported encoder, without opening it.

    Raises:
        EncoderError: The card is missing or damaged.
    """
    try:
        return _decoded(folder)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"the encoder in {folder} has no card that can be read: {error}"
        ) from error


class Encoder:
    """An exported sentence encoder. Safe to use from several threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Open an encoder folder.

        Args:
            folder: Holds `model.onnx`, `tokenizer.json`, `encoder.json`.
            threads: Sessions, of one thread each, that encode passages side by side.

        Raises:
            EncoderError: A file is missing or damaged.
        """
        self.folder = folder
        try:
            with checked(folder):
                self.card = _decoded(folder)
                self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
                self._sessions = [open_session(folder / MODEL_FILE) for _ in range(threads)]
        except Exception as error:  # tokenizers and onnxruntime raise bare Exceptions
            raise EncoderError(
                f"the encoder in {folder} cannot be opened ({error}); "
                "build the index again with: qa index --rebuild; the packaged one: install the "
                "program again"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._inputs = [node.name for node in self._sessions[0].get_inputs()]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count tokens without special tokens; nothing is cut off."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    @property
    def is_multilingual(self) -> bool:
        """Whether its vocabulary is that of many languages, by its size; English needs 50,000."""
        return self._tokenizer.get_vocab_size() > _ONE_LANGUAGE

    def knows(self, word: str) -> bool:
        """Whether a word is one token, as the words are that its training met often."""
        tokens = self._tokenizer.encode(word, add_special_tokens=False).tokens
        # SentencePiece and byte-level tokenizers mark where a word begins.
        return len(tokens) == 1 and tokens[0].lstrip("▁Ġ").lower() == word.lower()

    def encode_query(self, question: str) -> Vectors:
        """Encode a question; what is beyond the encoder's length is cut off.

        Returns:
            A unit vector, shape (dim,).
        """
        encoding = self._tokenizer.encode(self.card.query_prompt + question)
        ids = _shorten(encoding.ids, self.card.max_tokens, self._special_tokens())
        return _unit(self._run(self._sessions[0], ids, [SENTENCE_OUTPUT])[0][0])

    def encode_passages(
        self, passages: Sequence[PassageInput], progress: Callable[[int], None] = lambda _: None
    ) -> list[PassageVectors]:
        """Encode passages and, from the same pass, each sentence in its context.

        A sentence's vector is the mean of its tokens' contextual embeddings ("late
        chunking", Günther et al. 2024, arXiv:2409.04701), so it costs nothing extra.

        Args:
            passages: What to encode.
            progress: Called with the number of passages finished since the last call.

        Returns:
            Unit vectors in the order of `passages`.

        Raises:
            EncoderError: A passage is longer than the encoder reads.
        """
        heads = [
            self.card.passage_prompt + (passage.context + "\n" if passage.context else "")
            for passage in passages
        ]
        encodings = self._tokenizer.encode_batch(
            [head + passage.text for head, passage in zip(heads, passages, strict=True)]
        )
        self._check_lengths(encodings)
        free: SimpleQueue[onnxruntime.InferenceSession] = SimpleQueue()
        for session in self._sessions:
            free.put(session)

        def encode_one(row: int) -> PassageVectors:
            session = free.get()
            try:
                outputs = [TOKENS_OUTPUT, SENTENCE_OUTPUT]
                tokens, vectors = self._run(session, encodings[row].ids, outputs)
            finally:
                free.put(session)
            spans = [span.shift(len(heads[row])) for span in passages[row].sentences]
            sentences = _pool_spans(tokens[0], encodings[row], spans, vectors[0])
            return PassageVectors(_unit(vectors[0]), sentences, len(encodings[row].ids))

        # One text at a time: int8 scales a batch as a whole, so in a batch a vector would
        # depend on its neighbours. Longest first, so that no session is left with one.
        order = sorted(range(len(passages)), key=lambda row: -len(encodings[row].ids))
        results: dict[int, PassageVectors] = {}
        with ThreadPoolExecutor(len(self._sessions)) as pool:
            for row, vectors in zip(order, pool.map(encode_one, order), strict=True):
                results[row] = vectors
                progress(1)
        return [results[row] for row in range(len(passages))]

    def _run(
        self, session: onnxruntime.InferenceSession, ids: Sequence[int], outputs: list[str]
    ) -> list[Vectors]:
        """Run one text; each output has a first axis of length 1."""
        input_ids = np.array([ids], dtype=np.int64)
        feed = {
            "input_ids": input_ids,
            "attention_mask": np.ones_like(input_ids),
            "token_type_ids": np.zeros_like(input_ids),
        }
        result: list[Vectors] = session.run(outputs, {name: feed[name] for name in self._inputs})
        return result

    def _special_tokens(self) -> int:
        return int(self._tokenizer.num_special_tokens_to_add(is_pair=False))

    def _check_lengths(self, encodings: Sequence[Encoding]) -> None:
        longest = max((len(encoding.ids) for encoding in encodings), default=0)
        limit = self.card.max_tokens + self._special_tokens()
        if longest > limit:
            raise EncoderError(
                f"a passage has {longest} tokens but the encoder reads {limit}: "
                "text would be cut off unseen. Please report this as a bug."
            )


def _decoded(folder: Path) -> EncoderCard:
    return msgspec.json.decode((folder / CARD_FILE).read_bytes(), type=EncoderCard)


def _shorten(ids: list[int], max_tokens: int, special: int) -> list[int]:
    """Cut a question that is too long, keeping the last special token."""
    limit = max_tokens + special
    return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]


def _pool_spans(
    tokens: Vectors, encoding: Encoding, spans: Sequence[Span], fallback: Vectors
) -> Vectors:
    """Average token embeddings over each span; the passage's own vector where none falls in.

    Args:
        tokens: Shape (n_tokens, dim).
        encoding: Gives each token's character offsets.
        spans: Character spans in the encoded text.
        fallback: Shape (dim,).

    Returns:
        Unit vectors, shape (len(spans), dim).
    """
    offsets = np.array(encoding.offsets)
    real = offsets[:, 1] > offsets[:, 0]
    pooled = np.empty((len(spans), tokens.shape[1]), dtype=np.float32)
    for number, span in enumerate(spans):
        inside = real & (offsets[:, 0] >= span.start) & (offsets[:, 1] <= span.end)
        pooled[number] = _unit(tokens[inside].mean(axis=0) if inside.any() else fallback)
    return pooled


def _unit(vector: Vectors) -> Vectors:
    """Scale to length 1; not every model's last layer does it."""
    scaled: Vectors = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return scaled


def available_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
