"""Read the words on a picture with RapidOCR, where that is installed.

Its models come inside its package, so nothing is fetched. Knows neither files nor pages.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

_THREADS = 2
# Lines at a time. More cost memory and gain little.
_LINES = 2
_LEAST_SIDE = 64  # pixels


class SeenWord(NamedTuple):
    """A word of a line.

    Attributes:
        offset: Of its first character in the line's text.
        length: In characters.
        left: In pixels, as the others.
        top: Of the line, y growing down the picture.
        right: Where it ends.
        bottom: Of the line.
    """

    offset: int
    length: int
    left: float
    top: float
    right: float
    bottom: float


class SeenLine(NamedTuple):
    """A line of text in a picture, in no certain order.

    Attributes:
        text: Its characters.
        score: How sure each of them is, on average, from 0 to 1.
        words: Where they stand.
    """

    text: str
    score: float
    words: tuple[SeenWord, ...]


def is_available() -> bool:
    """Whether text in pictures can be read: the extra `ocr` is installed."""
    return find_spec("rapidocr") is not None


def read_picture(picture: Image.Image) -> list[SeenLine]:
    """Find the lines of text in a picture, also what can hardly be text."""
    import numpy as np

    blue_first = np.ascontiguousarray(np.asarray(_framed(picture))[:, :, ::-1])
    found = _engine()(blue_first, return_word_box=True)
    if not found.txts:
        return []
    lines = zip(map(_plain, found.txts), found.scores, found.word_results, strict=True)
    return [
        SeenLine(text, float(score), _words(text, parts))
        for text, score, parts in lines
        if text.strip()
    ]


def _framed(picture: Image.Image) -> Image.Image:
    """Add white to the right or below, or what is very narrow would be blown up."""
    size = (max(picture.width, _LEAST_SIDE), max(picture.height, _LEAST_SIDE))
    framed = Image.new("RGB", size, "white")
    framed.paste(picture, (0, 0))
    return framed


@lru_cache(maxsize=1)
def _engine() -> Any:
    import onnxruntime
    from rapidocr import RapidOCR

    onnxruntime.disable_telemetry_events()
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": 0.0,
            # Named, so that it never looks for them elsewhere.
            "Det.model_path": _model("det"),
            "Rec.model_path": _model("rec"),
            # The model that is to tell lines upside down takes many that are not for such.
            "Global.use_cls": False,
            # Pictures come in the right size.
            "Global.max_side_len": 10_000,
            "Det.limit_side_len": _LEAST_SIDE,
            # Lower than theirs, which miss short lines; what is no text is not read as any.
            "Det.thresh": 0.2,
            "Det.box_thresh": 0.3,
            "Rec.rec_batch_num": _LINES,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
        }
    )


def _model(part: str) -> str:
    """Return the path of one of the models in the package.

    Raises:
        FileNotFoundError: It is not there.
    """
    folder = Path(str(files("rapidocr"))) / "models"
    for path in folder.glob(f"*_{part}_*.onnx"):
        return str(path)
    raise FileNotFoundError(f"no model to read scans with in {folder}: install the extra again")


def _plain(text: str) -> str:
    """Put a space for everything that is not to be seen; no character moves."""
    return "".join(character if character.isprintable() else " " for character in text)


def _words(text: str, parts: Sequence[Any]) -> tuple[SeenWord, ...]:
    """Find the words, each given with its score and corners, in the text of their line."""
    words: list[SeenWord] = []
    at = 0
    for part in parts:
        word, corners = _plain(str(part[0])), part[2]
        offset = text.find(word, at)
        if offset < 0 or not word.strip() or corners is None:
            continue
        at = offset + len(word)
        xs = [float(corner[0]) for corner in corners]
        ys = [float(corner[1]) for corner in corners]
        words.append(SeenWord(offset, len(word), min(xs), min(ys), max(xs), max(ys)))
    return tuple(words)
