"""Records in, one page out that a person can read without knowing the field's words.

Pure: no files, no clock. The page needs nothing but itself, follows light and dark, and works
without its script. Everything from documents and questions is escaped in one place, `words`.
`report_html` gives a page, `report_fragment` what goes inside another.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.evaluate.bootstrap import Difference, Interval
from qa.evaluate.compare import Comparison
from qa.evaluate.measures import MEASURES, measure, reliability, risk_at_coverage, risk_coverage
from qa.evaluate.record import Record
from qa.evaluate.report.plots import reliability_svg, risk_coverage_svg
from qa.evaluate.report.questions import causes, questions, words

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about.

    Attributes:
        gold: Name of the gold file.
        split: Of which split; empty for all.
        corpus: Name of the corpus folder.
        made: When, for a person.
        threshold: The confidence below which it abstained; None if it always did.
        max_risk: What the threshold was chosen for.
        other: Name of the run compared with; empty for none.
    """

    gold: str
    split: str
    corpus: str
    made: str
    threshold: float | None
    max_risk: float
    other: str = ""


def report_html(
    records: Sequence[Record],
    subject: Subject,
    links: Mapping[str, str] | None = None,
    comparison: Comparison | None = None,
) -> str:
    """Make a page of its own.

    Args:
        records: At least one.
        subject: What they are of.
        links: Where each cited document can be opened, as a URL, if it can.
        comparison: With another run.
    """
    script = (_FOLDER / "report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>How well it answers: {words(subject.gold)}</title></head>"
        f'<body class="qr-page">{report_fragment(records, subject, links, comparison)}'
        f"<script>{script}</script></body></html>\n"
    )


def report_fragment(
    records: Sequence[Record],
    subject: Subject,
    links: Mapping[str, str] | None = None,
    comparison: Comparison | None = None,
) -> str:
    """Make what goes inside another page, with its style sheet, without a script.

    Arguments as for `report_html`.
    """
    measures = measure(records)
    read = all(record.confidence is not None for record in records)
    parts = [
        f'<style>{(_FOLDER / "report.css").read_text("utf-8")}</style><main class="qr">',
        _head(records, subject, read),
        _headline(records, measures, read),
        _changes(comparison, subject.other) if comparison else "",
        _plots(records, measures) if read else "",
        causes(records, read),
        _table(measures),
        questions(records, links or {}, read),
        "</main>",
    ]
    return "".join(parts)


def _head(records: Sequence[Record], subject: Subject, read: bool) -> str:
    split = f", split {words(subject.split)}" if subject.split else ""
    made = (
        f"{words(subject.gold)}{split} · documents in {words(subject.corpus)} · "
        f"{words(subject.made)}"
    )
    return (
        f'<header><h1>How well it answers</h1><p class="qr-quiet">{made}</p>'
        f"<p>{_story(records, subject) if read else _search_story(records)}</p></header>"
    )


def _story(records: Sequence[Record], subject: Subject) -> str:
    answerable = sum(record.answerable for record in records)
    answered = sum(record.answered for record in records)
    story = (
        f"{_count(len(records), 'question')}, {answerable} of which the documents answer. "
        f"The program answered {answered} and said “the documents don't say” to "
        f"{len(records) - answered}. "
    )
    if subject.threshold is None:
        return story + "No confidence was enough for so small a risk, so it always abstains."
    if subject.threshold <= 0:
        return story + "It was told to answer whatever its confidence."
    return story + (
        f"It abstains below a confidence of {_percent(subject.threshold)}, chosen so that about "
        f"{_percent(subject.max_risk)} of the answers given would be wrong."
    )


def _search_story(records: Sequence[Record]) -> str:
    return f"{_count(len(records), 'query', 'queries')}; retrieval alone was measured."


def _headline(records: Sequence[Record], measures: Mapping[str, Interval], read: bool) -> str:
    answerable = [record for record in records if record.answerable]
    given = [record for record in records if record.answered]
    no_answer = len(records) - len(answerable)
    in_words = (
        {
            "correct_when_answered": "of the answers given cite the right sentence "
            f"({sum(r.right for r in given)} of {len(given)})",
            "refusal_recall": "of the questions without an answer were refused "
            f"({no_answer - sum(not r.answerable for r in given)} of {no_answer})",
            "wrongly_refused": "of the questions with an answer were held back "
            f"({sum(not r.answered for r in answerable)} of {len(answerable)})",
            "recall_at_5": "of the time the right passage was among the first five",
            "citation_validity": "of the citations stand word for word in their document",
        }
        if read
        else {
            "ndcg_at_10": "nDCG@10: how good the first ten are, of the best they could be",
            "recall_at_10": "of the relevant documents are among the first ten",
            "recall_at_1": "of the relevant documents come first",
            "mrr_at_10": "MRR@10: one over the rank of the first relevant document",
        }
    )
    cards = [_card(measures[name], says) for name, says in in_words.items()]
    p50, p95 = measures["latency_p50_ms"].value, measures["latency_p95_ms"].value
    cards.append(
        f'<li><strong class="qr-figure">{p50:.0f} ms</strong>'
        f"<span>is what half of the answers took at most; 95 % took up to {p95:.0f} ms</span></li>"
    )
    return (
        f'<section><h2>In short</h2><ul class="qr-cards">{"".join(cards)}</ul>'
        '<p class="qr-quiet">The range below a figure is its 95 % interval: on other questions '
        "of the same kind the figure would most likely lie in it. Few questions make it "
        "wide.</p></section>"
    )


