"""Draw the risk–coverage and the reliability plot.

Colours are classes and variables of the report's style sheet, so that both plots follow
light and dark. Does not know records.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Any

from markupsafe import Markup

from qa.evaluate.bootstrap import Interval
from qa.evaluate.measures import Bin
from qa.evaluate.report.page import TEMPLATES

_LEFT, _TOP, _WIDTH, _HEIGHT = 76.0, 12.0, 316.0, 236.0
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_Z = 1.96


def risk_coverage_svg(
    points: Sequence[tuple[float, float]],
    tenths: Sequence[Interval],
    chosen: tuple[float, float] | None,
) -> Markup:
    """Draw the share of wrong answers against the share of questions answered.

    Args:
        points: Coverage and risk, both 0 to 1, by rising coverage.
        tenths: Risk at each tenth of coverage, with its interval: the band.
        chosen: Coverage and risk at the threshold in use; None if nothing is answered.
    """
    ends = [(n / 10, i.low, i.high) for n, i in enumerate(tenths, start=1)]
    around = [(x, high) for x, _, high in ends if high is not None]
    around += [(x, low) for x, low, _ in reversed(ends) if low is not None]
    first = points[0][1] if points else 0.0
    return TEMPLATES.render(
        "risk_coverage.svg",
        axes=_axes(),
        tenths=tenths,
        band=_points(around),
        line=_points([(0.0, first), *points]),
        chosen=chosen and _dot(*chosen),
    )


def reliability_svg(bins: Sequence[Bin]) -> Markup:
    """Draw how often answers were right against how sure the program was of them.

    The whiskers are 95 % intervals of each bin's share (Wilson 1927).
    """
    return TEMPLATES.render(
        "reliability.svg",
        axes=_axes(),
        diagonal=_points([(0, 0), (1, 1)]),
        bins=[_bin(each) for each in bins],
    )


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _axes() -> dict[str, Any]:
    ticks = [
        {"share": t, "x": _x(t), "y": _y(t), "text_y": f"{float(_y(t)) + 4:.1f}"} for t in _TICKS
    ]
    right, bottom = _LEFT + _WIDTH, _TOP + _HEIGHT
    return {"left": _LEFT, "top": _TOP, "right": right, "bottom": bottom, "ticks": ticks}


def _dot(coverage: float, risk: float) -> dict[str, Any]:
    return {"coverage": coverage, "risk": risk, "x": _x(coverage), "y": _y(risk)}


def _bin(each: Bin) -> dict[str, Any]:
    low, high = wilson(each.right, each.questions)
    return {
        "questions": each.questions,
        "confidence": each.confidence,
        "right": each.right,
        "x": _x(each.confidence),
        "y": _y(each.right),
        "low_y": _y(low),
        "high_y": _y(high),
        "radius": f"{min(10.0, 3 + sqrt(each.questions)):.1f}",
    }


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_x(x)},{_y(y)}" for x, y in pairs)


def _x(share: float) -> str:
    return f"{_LEFT + share * _WIDTH:.1f}"


def _y(share: float) -> str:
    return f"{_TOP + (1 - share) * _HEIGHT:.1f}"
