"""What a reader's scores are worth: fitted weights, and what every threshold costs.

A reader's card holds the packaged `Calibration`. One fitted to a corpus's own questions lies
next to the index's generations, so that it outlives them, and is used while the models are
the ones it was fitted for. Does not know how either was fitted.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from qa.answer.signs.features import Features, chance
from qa.errors import CalibrationError, ReaderError
from qa.files import replace_text
from qa.index.stores.manifest import Manifest

CALIBRATION_FILE = "calibration.json"
_LARGEST_ODDS = 60.0


class Risk(NamedTuple):
    """What a threshold costs, measured on the calibration questions.

    Attributes:
        min_confidence: The threshold.
        expected: Share of wrong answers among those given.
        low: Lower end of its 95 % interval.
        high: Upper end.
        answered: Share of the questions that are answered.
    """

    min_confidence: float
    expected: float
    low: float
    high: float
    answered: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights of a reader; made by `train.calibrate` (docs/LOG.md says on what).

    Attributes:
        rank: Weights that order sentences.
        confidence: Weights of a logistic regression for "the best sentence answers".
        bias: Its constant.
        risks: By falling threshold.
    """

    rank: Features
    confidence: Features
    bias: float
    risks: tuple[Risk, ...]

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> "Calibration":
        """Return the calibration in a reader's card, the plain one where it has none.

        Raises:
            ReaderError: What the card has cannot be read.
        """
        return cls.from_json(card["calibration"]) if "calibration" in card else UNCALIBRATED

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Calibration":
        """Read what `to_json` wrote; a feature without a weight has the weight 0.

        Raises:
            ReaderError: Something is missing or of another type.
        """
        try:
            return cls(
                rank=Features(**_numbers(record["rank"])),
                confidence=Features(**_numbers(record["confidence"])),
                bias=_number(record["bias"]),
                risks=tuple(Risk(**_numbers(risk)) for risk in record["risks"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ReaderError(
                f"the reader's calibration cannot be read ({error!r}): fit it again with: "
                "python -m train.calibrate"
            ) from error

    def to_json(self) -> dict[str, Any]:
        """Return the calibration as `reader.json` keeps it."""
        return {
            "rank": self.rank._asdict(),
            "confidence": self.confidence._asdict(),
            "bias": self.bias,
            "risks": [risk._asdict() for risk in self.risks],
        }

    def risk(self, max_risk: float) -> Risk:
        """Find the lowest threshold whose expected share of wrong answers is bearable.

        Args:
            max_risk: 0 to 1. At 1 everything is answered; where no threshold is safe
                enough, nothing is.
        """
        if max_risk >= 1:
            return Risk(0.0, 1.0, 0.0, 1.0, 1.0)
        bearable = [risk for risk in self.risks if risk.expected <= max_risk]
        nothing = Risk(math.inf, 0.0, 0.0, 1.0, 0.0)
        return min(bearable, key=lambda risk: risk.min_confidence, default=nothing)

    def probability(self, features: Features) -> float:
        """Return the probability, 0 to 1, that a sentence with these features answers."""
        odds = self.bias + self.confidence.dot(features)
        return chance(max(-_LARGEST_ODDS, min(_LARGEST_ODDS, odds)))


# For a model nobody has calibrated: its own margin decides, sigmoid(margin / 4), which is
# about right for models trained on SQuAD 2.0. Replace it with `python -m train.calibrate`.
UNCALIBRATED = Calibration(
    rank=Features(0, 1, 0, 4, -2, 0, 0, 0),
    confidence=Features(0, 0.25, 0, 0, -1, -1.5, -1.5, 1),
    bias=-1.0,
    risks=tuple(Risk(1 - r / 100, r / 100, 0.0, 1.0, r / 100) for r in range(1, 100)),
)


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """A calibration fitted on a corpus's own gold questions.

    Attributes:
        calibration: The weights and the risk table.
        models: Identity of the reader and encoder it was fitted for (`models_identity`).
        form: How much of the packaged calibration was fitted anew (`recalibrate.FORMS`).
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
    """Return the identity of an index's reader and encoder, a hash; a calibration is for one.

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


def _numbers(record: Mapping[str, Any]) -> dict[str, float]:
    return {name: _number(value) for name, value in record.items()}


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no finite number")
    return number
