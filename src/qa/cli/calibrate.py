"""The command `qa calibrate`: fit the confidence to gold questions of one's own.

Heavy libraries are imported inside.
"""

import argparse
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli.options import add_index, add_risk, add_store
from qa.cli.output import bar, warn_of_drafts
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.evaluate.gold import GoldQuestion
    from qa.evaluate.recalibrate import Recalibration

_CALIBRATION_SPLIT = "calibration"


def add_calibrate_command(commands: Any) -> None:
    """Add the command's arguments."""
    calibrate = commands.add_parser(
        "calibrate", help="fit the confidence to your own gold questions"
    )
    calibrate.add_argument("gold", type=Path, nargs="?", help="gold questions, as for eval")
    calibrate.add_argument(
        "--split",
        help="only questions of this split (“calibration”, if the file has splits)",
    )
    add_index(calibrate)
    add_store(calibrate)
    calibrate.add_argument(
        "--reset", action="store_true", help="remove your calibration; the reader's is used again"
    )
    calibrate.add_argument("--json", action="store_true", help="print one JSON object")
    add_risk(calibrate)
    calibrate.set_defaults(command=_calibrate)


def _calibrate(arguments: argparse.Namespace) -> int:
    from qa.answer.calibration import remove_calibration

    if bool(arguments.gold) == arguments.reset:
        raise UsageError("give either gold questions, qa calibrate GOLD.jsonl, or --reset")
    if arguments.reset:
        removed = remove_calibration(arguments.index)
        if arguments.json:
            print(json.dumps({"removed": removed}))
        else:
            print("removed; the reader's calibration is used" if removed else "there was none")
        return 0
    gold = _calibration_questions(arguments.gold, arguments.split)
    warn_of_drafts(arguments.gold)
    report = _fit_and_keep(arguments, gold)
    print(json.dumps(_report_json(report)) if arguments.json else _report_text(report))
    if not arguments.json:
        print(
            f"kept in {arguments.index / 'calibration.json'} and used from now on; to go back: "
            "qa calibrate --reset"
        )
    return 0


def _fit_and_keep(arguments: argparse.Namespace, gold: "list[GoldQuestion]") -> "Recalibration":
    from qa.answer.calibration import OwnCalibration, save_calibration
    from qa.answer.live import open_index
    from qa.evaluate.calibrate import ask, best_sentences
    from qa.evaluate.recalibrate import recalibrate
    from qa.settings import AskSettings

    settings = AskSettings(max_risk=arguments.max_risk)
    answerer = open_index(arguments.index, settings, store=arguments.store)
    packaged = answerer.packaged
    asked = []
    with bar("asking", len(gold)) as advance:
        for entry in gold:
            asked.append(ask(answerer, entry.question, entry.evidence, entry.answers))
            advance(1)
    report = recalibrate(packaged, best_sentences(packaged.rank, asked), arguments.max_risk)
    manifest = answerer.index.manifest
    own = OwnCalibration(
        calibration=report.calibration,
        models=answerer.models,
        form=report.form,
        questions=report.questions,
        answerable=report.answerable,
        gold=arguments.gold.name,
        fitted_at=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus_sha256=manifest.corpus_sha256,
    )
    answerer.close()
    save_calibration(arguments.index, own)
    return report


def _calibration_questions(path: Path, split: str | None) -> "list[GoldQuestion]":
    """Read the questions to fit on: never the test split unless it is named."""
    from qa.evaluate.gold import load_gold

    if split is not None:
        if split == "test":
            print(
                "qa: fitting on the split “test”: nothing is left to measure the result on",
                file=sys.stderr,
            )
        return load_gold(path, split)
    gold = load_gold(path)
    splits = Counter(entry.split for entry in gold)
    if set(splits) == {""}:
        return gold
    if _CALIBRATION_SPLIT not in splits:
        named = ", ".join(sorted(name or "(none)" for name in splits))
        raise UsageError(
            f"{path} has the splits {named} but no “{_CALIBRATION_SPLIT}”; name the one to fit "
            "on with --split, and keep another to measure on"
        )
    print(
        f"qa: using the {splits[_CALIBRATION_SPLIT]} questions of split “{_CALIBRATION_SPLIT}” "
        f"of {len(gold)}; --split names another",
        file=sys.stderr,
    )
    return [entry for entry in gold if entry.split == _CALIBRATION_SPLIT]


def _report_json(report: "Recalibration") -> dict[str, Any]:
    """Return the object of `qa calibrate --json`: everything but the calibration itself."""
    names = ("form", "questions", "answerable", "right", "max_risk")
    record = {name: getattr(report, name) for name in names}
    needs = {"needed_if_right": report.needed_if_right, "needed": report.needed}
    return {**record, "before": report.before._asdict(), "after": report.after._asdict(), **needs}


def _report_text(report: "Recalibration") -> str:
    from qa.evaluate.recalibrate import FORMS

    before, after = report.before, report.after
    rows = [
        ("", "before", "after"),
        ("right from wrong (AUROC)", _figure(before.auroc), _figure(after.auroc)),
        ("calibration error (ECE)", *map(_figure, _pair(report, "calibration_error"))),
        ("Brier score", *map(_figure, _pair(report, "brier"))),
        ("log loss", *map(_figure, _pair(report, "log_loss"))),
        (f"answered at --max-risk {report.max_risk:g}", str(before.answered), str(after.answered)),
        ("of these, wrong", str(before.wrong), str(after.wrong)),
        ("share wrong, 95 % interval", _interval(before), _interval(after)),
    ]
    lines = [
        f"{report.questions} questions, {report.answerable} with an answer in the documents; the "
        f"best sentence answers {report.right}",
        f"fitted: {report.form} ({FORMS[report.form]})",
        "",
        *(f"{name:<32} {one:>14} {other:>14}".rstrip() for name, one, other in rows),
        "",
        "“after” is measured on questions left out of the fit, a tenth at a time.",
        _promise(report),
    ]
    return "\n".join(lines)


def _pair(report: "Recalibration", name: str) -> tuple[float, float]:
    return getattr(report.before, name), getattr(report.after, name)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(trust: Any) -> str:
    return f"{trust.low:.0%} to {trust.high:.0%}" if trust.answered else "–"


def _promise(report: "Recalibration") -> str:
    """Say how many answers a promise takes, and what those there are promise."""
    after = report.after
    if report.needed_if_right is None:
        return f"No number of questions can promise at most {report.max_risk:.0%} wrong."
    need = (
        f"To promise at most {report.max_risk:.0%} wrong (95 % interval) takes "
        f"{report.needed_if_right} answered questions without a wrong one"
    )
    if after.wrong:
        share = f"the share measured, {after.wrong / after.answered:.0%}"
        need += f", {report.needed:,} with {share}" if report.needed else f"; not with {share}"
    if not after.answered:
        return f"{need}; here none is answered, so nothing is promised."
    return f"{need}; you have {after.answered}: {_interval(after)}."
