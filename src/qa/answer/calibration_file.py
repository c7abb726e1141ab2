"""A calibration of one's own: kept beside an index, used while its models are the same.

`calibration.json` lies next to the generations, so that it outlives them. Knows the
file. Does not know how it was fitted.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.answer.read import Calibration
from qa.errors import CalibrationError, ReaderError
from qa.files import replace_text
from qa.index.generations import Manifest

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """A calibration fitted on a corpus's own gold questions.

    Attributes:
        calibration: The weights and the risk table.
        models: Identity of the reader and encoder it was fitted for (`models_identity`).
        form: How much of the packaged calibration was fitted anew (`qa.evaluate.calibrate.FORMS`).
        questions: How many it was fitted on.
        answerable: How many of them have an answer.
        gold: Name of the gold file.
        fitted_at: ISO 8601, UTC.
        corpus_sha256: Of the documents it was fitted on.
    """

    calibration: Calibration
    models: str
    form: str
    questions: int
    answerable: int
    gold: str
    fitted_at: str
    corpus_sha256: str


def models_identity(card: Mapping[str, Any], manifest: Manifest) -> str:
    """Give the identity of an index's reader and encoder, a hash; a calibration is for one.

    Args:
        card: Of the reader.
        manifest: Of the generation.
    """
    reader = {name: value for name, value in card.items() if name != "calibration"}
    parts = [reader, manifest.reader, manifest.encoder_fingerprint]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def load_calibration(index_dir: Path) -> OwnCalibration | None:
    """Read an index folder's own calibration; None if it has none.

    Raises:
        CalibrationError: The file cannot be read.
    """
    path = index_dir / CALIBRATION_FILE
    try:
        record = json.loads(path.read_text("utf-8"))
        record["calibration"] = Calibration.from_json(record["calibration"])
        return OwnCalibration(**record)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError, ReaderError) as error:
        raise CalibrationError(
            f"{path} cannot be read ({error}); fit it again with: qa calibrate GOLD, or remove "
            "it with: qa calibrate --reset"
        ) from error


def save_calibration(index_dir: Path, own: OwnCalibration) -> None:
    """Write an index folder's own calibration, as one step.

    Raises:
        CalibrationError: The folder cannot be written.
    """
    record = {name: getattr(own, name) for name in own.__dataclass_fields__}
    record["calibration"] = own.calibration.to_json()
    path = index_dir / CALIBRATION_FILE
    try:
        replace_text(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CalibrationError(f"{path} cannot be written: {error.strerror or error}") from error


def remove_calibration(index_dir: Path) -> bool:
    """Remove an index folder's own calibration; whether there was one.

    Raises:
        CalibrationError: The folder cannot be written.
    """
    path = index_dir / CALIBRATION_FILE
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CalibrationError(f"{path} cannot be removed: {error.strerror or error}") from error
    return True


def calibration_in_words(own: OwnCalibration | None, models: str, corpus_sha256: str) -> str:
    """Say which calibration is in use, in one line.

    Args:
        own: What the index folder holds.
        models: Identity of the reader and encoder in use.
        corpus_sha256: Of the documents as they are now.
    """
    if own is None:
        return "the reader's"
    if own.models != models:
        return (
            "the reader's; your own was fitted for another reader or encoder and is not used: "
            "fit it again with: qa calibrate GOLD"
        )
    changed = "" if own.corpus_sha256 == corpus_sha256 else "; the documents have changed since"
    return f"your own, of {own.questions} questions of {own.gold}, {own.fitted_at[:10]}{changed}"
