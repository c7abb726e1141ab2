"""The reader that comes with the program: small, whole, as its card says, and it reads."""

import hashlib
import json
from pathlib import Path

import pytest

from qa.answer.calibration import Calibration
from qa.models.hashes import HASHES_FILE
from qa.models.span_network import CARD_FILE, SpanNetwork, packaged_reader
from qa.schema import Passage, Span
from qa.settings import AskSettings
from train.card import with_figures

FOLDER = packaged_reader()
CARD = json.loads((FOLDER / CARD_FILE).read_text("utf-8"))
TEXT = "The mill was built in 1843. Ada Lovelace bought it for 40 pounds. It burned down twice."
SENTENCES = (Span(0, 27), Span(28, 65), Span(66, 87))


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / CARD["beside"]])
def test_its_files_have_the_hashes_of_the_card(folder: Path) -> None:
    card = json.loads((folder / CARD_FILE).read_text("utf-8"))
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert set(card["sha256"]) == files - {CARD_FILE, HASHES_FILE, "README.md"}
    for name, sha256 in card["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256


def test_no_file_is_larger_than_code_hosts_take() -> None:
    sizes = [path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()]
    assert max(sizes) <= 95_000_000
    assert sum(sizes) <= 140_000_000


def test_its_card_for_people_has_the_figures_of_its_card_for_programs() -> None:
    told = (FOLDER / "README.md").read_text("utf-8")
    assert with_figures(told, CARD) == told


def test_its_calibration_has_a_threshold_for_every_bearable_risk() -> None:
    calibration = Calibration.from_json(CARD["calibration"])
    thresholds = [calibration.risk(share).min_confidence for share in (0.35, 0.3, 0.2, 0.1)]
    assert thresholds == sorted(thresholds)
    assert 0 < thresholds[0] < thresholds[-1] < 1
    default = calibration.risk(AskSettings().max_risk)
    assert default.low < default.expected <= AskSettings().max_risk < default.high


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("When was the mill built?", 0, "1843"),
        ("Who bought the mill?", 1, "Ada Lovelace"),
        ("How much did Ada Lovelace pay for the mill?", 1, "40 pounds"),
        ("How often did the mill burn down?", 2, "twice"),
    ],
)
def test_it_reads_short_answers(question: str, sentence: int, words: str) -> None:
    passage = Passage("id", "mill.txt", 0, len(TEXT), TEXT, "", SENTENCES)
    (scores,) = SpanNetwork().score(question, [passage])
    margins = [score.margin for score in scores.spans]
    assert margins.index(max(margins)) == sentence
    assert words in passage.slice(scores.spans[sentence].span)