def _card(interval: Interval, says: str) -> str:
    if interval.value is None:
        return ""
    return (
        f'<li><strong class="qr-figure">{_percent(interval.value)}</strong><span>{says}</span>'
        f'<span class="qr-quiet">{_percent(interval.low)} to {_percent(interval.high)}</span></li>'
    )


def _changes(comparison: Comparison, other: str) -> str:
    """Make the tables of what changed clearly and, folded, of what did not."""
    clear = {name: d for name, d in comparison.measures.items() if _verdict(name, d)}
    rest = {
        name: d
        for name, d in comparison.measures.items()
        if name not in clear and d.value is not None
    }
    return (
        f"<section><h2>Against {words(other)}</h2><p>On the "
        f"{_count(comparison.questions, 'question')} of both runs, pair by pair; a change is clear "
        "if its 95 % interval leaves out nought; of twenty measures one may do so by chance.</p>"
        + (_change_table(clear) if clear else "<p><strong>No clear change.</strong></p>")
        + (
            '<details class="qr-more"><summary>No clear change: '
            f"{_count(len(rest), 'measure')}</summary>{_change_table(rest)}</details>"
            if rest
            else ""
        )
        + "</section>"
    )


def _change_table(changes: Mapping[str, Difference]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{MEASURES[name].says}</th><td><strong>{_verdict(name, d)}</strong>'
        f"</td><td>{_figure(name, d.this)}</td><td>{_figure(name, d.other)}</td>"
        f"<td>{_signed(name, d)}</td></tr>"
        for name, d in changes.items()
    )
    heads = ("Measure", "Verdict", "This run", "The other", "Difference")
    return f"{_scroller('Comparison')}{_plain_table(heads, rows)}</div>"


def _signed(name: str, change: Difference) -> str:
    digits = 0 if MEASURES[name].unit else 3
    ends = f"{change.low:+.{digits}f} to {change.high:+.{digits}f}"
    return f"{change.value:+.{digits}f} ({ends})"


def _verdict(name: str, change: Difference) -> str:
    """Say which way a measure changed; nothing if that is not clear."""
    if change.value is None or (change.low or 0.0) <= 0 <= (change.high or 0.0):
        return ""
    if name == "answered":  # neither better nor worse by itself
        return "more" if change.value > 0 else "fewer"
    return "better" if (change.value > 0) == MEASURES[name].higher_is_better else "worse"


def _plots(records: Sequence[Record], measures: Mapping[str, Interval]) -> str:
    answered, right = measures["answered"].value, measures["correct_when_answered"].value
    chosen = None if answered is None or right is None else (answered, 1 - right)
    tenths, bins = risk_at_coverage(records), reliability(records)
    risk_rows = "".join(
        f"<tr><td>{n * 10} %</td><td>{_percent(i.value)}</td>"
        f"<td>{_percent(i.low)} to {_percent(i.high)}</td></tr>"
        for n, i in enumerate(tenths, start=1)
    )
    bin_rows = "".join(
        f"<tr><td>{_percent(b.low)} to {_percent(b.high)}</td><td>{b.questions}</td>"
        f"<td>{_percent(b.confidence)}</td><td>{_percent(b.right)}</td></tr>"
        for b in bins
    )
    risk = risk_coverage_svg(risk_coverage(records), tenths, chosen)
    return (
        '<section class="qr-plots"><figure><h2>Answer less, err less</h2>'
        f"{risk}<figcaption>If only its surest answers were given: the "
        "share of all questions answered, and how many of those answers would be wrong. The dot "
        "is the setting in use, the band a 95 % interval. Flat and low is good."
        f"</figcaption>{_data(('Answered', 'Wrong', '95 % interval'), risk_rows)}</figure>"
        f"<figure><h2>Is it as sure as it should be?</h2>{reliability_svg(bins)}<figcaption>"
        "Questions grouped by confidence; the larger a point, the more. On the diagonal "
        "it is right as often as it says; below, it promises too much."
        f"</figcaption>{_data(('Confidence', 'Questions', 'Mean', 'Right'), bin_rows)}"
        "</figure></section>"
    )


def _data(heads: Sequence[str], rows: str) -> str:
    return f"<details><summary>The figures</summary>{_plain_table(heads, rows)}</details>"


def _plain_table(heads: Sequence[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _table(measures: Mapping[str, Interval]) -> str:
    rows, group = [], ""
    for name, interval in measures.items():
        about = MEASURES[name]
        if about.group != group:
            group = about.group
            rows.append(f'<tr><th colspan="3" scope="colgroup">{group}</th></tr>')
        ends = "" if interval.value is None else f"{_figure(name, interval.low)} to "
        ends += "" if interval.value is None else _figure(name, interval.high)
        better = "" if about.higher_is_better else ' <span class="qr-quiet">less is better</span>'
        rows.append(
            f'<tr><th scope="row">{about.says}{better}<br><code>{name}</code></th>'
            f"<td>{_figure(name, interval.value)}</td><td>{ends}</td></tr>"
        )
    heads = ("Measure", "Value", "95 % interval")
    return (
        '<section><details class="qr-all"><summary><h2>Every measure</h2></summary>'
        f"{_scroller('Every measure')}{_plain_table(heads, ''.join(rows))}</div>"
        "</details></section>"
    )


def _scroller(label: str) -> str:
    """Open a box that scrolls sideways, by keyboard too, where a table is wider."""
    return f'<div class="qr-scroll" tabindex="0" role="region" aria-label="{label}">'


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f} {MEASURES[name].unit}" if MEASURES[name].unit else f"{value:.3f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
