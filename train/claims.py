"""Fit how a writer's sentences are checked: `python -m train.claims --help`.

Claims with evidence go in, none of which the reader was trained on; weights, a threshold and
what it lets through on the test part go into the reader's card.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from qa.index.passages.sentences import sentence_spans
from qa.models.span_network import CARD_FILE, SpanNetwork, packaged_reader, write_card
from qa.schema import Passage
from qa.write.verify import ClaimCheck, Verifier, Weighed
from train.made.sentences import Claim, load_claims

_LEAST_OF_A_SOURCE = 25


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--claims", type=Path, required=True, help="claims with evidence, JSON lines .gz")
    add("--reader", type=Path, default=packaged_reader(), help="folder of the reader")
    add("--pass", type=float, default=0.1, dest="passed", help="of what is not supported, at most")
    options = parser.parse_args(arguments)
    network = SpanNetwork(options.reader)
    fitted, untouched = (load_claims(options.claims, part) for part in ("validation", "test"))
    verifier = Verifier(network, lambda _: 1.0)
    weighed = _weigh(verifier, fitted)
    check = _fit(weighed, fitted, options.passed)
    rates = {
        "validation": _rates(weighed, fitted, check),
        "test": _rates(_weigh(verifier, untouched), untouched, check),
    }
    card = json.loads((options.reader / CARD_FILE).read_text("utf-8"))
    card["claims"] = {
        "weights": [round(weight, 4) for weight in check.weights],
        "intercept": round(check.intercept, 4),
        "threshold": round(check.threshold, 4),
        **rates,
    }
    write_card(options.reader, card)
    print(json.dumps(card["claims"], indent=1))


def _weigh(verifier: Verifier, claims: Sequence[Claim]) -> list[Weighed]:
    weighed = []
    for claim in claims:
        text = claim.evidence
        passage = Passage("", "", 0, len(text), text, "", tuple(sentence_spans(text)))
        weighed.append(verifier.weigh(claim.claim, [passage]))
    return weighed


def _fit(weighed: Sequence[Weighed], claims: Sequence[Claim], passed: float) -> ClaimCheck:
    """Weigh what words leave, and strike so much that few of the unsupported pass."""
    left = [row for row, found in enumerate(weighed) if not found.reason]
    features = np.array([weighed[row].features for row in left])
    supported = _supported(claims)
    model = LogisticRegression(max_iter=1000).fit(features, supported[left])
    weights = tuple(float(weight) for weight in model.coef_[0])
    sums = np.full(len(claims), -np.inf)
    sums[left] = features @ model.coef_[0] + model.intercept_[0]
    threshold = float(np.quantile(sums[~supported], 1 - passed, method="higher"))
    return ClaimCheck(weights, float(model.intercept_[0]), threshold)


def _rates(
    weighed: Sequence[Weighed], claims: Sequence[Claim], check: ClaimCheck
) -> dict[str, object]:
    """Count what passes and what is struck, pooled and by source."""
    by_source: dict[str, list[int]] = defaultdict(list)
    for row, claim in enumerate(claims):
        by_source[claim.source].append(row)
    supported = _supported(claims)
    passes = np.array([not found.reason and check.passes(found.features) for found in weighed])

    def rates(rows: Sequence[int]) -> dict[str, float | int]:
        kept, right = passes[rows], supported[rows]
        return {
            "claims": len(rows),
            "false_pass": round(float(kept[~right].mean()), 3),
            "false_strike": round(float((~kept[right]).mean()), 3),
        }

    return {
        "all": rates(list(range(len(claims)))),
        **{
            source: rates(rows)
            for source, rows in sorted(by_source.items())
            if len(rows) >= _LEAST_OF_A_SOURCE and 0 < supported[rows].sum() < len(rows)
        },
    }


def _supported(claims: Sequence[Claim]) -> NDArray[np.bool_]:
    return np.array([claim.label == "supported" for claim in claims])


if __name__ == "__main__":
    main()
