"""The results file: its tables, and the reader's figures that are kept without its data."""

from pathlib import Path

from benchmarks.results import BY_HAND, READER, Column, kept, page, shown, table
from qa.evaluate.bootstrap import Interval
from qa.evaluate.measures import MEASURES, measure
from tests.conftest import ROOT
from tests.evaluate.report.test_report import RECORDS


def test_every_measure_has_a_row_and_every_run_a_column() -> None:
    names = ("ordinary, 0.1", "ordinary, 0.2", "hard, 0.1", "hard, 0.2")
    text = page([Column(name, RECORDS, measure(RECORDS)) for name in names])
    for name in MEASURES:
        (row,) = [line for line in text.splitlines() if f"`{name}`" in line]
        assert row.count(" | ") == len(names)
    assert "| wrongly refused | 1 | 1 | 1 | 1 |" in text
    assert "ordinary: 6 answerable, 2 not; hard: 6 answerable, 2 not" in text


def test_what_another_run_measured_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "RESULTS.md"
    assert kept(out, READER) == ""
    out.write_text(f"# Results\n\nold\n\n{BY_HAND[0]}\n\n| ms |\n\n{READER}\n\n| F1 |\n")
    assert kept(out, BY_HAND[0]).strip() == f"{BY_HAND[0]}\n\n| ms |"
    assert kept(out, BY_HAND[1]) == ""
    assert kept(out, READER) == f"{READER}\n\n| F1 |\n"


def test_the_file_has_every_section_that_is_kept() -> None:
    for heading in (*BY_HAND, READER):
        assert kept(ROOT / "docs" / "RESULTS.md", heading), heading


def test_figures_are_written_with_their_interval() -> None:
    assert shown("answer_f1", Interval(0.6094, 0.4912, 0.7249)) == "0.609 (0.49–0.72)"
    assert shown("latency_p50_ms", Interval(45.4, 44.6, 47)) == "45 (45–47)"
    assert shown("ece", Interval(None, None, None)) == "–"
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
