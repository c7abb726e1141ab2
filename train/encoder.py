"""Export a trained encoder into the package: `python -m train.encoder --trained FOLDER`.

A sentence-transformers folder in, such as `train.retriever` writes; `model.onnx`,
`tokenizer.json` and `encoder.json` out, so that neither building an index nor asking needs torch.
"""

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qa.models.encoder import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, packaged_encoder
from qa.models.export_encoder import export_encoder, write_card
from qa.models.hashes import HASHES_FILE
from qa.settings import DEFAULT_ENCODER

_SAMPLE = Path("corpus/inl-peru.txt")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trained", type=Path, required=True, help="sentence-transformers folder")
    parser.add_argument("--out", type=Path, default=packaged_encoder(), help="(%(default)s)")
    options = parser.parse_args(arguments)
    sample = [line for line in _SAMPLE.read_text("utf-8").splitlines() if len(line.split()) > 3]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "encoder")
        card = export_encoder(str(options.trained), "int8", sample, folder)
        write_card(folder, replace(card, name=DEFAULT_ENCODER))
        options.out.mkdir(parents=True, exist_ok=True)
        for file in (MODEL_FILE, TOKENIZER_FILE, CARD_FILE, HASHES_FILE):
            shutil.copy(folder / file, options.out / file)
    print(
        f"mean cosine to the trained one {card.cosine_mean:.4f}, the lowest {card.cosine_min:.4f}"
    )


if __name__ == "__main__":
    main()
