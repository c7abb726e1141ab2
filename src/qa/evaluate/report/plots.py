"""Figures in, SVG out: the risk–coverage and the reliability plot.

Pure. Colours are classes and variables of the page's style sheet, so that both plots follow
light and dark. Does not know records.
"""

from collections.abc import Sequence
from math import sqrt

from qa.evaluate.bootstrap import Interval
from qa.evaluate.measures import Bin

_LEFT, _TOP, _WIDTH, _HEIGHT = 76.0, 12.0, 316.0, 236.0
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_Z = 1.96


def risk_coverage_svg(
    points: Sequence[tuple[float, float]],
    tenths: Sequence[Interval],
    chosen: tuple[float, float] | None,
) -> str:
    """Draw the share of wrong answers against the share of questions answered.

    Args:
        points: Coverage and risk, both 0 to 1, by rising coverage.
        tenths: Risk at each tenth of coverage, with its interval: the band.
        chosen: Coverage and risk at the threshold in use; None if nothing is answered.
    """
    ends = [(n / 10, i.low, i.high) for n, i in enumerate(tenths, start=1)]
    around = [(x, high) for x, _, high in ends if high is not None]
    around += [(x, low) for x, low, _ in reversed(ends) if low is not None]
    label = "Risk–coverage curve. " + " ".join(
        f"Answering the surest {n * 10} %: {_percent(i.value)} wrong."
        for n, i in enumerate(tenths, start=1)
        if n % 2 == 0
    )
    dot = ""
    if chosen:
        label += f" In use: {_percent(chosen[0])} answered, {_percent(chosen[1])} wrong."
        dot = (
            f'<circle class="qr-dot" cx="{_x(chosen[0]):.1f}" cy="{_y(chosen[1]):.1f}" r="6">'
            f"<title>in use: {_percent(chosen[0])} answered, {_percent(chosen[1])} wrong</title>"
            "</circle>"
        )
    first = points[0][1] if points else 0.0
    line = [(0.0, first), *points]
    body = f'<polygon class="qr-band" points="{_points(around)}"/>'
    body += f'<polyline class="qr-line" points="{_points(line)}"/>{dot}'
    return _plot(label, body, "questions answered, the surest first", "of those, wrong")


def reliability_svg(bins: Sequence[Bin]) -> str:
    """Draw how often answers were right against how sure the program was of them.

    The whiskers are 95 % intervals of each bin's share (Wilson 1927).
    """
    label = "Reliability. " + " ".join(
        f"Confidence about {_percent(b.confidence)}: {_percent(b.right)} right of {b.questions}."
        for b in bins
    )
    marks = [f'<polyline class="qr-diagonal" points="{_points([(0, 0), (1, 1)])}"/>']
    for each in bins:
        low, high = wilson(each.right, each.questions)
        x = _x(each.confidence)
        marks.append(
            f"<g><title>{each.questions} questions, confidence {_percent(each.confidence)}, "
            f"right {_percent(each.right)}</title>"
            f'<line class="qr-whisker" x1="{x:.1f}" x2="{x:.1f}" '
            f'y1="{_y(low):.1f}" y2="{_y(high):.1f}"/>'
            f'<circle class="qr-point" cx="{x:.1f}" cy="{_y(each.right):.1f}" '
            f'r="{min(10.0, 3 + sqrt(each.questions)):.1f}"/></g>'
        )
    return _plot(label, "".join(marks), "how sure it was", "how often it was right")


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share of n."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _plot(label: str, body: str, across: str, up: str) -> str:
    right, bottom = _LEFT + _WIDTH, _TOP + _HEIGHT
    grid = "".join(
        f'<line class="qr-grid" x1="{_LEFT}" x2="{right}" y1="{_y(t):.1f}" y2="{_y(t):.1f}"/>'
        f'<text x="{_LEFT - 8}" y="{_y(t) + 4:.1f}" text-anchor="end">{_percent(t)}</text>'
        f'<text x="{_x(t):.1f}" y="{bottom + 20}" text-anchor="middle">{_percent(t)}</text>'
        for t in _TICKS
    )
    return (
        f'<svg viewBox="0 0 412 298" role="img" aria-label="{label}">{grid}{body}'
        f'<text x="{_LEFT + _WIDTH / 2}" y="{bottom + 42}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(16 {_TOP + _HEIGHT / 2}) rotate(-90)" '
        f'text-anchor="middle">{up}</text></svg>'
    )


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in pairs)


def _x(share: float) -> float:
    return _LEFT + share * _WIDTH


def _y(share: float) -> float:
    return _TOP + (1 - share) * _HEIGHT


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"
