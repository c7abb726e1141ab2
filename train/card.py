"""Write a reader's figures into its README: `python -m train.card --help`.

`reader.json` has them for programs, `README.md` beside it for people; the tables of the second,
known by their first rows, are written anew from the first. Does not measure.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.models.span_network import CARD_FILE, packaged_reader, write_card

FIGURES = "| test set | HasAns EM | HasAns F1 | NoAns accuracy | AUROC | refused at 10 % false |"
PROMISES = "| `--max-risk` | wrong among given | answerable refused | unanswerable refused |"
CLAIMS = "| source | claims | unsupported that pass | supported that are struck |"
_COLUMNS = ("HasAns_EM", "HasAns_F1", "NoAns_accuracy", "AUROC", "NoAns_refused_at_10_false")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--reader", type=Path, default=packaged_reader(), help="folder of the reader")
    add("--test", type=Path, help="what `train.evaluate` printed of the test titles; kept")
    add("--validation", type=Path, help="the same of the validation titles")
    options = parser.parse_args(arguments)
    card = json.loads((options.reader / CARD_FILE).read_text("utf-8"))
    for split in ("validation", "test"):
        if path := getattr(options, split):
            card[split] = json.loads(path.read_text("utf-8"))
    readme = options.reader / "README.md"
    readme.write_text(with_figures(readme.read_text("utf-8"), card), "utf-8")
    write_card(options.reader, card)


def with_figures(text: str, card: Mapping[str, Any]) -> str:
    """Return a README with a card's figures in its three tables."""
    text = _with_rows(text, FIGURES, rows_of_figures(card))
    text = _with_rows(text, PROMISES, [_promise(*each) for each in card["left_out"].items()])
    return _with_rows(text, CLAIMS, [_checked(*each) for each in card["claims"]["test"].items()])


def rows_of_figures(card: Mapping[str, Any]) -> list[str]:
    """Return the rows of the table of test titles, without its header."""
    return [_row(name, found) for name, found in sorted(card["test"].items())]


def _with_rows(text: str, header: str, rows: Sequence[str]) -> str:
    """Put rows in the place of those of the table under a header."""
    before, found, after = text.partition(f"{header}\n")
    if not found:
        raise SystemExit(f"README.md has no table that begins: {header}")
    ruler, *lines = after.split("\n")
    rest = next(at for at, line in enumerate(lines) if not line.startswith("|"))
    return "\n".join([before + header, ruler, *rows, *lines[rest:]])


def _row(name: str, found: Mapping[str, float]) -> str:
    counts = f"{found.get('answerable', 0):.0f}, {found.get('unanswerable', 0):.0f}"
    cells = [_cell(found, column) for column in _COLUMNS]
    return f"| {name} ({counts}) | {' | '.join(cells)} |"


def _cell(found: Mapping[str, float], name: str) -> str:
    if name not in found:
        return ""
    ends = (
        f"{name}_low" in found
        and f" ({_number(found[f'{name}_low'])}–{_number(found[f'{name}_high'])})"
    )
    return _number(found[name]) + (ends or "")


def _promise(risk: str, found: Mapping[str, Sequence[float]]) -> str:
    return f"| {risk} | {' | '.join(map(_number, found['mean of sources']))} |"


def _checked(source: str, found: Mapping[str, float]) -> str:
    rates = (_number(found[name]) for name in ("false_pass", "false_strike"))
    return f"| {source} | {found['claims']} | {' | '.join(rates)} |"


def _number(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
